/* The likelihood of a subject's levels with the random effects integrated out, by
 * importance sampling: no approximation, but chance. */
#pragma once

#include "engine/map.h"

/* Immutable. Moments are those of the posterior, from the same draws. */
typedef struct
{
  double value;  /* -2 ln of it, without n ln 2 pi, as the other methods count */
  double error;  /* standard error of `value`, by chance */
  gboolean even; /* the draws' weights are: the error can be believed */
  guint draws;
  double *mean;       /* n */
  double *covariance; /* n x n */
} TdmEvidence;

/* Of a converged fit, with `draws` draws (0 = the default) for each subpopulation.
 * Repeatable: the same seed gives the same numbers. Yours. */
TdmEvidence *tdm_evidence_new (const TdmFit *fit, guint draws,
                               guint64 seed) G_GNUC_WARN_UNUSED_RESULT;
void tdm_evidence_free (TdmEvidence *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmEvidence, tdm_evidence_free)
