#include "num/random.h"
#include "num/weights.h"

#include <math.h>

static void
test_normalise (void)
{
  double weights[] = { 1000.0, 1000.0 + log (3), -INFINITY, 1000.0 + log (4), NAN };
  double ess = tdm_weights_normalise (weights, 5);
  const double want[] = { 0.125, 0.375, 0, 0.5, 0 };
  for (guint i = 0; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (weights[i], want[i], 1e-12);
  g_assert_cmpfloat_with_epsilon (ess, 64.0 / 26.0, 1e-12);
  double none[] = { -INFINITY, NAN };
  g_assert_cmpfloat (tdm_weights_normalise (none, 2), ==, 0);
  g_assert_cmpfloat (none[0] + none[1], ==, 0);
}

/* Each index as often as n w says, rounded up or down, whatever u. */
static void
test_resample (void)
{
  const double weights[] = { 0.0, 0.17, 0.0, 0.431, 0.02, 0.379, 0.0 };
  for (double u = 0.003; u < 1; u += 0.0497)
    {
      guint chosen[100], count[7] = { 0 };
      tdm_weights_resample (weights, 7, u, 100, chosen);
      for (guint k = 0; k < 100; k++)
        {
          g_assert_cmpuint (chosen[k], <, 7);
          g_assert_true (k == 0 || chosen[k] >= chosen[k - 1]);
          count[chosen[k]]++;
        }
      for (guint i = 0; i < 7; i++)
        {
          g_assert_cmpfloat (count[i], >=, floor (100 * weights[i] - 1e-9));
          g_assert_cmpfloat (count[i], <=, ceil (100 * weights[i] + 1e-9));
        }
    }
}

/* Mean estimate over weights whose tail is generalised Pareto of a known k: u^-k. */
static double
k_of (double k)
{
  enum
  {
    N = 20000,
    TIMES = 12
  };
  g_autoptr (TdmRandom) random = tdm_random_new (12);
  g_autofree double *weights = g_new (double, N);
  double mean = 0;
  for (guint time = 0; time < TIMES; time++)
    {
      for (guint i = 0; i < N; i++)
        weights[i] = -k * log (tdm_random_uniform (random));
      tdm_weights_normalise (weights, N);
      mean += tdm_weights_pareto_k (weights, N) / TIMES;
    }
  return mean;
}

static void
test_pareto (void)
{
  g_assert_cmpfloat_with_epsilon (k_of (0.3), 0.3, 0.06);
  g_assert_cmpfloat_with_epsilon (k_of (0.75), 0.75, 0.07);
  g_assert_cmpfloat_with_epsilon (k_of (1.4), 1.4, 0.12);
  double equal[200];
  for (guint i = 0; i < 200; i++)
    equal[i] = 1.0 / 200;
  g_assert_true (isinf (tdm_weights_pareto_k (equal, 200)));
  g_assert_true (isnan (tdm_weights_pareto_k (equal, 7)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/weights/normalise", test_normalise);
  g_test_add_func ("/num/weights/resample", test_resample);
  g_test_add_func ("/num/weights/pareto", test_pareto);
  return g_test_run ();
}
