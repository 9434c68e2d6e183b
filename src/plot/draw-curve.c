/* Curves and their bands. */
#include "plot/plot-private.h"

#include <math.h>

typedef struct
{
  double x, y;
} Point;

void
tdm_plot_set_dash (TdmPlot *self, cairo_t *cr, TdmDash dash)
{
  static const double dashed[] = { 6, 3.5 };
  static const double dotted[] = { 1.4, 3 };
  if (dash == TDM_DASH_DASHED)
    cairo_set_dash (cr, dashed, 2, 0);
  else if (dash == TDM_DASH_DOTTED)
    cairo_set_dash (cr, dotted, 2, 0);
  else
    cairo_set_dash (cr, NULL, 0, 0);
}

static guint
first_after (const TdmSceneCurve *curve, double time_h)
{
  guint low = 0;
  guint high = curve->n;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (curve->time_h[middle] > time_h)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static void
add_point (TdmPlot *self, GArray *points, const TdmSceneCurve *curve,
           const double *series, double time_h)
{
  Point point = { tdm_plot_x_of (self, time_h),
                  tdm_plot_y_of (self, tdm_scene_curve_at (curve, series, time_h)) };
  g_array_append_val (points, point);
}

/* Of the points in one column of half a pixel keeps the first, the extremes and the
 * last, in order: the picture is the same and paths stay short however many points
 * there are. */
static void
thin (GArray *points)
{
  Point *p = (Point *)(gpointer)points->data;
  guint kept = 0;
  for (guint i = 0, j; i < points->len; i = j)
    {
      guint low = i;
      guint high = i;
      for (j = i; j < points->len && floor (p[j].x * 2) == floor (p[i].x * 2); j++)
        {
          low = p[j].y < p[low].y ? j : low;
          high = p[j].y > p[high].y ? j : high;
        }
      const Point column[] = { p[i], p[MIN (low, high)], p[MAX (low, high)], p[j - 1] };
      guint n = MIN (j - i, 4);
      for (guint k = 0; k < n; k++)
        p[kept + k] = j - i <= 4 ? p[i + k] : column[k];
      kept += n;
    }
  g_array_set_size (points, kept);
}

/* The curve in pixels between two times, cut exactly there. */
static GArray *
trace (TdmPlot *self, const TdmSceneCurve *curve, const double *series, double from_h,
       double to_h)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  from_h = MAX (from_h, MAX (self->from_h, curve->time_h[0]));
  to_h = MIN (to_h, MIN (self->to_h, curve->time_h[curve->n - 1]));
  if (from_h >= to_h)
    return points;
  add_point (self, points, curve, series, from_h);
  for (guint i = first_after (curve, from_h); i < curve->n && curve->time_h[i] < to_h;
       i++)
    {
      Point point = { tdm_plot_x_of (self, curve->time_h[i]),
                      tdm_plot_y_of (self, series[i]) };
      g_array_append_val (points, point);
    }
  add_point (self, points, curve, series, to_h);
  if (points->len > 3 * self->layout.pane.width)
    thin (points);
  return points;
}

static void
path_along (cairo_t *cr, const GArray *points, gboolean backwards)
{
  for (guint i = 0; i < points->len; i++)
    {
      const Point *point =
          &g_array_index (points, Point, backwards ? points->len - 1 - i : i);
      cairo_line_to (cr, point->x, point->y);
    }
}

typedef struct
{
  const double *low, *high;
  double from_h, to_h;
  double opacity;
} Band;

/* The band's limits in pixels at each column of the pane; empty columns have high >
 * low. */
static double *
band_columns (TdmPlot *self, const TdmSceneCurve *curve, const Band *band, guint n)
{
  double *limits = g_new (double, 2 * n);
  double from = MAX (band->from_h, curve->time_h[0]);
  double to = MIN (band->to_h, curve->time_h[curve->n - 1]);
  for (guint i = 0; i < n; i++)
    {
      double time = tdm_plot_time_at (self, self->layout.pane.x + i);
      gboolean covered = time >= from && time <= to;
      limits[2 * i] =
          covered ? tdm_plot_y_of (self, tdm_scene_curve_at (curve, band->high, time))
                  : G_MAXDOUBLE;
      limits[2 * i + 1] =
          covered ? tdm_plot_y_of (self, tdm_scene_curve_at (curve, band->low, time))
                  : -G_MAXDOUBLE;
    }
  return limits;
}

/* Diagonal lines, cut at the band column by column: clipping to the band's path would
 * cost more than the rest of the plot. */
static void
hatch (TdmPlot *self, cairo_t *cr, const TdmSceneCurve *curve, const Band *band)
{
  const TdmPlotRect *pane = &self->layout.pane;
  int n = (int)pane->width;
  int height = (int)pane->height;
  double bottom = pane->y + pane->height;
  g_autofree double *limits = band_columns (self, curve, band, (guint)n);
  for (int start = -height; start < n; start += 8)
    {
      gboolean inside = FALSE;
      for (int i = MAX (start, 0); i < n && i - start <= height; i++)
        {
          double y = bottom - (i - start);
          gboolean now = y > limits[2 * i] && y < limits[2 * i + 1];
          if (now && !inside)
            cairo_move_to (cr, pane->x + i, y);
          if (inside && (!now || i == n - 1 || i - start == height))
            cairo_line_to (cr, pane->x + i, y);
          inside = now;
        }
    }
  cairo_set_line_width (cr, 0.9);
  cairo_stroke (cr);
}

