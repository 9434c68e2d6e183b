/* Whether Markov chains agree, and how many independent draws they are worth. A chain
 * is one row of `x` (chains x n). */
#pragma once

#include <glib.h>

/* Rank-normalised split R-hat: 1 when the chains, and the halves of each, have mixed;
 * above 1.05 they have not. The larger of that of the values and that of their
 * distances from the median. NAN with fewer than 4 draws a chain. */
double tdm_chains_rhat (const double *x, guint chains, guint n);

/* Effective sample size of the mean over all chains, from autocorrelations within and
 * disagreement between them. */
double tdm_chains_ess (const double *x, guint chains, guint n);
