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

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/library/all-load", test_all_load);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *path = g_strconcat ("/model/library/checks/", ids[i], NULL);
      g_test_add_data_func (path, ids[i], test_checks);
    }
  return g_test_run ();
}
