/* The view: time and pixels, zoom and pan, hits, events. */
#include "plot/plot.h"

#include "demo-scene.h"

static TdmPlot *
plot_new (TdmScene *(*make) (void))
{
  TdmPlot *plot = tdm_plot_new ();
  g_autoptr (TdmScene) scene = make ();
  tdm_plot_set_size (plot, 1100, 620);
  tdm_plot_set_scene (plot, scene);
  return plot;
}

static void
test_round_trip (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  for (double time = -3.7; time < 130; time += 7.31)
    g_assert_cmpfloat_with_epsilon (tdm_plot_time_at (plot, tdm_plot_x_of (plot, time)),
                                    time, 1e-9);
  TdmPlotRect pane = tdm_plot_get_pane (plot);
  g_assert_cmpfloat_with_epsilon (tdm_plot_x_of (plot, DEMO_FROM_H), pane.x, 1e-9);
  g_assert_cmpfloat_with_epsilon (tdm_plot_x_of (plot, DEMO_TO_H), pane.x + pane.width,
                                  1e-9);
}

static void
test_zoom_about_point (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  double x = tdm_plot_x_of (plot, 61.3);
  for (int i = 0; i < 6; i++)
    {
      tdm_plot_zoom (plot, 1.37, x);
      g_assert_cmpfloat_with_epsilon (tdm_plot_time_at (plot, x), 61.3, 1e-9);
    }
  double from, to;
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat_with_epsilon (to - from, 96 / pow (1.37, 6), 1e-9);
}

static void
test_limits (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  double from, to;
  tdm_plot_zoom (plot, 1e9, tdm_plot_x_of (plot, 44.4));
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat_with_epsilon (to - from, 10 / 60.0, 1e-9);
  tdm_plot_set_range (plot, -500, 30);
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat (from, >=, DEMO_FROM_H);
  g_assert_cmpfloat (to, <=, DEMO_TO_H);
  tdm_plot_set_range (plot, 40, 60);
  tdm_plot_pan (plot, -1e7);
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat (to, ==, DEMO_TO_H);
  g_assert_cmpfloat_with_epsilon (to - from, 20, 1e-9);
  tdm_plot_fit (plot);
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat (from, ==, DEMO_FROM_H);
  g_assert_cmpfloat (to, ==, DEMO_TO_H);
}

static void
test_pan_follows_pointer (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  tdm_plot_set_range (plot, 31.7, 62.3);
  double x = tdm_plot_x_of (plot, 44.1);
  tdm_plot_pan (plot, 57.5);
  g_assert_cmpfloat_with_epsilon (tdm_plot_x_of (plot, 44.1), x + 57.5, 1e-6);
}

static void
test_keeps_view (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  g_autoptr (TdmScene) other = demo_scene_auc ();
  double from, to;
  tdm_plot_set_range (plot, 31.7, 62.3);
  tdm_plot_set_scene (plot, other);
  tdm_plot_get_range (plot, &from, &to);
  g_assert_cmpfloat_with_epsilon (from, 31.7, 1e-9);
  g_assert_cmpfloat_with_epsilon (to, 62.3, 1e-9);
}

static void
test_level_hit (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  TdmScene *scene = tdm_plot_get_scene (plot);
  for (guint i = 0; i < scene->levels->len; i++)
    {
      const TdmSceneLevel *level = scene->levels->pdata[i];
      double x = tdm_plot_x_of (plot, level->time_h);
      double y = tdm_plot_y_of (plot, level->value);
      g_assert_cmpint (tdm_plot_level_at (plot, x + 3, y - 3), ==, (int)i);
      g_assert_cmpint (tdm_plot_level_at (plot, x + 40, y + 40), ==, -1);
    }
  tdm_plot_set_range (plot, 60, 90);
  const TdmSceneLevel *unseen = scene->levels->pdata[0];
  g_assert_cmpint (tdm_plot_level_at (plot, tdm_plot_x_of (plot, unseen->time_h),
                                      tdm_plot_y_of (plot, unseen->value)),
                   ==, -1);
}

