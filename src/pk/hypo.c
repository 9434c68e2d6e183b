/* Convolutions of exponentials, by divided differences where nodes are well apart and
 * by a series of positive terms where they are close.
 *
 * Far: H(S) = (H(S - max) - H(S - min)) / (max - min); when the spread exceeds about
 * half the number of nodes no more than a digit is lost. Near: with d_i = max - y_i >=
 * 0, H = exp(-max) sum_k h_k(d) / (k+m-1)!, h_k the complete homogeneous symmetric
 * polynomials, so that nothing cancels. Compare A. McCurdy, K. C. Ng, B. N. Parlett,
 * Math. Comp. 43 (1984) 501, who switch between the same two; their series is centred,
 * ours starts at the largest node and stays positive. */
#include "pk/hypo.h"

#include <math.h>
#include <string.h>

#define N_NODES 5 /* chain, 1, 2, 3, zero */
#define MAX_CHAIN 64

struct _TdmHypo
{
  TdmJetSpace space;
  guint chain;
  double *buffer;
  gsize capacity;
  double *node[N_NODES];
  double *value;   /* memo: (chain + 1) x TDM_HYPO_SETS jets */
  double *partial; /* chain + 5 jets of the series */
  double *delta[N_NODES];
  double *scratch; /* 2 jets */
  guint8 known[(MAX_CHAIN + 1) * TDM_HYPO_SETS];
};

TdmHypo *
tdm_hypo_new (void)
{
  return g_new0 (TdmHypo, 1);
}

void
tdm_hypo_free (TdmHypo *self)
{
  if (self == NULL)
    return;
  g_free (self->buffer);
  g_free (self);
}

void
tdm_hypo_begin (TdmHypo *self, const TdmJetSpace *space, guint chain)
{
  g_assert (chain <= MAX_CHAIN);
  const gsize size = space->size;
  const gsize values = (chain + 1) * TDM_HYPO_SETS;
  const gsize need = size * (values + chain + 5 + 2 * N_NODES + 2);
  if (need > self->capacity)
    {
      self->buffer = g_renew (double, self->buffer, need);
      self->capacity = need;
    }
  self->space = *space;
  self->chain = chain;
  double *next = self->buffer;
  for (guint i = 0; i < N_NODES; i++)
    {
      self->node[i] = next;
      self->delta[i] = next + size;
      next += 2 * size;
    }
  self->scratch = next;
  self->partial = next + 2 * size;
  self->value = self->partial + (chain + 5) * size;
}

void
tdm_hypo_set_nodes (TdmHypo *self, const double *y, guint n_y, const double *y_chain)
{
  const TdmJetSpace *s = &self->space;
  if (y_chain != NULL)
    tdm_jet_copy (s, self->node[0], y_chain);
  for (guint i = 0; i < n_y; i++)
    tdm_jet_copy (s, self->node[1 + i], y + i * s->size);
  tdm_jet_set (s, self->node[4], 0.0);
  memset (self->known, 0, (self->chain + 1) * TDM_HYPO_SETS);
}

static gboolean
has_node (guint copies, guint set, guint node)
{
  return node == 0 ? copies > 0 : (set >> (node - 1) & 1) != 0;
}

/* All nodes are the chain's. */
static void
compute_equal (TdmHypo *self, guint copies, double *result)
{
  const TdmJetSpace *s = &self->space;
  double factorial = 1.0;
  for (guint i = 2; i < copies; i++)
    factorial *= i;
  tdm_jet_scale (s, result, self->node[0], -1.0);
  tdm_jet_exp (s, result, result);
  tdm_jet_scale (s, result, result, 1.0 / factorial);
}

static void
compute_pair (TdmHypo *self, guint high, guint low, double *result)
{
  const TdmJetSpace *s = &self->space;
  double *exponential = self->scratch;
  tdm_jet_sub (s, result, self->node[high], self->node[low]);
  tdm_jet_psi (s, result, result, 0);
  tdm_jet_scale (s, exponential, self->node[low], -1.0);
  tdm_jet_exp (s, exponential, exponential);
  tdm_jet_mul (s, result, result, exponential);
}

/* The differences from the largest node that are not identically zero, each as often as
 * its node occurs. Returns how many. */
