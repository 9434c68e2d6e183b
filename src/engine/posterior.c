/* Sampling the posterior. Its logarithm is half the negative objective.
 *
 * Importance: draws of the proposal, each weighed by posterior over proposal, resampled
 * systematically. Where the weights are too uneven, a t with the mean and covariance
 * they found joins the proposal and all is drawn anew. Where that does not do either,
 * Hamiltonian chains start from where the weights lie, in coordinates in which the
 * Laplace approximation is the unit sphere, and jump by the proposal. */
#include "engine/posterior.h"

#include "engine/importance.h"
#include "engine/map-private.h"
#include "engine/objective.h"
#include "engine/parallel.h"
#include "num/chains.h"
#include "num/hmc.h"
#include "num/linalg.h"
#include "num/weights.h"

#include <math.h>
#include <string.h>

/* Proposals per draw, within limits; a differential equation costs far more. */
#define PROPOSALS_PER_DRAW 4
#define PROPOSALS_PER_DRAW_ODE 2
#define FEWEST_PROPOSALS 1000
#define FEWEST_PROPOSALS_ODE 500
#define PROPOSALS_PER_TASK 16
#define ROUNDS 4
/* The first rounds spread the proposal over PLACES more places each. */
#define SPREAD_ROUNDS 3
#define PLACES 16
#define EASY_ESS_SHARE 0.5
#define EASY_PARETO_K 0.5
/* Weights are good enough when they are worth this share of the draws wanted, and at
 * least so many, and their tail is light enough. */
#define LEAST_ESS_SHARE 0.4
#define LEAST_ESS 100.0
#define MOST_PARETO_K 0.7
/* Too few to learn a covariance from, per effect. */
#define ESS_PER_EFFECT 5.0
/* Bands of long histories take fewer draws than this (engine/problem.h). */
#define LONG_HISTORY_DRAWS 500
#define CHAINS 4
/* A subpopulation less probable than this gets no chains. */
#define NEGLIGIBLE_KIND 1e-3
#define WARMUP 120
#define FEWEST_PER_CHAIN 150
#define MOST_RHAT 1.05
#define LEAST_CHAIN_ESS 200.0
/* Tolerances of differential equations: far below the residual error. */
#define LOOSE_RELATIVE 1e-5
#define LOOSE_ABSOLUTE 1e-5

typedef struct
{
  TdmPosterior *out;
  const TdmFit *fit;
  guint n_kinds;        /* subpopulations, or 1 */
  const TdmFit **kinds; /* the fit of each; NULL where its prior is 0 */
  TdmImportance **proposals;
  GCancellable *cancellable;
  guint n, n_proposals; /* number i is of kind i % n_kinds */
  double *uniform;      /* n_proposals rows */
  double *eta;          /* n_proposals x n */
  double *weights;
  double *chains; /* n_kinds x CHAINS x per_chain x n */
  guint per_chain;
  TdmHmcReport *reports; /* n_kinds x CHAINS */
  gboolean *completed;
  guint64 seed;
} Sampler;

static void
sampler_clear (Sampler *s)
{
  for (guint k = 0; s->proposals && k < s->n_kinds; k++)
    g_clear_pointer (&s->proposals[k], tdm_importance_free);
  g_free (s->proposals);
  g_free (s->kinds);
  g_free (s->reports);
  g_free (s->completed);
  g_free (s->uniform);
  g_free (s->eta);
  g_free (s->weights);
  g_free (s->chains);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sampler, sampler_clear)

static gpointer
open_objective (gpointer data)
{
  Sampler *s = data;
  TdmObjective *objective = tdm_objective_new (s->fit->problem, NULL);
  if (objective)
    tdm_objective_set_tolerance (objective, LOOSE_RELATIVE, LOOSE_ABSOLUTE);
  return objective;
}

static void
close_objective (gpointer workspace)
{
  tdm_objective_free (workspace);
}

static void
use_kind (const Sampler *s, TdmObjective *objective, guint kind)
{
  if (tdm_problem_get_n_subpopulations (s->fit->problem) > 0)
    tdm_objective_set_subpopulation (objective, kind);
}

/* ln of the prior probability of a kind. */
static double
log_prior (const Sampler *s, guint kind)
{
  const double *priors = tdm_problem_get_subpopulation_priors (s->fit->problem);
  return s->n_kinds > 1 ? log (priors[kind]) : 0.0;
}

