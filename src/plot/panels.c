/* Panels. Lines are told apart by colour, dash and the mark at each point, and each is
 * named at its right end: no legend to look up. */
#include "plot/panels.h"

#include "plot/palette.h"
#include "plot/paper.h"

#include <math.h>
#include <pango/pangocairo.h>

#define WIDTH 900.0
#define LEFT 62.0
#define RIGHT 250.0
#define MARGIN 20.0
#define PANEL 190.0
#define GAP 44.0
#define BELOW 46.0
#define TEXT 12.5
#define TITLE 16.0
#define LINE_STEP 18.0
#define POINT 3.6

typedef struct
{
  const TdmPanels *panels;
  const TdmPalette *palette;
  cairo_t *cr;
  double top; /* of the first panel */
} Page;

typedef struct
{
  double size, width; /* width 0 = one line */
  gboolean bold;
} Font;

static PangoLayout *
layout_new (cairo_t *cr, const char *text, const Font *font)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_new ();
  pango_font_description_set_family (description, "Sans");
  pango_font_description_set_absolute_size (description, font->size * PANGO_SCALE);
  if (font->bold)
    pango_font_description_set_weight (description, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  if (font->width > 0)
    {
      pango_layout_set_width (layout, (int)(font->width * PANGO_SCALE));
      pango_layout_set_wrap (layout, PANGO_WRAP_WORD);
    }
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* Writes `text` with its top at y and its left end, middle or right end (align 0, 0.5,
 * 1) at x; returns its height. */
static double
write_text (Page *page, const char *text, const Font *font, double align, double x,
            double y)
{
  PangoRectangle box;
  PangoLayout *layout = layout_new (page->cr, text, font);
  pango_layout_get_extents (layout, NULL, &box);
  cairo_move_to (page->cr, x - align * box.width / PANGO_SCALE, y);
  pango_cairo_show_layout (page->cr, layout);
  g_object_unref (layout);
  return box.height / (double)PANGO_SCALE;
}

static double
panel_top (const Page *page, guint k)
{
  return page->top + k * (PANEL + GAP);
}

static double
x_of (const Page *page, double x)
{
  const TdmPanels *p = page->panels;
  const double span = p->x[p->n - 1] - p->x[0];
  const double pad = 16, room = WIDTH - LEFT - RIGHT - 2 * pad;
  return LEFT + pad + (span > 0 ? room * (x - p->x[0]) / span : room / 2);
}

static double
y_of (const Page *page, guint k, double share)
{
  return panel_top (page, k) + PANEL * (1 - CLAMP (share, 0, 1));
}

/* Blue, vermilion, purple, green, grey and the text's own. */
static TdmColor
color_of (const Page *page, guint line)
{
  const TdmPalette *p = page->palette;
  const TdmColor colors[TDM_PANELS_MAX_LINES] = { p->regimen[0], p->regimen[1],
                                                  p->target,     p->regimen[2],
                                                  p->typical,    p->text };
  return colors[line];
}

static void
set_dash (cairo_t *cr, guint line)
{
  static const double dashes[TDM_PANELS_MAX_LINES][2] = {
    { 1, 0 }, { 8, 3 }, { 2, 3 }, { 12, 4 }, { 5, 5 }, { 1, 4 }
  };
  if (line == 0)
    cairo_set_dash (cr, NULL, 0, 0);
  else
    cairo_set_dash (cr, dashes[line], 2, 0);
}

static void
draw_frame (Page *page, guint k)
{
  const Font small = { TEXT, 0, FALSE }, bold = { TEXT, 0, TRUE };
  const double right = WIDTH - RIGHT;
  cairo_t *cr = page->cr;
  tdm_color_set (cr, page->palette->text, 1);
  write_text (page, page->panels->panels[k].title, &bold, 0, LEFT,
              panel_top (page, k) - 21);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i <= 4; i++)
    {
      g_autofree char *label = g_strdup_printf ("%u %%", 25 * i);
      const double y = round (y_of (page, k, 0.25 * i)) + 0.5;
      tdm_color_set (cr, i ? page->palette->grid : page->palette->axis, 1);
      cairo_move_to (cr, LEFT, y);
      cairo_line_to (cr, right, y);
      cairo_stroke (cr);
      tdm_color_set (cr, page->palette->quiet, 1);
      write_text (page, label, &small, 1, LEFT - 8, y - 9);
    }
}

