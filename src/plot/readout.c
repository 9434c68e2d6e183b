/* The crosshair and its card. */
#include "plot/plot-private.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "base/number.h"

#define MAX_LINES 4

typedef struct
{
  guint n;
  char *text[MAX_LINES];
  TdmColor color[MAX_LINES];
} Card;

static void
card_clear (Card *card)
{
  for (guint i = 0; i < card->n; i++)
    g_free (card->text[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Card, card_clear)

/* "7 h 30 min", "45 min". */
static char *
duration_text (double hours)
{
  int minutes = (int)lround (hours * 60);
  if (minutes < 60)
    return g_strdup_printf ("%d min", minutes);
  if (minutes % 60 == 0)
    return g_strdup_printf ("%d h", minutes / 60);
  return g_strdup_printf ("%d h %d min", minutes / 60, minutes % 60);
}

/* What was given, and then what the leading regimen plans. */
static gboolean
dose_counts (TdmPlot *self, const TdmSceneDose *dose)
{
  if (dose->missed)
    return FALSE;
  double split = tdm_plot_split_h (self);
  if (dose->regimen == 0)
    return !dose->planned || dose->time_h < split - 1e-6;
  return dose->regimen == 1 && isfinite (split);
}

/* "just before next dose", "30 min into infusion", "7 h after dose". */
static char *
relation_text (TdmPlot *self, double time_h)
{
  const TdmSceneDose *last = NULL;
  for (guint i = 0; i < self->scene->doses->len; i++)
    {
      const TdmSceneDose *dose = self->scene->doses->pdata[i];
      if (!dose_counts (self, dose))
        continue;
      if (fabs (dose->time_h - time_h) < 0.5 / 60)
        return g_strdup (last != NULL ? "just before next dose"
                                      : "just before first dose");
      if (dose->time_h < time_h && (last == NULL || dose->time_h > last->time_h))
        last = dose;
    }
  if (last == NULL)
    return NULL;
  g_autofree char *since = duration_text (time_h - last->time_h);
  if (fabs (time_h - last->time_h - last->duration_h) < 0.5 / 60)
    return g_strdup ("end of infusion");
  const char *words =
      time_h < last->time_h + last->duration_h ? "into infusion" : "after dose";
  return g_strdup_printf ("%s %s", since, words);
}

/* "15.3 mg/L  (90 %: 11.2–19)". */
static char *
value_text (TdmPlot *self, const TdmSceneCurve *curve, double time_h)
{
  const char *unit = self->scene->unit != NULL ? self->scene->unit : "";
  g_autofree char *value =
      tdm_number_format (tdm_scene_curve_at (curve, curve->value, time_h), 3);
  if (curve->low90 == NULL)
    return g_strdup_printf ("%s %s", value, unit);
  g_autofree char *low =
      tdm_number_format (tdm_scene_curve_at (curve, curve->low90, time_h), 3);
  g_autofree char *high =
      tdm_number_format (tdm_scene_curve_at (curve, curve->high90, time_h), 3);
  return g_strdup_printf ("%s %s  (90 %%: %s–%s)", value, unit, low, high);
}

static void
card_add (Card *card, char *text, TdmColor color)
{
  card->text[card->n] = text;
  card->color[card->n++] = color;
}

static void
card_add_curve (TdmPlot *self, Card *card, guint regimen, double time_h)
{
  const TdmSceneCurve *curve = self->scene->curves->pdata[regimen];
  if (!tdm_scene_curve_covers (curve, time_h))
    return;
  g_autofree char *value = value_text (self, curve, time_h);
  card_add (card, g_strdup_printf ("%c  %s", 'A' + (int)regimen, value),
            tdm_plot_regimen_color (self, regimen));
}

static void
card_fill (TdmPlot *self, Card *card, double time_h)
{
  const TdmScene *scene = self->scene;
  g_autofree char *time = tdm_plot_time_text (self, time_h);
  g_autofree char *relation = relation_text (self, time_h);
  card_add (card,
            relation != NULL ? g_strdup_printf ("%s · %s", time, relation)
                             : g_strdup (time),
            self->palette->text);
  for (guint i = MIN (scene->curves->len, 2); i > 0; i--)
    card_add_curve (self, card, i - 1, time_h);
  if (scene->typical != NULL && tdm_scene_curve_covers (scene->typical, time_h))
    {
      g_autofree char *value = value_text (self, scene->typical, time_h);
      card_add (card, g_strdup_printf ("typical  %s", value),
                self->palette->typical_text);
    }
}

static double
within_view (const TdmPlot *self, double time_h)
{
  return CLAMP (time_h, self->from_h, self->to_h);
}

/* The top of all curves and levels (least y) between two pixels. */
static double
ink_top (TdmPlot *self, double from_x, double to_x)
{
  double top = self->layout.pane.y + self->layout.pane.height;
  for (guint i = 0; i < self->scene->levels->len; i++)
    {
      const TdmSceneLevel *level = self->scene->levels->pdata[i];
      double x = tdm_plot_x_of (self, level->time_h);
      if (x >= from_x && x <= to_x)
        top = MIN (top, tdm_plot_y_of (self, level->value + level->sd));
    }
  for (guint i = 0; i < self->scene->curves->len; i++)
    {
      const TdmSceneCurve *curve = self->scene->curves->pdata[i];
      for (int k = 0; k <= 24; k++)
        {
          double time = tdm_plot_time_at (self, from_x + (to_x - from_x) * k / 24);
          if (tdm_scene_curve_covers (curve, time))
            top = MIN (top, tdm_plot_y_of (
                                self, tdm_scene_curve_at (curve, curve->value, time)));
        }
    }
  return top;
}

/* The emptier upper corner, unless the crosshair runs through it; in a plot too narrow
 * for both, beside the crosshair. */
static TdmPlotRect
park (TdmPlot *self, double width, double height, double time_h)
{
  const TdmPlotRect *pane = &self->layout.pane;
  double unit = tdm_plot_unit_px (self);
  double edge = 8 * unit;
  double left = pane->x + edge;
  double right = MAX (left, pane->x + pane->width - edge - width);
  double x = tdm_plot_x_of (self, time_h);
  gboolean left_hit = x > left - edge && x < left + width + edge;
  gboolean right_hit = x > right - edge && x < right + width + edge;
  double at = ink_top (self, left, left + width) >= ink_top (self, right, right + width)
                  ? left
                  : right;
  if (left_hit && right_hit)
    at = x - edge - width >= 2 ? x - edge - width
                               : MIN (x + edge, MAX (self->width - width - 2, 2));
  else if (left_hit)
    at = right;
  else if (right_hit)
    at = left;
  return (TdmPlotRect){ at, pane->y + edge, width, height };
}

typedef struct
{
  PangoLayout *lines[MAX_LINES];
  double line_height;
  TdmPlotRect box;
} CardLayout;

static void
card_lay_out (TdmPlot *self, const Card *card, double time_h, CardLayout *out)
{
  double unit = tdm_plot_unit_px (self);
  double width = 0;
  out->line_height = 0;
  for (guint i = 0; i < card->n; i++)
    {
      double own, height;
      out->lines[i] = tdm_plot_text_new (self, i == 0 ? TDM_TEXT_BOLD : TDM_TEXT_NORMAL,
                                         card->text[i]);
      tdm_plot_text_size (out->lines[i], &own, &height);
      width = MAX (width, own);
      out->line_height = MAX (out->line_height, height + 2 * unit);
    }
  double pad = 8 * unit;
  out->box =
      park (self, width + 2 * pad, card->n * out->line_height + 2 * pad - 2, time_h);
}

static void
draw_crosshair (TdmPlot *self, cairo_t *cr, double time_h)
{
  const TdmPlotLayout *layout = &self->layout;
  const TdmScene *scene = self->scene;
  double x = tdm_plot_x_of (self, time_h);
  tdm_color_set (cr, self->palette->text, 0.75);
  cairo_set_line_width (cr, 1);
  tdm_plot_set_dash (self, cr, TDM_DASH_DOTTED);
  cairo_move_to (cr, floor (x) + 0.5, layout->pane.y);
  cairo_line_to (cr, floor (x) + 0.5, layout->doses.y + layout->doses.height);
  cairo_stroke (cr);
  tdm_plot_set_dash (self, cr, TDM_DASH_SOLID);
  for (guint i = 0; i < scene->curves->len; i++)
    {
      const TdmSceneCurve *curve = scene->curves->pdata[i];
      if (!tdm_scene_curve_covers (curve, time_h))
        continue;
      double y = tdm_plot_y_of (self, tdm_scene_curve_at (curve, curve->value, time_h));
      if (y < layout->pane.y || y > layout->pane.y + layout->pane.height)
        continue;
      cairo_arc (cr, x, y, 4.5, 0, 2 * G_PI);
      tdm_color_set (cr, self->palette->background, 1);
      cairo_fill_preserve (cr);
      tdm_color_set (cr, tdm_plot_regimen_color (self, i), 1);
      cairo_set_line_width (cr, 2);
      cairo_stroke (cr);
    }
}

static void
draw_card (TdmPlot *self, cairo_t *cr, const Card *card, const CardLayout *layout)
{
  double pad = 8 * tdm_plot_unit_px (self);
  const TdmPlotRect *box = &layout->box;
  double radius = 5;
  cairo_new_sub_path (cr);
  cairo_arc (cr, box->x + box->width - radius, box->y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, box->x + box->width - radius, box->y + box->height - radius, radius, 0,
             G_PI_2);
  cairo_arc (cr, box->x + radius, box->y + box->height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, box->x + radius, box->y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
  tdm_color_set (cr, self->palette->card, 0.94);
  cairo_fill_preserve (cr);
  tdm_color_set (cr, self->palette->card_edge, 1);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  for (guint i = 0; i < card->n; i++)
    {
      tdm_color_set (cr, card->color[i], 1);
      cairo_move_to (cr, box->x + pad, box->y + pad + i * layout->line_height);
      pango_cairo_show_layout (cr, layout->lines[i]);
    }
}

static void
card_layout_clear (CardLayout *layout, guint n)
{
  for (guint i = 0; i < n; i++)
    g_object_unref (layout->lines[i]);
}

void
tdm_plot_draw_readout (TdmPlot *self, cairo_t *cr, double time_h)
{
  if (self->scene == NULL)
    return;
  g_return_if_fail (isfinite (time_h));
  g_auto (Card) card = { 0 };
  CardLayout layout = { 0 };
  tdm_plot_lay_out (self);
  time_h = within_view (self, time_h);
  card_fill (self, &card, time_h);
  card_lay_out (self, &card, time_h, &layout);
  cairo_save (cr);
  draw_crosshair (self, cr, time_h);
  draw_card (self, cr, &card, &layout);
  cairo_restore (cr);
  card_layout_clear (&layout, card.n);
}

TdmPlotRect
tdm_plot_readout_box (TdmPlot *self, double time_h)
{
  g_auto (Card) card = { 0 };
  CardLayout layout = { 0 };
  tdm_plot_lay_out (self);
  time_h = within_view (self, time_h);
  card_fill (self, &card, time_h);
  card_lay_out (self, &card, time_h, &layout);
  card_layout_clear (&layout, card.n);
  return layout.box;
}

char *
tdm_plot_readout_text (TdmPlot *self, double time_h)
{
  g_return_val_if_fail (self->scene != NULL && isfinite (time_h), NULL);
  g_auto (Card) card = { 0 };
  GString *text = g_string_new (NULL);
  card_fill (self, &card, within_view (self, time_h));
  for (guint i = 0; i < card.n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", card.text[i]);
  return g_string_free (text, FALSE);
}
