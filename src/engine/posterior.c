/* Sampling the posterior. Its logarithm is half the negative objective.
 *
 * Importance: draws of the proposal, each weighed by posterior over proposal, resampled
 * systematically. Where the weights are not even at once, components join the proposal
 * and all is drawn anew, first where single prior draws lead the levels and then where
 * the weights are (Cappé and others, Stat Comput 2008;18:447, with curvatures in place
 * of covariances), until the weights are even and two rounds agree. Where they never
 * do, Hamiltonian chains (posterior-chains.c) take over. */
#include "engine/posterior-private.h"

#include "engine/map-private.h"
#include "engine/parallel.h"
#include "num/weights.h"

#include <math.h>
#include <string.h>

/* Proposals per draw, within limits; a differential equation costs far more. */
#define PROPOSALS_PER_DRAW 4
#define PROPOSALS_PER_DRAW_ODE 2
#define FEWEST_PROPOSALS 1000
#define FEWEST_PROPOSALS_ODE 500
#define PROPOSALS_PER_TASK 16
#define ROUNDS 8
/* Two rounds agree when no mean has moved by more than this many SDs, and no SD by more
 * than this part, beside what chance explains. */
#define AGREEMENT 0.04
#define CHANCE 2.0
#define EASY_ESS_SHARE 0.5
#define EASY_PARETO_K 0.5
/* Weights are good enough when they are worth this share of the draws wanted, and at
 * least so many, and their tail is light enough. */
#define LEAST_ESS_SHARE 0.4
#define LEAST_ESS 100.0
#define MOST_PARETO_K 0.7
/* Bands of long histories take fewer draws than this (engine/problem.h). */
#define LONG_HISTORY_DRAWS 500
/* Tolerances of differential equations: far below the residual error. */
#define LOOSE_RELATIVE 1e-5
#define LOOSE_ABSOLUTE 1e-5

void
tdm_sampler_clear (TdmSampler *s)
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

void
tdm_sampler_open (TdmSampler *s, const TdmFit *fit, TdmPosterior *out)
{
  s->out = out;
  s->fit = fit;
  s->n = fit->n;
  s->n_kinds = out->n_kinds;
  s->kinds = g_new0 (const TdmFit *, s->n_kinds);
  s->proposals = g_new0 (TdmImportance *, s->n_kinds);
  for (guint k = 0; k < s->n_kinds; k++)
    s->kinds[k] = fit->n_subpopulations > 0 ? tdm_fit_get_subpopulation (fit, k) : fit;
}

gpointer
tdm_sampler_open_objective (gpointer data)
{
  TdmSampler *s = data;
  TdmObjective *objective = tdm_objective_new (s->fit->problem, NULL);
  if (objective == NULL)
    return NULL;
  if (!s->exact)
    tdm_objective_set_tolerance (objective, LOOSE_RELATIVE, LOOSE_ABSOLUTE);
  tdm_objective_set_cancellable (objective, s->cancellable);
  return objective;
}

void
tdm_sampler_close_objective (gpointer workspace)
{
  tdm_objective_free (workspace);
}

void
tdm_sampler_use_kind (const TdmSampler *s, TdmObjective *objective, guint kind)
{
  if (tdm_problem_get_n_subpopulations (s->fit->problem) > 0)
    tdm_objective_set_subpopulation (objective, kind);
}

/* ln of the prior probability of a kind. */
static double
log_prior (const TdmSampler *s, guint kind)
{
  const double *priors = tdm_problem_get_subpopulation_priors (s->fit->problem);
  return s->n_kinds > 1 ? log (priors[kind]) : 0.0;
}

guint
tdm_sampler_uniform_width (const TdmSampler *s)
{
  return s->n + TDM_IMPORTANCE_EXTRA;
}