static guint
uniform_width (const Sampler *s)
{
  return s->n + TDM_IMPORTANCE_EXTRA;
}

static void
weigh_task (gpointer data, gpointer workspace, guint task)
{
  Sampler *s = data;
  const guint from = task * PROPOSALS_PER_TASK;
  for (guint i = from; i < MIN (from + PROPOSALS_PER_TASK, s->n_proposals); i++)
    {
      const guint kind = i % s->n_kinds;
      double *eta = s->eta + (gsize)i * s->n;
      s->weights[i] = -INFINITY;
      if (!workspace || !s->proposals[kind]
          || g_cancellable_is_cancelled (s->cancellable))
        continue;
      use_kind (s, workspace, kind);
      tdm_importance_draw (s->proposals[kind],
                           s->uniform + (gsize)i * uniform_width (s), eta);
      double objective = tdm_objective_eval (workspace, eta, NULL, NULL, FALSE);
      s->weights[i] = log_prior (s, kind) - 0.5 * objective
                      - tdm_importance_log_density (s->proposals[kind], eta);
    }
}

/* Mean and covariance of the proposals of one kind (n_kinds = of all) under their
 * weights; returns their effective sample size. */
static double
find_moments (const Sampler *s, guint kind, double *mean, double *covariance)
{
  const guint n = s->n, every = kind < s->n_kinds ? s->n_kinds : 1;
  const guint first = kind < s->n_kinds ? kind : 0;
  double sum = 0, squares = 0;
  memset (mean, 0, n * sizeof (double));
  memset (covariance, 0, n * n * sizeof (double));
  for (guint d = first; d < s->n_proposals; d += every)
    {
      sum += s->weights[d];
      squares += s->weights[d] * s->weights[d];
      for (guint i = 0; s->weights[d] > 0 && i < n; i++)
        mean[i] += s->weights[d] * s->eta[(gsize)d * n + i];
    }
  for (guint i = 0; sum > 0 && i < n; i++)
    mean[i] /= sum;
  for (guint d = first; d < s->n_proposals; d += every)
    for (guint i = 0; s->weights[d] > 0 && i < n; i++)
      for (guint j = 0; j < n; j++)
        covariance[i * n + j] += s->weights[d] / sum
                                 * (s->eta[(gsize)d * n + i] - mean[i])
                                 * (s->eta[(gsize)d * n + j] - mean[j]);
  return squares > 0 ? sum * sum / squares : 0;
}

/* Of all; and how probable each kind is. */
static void
fill_moments (Sampler *s)
{
  find_moments (s, s->n_kinds, s->out->mean, s->out->covariance);
  for (guint k = 0; k < s->n_kinds; k++)
    s->out->kinds[k] = 0;
  for (guint d = 0; d < s->n_proposals; d++)
    s->out->kinds[d % s->n_kinds] += s->weights[d];
}

/* One round of proposals and weights; TRUE when they will do. */
static gboolean
weigh (Sampler *s, TdmRandom *random)
{
  static const TdmParallel parallel = { open_objective, weigh_task, close_objective };
  TdmPosterior *out = s->out;
  tdm_sobol_shifted (uniform_width (s), s->n_proposals, random, s->uniform);
  tdm_parallel_run (&parallel,
                    (s->n_proposals + PROPOSALS_PER_TASK - 1) / PROPOSALS_PER_TASK, s);
  out->ess = tdm_weights_normalise (s->weights, s->n_proposals);
  out->pareto_k = tdm_weights_pareto_k (s->weights, s->n_proposals);
  out->proposals = s->n_proposals;
  fill_moments (s);
  out->reliable = out->ess >= MAX (LEAST_ESS_SHARE * out->draws, LEAST_ESS)
                  && !(out->pareto_k > MOST_PARETO_K);
  return out->reliable;
}

/* A t with the mean and covariance found joins the proposal of each kind; FALSE when
 * the weights know too little. */
static gboolean
improve (Sampler *s)
{
  const guint n = s->n;
  g_autofree double *mean = g_new (double, n + 1);
  g_autofree double *covariance = g_new (double, n *n + 1);
  gboolean better = FALSE;
  for (guint k = 0; k < s->n_kinds; k++)
    if (s->proposals[k] && find_moments (s, k, mean, covariance) >= ESS_PER_EFFECT * n)
      better |= tdm_importance_add (s->proposals[k], mean, covariance);
  return better;
}

