/* The parts of a problem, for the files that build it. */
#pragma once

#include "engine/problem.h"

struct _TdmProblem
{
  gatomicrefcount ref_count;
  TdmCase *record;
  TdmModel *model;
  GPtrArray *notes;

  /* Prior */
  guint n_effects;
  double *omega, *omega_inverse, *omega_cholesky;

  /* Parameter sets: set k applies from set_times[k] to the next. */
  guint n_sets;
  double *set_times;
  double *covariates; /* n_sets x n_covariates, resolved */
  TdmBinding **bindings;
  gboolean extrapolated;

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
gboolean tdm_problem_load_doses (TdmProblem *self, GError **error);
gboolean tdm_problem_load_levels (TdmProblem *self, GError **error);
gboolean tdm_problem_load_target (TdmProblem *self, GError **error);

/* Start of the last dose a line gives, and of its first (h). */
double tdm_pk_dose_last_start (const TdmPkDose *dose);
