/* Many regimens under many draws, where a curve costs much: first under few draws, then
 * the leading ones under all. */
#pragma once

#include "engine/score.h"

/* Whether all regimens are judged under all draws at once: where the model is
 * proportional to the doses, or there are few draws. */
gboolean tdm_screen_is_exact (const TdmScoreInput *input);

/* Fills chances, score, percentiles and the number of draws of n regimens, whose notes
 * are replaced. What leads once it is done, and the current regimen, has been judged
 * under all draws. FALSE with G_IO_ERROR_CANCELLED. */
gboolean tdm_screen_judge (const TdmScoreInput *input, TdmRegimen *const *regimens,
                           guint n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
