/* Whether the advice would change, as rows of text. */
#pragma once

#include "engine/robustness.h"

/* The regimen that is judged, and how. Yours. */
char *tdm_robust_text_about (const TdmRobustness *robustness) G_GNUC_WARN_UNUSED_RESULT;

/* A row for each doubt: what, how it is changed, the target's metric, the chance to be
 * within and above, what follows; those that change the advice first. The first row is
 * the headings. Elements are char **. Yours. */
GPtrArray *
tdm_robust_text_table (const TdmRobustness *robustness) G_GNUC_WARN_UNUSED_RESULT;
