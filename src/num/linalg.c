/* The home of LAPACK. Orders here are a handful, so triangular solves are written out:
 * a call costs more than the arithmetic, and so is the elimination that a solver of
 * differential equations repeats; all else is LAPACK's. */
#include "num/linalg.h"

#include <gsl/gsl_errno.h>
#include <lapacke.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

void
tdm_num_init (void)
{
  static gsize done = 0;
  if (g_once_init_enter (&done))
    {
      gsl_set_error_handler_off ();
      openblas_set_num_threads (1);
      g_once_init_leave (&done, 1);
    }
}

gboolean
tdm_cholesky (guint n, const double *a, double *l)
{
  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j <= i; j++)
        {
          double sum = a[i * n + j];
          for (guint k = 0; k < j; k++)
            sum -= l[i * n + k] * l[j * n + k];
          if (i != j)
            l[i * n + j] = sum / l[j * n + j];
          else if (sum > 0.0 && isfinite (sum))
            l[i * n + i] = sqrt (sum);
          else
            return FALSE;
        }
    }
  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      l[i * n + j] = 0.0;
  return TRUE;
}

void
tdm_lower_solve (guint n, const double *l, const double *b, double *x)
{
  for (guint i = 0; i < n; i++)
    {
      double sum = b[i];
      for (guint k = 0; k < i; k++)
        sum -= l[i * n + k] * x[k];
      x[i] = sum / l[i * n + i];
    }
}

void
tdm_lower_transposed_solve (guint n, const double *l, const double *b, double *x)
{
  for (guint i = n; i-- > 0;)
    {
      double sum = b[i];
      for (guint k = i + 1; k < n; k++)
        sum -= l[k * n + i] * x[k];
      x[i] = sum / l[i * n + i];
    }
}

void
tdm_cholesky_solve (guint n, const double *l, const double *b, double *x)
{
  tdm_lower_solve (n, l, b, x);
  tdm_lower_transposed_solve (n, l, x, x);
}

void
tdm_cholesky_inverse (guint n, const double *l, double *inverse)
{
  /* The inverse is symmetric, so its columns may be solved for as rows. */
  for (guint i = 0; i < n; i++)
    {
      memset (inverse + i * n, 0, n * sizeof (double));
      inverse[i * n + i] = 1.0;
      tdm_cholesky_solve (n, l, inverse + i * n, inverse + i * n);
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      {
        double mean = 0.5 * (inverse[i * n + j] + inverse[j * n + i]);
        inverse[i * n + j] = inverse[j * n + i] = mean;
      }
}

void
tdm_lower_times (guint n, const double *l, const double *b, double *x)
{
  for (guint i = 0; i < n; i++)
    {
      x[i] = 0.0;
      for (guint k = 0; k <= i; k++)
        x[i] += l[i * n + k] * b[k];
    }
}

void
tdm_lower_transposed_times (guint n, const double *l, const double *b, double *x)
{
  for (guint i = 0; i < n; i++)
    {
      x[i] = 0.0;
      for (guint k = i; k < n; k++)
        x[i] += l[k * n + i] * b[k];
    }
}

gboolean
tdm_general_solve (guint n, const double *a, guint columns, double *b)
{
  g_autofree double *lu = g_memdup2 (a, sizeof (double) * n * n);
  g_autofree lapack_int *pivots = g_new (lapack_int, n);
  return LAPACKE_dgesv (LAPACK_ROW_MAJOR, (lapack_int)n, (lapack_int)columns, lu,
                        (lapack_int)n, pivots, b, (lapack_int)columns)
         == 0;
}

gboolean
tdm_symmetric_eigen (guint n, const double *a, double *values, double *v)
{
  g_autofree double *work = g_memdup2 (a, n * n * sizeof (double));
  if (LAPACKE_dsyev (LAPACK_ROW_MAJOR, v ? 'V' : 'N', 'L', (lapack_int)n, work,
                     (lapack_int)n, values)
      != 0)
    return FALSE;
  if (v)
    memcpy (v, work, n * n * sizeof (double));
  return TRUE;
}

static void
swap_rows (double *a, double *b, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      double c = a[i];
      a[i] = b[i];
      b[i] = c;
    }
}

/* x -= factor y */
static inline void
subtract (guint n, double *restrict x, double factor, const double *restrict y)
{
  for (guint c = 0; c < n; c++)
    x[c] -= factor * y[c];
}

gboolean
tdm_lu_factor (guint n, double *a, guint *pivots)
{
  for (guint k = 0; k < n; k++)
    {
      double *row = a + (gsize)k * n;
      guint best = k;
      for (guint i = k + 1; i < n; i++)
        if (fabs (a[(gsize)i * n + k]) > fabs (a[(gsize)best * n + k]))
          best = i;
      pivots[k] = best;
      if (best != k)
        swap_rows (row, a + (gsize)best * n, n);
      if (!isfinite (row[k]) || row[k] == 0.0)
        return FALSE;
      for (guint i = k + 1; i < n; i++)
        {
          double *other = a + (gsize)i * n;
          if (other[k] == 0.0)
            continue;
          other[k] /= row[k];
          subtract (n - k - 1, other + k + 1, other[k], row + k + 1);
        }
    }
  return TRUE;
}

/* One right-hand side, which the general loops would be slow with. */
static void
lu_solve_one (guint n, const double *restrict a, double *restrict b)
{
  for (guint i = 1; i < n; i++)
    {
      double sum = b[i];
      for (guint k = 0; k < i; k++)
        sum -= a[(gsize)i * n + k] * b[k];
      b[i] = sum;
    }
  for (guint i = n; i-- > 0;)
    {
      double sum = b[i];
      for (guint k = i + 1; k < n; k++)
        sum -= a[(gsize)i * n + k] * b[k];
      b[i] = sum / a[(gsize)i * n + i];
    }
}

void
tdm_lu_solve (guint n, const double *a, const guint *pivots, guint columns, double *b)
{
  for (guint k = 0; k < n; k++)
    if (pivots[k] != k)
      swap_rows (b + (gsize)k * columns, b + (gsize)pivots[k] * columns, columns);
  if (columns == 1)
    {
      lu_solve_one (n, a, b);
      return;
    }
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < i; k++)
      subtract (columns, b + i * columns, a[(gsize)i * n + k], b + k * columns);
  for (guint i = n; i-- > 0;)
    {
      for (guint k = i + 1; k < n; k++)
        subtract (columns, b + i * columns, a[(gsize)i * n + k], b + k * columns);
      for (guint c = 0; c < columns; c++)
        b[i * columns + c] /= a[(gsize)i * n + i];
    }
}
