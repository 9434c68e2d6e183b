/* The standard normal distribution function, safe in its tails. */
#pragma once

#include "num/jet.h"

/* ln Phi(z), with derivatives. */
void tdm_jet_log_normal_cdf (const TdmJetSpace *s, double *r, const double *z);

/* The z of which p is Phi(z), 0 < p < 1. */
double tdm_normal_quantile (double p);

/* Distribution function of chi squared with `n` degrees of freedom. */
double tdm_chi_squared_cdf (double x, double n);

/* Phi(z). */
double tdm_normal_cdf (double z);
