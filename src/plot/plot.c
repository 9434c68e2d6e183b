#include "plot/plot-private.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "base/clock.h"
#include "base/number.h"

/* The narrowest view, h. */
#define NARROWEST (10 / 60.0)

static PangoContext *
context_new (void)
{
  PangoContext *context =
      pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);
  return context;
}

TdmPlot *
tdm_plot_new (void)
{
  TdmPlot *self = g_new0 (TdmPlot, 1);
  self->width = 1100;
  self->height = 620;
  self->style.text_scale = 1;
  self->palette = tdm_palette_for (&self->style);
  self->pango = context_new ();
  self->to_h = 1;
  return self;
}

void
tdm_plot_free (TdmPlot *self)
{
  tdm_plot_layout_clear (&self->layout);
  g_clear_pointer (&self->scene, tdm_scene_unref);
  g_object_unref (self->pango);
  g_free (self);
}

void
tdm_plot_set_scene (TdmPlot *self, TdmScene *scene)
{
  g_return_if_fail (scene != NULL);
  tdm_scene_check (scene);
  /* A view of everything stays one; another stays as it is as far as the new scene
   * allows. */
  gboolean fitted =
      self->scene == NULL
      || (self->from_h <= self->scene->from_h && self->to_h >= self->scene->to_h);
  tdm_scene_ref (scene);
  g_clear_pointer (&self->scene, tdm_scene_unref);
  self->scene = scene;
  if (fitted || self->from_h >= scene->to_h || self->to_h <= scene->from_h)
    tdm_plot_fit (self);
  else
    tdm_plot_set_range (self, self->from_h, self->to_h);
}

TdmScene *
tdm_plot_get_scene (TdmPlot *self)
{
  return self->scene;
}

void
tdm_plot_set_size (TdmPlot *self, double width, double height)
{
  self->width = MAX (width, 120);
  self->height = MAX (height, 100);
  self->laid_out = FALSE;
}

void
tdm_plot_set_style (TdmPlot *self, const TdmPlotStyle *style)
{
  self->style = *style;
  self->style.text_scale = CLAMP (style->text_scale, 0.5, 3);
  self->palette = tdm_palette_for (&self->style);
  self->laid_out = FALSE;
}

void
tdm_plot_set_log (TdmPlot *self, gboolean log_scale)
{
  self->log_scale = log_scale;
  self->laid_out = FALSE;
}

gboolean
tdm_plot_get_log (TdmPlot *self)
{
  return self->log_scale;
}

void
tdm_plot_set_range (TdmPlot *self, double from_h, double to_h)
{
  g_return_if_fail (self->scene != NULL);
  g_return_if_fail (isfinite (from_h) && isfinite (to_h));
  const TdmScene *scene = self->scene;
  double extent = scene->to_h - scene->from_h;
  double span = CLAMP (to_h - from_h, MIN (NARROWEST, extent), extent);
  double middle = (from_h + to_h) / 2;
  self->from_h = CLAMP (middle - span / 2, scene->from_h, scene->to_h - span);
  self->to_h = span >= extent ? scene->to_h : self->from_h + span;
  self->laid_out = FALSE;
}

void
tdm_plot_get_range (TdmPlot *self, double *from_h, double *to_h)
{
  *from_h = self->from_h;
  *to_h = self->to_h;
}

void
tdm_plot_fit (TdmPlot *self)
{
  g_return_if_fail (self->scene != NULL);
  self->from_h = self->scene->from_h;
  self->to_h = self->scene->to_h;
  self->laid_out = FALSE;
}

void
tdm_plot_zoom (TdmPlot *self, double factor, double x)
{
  g_return_if_fail (self->scene != NULL && factor > 0);
  double anchor = CLAMP (tdm_plot_time_at (self, x), self->from_h, self->to_h);
  double extent = self->scene->to_h - self->scene->from_h;
  double old = self->to_h - self->from_h;
  double span = CLAMP (old / factor, MIN (NARROWEST, extent), extent);
  double from = anchor - (anchor - self->from_h) * (span / old);
  tdm_plot_set_range (self, from, from + span);
}

void
tdm_plot_pan (TdmPlot *self, double dx)
{
  g_return_if_fail (self->scene != NULL);
  tdm_plot_lay_out (self);
  double shift = dx * (self->to_h - self->from_h) / self->layout.pane.width;
  tdm_plot_set_range (self, self->from_h - shift, self->to_h - shift);
}

TdmPlotRect
tdm_plot_get_pane (TdmPlot *self)
{
  tdm_plot_lay_out (self);
  return self->layout.pane;
}

guint
tdm_plot_get_n_texts (TdmPlot *self)
{
  tdm_plot_lay_out (self);
  return self->layout.texts->len;
}

const char *
tdm_plot_get_text (TdmPlot *self, guint i, TdmPlotRect *box)
{
  tdm_plot_lay_out (self);
  g_return_val_if_fail (i < self->layout.texts->len, NULL);
  const TdmPlacedText *text = self->layout.texts->pdata[i];
  if (box != NULL)
    *box = text->box;
  return pango_layout_get_text (text->layout);
}

double
tdm_plot_time_at (TdmPlot *self, double x)
{
  tdm_plot_lay_out (self);
  const TdmPlotRect *pane = &self->layout.pane;
  return self->from_h + (x - pane->x) / pane->width * (self->to_h - self->from_h);
}