static void
draw_band (TdmPlot *self, cairo_t *cr, const TdmSceneCurve *curve, TdmColor color,
           const Band *band)
{
  if (band->low == NULL)
    return;
  g_autoptr (GArray) high = trace (self, curve, band->high, band->from_h, band->to_h);
  g_autoptr (GArray) low = trace (self, curve, band->low, band->from_h, band->to_h);
  if (high->len == 0)
    return;
  cairo_new_path (cr);
  path_along (cr, high, FALSE);
  path_along (cr, low, TRUE);
  cairo_close_path (cr);
  tdm_color_set (cr, color, band->opacity);
  cairo_fill (cr);
}

/* The lines at a band's limits: on paper and in high contrast a tint alone may vanish.
 */
static void
draw_limits (TdmPlot *self, cairo_t *cr, const TdmSceneCurve *curve, TdmColor color,
             const Band *band)
{
  if (band->low == NULL || !(self->style.print || self->style.high_contrast))
    return;
  tdm_color_set (cr, color, 0.55);
  cairo_set_line_width (cr, 0.7);
  for (int side = 0; side < 2; side++)
    {
      g_autoptr (GArray) line = trace (self, curve, side == 0 ? band->low : band->high,
                                       band->from_h, band->to_h);
      path_along (cr, line, FALSE);
      cairo_stroke (cr);
    }
}

static void
draw_bands (TdmPlot *self, cairo_t *cr, guint regimen)
{
  const TdmSceneCurve *curve = self->scene->curves->pdata[regimen];
  const TdmPalette *palette = self->palette;
  TdmColor color = tdm_plot_regimen_color (self, regimen);
  double split = regimen == 0 ? tdm_plot_split_h (self) : INFINITY;
  const Band bands[] = {
    { curve->low90, curve->high90, -INFINITY, split, palette->band90 },
    { curve->low50, curve->high50, -INFINITY, split, palette->band50 },
    { curve->low90, curve->high90, split, INFINITY, palette->faint90 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (bands); i++)
    draw_band (self, cr, curve, color, &bands[i]);
  draw_limits (self, cr, curve, color, &bands[0]);
  if (!self->scene->extrapolated || curve->low90 == NULL)
    return;
  tdm_color_set (cr, color, 0.6);
  hatch (self, cr, curve, &bands[0]);
  hatch (self, cr, curve, &bands[2]);
}

static void
draw_line (TdmPlot *self, cairo_t *cr, const TdmSceneCurve *curve, double from_h,
           double to_h)
{
  g_autoptr (GArray) points = trace (self, curve, curve->value, from_h, to_h);
  path_along (cr, points, FALSE);
  cairo_stroke (cr);
}

static void
draw_typical (TdmPlot *self, cairo_t *cr)
{
  if (self->scene->typical == NULL)
    return;
  tdm_color_set (cr, self->palette->typical, 1);
  cairo_set_line_width (cr, self->palette->line * 0.65);
  tdm_plot_set_dash (self, cr, TDM_DASH_DOTTED);
  draw_line (self, cr, self->scene->typical, -INFINITY, INFINITY);
}

static void
draw_members (TdmPlot *self, cairo_t *cr)
{
  tdm_color_set (cr, self->palette->typical, 1);
  cairo_set_line_width (cr, self->palette->line * 0.5);
  tdm_plot_set_dash (self, cr, TDM_DASH_SOLID);
  for (guint i = 0; i < self->scene->members->len; i++)
    draw_line (self, cr, self->scene->members->pdata[i], -INFINITY, INFINITY);
}

/* A is solid up to now and dashed beyond; the candidates are solid. */
static void
draw_lines (TdmPlot *self, cairo_t *cr, guint regimen)
{
  const TdmSceneCurve *curve = self->scene->curves->pdata[regimen];
  tdm_color_set (cr, tdm_plot_regimen_color (self, regimen), 1);
  cairo_set_line_width (cr, self->palette->line);
  double now = regimen == 0 ? self->scene->now_h : INFINITY;
  tdm_plot_set_dash (self, cr, TDM_DASH_SOLID);
  draw_line (self, cr, curve, -INFINITY, now);
  cairo_set_line_width (cr, self->palette->line * 0.9);
  tdm_plot_set_dash (self, cr, TDM_DASH_DASHED);
  draw_line (self, cr, curve, now, INFINITY);
}

void
tdm_plot_draw_curves (TdmPlot *self, cairo_t *cr)
{
  const TdmPlotRect *pane = &self->layout.pane;
  cairo_save (cr);
  cairo_rectangle (cr, pane->x, pane->y, pane->width, pane->height);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < self->scene->curves->len; i++)
    draw_bands (self, cr, i);
  draw_typical (self, cr);
  draw_members (self, cr);
  for (guint i = 0; i < self->scene->curves->len; i++)
    draw_lines (self, cr, i);
  cairo_restore (cr);
}
