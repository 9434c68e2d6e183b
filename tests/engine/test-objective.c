/* The objective's derivatives against differences, for every residual error and kind of
 * level, and its value against the formula. */
#include "engine/objective.h"
#include "engine/residual.h"
#include "reference.h"

#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>
#include <string.h>

static const TdmModelOutput outputs[] = {
  { .name = "add", .per_mg_l = 1, .error = TDM_RESIDUAL_ADDITIVE, .additive = 1.37 },
  { .name = "prop",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_PROPORTIONAL,
    .proportional = 0.19 },
  { .name = "comb",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_COMBINED,
    .additive = 0.83,
    .proportional = 0.23 },
  { .name = "log", .per_mg_l = 1, .error = TDM_RESIDUAL_LOG, .additive = 0.31 },
  { .name = "comb-sd",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_COMBINED_SD,
    .additive = 0.83,
    .proportional = 0.23 },
  { .name = "comb-sd-power",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_COMBINED_SD,
    .additive = 0.83,
    .proportional = 0.47,
    .power = 0.59 },
  { .name = "power",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_POWER,
    .proportional = 0.37,
    .power = 0.71 },
  { .name = "power-additive",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_POWER,
    .additive = 0.59,
    .proportional = 0.37,
    .power = 0.71 },
  { .name = "log-additive",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_LOG_ADDITIVE,
    .additive = 0.83,
    .proportional = 0.23 },
  { .name = "assay",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_ASSAY,
    .assay = { 0.71, 0.13, -0.0021, 0.00017 } },
  { .name = "m4",
    .per_mg_l = 1,
    .error = TDM_RESIDUAL_COMBINED,
    .additive = 2.83,
    .proportional = 0.23,
    .positive = TRUE },
};

/* Standard deviations at f, from the formulas written another way. */
static void
expected_sds (double f, double sd[11])
{
  const double all[] = { 1.37,
                         0.19 * f,
                         hypot (0.83, 0.23 * f),
                         0.31,
                         0.83 + 0.23 * f,
                         0.83 + 0.47 * exp (0.59 * log (f)),
                         0.37 * exp (0.71 * log (f)),
                         hypot (0.59, 0.37 * exp (0.71 * log (f))),
                         hypot (0.23, 0.83 / f),
                         0.71 + 0.13 * f - 0.0021 * f * f + 0.00017 * pow (f, 3),
                         hypot (2.83, 0.23 * f) };
  memcpy (sd, all, sizeof all);
}

static double
term_value (const TdmModelOutput *output, const TdmProblemLevel *level, double f)
{
  TdmLevelTerm term;
  g_assert_true (tdm_level_term (output, level, f, &term));
  return term.value;
}

/* Derivative of g, which may be NULL (then of the value), by central differences with
 * three Richardson steps: good to 1e-9 and better here. */
static double
differentiate (const TdmModelOutput *output, const TdmProblemLevel *level, double f,
               double (*g) (const TdmLevelTerm *term))
{
  double table[4][4];
  for (int k = 0; k < 4; k++)
    {
      double h = f * 0.05 / (1 << k);
      TdmLevelTerm up, down;
      g_assert_true (tdm_level_term (output, level, f + h, &up));
      g_assert_true (tdm_level_term (output, level, f - h, &down));
      table[k][0] = (g (&up) - g (&down)) / (2 * h);
      for (int j = 1; j <= k; j++)
        table[k][j] = table[k][j - 1]
                      + (table[k][j - 1] - table[k - 1][j - 1]) / (pow (4, j) - 1);
    }
  return table[3][3];
}

static double
get_value (const TdmLevelTerm *term)
{
  return term->value;
}

static double
get_first (const TdmLevelTerm *term)
{
  return term->first;
}

static void
test_terms (void)
{
  for (guint o = 0; o < G_N_ELEMENTS (outputs); o++)
    for (int censor = TDM_CENSOR_NONE; censor <= TDM_CENSOR_ABOVE; censor++)
      for (double f = 3.1; f < 30; f *= 1.7)
        {
          TdmProblemLevel level = { .value = 11.3, .censor = (TdmCensor)censor };
          TdmLevelTerm term;
          g_assert_true (tdm_level_term (&outputs[o], &level, f, &term));
          double first = differentiate (&outputs[o], &level, f, get_value);
          double second = differentiate (&outputs[o], &level, f, get_first);
          if (fabs (term.first - first) > 1e-7 * (1 + fabs (first))
              || fabs (term.second - second) > 1e-7 * (1 + fabs (second)))
            g_error ("%s, censor %d, f %g: %.12g %.12g, want %.12g %.12g",
                     outputs[o].name, censor, f, term.first, term.second, first,
                     second);
        }
}

