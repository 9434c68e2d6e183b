/* Clock time.
 *
 * A local time is looked up among the offsets that its zone has a day before and a day
 * after: none of them fits where the clocks were put forward over it, two fit where
 * they were put back. This needs no notion of summer time, so it holds for every
 * change. */
#include "base/clock.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400
#define FIRST_YEAR 1900
#define LAST_YEAR 2199

/* What was written. */
typedef struct
{
  int year, month, day, hour, minute, second;
  gboolean has_offset;
  int offset_s;
} Written;

/* Reads exactly `digits` digits and moves on; -1 if they are not there. */
static int
read_digits (const char **s, int digits)
{
  int value = 0;
  for (int i = 0; i < digits; i++, (*s)++)
    {
      if (!g_ascii_isdigit (**s))
        return -1;
      value = 10 * value + (**s - '0');
    }
  return value;
}

static gboolean
read_char (const char **s, char c)
{
  if (**s != c)
    return FALSE;
  (*s)++;
  return TRUE;
}

/* date = year "-" month "-" day ; */
static gboolean
read_date (const char **s, Written *out)
{
  return (out->year = read_digits (s, 4)) >= 0 && read_char (s, '-')
         && (out->month = read_digits (s, 2)) >= 0 && read_char (s, '-')
         && (out->day = read_digits (s, 2)) >= 0;
}

/* time = hour ":" minute [ ":" second ] ; */
static gboolean
read_time (const char **s, Written *out)
{
  if ((out->hour = read_digits (s, 2)) < 0 || !read_char (s, ':')
      || (out->minute = read_digits (s, 2)) < 0)
    return FALSE;
  out->second = 0;
  return !read_char (s, ':') || (out->second = read_digits (s, 2)) >= 0;
}

/* offset = [ "Z" | ( "+" | "-" ) hour ":" minute ] ; to the end of the text */
static gboolean
read_offset (const char **s, Written *out)
{
  out->has_offset = **s != '\0';
  out->offset_s = 0;
  if (!out->has_offset)
    return TRUE;
  if (read_char (s, 'Z'))
    return **s == '\0';

  int sign = **s == '-' ? -1 : 1;
  if (!read_char (s, '-') && !read_char (s, '+'))
    return FALSE;
  int hour = read_digits (s, 2);
  if (hour < 0 || hour > 14 || !read_char (s, ':'))
    return FALSE;
  int minute = read_digits (s, 2);
  out->offset_s = sign * (hour * 3600 + minute * 60);
  return minute >= 0 && minute < 60 && **s == '\0';
}

static gboolean
check_date (const char *text, const Written *w, GError **error)
{
  if (w->month < 1 || w->month > 12 || w->day < 1
      || !g_date_valid_dmy (w->day, w->month, MAX (w->year, 1)))
    return tdm_error_set_input (error, NULL, "the date %.10s does not exist", text);
  if (w->year < FIRST_YEAR || w->year > LAST_YEAR)
    return tdm_error_set_input (error, NULL,
                                "the year of %.10s is not between %d and %d", text,
                                FIRST_YEAR, LAST_YEAR);
  return TRUE;
}

static gboolean
read_written (const char *text, Written *out, GError **error)
{
  const char *s = text;
  gboolean ok = read_date (&s, out) && (read_char (&s, 'T') || read_char (&s, ' '))
                && read_time (&s, out) && read_offset (&s, out);
  if (!ok)
    return tdm_error_set_input (
        error, NULL,
        "“%.40s” is not a date-time; expected YYYY-MM-DDTHH:MM, "
        "such as 2026-03-01T08:00",
        text);
  if (!check_date (text, out, error))
    return FALSE;
  if (out->hour > 23 || out->minute > 59 || out->second > 59)
    return tdm_error_set_input (error, NULL, "the time of day in “%s” does not exist",
                                text);
  return TRUE;
}

/* The zone's offset from UTC in seconds at the instant `utc_s`. */
static gint64
offset_at (GTimeZone *zone, gint64 utc_s)
{
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_s);
  return g_time_zone_get_offset (zone, interval);
}

/* The instants at which clocks in `zone` show `local_s` (seconds since 1970 as if the
 * clock were UTC): none, one or two, the earlier first. */
static guint
find_instants (GTimeZone *zone, gint64 local_s, gint64 instants[2])
{
  gint64 before = offset_at (zone, local_s - DAY_S);
  gint64 after = offset_at (zone, local_s + DAY_S);
  guint n = 0;
  if (offset_at (zone, local_s - before) == before)
    instants[n++] = local_s - before;
  if (after != before && offset_at (zone, local_s - after) == after)
    instants[n++] = local_s - after;
  return n;
}

