/* The rules of a case that need no model. Each fault names its place. */
#include "record/case-private.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/substance.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* Room for "covariates[4294967295]". */
#define ENTRY_BYTES 32
#define MAX_TEXT_BYTES 400
#define MAX_ENTRIES 20000
/* Room for a report of more than a page, so that a paste by mistake is refused. */
#define MAX_WORDS_BYTES 8000
#define MAX_INTERVALS 32
/* A year: no infusion and no interval is longer. */
#define MAX_SPAN_H 8784.0
/* Nobody gives a dose more often; something given so often is an infusion. */
#define MIN_INTERVAL_H 0.1
/* Times known worse than this say nothing that a fit could use; and those that are
 * written down are off by less. */
#define MAX_UNCERTAINTY_MIN 240.0
/* At most this many infusions run at once at steady state. */
#define MAX_OVERLAP 1000.0

/* Sets "ENTRY.FIELD: MESSAGE"; an empty entry or a NULL field is left out. */
static gboolean wrong (GError **error, const char *entry, const char *field,
                       const char *format, ...) G_GNUC_PRINTF (4, 5);

static gboolean
wrong (GError **error, const char *entry, const char *field, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *place =
      g_strconcat (entry, *entry == '\0' || field == NULL ? "" : ".", field, NULL);
  return tdm_error_set_input (error, place, "%s", message);
}

static gboolean
prefix (GError **error, const char *entry, const char *field)
{
  g_prefix_error (error, "%s%s%s: ", entry, *entry == '\0' ? "" : ".", field);
  return FALSE;
}

static const char *
entry_name (char buffer[ENTRY_BYTES], const char *list, guint i)
{
  g_snprintf (buffer, ENTRY_BYTES, "%s[%u]", list, i);
  return buffer;
}

/* Text is not empty, no longer than `most` bytes and without control characters;
 * `breaks` are lines of their own. */
static gboolean
check_prose (const char *text, gsize most, gboolean breaks, const char *entry,
             const char *field, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    return wrong (error, entry, field, "is not UTF-8 text");
  if (*text == '\0')
    return wrong (error, entry, field, "is empty; leave it out or write something");
  if (strlen (text) > most)
    return wrong (error, entry, field, "is longer than %d bytes", (int)most);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)) && !(breaks && *p == '\n'))
      return wrong (error, entry, field, "holds a control character");
  return TRUE;
}

/* Text, if there is any, goes into lists, titles and print. */
static gboolean
check_text (const char *text, const char *entry, const char *field, GError **error)
{
  return text == NULL || check_prose (text, MAX_TEXT_BYTES, FALSE, entry, field, error);
}

gboolean
tdm_case_resolve_start (TdmCase *self, GError **error)
{
  g_clear_pointer (&self->start, g_date_time_unref);
  if (self->start_text == NULL)
    return TRUE;
  self->start = tdm_clock_parse (self->start_text, NULL, error);
  return self->start != NULL || prefix (error, "", "start");
}

gboolean
tdm_moment_resolve (TdmMoment *self, GDateTime *start, const char *entry,
                    const char *field, GError **error)
{
  if (self->text != NULL)
    {
      g_autoptr (GDateTime) time = tdm_clock_parse (self->text, NULL, error);
      if (time == NULL)
        return prefix (error, entry, field);
      if (start == NULL)
        return wrong (error, entry, field,
                      "a date-time needs a \"start\" in the case; or write hours");
      self->hours = tdm_clock_hours_between (start, time);
    }
  if (!isfinite (self->hours) || fabs (self->hours) > TDM_CLOCK_MAX_HOURS)
    return wrong (error, entry, field, "is more than a million hours from the start");
  self->hours += 0.0; /* -0 becomes 0 */
  return TRUE;
}

static gboolean
check_models (const TdmCase *self, GError **error)
{
  char entry[ENTRY_BYTES];
  for (guint i = 0; self->models != NULL && self->models[i] != NULL; i++)
    {
      entry_name (entry, "models", i);
      if (self->models[1] == NULL)
        g_strlcpy (entry, "model", sizeof entry);
      if (!check_text (self->models[i], entry, NULL, error))
        return FALSE;
      for (guint k = 0; k < i; k++)
        if (g_str_equal (self->models[i], self->models[k]))
          return wrong (error, entry, NULL, "%s is listed twice", self->models[i]);
    }
  return TRUE;
}

