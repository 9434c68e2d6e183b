/* What proposals learn about a posterior that no t at its optima covers: one that is
 * long and bent, or has a branch without an optimum, as where absorption and
 * elimination may change places. */
#include "engine/posterior-private.h"

#include "engine/parallel.h"
#include "num/linalg.h"
#include "num/minimise.h"
#include "num/weights.h"

#include <math.h>
#include <string.h>

#define PLACES 64
/* Of a search for a place: it need not arrive. */
#define PLACE_ITERATIONS 12
#define PLACE_GAIN 1e-2
/* Added to the curvature at a place, times that of the prior: along a ridge, where the
 * levels say little, a component must be shorter than the stretch that is straight. */
#define SHORTEN 3.0

typedef struct
{
  TdmSampler *sampler;
  guint kind;
  const double *prior;  /* PLACES x n: prior draws, in prior SDs */
  double *centres;      /* PLACES x n */
  double *covariances;  /* PLACES x n x n; 0 where there is none */
  const double *factor; /* of the prior covariance */
} Places;

typedef struct
{
  const Places *places;
  TdmObjective *objective;
  const double *about; /* this prior draw */
  double *eta, *gradient, *hessian, *half;
} Place;

/* The objective of z, in prior SDs, with the prior about a draw of itself: its minimum
 * is one draw of the posterior where the model is linear (Oliver, Math Geol
 * 1996;28:741), and lies on the ridge where it is not. */
static double
evaluate_cb (gpointer data, const double *z, double *gradient, double *hessian,
             gboolean exact)
{
  Place *p = data;
  const guint n = p->places->sampler->n;
  const double *l = p->places->factor;
  double shift = 0;
  if (g_cancellable_is_cancelled (p->places->sampler->cancellable))
    return INFINITY;
  tdm_lower_times (n, l, z, p->eta);
  double value =
      tdm_objective_eval (p->objective, p->eta, p->gradient, p->hessian, exact);
  if (!isfinite (value))
    return value;
  tdm_lower_transposed_times (n, l, p->gradient, gradient);
  for (guint i = 0; i < n; i++)
    {
      tdm_lower_transposed_times (n, l, p->hessian + i * n, p->half + i * n);
      gradient[i] -= 2 * p->about[i];
      shift += p->about[i] * (p->about[i] - 2 * z[i]);
    }
  for (guint j = 0; j < n; j++)
    for (guint i = 0; i < n; i++)
      {
        double sum = 0;
        for (guint k = i; k < n; k++)
          sum += l[k * n + i] * p->half[k * n + j];
        hessian[i * n + j] = sum;
      }
  return value + shift;
}

/* The covariance of a component at `eta`; FALSE where there is none. */
static gboolean
find_covariance (const TdmSampler *s, TdmObjective *objective, const double *eta,
                 double *covariance)
{
  const guint n = s->n;
  const double *inverse = tdm_problem_get_omega_inverse (s->fit->problem);
  g_autofree double *gradient = g_new (double, n + 1);
  g_autofree double *hessian = g_new (double, 2 * n * n + 1);
  double *factor = hessian + n * n;
  if (!isfinite (tdm_objective_eval (objective, eta, gradient, hessian, FALSE)))
    return FALSE;
  for (guint i = 0; i < n * n; i++)
    hessian[i] += SHORTEN * inverse[i];
  if (!tdm_cholesky (n, hessian, factor))
    return FALSE;
  tdm_cholesky_inverse (n, factor, covariance);
  return TRUE;
}

