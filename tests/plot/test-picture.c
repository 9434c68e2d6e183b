/* The picture: colours where the geometry says, texts that do not overlap, extremes. */
#include "plot/plot.h"

#include "demo-scene.h"

typedef struct
{
  TdmPlot *plot;
  cairo_surface_t *surface;
  int width, height;
} Picture;

static void
picture_clear (Picture *self)
{
  tdm_plot_free (self->plot);
  cairo_surface_destroy (self->surface);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

static void
picture_draw (Picture *self)
{
  cairo_t *cr = cairo_create (self->surface);
  tdm_plot_draw (self->plot, cr);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static Picture
picture_new (TdmScene *scene, int width, int height, const TdmPlotStyle *style)
{
  Picture self = { tdm_plot_new (),
                   cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height),
                   width, height };
  if (style != NULL)
    tdm_plot_set_style (self.plot, style);
  tdm_plot_set_size (self.plot, width, height);
  tdm_plot_set_scene (self.plot, scene);
  tdm_scene_unref (scene);
  picture_draw (&self);
  return self;
}

static guint32
pixel (const Picture *self, int x, int y)
{
  g_assert_true (x >= 0 && y >= 0 && x < self->width && y < self->height);
  const guchar *data = cairo_image_surface_get_data (self->surface);
  const guint32 *row =
      (const guint32 *)(gconstpointer)(data
                                       + y
                                             * cairo_image_surface_get_stride (
                                                 self->surface));
  return row[x] & 0xffffff;
}

/* Largest difference of a channel. */
static int
distance (guint32 a, guint32 b)
{
  int worst = 0;
  for (int shift = 0; shift < 24; shift += 8)
    worst = MAX (worst, abs ((int)(a >> shift & 255) - (int)(b >> shift & 255)));
  return worst;
}

/* TRUE when some pixel within `reach` of the place has the colour. */
static gboolean
has_color (const Picture *self, double x, double y, int reach, guint32 color)
{
  for (int dx = -reach; dx <= reach; dx++)
    for (int dy = -reach; dy <= reach; dy++)
      {
        int px = (int)x + dx, py = (int)y + dy;
        if (px >= 0 && py >= 0 && px < self->width && py < self->height
            && distance (pixel (self, px, py), color) <= 12)
          return TRUE;
      }
  return FALSE;
}

static void
assert_no_overlap (TdmPlot *plot)
{
  guint n = tdm_plot_get_n_texts (plot);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < i; k++)
      {
        TdmPlotRect a, b;
        const char *first = tdm_plot_get_text (plot, i, &a);
        const char *second = tdm_plot_get_text (plot, k, &b);
        gboolean apart = a.x + a.width <= b.x + 0.01 || b.x + b.width <= a.x + 0.01
                         || a.y + a.height <= b.y + 0.01
                         || b.y + b.height <= a.y + 0.01;
        if (!apart)
          g_error ("\"%s\" and \"%s\" overlap", first, second);
      }
}

static gboolean
has_text (TdmPlot *plot, const char *wanted)
{
  for (guint i = 0; i < tdm_plot_get_n_texts (plot); i++)
    if (strstr (tdm_plot_get_text (plot, i, NULL), wanted) != NULL)
      return TRUE;
  return FALSE;
}

/* The helper itself: it must find a colour that is there and miss one that is not. */
static void
test_helper (void)
{
  Picture fake = { NULL, cairo_image_surface_create (CAIRO_FORMAT_RGB24, 40, 30), 40,
                   30 };
  cairo_t *cr = cairo_create (fake.surface);
  cairo_set_source_rgb (cr, 0xd5 / 255.0, 0x5e / 255.0, 0);
  cairo_rectangle (cr, 11, 7, 2, 2);
  cairo_fill (cr);
  cairo_destroy (cr);
  cairo_surface_flush (fake.surface);
  g_assert_true (has_color (&fake, 12, 8, 0, 0xd55e00));
  g_assert_true (has_color (&fake, 14, 8, 2, 0xd55e00));
  g_assert_false (has_color (&fake, 17, 8, 2, 0xd55e00));
  g_assert_false (has_color (&fake, 12, 8, 1, 0x0072b2));
  cairo_surface_destroy (fake.surface);
}

static void
test_curves_where_they_belong (void)
{
  g_auto (Picture) picture = picture_new (demo_scene_trough (), 1100, 620, NULL);
  TdmScene *scene = tdm_plot_get_scene (picture.plot);
  const TdmSceneCurve *a = scene->curves->pdata[0];
  const TdmSceneCurve *b = scene->curves->pdata[1];
  for (double time = 6; time < 46; time += 3.1)
    {
      double x = tdm_plot_x_of (picture.plot, time);
      double y = tdm_plot_y_of (picture.plot, tdm_scene_curve_at (a, a->value, time));
      g_assert_true (has_color (&picture, x, y, 2, 0x0072b2));
    }
  for (double time = 53; time < 95; time += 3.1)
    {
      double x = tdm_plot_x_of (picture.plot, time);
      double y = tdm_plot_y_of (picture.plot, tdm_scene_curve_at (b, b->value, time));
      g_assert_true (has_color (&picture, x, y, 2, 0xd55e00));
    }
}

