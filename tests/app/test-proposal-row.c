/* Proposals as rows: which there are, and what stands in them. */
#include "app/proposal-row.h"

#include "builder-case.h"

/* The teaching case with a target that has alarm limits. */
static TdmResult *
alarmed (const char *limits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) plain = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autofree char *text = tdm_case_file_to_text (plain->record);
  g_autoptr (GString) whole = g_string_new (text);
  g_autofree char *target = g_strdup_printf ("\"high\": 600, %s", limits);
  g_assert_cmpuint (g_string_replace (whole, "\"high\": 600", target, 1), ==, 1);
  g_autoptr (TdmCase) record = tdm_case_file_parse (whole->str, whole->len, &error);
  g_assert_no_error (error);
  TdmResult *result =
      tdm_result_compute (record, plain->model, &builder_options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* Alarm limits have a column each, which makes room for itself; one at the window's own
 * limit would say what “above” says. */
static void
test_alarms (void)
{
  g_autoptr (TdmResult) both = alarmed ("\"alarm_low\": 310, \"alarm_high\": 740");
  g_autoptr (TdmResult) same = alarmed ("\"alarm_high\": 600");
  g_autofree char *low = tdm_proposal_heading (both, TDM_COLUMN_ALARM_LOW);
  g_autofree char *high = tdm_proposal_heading (both, TDM_COLUMN_ALARM_HIGH);
  g_assert_cmpstr (low, ==, "alarm\n< 310");
  g_assert_cmpstr (high, ==, "alarm\n> 740");
  g_assert_true (tdm_proposal_has_column (both, TDM_COLUMN_ALARM_LOW));
  g_assert_true (tdm_proposal_has_column (both, TDM_COLUMN_ALARM_HIGH));
  g_assert_false (tdm_proposal_has_column (both, TDM_COLUMN_PER_KG));
  g_assert_false (tdm_proposal_has_column (same, TDM_COLUMN_ALARM_LOW));
  g_assert_false (tdm_proposal_has_column (same, TDM_COLUMN_ALARM_HIGH));
  g_assert_true (tdm_proposal_has_column (same, TDM_COLUMN_PER_KG));
  for (guint i = 0; i < both->proposals->regimens->len; i++)
    {
      const TdmRegimen *regimen = both->proposals->regimens->pdata[i];
      g_autofree char *shown = tdm_proposal_text (both, i, TDM_COLUMN_ALARM_HIGH);
      g_autofree char *wanted = tdm_percent_text (regimen->p_alarm_high);
      g_autofree char *sentence = tdm_proposal_sentence (both, i);
      g_autofree char *said = g_strdup_printf ("above the alarm limit %s", wanted);
      g_assert_cmpstr (shown, ==, wanted);
      g_assert_cmpfloat (regimen->p_alarm_high, <=, regimen->p_above);
      g_assert_true (g_str_has_suffix (sentence, said));
    }
}

/* The best is one; the best of each interval are of different intervals; the current
 * and the chosen one are shown whatever is asked for. */
static void
test_shown (void)
{
  g_autoptr (TdmResult) first = builder_result ("auc24", "400", "600", "mg.h/L");
  const GPtrArray *regimens = first->proposals->regimens;
  guint last = regimens->len - 1;
  if (((const TdmRegimen *)regimens->pdata[last])->is_current)
    last--;
  g_autoptr (TdmResult) result =
      tdm_result_choose (first, (int)last, &builder_options, NULL, NULL);
  guint best = 0, intervals = 0;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_double_hash, g_double_equal);
  for (guint i = 0; i < last; i++)
    {
      TdmRegimen *regimen = result->proposals->regimens->pdata[i];
      g_assert_true (tdm_proposal_is_shown (result, i, TDM_ROWS_ALL));
      if (regimen->is_current)
        {
          g_assert_true (tdm_proposal_is_shown (result, i, TDM_ROWS_BEST));
          continue;
        }
      best += tdm_proposal_is_shown (result, i, TDM_ROWS_BEST);
      if (tdm_proposal_is_shown (result, i, TDM_ROWS_INTERVALS))
        {
          intervals++;
          g_assert_true (g_hash_table_add (seen, &regimen->interval_h));
        }
    }
  g_assert_cmpuint (best, ==, 1);
  g_assert_cmpuint (intervals, >, 1);
  g_assert_true (tdm_proposal_is_shown (result, last, TDM_ROWS_BEST));
  g_assert_false (tdm_proposal_is_shown (first, last, TDM_ROWS_BEST));
}

