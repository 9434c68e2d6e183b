/* Percentile bands, for the curve and its tests. */
#pragma once

#include "engine/curve.h"

/* Percentiles 5, 25, 50, 75, 95 at each of the plan's n_times over `draws` rows of
 * random effects (draws x (n_effects + n_future)): bands[b][t] in the unit of output 0.
 * `residual_seed` 0 = no residual error. */
gboolean tdm_curve_bands (const TdmProblem *problem, const TdmPkPlan *plan,
                          guint n_times, const double *effects, guint draws,
                          guint64 residual_seed, double *const bands[TDM_BAND_N],
                          GCancellable *cancellable, GError **error);

/* A grid from from_h to to_h that follows the doses: their starts (before and after),
 * ends of infusion, and points that get sparser with the time since the last dose.
 * Ascending. */
GArray *tdm_curve_grid (const TdmPkPlan *plan, double from_h,
                        double to_h) G_GNUC_WARN_UNUSED_RESULT;
