/* What the true concentrations of each day come to. */
#include "engine/trial-private.h"

#include "base/error.h"
#include "base/unit.h"
#include "engine/target.h"

#include <math.h>

#define DAY_H 24.0
/* Points of a day for peaks and times above a threshold, beside the ends of inputs. */
#define PER_DAY 96
/* Just after a bolus: below any resolution of a clock, above that of a double. */
#define JUST_AFTER_H 1e-7

gboolean
tdm_trial_has_days (TdmMetricKind metric)
{
  switch (metric)
    {
    case TDM_METRIC_TROUGH:
    case TDM_METRIC_PEAK:
    case TDM_METRIC_AVERAGE:
    case TDM_METRIC_AUC24:
    case TDM_METRIC_TIME_ABOVE:
    case TDM_METRIC_PEAK_MIC:
    case TDM_METRIC_AUC_MIC:
      return TRUE;
    default:
      return FALSE;
    }
}

/* The course of the truth: hours, concentrations and areas in the output's unit. */
typedef struct
{
  GArray *times_h;
  double *value, *area;
  GArray *doses_h;
} Course;

static void
course_clear (Course *self)
{
  g_clear_pointer (&self->times_h, g_array_unref);
  g_clear_pointer (&self->doses_h, g_array_unref);
  g_clear_pointer (&self->value, g_free);
  g_clear_pointer (&self->area, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Course, course_clear)

/* Number k of the grid is k-th of PER_DAY of a day; what follows are the times just
 * before each dose and at the end of each infusion, or after a bolus. */
static void
list_times (Course *self, const TdmProblem *truth, guint days)
{
  self->times_h = g_array_new (FALSE, FALSE, sizeof (double));
  self->doses_h = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint k = 0; k <= days * PER_DAY; k++)
    {
      double t = k * DAY_H / PER_DAY;
      g_array_append_val (self->times_h, t);
    }
  for (guint i = 0; i < tdm_problem_get_n_doses (truth); i++)
    {
      const TdmPkDose *dose = tdm_problem_get_dose (truth, i);
      for (guint k = 0; k < dose->count; k++)
        {
          const double t = dose->time_h + k * dose->interval_h;
          const double end =
              t + (dose->duration_h > 0 ? dose->duration_h : JUST_AFTER_H);
          g_array_append_val (self->doses_h, t);
          g_array_append_val (self->times_h, t);
          if (end <= days * DAY_H)
            g_array_append_val (self->times_h, end);
        }
    }
}

static gboolean
find_course (Course *self, const TdmProblem *truth, const double *effects,
             GError **error)
{
  const TdmModel *model = tdm_problem_get_model (truth);
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const guint n = self->times_h->len;
  const double scale = tdm_model_get_output (model, 0)->per_mg_l;
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = (const double *)(gpointer)self->times_h->data,
                             .n_times = n };
  g_autofree double *parameters =
      g_new (double, (gsize)tdm_problem_get_n_sets (truth)
                         * tdm_model_get_n_parameters (model));
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (truth, &spec, error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  self->value = g_new (double, n);
  self->area = g_new (double, n);
  if (!plan)
    return FALSE;
  if (!tdm_problem_parameters (truth, &plain, effects, TDM_SETS_HISTORY, parameters))
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                   "a true parameter is not a finite number");
      return FALSE;
    }
  if (!tdm_pk_plan_predict (plan, work, &plain, parameters, self->value, self->area,
                            error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      self->value[i] *= scale;
      self->area[i] *= scale;
    }
  return TRUE;
}

/* Before the last dose due in the day, the day's end included; at its end without one.
 */
static double
trough_of (const Course *self, guint day)
{
  double last = -INFINITY, value = self->value[(day + 1) * PER_DAY];
  for (guint i = 0; i < self->doses_h->len; i++)
    {
      const double t = g_array_index (self->doses_h, double, i);
      if (t > day * DAY_H && t <= (day + 1) * DAY_H)
        last = MAX (last, t);
    }
  for (guint k = 0; isfinite (last) && k < self->times_h->len; k++)
    if (g_array_index (self->times_h, double, k) == last)
      value = self->value[k];
  return value;
}

static double
peak_of (const Course *self, guint day)
{
  double peak = 0;
  for (guint k = 0; k < self->times_h->len; k++)
    {
      const double t = g_array_index (self->times_h, double, k);
      if (t >= day * DAY_H && t <= (day + 1) * DAY_H)
        peak = MAX (peak, self->value[k]);
    }
  return peak;
}

static double
share_above (const Course *self, guint day, double threshold)
{
  guint above = 0;
  for (guint k = 1; k <= PER_DAY; k++)
    above += self->value[day * PER_DAY + k] > threshold;
  return (double)above / PER_DAY;
}

static double
metric_of (const Course *self, const TdmResolvedTarget *target, guint day)
{
  const double area =
      self->area[(day + 1) * PER_DAY] - self->area[(gsize)day * PER_DAY];
  switch (target->metric)
    {
    case TDM_METRIC_TROUGH:
      return trough_of (self, day);
    case TDM_METRIC_PEAK:
      return peak_of (self, day);
    case TDM_METRIC_AVERAGE:
      return area / DAY_H;
    case TDM_METRIC_AUC24:
      return area;
    case TDM_METRIC_AUC_MIC:
      return area / target->mic;
    case TDM_METRIC_PEAK_MIC:
      return peak_of (self, day) / target->mic;
    case TDM_METRIC_TIME_ABOVE:
      return share_above (self, day, target->threshold);
    default:
      g_assert_not_reached ();
    }
}

gboolean
tdm_trial_judge_days (const TdmTrialSetup *setup, TdmCase *record, guint64 number,
                      double *metric, GError **error)
{
  const TdmTrialOptions *o = setup->options;
  const double end_h = o->days * DAY_H;
  const TdmLook look = { &end_h, 1, 0 };
  g_autofree double *effects = NULL;
  g_auto (Course) course = { 0 };
  g_auto (TdmResolvedTarget) target = { 0 };
  g_autoptr (TdmProblem) truth =
      tdm_simulate_truth (record, o->truth, &look, o->seed, number, &effects, error);
  if (!truth || !tdm_target_resolve (truth, &setup->target, &target, error))
    return FALSE;
  list_times (&course, truth, o->days);
  if (!find_course (&course, truth, effects, error))
    return FALSE;
  for (guint day = 0; day < o->days; day++)
    metric[day] = metric_of (&course, &target, day);
  return TRUE;
}
