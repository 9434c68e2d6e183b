#include "plot/scale.h"

#include <math.h>

#include "base/clock.h"
#include "base/number.h"

/* Ticks are never more than this, whatever the caller's gap. */
#define MAX_TICKS 400

static void
tick_free (gpointer data)
{
  TdmTick *self = data;
  g_free (self->label);
  g_free (self->day);
  g_free (self);
}

static GPtrArray *
ticks_new (void)
{
  return g_ptr_array_new_with_free_func (tick_free);
}

static TdmTick *
add_tick (GPtrArray *ticks, double value)
{
  TdmTick *tick = g_new0 (TdmTick, 1);
  tick->value = value;
  g_ptr_array_add (ticks, tick);
  return tick;
}

/* Mantissa in [1, 10) and power of ten, immune to rounding of log10 at powers of ten.
 */
static double
split (double value, double *power)
{
  *power = pow (10, floor (log10 (value)));
  double mantissa = value / *power;
  if (mantissa >= 10 * (1 - 1e-12))
    {
      *power *= 10;
      mantissa = 1;
    }
  return MAX (mantissa, 1);
}

double
tdm_scale_ceil_125 (double value)
{
  double power;
  double mantissa = split (value, &power) * (1 - 1e-12);
  return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
}

double
tdm_scale_floor_125 (double value)
{
  double power;
  double mantissa = split (value, &power) * (1 + 1e-12);
  return power * (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1);
}

double
tdm_scale_step (double span, guint max_steps)
{
  return tdm_scale_ceil_125 (span / MAX (max_steps, 1));
}

/* The multiple i * step, rounded to the digits it has, so that 3 * 0.1 reads 0.3. */
static double
multiple (guint i, double step)
{
  double scale = pow (10, ceil (-log10 (step)) + 2);
  double value = i * step;
  return scale > 1 && isfinite (scale) ? round (value * scale) / scale : value;
}

GPtrArray *
tdm_scale_linear (double high, guint max_steps)
{
  g_autoptr (GPtrArray) ticks = ticks_new ();
  double step = tdm_scale_step (high, max_steps);
  guint last = (guint)ceil (high / step * (1 - 1e-12));
  for (guint i = 0; i <= last; i++)
    {
      TdmTick *tick = add_tick (ticks, multiple (i, step));
      tick->label = tdm_number_format (tick->value, 6);
    }
  return g_steal_pointer (&ticks);
}

GPtrArray *
tdm_scale_log (double low, double high, guint max_ticks)
{
  static const double mantissas[] = { 1, 2, 5 };
  g_autoptr (GPtrArray) ticks = ticks_new ();
  int first = (int)floor (log10 (low) + 1e-9);
  int last = (int)ceil (log10 (high) - 1e-9);
  gboolean all = (guint)(last - first) * 3 <= max_ticks;
  int skip = MAX (1, (int)ceil ((last - first + 1) / (double)MAX (max_ticks, 1)));
  for (int decade = first; decade <= last; decade++)
    for (guint m = 0; m < 3; m++)
      {
        double value = mantissas[m] * pow (10, decade);
        if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9))
          continue;
        TdmTick *tick = add_tick (ticks, value);
        tick->strong = m == 0;
        if (all || (m == 0 && (decade - first) % skip == 0))
          tick->label = tdm_number_format (value, 6);
      }
  return g_steal_pointer (&ticks);
}

/* The first of the ascending `steps` that is at least `gap`; beyond the last it
 * doubles. */
static double
choose_step (const double *steps, guint n, double gap)
{
  for (guint i = 0; i < n; i++)
    if (steps[i] >= gap)
      return steps[i];
  double step = steps[n - 1];
  while (step < gap)
    step *= 2;
  return step;
}