/* Where proposals of a kind lie by the root of their weights, which reaches further
 * than the weights do: `count` of them, in `centres`. */
static void
choose_centres (const Sampler *s, guint kind, TdmRandom *random, guint count,
                double *centres)
{
  const guint m = s->n_proposals / s->n_kinds;
  g_autofree double *roots = g_new (double, m);
  g_autofree guint *chosen = g_new (guint, count);
  double sum = 0;
  for (guint d = 0; d < m; d++)
    sum += roots[d] = sqrt (s->weights[(gsize)d * s->n_kinds + kind]);
  for (guint d = 0; d < m; d++)
    roots[d] /= sum;
  tdm_weights_resample (roots, m, tdm_random_uniform (random), count, chosen);
  for (guint c = 0; c < count; c++)
    memcpy (centres + (gsize)c * s->n,
            s->eta + ((gsize)chosen[c] * s->n_kinds + kind) * s->n,
            s->n * sizeof (double));
}

/* A t at each of several places joins the proposal, with the curvature of that place:
 * together they follow a posterior that is long and bent, as where absorption and
 * elimination may change places, into tails that one t never reaches. */
static gboolean
spread_kind (const Sampler *s, guint kind, TdmObjective *objective, TdmRandom *random)
{
  const guint n = s->n;
  g_autofree double *centres = g_new (double, PLACES *n + 1);
  g_autofree double *covariances = g_new0 (double, (gsize)PLACES *n *n + 1);
  g_autofree double *gradient = g_new (double, n + 1);
  g_autofree double *hessian = g_new (double, 2 * n * n + 1);
  double *factor = hessian + n * n;
  choose_centres (s, kind, random, PLACES, centres);
  use_kind (s, objective, kind);
  for (guint c = 0; c < PLACES; c++)
    if (isfinite (
            tdm_objective_eval (objective, centres + c * n, gradient, hessian, FALSE))
        && tdm_cholesky (n, hessian, factor))
      tdm_cholesky_inverse (n, factor, covariances + (gsize)c * n * n);
  return tdm_importance_add_several (s->proposals[kind], PLACES, centres, covariances);
}

static gboolean
spread (Sampler *s, TdmRandom *random)
{
  g_autoptr (TdmObjective) objective = open_objective (s);
  gboolean better = FALSE;
  for (guint k = 0; objective && k < s->n_kinds; k++)
    if (s->proposals[k] && s->out->kinds[k] > 0)
      better |= spread_kind (s, k, objective, random);
  return better;
}

/* Weights so even that the posterior has no tail which the proposal might not know. */
static gboolean
is_easy (const Sampler *s)
{
  return s->out->reliable && s->out->ess >= EASY_ESS_SHARE * s->n_proposals
         && !(s->out->pareto_k > EASY_PARETO_K);
}

static void
run_importance (Sampler *s, TdmRandom *random)
{
  const TdmModel *model = tdm_problem_get_model (s->fit->problem);
  gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  const guint per_draw = ode ? PROPOSALS_PER_DRAW_ODE : PROPOSALS_PER_DRAW;
  const guint fewest = ode ? FEWEST_PROPOSALS_ODE : FEWEST_PROPOSALS;
  const guint least = MIN (fewest, per_draw * tdm_problem_get_draws (s->fit->problem));
  s->n_proposals = s->n_kinds * MAX (s->out->draws * per_draw, least);
  for (guint k = 0; k < s->n_kinds; k++)
    s->proposals[k] = s->kinds[k] ? tdm_importance_new (s->kinds[k]) : NULL;
  s->uniform = g_new (double, (gsize)s->n_proposals *uniform_width (s));
  s->eta = g_new0 (double, (gsize)s->n_proposals * s->n);
  s->weights = g_new (double, s->n_proposals);
  for (guint round = 1;; round++)
    {
      const gboolean enough = weigh (s, random);
      if (round == ROUNDS || g_cancellable_is_cancelled (s->cancellable)
          || (enough && (ode || is_easy (s) || round >= SPREAD_ROUNDS))
          || !(round < SPREAD_ROUNDS ? spread (s, random) : improve (s)))
        return;
    }
}

