/* One model file for each kind of model, in kinds/: concentrations and a MAP estimate
 * computed by SciPy (tests/model/proof/kinds.py, estimate.py) are met by this engine.
 */
#include "engine/qualify.h"
#include "given.h"
#include "num/linalg.h"

static GPtrArray *
list_kinds (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder =
      g_test_build_filename (G_TEST_DIST, "engine", "kinds", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  for (const char *name = g_dir_read_name (dir); name; name = g_dir_read_name (dir))
    if (g_str_has_suffix (name, ".model"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  return paths;
}

/* How many lines of `quantity` there are, all of which have passed. */
static guint
count_passed (const GPtrArray *lines, const char *quantity)
{
  guint found = 0;
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = lines->pdata[i];
      if (!line->passed)
        g_test_message ("%s: %s is %.10g, expected %.10g", line->name, line->quantity,
                        line->got, line->expected);
      g_assert_true (line->passed);
      found += g_str_has_prefix (line->quantity, quantity);
    }
  return found;
}

static void
test_proofs (void)
{
  g_autoptr (GPtrArray) paths = list_kinds ();

  g_assert_cmpuint (paths->len, ==, 19);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmModel) model = tdm_model_load (paths->pdata[i], &error);
      g_assert_no_error (error);
      g_test_message ("%s", tdm_model_get_id (model));
      g_autoptr (GPtrArray) lines = tdm_qualify_model (model, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (count_passed (lines, "C("), >=, 3);
      g_assert_cmpuint (count_passed (lines, "objective"), ==, 1);
      g_assert_cmpuint (count_passed (lines, "eta"), ==,
                        tdm_model_get_n_effects (model));
    }
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kinds/proofs", test_proofs);
  return g_test_run ();
}