static void
weigh_task (gpointer data, gpointer workspace, guint task)
{
  TdmSampler *s = data;
  const guint from = task * PROPOSALS_PER_TASK;
  for (guint i = from; i < MIN (from + PROPOSALS_PER_TASK, s->n_proposals); i++)
    {
      const guint kind = i % s->n_kinds;
      double *eta = s->eta + (gsize)i * s->n;
      s->weights[i] = -INFINITY;
      if (!workspace || !s->proposals[kind]
          || g_cancellable_is_cancelled (s->cancellable))
        continue;
      tdm_sampler_use_kind (s, workspace, kind);
      tdm_importance_draw (s->proposals[kind],
                           s->uniform + (gsize)i * tdm_sampler_uniform_width (s), eta);
      double objective = tdm_objective_eval (workspace, eta, NULL, NULL, FALSE);
      s->weights[i] = log_prior (s, kind) - 0.5 * objective
                      - tdm_importance_log_density (s->proposals[kind], eta);
    }
}

/* Mean and covariance of the proposals of one kind (n_kinds = of all) under their
 * weights; returns their effective sample size. */
double
tdm_sampler_find_moments (const TdmSampler *s, guint kind, double *mean,
                          double *covariance)
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
void
tdm_sampler_fill_moments (TdmSampler *s)
{
  tdm_sampler_find_moments (s, s->n_kinds, s->out->mean, s->out->covariance);
  for (guint k = 0; k < s->n_kinds; k++)
    s->out->kinds[k] = 0;
  for (guint d = 0; d < s->n_proposals; d++)
    s->out->kinds[d % s->n_kinds] += s->weights[d];
}

/* Each kind has points of its own: every other one of a Sobol sequence lies in one half
 * of some coordinates. */
static void
fill_uniform (TdmSampler *s, TdmRandom *random)
{
  const guint width = tdm_sampler_uniform_width (s);
  const guint n = s->n_proposals / s->n_kinds;
  g_autofree double *own = g_new (double, (gsize)n *width);
  for (guint k = 0; k < s->n_kinds; k++)
    {
      tdm_sobol_shifted (width, n, random, own);
      for (guint i = 0; i < n; i++)
        memcpy (s->uniform + ((gsize)i * s->n_kinds + k) * width,
                own + (gsize)i * width, width * sizeof (double));
    }
}

void
tdm_sampler_draw (TdmSampler *s, TdmRandom *random)
{
  static const TdmParallel parallel = { tdm_sampler_open_objective, weigh_task,
                                        tdm_sampler_close_objective };
  fill_uniform (s, random);
  tdm_parallel_run (&parallel,
                    (s->n_proposals + PROPOSALS_PER_TASK - 1) / PROPOSALS_PER_TASK, s);
}

/* One round of proposals and weights; TRUE when they will do. */
static gboolean
weigh (TdmSampler *s, TdmRandom *random)
{
  TdmPosterior *out = s->out;
  tdm_sampler_draw (s, random);
  out->ess = tdm_weights_normalise (s->weights, s->n_proposals);
  out->pareto_k = tdm_weights_pareto_k (s->weights, s->n_proposals);
  out->proposals = s->n_proposals;
  tdm_sampler_fill_moments (s);
  out->reliable = out->ess >= MAX (LEAST_ESS_SHARE * out->draws, LEAST_ESS)
                  && !(out->pareto_k > MOST_PARETO_K);
  return out->reliable;
}

/* The largest weights do not stand out. */
static gboolean
is_light (const TdmSampler *s)
{
  return !(s->out->pareto_k > EASY_PARETO_K);
}

/* Weights so even that the posterior has no tail which the proposal might not know. */
static gboolean
is_easy (const TdmSampler *s)
{
  return s->out->reliable && s->out->ess >= EASY_ESS_SHARE * s->n_proposals
         && is_light (s);
}

/* Whether the moments are those of the round before, as far as chance allows; these
 * become the ones to compare with. A proposal that missed a part of the posterior, and
 * so did not notice, is found out when the next one has it. */
static gboolean
agrees (const TdmSampler *s, double ess_before, double *mean, double *covariance)
{
  const TdmPosterior *out = s->out;
  const guint n = s->n;
  const double allowed =
      AGREEMENT + CHANCE / sqrt (MAX (MIN (ess_before, out->ess), 1));
  gboolean same = TRUE;
  for (guint i = 0; i < n; i++)
    {
      const double sd = sqrt (out->covariance[i * (n + 1)]);
      const double before = sqrt (covariance[i * (n + 1)]);
      same &= fabs (out->mean[i] - mean[i]) <= allowed * sd
              && fabs (before - sd) <= allowed * sd;
    }
  memcpy (mean, out->mean, n * sizeof (double));
  memcpy (covariance, out->covariance, n * n * sizeof (double));
  return same;
}

