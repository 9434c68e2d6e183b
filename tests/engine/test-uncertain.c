/* Times that are known as an interval: the objective against integration with a rule of
 * its own over a closed form written down here, its derivatives against differences,
 * and the limits in which the answer is known. */
#include "engine/certificate.h"
#include "engine/map.h"
#include "engine/objective.h"
#include "engine/posterior.h"
#include "given.h"

#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>

static const char text[] =
    GIVEN_HEAD "[parameters]\nCL = 3.17 * exp(eta_CL)\nV = 21.3 * exp(eta_V)\n"
               "[units]\nCL = L/h\nV = L\n"
               "[effects]\nCL = variance 0.0961\nV = variance 0.0529\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[output C]\ntitle = Testamycin\nunit = mg/L\n"
               "error = combined\nadditive = 0.43 mg/L\nproportional = 0.11 1\n"
               "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n"
               "[dosing iv]\namounts = 50 to 400 step 10 mg\nintervals = 12, 24 h\n"
               "durations = 1 h\nmax_single = 400 mg\nmax_daily = 800 mg\n"
               "source = Test\n"
               "[check typical]\ndoses = 100 mg iv over 1 h\nvalues = CL 3.17\n"
               "source = Test\n";

/* Two doses; the end of the second one may be uncertain. */
#define DOSES(end)                                                        \
  "'doses': [{'time': 0, 'amount': 300, 'unit': 'mg', 'duration': 1.3}, " \
  "{'time': 11.7, 'amount': 230, 'unit': 'mg', " end "}], "
#define KNOWN_END "'end': 13.1"
#define UNCERTAIN_END "'end_from': 12.4, 'end_to': 13.9"

/* The concentration at t, the second infusion ending at `end`. */
static double
concentration (const double *eta, double t, double end)
{
  const double cl = 3.17 * exp (eta[0]), k = cl / (21.3 * exp (eta[1]));
  const double starts[] = { 0, 11.7 }, ends[] = { 1.3, end }, mg[] = { 300, 230 };
  double sum = 0;
  for (int i = 0; i < 2; i++)
    if (t > starts[i])
      {
        const double length = ends[i] - starts[i], on = MIN (t - starts[i], length);
        sum +=
            mg[i] / length / cl * (1 - exp (-k * on)) * exp (-k * (t - starts[i] - on));
      }
  return sum;
}

typedef struct
{
  double value, from, to;
  TdmCensor censor;
  double weight;
} Level;

static double
likelihood (const Level *level, double f)
{
  const double sd = hypot (0.43, 0.11 * f), z = (level->value - f) / sd;
  if (level->censor == TDM_CENSOR_BELOW)
    return tdm_normal_cdf (z);
  if (level->censor == TDM_CENSOR_ABOVE)
    return tdm_normal_cdf (-z);
  return exp (-0.5 * z * z) / sd;
}

/* Simpson's rule between the corners of the concentration. */
#define STEPS 400

static double
level_mean (const Level *level, const double *eta, double end)
{
  const double corners[] = { 0, 1.3, 11.7, end, INFINITY };
  double sum = 0, from = level->from;
  if (level->to == level->from)
    return likelihood (level, concentration (eta, from, end));
  for (int c = 0; c < 5; c++)
    {
      const double to = MIN (corners[c], level->to), h = (to - from) / STEPS;
      if (!(to > from))
        continue;
      for (int i = 0; i <= STEPS; i++)
        sum += h / 3
               * (i == 0 || i == STEPS ? 1
                  : i % 2              ? 4
                                       : 2)
               * likelihood (level, concentration (eta, from + i * h, end));
      from = to;
    }
  return sum / (level->to - level->from);
}

static double
all_levels (const Level *levels, int n, const double *eta, double end)
{
  double product = 1;
  for (int i = 0; i < n; i++)
    product *= pow (level_mean (&levels[i], eta, end), levels[i].weight);
  return product;
}

