/* Numerical integration. */
#pragma once

#include <glib.h>

/* The `n` nodes (ascending) and weights of Gauss and Legendre on [-1, 1], exact for
 * polynomials of degree 2 n - 1; the weights add up to 2. n >= 1. */
void tdm_gauss_legendre (guint n, double *nodes, double *weights);