static void
place_task (gpointer data, gpointer workspace, guint task)
{
  const Places *places = data;
  const TdmSampler *s = places->sampler;
  const guint n = s->n;
  if (!workspace)
    return;
  g_autofree double *room = g_new (double, 3 * n + 3 * n * n + 1);
  double *z = room + 2 * n, *hessian = room + 3 * n + 2 * n * n;
  Place place = {
    places,       workspace,           places->prior + (gsize)task * n, room, room + n,
    room + 3 * n, room + 3 * n + n * n
  };
  const TdmMinimiseProblem problem = { .n = n,
                                       .function = evaluate_cb,
                                       .data = &place,
                                       .tolerance = PLACE_GAIN,
                                       .max_step = 2.0,
                                       .max_iterations = PLACE_ITERATIONS };
  TdmMinimiseReport report;
  tdm_sampler_use_kind (s, workspace, places->kind);
  memcpy (z, place.about, n * sizeof (double));
  tdm_minimise (&problem, z, hessian, &report);
  double *centre = places->centres + (gsize)task * n;
  tdm_lower_times (n, places->factor, z, centre);
  if (isfinite (report.value))
    find_covariance (s, workspace, centre, places->covariances + (gsize)task * n * n);
}

static gpointer
open_places (gpointer data)
{
  const Places *places = data;
  return tdm_sampler_open_objective (places->sampler);
}

static gboolean
explore_kind (TdmSampler *s, guint kind)
{
  static const TdmParallel parallel = { open_places, place_task,
                                        tdm_sampler_close_objective };
  const guint n = s->n;
  g_autofree double *prior = g_new (double, PLACES *n + 1);
  g_autofree double *centres = g_new0 (double, PLACES *n + 1);
  g_autofree double *covariances = g_new0 (double, (gsize)PLACES *n *n + 1);
  Places places = { s,           kind,
                    prior,       centres,
                    covariances, tdm_problem_get_omega_cholesky (s->fit->problem) };
  tdm_sobol_normal (n, PLACES, prior);
  tdm_parallel_run (&parallel, PLACES, &places);
  return tdm_importance_add_several (s->proposals[kind], PLACES, centres, covariances);
}

gboolean
tdm_sampler_explore (TdmSampler *self)
{
  gboolean better = FALSE;
  for (guint k = 0; k < self->n_kinds; k++)
    if (self->proposals[k])
      better |= explore_kind (self, k);
  return better;
}

/* Where proposals of a kind lie by the root of their weights, which reaches further
 * than the weights do: PLACES of them, in `centres`. */
static void
choose_centres (const TdmSampler *s, guint kind, TdmRandom *random, double *centres)
{
  const guint m = s->n_proposals / s->n_kinds;
  g_autofree double *roots = g_new (double, m);
  guint chosen[PLACES];
  double sum = 0;
  for (guint d = 0; d < m; d++)
    sum += roots[d] = sqrt (s->weights[(gsize)d * s->n_kinds + kind]);
  for (guint d = 0; d < m; d++)
    roots[d] /= sum;
  tdm_weights_resample (roots, m, tdm_random_uniform (random), PLACES, chosen);
  for (guint c = 0; c < PLACES; c++)
    memcpy (centres + (gsize)c * s->n,
            s->eta + ((gsize)chosen[c] * s->n_kinds + kind) * s->n,
            s->n * sizeof (double));
}

static gboolean
spread_kind (const TdmSampler *s, guint kind, TdmObjective *objective,
             TdmRandom *random)
{
  const guint n = s->n;
  g_autofree double *centres = g_new (double, PLACES *n + 1);
  g_autofree double *covariances = g_new0 (double, (gsize)PLACES *n *n + 1);
  choose_centres (s, kind, random, centres);
  tdm_sampler_use_kind (s, objective, kind);
  for (guint c = 0; c < PLACES; c++)
    find_covariance (s, objective, centres + c * n, covariances + (gsize)c * n * n);
  return tdm_importance_add_several (s->proposals[kind], PLACES, centres, covariances);
}

gboolean
tdm_sampler_spread (TdmSampler *self, TdmRandom *random)
{
  g_autoptr (TdmObjective) objective = tdm_sampler_open_objective (self);
  gboolean better = FALSE;
  for (guint k = 0; objective && k < self->n_kinds; k++)
    if (self->proposals[k] && self->out->kinds[k] > 0)
      better |= spread_kind (self, k, objective, random);
  return better;
}
