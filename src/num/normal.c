#include "num/normal.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <math.h>

void
tdm_jet_log_normal_cdf (const TdmJetSpace *s, double *r, const double *z)
{
  /* (ln Phi)' = h, the inverse Mills ratio; (ln Phi)'' = -h (z + h). */
  double f = gsl_sf_log_erfc (-z[0] / M_SQRT2) - M_LN2;
  double h = gsl_sf_hazard (-z[0]);
  tdm_jet_chain (s, r, z, f, h, -h * (z[0] + h));
}

double
tdm_normal_cdf (double z)
{
  return gsl_cdf_ugaussian_P (z);
}

double
tdm_normal_quantile (double p)
{
  return gsl_cdf_ugaussian_Pinv (p);
}

double
tdm_chi_squared_cdf (double x, double n)
{
  return gsl_cdf_chisq_P (x, n);
}
