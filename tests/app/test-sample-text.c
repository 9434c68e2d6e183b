#include "app/sample-text.h"

#include "builder-case.h"

static TdmNextSample *
sample_of (TdmResult *result)
{
  g_autoptr (GError) error = NULL;
  TdmNextSample *sample = tdm_next_sample_new (result, NULL, &error);

  g_assert_no_error (error);
  return sample;
}

static void
test_sentence (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmNextSample) sample = sample_of (result);
  g_autofree char *time =
      tdm_sample_text_time (result, sample->times[sample->best].time_h);
  g_autofree char *words = tdm_sample_text_sentence (result, sample);
  g_assert_true (g_str_has_prefix (time, "2026-03-0"));
  g_assert_nonnull (strstr (words, time + strlen ("2026-03-03 ")));
  g_assert_nonnull (strstr (words, "about the trough"));
  g_assert_nonnull (strstr (words, " % narrower"));
}

/* The sentence says what the numbers say: whether the choice gains by it. */
static void
test_choice (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  TdmSampleTime times[] = { { 49.5, 17.3, 0.19, 0.41 }, { 51, 14.1, 0.36, 0.44 } };
  TdmNextSample sample = { .times = times,
                           .n = 2,
                           .best = 1,
                           .best_choice = 0,
                           .p_wrong_now = 0.52,
                           .metric = TDM_METRIC_TROUGH };
  g_autofree char *gains = tdm_sample_text_sentence (result, &sample);
  sample.p_wrong_now = 0.41;
  g_autofree char *keeps = tdm_sample_text_sentence (result, &sample);
  g_assert_nonnull (strstr (gains, "20 % narrower"));
  g_assert_nonnull (strstr (gains, "After a level on Tue 3 Mar 09:30"));
  g_assert_nonnull (strstr (gains, "from 52 % to 41 %"));
  g_assert_null (strstr (keeps, "falls from"));
  g_assert_nonnull (strstr (keeps, "not expected to change"));
}

static void
test_table (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmNextSample) sample = sample_of (result);
  g_autoptr (GArray) picks = tdm_sample_text_picks (sample);
  g_autoptr (GPtrArray) table = tdm_sample_text_table (result, sample);
  gboolean best = FALSE;
  g_assert_cmpuint (table->len, ==, picks->len + 1);
  g_assert_cmpuint (picks->len, >=, 4);
  for (guint i = 0; i < picks->len; i++)
    {
      char *const *row = table->pdata[i + 1];
      g_assert_cmpuint (g_strv_length ((char **)row), ==, 5);
      if (i > 0)
        g_assert_cmpuint (g_array_index (picks, guint, i), >,
                          g_array_index (picks, guint, i - 1));
      if (g_array_index (picks, guint, i) == sample->best)
        best = g_str_has_suffix (row[4], "most") || g_str_equal (row[4], "best");
    }
  g_assert_true (best);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/sample-text/sentence", test_sentence);
  g_test_add_func ("/app/sample-text/choice", test_choice);
  g_test_add_func ("/app/sample-text/table", test_table);
  return g_test_run ();
}
