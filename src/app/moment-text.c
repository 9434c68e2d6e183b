#include "app/moment-text.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT, sentence);
  return FALSE;
}

static gboolean
parse_hours (const char *text, TdmMoment *out, GError **error)
{
  g_autofree char *number = g_strdup (text);
  g_strstrip (number);
  if (g_str_has_suffix (number, "h"))
    number[strlen (number) - 1] = '\0';

  out->text = NULL;
  if (tdm_number_parse_people (number, &out->hours, NULL))
    return TRUE;
  return refuse (error, "Type hours since the start, such as 12.5: this case has no "
                        "start date.");
}

/* clock = [H]H ":" MM | HHMM */
static gboolean
parse_clock (const char *text, int *hour, int *minute)
{
  gsize length = strlen (text);
  const char *colon = strchr (text, ':');
  gsize hour_length = colon != NULL ? (gsize)(colon - text) : 2;
  const char *minutes = colon != NULL ? colon + 1 : text + hour_length;

  if (hour_length < 1 || hour_length > 2 || minutes > text + length
      || strlen (minutes) != 2)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (p != colon && !g_ascii_isdigit (*p))
      return FALSE;

  *hour = hour_length == 2 ? (text[0] - '0') * 10 + text[1] - '0' : text[0] - '0';
  *minute = (minutes[0] - '0') * 10 + minutes[1] - '0';
  return *hour < 24 && *minute < 60;
}

/* short = ["today" | "yesterday" | "tomorrow"] clock */
static GDateTime *
parse_short (const char *text, const TdmMomentContext *context)
{
  static const struct
  {
    const char *word;
    int days;
  } words[] = { { "today ", 0 }, { "yesterday ", -1 }, { "tomorrow ", 1 } };
  GDateTime *base = context->day != NULL ? context->day : context->now;
  int days = 0, hour, minute;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strncasecmp (text, words[i].word, strlen (words[i].word)) == 0)
      {
        base = context->now;
        days = words[i].days;
        text += strlen (words[i].word);
      }
  while (*text == ' ')
    text++;
  if (base == NULL || !parse_clock (text, &hour, &minute))
    return NULL;

  /* Through the strict parser, so that a time the clocks skip is refused. */
  g_autoptr (GDateTime) day = g_date_time_add_days (base, days);
  g_autofree char *iso = g_strdup_printf (
      "%04d-%02d-%02dT%02d:%02d", g_date_time_get_year (day),
      g_date_time_get_month (day), g_date_time_get_day_of_month (day), hour, minute);
  return tdm_clock_parse (iso, g_date_time_get_timezone (context->start), NULL);
}

gboolean
tdm_moment_parse_people (const char *text, const TdmMomentContext *context,
                         TdmMoment *out, GError **error)
{
  if (context->start == NULL)
    return parse_hours (text, out, error);

  g_autofree char *trimmed = g_strdup (text);
  g_autofree char *lower = NULL;
  g_autoptr (GError) why = NULL;

  g_strstrip (trimmed);
  lower = g_ascii_strdown (trimmed, -1);
  if (g_str_has_suffix (lower, "am") || g_str_has_suffix (lower, "pm"))
    return refuse (error, "Use the 24-hour clock, such as 14:30.");

  g_autoptr (GDateTime) time = parse_short (trimmed, context);
  if (time == NULL)
    time = tdm_clock_parse (trimmed, g_date_time_get_timezone (context->start), &why);
  if (time == NULL && strlen (trimmed) >= 16 && g_ascii_isdigit (trimmed[0])
      && trimmed[4] == '-')
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  if (time == NULL)
    return refuse (error,
                   "Type a date and time, such as 2026-03-01 08:00, or a time of "
                   "that day, such as 8:00.");

  out->hours = tdm_clock_hours_between (context->start, time);
  out->text = tdm_clock_format (time);
  return TRUE;
}

GDateTime *
tdm_moment_to_time (const TdmMoment *moment, GDateTime *start)
{
  if (start == NULL)
    return NULL;
  return tdm_clock_add_hours (start, moment->hours);
}

char *
tdm_moment_format_people (const TdmMoment *moment, GDateTime *start)
{
  g_autoptr (GDateTime) time = tdm_moment_to_time (moment, start);
  char *text;

  if (time == NULL)
    {
      g_autofree char *hours = tdm_number_format (moment->hours, 6);
      return g_strdup_printf ("%s h", hours);
    }
  text = tdm_clock_format (time);
  for (char *p = text; *p != '\0'; p++)
    if (*p == 'T')
      *p = ' ';
  return text;
}

char *
tdm_moment_format_near (const TdmMoment *moment, const TdmMoment *like,
                        GDateTime *start)
{
  g_autofree char *text = tdm_moment_format_people (moment, start);
  g_autofree char *other = tdm_moment_format_people (like, start);
  const char *clock = start != NULL ? strchr (text, ' ') : NULL;

  return g_strdup (clock != NULL && strncmp (text, other, clock - text) == 0 ? clock + 1
                                                                             : text);
}

char *
tdm_moment_day_words (const TdmMoment *moment, GDateTime *start)
{
  g_autoptr (GDateTime) time = tdm_moment_to_time (moment, start);

  if (time == NULL)
    return g_strdup ("");
  return g_date_time_format (time, "%a %-d %b");
}

char *
tdm_hours_words (double hours)
{
  if (hours < 0.9917)
    return g_strdup_printf ("%.0f min", hours * 60);
  if (hours < 72)
    {
      g_autofree char *number = tdm_number_format (round (hours * 10) / 10, 3);
      return g_strdup_printf ("%s h", number);
    }
  return g_strdup_printf ("%.0f days", hours / 24);
}
