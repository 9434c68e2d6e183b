/* Covariates that are carried linearly: parameters change at all times, also within a
 * formula that bends, and with them what is absorbed of a dose and when. The numbers
 * are those of SciPy 1.10, solve_ivp, DOP853, rtol 1e-13, started anew at every event
 * and every bend. */
#include "engine/curve.h"
#include "engine/map.h"
#include "engine/numerics.h"
#include "engine/objective.h"
#include "engine/target.h"
#include "given.h"

#include <math.h>

#define AGREE 1e-8

/* @OCCASIONS@ and @STRUCTURE@ differ from test to test. */
static const char model_text[] = GIVEN_HEAD
    "[covariate S]\ntitle = S\nunit = 1\nallowed = 0.1 to 9\ncarry = linear\n"
    "[covariate W]\ntitle = W\nunit = kg\nallowed = 20 to 200\ncarry = linear\n"
    "[parameters]\n"
    "CL = 3.1 * (W/70)^0.75 * (min(90/S, 100) / 90)^0.8 * exp(eta_CL @IOV@)\n"
    "V1 = 0.31 * W * exp(eta_V1)\nQ = 2.3\nV2 = 0.44 * W\nKA = 0.9\n"
    "F1 = 0.5 + 0.1 * S\nTLAG = 0.3 * S\n"
    "[units]\nCL = L/h\nV1 = L\nQ = L/h\nV2 = L\nKA = 1/h\nF1 = 1\nTLAG = h\n"
    "[effects]\nCL = sd 0.31\nV1 = sd 0.22\n"
    "@OCCASIONS@\n@STRUCTURE@\n"
    "[route oral]\ntitle = o\ninto = @DEPOT@\nbioavailability = F1\nlag = TLAG\n"
    "[route iv]\ntitle = i\ninto = @CENTRE@\ninfusion = yes\n"
    "[dosing oral]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\nsource = t\n"
    "[check one]\ncovariates = S 1, W 70\nvalues = Q 2.3\nsource = t\n";

#define OUTPUT \
  "[output Y]\ntitle = Y\nunit = mg/L\nerror = additive\nadditive = 0.3 mg/L\n"
#define CLOSED "[structure]\nkind = linear\ncompartments = 2\nchain = 1\n" OUTPUT
#define EQUATIONS                                                                     \
  "[structure]\nkind = ode\n[ode]\nD = -KA * D\n"                                     \
  "A = KA * D - (CL + Q) * A / V1 + Q * P / V2\nP = Q * A / V1 - Q * P / V2\n" OUTPUT \
  "expression = A / V1\n"

static const char body[] =
    "'covariates': [{'name': 'S', 'time': 3, 'value': 2}, "
    "{'name': 'S', 'time': 27, 'value': 0.6}, {'name': 'S', 'time': 50, 'value': 1.4}, "
    "{'name': 'W', 'value': 71, 'unit': 'kg'}, "
    "{'name': 'W', 'time': 48, 'value': 83, 'unit': 'kg'}], "
    "'doses': [{'time': 0, 'amount': 500, 'unit': 'mg', 'route': 'oral', "
    "'interval': 12, 'count': 4}, "
    "{'time': 20, 'amount': 300, 'unit': 'mg', 'route': 'iv', 'duration': 2}], "
    "'levels': [{'time': 5.3, 'value': 7.9, 'unit': 'mg/L'}, "
    "{'time': 13.7, 'value': 12.1, 'unit': 'mg/L'}, "
    "{'time': 26, 'value': 13.3, 'unit': 'mg/L'}, "
    "{'time': 31.5, 'value': 5.7, 'unit': 'mg/L'}, "
    "{'time': 47, 'value': 3.9, 'unit': 'mg/L'}, "
    "{'time': 60, 'value': 2.4, 'unit': 'mg/L'}], "
    "'target': {'metric': 'trough', 'low': 1, 'high': 2, 'unit': 'mg/L', 'at': 68}, "
    "'options': {'adjust': 44}";

#define N_LEVELS 6

static const double times[N_LEVELS] = { 5.3, 13.7, 26, 31.5, 47, 60 };
static const double typical[N_LEVELS] = { 8.379106490666, 11.17181266225,
                                          14.33769434842, 6.823159544098,
                                          4.773397248523, 2.806915744631 };
/* At effects of 0.21 and -0.13; and the trough at 68 h where 400 mg follow at 44 and
 * 56 h instead of what the case has from then on. All effects of occasions are 0. */
static const double effects[32] = { 0.21, -0.13 };
static const double moved[N_LEVELS] = {
  8.176456081487, 11.26432756832, 13.11602208281,
  4.984164831022, 3.377667071149, 1.891346673988
};
#define TROUGH_68 3.619218979729

static void
assert_near (double got, double want, double relative)
{
  if (!(fabs (got - want) <= relative * fabs (want)))
    g_error ("%.15g is not %.15g within %g of it", got, want, relative);
}

static TdmProblem *
problem_of (const char *structure, gboolean occasions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (model_text);
  const gboolean equations = g_str_equal (structure, EQUATIONS);
  g_string_replace (text, "@STRUCTURE@", structure, 1);
  g_string_replace (text, "@DEPOT@", equations ? "D" : "absorption", 1);
  g_string_replace (text, "@CENTRE@", equations ? "A" : "central", 1);
  g_string_replace (text, "@IOV@", occasions ? "+ iov_CL" : "", 1);
  g_string_replace (text, "@OCCASIONS@",
                    occasions ? "[occasion_effects]\nCL = sd 0.2\n"
                                "[occasions]\nstart = dose"
                              : "",
                    1);
  g_autoptr (TdmModel) model = given_model (text->str);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static void
check_levels (const TdmProblem *problem, const double *eta, const double *want)
{
  g_autoptr (GError) error = NULL;
  double values[N_LEVELS];
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .n_times = N_LEVELS };
  gboolean known = tdm_problem_predict (problem, eta, &spec, values, &error);
  g_assert_no_error (error);
  g_assert_true (known);
  for (guint i = 0; i < N_LEVELS; i++)
    assert_near (values[i], want[i], AGREE);
}

