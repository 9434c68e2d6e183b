/* The drawing, from the ground up. */
#include "plot/plot-private.h"

#include <math.h>

/* Lines of one pixel stand on pixel centres. */
static double
crisp (double value)
{
  return floor (value) + 0.5;
}

static void
draw_rect (cairo_t *cr, const TdmPlotRect *rect)
{
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_fill (cr);
}

static void
draw_ground (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotLayout *layout = &self->layout;
  tdm_color_set (cr, self->palette->background, 1);
  cairo_rectangle (cr, 0, 0, self->width, self->height);
  cairo_fill (cr);
  double now = MIN (self->scene->now_h, self->to_h);
  if (now <= self->from_h)
    return;
  TdmPlotRect past = { layout->pane.x, layout->pane.y,
                       tdm_plot_x_of (self, now) - layout->pane.x,
                       layout->doses.y + layout->doses.height - layout->pane.y };
  tdm_color_set (cr, self->palette->past, 1);
  draw_rect (cr, &past);
}

static void
draw_grid (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotLayout *layout = &self->layout;
  const TdmPlotRect *pane = &layout->pane;
  cairo_set_line_width (cr, 1);
  tdm_color_set (cr, self->palette->grid, 1);
  for (guint i = 0; i < layout->value_ticks->len; i++)
    {
      const TdmTick *tick = layout->value_ticks->pdata[i];
      double y = crisp (tdm_plot_y_of (self, tick->value));
      cairo_move_to (cr, pane->x, y);
      cairo_line_to (cr, pane->x + pane->width, y);
    }
  cairo_stroke (cr);
  tdm_color_set (cr, self->palette->grid, 0.6);
  for (guint i = 0; i < layout->time_ticks->len; i++)
    {
      const TdmTick *tick = layout->time_ticks->pdata[i];
      double x = crisp (tdm_plot_x_of (self, tick->value));
      if (!tick->strong)
        continue;
      cairo_move_to (cr, x, pane->y);
      cairo_line_to (cr, x, layout->doses.y + layout->doses.height);
    }
  cairo_stroke (cr);
}

static void
draw_target (TdmPlot *self, cairo_t *cr)
{
  const TdmScene *scene = self->scene;
  const TdmPlotRect *pane = &self->layout.pane;
  if (scene->target_kind != TDM_SCENE_TARGET_LEVEL)
    return;
  double limits[] = { scene->target_low, scene->target_high };
  double bottom = pane->y + pane->height;
  double low = isfinite (limits[0]) ? tdm_plot_y_of (self, limits[0]) : bottom;
  double high = isfinite (limits[1]) ? tdm_plot_y_of (self, limits[1]) : pane->y;
  cairo_save (cr);
  cairo_rectangle (cr, pane->x, pane->y, pane->width, pane->height);
  cairo_clip (cr);
  tdm_color_set (cr, self->palette->target, 0.15);
  cairo_rectangle (cr, pane->x, high, pane->width, low - high);
  cairo_fill (cr);
  tdm_color_set (cr, self->palette->target, 1);
  cairo_set_line_width (cr, 1.2);
  for (guint i = 0; i < 2; i++)
    if (isfinite (limits[i]))
      {
        double y = crisp (tdm_plot_y_of (self, limits[i]));
        cairo_move_to (cr, pane->x, y);
        cairo_line_to (cr, pane->x + pane->width, y);
        cairo_stroke (cr);
      }
  cairo_restore (cr);
}

static void
draw_axes (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotLayout *layout = &self->layout;
  double y = crisp (layout->doses.y + layout->doses.height);
  tdm_color_set (cr, self->palette->axis, 1);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, layout->doses.x, y);
  cairo_line_to (cr, layout->doses.x + layout->doses.width, y);
  for (guint i = 0; i < layout->time_ticks->len; i++)
    {
      const TdmTick *tick = layout->time_ticks->pdata[i];
      double x = crisp (tdm_plot_x_of (self, tick->value));
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, x, y + (tick->strong ? 7 : 4));
    }
  cairo_stroke (cr);
}

static void
draw_now (TdmPlot *self, cairo_t *cr)
{
  if (!tdm_plot_sees (self, self->scene->now_h))
    return;
  const TdmPlotLayout *layout = &self->layout;
  double unit = tdm_plot_unit_px (self);
  double x = tdm_plot_x_of (self, self->scene->now_h);
  tdm_color_set (cr, self->palette->text, 1);
  cairo_set_line_width (cr, 1.6);
  cairo_move_to (cr, x, layout->header_bottom - 14 * unit);
  cairo_line_to (cr, x, layout->doses.y + layout->doses.height + 4);
  cairo_stroke (cr);
}

static void
draw_leaders (TdmPlot *self, cairo_t *cr)
{
  double unit = tdm_plot_unit_px (self);
  double x = self->layout.pane.x + self->layout.pane.width;
  cairo_set_line_width (cr, 1.3);
  for (guint i = 0; i < self->layout.leaders->len; i++)
    {
      const TdmLeader *leader = &g_array_index (self->layout.leaders, TdmLeader, i);
      tdm_color_set (cr, leader->color, 0.9);
      tdm_plot_set_dash (self, cr, leader->dash);
      cairo_move_to (cr, x + 1, leader->from_y);
      cairo_line_to (cr, x + 5 * unit, leader->from_y);
      cairo_line_to (cr, x + 11 * unit, leader->to_y);
      cairo_line_to (cr, x + 16 * unit, leader->to_y);
      cairo_stroke (cr);
    }
  tdm_plot_set_dash (self, cr, TDM_DASH_SOLID);
}

/* The key of the bands: the light tint with the darker one in its middle. */
static void
draw_swatch (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotRect *key = &self->layout.swatch;
  if (key->width <= 0)
    return;
  guint leading = self->scene->curves->len > 1 ? 1 : 0;
  TdmColor color = tdm_plot_regimen_color (self, leading);
  tdm_color_set (cr, color, self->palette->band90);
  draw_rect (cr, key);
  TdmPlotRect inner = { key->x, key->y + key->height * 0.27, key->width,
                        key->height * 0.46 };
  tdm_color_set (cr, color, self->palette->band50 * 1.3);
  draw_rect (cr, &inner);
}

void
tdm_plot_draw (TdmPlot *self, cairo_t *cr)
{
  if (self->scene == NULL)
    return;
  tdm_plot_lay_out (self);
  cairo_save (cr);
  draw_ground (self, cr);
  draw_grid (self, cr);
  draw_target (self, cr);
  tdm_plot_draw_areas (self, cr);
  tdm_plot_draw_curves (self, cr);
  tdm_plot_draw_crosses (self, cr);
  tdm_plot_draw_doses (self, cr);
  draw_axes (self, cr);
  draw_now (self, cr);
  tdm_plot_draw_mark_row (self, cr);
  tdm_plot_draw_levels (self, cr);
  draw_leaders (self, cr);
  draw_swatch (self, cr);
  for (guint i = 0; i < self->layout.texts->len; i++)
    tdm_plot_text_draw (self, cr, self->layout.texts->pdata[i]);
  cairo_restore (cr);
}
