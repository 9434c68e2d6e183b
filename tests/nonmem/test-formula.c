/* Formulas: equal ones are one, and what is known is computed. */
#include "nonmem/formula.h"

static guint
item (TdmFormulas *formulas, const char *name)
{
  return tdm_formulas_leaf (formulas, TDM_LEAF_DATA, 0, name, 7);
}

static void
test_same (void)
{
  g_autoptr (TdmFormulas) f = tdm_formulas_new ();
  const guint wt = item (f, "WT"), two = tdm_formulas_number (f, 2.0);
  const guint sum = tdm_formulas_operation (f, TDM_OP_ADD, wt, two, 0);

  g_assert_cmpuint (item (f, "WT"), ==, wt);
  g_assert_cmpuint (item (f, "AGE"), !=, wt);
  g_assert_cmpuint (tdm_formulas_operation (f, TDM_OP_ADD, wt, two, 0), ==, sum);
  g_assert_cmpuint (tdm_formulas_operation (f, TDM_OP_ADD, two, wt, 0), !=, sum);
  g_assert_cmpuint (tdm_formulas_find_leaf (f, sum, TDM_LEAF_DATA), ==, wt);
  g_assert_cmpuint (tdm_formulas_find_leaf (f, sum, TDM_LEAF_ETA), ==, G_MAXUINT);
}

static void
test_known (void)
{
  g_autoptr (TdmFormulas) f = tdm_formulas_new ();
  const guint wt = item (f, "WT"), zero = tdm_formulas_number (f, 0.0);
  const guint three = tdm_formulas_number (f, 3.0);
  const guint is = tdm_formulas_operation (f, TDM_OP_EQ, wt, three, 0);
  const guint choice = tdm_formulas_operation (f, TDM_OP_SELECT, is, wt, zero);
  double value = 0.0;

  g_assert_cmpuint (tdm_formulas_operation (f, TDM_OP_ADD, wt, zero, 0), ==, wt);
  g_assert_cmpuint (tdm_formulas_operation (f, TDM_OP_MUL, zero, wt, 0), ==, zero);
  const guint power = tdm_formulas_operation (f, TDM_OP_POW, three, three, 0);
  g_assert_true (tdm_formulas_is_number (f, power, &value));
  g_assert_cmpfloat (value, ==, 27.0);
  const TdmFormulaPair pair = { wt, three };
  g_autofree guint *image = tdm_formulas_replace (f, &pair, 1);
  g_assert_cmpuint (image[choice], ==, three);
  g_assert_cmpuint (image[wt], ==, three);
}

static void
test_scale (void)
{
  g_autoptr (TdmFormulas) f = tdm_formulas_new ();
  const guint v = item (f, "V"), thousand = tdm_formulas_number (f, 1000.0);
  const guint scaled = tdm_formulas_operation (f, TDM_OP_DIV, v, thousand, 0);
  double factor;

  g_assert_cmpuint (tdm_formulas_scale (f, scaled, 1000.0), ==, v);
  g_assert_cmpuint (tdm_formulas_scale (f, scaled, 1.0), ==, scaled);
  g_assert_cmpuint (tdm_formulas_core (f, scaled, &factor), ==, v);
  g_assert_cmpfloat_with_epsilon (factor, 1e-3, 1e-18);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nonmem/formula/same", test_same);
  g_test_add_func ("/nonmem/formula/known", test_known);
  g_test_add_func ("/nonmem/formula/scale", test_scale);
  return g_test_run ();
}
