/* What the parts of posterior.c share: proposals of effects and their weights. */
#pragma once

#include "engine/importance.h"
#include "engine/objective.h"
#include "engine/posterior.h"
#include "num/hmc.h"

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
  gboolean exact; /* differential equations with the structure's own tolerances */
} TdmSampler;

/* Everything of one owner's sampler but what it borrows. */
void tdm_sampler_clear (TdmSampler *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmSampler, tdm_sampler_clear)

/* Of a fit: `out` is borrowed, the numbers in it are filled in. */
void tdm_sampler_open (TdmSampler *self, const TdmFit *fit, TdmPosterior *out);

/* Rounds of `n_proposals` draws of the proposals until their weights are even and two
 * rounds agree, or it is no use. */
void tdm_sampler_learn (TdmSampler *self, TdmRandom *random, guint n_proposals);

/* As many draws of the proposals anew: `eta`, and in `weights` the logarithms of
 * posterior (not normalised) over proposal. */
void tdm_sampler_draw (TdmSampler *self, TdmRandom *random);

/* A posterior without numbers, of `draws` rows. Yours. */
TdmPosterior *tdm_posterior_alloc (const TdmFit *fit,
                                   guint draws) G_GNUC_WARN_UNUSED_RESULT;

/* Workspaces of tdm_parallel_run(): an objective; NULL when there is none. */
gpointer tdm_sampler_open_objective (gpointer sampler);
void tdm_sampler_close_objective (gpointer objective);

/* From here on it is the objective of this kind. */
void tdm_sampler_use_kind (const TdmSampler *self, TdmObjective *objective, guint kind);

/* Uniform numbers that a proposal takes. */
guint tdm_sampler_uniform_width (const TdmSampler *self);

/* Mean (n) and covariance (n x n) of the proposals of one kind (n_kinds = of all) under
 * their weights; returns their effective sample size. */
double tdm_sampler_find_moments (const TdmSampler *self, guint kind, double *mean,
                                 double *covariance);

/* Those of all, and how probable each kind is, to the posterior. */
void tdm_sampler_fill_moments (TdmSampler *self);

/* posterior-spread.c: components join the proposals, with half of the whole weight:
 * where the posterior must lie, whatever the weights know; or where the weights are.
 * FALSE when none does. */
gboolean tdm_sampler_explore (TdmSampler *self);
gboolean tdm_sampler_spread (TdmSampler *self, TdmRandom *random);

/* posterior-chains.c: Hamiltonian chains in place of the proposals. FALSE when a chain
 * could not start; nothing is changed then. */
gboolean tdm_sampler_run_chains (TdmSampler *self);
