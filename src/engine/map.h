/* The maximum a posteriori (empirical Bayes) estimate and its Laplace posterior. */
#pragma once

#include "engine/problem.h"

/* Why the minimiser stopped. Only the first two count as converged. */
typedef enum
{
  TDM_STOP_GRADIENT, /* the gradient vanished (scaled) */
  TDM_STOP_STEP,     /* no representable step improves the objective */
  TDM_STOP_ITERATIONS,
  TDM_STOP_FAILED, /* the objective had no value at any step tried */
} TdmStop;

typedef struct
{
  guint starts;                 /* 0 = the default */
  guint max_iterations;         /* 0 = the default */
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

/* A fit. Immutable, reference counted. Arrays are n (effects) or n x n, row by row. */
typedef struct
{
  gatomicrefcount ref_count;
  TdmProblem *problem;
  guint n;
  double *eta; /* n, then the effects of occasions yet to come: n_future zeros */
  double objective;
  double objective_prior_mode; /* at eta = 0 */
  gboolean converged;
  TdmStop stop;
  double gradient_norm; /* of the objective, in prior SDs */
  guint iterations;     /* of the best start */
  guint starts;
  guint optima;       /* distinct optima seen */
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
} TdmFit;

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

/* "gradient", "step", "iterations", "failed". Static. */
const char *tdm_stop_name (TdmStop stop);

/* `draws` rows of random effects from the Laplace posterior (individual) or the prior
 * (population), each followed by effects of occasions yet to come from their prior:
 * draws x (n + n_future), row by row. Repeatable: same seed, same draws. Yours,
 * g_free(). */
double *tdm_fit_draw_individual (const TdmFit *self, guint draws,
                                 guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
double *tdm_fit_draw_population (const TdmFit *self, guint draws,
                                 guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
