/* Where the parts of the plot lie: heights from top and bottom, then the left margin
 * from the axis labels, the right one from the labels at the curves' ends, then the
 * texts. */
#include "plot/plot-private.h"

#include <math.h>

/* A 90 % limit far above every curve would flatten the picture: the axis shows at most
 * this many times the highest curve, level or target. */
#define BAND_CAP 2.0
/* A logarithmic axis spans at most this many decades. */
#define LOG_DECADES 4

static void
placed_free (gpointer data)
{
  TdmPlacedText *self = data;
  g_object_unref (self->layout);
  g_free (self);
}

void
tdm_plot_layout_clear (TdmPlotLayout *layout)
{
  g_clear_pointer (&layout->value_ticks, g_ptr_array_unref);
  g_clear_pointer (&layout->area_ticks, g_ptr_array_unref);
  g_clear_pointer (&layout->time_ticks, g_ptr_array_unref);
  g_clear_pointer (&layout->texts, g_ptr_array_unref);
  g_clear_pointer (&layout->leaders, g_array_unref);
  memset (layout, 0, sizeof *layout);
}

static double
line_height (TdmPlot *self, TdmTextKind kind)
{
  g_autoptr (PangoLayout) layout = tdm_plot_text_new (self, kind, "0");
  double width, height;
  tdm_plot_text_size (layout, &width, &height);
  return height;
}

static double
max_of (const double *series, guint n, double so_far)
{
  for (guint i = 0; series != NULL && i < n; i++)
    so_far = MAX (so_far, series[i]);
  return so_far;
}

/* The highest value that must be seen, over the whole scene, so that the axis stands
 * still while the view moves in time. */
static double
highest_value (const TdmScene *scene)
{
  double high = 0;
  double band = 0;
  for (guint i = 0; i < scene->curves->len; i++)
    {
      const TdmSceneCurve *curve = scene->curves->pdata[i];
      high = max_of (curve->value, curve->n, high);
      band = max_of (curve->high90, curve->n, band);
    }
  for (guint i = 0; i < scene->members->len; i++)
    {
      const TdmSceneCurve *curve = scene->members->pdata[i];
      high = max_of (curve->value, curve->n, high);
    }
  if (scene->typical != NULL)
    high = max_of (scene->typical->value, scene->typical->n, high);
  for (guint i = 0; i < scene->levels->len; i++)
    {
      const TdmSceneLevel *level = scene->levels->pdata[i];
      high = MAX (high, level->value);
      band = MAX (band, level->value + level->sd);
    }
  if (scene->target_kind == TDM_SCENE_TARGET_LEVEL)
    {
      high = isfinite (scene->target_high) ? MAX (high, scene->target_high) : high;
      high = isfinite (scene->target_low) ? MAX (high, scene->target_low) : high;
    }
  if (high <= 0)
    return 1;
  return MAX (high, MIN (band, BAND_CAP * high)) * 1.02;
}

/* The lowest positive value once the curve has risen: the first minutes of the first
 * dose would add decades nobody reads. */
static double
lowest_risen (const TdmSceneCurve *curve, double so_far)
{
  double risen = 0.05 * max_of (curve->value, curve->n, 0);
  guint i = 0;
  while (i < curve->n && curve->value[i] <= risen)
    i++;
  for (; i < curve->n; i++)
    if (curve->value[i] > 0)
      so_far = MIN (so_far, curve->value[i]);
  return so_far;
}

static double
lowest_value (const TdmScene *scene, double high)
{
  double low = high / 10;
  for (guint i = 0; i < scene->curves->len; i++)
    low = lowest_risen (scene->curves->pdata[i], low);
  for (guint i = 0; i < scene->levels->len; i++)
    {
      const TdmSceneLevel *level = scene->levels->pdata[i];
      low = level->value > 0 ? MIN (low, level->value) : low;
    }
  if (scene->target_kind == TDM_SCENE_TARGET_LEVEL && scene->target_low > 0)
    low = MIN (low, scene->target_low);
  return MAX (low * 0.9, high * pow (10, -LOG_DECADES));
}

