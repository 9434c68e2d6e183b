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

/* Parameters by words, then how each occasion differs. */
static void
test_parameters (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) one = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (GPtrArray) table = tdm_fit_text_parameters (one);
  g_assert_nonnull (cell (table, "Clearance CL, L/h"));
  g_assert_nonnull (cell (table, "Central volume V1, L"));
  g_assert_null (cell (table, "Clearance CL, occasion"));
  static const char text[] =
      "{\"format\": \"titrate-case/1\", \"model\": \"tacrolimus-woillard-2011\","
      " \"covariates\": [{\"name\": \"PROGRAF\", \"value\": 1}, {\"name\": \"CYP3A5\","
      "  \"value\": 0}, {\"name\": \"HCT\", \"value\": 33, \"unit\": \"%\"},"
      "  {\"name\": \"OCC\", \"value\": 1}],"
      " \"doses\": [{\"time\": 0, \"amount\": 4, \"unit\": \"mg\", \"interval\": 12,"
      "  \"count\": 7}],"
      " \"levels\": [{\"time\": 71.7, \"value\": 6.3, \"unit\": \"ng/mL\"}]}";
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load ("tacrolimus-woillard-2011", &error);
  g_assert_no_error (error);
  g_autoptr (TdmResult) other =
      tdm_result_compute (record, model, &builder_options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) occasions = tdm_fit_text_parameters (other);
  g_assert_nonnull (cell (occasions, "Clearance CL, occasion 1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/fit-text/certificate", test_certificate);
  g_test_add_func ("/app/fit-text/sentences", test_sentences);
  g_test_add_func ("/app/fit-text/parameters", test_parameters);
  return g_test_run ();
}
