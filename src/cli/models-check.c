/* titrate-cli models check: the reference checks that ship with each model. */
#include "cli/cli.h"

#include "base/error.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "model/check.h"
#include "model/library.h"

/* The models named by the arguments after the first, all bundled ones when none is. */
static GPtrArray *
named_models (const TdmCliOptions *options, GError **error)
{
  guint n = g_strv_length (options->arguments);
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
check_json (const TdmCheckLine *line)
{
  return json_pack ("{s:s, s:s, s:s*, s:o, s:o, s:o, s:b, s:s*}", "check", line->name,
                    "quantity", line->quantity, "unit", line->unit, "expected",
                    tdm_json_real (line->expected), "got", tdm_json_real (line->got),
                    "tolerance", tdm_json_real (line->tolerance), "passed",
                    line->passed, "source", line->source);
}

static json_t *
model_json (const TdmModel *model, const GPtrArray *lines, guint failed)
{
  json_t *checks = json_array ();
  for (guint i = 0; i < lines->len; i++)
    json_array_append_new (checks, check_json (lines->pdata[i]));
  return json_pack ("{s:s, s:s, s:i, s:i, s:o}", "id", tdm_model_get_id (model),
                    "sha256", tdm_model_get_sha256 (model), "passed",
                    (int)(lines->len - failed), "failed", (int)failed, "checks",
                    checks);
}

static void
print_model (const TdmModel *model, const GPtrArray *lines, GString *out)
{
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lllrrl");
  tdm_cli_table_add_row (table, "", "check", "quantity", "expected", "got", "unit",
                         NULL);
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = lines->pdata[i];
      tdm_cli_table_add_row (table, line->passed ? "ok" : "FAIL", line->name,
                             line->quantity, NULL);
      tdm_cli_table_add_number (table, line->expected);
      tdm_cli_table_add_number (table, line->got);
      tdm_cli_table_add_text (table, line->unit);
    }
  g_string_append_printf (out, "%s\n", tdm_model_get_id (model));
  tdm_cli_table_print (table, 2, out);
  g_string_append_c (out, '\n');
}

static guint
count_failed (const GPtrArray *lines)
{
  guint failed = 0;
  for (guint i = 0; i < lines->len; i++)
    failed += !((const TdmCheckLine *)lines->pdata[i])->passed;
  return failed;
}

/* What the models checked so far gave. */
typedef struct
{
  json_t *list;
  GString *text;
  guint checks, failed;
} Summary;

static gboolean
check_model (TdmModel *model, Summary *summary, GError **error)
{
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, error);
  if (!lines)
    return FALSE;
  guint failed = count_failed (lines);
  json_array_append_new (summary->list, model_json (model, lines, failed));
  print_model (model, lines, summary->text);
  summary->checks += lines->len;
  summary->failed += failed;
  return TRUE;
}

static gboolean
check_all (const GPtrArray *models, Summary *summary, GError **error)
{
  for (guint i = 0; i < models->len; i++)
    if (!check_model (models->pdata[i], summary, error))
      return FALSE;
  g_string_append_printf (summary->text, "%u models, %u checks, %u failed\n",
                          models->len, summary->checks, summary->failed);
  return TRUE;
}

gboolean
tdm_cli_models_check (const TdmCliOptions *options, TdmCliAnswer *answer,
                      GError **error)
{
  g_autoptr (GPtrArray) models = named_models (options, error);
  g_autoptr (GString) text = g_string_new (NULL);
  Summary summary = { .list = json_array (), .text = text };
  gboolean done = models && check_all (models, &summary, error);
  if (done && options->json)
    tdm_cli_print_json (json_pack ("{s:s, s:s, s:O}", "format", "titrate-checks/1",
                                   "version", TDM_VERSION, "models", summary.list),
                        answer->text);
  else if (done)
    g_string_append_len (answer->text, text->str, (gssize)text->len);
  json_decref (summary.list);
  if (done && summary.failed > 0)
    {
      answer->status = TDM_ERROR_NO_ANSWER;
      answer->warning =
          g_strdup_printf ("%u of %u checks failed", summary.failed, summary.checks);
    }
  return done;
}
