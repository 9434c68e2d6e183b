/* Curves: the typical patient, this patient, and percentile bands of both. */
#include "engine/curve-private.h"

#include "base/error.h"
#include "engine/numerics.h"
#include "engine/residual.h"
#include "num/quantile.h"
#include "num/random.h"

#include <math.h>
#include <string.h>

/* Tolerances of differential equations for bands: far below the spread they show. */

static const double band_probabilities[TDM_BAND_N] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

static gboolean
predict (const TdmProblem *problem, const TdmPkPlan *plan, TdmPkWork *work,
         const double *eta, double *parameters, double *values, GError **error)
{
  TdmJetSpace plain = tdm_jet_space (0, 0);
  TdmSetView view = tdm_pk_plan_get_n_sets (plan) == tdm_problem_get_n_sets (problem)
                        ? TDM_SETS_AHEAD
                        : TDM_SETS_HISTORY;
  if (tdm_problem_parameters (problem, &plain, eta, view, parameters))
    return tdm_pk_plan_predict (plan, work, &plain, parameters, values, NULL, error);
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "a parameter of the model is not a finite number for this patient");
  return FALSE;
}

static double *
new_parameters (const TdmProblem *problem)
{
  guint n = tdm_model_get_n_parameters (tdm_problem_get_model (problem));
  return g_new (double, (gsize)tdm_problem_get_n_sets (problem) * n + 1);
}

/* Work shared out between two threads: the draws of [from, to) each fill their row of
 * `curves`, then the times of [from, to) each get their percentiles. Every number
 * depends on its own row or column alone, so the digits do not depend on the threads.
 */
typedef struct
{
  const TdmBandSpec *spec;
  guint n_rows;     /* of `curves` that count */
  double *curves;   /* rows of n_times */
  gboolean *failed; /* a draw without a finite curve */
  GCancellable *cancellable;
} BandWork;

typedef struct
{
  BandWork *work;
  guint from, to;
} BandShare;

static gpointer
simulate_share (gpointer data)
{
  BandShare *share = data;
  const BandWork *w = share->work;
  const TdmBandSpec *spec = w->spec;
  guint n = tdm_problem_get_n_values (spec->problem);
  const TdmModelOutput *output =
      tdm_model_get_output (tdm_problem_get_model (spec->problem), spec->output);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autofree double *parameters = new_parameters (spec->problem);
  tdm_pk_work_set_tolerance (work, TDM_DRAW_RELATIVE, TDM_DRAW_ABSOLUTE);
  tdm_pk_work_set_cancellable (work, w->cancellable);
  for (guint d = share->from; d < share->to; d++)
    {
      double *row = w->curves + (gsize)d * spec->n_times;
      if (g_cancellable_is_cancelled (w->cancellable))
        return NULL;
      w->failed[d] = !predict (spec->problem, spec->plan, work,
                               spec->effects + (gsize)d * n, parameters, row, NULL);
      for (guint t = 0; !w->failed[d] && t < spec->n_times; t++)
        row[t] *= output->per_mg_l;
    }
  return NULL;
}

static gpointer
percentiles_share (gpointer data)
{
  BandShare *share = data;
  const BandWork *w = share->work;
  const guint n_times = w->spec->n_times;
  g_autofree double *column = g_new (double, w->n_rows);
  for (guint t = share->from; t < share->to; t++)
    {
      double at[TDM_BAND_N];
      for (guint d = 0; d < w->n_rows; d++)
        column[d] = w->curves[(gsize)d * n_times + t];
      tdm_quantiles (column, w->n_rows, band_probabilities, TDM_BAND_N, at);
      for (guint b = 0; b < TDM_BAND_N; b++)
        w->spec->bands[b][t] = at[b];
    }
  return NULL;
}

/* Runs `part` over [0, n) in two shares. */
static gboolean
in_two_shares (BandWork *work, GThreadFunc part, guint n, GError **error)
{
  BandShare shares[2] = { { work, 0, n / 2 }, { work, n / 2, n } };
  GThread *thread = g_thread_new ("bands", part, &shares[0]);
  part (&shares[1]);
  g_thread_join (thread);
  return !g_cancellable_set_error_if_cancelled (work->cancellable, error);
}

/* Moves the rows that have a curve together; FALSE when most have none. */
static gboolean
drop_failed (BandWork *work, guint *left_out, GError **error)
{
  const gsize n_times = work->spec->n_times;
  for (guint d = 0; d < work->spec->draws; d++)
    if (!work->failed[d])
      memmove (work->curves + n_times * work->n_rows++, work->curves + n_times * d,
               n_times * sizeof (double));
  *left_out = work->spec->draws - work->n_rows;
  if (*left_out <= work->spec->draws / 2)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "%u of %u likely patients have no finite concentration with this "
               "history: there is no trustworthy band",
               *left_out, work->spec->draws);
  return FALSE;
}

static void
perturb (const BandWork *work)
{
  const TdmModelOutput *output = tdm_model_get_output (
      tdm_problem_get_model (work->spec->problem), work->spec->output);
  g_autoptr (TdmRandom) random = tdm_random_new (work->spec->residual_seed);
  for (gsize i = 0; i < (gsize)work->n_rows * work->spec->n_times; i++)
    work->curves[i] =
        tdm_residual_measure (output, work->curves[i], tdm_random_normal (random));
}