double
tdm_plot_x_of (TdmPlot *self, double time_h)
{
  tdm_plot_lay_out (self);
  const TdmPlotRect *pane = &self->layout.pane;
  double part = (time_h - self->from_h) / (self->to_h - self->from_h);
  return pane->x + part * pane->width;
}

/* Cairo counts in 24 bits: far outside the pane is far enough. */
static double
near (const TdmPlotRect *pane, double y)
{
  return CLAMP (y, pane->y - 4 * pane->height, pane->y + 5 * pane->height);
}

double
tdm_plot_y_of (TdmPlot *self, double value)
{
  tdm_plot_lay_out (self);
  const TdmPlotLayout *layout = &self->layout;
  double part;
  if (self->log_scale)
    part =
        value > 0 ? log (value / layout->low) / log (layout->high / layout->low) : -4;
  else
    part = value / layout->high;
  return near (&layout->pane, layout->pane.y + (1 - part) * layout->pane.height);
}

double
tdm_plot_area_y (const TdmPlot *self, double value)
{
  const TdmPlotRect *areas = &self->layout.areas;
  double part = CLAMP (value / self->layout.area_high, 0, 1);
  return areas->y + (1 - part) * areas->height;
}

gboolean
tdm_plot_area_is_paired (const TdmPlot *self, const TdmSceneArea *area)
{
  for (guint i = 0; i < self->scene->areas->len; i++)
    {
      const TdmSceneArea *other = self->scene->areas->pdata[i];
      if (other->regimen != area->regimen && other->from_h < area->to_h
          && area->from_h < other->to_h)
        return TRUE;
    }
  return FALSE;
}

gboolean
tdm_plot_sees (const TdmPlot *self, double time_h)
{
  return time_h >= self->from_h && time_h <= self->to_h;
}

TdmColor
tdm_plot_regimen_color (const TdmPlot *self, guint regimen)
{
  return self->palette->regimen[MIN (regimen, TDM_PALETTE_REGIMENS - 1)];
}

double
tdm_plot_split_h (const TdmPlot *self)
{
  if (self->scene->curves->len < 2)
    return INFINITY;
  return ((const TdmSceneCurve *)self->scene->curves->pdata[1])->time_h[0];
}

double
tdm_plot_level_radius (const TdmPlot *self)
{
  return 4.5 * sqrt (tdm_plot_unit_px (self));
}

static double
largest_dose (const TdmScene *scene)
{
  double largest = 0;
  for (guint i = 0; i < scene->doses->len; i++)
    largest = MAX (largest, ((const TdmSceneDose *)scene->doses->pdata[i])->amount);
  return largest > 0 ? largest : 1;
}

TdmPlotRect
tdm_plot_dose_bar (TdmPlot *self, const TdmSceneDose *dose)
{
  const TdmPlotLayout *layout = &self->layout;
  if (layout->largest_dose <= 0)
    self->layout.largest_dose = largest_dose (self->scene);
  double room = layout->doses.height - 14 * tdm_plot_unit_px (self);
  double x = tdm_plot_x_of (self, dose->time_h);
  double width = tdm_plot_x_of (self, dose->time_h + dose->duration_h) - x;
  double height = MAX (3, room * MAX (dose->amount, 0) / layout->largest_dose);
  double bottom = layout->doses.y + layout->doses.height;
  return (TdmPlotRect){ x, bottom - height, MAX (width, 5), height };
}

int
tdm_plot_level_at (TdmPlot *self, double x, double y)
{
  tdm_plot_lay_out (self);
  double reach = MAX (10, 2 * tdm_plot_level_radius (self));
  double best = reach * reach;
  int found = -1;
  for (guint i = 0; i < self->scene->levels->len; i++)
    {
      const TdmSceneLevel *level = self->scene->levels->pdata[i];
      double dx = tdm_plot_x_of (self, level->time_h) - x;
      double dy = tdm_plot_y_of (self, level->value) - y;
      if (tdm_plot_sees (self, level->time_h) && dx * dx + dy * dy <= best)
        {
          best = dx * dx + dy * dy;
          found = (int)i;
        }
    }
  return found;
}

char *
tdm_plot_time_text (const TdmPlot *self, double time_h)
{
  if (self->scene->start == NULL)
    {
      g_autofree char *hours = tdm_number_format (round (time_h * 100) / 100, 8);
      return g_strconcat (hours, " h", NULL);
    }
  g_autoptr (GDateTime) time =
      tdm_clock_add_hours (self->scene->start, round (time_h * 60) / 60);
  return tdm_clock_display (time);
}

static double
nearer (double best, double candidate, double time_h, int direction)
{
  double step = (candidate - time_h) * direction;
  /* A second apart is the same moment. */
  if (step < 1 / 3600.0)
    return best;
  return isnan (best) || step < (best - time_h) * direction ? candidate : best;
}

double
tdm_plot_next_event (TdmPlot *self, double time_h, int direction)
{
  const TdmScene *scene = self->scene;
  int sign = direction < 0 ? -1 : 1;
  double best = nearer (NAN, scene->now_h, time_h, sign);
  for (guint i = 0; i < scene->doses->len; i++)
    {
      const TdmSceneDose *dose = scene->doses->pdata[i];
      best = nearer (best, dose->time_h, time_h, sign);
      best = nearer (best, dose->time_h + dose->duration_h, time_h, sign);
    }
  for (guint i = 0; i < scene->levels->len; i++)
    best = nearer (best, ((const TdmSceneLevel *)scene->levels->pdata[i])->time_h,
                   time_h, sign);
  if (isnan (best) || best < scene->from_h || best > scene->to_h)
    return time_h;
  return best;
}
