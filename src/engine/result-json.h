/* The JSON answers of the command line (titrate-fit/1, titrate-prediction/1,
 * titrate-proposals/1, titrate-models/1). Numbers read back exactly; no NaN or infinity
 * ever appears (an open limit is null). */
#pragma once

#include <jansson.h>

#include "engine/result.h"

/* All return a new reference. Fit and prediction say under "numerics" how they were
 * computed (engine/numerics.h). */
json_t *tdm_json_fit (const TdmResult *result,
                      gboolean expected_covariance) G_GNUC_WARN_UNUSED_RESULT;
/* The estimate alone: what does not need curves and proposals. */
json_t *tdm_json_fit_values (const TdmFit *fit,
                             gboolean expected_covariance) G_GNUC_WARN_UNUSED_RESULT;
json_t *tdm_json_prediction (const TdmModel *model, const TdmCurve *curve,
                             const TdmPosterior *posterior /* or NULL: no bands */)
    G_GNUC_WARN_UNUSED_RESULT;
json_t *tdm_json_proposals (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;

/* How the posterior was sampled: method, draws, ess, and what the method has of
 * pareto_k, proposals, rhat, chains, divergences. */
json_t *tdm_json_posterior (const TdmPosterior *self) G_GNUC_WARN_UNUSED_RESULT;

/* How the current regimen stands to the target: metric, value, low, high (left out =
 * open), all in "unit", and "side": "below", "within" or "above"; null when it was not
 * judged.
 */
json_t *tdm_json_judgement (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;

/* One line a note: severity, code, text, place. */
json_t *tdm_json_notes (const GPtrArray *notes) G_GNUC_WARN_UNUSED_RESULT;

/* A number, or null when it is not finite. */
json_t *tdm_json_real (double value) G_GNUC_WARN_UNUSED_RESULT;

/* Text of a JSON value, indented, with a newline at the end. Yours. */
char *tdm_json_text (const json_t *value) G_GNUC_WARN_UNUSED_RESULT;

/* Adds to the object of a regimen how it begins and what it turns into: "loading",
 * "hold_h", "hold" (for the sake of the level), "steps", and where its first days were
 * looked at "early", "days", "day_h" and "value". */
void tdm_json_add_course (json_t *out, const TdmRegimen *regimen);
