#include "num/normal.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>

static void
test_repeatable (void)
{
  g_autoptr (TdmRandom) a = tdm_random_new (4711), b = tdm_random_new (4711),
                        c = tdm_random_new (4712);
  int differ = 0;
  for (int i = 0; i < 100; i++)
    {
      double x = tdm_random_normal (a);
      g_assert_cmpfloat (x, ==, tdm_random_normal (b));
      differ += x != tdm_random_normal (c);
    }
  g_assert_cmpint (differ, >, 90);
}

static void
test_moments (void)
{
  g_autoptr (TdmRandom) random = tdm_random_new (99);
  const int n = 200000;
  double m1 = 0, m2 = 0, m4 = 0;
  for (int i = 0; i < n; i++)
    {
      double x = tdm_random_normal (random);
      m1 += x / n;
      m2 += x * x / n;
      m4 += x * x * x * x / n;
    }
  /* Four standard errors: 1, sqrt 2 and sqrt 96 over sqrt n. */
  g_assert_cmpfloat_with_epsilon (m1, 0, 4 / sqrt (n));
  g_assert_cmpfloat_with_epsilon (m2, 1, 4 * sqrt (2.0 / n));
  g_assert_cmpfloat_with_epsilon (m4, 3, 4 * sqrt (96.0 / n));
}

static void
test_sobol (void)
{
  double points[16 * 3];
  tdm_sobol_normal (3, 16, points);
  for (int k = 0; k < 3; k++)
    {
      int below = 0;
      for (int i = 0; i < 16; i++)
        {
          g_assert_true (isfinite (points[i * 3 + k]));
          below += points[i * 3 + k] < 0;
        }
      g_assert_cmpint (below, >=, 7);
      g_assert_cmpint (below, <=, 9);
    }
}

/* Even in every column, in (0, 1), other points for another seed. */
static void
test_sobol_shifted (void)
{
  enum
  {
    N = 256,
    WIDTH = 43
  };
  g_autofree double *points = g_new (double, N *WIDTH);
  g_autofree double *other = g_new (double, N *WIDTH);
  g_autoptr (TdmRandom) random = tdm_random_new (8), another = tdm_random_new (9);
  tdm_sobol_shifted (WIDTH, N, random, points);
  tdm_sobol_shifted (WIDTH, N, another, other);
  for (int k = 0; k < WIDTH; k++)
    {
      int quarter[4] = { 0 }, equal = 0;
      for (int i = 0; i < N; i++)
        {
          double u = points[i * WIDTH + k];
          g_assert_true (u > 0 && u < 1);
          quarter[(int)(4 * u)]++;
          equal += u == other[i * WIDTH + k];
        }
      g_assert_cmpint (equal, ==, 0);
      for (int q = 0; q < 4 && k < 40; q++)
        g_assert_cmpint (abs (quarter[q] - N / 4), <=, 2);
    }
}

static void
test_quantile (void)
{
  for (double z = -7.3; z < 5; z += 0.61)
    g_assert_cmpfloat_with_epsilon (tdm_normal_quantile (tdm_normal_cdf (z)), z, 1e-9);
}

/* ln Phi(-10) and ln Phi(-38) to 15 digits: mpmath log(erfc(10/sqrt(2))/2). */
static void
test_log_normal_cdf (void)
{
  TdmJetSpace s = tdm_jet_space (1, 2);
  double z[3], r[3], up[3], down[3];
  tdm_jet_variable (&s, z, -10.0, 0);
  tdm_jet_log_normal_cdf (&s, r, z);
  g_assert_cmpfloat_with_epsilon (r[0], -53.2312851505124706, 1e-12);
  tdm_jet_variable (&s, z, 0.73, 0);
  tdm_jet_log_normal_cdf (&s, r, z);
  const double h = 1e-4;
  tdm_jet_variable (&s, z, 0.73 + h, 0);
  tdm_jet_log_normal_cdf (&s, up, z);
  tdm_jet_variable (&s, z, 0.73 - h, 0);
  tdm_jet_log_normal_cdf (&s, down, z);
  g_assert_cmpfloat_with_epsilon (r[1], (up[0] - down[0]) / (2 * h), 1e-8);
  g_assert_cmpfloat_with_epsilon (r[2], (up[1] - down[1]) / (2 * h), 1e-8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/random/repeatable", test_repeatable);
  g_test_add_func ("/num/random/moments", test_moments);
  g_test_add_func ("/num/random/sobol", test_sobol);
  g_test_add_func ("/num/random/log-normal-cdf", test_log_normal_cdf);
  g_test_add_func ("/num/random/sobol-shifted", test_sobol_shifted);
  g_test_add_func ("/num/random/quantile", test_quantile);
  return g_test_run ();
}
