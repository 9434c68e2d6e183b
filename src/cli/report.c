/* titrate-cli report: the report for the chart. */
#include "cli/cli.h"

#include "app/report-builder.h"
#include "engine/words.h"

gboolean
tdm_cli_report (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  static const char *const suffixes[] = { ".pdf", NULL };
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_check_output (options, suffixes, error)
      || !tdm_cli_draws (options, &result_options, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  if (!result)
    return FALSE;
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &result_options);
  g_autoptr (TdmRobustness) card = result->proposals->withheld
                                       ? NULL
                                       : tdm_robustness_new (result, NULL, NULL, NULL);
  if (card)
    tdm_report_builder_add_robustness (report, card);
  if (!tdm_report_save (report, options->output, error))
    return FALSE;
  g_autofree char *conclusion = tdm_words_conclusion (result);
  tdm_cli_answer_file (answer, options, "titrate-report/1", conclusion);
  tdm_cli_answer_judge (answer, result->fit, result->proposals->withheld);
  return TRUE;
}
