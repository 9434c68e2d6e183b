/* The first days of a regimen, before its steady state: what of the history is left,
 * and how a loading dose or a hold changes it. */
#pragma once

#include "engine/score.h"

/* Whether a target has first days: one of the steady state of a concentration, whose
 * metric can be read from a day. */
gboolean tdm_course_exists (const TdmProblem *problem, const TdmResolvedTarget *target);

/* How long a day of a regimen is, h: 24, or an interval that is longer. */
double tdm_course_day (const TdmRegimen *regimen);

/* Fills the chances of the days and the value of regimens whose steady state has been
 * judged; the draws of `input` are taken evenly, `most` of them. A trough is that
 * before the last dose of a day (its end, where nothing is given yet), an area and an
 * average are those of the day, a day without a dose has no peak and lies below. FALSE
 * with G_IO_ERROR_CANCELLED. */
gboolean tdm_course_judge (const TdmScoreInput *input, guint most,
                           TdmRegimen *const *regimens, guint n,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
