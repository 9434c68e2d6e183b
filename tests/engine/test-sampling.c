/* Draws of the posterior against numerical integration on a grid, where the Laplace
 * approximation is wrong: skewed, with two modes, cut off by a limit. */
#include "engine/objective.h"
#include "engine/posterior.h"
#include "given.h"

#include "num/linalg.h"
#include "num/quantile.h"

#include <gio/gio.h>
#include <math.h>

#define DRAWS 8000

#define MODEL(parameters, units, effects, structure, error)                      \
  GIVEN_HEAD "[parameters]\n" parameters "[units]\n" units "[effects]\n" effects \
             "[structure]\nkind = linear\ncompartments = 1\n" structure          \
             "[output C]\ntitle = Testamycin\nunit = mg/L\n" error               \
             "[check typical]\ndoses = 100 mg dose\nvalues = CL 3\nsource = Test\n"
#define IV "[route dose]\ntitle = Bolus\ninto = central\n"
#define ORAL "[route dose]\ntitle = By mouth\ninto = absorption\n"
#define DOSE "'doses': [{'time': 0, 'amount': 100, 'unit': 'mg', 'route': 'dose'}], "

static const char skewed_text[] =
    MODEL ("CL = 3 * exp(eta_CL)\nV = 21.3\n", "CL = L/h\nV = L\n",
           "CL = variance 0.83\n", IV, "error = additive\nadditive = 0.61 mg/L\n");
static const char two_text[] =
    MODEL ("CL = 3\nV = 24 * exp(eta_V)\nKA = 0.15 * exp(eta_KA)\n",
           "CL = L/h\nV = L\nKA = 1/h\n", "V = variance 0.9\nKA = variance 1.1\n",
           "chain = 1\n" ORAL, "error = proportional\nproportional = 9 %\n");

static TdmFit *
fit_of (const char *text, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  return fit;
}

static TdmPosterior *
sample (const TdmFit *fit, TdmPosteriorMethod method, guint draws, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  const TdmPosteriorOptions options = { draws, seed, method };
  TdmPosterior *posterior = tdm_posterior_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (posterior->draws, ==, draws);
  return posterior;
}

/* What a grid knows of one number. */
typedef struct
{
  double mean, sd, p5, p95;
} Truth;

/* -2 ln posterior of the skewed problem, levels at 5 and 15 h, the latter below its
 * limit where `censored`. */
static double
skewed_objective (double eta, gboolean censored)
{
  double k = 3 * exp (eta) / 21.3, sum = eta * eta / 0.83;
  double a = (0.93 - 100 / 21.3 * exp (-5 * k)) / 0.61;
  double b = (0.37 - 100 / 21.3 * exp (-15 * k)) / 0.61;
  return sum + a * a + (censored ? -2 * log (0.5 * erfc (-b / G_SQRT2)) : b * b);
}

static Truth
integrate_skewed (gboolean censored)
{
  Truth t = { 0, 0, NAN, NAN };
  double mass = 0, sum = 0;
  const double step = 1e-4, from = -8, to = 6;
  for (double x = from; x < to; x += step)
    mass += exp (-0.5 * skewed_objective (x, censored));
  for (double x = from; x < to; x += step)
    {
      double p = exp (-0.5 * skewed_objective (x, censored)) / mass;
      t.mean += p * x;
      t.sd += p * x * x;
      t.p5 = sum < 0.05 && sum + p >= 0.05 ? x : t.p5;
      t.p95 = sum < 0.95 && sum + p >= 0.95 ? x : t.p95;
      sum += p;
    }
  t.sd = sqrt (t.sd - t.mean * t.mean);
  return t;
}

/* Mean, SD and percentiles of column `k` of the rows. */
static Truth
describe (const TdmPosterior *posterior, guint k)
{
  const double at[] = { 0.05, 0.95 };
  g_autofree double *x = g_new (double, posterior->draws);
  Truth t = { 0 };
  double p[2];
  for (guint d = 0; d < posterior->draws; d++)
    {
      x[d] = tdm_posterior_get_row (posterior, d)[k];
      t.mean += x[d] / posterior->draws;
    }
  for (guint d = 0; d < posterior->draws; d++)
    t.sd += pow (x[d] - t.mean, 2) / posterior->draws;
  t.sd = sqrt (t.sd);
  tdm_quantiles (x, posterior->draws, at, 2, p);
  t.p5 = p[0];
  t.p95 = p[1];
  return t;
}

