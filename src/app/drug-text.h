/* What is known of a drug beside its model, as rows of text: what can be given, the
 * targets, how levels are taken and called. */
#pragma once

#include "model/model.h"

/* Tables: char ** rows, the first the headings; as in fit-text.h. Yours. */

/* Way `i` of giving it: amounts and their steps, intervals, infusions, limits. */
GPtrArray *tdm_drug_text_dosing (const TdmModel *model,
                                 guint i) G_GNUC_WARN_UNUSED_RESULT;
/* Routes with their formulations, formulations, and salts with what they count for;
 * only the headings where there is but one way. */
GPtrArray *tdm_drug_text_forms (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
/* Title, alarm limits, source of each target. */
GPtrArray *tdm_drug_text_targets (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
/* Code, what it is the level of, source. */
GPtrArray *tdm_drug_text_loinc (const TdmDrug *drug) G_GNUC_WARN_UNUSED_RESULT;

/* "250 to 3000 in steps of 250 mg". Yours. */
char *tdm_drug_text_steps (const double *values, guint n,
                           const char *unit) G_GNUC_WARN_UNUSED_RESULT;
