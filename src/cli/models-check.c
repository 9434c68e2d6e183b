/* titrate-cli models check: the reference checks that ship with each model. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/number.h"
#include "cli/platform.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/qualify.h"
#include "model/library.h"
#include "model/trust.h"
#include "plot/document.h"

#include <math.h>

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
  return json_pack (
      "{s:s, s:s*, s:s, s:s, s:i, s:i, s:o}", "id", tdm_model_get_id (model), "version",
      tdm_model_get_text (model)->version, "sha256", tdm_model_get_sha256 (model),
      "origin", tdm_trust_origin_name (tdm_trust_origin (model)), "passed",
      (int)(lines->len - failed), "failed", (int)failed, "checks", checks);
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
  g_string_append_printf (out, "%s, version %s, %s, sha256 %s\n",
                          tdm_model_get_id (model), tdm_model_get_text (model)->version,
                          tdm_trust_origin_name (tdm_trust_origin (model)),
                          tdm_model_get_sha256 (model));
  tdm_cli_table_print (table, 2, out);
  g_string_append_c (out, '\n');
}

/* What the models checked so far gave. */
typedef struct
{
  TdmCliPlatform platform;
  json_t *list;
  GString *text;
  GPtrArray *lines; /* of GPtrArray* of TdmCheckLine*, one a model */
  guint models, checks, failed;
} Summary;

static void
summary_clear (Summary *self)
{
  tdm_cli_platform_clear (&self->platform);
  json_decref (self->list);
  g_string_free (self->text, TRUE);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Summary, summary_clear)

static const double check_stops[] = { 0.0, 0.08, 0.40, 0.58, 0.71, 0.84, 0.94 };

/* The number of a source among those told, from 1; it is told there when it is new. */
static guint
source_number (GPtrArray *sources, const char *source)
{
  guint i;
  if (g_ptr_array_find_with_equal_func (sources, source, g_str_equal, &i))
    return i + 1;
  g_ptr_array_add (sources, (gpointer)source);
  return sources->len;
}

static void
add_line (TdmDocument *document, const TdmCheckLine *line, GPtrArray *sources)
{
  g_autofree char *expected = tdm_number_format (line->expected, 6);
  g_autofree char *got =
      isfinite (line->got) ? tdm_number_format (line->got, 6) : g_strdup ("none");
  g_autofree char *source =
      g_strdup_printf ("[%u]", source_number (sources, line->source));
  const char *cells[] = { line->passed ? "ok" : "FAIL",
                          line->name,
                          line->quantity,
                          expected,
                          got,
                          line->unit,
                          source };
  tdm_document_add_row (document, cells, check_stops, G_N_ELEMENTS (cells));
}

static void
add_sources (TdmDocument *document, const GPtrArray *sources)
{
  for (guint i = 0; i < sources->len; i++)
    {
      static const double stops[] = { 0.0, 0.08 };
      g_autofree char *number = g_strdup_printf ("[%u]", i + 1);
      const char *cells[] = { number, sources->pdata[i] };
      tdm_document_add_row (document, cells, stops, G_N_ELEMENTS (cells));
    }
}

static void
document_model (TdmDocument *document, const TdmModel *model, const GPtrArray *lines)
{
  static const char *const titles[] = { "",         "check", "quantity", "expected",
                                        "computed", "unit",  "source" };
  const TdmModelText *text = tdm_model_get_text (model);
  g_autoptr (GPtrArray) sources = g_ptr_array_new ();
  g_autofree char *what = g_strdup_printf (
      "%s, version %s, %s. SHA-256 %s. %u of %u checks passed.", text->title,
      text->version, tdm_trust_origin_name (tdm_trust_origin (model)),
      tdm_model_get_sha256 (model), lines->len - tdm_qualify_count_failed (lines),
      lines->len);
  tdm_document_add_heading (document, text->id);
  tdm_document_add_paragraph (document, what);
  tdm_document_add_row (document, titles, check_stops, G_N_ELEMENTS (titles));
  for (guint i = 0; i < lines->len; i++)
    add_line (document, lines->pdata[i], sources);
  add_sources (document, sources);
}

