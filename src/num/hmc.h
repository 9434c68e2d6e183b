/* Hamiltonian Monte Carlo for smooth densities of a few variables that have about unit
 * scale, mixed with jumps from a proposal of the whole distribution where there is one:
 * the former explores, the latter moves between modes. */
#pragma once

#include "num/random.h"

typedef struct
{
  guint n;
  gpointer data;
  /* ln of the density at x up to a constant, and its gradient; -INFINITY where there is
   * none. */
  double (*density) (gpointer data, const double *x, double *gradient);
  gboolean (*stop) (gpointer data); /* TRUE ends the run; or NULL */
  /* Draws x from a proposal that knows nothing of where the chain is; or NULL. And ln
   * of its density, up to a constant. */
  void (*propose) (gpointer data, TdmRandom *random, double *x);
  double (*proposal_density) (gpointer data, const double *x);
  guint warmup, keep; /* draws; the step size is adapted during the first */
} TdmHmc;

typedef struct
{
  double step;       /* size, as adapted */
  double acceptance; /* mean of the kept trajectories */
  guint jumps;       /* accepted, of the kept */
  guint divergences; /* trajectories that left the level of energy, of the kept */
} TdmHmcReport;

/* One chain from `start` (where the density is finite): `keep` rows of n into `out`.
 * FALSE when stopped, or when the start has no density. */
gboolean tdm_hmc_run (const TdmHmc *self, TdmRandom *random, const double *start,
                      double *out, TdmHmcReport *report);
