/* The fit as rows of text: how typical the patient is, how well each level is met. */
#pragma once

#include "engine/result.h"

/* A table is an array of rows, char ** each, that it owns. Adds one of `n` cells,
 * copied.
 */
void tdm_fit_text_add_row (GPtrArray *table, const char *const *cells, guint n);

/* "CL, L/h": parameter, typical, this patient, how typical in words, learned from
 * levels; then the chance of each subpopulation. The first row is the headings.
 * Elements are char **. Yours. */
GPtrArray *tdm_fit_text_parameters (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* Level: time, observed, expected before, after the fit, residual in SDs, use. As
 * above. Yours. */
GPtrArray *tdm_fit_text_levels (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* The certificate: what was looked at, what was found; as above. Yours. */
GPtrArray *tdm_fit_text_certificate (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* "Advice is given with caution". Static. */
const char *tdm_fit_text_verdict (const TdmResult *result);
/* The same with the reason. Yours. */
char *tdm_fit_text_advice (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* How bands and chances were computed, in a sentence. Yours. */
char *tdm_fit_text_posterior (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* How the estimate was found, in a few sentences. Yours. */
char *tdm_fit_text_convergence (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* "high for such patients (97th percentile)". Yours. */
char *tdm_fit_text_percentile (double z) G_GNUC_WARN_UNUSED_RESULT;
