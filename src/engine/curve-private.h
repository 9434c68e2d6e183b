/* Percentile bands, for the curve and its tests. */
#pragma once

#include "engine/curve.h"

/* What to take percentiles of: `draws` rows of random effects (n_values each) at the
 * plan's n_times. residual_seed 0 = no residual error. */
typedef struct
{
  const TdmProblem *problem;
  const TdmPkPlan *plan; /* of that output */
  guint output;
  guint n_times;
  const double *effects;
  guint draws;
  guint64 residual_seed;
  double *const *bands; /* TDM_BAND_N arrays of n_times to fill, in the output's unit */
} TdmBandSpec;

/* Percentiles 5, 25, 50, 75, 95 at each time over the draws that have a finite curve;
 * `left_out` receives how many have none. TDM_ERROR_NO_ANSWER when these are the most.
 */
gboolean tdm_curve_bands (const TdmBandSpec *spec, guint *left_out,
                          GCancellable *cancellable, GError **error);

/* A grid from from_h to to_h that follows the doses: their starts (before and after),
 * ends of infusion, and points that get sparser with the time since the last dose.
 * Ascending. */
GArray *tdm_curve_grid (const TdmPkPlan *plan, double from_h,
                        double to_h) G_GNUC_WARN_UNUSED_RESULT;
