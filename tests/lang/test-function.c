/* Values of every function, and derivatives of every function and operator.
 *
 * Expected values: the published formulas (sources in lang/function.c) at AGE 61.7,
 * WT 83.4, HT 171.3, SCR 1.27 in decimal arithmetic of 40 digits (Python's decimal
 * module), rounded to 17. Derivatives: Richardson extrapolation of central differences,
 * of values for the first order and of first derivatives for the second. */
#include <glib.h>
#include <string.h>

#include "calculator.h"
#include "lang/function.h"

static const struct
{
  const char *text;
  double expected;
} values[] = {
  { "cockcroft_gault(AGE, WT, SCR, 0)", 71.415354330708666 },
  { "cockcroft_gault(AGE, WT, SCR, 1)", 60.70305118110236 },
  { "bsa_dubois(WT, HT)", 1.9603606812568901 },
  { "bsa_mosteller(WT, HT)", 1.9920968851940912 },
  { "ideal_weight(HT, 0)", 67.114173228346459 },
  { "ideal_weight(HT, 1)", 62.614173228346459 },
  { "adjusted_weight(WT, ideal_weight(HT, 0))", 73.628503937007878 },
  { "fat_free_mass(WT, HT, 0)", 60.309825659670643 },
  { "fat_free_mass(WT, HT, 1)", 49.196447654158376 },
  { "lean_body_weight(WT, HT, 0)", 61.399177833462666 },
  { "lean_body_weight(WT, HT, 1)", 54.156424369941206 },
  { "egfr_ckdepi_2021(1.27, AGE, 0)", 63.997457738105652 },
  { "egfr_ckdepi_2021(1.27, AGE, 1)", 47.903789626192939 },
  { "egfr_ckdepi_2021(0.61, AGE, 0)", 108.80473705059259 },
  { "egfr_ckdepi_2021(0.61, AGE, 1)", 101.20939434246682 },
  { "egfr_mdrd(SCR, AGE, 0)", 57.520236947959795 },
  { "egfr_mdrd(SCR, AGE, 1)", 42.68001581538617 },
  { "egfr_schwartz(127.4, 0.46)", 114.38304347826087 },
  { "by_sex(0, 3.7, 4.1)", 3.7 },
  { "by_sex(1, 3.7, 4.1)", 4.1 },
  { "by_sex(sex, 3.7, 4.1)", 4.1 },
  { "exp(1.37)", 3.9353506954704729 },
  { "log(1.37)", 0.31481073984003355 },
  { "ln(1.37)", 0.31481073984003355 },
  { "log10(1.37)", 0.13672056715640676 },
  { "sqrt(1.37)", 1.1704699910719625 },
  { "pow(1.37, 2.61)", 2.274262970681622 },
  { "1.37^-0.83", 0.7700553265393123 },
  { "logit(0.237)", -1.1691978901493258 },
  { "expit(-1.37)", 0.20261984643113043 },
  { "expit(1.37)", 0.7973801535688696 },
  { "abs(-1.37)", 1.37 },
  { "floor(2.83)", 2.0 },
  { "floor(-2.17)", -3.0 },
  { "min(2.3, 1.7)", 1.7 },
  { "min(2.3, 4.1, 0.6, 1.9)", 0.6 },
  { "max(2.3, 1.7)", 2.3 },
  { "max(2.3, 4.1, 0.6, 1.9, 7.2, 3.3, 2.8, 7.1)", 7.2 },
  { "if(2 > 1, 3.3, 4.4)", 3.3 },
};

