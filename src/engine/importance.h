/* A proposal for a posterior: around each optimum a multivariate t (its tails are
 * heavier than any posterior's with this prior), and the prior itself, so that nothing
 * the prior allows is out of reach. */
#pragma once

#include "engine/map.h"
#include "num/random.h"

/* A draw takes this many uniform numbers beside one for each effect. */
#define TDM_IMPORTANCE_EXTRA 3

typedef struct _TdmImportance TdmImportance; /* one owner; drawing is thread-safe */

TdmImportance *tdm_importance_new (const TdmFit *fit) G_GNUC_WARN_UNUSED_RESULT;
void tdm_importance_free (TdmImportance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmImportance, tdm_importance_free)

/* Adds a t of this centre (n) and covariance (n x n), with half of the whole weight.
 * FALSE when the covariance is not positive definite. */
gboolean tdm_importance_add (TdmImportance *self, const double *centre,
                             const double *covariance);

/* Adds `count` of them, with half of the whole weight in all; those whose covariance is
 * not positive definite are left out. FALSE when that leaves none. */
gboolean tdm_importance_add_several (TdmImportance *self, guint count,
                                     const double *centres, const double *covariances);

/* Makes one draw (n effects) of n + TDM_IMPORTANCE_EXTRA uniform numbers in (0, 1). */
void tdm_importance_draw (const TdmImportance *self, const double *uniform,
                          double *eta);

/* ln of the density at eta, normalised. */
double tdm_importance_log_density (const TdmImportance *self, const double *eta);
