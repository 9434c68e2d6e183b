/* Subpopulations: fits, their chances and what rests on them, against SciPy, against
 * integration on a grid, and against models that have one subpopulation alone. */
#include "engine/curve.h"
#include "engine/dose-search.h"
#include "engine/marginal.h"
#include "engine/objective.h"
#include "engine/result-json.h"
#include "engine/result.h"
#include "given.h"

#include <math.h>

#define REST                                                                          \
  "[structure]\nkind = linear\ncompartments = 1\n"                                    \
  "[output C]\ntitle = C\nunit = mg/L\nerror = combined\nadditive = 0.37 mg/L\n"      \
  "proportional = 13 %\n"                                                             \
  "[route iv]\ntitle = iv\ninto = central\ninfusion = yes\n"                          \
  "[dosing iv]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\n"                \
  "durations = 1 h\nsource = Test\n"                                                  \
  "[target auc24]\ntitle = t\nmetric = auc24\nlow = 180\nhigh = 220\nunit = mg.h/L\n" \
  "source = Test\n"

/* Slow ones clear 2.3 times less. */
#define MIXTURE_HEAD                                                            \
  GIVEN_HEAD "[covariate WT]\ntitle = Weight\nunit = kg\nallowed = 20 to 150\n" \
             "[subpopulations]\nfast = expit(1.1 - 0.02 * (WT - 70))\n"         \
             "slow = remainder\n[parameters]\n"                                 \
             "CL = (SUBPOPULATION == \"fast\" ? 4.61 : 1.97) * exp(eta_CL)\n"
#define UNITS "[units]\nCL = L/h\nV = L\n"
#define CHECKS                                                                 \
  "[check fast]\nsubpopulation = fast\ncovariates = WT 70\nvalues = CL 4.61\n" \
  "source = Test\n"                                                            \
  "[check slow]\nsubpopulation = slow\ncovariates = WT 70\nvalues = CL 1.97\n" \
  "source = Test\n"

static const char two_effects[] =
    MIXTURE_HEAD "V = 23.7 * exp(eta_V)\n" UNITS
                 "[effects]\nCL = variance 0.0841\nV = variance 0.0625\n"
                 "CL V = covariance 0.021\n" REST CHECKS;
static const char one_effect[] =
    MIXTURE_HEAD "V = 23.7\n" UNITS "[effects]\nCL = variance 0.0841\n" REST CHECKS;

/* One subpopulation alone, @CL@. */
static const char alone[] = GIVEN_HEAD
    "[parameters]\nCL = @CL@ * exp(eta_CL)\nV = 23.7 * exp(eta_V)\n" UNITS
    "[effects]\nCL = variance 0.0841\nV = variance 0.0625\n"
    "CL V = covariance 0.021\n" REST "[check one]\nvalues = V 23.7\nsource = Test\n";

#define DOSES                                                                      \
  "'doses': [{'time': 0, 'amount': 730, 'unit': 'mg', 'duration': 1, 'interval': " \
  "12, 'count': 2}]"
#define LEVELS                                                \
  "'levels': [{'time': 11.3, 'value': 9.4, 'unit': 'mg/L'}, " \
  "{'time': 20.9, 'value': 15.2, 'unit': 'mg/L'}]"
#define WEIGHT "'covariates': [{'name': 'WT', 'value': 83, 'unit': 'kg'}], "

static TdmProblem *
problem_of (const char *model_text, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (model_text);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static TdmFit *
fit_of (TdmProblem *problem)
{
  g_autoptr (GError) error = NULL;
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  return fit;
}

static TdmFit *
fit_alone (const char *cl)
{
  g_autoptr (GString) text = g_string_new (alone);
  g_string_replace (text, "@CL@", cl, 1);
  g_autoptr (TdmProblem) problem = problem_of (text->str, DOSES ", " LEVELS);
  return fit_of (problem);
}

static void
assert_near (double a, double b, double epsilon)
{
  if (!(fabs (a - b) <= epsilon))
    g_error ("%.17g is not %.17g within %g", a, b, epsilon);
}

static double
expit (double x)
{
  return 1 / (1 + exp (-x));
}

/* Numbers by tests/engine/subpopulations.py, which shares no code with the program. */
static void
test_scipy (void)
{
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  static const struct
  {
    double prior, posterior, objective, eta[2];
  } answers[] = {
    { 0.698465216003,
      0.311333889163,
      5.47260196293,
      { -0.524319866043, -0.0448848454066 } },
    { 0.301534783997, 0.688666110837, 2.934860569, { 0.285861629669, 0.043600124651 } },
  };
  g_assert_true (fit->converged);
  g_assert_cmpuint (fit->n_subpopulations, ==, 2);
  for (guint k = 0; k < 2; k++)
    {
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      assert_near (fit->subpopulations[k].prior, answers[k].prior, 1e-11);
      assert_near (fit->subpopulations[k].posterior, answers[k].posterior, 1e-7);
      assert_near (own->objective, answers[k].objective, 1e-8);
      assert_near (own->eta[0], answers[k].eta[0], 1e-6);
      assert_near (own->eta[1], answers[k].eta[1], 1e-6);
      assert_near (own->eta[2], k + 1.0, 0);
    }
}

/* Each subpopulation is fitted as a model that has no other. */
static void
test_alone (void)
{
  static const char *const cl[] = { "4.61", "1.97" };
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (TdmFit) one = fit_alone (cl[k]);
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      g_assert_cmpuint (one->n_subpopulations, ==, 0);
      assert_near (own->objective, one->objective, 1e-11);
      assert_near (own->marginal, one->marginal, 1e-9);
      for (guint i = 0; i < 4; i++)
        assert_near (own->covariance[i], one->covariance[i], 1e-9);
      for (guint i = 0; i < 2; i++)
        {
          assert_near (own->levels[i].individual, one->levels[i].individual, 1e-9);
          assert_near (own->individual[i], one->individual[i], 1e-9);
        }
    }
}

