/* The parts of a problem, for the files that build it. */
#pragma once

#include "engine/problem.h"

/* Occasions that have no effects of their own: too long ago, or yet to come. */
#define TDM_OCCASION_PAST G_MAXUINT
#define TDM_OCCASION_AHEAD (G_MAXUINT - 1)

/* Whose covariates and which occasion's effects make a parameter set. */
typedef struct
{
  guint binding;
  guint occasion; /* 0 … n_occasions - 1, PAST or AHEAD */
} TdmProblemSet;

struct _TdmProblem
{
  gatomicrefcount ref_count;
  TdmCase *record;
  TdmModel *model;
  GPtrArray *notes;

  /* Prior: the patient's effects, then those of each occasion that has some. */
  guint n_effects;
  guint n_occasions;
  GPtrArray *effect_names; /* of char* */
  double *omega, *omega_inverse, *omega_cholesky;
  double *future_cholesky;

  /* Covariates: number k applies from binding_times[k] to the next; where
   * binding_after[k], all that happens at that time is before it. */
  guint n_bindings;
  double *binding_times;
  gboolean *binding_after;
  double *covariates;    /* n_bindings x n_covariates, resolved */
  TdmBinding **bindings; /* those of the first subpopulation, then of each other */
  gboolean extrapolated;
  double *dialysis; /* what sessions add to the clearance; n_bindings, or NULL */
  guint clearance;  /* the parameter that they add to, in its unit */

  /* Subpopulations, if the model has some, and the likeliest a priori. */
  guint n_subpopulations;
  double *priors;
  guint likeliest;

  /* Parameter sets: covariates x occasions. Set k applies from set_times[k]. */
  guint n_sets;
  double *set_times;
  gboolean *set_after;
  TdmProblemSet *sets;

  /* History and measurements, in the order of the case. */
  guint n_doses;
  TdmPkDose *doses;
  guint n_levels;
  TdmProblemLevel *levels;

  TdmTarget target; /* strings borrowed from case or model */
  TdmCurrentRegimen current;
  double now_h, adjust_h;
};

/* Each fills its part of a fresh problem; FALSE with an error that names the field. */
gboolean tdm_problem_load_covariates (TdmProblem *self, GError **error);
/* What chance the patient has a priori of each subpopulation; after the covariates. */
gboolean tdm_problem_load_subpopulations (TdmProblem *self, GError **error);
/* What sessions of dialysis add; after the covariates. */
gboolean tdm_problem_load_dialysis (TdmProblem *self, GError **error);
/* The end of the session that runs at `time_h`, else `time_h`. */
double tdm_problem_after_dialysis (const TdmProblem *self, double time_h);
gboolean tdm_problem_load_doses (TdmProblem *self, GError **error);
gboolean tdm_problem_load_levels (TdmProblem *self, GError **error);
gboolean tdm_problem_load_target (TdmProblem *self, GError **error);

/* Which occasions there are, their names, and the parameter sets; after all of the
 * above. */
gboolean tdm_problem_load_sets (TdmProblem *self, GError **error);

/* Start of the last dose a line gives, and of its first (h). */
double tdm_pk_dose_last_start (const TdmPkDose *dose);

/* FALSE with an error that names the field when an answer would take long. */
gboolean tdm_problem_check_work (const TdmProblem *self, GError **error);
