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

static TdmReport *
build (const TdmResult *result, const TdmReportExtras *extras)
{
  const TdmReportSource source = { .result = result,
                                   .options = &builder_options,
                                   .extras = extras,
                                   .language = TDM_LANGUAGE_ENGLISH };
  return tdm_report_builder_build (&source);
}

static const TdmReportSection *
find_section (const TdmReport *report, const char *heading)
{
  for (guint i = 0; i < report->sections->len; i++)
    {
      const TdmReportSection *section = report->sections->pdata[i];
      if (g_str_equal (section->heading, heading))
        return section;
    }
  return NULL;
}

static void
test_identity (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmReport) report = build (result, NULL);
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
  g_autoptr (TdmReport) report = build (result, NULL);
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
  g_autoptr (TdmReport) report = build (result, NULL);
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

/* What was computed beside the answer is said in sections of their own: the sentence of
 * the card whole, with the doubts that matter most; the next level; and nothing of it
 * where it was not asked for. */
static void
test_extras (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmReport) bare = build (result, NULL);
  g_autoptr (TdmReportExtras) extras =
      tdm_report_extras_new (result, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmReport) report = build (result, extras);
  g_assert_cmpuint (bare->sections->len, ==, 0);
  g_assert_nonnull (strstr (bare->conclusion, "when the regimen has settled"));
  const TdmReportSection *doubts = find_section (report, "Would the advice change?");
  const TdmReportSection *next = find_section (report, "Next level");
  g_assert_nonnull (doubts);
  g_assert_true (g_str_has_prefix (doubts->text, extras->robustness->sentence));
  g_assert_nonnull (strstr (doubts->text, "by 15 min"));
  g_assert_cmpuint (doubts->table->len, ==, 6);
  g_assert_nonnull (next);
  g_assert_true (g_str_has_prefix (next->text, "A level on "));
  g_assert_nonnull (strstr (report->conclusion, "Measure again: best on "));
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), <=, 2);
}

/* A cancelled preparation makes nothing. */
static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (tdm_report_extras_new (result, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Words of the user take the place of the program's, and are said to be the user's;
 * where they may not fit the numbers any more, the program's stand beside them. */
static void
test_edited_words (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  tdm_notes_add (result->notes, TDM_NOTE_CAUTION, "made-up", NULL, "Creatinine rose.");
  g_autoptr (TdmReport) before = build (result, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 3, 9, 41, 0);
  const char *programs[] = { before->conclusion, "Proposed: 1000 mg every 12 h." };
  for (guint stale = 0; stale < 2; stale++)
    {
      g_autoptr (TdmCase) record =
          tdm_answer_set (result->record, "Proposed: hold.\nSeen by Dr Example.",
                          programs[stale], now, NULL);
      g_autoptr (TdmResult) next =
          tdm_result_with_words (result, record, &builder_options);
      g_autoptr (TdmReport) report = build (next, NULL);
      g_assert_cmpstr (report->conclusion, ==, "Proposed: hold.\nSeen by Dr Example.");
      g_assert_nonnull (strstr (report->edited, "edited by hand on Tue 3 Mar 2026"));
      g_assert_true ((strstr (report->edited, "changed since") != NULL) == stale);
      g_assert_cmpstr (report->unedited, ==, stale ? before->conclusion : NULL);
      g_assert_true (any_contains (report->warnings, "Creatinine"));
      g_assert_cmpstr (next->input_hash, !=, result->input_hash);
    }
  g_assert_null (before->edited);
  g_assert_false (any_contains (before->warnings, "Creatinine"));
}

static void
test_fit_and_model (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmReport) report = build (result, NULL);
  g_assert_true (any_contains (report->fit, "The 2 levels used"));
  g_assert_true (any_contains (report->fit, "The fit converged"));
  g_assert_true (any_contains (report->fit, "Advice is given"));
  g_assert_true (any_contains (report->fit, "gradient where it stopped: "));
  g_assert_true (any_contains (report->fit, "importance sampling, "));
  g_assert_true (any_contains (report->fit, "Pareto k "));
  g_assert_true (any_contains (report->fit, "in closed form"));
  g_assert_true (any_contains (report->fit, "CL "));
  g_assert_true (any_contains (report->model, "Built from: "));
  g_assert_true (any_contains (report->model, "Reference: "));
  g_assert_true (any_contains (report->model, tdm_model_get_sha256 (result->model)));
  g_assert_true (any_contains (report->model, result->input_hash));
  g_assert_cmpstr (report->area_unit, ==, "mg·h/L");
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), <=, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/report-builder/identity", test_identity);
  g_test_add_func ("/app/report-builder/options", test_options);
  g_test_add_func ("/app/report-builder/inputs", test_inputs);
  g_test_add_func ("/app/report-builder/fit-and-model", test_fit_and_model);
  g_test_add_func ("/app/report-builder/extras", test_extras);
  g_test_add_func ("/app/report-builder/cancelled", test_cancelled);
  g_test_add_func ("/app/report-builder/edited-words", test_edited_words);
  return g_test_run ();
}
