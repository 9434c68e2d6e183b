/* The answer in words, for people; used by the command line, the window and the report.
 */
#pragma once

#include "engine/result.h"

/* "Clearance is 38 % below what is typical for this patient; AUC24 is 612 mg·h/L, above
 * the window 400–600 mg·h/L." Yours. */
char *tdm_words_conclusion (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* "the trough", "AUC24": what a target looks at. Static. */
const char *tdm_words_metric (TdmMetricKind metric);
/* "1250 mg", "250 mg Aminophylline": what the model counts as `mg`, as it is given
 * (`salt` or NULL). Yours. */
char *tdm_words_amount (const TdmModelSalt *salt, double mg) G_GNUC_WARN_UNUSED_RESULT;
/* "12 h", "week" or "4 weeks", as "every" and "q" are said before it. Yours. */
char *tdm_words_interval (double hours) G_GNUC_WARN_UNUSED_RESULT;
/* "1250 mg every 12 h, infused over 2 h", "hold until Thu 5 Mar 20:00, then 500 mg
 * every 24 h". Yours. */
char *tdm_words_regimen (const TdmRegimen *regimen) G_GNUC_WARN_UNUSED_RESULT;
/* What is not in its amounts and times: "by mouth, after a loading dose of 1750 mg over
 * 2 h"; NULL for a plain regimen. Yours. */
char *tdm_words_course (const TdmRegimen *regimen) G_GNUC_WARN_UNUSED_RESULT;
/* The plot in a few sentences, for screen readers: what is predicted on the current
 * regimen, the conclusion, and what is predicted on the chosen regimen. Yours. */
char *tdm_words_plot (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
