/* Scales: where ticks go and what they say. */
#pragma once

#include <glib.h>

typedef struct
{
  double value;
  char *label;     /* NULL = a tick without a label */
  char *day;       /* time only: the day under the label, or NULL */
  gboolean strong; /* time only: a day begins; log only: a decade */
} TdmTick;

/* The smallest of 1, 2, 5 times a power of ten that is at least `span` / `max_steps`.
 * `span` > 0. */
double tdm_scale_step (double span, guint max_steps);

/* Ticks from 0 up to the first one at or above `high` (> 0); elements are TdmTick*,
 * freed with the array. The last tick is the top of the axis. */
GPtrArray *tdm_scale_linear (double high, guint max_steps) G_GNUC_WARN_UNUSED_RESULT;

/* Ticks at 1, 2, 5 of each decade (decades alone when there are many) that lie in
 * [`low`, `high`], 0 < low < high. */
GPtrArray *tdm_scale_log (double low, double high,
                          guint max_ticks) G_GNUC_WARN_UNUSED_RESULT;

/* The largest of 1, 2, 5 times a power of ten at or below `value`, and the smallest at
 * or above. */
double tdm_scale_floor_125 (double value);
double tdm_scale_ceil_125 (double value);

/* Ticks of a time axis in [`from_h`, `to_h`], at least `min_gap_h` apart. With `start`
 * they stand on round local clock times (24 h clock, the day named below the first and
 * at each midnight; dates alone when a tick is a day or more); without, on round
 * elapsed hours. */
GPtrArray *tdm_scale_time (GDateTime *start, double from_h, double to_h,
                           double min_gap_h) G_GNUC_WARN_UNUSED_RESULT;