/* Over the end, between the levels. */
static double
expected_objective (const Level *levels, int n, const double *eta, gboolean uncertain)
{
  const double prior = eta[0] * eta[0] / 0.0961 + eta[1] * eta[1] / 0.0529;
  double cuts[20], sum = 0, from = 12.4;
  int m = 0;
  if (!uncertain)
    return prior - 2 * log (all_levels (levels, n, eta, 13.1));
  for (double t = 12.4; t < 13.89999; t += 0.25)
    cuts[m++] = t;
  for (int i = 0; i < n; i++)
    {
      cuts[m++] = levels[i].from;
      cuts[m++] = levels[i].to;
    }
  cuts[m++] = 13.9;
  for (;;)
    {
      double to = INFINITY;
      for (int i = 0; i < m; i++)
        if (cuts[i] > from + 1e-12)
          to = MIN (to, cuts[i]);
      if (to > 13.9)
        break;
      const double h = (to - from) / 40;
      for (int i = 0; i <= 40; i++)
        {
          double at = CLAMP (from + i * h, from + 1e-12, to - 1e-12);
          sum += h / 3
                 * (i == 0 || i == 40 ? 1
                    : i % 2           ? 4
                                      : 2)
                 * all_levels (levels, n, eta, at);
        }
      from = to;
    }
  return prior - 2 * log (sum / 1.5);
}

static TdmProblem *
problem_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static TdmObjective *
objective_of (TdmProblem *problem)
{
  g_autoptr (GError) error = NULL;
  TdmObjective *objective = tdm_objective_new (problem, &error);
  g_assert_no_error (error);
  return objective;
}

static const double places[][2] = { { 0.0, 0.0 }, { 0.31, -0.17 }, { -0.42, 0.23 } };

static void
check_value (const char *body, const Level *levels, int n, gboolean uncertain_end)
{
  g_autoptr (TdmProblem) problem = problem_of (body);
  g_autoptr (TdmObjective) objective = objective_of (problem);
  for (guint p = 0; p < G_N_ELEMENTS (places); p++)
    {
      double value = tdm_objective_eval (objective, places[p], NULL, NULL, FALSE);
      double expected = expected_objective (levels, n, places[p], uncertain_end);
      g_assert_cmpfloat_with_epsilon (value, expected, 1e-6);
    }
}

static void
check_derivatives (const char *body)
{
  g_autoptr (TdmProblem) problem = problem_of (body);
  g_autoptr (TdmObjective) objective = objective_of (problem);
  const double h = 1e-5;
  for (guint p = 0; p < G_N_ELEMENTS (places); p++)
    {
      double gradient[2], hessian[4], up[2], down[2], other[4];
      tdm_objective_eval (objective, places[p], gradient, hessian, TRUE);
      g_assert_cmpfloat (hessian[1], ==, hessian[2]);
      for (int i = 0; i < 2; i++)
        {
          double eta[2] = { places[p][0], places[p][1] };
          eta[i] += h;
          double above = tdm_objective_eval (objective, eta, up, other, FALSE);
          eta[i] -= 2 * h;
          double below = tdm_objective_eval (objective, eta, down, NULL, FALSE);
          g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / (2 * h), 1e-6);
          for (int j = 0; j < 2; j++)
            g_assert_cmpfloat_with_epsilon (hessian[i * 2 + j],
                                            (up[j] - down[j]) / (4 * h), 1e-5);
        }
      /* What stands for it before the end is near is positive. */
      g_assert_cmpfloat (other[0], >, 0);
      g_assert_cmpfloat (other[0] * other[3], >, other[1] * other[2]);
    }
}

static const char one_level[] =
    DOSES (KNOWN_END) "'levels': [{'time': 9.3, 'time_to': 11.2, 'value': 4.71, "
                      "'unit': 'mg/L'}]";
/* The second one over the dose's start and end, the third below a limit. */
static const char several_levels[] =
    DOSES (KNOWN_END) "'levels': [{'time': 9.3, 'time_to': 11.2, 'value': 4.71, "
                      "'unit': 'mg/L', "
                      "'weight': 0.6}, "
                      "{'time': 11.1, 'time_to': 13.7, 'value': 9.13, 'unit': 'mg/L'}, "
                      "{'time': 21.6, 'time_to': 22.9, 'value': 3.7, 'unit': 'mg/L', "
                      "'below': true}, "
                      "{'time': 6.2, 'value': 7.9, 'unit': 'mg/L'}]";