static void
test_events (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 0, 1), ==, 2);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 2, 1), ==, 3.5);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 3.5, 1), ==, 4.5);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 4.5, -1), ==, 3.5);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 48.1, 1), ==, DEMO_NOW_H);
  g_assert_cmpfloat (tdm_plot_next_event (plot, 95.5, 1), ==, 95.5);
}

static void
test_log (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  double linear = tdm_plot_y_of (plot, 20) - tdm_plot_y_of (plot, 30);
  g_assert_cmpfloat_with_epsilon (tdm_plot_y_of (plot, 10) - tdm_plot_y_of (plot, 20),
                                  linear, 1e-6);
  tdm_plot_set_log (plot, TRUE);
  g_assert_true (tdm_plot_get_log (plot));
  double octave = tdm_plot_y_of (plot, 10) - tdm_plot_y_of (plot, 20);
  g_assert_cmpfloat (octave, >, 0);
  g_assert_cmpfloat_with_epsilon (tdm_plot_y_of (plot, 20) - tdm_plot_y_of (plot, 40),
                                  octave, 1e-6);
}

static void
test_readout_text (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  g_autofree char *trough = tdm_plot_readout_text (plot, 74);
  g_auto (GStrv) lines = g_strsplit (trough, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_nonnull (strstr (lines[0], "4 Mar 10:00"));
  g_assert_nonnull (strstr (lines[0], "just before next dose"));
  g_assert_true (g_str_has_prefix (lines[1], "B  14.5 mg/L"));
  g_assert_true (g_str_has_prefix (lines[2], "A  11.8 mg/L"));
  g_assert_true (g_str_has_prefix (lines[3], "typical  "));
  g_autofree char *during = tdm_plot_readout_text (plot, 38.5);
  g_assert_nonnull (strstr (during, "30 min into infusion"));
  g_assert_null (strstr (during, "\nB"));
  g_autofree char *after = tdm_plot_readout_text (plot, 45.25);
  g_assert_nonnull (strstr (after, "7 h 15 min after dose"));
}

static void
test_card_leaves_crosshair (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  for (double time = DEMO_FROM_H; time <= DEMO_TO_H; time += 0.77)
    {
      TdmPlotRect box = tdm_plot_readout_box (plot, time);
      double x = tdm_plot_x_of (plot, time);
      TdmPlotRect pane = tdm_plot_get_pane (plot);
      g_assert_true (x < box.x || x > box.x + box.width);
      g_assert_cmpfloat (box.x, >=, pane.x);
      g_assert_cmpfloat (box.x + box.width, <=, pane.x + pane.width);
    }
}

static void
test_table (void)
{
  g_autoptr (TdmPlot) plot = plot_new (demo_scene_trough);
  g_autoptr (GPtrArray) rows = tdm_plot_table (plot);
  TdmScene *scene = tdm_plot_get_scene (plot);
  g_assert_cmpuint (rows->len, ==,
                    1 + scene->doses->len + scene->levels->len + scene->marks->len + 1);
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpuint (g_strv_length (rows->pdata[i]), ==, 5);
  g_autofree char *text = tdm_plot_table_text (plot);
  g_assert_nonnull (strstr (text, "dose 1250 mg over 1.5 h, planned"));
  g_assert_nonnull (strstr (text, "level 40.5 mg/L, left out: drawn during infusion"));
  g_assert_null (strstr (text, "nan"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/view/round-trip", test_round_trip);
  g_test_add_func ("/plot/view/zoom-about-point", test_zoom_about_point);
  g_test_add_func ("/plot/view/limits", test_limits);
  g_test_add_func ("/plot/view/pan", test_pan_follows_pointer);
  g_test_add_func ("/plot/view/keeps-view", test_keeps_view);
  g_test_add_func ("/plot/view/level-hit", test_level_hit);
  g_test_add_func ("/plot/view/events", test_events);
  g_test_add_func ("/plot/view/log", test_log);
  g_test_add_func ("/plot/view/readout-text", test_readout_text);
  g_test_add_func ("/plot/view/card-leaves-crosshair", test_card_leaves_crosshair);
  g_test_add_func ("/plot/view/table", test_table);
  return g_test_run ();
}
