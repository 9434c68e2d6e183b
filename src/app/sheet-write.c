#include "app/sheet-private.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"

gboolean
tdm_sheet_refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT, sentence);
  return FALSE;
}

gboolean
tdm_sheet_is_blank (const char *text)
{
  return text == NULL || text[strspn (text, " \t")] == '\0';
}

/* The day a bare "8:00" means: that of the entry above, else of the last dose. */
static GDateTime *
dup_context_day (const TdmSheet *self, TdmCell cell)
{
  GDateTime *start = tdm_case_get_start (self->record);
  guint n_doses = tdm_case_get_n_doses (self->record);
  guint n_levels = tdm_case_get_n_levels (self->record);
  const TdmMoment *near = NULL;

  if (cell.kind == TDM_CELL_LEVEL_TIME && n_levels > 0)
    near = &tdm_case_get_level (self->record,
                                cell.row < n_levels ? cell.row : n_levels - 1)
                ->time;
  else if (cell.kind != TDM_CELL_COVARIATE_TIME && n_doses > 0)
    near = &tdm_case_get_dose (self->record,
                               cell.row < n_doses && cell.kind == TDM_CELL_DOSE_TIME
                                   ? cell.row
                                   : n_doses - 1)
                ->time;
  if (near == NULL)
    return start != NULL ? g_date_time_ref (start) : NULL;
  return tdm_moment_to_time (near, start);
}

gboolean
tdm_sheet_parse_moment (const TdmSheet *self, TdmCell cell, const char *text,
                        TdmMoment *out, GError **error)
{
  g_autoptr (GDateTime) day = dup_context_day (self, cell);
  TdmMomentContext context = { tdm_case_get_start (self->record), day, self->now };

  /* Only the zone of the start matters then: the hours are counted when it is set. */
  if (tdm_sheet_awaits_start (self->record))
    context.start = self->now;
  return tdm_moment_parse_people (text, &context, out, error);
}

/* Entries before the start, typed later, are none the worse: they are written as
 * date-times. */
void
tdm_sheet_adopt_start (const TdmSheet *self, TdmCaseEdit *edit, const TdmMoment *moment)
{
  if (moment->text != NULL && tdm_case_get_start (self->record) == NULL)
    tdm_case_edit_set_start_text (edit, moment->text);
}

gboolean
tdm_sheet_parse_positive (const char *text, const char *what, double *out,
                          GError **error)
{
  if (!tdm_number_parse_people (text, out, error))
    return FALSE;
  if (*out > 0)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_INPUT, "%s must be more than 0.", what);
  return FALSE;
}

/* What only takes away has no amount. */
static gboolean
apply_amount (const char *text, TdmDoseEntry *entry, GError **error)
{
  if (!entry->reset)
    return tdm_sheet_parse_positive (text, "The amount", &entry->amount, error);
  if (!tdm_number_parse_people (text, &entry->amount, error))
    return FALSE;
  return entry->amount >= 0
         || tdm_sheet_refuse (error, "The amount must be 0 or more.");
}

/* RATE unit: the time that the dose takes at that rate. */
static gboolean
apply_rate (const TdmSheet *self, const char *text, TdmDoseEntry *entry, GError **error)
{
  const double molar = self->model != NULL ? tdm_model_get_molar_mass (self->model) : 0;
  gsize digits = strspn (text, "0123456789.,");
  g_autofree char *number = g_strndup (text, digits);
  g_autofree char *unit = g_strstrip (g_strdup (text + digits));
  g_autofree char *hourly = g_strconcat (entry->unit, "/h", NULL);
  double rate, per_hour;

  if (!tdm_sheet_parse_positive (number, "The rate", &rate, error))
    return FALSE;
  if (!tdm_unit_convert (rate, unit, hourly, molar, &per_hour, NULL))
    return tdm_sheet_refuse (error, "A rate is an amount in a time, such as 50 mg/h.");
  entry->duration_h = entry->amount / per_hour;
  return TRUE;
}

