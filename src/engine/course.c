/* Regimens times blocks of draws are shared out between the threads, as in score.c. The
 * plan of a regimen asks for no more times than its days need. */
#include "engine/course.h"

#include "engine/numerics.h"
#include "engine/parallel.h"
#include "engine/regimen.h"

#include <math.h>

/* Points over a day where a metric is read from a curve. */
#define DAY_POINTS 24
/* Most doses of a day whose peaks are looked at. */
#define MOST_PEAKS 48
#define SAME_TIME_H 1e-6
/* Just after a bolus, as in target.c. */
#define JUST_AFTER_H 1e-7
#define BLOCK 32
#define BLOCK_ODE 2

typedef struct
{
  const TdmRegimen *regimen;
  TdmPkPlan *plan;
  GArray *times_h;                  /* double */
  guint first[TDM_COURSE_DAYS + 1]; /* of each day, into the times */
} Days;

typedef struct
{
  const TdmScoreInput *input;
  GPtrArray *days; /* Days*, one each regimen */
  guint draws, block, n_blocks;
  gint8 *sides; /* regimens x draws x days */
} Work;

typedef struct
{
  TdmPkWork *pk;
  double *parameters;
  GArray *values, *areas;
} Space;

gboolean
tdm_course_exists (const TdmProblem *problem, const TdmResolvedTarget *target)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  return tdm_target_is_steady (target) && target->metric != TDM_METRIC_NONE
         && target->metric != TDM_METRIC_TIME_TO_BELOW
         && target->metric != TDM_METRIC_CUMULATIVE_AUC
         && !tdm_model_get_output (model, target->output)->effect;
}

double
tdm_course_day (const TdmRegimen *regimen)
{
  return MAX (24.0, regimen->interval_h);
}

static void
days_free (Days *self)
{
  g_clear_pointer (&self->plan, tdm_pk_plan_unref);
  g_array_unref (self->times_h);
  g_free (self);
}

/* Before the last dose of a day that ends at `end_h`. */
static double
trough_time (const TdmRegimen *regimen, double end_h)
{
  const double rest = tdm_regimen_maintenance (regimen);
  if (end_h < rest || regimen->duration_h >= regimen->interval_h)
    return end_h;
  return rest
         + floor ((end_h - rest) / regimen->interval_h + SAME_TIME_H)
               * regimen->interval_h;
}

/* When the inputs of a day end, where concentrations are highest. */
static void
add_peaks (GArray *times_h, const TdmRegimen *regimen, double from_h, double to_h)
{
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const guint n = tdm_regimen_lines (regimen, to_h, lines), before = times_h->len;
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < lines[i].count && times_h->len < before + MOST_PEAKS; k++)
      {
        const double given = lines[i].time_h + k * lines[i].interval_h;
        const double length = lines[i].duration_h;
        const double end = given + (length > 0 ? length : JUST_AFTER_H);
        if (given >= from_h - SAME_TIME_H && given < to_h - SAME_TIME_H)
          g_array_append_val (times_h, end);
      }
}

static void
add_grid (GArray *times_h, double from_h, double to_h, guint points)
{
  for (guint i = 0; i <= points; i++)
    {
      const double at = from_h + (to_h - from_h) * i / points;
      g_array_append_val (times_h, at);
    }
}

static void
add_day (Days *self, const TdmResolvedTarget *target, guint day)
{
  const double length = tdm_course_day (self->regimen);
  const double from = tdm_regimen_start (self->regimen) + day * length;
  const double to = from + length;
  if (target->metric == TDM_METRIC_TROUGH)
    {
      const double at = trough_time (self->regimen, to);
      g_array_append_val (self->times_h, at);
    }
  else if (target->metric == TDM_METRIC_PEAK || target->metric == TDM_METRIC_PEAK_MIC)
    {
      const guint before = self->times_h->len;
      add_peaks (self->times_h, self->regimen, from, to);
      if (self->times_h->len > before)
        add_grid (self->times_h, MAX (from, self->regimen->first_dose_h + JUST_AFTER_H),
                  to, DAY_POINTS);
    }
  else
    add_grid (self->times_h, from, to,
              tdm_metric_has_threshold (target->metric) ? DAY_POINTS : 1);
}

