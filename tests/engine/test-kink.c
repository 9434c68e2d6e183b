/* Minima at corners: of formulas whose minimum is known, and of fits. */
#include "engine/map-kink.h"

#include "engine/map.h"
#include "engine/objective.h"
#include "engine/result.h"
#include "given.h"
#include "num/linalg.h"

#include <math.h>

static void
assert_near (double a, double b, double epsilon)
{
  if (!(fabs (a - b) <= epsilon))
    g_error ("%.17g is not %.17g within %g", a, b, epsilon);
}

/* (x - 1.3)^2 + 2 (y + 0.4)^2 + s |x - y^2 / 5 - 1 / 2|: a curved corner. */
static double
curved_cb (gpointer data, const double *z, double *gradient, double *hessian,
           gboolean exact)
{
  const double c = z[0] - 0.2 * z[1] * z[1] - 0.5;
  const double s = c < 0 ? -*(double *)data : *(double *)data;
  gradient[0] = 2 * (z[0] - 1.3) + s;
  gradient[1] = 4 * (z[1] + 0.4) - 0.4 * s * z[1];
  hessian[0] = 1;
  hessian[1] = hessian[2] = 0;
  hessian[3] = exact ? 2 - 0.2 * s : 2;
  return (z[0] - 1.3) * (z[0] - 1.3) + 2 * (z[1] + 0.4) * (z[1] + 0.4) + s * c;
}

static TdmMinimiseProblem
curved (double *slope)
{
  return (TdmMinimiseProblem){ .n = 2,
                               .function = curved_cb,
                               .data = slope,
                               .exact = TRUE,
                               .tolerance = 1e-12,
                               .max_step = 1.0,
                               .max_iterations = 100 };
}

/* On the corner x = y^2 / 5 + 1 / 2, so y minimises (y^2 / 5 - 0.8)^2 + 2 (y + 0.4)^2:
 * 0.16 y^3 + 3.36 y + 1.6 = 0, one real root. */
static double
root_on_corner (void)
{
  double y = -0.5;
  for (guint i = 0; i < 50; i++)
    y -= (0.16 * y * y * y + 3.36 * y + 1.6) / (0.48 * y * y + 3.36);
  return y;
}

static void
test_minimum (void)
{
  double slope = 3.7, hessian[4];
  const TdmMinimiseProblem p = curved (&slope);
  const double y = root_on_corner (), x = 0.2 * y * y + 0.5;
  static const double starts[][2] = {
    { 0.52, -0.44 }, { 0.61, -0.37 }, { 0.47, -0.53 }, { 0.501, -0.43 }
  };
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      double z[2] = { starts[i][0], starts[i][1] };
      TdmMinimiseReport report = { 0 };
      TdmKinkResult result = tdm_kink_minimise (&p, z, hessian, &report);
      g_assert_cmpint (result, ==, TDM_KINK_MINIMUM);
      assert_near (z[0], x, 1e-6);
      assert_near (z[1], y, 1e-6);
      assert_near (report.value, (x - 1.3) * (x - 1.3) + 2 * (y + 0.4) * (y + 0.4),
                   1e-8);
      g_assert_cmpfloat (report.gradient_norm, <, 1e-4);
    }
}

/* With a weak slope the function falls across the corner: x = 1.3 - s / 2 lies beyond
 * it. */
static void
test_leave (void)
{
  double slope = 0.6, hessian[4], z[2] = { 0.53, -0.41 };
  const TdmMinimiseProblem p = curved (&slope);
  TdmMinimiseReport report = { 0 };
  TdmKinkResult result = tdm_kink_minimise (&p, z, hessian, &report);
  g_assert_cmpint (result, ==, TDM_KINK_LEAVE);
  g_assert_cmpfloat (z[0] - 0.2 * z[1] * z[1] - 0.5, >, 0);
  tdm_minimise (&p, z, hessian, &report);
  g_assert_cmpint (report.stop, ==, TDM_MINIMISE_GRADIENT);
  assert_near (z[0], 1.0, 1e-7);
}

/* A ridge is a corner, too, but no minimum. */
static void
test_ridge (void)
{
  double slope = -2.9, hessian[4], z[2] = { 0.53, -0.41 };
  const TdmMinimiseProblem p = curved (&slope);
  TdmMinimiseReport report = { 0 };
  g_assert_cmpint (tdm_kink_minimise (&p, z, hessian, &report), !=, TDM_KINK_MINIMUM);
}

