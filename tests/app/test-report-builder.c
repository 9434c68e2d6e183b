#include "app/report-builder.h"

#include "builder-case.h"

#include <string.h>

static gboolean
any_contains (const GPtrArray *lines, const char *wanted)
{
  for (guint i = 0; i < lines->len; i++)
    if (strstr (lines->pdata[i], wanted) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_identity (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &builder_options);
  g_assert_cmpstr (report->patient_name, ==, "Builder Case");
  g_assert_cmpstr (report->patient_id, ==, "TEACH-071");
  g_assert_true (any_contains (report->identity, "1961-07-14"));
  g_assert_true (any_contains (report->identity, "female"));
  g_assert_nonnull (strstr (report->intended_use, "trained professionals"));
  g_assert_nonnull (strstr (report->footer, "vancomycin-goti-2018"));
  g_assert_nonnull (strstr (report->footer, TDM_VERSION));
  g_autofree char *hash = g_strndup (tdm_model_get_sha256 (result->model), 12);
  g_assert_nonnull (strstr (report->footer, hash));
  g_assert_null (report->calculated_by);
}

static void
test_options (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &builder_options);
  g_assert_cmpuint (report->options->len, >=, 2);
  const TdmReportOption *first = report->options->pdata[0];
  const TdmReportOption *second = report->options->pdata[1];
  g_assert_cmpstr (first->remark, ==, "keep current");
  g_assert_cmpstr (first->regimen, ==, "1000 mg every 12 h, infused over 1 h");
  g_assert_true (g_str_has_prefix (first->daily, "2000 mg/day, 28.1 mg/kg"));
  g_assert_cmpstr (second->remark, ==, "chosen");
  g_assert_true (second->strong);
  for (guint i = 0; i < report->options->len; i++)
    {
      const TdmReportOption *option = report->options->pdata[i];
      g_assert_cmpfloat_with_epsilon (option->below + option->within + option->above, 1,
                                      1e-9);
      g_assert_false (g_regex_match_simple ("\\d\\.\\d*0 mg", option->regimen, 0, 0));
    }
  g_assert_nonnull (strstr (report->conclusion, second->regimen));
  g_assert_nonnull (strstr (report->conclusion, "the trough is expected to be"));
}

static void
test_inputs (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &builder_options);
  guint levels = 0, doses = 0, left_out = 0;
  for (guint i = 0; i < report->inputs->len; i++)
    {
      const TdmReportInput *input = report->inputs->pdata[i];
      levels += g_str_equal (input->what, "Level");
      doses += g_str_equal (input->what, "Dose");
      left_out += input->remark != NULL && g_str_has_prefix (input->remark, "left out");
      g_assert_nonnull (input->time);
      g_assert_nonnull (input->value);
    }
  g_assert_cmpuint (levels, ==, 3);
  g_assert_cmpuint (doses, ==, 2);
  g_assert_cmpuint (left_out, ==, 1);
  const TdmReportInput *weight = report->inputs->pdata[0];
  g_assert_nonnull (strstr (weight->value, "71.3 kg"));
  g_assert_cmpstr (weight->remark, ==, "47 h old");
  g_assert_nonnull (strstr (weight->time, "1 Mar 08:00"));
}

/* The card's sentence stands among what is said of the fit, whole. */
static void
test_robustness (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &builder_options);
  g_autoptr (TdmRobustness) card = tdm_robustness_new (result, NULL, NULL, &error);
  g_assert_no_error (error);
  const guint before = report->fit->len;
  tdm_report_builder_add_robustness (report, card);
  g_assert_cmpuint (report->fit->len, ==, before + 1);
  const char *line = report->fit->pdata[2];
  g_assert_true (g_str_has_prefix (line, "Levels, times (± 15 min) and the prior"));
  g_assert_nonnull (strstr (line, card->sentence));
}

static void
test_fit_and_model (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmReport) report = tdm_report_builder_build (result, &builder_options);
  g_assert_true (any_contains (report->fit, "The 2 levels used"));
  g_assert_true (any_contains (report->fit, "The fit converged"));
  g_assert_true (any_contains (report->fit, "Advice is given"));
  g_assert_true (any_contains (report->fit, "in closed form"));
  g_assert_true (any_contains (report->fit, "CL "));
  g_assert_true (any_contains (report->model, "Built from: "));
  g_assert_true (any_contains (report->model, "Reference: "));
  g_assert_true (any_contains (report->model, tdm_model_get_sha256 (result->model)));
  g_assert_true (any_contains (report->model, result->input_hash));
  g_assert_cmpstr (report->area_unit, ==, "mg·h/L");
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/report-builder/identity", test_identity);
  g_test_add_func ("/app/report-builder/options", test_options);
  g_test_add_func ("/app/report-builder/inputs", test_inputs);
  g_test_add_func ("/app/report-builder/fit-and-model", test_fit_and_model);
  g_test_add_func ("/app/report-builder/robustness", test_robustness);
  return g_test_run ();
}
