/* Hamiltonian chains from where the weights of the proposals lie, in coordinates in
 * which the Laplace approximation is the unit sphere; they jump by the proposal. */
#include "engine/posterior-private.h"

#include "engine/parallel.h"
#include "num/chains.h"
#include "num/hmc.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

#define CHAINS 4
/* A subpopulation less probable than this gets no chains. */
#define NEGLIGIBLE_KIND 1e-3
#define WARMUP 120
#define FEWEST_PER_CHAIN 150
#define MOST_RHAT 1.05
#define LEAST_CHAIN_ESS 200.0

/* One chain's view, of one kind: x = inv(F) (eta - centre) with F the Laplace factor.
 */
typedef struct
{
  TdmSampler *sampler;
  const TdmFit *fit;
  const TdmImportance *proposal;
  TdmObjective *objective;
  double *eta, *gradient, *uniform;
} ChainView;

static void
to_eta (const ChainView *view, const double *x)
{
  const TdmFit *fit = view->fit;
  tdm_lower_times (fit->n, fit->covariance_cholesky, x, view->eta);
  for (guint i = 0; i < fit->n; i++)
    view->eta[i] += fit->eta[i];
}

static void
from_eta (const TdmFit *fit, const double *eta, double *x)
{
  for (guint i = 0; i < fit->n; i++)
    x[i] = eta[i] - fit->eta[i];
  tdm_lower_solve (fit->n, fit->covariance_cholesky, x, x);
}

static double
density_cb (gpointer data, const double *x, double *gradient)
{
  ChainView *view = data;
  const TdmFit *fit = view->fit;
  to_eta (view, x);
  double value =
      tdm_objective_eval (view->objective, view->eta, view->gradient, NULL, FALSE);
  if (!isfinite (value))
    return -INFINITY;
  tdm_lower_transposed_times (fit->n, fit->covariance_cholesky, view->gradient,
                              gradient);
  for (guint i = 0; i < fit->n; i++)
    gradient[i] *= -0.5;
  return -0.5 * value;
}

static gboolean
stop_cb (gpointer data)
{
  const ChainView *view = data;
  return g_cancellable_is_cancelled (view->sampler->cancellable);
}

static void
propose_cb (gpointer data, TdmRandom *random, double *x)
{
  ChainView *view = data;
  for (guint i = 0; i < tdm_sampler_uniform_width (view->sampler); i++)
    view->uniform[i] = tdm_random_uniform (random);
  tdm_importance_draw (view->proposal, view->uniform, view->eta);
  from_eta (view->fit, view->eta, x);
}

static double
proposal_density_cb (gpointer data, const double *x)
{
  ChainView *view = data;
  to_eta (view, x);
  return tdm_importance_log_density (view->proposal, view->eta);
}

/* Where a chain starts: at a proposal of its kind, by weight; else at the estimate. */
static void
find_start (const TdmSampler *s, guint kind, TdmRandom *random, double *x)
{
  const double left = tdm_random_uniform (random) * s->out->kinds[kind];
  double sum = 0;
  for (guint d = kind; d < s->n_proposals; d += s->n_kinds)
    {
      sum += s->weights[d];
      if (s->weights[d] > 0 && sum >= left)
        {
          from_eta (s->kinds[kind], s->eta + (gsize)d * s->n, x);
          return;
        }
    }
}

static gboolean
is_worth_chains (const TdmSampler *s, guint kind)
{
  return s->kinds[kind] && (s->n_kinds == 1 || s->out->kinds[kind] > NEGLIGIBLE_KIND);
}

