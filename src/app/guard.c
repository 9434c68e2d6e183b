#include "app/guard.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/substance.h"
#include "base/unit.h"

/* What is plausible, in one unit; outside it a question is asked. */
typedef struct
{
  const char *name, *words, *unit;
  double low, high;             /* asked about outside */
  double usual_low, usual_high; /* where another unit makes the number look right */
} Rail;

static const Rail adult_rails[] = {
  { "SCR", "a creatinine", "umol/L", 20, 1500, 30, 700 },
  { "WT", "a weight of an adult", "kg", 35, 200, 40, 150 },
  { "HT", "a height of an adult", "cm", 130, 220, 140, 210 },
  { "ALB", "an albumin", "g/L", 10, 60, 15, 55 },
  { "AGE", "an age", "y", 0, 110, 0, 105 },
};
static const Rail child_rails[] = {
  { "SCR", "a creatinine", "umol/L", 8, 1500, 10, 700 },
  { "WT", "a weight of a child", "kg", 0.35, 140, 0.4, 120 },
  { "HT", "a height of a child", "cm", 25, 210, 28, 200 },
};

void
tdm_question_free (TdmQuestion *self)
{
  g_free (self->text);
  g_free (self->suggested_unit);
  g_free (self->suggest_label);
  g_free (self->keep_label);
  g_free (self);
}

static char *
quantity_text (double value, const char *unit)
{
  g_autofree char *number = tdm_number_format (value, 6);
  g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");

  return g_strdup_printf ("%s %s", number, shown);
}

/* "0.23 and 17 mg/dL": what is plausible, in the unit that was typed. */
static char *
range_text (const Rail *rail, const char *unit, double molar)
{
  double low = rail->low, high = rail->high;
  g_autofree char *shown = tdm_unit_display (unit);

  if (!tdm_unit_convert (rail->low, rail->unit, unit, molar, &low, NULL)
      || !tdm_unit_convert (rail->high, rail->unit, unit, molar, &high, NULL))
    g_assert_not_reached (); /* the typed value was converted */
  int digits = strcmp (unit, rail->unit) == 0 ? 6 : 2;
  g_autofree char *from = tdm_number_format (low, digits);
  g_autofree char *to = tdm_number_format (high, digits);
  return g_strdup_printf ("%s and %s %s", from, to, shown);
}

static TdmQuestion *
question_new (double value, const char *unit, const char *suggested, char *text)
{
  TdmQuestion *self = g_new0 (TdmQuestion, 1);
  g_autofree char *kept = quantity_text (value, unit);

  self->text = text;
  self->keep_label = g_strdup_printf ("Keep %s", kept);
  if (suggested != NULL)
    {
      g_autofree char *other = quantity_text (value, suggested);
      self->suggested_unit = g_strdup (suggested);
      self->suggest_label = g_strdup_printf ("It is %s", other);
    }
  return self;
}

static gboolean
is_child (const TdmSheet *sheet)
{
  const char *text = tdm_case_get_patient (sheet->record)->birth;
  GDateTime *start = tdm_case_get_start (sheet->record);
  GDate birth;

  if (start == NULL)
    start = sheet->now;
  if (text == NULL || start == NULL || !tdm_clock_parse_date (text, &birth, NULL))
    return FALSE;
  return g_date_time_get_year (start) - (int)g_date_get_year (&birth) < 18;
}

static const Rail *
find_rail (const TdmSheet *sheet, const char *name)
{
  gboolean child = is_child (sheet);
  const Rail *rails = child ? child_rails : adult_rails;
  gsize n = child ? G_N_ELEMENTS (child_rails) : G_N_ELEMENTS (adult_rails);

  for (gsize i = 0; i < n; i++)
    if (strcmp (rails[i].name, name) == 0)
      return &rails[i];
  return NULL;
}

