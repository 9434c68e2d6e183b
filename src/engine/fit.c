/* A fit as a value: its predictions, its notes, draws from its posterior. */
#include "engine/map-private.h"

#include "base/error.h"
#include "engine/residual.h"
#include "num/linalg.h"
#include "num/random.h"

#include <math.h>
#include <string.h>

TdmFit *
tdm_fit_new (TdmProblem *problem, guint subpopulation)
{
  guint n = tdm_problem_get_n_effects (problem);
  guint n_parameters = tdm_model_get_n_parameters (tdm_problem_get_model (problem));
  TdmFit *self = g_new0 (TdmFit, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->problem = tdm_problem_ref (problem);
  self->n = n;
  self->eta = g_new0 (double, tdm_problem_get_n_values (problem) + 1);
  self->subpopulation = subpopulation;
  if (tdm_problem_get_n_subpopulations (problem) > 0)
    self->eta[tdm_problem_get_n_values (problem) - 1] = subpopulation + 1.0;
  self->covariance = g_new0 (double, n *n + 1);
  self->covariance_expected = g_new0 (double, n *n + 1);
  self->covariance_cholesky = g_new0 (double, n *n + 1);
  self->shrinkage = g_new0 (double, n + 1);
  self->population = g_new0 (double, n_parameters);
  self->individual = g_new0 (double, n_parameters);
  self->n_levels = tdm_problem_get_n_levels (problem);
  self->levels = g_new0 (TdmFitLevel, self->n_levels + 1);
  self->notes = tdm_notes_new ();
  return self;
}

TdmFit *
tdm_fit_ref (TdmFit *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_fit_unref (TdmFit *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  tdm_problem_unref (self->problem);
  for (guint k = 0; k < self->n_modes; k++)
    {
      g_free (self->modes[k].eta);
      g_free (self->modes[k].cholesky);
    }
  g_free (self->modes);
  g_free (self->eta);
  g_free (self->covariance);
  g_free (self->covariance_expected);
  g_free (self->covariance_cholesky);
  g_free (self->shrinkage);
  g_free (self->population);
  g_free (self->individual);
  g_free (self->levels);
  for (guint k = 0; k < self->n_subpopulations; k++)
    g_clear_pointer (&self->subpopulations[k].fit, tdm_fit_unref);
  g_free (self->subpopulations);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

const char *
tdm_stop_name (TdmStop stop)
{
  switch (stop)
    {
    case TDM_STOP_GRADIENT:
      return "gradient";
    case TDM_STOP_STEP:
      return "step";
    case TDM_STOP_KINK:
      return "kink";
    case TDM_STOP_ITERATIONS:
      return "iterations";
    case TDM_STOP_FAILED:
      return "failed";
    }
  g_assert_not_reached ();
}

static gboolean
find_parameters (const TdmProblem *problem, const double *eta, TdmSetView view,
                 double *out, GError **error)
{
  TdmJetSpace plain = tdm_jet_space (0, 0);
  if (tdm_problem_parameters (problem, &plain, eta, view, out))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "a parameter of the model is not a finite number for this patient");
  return FALSE;
}

/* What is predicted at which effects: all levels, and the parameters. */
typedef struct
{
  const double *eta;
  double *values, *parameters;
} Wanted;

/* Predictions at all levels, used or not, at `eta`; also the parameters in force at the
 * adjust time. */
static gboolean
predict_levels (TdmFit *self, const Wanted *wanted, GCancellable *cancellable,
                GError **error)
{
  TdmProblem *problem = self->problem;
  TdmModel *model = tdm_problem_get_model (problem);
  guint n_parameters = tdm_model_get_n_parameters (model);
  g_autofree double *all =
      g_new (double, (gsize)tdm_problem_get_n_sets (problem) * n_parameters);
  g_autofree double *times = g_new (double, self->n_levels + 1);
  g_autofree guint *outputs = g_new (guint, self->n_levels + 1);
  g_autofree gboolean *after = g_new (gboolean, self->n_levels + 1);
  for (guint i = 0; i < self->n_levels; i++)
    {
      times[i] = tdm_problem_get_level (problem, i)->time_h;
      outputs[i] = tdm_problem_get_level (problem, i)->output;
      after[i] = tdm_problem_get_level (problem, i)->after_dose;
    }
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .outputs = outputs,
                             .after = after,
                             .n_times = self->n_levels,
                             .cancellable = cancellable };
  if (!tdm_problem_predict (problem, wanted->eta, &spec, wanted->values, error))
    return FALSE;
  if (!find_parameters (problem, wanted->eta, TDM_SETS_AHEAD, all, error))
    return FALSE;
  tdm_problem_parameters_at (problem, all, tdm_problem_get_adjust_h (problem),
                             wanted->parameters);
  return TRUE;
}

static void
fill_level (TdmFit *self, guint i, double population, double individual)
{
  const TdmProblemLevel *level = tdm_problem_get_level (self->problem, i);
  const TdmModelOutput *output =
      tdm_model_get_output (tdm_problem_get_model (self->problem), level->output);
  double sd = tdm_residual_sd (output, individual);
  TdmFitLevel *out = &self->levels[i];
  out->time_h = level->time_h;
  out->observed = level->value;
  out->population = population;
  out->individual = individual;
  out->output = level->output;
  out->censor = level->censor;
  out->used = level->use;
  gboolean logs = tdm_residual_is_log (output);
  gboolean comparable = !logs || (level->value > 0 && individual > 0);
  if (comparable)
    out->residual = logs ? log (level->value / individual) : level->value - individual;
  out->weighted_residual = sd > 0 ? out->residual / sd : 0.0;
  double spread = logs ? sd * individual : sd;
  out->sd = isfinite (spread) ? spread : 0.0;
}

gboolean
tdm_fit_fill_predictions (TdmFit *self, GCancellable *cancellable, GError **error)
{
  g_autofree double *zero =
      g_new0 (double, tdm_problem_get_n_values (self->problem) + 1);
  g_autofree double *population = g_new (double, self->n_levels + 1);
  g_autofree double *individual = g_new (double, self->n_levels + 1);
  const Wanted typical = { zero, population, self->population };
  const Wanted own = { self->eta, individual, self->individual };
  if (!predict_levels (self, &typical, cancellable, error)
      || !predict_levels (self, &own, cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->n_levels; i++)
    fill_level (self, i, population[i], individual[i]);
  return TRUE;
}

/* out = factor z for n standard normal numbers z, the next of `random`. */
static void
draw_block (TdmRandom *random, guint n, const double *factor, double *z, double *out)
{
  for (guint i = 0; i < n; i++)
    z[i] = tdm_random_normal (random);
  tdm_lower_times (n, factor, z, out);
}

/* Whose draw number `d` is, in proportion to the probabilities: the multiples of the
 * golden section are more even than random numbers, and none is wasted on it. */
static guint
choose (const TdmFit *self, gboolean prior, guint d)
{
  const double golden = 0.6180339887498949;
  double u = (d + 0.5) * golden;
  u -= floor (u);
  for (guint k = 0; k < self->n_subpopulations; k++)
    {
      const TdmFitSubpopulation *one = &self->subpopulations[k];
      u -= prior ? one->prior : one->posterior;
      if (u < 0)
        return k;
    }
  return self->subpopulation;
}

/* The row of one draw; `prior`: of others like this patient, not of this one. */
static void
draw_row (const TdmFit *self, gboolean prior, TdmRandom *random, double *z, double *row)
{
  const TdmProblem *problem = self->problem;
  const guint n = self->n, ahead = tdm_problem_get_n_future (problem);
  draw_block (random, n,
              prior ? tdm_problem_get_omega_cholesky (problem)
                    : self->covariance_cholesky,
              z, row);
  for (guint i = 0; !prior && i < n; i++)
    row[i] += self->eta[i];
  draw_block (random, ahead, tdm_problem_get_future_cholesky (problem), z, row + n);
  if (tdm_problem_get_n_subpopulations (problem) > 0)
    row[n + ahead] = self->subpopulation + 1.0;
}

static double *
draw (const TdmFit *self, guint draws, guint64 seed, gboolean prior)
{
  g_autoptr (TdmRandom) random = tdm_random_new (seed);
  const gsize n = tdm_problem_get_n_values (self->problem);
  g_autofree double *z = g_new (double, n + 1);
  double *out = g_new (double, draws *n + 1);
  for (guint d = 0; d < draws; d++)
    {
      const TdmFit *of = self;
      if (self->n_subpopulations > 0)
        of = tdm_fit_get_subpopulation (self, choose (self, prior, d));
      draw_row (of, prior, random, z, out + d * n);
    }
  return out;
}

void
tdm_fit_fill_future (const TdmFit *self, TdmRandom *random, guint draws, double *rows)
{
  const guint ahead = tdm_problem_get_n_future (self->problem);
  g_autofree double *z = g_new (double, ahead + 1);
  for (guint d = 0; d < draws; d++)
    draw_block (random, ahead, tdm_problem_get_future_cholesky (self->problem), z,
                rows + (gsize)d * tdm_problem_get_n_values (self->problem) + self->n);
}

double *
tdm_fit_draw_individual (const TdmFit *self, guint draws, guint64 seed)
{
  return draw (self, draws, seed, FALSE);
}

double *
tdm_fit_draw_population (const TdmFit *self, guint draws, guint64 seed)
{
  return draw (self, draws, seed, TRUE);
}