static gboolean
check_patient (const TdmCase *self, GError **error)
{
  const TdmPatient *patient = &self->patient;
  GDate birth;

  if (!check_text (patient->id, "patient", "id", error)
      || !check_text (patient->name, "patient", "name", error))
    return FALSE;
  if (patient->birth == NULL)
    return TRUE;
  if (!tdm_clock_parse_date (patient->birth, &birth, error))
    return prefix (error, "patient", "birth");
  if (self->start == NULL)
    return TRUE;
  GDate start;
  g_date_clear (&start, 1);
  g_date_set_dmy (&start, g_date_time_get_day_of_month (self->start),
                  g_date_time_get_month (self->start),
                  g_date_time_get_year (self->start));
  if (g_date_compare (&birth, &start) > 0)
    return wrong (error, "patient", "birth", "%s is after the start of the case",
                  patient->birth);
  return TRUE;
}

/* What is known of a covariate by its name: its units are those that convert to `unit`,
 * or to `other_unit`; and whether it can be zero. */
typedef struct
{
  const char *name;
  const char *unit;
  const char *other_unit;
  gboolean may_be_zero;
} Known;

static const Known known_covariates[] = {
  { "AGE", "y", NULL, TRUE },
  { "PNA", "d", NULL, TRUE },
  { "PMA", "wk", NULL, FALSE },
  { "GA", "wk", NULL, FALSE },
  { "WT", "kg", NULL, FALSE },
  { "HT", "cm", NULL, FALSE },
  { "BSA", "m2", NULL, FALSE },
  { "IBW", "kg", NULL, FALSE },
  { "ABW", "kg", NULL, FALSE },
  { "LBW", "kg", NULL, FALSE },
  { "FFM", "kg", NULL, FALSE },
  { "SCR", "mg/dL", NULL, FALSE },
  { "CLCR", "mL/min", "mL/min/1.73m2", TRUE },
  { "EGFR", "mL/min/1.73m2", "mL/min", TRUE },
  { "CYSC", "mg/L", NULL, FALSE },
  { "ALB", "g/L", NULL, FALSE },
  { "HCT", "%", NULL, FALSE },
  { "BILI", "umol/L", NULL, TRUE },
  { "CRP", "mg/L", NULL, TRUE },
  { "ALT", "U/L", NULL, TRUE },
};

static const Known *
find_known (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_covariates); i++)
    if (g_str_equal (known_covariates[i].name, name))
      return &known_covariates[i];
  return NULL;
}

static gboolean
check_covariate_name (const char *name, const char *entry, GError **error)
{
  gsize n = name == NULL ? 0 : strlen (name);
  gboolean ok = n > 0 && n <= 32 && g_ascii_isupper (name[0]);
  for (gsize i = 0; ok && i < n; i++)
    ok = g_ascii_isupper (name[i]) || g_ascii_isdigit (name[i]) || name[i] == '_';
  return ok || wrong (error, entry, "name", "expected a name in capitals, such as WT");
}

static gboolean
check_known_covariate (const TdmCovariateEntry *c, const Known *known,
                       const char *entry, GError **error)
{
  double molar_mass = tdm_substance_molar_mass (c->name), fraction;
  if (c->text != NULL)
    return wrong (error, entry, "value", "%s takes a number", c->name);
  if (c->unit == NULL)
    return wrong (error, entry, "unit", "is missing; %s is given in a unit such as %s",
                  c->name, known->unit);
  if (!tdm_unit_is_same_kind (c->unit, known->unit, molar_mass)
      && (known->other_unit == NULL
          || !tdm_unit_is_same_kind (c->unit, known->other_unit, molar_mass)))
    return wrong (error, entry, "unit",
                  "%s is not given in %s; expected one such as %s", c->name, c->unit,
                  known->unit);
  if (c->value < 0.0 || (c->value == 0.0 && !known->may_be_zero))
    return wrong (error, entry, "value", "%s must be %s", c->name,
                  known->may_be_zero ? "0 or more" : "more than 0");
  if (g_str_equal (c->name, "HCT")
      && (!tdm_unit_convert (c->value, c->unit, "1", 0.0, &fraction, NULL)
          || fraction > 1.0))
    return wrong (error, entry, "value",
                  "a haematocrit is at most 100 %% (unit \"%%\") or "
                  "1 (unit \"1\")");
  return TRUE;
}

