/* titrate-cli models: list and show. */
#include "cli/cli.h"

#include "cli/models-drug.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "model/library.h"

#include <math.h>

static json_t *
identity_json (const TdmModel *model)
{
  const TdmModelText *text = tdm_model_get_text (model);
  return json_pack ("{s:s, s:s*, s:s*, s:s*, s:s*, s:s?, s:s*, s:s*, s:s*, s:s}", "id",
                    text->id, "drug", text->drug, "title", text->title, "version",
                    text->version, "reference", text->reference, "doi", text->doi,
                    "population", text->population, "status", text->status, "limits",
                    text->limits, "sha256", tdm_model_get_sha256 (model));
}

static json_t *
range_json (double low, double high)
{
  return json_pack ("[o, o]", tdm_json_real (low), tdm_json_real (high));
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
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lll");
  tdm_cli_table_add_row (table, "id", "verified", "title", NULL);
  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelText *text = tdm_model_get_text (models->pdata[i]);
      tdm_cli_table_add_text (table, text->id);
      tdm_cli_table_add_text (table, text->status);
      tdm_cli_table_add_text (table, text->title);
    }
  tdm_cli_table_print (table, 0, out);
}

static gboolean
list_models (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) > 1)
    return tdm_cli_usage (error, "models list takes no model");
  g_autoptr (GPtrArray) models = tdm_library_load_all (error);
  if (!models)
    return FALSE;
  json_t *list = options->json ? json_array () : NULL;
  for (guint i = 0; list && i < models->len; i++)
    json_array_append_new (list, identity_json (models->pdata[i]));
  if (list)
    tdm_cli_print_json (
        json_pack ("{s:s, s:o}", "format", "titrate-models/1", "models", list),
        answer->text);
  else
    print_list (models, answer->text);
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

gboolean
tdm_cli_models (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  const char *what = options->arguments[0] ? options->arguments[0] : "list";
  if (g_str_equal (what, "list"))
    return list_models (options, answer, error);
  if (g_str_equal (what, "show"))
    return show_model (options, answer, error);
  if (g_str_equal (what, "check"))
    return tdm_cli_models_check (options, answer, error);
  return tdm_cli_usage (error, "models: \"%s\" is none of list, show, check", what);
}
