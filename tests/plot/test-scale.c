#include "plot/scale.h"

#include <math.h>

static const TdmTick *
tick_at (const GPtrArray *ticks, guint i)
{
  g_assert_cmpuint (i, <, ticks->len);
  return ticks->pdata[i];
}

static void
test_linear (void)
{
  g_autoptr (GPtrArray) ticks = tdm_scale_linear (47.3, 6);
  g_assert_cmpuint (ticks->len, ==, 6);
  g_assert_cmpfloat (tick_at (ticks, 0)->value, ==, 0);
  g_assert_cmpfloat (tick_at (ticks, 5)->value, ==, 50);
  g_assert_cmpstr (tick_at (ticks, 3)->label, ==, "30");
  g_autoptr (GPtrArray) tenths = tdm_scale_linear (0.57, 6);
  g_assert_cmpstr (tick_at (tenths, 3)->label, ==, "0.3");
  g_assert_cmpfloat (tick_at (tenths, 3)->value, ==, 0.3);
}

static void
test_extremes (void)
{
  static const double highs[] = { 1e-300, 1.37e-6, 0.99, 1, 1e3, 7.77e12, 1e300 };
  for (guint i = 0; i < G_N_ELEMENTS (highs); i++)
    {
      g_autoptr (GPtrArray) ticks = tdm_scale_linear (highs[i], 7);
      g_assert_cmpuint (ticks->len, <=, 9);
      g_assert_cmpfloat (tick_at (ticks, ticks->len - 1)->value, >=,
                         highs[i] * (1 - 1e-9));
    }
}

static void
test_log (void)
{
  g_autoptr (GPtrArray) ticks = tdm_scale_log (0.5, 50, 12);
  static const char *const labels[] = { "0.5", "1", "2", "5", "10", "20", "50" };
  g_assert_cmpuint (ticks->len, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpstr (tick_at (ticks, i)->label, ==, labels[i]);
  g_assert_cmpfloat (tdm_scale_floor_125 (4.9), ==, 2);
  g_assert_cmpfloat (tdm_scale_ceil_125 (4.9), ==, 5);
  g_assert_cmpfloat (tdm_scale_ceil_125 (1000), ==, 1000);
  g_assert_cmpfloat (tdm_scale_floor_125 (1000), ==, 1000);
}

static void
test_clock (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Zurich");
  g_autoptr (GDateTime) start = g_date_time_new (zone, 2026, 3, 1, 8, 0, 0);
  g_autoptr (GPtrArray) ticks = tdm_scale_time (start, 0, 50, 9.3);
  /* Every 12 h: Sunday noon is the first. */
  g_assert_cmpuint (ticks->len, ==, 4);
  g_assert_cmpfloat (tick_at (ticks, 0)->value, ==, 4);
  g_assert_cmpstr (tick_at (ticks, 0)->label, ==, "12:00");
  g_assert_cmpstr (tick_at (ticks, 0)->day, ==, "Sun 1 Mar");
  g_assert_true (tick_at (ticks, 1)->strong);
  g_assert_cmpstr (tick_at (ticks, 1)->day, ==, "Mon 2 Mar");
  g_assert_null (tick_at (ticks, 2)->day);
}

/* On 29 March 2026 clocks in Zurich go from 02:00 to 03:00. */
static void
test_clock_change (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Zurich");
  g_autoptr (GDateTime) start = g_date_time_new (zone, 2026, 3, 28, 12, 0, 0);
  g_autoptr (GPtrArray) ticks = tdm_scale_time (start, 0, 36, 5);
  static const double at[] = { 0, 6, 12, 17, 23, 29, 35 };
  g_assert_cmpuint (ticks->len, ==, G_N_ELEMENTS (at));
  for (guint i = 0; i < G_N_ELEMENTS (at); i++)
    g_assert_cmpfloat_with_epsilon (tick_at (ticks, i)->value, at[i], 1e-9);
  g_assert_cmpstr (tick_at (ticks, 3)->label, ==, "06:00");
}

static void
test_far_out (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Zurich");
  g_autoptr (GDateTime) start = g_date_time_new (zone, 2026, 3, 1, 8, 0, 0);
  for (double gap = 0.01; gap < 9000; gap *= 3.3)
    {
      g_autoptr (GPtrArray) ticks = tdm_scale_time (start, 0, 20000, gap);
      g_assert_cmpuint (ticks->len, >, 0);
      g_assert_cmpuint (ticks->len, <=, 420);
      for (guint i = 1; i < ticks->len; i++)
        g_assert_cmpfloat (tick_at (ticks, i)->value, >, tick_at (ticks, i - 1)->value);
    }
}

static void
test_elapsed (void)
{
  g_autoptr (GPtrArray) ticks = tdm_scale_time (NULL, 3.1, 50, 9.3);
  g_assert_cmpfloat (tick_at (ticks, 0)->value, ==, 12);
  g_assert_cmpstr (tick_at (ticks, 0)->label, ==, "12 h");
  g_assert_cmpstr (tick_at (ticks, 3)->label, ==, "48 h");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/scale/linear", test_linear);
  g_test_add_func ("/plot/scale/extremes", test_extremes);
  g_test_add_func ("/plot/scale/log", test_log);
  g_test_add_func ("/plot/scale/clock", test_clock);
  g_test_add_func ("/plot/scale/clock-change", test_clock_change);
  g_test_add_func ("/plot/scale/far-out", test_far_out);
  g_test_add_func ("/plot/scale/elapsed", test_elapsed);
  return g_test_run ();
}
