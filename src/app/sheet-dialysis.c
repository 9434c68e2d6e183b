/* Sessions of dialysis in the sheet. */
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet-private.h"
#include "base/number.h"
#include "base/unit.h"

#define SHOWN_DIGITS 12

gboolean
tdm_sheet_takes_dialysis (const TdmModel *model)
{
  double factor;

  for (guint i = 0; model != NULL && i < tdm_model_get_n_parameters (model); i++)
    {
      const char *unit = tdm_model_get_parameter_unit (model, i);
      if (strcmp (tdm_model_get_parameter_name (model, i), "CL") == 0 && unit != NULL
          && tdm_unit_convert (1, "L/h", unit, 0, &factor, NULL))
        return TRUE;
    }
  return FALSE;
}

static TdmMoment
end_of (const TdmDialysisEntry *entry)
{
  return (TdmMoment){ entry->time.hours + entry->duration_h, NULL };
}

char *
tdm_sheet_dialysis_text (const TdmCase *record, TdmCell cell)
{
  GDateTime *start = tdm_case_get_start (record);

  if (cell.row >= tdm_case_get_n_dialyses (record))
    return g_strdup ("");
  const TdmDialysisEntry *entry = tdm_case_get_dialysis (record, cell.row);
  const TdmMoment end = end_of (entry);
  switch ((int)cell.kind)
    {
    case TDM_CELL_DIALYSIS_FROM:
      return tdm_moment_format_people (&entry->time, start);
    case TDM_CELL_DIALYSIS_TO:
      return tdm_moment_format_people (&end, start);
    case TDM_CELL_DIALYSIS_UNIT:
      return g_strdup (entry->unit);
    default:
      return tdm_number_format (entry->clearance, SHOWN_DIGITS);
    }
}

char *
tdm_sheet_echo_dialysis (const TdmCase *record, guint i)
{
  const TdmDialysisEntry *entry = tdm_case_get_dialysis (record, i);
  g_autofree char *day =
      tdm_moment_day_words (&entry->time, tdm_case_get_start (record));
  g_autofree char *span = tdm_hours_words (entry->duration_h);
  double litres_h;

  if (!tdm_unit_convert (entry->clearance, entry->unit, "L/h", 0, &litres_h, NULL))
    return g_strdup (day);
  g_autofree char *cleared = tdm_number_format (litres_h * entry->duration_h, 3);
  return g_strdup_printf ("%s%s%s · clears %s L on top of the body's own", day,
                          day[0] != '\0' ? " · " : "", span, cleared);
}

static gboolean
is_length (const char *text)
{
  g_autofree char *typed = g_strchomp (g_strdup (text));

  return g_str_has_suffix (typed, "h") || g_str_has_suffix (typed, "min");
}

/* HOURS "h" | MINUTES "min" | TIME: the end of the session. */
static gboolean
apply_end (const TdmSheet *self, const char *text, TdmDialysisEntry *entry,
           GError **error)
{
  g_autofree char *typed = g_strstrip (g_strdup (text));
  const gboolean minutes = g_str_has_suffix (typed, "min");
  TdmMoment end;

  if (is_length (typed))
    {
      typed[strlen (typed) - (minutes ? 3 : 1)] = '\0';
      if (!tdm_sheet_parse_positive (g_strchomp (typed), "The length of a session",
                                     &entry->duration_h, error))
        return FALSE;
      entry->duration_h /= minutes ? 60 : 1;
      return TRUE;
    }
  if (!tdm_sheet_parse_later (self, typed, &entry->time, &end, error))
    return FALSE;
  g_free (end.text);
  entry->duration_h = end.hours - entry->time.hours;
  return entry->duration_h > 0
         || tdm_sheet_refuse (error, "The session ends after it began.");
}

/* The end stays where it was when the session began at another time. */
static gboolean
apply_begin (const TdmSheet *self, TdmCell cell, const char *text,
             TdmDialysisEntry *entry, TdmSheetKept *keep, GError **error)
{
  const double end_h = entry->time.hours + entry->duration_h;

  if (!tdm_sheet_parse_moment (self, cell, text, &entry->time, error))
    return FALSE;
  keep->text[0] = entry->time.text;
  if (entry->duration_h <= 0)
    return TRUE;
  entry->duration_h = end_h - entry->time.hours;
  return entry->duration_h > 0
         || tdm_sheet_refuse (error,
                              "The session ends before that: type its end first.");
}

static gboolean
apply (const TdmSheet *self, TdmCell cell, const char *text, TdmDialysisEntry *entry,
       TdmSheetKept *keep, GError **error)
{
  switch ((int)cell.kind)
    {
    case TDM_CELL_DIALYSIS_FROM:
      return apply_begin (self, cell, text, entry, keep, error);
    case TDM_CELL_DIALYSIS_TO:
      return apply_end (self, text, entry, error);
    case TDM_CELL_DIALYSIS_UNIT:
      entry->unit = (char *)text;
      return TRUE;
    default:
      return tdm_sheet_parse_positive (text, "The clearance", &entry->clearance, error);
    }
}

gboolean
tdm_sheet_check_dialysis (const TdmSheet *self, TdmCell cell, const char *text,
                          GError **error)
{
  TdmDialysisEntry entry = { .clearance = 0 };
  g_auto (TdmSheetKept) keep = { 0 };

  /* A time that it ended at waits for the day it began. */
  if (cell.kind == TDM_CELL_DIALYSIS_TO && !is_length (text))
    return TRUE;
  return apply (self, cell, text, &entry, &keep, error);
}

TdmCase *
tdm_sheet_write_dialysis (const TdmSheet *self, TdmCell cell, const char *text,
                          GError **error)
{
  TdmDialysisEntry entry = *tdm_case_get_dialysis (self->record, cell.row);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (!apply (self, cell, text, &entry, &keep, error))
    return NULL;
  tdm_case_edit_replace_dialysis (edit, cell.row, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_append_dialysis (const TdmSheet *self, const char *const *texts,
                           GError **error)
{
  const guint n = tdm_case_get_n_dialyses (self->record);
  TdmDialysisEntry entry = { .unit = (char *)TDM_SHEET_DIALYSIS_UNIT };
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  /* Like the one before. */
  if (n > 0)
    {
      const TdmDialysisEntry *last = tdm_case_get_dialysis (self->record, n - 1);
      entry.clearance = last->clearance;
      entry.unit = last->unit;
    }
  for (TdmCellKind kind = TDM_CELL_DIALYSIS_FROM; kind <= TDM_CELL_DIALYSIS_UNIT;
       kind++)
    if (!tdm_sheet_is_blank (texts[kind])
        && !apply (self, (TdmCell){ kind, n }, texts[kind], &entry, &keep, error))
      return NULL;
  tdm_sheet_adopt_start (self, edit, &entry.time);
  tdm_case_edit_insert_dialysis (edit, n, &entry);
  return tdm_case_edit_finish (edit, error);
}