/* "to" TIME | "until" TIME: the end of the infusion. */
static gboolean
apply_end (const TdmSheet *self, TdmCell cell, const char *text, TdmDoseEntry *entry,
           TdmSheetKept *keep, GError **error)
{
  TdmMoment end;
  g_autofree char *from = NULL, *to = NULL;

  if (tdm_sheet_split_interval (text, &from, &to))
    return tdm_sheet_apply_ends (self, from, to, entry, keep, error);
  cell.kind = TDM_CELL_DOSE_TIME;
  if (!tdm_sheet_parse_moment (self, cell, text, &end, error))
    return FALSE;
  g_free (end.text);
  if (!(end.hours > entry->time.hours))
    return tdm_sheet_refuse (error, "The infusion ends after it starts: type the date "
                                    "as well, or a later time.");
  entry->duration_h = end.hours - entry->time.hours;
  return TRUE;
}

/* duration = HOURS ["h"] | MINUTES "min" | RATE | ("to" | "until") TIME
 *          | "between" TIME "and" TIME */
static gboolean
apply_duration (const TdmSheet *self, TdmCell cell, const char *text,
                TdmDoseEntry *entry, TdmSheetKept *keep, GError **error)
{
  g_autofree char *typed = g_strstrip (g_strdup (text != NULL ? text : ""));
  double factor = 1;

  entry->duration_h = 0;
  entry->end_uncertain = FALSE;
  if (typed[0] == '\0')
    return TRUE;
  if (g_ascii_strncasecmp (typed, "to ", 3) == 0)
    return apply_end (self, cell, typed + 3, entry, keep, error);
  if (g_ascii_strncasecmp (typed, "until ", 6) == 0)
    return apply_end (self, cell, typed + 6, entry, keep, error);
  if (g_ascii_strncasecmp (typed, "between ", 8) == 0)
    return apply_end (self, cell, typed, entry, keep, error);
  if (strchr (typed, '/') != NULL)
    return apply_rate (self, typed, entry, error);
  if (g_str_has_suffix (typed, "min"))
    {
      typed[strlen (typed) - 3] = '\0';
      factor = 1 / 60.0;
    }
  else if (g_str_has_suffix (typed, "h"))
    typed[strlen (typed) - 1] = '\0';
  if (!tdm_sheet_parse_positive (g_strchomp (typed), "The infusion time",
                                 &entry->duration_h, error))
    return FALSE;
  entry->duration_h *= factor;
  return TRUE;
}

static gboolean
apply_dose_time (const TdmSheet *self, TdmCell cell, const char *text,
                 TdmDoseEntry *entry, TdmSheetKept *keep, GError **error)
{
  if (!tdm_sheet_parse_moment (self, cell, text, &entry->time, error))
    return FALSE;
  keep->text[0] = entry->time.text;
  return !entry->end_uncertain || entry->time.hours < entry->end_from.hours
         || tdm_sheet_refuse (error, "The infusion ends after it starts: change first "
                                     "the times between which it ended.");
}

static gboolean
apply_count (const char *text, TdmDoseEntry *entry, GError **error)
{
  double count = 1;

  if (!tdm_sheet_is_blank (text) && !tdm_number_parse_people (text, &count, error))
    return FALSE;
  if (count < 1 || count > 10000 || count != floor (count))
    return tdm_sheet_refuse (error,
                             "The number of doses is a whole number from 1 to 10000.");
  if (count > 1 && entry->interval_h <= 0)
    return tdm_sheet_refuse (error, "Type first how many hours apart the doses are.");
  if (count > 1 && entry->end_uncertain)
    return tdm_sheet_refuse (error, "That the end is known as two times is said of one "
                                    "dose only: give the others a row of their own.");
  entry->count = (guint)count;
  return TRUE;
}

/* Applies a cell to an entry. */
static gboolean
apply_dose (const TdmSheet *self, TdmCell cell, const char *text, TdmDoseEntry *entry,
            TdmSheetKept *keep, GError **error)
{
  switch ((int)cell.kind)
    {
    case TDM_CELL_DOSE_TIME:
      return apply_dose_time (self, cell, text, entry, keep, error);
    case TDM_CELL_DOSE_AMOUNT:
      return apply_amount (text, entry, error);
    case TDM_CELL_DOSE_DURATION:
      return apply_duration (self, cell, text, entry, keep, error);
    case TDM_CELL_DOSE_INTERVAL:
      if (tdm_sheet_is_blank (text))
        {
          entry->interval_h = 0;
          entry->count = 1;
          entry->steady_state = entry->added = entry->stopped = FALSE;
          return TRUE;
        }
      return tdm_sheet_parse_positive (text, "The interval", &entry->interval_h, error);
    case TDM_CELL_DOSE_UNIT:
      entry->unit = (char *)text;
      return TRUE;
    case TDM_CELL_DOSE_COUNT:
    default:
      return apply_count (text, entry, error);
    }
}

