/* Targets: metrics of a regimen and whether they lie in the window. */
#pragma once

#include "engine/regimen.h"

/* A target with its window converted to the answer's units: levels in the unit of its
 * output, areas in that unit times h, ratios and fractions plain. */
typedef struct
{
  TdmMetricKind metric;
  guint output;
  gboolean falling; /* more drug means less of it; who searches finds out */
  double low, high;
  char *unit; /* of low, high and the metric; yours to clear */
  gboolean at_steady_state;
  double at_h; /* when not at steady state */
  gboolean has_span;
  double from_h, to_h;          /* when it has a span */
  double threshold;             /* of the output, where the metric has one */
  double mic;                   /* *_MIC, of the output */
  double fraction;              /* of the output that the metric is of; 0 = all of it */
  double alarm_low, alarm_high; /* -INFINITY and INFINITY = not stated */
} TdmResolvedTarget;

void tdm_resolved_target_clear (TdmResolvedTarget *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmResolvedTarget, tdm_resolved_target_clear)

/* The output a target is of (the first where it names none); -1 with TDM_ERROR_INPUT
 * "target.output: …" when the model has no such. */
int tdm_target_find_output (const TdmModel *model, const TdmTarget *target,
                            GError **error);

/* FALSE with TDM_ERROR_INPUT "target.unit: …" when a unit does not fit. */
gboolean tdm_target_resolve (const TdmProblem *problem, const TdmTarget *target,
                             TdmResolvedTarget *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the metric is that of the steady state: it has no time of its own. */
gboolean tdm_target_is_steady (const TdmResolvedTarget *target);

/* -1 below the window, 0 within (limits included), 1 above. */
int tdm_target_side (const TdmResolvedTarget *target, double value);

/* The middle of the window: geometric between two limits, else a step inside the one
 * there is. */
double tdm_target_centre (const TdmResolvedTarget *target);

/* Share of an even grid of n points on which the values are above the threshold, each
 * crossing placed by linear interpolation. */
double tdm_target_share_above (const double *values, guint n, double threshold);

/* Unit of areas for a concentration unit: "mg.h/L" for "mg/L", "h" for "1".
 * Yours. */
char *tdm_target_area_unit (const char *concentration_unit) G_GNUC_WARN_UNUSED_RESULT;

/* Computes metrics of regimens of one problem. One thread. */
typedef struct _TdmMetrics TdmMetrics;
TdmMetrics *tdm_metrics_new (const TdmProblem *problem,
                             const TdmResolvedTarget *target) G_GNUC_WARN_UNUSED_RESULT;
void tdm_metrics_free (TdmMetrics *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmMetrics, tdm_metrics_free)

/* What ends a computation under way with G_IO_ERROR_CANCELLED (NULL = nothing).
 * Borrowed. */
void tdm_metrics_set_cancellable (TdmMetrics *self, GCancellable *cancellable);

/* Loosens an ODE structure's tolerances (0 = the structure's). */
void tdm_metrics_set_tolerance (TdmMetrics *self, double relative, double absolute);

/* `regimen` at each of n amounts instead of its own, as tdm_metrics_compute(); where
 * there is no answer the target's metric is NAN. Costs little more than one amount
 * where the model is linear. */
void tdm_metrics_compute_amounts (TdmMetrics *self, const TdmRegimen *regimen,
                                  const double *amounts_mg, guint n, const double *eta,
                                  TdmRegimenMetrics *out);

/* At random effects `eta`: at steady state under the covariates in force at the first
 * dose, or, when the target names a time, of the history followed by the regimen:
 * trough = the concentration at that time, peak and average over the dosing interval
 * and auc24 over the 24 h that start then. Of a span, from from_h to to_h, are auc, and
 * what else was asked of one: there trough is the lowest concentration. cumulative_auc
 * is from the first event to at_h. time_to_below counts from a dose at steady state, or
 * from at_h or from_h, to when the threshold is passed for the last time before the
 * next dose, or to_h; INFINITY where it is not, 0 where it was never reached. */
gboolean tdm_metrics_compute (TdmMetrics *self, const TdmRegimen *regimen,
                              const double *eta, TdmRegimenMetrics *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
