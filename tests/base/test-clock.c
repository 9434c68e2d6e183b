/* Clock time: dates, gaps, doubled hours, elapsed time. */
#include "base/clock.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static GDateTime *
parsed (const char *text, const char *zone_id)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_id);
  g_assert_nonnull (zone);
  g_autoptr (GError) error = NULL;
  GDateTime *time = tdm_clock_parse (text, zone, &error);
  g_assert_no_error (error);
  return time;
}

static void
assert_refused (const char *text, const char *zone_id, const char *part)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) time = tdm_clock_parse (text, zone, &error);
  if (time != NULL)
    g_error ("“%s” was accepted", text);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” does not say “%s”", error->message, part);
}

static void
assert_hours (const char *zone, const char *from, const char *to, double hours)
{
  g_autoptr (GDateTime) a = parsed (from, zone), b = parsed (to, zone);
  g_assert_cmpfloat (tdm_clock_hours_between (a, b), ==, hours);
  g_assert_cmpfloat (tdm_clock_hours_between (b, a), ==, -hours);
  g_autoptr (GDateTime) there = tdm_clock_add_hours (a, hours);
  g_assert_true (g_date_time_equal (there, b));
}

static void
test_elapsed (void)
{
  const char *zurich = "Europe/Zurich";
  assert_hours (zurich, "2026-03-01T08:00", "2026-03-03T10:30", 50.5);
  assert_hours (zurich, "2026-03-29T00:00", "2026-03-30T00:00", 23.0);
  assert_hours (zurich, "2026-10-25T00:00", "2026-10-26T00:00", 25.0);
  assert_hours (zurich, "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", 1.0);
  assert_hours ("America/New_York", "2026-03-08T00:00", "2026-03-09T00:00", 23.0);
  assert_hours ("Australia/Lord_Howe", "2026-04-04T12:00", "2026-04-05T12:00", 24.5);
  assert_hours ("Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:00", 23.5);
  assert_hours ("Asia/Kathmandu", "2026-03-29T00:00", "2026-03-30T00:00", 24.0);
  assert_hours ("UTC", "2024-02-28T12:00", "2024-03-01T12:00", 48.0);
  assert_hours ("UTC", "2038-01-19T03:00", "2038-01-19T04:15", 1.25);
  assert_hours ("UTC", "1957-05-02 00:00", "1957-05-03 00:00:00", 24.0);
}

static void
test_gap (void)
{
  assert_refused ("2026-03-29T02:00", "Europe/Zurich", "put forward");
  assert_refused ("2026-03-29T02:59:59", "Europe/Zurich", "put forward");
  assert_refused ("2026-03-08T02:30", "America/New_York", "put forward");
  assert_refused ("2026-10-04T02:15", "Australia/Lord_Howe", "put forward");
  /* A whole day that Samoa left out when it crossed the date line. */
  assert_refused ("2011-12-30T12:00", "Pacific/Apia", "put forward");
  g_autoptr (GDateTime) before = parsed ("2026-03-29T01:59:59", "Europe/Zurich");
  g_autoptr (GDateTime) after = parsed ("2026-03-29T03:00", "Europe/Zurich");
  g_assert_cmpint (g_date_time_difference (after, before), ==, G_TIME_SPAN_SECOND);
}

static void
test_doubled (void)
{
  assert_refused ("2026-10-25T02:00", "Europe/Zurich", "+02:00");
  assert_refused ("2026-10-25T02:59", "Europe/Zurich", "+01:00");
  assert_refused ("2026-11-01T01:30", "America/New_York", "-04:00");
  assert_refused ("2026-04-05T01:45", "Australia/Lord_Howe", "+10:30");
  g_autoptr (GDateTime) first = parsed ("2026-10-25T01:59", "Europe/Zurich");
  g_autoptr (GDateTime) last = parsed ("2026-10-25T03:00", "Europe/Zurich");
  g_assert_cmpfloat (tdm_clock_hours_between (first, last), ==, 2.0 + 1.0 / 60.0);
}