static gboolean
apply_weight (const char *text, TdmLevelEntry *entry, GError **error)
{
  entry->weight = 1;
  if (tdm_sheet_is_blank (text))
    return TRUE;
  if (!tdm_number_parse_people (text, &entry->weight, error))
    return FALSE;
  return (entry->weight >= 0 && entry->weight <= 1)
         || tdm_sheet_refuse (error,
                              "A weight is from 0 (left out) to 1 (counts whole).");
}

static gboolean
apply_level (const TdmSheet *self, TdmCell cell, const char *text, TdmLevelEntry *entry,
             TdmSheetKept *keep, GError **error)
{
  switch ((int)cell.kind)
    {
    case TDM_CELL_LEVEL_TIME:
    case TDM_CELL_LEVEL_TIME_TO:
      return tdm_sheet_apply_level_time (self, cell, text, entry, keep, error);
    case TDM_CELL_LEVEL_WEIGHT:
      return apply_weight (text, entry, error);
    case TDM_CELL_LEVEL_UNIT:
      entry->unit = (char *)text;
      return TRUE;
    case TDM_CELL_LEVEL_OUTPUT:
      entry->output = (char *)text;
      return TRUE;
    default:
      break;
    }
  while (*text == ' ')
    text++;
  entry->censor = *text == '<'   ? TDM_CENSOR_BELOW
                  : *text == '>' ? TDM_CENSOR_ABOVE
                                 : TDM_CENSOR_NONE;
  if (entry->censor != TDM_CENSOR_NONE)
    text++;
  return tdm_sheet_parse_positive (text, "A level", &entry->value, error);
}

static gboolean
apply_covariate (const TdmSheet *self, TdmCell cell, const char *text,
                 TdmCovariateEntry *entry, TdmSheetKept *keep, GError **error)
{
  const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);

  if (cell.kind == TDM_CELL_COVARIATE_TIME)
    {
      if (!tdm_sheet_parse_moment (self, cell, text, &entry->time, error))
        return FALSE;
      keep->text[0] = entry->time.text;
      return TRUE;
    }
  if (cell.kind == TDM_CELL_COVARIATE_UNIT)
    return TRUE;
  if (row->info != NULL && row->info->categories != NULL)
    {
      entry->text = keep->text[0] = g_strdup (text);
      return TRUE;
    }
  entry->text = NULL;
  return tdm_number_parse_people (text, &entry->value, error);
}

static TdmCase *
write_covariate (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
  TdmCovariateEntry entry = *tdm_case_get_covariate (self->record, (guint)row->index);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (tdm_sheet_is_blank (text) && cell.kind == TDM_CELL_COVARIATE_VALUE)
    tdm_case_edit_remove_covariate (edit, (guint)row->index);
  else if (!apply_covariate (self, cell, text, &entry, &keep, error))
    return NULL;
  else
    {
      tdm_sheet_adopt_start (self, edit, &entry.time);
      tdm_case_edit_replace_covariate (edit, (guint)row->index, &entry);
    }
  return tdm_case_edit_finish (edit, error);
}

static TdmCase *
write_dose (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, cell.row);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (!apply_dose (self, cell, text, &entry, &keep, error))
    return NULL;
  tdm_case_edit_replace_dose (edit, cell.row, &entry);
  return tdm_case_edit_finish (edit, error);
}

static TdmCase *
write_level (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  TdmLevelEntry entry = *tdm_case_get_level (self->record, cell.row);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (!apply_level (self, cell, text, &entry, &keep, error))
    return NULL;
  tdm_case_edit_replace_level (edit, cell.row, &entry);
  return tdm_case_edit_finish (edit, error);
}