static GPtrArray *
elapsed_ticks (double from_h, double to_h, double min_gap_h)
{
  static const double steps[] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
                                  2,    3,    6,    12,  24,  48,  96 };
  g_autoptr (GPtrArray) ticks = ticks_new ();
  double gap = MAX (min_gap_h, (to_h - from_h) / MAX_TICKS);
  double step = choose_step (steps, G_N_ELEMENTS (steps), gap);
  for (double i = ceil (from_h / step - 1e-9); i * step <= to_h + step * 1e-9; i++)
    {
      TdmTick *tick = add_tick (ticks, i * step);
      g_autofree char *number = tdm_number_format (round (i * step * 100) / 100, 8);
      tick->label = g_strconcat (number, " h", NULL);
    }
  return g_steal_pointer (&ticks);
}

static void
add_clock_tick (GPtrArray *ticks, GDateTime *start, GDateTime *time, double step)
{
  TdmTick *tick = add_tick (ticks, tdm_clock_hours_between (start, time));
  tick->strong = g_date_time_get_hour (time) == 0 && g_date_time_get_minute (time) == 0;
  if (step >= 24 * 28)
    tick->label = g_date_time_format (time, "%-d %b %Y");
  else if (step >= 24)
    tick->label = g_date_time_format (time, "%a %-d %b");
  else
    tick->label = g_date_time_format (time, "%H:%M");
  if (step < 24 && (tick->strong || ticks->len == 1))
    tick->day = g_date_time_format (time, "%a %-d %b");
}

/* Ticks of one local day. A local time that the change of clocks skips gives no tick.
 */
static void
add_day (GPtrArray *ticks, GDateTime *start, GDateTime *day, const double *range,
         double step)
{
  int year, month, date;
  g_date_time_get_ymd (day, &year, &month, &date);
  GTimeZone *zone = g_date_time_get_timezone (start);
  int step_minutes = (int)lround (MIN (step, 24) * 60);
  for (int minute = 0; minute < 24 * 60; minute += step_minutes)
    {
      g_autoptr (GDateTime) time =
          g_date_time_new (zone, year, month, date, minute / 60, minute % 60, 0);
      if (time == NULL || g_date_time_get_hour (time) != minute / 60)
        continue;
      double hours = tdm_clock_hours_between (start, time);
      if (hours >= range[0] - 1e-9 && hours <= range[1] + 1e-9)
        add_clock_tick (ticks, start, time, step);
    }
}

static guint32
julian_of (GDateTime *time)
{
  int year, month, date;
  g_date_time_get_ymd (time, &year, &month, &date);
  GDate value;
  g_date_clear (&value, 1);
  g_date_set_dmy (&value, date, month, year);
  return g_date_get_julian (&value);
}

/* Replaces `*day` by the day `n` days later. */
static void
advance (GDateTime **day, int n)
{
  GDateTime *next = g_date_time_add_days (*day, n);
  g_date_time_unref (*day);
  *day = next;
}

static GPtrArray *
clock_ticks (GDateTime *start, double from_h, double to_h, double min_gap_h)
{
  static const double steps[] = { 1 / 60.0, 2 / 60.0, 5 / 60.0, 10 / 60.0, 0.5, 1,
                                  2,        3,        4,        6,         12,  24,
                                  2 * 24,   7 * 24,   14 * 24,  28 * 24 };
  double gap = MAX (min_gap_h, (to_h - from_h) / MAX_TICKS);
  double step = choose_step (steps, G_N_ELEMENTS (steps), gap);
  guint days = (guint)MAX (1, step / 24);
  const double range[] = { from_h, to_h };
  g_autoptr (GPtrArray) ticks = ticks_new ();
  g_autoptr (GDateTime) last = tdm_clock_add_hours (start, to_h);
  guint32 end = julian_of (last);
  g_autoptr (GDateTime) day = tdm_clock_add_hours (start, from_h);
  /* Whole weeks begin on Mondays: Julian day 1 is one. */
  while ((julian_of (day) - 1) % days != 0)
    advance (&day, 1);
  for (; julian_of (day) <= end; advance (&day, (int)days))
    add_day (ticks, start, day, range, step);
  return g_steal_pointer (&ticks);
}

GPtrArray *
tdm_scale_time (GDateTime *start, double from_h, double to_h, double min_gap_h)
{
  if (start == NULL)
    return elapsed_ticks (from_h, to_h, min_gap_h);
  return clock_ticks (start, from_h, to_h, min_gap_h);
}