static void
test_values (void)
{
  guint n;
  const TdmFunction *functions = tdm_functions (&n);
  for (guint i = 0; i < n; i++)
    {
      gboolean tested = FALSE;
      g_autofree char *call = g_strconcat (functions[i].name, "(", NULL);
      for (guint j = 0; j < G_N_ELEMENTS (values); j++)
        tested = tested || g_str_has_prefix (values[j].text, call);
      if (!tested)
        g_error ("%s is not tested", functions[i].name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      double got = calc (values[i].text);
      if (!calc_near (got, values[i].expected, 1e-14))
        g_error ("%s = %.17g, expected %.17g", values[i].text, got, values[i].expected);
    }
}

/* ---- Derivatives ---- */

/* Entry `entry` of the jet of `order` (over no variables for 0) at the point moved by h
 * along variable i. */
static double
entry_at (const TdmProgram *program, guint order, guint entry, guint i, double h)
{
  double at[CALC_N_EFFECTS], jet[CALC_JET];
  memcpy (at, calc_point, sizeof at);
  at[i] += h;
  calc_eval (program, order == 0 ? 0 : CALC_N_EFFECTS, order, at, jet);
  return jet[entry];
}

/* Central differences with steps h, h/2, h/4, h/8, extrapolated to step 0. */
static double
difference (const TdmProgram *program, guint order, guint entry, guint i)
{
  double d[4], h = 0.02;
  for (guint k = 0; k < 4; k++, h /= 2.0)
    d[k] = (entry_at (program, order, entry, i, h)
            - entry_at (program, order, entry, i, -h))
           / (2.0 * h);
  for (guint level = 1; level < 4; level++)
    for (guint k = 3; k >= level; k--)
      d[k] += (d[k] - d[k - 1]) / ((1u << (2 * level)) - 1.0);
  return d[3];
}

static void
check_near (const char *text, const char *what, double got, double expected)
{
  if (!calc_near (got, expected, 1e-7))
    g_error ("%s: %s is %.12g, differences say %.12g", text, what, got, expected);
}

static void
check_derivatives (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgram) program = calc_compile (text, &error);
  g_assert_no_error (error);
  double value, first[CALC_JET], second[CALC_JET];
  TdmJetSpace space = tdm_jet_space (CALC_N_EFFECTS, 2);
  calc_eval (program, 0, 0, calc_point, &value);
  calc_eval (program, CALC_N_EFFECTS, 1, calc_point, first);
  calc_eval (program, CALC_N_EFFECTS, 2, calc_point, second);
  g_assert_true (isfinite (value));
  g_assert_cmpfloat (first[0], ==, value);
  g_assert_cmpfloat (second[0], ==, value);
  for (guint i = 0; i < CALC_N_EFFECTS; i++)
    {
      check_near (text, "a first derivative", first[1 + i],
                  difference (program, 0, 0, i));
      check_near (text, "order 2's first derivative", second[1 + i], first[1 + i]);
      for (guint j = 0; j < CALC_N_EFFECTS; j++)
        check_near (text, "a second derivative", second[tdm_jet_index2 (&space, i, j)],
                    difference (program, 1, 1 + j, i));
    }
}

/* At x = 0.643, y = 1.387, z = -0.219: jets with jets, with numbers, numbers with jets.
 */
static const char *const smooth[] = {
  "x",
  "-x",
  "x + y",
  "x*y + p",
  "p + x*y",
  "x*x - y*z",
  "x*y - q",
  "q - x*y",
  "x*y*z",
  "x*y*p",
  "p*(x*y)",
  "x/y",
  "x*z/q",
  "q/(x*y)",
  "x*p*q/AGE",
  "x^y",
  "(x*y)^(z+x)",
  "(x*y)^q",
  "z^3",
  "z^2",
  "x^-1",
  "x^0.5",
  "(x*y)^1",
  "x^0",
  "z^4",
  "q^(x*y)",
  "p^z",
  "(x*z)^(3+0*y)",
  "exp(x*z)",
  "log(x*y)",
  "ln(x+y)",
  "log10(x*y)",
  "sqrt(x*y)",
  "pow(x, y)",
  "pow(q, x*z)",
  "abs(x*y)",
  "abs(x*z)",
  "floor(q + x)*y",
  "logit(x*y*0.4)",
  "expit(x*y - q)",
  "expit(3*x*z)",
  "min(x*y, y*y)",
  "min(y*y, x*y)",
  "min(x*y, q)",
  "min(q, x*y)",
  "min(p, y*x)",
  "min(y*x, p)",
  "max(x*y, y*y)",
  "max(y*y, x*y)",
  "max(x*y, q)",
  "max(q, x*y)",
  "max(p, y*x)",
  "max(y*x, p)",
  "max(x*z, y*y, x*y)",
  "if(x < y, x*z, y*z)",
  "if(x > y, x*z, y*z)",
  "x <= y ? x*y : q",
  "x >= y ? x*y : q",
  "if(p < q, x*z, y*z)",
  "if(AGE > 70, x*z, y*z)",
  "(x != y)*x*y",
  "(x == y) + z*x",
  "(x < y and y > z)*x*y",
  "(x < z or y > x)*x*y",
  "(not x)*y + x*z",
  "by_sex(sex, x*y, y*z)",
  "by_sex(0, x*y, y*z)",
  "cockcroft_gault(AGE*y, WT*exp(x), SCR*exp(z), sex)",
  "bsa_dubois(WT*exp(x), HT*exp(z))",
  "bsa_mosteller(WT*exp(x), HT*exp(z*y))",
  "ideal_weight(HT*exp(x*z), 1)",
  "adjusted_weight(WT*x, ideal_weight(HT*y, 0)*z)",
  "fat_free_mass(WT*exp(x), HT*exp(z), 0)",
  "fat_free_mass(WT*x*y, HT*y, sex)",
  "lean_body_weight(WT*exp(x), HT*exp(z), 0)",
  "lean_body_weight(WT*x, HT*y, 1)",
  "egfr_ckdepi_2021(SCR*exp(z), AGE*x, 0)",
  "egfr_ckdepi_2021(0.3*exp(z), AGE*y, 1)",
  "egfr_mdrd(SCR*exp(z), AGE*x*y, 1)",
  "egfr_schwartz(HT*x, SCR*y)",
  "4.5*(WT/70)^0.75*0.7^p*exp(x)*(1 + y/(q + z))",
  "-18.3*x*exp(z)/(1 + x/(2.7*y))",
};