static const char ends[] =
    DOSES (UNCERTAIN_END) "'levels': [{'time': 12.9, 'value': 10.3, 'unit': 'mg/L'}, "
                          "{'time': 14.2, "
                          "'time_to': 14.9, 'value': 11.7, 'unit': 'mg/L'}, {'time': "
                          "20.3, 'value': 6.1, "
                          "'unit': 'mg/L', 'above': true}]";

static void
test_value (void)
{
  const Level one[] = { { 4.71, 9.3, 11.2, TDM_CENSOR_NONE, 1 } };
  const Level several[] = { { 4.71, 9.3, 11.2, TDM_CENSOR_NONE, 0.6 },
                            { 9.13, 11.1, 13.7, TDM_CENSOR_NONE, 1 },
                            { 3.7, 21.6, 22.9, TDM_CENSOR_BELOW, 1 },
                            { 7.9, 6.2, 6.2, TDM_CENSOR_NONE, 1 } };
  const Level at_ends[] = { { 10.3, 12.9, 12.9, TDM_CENSOR_NONE, 1 },
                            { 11.7, 14.2, 14.9, TDM_CENSOR_NONE, 1 },
                            { 6.1, 20.3, 20.3, TDM_CENSOR_ABOVE, 1 } };
  check_value (one_level, one, 1, FALSE);
  check_value (several_levels, several, 4, FALSE);
  check_value (ends, at_ends, 3, TRUE);
}

static void
test_derivatives (void)
{
  check_derivatives (one_level);
  check_derivatives (several_levels);
  check_derivatives (ends);
}

/* An interval that is next to nothing is the time itself, and a time that the fit does
 * not use changes nothing. */
static void
test_limit (void)
{
  static const char known[] =
      DOSES (KNOWN_END) "'levels': [{'time': 9.3, 'value': 4.71, 'unit': 'mg/L'}]";
  static const char nearly[] =
      DOSES ("'end_from': 13.0999, 'end_to': 13.1001") "'levels': [{'time': 9.2999, "
                                                       "'time_to': 9.3001, 'value': "
                                                       "4.71, 'unit': 'mg/L'}]";
  static const char unused[] =
      DOSES (KNOWN_END) "'levels': [{'time': 9.3, 'value': 4.71, 'unit': 'mg/L'}, "
                        "{'time': 15, 'time_to': 16, 'value': 9, 'unit': 'mg/L', "
                        "'use': false}]";
  double values[3];
  const char *const bodies[] = { known, nearly, unused };
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (TdmProblem) problem = problem_of (bodies[i]);
      g_autoptr (TdmObjective) objective = objective_of (problem);
      values[i] = tdm_objective_eval (objective, places[1], NULL, NULL, FALSE);
      g_assert_cmpint (tdm_problem_has_uncertain_times (problem), ==, i == 1);
    }
  g_assert_cmpfloat_with_epsilon (values[0], values[1], 1e-6);
  g_assert_cmpfloat (values[0], ==, values[2]);
}

/* The fit ends where the gradient vanishes, knows less than with the time known, and
 * the sampled posterior has the mean of a sum over a grid. */