static gboolean
check_covariate (const TdmCovariateEntry *c, const char *entry, GError **error)
{
  TdmUnit unit;
  if (!check_covariate_name (c->name, entry, error)
      || !check_text (c->text, entry, "value", error))
    return FALSE;
  if (c->unit != NULL && !tdm_unit_parse (c->unit, &unit, error))
    return prefix (error, entry, "unit");
  if (c->text == NULL && !isfinite (c->value))
    return wrong (error, entry, "value", "expected a finite number");
  const Known *known = find_known (c->name);
  if (known != NULL)
    return check_known_covariate (c, known, entry, error);
  if (c->text != NULL && c->unit != NULL)
    return wrong (error, entry, "unit", "a value written as text has no unit");
  return TRUE;
}

static gboolean
check_covariates (TdmCase *self, GError **error)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char entry[ENTRY_BYTES];
  for (guint i = 0; i < self->covariates->len; i++)
    {
      TdmCovariateEntry *c = self->covariates->pdata[i];
      entry_name (entry, "covariates", i);
      if (!check_covariate (c, entry, error)
          || !tdm_moment_resolve (&c->time, self->start, entry, "time", error))
        return FALSE;
      g_autofree char *hours = tdm_number_exact (c->time.hours);
      if (!g_hash_table_add (seen, g_strconcat (c->name, "@", hours, NULL)))
        return wrong (error, entry, "time", "%s is given twice for this time", c->name);
    }
  return TRUE;
}

/* Whether `unit` is a mass, an amount of substance or units, and `volume` litres of
 * nothing else. */
static gboolean
is_quantity_per_volume (const char *unit, int volume)
{
  return tdm_unit_is_same_kind (unit, volume == 0 ? "mg" : "mg/L", 1.0)
         || tdm_unit_is_same_kind (unit, volume == 0 ? "IU" : "IU/L", 0.0);
}

/* What a laboratory reports of an effect: without dimension (an INR, a percentage), a
 * time, or a count in a volume. */
static gboolean
is_effect (const char *unit)
{
  return tdm_unit_is_same_kind (unit, "1", 0.0)
         || tdm_unit_is_same_kind (unit, "s", 0.0)
         || tdm_unit_is_same_kind (unit, "1/L", 0.0);
}

static gboolean
check_unit (const char *text, gboolean kind_fits, const char *entry, const char *field,
            const char *expected, GError **error)
{
  TdmUnit unit;
  if (text == NULL)
    return wrong (error, entry, field, "is missing; expected %s", expected);
  if (!tdm_unit_parse (text, &unit, error))
    return prefix (error, entry, field);
  return kind_fits
         || wrong (error, entry, field, "%s does not fit; expected %s", text, expected);
}

/* A span of hours: finite, not negative (0 only if `zero_ok`), at most a year. */
static gboolean
check_span (double hours, gboolean zero_ok, const char *entry, const char *field,
            GError **error)
{
  if (!isfinite (hours) || hours < 0.0 || (hours == 0.0 && !zero_ok))
    return wrong (error, entry, field, "must be %s hours",
                  zero_ok ? "0 or more" : "more than 0");
  if (hours > MAX_SPAN_H)
    return wrong (error, entry, field, "is longer than a year (%g hours)", MAX_SPAN_H);
  return TRUE;
}

static gboolean
check_interval (double hours, const char *entry, const char *field, GError **error)
{
  return hours >= MIN_INTERVAL_H
         || wrong (error, entry, field, "must be at least %g hours", MIN_INTERVAL_H);
}

