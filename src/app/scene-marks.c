/* What happened beside doses and levels, as marks of the plot. */
#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "app/scene-builder.h"
#include "base/number.h"
#include "base/unit.h"

static gboolean
is_yes_or_no (const TdmModelCovariate *covariate)
{
  return covariate != NULL && covariate->unit == NULL && covariate->categories == NULL
         && covariate->limit_low == 0 && covariate->limit_high == 1;
}

char *
tdm_scene_builder_covariate_text (const TdmModel *model, const TdmCovariateEntry *entry)
{
  int index = tdm_model_find_covariate (model, entry->name);
  const TdmModelCovariate *covariate =
      index >= 0 ? tdm_model_get_covariate (model, (guint)index) : NULL;
  const char *title =
      covariate != NULL && covariate->title != NULL ? covariate->title : entry->name;
  if (entry->text != NULL)
    return g_strdup_printf ("%s %s", title, entry->text);
  if (is_yes_or_no (covariate) && (entry->value == 0 || entry->value == 1))
    return g_strdup_printf ("%s: %s", title, entry->value > 0 ? "yes" : "no");
  g_autofree char *value = tdm_number_format (entry->value, 5);
  if (entry->unit == NULL || g_str_equal (entry->unit, "1"))
    return g_strdup_printf ("%s %s", title, value);
  g_autofree char *unit = tdm_unit_display (entry->unit);
  return g_strdup_printf ("%s %s %s", title, value, unit);
}

static guint
count_entries (const TdmCase *record, const char *name)
{
  guint n = 0;
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    n += g_str_equal (tdm_case_get_covariate (record, i)->name, name);
  return n;
}

void
tdm_scene_builder_add_marks (TdmScene *scene, const TdmResult *result)
{
  const TdmCase *record = result->record;
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      if (count_entries (record, entry->name) < 2)
        continue;
      g_autofree char *label = tdm_scene_builder_covariate_text (result->model, entry);
      tdm_scene_add_mark (scene, entry->time.hours, label);
    }
  for (guint i = 0; i < tdm_case_get_n_dialyses (record); i++)
    {
      const TdmDialysisEntry *session = tdm_case_get_dialysis (record, i);
      g_autofree char *span = tdm_hours_words (session->duration_h);
      g_autofree char *label = g_strdup_printf ("Dialysis, %s", span);
      tdm_scene_add_mark (scene, session->time.hours, label);
    }
}
