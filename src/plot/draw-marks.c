/* Levels, doses, AUC bars, marks of covariates, crosses where a target applies. */
#include "plot/plot-private.h"

#include <math.h>

static void
clip_to (cairo_t *cr, const TdmPlotRect *rect, double margin)
{
  cairo_rectangle (cr, rect->x - margin, rect->y - margin, rect->width + 2 * margin,
                   rect->height + 2 * margin);
  cairo_clip (cr);
}

static void
draw_error_bar (TdmPlot *self, cairo_t *cr, const TdmSceneLevel *level, double x)
{
  if (level->sd <= 0)
    return;
  double top = tdm_plot_y_of (self, level->value + level->sd);
  double bottom = tdm_plot_y_of (self, MAX (level->value - level->sd, 0));
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x, top);
  cairo_line_to (cr, x, bottom);
  cairo_stroke (cr);
}

/* A line with ends from the earliest to the latest time at which it was drawn. */
static void
draw_interval (TdmPlot *self, cairo_t *cr, const TdmSceneLevel *level, double y)
{
  const double reach = tdm_plot_level_radius (self);
  const double x[] = { tdm_plot_x_of (self, level->from_h),
                       tdm_plot_x_of (self, level->to_h) };
  if (!(level->to_h > level->from_h))
    return;
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x[0], y);
  cairo_line_to (cr, x[1], y);
  for (guint i = 0; i < 2; i++)
    {
      cairo_move_to (cr, x[i], y - reach);
      cairo_line_to (cr, x[i], y + reach);
    }
  cairo_stroke (cr);
}

static void
draw_cross (cairo_t *cr, double x, double y, double reach)
{
  cairo_move_to (cr, x - reach, y - reach);
  cairo_line_to (cr, x + reach, y + reach);
  cairo_move_to (cr, x - reach, y + reach);
  cairo_line_to (cr, x + reach, y - reach);
  cairo_stroke (cr);
}

static void
fill_ground (TdmPlot *self, cairo_t *cr)
{
  tdm_color_set (cr, self->palette->background, 1);
  cairo_fill_preserve (cr);
  tdm_color_set (cr, self->palette->level, 1);
  cairo_stroke (cr);
}

static void
draw_left_out (TdmPlot *self, cairo_t *cr, double x, double y, double radius)
{
  cairo_set_line_width (cr, 1.4);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  fill_ground (self, cr);
  draw_cross (cr, x, y, radius * 0.62);
}

/* Below (down) or above (up) what the laboratory can measure; the point is at the
 * limit. */
static void
draw_triangle (TdmPlot *self, cairo_t *cr, double x, double y, double down)
{
  double radius = tdm_plot_level_radius (self) * 1.35;
  cairo_new_path (cr);
  cairo_move_to (cr, x, y + down * radius);
  cairo_line_to (cr, x - radius, y - down * radius * 0.7);
  cairo_line_to (cr, x + radius, y - down * radius * 0.7);
  cairo_close_path (cr);
  tdm_color_set (cr, self->palette->level, 1);
  cairo_fill (cr);
}

