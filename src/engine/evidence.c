/* With q for the density that the draws come from and O for the objective,
 *
 *   L = integral of exp (-O / 2) / sqrt (det (2 pi Omega)) d eta
 *     = mean of exp (-O / 2) / q over the draws / sqrt (det (2 pi Omega)).
 *
 * The draws are Sobol points, shifted at random; such batches with shifts of their own
 * are independent estimates of L, and say how far their mean may be off (Owen, J
 * Complexity 1998;14:466). Each kind of subpopulation has draws of its own, whose
 * weights include its probability. */
#include "engine/evidence.h"

#include "engine/posterior-private.h"

#include <math.h>
#include <string.h>

#define BATCHES 8
#define DRAWS 8000
#define DRAWS_ODE 4000
#define FEWEST_IN_BATCH 50
/* Rows that a posterior of so many proposals has (engine/posterior.c). */
#define PROPOSALS_PER_ROW 4

/* What the batches give. Logarithms of weights are counted from `about`. */
typedef struct
{
  double about;
  double sums[BATCHES];
  guint n;
  double weight;          /* of all draws */
  double *first, *second; /* weighted sums: n, n x n */
} Tally;

static void
tally_clear (Tally *self)
{
  g_free (self->first);
  g_free (self->second);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tally, tally_clear)

/* What was counted so far, from another number on. */
static void
shift_about (Tally *t, guint batches, double about)
{
  const double scale = isfinite (t->about) ? exp (t->about - about) : 0;
  for (guint b = 0; b < batches; b++)
    t->sums[b] *= scale;
  t->weight *= scale;
  for (guint i = 0; i < t->n; i++)
    t->first[i] *= scale;
  for (guint i = 0; i < t->n * t->n; i++)
    t->second[i] *= scale;
  t->about = about;
}

static void
count_batch (Tally *t, guint batch, const TdmSampler *s)
{
  const guint n = t->n;
  double most = t->about;
  for (guint d = 0; d < s->n_proposals; d++)
    most = MAX (most, s->weights[d]);
  if (most > t->about)
    shift_about (t, batch, most);
  for (guint d = 0; d < s->n_proposals; d++)
    {
      const double *eta = s->eta + (gsize)d * n;
      const double w = isfinite (s->weights[d]) ? exp (s->weights[d] - t->about) : 0;
      if (w == 0)
        continue;
      t->sums[batch] += w;
      t->weight += w;
      for (guint i = 0; i < n; i++)
        t->first[i] += w * eta[i];
      for (guint i = 0; i < n * n; i++)
        t->second[i] += w * eta[i / n] * eta[i % n];
    }
}

/* -2 ln of L from the mean over the batches, and its error. */
static void
fill_value (TdmEvidence *self, const Tally *t, const TdmSampler *s)
{
  const double *l = tdm_problem_get_omega_cholesky (s->fit->problem);
  double mean = 0, squares = 0;
  for (guint b = 0; b < BATCHES; b++)
    mean += t->sums[b] / BATCHES;
  for (guint b = 0; b < BATCHES; b++)
    squares += (t->sums[b] - mean) * (t->sums[b] - mean);
  /* Each kind has its own part of the draws. */
  const double each = (double)s->n_proposals / s->n_kinds;
  self->value = -2 * (log (mean / each) + t->about) + s->n * log (2 * G_PI);
  for (guint i = 0; i < s->n; i++)
    self->value += 2 * log (l[i * (s->n + 1)]);
  self->error = 2 * sqrt (squares / (BATCHES * (BATCHES - 1))) / mean;
}

static void
fill_moments (TdmEvidence *self, const Tally *t)
{
  const guint n = t->n;
  for (guint i = 0; i < n; i++)
    self->mean[i] = t->first[i] / t->weight;
  for (guint i = 0; i < n * n; i++)
    self->covariance[i] =
        t->second[i] / t->weight - self->mean[i / n] * self->mean[i % n];
}

/* Without levels the prior is left, whose integral is 1. */
static void
fill_prior (TdmEvidence *self, const TdmFit *fit)
{
  self->even = TRUE;
  memcpy (self->covariance, tdm_problem_get_omega (fit->problem),
          fit->n * fit->n * sizeof (double));
}

static guint
batch_size (const TdmFit *fit, guint draws)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  if (draws == 0)
    draws = ode ? DRAWS_ODE : DRAWS;
  return MAX ((draws + BATCHES - 1) / BATCHES, FEWEST_IN_BATCH);
}

TdmEvidence *
tdm_evidence_new (const TdmFit *fit, guint draws, guint64 seed)
{
  const guint n = fit->n, size = batch_size (fit, draws);
  TdmEvidence *self = g_new0 (TdmEvidence, 1);
  g_autoptr (TdmPosterior) posterior =
      tdm_posterior_alloc (fit, size / PROPOSALS_PER_ROW);
  self->mean = g_new0 (double, n + 1);
  self->covariance = g_new0 (double, n *n + 1);
  if (posterior->prior)
    {
      fill_prior (self, fit);
      return self;
    }
  g_autoptr (TdmRandom) random = tdm_random_new (seed);
  g_auto (TdmSampler) s = { .seed = seed };
  g_auto (Tally) tally = { .about = -INFINITY, .n = n };
  tally.first = g_new0 (double, n + 1);
  tally.second = g_new0 (double, n *n + 1);
  tdm_sampler_open (&s, fit, posterior);
  tdm_sampler_learn (&s, random, size * posterior->n_kinds);
  s.exact = TRUE;
  for (guint b = 0; b < BATCHES; b++)
    {
      tdm_sampler_draw (&s, random);
      count_batch (&tally, b, &s);
    }
  self->draws = BATCHES * s.n_proposals;
  self->even = posterior->reliable;
  fill_value (self, &tally, &s);
  fill_moments (self, &tally);
  return self;
}

void
tdm_evidence_free (TdmEvidence *self)
{
  g_free (self->mean);
  g_free (self->covariance);
  g_free (self);
}