static gboolean
check_repeats (const TdmDoseEntry *dose, const char *entry, GError **error)
{
  if (dose->count < 1 || dose->count > TDM_CASE_MAX_DOSES)
    return wrong (error, entry, "count", "must be from 1 to %d", TDM_CASE_MAX_DOSES);
  if (dose->interval_h == 0.0 && dose->count > 1)
    return wrong (error, entry, "interval", "is missing; a count needs it");
  if (dose->interval_h > 0.0
      && !check_interval (dose->interval_h, entry, "interval", error))
    return FALSE;
  if (dose->interval_h == 0.0 && dose->steady_state)
    return wrong (error, entry, "interval", "is missing; steady_state needs it");
  if (dose->added && !dose->steady_state)
    return wrong (error, entry, "added", "is for steady_state only");
  if (dose->stopped && !dose->steady_state)
    return wrong (error, entry, "stopped", "is for steady_state only");
  if (dose->stopped && dose->count > 1)
    return wrong (error, entry, "count", "a regimen that is stopped has none");
  if (dose->steady_state && dose->duration_h > MAX_OVERLAP * dose->interval_h)
    return wrong (error, entry, "duration", "is more than %g intervals", MAX_OVERLAP);
  if (dose->time.hours + dose->interval_h * dose->count > TDM_CLOCK_MAX_HOURS)
    return wrong (error, entry, "count", "the last dose is too far from the start");
  return TRUE;
}

/* The end of an infusion that is known as two times; the length is that to the middle.
 */
static gboolean
check_uncertain_end (TdmDoseEntry *dose, GDateTime *start, const char *entry,
                     GError **error)
{
  if (!dose->end_uncertain)
    return TRUE;
  if (!tdm_moment_resolve (&dose->end_from, start, entry, "end_from", error)
      || !tdm_moment_resolve (&dose->end_to, start, entry, "end_to", error))
    return FALSE;
  const double from = dose->end_from.hours, to = dose->end_to.hours;
  if (!(from > dose->time.hours))
    return wrong (error, entry, "end_from", "must be after the dose's time");
  if (!(to > from && to - from <= TDM_CASE_MAX_UNCERTAINTY_H))
    return wrong (error, entry, "end_to", "must be after end_from, by at most %g hours",
                  TDM_CASE_MAX_UNCERTAINTY_H);
  if (dose->count > 1 || dose->steady_state)
    return wrong (error, entry, "end_from",
                  "is for one dose only; write down the others apart");
  dose->duration_h = 0.5 * (from + to) - dose->time.hours;
  return TRUE;
}

static gboolean
check_dose (TdmDoseEntry *dose, GDateTime *start, const char *entry, GError **error)
{
  if (!tdm_moment_resolve (&dose->time, start, entry, "time", error)
      || !check_uncertain_end (dose, start, entry, error))
    return FALSE;
  const gboolean no_dose = dose->reset && dose->amount == 0.0;
  if (!isfinite (dose->amount) || (dose->amount <= 0.0 && !no_dose))
    return wrong (error, entry, "amount", "must be more than 0");
  if (no_dose && (dose->count > 1 || dose->steady_state || dose->duration_h > 0.0))
    return wrong (error, entry, "amount", "must be more than 0 for more than a reset");
  if (dose->at_rate && !(dose->duration_h > 0.0))
    return wrong (error, entry, "duration", "is missing; at_rate needs it");
  gboolean fits = dose->unit != NULL && is_quantity_per_volume (dose->unit, 0);
  return check_unit (dose->unit, fits, entry, "unit", "one such as mg, ug, mmol or IU",
                     error)
         && check_text (dose->route, entry, "route", error)
         && check_text (dose->salt, entry, "salt", error)
         && check_text (dose->formulation, entry, "formulation", error)
         && check_span (dose->duration_h, TRUE, entry, "duration", error)
         && check_span (dose->interval_h, TRUE, entry, "interval", error)
         && check_repeats (dose, entry, error);
}

static gboolean
check_doses (TdmCase *self, GError **error)
{
  char entry[ENTRY_BYTES];
  guint total = 0;
  for (guint i = 0; i < self->doses->len; i++)
    {
      TdmDoseEntry *dose = self->doses->pdata[i];
      entry_name (entry, "doses", i);
      if (!check_dose (dose, self->start, entry, error))
        return FALSE;
      total += dose->count;
      if (total > TDM_CASE_MAX_DOSES)
        return wrong (error, entry, "count", "the case has more than %d doses in all",
                      TDM_CASE_MAX_DOSES);
    }
  return TRUE;
}

