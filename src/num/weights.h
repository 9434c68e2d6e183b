/* Importance weights: draws of a proposal that stand for another distribution, what
 * they are worth, and equally weighted draws from them. */
#pragma once

#include <glib.h>

/* Turns logarithms of weights (any common constant; -INFINITY = none) into weights that
 * add up to 1, in place. Returns their effective sample size 1 / sum w^2, 0 (and zeros)
 * when none is finite. */
double tdm_weights_normalise (double *weights, guint n);

/* Shape k of the generalised Pareto distribution fitted to the largest weights: below
 * 0.5 averages converge as usual, above 0.7 they are not to be trusted. NAN with fewer
 * than 25 weights; -INFINITY when the largest are all equal. */
double tdm_weights_pareto_k (const double *weights, guint n);

/* Systematic resampling: `m` indices, ascending, each i as often as m w_i says, rounded
 * up or down; `u` in (0, 1) says which. Weights add up to 1. */
void tdm_weights_resample (const double *weights, guint n, double u, guint m,
                           guint *out);
