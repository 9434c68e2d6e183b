/* Clock time: local date-times, zones, elapsed hours. Elapsed time is always taken
 * from UTC, so a day on which clocks change has 23 or 25 hours. */
#pragma once

#include <glib.h>

/* No entry is further from the start than this many hours, about 114 years; what is
 * shown may go on after the last entry, but not twice as far. */
#define TDM_CLOCK_MAX_HOURS 1e6

/* Parses "YYYY-MM-DDTHH:MM[:SS]" (also with a blank for T), optionally followed by "Z"
 * or
 * "+HH:MM"; without an offset the time is local in `zone` (NULL = this computer's
 * zone). The result is in `zone` either way. Refused: dates that do not exist, local
 * times that the change of clocks skips; a doubled local time needs an offset; years
 * outside 1900 to 2199. The message of the error does not name a place. Yours. */
GDateTime *tdm_clock_parse (const char *text, GTimeZone *zone,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Parses "YYYY-MM-DD", with the same limits. */
gboolean tdm_clock_parse_date (const char *text, GDate *out,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hours elapsed from `from` to `to`, exact to the microsecond. */
double tdm_clock_hours_between (GDateTime *from, GDateTime *to);

/* `from` plus `hours` elapsed hours (at most twice TDM_CLOCK_MAX_HOURS), in the zone of
 * `from`. Yours. */
GDateTime *tdm_clock_add_hours (GDateTime *from,
                                double hours) G_GNUC_WARN_UNUSED_RESULT;

/* "2026-03-01T08:00" (seconds only if not zero; offset only when the local time is
 * doubled). Yours. */
char *tdm_clock_format (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT;

/* "Sun 1 Mar 08:00", for people, in the user's language. Yours. */
char *tdm_clock_display (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT;
