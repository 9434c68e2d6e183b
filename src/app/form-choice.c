/* What is chosen rather than typed, and what waits until all of it is there. */
#include "app/form-private.h"

#include <string.h>

#include "app/plan.h"
#include "base/number.h"

/* Where the unit of a quantity is kept while its row is not there yet. */
static TdmCell
unit_cell (TdmCell cell)
{
  const TdmCellKind kind = cell.kind == TDM_CELL_DOSE_AMOUNT   ? TDM_CELL_DOSE_UNIT
                           : cell.kind == TDM_CELL_LEVEL_VALUE ? TDM_CELL_LEVEL_UNIT
                           : cell.kind == TDM_CELL_DIALYSIS_CLEARANCE
                               ? TDM_CELL_DIALYSIS_UNIT
                               : TDM_CELL_COVARIATE_UNIT;
  return (TdmCell){ kind, cell.row };
}

char *
tdm_form_get_unit (TdmForm *self, TdmCell cell)
{
  const TdmDraft *draft = tdm_form_find_draft (self, unit_cell (cell));
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return NULL;
  if (draft != NULL
      && tdm_form_is_blank_row (self, tdm_cell_section (cell.kind), cell.row))
    return g_strdup (draft->text);
  return g_strdup (tdm_sheet_unit (&sheet, cell));
}

static double
number_of (TdmForm *self, TdmCell cell)
{
  g_autofree char *text = tdm_form_get_text (self, cell);
  double value;

  return tdm_number_parse_people (text + strspn (text, "<> "), &value, NULL) ? value
                                                                             : 0;
}

void
tdm_form_choose_unit (TdmForm *self, TdmCell cell, const char *unit, gboolean convert)
{
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return;
  if (tdm_form_is_blank_row (self, tdm_cell_section (cell.kind), cell.row))
    {
      tdm_form_choose (self, unit_cell (cell), unit);
      return;
    }
  TdmQuestion *question =
      convert ? NULL
              : tdm_guard_unit_change (number_of (self, cell),
                                       tdm_sheet_unit (&sheet, cell), unit,
                                       tdm_sheet_molar_mass (&sheet, cell));
  TdmCase *next = tdm_sheet_set_unit (&sheet, cell, unit, convert, NULL);
  if (question == NULL || next == NULL)
    {
      g_clear_pointer (&question, tdm_question_free);
      tdm_form_take (self, next);
      return;
    }
  tdm_form_hold (self, cell, next, question);
  tdm_case_unref (next);
}

void
tdm_form_choose (TdmForm *self, TdmCell cell, const char *text)
{
  if (tdm_session_get_record (self->session) != NULL)
    tdm_form_wait (self, tdm_form_set_draft (self, cell, text));
}

void
tdm_form_choose_metric (TdmForm *self, TdmMetricKind metric)
{
  if (tdm_session_get_record (self->session) == NULL)
    return;
  tdm_form_drop_section (self, TDM_SECTION_TARGET);
  if (metric == TDM_METRIC_NONE)
    tdm_form_emit_updated (self);
  else
    tdm_form_choose (self, (TdmCell){ TDM_CELL_TARGET_METRIC, 0 },
                     tdm_metric_name (metric));
}

TdmMetricKind
tdm_form_get_metric (TdmForm *self)
{
  const TdmCell cell = { TDM_CELL_TARGET_METRIC, 0 };
  const TdmDraft *draft = tdm_form_find_draft (self, cell);
  TdmMetricKind metric;
  TdmSheet sheet;

  if (draft != NULL && tdm_metric_from_name (draft->text, &metric))
    return metric;
  return tdm_form_get_sheet (self, &sheet) ? tdm_sheet_target (&sheet)->metric
                                           : TDM_METRIC_NONE;
}

/* A target that waits is entered as soon as it is whole. */
static gboolean
enter_target (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft)
{
  const char *texts[TDM_CELL_N];
  g_autoptr (GError) error = NULL;

  tdm_form_collect_texts (self, TDM_SECTION_TARGET, 0, texts);
  TdmCase *next = tdm_sheet_make_target (sheet, texts, &error);
  if (next == NULL && error != NULL)
    return tdm_form_fail (self, draft, error);
  if (next == NULL)
    {
      tdm_form_wait (self, draft);
      return FALSE;
    }
  tdm_form_drop_section (self, TDM_SECTION_TARGET);
  tdm_form_take (self, next);
  tdm_form_emit_updated (self);
  return TRUE;
}