/* A regimen from 44 h on goes on under the same covariates as the history. */
static void
check_trough (const TdmProblem *problem, const double *eta)
{
  g_autoptr (GError) error = NULL;
  g_auto (TdmResolvedTarget) target = { 0 };
  TdmRegimenMetrics out;
  gboolean resolved =
      tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, &error);
  g_assert_no_error (error);
  g_assert_true (resolved);
  const TdmRegimen regimen = {
    .route = tdm_model_get_route (tdm_problem_get_model (problem), 0),
    .amount_mg = 400,
    .interval_h = 12,
    .first_dose_h = 44,
  };
  TdmMetrics *metrics = tdm_metrics_new (problem, &target);
  gboolean known = tdm_metrics_compute (metrics, &regimen, eta, &out, &error);
  g_assert_no_error (error);
  g_assert_true (known);
  assert_near (out.trough, TROUGH_68, AGREE);
  tdm_metrics_free (metrics);
}

static void
check_all (const char *structure, gboolean occasions)
{
  g_autoptr (TdmProblem) problem = problem_of (structure, occasions);
  check_levels (problem, NULL, typical);
  check_levels (problem, effects, moved);
  check_trough (problem, effects);
}

static void
test_closed_form (void)
{
  check_all (CLOSED, FALSE);
}

static void
test_equations (void)
{
  check_all (EQUATIONS, FALSE);
}

/* With occasions every set has a twin for what is to come. */
static void
test_occasions (void)
{
  check_all (CLOSED, TRUE);
  check_all (EQUATIONS, TRUE);
}

static void
test_fit_and_curve (void)
{
  g_autoptr (GError) error = NULL;
  const TdmCurveOptions options = { .times_h = times,
                                    .n_times = N_LEVELS,
                                    .until_h = INFINITY };
  g_autoptr (TdmProblem) problem = problem_of (CLOSED, FALSE);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_LEVELS; i++)
    {
      assert_near (fit->levels[i].population, typical[i], AGREE);
      assert_near (curve->population[i], typical[i], AGREE);
      assert_near (curve->individual[i], fit->levels[i].individual, 1e-12);
    }
  g_autofree char *how = tdm_numerics_sentence (fit);
  g_assert_nonnull (strstr (how, "differential equations by explicit Runge-Kutta"));
}

/* What the solver carries along are the derivatives of what it says. */
static void
test_gradient (void)
{
  g_autoptr (TdmProblem) problem = problem_of (CLOSED, FALSE);
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, NULL);
  double eta[2] = { 0.13, -0.21 }, gradient[2], hessian[4], up[2], down[2], ignored[4];
  tdm_objective_eval (objective, eta, gradient, hessian, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      const double h = 1e-4, at = eta[i];
      eta[i] = at + h;
      double above = tdm_objective_eval (objective, eta, up, ignored, FALSE);
      eta[i] = at - h;
      double below = tdm_objective_eval (objective, eta, down, ignored, FALSE);
      eta[i] = at;
      g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / (2 * h),
                                      1e-4 * (1 + fabs (gradient[i])));
      for (guint j = 0; j < 2; j++)
        g_assert_cmpfloat_with_epsilon (2 * hessian[2 * i + j],
                                        (up[j] - down[j]) / (2 * h),
                                        1e-4 * (1 + fabs (2 * hessian[2 * i + j])));
    }
}

/* In between: the covariate itself, and the parameters a regimen starts with. */
static void
test_between (void)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  for (guint occasions = 0; occasions < 2; occasions++)
    {
      g_autoptr (TdmProblem) problem = problem_of (CLOSED, occasions);
      TdmModel *model = tdm_problem_get_model (problem);
      const guint n = tdm_model_get_n_parameters (model);
      g_autofree double *all = g_new (double, tdm_problem_get_n_sets (problem) * n);
      g_autofree double *at = g_new (double, n);
      g_assert_true (
          tdm_problem_parameters (problem, &plain, effects, TDM_SETS_AHEAD, all));
      tdm_problem_parameters_at (problem, all, 37.7, at);
      const guint s = tdm_model_find_covariate (model, "S");
      assert_near (tdm_problem_get_covariate_at (problem, s, 37.7),
                   0.6 + 0.8 * 10.7 / 23, 1e-12);
      assert_near (at[1], 0.31 * (71 + 12 * 37.7 / 48) * exp (-0.13), 1e-12);
      assert_near (at[5], 0.5 + 0.1 * (0.6 + 0.8 * 10.7 / 23), 1e-12);
      assert_near (at[0],
                   3.1 * pow ((71 + 12 * 37.7 / 48) / 70, 0.75)
                       * pow (1 / (0.6 + 0.8 * 10.7 / 23), 0.8) * exp (0.21),
                   2e-8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/course/closed-form", test_closed_form);
  g_test_add_func ("/engine/course/equations", test_equations);
  g_test_add_func ("/engine/course/occasions", test_occasions);
  g_test_add_func ("/engine/course/fit-and-curve", test_fit_and_curve);
  g_test_add_func ("/engine/course/gradient", test_gradient);
  g_test_add_func ("/engine/course/between", test_between);
  return g_test_run ();
}
