/* titrate-cli models: list, show and check. */
#include "cli/cli.h"

#include "base/error.h"
#include "engine/result-json.h"
#include "model/check.h"
#include "model/library.h"

#include <math.h>
#include <string.h>

/* The models named by the arguments after the first, all bundled ones when none is. */
static GPtrArray *
named_models (const TdmCliOptions *options, GError **error)
{
  guint n = options->arguments ? g_strv_length (options->arguments) : 0;
  if (n <= 1)
    return tdm_library_load_all (error);
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);
  for (guint i = 1; i < n; i++)
    {
      TdmModel *model = tdm_library_load (options->arguments[i], error);
      if (!model)
        return NULL;
      g_ptr_array_add (models, model);
    }
  return g_steal_pointer (&models);
}

static json_t *
model_json (TdmModel *model)
{
  const TdmModelText *text = tdm_model_get_text (model);
  return json_pack ("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s}", "id",
                    text->id, "drug", text->drug, "title", text->title, "version",
                    text->version, "reference", text->reference, "doi", text->doi,
                    "population", text->population, "status", text->status, "limits",
                    text->limits, "sha256", tdm_model_get_sha256 (model));
}

static gboolean
list_models (const TdmCliOptions *options, GError **error)
{
  g_autoptr (GPtrArray) models = tdm_library_load_all (error);
  if (!models)
    return FALSE;
  json_t *list = json_array ();
  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelText *text = tdm_model_get_text (models->pdata[i]);
      if (!options->json)
        g_print ("%-30s %s  %s\n", text->id, text->status ? text->status : "-",
                 text->title);
      json_array_append_new (list, model_json (models->pdata[i]));
    }
  if (options->json)
    tdm_cli_print_json (
        json_pack ("{s:s, s:o}", "format", "titrate-models/1", "models", list));
  else
    json_decref (list);
  return TRUE;
}

static void
print_field (const char *title, const char *text)
{
  if (text && *text)
    g_print ("%s\n  %s\n", title, text);
}

static void
print_covariates (const TdmModel *model)
{
  g_print ("Covariates\n");
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      g_print ("  %-8s %s", c->name, c->title);
      if (c->unit)
        g_print (", %s", c->unit);
      if (!c->categories && isfinite (c->studied_low) && isfinite (c->studied_high))
        g_print (", studied %g to %g", c->studied_low, c->studied_high);
      g_print ("%s\n", c->derived ? " (computed unless given)" : "");
    }
}

static gboolean
show_model (const TdmCliOptions *options, GError **error)
{
  if (g_strv_length (options->arguments) != 2)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE, "models show needs one model id");
      return FALSE;
    }
  g_autoptr (TdmModel) model = tdm_library_load (options->arguments[1], error);
  if (!model)
    return FALSE;
  const TdmModelText *text = tdm_model_get_text (model);
  if (options->json)
    {
      tdm_cli_print_json (model_json (model));
      return TRUE;
    }
  g_print ("%s\n%s, version %s, sha256 %s\n", text->title, text->id,
           text->version ? text->version : "-", tdm_model_get_sha256 (model));
  print_field ("Verified", text->status_text);
  print_field ("Source", text->reference);
  print_field ("DOI", text->doi);
  print_field ("Built from", text->population);
  print_field ("Limits", text->limits);
  print_field ("Parameters", text->equations);
  print_covariates (model);
  return TRUE;
}

static json_t *
check_json (const TdmCheckLine *line)
{
  return json_pack ("{s:s, s:s, s:s*, s:o, s:o, s:o, s:b, s:s*}", "check", line->name,
                    "quantity", line->quantity, "unit", line->unit, "expected",
                    tdm_json_real (line->expected), "got", tdm_json_real (line->got),
                    "tolerance", tdm_json_real (line->tolerance), "passed",
                    line->passed, "source", line->source);
}

static void
print_check (const TdmCheckLine *line)
{
  g_print ("  %-4s %-24s %-16s expected %.6g, got %.6g %s\n",
           line->passed ? "ok" : "FAIL", line->name, line->quantity, line->expected,
           line->got, line->unit ? line->unit : "");
}

/* Runs one model's checks; counts failures. */
static gboolean
check_model (TdmModel *model, gboolean json, json_t *list, guint *failures,
             GError **error)
{
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, error);
  if (!lines)
    return FALSE;
  json_t *checks = json_array ();
  guint failed = 0;
  if (!json)
    g_print ("%s\n", tdm_model_get_id (model));
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = lines->pdata[i];
      failed += !line->passed;
      json_array_append_new (checks, check_json (line));
      if (!json)
        print_check (line);
    }
  json_array_append_new (list, json_pack ("{s:s, s:s, s:i, s:i, s:o}", "id",
                                          tdm_model_get_id (model), "sha256",
                                          tdm_model_get_sha256 (model), "passed",
                                          (int)(lines->len - failed), "failed",
                                          (int)failed, "checks", checks));
  *failures += failed;
  return TRUE;
}

static gboolean
check_models (const TdmCliOptions *options, int *status, GError **error)
{
  g_autoptr (GPtrArray) models = named_models (options, error);
  guint failures = 0;
  if (!models)
    return FALSE;
  json_t *list = json_array ();
  for (guint i = 0; i < models->len; i++)
    if (!check_model (models->pdata[i], options->json, list, &failures, error))
      {
        json_decref (list);
        return FALSE;
      }
  *status = failures ? TDM_ERROR_NO_ANSWER : 0;
  if (options->json)
    tdm_cli_print_json (json_pack ("{s:s, s:s, s:o}", "format", "titrate-checks/1",
                                   "version", TDM_VERSION, "models", list));
  else
    {
      json_decref (list);
      g_print ("%u of %u models checked, %u checks failed\n", models->len, models->len,
               failures);
    }
  return TRUE;
}

gboolean
tdm_cli_models (const TdmCliOptions *options, int *status, GError **error)
{
  const char *what =
      options->arguments && options->arguments[0] ? options->arguments[0] : "list";
  if (g_str_equal (what, "list"))
    return list_models (options, error);
  if (g_str_equal (what, "show"))
    return show_model (options, error);
  if (g_str_equal (what, "check"))
    return check_models (options, status, error);
  g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
               "models: \"%s\" is none of list, show, check", what);
  return FALSE;
}
