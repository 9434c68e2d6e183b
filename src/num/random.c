/* Mersenne twister and Sobol sequence of GSL. Normals by inversion of the distribution
 * function, so that one uniform makes one normal and draws stay aligned. */
#include "num/random.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_rng.h>
#include <math.h>

/* Of the Sobol sequence. */
#define MOST_DIMENSIONS 40

struct _TdmRandom
{
  gsl_rng *rng;
};

TdmRandom *
tdm_random_new (guint64 seed)
{
  TdmRandom *self = g_new (TdmRandom, 1);
  self->rng = gsl_rng_alloc (gsl_rng_mt19937);
  gsl_rng_set (self->rng, (unsigned long)(seed ^ (seed >> 32)));
  return self;
}

void
tdm_random_free (TdmRandom *self)
{
  gsl_rng_free (self->rng);
  g_free (self);
}

double
tdm_random_uniform (TdmRandom *self)
{
  return gsl_rng_uniform_pos (self->rng);
}

double
tdm_random_normal (TdmRandom *self)
{
  return gsl_cdf_ugaussian_Pinv (gsl_rng_uniform_pos (self->rng));
}

void
tdm_sobol_normal (guint n, guint n_points, double *out)
{
  g_assert (n >= 1 && n <= MOST_DIMENSIONS);
  gsl_qrng *q = gsl_qrng_alloc (gsl_qrng_sobol, n);
  for (guint i = 0; i < n_points; i++)
    {
      gsl_qrng_get (q, out + i * n);
      for (guint k = 0; k < n; k++)
        out[i * n + k] = gsl_cdf_ugaussian_Pinv (out[i * n + k]);
    }
  gsl_qrng_free (q);
}

/* Cranley and Patterson's rotation; never quite 0 or 1. */
static double
shift (double x, double by)
{
  double sum = x + by;
  return CLAMP (sum - floor (sum), 0x1p-53, 1 - 0x1p-53);
}

void
tdm_sobol_shifted (guint n, guint n_points, TdmRandom *random, double *out)
{
  const guint even = MIN (n, MOST_DIMENSIONS);
  double point[MOST_DIMENSIONS], by[MOST_DIMENSIONS];
  gsl_qrng *q = gsl_qrng_alloc (gsl_qrng_sobol, even);
  for (guint k = 0; k < even; k++)
    by[k] = tdm_random_uniform (random);
  for (guint i = 0; i < n_points; i++)
    {
      double *row = out + (gsize)i * n;
      gsl_qrng_get (q, point);
      for (guint k = 0; k < n; k++)
        row[k] = k < even ? shift (point[k], by[k]) : tdm_random_uniform (random);
    }
  gsl_qrng_free (q);
}
