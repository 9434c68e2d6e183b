/* What expressions mean: precedence, grouping, spelling of numbers, truth. */
#include <glib.h>

#include "lang/parser.h"
#include "calculator.h"

typedef struct
{
  const char *text;
  double expected;
} Case;

static void
check_cases (const Case *cases, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      double got = calc (cases[i].text);
      if (!calc_near (got, cases[i].expected, 1e-15))
        g_error ("%s = %.17g, expected %.17g", cases[i].text, got, cases[i].expected);
    }
}

static void
test_precedence (void)
{
  static const Case cases[] = {
    { "-2^2", -4.0 },
    { "2^-1", 0.5 },
    { "2^3^2", 512.0 },
    { "(2^3)^2", 64.0 },
    { "2^-3^2", 1.0 / 512.0 },
    { "-2^-2", -0.25 },
    { "7 - 4 - 2", 1.0 },
    { "7 - (4 - 2)", 5.0 },
    { "48 / 4 / 3", 4.0 },
    { "48 / 4 * 3", 36.0 },
    { "2 + 3 * 4", 14.0 },
    { "(2 + 3) * 4", 20.0 },
    { "2 * -3", -6.0 },
    { "2 - -3", 5.0 },
    { "- - 3", 3.0 },
    { "+3 - +5", -2.0 },
    { "2 * 3 ^ 2", 18.0 },
    { "-3 * -3", 9.0 },
    { "1 + 1 == 2", 1.0 },
    { "(1 < 2) == 0 or 1", 1.0 },
    { "not 1 == 2", 1.0 },
    { "not 0 and 0", 0.0 },
    { "1 or 0 and 0", 1.0 },
    { "(1 or 0) and 0", 0.0 },
    { "not not 5", 1.0 },
    { "0 ? 1 : 0 ? 2 : 3", 3.0 },
    { "1 ? 0 ? 4 : 5 : 6", 5.0 },
    { "1 or 0 ? 7 : 8", 7.0 },
    { "2 > 1 ? 2 + 3 : 9", 5.0 },
    { "2*(1 ? 3 : 4) + 1", 7.0 },
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_numbers (void)
{
  static const Case cases[] = {
    { "4.5", 4.5 },
    { ".5", 0.5 },
    { "5.", 5.0 },
    { "1e3", 1000.0 },
    { "1.5E-3", 0.0015 },
    { "2e+2", 200.0 },
    { "0", 0.0 },
    { "0.000e5", 0.0 },
    { "007", 7.0 },
    { "1e300", 1e300 },
    { " \t1\n+\r\n 2  ", 3.0 },
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_truth (void)
{
  static const Case cases[] = {
    { "p < q", 1.0 },          { "p > q", 0.0 },           { "p <= p", 1.0 },
    { "q >= q", 1.0 },         { "p >= q", 0.0 },          { "q <= p", 0.0 },
    { "p != q", 1.0 },         { "p == p", 1.0 },          { "p < p", 0.0 },
    { "q > q", 0.0 },          { "p and q", 1.0 },         { "p and 0", 0.0 },
    { "0 or 0", 0.0 },         { "0 or q", 1.0 },          { "not p", 0.0 },
    { "not 0", 1.0 },          { "if(p < q, 3, 4)", 3.0 }, { "if(p > q, 3, 4)", 4.0 },
    { "x > y", 0.0 },          { "y > x", 1.0 },           { "x < 1 and y < 1", 0.0 },
    { "(AGE > 60) * 2", 2.0 },
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_categories (void)
{
  static const Case cases[] = {
    { "sex == \"female\"", 1.0 },
    { "sex == \"male\"", 0.0 },
    { "\"male\" != sex", 1.0 },
    { "sex == 'female'", 1.0 },
    { "(sex) == (\"female\")", 1.0 },
    { "sex == 1", 1.0 },
    { "xes == \"male\"", 1.0 },
    { "CYP3A5 == \"*3/*3\" ? 17.5 : 21.2", 17.5 },
    { "CYP3A5 == \"*1/*1\" or CYP3A5 == \"*1/*3\"", 0.0 },
  };
  check_cases (cases, G_N_ELEMENTS (cases));
}

static void
test_nested_to_the_limit (void)
{
  GString *text = g_string_new ("1");
  for (guint i = 0; i < TDM_PARSER_MAX_NESTING; i++)
    {
      g_string_prepend_c (text, '(');
      g_string_append (text, "+1)");
    }
  g_assert_cmpfloat (calc (text->str), ==, 1.0 + TDM_PARSER_MAX_NESTING);
  g_string_free (text, TRUE);
}

/* Arguments stand before what uses them, and each node knows its place. */
static void
test_tree (void)
{
  TdmPlace start = { "f", 2, 5 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmTree) tree = tdm_parse ("WT *\n min(3, q)", &start, 99, &error);
  g_assert_no_error (error);
  guint n = tdm_tree_get_n_nodes (tree);
  g_assert_cmpuint (n, ==, 5);
  for (guint i = 0; i < n; i++)
    {
      const TdmNode *node = tdm_tree_get_node (tree, i);
      for (guint j = 0; j < node->n_arguments; j++)
        g_assert_cmpuint (node->arguments[j], <, i);
    }
  const TdmNode *root = tdm_tree_get_node (tree, n - 1);
  g_assert_cmpint (root->kind, ==, TDM_NODE_OPERATION);
  g_assert_cmpint (root->op, ==, TDM_OP_MUL);
  const TdmNode *call = tdm_tree_get_node (tree, root->arguments[1]);
  g_assert_cmpstr (call->text, ==, "min");
  TdmPlace place = tdm_tree_get_place (tree, call->offset);
  g_assert_cmpuint (place.line, ==, 3);
  g_assert_cmpuint (place.column, ==, 2);
  place = tdm_tree_get_place (tree, root->offset);
  g_assert_cmpuint (place.line, ==, 2);
  g_assert_cmpuint (place.column, ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/grammar/precedence", test_precedence);
  g_test_add_func ("/lang/grammar/numbers", test_numbers);
  g_test_add_func ("/lang/grammar/truth", test_truth);
  g_test_add_func ("/lang/grammar/categories", test_categories);
  g_test_add_func ("/lang/grammar/nested-to-the-limit", test_nested_to_the_limit);
  g_test_add_func ("/lang/grammar/tree", test_tree);
  return g_test_run ();
}
