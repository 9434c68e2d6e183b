#include "app/fit-text.h"

#include "builder-case.h"

static const char *
cell (const GPtrArray *table, const char *what)
{
  for (guint i = 0; i < table->len; i++)
    {
      char *const *row = table->pdata[i];
      if (g_str_has_prefix (row[0], what))
        return row[1];
    }
  return NULL;
}

static void
test_certificate (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (GPtrArray) table = tdm_fit_text_certificate (result);
  for (guint i = 0; i < table->len; i++)
    g_assert_cmpuint (g_strv_length (table->pdata[i]), ==, 2);
  g_assert_cmpstr (cell (table, "Distinct optima"), ==, "1");
  g_assert_nonnull (strstr (cell (table, "Curvature"), " to "));
  g_assert_true (g_str_has_prefix (cell (table, "Level 1"), "percentile "));
  g_assert_true (g_str_has_prefix (cell (table, "Most influential"), "level "));
  g_assert_true (g_str_has_suffix (cell (table, "Learned"), " %"));
}

static void
test_sentences (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autofree char *advice = tdm_fit_text_advice (result);
  g_autofree char *posterior = tdm_fit_text_posterior (result);
  g_assert_true (g_str_has_prefix (advice, tdm_fit_text_verdict (result)));
  g_assert_nonnull (strstr (advice, result->certificate->reason));
  g_assert_nonnull (strstr (posterior, "importance sampling, 1000 proposals"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/fit-text/certificate", test_certificate);
  g_test_add_func ("/app/fit-text/sentences", test_sentences);
  return g_test_run ();
}