static void
test_fit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (several_levels);
  g_autoptr (TdmObjective) objective = objective_of (problem);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  double gradient[2], sum = 0, mean[2] = { 0 };
  g_assert_cmpfloat_with_epsilon (
      tdm_objective_eval (objective, fit->eta, gradient, NULL, FALSE), fit->objective,
      1e-12);
  g_assert_cmpfloat_with_epsilon (gradient[0], 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (gradient[1], 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (fit->levels[0].time_h, 10.25, 1e-12);
  for (double a = -1.1; a < 1.1; a += 0.011)
    for (double b = -0.9; b < 0.9; b += 0.009)
      {
        const double eta[] = { a, b };
        double p = exp (-0.5
                        * (tdm_objective_eval (objective, eta, NULL, NULL, FALSE)
                           - fit->objective));
        sum += p;
        mean[0] += p * a;
        mean[1] += p * b;
      }
  const TdmPosteriorOptions options = { .draws = 2000,
                                        .method = TDM_POSTERIOR_IMPORTANCE };
  g_autoptr (TdmPosterior) posterior = tdm_posterior_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (posterior->mean[0], mean[0] / sum, 0.01);
  g_assert_cmpfloat_with_epsilon (posterior->mean[1], mean[1] / sum, 0.01);
}

/* A certificate adds up: what the levels add and the prior make the whole gradient. */
static void
test_shares (void)
{
  const char *const bodies[] = { one_level, several_levels, ends };
  for (guint b = 0; b < G_N_ELEMENTS (bodies); b++)
    {
      g_autoptr (TdmProblem) problem = problem_of (bodies[b]);
      g_autoptr (TdmObjective) objective = objective_of (problem);
      double whole[2], hessian[4], gradients[8], hessians[16];
      const double *eta = places[2];
      tdm_objective_eval (objective, eta, whole, hessian, FALSE);
      g_assert_true (tdm_objective_levels (objective, eta, gradients, hessians));
      double sum[2] = { 2 * eta[0] / 0.0961, 2 * eta[1] / 0.0529 };
      double square = 1 / 0.0961;
      for (guint u = 0; u < tdm_objective_get_n_used (objective); u++)
        {
          sum[0] += gradients[2 * u];
          sum[1] += gradients[2 * u + 1];
          square += hessians[4 * u];
        }
      g_assert_cmpfloat_with_epsilon (sum[0], whole[0], 1e-9);
      g_assert_cmpfloat_with_epsilon (sum[1], whole[1], 1e-9);
      g_assert_cmpfloat_with_epsilon (square, hessian[0], 1e-9);
    }
}

static void
test_notes (void)
{
  g_autoptr (TdmProblem) problem = problem_of (ends);
  const GPtrArray *notes = tdm_problem_get_notes (problem);
  g_assert_nonnull (find_note (notes, "level-time-uncertain"));
  g_assert_nonnull (find_note (notes, "dose-end-uncertain"));
  g_assert_cmpfloat (tdm_problem_get_dose (problem, 1)->duration_h, ==,
                     0.5 * (12.4 + 13.9) - 11.7);
  g_autoptr (TdmProblem) known = problem_of (
      DOSES (KNOWN_END) "'levels': [{'time': 9.3, 'value': 4.71, 'unit': 'mg/L'}]");
  g_assert_null (find_note (tdm_problem_get_notes (known), "level-time-uncertain"));
  g_assert_null (find_note (tdm_problem_get_notes (known), "dose-end-uncertain"));
}

/* More uncertain ends than can be walked through are refused by name. */
static void
test_too_many (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autoptr (GString) body = g_string_new ("'doses': [");
  for (int i = 0; i < 4; i++)
    g_string_append_printf (body,
                            "%s{'time': %d, 'amount': 100, 'unit': 'mg', 'end_from': "
                            "%d, 'end_to': %d}",
                            i ? ", " : "", 12 * i, 12 * i + 1, 12 * i + 2);
  g_string_append (body, "]");
  g_assert_null (given_problem (model, body->str, &error));
  g_assert_cmpstr (error->message, ==,
                   "doses[3].end_from: at most 3 infusions of a case may have an "
                   "uncertain end");
}

int
main (int argc, char *argv[])
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/uncertain/value", test_value);
  g_test_add_func ("/engine/uncertain/derivatives", test_derivatives);
  g_test_add_func ("/engine/uncertain/limit", test_limit);
  g_test_add_func ("/engine/uncertain/fit", test_fit);
  g_test_add_func ("/engine/uncertain/shares", test_shares);
  g_test_add_func ("/engine/uncertain/notes", test_notes);
  g_test_add_func ("/engine/uncertain/too-many", test_too_many);
  return g_test_run ();
}
