/* titrate-cli propose: regimens ranked for the target. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/unit.h"
#include "engine/result-json.h"
#include "engine/words.h"

static void
print_regimens (const TdmResult *result)
{
  const TdmProposals *proposals = result->proposals;
  g_autofree char *unit =
      tdm_unit_display (tdm_model_get_output (result->model, 0)->unit);
  g_print ("\n%-44s %8s %8s %8s   %6s %6s %6s   (%s)\n", "regimen", "trough", "peak",
           "AUC24", "below", "within", "above", unit);
  for (guint i = 0; i < proposals->regimens->len; i++)
    {
      const TdmRegimen *r = proposals->regimens->pdata[i];
      g_autofree char *words = tdm_words_regimen (r);
      g_autofree char *label =
          g_strconcat (words, r->is_current ? " (current)" : "", NULL);
      g_print ("%-44s", label);
      tdm_cli_print_number (9, r->metrics.trough);
      tdm_cli_print_number (9, r->metrics.peak);
      tdm_cli_print_number (9, r->metrics.auc24);
      g_print ("   %5.0f%% %5.0f%% %5.0f%%\n", 100 * r->p_below, 100 * r->p_within,
               100 * r->p_above);
    }
}

gboolean
tdm_cli_propose (const TdmCliOptions *options, int *status, GError **error)
{
  g_autoptr (TdmResult) result = tdm_cli_compute (options, error);
  if (!result)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_proposals (result));
  else
    {
      g_autofree char *conclusion = tdm_words_conclusion (result);
      g_print ("%s\n", conclusion);
      if (!result->proposals->withheld)
        print_regimens (result);
      tdm_cli_print_notes (result->notes);
    }
  *status = result->proposals->withheld ? TDM_ERROR_NO_ANSWER : 0;
  return TRUE;
}
