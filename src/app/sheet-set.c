/* Edits of the sheet that are not typed: units, switches, rows taken away. */
#include <math.h>
#include <string.h>

#include "app/sheet-write.h"

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/substance.h"
#include "base/unit.h"

/* The course that cumulative targets are stated for: four days of conditioning. */
#define CUMULATIVE_H 96

TdmCase *
tdm_sheet_remove (const TdmSheet *self, TdmSection section, guint row, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  if (section == TDM_SECTION_COVARIATES)
    {
      const TdmCovariateRow *covariate = g_ptr_array_index (self->rows, row);
      tdm_case_edit_remove_covariate (edit, (guint)covariate->index);
    }
  else if (section == TDM_SECTION_DOSES)
    tdm_case_edit_remove_dose (edit, row);
  else if (section == TDM_SECTION_DIALYSIS)
    tdm_case_edit_remove_dialysis (edit, row);
  else
    tdm_case_edit_remove_level (edit, row);
  return tdm_case_edit_finish (edit, error);
}

static const char *
last_unit_of (const TdmCase *record, const char *covariate)
{
  const char *unit = NULL;

  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      if (strcmp (entry->name, covariate) == 0)
        unit = entry->unit;
    }
  return unit;
}

/* What a level is of, or a new one would be. */
static const TdmModelOutput *
output_of (const TdmSheet *self, guint row)
{
  guint n = tdm_case_get_n_levels (self->record);
  const char *name =
      n > 0 ? tdm_case_get_level (self->record, MIN (row, n - 1))->output : NULL;

  for (guint k = 0; name != NULL && k < tdm_model_get_n_outputs (self->model); k++)
    if (strcmp (tdm_model_get_output (self->model, k)->name, name) == 0)
      return tdm_model_get_output (self->model, k);
  return tdm_model_get_output (self->model, 0);
}

/* Which salt a dose is of, or a new one would be; NULL = as the model counts. */
static const TdmModelSalt *
salt_of (const TdmSheet *self, guint row)
{
  guint n = tdm_case_get_n_doses (self->record);
  const char *name =
      n > 0 ? tdm_case_get_dose (self->record, MIN (row, n - 1))->salt : NULL;

  for (guint k = 0; name != NULL && k < tdm_model_get_n_salts (self->model); k++)
    if (g_ascii_strcasecmp (tdm_model_get_salt (self->model, k)->name, name) == 0)
      return tdm_model_get_salt (self->model, k);
  return NULL;
}

const char *
tdm_sheet_model_unit (const TdmSheet *self, TdmCell cell)
{
  if (cell.kind == TDM_CELL_COVARIATE_VALUE && cell.row < self->rows->len)
    {
      const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
      return row->info != NULL ? row->info->unit : NULL;
    }
  if (cell.kind == TDM_CELL_DIALYSIS_CLEARANCE)
    return TDM_SHEET_DIALYSIS_UNIT;
  if (self->model == NULL)
    return NULL;
  if (cell.kind == TDM_CELL_LEVEL_VALUE)
    return output_of (self, cell.row)->unit;
  if (cell.kind == TDM_CELL_DOSE_AMOUNT && salt_of (self, cell.row) != NULL)
    return tdm_salt_unit (salt_of (self, cell.row));
  if (cell.kind == TDM_CELL_DOSE_AMOUNT && tdm_model_get_n_dosings (self->model) > 0)
    return tdm_model_get_dosing (self->model, 0)->unit;
  return cell.kind == TDM_CELL_DOSE_AMOUNT ? tdm_model_get_amount_unit (self->model)
                                           : NULL;
}