static Days *
days_new (const TdmScoreInput *input, const TdmRegimen *regimen)
{
  const TdmResolvedTarget *target = input->target;
  Days *self = g_new0 (Days, 1);
  self->regimen = regimen;
  self->times_h = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint d = 0; d < TDM_COURSE_DAYS; d++)
    {
      add_day (self, target, d);
      self->first[d + 1] = self->times_h->len;
    }
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const double start = tdm_regimen_start (regimen);
  const double end = start + TDM_COURSE_DAYS * tdm_course_day (regimen);
  g_autofree guint *outputs = g_new (guint, self->times_h->len + 1);
  for (guint i = 0; i < self->times_h->len; i++)
    outputs[i] = target->output;
  const TdmPlanSpec spec = { .until_h = start,
                             .extra = lines,
                             .n_extra = tdm_regimen_lines (regimen, end, lines),
                             .times_h = (double *)(gpointer)self->times_h->data,
                             .outputs = outputs,
                             .n_times = self->times_h->len,
                             .main_output = target->output };
  self->plan = tdm_problem_plan (input->problem, &spec, NULL);
  return self;
}

static gpointer
open_space (gpointer data)
{
  const Work *work = data;
  const TdmProblem *problem = work->input->problem;
  const guint n = tdm_model_get_n_parameters (tdm_problem_get_model (problem));
  Space *self = g_new0 (Space, 1);
  self->pk = tdm_pk_work_new ();
  self->parameters = g_new (double, (gsize)tdm_problem_get_n_sets (problem) * n + 1);
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
  self->areas = g_array_new (FALSE, FALSE, sizeof (double));
  tdm_pk_work_set_cancellable (self->pk, work->input->cancellable);
  tdm_pk_work_set_tolerance (self->pk, TDM_DRAW_RELATIVE, TDM_DRAW_ABSOLUTE);
  return self;
}

static void
close_space (gpointer data)
{
  Space *self = data;
  tdm_pk_work_free (self->pk);
  g_free (self->parameters);
  g_array_unref (self->values);
  g_array_unref (self->areas);
  g_free (self);
}

/* The target's metric of one day, from the values and areas of its times; NAN where
 * there is none. */
static double
day_metric (const Days *days, const TdmResolvedTarget *t, double scale,
            const Space *space, guint day)
{
  const guint from = days->first[day], n = days->first[day + 1] - from;
  const double *values = &g_array_index (space->values, double, from);
  const double *areas = &g_array_index (space->areas, double, from);
  const double fraction = scale * (t->fraction > 0 ? t->fraction : 1.0);
  const double length = tdm_course_day (days->regimen);
  double highest = NAN;
  switch (t->metric)
    {
    case TDM_METRIC_TROUGH:
      return fraction * values[0];
    case TDM_METRIC_AVERAGE:
      return fraction * (areas[n - 1] - areas[0]) / length;
    case TDM_METRIC_TIME_ABOVE:
      return tdm_target_share_above (values, n, t->threshold / fraction);
    case TDM_METRIC_TIME_BELOW:
      return 1.0 - tdm_target_share_above (values, n, t->threshold / fraction);
    case TDM_METRIC_PEAK:
    case TDM_METRIC_PEAK_MIC:
      for (guint i = 0; i < n; i++)
        highest = fmax (highest, values[i]);
      return fraction * highest / (t->metric == TDM_METRIC_PEAK ? 1.0 : t->mic);
    default:
      return fraction * (areas[n - 1] - areas[0]) * 24.0 / length
             / (t->metric == TDM_METRIC_AUC_MIC ? t->mic : 1.0);
    }
}

