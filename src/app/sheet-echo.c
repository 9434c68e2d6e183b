/* The remarks under the rows of the sheet. */
#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/substance.h"
#include "base/unit.h"

static void
append_part (GString *text, const char *part)
{
  if (part == NULL || part[0] == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

/* The same creatinine in the other unit, for the eye to catch a slip (mg/dL, µmol/L).
 */
static char *
other_unit (const TdmCovariateEntry *entry)
{
  static const struct
  {
    const char *name, *a, *b;
  } pairs[] = { { "SCR", "mg/dL", "umol/L" },
                { "BILI", "mg/dL", "umol/L" },
                { "WT", "kg", "lb" },
                { "HT", "cm", "in" },
                { "ALB", "g/L", "g/dL" } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const char *to;
      double value;
      if (strcmp (pairs[i].name, entry->name) != 0 || entry->unit == NULL)
        continue;
      to = strcmp (entry->unit, pairs[i].a) == 0 ? pairs[i].b : pairs[i].a;
      if (!tdm_unit_convert (entry->value, entry->unit, to,
                             tdm_substance_molar_mass (entry->name), &value, NULL))
        continue;
      g_autofree char *number = tdm_number_format (value, 3);
      g_autofree char *unit = tdm_unit_display (to);
      return g_strdup_printf ("= %s %s", number, unit);
    }
  return NULL;
}

const char *
tdm_sheet_carry_words (TdmCarry carry)
{
  return carry == TDM_CARRY_BACKWARD ? "the next one holds"
         : carry == TDM_CARRY_LINEAR ? "in a straight line"
                                     : "the last one holds";
}

char *
tdm_sheet_default_text (const TdmModelCovariate *info)
{
  if (!info->has_default)
    return NULL;
  if (tdm_covariate_is_switch (info))
    return g_strdup (info->default_value > 0 ? "yes" : "no");
  if (info->categories != NULL)
    return info->default_value < g_strv_length (info->categories)
               ? g_strdup (info->categories[(guint)info->default_value])
               : NULL;
  g_autofree char *number = tdm_number_format (info->default_value, 4);
  g_autofree char *unit =
      info->unit != NULL ? tdm_unit_display (info->unit) : g_strdup ("");
  return g_strdup_printf ("%s%s%s", number, unit[0] != '\0' ? " " : "", unit);
}

char *
tdm_sheet_echo_covariate (const TdmCase *record, const TdmCovariateRow *row)
{
  GString *text = g_string_new (NULL);

  if (row->index < 0)
    {
      g_autofree char *assumed =
          row->info != NULL ? tdm_sheet_default_text (row->info) : NULL;
      g_autofree char *words = assumed != NULL
                                   ? g_strdup_printf ("Assumed: %s", assumed)
                                   : g_strdup ("Needed");
      append_part (text, words);
    }
  else
    {
      const TdmCovariateEntry *entry =
          tdm_case_get_covariate (record, (guint)row->index);
      g_autofree char *other = other_unit (entry);
      append_part (text, other);
      if (row->info == NULL)
        append_part (text, "Not used by this model");
    }
  return g_string_free (text, FALSE);
}

/* The formulation, the salt, and the route where the model has several. */
static void
append_kind (GString *text, const TdmModel *model, const TdmDoseEntry *dose)
{
  const char *route = dose->route, *salt = dose->salt;

  for (guint i = 0; model != NULL && i < tdm_model_get_n_routes (model); i++)
    if (g_strcmp0 (tdm_model_get_route (model, i)->name, route) == 0)
      route = tdm_model_get_route (model, i)->title;
  for (guint i = 0; model != NULL && i < tdm_model_get_n_salts (model); i++)
    if (g_strcmp0 (tdm_model_get_salt (model, i)->name, salt) == 0)
      salt = tdm_model_get_salt (model, i)->title;
  append_part (text, dose->formulation);
  append_part (text, salt);
  if (model != NULL && tdm_model_get_n_routes (model) > 1)
    append_part (text, route);
}

/* "ended between 10:30 and 11:00, unknown when" */
static void
append_uncertain_end (GString *text, const TdmDoseEntry *dose, GDateTime *start)
{
  g_autofree char *from = tdm_moment_format_near (&dose->end_from, &dose->time, start);
  g_autofree char *to = tdm_moment_format_near (&dose->end_to, &dose->time, start);
  g_autofree char *words =
      g_strdup_printf ("ended between %s and %s, unknown when", from, to);

  append_part (text, words);
}

/* "to 10:30, 500 mg/h" */
static void
append_infusion (GString *text, const TdmDoseEntry *dose, GDateTime *start)
{
  if (dose->end_uncertain)
    {
      append_uncertain_end (text, dose, start);
      return;
    }
  if (!(dose->duration_h > 0))
    return;
  const TdmMoment end = { dose->time.hours + dose->duration_h, NULL };
  g_autofree char *at = tdm_moment_format_people (&end, start);
  const char *clock = start != NULL ? strchr (at, ' ') : at;
  g_autofree char *rate = tdm_number_format (dose->amount / dose->duration_h, 3);
  g_autofree char *unit = tdm_unit_display (dose->unit);
  g_autofree char *words = g_strdup_printf (
      "to %s, %s %s/h", clock != NULL ? clock + (start != NULL) : at, rate, unit);

  append_part (text, words);
}

static void
append_repeats (GString *text, const TdmDoseEntry *dose, GDateTime *start)
{
  if (dose->steady_state && dose->stopped)
    append_part (text, "taken so for long before, and stopped");
  else if (dose->steady_state)
    append_part (text, dose->added ? "taken so for long before, on top of the rest"
                                   : "taken so for long before");
  if (dose->reset)
    append_part (text, "all given before is gone");
  if (dose->count > 1 && dose->interval_h > 0)
    {
      TdmMoment last = { dose->time.hours + dose->interval_h * (dose->count - 1),
                         NULL };
      g_autofree char *at = tdm_moment_format_people (&last, start);
      g_autofree char *last_day = tdm_moment_day_words (&last, start);
      const char *clock = start != NULL ? strchr (at, ' ') : NULL;
      g_autofree char *words = g_strdup_printf (
          "last %s%s", clock != NULL ? last_day : at, clock != NULL ? clock : "");
      append_part (text, words);
    }
  else if (dose->amount > 0 && !dose->steady_state)
    append_part (text, "single dose");
}

/* How a line is given, and how long it goes on. */
char *
tdm_sheet_echo_dose (const TdmCase *record, const TdmModel *model, guint i)
{
  const TdmDoseEntry *dose = tdm_case_get_dose (record, i);
  GDateTime *start = tdm_case_get_start (record);
  GString *text = g_string_new (NULL);
  g_autofree char *day = tdm_moment_day_words (&dose->time, start);

  append_part (text, day);
  append_kind (text, model, dose);
  append_infusion (text, dose, start);
  append_repeats (text, dose, start);
  return g_string_free (text, FALSE);
}

/* The latest dose that started before `time_h`: hours since, and its length. */
static gboolean
find_last_dose (const TdmCase *record, double time_h, double *since_h,
                double *duration_h)
{
  gboolean found = FALSE;

  for (guint i = 0; i < tdm_case_get_n_doses (record); i++)
    {
      const TdmDoseEntry *dose = tdm_case_get_dose (record, i);
      double elapsed = time_h - dose->time.hours;
      if (elapsed <= 0)
        continue;
      if (dose->interval_h > 0 && dose->count > 1)
        {
          double steps = ceil (elapsed / dose->interval_h) - 1;
          elapsed -= dose->interval_h * MIN (steps, dose->count - 1.0);
        }
      if (found && elapsed >= *since_h)
        continue;
      *since_h = elapsed;
      *duration_h = dose->duration_h;
      found = TRUE;
    }
  return found;
}

/* "2.5 h after the start of a dose"; of a time known as two, both. */
static void
append_since_dose (GString *text, const TdmCase *record, const TdmLevelEntry *level)
{
  double since_h, duration_h, later_h = 0, later_duration_h;

  if (!find_last_dose (record, level->time.hours, &since_h, &duration_h))
    {
      append_part (text, "before the first dose");
      return;
    }
  if (level->time_uncertain
      && (!find_last_dose (record, level->time_to.hours, &later_h, &later_duration_h)
          || later_h < since_h))
    {
      append_part (text, "before or after a dose");
      return;
    }
  g_autofree char *since = tdm_hours_words (since_h);
  g_autofree char *later = tdm_hours_words (later_h);
  g_autofree char *words =
      level->time_uncertain
          ? g_strdup_printf ("%s to %s after the start of a dose", since, later)
          : g_strdup_printf ("%s after the start of a dose", since);
  append_part (text, since_h < duration_h ? "during an infusion" : words);
}

/* "counts 35 %", where old levels count less. */
static void
append_weight (GString *text, const TdmCase *record, const TdmLevelEntry *level)
{
  const double half_h = tdm_case_get_options (record)->weight_half_life_h;
  double last = -INFINITY;

  for (guint i = 0; i < tdm_case_get_n_levels (record); i++)
    {
      const TdmLevelEntry *other = tdm_case_get_level (record, i);
      if (other->use && other->weight > 0)
        last = MAX (last, other->time.hours);
    }
  if (!(half_h > 0) || !level->use || !(level->time.hours < last))
    return;
  const double weight = level->weight * exp2 ((level->time.hours - last) / half_h);
  g_autofree char *percent = tdm_number_format (100 * weight, 2);
  g_autofree char *words = g_strdup_printf ("counts %s %%", percent);
  append_part (text, words);
}

char *
tdm_sheet_echo_level (const TdmCase *record, const TdmModel *model, guint i)
{
  const TdmLevelEntry *level = tdm_case_get_level (record, i);
  GString *text = g_string_new (NULL);
  GDateTime *start = tdm_case_get_start (record);
  g_autofree char *day = tdm_moment_day_words (&level->time, start);

  append_part (text, day);
  for (guint k = 0; model != NULL && k < tdm_model_get_n_outputs (model); k++)
    if (g_strcmp0 (tdm_model_get_output (model, k)->name, level->output) == 0
        && tdm_model_get_n_outputs (model) > 1)
      append_part (text, tdm_model_get_output (model, k)->title);
  if (level->time_uncertain)
    {
      g_autofree char *to =
          tdm_moment_format_near (&level->time_to, &level->time, start);
      g_autofree char *words = g_strdup_printf ("drawn then or until %s", to);
      append_part (text, words);
    }
  append_since_dose (text, record, level);
  if (level->after_dose)
    append_part (text, "drawn after the dose of that time");
  append_weight (text, record, level);
  if (!level->use)
    append_part (text, "shown, not fitted");
  return g_string_free (text, FALSE);
}

char *
tdm_sheet_echo_target (const TdmCase *record)
{
  const TdmTarget *target = tdm_case_get_target (record);
  double first = INFINITY;

  if (target->metric != TDM_METRIC_CUMULATIVE_AUC)
    return g_strdup ("");
  if (target->at_steady_state)
    return g_strdup ("Counted to the end of 4 days from the first dose.");
  for (guint i = 0; i < tdm_case_get_n_doses (record); i++)
    first = MIN (first, tdm_case_get_dose (record, i)->time.hours);
  g_autofree char *end =
      tdm_moment_format_people (&target->at, tdm_case_get_start (record));
  if (!(target->at.hours > first) || isinf (first))
    return g_strdup_printf ("Counted up to %s.", end);
  g_autofree char *span = tdm_hours_words (target->at.hours - first);
  return g_strdup_printf ("Counted up to %s, %s from the first dose.", end, span);
}

char *
tdm_sheet_age_words (const TdmCase *record)
{
  const char *birth_text = tdm_case_get_patient (record)->birth;
  GDateTime *start = tdm_case_get_start (record);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GDate birth, then;

  if (birth_text == NULL || !tdm_clock_parse_date (birth_text, &birth, NULL))
    return g_strdup ("");
  if (start == NULL)
    start = now;
  g_date_set_dmy (&then, (GDateDay)g_date_time_get_day_of_month (start),
                  (GDateMonth)g_date_time_get_month (start),
                  (GDateYear)g_date_time_get_year (start));
  int days = g_date_days_between (&birth, &then);
  if (days < 0)
    return g_strdup ("");
  if (days < 60)
    return g_strdup_printf ("%d days", days);
  if (days < 731)
    return g_strdup_printf ("%d months", (int)(days / 30.4375));
  int years = g_date_get_year (&then) - g_date_get_year (&birth);
  if (g_date_get_month (&then) < g_date_get_month (&birth)
      || (g_date_get_month (&then) == g_date_get_month (&birth)
          && g_date_get_day (&then) < g_date_get_day (&birth)))
    years--;
  return g_strdup_printf ("%d years", years);
}
