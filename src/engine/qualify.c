/* A check that has random effects estimated becomes a case like any other and takes the
 * same way: case file, problem, fit. */
#include "engine/qualify.h"

#include "engine/map.h"
#include "record/case-file.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *
covariates_json (const TdmModel *model, const double *values)
{
  json_t *list = json_array ();

  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (isnan (values[i]) || g_str_equal (c->name, "sex"))
        continue;
      json_t *value = c->categories != NULL
                          ? json_string (c->categories[(guint)values[i]])
                          : json_real (values[i]);
      json_array_append_new (list, json_pack ("{s:s, s:o, s:s*}", "name", c->name,
                                              "value", value, "unit", c->unit));
    }
  return list;
}

/* Sex stands in a case with the patient. */
static json_t *
patient_json (const TdmModel *model, const double *values)
{
  int sex = tdm_model_find_covariate (model, "sex");
  json_t *patient = json_object ();

  if (sex >= 0 && !isnan (values[sex]))
    json_object_set_new (patient, "sex",
                         json_string (values[sex] != 0.0 ? "female" : "male"));
  return patient;
}

static json_t *
doses_json (const TdmModel *model, const TdmCheckTask *task)
{
  json_t *list = json_array ();

  for (guint i = 0; i < task->n_doses; i++)
    {
      const TdmPkDose *dose = &task->doses[i];
      json_t *item =
          json_pack ("{s:f, s:f, s:s, s:s}", "time", dose->time_h, "amount",
                     dose->amount_mg, "unit", tdm_model_get_amount_unit (model),
                     "route", tdm_model_get_route (model, task->routes[i])->name);
      if (dose->duration_h > 0.0)
        json_object_set_new (item, "duration", json_real (dose->duration_h));
      if (dose->interval_h > 0.0)
        json_object_set_new (item, "interval", json_real (dose->interval_h));
      if (dose->steady_state)
        json_object_set_new (item, "steady_state", json_true ());
      else if (dose->interval_h > 0.0)
        json_object_set_new (item, "count", json_integer (dose->count));
      json_array_append_new (list, item);
    }
  return list;
}

static json_t *
levels_json (const TdmModel *model, const TdmCheckTask *task)
{
  json_t *list = json_array ();

  for (guint i = 0; i < task->n_observed; i++)
    {
      const TdmCheckObserved *observed = &task->observed[i];
      const TdmModelOutput *output = tdm_model_get_output (model, observed->output);
      json_array_append_new (list,
                             json_pack ("{s:f, s:f, s:s, s:s}", "time",
                                        observed->time_h, "value", observed->value,
                                        "unit", output->unit, "output", output->name));
    }
  return list;
}

static TdmCase *
make_case (const TdmModel *model, const TdmCheckTask *task, GError **error)
{
  json_t *root = json_pack (
      "{s:s, s:s, s:o, s:o, s:o, s:o}", "format", "titrate-case/1", "model",
      tdm_model_get_id (model), "patient", patient_json (model, task->covariates),
      "covariates", covariates_json (model, task->covariates), "doses",
      doses_json (model, task), "levels", levels_json (model, task));
  char *text = json_dumps (root, 0);
  TdmCase *record = tdm_case_file_parse (text, strlen (text), error);

  free (text);
  json_decref (root);
  return record;
}

static gboolean
estimate (TdmModel *model, const TdmCheckTask *task, GHashTable *eta, double *objective,
          GError **error)
{
  g_autoptr (TdmCase) record = make_case (model, task, error);
  g_autoptr (TdmProblem) problem =
      record != NULL ? tdm_problem_new (record, model, error) : NULL;
  g_autoptr (TdmFit) fit =
      problem != NULL ? tdm_map_fit (problem, NULL, NULL, error) : NULL;

  if (fit == NULL)
    return FALSE;
  *objective = fit->converged ? fit->objective : NAN;
  for (guint i = 0; i < fit->n; i++)
    g_hash_table_insert (eta, g_strdup (tdm_problem_get_effect_name (problem, i)),
                         g_memdup2 (&fit->eta[i], sizeof fit->eta[i]));
  return TRUE;
}

GPtrArray *
tdm_qualify_model (TdmModel *model, GError **error)
{
  return tdm_model_run_checks_with (model, estimate, error);
}

guint
tdm_qualify_count_failed (const GPtrArray *lines)
{
  guint failed = 0;

  for (guint i = 0; i < lines->len; i++)
    failed += ((const TdmCheckLine *)lines->pdata[i])->passed ? 0 : 1;
  return failed;
}