static gboolean
check_level_time (TdmLevelEntry *level, GDateTime *start, const char *entry,
                  GError **error)
{
  if (!tdm_moment_resolve (&level->time, start, entry, "time", error))
    return FALSE;
  if (!level->time_uncertain)
    return TRUE;
  if (!tdm_moment_resolve (&level->time_to, start, entry, "time_to", error))
    return FALSE;
  const double span = level->time_to.hours - level->time.hours;
  return (span > 0.0 && span <= TDM_CASE_MAX_UNCERTAINTY_H)
         || wrong (error, entry, "time_to", "must be after time, by at most %g hours",
                   TDM_CASE_MAX_UNCERTAINTY_H);
}

static gboolean
check_level (TdmLevelEntry *level, GDateTime *start, const char *entry, GError **error)
{
  gboolean censored = level->censor != TDM_CENSOR_NONE;
  const gboolean signed_value = level->of_data && !censored;
  if (!isfinite (level->value) || (level->value < 0.0 && !signed_value)
      || (censored && level->value == 0.0))
    return wrong (error, entry, "value", "must be %s",
                  censored ? "the limit, more than 0" : "0 or more");
  if (!(level->weight >= 0.0 && level->weight <= 1.0))
    return wrong (error, entry, "weight", "must be from 0 to 1");
  /* Without a unit: of an output that has none, which the model knows. */
  const gboolean none = level->unit == NULL && level->output != NULL;
  const gboolean fits =
      level->unit != NULL
      && (is_quantity_per_volume (level->unit, -1) || is_effect (level->unit));
  return (none
          || check_unit (level->unit, fits, entry, "unit",
                         "a concentration such as mg/L, ng/mL or umol/L", error))
         && check_text (level->output, entry, "output", error)
         && check_level_time (level, start, entry, error);
}

static gboolean
check_levels (TdmCase *self, GError **error)
{
  char entry[ENTRY_BYTES];
  for (guint i = 0; i < self->levels->len; i++)
    if (!check_level (self->levels->pdata[i], self->start,
                      entry_name (entry, "levels", i), error))
      return FALSE;
  return TRUE;
}

static gboolean
check_window (const TdmTarget *target, GError **error)
{
  gboolean has_low = target->low != -INFINITY, has_high = target->high != INFINITY;
  if (!has_low && !has_high)
    return wrong (error, "target", NULL, "needs low, high or both");
  if (has_low && !(isfinite (target->low) && target->low >= 0.0))
    return wrong (error, "target", "low", "must be 0 or more");
  if (has_high && !(isfinite (target->high) && target->high > 0.0))
    return wrong (error, "target", "high", "must be more than 0");
  if (target->low > target->high)
    return wrong (error, "target", "low", "is above high");
  return TRUE;
}

/* Ratios and fractions have no unit or one without dimension; a share of time is at
 * most the whole of it. */
static gboolean
check_ratio (const TdmTarget *target, GError **error)
{
  double whole = 1.0;
  if (target->unit == NULL)
    return TRUE;
  gboolean fits = tdm_unit_is_same_kind (target->unit, "1", 0.0)
                  || (target->metric == TDM_METRIC_AUC_MIC
                      && tdm_unit_is_same_kind (target->unit, "h", 0.0));
  if (!check_unit (target->unit, fits, "target", "unit",
                   target->metric == TDM_METRIC_AUC_MIC ? "none, 1 or h"
                                                        : "none, 1 or %",
                   error))
    return FALSE;
  if (tdm_metric_is_share (target->metric)
      && tdm_unit_convert (1.0, "1", target->unit, 0.0, &whole, NULL)
      && isfinite (target->low) && target->low > whole)
    return wrong (error, "target", "low", "is more than the whole interval (%g)",
                  whole);
  return TRUE;
}