/* How far apart, in SDs, the worst of the four numbers are. */
static double
worst (const Truth *got, const Truth *want)
{
  double a = MAX (fabs (got->mean - want->mean), fabs (got->sd - want->sd));
  double b = MAX (fabs (got->p5 - want->p5), fabs (got->p95 - want->p95));
  return MAX (a, b) / want->sd;
}

static void
check_skewed (gboolean censored)
{
  const TdmPosteriorMethod methods[] = { TDM_POSTERIOR_IMPORTANCE, TDM_POSTERIOR_HMC };
  g_autofree char *body = g_strdup_printf (
      DOSE "'levels': [{'time': 5, 'value': 0.93, 'unit': 'mg/L'}, {'time': 15, "
           "'value': 0.37, 'unit': 'mg/L'%s}]",
      censored ? ", 'below': true" : "");
  g_autoptr (TdmFit) fit = fit_of (skewed_text, body);
  Truth truth = integrate_skewed (censored);
  g_autoptr (TdmPosterior) laplace = sample (fit, TDM_POSTERIOR_LAPLACE, DRAWS, 3);
  Truth rough = describe (laplace, 0);
  g_assert_cmpfloat (worst (&rough, &truth), >, 0.2);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmPosterior) posterior = sample (fit, methods[i], DRAWS, 3);
      Truth got = describe (posterior, 0);
      g_assert_cmpint (posterior->method, ==, (int)methods[i]);
      g_assert_true (posterior->reliable);
      g_assert_cmpfloat (worst (&got, &truth), <, 0.1);
      g_assert_cmpfloat (fabs (posterior->mean[0] - truth.mean), <, 0.05 * truth.sd);
      g_assert_cmpfloat_with_epsilon (sqrt (posterior->covariance[0]) / truth.sd, 1,
                                      0.05);
    }
}

static void
test_skewed (void)
{
  check_skewed (FALSE);
}

static void
test_censored (void)
{
  check_skewed (TRUE);
}

static const double two_y[] = { 1.118, 0.484 };

static double
two_objective (double eta_v, double eta_ka)
{
  double v = 24 * exp (eta_v), ka = 0.15 * exp (eta_ka), ke = 3 / v;
  double sum = eta_v * eta_v / 0.9 + eta_ka * eta_ka / 1.1;
  for (guint i = 0; i < 2; i++)
    {
      double t = 12 * (i + 1);
      double c = 100 * ka / (v * (ka - ke)) * (exp (-ke * t) - exp (-ka * t));
      sum += 2 * log (0.09 * c) + pow ((two_y[i] - c) / (0.09 * c), 2);
    }
  return sum;
}

/* Mass where absorption is faster than elimination, and mean and SD of eta_V. */
static void
integrate_two (double *fast, double *mean, double *sd)
{
  double mass = 0;
  *fast = *mean = *sd = 0;
  for (int i = -1000; i < 1000; i++)
    for (int j = -1000; j < 1000; j++)
      {
        double v = (i + 0.503) * 0.004, ka = (j + 0.511) * 0.004;
        double p = exp (-0.5 * two_objective (v, ka));
        mass += p;
        *fast += 0.15 * exp (ka) > 3 / (24 * exp (v)) ? p : 0;
        *mean += p * v;
        *sd += p * v * v;
      }
  *fast /= mass;
  *mean /= mass;
  *sd = sqrt (*sd / mass - *mean * *mean);
}

