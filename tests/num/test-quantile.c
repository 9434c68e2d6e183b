#include "num/quantile.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The definition of type 7, on a sorted copy. */
static double
sorted_quantile (const double *sorted, guint n, double p)
{
  double h = p * (n - 1);
  guint k = (guint)floor (h);
  double next = sorted[MIN (k + 1, n - 1)];
  return sorted[k] + (h - k) * (next - sorted[k]);
}

static void
test_against_sorting (void)
{
  const double p[] = { 0, 0.05, 0.25, 0.5, 0.75, 0.95, 1 };
  g_autoptr (TdmRandom) random = tdm_random_new (7219);
  for (guint n = 1; n < 400; n += 1 + n / 7)
    {
      g_autofree double *x = g_new (double, n);
      for (guint i = 0; i < n; i++) /* rounded: many ties */
        x[i] = round (8 * tdm_random_normal (random)) / 8;
      g_autofree double *sorted = g_memdup2 (x, n * sizeof *x);
      qsort (sorted, n, sizeof *sorted, compare);
      double got[G_N_ELEMENTS (p)];
      tdm_quantiles (x, n, p, G_N_ELEMENTS (p), got);
      for (guint k = 0; k < G_N_ELEMENTS (p); k++)
        g_assert_cmpfloat_with_epsilon (got[k], sorted_quantile (sorted, n, p[k]),
                                        1e-15);
    }
}

/* R: quantile(c(3.1, 1.7, 9.2, 4.4), c(.05, .5, .95)) = 1.91, 3.75, 8.48. */
static void
test_r (void)
{
  double x[] = { 3.1, 1.7, 9.2, 4.4 }, got[3];
  const double p[] = { 0.05, 0.5, 0.95 };
  tdm_quantiles (x, 4, p, 3, got);
  g_assert_cmpfloat_with_epsilon (got[0], 1.91, 1e-12);
  g_assert_cmpfloat_with_epsilon (got[1], 3.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (got[2], 8.48, 1e-12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/quantile/against-sorting", test_against_sorting);
  g_test_add_func ("/num/quantile/r", test_r);
  return g_test_run ();
}