/* Labels of the horizontal axis, as many as there is room for. */
static void
draw_x_axis (Page *page)
{
  const TdmPanels *p = page->panels;
  const Font small = { TEXT, 0, FALSE };
  const double y = panel_top (page, p->n_panels - 1) + PANEL;
  const guint step = 1 + p->n / 16;
  tdm_color_set (page->cr, page->palette->quiet, 1);
  for (guint i = 0; i < p->n; i += step)
    {
      g_autofree char *label = g_strdup_printf ("%g", p->x[i]);
      write_text (page, label, &small, 0.5, x_of (page, p->x[i]), y + 6);
    }
  write_text (page, p->x_title, &small, 0.5, (LEFT + WIDTH - RIGHT) / 2, y + 24);
}

static void
draw_marks (Page *page, guint k)
{
  static const double dash[] = { 3, 3 };
  const TdmPanels *p = page->panels;
  const Font small = { TEXT - 1, 0, FALSE };
  cairo_t *cr = page->cr;
  for (guint i = 0; i < p->n_marks; i++)
    {
      const double x = round (x_of (page, p->marks[i])) + 0.5;
      tdm_color_set (cr, page->palette->quiet, 0.8);
      cairo_set_line_width (cr, 1);
      cairo_set_dash (cr, dash, 2, 0);
      cairo_move_to (cr, x, y_of (page, k, 1));
      cairo_line_to (cr, x, y_of (page, k, 0));
      cairo_stroke (cr);
      if (i == 0 && k == 0 && p->mark_label)
        {
          tdm_color_set (cr, page->palette->quiet, 1);
          write_text (page, p->mark_label, &small, 0, x + 4, y_of (page, k, 1) + 2);
        }
    }
}

static void
draw_band (Page *page, guint k, guint line)
{
  const TdmPanels *p = page->panels;
  const TdmPanelLine *l = &p->panels[k].lines[line];
  if (!l->low || !l->high)
    return;
  for (guint i = 0; i < p->n; i++)
    cairo_line_to (page->cr, x_of (page, p->x[i]), y_of (page, k, l->high[i]));
  for (guint i = p->n; i-- > 0;)
    cairo_line_to (page->cr, x_of (page, p->x[i]), y_of (page, k, l->low[i]));
  cairo_close_path (page->cr);
  tdm_color_set (page->cr, color_of (page, line), page->palette->band90);
  cairo_fill (page->cr);
}

/* A filled or hollow circle, square or diamond. */
static void
draw_point (Page *page, guint line, double x, double y)
{
  cairo_t *cr = page->cr;
  if (line % 3 == 0)
    cairo_arc (cr, x, y, POINT, 0, 2 * G_PI);
  else if (line % 3 == 1)
    cairo_rectangle (cr, x - POINT, y - POINT, 2 * POINT, 2 * POINT);
  else
    {
      cairo_move_to (cr, x, y - 1.4 * POINT);
      cairo_line_to (cr, x + 1.4 * POINT, y);
      cairo_line_to (cr, x, y + 1.4 * POINT);
      cairo_line_to (cr, x - 1.4 * POINT, y);
      cairo_close_path (cr);
    }
  tdm_color_set (cr, line < 3 ? color_of (page, line) : page->palette->background, 1);
  cairo_fill_preserve (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, 1.4);
  tdm_color_set (cr, color_of (page, line), 1);
  cairo_stroke (cr);
}

static void
draw_line (Page *page, guint k, guint line)
{
  const TdmPanels *p = page->panels;
  const TdmPanelLine *l = &p->panels[k].lines[line];
  for (guint i = 0; i < p->n; i++)
    cairo_line_to (page->cr, x_of (page, p->x[i]), y_of (page, k, l->value[i]));
  tdm_color_set (page->cr, color_of (page, line), 1);
  cairo_set_line_width (page->cr, page->palette->line);
  set_dash (page->cr, line);
  cairo_stroke (page->cr);
  for (guint i = 0; i < p->n; i++)
    draw_point (page, line, x_of (page, p->x[i]), y_of (page, k, l->value[i]));
}