/* The integral of exp (-OFV / 2) over the effect, by the trapezoidal rule, which for
 * such a function is exact to rounding. */
static double
marginal_likelihood (TdmProblem *problem, guint k)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, &error);
  const double step = 0.002, sd = sqrt (0.0841);
  double sum = 0;
  g_assert_no_error (error);
  tdm_objective_set_subpopulation (objective, k);
  for (double eta = -10 * sd; eta < 10 * sd; eta += step)
    sum += step * exp (-0.5 * tdm_objective_eval (objective, &eta, NULL, NULL, FALSE));
  return sum;
}

/* Laplace is an approximation; the closeness is what is expected of it here. */
static void
test_grid (void)
{
  g_autoptr (TdmProblem) problem = problem_of (one_effect, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  const double p = expit (1.1 - 0.02 * 13);
  double fast = p * marginal_likelihood (problem, 0);
  double slow = (1 - p) * marginal_likelihood (problem, 1);
  g_assert_cmpfloat (fast / (fast + slow), >, 0.02);
  g_assert_cmpfloat (fast / (fast + slow), <, 0.98);
  assert_near (fit->subpopulations[0].posterior, fast / (fast + slow), 0.004);
  /* And each marginal by itself: exp (-M / 2) sqrt (2 pi omega) is the integral. */
  for (guint k = 0; k < 2; k++)
    {
      double laplace = exp (-0.5 * tdm_fit_get_subpopulation (fit, k)->marginal)
                       * sqrt (2 * G_PI * 0.0841);
      assert_near (laplace / marginal_likelihood (problem, k), 1.0, 0.02);
    }
}

static void
test_no_level (void)
{
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES);
  g_autoptr (TdmFit) fit = fit_of (problem);
  const double p = expit (1.1 - 0.02 * 13);
  assert_near (fit->subpopulations[0].posterior, p, 1e-12);
  assert_near (fit->subpopulations[1].posterior, 1 - p, 1e-12);
  g_assert_cmpuint (fit->subpopulation, ==, 0);
}

/* Where the covariate makes one impossible it is neither fitted nor drawn. */
static void
test_impossible (void)
{
  g_autoptr (GString) text = g_string_new (two_effects);
  g_string_replace (text, "expit(1.1 - 0.02 * (WT - 70))", "WT > 60 ? 0 : 1", 1);
  g_autoptr (TdmProblem) problem = problem_of (text->str, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_autofree double *draws = tdm_fit_draw_individual (fit, 100, 3);
  g_assert_cmpuint (fit->subpopulation, ==, 1);
  assert_near (fit->subpopulations[0].posterior, 0, 0);
  assert_near (fit->subpopulations[1].posterior, 1, 0);
  g_assert_null (tdm_fit_get_subpopulation (fit, 0));
  for (guint d = 0; d < 100; d++)
    assert_near (draws[d * 3 + 2], 2, 0);
}

/* The marginal likelihood is the sum over both. */
static void
test_marginal (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmMarginal) laplace =
      tdm_marginal_new (problem, TDM_MARGINAL_LAPLACE, &error);
  g_assert_no_error (error);
  double sum = 0;
  for (guint k = 0; k < 2; k++)
    sum += laplace->fit->subpopulations[k].prior
           * exp (-0.5 * tdm_fit_get_subpopulation (laplace->fit, k)->marginal);
  assert_near (laplace->value, -2 * log (sum), 1e-9);
  g_assert_null (tdm_marginal_new (problem, TDM_MARGINAL_FO, &error));
  g_assert_nonnull (strstr (error->message, "subpopulations"));
}