/* What the target looks at has a column where it is no other column's; long intervals
 * are weeks. */
static void
test_own_metric (void)
{
  g_autoptr (TdmResult) area = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmResult) share =
      builder_result ("time_above\", \"threshold\": 15, \"threshold_unit\": \"mg/L\", "
                      "\"at\": \"steady_state",
                      "60", "90", "%");
  g_autofree char *heading = tdm_proposal_heading (share, TDM_COLUMN_TARGET);
  g_assert_false (tdm_proposal_has_column (area, TDM_COLUMN_TARGET));
  g_assert_true (tdm_proposal_has_column (share, TDM_COLUMN_TARGET));
  g_assert_cmpstr (heading, ==, "Above for\n%");
  TdmRegimen *regimen = share->proposals->regimens->pdata[1];
  regimen->metrics.target = 0.7234;
  regimen->interval_h = 336;
  g_autofree char *text = tdm_proposal_text (share, 1, TDM_COLUMN_TARGET);
  g_autofree char *interval = tdm_proposal_text (share, 1, TDM_COLUMN_INTERVAL);
  g_autofree char *sentence = tdm_proposal_sentence (share, 1);
  g_assert_cmpstr (text, ==, "72.3");
  g_assert_cmpstr (interval, ==, "2 wk");
  g_assert_nonnull (strstr (sentence, "the time above the threshold 72.3 %"));
}

/* What a row's cells do not say stands under them. */
static void
test_course (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  TdmRegimen *regimen = result->proposals->regimens->pdata[1];
  regimen->loading_mg = regimen->hold_h = 0;
  regimen->n_steps = 0;
  regimen->given_as = NULL;
  g_assert_null (tdm_proposal_course (result, 1));
  regimen->loading_mg = 1750;
  regimen->loading_duration_h = 2;
  g_autofree char *course = tdm_proposal_course (result, 1);
  g_assert_true (g_str_has_prefix (course, "after a loading dose of 1750 mg over 2 h"));
  TdmRegimen *plain = result->proposals->regimens->pdata[2];
  GPtrArray *notes = plain->notes;
  *plain = *regimen;
  plain->notes = notes;
  plain->loading_mg = 0;
  plain->is_current = FALSE;
  regimen->has_days = plain->has_days = TRUE;
  regimen->days[0].within = 0.617;
  plain->days[0].within = 0.084;
  g_autofree char *early = tdm_proposal_course (result, 1);
  g_assert_true (
      g_str_has_suffix (early, "; within on the first day 62 %, without it 8 %"));
  /* Nothing more given has no interval and no daily dose. */
  regimen->amount_mg = 0;
  g_autofree char *dose = tdm_proposal_text (result, 1, TDM_COLUMN_DOSE);
  g_autofree char *interval = tdm_proposal_text (result, 1, TDM_COLUMN_INTERVAL);
  g_autofree char *daily = tdm_proposal_text (result, 1, TDM_COLUMN_PER_DAY);
  g_autofree char *sentence = tdm_proposal_sentence (result, 1);
  g_assert_cmpstr (dose, ==, "none");
  g_assert_cmpstr (interval, ==, "");
  g_assert_cmpstr (daily, ==, "");
  g_assert_true (g_str_has_prefix (sentence, "no further dose: trough "));
  g_autofree char *continuous = tdm_proposal_continuous (result);
  g_assert_true (
      g_str_has_prefix (continuous, "For comparison, were there any amount"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/proposal-row/alarms", test_alarms);
  g_test_add_func ("/app/proposal-row/shown", test_shown);
  g_test_add_func ("/app/proposal-row/own-metric", test_own_metric);
  g_test_add_func ("/app/proposal-row/course", test_course);
  return g_test_run ();
}
