/* Concentration curves with percentile bands. */
#pragma once

#include "engine/posterior.h"

typedef enum
{
  TDM_BAND_5,
  TDM_BAND_25,
  TDM_BAND_50,
  TDM_BAND_75,
  TDM_BAND_95,
  TDM_BAND_N,
} TdmBand;

typedef struct
{
  const double *times_h; /* explicit grid, or NULL for one that follows the events */
  guint n_times;
  double from_h, to_h;    /* when times_h is NULL */
  guint draws;            /* 0 = no bands */
  guint population_draws; /* 0 = as many as draws */
  guint64 seed;
  const TdmPosterior *posterior; /* whose first `draws` rows make this patient's bands;
                                  * NULL = draws of the Laplace approximation */
  double until_h;                /* history used up to here; INFINITY = all */
  const TdmPkDose *extra;        /* doses from then on */
  guint n_extra;
  guint output;      /* what to draw */
  gboolean residual; /* bands of the next measurement: residual error added */
} TdmCurveOptions;

/* A curve of one output, in its unit. Immutable, reference counted. Percentile arrays
 * are NULL without draws; percentiles by linear interpolation of order statistics (type
 * 7).
 */
typedef struct
{
  gatomicrefcount ref_count;
  guint output;
  guint n;
  double *time_h;
  double *population; /* typical patient: eta = 0 (of the likeliest
                         subpopulation before any level is known) */
  double *individual; /* this patient: MAP */
  double *population_band[TDM_BAND_N];
  double *individual_band[TDM_BAND_N];
  guint left_out; /* draws without a finite curve, not in the individual's bands */
} TdmCurve;

TdmCurve *tdm_curve_new (const TdmFit *fit, const TdmCurveOptions *options,
                         GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCurve *tdm_curve_ref (TdmCurve *self);
void tdm_curve_unref (TdmCurve *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmCurve, tdm_curve_unref)
