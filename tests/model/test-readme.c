/* The description of the format keeps its promises. */
#include <string.h>

#include "lang/function.h"
#include "model/check.h"
#include "num/linalg.h"

static char *
read_readme (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "models", "README.md", NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The first block between ```ini and ```. */
static char *
dup_example (const char *readme)
{
  const char *start = strstr (readme, "```ini\n");
  g_assert_nonnull (start);
  start += strlen ("```ini\n");
  const char *end = strstr (start, "```");
  g_assert_nonnull (end);
  return g_strndup (start, end - start);
}

static void
test_example (void)
{
  g_autofree char *readme = read_readme ();
  g_autofree char *example = dup_example (readme);
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model =
      tdm_model_parse (example, strlen (example), "example", &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (lines->len, ==, 8);
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = g_ptr_array_index (lines, i);
      g_test_message ("%s: %.8g, expected %.8g", line->quantity, line->got,
                      line->expected);
      g_assert_true (line->passed);
    }
}

static void
test_functions (void)
{
  g_autofree char *readme = read_readme ();
  guint n;
  const TdmFunction *functions = tdm_functions (&n);

  g_assert_cmpuint (n, >, 20);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *call = g_strdup_printf ("`%s(", functions[i].name);
      g_test_message ("%s", functions[i].name);
      g_assert_nonnull (strstr (readme, call));
    }
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/readme/example", test_example);
  g_test_add_func ("/model/readme/functions", test_functions);
  return g_test_run ();
}
