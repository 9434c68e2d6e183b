/* Quantiles by repeated quickselect: each order statistic is selected within what the
 * previous one left on its right, so five percentiles cost little more than one. */
#include "num/quantile.h"

#include <math.h>

static void
swap (double *a, double *b)
{
  double t = *a;
  *a = *b;
  *b = t;
}

/* Puts the k-th smallest of x[lo..hi] (inclusive) at x[k], smaller ones left of it,
 * larger ones right (Hoare 1961, with the median of three as pivot). */
static void
select_kth (double *x, gssize lo, gssize hi, gssize k)
{
  while (lo < hi)
    {
      gssize mid = lo + (hi - lo) / 2;
      if (x[mid] < x[lo])
        swap (&x[mid], &x[lo]);
      if (x[hi] < x[lo])
        swap (&x[hi], &x[lo]);
      if (x[hi] < x[mid])
        swap (&x[hi], &x[mid]);
      double pivot = x[mid];
      gssize i = lo, j = hi;
      while (i <= j)
        {
          while (x[i] < pivot)
            i++;
          while (x[j] > pivot)
            j--;
          if (i <= j)
            swap (&x[i++], &x[j--]);
        }
      if (k <= j)
        hi = j;
      else if (k >= i)
        lo = i;
      else
        return;
    }
}

void
tdm_quantiles (double *x, guint n, const double *probabilities, guint n_probabilities,
               double *out)
{
  g_assert (n >= 1);
  gssize from = 0;
  for (guint p = 0; p < n_probabilities; p++)
    {
      double position = probabilities[p] * (n - 1);
      gssize k = MIN ((gssize)floor (position), (gssize)n - 1);
      select_kth (x, from, (gssize)n - 1, k);
      double low = x[k], high = low;
      if (k + 1 < (gssize)n)
        {
          high = x[k + 1];
          for (gssize i = k + 2; i < (gssize)n; i++)
            high = MIN (high, x[i]);
        }
      out[p] = low + (position - k) * (high - low);
      from = k;
    }
}

gint
tdm_compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