/* The sides of the days under one draw. No finite answer counts as too much. */
static void
judge_draw (const Work *work, const Days *days, Space *space, const double *row,
            gint8 *sides)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const TdmResolvedTarget *target = work->input->target;
  const TdmProblem *problem = work->input->problem;
  const double scale =
      tdm_model_get_output (tdm_problem_get_model (problem), target->output)->per_mg_l;
  g_array_set_size (space->values, days->times_h->len);
  g_array_set_size (space->areas, days->times_h->len);
  const gboolean known =
      days->plan
      && tdm_problem_parameters (problem, &plain, row, TDM_SETS_AHEAD,
                                 space->parameters)
      && tdm_pk_plan_predict (days->plan, space->pk, &plain, space->parameters,
                              (double *)(gpointer)space->values->data,
                              (double *)(gpointer)space->areas->data, NULL);
  for (guint d = 0; d < TDM_COURSE_DAYS; d++)
    {
      const gboolean empty = days->first[d + 1] == days->first[d];
      sides[d] = !known  ? (target->falling ? -1 : 1)
                 : empty ? -1
                         : tdm_target_side (target,
                                            day_metric (days, target, scale, space, d));
    }
}

static void
run_task (gpointer data, gpointer workspace, guint task)
{
  const Work *work = data;
  const TdmScoreInput *input = work->input;
  const guint r = task / work->n_blocks, from = task % work->n_blocks * work->block;
  const gsize width = tdm_problem_get_n_values (input->problem);
  for (guint d = from; d < MIN (from + work->block, work->draws); d++)
    {
      if (g_cancellable_is_cancelled (input->cancellable))
        return;
      const double *row =
          input->rows + (gsize)((guint64)d * input->draws / work->draws) * width;
      judge_draw (work, work->days->pdata[r], workspace, row,
                  work->sides + ((gsize)r * work->draws + d) * TDM_COURSE_DAYS);
    }
}

static void
summarise (const Work *work, guint r, double penalty, TdmRegimen *regimen)
{
  const gint8 *sides = work->sides + (gsize)r * work->draws * TDM_COURSE_DAYS;
  double sum = regimen->score;
  for (guint day = 0; day < TDM_COURSE_DAYS; day++)
    {
      guint count[3] = { 0 };
      for (guint d = 0; d < work->draws; d++)
        count[1 + sides[d * TDM_COURSE_DAYS + day]]++;
      TdmCourseDay *out = &regimen->days[day];
      out->below = (double)count[0] / work->draws;
      out->within = (double)count[1] / work->draws;
      out->above = (double)count[2] / work->draws;
      sum += out->within
             - penalty * (work->input->target->falling ? out->below : out->above);
    }
  regimen->has_days = TRUE;
  regimen->value = sum / (TDM_COURSE_DAYS + 1);
}

gboolean
tdm_course_judge (const TdmScoreInput *input, guint most, TdmRegimen *const *regimens,
                  guint n, GError **error)
{
  static const TdmParallel parallel = { open_space, run_task, close_space };
  const TdmModel *model = tdm_problem_get_model (input->problem);
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  g_autoptr (GPtrArray) days =
      g_ptr_array_new_with_free_func ((GDestroyNotify)days_free);
  Work work = { .input = input,
                .days = days,
                .draws = MIN (most, input->draws),
                .block = ode ? BLOCK_ODE : BLOCK };
  g_autofree gint8 *sides = g_new0 (gint8, (gsize)n * work.draws * TDM_COURSE_DAYS + 1);
  work.sides = sides;
  work.n_blocks = (work.draws + work.block - 1) / work.block;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (days, days_new (input, regimens[i]));
  tdm_parallel_run (&parallel, n * work.n_blocks, &work);
  if (g_cancellable_set_error_if_cancelled (input->cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    summarise (&work, i, tdm_score_penalty (model), regimens[i]);
  return TRUE;
}
