/* The estimates that ship as checks: computed by other means, met by this engine. */
#include "engine/qualify.h"
#include "given.h"
#include "model/library.h"
#include "num/linalg.h"

#include <glib/gstdio.h>

static guint
count_estimates (const GPtrArray *lines)
{
  guint found = 0;
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = lines->pdata[i];
      if (!line->passed)
        g_test_message ("%s: %s is %.10g, expected %.10g", line->name, line->quantity,
                        line->got, line->expected);
      g_assert_true (line->passed);
      found += g_str_equal (line->quantity, "objective");
    }
  return found;
}

static void
test_bundled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);
  guint without = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < models->len; i++)
    {
      g_autoptr (GPtrArray) lines = tdm_qualify_model (models->pdata[i], &error);
      g_test_message ("%s", tdm_model_get_id (models->pdata[i]));
      g_assert_no_error (error);
      without += count_estimates (lines) == 0;
    }
  g_assert_cmpuint (without, ==, 0);
}

/* An effect that is wrong in its last digit is seen. */
static void
test_fails (void)
{
  g_autoptr (TdmModel) good = bundled_model ("vancomycin-goti-2018");
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autoptr (GString) text = g_string_new (tdm_model_get_source (good, &length));
  const char *at = strstr (text->str, "\neta = CL ");
  g_assert_nonnull (at);
  char *digit = text->str + (strstr (at, ",") - text->str) - 1;
  *digit = *digit == '5' ? '7' : '5';
  g_autofree char *dir = tdm_library_dir ();
  g_autofree char *tmp = g_dir_make_tmp ("titrate-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (tmp, "vancomycin-goti-2018.model", NULL);
  g_autofree char *drug = g_build_filename (dir, "vancomycin.drug", NULL);
  g_autofree char *copy = g_build_filename (tmp, "vancomycin.drug", NULL);
  g_autofree char *drug_text = NULL;

  g_assert_true (g_file_get_contents (drug, &drug_text, NULL, NULL));
  g_assert_true (g_file_set_contents (copy, drug_text, -1, NULL));
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_autoptr (TdmModel) bad = tdm_model_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) lines = tdm_qualify_model (bad, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_qualify_count_failed (lines), ==, 1);
  g_unlink (path);
  g_unlink (copy);
  g_rmdir (tmp);
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/qualify/bundled", test_bundled);
  g_test_add_func ("/engine/qualify/fails", test_fails);
  return g_test_run ();
}