/* One chain's view, of one kind: x = inv(F) (eta - centre) with F the Laplace factor.
 */
typedef struct
{
  Sampler *sampler;
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
  for (guint i = 0; i < uniform_width (view->sampler); i++)
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
find_start (const Sampler *s, guint kind, TdmRandom *random, double *x)
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
is_worth_chains (const Sampler *s, guint kind)
{
  return s->kinds[kind] && (s->n_kinds == 1 || s->out->kinds[kind] > NEGLIGIBLE_KIND);
}

static void
chain_task (gpointer data, gpointer workspace, guint task)
{
  Sampler *s = data;
  const guint n = s->n, kind = task / CHAINS;
  if (!workspace || !is_worth_chains (s, kind))
    return;
  g_autoptr (TdmRandom) random =
      tdm_random_new (s->seed * CHAINS * s->n_kinds + task + 7919);
  g_autofree double *room = g_new (double, 2 * n + uniform_width (s));
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
  use_kind (s, workspace, kind);
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
judge_chains (Sampler *s)
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
adopt_chains (Sampler *s)
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

/* FALSE when a chain could not start; nothing is changed then. */
static gboolean
run_chains (Sampler *s)
{
  static const TdmParallel parallel = { open_objective, chain_task, close_objective };
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
  fill_moments (s);
  s->out->method = TDM_POSTERIOR_HMC;
  s->out->pareto_k = NAN;
  s->out->proposals = 0;
  return TRUE;
}

/* The rows: resampled, in random order, so that any part of them stands for all. */
static void
fill_rows (Sampler *s, TdmRandom *random)
{
  TdmPosterior *out = s->out;
  const guint per_kind = s->n_proposals / s->n_kinds;
  g_autofree guint *chosen = g_new (guint, out->draws + 1);
  g_autofree double *sorted = g_new (double, s->n_proposals);
  /* One kind after the other: even steps through alternating kinds would keep meeting
   * the same one. */
  for (guint p = 0; p < s->n_proposals; p++)
    sorted[p] = s->weights[p % per_kind * s->n_kinds + p / per_kind];
  tdm_weights_resample (sorted, s->n_proposals, tdm_random_uniform (random), out->draws,
                        chosen);
  for (guint d = 0; d < out->draws; d++)
    chosen[d] = chosen[d] % per_kind * s->n_kinds + chosen[d] / per_kind;
  for (guint d = out->draws; d > 1; d--)
    {
      guint k = MIN ((guint)(d * tdm_random_uniform (random)), d - 1);
      guint other = chosen[d - 1];
      chosen[d - 1] = chosen[k];
      chosen[k] = other;
    }
  for (guint d = 0; d < out->draws; d++)
    {
      double *row = out->rows + (gsize)d * out->width;
      memcpy (row, s->eta + (gsize)chosen[d] * s->n, s->n * sizeof (double));
      if (tdm_problem_get_n_subpopulations (s->fit->problem) > 0)
        row[out->width - 1] = chosen[d] % s->n_kinds + 1.0;
    }
  tdm_fit_fill_future (s->fit, random, out->draws, out->rows);
}

/* Draws of the Laplace approximation, which is the prior where no level counts. */
static void
fill_laplace (TdmPosterior *self, const TdmFit *fit, guint64 seed)
{
  g_free (self->rows);
  self->rows = tdm_fit_draw_individual (fit, self->draws, seed);
  self->method = TDM_POSTERIOR_LAPLACE;
  self->ess = self->draws;
  self->reliable = self->prior;
  self->pareto_k = NAN;
  for (guint k = 0; k < self->n_kinds; k++)
    self->kinds[k] = fit->n_subpopulations > 0 ? fit->subpopulations[k].posterior : 1;
  memcpy (self->mean, fit->eta, fit->n * sizeof (double));
  memcpy (self->covariance, fit->covariance, fit->n * fit->n * sizeof (double));
}

/* AUTO leaves it to the case. */
static TdmPosteriorMethod
wanted_method (const TdmFit *fit, const TdmPosteriorOptions *options)
{
  if (options && options->method != TDM_POSTERIOR_AUTO)
    return options->method;
  return tdm_case_get_options (tdm_problem_get_case (fit->problem))->posterior;
}

/* A history so long that chains would take minutes. */
static gboolean
is_long (const TdmProblem *problem)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  return tdm_model_get_structure (model)->kind == TDM_PK_LINEAR
         && tdm_problem_get_draws (problem) < LONG_HISTORY_DRAWS;
}

static gboolean
sample (TdmPosterior *self, const TdmFit *fit, const TdmPosteriorOptions *options,
        GCancellable *cancellable, GError **error)
{
  const guint64 seed = options ? options->seed : 0;
  const TdmPosteriorMethod method = wanted_method (fit, options);
  g_autoptr (TdmRandom) random = tdm_random_new (seed);
  g_auto (Sampler) s = {
    .out = self, .fit = fit, .cancellable = cancellable, .n = fit->n, .seed = seed
  };
  self->method = TDM_POSTERIOR_IMPORTANCE;
  s.n_kinds = self->n_kinds;
  s.kinds = g_new0 (const TdmFit *, s.n_kinds);
  s.proposals = g_new0 (TdmImportance *, s.n_kinds);
  for (guint k = 0; k < s.n_kinds; k++)
    s.kinds[k] = fit->n_subpopulations > 0 ? tdm_fit_get_subpopulation (fit, k) : fit;
  run_importance (&s, random);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  gboolean enough = method == TDM_POSTERIOR_IMPORTANCE
                    || (method == TDM_POSTERIOR_AUTO && self->reliable);
  if (!enough && (method == TDM_POSTERIOR_HMC || !is_long (fit->problem)))
    run_chains (&s);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->ess > 0)
    fill_rows (&s, random);
  else
    fill_laplace (self, fit, seed);
  return TRUE;
}

