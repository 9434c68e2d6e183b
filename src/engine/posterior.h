/* The posterior of a fit as equally weighted draws of its random effects. All that is
 * said of this patient with a probability rests on them. */
#pragma once

#include "engine/map.h"

typedef struct
{
  guint draws; /* 0 = as many as the problem wants */
  guint64 seed;
  TdmPosteriorMethod method; /* AUTO = the case's; where that is AUTO, too:
                              * importance, and HMC where that does not do */
} TdmPosteriorOptions;

/* Immutable, reference counted. What a method does not have is NAN or 0. */
typedef struct
{
  gatomicrefcount ref_count;
  guint n;     /* effects of the fit */
  guint width; /* numbers in a row: the effects, then what is to come */
  guint draws;
  double *rows;              /* draws x width */
  TdmPosteriorMethod method; /* that made them; LAPLACE, IMPORTANCE or HMC */
  gboolean prior;            /* no level counts: these are draws of the prior */
  gboolean reliable;         /* the method's own checks are met */
  double ess;                /* independent draws they are worth: of the weights, or the
                              * least of the chains' over the effects */
  guint proposals;           /* weighed */
  double pareto_k;           /* of the weights: above 0.7 not to be trusted */
  guint chains;
  double rhat; /* largest over the effects */
  guint divergences;
  double *mean;       /* n: of all weighed or kept draws */
  guint n_kinds;      /* subpopulations, or 1 */
  double *kinds;      /* the probability of each */
  double *covariance; /* n x n */
} TdmPosterior;

/* Repeatable: the same seed gives the same draws, whatever the number of threads. NULL
 * with G_IO_ERROR_CANCELLED. Yours. */
TdmPosterior *tdm_posterior_new (const TdmFit *fit, const TdmPosteriorOptions *options,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmPosterior *tdm_posterior_ref (TdmPosterior *self);
void tdm_posterior_unref (TdmPosterior *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmPosterior, tdm_posterior_unref)

/* A caution when the sampling's own checks are not met, or the Laplace approximation
 * was asked for. */
void tdm_posterior_add_notes (const TdmPosterior *self, GPtrArray *notes);

/* Row of draw number `i`. Borrowed. */
const double *tdm_posterior_get_row (const TdmPosterior *self, guint i);