static void
test_derivatives (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (smooth); i++)
    check_derivatives (smooth[i]);
}

/* The comparison itself: a wrong derivative must be seen. */
static void
test_differences_see (void)
{
  g_autoptr (TdmProgram) program = calc_compile ("x*x*y", NULL);
  double expected = 2.0 * calc_point[0] * calc_point[1];
  double got = difference (program, 0, 0, 0);
  g_assert_true (calc_near (got, expected, 1e-10));
  g_assert_false (calc_near (got, expected * (1.0 + 1e-6), 1e-7));
}

/* ---- Where functions have an edge ---- */

static void
jet_of (const char *text, double *jet)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgram) program = calc_compile (text, &error);
  g_assert_no_error (error);
  calc_eval (program, CALC_N_EFFECTS, 2, (double[]){ 0.0, 2.3, 1.0 }, jet);
}

/* x = 0, y = 2.3, z = 1. */
static void
test_edges (void)
{
  double jet[CALC_JET];
  TdmJetSpace space = tdm_jet_space (CALC_N_EFFECTS, 2);
  jet_of ("x^y/(1 + x^y)", jet); /* a Hill term at concentration zero */
  for (guint i = 0; i < space.size; i++)
    g_assert_cmpfloat (jet[i], ==, 0.0);
  jet_of ("sqrt(0*x + y*0)", jet);
  for (guint i = 0; i < space.size; i++)
    g_assert_cmpfloat (jet[i], ==, 0.0);
  jet_of ("x^1.5", jet);
  g_assert_cmpfloat (jet[0], ==, 0.0);
  g_assert_cmpfloat (jet[1], ==, 0.0);
  jet_of ("x^z", jet); /* 0^1: the slope in x is 1 */
  g_assert_cmpfloat (jet[1], ==, 1.0);
  jet_of ("(x - 2)^(3 + 0*y)", jet);
  g_assert_cmpfloat (jet[0], ==, -8.0);
  g_assert_cmpfloat (jet[1], ==, 12.0);
  jet_of ("0^y", jet);
  g_assert_cmpfloat (jet[0], ==, 0.0);
  g_assert_cmpfloat (jet[2], ==, 0.0);
  jet_of ("sqrt(x)", jet); /* no slope there */
  g_assert_false (tdm_jet_is_finite (&space, jet));
}

/* Of two equal arguments the first is taken, and abs has the slope 1 at 0. */
static void
test_ties (void)
{
  double jet[CALC_JET];
  jet_of ("min(x, 0*y)", jet);
  g_assert_cmpfloat (jet[1], ==, 1.0);
  jet_of ("max(3*x, x)", jet);
  g_assert_cmpfloat (jet[1], ==, 3.0);
  jet_of ("abs(x)", jet);
  g_assert_cmpfloat (jet[1], ==, 1.0);
}

/* A missing covariate must not become a number. */
static void
test_missing (void)
{
  static const char *const hiding[] = {
    "missing",
    "missing^0",
    "1^missing",
    "min(missing, 3)",
    "min(3, missing)",
    "max(missing, 3)",
    "max(3, missing)",
    "missing > 3",
    "missing < 3",
    "missing == 3",
    "missing != 3",
    "missing <= 3",
    "missing >= 3",
    "not missing",
    "missing and 0",
    "1 or missing",
    "missing > 3 ? 1 : 2",
    "if(missing, 1, 2)",
    "0*missing",
    "by_sex(missing, 1, 1)",
    "by_sex(2, 1, 1)",
    "by_sex(0.5, 1, 1)",
    "cockcroft_gault(AGE, WT, SCR, missing)",
    "floor(missing)",
    "abs(missing)",
    "min(x, missing)",
    "max(missing, x)",
    "if(missing > x, x, x*y)",
    "x > missing",
    "if(0/0, 1, 2)",
    "(x*missing)^0",
    "1^(x*missing)",
    "not (x*missing)",
  };
  for (guint i = 0; i < G_N_ELEMENTS (hiding); i++)
    {
      double jet[CALC_JET];
      if (!isnan (calc (hiding[i])))
        g_error ("%s is a number", hiding[i]);
      jet_of (hiding[i], jet);
      if (!isnan (jet[0]))
        g_error ("%s is a number on jets", hiding[i]);
    }
  g_assert_cmpfloat (calc ("if(AGE > 3, 17.5, missing)"), ==, 17.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/function/values", test_values);
  g_test_add_func ("/lang/function/derivatives", test_derivatives);
  g_test_add_func ("/lang/function/differences-see", test_differences_see);
  g_test_add_func ("/lang/function/edges", test_edges);
  g_test_add_func ("/lang/function/ties", test_ties);
  g_test_add_func ("/lang/function/missing", test_missing);
  return g_test_run ();
}
