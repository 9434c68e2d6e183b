/* Contributions of levels as functions of the prediction, then the chain rule. Every
 * derivative is exact: the predictions are jets over the random effects. */
#include "engine/objective.h"

#include "base/error.h"
#include "engine/residual.h"
#include "engine/uncertain.h"

#include <math.h>
#include <string.h>

struct _TdmObjective
{
  TdmProblem *problem;
  TdmPkPlan *plan;         /* predictions at the used levels */
  TdmUncertain *uncertain; /* or NULL: every time is known */
  TdmPkWork *work;
  guint n;                 /* effects */
  guint n_used;            /* levels */
  guint *used;             /* their indices */
  TdmModelOutput *outputs; /* of the used levels, borrowing the model's texts */
  double *eta;             /* as asked for, then the rest of a row */
  double *parameters, *values;
};

/* By what they say, so that sums are the same to the last bit in whatever order levels
 * are written down. */
static gint
compare_levels (gconstpointer a, gconstpointer b, gpointer problem)
{
  const TdmProblemLevel *x = tdm_problem_get_level (problem, *(const guint *)a);
  const TdmProblemLevel *y = tdm_problem_get_level (problem, *(const guint *)b);
  const double keys[][2] = { { x->time_h, y->time_h },        { x->to_h, y->to_h },
                             { x->output, y->output },        { x->value, y->value },
                             { x->weight, y->weight },        { x->censor, y->censor },
                             { x->after_dose, y->after_dose } };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i][0] != keys[i][1])
      return keys[i][0] < keys[i][1] ? -1 : 1;
  return 0;
}

/* Sets the used levels, sorted. */
static void
find_used (TdmObjective *self)
{
  const guint n = tdm_problem_get_n_levels (self->problem);
  self->used = g_new (guint, n + 1);
  for (guint i = 0; i < n; i++)
    if (tdm_problem_get_level (self->problem, i)->use)
      self->used[self->n_used++] = i;
  g_qsort_with_data (self->used, (gint)self->n_used, sizeof (guint), compare_levels,
                     self->problem);
}