static TdmCase *
write_patient (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  TdmPatient patient = *tdm_case_get_patient (self->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_autofree char *trimmed = g_strdup (text);
  GDate date;

  g_strstrip (trimmed);
  if (cell.kind == TDM_CELL_PATIENT_BIRTH && trimmed[0] != '\0'
      && !tdm_clock_parse_date (trimmed, &date, error))
    return NULL;
  char *value = trimmed[0] != '\0' ? trimmed : NULL;
  if (cell.kind == TDM_CELL_PATIENT_NAME)
    patient.name = value;
  else if (cell.kind == TDM_CELL_PATIENT_ID)
    patient.id = value;
  else
    patient.birth = value;
  tdm_case_edit_set_patient (edit, &patient);
  return tdm_case_edit_finish (edit, error);
}

/* At the field the place is known: "levels[1].unit: …" loses its front. */
static void
strip_place (GError **error)
{
  const char *colon;

  if (error == NULL || *error == NULL)
    return;
  colon = strstr ((*error)->message, ": ");
  const char *space = strchr ((*error)->message, ' ');
  if (colon == NULL || space == NULL || space < colon)
    return;
  char *message = g_strdup (colon + 2);
  g_free ((*error)->message);
  (*error)->message = message;
}

TdmCase *
tdm_sheet_write (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  TdmCase *next = NULL;

  if (tdm_cell_is_required (cell.kind) && cell.kind != TDM_CELL_COVARIATE_VALUE
      && tdm_sheet_is_blank (text))
    {
      tdm_sheet_refuse (error,
                        "This cannot be empty; to remove the row, use its menu.");
      return NULL;
    }
  switch (tdm_cell_section (cell.kind))
    {
    case TDM_SECTION_PATIENT:
      next = write_patient (self, cell, text, error);
      break;
    case TDM_SECTION_COVARIATES:
      next = write_covariate (self, cell, text, error);
      break;
    case TDM_SECTION_DOSES:
      next = write_dose (self, cell, text, error);
      break;
    case TDM_SECTION_LEVELS:
      next = write_level (self, cell, text, error);
      break;
    case TDM_SECTION_TARGET:
      next = tdm_sheet_write_target (self, cell, text, error);
      break;
    case TDM_SECTION_OPTIONS:
      next = tdm_sheet_write_option (self, cell, text, error);
      break;
    case TDM_SECTION_DIALYSIS:
      next = tdm_sheet_write_dialysis (self, cell, text, error);
      break;
    case TDM_SECTION_SEQUENCE:
    default:
      g_assert_not_reached ();
    }
  if (next == NULL)
    strip_place (error);
  return next;
}

static TdmCase *
append_covariate (const TdmSheet *self, guint row_index, const char *const *texts,
                  GError **error)
{
  const TdmCovariateRow *row = g_ptr_array_index (self->rows, row_index);
  TdmCell value = { TDM_CELL_COVARIATE_VALUE, row_index };
  TdmCell time = { TDM_CELL_COVARIATE_TIME, row_index };
  TdmCovariateEntry entry = { .name = row->name };
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep_value = { 0 }, keep_time = { 0 };

  if (row->info == NULL || row->info->categories == NULL)
    entry.unit = (char *)tdm_sheet_unit (self, value);
  if (!tdm_sheet_is_blank (texts[TDM_CELL_COVARIATE_UNIT]))
    entry.unit = (char *)texts[TDM_CELL_COVARIATE_UNIT];
  if (!apply_covariate (self, value, texts[value.kind], &entry, &keep_value, error))
    return NULL;
  if (!tdm_sheet_is_blank (texts[time.kind])
      && !apply_covariate (self, time, texts[time.kind], &entry, &keep_time, error))
    return NULL;
  tdm_sheet_adopt_start (self, edit, &entry.time);
  tdm_case_edit_insert_covariate (edit, tdm_case_get_n_covariates (self->record),
                                  &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmDoseEntry
tdm_sheet_default_dose (const TdmSheet *self)
{
  guint n = tdm_case_get_n_doses (self->record);
  const char *unit =
      self->model != NULL ? tdm_model_get_amount_unit (self->model) : "mg";
  TdmDoseEntry entry = { .unit = (char *)unit, .count = 1 };

  if (n > 0)
    entry = *tdm_case_get_dose (self->record, n - 1);
  else if (self->model != NULL && tdm_model_get_n_dosings (self->model) > 0)
    {
      const TdmModelDosing *dosing = tdm_model_get_dosing (self->model, 0);
      entry.unit = dosing->unit;
      entry.route = dosing->route->name;
      if (dosing->route->infusion && dosing->n_durations > 0)
        entry.duration_h = dosing->durations_h[0];
    }
  entry.interval_h = 0;
  entry.count = 1;
  entry.steady_state = entry.added = entry.stopped = entry.reset = FALSE;
  return entry;
}

gboolean
tdm_sheet_check (const TdmSheet *self, TdmCell cell, const char *text, GError **error)
{
  TdmDoseEntry dose = tdm_sheet_default_dose (self);
  TdmLevelEntry level = { .use = TRUE };
  TdmCovariateEntry covariate = { .name = NULL };
  g_auto (TdmSheetKept) keep = { 0 };

  /* The interval may be typed after the number of doses, the end of an infusion before
   * its start. */
  dose.interval_h = 1;
  dose.time.hours = -INFINITY;
  dose.amount = 1;
  switch ((int)tdm_cell_section (cell.kind))
    {
    case TDM_SECTION_DOSES:
      return apply_dose (self, cell, text, &dose, &keep, error);
    case TDM_SECTION_LEVELS:
      return apply_level (self, cell, text, &level, &keep, error);
    case TDM_SECTION_COVARIATES:
      return apply_covariate (self, cell, text, &covariate, &keep, error);
    case TDM_SECTION_DIALYSIS:
      return tdm_sheet_check_dialysis (self, cell, text, error);
    default:
      return tdm_sheet_check_plan (self, cell, text, error);
    }
}

static TdmCase *
append_dose (const TdmSheet *self, const char *const *texts, GError **error)
{
  guint n = tdm_case_get_n_doses (self->record);
  TdmDoseEntry entry = tdm_sheet_default_dose (self);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (!tdm_sheet_is_blank (texts[TDM_CELL_DOSE_UNIT]))
    entry.unit = (char *)texts[TDM_CELL_DOSE_UNIT];
  for (TdmCellKind kind = TDM_CELL_DOSE_TIME; kind <= TDM_CELL_DOSE_COUNT; kind++)
    if (!tdm_sheet_is_blank (texts[kind])
        && !apply_dose (self, (TdmCell){ kind, n }, texts[kind], &entry, &keep, error))
      return NULL;
  tdm_sheet_adopt_start (self, edit, &entry.time);
  tdm_case_edit_insert_dose (edit, n, &entry);
  g_autoptr (TdmCase) next = tdm_case_edit_finish (edit, error);
  if (next == NULL)
    return NULL;
  tdm_sheet_end_target (next, edit, tdm_case_get_target (next));
  return tdm_case_edit_finish (edit, error);
}

/* Where the model has several, a new level is of what the one before was of. */
static char *
default_output (const TdmSheet *self)
{
  guint n = tdm_case_get_n_levels (self->record);

  if (self->model == NULL || tdm_model_get_n_outputs (self->model) < 2)
    return NULL;
  const char *last = n > 0 ? tdm_case_get_level (self->record, n - 1)->output : NULL;
  return (char *)(last != NULL ? last : tdm_model_get_output (self->model, 0)->name);
}

static TdmCase *
append_level (const TdmSheet *self, const char *const *texts, GError **error)
{
  guint n = tdm_case_get_n_levels (self->record);
  TdmCell value = { TDM_CELL_LEVEL_VALUE, n };
  TdmLevelEntry entry = { .use = TRUE, .weight = 1 };
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  entry.unit = (char *)tdm_sheet_unit (self, value);
  entry.output = default_output (self);
  for (TdmCellKind kind = TDM_CELL_LEVEL_TIME; kind <= TDM_CELL_LEVEL_OUTPUT; kind++)
    if ((kind <= TDM_CELL_LEVEL_VALUE || !tdm_sheet_is_blank (texts[kind]))
        && !apply_level (self, (TdmCell){ kind, n }, texts[kind], &entry, &keep, error))
      return NULL;
  tdm_sheet_adopt_start (self, edit, &entry.time);
  tdm_case_edit_insert_level (edit, n, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_append (const TdmSheet *self, TdmSection section, guint row,
                  const char *const texts[TDM_CELL_N], GError **error)
{
  TdmCase *next = NULL;

  if (section == TDM_SECTION_COVARIATES)
    next = append_covariate (self, row, texts, error);
  else if (section == TDM_SECTION_DOSES)
    next = append_dose (self, texts, error);
  else if (section == TDM_SECTION_LEVELS)
    next = append_level (self, texts, error);
  else if (section == TDM_SECTION_DIALYSIS)
    next = tdm_sheet_append_dialysis (self, texts, error);
  else
    g_assert_not_reached ();
  if (next == NULL)
    strip_place (error);
  return next;
}