static gboolean
check_positive_concentration (double value, const char *unit, const char *field,
                              gboolean effect_too, GError **error)
{
  g_autofree char *unit_field = g_strconcat (field, "_unit", NULL);
  if (!isfinite (value) || value <= 0.0)
    return wrong (error, "target", field, "must be given and more than 0");
  return check_unit (
      unit,
      unit != NULL
          && (is_quantity_per_volume (unit, -1) || (effect_too && is_effect (unit))),
      "target", unit_field, "a concentration such as mg/L", error);
}

/* A threshold, or a MIC and its multiple. */
static gboolean
check_threshold (const TdmTarget *target, GError **error)
{
  const gboolean of_mic = target->threshold == 0 && target->mic != 0;
  if (target->multiple < 0 || !isfinite (target->multiple))
    return wrong (error, "target", "multiple", "must be more than 0");
  return check_positive_concentration (of_mic ? target->mic : target->threshold,
                                       of_mic ? target->mic_unit
                                              : target->threshold_unit,
                                       of_mic ? "mic" : "threshold", !of_mic, error);
}

/* Alarms lie beyond the window, not within; a part is at most the whole. */
static gboolean
check_alarms (const TdmTarget *target, GError **error)
{
  const double low = isfinite (target->low) ? target->low : target->high;
  const double high = isfinite (target->high) ? target->high : target->low;
  if (!(target->free_fraction >= 0.0 && target->free_fraction <= 1.0))
    return wrong (error, "target", "free_fraction", "must be above 0, at most 1");
  if (!(target->alarm_low >= 0.0 && target->alarm_low <= low))
    return wrong (error, "target", "alarm_low",
                  "must be at most the low end of the window");
  return target->alarm_high == 0.0
         || (isfinite (target->alarm_high) && target->alarm_high >= high)
         || wrong (error, "target", "alarm_high",
                   "must be at least the high end of the window");
}

/* The unit and the fields that belong to the metric. */
static gboolean
check_metric (const TdmTarget *target, GError **error)
{
  gboolean fits;
  switch (target->metric)
    {
    case TDM_METRIC_TROUGH:
    case TDM_METRIC_PEAK:
    case TDM_METRIC_AVERAGE:
      if (target->unit == NULL && target->output != NULL)
        return TRUE;
      fits = target->unit != NULL
             && (is_quantity_per_volume (target->unit, -1) || is_effect (target->unit));
      return check_unit (target->unit, fits, "target", "unit",
                         "a concentration such as mg/L", error);
    case TDM_METRIC_AUC24:
    case TDM_METRIC_AUC:
    case TDM_METRIC_CUMULATIVE_AUC:
      fits = target->unit != NULL
             && (tdm_unit_is_same_kind (target->unit, "mg.h/L", 1.0)
                 || tdm_unit_is_same_kind (target->unit, "IU.h/L", 0.0)
                 || (target->output != NULL
                     && tdm_unit_is_same_kind (target->unit, "h", 0.0)));
      return check_unit (target->unit, fits, "target", "unit", "an AUC such as mg.h/L",
                         error);
    case TDM_METRIC_TIME_ABOVE:
    case TDM_METRIC_TIME_BELOW:
      return check_ratio (target, error) && check_threshold (target, error);
    case TDM_METRIC_TIME_TO_BELOW:
      fits = target->unit != NULL && tdm_unit_is_same_kind (target->unit, "h", 0.0);
      return (target->unit == NULL
              || check_unit (target->unit, fits, "target", "unit", "none, h or d",
                             error))
             && check_threshold (target, error);
    case TDM_METRIC_PEAK_MIC:
    case TDM_METRIC_AUC_MIC:
      return check_ratio (target, error)
             && check_positive_concentration (target->mic, target->mic_unit, "mic",
                                              FALSE, error);
    case TDM_METRIC_NONE:
      return TRUE;
    }
  g_assert_not_reached ();
}

