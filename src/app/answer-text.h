/* The answer in words for the report: what was found, what is proposed, what to watch
 * and when to measure again; from templates, in the user's language. */
#pragma once

#include "app/answer-templates.h"
#include "engine/next-sample.h"

/* That of the user's surroundings (LANGUAGE, LC_MESSAGES …); English where there are no
 * templates for it. */
TdmLanguage tdm_answer_text_language (void);

/* A line for each of the four. `sample`: when to measure, or NULL where that is not
 * known. The proposal is the chosen regimen, else the leading one. Yours. */
char *tdm_answer_text (const TdmResult *result, const TdmNextSample *sample,
                       TdmLanguage language) G_GNUC_WARN_UNUSED_RESULT;
