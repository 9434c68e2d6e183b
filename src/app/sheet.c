#include "app/sheet.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"

/* Digits shown of a value that was typed: all of them, up to the parser's four
 * decimals. */
#define SHOWN_DIGITS 12

static void
row_free (gpointer data)
{
  TdmCovariateRow *row = data;

  g_free (row->name);
  g_free (row->title);
  g_free (row);
}

static void
add_row (GPtrArray *rows, const char *name, int index, const TdmModelCovariate *info)
{
  TdmCovariateRow *row = g_new0 (TdmCovariateRow, 1);

  row->name = g_strdup (name);
  row->title = g_strdup (info != NULL && info->title != NULL ? info->title : name);
  row->index = index;
  row->info = info;
  g_ptr_array_add (rows, row);
}

static guint
add_entries (GPtrArray *rows, const TdmCase *record, const char *name,
             const TdmModelCovariate *info)
{
  guint found = 0;

  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (strcmp (tdm_case_get_covariate (record, i)->name, name) == 0)
      {
        add_row (rows, name, (int)i, info);
        found++;
      }
  return found;
}

gboolean
tdm_sheet_awaits_start (const TdmCase *record)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (tdm_case_get_covariate (record, i)->time.hours != 0)
      return FALSE;
  return tdm_case_get_start (record) == NULL && tdm_case_get_n_doses (record) == 0
         && tdm_case_get_n_levels (record) == 0;
}

static gboolean
has_formulation (const TdmCase *record, const TdmModelCovariate *info)
{
  for (guint i = 0; info->formulation && i < tdm_case_get_n_doses (record); i++)
    {
      const char *named = tdm_case_get_dose (record, i)->formulation;
      for (guint k = 0; named != NULL && info->categories[k] != NULL; k++)
        if (g_ascii_strcasecmp (info->categories[k], named) == 0)
          return TRUE;
    }
  return FALSE;
}

/* Sex and, with a birth date, age come from the patient's own fields; a formulation
 * from doses. */
static gboolean
is_known_otherwise (const TdmCase *record, const TdmModelCovariate *info)
{
  const TdmPatient *patient = tdm_case_get_patient (record);
  const char *name = info->name;

  if (has_formulation (record, info))
    return TRUE;
  if (g_ascii_strcasecmp (name, "sex") == 0)
    return TRUE;
  return (strcmp (name, "AGE") == 0 || strcmp (name, "PNA") == 0)
         && patient->birth != NULL
         && (tdm_case_get_start (record) != NULL || tdm_sheet_awaits_start (record));
}

static gboolean
has_extra (const GPtrArray *extra, const char *name)
{
  for (guint i = 0; extra != NULL && i < extra->len; i++)
    if (strcmp (g_ptr_array_index (extra, i), name) == 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
tdm_sheet_covariate_rows (const TdmCase *record, const TdmModel *model,
                          const GPtrArray *extra)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  guint n = model != NULL ? tdm_model_get_n_covariates (model) : 0;

  for (guint k = 0; k < n; k++)
    {
      const TdmModelCovariate *info = tdm_model_get_covariate (model, k);
      guint found = add_entries (rows, record, info->name, info);
      gboolean missing = found == 0 && info->needed && !info->derived
                         && !is_known_otherwise (record, info);
      if (missing || has_extra (extra, info->name))
        add_row (rows, info->name, -1, info);
    }
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const char *name = tdm_case_get_covariate (record, i)->name;
      if (model == NULL || tdm_model_find_covariate (model, name) < 0)
        add_row (rows, name, (int)i, NULL);
    }
  return rows;
}

gboolean
tdm_covariate_is_switch (const TdmModelCovariate *info)
{
  return info != NULL && info->categories == NULL && info->limit_low == 0
         && info->limit_high == 1 && (info->unit == NULL || info->unit[0] == '\0');
}

static char *
number_text (double value)
{
  return tdm_number_format (value, SHOWN_DIGITS);
}

static char *
covariate_text (const TdmCase *record, const GPtrArray *rows, TdmCell cell)
{
  if (cell.row >= rows->len)
    return g_strdup ("");
  const TdmCovariateRow *row = g_ptr_array_index (rows, cell.row);
  if (row->index < 0)
    return g_strdup ("");
  const TdmCovariateEntry *entry = tdm_case_get_covariate (record, (guint)row->index);
  if (cell.kind == TDM_CELL_COVARIATE_UNIT)
    return g_strdup (entry->unit != NULL ? entry->unit : "");
  if (cell.kind == TDM_CELL_COVARIATE_TIME && tdm_sheet_awaits_start (record))
    return g_strdup ("");
  if (cell.kind == TDM_CELL_COVARIATE_TIME)
    return tdm_moment_format_people (&entry->time, tdm_case_get_start (record));
  return entry->text != NULL ? g_strdup (entry->text) : number_text (entry->value);
}

