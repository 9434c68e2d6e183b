#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

/* "mg.h/L" for "mg/L". */
static char *
dup_area_unit (const char *unit)
{
  const char *stroke = strchr (unit, '/');

  return stroke == NULL
             ? g_strconcat (unit, ".h", NULL)
             : g_strdup_printf ("%.*s.h%s", (int)(stroke - unit), unit, stroke);
}

/* The unit a metric of an output is measured in, up to a factor. Yours. */
static char *
metric_unit (const TdmModelOutput *output, TdmMetricKind metric)
{
  switch (metric)
    {
    case TDM_METRIC_AUC24:
    case TDM_METRIC_AUC:
    case TDM_METRIC_CUMULATIVE_AUC:
      return dup_area_unit (output->unit);
    case TDM_METRIC_TIME_ABOVE:
    case TDM_METRIC_TIME_BELOW:
    case TDM_METRIC_PEAK_MIC:
      return g_strdup ("1");
    case TDM_METRIC_AUC_MIC:
    case TDM_METRIC_TIME_TO_BELOW:
      return g_strdup ("h");
    default:
      return g_strdup (output->unit);
    }
}

static const TdmModelOutput *
output_of (const TdmModel *self, const TdmTarget *target)
{
  const int output =
      target->output != NULL ? tdm_model_find_output (self, target->output) : 0;
  return tdm_model_get_output (self, (guint)output);
}

/* Which output the target is of; the first is the default. */
static gboolean
read_output (const TdmModel *self, const TdmKeySection *section, TdmTarget *target,
             GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "output");

  if (entry == NULL)
    return TRUE;
  if (tdm_model_find_output (self, entry->value) < 0)
    return tdm_scan_refuse (entry, error, "expected the name of an output");
  target->output = g_strdup (entry->value);
  return TRUE;
}

static gboolean
read_metric (const TdmModel *self, const TdmKeySection *section, TdmTarget *target,
             GError **error)
{
  const TdmKeyEntry *metric = tdm_key_section_find (section, "metric");
  const TdmKeyEntry *unit = tdm_key_section_find (section, "unit");

  if (!tdm_metric_from_name (metric->value, &target->metric)
      || target->metric == TDM_METRIC_NONE)
    return tdm_scan_refuse (
        metric, error,
        "expected trough, peak, average, auc24, auc, cumulative_auc, "
        "time_above, time_below, time_to_below, peak_mic or auc_mic");
  const TdmModelOutput *output = output_of (self, target);
  g_autofree char *wanted = metric_unit (output, target->metric);
  if (!tdm_unit_is_same_kind (unit->value, wanted, output->molar_mass))
    {
      g_autofree char *message =
          g_strdup_printf ("expected a unit for %s, such as %s", metric->value, wanted);
      return tdm_scan_refuse (unit, error, message);
    }
  target->unit = g_strdup (unit->value);
  return TRUE;
}

static gboolean
read_side (const TdmKeyEntry *entry, double *out, GError **error)
{
  TdmScan scan;

  if (entry == NULL)
    return TRUE;
  scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, out, NULL, error) || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  return *out > 0.0 || tdm_scan_refuse (entry, error, "expected more than 0");
}

static gboolean
read_window (const TdmKeySection *section, TdmTarget *target, GError **error)
{
  const TdmKeyEntry *low = tdm_key_section_find (section, "low");
  const TdmKeyEntry *high = tdm_key_section_find (section, "high");

  target->low = -INFINITY;
  target->high = INFINITY;
  if (low == NULL && high == NULL)
    return tdm_place_set_error (error, &section->place,
                                "expected “low”, “high” or both in “[%s]”",
                                section->group);
  if (!read_side (low, &target->low, error) || !read_side (high, &target->high, error))
    return FALSE;
  return target->low < target->high
         || tdm_scan_refuse (high, error, "expected more than “low”");
}

/* A key that one metric must have and no other may: a time, or a level with its unit.
 */
typedef struct
{
  const char *key;
  gboolean wanted;
  double *out;
  char **unit; /* NULL: a time */
} Companion;

static gboolean
read_companion (const TdmModel *self, const TdmKeySection *section,
                const TdmTarget *target, const Companion *c, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, c->key);
  const char *metric = tdm_key_section_find (section, "metric")->value;
  const TdmModelOutput *output = output_of (self, target);
  double factor;

  if (entry == NULL)
    return !c->wanted
           || tdm_place_set_error (error, &section->place,
                                   "expected the key “%s” with “metric = %s”", c->key,
                                   metric);
  if (!c->wanted)
    return tdm_place_set_error (error, &entry->key_place,
                                "expected no key “%s” with “metric = %s”", c->key,
                                metric);
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, c->out, NULL, error)
      || !tdm_scan_unit (&scan, c->unit != NULL ? output->unit : "h",
                         output->molar_mass, &factor, c->unit, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  if (c->unit == NULL)
    *c->out *= factor;
  return (*c->out > 0.0 || (c->unit == NULL && *c->out == 0.0))
         || tdm_scan_refuse (entry, error, "expected more than 0");
}