static void
test_smooth (void)
{
  double slope = 0, hessian[4], z[2] = { 0.53, -0.41 };
  const TdmMinimiseProblem p = curved (&slope);
  TdmMinimiseReport report = { 0 };
  g_assert_cmpint (tdm_kink_minimise (&p, z, hessian, &report), ==, TDM_KINK_NONE);
}

#define REST                                                              \
  "[output C]\ntitle = C\nunit = mg/L\nerror = combined\n"                \
  "additive = 0.3 mg/L\nproportional = 10 %\n"                            \
  "[dosing given]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\n" \
  "source = Test\n"

/* A lag that ends at the time of the first level. */
static const char lag_model[] =
    GIVEN_HEAD "[parameters]\nCL = 3.1 * exp(eta_CL)\nV = 27 * exp(eta_V)\n"
               "KA = 1.2 * exp(eta_KA)\nTLAG = 0.5 * exp(eta_TLAG)\nF1 = 1\n"
               "[units]\nCL = L/h\nV = L\nKA = 1/h\nTLAG = h\nF1 = 1\n"
               "[effects]\nCL = sd 0.3\nV = sd 0.2\nKA = sd 0.4\nTLAG = sd 0.5\n"
               "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n"
               "[route given]\ntitle = o\ninto = absorption\nbioavailability = F1\n"
               "lag = TLAG\n[check one]\nvalues = V 27\nsource = Test\n" REST;

static const char lag_case[] =
    "'doses': [{'time': 0, 'amount': 600, 'unit': 'mg', 'route': 'given', "
    "'interval': 12, 'steady_state': true}], 'levels': ["
    "{'time': 1, 'value': 5.3, 'unit': 'mg/L'}, "
    "{'time': 2.6, 'value': 17.1, 'unit': 'mg/L'}, "
    "{'time': 9.3, 'value': 14.9, 'unit': 'mg/L'}, "
    "{'time': 11.3, 'value': 12.9, 'unit': 'mg/L'}]";

/* A volume that is not below a floor, and a level that asks for less. */
static const char floor_model[] =
    GIVEN_HEAD "[parameters]\nCL = 2.3\nV = 19.7 * max(exp(eta_V), 0.93)\n"
               "[units]\nCL = L/h\nV = L\n[effects]\nV = sd 0.31\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[route given]\ntitle = i\ninto = central\n"
               "[check one]\nvalues = V 19.7\nsource = Test\n" REST;

static const char floor_case[] =
    "'doses': [{'time': 0, 'amount': 310, 'unit': 'mg'}], 'levels': ["
    "{'time': 1.7, 'value': 15.1, 'unit': 'mg/L'}]";

static TdmFit *
fit_of (const char *model_text, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (model_text);
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  return fit;
}

/* Nothing near the estimate is lower, in every direction of a star. */
static void
assert_lowest (const TdmFit *fit)
{
  g_autoptr (TdmObjective) objective = tdm_objective_new (fit->problem, NULL);
  g_autofree double *eta = g_new (double, fit->n);
  g_autofree double *directions = g_new (double, 400 * fit->n);
  for (guint i = 0; i < 400 * fit->n; i++)
    directions[i] = sin (1.7 * i * i + 0.3 * i);
  for (double reach = 1e-6; reach < 0.05; reach *= 10)
    for (guint d = 0; d < 400; d++)
      {
        for (guint i = 0; i < fit->n; i++)
          eta[i] = fit->eta[i] + reach * directions[d * fit->n + i];
        g_assert_cmpfloat (tdm_objective_eval (objective, eta, NULL, NULL, FALSE), >,
                           fit->objective - 1e-8);
      }
}

static void
test_lag (void)
{
  g_autoptr (TdmFit) fit = fit_of (lag_model, lag_case);
  g_assert_cmpint (fit->stop, ==, TDM_STOP_KINK);
  g_assert_cmpstr (tdm_stop_name (fit->stop), ==, "kink");
  g_assert_true (fit->converged);
  g_assert_nonnull (find_note (fit->notes, "estimate-at-kink"));
  g_assert_null (find_note (fit->notes, "not-converged"));
  assert_near (0.5 * exp (fit->eta[3]), 1.0, 1e-8);
  assert_lowest (fit);
}

/* No draw is wilder than the prior, and the covariance is a covariance. */
static void
test_lag_draws (void)
{
  g_autoptr (TdmFit) fit = fit_of (lag_model, lag_case);
  const double *omega = tdm_problem_get_omega (fit->problem);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpfloat (fit->covariance[i * 5], >, 0);
      g_assert_cmpfloat (fit->covariance[i * 5], <=, 1.1 * omega[i * 5]);
    }
  g_assert_true (tdm_cholesky (4, fit->covariance, (double[16]){ 0 }));
}

