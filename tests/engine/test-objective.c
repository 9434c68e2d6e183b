/* The objective's derivatives against differences, for every residual error and kind of
 * level, and its value against the formula. */
#include "engine/objective.h"
#include "reference.h"

#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>

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
};

static double
term_value (const TdmModelOutput *output, const TdmProblemLevel *level, double f)
{
  TdmLevelTerm term;
  g_assert_true (tdm_level_term (output, level, f, &term));
  return term.value;
}

/* Central differences, one Richardson step. */
static void
differences (const TdmModelOutput *output, const TdmProblemLevel *level, double f,
             double *first, double *second)
{
  double d1[2], d2[2];
  for (int k = 0; k < 2; k++)
    {
      double h = f * 2e-3 / (1 + k);
      double up = term_value (output, level, f + h), at = term_value (output, level, f);
      double down = term_value (output, level, f - h);
      d1[k] = (up - down) / (2 * h);
      d2[k] = (up - 2 * at + down) / (h * h);
    }
  *first = (4 * d1[1] - d1[0]) / 3;
  *second = (4 * d2[1] - d2[0]) / 3;
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
          double first, second;
          g_assert_true (tdm_level_term (&outputs[o], &level, f, &term));
          differences (&outputs[o], &level, f, &first, &second);
          if (fabs (term.first - first) > 1e-7 * (1 + fabs (first))
              || fabs (term.second - second) > 1e-5 * (1 + fabs (second)))
            g_error ("%s, censor %d, f %g: %.12g %.12g, want %.12g %.12g",
                     outputs[o].name, censor, f, term.first, term.second, first,
                     second);
        }
}

/* The values, from the formulas written another way. */
static void
test_values (void)
{
  const double y = 11.3, f = 8.9;
  TdmProblemLevel level = { .value = y };
  double sd[] = { 1.37, 0.19 * f, hypot (0.83, 0.23 * f), 0.31 };
  for (guint o = 0; o < 4; o++)
    {
      double r = o == 3 ? log (y) - log (f) : y - f;
      g_assert_cmpfloat_with_epsilon (term_value (&outputs[o], &level, f),
                                      2 * log (sd[o]) + pow (r / sd[o], 2), 1e-13);
      g_assert_cmpfloat_with_epsilon (tdm_residual_sd (&outputs[o], f), sd[o], 1e-14);
      level.censor = TDM_CENSOR_BELOW;
      g_assert_cmpfloat_with_epsilon (term_value (&outputs[o], &level, f),
                                      -2 * log (0.5 * erfc (-r / sd[o] / M_SQRT2)),
                                      1e-12);
      level.censor = TDM_CENSOR_ABOVE;
      g_assert_cmpfloat_with_epsilon (term_value (&outputs[o], &level, f),
                                      -2 * log (0.5 * erfc (r / sd[o] / M_SQRT2)),
                                      1e-12);
      level.censor = TDM_CENSOR_NONE;
    }
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
  g_test_add_func ("/engine/objective/gradient", test_gradient);
  return g_test_run ();
}