TdmObjective *
tdm_objective_new (TdmProblem *problem, GError **error)
{
  guint n_levels = tdm_problem_get_n_levels (problem);
  g_autofree double *times = g_new (double, n_levels + 1);
  g_autofree guint *outputs = g_new (guint, n_levels + 1);
  g_autofree gboolean *after = g_new (gboolean, n_levels + 1);
  g_autoptr (TdmObjective) self = g_new0 (TdmObjective, 1);
  self->problem = tdm_problem_ref (problem);
  self->n = tdm_problem_get_n_effects (problem);
  find_used (self);
  self->outputs = g_new (TdmModelOutput, n_levels + 1);
  for (guint u = 0; u < self->n_used; u++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (problem, self->used[u]);
      self->outputs[u] =
          *tdm_model_get_output (tdm_problem_get_model (problem), level->output);
      times[u] = level->time_h;
      outputs[u] = level->output;
      after[u] = level->after_dose;
    }
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .outputs = outputs,
                             .after = after,
                             .n_times = self->n_used };
  self->plan = tdm_problem_plan (problem, &spec, error);
  if (!self->plan)
    return NULL;
  self->work = tdm_pk_work_new ();
  self->eta = g_new0 (double, tdm_problem_get_n_values (problem) + 1);
  TdmJetSpace largest = tdm_jet_space (self->n, 2);
  guint n_parameters = tdm_model_get_n_parameters (tdm_problem_get_model (problem));
  self->parameters =
      g_new (double,
             (gsize)tdm_problem_get_n_sets (problem) * n_parameters * largest.size + 1);
  self->values = g_new (double, (gsize)self->n_used *largest.size + 1);
  if (tdm_problem_has_uncertain_times (problem))
    {
      self->uncertain = tdm_uncertain_new (problem, self->used, self->n_used, error);
      if (!self->uncertain)
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
tdm_objective_free (TdmObjective *self)
{
  g_clear_pointer (&self->plan, tdm_pk_plan_unref);
  g_clear_pointer (&self->uncertain, tdm_uncertain_free);
  g_clear_pointer (&self->work, tdm_pk_work_free);
  g_clear_pointer (&self->problem, tdm_problem_unref);
  g_free (self->used);
  g_free (self->outputs);
  g_free (self->eta);
  g_free (self->parameters);
  g_free (self->values);
  g_free (self);
}

void
tdm_objective_set_tolerance (TdmObjective *self, double relative, double absolute)
{
  tdm_pk_work_set_tolerance (self->work, relative, absolute);
}

void
tdm_objective_set_cancellable (TdmObjective *self, GCancellable *cancellable)
{
  tdm_pk_work_set_cancellable (self->work, cancellable);
}

guint64
tdm_objective_get_spent (const TdmObjective *self)
{
  return tdm_pk_work_get_spent (self->work);
}

TdmOdeMethod
tdm_objective_get_method (const TdmObjective *self)
{
  return tdm_pk_work_get_method (self->work);
}

void
tdm_objective_set_subpopulation (TdmObjective *self, guint subpopulation)
{
  g_assert (subpopulation < tdm_problem_get_n_subpopulations (self->problem));
  self->eta[tdm_problem_get_n_values (self->problem) - 1] = subpopulation + 1.0;
}

/* Adds a level's term to the sums; f is a jet in the output's unit. */
static void
accumulate (const TdmJetSpace *s, const double *f, const TdmLevelTerm *term,
            double weight, gboolean exact, double *gradient, double *hessian)
{
  const guint n = s->n;
  if (gradient)
    for (guint i = 0; i < n; i++)
      gradient[i] += weight * term->first * f[1 + i];
  if (!hessian)
    return;
  /* `hessian` is half the second derivative. */
  double c = 0.5 * weight * (exact ? term->second : term->expected);
  double c1 = 0.5 * weight * term->first;
  for (guint i = 0, k = 1 + n; i < n; i++)
    for (guint j = 0; j <= i; j++, k++)
      hessian[i * n + j] += c * f[1 + i] * f[1 + j] + (exact ? c1 * f[k] : 0.0);
}

/* Completes a matrix of which the lower half is known. */
static void
mirror (guint n, double *hessian)
{
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      hessian[i * n + j] = hessian[j * n + i];
}

static double
add_prior (const TdmObjective *self, const double *eta, double *gradient,
           double *hessian)
{
  const guint n = self->n;
  const double *inverse = tdm_problem_get_omega_inverse (self->problem);
  double sum = 0;
  for (guint i = 0; i < n; i++)
    {
      double row = 0;
      for (guint j = 0; j < n; j++)
        row += inverse[i * n + j] * eta[j];
      sum += eta[i] * row;
      if (gradient)
        gradient[i] = 2 * row;
    }
  if (hessian)
    memcpy (hessian, inverse, n * n * sizeof (double));
  return sum;
}

static gboolean
find_parameters (TdmObjective *self, const double *eta, const TdmJetSpace *s)
{
  for (guint i = 0; i < self->n; i++)
    self->eta[i] = eta ? eta[i] : 0.0;
  return tdm_problem_parameters (self->problem, s, self->eta, TDM_SETS_HISTORY,
                                 self->parameters);
}

/* self->values = jets of the predictions at the used levels, in the outputs' units. */
static gboolean
predict (TdmObjective *self, const double *eta, const TdmJetSpace *s)
{
  if (!find_parameters (self, eta, s)
      || !tdm_pk_plan_predict (self->plan, self->work, s, self->parameters,
                               self->values, NULL, NULL))
    return FALSE;
  for (guint u = 0; u < self->n_used; u++)
    {
      double *f = self->values + (gsize)u * s->size;
      tdm_jet_scale (s, f, f, self->outputs[u].per_mg_l);
    }
  return TRUE;
}

gboolean
tdm_objective_drop_interaction (TdmObjective *self, GError **error)
{
  const TdmJetSpace s = tdm_jet_space (self->n, 0);
  gboolean known = predict (self, NULL, &s);
  for (guint u = 0; known && u < self->n_used; u++)
    {
      TdmModelOutput *output = &self->outputs[u];
      const double sd = tdm_residual_sd (output, self->values[u]);
      known = sd > 0.0 && isfinite (sd);
      output->error =
          tdm_residual_is_log (output) ? TDM_RESIDUAL_LOG : TDM_RESIDUAL_ADDITIVE;
      output->additive = sd;
    }
  if (!known)
    g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                 "the residual error has no variance at the typical prediction");
  return known;
}

guint
tdm_objective_get_n_used (const TdmObjective *self)
{
  return self->n_used;
}

