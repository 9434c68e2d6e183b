/* A target of a case in the units of the answer, with the alarms that hold for it. */
#include "engine/target.h"

#include "base/error.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

void
tdm_resolved_target_clear (TdmResolvedTarget *self)
{
  g_clear_pointer (&self->unit, g_free);
}

char *
tdm_target_area_unit (const char *concentration_unit)
{
  const char *slash = strchr (concentration_unit, '/');
  if (g_str_equal (concentration_unit, "1"))
    return g_strdup ("h");
  if (!slash)
    return g_strconcat (concentration_unit, ".h", NULL);
  g_autofree char *mass =
      g_strndup (concentration_unit, (gsize)(slash - concentration_unit));
  return g_strconcat (mass, ".h", slash, NULL);
}

int
tdm_target_find_output (const TdmModel *model, const TdmTarget *target, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  int found = target->output ? tdm_model_find_output (model, target->output) : 0;
  if (found >= 0)
    return found;
  for (guint k = 0; k < tdm_model_get_n_outputs (model); k++)
    g_string_append_printf (known, "%s%s", k ? ", " : "",
                            tdm_model_get_output (model, k)->name);
  tdm_error_set_input (error, "target.output",
                       "%s has no output \"%s\"; expected one of %s",
                       tdm_model_get_id (model), target->output, known->str);
  return -1;
}

static gboolean
convert (double molar, double value, const char *from, const char *to,
         const char *place, double *out, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (isinf (value)
          ? (*out = value, TRUE)
          : tdm_unit_convert (value, from ? from : "1", to, molar, out, &local))
    return TRUE;
  return tdm_error_set_input (error, place, "%s", local->message);
}

static char *
metric_unit (const char *concentration, TdmMetricKind metric)
{
  switch (metric)
    {
    case TDM_METRIC_TROUGH:
    case TDM_METRIC_PEAK:
    case TDM_METRIC_AVERAGE:
      return g_strdup (concentration);
    case TDM_METRIC_AUC24:
    case TDM_METRIC_AUC:
    case TDM_METRIC_CUMULATIVE_AUC:
      return tdm_target_area_unit (concentration);
    case TDM_METRIC_AUC_MIC:
    case TDM_METRIC_TIME_TO_BELOW:
      return g_strdup ("h");
    case TDM_METRIC_NONE:
    case TDM_METRIC_TIME_ABOVE:
    case TDM_METRIC_TIME_BELOW:
    case TDM_METRIC_PEAK_MIC:
      return g_strdup ("1");
    }
  g_assert_not_reached ();
}

static gboolean
is_close (double a, double b)
{
  return a == b || fabs (a - b) <= 1e-9 * fabs (b);
}

/* Whether `own`, a target of the model, is the one that is asked for, in whatever
 * units; then its alarms hold as well, in `unit`. */
static gboolean
has_window (const TdmModel *model, const TdmTarget *own, const TdmTarget *asked,
            const TdmResolvedTarget *t)
{
  const TdmModelOutput *output = tdm_model_get_output (model, t->output);
  double low, high;
  if (own->metric != asked->metric || asked->threshold > 0 || asked->mic > 0
      || own->free_fraction != asked->free_fraction
      || tdm_target_find_output (model, own, NULL) != (int)t->output
      || !convert (output->molar_mass, own->low, own->unit, t->unit, "", &low, NULL)
      || !convert (output->molar_mass, own->high, own->unit, t->unit, "", &high, NULL))
    return FALSE;
  return is_close (low, t->low) && is_close (high, t->high);
}

/* The case's own alarms, else those of the model's target that it asks for. */
static gboolean
find_alarms (const TdmProblem *problem, const TdmTarget *target, const char *unit,
             TdmResolvedTarget *t, GError **error)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  const double molar = tdm_model_get_output (model, t->output)->molar_mass;
  double low = target->alarm_low, high = target->alarm_high;
  for (guint i = 0; low <= 0 && high <= 0 && i < tdm_model_get_n_targets (model); i++)
    {
      const TdmTarget *own = &tdm_model_get_target (model, i)->target;
      if (!has_window (model, own, target, t))
        continue;
      low = own->alarm_low;
      high = own->alarm_high;
      unit = own->unit;
    }
  return convert (molar, low > 0 ? low : -INFINITY, unit, t->unit, "target.alarm_low",
                  &t->alarm_low, error)
         && convert (molar, high > 0 ? high : INFINITY, unit, t->unit,
                     "target.alarm_high", &t->alarm_high, error);
}

gboolean
tdm_target_is_steady (const TdmResolvedTarget *target)
{
  return target->at_steady_state && !target->has_span;
}

gboolean
tdm_target_resolve (const TdmProblem *problem, const TdmTarget *target,
                    TdmResolvedTarget *out, GError **error)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  int index = tdm_target_find_output (model, target, error);
  if (index < 0)
    return FALSE;
  const TdmModelOutput *output = tdm_model_get_output (model, (guint)index);
  const char *concentration = output->unit;
  double molar = output->molar_mass;
  g_auto (TdmResolvedTarget) t = { .metric = target->metric, .output = (guint)index };
  /* It grows for ever: without an end every dose would look too small. */
  if (target->metric == TDM_METRIC_CUMULATIVE_AUC && target->at_steady_state)
    return tdm_error_set_input (
        error, "target.at",
        "cumulative_auc needs the time up to which it counts: a "
        "date-time, or hours since the start such as 96");
  t.at_steady_state = target->at_steady_state;
  t.at_h = target->at.hours;
  t.from_h = target->from.hours;
  t.to_h = target->to.hours;
  t.unit = metric_unit (concentration, target->metric);
  t.falling = target->metric == TDM_METRIC_TIME_BELOW;
  t.has_span = target->metric == TDM_METRIC_AUC || target->has_span;
  /* AUC/MIC is in hours, but written without a unit as often as not. */
  const gboolean hours = target->metric == TDM_METRIC_AUC_MIC
                         || target->metric == TDM_METRIC_TIME_TO_BELOW;
  const char *from = hours && !target->unit ? "h" : target->unit;
  if (!convert (molar, target->low, from, t.unit, "target.unit", &t.low, error)
      || !convert (molar, target->high, from, t.unit, "target.unit", &t.high, error))
    return FALSE;
  const gboolean passes = tdm_metric_has_threshold (target->metric);
  const gboolean of_mic = passes && target->threshold == 0;
  if (passes && !of_mic
      && !convert (molar, target->threshold, target->threshold_unit, concentration,
                   "target.threshold_unit", &t.threshold, error))
    return FALSE;
  if ((target->metric == TDM_METRIC_AUC_MIC || target->metric == TDM_METRIC_PEAK_MIC
       || of_mic)
      && !convert (molar, target->mic, target->mic_unit, concentration,
                   "target.mic_unit", &t.mic, error))
    return FALSE;
  if (of_mic)
    t.threshold = t.mic * (target->multiple > 0 ? target->multiple : 1.0);
  t.fraction = target->free_fraction > 0 ? target->free_fraction : 1.0;
  if (!find_alarms (problem, target, from, &t, error))
    return FALSE;
  *out = t;
  t.unit = NULL;
  return TRUE;
}