/* Draws of each have its mean and covariance, and are as many as its chance says. */
static void
test_draws (void)
{
  const guint n = 40000;
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_autofree double *draws = tdm_fit_draw_individual (fit, n, 11);
  g_autofree double *others = tdm_fit_draw_population (fit, n, 12);
  guint fast_others = 0;
  g_assert_cmpuint (tdm_problem_get_n_values (problem), ==, 3);
  for (guint k = 0; k < 2; k++)
    {
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      double count = 0, mean = 0, square = 0;
      for (guint d = 0; d < n; d++)
        if (draws[d * 3 + 2] == k + 1.0)
          {
            double off = draws[d * 3] - own->eta[0];
            count++;
            mean += off;
            square += off * off;
          }
      assert_near (count / n, fit->subpopulations[k].posterior, 2e-4);
      assert_near (mean / count, 0, 5 * sqrt (own->covariance[0] / count));
      assert_near (square / count / own->covariance[0], 1, 5 * sqrt (2 / count));
    }
  for (guint d = 0; d < n; d++)
    fast_others += others[d * 3 + 2] == 1.0;
  assert_near (fast_others / (double)n, expit (1.1 - 0.02 * 13), 2e-4);
}

/* The chance of being within the window is that of both kinds together. */
static void
test_proposals (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (fit, fit->notes, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (proposals->withheld);
  const TdmRegimen *first = proposals->regimens->pdata[0];
  const double daily = 24 / first->interval_h * first->amount_mg;
  double within = 0;
  for (guint k = 0; k < 2; k++)
    {
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      const double cl = k == 0 ? 4.61 : 1.97, sd = sqrt (own->covariance[0]);
      /* AUC24 = daily / CL, ln CL normal. */
      double high = (log (daily / 180 / cl) - own->eta[0]) / sd;
      double low = (log (daily / 220 / cl) - own->eta[0]) / sd;
      within += fit->subpopulations[k].posterior * 0.5
                * (erf (high / G_SQRT2) - erf (low / G_SQRT2));
    }
  assert_near (first->p_within, within, 0.04);
}

/* The curve's typical patient is one of the likeliest kind before any level. */
static void
test_curve (void)
{
  g_autoptr (GError) error = NULL;
  const double times[] = { 11.3, 20.9 };
  const TdmCurveOptions options = { .times_h = times,
                                    .n_times = 2,
                                    .until_h = INFINITY };
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_autoptr (TdmFit) fast = fit_alone ("4.61");
  g_autoptr (TdmFit) slow = fit_alone ("1.97");
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fit->subpopulation, ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      assert_near (curve->population[i], fast->levels[i].population, 1e-9);
      assert_near (curve->individual[i], slow->levels[i].individual, 1e-9);
      assert_near (fit->levels[i].population, fast->levels[i].population, 1e-9);
    }
}

static void
test_json (void)
{
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  json_t *json = tdm_json_fit_values (fit, FALSE);
  json_t *list = json_object_get (json, "subpopulations");
  g_assert_cmpuint (json_array_size (list), ==, 2);
  for (guint k = 0; k < 2; k++)
    {
      json_t *one = json_array_get (list, k);
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      g_assert_cmpstr (json_string_value (json_object_get (one, "name")), ==,
                       k == 0 ? "fast" : "slow");
      assert_near (json_real_value (json_object_get (one, "posterior")),
                   fit->subpopulations[k].posterior, 0);
      assert_near (json_real_value (json_object_get (one, "objective")), own->objective,
                   0);
      assert_near (
          json_real_value (json_object_get (json_object_get (one, "eta"), "V")),
          own->eta[1], 0);
    }
  json_decref (json);
}

static void
test_notes (void)
{
  g_autoptr (TdmProblem) problem = problem_of (two_effects, WEIGHT DOSES ", " LEVELS);
  g_autoptr (TdmFit) fit = fit_of (problem);
  gboolean sure = fit->subpopulations[fit->subpopulation].posterior >= 0.9;
  g_assert_true ((find_note (fit->notes, "subpopulation") != NULL) == sure);
  g_assert_true ((find_note (fit->notes, "subpopulation-uncertain") != NULL) == !sure);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/subpopulations/scipy", test_scipy);
  g_test_add_func ("/engine/subpopulations/alone", test_alone);
  g_test_add_func ("/engine/subpopulations/grid", test_grid);
  g_test_add_func ("/engine/subpopulations/no-level", test_no_level);
  g_test_add_func ("/engine/subpopulations/impossible", test_impossible);
  g_test_add_func ("/engine/subpopulations/marginal", test_marginal);
  g_test_add_func ("/engine/subpopulations/draws", test_draws);
  g_test_add_func ("/engine/subpopulations/proposals", test_proposals);
  g_test_add_func ("/engine/subpopulations/curve", test_curve);
  g_test_add_func ("/engine/subpopulations/json", test_json);
  g_test_add_func ("/engine/subpopulations/notes", test_notes);
  return g_test_run ();
}