const char *
tdm_sheet_unit (const TdmSheet *self, TdmCell cell)
{
  guint n_levels = tdm_case_get_n_levels (self->record);
  guint n_doses = tdm_case_get_n_doses (self->record);
  guint n_sessions = tdm_case_get_n_dialyses (self->record);
  const char *unit = NULL;

  if (cell.kind == TDM_CELL_DIALYSIS_CLEARANCE && n_sessions > 0)
    return tdm_case_get_dialysis (self->record, MIN (cell.row, n_sessions - 1))->unit;
  if (cell.kind == TDM_CELL_LEVEL_VALUE && n_levels > 0)
    unit = tdm_case_get_level (self->record, MIN (cell.row, n_levels - 1))->unit;
  else if (cell.kind == TDM_CELL_DOSE_AMOUNT && n_doses > 0)
    unit = tdm_case_get_dose (self->record, MIN (cell.row, n_doses - 1))->unit;
  else if (cell.kind == TDM_CELL_COVARIATE_VALUE && cell.row < self->rows->len)
    {
      const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
      if (row->index >= 0)
        return tdm_case_get_covariate (self->record, (guint)row->index)->unit;
      unit = last_unit_of (self->record, row->name);
    }
  else if (cell.kind == TDM_CELL_TARGET_THRESHOLD)
    return tdm_sheet_target (self)->threshold_unit;
  else if (cell.kind == TDM_CELL_TARGET_MIC)
    return tdm_sheet_target (self)->mic_unit;
  else if (cell.kind == TDM_CELL_TARGET_FREE)
    return "%";
  else if (cell.kind == TDM_CELL_TARGET_MULTIPLE)
    return "1";
  else if (tdm_cell_section (cell.kind) == TDM_SECTION_TARGET)
    return tdm_sheet_target (self)->unit;
  return unit != NULL ? unit : tdm_sheet_model_unit (self, cell);
}

double
tdm_sheet_molar_mass (const TdmSheet *self, TdmCell cell)
{
  if (cell.kind == TDM_CELL_COVARIATE_VALUE && cell.row < self->rows->len)
    {
      const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
      return tdm_substance_molar_mass (row->name);
    }
  return self->model != NULL ? tdm_model_get_molar_mass (self->model) : 0;
}

/* The value in its new unit, rounded to what a laboratory would write. */
static gboolean
convert_value (const TdmSheet *self, TdmCell cell, const char *from, const char *to,
               double *value, GError **error)
{
  double molar = tdm_sheet_molar_mass (self, cell), converted;

  if (!tdm_unit_convert (*value, from, to, molar, &converted, error))
    return FALSE;
  double scale = pow (10, 3 - floor (log10 (fabs (converted) + 1e-12)));
  *value = converted == 0 ? 0 : round (converted * scale) / scale;
  return TRUE;
}