static gboolean
is_ode (const TdmSampler *s)
{
  const TdmModel *model = tdm_problem_get_model (s->fit->problem);
  return tdm_model_get_structure (model)->kind == TDM_PK_ODE;
}

static void
learn (TdmSampler *s, TdmRandom *random)
{
  const gboolean ode = is_ode (s);
  TdmPosterior *out = s->out;
  g_autofree double *mean = g_new0 (double, s->n + 1);
  g_autofree double *covariance = g_new0 (double, s->n * s->n + 1);
  double ess_before = 0;
  for (guint round = 1;; round++)
    {
      const gboolean enough = weigh (s, random);
      const gboolean same = agrees (s, ess_before, mean, covariance);
      const gboolean done =
          round == 1 ? is_easy (s) || (enough && ode) : enough && same && is_light (s);
      if (done || g_cancellable_is_cancelled (s->cancellable))
        return;
      out->reliable = enough && same;
      if (round == ROUNDS
          || !(round == 1 ? tdm_sampler_explore (s) : tdm_sampler_spread (s, random)))
        return;
      ess_before = out->ess;
    }
}

void
tdm_sampler_learn (TdmSampler *s, TdmRandom *random, guint n_proposals)
{
  s->n_proposals = n_proposals;
  for (guint k = 0; k < s->n_kinds; k++)
    s->proposals[k] = s->kinds[k] ? tdm_importance_new (s->kinds[k]) : NULL;
  s->uniform = g_new (double, (gsize)s->n_proposals *tdm_sampler_uniform_width (s));
  s->eta = g_new0 (double, (gsize)s->n_proposals * s->n);
  s->weights = g_new (double, s->n_proposals);
  learn (s, random);
}

/* As many proposals as the draws that are wanted need. */
static void
run_importance (TdmSampler *s, TdmRandom *random)
{
  const gboolean ode = is_ode (s);
  const guint per_draw = ode ? PROPOSALS_PER_DRAW_ODE : PROPOSALS_PER_DRAW;
  const guint fewest = ode ? FEWEST_PROPOSALS_ODE : FEWEST_PROPOSALS;
  const guint least = MIN (fewest, per_draw * tdm_problem_get_draws (s->fit->problem));
  tdm_sampler_learn (s, random, s->n_kinds * MAX (s->out->draws * per_draw, least));
}

/* The rows: resampled, in random order, so that any part of them stands for all. */
static void
fill_rows (TdmSampler *s, TdmRandom *random)
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
  g_auto (TdmSampler) s = { .cancellable = cancellable, .seed = seed };
  self->method = TDM_POSTERIOR_IMPORTANCE;
  tdm_sampler_open (&s, fit, self);
  run_importance (&s, random);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  gboolean enough = method == TDM_POSTERIOR_IMPORTANCE
                    || (method == TDM_POSTERIOR_AUTO && self->reliable);
  if (!enough && (method == TDM_POSTERIOR_HMC || !is_long (fit->problem)))
    tdm_sampler_run_chains (&s);
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
tdm_posterior_alloc (const TdmFit *fit, guint draws)
{
  TdmPosterior *self = g_new0 (TdmPosterior, 1);
  const guint n = fit->n;
  g_atomic_ref_count_init (&self->ref_count);
  self->n = n;
  self->width = tdm_problem_get_n_values (fit->problem);
  self->n_kinds = MAX (fit->n_subpopulations, 1);
  self->kinds = g_new0 (double, self->n_kinds);
  self->draws = draws;
  self->rows = g_new0 (double, (gsize)self->draws * self->width + 1);
  self->mean = g_new0 (double, n + 1);
  self->covariance = g_new0 (double, n *n + 1);
  self->rhat = NAN;
  self->prior = n == 0 || !has_levels (fit->problem);
  return self;
}

TdmPosterior *
tdm_posterior_new (const TdmFit *fit, const TdmPosteriorOptions *options,
                   GCancellable *cancellable, GError **error)
{
  const guint draws =
      options && options->draws ? options->draws : tdm_problem_get_draws (fit->problem);
  g_autoptr (TdmPosterior) self = tdm_posterior_alloc (fit, draws);
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
