/* A problem: one patient's case under one model, ready for computing. The one place
 * that converts units and clock time, and that decides whether this model may be used
 * for this patient. Immutable, reference counted, may be shared between threads. */
#pragma once

#include "model/model.h"
#include "pk/plan.h"
#include "record/case.h"

typedef struct _TdmProblem TdmProblem;

typedef struct
{
  double time_h;
  double from_h, to_h; /* between which it was drawn; time_h is their middle */
  double value;        /* in the output's unit */
  guint output;
  TdmCensor censor;
  gboolean after_dose; /* of a dose at that very time */
  gboolean use;
  double weight;
} TdmProblemLevel;

/* What is known of the regimen being given: the last repeated dose, or the spacing of
 * the last two doses. interval_h = 0: none known. */
typedef struct
{
  const TdmModelRoute *route;
  const TdmModelSalt *salt; /* which it is given as; NULL = as the model counts */
  double amount_mg;         /* as the model counts */
  double interval_h;
  double duration_h;
  gboolean stated; /* the interval was entered, not read off the spacing */
} TdmCurrentRegimen;

/* NULL with a TDM_ERROR_INPUT error naming the field: a missing covariate, a unit that
 * does not fit, an unknown route or covariate, a covariate outside the model's limits.
 * Yours. */
TdmProblem *tdm_problem_new (TdmCase *record, TdmModel *model,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmProblem *tdm_problem_ref (TdmProblem *self);
void tdm_problem_unref (TdmProblem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmProblem, tdm_problem_unref)

/* All borrowed. */
TdmCase *tdm_problem_get_case (const TdmProblem *self);
TdmModel *tdm_problem_get_model (const TdmProblem *self);
const GPtrArray *tdm_problem_get_notes (const TdmProblem *self);
guint tdm_problem_get_n_levels (const TdmProblem *self);
const TdmProblemLevel *tdm_problem_get_level (const TdmProblem *self, guint i);
/* What is estimated: the model's effects, then those of each occasion up to the one of
 * the last level used ("CL", "V", "CL[1]", "CL[2]"). */
guint tdm_problem_get_n_effects (const TdmProblem *self);
const char *tdm_problem_get_effect_name (const TdmProblem *self, guint i);
/* Numbers that follow them wherever effects are handed over: the effects that all later
 * occasions share, and those of a new regimen. 0 in every estimate. */
guint tdm_problem_get_n_future (const TdmProblem *self);
/* All numbers of a row of effects: the n_effects, the n_future, and where the model has
 * subpopulations one more, whose the patient is: 1 = the first one, 0 = the likeliest
 * before any level is known (so that a row of zeros is the typical patient). */
guint tdm_problem_get_n_values (const TdmProblem *self);
/* 0 where the model has none. The prior probabilities are those with the first values
 * of the covariates. */
guint tdm_problem_get_n_subpopulations (const TdmProblem *self);
const double *tdm_problem_get_subpopulation_priors (const TdmProblem *self);
/* Prior covariance (already divided by the prior weight), its inverse and lower
 * Cholesky factor; n x n, row by row. */
const double *tdm_problem_get_omega (const TdmProblem *self);
const double *tdm_problem_get_omega_inverse (const TdmProblem *self);
const double *tdm_problem_get_omega_cholesky (const TdmProblem *self);
/* Factor of the prior covariance of the n_future effects of occasions yet to come: the
 * model's, whatever the weight of the prior. */
const double *tdm_problem_get_future_cholesky (const TdmProblem *self);
/* The dosing history as lines (not expanded). */
guint tdm_problem_get_n_doses (const TdmProblem *self);
const TdmPkDose *tdm_problem_get_dose (const TdmProblem *self, guint i);
TdmCurrentRegimen tdm_problem_get_current (const TdmProblem *self);
/* From when a new regimen may start (h): options.adjust, else when the next dose of the
 * current regimen is due, else just after the last event. */
double tdm_problem_get_adjust_h (const TdmProblem *self);
/* Time of the last entry of any kind that is known to have happened (the now-line), h.
 */
double tdm_problem_get_now_h (const TdmProblem *self);
/* The target: the case's, else the model's first; metric NONE if neither. Limits are in
 * `unit` as written; use engine/target.h to evaluate. */
const TdmTarget *tdm_problem_get_target (const TdmProblem *self);
/* How long the infusion of a dose line took, at least and at most (h); FALSE where that
 * is known (or it has none). */
gboolean tdm_problem_get_dose_span (const TdmProblem *self, guint i, double *least_h,
                                    double *most_h);
/* Whether a used level's time, or the end of an infusion, is known as an interval only.
 */
gboolean tdm_problem_has_uncertain_times (const TdmProblem *self);
/* Covariate number `i` of the model, in force at `time_h`, derived or not (NAN =
 * unknown). */
double tdm_problem_get_covariate_at (const TdmProblem *self, guint i, double time_h);
/* How many draws bands take unless somebody says otherwise: fewer for differential
 * equations and for very long histories. */
guint tdm_problem_get_draws (const TdmProblem *self);
/* TRUE when some needed covariate is outside the model's studied range. */
gboolean tdm_problem_is_extrapolated (const TdmProblem *self);

/* Which parameter sets a plan goes through. A new regimen starts an occasion of which
 * nothing is known, whatever the occasion before. */
typedef enum
{
  TDM_SETS_HISTORY, /* plans without extra dose lines */
  TDM_SETS_AHEAD,   /* plans with them, and steady states */
} TdmSetView;

/* Parameter sets, at most, of any view. A covariate that is carried backward changes
 * after what happens at its time. */
guint tdm_problem_get_n_sets (const TdmProblem *self);
/* All sets' parameters at `eta` (n_values): n_parameters jets each. FALSE
 * when not finite. */
gboolean tdm_problem_parameters (const TdmProblem *self, const TdmJetSpace *space,
                                 const double *eta, TdmSetView view,
                                 double *parameters);
/* Number, in TDM_SETS_AHEAD, of the set of a regimen that starts at `time_h`; a session
 * of dialysis that runs then is past. */
guint tdm_problem_find_set (const TdmProblem *self, double time_h);
/* out = the parameters that such a regimen starts with; `all` are those of all sets in
 * TDM_SETS_AHEAD, plain. */
void tdm_problem_parameters_at (const TdmProblem *self, const double *all,
                                double time_h, double *out);

/* What to predict: at `times_h` (outputs NULL = all 0) under the history up to
 * `until_h` (exclusive; INFINITY = all of it) followed by the `extra` dose lines. */
typedef struct
{
  double until_h;
  const TdmPkDose *doses; /* n_doses lines in the place of the problem's; NULL = these
                           */
  const TdmPkDose *extra;
  guint n_extra;
  const double *times_h;
  const guint *outputs;
  const gboolean *after; /* of doses at that very time; NULL = none */
  guint n_times;
  guint main_output;         /* the one that areas are of */
  GCancellable *cancellable; /* of tdm_problem_predict(), or NULL */
} TdmPlanSpec;

/* A plan for that. Its values come in mg/L: multiply by the output's per_mg_l. Yours.
 */
TdmPkPlan *tdm_problem_plan (const TdmProblem *self, const TdmPlanSpec *spec,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The concentrations `spec` asks for at random effects `eta` (NULL = none), each in its
 * output's unit. */
gboolean tdm_problem_predict (const TdmProblem *self, const double *eta,
                              const TdmPlanSpec *spec, double *values,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
