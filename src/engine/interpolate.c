#include "engine/interpolate.h"

#include <math.h>
#include <stdlib.h>

/* Interpolation over amounts, where a curve costs much: the amount over a metric (an
 * apparent clearance) is almost straight in the amount for the common nonlinearities,
 * so that a polynomial through few amounts gives all; one amount more is computed to
 * verify it, and where it is off, becomes a node in its turn. */
#define NODES_FIRST 3
#define NODES_MOST 7
#define INTERPOLATION_ERROR 1e-3
/* Below this many amounts each is computed. */
#define AMOUNTS_LEAST 6
#define N_FIELDS 5

typedef struct
{
  double amounts[NODES_MOST], values[NODES_MOST][N_FIELDS]; /* amount over metric */
  guint n;
} Nodes;

static void
get_fields (const TdmRegimenMetrics *m, double fields[N_FIELDS])
{
  fields[0] = m->trough;
  fields[1] = m->peak;
  fields[2] = m->average;
  fields[3] = m->auc24;
  fields[4] = m->target;
}

/* FALSE where there is no answer, or one that cannot be divided by. */
static gboolean
add_node (TdmMetrics *metrics, const TdmRegimen *regimen, double amount,
          const double *eta, Nodes *nodes)
{
  TdmRegimen one = *regimen;
  TdmRegimenMetrics m;
  double fields[N_FIELDS];
  one.amount_mg = amount;
  if (!tdm_metrics_compute (metrics, &one, eta, &m, NULL))
    return FALSE;
  get_fields (&m, fields);
  for (guint k = 0; k < N_FIELDS; k++)
    {
      if (!(fields[k] > 0) || isinf (fields[k]))
        return FALSE;
      nodes->values[nodes->n][k] = amount / fields[k];
    }
  nodes->amounts[nodes->n++] = amount;
  return TRUE;
}

/* Lagrange's polynomial through the first n nodes; NAN where it is no clearance. */
static void
interpolate (const Nodes *nodes, guint n, double amount, double fields[N_FIELDS])
{
  double sums[N_FIELDS] = { 0 };
  for (guint i = 0; i < n; i++)
    {
      double weight = 1;
      for (guint j = 0; j < n; j++)
        if (j != i)
          weight *=
              (amount - nodes->amounts[j]) / (nodes->amounts[i] - nodes->amounts[j]);
      for (guint k = 0; k < N_FIELDS; k++)
        sums[k] += weight * nodes->values[i][k];
    }
  for (guint k = 0; k < N_FIELDS; k++)
    fields[k] = sums[k] > 0 ? amount / sums[k] : NAN;
}

/* The widest gap between nodes, in which the next is put. */
static double
next_amount (const Nodes *nodes)
{
  double widest = 0, at = 0;
  for (guint i = 0; i < nodes->n; i++)
    {
      double above = INFINITY;
      for (guint j = 0; j < nodes->n; j++)
        if (nodes->amounts[j] > nodes->amounts[i])
          above = MIN (above, nodes->amounts[j]);
      if (isfinite (above) && above - nodes->amounts[i] >= widest)
        {
          widest = above - nodes->amounts[i];
          at = 0.5 * (above + nodes->amounts[i]);
        }
    }
  return at;
}

/* Whether the polynomial without the last node foretold it. */
static gboolean
is_foretold (const Nodes *nodes)
{
  double fields[N_FIELDS];
  const guint last = nodes->n - 1;
  interpolate (nodes, last, nodes->amounts[last], fields);
  for (guint k = 0; k < N_FIELDS; k++)
    {
      double own = nodes->amounts[last] / nodes->values[last][k];
      if (!(fabs (fields[k] / own - 1) <= INTERPOLATION_ERROR))
        return FALSE;
    }
  return TRUE;
}

/* What lies between `low` and `high`. */
static gboolean
find_nodes (TdmMetrics *metrics, const TdmRegimen *regimen, double low, double high,
            const double *eta, Nodes *nodes)
{
  for (guint i = 1; i < NODES_FIRST; i++)
    if (!add_node (metrics, regimen, high + (low - high) * i / (NODES_FIRST - 1), eta,
                   nodes))
      return FALSE;
  while (nodes->n < NODES_MOST)
    if (!add_node (metrics, regimen, next_amount (nodes), eta, nodes))
      return FALSE;
    else if (is_foretold (nodes))
      return TRUE;
  return FALSE;
}

/* The largest amount that has an answer becomes the first node, by bisection: where
 * elimination saturates there is none beyond. Returns how many have one. */
static guint
find_highest (TdmMetrics *metrics, const TdmRegimen *regimen, const double *sorted,
              guint n, const double *eta, Nodes *nodes)
{
  guint low = 0, high = n; /* sorted[low - 1] has an answer, sorted[high] has none */
  nodes->n = 0;
  for (guint at = n - 1; low < high; at = (low + high) / 2)
    {
      nodes->n = 0;
      if (add_node (metrics, regimen, sorted[at], eta, nodes))
        low = at + 1;
      else
        high = at;
    }
  if (low > 0 && (nodes->n == 0 || nodes->amounts[0] != sorted[low - 1]))
    {
      nodes->n = 0;
      if (!add_node (metrics, regimen, sorted[low - 1], eta, nodes))
        return 0;
    }
  return low;
}

static int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

gboolean
tdm_interpolate_amounts (TdmMetrics *metrics, const TdmRegimen *regimen,
                         const double *amounts_mg, guint n, const double *eta,
                         TdmRegimenMetrics *out)
{
  Nodes nodes;
  if (n < AMOUNTS_LEAST)
    return FALSE;
  g_autofree double *sorted = g_memdup2 (amounts_mg, n * sizeof (double));
  qsort (sorted, n, sizeof (double), compare_doubles);
  const guint known = find_highest (metrics, regimen, sorted, n, eta, &nodes);
  const double highest = known > 0 ? sorted[known - 1] : 0;
  if (known > 0
      && (sorted[0] == highest
          || !find_nodes (metrics, regimen, sorted[0], highest, eta, &nodes)))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      double fields[N_FIELDS] = { NAN, NAN, NAN, NAN, NAN };
      if (amounts_mg[i] <= highest)
        interpolate (&nodes, nodes.n, amounts_mg[i], fields);
      out[i] = (TdmRegimenMetrics){ .trough = fields[0],
                                    .peak = fields[1],
                                    .average = fields[2],
                                    .auc24 = fields[3],
                                    .target = fields[4] };
    }
  return TRUE;
}
