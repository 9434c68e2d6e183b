/* How a dose is given: its salt, what it does to what was given before, and which of a
 * repeated line were missed. */
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet-private.h"
#include "base/clock.h"

static TdmCase *
replace_dose (const TdmSheet *self, guint dose, const TdmDoseEntry *entry,
              GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  tdm_case_edit_replace_dose (edit, dose, entry);
  return tdm_case_edit_finish (edit, error);
}

static const TdmModelSalt *
find_salt (const TdmModel *model, const char *name)
{
  for (guint i = 0; model != NULL && name != NULL && i < tdm_model_get_n_salts (model);
       i++)
    if (g_ascii_strcasecmp (tdm_model_get_salt (model, i)->name, name) == 0)
      return tdm_model_get_salt (model, i);
  return NULL;
}

/* A salt that is counted in moles changes the unit with it, so that the number is never
 * read in the wrong one. */
TdmCase *
tdm_sheet_set_salt (const TdmSheet *self, guint dose, const char *salt, GError **error)
{
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);
  const char *before = tdm_salt_unit (find_salt (self->model, entry.salt));
  const char *after = tdm_salt_unit (find_salt (self->model, salt));

  entry.salt = (char *)salt;
  if (strcmp (before, after) != 0)
    entry.unit = (char *)after;
  return replace_dose (self, dose, &entry, error);
}

/* Whether entry `i` of the covariates is of the model's covariate `c`. */
static gboolean
is_entry_of (const TdmSheet *self, guint i, guint c)
{
  return g_ascii_strcasecmp (tdm_case_get_covariate (self->record, i)->name,
                             tdm_model_get_covariate (self->model, c)->name)
         == 0;
}

/* The formulation that the covariate `c` says at a time; the first entry also holds
 * before. NULL where it says none. */
static const char *
formulation_at (const TdmSheet *self, guint c, double time_h)
{
  const TdmCovariateEntry *best = NULL;
  char **categories = tdm_model_get_covariate (self->model, c)->categories;

  for (guint i = 0; i < tdm_case_get_n_covariates (self->record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (self->record, i);
      if (!is_entry_of (self, i, c))
        continue;
      const double at = entry->time.hours;
      if (best == NULL
          || (at <= time_h ? at >= best->time.hours || best->time.hours > time_h
                           : at < best->time.hours))
        best = entry;
    }
  if (best == NULL || best->text != NULL)
    return best != NULL ? best->text : NULL;
  return best->value >= 0 && best->value < g_strv_length (categories)
             ? categories[(guint)best->value]
             : NULL;
}

/* What the covariate `c` says comes to be said by the doses. */
static void
move_formulations (const TdmSheet *self, TdmCaseEdit *edit, guint c)
{
  for (guint i = 0; i < tdm_case_get_n_doses (self->record); i++)
    {
      TdmDoseEntry entry = *tdm_case_get_dose (self->record, i);
      const char *said = formulation_at (self, c, entry.time.hours);
      if (said == NULL || entry.formulation != NULL)
        continue;
      entry.formulation = (char *)said;
      tdm_case_edit_replace_dose (edit, i, &entry);
    }
  for (guint i = tdm_case_get_n_covariates (self->record); i-- > 0;)
    if (is_entry_of (self, i, c))
      tdm_case_edit_remove_covariate (edit, i);
}

TdmCase *
tdm_sheet_set_formulation (const TdmSheet *self, guint dose, const char *formulation,
                           GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);
  guint covariate, category;

  if (self->model != NULL && formulation != NULL
      && tdm_model_find_formulation (self->model, formulation, &covariate, &category))
    move_formulations (self, edit, covariate);
  entry.formulation = (char *)formulation;
  if (self->model != NULL && formulation != NULL
      && tdm_model_route_of (self->model, entry.route, formulation) == NULL)
    entry.route = NULL;
  tdm_case_edit_replace_dose (edit, dose, &entry);
  return tdm_case_edit_finish (edit, error);
}

