/* Targets: metrics of a regimen and whether they lie in the window. */
#pragma once

#include "engine/dose-search.h"

/* "below", "within", "above": -1, 0, 1. */
int tdm_target_side (const TdmTarget *target, double value);

/* The target with its window converted to the answer's units (output 0's concentration unit,
 * that times h for areas). FALSE with TDM_ERROR_INPUT "target.unit: …". `out->unit` is yours. */
gboolean tdm_target_resolve (const TdmProblem *problem, const TdmTarget *target,
                             TdmTarget *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Metrics of a repeated regimen at random effects `eta`: at steady state, or, when the target
 * names a time, of the history followed by the regimen from `first_dose_h`, in the dosing
 * interval (trough, peak, average) or the 24 h (auc24) that starts at that time. */
gboolean tdm_target_metrics (const TdmProblem *problem, const TdmTarget *resolved,
                             const TdmRegimen *regimen, const double *eta,
                             TdmPkWork *work, TdmRegimenMetrics *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