static void
test_malformed (void)
{
  static const char *const shape[] = {
    "",
    "2026-03-01",
    "2026-03-01T8:00",
    "2026-3-1T08:00",
    "01.03.2026 08:00",
    "2026-03-01T08:00 ",
    "2026-03-01T08",
    "2026-03-01T08:00:00.5",
    "2026-03-01t08:00",
    "2026-03-01T08:00z",
    "2026-03-01T08:00+1",
    "2026-03-01T08:00+0100",
    "2026-03-01T08:00+15:00",
    "2026-03-01T08:00+01:60",
    "2026-03-01T08:00CET",
    "-026-03-01T08:00",
    "20260301T0800",
  };
  for (guint i = 0; i < G_N_ELEMENTS (shape); i++)
    assert_refused (shape[i], "Europe/Zurich", "is not a date-time");
  assert_refused ("2026-02-29T08:00", "UTC", "2026-02-29 does not exist");
  assert_refused ("2026-04-31T08:00", "UTC", "does not exist");
  assert_refused ("2026-13-01T08:00", "UTC", "does not exist");
  assert_refused ("2026-00-10T08:00", "UTC", "does not exist");
  assert_refused ("0026-03-01T08:00", "UTC", "year");
  assert_refused ("2026-03-01T24:00", "UTC", "time of day");
  assert_refused ("2026-03-01T08:60", "UTC", "time of day");
  assert_refused ("2026-03-01T08:00:60", "UTC", "time of day");
}

static void
assert_formats (const char *zone, const char *text, const char *expected)
{
  g_autoptr (GDateTime) time = parsed (text, zone);
  g_autofree char *out = tdm_clock_format (time);
  g_assert_cmpstr (out, ==, expected);
  g_autoptr (GDateTime) again = parsed (out, zone);
  g_assert_true (g_date_time_equal (time, again));
}

static void
test_format (void)
{
  assert_formats ("Europe/Zurich", "2026-03-01T08:00", "2026-03-01T08:00");
  assert_formats ("Europe/Zurich", "2026-03-01T08:00:07", "2026-03-01T08:00:07");
  assert_formats ("Europe/Zurich", "2026-03-01T08:00Z", "2026-03-01T09:00");
  assert_formats ("Europe/Zurich", "2026-03-01T08:00-05:00", "2026-03-01T14:00");
  assert_formats ("Europe/Zurich", "2026-10-25T02:30+02:00", "2026-10-25T02:30+02:00");
  assert_formats ("Europe/Zurich", "2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00");
  assert_formats ("America/New_York", "2026-11-01T01:30-05:00",
                  "2026-11-01T01:30-05:00");
  assert_formats ("Asia/Kathmandu", "2026-03-01T08:00Z", "2026-03-01T13:45");
}

/* Each hour of the years around, in five zones, is written and read back. */
static void
test_format_property (void)
{
  static const char *const zones[] = { "Europe/Zurich", "America/New_York",
                                       "Australia/Lord_Howe", "Asia/Kathmandu", "UTC" };
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zones[i]);
      g_autoptr (GDateTime) start = parsed ("2026-01-01T00:20", zones[i]);
      for (int h = 0; h < 8800; h++)
        {
          g_autoptr (GDateTime) time = tdm_clock_add_hours (start, h);
          g_autofree char *text = tdm_clock_format (time);
          g_autoptr (GDateTime) back = tdm_clock_parse (text, zone, NULL);
          g_assert_nonnull (back);
          g_assert_cmpfloat (tdm_clock_hours_between (start, back), ==, h);
        }
    }
}

static void
test_local_zone (void)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autoptr (GDateTime) a = tdm_clock_parse ("2026-07-01T08:00", NULL, NULL);
  g_autoptr (GDateTime) b = tdm_clock_parse ("2026-07-01T08:00", local, NULL);
  g_assert_true (g_date_time_equal (a, b));
  g_autofree char *shown = tdm_clock_display (a);
  g_assert_cmpstr (shown, ==, "Wed 1 Jul 08:00");
}

static void
test_date (void)
{
  GDate date;
  g_autoptr (GError) error = NULL;
  g_assert_true (tdm_clock_parse_date ("2024-02-29", &date, NULL));
  g_assert_cmpint (g_date_get_julian (&date), ==, 738945);
  g_assert_false (tdm_clock_parse_date ("2023-02-29", &date, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  static const char *const wrong[] = { "",
                                       "1957",
                                       "1957-05",
                                       "1957-5-2",
                                       "02.05.1957",
                                       "1957-05-02T00:00",
                                       "1957-05-02 ",
                                       "1857-05-02" };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (tdm_clock_parse_date (wrong[i], &date, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/elapsed", test_elapsed);
  g_test_add_func ("/base/clock/gap", test_gap);
  g_test_add_func ("/base/clock/doubled", test_doubled);
  g_test_add_func ("/base/clock/malformed", test_malformed);
  g_test_add_func ("/base/clock/format", test_format);
  g_test_add_func ("/base/clock/format/property", test_format_property);
  g_test_add_func ("/base/clock/local-zone", test_local_zone);
  g_test_add_func ("/base/clock/date", test_date);
  return g_test_run ();
}
