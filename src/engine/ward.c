#include "engine/ward.h"

#include "base/clock.h"

#include <math.h>

#define DAY_MIN 1440.0
#define SAME_MIN 0.5
/* Doses until the clock stands where it stood, of any interval of whole minutes that a
 * ward could keep. */
#define MOST_DOSES 1440

static gboolean
is_ward_time (const TdmCaseOptions *options, double minute)
{
  for (guint i = 0; i < options->n_ward_times; i++)
    {
      double apart = fabs (minute - options->ward_min[i]);
      if (MIN (apart, DAY_MIN - apart) < SAME_MIN)
        return TRUE;
    }
  return FALSE;
}

static gboolean
interval_fits (const TdmCaseOptions *options, double first_min, double interval_h)
{
  for (guint k = 1; k < MOST_DOSES; k++)
    {
      double later = fmod (first_min + k * 60.0 * interval_h, DAY_MIN);
      double apart = fabs (later - first_min);
      if (!is_ward_time (options, later))
        return FALSE;
      if (MIN (apart, DAY_MIN - apart) < SAME_MIN)
        return TRUE;
    }
  return FALSE;
}

double
tdm_ward_first (const TdmCase *record, double from_h, double interval_h)
{
  const TdmCaseOptions *options = tdm_case_get_options (record);
  GDateTime *start = tdm_case_get_start (record);
  double least = INFINITY;
  if (options->n_ward_times == 0 || !start)
    return from_h;
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, from_h);
  const double now_min = 60.0 * g_date_time_get_hour (at) + g_date_time_get_minute (at)
                         + g_date_time_get_seconds (at) / 60.0;
  for (guint i = 0; i < options->n_ward_times; i++)
    {
      double wait_min = fmod (options->ward_min[i] - now_min + DAY_MIN, DAY_MIN);
      if (interval_fits (options, options->ward_min[i], interval_h))
        least = MIN (least, wait_min);
    }
  return isinf (least) ? NAN : from_h + least / 60.0;
}
