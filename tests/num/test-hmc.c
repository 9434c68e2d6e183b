/* Hamiltonian chains of densities of which the moments are known. */
#include "num/chains.h"
#include "num/hmc.h"

#include <math.h>

enum
{
  KEEP = 4000
};

typedef struct
{
  gboolean stopped;
  guint calls;
} Density;

/* x0 standard normal; x1 given x0 normal around x0^2 / 2 with SD 0.6: a banana. Mean of
 * x1 1/2, variance 0.36 + 1/2. */
static double
banana_cb (gpointer data, const double *x, double *gradient)
{
  Density *d = data;
  double r = (x[1] - 0.5 * x[0] * x[0]) / 0.36;
  d->calls++;
  gradient[0] = -x[0] + r * x[0];
  gradient[1] = -r;
  return -0.5 * (x[0] * x[0] + 0.36 * r * r);
}

static void
moments (const double *x, guint column, double *mean, double *variance)
{
  *mean = *variance = 0;
  for (guint i = 0; i < KEEP; i++)
    *mean += x[2 * i + column] / KEEP;
  for (guint i = 0; i < KEEP; i++)
    *variance += pow (x[2 * i + column] - *mean, 2) / KEEP;
}

static void
test_banana (void)
{
  g_autoptr (TdmRandom) random = tdm_random_new (5);
  g_autofree double *out = g_new (double, 2 * KEEP);
  const double start[2] = { 0.3, -0.7 };
  Density d = { 0 };
  TdmHmcReport report;
  const TdmHmc hmc = {
    .n = 2, .data = &d, .density = banana_cb, .warmup = 300, .keep = KEEP
  };
  double mean, variance;
  g_assert_true (tdm_hmc_run (&hmc, random, start, out, &report));
  moments (out, 0, &mean, &variance);
  g_assert_cmpfloat_with_epsilon (mean, 0, 0.1);
  g_assert_cmpfloat_with_epsilon (variance, 1, 0.12);
  moments (out, 1, &mean, &variance);
  g_assert_cmpfloat_with_epsilon (mean, 0.5, 0.1);
  g_assert_cmpfloat_with_epsilon (variance, 0.86, 0.2);
  g_assert_cmpfloat (report.acceptance, >, 0.65);
  g_assert_cmpfloat (report.acceptance, <, 0.97);
  g_assert_cmpuint (report.jumps, ==, 0);
}

/* 0.3 N(-6, 1) + 0.7 N(6, 1): no trajectory crosses, jumps do. */
static double
two_cb (gpointer data, const double *x, double *gradient)
{
  (void)data;
  double a = log (0.3) - 0.5 * pow (x[0] + 6, 2),
         b = log (0.7) - 0.5 * pow (x[0] - 6, 2);
  double most = MAX (a, b), sum = exp (a - most) + exp (b - most);
  gradient[0] = (-(x[0] + 6) * exp (a - most) - (x[0] - 6) * exp (b - most)) / sum;
  return most + log (sum);
}

static void
propose_cb (gpointer data, TdmRandom *random, double *x)
{
  (void)data;
  x[0] = 8 * tdm_random_normal (random);
}

static double
proposal_density_cb (gpointer data, const double *x)
{
  (void)data;
  return -x[0] * x[0] / 128;
}

static double
share_above (gboolean jumps, guint64 seed)
{
  g_autoptr (TdmRandom) random = tdm_random_new (seed);
  g_autofree double *out = g_new (double, KEEP);
  const double start = 5.7;
  TdmHmcReport report;
  double above = 0;
  const TdmHmc hmc = { .n = 1,
                       .density = two_cb,
                       .propose = jumps ? propose_cb : NULL,
                       .proposal_density = proposal_density_cb,
                       .warmup = 100,
                       .keep = KEEP };
  g_assert_true (tdm_hmc_run (&hmc, random, &start, out, &report));
  for (guint i = 0; i < KEEP; i++)
    above += out[i] > 0;
  return above / KEEP;
}

static void
test_two_modes (void)
{
  g_assert_cmpfloat (share_above (FALSE, 3), ==, 1);
  g_assert_cmpfloat_with_epsilon (share_above (TRUE, 3), 0.7, 0.06);
  g_assert_cmpfloat (share_above (TRUE, 3), ==, share_above (TRUE, 3));
  g_assert_cmpfloat (share_above (TRUE, 3), !=, share_above (TRUE, 4));
}

static gboolean
stop_cb (gpointer data)
{
  return ((Density *)data)->calls >= 50;
}

static void
test_stop (void)
{
  g_autoptr (TdmRandom) random = tdm_random_new (5);
  g_autofree double *out = g_new (double, 2 * KEEP);
  const double start[2] = { 0.3, -0.7 };
  Density d = { 0 };
  TdmHmcReport report;
  const TdmHmc hmc = { .n = 2,
                       .data = &d,
                       .density = banana_cb,
                       .stop = stop_cb,
                       .warmup = 300,
                       .keep = KEEP };
  g_assert_false (tdm_hmc_run (&hmc, random, start, out, &report));
  g_assert_cmpuint (d.calls, <=, 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/hmc/banana", test_banana);
  g_test_add_func ("/num/hmc/two-modes", test_two_modes);
  g_test_add_func ("/num/hmc/stop", test_stop);
  return g_test_run ();
}
