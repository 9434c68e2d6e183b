/* From a result to the plot's scene: units of people, words, what was given and what is
 * planned. */
#pragma once

#include "engine/average.h"
#include "plot/scene.h"

/* The scene of `result`; `options` as it was computed with, or NULL. Yours. */
TdmScene *
tdm_scene_builder_build (const TdmResult *result,
                         const TdmResultOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* Same, with the now-line at `clock` where the case is of these days: between its first
 * event and a day after its last. Yours. */
TdmScene *tdm_scene_builder_build_at (const TdmResult *result,
                                      const TdmResultOptions *options,
                                      GDateTime *clock) G_GNUC_WARN_UNUSED_RESULT;

/* The average of several models with its bands over what each of them says; nothing of
 * it belongs to one model alone but the doses, levels and target, which are the case's.
 * Yours. */
TdmScene *
tdm_scene_builder_build_average (const TdmAverage *average) G_GNUC_WARN_UNUSED_RESULT;

/* "1000 mg q12h"; "1000 mg" when no interval is known. Yours. */
char *tdm_scene_builder_regimen_text (const TdmModelSalt *salt, double amount_mg,
                                      double interval_h) G_GNUC_WARN_UNUSED_RESULT;
/* "15–20 mg/L", "at most 1 mg/L"; `unit` as in files. Yours. */
char *tdm_scene_builder_window_text (double low, double high,
                                     const char *unit) G_GNUC_WARN_UNUSED_RESULT;
/* Why level `i` is not used, in a few words ("left out: drawn during infusion" or "left
 * out"), NULL when it is used. Yours. */
char *tdm_scene_builder_left_out_text (const TdmResult *result,
                                       guint i) G_GNUC_WARN_UNUSED_RESULT;
/* Adds covariates that changed and sessions of dialysis; what was entered once is in
 * the record beside the plot. */
void tdm_scene_builder_add_marks (TdmScene *scene, const TdmResult *result);
/* "Serum creatinine 141 µmol/L". Yours. */
char *tdm_scene_builder_covariate_text (
    const TdmModel *model, const TdmCovariateEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
/* Area under a curve from `from_h` to `to_h`: linear while it rises, logarithmic while
 * it falls. The curve must cover the span. */
double tdm_scene_builder_area (const double *time_h, const double *value, guint n,
                               double from_h, double to_h);