static void
test_two_modes (void)
{
  const TdmPosteriorMethod methods[] = { TDM_POSTERIOR_IMPORTANCE, TDM_POSTERIOR_HMC };
  double fast, mean, sd;
  g_autoptr (TdmFit) fit =
      fit_of (two_text,
              DOSE "'levels': [{'time': 12, 'value': 1.118, 'unit': 'mg/L'}, {'time': "
                   "24, 'value': 0.484, 'unit': 'mg/L'}]");
  integrate_two (&fast, &mean, &sd);
  /* Both count, so that the best optimum alone would be wrong. */
  g_assert_cmpfloat (fast, >, 0.1);
  g_assert_cmpfloat (fast, <, 0.9);
  g_assert_cmpuint (fit->n_modes, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmPosterior) posterior = sample (fit, methods[i], DRAWS, 41);
      double got = 0;
      Truth v = describe (posterior, 0);
      for (guint d = 0; d < DRAWS; d++)
        {
          const double *row = tdm_posterior_get_row (posterior, d);
          got += (0.15 * exp (row[1]) > 3 / (24 * exp (row[0]))) / (double)DRAWS;
        }
      g_assert_true (posterior->reliable);
      g_assert_cmpfloat_with_epsilon (got, fast, 0.04);
      g_assert_cmpfloat_with_epsilon (v.mean, mean, 0.08 * sd);
      g_assert_cmpfloat_with_epsilon (v.sd, sd, 0.06 * sd);
    }
}

#define SKEWED_BODY DOSE "'levels': [{'time': 5, 'value': 2.93, 'unit': 'mg/L'}]"

static void
test_repeatable (void)
{
  const TdmPosteriorMethod methods[] = { TDM_POSTERIOR_LAPLACE,
                                         TDM_POSTERIOR_IMPORTANCE, TDM_POSTERIOR_HMC };
  g_autoptr (TdmFit) fit = fit_of (skewed_text, SKEWED_BODY);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmPosterior) one = sample (fit, methods[i], 137, 17);
      g_autoptr (TdmPosterior) same = sample (fit, methods[i], 137, 17);
      g_autoptr (TdmPosterior) other = sample (fit, methods[i], 137, 18);
      guint equal = 0;
      g_assert_cmpmem (one->rows, 137 * sizeof (double), same->rows,
                       137 * sizeof (double));
      for (guint d = 0; d < 137; d++)
        equal += one->rows[d] == other->rows[d];
      g_assert_cmpuint (equal, <, 10);
    }
}

/* Near the normal the weights are even, and no chain is needed. */
static void
test_auto (void)
{
  g_autoptr (TdmFit) fit = fit_of (skewed_text, SKEWED_BODY);
  g_autoptr (TdmPosterior) posterior = sample (fit, TDM_POSTERIOR_AUTO, 500, 1);
  g_assert_cmpint (posterior->method, ==, TDM_POSTERIOR_IMPORTANCE);
  g_assert_cmpuint (posterior->proposals, ==, 2000);
  g_assert_cmpfloat (posterior->ess, >, 800);
  g_assert_cmpfloat (posterior->ess, <=, 2000);
  g_assert_cmpfloat (posterior->pareto_k, <, 0.7);
  g_assert_cmpuint (posterior->chains, ==, 0);
}

static void
test_chains (void)
{
  g_autoptr (TdmFit) fit = fit_of (skewed_text, SKEWED_BODY);
  g_autoptr (TdmPosterior) posterior = sample (fit, TDM_POSTERIOR_HMC, 1000, 1);
  g_assert_cmpuint (posterior->chains, ==, 4);
  g_assert_cmpfloat (posterior->rhat, <, 1.05);
  g_assert_cmpfloat (posterior->rhat, >, 0.98);
  g_assert_cmpfloat (posterior->ess, >, 300);
  g_assert_true (isnan (posterior->pareto_k));
  g_assert_cmpuint (posterior->proposals, ==, 0);
}

static const char kinds_text[] = GIVEN_HEAD
    "[subpopulations]\nfast = 0.63\nslow = remainder\n[parameters]\n"
    "CL = (SUBPOPULATION == \"fast\" ? 4.61 : 2.13) * exp(eta_CL)\nV = 21.3\n"
    "[units]\nCL = L/h\nV = L\n[effects]\nCL = variance 0.21\n"
    "[structure]\nkind = linear\ncompartments = 1\n" IV
    "[output C]\ntitle = Testamycin\nunit = mg/L\n"
    "error = additive\nadditive = 0.61 mg/L\n"
    "[check fast]\nsubpopulation = fast\nvalues = CL 4.61\nsource = Test\n"
    "[check slow]\nsubpopulation = slow\nvalues = CL 2.13\nsource = Test\n";