static gboolean
check_model (TdmModel *model, Summary *summary, GError **error)
{
  g_autoptr (GPtrArray) lines = tdm_qualify_model (model, error);
  if (!lines)
    return FALSE;
  guint failed = tdm_qualify_count_failed (lines);
  json_array_append_new (summary->list, model_json (model, lines, failed));
  print_model (model, lines, summary->text);
  summary->models++;
  summary->checks += lines->len;
  summary->failed += failed;
  g_ptr_array_add (summary->lines, g_steal_pointer (&lines));
  return TRUE;
}

static gboolean
check_all (const GPtrArray *models, Summary *summary, GError **error)
{
  for (guint i = 0; i < models->len; i++)
    if (!check_model (models->pdata[i], summary, error))
      return FALSE;
  return TRUE;
}

/* What was used, on what, when. */
static void
document_platform (TdmDocument *document, const TdmCliPlatform *platform)
{
  static const double stops[] = { 0.0, 0.25 };
  for (guint i = 0; platform->pairs[i]; i += 2)
    {
      const char *cells[] = { platform->pairs[i], platform->pairs[i + 1] };
      tdm_document_add_row (document, cells, stops, 2);
    }
}

/* Platform, result, and then every number of every model. Yours. */
static TdmDocument *
new_document (const Summary *summary, const GPtrArray *models)
{
  TdmDocument *document = tdm_document_new ("Qualification of Titrate");
  g_autofree char *result =
      g_strdup_printf ("%u models, %u checks, %u failed.", summary->models,
                       summary->checks, summary->failed);
  document_platform (document, &summary->platform);
  tdm_document_add_heading (document, "Result");
  tdm_document_add_paragraph (document, result);
  for (guint i = 0; i < models->len; i++)
    document_model (document, models->pdata[i], summary->lines->pdata[i]);
  return document;
}

static void
print_platform (const TdmCliPlatform *platform, GString *out)
{
  for (guint i = 0; platform->pairs[i]; i += 2)
    g_string_append_printf (out, "%s: %s\n", platform->pairs[i],
                            platform->pairs[i + 1]);
}

static json_t *
platform_json (const TdmCliPlatform *platform)
{
  json_t *out = json_object ();
  for (guint i = 0; platform->pairs[i]; i += 2)
    json_object_set_new (out, platform->pairs[i], json_string (platform->pairs[i + 1]));
  return out;
}

static void
answer_checks (const TdmCliOptions *options, const Summary *summary,
               TdmCliAnswer *answer)
{
  if (options->json)
    tdm_cli_print_json (
        json_pack ("{s:s, s:s, s:s, s:o, s:i, s:i, s:O}", "format", "titrate-checks/1",
                   "version", TDM_VERSION, "date", summary->platform.date, "platform",
                   platform_json (&summary->platform), "checks", (int)summary->checks,
                   "failed", (int)summary->failed, "models", summary->list),
        answer->text);
  else
    {
      g_string_append_len (answer->text, summary->text->str,
                           (gssize)summary->text->len);
      print_platform (&summary->platform, answer->text);
      g_string_append_printf (answer->text, "%u models, %u checks, %u failed\n",
                              summary->models, summary->checks, summary->failed);
    }
  if (summary->failed == 0)
    return;
  answer->status = TDM_ERROR_NO_ANSWER;
  answer->warning =
      g_strdup_printf ("%u of %u checks failed", summary->failed, summary->checks);
}

gboolean
tdm_cli_models_check (const TdmCliOptions *options, TdmCliAnswer *answer,
                      GError **error)
{
  static const char *const suffixes[] = { ".pdf", NULL };
  if (options->output && !tdm_cli_check_output (options, suffixes, error))
    return FALSE;
  g_autoptr (GPtrArray) models = named_models (options, error);
  if (!models)
    return FALSE;
  g_auto (Summary) summary = { .list = json_array (),
                               .text = g_string_new (NULL),
                               .lines = g_ptr_array_new_with_free_func (
                                   (GDestroyNotify)g_ptr_array_unref) };
  tdm_cli_platform_init (&summary.platform);
  if (!check_all (models, &summary, error))
    return FALSE;
  if (options->output)
    {
      g_autoptr (TdmDocument) document = new_document (&summary, models);
      if (!tdm_document_save (document, options->output, summary.platform.date, error))
        return FALSE;
    }
  answer_checks (options, &summary, answer);
  return TRUE;
}
