/* Vehtari, Gelman, Simpson, Carpenter and Bürkner (Bayesian Analysis 2021;16:667):
 * split chains, rank normalisation, folding, and Geyer's initial monotone sequence of
 * autocorrelations over all chains. */
#include "num/chains.h"

#include "num/quantile.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define FEWEST_DRAWS 4

static void
moments (const double *x, guint n, double *mean, double *variance)
{
  *mean = *variance = 0;
  for (guint i = 0; i < n; i++)
    *mean += x[i] / n;
  for (guint i = 0; i < n; i++)
    *variance += (x[i] - *mean) * (x[i] - *mean) / (n - 1);
}

/* Variance within the chains, and the pooled estimate that also holds what lies between
 * them. */
static void
variances (const double *x, guint chains, guint n, double *within, double *pooled)
{
  g_autofree double *means = g_new (double, chains);
  double grand, between = 0;
  *within = 0;
  for (guint c = 0; c < chains; c++)
    {
      double variance;
      moments (x + (gsize)c * n, n, &means[c], &variance);
      *within += variance / chains;
    }
  if (chains > 1)
    moments (means, chains, &grand, &between);
  *pooled = *within * (n - 1) / n + between;
}

typedef struct
{
  double value;
  guint index;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  return (x->value > y->value) - (x->value < y->value);
}

/* Values to normal scores of their ranks; equal values share the mean rank. */
static void
normalise_ranks (double *x, guint n)
{
  g_autofree Ranked *order = g_new (Ranked, n);
  for (guint i = 0; i < n; i++)
    order[i] = (Ranked){ x[i], i };
  qsort (order, n, sizeof *order, compare_ranked);
  for (guint from = 0, to; from < n; from = to)
    {
      for (to = from + 1; to < n && order[to].value == order[from].value; to++)
        ;
      double rank = 0.5 * (from + 1 + to);
      double score = gsl_cdf_ugaussian_Pinv ((rank - 0.375) / (n + 0.25));
      for (guint i = from; i < to; i++)
        x[order[i].index] = score;
    }
}

static double
rank_rhat (double *x, guint chains, guint n)
{
  double within, pooled;
  normalise_ranks (x, chains * n);
  variances (x, chains, n, &within, &pooled);
  return within > 0 ? sqrt (pooled / within) : 1.0;
}

/* Each chain as two: 2 chains x n / 2. The middle draw of an odd number is left out. */
static double *
split (const double *x, guint chains, guint n)
{
  const guint half = n / 2;
  double *out = g_new (double, 2 * (gsize)chains * half + 1);
  for (guint c = 0; c < chains; c++)
    for (guint i = 0; i < half; i++)
      {
        out[2 * c * half + i] = x[(gsize)c * n + i];
        out[(2 * c + 1) * half + i] = x[(gsize)c * n + n - half + i];
      }
  return out;
}

double
tdm_chains_rhat (const double *x, guint chains, guint n)
{
  if (n < FEWEST_DRAWS)
    return NAN;
  const guint half = n / 2, all = 2 * chains * half;
  const double middle = 0.5;
  double median;
  g_autofree double *plain = split (x, chains, n);
  g_autofree double *folded = g_memdup2 (plain, all * sizeof (double));
  g_autofree double *sorted = g_memdup2 (plain, all * sizeof (double));
  tdm_quantiles (sorted, all, &middle, 1, &median);
  for (guint i = 0; i < all; i++)
    folded[i] = fabs (folded[i] - median);
  return MAX (rank_rhat (plain, 2 * chains, half),
              rank_rhat (folded, 2 * chains, half));
}

/* Mean over the chains of the autocovariance at `lag`. */
static double
autocovariance (const double *x, const double *means, guint chains, guint n, guint lag)
{
  double sum = 0;
  for (guint c = 0; c < chains; c++)
    {
      const double *row = x + (gsize)c * n;
      for (guint i = lag; i < n; i++)
        sum += (row[i] - means[c]) * (row[i - lag] - means[c]);
    }
  return sum / n / chains;
}

double
tdm_chains_ess (const double *draws, guint chains, guint n)
{
  if (n < FEWEST_DRAWS)
    return NAN;
  g_autofree double *x = split (draws, chains, n);
  chains *= 2;
  n /= 2;
  g_autofree double *means = g_new (double, chains);
  double within, pooled, ignored, sum = 0, before = INFINITY;
  for (guint c = 0; c < chains; c++)
    moments (x + (gsize)c * n, n, &means[c], &ignored);
  variances (x, chains, n, &within, &pooled);
  if (!(pooled > 0))
    return (double)chains * n;
  /* rho_t = 1 - (W - autocovariance) / pooled, in pairs while these are positive and
   * falling. */
  const double biased = within * (n - 1) / n;
  for (guint lag = 0; lag + 1 < n; lag += 2)
    {
      double even = 1 - (biased - autocovariance (x, means, chains, n, lag)) / pooled;
      double odd =
          1 - (biased - autocovariance (x, means, chains, n, lag + 1)) / pooled;
      double pair = MIN ((lag == 0 ? 1.0 : even) + odd, before);
      if (pair <= 0)
        break;
      sum += pair;
      before = pair;
    }
  const double total = (double)chains * n;
  const double tau = MAX (2 * sum - 1, 1 / log10 (total));
  return total / tau;
}
