/* The whole library that ships: every model proves itself, says who it is for, and is
 * installed. What a single model promises stands in test-library.c. */
#include <string.h>

#include "model/check.h"
#include "model/library.h"

/* All that is known well enough; a file that is lost by mistake must not pass. */
#define FEWEST_MODELS 69
#define FEWEST_LINES 6

static GPtrArray *
load_all (void)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *models = tdm_library_load_all (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (models->len, >=, FEWEST_MODELS);
  return models;
}

static void
test_checks_pass (void)
{
  g_autoptr (GPtrArray) models = load_all ();

  for (guint i = 0; i < models->len; i++)
    {
      g_autoptr (GError) error = NULL;
      TdmModel *model = g_ptr_array_index (models, i);
      g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lines->len, >=, FEWEST_LINES);
      for (guint k = 0; k < lines->len; k++)
        {
          const TdmCheckLine *line = g_ptr_array_index (lines, k);
          if (line->passed)
            continue;
          g_test_message ("%s, %s: %s is %.10g, expected %.10g within %g",
                          tdm_model_get_id (model), line->name, line->quantity,
                          line->got, line->expected, line->tolerance);
          g_test_fail ();
        }
    }
}

/* One public source only is said to the user in words, and so is what is assumed. */
static void
test_says_how_it_was_verified (void)
{
  g_autoptr (GPtrArray) models = load_all ();

  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelText *text = tdm_model_get_text (g_ptr_array_index (models, i));
      g_assert_cmpuint (strlen (text->population), >, 20);
      g_assert_cmpuint (strlen (text->limits), >, 40);
      if (strcmp (text->status, "C") != 0)
        continue;
      if (strstr (text->status_text, "One public") != NULL
          && strstr (text->status_text, "before clinical use") != NULL)
        continue;
      g_test_message ("%s does not say that it has one source", text->id);
      g_test_fail ();
    }
}

static void
test_all_installed (void)
{
  g_autoptr (GPtrArray) models = load_all ();
  g_autofree char *dir = tdm_library_dir ();
  g_autofree char *path = g_build_filename (dir, "meson.build", NULL);
  g_autofree char *list = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &list, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < models->len; i++)
    {
      g_autofree char *entry = g_strdup_printf (
          "'%s.model'", tdm_model_get_id (g_ptr_array_index (models, i)));
      if (strstr (list, entry) == NULL)
        g_test_message ("%s is not installed", entry);
      g_assert_nonnull (strstr (list, entry));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/bundled/checks-pass", test_checks_pass);
  g_test_add_func ("/model/bundled/says-how-verified", test_says_how_it_was_verified);
  g_test_add_func ("/model/bundled/all-installed", test_all_installed);
  return g_test_run ();
}
