/* titrate-cli models: list and show. */
#include "cli/cli.h"

#include "cli/models-drug.h"
#include "base/error.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/qualify.h"
#include "model/library.h"
#include "model/trust.h"

#include <math.h>

static json_t *
number_or_null (double value)
{
  return isfinite (value) ? tdm_json_real (value) : json_null ();
}

static json_t *
range_json (double low, double high)
{
  return json_pack ("[o, o]", tdm_json_real (low), tdm_json_real (high));
}

static json_t *
people_range_json (const TdmModelRange *range, const char *unit)
{
  if (isnan (range->low) && isnan (range->high) && isnan (range->median))
    return json_null ();
  return json_pack ("{s:o, s:o, s:o, s:s}", "low", number_or_null (range->low), "high",
                    number_or_null (range->high), "median",
                    number_or_null (range->median), "unit", unit);
}

static json_t *
studied_json (const TdmModel *model)
{
  json_t *studied = json_object ();
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (c->categories == NULL)
        json_object_set_new (studied, c->name,
                             json_pack ("{s:o, s:s}", "range",
                                        range_json (c->studied_low, c->studied_high),
                                        "unit", c->unit ? c->unit : "1"));
    }
  return studied;
}

static json_t *
groups_json (guint groups)
{
  json_t *list = json_array ();
  for (guint bit = 1; bit <= groups; bit <<= 1)
    if (groups & bit)
      json_array_append_new (list, json_string (tdm_group_name (bit)));
  return list;
}

static json_t *
count_json (guint count)
{
  return count > 0 ? json_integer (count) : json_null ();
}

/* The people a model was built from, null where it does not say, and the ranges of
 * covariates that were studied. */
static json_t *
people_json (const TdmModel *model)
{
  const TdmModelPeople *people = tdm_model_get_people (model);
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:o, s:s}", "n",
                    count_json (people->n), "levels", count_json (people->n_levels),
                    "age", people_range_json (&people->age, "y"), "weight",
                    people_range_json (&people->weight, "kg"), "renal",
                    people_range_json (&people->renal, "mL/min"), "bmi",
                    people_range_json (&people->bmi, "kg/m2"), "groups",
                    groups_json (people->groups), "setting", people->setting, "studied",
                    studied_json (model), "text",
                    tdm_model_get_text (model)->population);
}

/* Status C is one source only: not verified. */
static gboolean
is_verified (const TdmModelText *text)
{
  return !g_str_equal (text->status, "C");
}

static json_t *
identity_json (const TdmModel *model)
{
  const TdmModelText *text = tdm_model_get_text (model);
  const TdmOrigin origin = tdm_trust_origin (model);
  g_autofree char *accepted =
      origin == TDM_ORIGIN_ALTERED ? tdm_trust_dup_accepted (model) : NULL;
  return json_pack (
      "{s:s, s:s*, s:s*, s:s*, s:s*, s:s?, s:s*, s:o, s:s*, s:s*, s:b, s:b, s:s*, s:s, "
      "s:s, s:s*}",
      "id", text->id, "drug", text->drug, "title", text->title, "version",
      text->version, "reference", text->reference, "doi", text->doi, "population",
      text->population, "people", people_json (model), "status", text->status,
      "status_text", text->status_text, "verified", is_verified (text), "teaching",
      text->teaching, "limits", text->limits, "sha256", tdm_model_get_sha256 (model),
      "origin", tdm_trust_origin_name (origin), "accepted", accepted);
}

/* Runs the model's checks. */
static json_t *
checked_json (TdmModel *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = tdm_qualify_model (model, &error);
  json_t *out = identity_json (model);
  guint failed = 0;
  for (guint i = 0; lines && i < lines->len; i++)
    failed += !((const TdmCheckLine *)lines->pdata[i])->passed;
  json_object_set_new (out, "checks",
                       lines ? json_pack ("{s:i, s:i}", "passed",
                                          (int)(lines->len - failed), "failed",
                                          (int)failed)
                             : json_pack ("{s:s}", "error", error->message));
  return out;
}

static json_t *
covariates_json (const TdmModel *model)
{
  json_t *list = json_array ();
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      json_t *item =
          json_pack ("{s:s, s:s*, s:s*, s:b, s:b, s:o, s:o}", "name", c->name, "title",
                     c->title, "unit", c->unit, "derived", c->derived, "needed",
                     c->needed, "studied", range_json (c->studied_low, c->studied_high),
                     "allowed", range_json (c->limit_low, c->limit_high));
      json_t *categories = c->categories ? json_array () : NULL;
      for (guint k = 0; categories && c->categories[k]; k++)
        json_array_append_new (categories, json_string (c->categories[k]));
      if (categories)
        json_object_set_new (item, "categories", categories);
      json_array_append_new (list, item);
    }
  return list;
}