static gboolean
has_levels (const TdmProblem *problem)
{
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    if (tdm_problem_get_level (problem, i)->use
        && tdm_problem_get_level (problem, i)->weight > 0)
      return TRUE;
  return FALSE;
}

TdmPosterior *
tdm_posterior_new (const TdmFit *fit, const TdmPosteriorOptions *options,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (TdmPosterior) self = g_new0 (TdmPosterior, 1);
  const guint n = fit->n;
  g_atomic_ref_count_init (&self->ref_count);
  self->n = n;
  self->width = tdm_problem_get_n_values (fit->problem);
  self->n_kinds = MAX (fit->n_subpopulations, 1);
  self->kinds = g_new0 (double, self->n_kinds);
  self->draws =
      options && options->draws ? options->draws : tdm_problem_get_draws (fit->problem);
  self->rows = g_new0 (double, (gsize)self->draws * self->width + 1);
  self->mean = g_new0 (double, n + 1);
  self->covariance = g_new0 (double, n *n + 1);
  self->rhat = NAN;
  self->prior = n == 0 || !has_levels (fit->problem);
  /* An estimate that failed gets no advice: a sketch will do. */
  if (self->prior || !fit->converged
      || wanted_method (fit, options) == TDM_POSTERIOR_LAPLACE)
    fill_laplace (self, fit, options ? options->seed : 0);
  else if (!sample (self, fit, options, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

TdmPosterior *
tdm_posterior_ref (TdmPosterior *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_posterior_unref (TdmPosterior *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->rows);
  g_free (self->mean);
  g_free (self->covariance);
  g_free (self->kinds);
  g_free (self);
}

const double *
tdm_posterior_get_row (const TdmPosterior *self, guint i)
{
  return self->rows + (gsize)i * self->width;
}

void
tdm_posterior_add_notes (const TdmPosterior *self, GPtrArray *notes)
{
  if (self->reliable)
    return;
  if (self->method == TDM_POSTERIOR_LAPLACE)
    tdm_notes_add (
        notes, TDM_NOTE_INFO, "posterior-approximate", NULL,
        "Bands and chances come from a normal approximation at the estimate, "
        "not from sampling.");
  else
    tdm_notes_add (notes, TDM_NOTE_CAUTION, "posterior-not-settled", NULL,
                   "The sampling of what is possible for this patient has not settled "
                   "(%s, worth %.0f independent draws): take bands and chances as "
                   "rough.",
                   self->method == TDM_POSTERIOR_HMC ? "Markov chains"
                                                     : "importance sampling",
                   self->ess);
}