/* Whether the covariate changes while the doses of one line go on. */
static gboolean
changes_within_line (const TdmSheet *self, guint c)
{
  for (guint d = 0; d < tdm_case_get_n_doses (self->record); d++)
    {
      const TdmDoseEntry *line = tdm_case_get_dose (self->record, d);
      const double last_h =
          line->time.hours + (line->count > 1 ? line->count - 1 : 0) * line->interval_h;
      if (g_strcmp0 (formulation_at (self, c, line->time.hours),
                     formulation_at (self, c, last_h))
          != 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
tdm_sheet_takes_formulation (const TdmSheet *self, const char *formulation)
{
  guint covariate, category;

  return self->model != NULL
         && tdm_model_find_formulation (self->model, formulation, &covariate, &category)
         && !changes_within_line (self, covariate);
}

gboolean
tdm_dose_has_flag (const TdmDoseEntry *dose, TdmDoseFlag flag)
{
  return flag == TDM_DOSE_ADDED     ? dose->added
         : flag == TDM_DOSE_STOPPED ? dose->stopped
         : flag == TDM_DOSE_RESET   ? dose->reset
                                    : dose->at_rate;
}

TdmCase *
tdm_sheet_set_dose_flag (const TdmSheet *self, guint dose, TdmDoseFlag flag,
                         gboolean on, GError **error)
{
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);

  if (flag == TDM_DOSE_ADDED)
    entry.added = on;
  else if (flag == TDM_DOSE_STOPPED)
    {
      entry.stopped = on;
      entry.count = 1;
    }
  else if (flag == TDM_DOSE_RESET)
    entry.reset = on;
  else
    entry.at_rate = on;
  return replace_dose (self, dose, &entry, error);
}

/* What a line does to what was before it, where its first dose was missed. */
static void
insert_without_dose (TdmCaseEdit *edit, guint at, const TdmDoseEntry *line)
{
  TdmDoseEntry entry = *line;

  entry.count = 1;
  if (line->steady_state)
    entry.stopped = TRUE;
  else
    {
      entry.amount = 0;
      entry.interval_h = entry.duration_h = 0;
      entry.at_rate = FALSE;
    }
  tdm_case_edit_insert_dose (edit, at, &entry);
}

/* Doses `from` … `to` - 1 of the line. */
static void
insert_run (const TdmSheet *self, TdmCaseEdit *edit, guint at, const TdmDoseEntry *line,
            guint from, guint to)
{
  GDateTime *start = tdm_case_get_start (self->record);
  TdmDoseEntry entry = *line;
  g_autofree char *text = NULL;

  entry.count = to - from;
  if (from > 0)
    {
      entry.time.hours += from * line->interval_h;
      g_autoptr (GDateTime) time = tdm_moment_to_time (&entry.time, start);
      text = line->time.text != NULL && time != NULL ? tdm_clock_format (time) : NULL;
      entry.time.text = text;
      entry.steady_state = entry.added = entry.stopped = entry.reset = FALSE;
    }
  tdm_case_edit_insert_dose (edit, at, &entry);
}

TdmCase *
tdm_sheet_split_doses (const TdmSheet *self, guint dose, GError **error)
{
  const TdmDoseEntry *line = tdm_case_get_dose (self->record, dose);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  tdm_case_edit_remove_dose (edit, dose);
  for (guint i = 0; i < line->count; i++)
    insert_run (self, edit, dose + i, line, i, i + 1);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_miss_doses (const TdmSheet *self, guint dose, const gboolean *missed,
                      GError **error)
{
  const TdmDoseEntry *line = tdm_case_get_dose (self->record, dose);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  guint at = dose, n = line->count;

  tdm_case_edit_remove_dose (edit, dose);
  if (missed[0] && (line->steady_state || line->reset))
    insert_without_dose (edit, at++, line);
  for (guint from = 0; from < n;)
    {
      guint to = from;
      while (to < n && !missed[to])
        to++;
      if (to > from)
        insert_run (self, edit, at++, line, from, to);
      from = to + 1;
    }
  return tdm_case_edit_finish (edit, error);
}
