/* Preposterior analysis with the draws at hand: some of them take turns as the truth.
 * Each gives a level with residual error at the time in question; all draws are then
 * weighed by its likelihood, which is the posterior after that level, and with these
 * weights the variance of the metric and the best regimen are found again. */
#include "engine/next-sample.h"

#include "base/clock.h"
#include "base/error.h"
#include "engine/residual.h"
#include "engine/score.h"
#include "num/normal.h"
#include "num/quantile.h"

#include <math.h>

#define STEP_H 0.5
#define LEAST_WITHIN_H 24.0
#define MOST_TIMES 400
#define DRAWS 500
#define DRAWS_ODE 150
#define TRUTHS 100
/* Regimens among which is chosen again. */
#define CHOICES 8
#define LOOSE_RELATIVE 1e-4
#define LOOSE_ABSOLUTE 1e-4

typedef struct
{
  const TdmResult *result;
  const TdmProblem *problem;
  TdmResolvedTarget target;
  GCancellable *cancellable;
  GArray *times_h;
  guint draws;
  double *levels;  /* draws x times, NAN where there is none */
  TdmScore *score; /* of the leading regimens */
  double *weights; /* draws */
} Search;

static void
search_clear (Search *s)
{
  tdm_resolved_target_clear (&s->target);
  g_clear_pointer (&s->times_h, g_array_unref);
  g_clear_pointer (&s->score, tdm_score_free);
  g_free (s->levels);
  g_free (s->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static gboolean
is_allowed (const TdmCaseOptions *options, GDateTime *start, double time_h)
{
  if (!options->has_sample_hours || !start)
    return TRUE;
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  guint minute = (guint)(60 * g_date_time_get_hour (at) + g_date_time_get_minute (at));
  guint from = options->sample_from_min, to = options->sample_to_min;
  return from < to ? minute >= from && minute <= to : minute >= from || minute <= to;
}

static gboolean
find_times (Search *s, GError **error)
{
  TdmCase *record = tdm_problem_get_case (s->problem);
  const TdmCaseOptions *options = tdm_case_get_options (record);
  const double now = tdm_problem_get_now_h (s->problem);
  const double interval = tdm_problem_get_current (s->problem).interval_h;
  const double within = options->sample_within_h > 0
                            ? options->sample_within_h
                            : MAX (LEAST_WITHIN_H, 2 * interval);
  s->times_h = g_array_new (FALSE, FALSE, sizeof (double));
  for (double k = floor (now / STEP_H) + 1;
       k * STEP_H <= now + within && s->times_h->len < MOST_TIMES; k++)
    {
      double time_h = k * STEP_H;
      if (is_allowed (options, tdm_case_get_start (record), time_h))
        g_array_append_val (s->times_h, time_h);
    }
  if (s->times_h->len > 0)
    return TRUE;
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                       "no level can be drawn within the hours the case allows "
                       "(options.sample_hours, options.sample_within)");
  return FALSE;
}

/* The output that the target is of; its level is the one to be drawn. */
static const TdmModelOutput *
output_of (const Search *s)
{
  return tdm_model_get_output (tdm_problem_get_model (s->problem), s->target.output);
}

/* The current regimen carried on, or only what has been given. */
static TdmPkPlan *
plan_levels (const Search *s, const guint *outputs, GError **error)
{
  const double *times = (const double *)(gconstpointer)s->times_h->data;
  const TdmCurrentRegimen current = tdm_problem_get_current (s->problem);
  TdmPlanSpec spec = { .until_h = INFINITY,
                       .times_h = times,
                       .outputs = outputs,
                       .n_times = s->times_h->len };
  TdmRegimen regimen = { .route = current.route,
                         .amount_mg = current.amount_mg,
                         .interval_h = current.interval_h,
                         .duration_h = current.duration_h,
                         .first_dose_h = tdm_problem_get_adjust_h (s->problem) };
  TdmPkDose dose;
  if (current.route && current.interval_h > 0)
    {
      double ahead = times[s->times_h->len - 1] - regimen.first_dose_h;
      dose = tdm_regimen_dose (
          &regimen, (guint)CLAMP (ceil (ahead / current.interval_h) + 1, 1.0, 1000.0));
      spec.until_h = regimen.first_dose_h;
      spec.extra = &dose;
      spec.n_extra = 1;
    }
  return tdm_problem_plan (s->problem, &spec, error);
}

static gboolean
predict_levels (Search *s, GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  TdmModel *model = tdm_problem_get_model (s->problem);
  const guint n = s->times_h->len;
  const double scale = output_of (s)->per_mg_l;
  g_autofree guint *outputs = g_new (guint, n);
  for (guint t = 0; t < n; t++)
    outputs[t] = s->target.output;
  g_autoptr (TdmPkPlan) plan = plan_levels (s, outputs, error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autofree double *parameters =
      g_new (double, (gsize)tdm_problem_get_n_sets (s->problem)
                             * tdm_model_get_n_parameters (model)
                         + 1);
  if (!plan)
    return FALSE;
  TdmSetView view = tdm_pk_plan_get_n_sets (plan) == tdm_problem_get_n_sets (s->problem)
                        ? TDM_SETS_AHEAD
                        : TDM_SETS_HISTORY;
  tdm_pk_work_set_tolerance (work, LOOSE_RELATIVE, LOOSE_ABSOLUTE);
  tdm_pk_work_set_cancellable (work, s->cancellable);
  s->levels = g_new (double, (gsize)s->draws *n + 1);
  for (guint d = 0; d < s->draws; d++)
    {
      double *row = s->levels + (gsize)d * n;
      const double *eta = tdm_posterior_get_row (s->result->posterior, d);
      if (g_cancellable_set_error_if_cancelled (s->cancellable, error))
        return FALSE;
      gboolean known =
          tdm_problem_parameters (s->problem, &plain, eta, view, parameters)
          && tdm_pk_plan_predict (plan, work, &plain, parameters, row, NULL, NULL);
      for (guint t = 0; t < n; t++)
        row[t] = known ? row[t] * scale : NAN;
    }
  return TRUE;
}

static gboolean
score_choices (Search *s, GError **error)
{
  const GPtrArray *regimens = s->result->proposals->regimens;
  g_autofree double *rows = tdm_score_rows (s->result->fit, s->result->posterior);
  const TdmScoreInput input = { .problem = s->problem,
                                .target = &s->target,
                                .rows = rows,
                                .draws = s->draws,
                                .cancellable = s->cancellable };
  s->score = tdm_score_new (&input, (TdmRegimen *const *)regimens->pdata,
                            MIN (regimens->len, CHOICES), error);
  return s->score != NULL;
}

/* What the weights say: the variance of the metric on the leading regimen, and the
 * greatest chance within the window that a regimen has. */
static void
decide (const Search *s, double *variance, double *within)
{
  double sum = 0, mean = 0, square = 0;
  *within = 0;
  for (guint r = 0; r < s->score->n; r++)
    {
      const TdmRegimenMetrics *draws = s->score->metrics + (gsize)r * s->draws;
      double inside = 0, all = 0;
      for (guint d = 0; d < s->draws; d++)
        {
          all += s->weights[d];
          if (!isnan (draws[d].target)
              && tdm_target_side (&s->target, draws[d].target) == 0)
            inside += s->weights[d];
        }
      *within = all > 0 ? MAX (*within, inside / all) : *within;
    }
  for (guint d = 0; d < s->draws; d++)
    if (!isnan (s->score->metrics[d].target))
      {
        double x = s->score->metrics[d].target;
        sum += s->weights[d];
        mean += s->weights[d] * x;
        square += s->weights[d] * x * x;
      }
  mean /= sum;
  *variance = MAX (square / sum - mean * mean, 0);
}

/* Weights after a level `y` at time number `t`. */
static void
weigh (Search *s, guint t, double y)
{
  const TdmModelOutput *output = output_of (s);
  const gboolean logs = tdm_residual_is_log (output);
  for (guint d = 0; d < s->draws; d++)
    {
      double f = s->levels[(gsize)d * s->times_h->len + t];
      double sd = tdm_residual_sd (output, f);
      double miss = logs ? log (MAX (y, 1e-12) / f) : y - f;
      double logarithm = -0.5 * pow (miss / sd, 2) - log (sd);
      s->weights[d] = isfinite (logarithm) ? exp (logarithm) : 0;
    }
}

static double
median_level (const Search *s, guint t)
{
  const double middle = 0.5;
  g_autofree double *values = g_new (double, s->draws);
  double out = NAN;
  guint n = 0;
  for (guint d = 0; d < s->draws; d++)
    if (isfinite (s->levels[(gsize)d * s->times_h->len + t]))
      values[n++] = s->levels[(gsize)d * s->times_h->len + t];
  if (n > 0)
    tdm_quantiles (values, n, &middle, 1, &out);
  return out;
}

/* Truth number `k` takes an evenly spread draw, and an evenly spread error. */
static TdmSampleTime
look_at (Search *s, guint t, double variance_now)
{
  const double golden = 0.6180339887498949;
  const TdmModelOutput *output = output_of (s);
  const guint truths = MIN (TRUTHS, s->draws);
  double variance = 0, within = 0;
  guint counted = 0;
  for (guint k = 0; k < truths; k++)
    {
      double f = s->levels[(gsize)(k * s->draws / truths) * s->times_h->len + t];
      double u = (k + 0.5) * golden - floor ((k + 0.5) * golden), v, p;
      double y = tdm_residual_measure (output, f, tdm_normal_quantile (u));
      weigh (s, t, y);
      decide (s, &v, &p);
      if (!isfinite (v))
        continue;
      variance += v;
      within += p;
      counted++;
    }
  TdmSampleTime out = { .time_h = g_array_index (s->times_h, double, t),
                        .expected = median_level (s, t),
                        .p_wrong = counted > 0 ? 1 - within / counted : NAN };
  if (counted > 0 && variance_now > 0)
    out.reduction = CLAMP (1 - variance / counted / variance_now, 0, 1);
  return out;
}

static gboolean
fill (TdmNextSample *self, Search *s, GError **error)
{
  double variance, within;
  for (guint d = 0; d < s->draws; d++)
    s->weights[d] = 1;
  decide (s, &variance, &within);
  self->sd_now = sqrt (variance);
  self->p_wrong_now = 1 - within;
  self->n = s->times_h->len;
  self->times = g_new0 (TdmSampleTime, self->n);
  for (guint t = 0; t < self->n; t++)
    {
      if (g_cancellable_set_error_if_cancelled (s->cancellable, error))
        return FALSE;
      self->times[t] = look_at (s, t, variance);
      if (self->times[t].reduction > self->times[self->best].reduction)
        self->best = t;
      if (self->times[t].p_wrong < self->times[self->best_choice].p_wrong)
        self->best_choice = t;
    }
  return TRUE;
}

static gboolean
check (const TdmResult *result, GError **error)
{
  const TdmNote *withheld = result->proposals->withheld;
  if (!withheld)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER, "advice is withheld: %s",
               withheld->text);
  return FALSE;
}

TdmNextSample *
tdm_next_sample_new (const TdmResult *result, GCancellable *cancellable, GError **error)
{
  const TdmProblem *problem = result->fit->problem;
  const gboolean ode =
      tdm_model_get_structure (tdm_problem_get_model (problem))->kind == TDM_PK_ODE;
  g_auto (Search)
      s = { .result = result,
            .problem = problem,
            .cancellable = cancellable,
            .draws = MIN (result->posterior->draws, ode ? DRAWS_ODE : DRAWS) };
  g_autoptr (TdmNextSample) self = g_new0 (TdmNextSample, 1);
  g_atomic_ref_count_init (&self->ref_count);
  s.weights = g_new (double, s.draws);
  if (!check (result, error)
      || !tdm_target_resolve (problem, tdm_problem_get_target (problem), &s.target,
                              error)
      || !find_times (&s, error) || !predict_levels (&s, error)
      || !score_choices (&s, error) || !fill (self, &s, error))
    return NULL;
  self->metric = s.target.metric;
  self->output = s.target.output;
  self->unit = g_strdup (s.target.unit);
  return g_steal_pointer (&self);
}

TdmNextSample *
tdm_next_sample_ref (TdmNextSample *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_next_sample_unref (TdmNextSample *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->times);
  g_free (self->unit);
  g_free (self);
}
