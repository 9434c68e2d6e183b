/* Metrics over amounts from few of them, where a curve costs much. */
#pragma once

#include "engine/target.h"

/* Fills `out` for n amounts from fewer curves, each metric within 0.1 % of what
 * tdm_metrics_compute() gives; FALSE, with `out` undefined, where that cannot be had:
 * few amounts, metrics that are not smooth. Where amounts from one on have no steady
 * state, all is NAN from there. */
gboolean tdm_interpolate_amounts (TdmMetrics *metrics, const TdmRegimen *regimen,
                                  const double *amounts_mg, guint n, const double *eta,
                                  TdmRegimenMetrics *out);
