/* Chains of which the truth is known: independent, autoregressive, apart. */
#include "num/chains.h"
#include "num/random.h"

#include <math.h>

enum
{
  CHAINS = 4,
  N = 2000
};

/* x_t = rho x_(t-1) + e, chain number c shifted by c `apart` and of `wider`^c the
 * spread. */
static double *
autoregressive (double rho, double apart, double wider)
{
  g_autoptr (TdmRandom) random = tdm_random_new (631);
  double *x = g_new (double, CHAINS *N);
  for (guint c = 0; c < CHAINS; c++)
    {
      double value = tdm_random_normal (random) / sqrt (1 - rho * rho);
      for (guint i = 0; i < N; i++)
        {
          x[c * N + i] = c * apart + value * pow (wider, c);
          value = rho * value + tdm_random_normal (random);
        }
    }
  return x;
}

/* Independent draws n (1 - rho) / (1 + rho). */
static void
test_ess (void)
{
  const double rhos[] = { 0.0, 0.5, 0.83, -0.4 };
  for (guint k = 0; k < G_N_ELEMENTS (rhos); k++)
    {
      g_autofree double *x = autoregressive (rhos[k], 0, 1);
      double want = CHAINS * N * (1 - rhos[k]) / (1 + rhos[k]);
      g_assert_cmpfloat_with_epsilon (tdm_chains_ess (x, CHAINS, N) / want, 1, 0.2);
    }
}

static void
test_rhat (void)
{
  g_autofree double *mixed = autoregressive (0.3, 0, 1);
  g_autofree double *apart = autoregressive (0.3, 1, 1);
  g_autofree double *wider = autoregressive (0.3, 0, 1.9);
  g_assert_cmpfloat (tdm_chains_rhat (mixed, CHAINS, N), <, 1.01);
  g_assert_cmpfloat (tdm_chains_rhat (mixed, CHAINS, N), >, 0.99);
  g_assert_cmpfloat (tdm_chains_rhat (apart, CHAINS, N), >, 1.2);
  /* Same centre, other spreads: only the folded chains tell. */
  g_assert_cmpfloat (tdm_chains_rhat (wider, CHAINS, N), >, 1.1);
  g_assert_cmpfloat (tdm_chains_ess (apart, CHAINS, N), <, 60);
}

/* A chain that drifts disagrees with its own half. */
static void
test_drift (void)
{
  g_autofree double *x = autoregressive (0, 0, 1);
  for (guint c = 0; c < CHAINS; c++)
    for (guint i = 0; i < N; i++)
      x[c * N + i] += 2.0 * i / N;
  g_assert_cmpfloat (tdm_chains_rhat (x, CHAINS, N), >, 1.1);
  g_assert_true (isnan (tdm_chains_rhat (x, CHAINS, 3)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/chains/ess", test_ess);
  g_test_add_func ("/num/chains/rhat", test_rhat);
  g_test_add_func ("/num/chains/drift", test_drift);
  return g_test_run ();
}