/* Heights of the names, those of higher ends above, none on another. */
static void
place_names (const Page *page, guint k, double *y, double height)
{
  const TdmPanels *p = page->panels;
  guint order[TDM_PANELS_MAX_LINES];
  for (guint i = 0; i < p->n_lines; i++)
    {
      guint at = i;
      y[i] = y_of (page, k, p->panels[k].lines[i].value[p->n - 1]);
      for (; at > 0 && y[order[at - 1]] > y[i]; at--)
        order[at] = order[at - 1];
      order[at] = i;
    }
  for (guint i = 1; i < p->n_lines; i++)
    y[order[i]] = MAX (y[order[i]], y[order[i - 1]] + height);
  double floor = panel_top (page, k) + PANEL;
  for (guint i = p->n_lines; i-- > 0;)
    {
      y[order[i]] = MIN (y[order[i]], floor);
      floor = y[order[i]] - height;
    }
}

static void
draw_names (Page *page, guint k)
{
  const TdmPanels *p = page->panels;
  const Font font = { TEXT, RIGHT - 34 - MARGIN / 2, TRUE };
  double y[TDM_PANELS_MAX_LINES];
  place_names (page, k, y, LINE_STEP);
  for (guint i = 0; i < p->n_lines; i++)
    {
      const double end = y_of (page, k, p->panels[k].lines[i].value[p->n - 1]);
      const double from = x_of (page, p->x[p->n - 1]) + 8, to = WIDTH - RIGHT + 20;
      tdm_color_set (page->cr, color_of (page, i), 1);
      cairo_set_line_width (page->cr, 1);
      cairo_set_dash (page->cr, NULL, 0, 0);
      cairo_move_to (page->cr, from, end);
      cairo_line_to (page->cr, to, y[i]);
      cairo_stroke (page->cr);
      tdm_color_set (page->cr, page->palette->text, 1);
      write_text (page, p->names[i], &font, 0, to + 6, y[i] - 9);
    }
}

static void
draw_cb (gpointer data, cairo_t *cr, guint number)
{
  Page page = *(const Page *)data;
  const TdmPanels *p = page.panels;
  const Font title = { TITLE, 0, TRUE };
  const Font caption = { TEXT, WIDTH - 2 * MARGIN, FALSE };
  (void)number;
  page.cr = cr;
  tdm_color_set (cr, page.palette->background, 1);
  cairo_paint (cr);
  tdm_color_set (cr, page.palette->text, 1);
  write_text (&page, p->title, &title, 0, MARGIN, MARGIN - 6);
  tdm_color_set (cr, page.palette->quiet, 1);
  write_text (&page, p->caption, &caption, 0, MARGIN, MARGIN + 18);
  for (guint k = 0; k < p->n_panels; k++)
    {
      draw_frame (&page, k);
      draw_marks (&page, k);
      for (guint i = 0; i < p->n_lines; i++)
        draw_band (&page, k, i);
      for (guint i = 0; i < p->n_lines; i++)
        draw_line (&page, k, i);
      draw_names (&page, k);
    }
  draw_x_axis (&page);
}

/* How much room the caption takes. */
static double
caption_height (const char *caption)
{
  const Font font = { TEXT, WIDTH - 2 * MARGIN, FALSE };
  PangoRectangle box;
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR, NULL);
  cairo_t *cr = cairo_create (surface);
  PangoLayout *layout = layout_new (cr, caption, &font);
  pango_layout_get_extents (layout, NULL, &box);
  g_object_unref (layout);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return box.height / (double)PANGO_SCALE;
}

gboolean
tdm_panels_save (const TdmPanels *self, const char *path, GError **error)
{
  static const TdmPlotStyle style = { .text_scale = 1 };
  g_return_val_if_fail (self->n > 0 && self->n_lines <= TDM_PANELS_MAX_LINES, FALSE);
  Page page = { .panels = self, .palette = tdm_palette_for (&style) };
  page.top = MARGIN + 18 + caption_height (self->caption) + 34;
  const TdmPaper paper = {
    .width = WIDTH,
    .height = panel_top (&page, self->n_panels - 1) + PANEL + BELOW,
    .n_pages = 1,
    .title = self->title,
    .draw = draw_cb,
    .data = &page,
  };
  return tdm_paper_write (&paper, path, error);
}