/* The unit in which the same number would be usual, or NULL. Yours. */
static char *
find_likely_unit (const Rail *rail, double number, const char *unit, double molar)
{
  g_auto (GStrv) choices = tdm_sheet_unit_choices (rail->unit, NULL, molar);

  for (guint i = 0; choices[i] != NULL; i++)
    {
      double value;
      if (strcmp (choices[i], unit) == 0
          || !tdm_unit_convert (number, choices[i], rail->unit, molar, &value, NULL))
        continue;
      if (value >= rail->usual_low && value <= rail->usual_high)
        return g_strdup (choices[i]);
    }
  return NULL;
}

/* The same covariate just before, in `unit`; FALSE if there is none. */
static gboolean
find_previous (const TdmSheet *sheet, const TdmCovariateEntry *entry, double *out)
{
  gboolean found = FALSE;
  double best = -INFINITY;

  for (guint i = 0; i < tdm_case_get_n_covariates (sheet->record); i++)
    {
      const TdmCovariateEntry *other = tdm_case_get_covariate (sheet->record, i);
      if (other == entry || strcmp (other->name, entry->name) != 0
          || other->time.hours >= entry->time.hours || other->time.hours < best
          || other->unit == NULL
          || !tdm_unit_convert (other->value, other->unit, entry->unit,
                                tdm_substance_molar_mass (entry->name), out, NULL))
        continue;
      best = other->time.hours;
      found = TRUE;
    }
  return found;
}

static TdmQuestion *
check_jump (const TdmSheet *sheet, const TdmCovariateEntry *entry)
{
  double before;

  if (strcmp (entry->name, "WT") != 0 || !find_previous (sheet, entry, &before)
      || fabs (entry->value / before - 1) <= 0.25)
    return NULL;
  g_autofree char *was = quantity_text (before, entry->unit);
  const char *likely = entry->value > before && strcmp (entry->unit, "kg") == 0
                               && fabs (entry->value * 0.45359237 / before - 1) < 0.15
                           ? "lb"
                           : NULL;
  return question_new (
      entry->value, entry->unit, likely,
      g_strdup_printf ("The weight before was %s. Is the change right?", was));
}

static TdmQuestion *
check_covariate (const TdmSheet *sheet, guint row_index)
{
  const TdmCovariateRow *row = g_ptr_array_index (sheet->rows, row_index);
  const TdmCovariateEntry *entry;
  const Rail *rail;
  double value;

  if (row->index < 0)
    return NULL;
  entry = tdm_case_get_covariate (sheet->record, (guint)row->index);
  rail = find_rail (sheet, entry->name);
  if (rail == NULL || entry->text != NULL || entry->unit == NULL)
    return NULL;
  double molar = tdm_substance_molar_mass (entry->name);
  if (!tdm_unit_convert (entry->value, entry->unit, rail->unit, molar, &value, NULL))
    return NULL;
  if (value >= rail->low && value <= rail->high)
    return check_jump (sheet, entry);

  g_autofree char *typed = quantity_text (entry->value, entry->unit);
  g_autofree char *range = range_text (rail, entry->unit, molar);
  g_autofree char *likely = find_likely_unit (rail, entry->value, entry->unit, molar);
  return question_new (
      entry->value, entry->unit, likely,
      g_strdup_printf ("%s is unusual: %s is between %s. Is the unit right?", typed,
                       rail->words, range));
}

static TdmQuestion *
check_dose (const TdmSheet *sheet, guint row)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (sheet->record, row);
  const TdmModelDosing *dosing;
  const char *unit;
  double mg;

  if (sheet->model == NULL || tdm_model_get_n_dosings (sheet->model) == 0)
    return NULL;
  dosing = tdm_model_get_dosing (sheet->model, 0);
  unit = tdm_model_get_amount_unit (sheet->model);
  if (dosing->n_amounts == 0
      || !tdm_unit_convert (entry->amount, entry->unit, unit,
                            tdm_model_get_molar_mass (sheet->model), &mg, NULL))
    return NULL;
  Rail rail = { .unit = unit,
                .low = dosing->amounts_mg[0] / 10,
                .high = 2 * dosing->amounts_mg[dosing->n_amounts - 1],
                .usual_low = dosing->amounts_mg[0] / 2,
                .usual_high = dosing->amounts_mg[dosing->n_amounts - 1] };
  if (mg >= rail.low && mg <= rail.high)
    return NULL;

  g_autofree char *typed = quantity_text (entry->amount, entry->unit);
  g_autofree char *low = quantity_text (dosing->amounts_mg[0], NULL);
  g_autofree char *high = quantity_text (rail.usual_high, unit);
  g_autofree char *likely = find_likely_unit (&rail, entry->amount, entry->unit, 0);
  return question_new (
      entry->amount, entry->unit, likely,
      g_strdup_printf ("%s is unusual: single doses are from %sto %s. Is it right?",
                       typed, low, high));
}

