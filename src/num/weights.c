/* The generalised Pareto fit is the empirical Bayes estimate of Zhang and Stephens
 * (Technometrics 2009;51:316), the number of weights that make the tail and the pull of
 * k towards 0.5 for short tails are those of Vehtari et al. (J Mach Learn Res
 * 2024;25:72). */
#include "num/weights.h"

#include "num/quantile.h"

#include <math.h>

#define FEWEST_WEIGHTS 25
#define FEWEST_TAIL 5

double
tdm_weights_normalise (double *weights, guint n)
{
  double most = -INFINITY, sum = 0, squares = 0;
  for (guint i = 0; i < n; i++)
    if (!isnan (weights[i]))
      most = MAX (most, weights[i]);
  for (guint i = 0; i < n; i++)
    {
      weights[i] = isfinite (most) && !isnan (weights[i]) ? exp (weights[i] - most) : 0;
      sum += weights[i];
    }
  for (guint i = 0; sum > 0 && i < n; i++)
    {
      weights[i] /= sum;
      squares += weights[i] * weights[i];
    }
  return squares > 0 ? 1 / squares : 0;
}

/* k of exceedances x[0] <= … <= x[n-1], all positive. */
static double
fit_pareto (const double *x, guint n)
{
  const guint points = 30 + (guint)floor (sqrt (n));
  const double quartile = x[(guint)floor (n / 4.0 + 0.5) - 1];
  g_autofree double *theta = g_new (double, points);
  g_autofree double *likelihood = g_new (double, points);
  for (guint j = 0; j < points; j++)
    {
      double k = 0;
      theta[j] = 1 / x[n - 1] + (1 - sqrt (points / (j + 0.5))) / (3 * quartile);
      for (guint i = 0; i < n; i++)
        k += log1p (-theta[j] * x[i]) / n;
      likelihood[j] = n * (log (-theta[j] / k) - k - 1);
    }
  tdm_weights_normalise (likelihood, points);
  double mean = 0, k = 0;
  for (guint j = 0; j < points; j++)
    mean += theta[j] * likelihood[j];
  for (guint i = 0; i < n; i++)
    k += log1p (-mean * x[i]) / n;
  return (n * k + 10 * 0.5) / (n + 10);
}

double
tdm_weights_pareto_k (const double *weights, guint n)
{
  guint tail = (guint)MIN (0.2 * n, 3 * sqrt (n));
  if (n < FEWEST_WEIGHTS || tail < FEWEST_TAIL)
    return NAN;
  g_autofree double *sorted = g_memdup2 (weights, n * sizeof *weights);
  g_autoptr (GArray) x = g_array_new (FALSE, FALSE, sizeof (double));
  qsort (sorted, n, sizeof *sorted, tdm_compare_doubles);
  double cut = sorted[n - tail - 1];
  for (guint i = n - tail; i < n; i++)
    {
      double excess = sorted[i] - cut;
      if (excess > 1e-12 * sorted[n - 1])
        g_array_append_val (x, excess);
    }
  if (x->len < FEWEST_TAIL)
    return -INFINITY;
  return fit_pareto ((const double *)(gconstpointer)x->data, x->len);
}

void
tdm_weights_resample (const double *weights, guint n, double u, guint m, guint *out)
{
  double sum = 0;
  guint i = 0, last = 0;
  for (guint k = 0; k < m; k++)
    {
      double want = (k + u) / m;
      for (; i < n && sum + weights[i] < want; i++)
        {
          sum += weights[i];
          if (weights[i] > 0)
            last = i;
        }
      /* Rounding of the sum must not lead past the last draw that counts. */
      out[k] = i < n && weights[i] > 0 ? i : last;
    }
}
