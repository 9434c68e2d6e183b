#include "app/robust-text.h"

#include "builder-case.h"

#include <math.h>

static TdmRobustness *
robustness_of (const char *metric, const char *low, const char *high, const char *unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result (metric, low, high, unit);
  TdmRobustness *robustness = tdm_robustness_new (result, NULL, NULL, &error);

  g_assert_no_error (error);
  return robustness;
}

static void
test_about (void)
{
  g_autoptr (TdmRobustness) robustness = robustness_of ("trough", "15", "20", "mg/L");
  g_autofree char *about = tdm_robust_text_about (robustness);
  g_autofree char *within =
      g_strdup_printf ("with a chance of %.0f %%", 100 * robustness->p_within);
  g_assert_true (g_str_has_prefix (about, robustness->regimen));
  g_assert_nonnull (strstr (about, within));
  g_assert_nonnull (strstr (about, "shifted by 15 min."));
  g_assert_null (strstr (about, "not asked about"));
}

/* One row for each doubt, under headings that name the metric and its unit. */
static void
test_rows (void)
{
  g_autoptr (TdmRobustness) robustness =
      robustness_of ("auc24", "400", "600", "mg.h/L");
  g_autoptr (GPtrArray) table = tdm_robust_text_table (robustness);
  char *const *headings = table->pdata[0];
  g_assert_cmpstr (headings[2], ==, "AUC24, mg·h/L");
  g_assert_cmpuint (robustness->doubts->len, >=, 5);
  g_assert_cmpuint (table->len, ==, robustness->doubts->len + 1);
  for (guint i = 0; i < table->len; i++)
    g_assert_cmpuint (g_strv_length (table->pdata[i]), ==, 6);
}

static void
assert_row (const GPtrArray *table, guint i, const char *const *cells)
{
  char *const *row = table->pdata[i];

  for (guint k = 0; k < 6; k++)
    g_assert_cmpstr (row[k], ==, cells[k]);
}

/* What changes the advice comes first, then what moves the chance; a row says what the
 * numbers say, and none where there are none. */
static void
test_order (void)
{
  TdmDoubt doubts[] = {
    { .what = "the prior",
      .change = "half as strong",
      .p_within = 0.614,
      .p_above = 0.273,
      .metric = 17.26 },
    { .what = "the first level",
      .change = "left out",
      .p_within = 0.437,
      .p_above = 0.391,
      .metric = 18.93,
      .moved = TRUE },
    { .what = "the second level",
      .change = "15 min later",
      .p_within = 0.318,
      .p_above = 0.562,
      .metric = 21.47,
      .moved = TRUE,
      .changed = TRUE,
      .other = "750 mg every 12 h" },
    { .what = "the time of dose 2",
      .change = "15 min earlier",
      .changed = TRUE,
      .p_within = NAN,
      .p_above = NAN,
      .metric = NAN,
      .obstacle = "The fit fails." },
    { .what = "the model",
      .change = "another",
      .p_within = NAN,
      .p_above = NAN,
      .metric = NAN,
      .obstacle = "It cannot be judged." },
  };
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (doubts); i++)
    g_ptr_array_add (all, &doubts[i]);
  TdmRobustness robustness = { .metric_kind = TDM_METRIC_TROUGH,
                               .unit = "mg/L",
                               .doubts = all };
  g_autoptr (GPtrArray) table = tdm_robust_text_table (&robustness);
  g_assert_cmpuint (table->len, ==, 6);
  assert_row (table, 0,
              (const char *[]){ "Doubt", "Change", "trough, mg/L", "Within", "Above",
                                "Advice" });
  assert_row (table, 1,
              (const char *[]){ "the second level", "15 min later", "21.5", "32 %",
                                "56 %", "then rather 750 mg every 12 h" });
  assert_row (table, 2,
              (const char *[]){ "the time of dose 2", "15 min earlier", "", "", "",
                                "no advice: The fit fails." });
  assert_row (table, 3,
              (const char *[]){ "the first level", "left out", "18.9", "44 %", "39 %",
                                "the chance moves" });
  assert_row (table, 4,
              (const char *[]){ "the prior", "half as strong", "17.3", "61 %", "27 %",
                                "the same" });
  assert_row (
      table, 5,
      (const char *[]){ "the model", "another", "", "", "", "It cannot be judged." });
}

/* A ratio has no unit to be named. */
static void
test_ratio (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  TdmRobustness robustness = { .regimen = "500 mg every 8 h",
                               .p_within = 0.583,
                               .uncertainty_min = 7.5,
                               .left_out = 3,
                               .metric_kind = TDM_METRIC_AUC_MIC,
                               .unit = "1",
                               .doubts = none };
  g_autoptr (GPtrArray) table = tdm_robust_text_table (&robustness);
  g_autofree char *about = tdm_robust_text_about (&robustness);
  char *const *headings = table->pdata[0];
  g_assert_null (strchr (headings[2], ','));
  g_assert_nonnull (strstr (about, "chance of 58 %"));
  g_assert_nonnull (strstr (about, "shifted by 7.5 min."));
  g_assert_true (
      g_str_has_suffix (about, " 3 earlier dose lines were not asked about."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/robust-text/about", test_about);
  g_test_add_func ("/app/robust-text/rows", test_rows);
  g_test_add_func ("/app/robust-text/order", test_order);
  g_test_add_func ("/app/robust-text/ratio", test_ratio);
  return g_test_run ();
}
