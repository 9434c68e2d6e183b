/* titrate-cli robust: would the advice change, were something doubtful otherwise? */
#include "cli/cli.h"

#include "base/number.h"
#include "base/unit.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/robustness.h"
#include "engine/words.h"
#include "model/library.h"

#include <math.h>

static json_t *
number_json (double value)
{
  return isfinite (value) ? tdm_json_real (value) : json_null ();
}

static json_t *
pair_json (double before, double after)
{
  return json_pack ("{s:o, s:o}", "before", number_json (before), "after",
                    number_json (after));
}

static json_t *
doubt_json (const TdmRobustness *card, const TdmDoubt *doubt)
{
  return json_pack (
      "{s:s, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:s?}", "kind",
      tdm_doubt_name (doubt->kind), "index", (int)doubt->index, "what", doubt->what,
      "change", doubt->change, "p_within", pair_json (card->p_within, doubt->p_within),
      "p_above", pair_json (card->p_above, doubt->p_above), "metric",
      pair_json (card->metric, doubt->metric), "p_leading",
      number_json (doubt->other ? doubt->p_other : doubt->p_within), "leading",
      doubt->other      ? doubt->other
      : doubt->obstacle ? ""
                        : card->regimen,
      "moved", doubt->moved, "changed", doubt->changed, "obstacle", doubt->obstacle);
}

static json_t *
card_json (const TdmResult *result, const TdmRobustness *card)
{
  json_t *rows = json_array ();
  for (guint i = 0; i < card->doubts->len; i++)
    json_array_append_new (rows, doubt_json (card, card->doubts->pdata[i]));
  return json_pack (
      "{s:s, s:{s:s, s:s}, s:s, s:o, s:o, s:o, s:s, s:s, s:o, s:i, s:o, s:o, s:s}",
      "format", "titrate-robustness/1", "model", "id", tdm_model_get_id (result->model),
      "sha256", tdm_model_get_sha256 (result->model), "leading", card->regimen,
      "p_within", number_json (card->p_within), "p_above", number_json (card->p_above),
      "value", number_json (card->metric), "metric",
      tdm_metric_name (card->metric_kind), "unit", card->unit, "time_uncertainty",
      number_json (card->uncertainty_min), "doses_left_out", (int)card->left_out,
      "worst", card->worst >= 0 ? json_integer (card->worst) : json_null (), "doubts",
      rows, "sentence", card->sentence);
}

static void
add_row (TdmCliTable *table, const TdmDoubt *doubt)
{
  g_autofree char *value =
      isfinite (doubt->metric) ? tdm_number_format (doubt->metric, 3) : g_strdup ("");
  tdm_cli_table_add_text (table, doubt->what);
  tdm_cli_table_add_text (table, doubt->change);
  if (doubt->obstacle)
    {
      tdm_cli_table_add_text (table, "");
      tdm_cli_table_add_text (table, "");
      tdm_cli_table_add_text (table, doubt->obstacle);
      return;
    }
  tdm_cli_table_add_percent (table, doubt->p_within);
  tdm_cli_table_add_text (table, value);
  tdm_cli_table_add_text (table, doubt->other   ? doubt->other
                                 : doubt->moved ? "the same, with another chance"
                                                : "the same");
}

/* "chance to be within the target 82 %, AUC24 512 mg·h/L" */
static void
print_leading (const TdmRobustness *card, GString *out)
{
  g_string_append_printf (out, "Leading regimen: %s", card->regimen);
  if (isfinite (card->p_within))
    g_string_append_printf (out, "; chance to be within the target %.0f %%",
                            100 * card->p_within);
  if (isfinite (card->metric))
    {
      g_autofree char *value = tdm_number_format (card->metric, 3);
      g_autofree char *unit = tdm_unit_display (card->unit);
      g_string_append_printf (out, ", %s %s%s%s", tdm_words_metric (card->metric_kind),
                              value, g_str_equal (unit, "1") ? "" : " ",
                              g_str_equal (unit, "1") ? "" : unit);
    }
  g_string_append_printf (out, "\n\n%s\n\n", card->sentence);
}

static void
print_text (const TdmRobustness *card, GString *out)
{
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("llrrl");
  print_leading (card, out);
  tdm_cli_table_add_row (table, "doubt", "change", "within", "target", "leads then",
                         NULL);
  for (guint i = 0; i < card->doubts->len; i++)
    add_row (table, card->doubts->pdata[i]);
  tdm_cli_table_print (table, 0, out);
  if (card->left_out > 0)
    g_string_append_printf (out, "%u earlier dose lines were not asked about.\n",
                            card->left_out);
}

gboolean
tdm_cli_robust (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_draws (options, &result_options, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  g_autoptr (GPtrArray) models = result ? tdm_library_load_all (error) : NULL;
  g_autoptr (TdmRobustness) card =
      models ? tdm_robustness_new (result, models, NULL, error) : NULL;
  if (!card)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (card_json (result, card), answer->text);
  else
    print_text (card, answer->text);
  tdm_cli_answer_judge (answer, result->fit, NULL);
  return TRUE;
}