static void
scale_values (TdmPlot *self)
{
  TdmPlotLayout *layout = &self->layout;
  double unit = tdm_plot_unit_px (self);
  guint steps = (guint)CLAMP (layout->pane.height / (34 * unit), 2, 9);
  double high = highest_value (self->scene);
  if (self->log_scale)
    {
      layout->low = tdm_scale_floor_125 (lowest_value (self->scene, high));
      layout->high = tdm_scale_ceil_125 (high);
      layout->value_ticks =
          tdm_scale_log (layout->low, layout->high, (guint)(steps * 1.5));
      return;
    }
  layout->value_ticks = tdm_scale_linear (high, steps);
  const TdmTick *last = layout->value_ticks->pdata[layout->value_ticks->len - 1];
  layout->low = 0;
  layout->high = last->value;
}

static void
scale_areas (TdmPlot *self)
{
  const TdmScene *scene = self->scene;
  double high = isfinite (scene->target_high) ? scene->target_high : 0;
  for (guint i = 0; i < scene->areas->len; i++)
    {
      const TdmSceneArea *area = scene->areas->pdata[i];
      high = MAX (high, MAX (area->value, MIN (area->high90, 2 * area->value)));
    }
  self->layout.area_high = high > 0 ? high * 1.05 : 1;
  self->layout.area_ticks = tdm_scale_linear (self->layout.area_high, 2);
}

static gboolean
has_areas (const TdmScene *scene)
{
  return scene->target_kind == TDM_SCENE_TARGET_AREA && scene->areas->len > 0;
}

static TdmPlacedText *
place_title (TdmPlot *self, double edge, double y)
{
  if (self->scene->title == NULL)
    return NULL;
  PangoLayout *title = tdm_plot_text_new (self, TDM_TEXT_TITLE, self->scene->title);
  pango_layout_set_width (title, (int)((self->width - 2 * edge) * PANGO_SCALE));
  return tdm_plot_text_place (self, title, self->palette->text, edge, y);
}

/* The caption with its key: right of the title, or below when it does not fit. Returns
 * the bottom of both. */
static double
place_caption (TdmPlot *self, double edge, const TdmPlotRect *title)
{
  double unit = tdm_plot_unit_px (self);
  double key = 24 * unit;
  PangoLayout *caption = tdm_plot_text_new (self, TDM_TEXT_SMALL, self->scene->caption);
  double width, height;
  tdm_plot_text_size (caption, &width, &height);
  double bottom = title->y + title->height;
  gboolean beside = edge + title->width + 24 * unit + key + width + edge <= self->width;
  if (!beside)
    pango_layout_set_width (caption,
                            (int)((self->width - 2 * edge - key) * PANGO_SCALE));
  double x = beside ? self->width - edge - width : edge + key;
  double y = beside ? title->y + (title->height - height) / 2 : bottom + 2 * unit;
  const TdmPlacedText *text =
      tdm_plot_text_place (self, caption, self->palette->quiet, x, y);
  double first = line_height (self, TDM_TEXT_SMALL);
  self->layout.swatch =
      (TdmPlotRect){ x - key, y + first / 2 - 5 * unit, 18 * unit, 10 * unit };
  return MAX (bottom, y + text->box.height);
}

/* Title, caption and warning. Returns the bottom of all. */
static double
place_header (TdmPlot *self)
{
  double unit = tdm_plot_unit_px (self);
  double edge = 10 * unit;
  TdmPlotRect box = { edge, 6 * unit, 0, 0 };
  const TdmPlacedText *title = place_title (self, edge, box.y);
  if (title != NULL)
    box = title->box;
  double bottom = box.y + box.height;
  if (self->scene->caption != NULL)
    bottom = place_caption (self, edge, &box);
  if (!self->scene->extrapolated)
    return bottom;
  PangoLayout *warning = tdm_plot_text_new (
      self, TDM_TEXT_BOLD, "Hatched: extrapolated beyond the patients of the model");
  pango_layout_set_width (warning, (int)((self->width - 2 * edge) * PANGO_SCALE));
  const TdmPlacedText *text = tdm_plot_text_place (
      self, warning, self->palette->warning, edge, bottom + 3 * unit);
  return text->box.y + text->box.height;
}

