/* The parts of a problem, for the files that build it. */
#pragma once

#include "engine/problem.h"

/* Occasions that have no effects of their own: too long ago, or yet to come. */
#define TDM_OCCASION_PAST G_MAXUINT
#define TDM_OCCASION_AHEAD (G_MAXUINT - 1)

/* The moments of a binding whose covariates go on changing: its first, the middle and
 * its end. */
#define TDM_BINDING_PARTS 3

/* Whose covariates and which occasion's effects make a parameter set. */
typedef struct
{
  guint binding;
  guint part;     /* of the binding */
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
   * binding_after[k], all that happens at that time is before it. Each has a row of
   * values at each of its three moments, and where they change between these, three
   * bindings, with whose parameters a parabola is as good as the covariates; where not,
   * the other two are NULL. */
  guint n_bindings;
  double *binding_times;
  gboolean *binding_after;
  double *covariates;    /* n_bindings x 3 x n_covariates, resolved */
  TdmBinding **bindings; /* n_bindings x 3 of the first subpopulation, then others */
  gboolean extrapolated;
  double *dialysis; /* what sessions add to the clearance; n_bindings, or NULL */
  guint clearance;  /* the parameter that they add to, in its unit */

  /* Subpopulations, if the model has some, and the likeliest a priori. */
  guint n_subpopulations;
  double *priors;
  guint likeliest;

  /* Parameter sets: covariates x occasions. Set k applies from set_times[k]; where its
   * binding goes on changing, the next two are those it goes through, and last no
   * time. */
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

/* The binding number k of a subpopulation (0 where the model has none) at one of its
 * moments, or NULL. */
static inline TdmBinding *
tdm_problem_get_binding (const TdmProblem *self, guint k, guint kind, guint part)
{
  const guint n_kinds = MAX (self->n_subpopulations, 1);
  return self->bindings[((gsize)k * n_kinds + kind) * TDM_BINDING_PARTS + part];
}

/* Whether covariates go on changing while binding number k is in force. */
static inline gboolean
tdm_problem_is_course (const TdmProblem *self, guint k)
{
  return tdm_problem_get_binding (self, k, 0, 1) != NULL;
}

/* The covariates of binding number k at one of its moments. */
static inline const double *
tdm_problem_get_row (const TdmProblem *self, guint k, guint part)
{
  const guint n = tdm_model_get_n_covariates (self->model);
  return self->covariates + ((gsize)k * TDM_BINDING_PARTS + part) * n;
}

/* One entry of a covariate, converted. */
typedef struct
{
  double time_h;
  double value;
} TdmCovariatePoint;

/* FALSE with an error where a value is beyond what the model may be used for; a note
 * where it is outside the people studied. */
gboolean tdm_problem_check_covariate (TdmProblem *self,
                                      const TdmModelCovariate *covariate, double value,
                                      const char *place, GError **error);

/* The bindings: `points` are the entries of each covariate, in order of time. */
gboolean tdm_problem_bind (TdmProblem *self, GArray **points, GError **error);

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
