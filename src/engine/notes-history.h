/* What is odd about a history as a whole: old or changing renal function, levels that
 * may have been swapped. */
#pragma once

#include "engine/map.h"

/* Creatinine and other measures of renal function that the model uses: a caution when
 * the last was more than 72 h (24 h in intensive care) before the last level, and when
 * creatinine changed by more than 30 % within the 48 h before the last. */
void tdm_notes_on_renal_function (const TdmProblem *problem, GPtrArray *notes);

/* A caution for each two neighbouring levels whose values, swapped, fit much better.
 * Fits again, but only where the order of the two is not the expected one, and only in
 * cases of at most 20 levels. */
void tdm_notes_on_swapped_levels (const TdmFit *fit, GCancellable *cancellable,
                                  GPtrArray *notes);
