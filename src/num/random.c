/* Mersenne twister and Sobol sequence of GSL. Normals by inversion of the distribution
 * function, so that one uniform makes one normal and draws stay aligned. */
#include "num/random.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <gsl/gsl_rng.h>

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
  g_assert (n >= 1 && n <= 40);
  gsl_qrng *q = gsl_qrng_alloc (gsl_qrng_sobol, n);
  for (guint i = 0; i < n_points; i++)
    {
      gsl_qrng_get (q, out + i * n);
      for (guint k = 0; k < n; k++)
        out[i * n + k] = gsl_cdf_ugaussian_Pinv (out[i * n + k]);
    }
  gsl_qrng_free (q);
}