static void
draw_used (TdmPlot *self, cairo_t *cr, double x, double y, double radius)
{
  cairo_arc (cr, x, y, radius + 1.2, 0, 2 * G_PI);
  tdm_color_set (cr, self->palette->background, 1);
  cairo_fill (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  tdm_color_set (cr, self->palette->level, 1);
  cairo_fill (cr);
}

static void
draw_level (TdmPlot *self, cairo_t *cr, const TdmSceneLevel *level)
{
  double x = tdm_plot_x_of (self, level->time_h);
  double y = tdm_plot_y_of (self, level->value);
  double radius = tdm_plot_level_radius (self);
  tdm_color_set (cr, self->palette->level, 1);
  if (level->kind == TDM_SCENE_LEVEL_USED || level->kind == TDM_SCENE_LEVEL_LEFT_OUT)
    draw_error_bar (self, cr, level, x);
  draw_interval (self, cr, level, y);
  if (level->kind == TDM_SCENE_LEVEL_LEFT_OUT)
    draw_left_out (self, cr, x, y, radius);
  else if (level->kind == TDM_SCENE_LEVEL_BELOW)
    draw_triangle (self, cr, x, y, 1);
  else if (level->kind == TDM_SCENE_LEVEL_ABOVE)
    draw_triangle (self, cr, x, y, -1);
  else
    draw_used (self, cr, x, y, radius);
  if (!level->outlier)
    return;
  tdm_color_set (cr, self->palette->level, 1);
  cairo_set_line_width (cr, 1.4);
  cairo_arc (cr, x, y, radius + 4, 0, 2 * G_PI);
  cairo_stroke (cr);
}

void
tdm_plot_draw_levels (TdmPlot *self, cairo_t *cr)
{
  cairo_save (cr);
  clip_to (cr, &self->layout.pane, tdm_plot_level_radius (self) + 2);
  for (guint i = 0; i < self->scene->levels->len; i++)
    {
      const TdmSceneLevel *level = self->scene->levels->pdata[i];
      if (tdm_plot_sees (self, level->time_h))
        draw_level (self, cr, level);
    }
  cairo_restore (cr);
}

/* Filled as long as the infusion ran at least, an outline as long as it may have. */
static void
draw_unknown_end (TdmPlot *self, cairo_t *cr, const TdmSceneDose *dose,
                  const TdmPlotRect *bar)
{
  const double least = tdm_plot_x_of (self, dose->time_h + dose->least_h);
  const double most = tdm_plot_x_of (self, dose->time_h + dose->most_h);
  cairo_rectangle (cr, bar->x, bar->y, least - bar->x, bar->height);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1.4);
  cairo_rectangle (cr, least + 0.7, bar->y + 0.7, MAX (most - least - 1.4, 1),
                   MAX (bar->height - 1.4, 1));
  cairo_stroke (cr);
}

static void
draw_dose (TdmPlot *self, cairo_t *cr, const TdmSceneDose *dose, const TdmPlotRect *bar)
{
  tdm_color_set (cr, tdm_plot_regimen_color (self, dose->regimen), 1);
  if (dose->most_h > dose->least_h && !dose->missed)
    {
      draw_unknown_end (self, cr, dose, bar);
      return;
    }
  if (!dose->planned && !dose->missed)
    {
      cairo_rectangle (cr, bar->x, bar->y, bar->width, bar->height);
      cairo_fill (cr);
      return;
    }
  cairo_set_line_width (cr, 1.4);
  cairo_rectangle (cr, bar->x + 0.7, bar->y + 0.7, MAX (bar->width - 1.4, 1),
                   MAX (bar->height - 1.4, 1));
  cairo_stroke (cr);
  if (!dose->missed)
    return;
  cairo_move_to (cr, bar->x - 4, bar->y + bar->height * 0.75);
  cairo_line_to (cr, bar->x + bar->width + 4, bar->y + bar->height * 0.25);
  cairo_stroke (cr);
}

/* Doses crowded into one pixel are drawn once, the tallest of them. */
void
tdm_plot_draw_doses (TdmPlot *self, cairo_t *cr)
{
  cairo_save (cr);
  clip_to (cr, &self->layout.doses, 1);
  double last_x = -INFINITY;
  double last_height = 0;
  for (guint i = 0; i < self->scene->doses->len; i++)
    {
      const TdmSceneDose *dose = self->scene->doses->pdata[i];
      TdmPlotRect bar = tdm_plot_dose_bar (self, dose);
      if (dose->time_h > self->to_h || dose->time_h + dose->duration_h < self->from_h
          || (fabs (bar.x - last_x) < 0.5 && bar.height <= last_height))
        continue;
      draw_dose (self, cr, dose, &bar);
      last_x = bar.x;
      last_height = bar.height;
    }
  cairo_restore (cr);
}

static void
draw_bracket (TdmPlot *self, cairo_t *cr)
{
  const TdmScene *scene = self->scene;
  const TdmPlotRect *areas = &self->layout.areas;
  double unit = tdm_plot_unit_px (self);
  double low = tdm_plot_area_y (self, MAX (scene->target_low, 0));
  double high =
      tdm_plot_area_y (self, MIN (scene->target_high, self->layout.area_high));
  double right = areas->x + areas->width;
  tdm_color_set (cr, self->palette->target, 0.13);
  cairo_rectangle (cr, areas->x, high, areas->width, low - high);
  cairo_fill (cr);
  tdm_color_set (cr, self->palette->target, 1);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, right + 4 * unit, high);
  cairo_line_to (cr, right + 9 * unit, high);
  cairo_line_to (cr, right + 9 * unit, low);
  cairo_line_to (cr, right + 4 * unit, low);
  cairo_stroke (cr);
}

