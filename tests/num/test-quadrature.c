/* Gauss-Legendre rules against integrals of powers. */
#include "num/quadrature.h"

#include <math.h>

/* Exact up to degree 2 n - 1, and not beyond. */
static void
test_powers (void)
{
  for (guint n = 1; n <= 24; n++)
    {
      double x[24], w[24];
      tdm_gauss_legendre (n, x, w);
      for (guint degree = 0; degree <= 2 * n; degree++)
        {
          const double exact = degree % 2 ? 0 : 2.0 / (degree + 1);
          double sum = 0;
          for (guint i = 0; i < n; i++)
            sum += w[i] * pow (x[i], degree);
          if (degree < 2 * n)
            g_assert_cmpfloat_with_epsilon (sum, exact, 1e-13);
          else if (n < 12)
            g_assert_cmpfloat (fabs (sum - exact), >, 1e-9);
        }
      for (guint i = 1; i < n; i++)
        g_assert_cmpfloat (x[i], >, x[i - 1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/quadrature/powers", test_powers);
  return g_test_run ();
}
