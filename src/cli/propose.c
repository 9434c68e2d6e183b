/* titrate-cli propose: regimens ranked for the target. */
#include "cli/cli.h"

#include "base/number.h"
#include "base/unit.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/target.h"
#include "engine/words.h"

#include <math.h>

static void
add_regimen (TdmCliTable *table, const TdmRegimen *r, const TdmProposals *proposals)
{
  g_autofree char *words = tdm_words_regimen (r);
  g_autofree char *label =
      g_strconcat (words, r->is_current && r->amount_mg > 0 ? " (current)" : "", NULL);
  tdm_cli_table_add_text (table, label);
  tdm_cli_table_add_number (table, r->metrics.trough);
  tdm_cli_table_add_number (table, r->metrics.peak);
  tdm_cli_table_add_number (table, r->metrics.auc24);
  tdm_cli_table_add_percent (table, r->p_below);
  tdm_cli_table_add_percent (table, r->p_within);
  tdm_cli_table_add_percent (table, r->p_above);
  if (isfinite (proposals->alarm_low))
    tdm_cli_table_add_percent (table, r->p_alarm_low);
  if (isfinite (proposals->alarm_high))
    tdm_cli_table_add_percent (table, r->p_alarm_high);
}

/* "< 5"; NULL where there is no such limit. */
static char *
alarm_heading (const char *sign, double limit)
{
  if (!isfinite (limit))
    return NULL;
  g_autofree char *number = tdm_number_format (limit, 4);
  return g_strdup_printf ("%s %s", sign, number);
}

/* What a dose that need not be available could reach. */
static void
print_continuous (const TdmResult *result, GString *out)
{
  const TdmContinuous *c = &result->proposals->continuous;
  const TdmModelSalt *salt = tdm_problem_get_current (result->fit->problem).salt;
  if (c->amount_mg <= 0)
    return;
  g_autofree char *amount = tdm_number_format (tdm_salt_amount (salt, c->amount_mg), 4);
  g_autofree char *unit = tdm_unit_display (tdm_salt_unit (salt));
  g_autofree char *interval = tdm_words_interval (c->interval_h);
  g_string_append_printf (out,
                          "For comparison, without regard to the amounts that can be "
                          "given: %s %s every %s, within %.0f %%\n",
                          amount, unit, interval, 100 * c->p_within);
}

static void
print_regimens (const TdmResult *result, GString *out)
{
  const GPtrArray *regimens = result->proposals->regimens;
  const char *unit =
      tdm_model_get_output (result->model, result->proposals->output)->unit;
  g_autofree char *area = tdm_target_area_unit (unit);
  g_autofree char *shown = tdm_unit_display (unit);
  g_autofree char *shown_area = tdm_unit_display (area);
  const TdmProposals *proposals = result->proposals;
  g_autofree char *low = alarm_heading ("<", proposals->alarm_low);
  g_autofree char *high = alarm_heading (">", proposals->alarm_high);
  const char *alarms[] = { low ? low : high, low ? high : NULL };
  g_autofree char *columns = g_strnfill (7 + (low != NULL) + (high != NULL), 'r');
  columns[0] = 'l';
  g_autoptr (TdmCliTable) table = tdm_cli_table_new (columns);
  tdm_cli_table_add_row (table, "regimen", "trough", "peak", "AUC24", "below", "within",
                         "above", alarms[0] ? "alarm" : NULL,
                         alarms[1] ? "alarm" : NULL, NULL);
  tdm_cli_table_add_row (table, "", shown, shown, shown_area, "", "", "", alarms[0],
                         alarms[1], NULL);
  for (guint i = 0; i < regimens->len; i++)
    add_regimen (table, regimens->pdata[i], proposals);
  g_string_append_c (out, '\n');
  tdm_cli_table_print (table, 0, out);
  print_continuous (result, out);
}

gboolean
tdm_cli_propose (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_draws (options, &result_options, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  if (!result)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_proposals (result), answer->text);
  else
    {
      g_autofree char *conclusion = tdm_words_conclusion (result);
      g_string_append_printf (answer->text, "%s\n", conclusion);
      if (!result->proposals->withheld)
        print_regimens (result, answer->text);
      tdm_cli_print_notes (result->notes, answer->text);
    }
  tdm_cli_answer_judge (answer, result->fit, result->proposals->withheld);
  return TRUE;
}