static double
phi (double z)
{
  return 0.5 * erfc (-z / M_SQRT2);
}

static void
test_values (void)
{
  const double y = 11.3, f = 8.9;
  double sd[11];
  expected_sds (f, sd);
  for (guint o = 0; o < G_N_ELEMENTS (outputs); o++)
    {
      const TdmModelOutput *output = &outputs[o];
      TdmProblemLevel level = { .value = y };
      gboolean logs = g_str_has_prefix (output->name, "log");
      double r = logs ? log (y) - log (f) : y - f;
      double positive = output->positive ? phi (f / sd[o]) : 1.0;
      double low = output->positive ? phi (-f / sd[o]) : 0.0;
      g_assert_cmpfloat_with_epsilon (
          term_value (output, &level, f),
          2 * log (sd[o]) + pow (r / sd[o], 2) + 2 * log (positive), 1e-13);
      g_assert_cmpfloat_with_epsilon (tdm_residual_sd (output, f), sd[o], 1e-14);
      level.censor = TDM_CENSOR_BELOW;
      g_assert_cmpfloat_with_epsilon (term_value (output, &level, f),
                                      -2 * log ((phi (r / sd[o]) - low) / positive),
                                      1e-12);
      level.censor = TDM_CENSOR_ABOVE;
      g_assert_cmpfloat_with_epsilon (term_value (output, &level, f),
                                      -2 * log (phi (-r / sd[o]) / positive), 1e-12);
      g_assert_cmpfloat_with_epsilon (tdm_residual_measure (output, f, 0.37),
                                      logs ? f * exp (0.37 * sd[o]) : f + 0.37 * sd[o],
                                      1e-13);
    }
}

/* Far from the limit, and at predictions without a likelihood. */
static void
test_extremes (void)
{
  TdmLevelTerm term;
  TdmProblemLevel level = { .value = 0.5, .censor = TDM_CENSOR_BELOW };
  for (guint o = 0; o < G_N_ELEMENTS (outputs); o++)
    for (double f = 1e-3; f < 1e5; f *= 9.7)
      if (tdm_level_term (&outputs[o], &level, f, &term))
        g_assert_cmpfloat (term.value, >=, -1e-9);
      else /* only where the probability of the level underflows */
        g_assert_true (f < 1e-2 || f > 1e3);
  const TdmModelOutput negative = { .error = TDM_RESIDUAL_ASSAY,
                                    .assay = { 1.0, -0.5, 0, 0 } };
  level.censor = TDM_CENSOR_NONE;
  g_assert_true (tdm_level_term (&negative, &level, 1.9, &term));
  g_assert_false (tdm_level_term (&negative, &level, 2.1, &term));
}

static void
check_gradient (const char *file, double tolerance)
{
  g_autoptr (TdmProblem) problem = reference_problem (file);
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, NULL);
  guint n = tdm_problem_get_n_effects (problem);
  double eta[4] = { 0.13, -0.21, 0.17, 0.09 }, gradient[4], hessian[16], up[4], down[4],
         ignored[16];
  tdm_objective_eval (objective, eta, gradient, hessian, TRUE);
  for (guint i = 0; i < n; i++)
    {
      const double h = 1e-4, at = eta[i];
      eta[i] = at + h;
      double above = tdm_objective_eval (objective, eta, up, ignored, FALSE);
      eta[i] = at - h;
      double below = tdm_objective_eval (objective, eta, down, ignored, FALSE);
      eta[i] = at;
      g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / (2 * h),
                                      tolerance * (1 + fabs (gradient[i])));
      for (guint j = 0; j < n; j++)
        g_assert_cmpfloat_with_epsilon (
            2 * hessian[i * n + j], (up[j] - down[j]) / (2 * h),
            tolerance * (1 + fabs (2 * hessian[i * n + j])));
    }
}

static void
test_gradient (void)
{
  check_gradient ("A4.json", 1e-6);
  check_gradient ("B.json", 1e-6);
  check_gradient ("C.json", 1e-4); /* differences of a solver's answers */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/objective/terms", test_terms);
  g_test_add_func ("/engine/objective/values", test_values);
  g_test_add_func ("/engine/objective/extremes", test_extremes);
  g_test_add_func ("/engine/objective/gradient", test_gradient);
  return g_test_run ();
}
