/* The posterior against closed forms and brute force: a problem that is linear and
 * normal, levels known only to be below or above a limit, and one with two optima. */
#include "engine/map.h"
#include "given.h"

#include "num/linalg.h"

#include <math.h>

#define OUTPUT(error) "[output C]\ntitle = Testamycin\nunit = mg/L\n" error
#define REST                                                       \
  "[structure]\nkind = linear\ncompartments = 1\n"                 \
  "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n" \
  "bioavailability = F\n"

/* A bolus of 100 mg has the concentration (0.8 + eta) a(t), a = 100/V exp(-CL/V t). */
#define CL 3.17
#define V 21.3
#define SD 0.43
#define OMEGA 0.0361

static const char linear_text[] = GIVEN_HEAD
    "[parameters]\nCL = 3.17\nV = 21.3\nF = 0.8 + eta_F\n"
    "[units]\nCL = L/h\nV = L\nF = 1\n"
    "[effects]\nF = variance 0.0361\n" REST OUTPUT (
        "error = additive\nadditive = 0.43 mg/L\n") "[check typical]\ndoses = 100 mg "
                                                    "iv\nvalues = CL 3.17\nsource = "
                                                    "Test\n";

static const char flip_text[] = GIVEN_HEAD
    "[parameters]\nCL = 3 * exp(eta_CL)\nV = %s * exp(eta_V)\nKA = "
    "%s * exp(eta_KA)\n"
    "[units]\nCL = L/h\nV = L\nKA = 1/h\n"
    "[effects]\nCL = variance 0.01\nV = variance 2\nKA = variance "
    "2\n"
    "[structure]\nkind = linear\ncompartments = 1\nchain = "
    "1\n" OUTPUT ("error = combined\nadditive = 0.01 mg/L\nproportional = 3 "
                  "%%\n") "[route oral]\ntitle = By mouth\ninto = absorption\n"
                          "[check typical]\ndoses = 100 mg oral\nvalues = CL "
                          "3\nsource = Test\n";

static double
factor_at (double time_h)
{
  return 100 / V * exp (-CL / V * time_h);
}

static void
assert_near (double got, double want, double tolerance)
{
  if (!(fabs (got - want) <= tolerance * (1 + fabs (want))))
    g_error ("expected %.12g, got %.12g", want, got);
}