static char *
format_offset (gint64 offset_s)
{
  int minutes = (int)(ABS (offset_s) / 60);
  return g_strdup_printf ("%c%02d:%02d", offset_s < 0 ? '-' : '+', minutes / 60,
                          minutes % 60);
}

static gboolean
resolve_local (const char *text, GTimeZone *zone, gint64 local_s, gint64 *utc_s,
               GError **error)
{
  gint64 instants[2];
  guint n = find_instants (zone, local_s, instants);
  if (n == 1)
    {
      *utc_s = instants[0];
      return TRUE;
    }
  if (n == 0)
    return tdm_error_set_input (
        error, NULL, "%s does not exist: the clocks were put forward over it", text);

  g_autofree char *first = format_offset (local_s - instants[0]);
  g_autofree char *second = format_offset (local_s - instants[1]);
  return tdm_error_set_input (error, NULL,
                              "%s came twice, because the clocks were put back; write "
                              "%s%s for the first or %s%s for the second",
                              text, text, first, text, second);
}

/* `zone` itself or this computer's, either way yours. */
static GTimeZone *
ref_zone (GTimeZone *zone)
{
  return zone == NULL ? g_time_zone_new_local () : g_time_zone_ref (zone);
}

GDateTime *
tdm_clock_parse (const char *text, GTimeZone *zone, GError **error)
{
  Written w;
  if (!read_written (text, &w, error))
    return NULL;

  g_autoptr (GTimeZone) own = ref_zone (zone);
  g_autoptr (GDateTime) as_utc =
      g_date_time_new_utc (w.year, w.month, w.day, w.hour, w.minute, w.second);
  gint64 utc_s = g_date_time_to_unix (as_utc) - w.offset_s;
  if (!w.has_offset && !resolve_local (text, own, utc_s, &utc_s, error))
    return NULL;
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (utc_s);
  return g_date_time_to_timezone (utc, own);
}

gboolean
tdm_clock_parse_date (const char *text, GDate *out, GError **error)
{
  Written w;
  const char *s = text;
  if (!read_date (&s, &w) || *s != '\0')
    return tdm_error_set_input (
        error, NULL, "“%.40s” is not a date; expected YYYY-MM-DD, such as 1957-05-02",
        text);
  if (!check_date (text, &w, error))
    return FALSE;
  g_date_clear (out, 1);
  g_date_set_dmy (out, w.day, w.month, w.year);
  return TRUE;
}

double
tdm_clock_hours_between (GDateTime *from, GDateTime *to)
{
  return (double)g_date_time_difference (to, from) / (double)G_TIME_SPAN_HOUR;
}

GDateTime *
tdm_clock_add_hours (GDateTime *from, double hours)
{
  g_assert (isfinite (hours) && fabs (hours) <= 2 * TDM_CLOCK_MAX_HOURS);
  return g_date_time_add (from, (GTimeSpan)llround (hours * (double)G_TIME_SPAN_HOUR));
}

/* Whether the clocks of its zone show `time` twice. */
static gboolean
is_doubled (GDateTime *time)
{
  gint64 instants[2];
  gint64 local_s = g_date_time_to_unix (time)
                   + g_date_time_get_utc_offset (time) / G_TIME_SPAN_SECOND;
  return find_instants (g_date_time_get_timezone (time), local_s, instants) == 2;
}

char *
tdm_clock_format (GDateTime *time)
{
  g_autoptr (GDateTime) rounded = g_date_time_add (time, G_TIME_SPAN_SECOND / 2);
  GString *s = g_string_new (NULL);
  g_string_printf (s, "%04d-%02d-%02dT%02d:%02d", g_date_time_get_year (rounded),
                   g_date_time_get_month (rounded),
                   g_date_time_get_day_of_month (rounded),
                   g_date_time_get_hour (rounded), g_date_time_get_minute (rounded));
  if (g_date_time_get_second (rounded) != 0)
    g_string_append_printf (s, ":%02d", g_date_time_get_second (rounded));
  if (is_doubled (rounded))
    {
      g_autofree char *offset =
          format_offset (g_date_time_get_utc_offset (rounded) / G_TIME_SPAN_SECOND);
      g_string_append (s, offset);
    }
  return g_string_free (s, FALSE);
}

char *
tdm_clock_display (GDateTime *time)
{
  return g_date_time_format (time, "%a %-d %b %H:%M");
}
