/* Text of the plot: Pango layouts without hinting, in absolute sizes, so that screen,
 * file and paper measure the same. */
#include "plot/plot-private.h"

#include <math.h>
#include <pango/pangocairo.h>

/* How far a chip reaches beyond its text, px at 100 % text. */
#define CHIP_PAD 6

static const double sizes[] = { 11, 12, 12, 14 };

/* Large text needs a large plot: what would leave no room for the curves is scaled
 * back. */
double
tdm_plot_unit_px (const TdmPlot *self)
{
  double room = MAX (1, MIN (self->width / 460, self->height / 290));
  return MIN (self->style.text_scale, room);
}

PangoLayout *
tdm_plot_text_new (TdmPlot *self, TdmTextKind kind, const char *text)
{
  PangoLayout *layout = pango_layout_new (self->pango);
  PangoFontDescription *font = pango_font_description_new ();
  pango_font_description_set_family (font, self->style.font != NULL ? self->style.font
                                                                    : "Sans");
  pango_font_description_set_absolute_size (font, sizes[kind] * tdm_plot_unit_px (self)
                                                      * PANGO_SCALE);
  if (kind == TDM_TEXT_BOLD || kind == TDM_TEXT_TITLE)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

void
tdm_plot_text_size (PangoLayout *layout, double *width, double *height)
{
  PangoRectangle logical;
  pango_layout_get_extents (layout, NULL, &logical);
  *width = logical.width / (double)PANGO_SCALE;
  *height = logical.height / (double)PANGO_SCALE;
}

TdmPlacedText *
tdm_plot_text_place (TdmPlot *self, PangoLayout *layout, TdmColor color, double x,
                     double y)
{
  TdmPlacedText *text = g_new0 (TdmPlacedText, 1);
  text->layout = layout;
  text->color = color;
  text->box.x = x;
  text->box.y = y;
  tdm_plot_text_size (layout, &text->box.width, &text->box.height);
  g_ptr_array_add (self->layout.texts, text);
  return text;
}

gboolean
tdm_plot_text_is_free (TdmPlot *self, const TdmPlotRect *box)
{
  for (guint i = 0; i < self->layout.texts->len; i++)
    {
      const TdmPlacedText *text = self->layout.texts->pdata[i];
      const TdmPlotRect *other = &text->box;
      double reach = text->chip ? CHIP_PAD * tdm_plot_unit_px (self) : 0;
      if (box->x < other->x + other->width + reach
          && other->x - reach < box->x + box->width && box->y < other->y + other->height
          && other->y < box->y + box->height)
        return FALSE;
    }
  return TRUE;
}

static void
draw_halo (TdmPlot *self, cairo_t *cr, const TdmPlacedText *text)
{
  cairo_move_to (cr, text->box.x, text->box.y);
  pango_cairo_layout_path (cr, text->layout);
  tdm_color_set (cr, self->palette->background, 0.85);
  cairo_set_line_width (cr, 3.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
}

static void
draw_chip (TdmPlot *self, cairo_t *cr, const TdmPlotRect *box)
{
  double pad = CHIP_PAD * tdm_plot_unit_px (self);
  double radius = box->height / 2;
  double left = box->x - pad + radius;
  double right = box->x + box->width + pad - radius;
  double middle = box->y + box->height / 2;
  cairo_new_sub_path (cr);
  cairo_arc (cr, right, middle, radius, -G_PI_2, G_PI_2);
  cairo_arc (cr, left, middle, radius, G_PI_2, 3 * G_PI_2);
  cairo_close_path (cr);
  tdm_color_set (cr, self->palette->text, 1);
  cairo_fill (cr);
}

void
tdm_plot_text_draw (TdmPlot *self, cairo_t *cr, const TdmPlacedText *text)
{
  if (text->halo)
    draw_halo (self, cr, text);
  if (text->chip)
    draw_chip (self, cr, &text->box);
  tdm_color_set (cr, text->chip ? self->palette->background : text->color, 1);
  cairo_move_to (cr, text->box.x, text->box.y);
  pango_cairo_show_layout (cr, text->layout);
}
