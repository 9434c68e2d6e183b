/* The models that ship: they load, prove themselves, and say what they should. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/check.h"
#include "model/library.h"
#include "num/linalg.h"

static const char *const ids[] = { "busulfan-long-boyle-2015", "gentamicin-staatz-2005",
                                   "tacrolimus-woillard-2011", "vancomycin-goti-2018",
                                   "vancomycin-thomson-2009" };

static void
test_all_load (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);

  g_assert_no_error (error);
  for (guint i = 0, next = 0; i < models->len && next < G_N_ELEMENTS (ids); i++)
    {
      TdmModel *model = g_ptr_array_index (models, i);
      if (strcmp (tdm_model_get_id (model), ids[next]) == 0)
        next++;
      else
        g_assert_cmpstr (tdm_model_get_id (model), <, ids[next]);
    }
  g_assert_cmpuint (models->len, >=, G_N_ELEMENTS (ids));
}

static void
test_checks (gconstpointer id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_library_load (id, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, >=, 6);
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = g_ptr_array_index (lines, i);
      if (!line->passed)
        g_test_message ("%s: %s is %.10g, expected %.10g within %g", line->name,
                        line->quantity, line->got, line->expected, line->tolerance);
      g_assert_true (line->passed);
    }
}

/* A check that is wrong by one digit is seen. */
static void
test_check_fails (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) good = tdm_library_load ("gentamicin-staatz-2005", &error);
  g_assert_no_error (error);
  gsize length;
  const char *source = tdm_model_get_source (good, &length);
  g_autoptr (GString) text = g_string_new_len (source, length);
  g_assert_cmpuint (g_string_replace (text, "14.85 at", "14.86 at", 0), ==, 1);
  g_autoptr (TdmModel) bad = tdm_model_parse (text->str, text->len, "bad", &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (bad, &error);
  guint failed = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = g_ptr_array_index (lines, i);
      if (line->passed)
        continue;
      failed++;
      g_assert_cmpstr (line->quantity, ==, "C(1.5 h)");
      g_assert_cmpstr (line->unit, ==, "mg/L");
      g_assert_cmpfloat (line->expected, ==, 14.86);
    }
  g_assert_cmpuint (failed, ==, 1);
  g_assert_cmpstr (tdm_model_get_sha256 (good), !=, tdm_model_get_sha256 (bad));
}

static void
assert_refused (const char *id_or_path, TdmErrorCode code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_library_load (id_or_path, &error);

  g_assert_null (model);
  g_assert_error (error, TDM_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("titrate-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *library = tdm_library_dir ();
  g_autofree char *from =
      g_build_filename (library, "gentamicin-staatz-2005.model", NULL);
  g_autofree char *to = g_build_filename (dir, "gentamicin-other-2005.model", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (to, text, -1, NULL));

  assert_refused (to, TDM_ERROR_INPUT,
                  "gentamicin-other-2005.model:6:6: id: expected the name of the file");
  assert_refused (dir, TDM_ERROR_INPUT, "expected a model file");
  assert_refused ("/nowhere/at/all.model", TDM_ERROR_INPUT, "/nowhere/at/all.model: ");
  assert_refused ("gentamicin-nobody-1999", TDM_ERROR_INPUT, "expected one of ");
  assert_refused ("gentamicin-nobody-1999", TDM_ERROR_INPUT,
                  ", gentamicin-staatz-2005, ");
  assert_refused ("unobtainium-nobody-1999", TDM_ERROR_INPUT,
                  "nor is any of that drug among the ");
  g_assert_cmpint (g_remove (to), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

/* Ranges and rules that the shipped models promise in words. */
static void
test_rules (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_library_load ("vancomycin-thomson-2009", &error);
  g_assert_no_error (error);
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double eta[4] = { 0 }, omega = tdm_model_get_omega (model)[1];
  const double clcr[] = { 0.0, 5.0, 150.0, 163.0 };
  double cl[4];

  for (guint i = 0; i < G_N_ELEMENTS (clcr); i++)
    {
      double values[5] = { NAN, 70.0, NAN, NAN, clcr[i] }, parameters[4];
      g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, parameters));
      cl[i] = parameters[0];
    }
  g_assert_cmpfloat (cl[0], ==, cl[1]);
  g_assert_cmpfloat (cl[2], ==, cl[3]);
  g_assert_cmpfloat_with_epsilon (cl[1], 2.99 * (1 + 0.0154 * (5 - 66)), 1e-12);
  g_assert_cmpfloat (omega, ==, 0.01);
  g_assert_cmpfloat (tdm_model_get_covariate (model, 4)->studied_low, ==, 12.0);
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/library/all-load", test_all_load);
  g_test_add_func ("/model/library/check-fails", test_check_fails);
  g_test_add_func ("/model/library/refused", test_refused);
  g_test_add_func ("/model/library/rules", test_rules);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *path = g_strconcat ("/model/library/checks/", ids[i], NULL);
      g_test_add_data_func (path, ids[i], test_checks);
    }
  return g_test_run ();
}