/* A factor of this size between two units is a slip of three decimals. */
#define SLIP_FACTOR 500

TdmQuestion *
tdm_guard_unit_change (double value, const char *from, const char *to,
                       double molar_mass)
{
  double before;

  if (from == NULL || !(value > 0)
      || !tdm_unit_convert (value, to, from, molar_mass, &before, NULL))
    return NULL;
  double factor = before / value;
  if (factor < SLIP_FACTOR && factor > 1.0 / SLIP_FACTOR)
    return NULL;
  g_autofree char *now = quantity_text (value, to);
  g_autofree char *was = quantity_text (value, from);
  g_autofree char *times = tdm_number_format (factor > 1 ? factor : 1 / factor, 3);
  return question_new (value, to, from,
                       g_strdup_printf ("%s is %s times %s than %s. Is the unit right?",
                                        now, times, factor > 1 ? "more" : "less", was));
}

/* A level is drawn in the past; a date is near the doses. */
static TdmQuestion *
check_time (const TdmSheet *sheet, const TdmMoment *moment, gboolean is_level)
{
  GDateTime *start = tdm_case_get_start (sheet->record);
  g_autoptr (GDateTime) time = tdm_moment_to_time (moment, start);
  char *text = NULL;

  if (time == NULL)
    return NULL;
  double ahead_h = sheet->now != NULL ? tdm_clock_hours_between (sheet->now, time) : 0;
  double apart_h = INFINITY;
  for (guint i = 0; i < tdm_case_get_n_doses (sheet->record); i++)
    {
      const TdmDoseEntry *dose = tdm_case_get_dose (sheet->record, i);
      double end = dose->time.hours + dose->interval_h * (dose->count - 1.0);
      apart_h = MIN (apart_h, &dose->time == moment ? INFINITY
                              : moment->hours < dose->time.hours
                                  ? dose->time.hours - moment->hours
                                  : MAX (moment->hours - end, 0));
    }
  if (is_level && ahead_h > 0.1)
    {
      g_autofree char *words = tdm_hours_words (ahead_h);
      text =
          g_strdup_printf ("This time is %s in the future. Is the date right?", words);
    }
  else if (isfinite (apart_h) && apart_h > 24 * 45)
    {
      g_autofree char *words = tdm_hours_words (apart_h);
      text = g_strdup_printf ("This is %s from the other entries. Is the date right?",
                              words);
    }
  if (text == NULL)
    return NULL;
  TdmQuestion *question = g_new0 (TdmQuestion, 1);
  question->text = text;
  question->keep_label = g_strdup ("Keep this time");
  return question;
}

TdmQuestion *
tdm_guard_check (const TdmSheet *next, TdmCell cell)
{
  switch ((int)cell.kind)
    {
    case TDM_CELL_COVARIATE_VALUE:
      return cell.row < next->rows->len ? check_covariate (next, cell.row) : NULL;
    case TDM_CELL_DOSE_AMOUNT:
      return check_dose (next, cell.row);
    case TDM_CELL_DOSE_TIME:
      return check_time (next, &tdm_case_get_dose (next->record, cell.row)->time,
                         FALSE);
    case TDM_CELL_LEVEL_TIME:
      return check_time (next, &tdm_case_get_level (next->record, cell.row)->time,
                         TRUE);
    default:
      return NULL;
    }
}