static void
chain_task (gpointer data, gpointer workspace, guint task)
{
  TdmSampler *s = data;
  const guint n = s->n, kind = task / CHAINS;
  if (!workspace || !is_worth_chains (s, kind))
    return;
  g_autoptr (TdmRandom) random =
      tdm_random_new (s->seed * CHAINS * s->n_kinds + task + 7919);
  g_autofree double *room = g_new (double, 2 * n + tdm_sampler_uniform_width (s));
  g_autofree double *x = g_new0 (double, n + 1);
  ChainView view = { s,    s->kinds[kind], s->proposals[kind], workspace,
                     room, room + n,       room + 2 * n };
  const TdmHmc hmc = { .n = n,
                       .data = &view,
                       .density = density_cb,
                       .stop = stop_cb,
                       .propose = propose_cb,
                       .proposal_density = proposal_density_cb,
                       .warmup = WARMUP,
                       .keep = s->per_chain };
  double *out = s->chains + (gsize)task * s->per_chain * n;
  tdm_sampler_use_kind (s, workspace, kind);
  find_start (s, kind, random, x);
  s->completed[task] = tdm_hmc_run (&hmc, random, x, out, &s->reports[task]);
  for (guint i = 0; s->completed[task] && i < s->per_chain; i++)
    {
      to_eta (&view, out + (gsize)i * n);
      memcpy (out + (gsize)i * n, view.eta, n * sizeof (double));
    }
}

/* The worst of the kinds counts. */
static void
judge_chains (TdmSampler *s)
{
  TdmPosterior *out = s->out;
  const guint all = CHAINS * s->per_chain;
  g_autofree double *column = g_new (double, all);
  out->chains = CHAINS;
  out->ess = INFINITY;
  out->rhat = 1;
  for (guint k = 0; k < s->n_kinds; k++)
    for (guint i = 0; is_worth_chains (s, k) && i < s->n; i++)
      {
        for (guint d = 0; d < all; d++)
          column[d] = s->chains[((gsize)k * all + d) * s->n + i];
        out->ess = MIN (out->ess, tdm_chains_ess (column, CHAINS, s->per_chain));
        out->rhat = MAX (out->rhat, tdm_chains_rhat (column, CHAINS, s->per_chain));
      }
  for (guint c = 0; c < s->n_kinds * CHAINS; c++)
    out->divergences += s->reports[c].divergences;
  out->reliable = out->rhat < MOST_RHAT && out->ess >= LEAST_CHAIN_ESS;
}

/* The draws of the chains become what the proposals were, each kind with the mass that
 * its proposals found. */
static void
adopt_chains (TdmSampler *s)
{
  const guint all = CHAINS * s->per_chain, n = s->n;
  double sum = 0;
  g_free (s->eta);
  g_free (s->weights);
  s->n_proposals = s->n_kinds * all;
  s->eta = g_new0 (double, (gsize)s->n_proposals *n);
  s->weights = g_new0 (double, s->n_proposals);
  for (guint k = 0; k < s->n_kinds; k++)
    sum += is_worth_chains (s, k) ? s->out->kinds[k] : 0;
  for (guint k = 0; k < s->n_kinds; k++)
    for (guint d = 0; is_worth_chains (s, k) && d < all; d++)
      {
        const gsize i = (gsize)d * s->n_kinds + k;
        memcpy (s->eta + i * n, s->chains + ((gsize)k * all + d) * n,
                n * sizeof (double));
        s->weights[i] = s->n_kinds == 1 ? 1.0 / all : s->out->kinds[k] / sum / all;
      }
}

gboolean
tdm_sampler_run_chains (TdmSampler *s)
{
  static const TdmParallel parallel = { tdm_sampler_open_objective, chain_task,
                                        tdm_sampler_close_objective };
  const guint all = s->n_kinds * CHAINS;
  s->per_chain = MAX ((s->out->draws + CHAINS - 1) / CHAINS, FEWEST_PER_CHAIN);
  s->chains = g_new (double, (gsize)all * s->per_chain * s->n);
  s->reports = g_new0 (TdmHmcReport, all);
  s->completed = g_new0 (gboolean, all);
  tdm_parallel_run (&parallel, all, s);
  gboolean any = FALSE;
  for (guint c = 0; c < all; c++)
    {
      if (is_worth_chains (s, c / CHAINS) && !s->completed[c])
        return FALSE;
      any |= s->completed[c];
    }
  if (!any)
    return FALSE;
  judge_chains (s);
  adopt_chains (s);
  tdm_sampler_fill_moments (s);
  s->out->method = TDM_POSTERIOR_HMC;
  s->out->pareto_k = NAN;
  s->out->proposals = 0;
  return TRUE;
}
