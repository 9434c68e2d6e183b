/* The maximum a posteriori (empirical Bayes) estimate and its Laplace posterior. */
#pragma once

#include "engine/problem.h"

/* Why the minimiser stopped. Only the first three count as converged. */
typedef enum
{
  TDM_STOP_GRADIENT, /* the gradient vanished (scaled) */
  TDM_STOP_STEP,     /* no representable step improves the objective */
  TDM_STOP_KINK, /* the objective has a corner there and rises on both sides of it */
  TDM_STOP_ITERATIONS,
  TDM_STOP_FAILED, /* the objective had no value at any step tried */
} TdmStop;

/* What the search for one estimate may cost (tdm_pk_work_get_spent()): a few seconds of
 * a modest computer, a hundred times what most models need. */
#define TDM_MAP_MOST_WORK G_GUINT64_CONSTANT (600000000)

typedef struct
{
  guint starts;                 /* 0 = the default */
  const double *begin;          /* `starts` rows of effects to start from, or NULL */
  guint max_iterations;         /* 0 = the default */
  guint64 most_work;            /* 0 = TDM_MAP_MOST_WORK */
  gboolean without_interaction; /* variances as at eta = 0 (engine/objective.h) */
} TdmMapOptions;

typedef struct
{
  double time_h;
  double observed, population, individual; /* the output's unit */
  double residual;          /* observed - individual (log scale: of logarithms) */
  double weighted_residual; /* residual / SD at the individual prediction */
  double sd; /* residual SD at the individual prediction, output's unit */
  guint output;
  TdmCensor censor;
  gboolean used;
} TdmFitLevel;

/* An optimum of the objective: its effects (n), and the lower factor (n x n) of the
 * Laplace covariance there. */
typedef struct
{
  double objective;
  double *eta;
  double *cholesky;
} TdmFitMode;

typedef struct _TdmFit TdmFit;

/* One subpopulation: its probabilities before and after the levels, and its fit
 * (tdm_fit_get_subpopulation()). */
typedef struct
{
  double prior, posterior;
  TdmFit *fit; /* NULL for the most probable one, and where the prior is 0 */
} TdmFitSubpopulation;

/* A fit of a model with subpopulations is that of the one most probable given the
 * levels. Immutable, reference counted. Arrays are n (effects) or n x n, row by row. */
struct _TdmFit
{
  gatomicrefcount ref_count;
  TdmProblem *problem;
  guint n;
  double *eta; /* a row: n, then n_future zeros, then whose it is (n_values) */
  double objective;
  double objective_prior_mode; /* at eta = 0, in the same subpopulation */
  gboolean converged;
  TdmStop stop;
  double gradient_norm; /* of the objective, in prior SDs */
  guint iterations;     /* of the best start */
  TdmOdeMethod solver;  /* of differential equations, at the estimate; AUTO = none */
  guint starts;         /* gone through */
  gboolean cut_short;   /* more were meant, but the search had cost too much */
  guint optima;         /* distinct optima seen */
  TdmFitMode *modes;    /* these; 0 of them when the fit failed */
  guint n_modes;
  double second_best; /* objective of the second best optimum, INFINITY if one */
  double *covariance; /* inverse of half the exact second derivative */
  double *covariance_expected; /* first derivatives only, as NONMEM prints */
  double *covariance_cholesky; /* lower factor of `covariance` */
  double *shrinkage;           /* 1 - posterior variance / prior variance */
  double *population;  /* parameters at eta = 0, set in force at the adjust time */
  double *individual;  /* parameters at the estimate */
  TdmFitLevel *levels; /* as in the problem */
  guint n_levels;
  GPtrArray *notes; /* of the fit alone */
  double
      marginal; /* -2 ln of the marginal likelihood, Laplace: OFV + ln det(Omega H) */
  guint subpopulation; /* whose fit this is: the most probable one */
  TdmFitSubpopulation *subpopulations;
  guint
      n_subpopulations; /* 0 where the model has none, and in the fit of one of them */
};

/* Minimises the objective of CASE.md (sum over the used levels of ln v + (y - f)^2 / v,
 * plus eta' inv(Omega) eta) with exact gradients from several starts. No levels: eta =
 * 0 and the prior. NULL with TDM_ERROR_NO_ANSWER when nothing could be computed, or
 * G_IO_ERROR_CANCELLED. Yours. */
TdmFit *tdm_map_fit (TdmProblem *problem, const TdmMapOptions *options,
                     GCancellable *cancellable,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmFit *tdm_fit_ref (TdmFit *self);
void tdm_fit_unref (TdmFit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmFit, tdm_fit_unref)

/* The fit of subpopulation `k`, NULL where its prior probability is 0. Borrowed. */
const TdmFit *tdm_fit_get_subpopulation (const TdmFit *self, guint k);

/* "gradient", "step", "kink", "iterations", "failed". Static. */
const char *tdm_stop_name (TdmStop stop);

/* `draws` rows of random effects from the Laplace posterior (individual) or the prior
 * (population), each followed by effects of occasions yet to come from their prior,
 * and by a subpopulation, each in proportion to its probability: draws x n_values, row
 * by row. Repeatable: same seed, same draws. Yours,
 * g_free(). */
double *tdm_fit_draw_individual (const TdmFit *self, guint draws,
                                 guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
double *tdm_fit_draw_population (const TdmFit *self, guint draws,
                                 guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