static void
draw_area (TdmPlot *self, cairo_t *cr, const TdmSceneArea *area)
{
  double from = tdm_plot_x_of (self, area->from_h);
  double width = tdm_plot_x_of (self, area->to_h) - from;
  double gap = MIN (4, width * 0.06);
  gboolean paired = tdm_plot_area_is_paired (self, area);
  double bar_width = (paired ? width / 2 : width) - 2 * gap;
  double x = from + gap + (paired && area->regimen > 0 ? width / 2 : 0);
  double top = tdm_plot_area_y (self, area->value);
  double bottom = tdm_plot_area_y (self, 0);
  TdmColor color = tdm_plot_regimen_color (self, area->regimen);
  cairo_rectangle (cr, x, top, bar_width, bottom - top);
  tdm_color_set (cr, color, area->from_h >= self->scene->now_h ? 0.28 : 0.62);
  cairo_fill_preserve (cr);
  tdm_color_set (cr, color, 1);
  cairo_set_line_width (cr, 1.3);
  if (area->regimen == 0 && area->to_h > self->scene->now_h)
    tdm_plot_set_dash (self, cr, TDM_DASH_DASHED);
  cairo_stroke (cr);
  tdm_plot_set_dash (self, cr, TDM_DASH_SOLID);
  cairo_move_to (cr, x + bar_width / 2, tdm_plot_area_y (self, area->low90));
  cairo_line_to (cr, x + bar_width / 2, tdm_plot_area_y (self, area->high90));
  cairo_stroke (cr);
}

void
tdm_plot_draw_areas (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotRect *areas = &self->layout.areas;
  if (areas->height <= 0)
    return;
  draw_bracket (self, cr);
  cairo_save (cr);
  clip_to (cr, areas, 1);
  for (guint i = 0; i < self->scene->areas->len; i++)
    {
      const TdmSceneArea *area = self->scene->areas->pdata[i];
      if (area->to_h > self->from_h && area->from_h < self->to_h)
        draw_area (self, cr, area);
    }
  cairo_restore (cr);
  tdm_color_set (cr, self->palette->axis, 1);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, areas->x, areas->y + areas->height);
  cairo_line_to (cr, areas->x + areas->width, areas->y + areas->height);
  cairo_stroke (cr);
}

void
tdm_plot_draw_mark_row (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotRect *row = &self->layout.marks;
  double reach = 4 * sqrt (tdm_plot_unit_px (self));
  double y = row->y + row->height / 2;
  tdm_color_set (cr, self->palette->quiet, 1);
  for (guint i = 0; i < self->scene->marks->len; i++)
    {
      const TdmSceneMark *mark = self->scene->marks->pdata[i];
      double x = tdm_plot_x_of (self, mark->time_h);
      if (!tdm_plot_sees (self, mark->time_h))
        continue;
      cairo_move_to (cr, x, y - reach);
      cairo_line_to (cr, x + reach, y);
      cairo_line_to (cr, x, y + reach);
      cairo_line_to (cr, x - reach, y);
      cairo_close_path (cr);
      cairo_fill (cr);
    }
}

/* The curve a target judges at `time_h`: the candidate's where there is one. */
static const TdmSceneCurve *
leading_curve (TdmPlot *self, double time_h)
{
  const GPtrArray *curves = self->scene->curves;
  for (guint i = MIN (curves->len, 2); i > 0; i--)
    if (tdm_scene_curve_covers (curves->pdata[i - 1], time_h))
      return curves->pdata[i - 1];
  return NULL;
}

void
tdm_plot_draw_crosses (TdmPlot *self, cairo_t *cr)
{
  const TdmScene *scene = self->scene;
  double reach = tdm_plot_level_radius (self) * 0.95;
  cairo_save (cr);
  clip_to (cr, &self->layout.pane, reach + 2);
  for (guint i = 0; i < scene->target_times->len; i++)
    {
      double time = g_array_index (scene->target_times, double, i);
      const TdmSceneCurve *curve = leading_curve (self, time);
      if (!tdm_plot_sees (self, time) || curve == NULL)
        continue;
      double x = tdm_plot_x_of (self, time);
      double y = tdm_plot_y_of (self, tdm_scene_curve_at (curve, curve->value, time));
      tdm_color_set (cr, self->palette->background, 0.9);
      cairo_set_line_width (cr, 4.5);
      draw_cross (cr, x, y, reach + 0.5);
      tdm_color_set (cr, self->palette->target_text, 1);
      cairo_set_line_width (cr, 2.2);
      draw_cross (cr, x, y, reach);
    }
  cairo_restore (cr);
}
