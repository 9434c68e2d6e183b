/* Replays the stored inputs of a fuzz target, without libFuzzer: each file of the
 * folder is a case of a TAP program. Usage: REPLAY FOLDER */
#include "fuzz.h"

#include <glib.h>

static void
replay (gconstpointer path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize length;
  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const uint8_t *)data, length);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  LLVMFuzzerInitialize (&argc, &argv);
  g_autoptr (GDir) dir = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  for (const char *name = g_dir_read_name (dir); name; name = g_dir_read_name (dir))
    g_ptr_array_add (names, g_strdup (name));
  g_assert_cmpuint (names->len, >, 0);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *test = g_strconcat ("/fuzz/", names->pdata[i], NULL);
      g_test_add_data_func_full (
          test, g_build_filename (argv[1], names->pdata[i], NULL), replay, g_free);
    }
  return g_test_run ();
}
