/* The teaching cases that ship: they are read, and written as they were read. */
#include "record/case-file.h"

#include <string.h>

static void
test_demo (gconstpointer name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "data", "demo", file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) self = tdm_case_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (tdm_case_get_model (self), name));
  g_assert_true (g_str_has_prefix (tdm_case_get_patient (self)->id, "TEACH-"));
  g_assert_cmpuint (tdm_case_get_n_levels (self), >=, 2);
  g_autofree char *text = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (self, again));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/record/case-demo/vancomycin", "vancomycin", test_demo);
  g_test_add_data_func ("/record/case-demo/tacrolimus", "tacrolimus", test_demo);
  g_test_add_data_func ("/record/case-demo/busulfan", "busulfan", test_demo);
  return g_test_run ();
}