static TdmFit *
fit_of (TdmModel *model, const char *body, const TdmMapOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  TdmFit *fit = tdm_map_fit (problem, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  return fit;
}

#define LINEAR_DOSE "'doses': [{'time': 0, 'amount': 100, 'unit': 'mg', 'route': 'iv'}]"
#define LINEAR_LEVELS                                           \
  ", 'levels': [{'time': 1.3, 'value': 4.61, 'unit': 'mg/L'}, " \
  "{'time': 7.9, 'value': 0.83, 'unit': 'mg/L'}, "              \
  "{'time': 4.2, 'value': 2.97, 'unit': 'mg/L', 'weight': 0.35}]"

/* The normal posterior: precision 1/omega + sum w a^2/s^2. */
static void
check_linear (double prior_weight)
{
  const double t[] = { 1.3, 7.9, 4.2 }, y[] = { 4.61, 0.83, 2.97 };
  const double w[] = { 1, 1, 0.35 };
  g_autoptr (TdmModel) model = given_model (linear_text);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_dtostr (number, sizeof number, prior_weight);
  g_autofree char *body = g_strconcat (
      LINEAR_DOSE LINEAR_LEVELS ", 'options': {'prior_weight': ", number, "}", NULL);
  g_autoptr (TdmFit) fit = fit_of (model, body, NULL);
  double precision = prior_weight / OMEGA, sum = 0, objective;
  for (guint i = 0; i < 3; i++)
    {
      double a = factor_at (t[i]);
      precision += w[i] * a * a / (SD * SD);
      sum += w[i] * a * (y[i] - 0.8 * a) / (SD * SD);
    }
  double eta = sum / precision;
  objective = eta * eta * prior_weight / OMEGA;
  for (guint i = 0; i < 3; i++)
    objective +=
        w[i] * (log (SD * SD) + pow ((y[i] - (0.8 + eta) * factor_at (t[i])) / SD, 2));
  assert_near (fit->eta[0], eta, 1e-10);
  assert_near (fit->covariance[0], 1 / precision, 1e-10);
  assert_near (fit->covariance_expected[0], 1 / precision, 1e-10);
  assert_near (fit->shrinkage[0], 1 - prior_weight / (precision * OMEGA), 1e-10);
  assert_near (fit->objective, objective, 1e-10);
  g_assert_cmpuint (fit->optima, ==, 1);
  g_assert_true (isinf (fit->second_best));
}

static void
test_linear (void)
{
  check_linear (1.0);
  check_linear (0.5);
  check_linear (7.3);
}

/* No level: the prior. */
static void
test_prior (void)
{
  g_autoptr (TdmModel) model = given_model (linear_text);
  g_autoptr (TdmFit) fit = fit_of (model, LINEAR_DOSE, NULL);
  assert_near (fit->eta[0], 0, 0);
  assert_near (fit->covariance[0], OMEGA, 1e-12);
  assert_near (fit->shrinkage[0], 0, 1e-12);
  assert_near (fit->objective, 0, 1e-15);
  g_autoptr (TdmFit) half =
      fit_of (model, LINEAR_DOSE ", 'options': {'prior_weight': 0.5}", NULL);
  assert_near (half->covariance[0], 2 * OMEGA, 1e-12);
}

typedef struct
{
  gboolean above;
  double time_h, limit;
} Censored;

static double
censored_objective (const Censored *c, double eta)
{
  double z = (c->limit - (0.8 + eta) * factor_at (c->time_h)) / SD;
  double other = (2.93 - (0.8 + eta) * factor_at (3.1)) / SD;
  return eta * eta / OMEGA + log (SD * SD) + other * other
         - 2 * log (0.5 * erfc ((c->above ? z : -z) / M_SQRT2));
}

/* Golden section. */
static double
minimise_censored (const Censored *c)
{
  const double g = (sqrt (5) - 1) / 2;
  double a = -1, b = 1;
  while (b - a > 1e-9)
    {
      double x = b - g * (b - a), y = a + g * (b - a);
      if (censored_objective (c, x) < censored_objective (c, y))
        b = y;
      else
        a = x;
    }
  return 0.5 * (a + b);
}

static void
test_censored (void)
{
  const Censored cases[] = { { FALSE, 9.7, 0.5 },  { FALSE, 9.7, 2.9 },
                             { FALSE, 1.1, 2.37 }, { TRUE, 9.7, 0.5 },
                             { TRUE, 2.3, 3.91 },  { TRUE, 9.7, 0.01 } };
  g_autoptr (TdmModel) model = given_model (linear_text);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char time[G_ASCII_DTOSTR_BUF_SIZE], limit[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_dtostr (time, sizeof time, cases[i].time_h);
      g_ascii_dtostr (limit, sizeof limit, cases[i].limit);
      g_autofree char *body = g_strdup_printf (
          LINEAR_DOSE ", 'levels': [{'time': 3.1, 'value': 2.93, 'unit': 'mg/L'}, "
                      "{'time': %s, 'value': %s, 'unit': 'mg/L', '%s': true}]",
          time, limit, cases[i].above ? "above" : "below");
      g_autoptr (TdmFit) fit = fit_of (model, body, NULL);
      double eta = minimise_censored (&cases[i]), h = 1e-4;
      double curvature = (censored_objective (&cases[i], eta + h)
                          - 2 * censored_objective (&cases[i], eta)
                          + censored_objective (&cases[i], eta - h))
                         / (2 * h * h);
      assert_near (fit->eta[0], eta, 1e-6);
      assert_near (fit->objective, censored_objective (&cases[i], eta), 1e-9);
      assert_near (fit->covariance[0], 1 / curvature, 1e-5);
    }
}

/* A limit says less than a level at it, and pulls one way only. */
static void
test_censored_side (void)
{
  g_autoptr (TdmModel) model = given_model (linear_text);
#define LEVEL(rest) \
  LINEAR_DOSE ", 'levels': [{'time': 3.1, 'value': 1.87, 'unit': 'mg/L'" rest "}]"
  g_autoptr (TdmFit) level = fit_of (model, LEVEL (""), NULL);
  g_autoptr (TdmFit) below = fit_of (model, LEVEL (", 'below': true"), NULL);
  g_autoptr (TdmFit) above = fit_of (model, LEVEL (", 'above': true"), NULL);
#undef LEVEL
  g_assert_cmpfloat (level->eta[0], <, 0);
  g_assert_cmpfloat (below->eta[0], <, 0);
  g_assert_cmpfloat (above->eta[0], >, 0);
  g_assert_cmpfloat (above->eta[0], <, 0.05);
  g_assert_cmpfloat (level->covariance[0], <, below->covariance[0]);
  g_assert_cmpint (below->levels[0].censor, ==, TDM_CENSOR_BELOW);
}

typedef struct
{
  double v, ka, y[2];
} Flip;

/* Levels at 12 and 24 h after 100 mg by mouth. */
static double
flip_objective (const Flip *f, const double eta[3])
{
  double cl = 3 * exp (eta[0]), v = f->v * exp (eta[1]), ka = f->ka * exp (eta[2]);
  double ke = cl / v, sum = eta[0] * eta[0] / 0.01;
  if (fabs (ka - ke) < 1e-9 * ka)
    ka *= 1 + 1e-6;
  sum += (eta[1] * eta[1] + eta[2] * eta[2]) / 2;
  for (guint i = 0; i < 2; i++)
    {
      double t = 12 * (i + 1);
      double c = 100 * ka / (v * (ka - ke)) * (exp (-ke * t) - exp (-ka * t));
      double variance = 1e-4 + 9e-4 * c * c;
      sum += log (variance) + pow (f->y[i] - c, 2) / variance;
    }
  return sum;
}

/* The best of a grid over four prior standard deviations. */
static double
flip_grid (const Flip *f, double best[3])
{
  double least = INFINITY, eta[3];
  for (int i = -12; i <= 12; i++)
    for (int j = -60; j <= 60; j++)
      for (int k = -60; k <= 60; k++)
        {
          eta[0] = i * 0.025;
          eta[1] = j * 0.07;
          eta[2] = k * 0.07;
          double value = flip_objective (f, eta);
          if (value < least)
            {
              least = value;
              memcpy (best, eta, sizeof eta);
            }
        }
  return least;
}

static TdmModel *
flip_model (const Flip *f)
{
  char v[G_ASCII_DTOSTR_BUF_SIZE], ka[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_dtostr (v, sizeof v, f->v);
  g_ascii_dtostr (ka, sizeof ka, f->ka);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *text = g_strdup_printf (flip_text, v, ka);
#pragma GCC diagnostic pop
  return given_model (text);
}

static TdmFit *
flip_fit (TdmModel *model, const Flip *f, guint starts)
{
  char y[2][G_ASCII_DTOSTR_BUF_SIZE];
  const TdmMapOptions options = { .starts = starts };
  for (guint i = 0; i < 2; i++)
    g_ascii_dtostr (y[i], sizeof y[i], f->y[i]);
  g_autofree char *body = g_strdup_printf (
      "'doses': [{'time': 0, 'amount': 100, 'unit': 'mg', 'route': 'oral'}], "
      "'levels': [{'time': 12, 'value': %s, 'unit': 'mg/L'}, "
      "{'time': 24, 'value': %s, 'unit': 'mg/L'}]",
      y[0], y[1]);
  return fit_of (model, body, &options);
}

/* Fast absorption and slow elimination, or the other way round: two optima. Whichever
 * is nearer to the typical patient is the better one, and is found. */
static void
test_two_optima (void)
{
  const Flip flips[] = { { 15, 0.25, { 1.118, 0.484 } },
                         { 24, 0.15, { 1.118, 0.484 } },
                         { 13, 0.11, { 1.118, 0.484 } },
                         { 24, 0.15, { 1.03, 0.574 } } };
  for (guint i = 0; i < G_N_ELEMENTS (flips); i++)
    {
      double near[3];
      double least = flip_grid (&flips[i], near);
      g_autoptr (TdmModel) model = flip_model (&flips[i]);
      for (guint starts = 0; starts <= 17; starts = starts ? starts + 4 : 9)
        {
          g_autoptr (TdmFit) fit = flip_fit (model, &flips[i], starts);
          g_assert_cmpfloat (fit->objective, <=, least + 1e-9);
          assert_near (fit->objective, flip_objective (&flips[i], fit->eta), 1e-8);
          /* In the grid's basin, not in the other. */
          g_assert_true (signbit (fit->eta[1]) == signbit (near[1]));
          g_assert_cmpuint (fit->optima, >=, 2);
          g_assert_cmpfloat (fit->second_best, >, fit->objective);
          g_assert_nonnull (find_note (fit->notes, "several-optima"));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/posterior/linear", test_linear);
  g_test_add_func ("/engine/posterior/prior", test_prior);
  g_test_add_func ("/engine/posterior/censored", test_censored);
  g_test_add_func ("/engine/posterior/censored-side", test_censored_side);
  g_test_add_func ("/engine/posterior/two-optima", test_two_optima);
  return g_test_run ();
}