static char *
dose_text (const TdmCase *record, TdmCell cell)
{
  if (cell.row >= tdm_case_get_n_doses (record))
    return g_strdup ("");
  const TdmDoseEntry *entry = tdm_case_get_dose (record, cell.row);
  switch ((int)cell.kind)
    {
    case TDM_CELL_DOSE_TIME:
      return tdm_moment_format_people (&entry->time, tdm_case_get_start (record));
    case TDM_CELL_DOSE_AMOUNT:
      return number_text (entry->amount);
    case TDM_CELL_DOSE_END_FROM:
    case TDM_CELL_DOSE_END_TO:
      return tdm_sheet_end_text (record, cell);
    case TDM_CELL_DOSE_DURATION:
      if (entry->end_uncertain)
        return g_strdup (TDM_SHEET_UNKNOWN);
      return entry->duration_h > 0 ? number_text (entry->duration_h) : g_strdup ("");
    case TDM_CELL_DOSE_UNIT:
      return g_strdup (entry->unit);
    case TDM_CELL_DOSE_INTERVAL:
      return entry->interval_h > 0 ? number_text (entry->interval_h) : g_strdup ("");
    default:
      return g_strdup_printf ("%u", MAX (entry->count, 1));
    }
}

static char *
level_text (const TdmCase *record, TdmCell cell)
{
  if (cell.row >= tdm_case_get_n_levels (record))
    return g_strdup ("");
  const TdmLevelEntry *entry = tdm_case_get_level (record, cell.row);
  switch ((int)cell.kind)
    {
    case TDM_CELL_LEVEL_TIME:
      return tdm_moment_format_people (&entry->time, tdm_case_get_start (record));
    case TDM_CELL_LEVEL_TIME_TO:
      return entry->time_uncertain ? tdm_moment_format_people (
                 &entry->time_to, tdm_case_get_start (record))
                                   : g_strdup ("");
    case TDM_CELL_LEVEL_WEIGHT:
      return entry->weight == 1 ? g_strdup ("") : number_text (entry->weight);
    case TDM_CELL_LEVEL_UNIT:
      return g_strdup (entry->unit);
    case TDM_CELL_LEVEL_OUTPUT:
      return g_strdup (entry->output != NULL ? entry->output : "");
    default:
      break;
    }
  g_autofree char *value = number_text (entry->value);
  return g_strconcat (entry->censor == TDM_CENSOR_BELOW   ? "<"
                      : entry->censor == TDM_CENSOR_ABOVE ? ">"
                                                          : "",
                      value, NULL);
}

static char *
patient_text (const TdmPatient *patient, TdmCellKind kind)
{
  const char *text = kind == TDM_CELL_PATIENT_NAME ? patient->name
                     : kind == TDM_CELL_PATIENT_ID ? patient->id
                                                   : patient->birth;
  return g_strdup (text != NULL ? text : "");
}

char *
tdm_sheet_text (const TdmCase *record, const GPtrArray *rows, TdmCell cell)
{
  switch (tdm_cell_section (cell.kind))
    {
    case TDM_SECTION_PATIENT:
      return patient_text (tdm_case_get_patient (record), cell.kind);
    case TDM_SECTION_COVARIATES:
      return covariate_text (record, rows, cell);
    case TDM_SECTION_DOSES:
      return dose_text (record, cell);
    case TDM_SECTION_LEVELS:
      return level_text (record, cell);
    case TDM_SECTION_DIALYSIS:
      return tdm_sheet_dialysis_text (record, cell);
    case TDM_SECTION_TARGET:
      return tdm_sheet_target_text (record, cell.kind);
    case TDM_SECTION_OPTIONS:
      return tdm_sheet_option_text (record, cell.kind);
    default:
      return g_strdup ("");
    }
}

char **
tdm_sheet_unit_choices (const char *like, const char *present, double molar_mass_g_mol)
{
  static const char *const known[] = {
    "kg",           "g",      "lb",   "mg",     "ug",
    "IU",           "cm",     "m",    "in",     "y",
    "wk",           "d",      "mg/L", "ng/mL",  "ug/L",
    "mg/dL",        "g/L",    "g/dL", "umol/L", "nmol/L",
    "IU/L",         "mL/min", "L/h",  "%",      "1",
    "mL/min/1.73m2"
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean has_like = FALSE, has_present = present == NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      double factor;
      if (like == NULL
          || !tdm_unit_convert (1, known[i], like, molar_mass_g_mol, &factor, NULL)
          || factor < 1e-3 || factor > 2e3)
        continue;
      g_strv_builder_add (builder, known[i]);
      has_like |= strcmp (known[i], like) == 0;
      has_present |= present != NULL && strcmp (known[i], present) == 0;
    }
  if (like != NULL && !has_like)
    g_strv_builder_add (builder, like);
  if (!has_present && g_strcmp0 (like, present) != 0)
    g_strv_builder_add (builder, present);
  return g_strv_builder_end (builder);
}