/* Heights, from the bottom up: axis, doses, marks, areas; the rest is the main pane. */
static void
stack_panes (TdmPlot *self, double top)
{
  TdmPlotLayout *layout = &self->layout;
  double unit = tdm_plot_unit_px (self);
  double small = line_height (self, TDM_TEXT_SMALL);
  double gap = 6 * unit;
  double bottom = self->height - (2 * small + 14 * unit);
  double strip = small + MIN (36 * unit, self->height * 0.06);
  layout->doses.y = bottom - strip;
  layout->doses.height = strip;
  bottom = layout->doses.y - gap;
  if (self->scene->marks->len > 0)
    {
      layout->marks.height = small + 2 * unit;
      layout->marks.y = bottom - layout->marks.height;
      bottom = layout->marks.y - 2 * unit;
    }
  if (has_areas (self->scene))
    {
      layout->areas.height = MAX (self->height * 0.12, 30);
      layout->areas.y = bottom - layout->areas.height;
      bottom = layout->areas.y - small - gap;
    }
  layout->header_bottom = top + small + 3 * unit;
  layout->pane.y = layout->header_bottom;
  layout->pane.height = MAX (bottom - 4 * unit - layout->pane.y, 40);
}

static double
widest_tick (TdmPlot *self, const GPtrArray *ticks, double width)
{
  for (guint i = 0; ticks != NULL && i < ticks->len; i++)
    {
      const TdmTick *tick = ticks->pdata[i];
      if (tick->label == NULL)
        continue;
      g_autoptr (PangoLayout) text =
          tdm_plot_text_new (self, TDM_TEXT_SMALL, tick->label);
      double own, height;
      tdm_plot_text_size (text, &own, &height);
      width = MAX (width, own);
    }
  return width;
}

static void
set_columns (TdmPlot *self)
{
  TdmPlotLayout *layout = &self->layout;
  double unit = tdm_plot_unit_px (self);
  g_autoptr (PangoLayout) dose = tdm_plot_text_new (self, TDM_TEXT_SMALL, "dose");
  double left, height;
  tdm_plot_text_size (dose, &left, &height);
  left = widest_tick (self, layout->value_ticks, left);
  left = widest_tick (self, layout->area_ticks, left) + 16 * unit;
  double right = tdm_plot_ends_width (self);
  layout->pane.x = layout->areas.x = layout->marks.x = layout->doses.x = left;
  double width = MAX (self->width - left - right, 40);
  layout->pane.width = layout->areas.width = width;
  layout->marks.width = layout->doses.width = width;
}

static void
scale_time (TdmPlot *self)
{
  double unit = tdm_plot_unit_px (self);
  double per_px = (self->to_h - self->from_h) / self->layout.pane.width;
  self->layout.time_ticks =
      tdm_scale_time (self->scene->start, self->from_h, self->to_h, 62 * unit * per_px);
  /* Dates are wider than clock times. */
  for (guint i = 0; i < self->layout.time_ticks->len; i++)
    {
      const TdmTick *tick = self->layout.time_ticks->pdata[i];
      if (tick->label != NULL && strlen (tick->label) > 6)
        {
          g_ptr_array_unref (self->layout.time_ticks);
          self->layout.time_ticks = tdm_scale_time (self->scene->start, self->from_h,
                                                    self->to_h, 76 * unit * per_px);
          return;
        }
    }
}

void
tdm_plot_lay_out (TdmPlot *self)
{
  g_assert_nonnull (self->scene);
  if (self->laid_out)
    return;
  tdm_plot_layout_clear (&self->layout);
  self->layout.texts = g_ptr_array_new_with_free_func (placed_free);
  self->layout.leaders = g_array_new (FALSE, FALSE, sizeof (TdmLeader));
  stack_panes (self, place_header (self));
  scale_values (self);
  if (has_areas (self->scene))
    scale_areas (self);
  set_columns (self);
  scale_time (self);
  self->laid_out = TRUE;
  tdm_plot_place_now (self);
  tdm_plot_place_axes (self);
  tdm_plot_place_ends (self);
  tdm_plot_place_areas (self);
  tdm_plot_place_dose_amounts (self);
  tdm_plot_place_marks (self);
  tdm_plot_place_reasons (self);
}