static void
test_marks_where_they_belong (void)
{
  g_auto (Picture) picture = picture_new (demo_scene_trough (), 1100, 620, NULL);
  TdmScene *scene = tdm_plot_get_scene (picture.plot);
  const TdmSceneLevel *used = scene->levels->pdata[1];
  const TdmSceneLevel *out = scene->levels->pdata[2];
  double y = tdm_plot_y_of (picture.plot, used->value);
  g_assert_true (
      has_color (&picture, tdm_plot_x_of (picture.plot, used->time_h), y, 0, 0x2e3436));
  /* Hollow: the ground shows between the ring and the cross. */
  y = tdm_plot_y_of (picture.plot, out->value);
  g_assert_true (
      has_color (&picture, tdm_plot_x_of (picture.plot, out->time_h), y, 3, 0xffffff));
  /* Given doses are filled, planned ones are not. */
  g_assert_true (
      has_color (&picture, tdm_plot_x_of (picture.plot, 26.75), 570, 2, 0x0072b2));
  double planned = tdm_plot_x_of (picture.plot, 74.75);
  g_assert_true (has_color (&picture, planned, 570, 2, 0xffffff));
  g_assert_false (has_color (&picture, planned, 570, 2, 0xd55e00));
  /* Left of now is grey, right of it white. */
  TdmPlotRect pane = tdm_plot_get_pane (picture.plot);
  double now = tdm_plot_x_of (picture.plot, DEMO_NOW_H);
  g_assert_true (has_color (&picture, now - 12, pane.y + 14, 1, 0xf6f6f5));
  g_assert_true (has_color (&picture, now + 12, pane.y + 14, 1, 0xffffff));
  g_assert_cmpint (distance (pixel (&picture, (int)now - 12, (int)pane.y + 14),
                             pixel (&picture, (int)now + 12, (int)pane.y + 14)),
                   >, 4);
}

/* Nothing of the curves leaves the pane, at any zoom. */
static void
test_clipping (void)
{
  static const double ranges[][2] = { { 0, 96 }, { 49, 55 }, { 61.9, 62.2 }, { 3, 4 } };
  g_auto (Picture) picture = picture_new (demo_scene_trough (), 1100, 620, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      tdm_plot_set_range (picture.plot, ranges[i][0], ranges[i][1]);
      picture_draw (&picture);
      TdmPlotRect pane = tdm_plot_get_pane (picture.plot);
      for (int y = (int)pane.y + 4; y < pane.y + pane.height - 8; y++)
        g_assert_false (has_color (&picture, pane.x - 3, y, 0, 0x0072b2));
      for (int x = (int)pane.x; x < pane.x + pane.width; x++)
        g_assert_false (has_color (&picture, x, pane.y + pane.height + 3, 0, 0xd55e00));
    }
}

static void
test_texts (void)
{
  static const int sizes[][2] = {
    { 1100, 620 }, { 700, 450 }, { 1600, 900 }, { 420, 300 }
  };
  TdmScene *(*const scenes[]) (void) = { demo_scene_trough, demo_scene_auc,
                                         demo_scene_marks };
  for (guint s = 0; s < G_N_ELEMENTS (scenes); s++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (double scale = 1; scale <= 2; scale += 0.5)
        {
          const TdmPlotStyle style = { .text_scale = scale };
          g_auto (Picture) picture =
              picture_new (scenes[s](), sizes[i][0], sizes[i][1], &style);
          assert_no_overlap (picture.plot);
          tdm_plot_set_range (picture.plot, 44, 62);
          assert_no_overlap (picture.plot);
        }
}

static void
test_says_what_matters (void)
{
  g_auto (Picture) picture = picture_new (demo_scene_trough (), 1100, 620, NULL);
  static const char *const texts[] = { "Vancomycin, mg/L",
                                       "50 % and 90 %",
                                       "given",
                                       "predicted",
                                       "now  Tue 10:00",
                                       "A  1000 mg q12h",
                                       "(current)",
                                       "B  1250 mg q12h",
                                       "typical patient",
                                       "trough target",
                                       "15–20 mg/L",
                                       "left out: drawn during infusion",
                                       "1000",
                                       "1250",
                                       "creatinine 141",
                                       "Mon 2 Mar" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!has_text (picture.plot, texts[i]))
      g_error ("the plot does not say \"%s\"", texts[i]);
  g_auto (Picture) marks = picture_new (demo_scene_marks (), 700, 450, NULL);
  g_assert_true (has_text (marks.plot, "extrapolated"));
  g_auto (Picture) auc = picture_new (demo_scene_auc (), 1100, 620, NULL);
  g_assert_true (has_text (auc.plot, "400–600 mg·h/L"));
  g_assert_true (has_text (auc.plot, "437"));
}

/* The main pane keeps at least three quarters of the two panes' height. */
static void
test_proportions (void)
{
  static const int sizes[][2] = { { 1100, 620 }, { 700, 450 }, { 1600, 900 } };
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_auto (Picture) picture =
          picture_new (demo_scene_trough (), sizes[i][0], sizes[i][1], NULL);
      TdmPlotRect pane = tdm_plot_get_pane (picture.plot);
      double strip = sizes[i][1] - 40 - (pane.y + pane.height);
      g_assert_cmpfloat (pane.height, >=, 0.75 * (pane.height + strip));
    }
}

