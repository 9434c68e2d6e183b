/* titrate-cli report: the report for the chart. */
#include "cli/cli.h"

#include "app/report-builder.h"
#include "model/library.h"

/* The models that the case names beside the one that is used, side by side with it;
 * NULL where it names no other. */
static TdmComparison *
compare (const TdmResult *result, const TdmResultOptions *options,
         const GPtrArray *models)
{
  const char *const *ids = tdm_case_get_models (result->record);
  if (!ids || !ids[0] || !ids[1])
    return NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_ptr_array_add (chosen, result->model);
  for (guint i = 0; i < models->len; i++)
    {
      const char *id = tdm_model_get_id (models->pdata[i]);
      if (g_strv_contains (ids, id)
          && !g_str_equal (id, tdm_model_get_id (result->model)))
        g_ptr_array_add (chosen, models->pdata[i]);
    }
  const TdmCompareInput input = { result->record, chosen, TDM_WEIGHT_LIKELIHOOD,
                                  *options };
  return tdm_comparison_new (&input, NULL, NULL);
}

gboolean
tdm_cli_report (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  static const char *const suffixes[] = { ".pdf", NULL };
  TdmResultOptions result_options = { 0 };
  TdmLanguage language;
  if (!tdm_cli_check_output (options, suffixes, error)
      || !tdm_cli_draws (options, &result_options, error)
      || !tdm_cli_language (options, &language, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute_kept (options, &result_options, error);
  g_autoptr (GPtrArray) models = result ? tdm_library_load_all (error) : NULL;
  g_autoptr (TdmReportExtras) extras =
      models ? tdm_report_extras_new (result, models, NULL, error) : NULL;
  if (!extras)
    return FALSE;
  g_autoptr (TdmComparison) comparison = compare (result, &result_options, models);
  const TdmReportSource source = { result, &result_options, extras, comparison,
                                   language };
  g_autoptr (TdmReport) report = tdm_report_builder_build (&source);
  if (!tdm_report_save (report, options->output, error))
    return FALSE;
  tdm_cli_answer_file (answer, options, "titrate-report/1", report->conclusion);
  tdm_cli_answer_judge (answer, result->fit, result->proposals->withheld);
  return TRUE;
}