TdmCase *
tdm_sheet_set_unit (const TdmSheet *self, TdmCell cell, const char *unit,
                    gboolean convert, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  const char *from = tdm_sheet_unit (self, cell);

  if (cell.kind == TDM_CELL_COVARIATE_VALUE)
    {
      const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
      TdmCovariateEntry entry =
          *tdm_case_get_covariate (self->record, (guint)row->index);
      if (convert && !convert_value (self, cell, from, unit, &entry.value, error))
        return NULL;
      entry.unit = (char *)unit;
      tdm_case_edit_replace_covariate (edit, (guint)row->index, &entry);
    }
  else if (cell.kind == TDM_CELL_DIALYSIS_CLEARANCE)
    {
      TdmDialysisEntry entry = *tdm_case_get_dialysis (self->record, cell.row);
      if (convert && !convert_value (self, cell, from, unit, &entry.clearance, error))
        return NULL;
      entry.unit = (char *)unit;
      tdm_case_edit_replace_dialysis (edit, cell.row, &entry);
    }
  else if (cell.kind == TDM_CELL_DOSE_AMOUNT)
    {
      TdmDoseEntry entry = *tdm_case_get_dose (self->record, cell.row);
      if (convert && !convert_value (self, cell, from, unit, &entry.amount, error))
        return NULL;
      entry.unit = (char *)unit;
      tdm_case_edit_replace_dose (edit, cell.row, &entry);
    }
  else
    {
      TdmLevelEntry entry = *tdm_case_get_level (self->record, cell.row);
      if (convert && !convert_value (self, cell, from, unit, &entry.value, error))
        return NULL;
      entry.unit = (char *)unit;
      tdm_case_edit_replace_level (edit, cell.row, &entry);
    }
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_use (const TdmSheet *self, guint level, gboolean use, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmLevelEntry entry = *tdm_case_get_level (self->record, level);

  entry.use = use;
  tdm_case_edit_replace_level (edit, level, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_output (const TdmSheet *self, guint level, const char *output,
                      GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmLevelEntry entry = *tdm_case_get_level (self->record, level);

  entry.output = (char *)output;
  tdm_case_edit_replace_level (edit, level, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_after_dose (const TdmSheet *self, guint level, gboolean on,
                          GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmLevelEntry entry = *tdm_case_get_level (self->record, level);

  entry.after_dose = on;
  tdm_case_edit_replace_level (edit, level, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_sex (const TdmSheet *self, TdmSex sex, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmPatient patient = *tdm_case_get_patient (self->record);

  patient.sex = sex;
  tdm_case_edit_set_patient (edit, &patient);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_model (const TdmSheet *self, const char *id, GError **error)
{
  const char *const *ids = tdm_case_get_models (self->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  /* Among those that are compared, another one comes to lead them. */
  g_ptr_array_add (kept, (gpointer)id);
  for (guint i = 0; ids != NULL && g_strv_contains (ids, id) && ids[i] != NULL; i++)
    if (!g_str_equal (ids[i], id))
      g_ptr_array_add (kept, (gpointer)ids[i]);
  if (kept->len == 1)
    tdm_case_edit_set_model (edit, id);
  else
    {
      g_ptr_array_add (kept, NULL);
      tdm_case_edit_set_models (edit, (const char *const *)kept->pdata);
    }
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_route (const TdmSheet *self, guint dose, const char *route,
                     GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);

  entry.route = (char *)route;
  /* One that is given otherwise is not meant any more. */
  if (self->model != NULL && entry.formulation != NULL
      && tdm_model_route_of (self->model, route, entry.formulation) == NULL)
    entry.formulation = NULL;
  tdm_case_edit_replace_dose (edit, dose, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_steady_state (const TdmSheet *self, guint dose, gboolean on,
                            GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);

  entry.steady_state = on;
  if (!on)
    entry.added = entry.stopped = FALSE;
  tdm_case_edit_replace_dose (edit, dose, &entry);
  return tdm_case_edit_finish (edit, error);
}

const TdmTarget *
tdm_sheet_target (const TdmSheet *self)
{
  const TdmTarget *target = tdm_case_get_target (self->record);

  if (target->metric == TDM_METRIC_NONE && self->model != NULL
      && tdm_model_get_n_targets (self->model) > 0)
    return &tdm_model_get_target (self->model, 0)->target;
  return target;
}

guint
tdm_sheet_find_target (const TdmSheet *self)
{
  const TdmTarget *wanted = tdm_sheet_target (self);
  guint n = self->model != NULL ? tdm_model_get_n_targets (self->model) : 0;

  for (guint k = 0; k < n; k++)
    {
      const TdmTarget *target = &tdm_model_get_target (self->model, k)->target;
      if (target->metric == wanted->metric && target->low == wanted->low
          && target->high == wanted->high)
        return k;
    }
  for (guint k = 0; k < n; k++)
    if (tdm_model_get_target (self->model, k)->target.metric == wanted->metric)
      return k;
  return wanted->metric != TDM_METRIC_NONE
             ? n + (guint)wanted->metric - (guint)TDM_METRIC_TROUGH
             : 0;
}

/* Sets `target` with its time `after_h` hours after the first dose. */
static void
set_target_after (const TdmCase *record, TdmCaseEdit *edit, const TdmTarget *target,
                  double after_h)
{
  GDateTime *start = tdm_case_get_start (record);
  TdmTarget ended = *target;
  double first = INFINITY;

  for (guint i = 0; i < tdm_case_get_n_doses (record); i++)
    first = MIN (first, tdm_case_get_dose (record, i)->time.hours);
  ended.at_steady_state = FALSE;
  ended.at = (TdmMoment){ .hours = (isinf (first) ? 0 : first) + after_h };
  g_autoptr (GDateTime) end = tdm_moment_to_time (&ended.at, start);
  g_autofree char *text = end != NULL ? tdm_clock_format (end) : NULL;
  ended.at.text = text;
  tdm_case_edit_set_target (edit, &ended);
}

void
tdm_sheet_end_target (const TdmCase *record, TdmCaseEdit *edit, const TdmTarget *target)
{
  if (target->metric == TDM_METRIC_CUMULATIVE_AUC && target->at_steady_state
      && tdm_case_get_n_doses (record) > 0)
    set_target_after (record, edit, target, CUMULATIVE_H);
}

TdmCase *
tdm_sheet_set_target (const TdmSheet *self, guint k, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  const TdmTarget *target = &tdm_model_get_target (self->model, k)->target;

  if (target->at_steady_state)
    tdm_case_edit_set_target (edit, target);
  else
    set_target_after (self->record, edit, target, target->at.hours);
  tdm_sheet_end_target (self->record, edit, target);
  return tdm_case_edit_finish (edit, error);
}
