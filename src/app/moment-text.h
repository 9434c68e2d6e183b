/* Clock times as people type and read them in the record. */
#pragma once

#include "record/case.h"

/* What a typed time is relative to. All borrowed. */
typedef struct
{
  GDateTime *start; /* the case's start, or NULL: times are hours */
  GDateTime *day;   /* the day a bare "8:00" means; NULL = that of `now` */
  GDateTime *now;   /* for "today" and "yesterday" */
} TdmMomentContext;

/* Parses "2026-03-01 08:00" (or with T), "8:00" and "0800" (on the context's day), and
 * "today", "yesterday" or "tomorrow" before a clock time; without a start, hours:
 * "12.5" or "12.5 h". `out->text` is yours. 12-hour times and dates that could mean two
 * days are refused with a TDM_ERROR_INPUT sentence. */
gboolean tdm_moment_parse_people (const char *text, const TdmMomentContext *context,
                                  TdmMoment *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "2026-03-01 08:00", or "12.5 h" without a start. Yours. */
char *tdm_moment_format_people (const TdmMoment *moment,
                                GDateTime *start) G_GNUC_WARN_UNUSED_RESULT;

/* "10:30" of a time on the day of `like`, else with its date. Yours. */
char *tdm_moment_format_near (const TdmMoment *moment, const TdmMoment *like,
                              GDateTime *start) G_GNUC_WARN_UNUSED_RESULT;

/* "Sun 1 Mar", or "" without a start. Yours. */
char *tdm_moment_day_words (const TdmMoment *moment,
                            GDateTime *start) G_GNUC_WARN_UNUSED_RESULT;

/* "45 min", "11.5 h" or "3 days": a length of time in words. Yours. */
char *tdm_hours_words (double hours) G_GNUC_WARN_UNUSED_RESULT;

/* The moment as a date-time; NULL without a start. Yours. */
GDateTime *tdm_moment_to_time (const TdmMoment *moment,
                               GDateTime *start) G_GNUC_WARN_UNUSED_RESULT;