static TdmScene *
extreme_scene (guint n, double from, double to, double value)
{
  TdmScene *scene = tdm_scene_new ();
  g_autofree double *times = g_new (double, n);
  g_autofree double *values = g_new (double, n);
  for (guint i = 0; i < n; i++)
    {
      times[i] = n == 1 ? from : from + (to - from) * i / (n - 1);
      values[i] = value * (1.2 + sin (i * 0.7));
    }
  scene->title = g_strdup ("X, unit");
  scene->from_h = from;
  scene->to_h = to;
  scene->now_h = (from + to) / 2;
  tdm_scene_add_curve (scene, "A", NULL, n, times, values);
  return scene;
}

static void
test_extremes (void)
{
  static const struct
  {
    guint n;
    double from, to, value;
  } cases[] = { { 1, 0, 1, 3.3 },        { 2, 0, 1e-3, 1e-6 },
                { 700, 0, 20000, 1e-6 }, { 30000, 0, 20000, 8e8 },
                { 3, -50, 400, 1e300 },  { 5, 7, 9, 0 },
                { 4, 0, 48, 1e-300 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int log_scale = 0; log_scale < 2; log_scale++)
      {
        g_auto (Picture) picture = picture_new (
            extreme_scene (cases[i].n, cases[i].from, cases[i].to, cases[i].value), 700,
            450, NULL);
        tdm_plot_set_log (picture.plot, log_scale);
        picture_draw (&picture);
        tdm_plot_zoom (picture.plot, 1e6, 300);
        picture_draw (&picture);
        assert_no_overlap (picture.plot);
      }
}

static void
test_many_doses (void)
{
  TdmScene *scene = extreme_scene (2000, 0, 20000, 17.3);
  for (guint i = 0; i < 5000; i++)
    {
      const TdmSceneDose dose = { i * 4.0, 0.5, 100 + i % 7, i > 2500, FALSE, 0 };
      tdm_scene_add_dose (scene, &dose);
    }
  g_auto (Picture) picture = picture_new (scene, 1100, 620, NULL);
  assert_no_overlap (picture.plot);
}

static void
test_styles_differ (void)
{
  const TdmPlotStyle styles[] = {
    { .text_scale = 1 },
    { .dark = TRUE, .text_scale = 1 },
    { .high_contrast = TRUE, .text_scale = 1 },
    { .dark = TRUE, .high_contrast = TRUE, .text_scale = 1 }
  };
  static const guint32 grounds[] = { 0xffffff, 0x1e1e1e, 0xffffff, 0x000000 };
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      g_auto (Picture) picture =
          picture_new (demo_scene_trough (), 700, 450, &styles[i]);
      g_assert_cmphex (pixel (&picture, 3, 3), ==, grounds[i]);
    }
}

static void
test_nan_is_refused (void)
{
  if (g_test_subprocess ())
    {
      const double times[] = { 0, 1 };
      const double values[] = { 3.7, NAN };
      TdmScene *scene = tdm_scene_new ();
      scene->to_h = 1;
      tdm_scene_add_curve (scene, "A", NULL, 2, times, values);
      g_autoptr (TdmPlot) plot = tdm_plot_new ();
      tdm_plot_set_scene (plot, scene);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*isfinite*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/picture/helper", test_helper);
  g_test_add_func ("/plot/picture/curves", test_curves_where_they_belong);
  g_test_add_func ("/plot/picture/marks", test_marks_where_they_belong);
  g_test_add_func ("/plot/picture/clipping", test_clipping);
  g_test_add_func ("/plot/picture/texts", test_texts);
  g_test_add_func ("/plot/picture/says", test_says_what_matters);
  g_test_add_func ("/plot/picture/proportions", test_proportions);
  g_test_add_func ("/plot/picture/extremes", test_extremes);
  g_test_add_func ("/plot/picture/many-doses", test_many_doses);
  g_test_add_func ("/plot/picture/styles", test_styles_differ);
  g_test_add_func ("/plot/picture/nan", test_nan_is_refused);
  return g_test_run ();
}