static json_t *
parameters_json (const TdmModel *model)
{
  json_t *list = json_array ();
  for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
    json_array_append_new (
        list, json_pack ("{s:s, s:s*}", "name", tdm_model_get_parameter_name (model, i),
                         "unit", tdm_model_get_parameter_unit (model, i)));
  return list;
}

/* The random effects and their covariance matrix, row by row. */
static json_t *
effects_json (const TdmModel *model, gboolean of_occasions)
{
  json_t *names = json_array (), *rows = json_array ();
  guint n = of_occasions ? tdm_model_get_n_occasion_effects (model)
                         : tdm_model_get_n_effects (model);
  const double *omega =
      of_occasions ? tdm_model_get_occasion_omega (model) : tdm_model_get_omega (model);
  for (guint i = 0; i < n; i++)
    {
      json_t *row = json_array ();
      for (guint k = 0; k < n; k++)
        json_array_append_new (row, tdm_json_real (omega[i * n + k]));
      json_array_append_new (rows, row);
      json_array_append_new (
          names,
          json_string (of_occasions ? tdm_model_get_occasion_effect_name (model, i)
                                    : tdm_model_get_effect_name (model, i)));
    }
  return json_pack ("{s:o, s:o}", "names", names, "values", rows);
}

static json_t *
routes_json (const TdmModel *model)
{
  json_t *list = json_array ();
  for (guint i = 0; i < tdm_model_get_n_routes (model); i++)
    {
      const TdmModelRoute *route = tdm_model_get_route (model, i);
      json_array_append_new (list, json_pack ("{s:s, s:s*, s:b}", "name", route->name,
                                              "title", route->title, "infusion",
                                              route->infusion));
    }
  return list;
}

static json_t *
outputs_json (const TdmModel *model)
{
  json_t *list = json_array ();
  for (guint i = 0; i < tdm_model_get_n_outputs (model); i++)
    {
      const TdmModelOutput *output = tdm_model_get_output (model, i);
      json_array_append_new (list,
                             json_pack ("{s:s, s:s*, s:s}", "name", output->name,
                                        "title", output->title, "unit", output->unit));
    }
  return list;
}

static json_t *
model_json (const TdmModel *model)
{
  json_t *out = identity_json (model);
  json_object_set_new (out, "format", json_string ("titrate-model-description/1"));
  json_object_set_new (out, "covariates", covariates_json (model));
  json_object_set_new (out, "parameters", parameters_json (model));
  json_object_set_new (out, "effects", effects_json (model, FALSE));
  if (tdm_model_get_n_occasion_effects (model) > 0)
    json_object_set_new (out, "occasion_effects", effects_json (model, TRUE));
  json_object_set_new (out, "routes", routes_json (model));
  json_object_set_new (out, "outputs", outputs_json (model));
  tdm_cli_add_drug_json (model, out);
  return out;
}

static void
print_list (const GPtrArray *models, GString *out)
{
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("llll");
  tdm_cli_table_add_row (table, "id", "verified", "origin", "title", NULL);
  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelText *text = tdm_model_get_text (models->pdata[i]);
      tdm_cli_table_add_text (table, text->id);
      tdm_cli_table_add_text (table, text->status);
      tdm_cli_table_add_text (
          table, tdm_trust_origin_name (tdm_trust_origin (models->pdata[i])));
      tdm_cli_table_add_text (table, text->title);
    }
  tdm_cli_table_print (table, 0, out);
}

static void
print_faults (const GPtrArray *faults, GString *out)
{
  for (guint i = 0; i < faults->len; i++)
    g_string_append_printf (out, "%sleft out: %s\n", i == 0 ? "\n" : "",
                            (const char *)faults->pdata[i]);
}

static json_t *
faults_json (const GPtrArray *faults)
{
  json_t *list = json_array ();
  for (guint i = 0; i < faults->len; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (faults->pdata[i], -1);
      json_array_append_new (list, json_string (valid));
    }
  return list;
}

static gboolean
list_models (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) > 1)
    return tdm_cli_usage (error, "models list takes no model");
  g_autoptr (GPtrArray) models = tdm_library_load_all (error);
  if (!models)
    return FALSE;
  g_autoptr (GPtrArray) faults = tdm_library_local_faults ();
  json_t *list = options->json ? json_array () : NULL;
  for (guint i = 0; list && i < models->len; i++)
    json_array_append_new (list, checked_json (models->pdata[i]));
  if (list)
    tdm_cli_print_json (json_pack ("{s:s, s:o, s:o}", "format", "titrate-models/1",
                                   "models", list, "left_out", faults_json (faults)),
                        answer->text);
  else
    {
      print_list (models, answer->text);
      print_faults (faults, answer->text);
    }
  return TRUE;
}