/* Mass and first moment of the effect in one subpopulation. */
static void
integrate_kind (TdmObjective *objective, guint kind, double *mass, double *moment)
{
  tdm_objective_set_subpopulation (objective, kind);
  *mass = *moment = 0;
  for (double eta = -4; eta < 4; eta += 0.0021)
    {
      double p = exp (-0.5 * tdm_objective_eval (objective, &eta, NULL, NULL, FALSE));
      *mass += p;
      *moment += p * eta;
    }
}

/* Whose the draws are, and what effects they have, in each way. */
static void
test_subpopulations (void)
{
  const TdmPosteriorMethod methods[] = { TDM_POSTERIOR_IMPORTANCE, TDM_POSTERIOR_HMC };
  g_autoptr (TdmFit) fit = fit_of (
      kinds_text, DOSE "'levels': [{'time': 5, 'value': 1.93, 'unit': 'mg/L'}]");
  g_autoptr (TdmObjective) objective = tdm_objective_new (fit->problem, NULL);
  double mass[2], moment[2];
  for (guint k = 0; k < 2; k++)
    integrate_kind (objective, k, &mass[k], &moment[k]);
  double fast = 0.63 * mass[0] / (0.63 * mass[0] + 0.37 * mass[1]);
  g_assert_cmpfloat (fast, >, 0.2);
  g_assert_cmpfloat (fast, <, 0.8);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmPosterior) posterior = sample (fit, methods[i], DRAWS, 9);
      double n[2] = { 0 }, sum[2] = { 0 };
      for (guint d = 0; d < DRAWS; d++)
        {
          const double *row = tdm_posterior_get_row (posterior, d);
          guint k = (guint)row[posterior->width - 1] - 1;
          g_assert_cmpuint (k, <, 2);
          n[k]++;
          sum[k] += row[0];
        }
      g_assert_cmpfloat_with_epsilon (posterior->kinds[0], fast, 0.01);
      g_assert_cmpfloat_with_epsilon (n[0] / DRAWS, fast, 0.01);
      for (guint k = 0; k < 2; k++)
        g_assert_cmpfloat_with_epsilon (sum[k] / n[k], moment[k] / mass[k], 0.03);
    }
}

static void
test_prior (void)
{
  g_autoptr (TdmFit) fit = fit_of (skewed_text, DOSE "'levels': []");
  g_autoptr (TdmPosterior) posterior = sample (fit, TDM_POSTERIOR_AUTO, DRAWS, 23);
  Truth got = describe (posterior, 0);
  g_assert_true (posterior->prior);
  g_assert_true (posterior->reliable);
  g_assert_cmpfloat_with_epsilon (got.mean, 0, 4 * sqrt (0.83 / DRAWS));
  g_assert_cmpfloat_with_epsilon (got.sd, sqrt (0.83), 0.05);
  g_assert_cmpfloat_with_epsilon (posterior->covariance[0], 0.83, 1e-9);
}

static void
test_cancelled (void)
{
  const TdmPosteriorMethod methods[] = { TDM_POSTERIOR_IMPORTANCE, TDM_POSTERIOR_HMC };
  g_autoptr (TdmFit) fit = fit_of (skewed_text, SKEWED_BODY);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GError) error = NULL;
      const TdmPosteriorOptions options = { 5000, 1, methods[i] };
      g_assert_null (tdm_posterior_new (fit, &options, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/sampling/skewed", test_skewed);
  g_test_add_func ("/engine/sampling/censored", test_censored);
  g_test_add_func ("/engine/sampling/two-modes", test_two_modes);
  g_test_add_func ("/engine/sampling/repeatable", test_repeatable);
  g_test_add_func ("/engine/sampling/auto", test_auto);
  g_test_add_func ("/engine/sampling/chains", test_chains);
  g_test_add_func ("/engine/sampling/subpopulations", test_subpopulations);
  g_test_add_func ("/engine/sampling/prior", test_prior);
  g_test_add_func ("/engine/sampling/cancelled", test_cancelled);
  return g_test_run ();
}