static guint
list_deltas (TdmHypo *self, guint copies, guint set, guint high, const double **deltas)
{
  guint n = 0;
  for (guint node = 0; node < N_NODES; node++)
    {
      if (node == high || !has_node (copies, set, node))
        continue;
      tdm_jet_sub (&self->space, self->delta[node], self->node[high], self->node[node]);
      for (guint i = 0; i < (node == 0 ? copies : 1); i++)
        deltas[n++] = self->delta[node];
    }
  return n;
}

/* partial[i] = h_k of the first i + 1 differences, raised by one degree a round. Rounds
 * go on until the terms, and those two degrees lower which their derivatives bring in,
 * are lost. */
static void
compute_near (TdmHypo *self, guint copies, guint set, guint high, double spread)
{
  const TdmJetSpace *s = &self->space;
  const guint size = s->size;
  const double *deltas[MAX_CHAIN + N_NODES];
  const guint n = list_deltas (self, copies, set, high, deltas);
  const guint m = copies + (guint)__builtin_popcount (set);
  double *sum = self->value + (copies * TDM_HYPO_SETS + set) * size;
  double factorial = 1.0, bound = 1.0;
  for (guint i = 2; i < m; i++)
    factorial /= i;
  tdm_jet_set (s, sum, factorial);
  for (guint i = 0; i < n; i++)
    tdm_jet_set (s, self->partial + i * size, 1.0);
  for (guint k = 1; k < 4 || bound > 1e-18; k++)
    {
      for (guint i = 0; i < n; i++)
        {
          double *p = self->partial + i * size;
          tdm_jet_mul (s, p, p, deltas[i]);
          if (i > 0)
            tdm_jet_add (s, p, p, p - size);
        }
      factorial /= k + m - 1;
      tdm_jet_axpy (s, sum, factorial, self->partial + (n - 1) * size);
      if (k > 2)
        bound *= spread / (k - 2);
    }
  tdm_jet_scale (s, self->scratch, self->node[high], -1.0);
  tdm_jet_exp (s, self->scratch, self->scratch);
  tdm_jet_mul (s, sum, sum, self->scratch);
}

static const double *
without (TdmHypo *self, guint copies, guint set, guint node)
{
  return node == 0 ? tdm_hypo_get (self, copies - 1, set)
                   : tdm_hypo_get (self, copies, set & ~(1u << (node - 1)));
}

static void
compute_far (TdmHypo *self, guint copies, guint set, guint high, guint low)
{
  const TdmJetSpace *s = &self->space;
  double *result = self->value + (copies * TDM_HYPO_SETS + set) * s->size;
  const double *a = without (self, copies, set, high);
  const double *b = without (self, copies, set, low);
  tdm_jet_sub (s, result, a, b);
  tdm_jet_sub (s, self->scratch, self->node[high], self->node[low]);
  tdm_jet_div (s, result, result, self->scratch);
}

const double *
tdm_hypo_get (TdmHypo *self, guint copies, guint set)
{
  const TdmJetSpace *s = &self->space;
  const guint m = copies + (guint)__builtin_popcount (set);
  const guint index = copies * TDM_HYPO_SETS + set;
  double *result = self->value + index * s->size;
  if (self->known[index])
    return result;
  self->known[index] = TRUE;
  guint high = G_MAXUINT, low = G_MAXUINT;
  for (guint i = 0; i < N_NODES; i++)
    if (has_node (copies, set, i))
      {
        if (high == G_MAXUINT || self->node[i][0] > self->node[high][0])
          high = i;
        if (low == G_MAXUINT || self->node[i][0] <= self->node[low][0])
          low = i;
      }
  const double spread = self->node[high][0] - self->node[low][0];
  if (set == 0)
    compute_equal (self, copies, result);
  else if (m == 1)
    {
      tdm_jet_scale (s, result, self->node[high], -1.0);
      tdm_jet_exp (s, result, result);
    }
  else if (m == 2)
    compute_pair (self, high, low, result);
  else if (spread > 0.6 * m)
    compute_far (self, copies, set, high, low);
  else
    compute_near (self, copies, set, high, spread);
  return result;
}