/* A number above 0 and at most `most`, of a target that may have it. */
static gboolean
read_plain (const TdmKeySection *section, const char *key, gboolean wanted, double most,
            double *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  if (entry == NULL)
    return TRUE;
  if (!wanted)
    return tdm_place_set_error (error, &entry->key_place,
                                "expected no key “%s” without a threshold by “mic”",
                                key);
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, out, NULL, error) || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  return (*out > 0.0 && *out <= most)
         || tdm_scan_refuse (entry, error,
                             most == 1.0 ? "expected above 0, at most 1"
                                         : "expected more than 0");
}

/* "steady_state" | NUMBER "h" */
static gboolean
read_moment (const TdmKeySection *section, TdmTarget *target, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "at");
  double factor;

  target->at_steady_state = entry == NULL || strcmp (entry->value, "steady_state") == 0;
  if (target->at_steady_state)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &target->at.hours, NULL, NULL))
    return tdm_scan_refuse (entry, error,
                            "expected steady_state or a time such as 96 h");
  if (!tdm_scan_unit (&scan, "h", 0.0, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  target->at.hours *= factor;
  return target->at.hours >= 0.0
         || tdm_scan_refuse (entry, error, "expected 0 h or more");
}

static gboolean
read_target (const TdmModel *self, const TdmKeySection *section, TdmTarget *target,
             GError **error)
{
  if (!read_output (self, section, target, error)
      || !read_metric (self, section, target, error)
      || !read_window (section, target, error) || !read_moment (section, target, error))
    return FALSE;
  const gboolean area = target->metric == TDM_METRIC_AUC;
  const gboolean passes = tdm_metric_has_threshold (target->metric);
  const gboolean of_mic = passes && tdm_key_section_find (section, "mic") != NULL;
  const gboolean mic = of_mic || target->metric == TDM_METRIC_PEAK_MIC
                       || target->metric == TDM_METRIC_AUC_MIC;
  target->has_span = area
                     || (tdm_metric_takes_span (target->metric)
                         && tdm_key_section_find (section, "from") != NULL);
  if (target->has_span && !area && !target->at_steady_state)
    return tdm_scan_refuse (tdm_key_section_find (section, "at"), error,
                            "expected no time beside “from” and “to”");
  const Companion companions[] = {
    { "from", target->has_span, &target->from.hours, NULL },
    { "to", target->has_span, &target->to.hours, NULL },
    { "threshold", passes && !of_mic, &target->threshold, &target->threshold_unit },
    { "mic", mic, &target->mic, &target->mic_unit },
  };
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    if (!read_companion (self, section, target, &companions[i], error))
      return FALSE;
  if (!read_plain (section, "multiple", of_mic, G_MAXDOUBLE, &target->multiple, error)
      || !read_plain (section, "free_fraction", TRUE, 1.0, &target->free_fraction,
                      error))
    return FALSE;
  return !target->has_span || target->from.hours < target->to.hours
         || tdm_scan_refuse (tdm_key_section_find (section, "to"), error,
                             "expected a time after “from”");
}

/* An alarm lies beyond the window, not within. */
static gboolean
read_alarms (const TdmKeySection *section, TdmModelTarget *target, GError **error)
{
  const TdmKeyEntry *low = tdm_key_section_find (section, "alarm_low");
  const TdmKeyEntry *high = tdm_key_section_find (section, "alarm_high");
  const TdmTarget *window = &target->target;

  target->alarm_low = -INFINITY;
  target->alarm_high = INFINITY;
  if (!read_side (low, &target->alarm_low, error)
      || !read_side (high, &target->alarm_high, error))
    return FALSE;
  if (isfinite (target->alarm_low))
    target->target.alarm_low = target->alarm_low;
  if (isfinite (target->alarm_high))
    target->target.alarm_high = target->alarm_high;
  if (target->alarm_low > (isfinite (window->low) ? window->low : window->high))
    return tdm_scan_refuse (low, error, "expected at most the low end of the window");
  if (target->alarm_high < (isfinite (window->high) ? window->high : window->low))
    return tdm_scan_refuse (high, error,
                            "expected at least the high end of the window");
  return TRUE;
}

gboolean
tdm_load_targets (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  g_autoptr (GArray) list = tdm_load_shared (self, file, "target", "targets", error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const TdmSharedSection *one = &g_array_index (list, TdmSharedSection, i);
      TdmModelTarget *target = g_new0 (TdmModelTarget, 1);
      g_ptr_array_add (self->targets, target);
      target->name = g_strdup (one->section->name);
      target->title = tdm_key_file_dup_text (one->file, one->section, "title");
      target->source = tdm_key_file_dup_text (one->file, one->section, "source");
      if (!read_target (self, one->section, &target->target, error)
          || !read_alarms (one->section, target, error))
        return FALSE;
    }
  return list != NULL;
}