const guint *
tdm_objective_get_used (const TdmObjective *self)
{
  return self->used;
}

gboolean
tdm_objective_predict (TdmObjective *self, const double *eta, double *values,
                       double *sd, double *derivatives)
{
  const guint n = self->n;
  const TdmJetSpace s = tdm_jet_space (n, derivatives ? 1 : 0);
  if (!predict (self, eta, &s))
    return FALSE;
  gboolean finite = TRUE;
  for (guint u = 0; u < self->n_used; u++)
    {
      double *f = self->values + (gsize)u * s.size;
      sd[u] = tdm_residual_sd (&self->outputs[u], f[0]);
      if (tdm_residual_is_log (&self->outputs[u]))
        tdm_jet_log (&s, f, f);
      values[u] = f[0];
      finite = finite && isfinite (f[0]) && isfinite (sd[u]);
      for (guint i = 0; derivatives && i < n; i++)
        derivatives[u * n + i] = f[1 + i];
    }
  return finite;
}

/* What the uncertain times' evaluation needs of this one. */
static TdmUncertainInput
uncertain_input (const TdmObjective *self, const TdmJetSpace *s, gboolean exact)
{
  return (TdmUncertainInput){ .space = *s,
                              .work = self->work,
                              .parameters = self->parameters,
                              .outputs = self->outputs,
                              .exact = exact };
}

static double
eval_uncertain (TdmObjective *self, const double *eta, double *gradient,
                double *hessian, gboolean exact)
{
  const TdmJetSpace s = tdm_jet_space (self->n, !gradient          ? 0
                                                : hessian && exact ? 2
                                                                   : 1);
  const TdmUncertainInput input = uncertain_input (self, &s, exact);
  if (!find_parameters (self, eta, &s))
    return INFINITY;
  double sum = add_prior (self, eta, gradient, hessian);
  if (!tdm_uncertain_add (self->uncertain, &input, &sum, gradient, hessian))
    return INFINITY;
  return isfinite (sum) ? sum : INFINITY;
}

gboolean
tdm_objective_levels (TdmObjective *self, const double *eta, double *gradients,
                      double *hessians)
{
  const guint n = self->n;
  const TdmJetSpace s = tdm_jet_space (n, 1);
  const TdmUncertainInput input = uncertain_input (self, &s, FALSE);
  memset (gradients, 0, (gsize)self->n_used * n * sizeof (double));
  memset (hessians, 0, (gsize)self->n_used * n * n * sizeof (double));
  if (self->uncertain)
    return find_parameters (self, eta, &s)
           && tdm_uncertain_levels (self->uncertain, &input, gradients, hessians);
  if (!predict (self, eta, &s))
    return FALSE;
  for (guint u = 0; u < self->n_used; u++)
    {
      const TdmProblemLevel *level =
          tdm_problem_get_level (self->problem, self->used[u]);
      const double *f = self->values + (gsize)u * s.size;
      double *hessian = hessians + (gsize)u * n * n;
      TdmLevelTerm term;
      if (!tdm_level_term (&self->outputs[u], level, f[0], &term))
        return FALSE;
      accumulate (&s, f, &term, level->weight, FALSE, gradients + (gsize)u * n,
                  hessian);
      mirror (n, hessian);
    }
  return TRUE;
}

double
tdm_objective_eval (TdmObjective *self, const double *eta, double *gradient,
                    double *hessian, gboolean exact)
{
  const guint n = self->n;
  TdmJetSpace s = tdm_jet_space (n, !gradient ? 0 : hessian && exact ? 2 : 1);
  if (self->uncertain)
    return eval_uncertain (self, eta, gradient, hessian, exact);
  if (!predict (self, eta, &s))
    return INFINITY;
  double sum = add_prior (self, eta, gradient, hessian);
  for (guint u = 0; u < self->n_used; u++)
    {
      const TdmProblemLevel *level =
          tdm_problem_get_level (self->problem, self->used[u]);
      const double *f = self->values + (gsize)u * s.size;
      TdmLevelTerm term;
      if (!tdm_level_term (&self->outputs[u], level, f[0], &term))
        return INFINITY;
      sum += level->weight * term.value;
      accumulate (&s, f, &term, level->weight, exact, gradient, hessian);
    }
  if (hessian)
    mirror (n, hessian);
  return isfinite (sum) ? sum : INFINITY;
}