static void
print_field (const char *title, const char *text, GString *out)
{
  if (text && *text)
    g_string_append_printf (out, "\n%s\n  %s\n", title, text);
}

/* The section as written: each of its lines indented. */
static void
print_equations (const char *equations, GString *out)
{
  g_auto (GStrv) lines = g_strsplit (equations ? equations : "", "\n", -1);
  g_string_append (out, "\nParameters\n");
  for (guint i = 0; lines[i]; i++)
    if (*g_strstrip (lines[i]))
      g_string_append_printf (out, "  %s\n", lines[i]);
}

static char *
range_text (const TdmModelCovariate *c)
{
  if (c->categories)
    return g_strjoinv (", ", c->categories);
  if (!isfinite (c->studied_low) || !isfinite (c->studied_high))
    return g_strdup ("");
  return g_strdup_printf ("studied %g to %g", c->studied_low, c->studied_high);
}

static void
print_covariates (const TdmModel *model, GString *out)
{
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lllll");
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      g_autofree char *range = range_text (c);
      tdm_cli_table_add_row (table, c->name, c->title ? c->title : "",
                             c->unit ? c->unit : "", range,
                             c->derived ? "computed unless given" : "", NULL);
    }
  g_string_append (out, "\nCovariates\n");
  tdm_cli_table_print (table, 2, out);
}

static void
print_model (const TdmModel *model, GString *out)
{
  const TdmModelText *text = tdm_model_get_text (model);
  g_string_append_printf (out, "%s\n%s, version %s, sha256 %s\n", text->title, text->id,
                          text->version ? text->version : "-",
                          tdm_model_get_sha256 (model));
  g_autofree char *origin = tdm_trust_words (model);
  print_field ("Origin", origin, out);
  print_field ("Verified", text->status_text, out);
  print_field ("Source", text->reference, out);
  print_field ("DOI", text->doi, out);
  print_field ("Built from", text->population, out);
  print_field ("Limits", text->limits, out);
  print_equations (text->equations, out);
  print_covariates (model, out);
  tdm_cli_print_drug (model, out);
}

static gboolean
show_model (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) != 2)
    return tdm_cli_usage (error, "models show needs one model");
  g_autoptr (TdmModel) model = tdm_library_load (options->arguments[1], error);
  if (!model)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (model_json (model), answer->text);
  else
    print_model (model, answer->text);
  return TRUE;
}

static gboolean
accept_model (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) != 2)
    return tdm_cli_usage (error, "models accept needs one model");
  g_autoptr (TdmModel) model = tdm_library_load (options->arguments[1], error);
  if (!model)
    return FALSE;
  if (tdm_trust_origin (model) != TDM_ORIGIN_ALTERED)
    {
      g_autofree char *words = tdm_trust_words (model);
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE, "nothing to accept: %s", words);
      return FALSE;
    }
  if (!tdm_trust_accept (model, error))
    return FALSE;
  if (options->json)
    tdm_cli_print_json (identity_json (model), answer->text);
  else
    g_string_append_printf (answer->text, "%s, sha256 %s: accepted\n",
                            tdm_model_get_id (model), tdm_model_get_sha256 (model));
  return TRUE;
}

gboolean
tdm_cli_models (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  const char *what = options->arguments[0] ? options->arguments[0] : "list";
  if (g_str_equal (what, "import"))
    return tdm_cli_models_import (options, answer, error);
  if ((options->output && !g_str_equal (what, "check") && !g_str_equal (what, "new"))
      || options->id || options->dose_unit || options->dv_unit || options->time_unit
      || options->covariates)
    return tdm_cli_usage (error, "models %s takes no option but --json", what);
  if (g_str_equal (what, "list"))
    return list_models (options, answer, error);
  if (g_str_equal (what, "show"))
    return show_model (options, answer, error);
  if (g_str_equal (what, "new"))
    return tdm_cli_models_new (options, answer, error);
  if (g_str_equal (what, "lint"))
    return tdm_cli_models_lint (options, answer, error);
  if (g_str_equal (what, "check"))
    return tdm_cli_models_check (options, answer, error);
  if (g_str_equal (what, "accept"))
    return accept_model (options, answer, error);
  return tdm_cli_usage (
      error, "models: \"%s\" is none of list, show, check, accept, new, lint, import",
      what);
}
