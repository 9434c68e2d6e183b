/* Quantiles of samples. */
#pragma once

#include <glib.h>

/* Quantiles at `probabilities` (ascending, in [0, 1]) of x[0..n-1], n >= 1: linear
 * interpolation of order statistics (Hyndman and Fan 1996, type 7, the default of R).
 * Reorders x. */
void tdm_quantiles (double *x, guint n, const double *probabilities,
                    guint n_probabilities, double *out);

/* Orders two doubles for g_array_sort() and its like; no NaN. */
gint tdm_compare_doubles (gconstpointer a, gconstpointer b);
