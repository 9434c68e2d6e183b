/* titrate-cli suggest: whose people a patient is nearest to. */
#include "cli/cli.h"

#include "cli/text.h"
#include "engine/domain.h"
#include "engine/result-json.h"
#include "model/library.h"

#include <math.h>

static json_t *
number_json (double value)
{
  return isfinite (value) ? tdm_json_real (value) : json_null ();
}

static const char *
verdict_name (TdmDomainVerdict verdict)
{
  static const char *const names[] = { "inside", "outside", "unknown" };
  return names[verdict];
}

static json_t *
line_json (const TdmDomainLine *line)
{
  return json_pack (
      "{s:s, s:s?, s:o, s:o, s:o, s:o, s:s}", "title", line->title, "unit", line->unit,
      "value", number_json (line->value), "low", number_json (line->range.low), "high",
      number_json (line->range.high), "median", number_json (line->range.median),
      "verdict", verdict_name (line->verdict));
}

static json_t *
domain_json (const TdmDomain *domain)
{
  const TdmModelPeople *people = tdm_model_get_people (domain->model);
  json_t *lines = json_array (), *reasons = json_array ();
  for (guint i = 0; i < domain->lines->len; i++)
    json_array_append_new (lines, line_json (domain->lines->pdata[i]));
  for (guint i = 0; i < domain->reasons->len; i++)
    json_array_append_new (reasons, json_string (domain->reasons->pdata[i]));
  return json_pack ("{s:s, s:s?, s:s?, s:o, s:o}", "model",
                    tdm_model_get_id (domain->model), "setting", people->setting,
                    "obstacle", domain->obstacle, "reasons", reasons, "compared",
                    lines);
}

static void
print_domain (const TdmDomain *domain, guint rank, GString *out)
{
  const TdmModelPeople *people = tdm_model_get_people (domain->model);
  g_string_append_printf (out, "%s%u. %s\n", rank > 1 ? "\n" : "", rank,
                          tdm_model_get_text (domain->model)->title);
  g_string_append_printf (out, "   %s\n", tdm_model_get_id (domain->model));
  if (domain->obstacle)
    g_string_append_printf (out, "   Cannot be used: %s\n", domain->obstacle);
  if (people->setting)
    g_string_append_printf (out, "   People: %s\n", people->setting);
  for (guint i = 0; i < domain->reasons->len; i++)
    g_string_append_printf (out, "   %s\n", (char *)domain->reasons->pdata[i]);
}

gboolean
tdm_cli_suggest (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  if (!tdm_cli_load (options, &record, &model, error))
    return FALSE;
  g_autoptr (GPtrArray) models = tdm_library_load_all (error);
  if (!models)
    return FALSE;
  g_autoptr (GPtrArray) ranked = tdm_domain_rank (record, models, model);
  json_t *list = json_array ();
  for (guint i = 0; i < ranked->len; i++)
    if (options->json)
      json_array_append_new (list, domain_json (ranked->pdata[i]));
    else
      print_domain (ranked->pdata[i], i + 1, answer->text);
  json_t *all =
      json_pack ("{s:s, s:o}", "format", "titrate-suggestion/1", "models", list);
  if (options->json)
    tdm_cli_print_json (all, answer->text);
  else
    json_decref (all);
  return TRUE;
}