gboolean
tdm_curve_bands (const TdmBandSpec *spec, guint *left_out, GCancellable *cancellable,
                 GError **error)
{
  g_autofree double *curves = g_new (double, (gsize)spec->draws * spec->n_times + 1);
  g_autofree gboolean *failed = g_new0 (gboolean, spec->draws);
  BandWork work = {
    .spec = spec, .curves = curves, .failed = failed, .cancellable = cancellable
  };
  if (!in_two_shares (&work, simulate_share, spec->draws, error)
      || !drop_failed (&work, left_out, error))
    return FALSE;
  if (spec->residual_seed)
    perturb (&work);
  return in_two_shares (&work, percentiles_share, spec->n_times, error);
}

static void
new_bands (double *bands[TDM_BAND_N], guint n)
{
  for (guint b = 0; b < TDM_BAND_N; b++)
    bands[b] = g_new (double, n);
}

static gboolean
fill_bands (TdmCurve *self, const TdmFit *fit, const TdmPkPlan *plan,
            const TdmCurveOptions *o, GCancellable *cancellable, GError **error)
{
  guint others_draws = o->population_draws ? o->population_draws : o->draws, ignored;
  g_autofree double *own =
      o->posterior ? NULL : tdm_fit_draw_individual (fit, o->draws, o->seed);
  g_autofree double *others = tdm_fit_draw_population (fit, others_draws, o->seed + 1);
  TdmBandSpec spec = { .problem = fit->problem,
                       .plan = plan,
                       .output = self->output,
                       .n_times = self->n,
                       .effects = own ? own : o->posterior->rows,
                       .draws = own ? o->draws : MIN (o->draws, o->posterior->draws),
                       .residual_seed = o->residual ? o->seed + 2 : 0,
                       .bands = self->individual_band };
  new_bands (self->individual_band, self->n);
  if (!tdm_curve_bands (&spec, &self->left_out, cancellable, error))
    return FALSE;
  new_bands (self->population_band, self->n);
  spec.effects = others;
  spec.draws = others_draws;
  spec.residual_seed = o->residual ? o->seed + 3 : 0;
  spec.bands = self->population_band;
  return tdm_curve_bands (&spec, &ignored, cancellable, error);
}

static gboolean
fill_lines (TdmCurve *self, const TdmFit *fit, const TdmPkPlan *plan,
            GCancellable *cancellable, GError **error)
{
  const TdmProblem *problem = fit->problem;
  const TdmModelOutput *output =
      tdm_model_get_output (tdm_problem_get_model (problem), self->output);
  g_autofree double *zero = g_new0 (double, tdm_problem_get_n_values (problem) + 1);
  g_autofree double *parameters = new_parameters (problem);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  tdm_pk_work_set_cancellable (work, cancellable);
  self->population = g_new (double, self->n + 1);
  self->individual = g_new (double, self->n + 1);
  if (!predict (problem, plan, work, zero, parameters, self->population, error)
      || !predict (problem, plan, work, fit->eta, parameters, self->individual, error))
    return FALSE;
  for (guint t = 0; t < self->n; t++)
    {
      self->population[t] *= output->per_mg_l;
      self->individual[t] *= output->per_mg_l;
    }
  return TRUE;
}

/* A plan at the asked-for times, or at a grid that follows the events. */
static TdmPkPlan *
plan_for (TdmCurve *self, const TdmProblem *problem, const TdmCurveOptions *options,
          GError **error)
{
  TdmPlanSpec spec = { .until_h = options->until_h,
                       .extra = options->extra,
                       .n_extra = options->n_extra };
  if (options->times_h)
    {
      self->n = options->n_times;
      self->time_h = g_memdup2 (options->times_h, self->n * sizeof (double));
    }
  else
    {
      g_autoptr (TdmPkPlan) doses = tdm_problem_plan (problem, &spec, error);
      if (!doses)
        return NULL;
      g_autoptr (GArray) grid = tdm_curve_grid (doses, options->from_h, options->to_h);
      self->n = grid->len;
      self->time_h = g_memdup2 (grid->data, self->n * sizeof (double));
    }
  g_autofree guint *outputs = g_new (guint, self->n + 1);
  for (guint i = 0; i < self->n; i++)
    outputs[i] = self->output;
  spec.times_h = self->time_h;
  spec.outputs = outputs;
  spec.n_times = self->n;
  return tdm_problem_plan (problem, &spec, error);
}

TdmCurve *
tdm_curve_new (const TdmFit *fit, const TdmCurveOptions *options,
               GCancellable *cancellable, GError **error)
{
  g_autoptr (TdmCurve) self = g_new0 (TdmCurve, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->output = options->output;
  g_autoptr (TdmPkPlan) plan = plan_for (self, fit->problem, options, error);
  if (!plan || !fill_lines (self, fit, plan, cancellable, error))
    return NULL;
  if (options->draws > 0 && self->n > 0
      && !fill_bands (self, fit, plan, options, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

TdmCurve *
tdm_curve_ref (TdmCurve *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_curve_unref (TdmCurve *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->time_h);
  g_free (self->population);
  g_free (self->individual);
  for (guint b = 0; b < TDM_BAND_N; b++)
    {
      g_free (self->population_band[b]);
      g_free (self->individual_band[b]);
    }
  g_free (self);
}