static gboolean
check_target (TdmCase *self, GError **error)
{
  TdmTarget *target = &self->target;
  if (target->metric == TDM_METRIC_NONE)
    return TRUE;
  if (!check_text (target->output, "target", "output", error)
      || !check_window (target, error) || !check_metric (target, error)
      || !check_alarms (target, error))
    return FALSE;
  if (!target->at_steady_state
      && !tdm_moment_resolve (&target->at, self->start, "target", "at", error))
    return FALSE;
  if (target->metric != TDM_METRIC_AUC && !target->has_span)
    return TRUE;
  if (!tdm_metric_takes_span (target->metric))
    return wrong (error, "target", "from", "is not for %s",
                  tdm_metric_name (target->metric));
  if (target->has_span && target->metric != TDM_METRIC_AUC && !target->at_steady_state)
    return wrong (error, "target", "at", "is for a target without from and to only");
  if (!tdm_moment_resolve (&target->from, self->start, "target", "from", error)
      || !tdm_moment_resolve (&target->to, self->start, "target", "to", error))
    return FALSE;
  return target->from.hours < target->to.hours
         || wrong (error, "target", "to", "must be after from");
}

static gboolean
check_words (const TdmCase *self, GError **error)
{
  const TdmCaseWords *words = &self->words;
  g_autoptr (GDateTime) edited = NULL;

  if (words->text == NULL)
    return TRUE;
  if (words->instead_of == NULL || words->edited == NULL)
    return wrong (error, "words", NULL,
                  "do not say what they stand for, or since when");
  if (!check_prose (words->text, MAX_WORDS_BYTES, TRUE, "words", "text", error)
      || !check_prose (words->instead_of, MAX_WORDS_BYTES, TRUE, "words", "instead_of",
                       error))
    return FALSE;
  edited = tdm_clock_parse (words->edited, NULL, error);
  return edited != NULL || prefix (error, "words", "edited");
}

static gboolean
check_options (TdmCase *self, GError **error)
{
  TdmCaseOptions *options = &self->options;
  char entry[ENTRY_BYTES];

  if (options->n_intervals > MAX_INTERVALS)
    return wrong (error, "options", "interval", "lists more than %d", MAX_INTERVALS);
  for (guint i = 0; i < options->n_intervals; i++)
    if (!check_span (options->intervals_h[i], FALSE, "options",
                     entry_name (entry, "interval", i), error)
        || !check_interval (options->intervals_h[i], "options", entry, error))
      return FALSE;
  if (!(options->prior_weight > 0.0 && options->prior_weight <= 10.0))
    return wrong (error, "options", "prior_weight", "must be more than 0, at most 10");
  if (options->has_sample_hours && self->start == NULL)
    return wrong (error, "options", "sample_hours",
                  "are times of the day; the case needs a start");
  if (options->n_ward_times > 0 && self->start == NULL)
    return wrong (error, "options", "ward_times",
                  "are times of the day; the case needs a start");
  if (!(options->sample_within_h >= 0.0 && options->sample_within_h <= MAX_SPAN_H))
    return wrong (error, "options", "sample_within", "must be more than 0, at most %g",
                  MAX_SPAN_H);
  if (!(options->time_uncertainty_min >= 0.0
        && options->time_uncertainty_min <= MAX_UNCERTAINTY_MIN))
    return wrong (error, "options", "time_uncertainty",
                  "must be more than 0, at most %g minutes", MAX_UNCERTAINTY_MIN);
  return check_span (options->weight_half_life_h, TRUE, "options", "weight_half_life",
                     error)
         && (!options->has_adjust
             || tdm_moment_resolve (&options->adjust, self->start, "options", "adjust",
                                    error));
}

static gboolean
check_length (const GPtrArray *list, guint most, const char *name, GError **error)
{
  return list->len <= most || wrong (error, name, NULL, "lists more than %u", most);
}

gboolean
tdm_case_check (TdmCase *self, GError **error)
{
  return tdm_case_resolve_start (self, error) && check_models (self, error)
         && check_patient (self, error)
         && check_length (self->covariates, MAX_ENTRIES, "covariates", error)
         && check_length (self->doses, TDM_CASE_MAX_DOSES, "doses", error)
         && check_length (self->levels, MAX_ENTRIES, "levels", error)
         && check_covariates (self, error) && check_doses (self, error)
         && tdm_case_check_dialyses (self, error) && check_levels (self, error)
         && check_target (self, error) && check_options (self, error)
         && check_words (self, error);
}
