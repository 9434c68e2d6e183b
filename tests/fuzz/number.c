/* Any text as a number for files, a number of people, a date and a date-time: refused
 * with a sentence, or a value that is the one that was written. */
#include "fuzz.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

static GTimeZone *zone;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  zone = g_time_zone_new_identifier ("Europe/Zurich");
  if (!zone)
    zone = g_time_zone_new_utc ();
  return 0;
}

static void
check_refusal (GError *error)
{
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_error_free (error);
}

/* Whatever is accepted is what C reads once a comma is a point; blanks may stand
 * around it. */
static void
try_people (const char *text)
{
  GError *error = NULL;
  double value, plain;
  if (!tdm_number_parse_people (text, &value, &error))
    {
      check_refusal (error);
      return;
    }
  g_autofree char *copy = g_strdup (text + strcspn (text, "0123456789"));
  g_strdelimit (copy, ",", '.');
  plain = g_ascii_strtod (copy, NULL);
  g_assert_true (value == plain);
  g_autofree char *shown = tdm_number_dose (value);
  g_assert_true (tdm_number_parse_file (shown, &plain, &error));
  g_assert_true (fabs (plain - value) <= 0.5001e-4 + 1e-15 * fabs (value));
}

static void
try_file (const char *text)
{
  GError *error = NULL;
  double value, again;
  if (!tdm_number_parse_file (text, &value, &error))
    {
      check_refusal (error);
      return;
    }
  g_assert_true (isfinite (value));
  g_autofree char *exact = tdm_number_exact (value);
  g_assert_true (tdm_number_parse_file (exact, &again, &error));
  g_assert_true (again == value);
  for (int digits = 1; digits < 9; digits++)
    {
      g_autofree char *shown = tdm_number_format (value, digits);
      g_assert_true (tdm_number_parse_file (shown, &again, &error));
      /* A subnormal number has fewer digits than are asked for. */
      g_assert_true (fabs (again - value)
                     <= 0.5001 * pow (10, 1 - digits) * fabs (value) + 1e-300);
    }
}

static void
try_clock (const char *text)
{
  GError *error = NULL;
  GDate date;
  g_autoptr (GDateTime) time = tdm_clock_parse (text, zone, &error);
  if (!time)
    check_refusal (g_steal_pointer (&error));
  else
    {
      g_autofree char *written = tdm_clock_format (time);
      g_autofree char *shown = tdm_clock_display (time);
      g_autoptr (GDateTime) again = tdm_clock_parse (written, zone, &error);
      g_assert_no_error (error);
      g_assert_true (fabs (tdm_clock_hours_between (time, again)) < 1e-9);
      g_assert_cmpuint (strlen (shown), >, 0);
    }
  if (tdm_clock_parse_date (text, &date, &error))
    g_assert_true (g_date_valid (&date));
  else
    check_refusal (error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  try_people (text);
  try_file (text);
  try_clock (text);
  return 0;
}