/* The variance is the second moment of the posterior about the estimate. */
static void
test_floor (void)
{
  g_autoptr (TdmFit) fit = fit_of (floor_model, floor_case);
  g_autoptr (TdmObjective) objective = tdm_objective_new (fit->problem, NULL);
  double sum = 0, square = 0;
  g_assert_cmpint (fit->stop, ==, TDM_STOP_KINK);
  assert_near (fit->eta[0], log (0.93), 1e-9);
  assert_lowest (fit);
  for (double eta = -3; eta < 3; eta += 1e-3)
    {
      double p = exp (
          -0.5
          * (tdm_objective_eval (objective, &eta, NULL, NULL, FALSE) - fit->objective));
      sum += p;
      square += p * (eta - fit->eta[0]) * (eta - fit->eta[0]);
    }
  assert_near (fit->covariance[0] / (square / sum), 1.0, 0.03);
}

/* A clearance and a volume that are not below a floor, and levels that ask for less of
 * both: where two corners cross no search along one of them ends, and the place is
 * found, but nobody may rely on it. */
static const char floors_model[] =
    GIVEN_HEAD "[parameters]\nCL = 2.3 * max(exp(eta_CL), 0.93)\n"
               "V = 19.7 * max(exp(eta_V), 0.93)\n[units]\nCL = L/h\nV = L\n"
               "[effects]\nCL = sd 0.27\nV = sd 0.31\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[route given]\ntitle = i\ninto = central\n"
               "[check one]\nvalues = V 19.7\nsource = Test\n" REST;

static const char floors_case[] =
    "'doses': [{'time': 0, 'amount': 310, 'unit': 'mg'}], 'levels': ["
    "{'time': 0.1, 'value': 18.1, 'unit': 'mg/L'}, "
    "{'time': 9.7, 'value': 8.1, 'unit': 'mg/L'}], "
    "'target': {'metric': 'trough', 'low': 1, 'high': 2, 'unit': 'mg/L'}";

static void
test_two_at_once (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmFit) fit = fit_of (floors_model, floors_case);
  const TdmNote *note = find_note (fit->notes, "not-converged");
  g_assert_false (fit->converged);
  g_assert_nonnull (note);
  g_assert_cmpint (note->severity, ==, TDM_NOTE_REFUSE);
  assert_near (fit->eta[0], log (0.93), 1e-3);
  assert_near (fit->eta[1], log (0.93), 1e-3);
  const TdmResultOptions options = { .draws = 12, .seed = 5 };
  g_autoptr (TdmResult) result =
      tdm_result_compute (tdm_problem_get_case (fit->problem),
                          tdm_problem_get_model (fit->problem), &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (result->proposals->withheld);
  g_assert_cmpuint (result->proposals->regimens->len, ==, 0);
}

/* Neither the order of the levels nor an earlier fit matters. */
static void
test_order (void)
{
  g_autoptr (TdmFit) fit = fit_of (lag_model, lag_case);
  g_autoptr (TdmFit) other = fit_of (
      lag_model, "'doses': [{'time': 0, 'amount': 600, 'unit': 'mg', 'route': 'given', "
                 "'interval': 12, 'steady_state': true}], 'levels': ["
                 "{'time': 9.3, 'value': 14.9, 'unit': 'mg/L'}, "
                 "{'time': 11.3, 'value': 12.9, 'unit': 'mg/L'}, "
                 "{'time': 1, 'value': 5.3, 'unit': 'mg/L'}, "
                 "{'time': 2.6, 'value': 17.1, 'unit': 'mg/L'}]");
  assert_near (fit->objective, other->objective, 1e-9);
  for (guint i = 0; i < 4; i++)
    assert_near (fit->eta[i], other->eta[i], 1e-7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/kink/minimum", test_minimum);
  g_test_add_func ("/engine/kink/leave", test_leave);
  g_test_add_func ("/engine/kink/ridge", test_ridge);
  g_test_add_func ("/engine/kink/smooth", test_smooth);
  g_test_add_func ("/engine/kink/lag", test_lag);
  g_test_add_func ("/engine/kink/lag-draws", test_lag_draws);
  g_test_add_func ("/engine/kink/floor", test_floor);
  g_test_add_func ("/engine/kink/two-at-once", test_two_at_once);
  g_test_add_func ("/engine/kink/order", test_order);
  return g_test_run ();
}