gboolean
tdm_form_enter_waiting (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft)
{
  g_autoptr (GError) error = NULL;

  if (tdm_cell_section (draft->cell.kind) == TDM_SECTION_TARGET)
    return enter_target (self, sheet, draft);
  if (!tdm_sheet_check_plan (sheet, draft->cell, draft->text, &error))
    return tdm_form_fail (self, draft, error);
  g_clear_pointer (&draft->error, g_free);
  tdm_form_wait (self, draft);
  return TRUE;
}

gboolean
tdm_form_is_end (TdmCellKind kind)
{
  return kind == TDM_CELL_DOSE_END_FROM || kind == TDM_CELL_DOSE_END_TO;
}

gboolean
tdm_form_enter_end (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft)
{
  const guint row = draft->cell.row;
  const TdmCell first = { TDM_CELL_DOSE_END_FROM, row };
  const TdmCell second = { TDM_CELL_DOSE_END_TO, row };
  const gboolean known = !tdm_case_get_dose (sheet->record, row)->end_uncertain;
  g_autofree char *from = tdm_form_get_text (self, first);
  g_autofree char *to = tdm_form_get_text (self, second);
  g_autoptr (GError) error = NULL;

  if (known && (from[0] == '\0' || to[0] == '\0'))
    {
      tdm_form_wait (self, draft);
      return FALSE;
    }
  TdmCase *next = tdm_sheet_set_end (sheet, row, from, to, &error);
  if (next == NULL)
    return tdm_form_fail (self, draft, error);
  tdm_form_drop (self, first);
  tdm_form_drop (self, second);
  tdm_form_take (self, next);
  tdm_form_emit_updated (self);
  return TRUE;
}

void
tdm_form_ask_interval (TdmForm *self, TdmSection section, guint row)
{
  self->asked_section = section;
  self->asked_row = row;
  self->has_asked = TRUE;
  tdm_form_emit_updated (self);
}

gboolean
tdm_form_asks_interval (TdmForm *self, TdmSection section, guint row)
{
  return self->has_asked && self->asked_section == section && self->asked_row == row;
}

gboolean
tdm_form_shows_interval (TdmForm *self, TdmSection section, guint row)
{
  const gboolean level = section == TDM_SECTION_LEVELS;
  const TdmCellKind first = level ? TDM_CELL_LEVEL_TIME_TO : TDM_CELL_DOSE_END_FROM;
  const TdmCellKind last = level ? TDM_CELL_LEVEL_TIME_TO : TDM_CELL_DOSE_END_TO;
  TdmSheet sheet;

  if (!(level || section == TDM_SECTION_DOSES)
      || tdm_form_is_blank_row (self, section, row)
      || !tdm_form_get_sheet (self, &sheet))
    return FALSE;
  for (TdmCellKind kind = first; kind <= last; kind++)
    if (tdm_form_find_draft (self, (TdmCell){ kind, row }) != NULL)
      return TRUE;
  if (tdm_form_asks_interval (self, section, row))
    return TRUE;
  return level ? tdm_case_get_level (sheet.record, row)->time_uncertain
               : tdm_case_get_dose (sheet.record, row)->end_uncertain;
}

char *
tdm_form_describe_plan (TdmForm *self, TdmSection section)
{
  const char *texts[TDM_CELL_N];
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return g_strdup ("");
  tdm_form_collect_texts (self, section, 0, texts);
  return tdm_plan_preview (&sheet, texts);
}

gboolean
tdm_form_add_plan (TdmForm *self, TdmSection section)
{
  const char *texts[TDM_CELL_N];
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return FALSE;
  tdm_form_collect_texts (self, section, 0, texts);
  TdmCase *next = tdm_plan_add_sequence (&sheet, texts, NULL);
  if (next == NULL)
    return FALSE;
  tdm_form_drop_section (self, section);
  tdm_form_take (self, next);
  tdm_form_emit_updated (self);
  return TRUE;
}
