/* Times as people type them. */
#include <locale.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/error.h"

typedef struct
{
  GTimeZone *zone;
  GDateTime *start, *day, *now;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->zone = g_time_zone_new_identifier ("Europe/Zurich");
  f->start = g_date_time_new (f->zone, 2026, 3, 1, 8, 0, 0);
  f->day = g_date_time_new (f->zone, 2026, 3, 3, 14, 0, 0);
  f->now = g_date_time_new (f->zone, 2026, 3, 4, 9, 30, 0);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_date_time_unref (f->start);
  g_date_time_unref (f->day);
  g_date_time_unref (f->now);
  g_time_zone_unref (f->zone);
}

static void
test_accepted (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *text, *written;
    double hours;
  } rows[] = { { "2026-03-03 07:30", "2026-03-03T07:30", 47.5 },
               { "2026-03-03T07:30", "2026-03-03T07:30", 47.5 },
               { "  2026-03-01 08:00 ", "2026-03-01T08:00", 0 },
               { "8:15", "2026-03-03T08:15", 48.25 },
               { "0815", "2026-03-03T08:15", 48.25 },
               { "today 7:45", "2026-03-04T07:45", 71.75 },
               { "Yesterday 20:30", "2026-03-03T20:30", 60.5 },
               { "tomorrow 06:00", "2026-03-05T06:00", 94 },
               { "2026-02-28 20:00", "2026-02-28T20:00", -12 } };
  TdmMomentContext context = { f->start, f->day, f->now };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmMoment moment;
      g_autoptr (GError) error = NULL;
      gboolean ok = tdm_moment_parse_people (rows[i].text, &context, &moment, &error);
      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_cmpstr (moment.text, ==, rows[i].written);
      g_assert_cmpfloat_with_epsilon (moment.hours, rows[i].hours, 1e-9);
      g_free (moment.text);
    }
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  /* Also the hour that the clocks skip, and the one that comes twice. */
  static const char *const rows[] = { "",
                                      "8",
                                      "24:00",
                                      "8:60",
                                      "8:30 pm",
                                      "3/4/2026 8:00",
                                      "2026-02-30 08:00",
                                      "2026-03-29 02:30",
                                      "2026-10-25 02:30",
                                      "last 8:00",
                                      "8:00:00:00",
                                      "25:00",
                                      "-1:00" };
  TdmMomentContext context = { f->start, f->day, f->now };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmMoment moment;
      g_autoptr (GError) error = NULL;
      gboolean ok = tdm_moment_parse_people (rows[i], &context, &moment, &error);
      g_assert_false (ok);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_cmpuint (strlen (error->message), >, 20);
    }
}

static void
test_hours (Fixture *f, gconstpointer data)
{
  TdmMomentContext context = { NULL, NULL, f->now };
  TdmMoment moment;

  g_assert_true (tdm_moment_parse_people ("12,5 h", &context, &moment, NULL));
  g_assert_cmpfloat (moment.hours, ==, 12.5);
  g_assert_null (moment.text);
  g_assert_false (tdm_moment_parse_people ("8:00", &context, &moment, NULL));
}

static void
test_format (Fixture *f, gconstpointer data)
{
  TdmMoment moment = { 47.5, NULL };
  g_autofree char *clock = tdm_moment_format_people (&moment, f->start);
  g_autofree char *hours = tdm_moment_format_people (&moment, NULL);
  g_autofree char *day = tdm_moment_day_words (&moment, f->start);

  g_assert_cmpstr (clock, ==, "2026-03-03 07:30");
  g_assert_cmpstr (hours, ==, "47.5 h");
  g_assert_cmpstr (day, ==, "Tue 3 Mar");
}

static void
test_length (void)
{
  static const struct
  {
    double hours;
    const char *words;
  } rows[] = { { 0.25, "15 min" }, { 11.53, "11.5 h" }, { 72.1, "3 days" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = tdm_hours_words (rows[i].hours);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/moment-text/accepted", Fixture, NULL, set_up, test_accepted,
              tear_down);
  g_test_add ("/app/moment-text/refused", Fixture, NULL, set_up, test_refused,
              tear_down);
  g_test_add ("/app/moment-text/hours", Fixture, NULL, set_up, test_hours, tear_down);
  g_test_add ("/app/moment-text/format", Fixture, NULL, set_up, test_format, tear_down);
  g_test_add_func ("/app/moment-text/length", test_length);
  return g_test_run ();
}
