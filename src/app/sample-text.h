/* When to draw the next level, in words. */
#pragma once

#include "engine/next-sample.h"

/* "A level on Wed 4 Mar 07:30 would tell most: …". Yours. */
char *tdm_sample_text_sentence (const TdmResult *result,
                                const TdmNextSample *sample) G_GNUC_WARN_UNUSED_RESULT;

/* Which of the times are worth a row: the best ones, and some between the first and the
 * last, ascending. Elements are guint. Yours. */
GArray *tdm_sample_text_picks (const TdmNextSample *sample) G_GNUC_WARN_UNUSED_RESULT;

/* A row for each of them: time, level to expect, how much it takes away, chance of a
 * wrong choice after it, what it is best for; the first row is the headings. Elements
 * are char **. Yours. */
GPtrArray *tdm_sample_text_table (const TdmResult *result, const TdmNextSample *sample)
    G_GNUC_WARN_UNUSED_RESULT;

/* The time as it is typed into the record: "2026-03-04 07:30". Yours. */
char *tdm_sample_text_time (const TdmResult *result,
                            double time_h) G_GNUC_WARN_UNUSED_RESULT;
