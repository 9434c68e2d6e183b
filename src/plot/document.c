#include "plot/document.h"

#include <pango/pangocairo.h>

#include "plot/paper.h"

#define WIDTH 595.28
#define HEIGHT 841.89
#define MARGIN 42.0
#define INNER (WIDTH - 2 * MARGIN)
#define BODY 8.0
#define HEADING 10.5
#define TITLE 14.0
/* What a heading must have below it on its page. */
#define ROOM (9 * BODY)
#define MAX_CELLS 8

typedef struct
{
  double size;
  gboolean bold;
  guint n;
  char *cells[MAX_CELLS];
  double stops[MAX_CELLS]; /* and the end of the last at 1 */
  guint page;              /* where it stands, once the blocks were laid out */
  double y;
} Block;

struct _TdmDocument
{
  char *title;
  GPtrArray *blocks; /* of Block* */
};

static void
block_free (gpointer data)
{
  Block *self = data;
  for (guint i = 0; i < self->n; i++)
    g_free (self->cells[i]);
  g_free (self);
}

static void
add_text (TdmDocument *self, const char *text, double size, gboolean bold)
{
  Block *block = g_new0 (Block, 1);
  block->size = size;
  block->bold = bold;
  block->n = 1;
  block->cells[0] = g_strdup (text);
  g_ptr_array_add (self->blocks, block);
}

TdmDocument *
tdm_document_new (const char *title)
{
  TdmDocument *self = g_new0 (TdmDocument, 1);
  self->title = g_strdup (title);
  self->blocks = g_ptr_array_new_with_free_func (block_free);
  add_text (self, title, TITLE, TRUE);
  return self;
}

void
tdm_document_free (TdmDocument *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self->title);
  g_free (self);
}

void
tdm_document_add_heading (TdmDocument *self, const char *text)
{
  add_text (self, text, HEADING, TRUE);
}

void
tdm_document_add_paragraph (TdmDocument *self, const char *text)
{
  add_text (self, text, BODY, FALSE);
}

void
tdm_document_add_row (TdmDocument *self, const char *const *cells, const double *stops,
                      guint n)
{
  Block *block = g_new0 (Block, 1);
  g_assert (n <= MAX_CELLS);
  block->size = BODY;
  block->n = n;
  for (guint i = 0; i < n; i++)
    {
      block->cells[i] = g_strdup (cells[i] != NULL ? cells[i] : "");
      block->stops[i] = stops[i];
    }
  g_ptr_array_add (self->blocks, block);
}

static PangoLayout *
layout_cell (PangoContext *context, const Block *block, guint i)
{
  const double end = i + 1 < block->n ? block->stops[i + 1] : 1.0;
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");

  pango_font_description_set_absolute_size (font, block->size * PANGO_SCALE);
  if (block->bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout,
                          ((end - block->stops[i]) * INNER - 4.0) * PANGO_SCALE);
  pango_layout_set_text (layout, block->cells[i], -1);
  return layout;
}

/* Draws a block at `y` (cr NULL: only measures it) and returns its height. */
static double
draw_block (PangoContext *context, const Block *block, cairo_t *cr, double y)
{
  const double above = block->bold ? 0.7 * block->size : 1.0;
  double height = 0.0;

  for (guint i = 0; i < block->n; i++)
    {
      int used;
      PangoLayout *layout = layout_cell (context, block, i);
      pango_layout_get_size (layout, NULL, &used);
      height = MAX (height, (double)used / PANGO_SCALE);
      if (cr != NULL)
        {
          cairo_move_to (cr, MARGIN + block->stops[i] * INNER, y + above);
          pango_cairo_show_layout (cr, layout);
        }
      g_object_unref (layout);
    }
  return height + above + (block->bold ? 0.3 * block->size : 1.5);
}

static PangoContext *
new_context (void)
{
  return pango_font_map_create_context (pango_cairo_font_map_get_default ());
}

/* Gives every block its place; returns how many pages there are. A heading takes room
 * for a few lines with it. */
static guint
lay_out (const TdmDocument *self)
{
  PangoContext *context = new_context ();
  double y = MARGIN;
  guint page = 0;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      Block *block = self->blocks->pdata[i];
      double height = draw_block (context, block, NULL, y);
      if (y + height + (block->bold ? ROOM : 0) > HEIGHT - MARGIN && y > MARGIN)
        {
          y = MARGIN;
          page++;
        }
      block->page = page;
      block->y = y;
      y += height;
    }
  g_object_unref (context);
  return page + 1;
}

/* "3 / 26" at the foot of the page. */
static void
draw_number (const TdmDocument *self, PangoContext *context, cairo_t *cr, guint page)
{
  const Block *last = self->blocks->pdata[self->blocks->len - 1];
  Block block = { .size = BODY, .n = 1, .stops = { 0.94 } };

  block.cells[0] = g_strdup_printf ("%u / %u", page + 1, last->page + 1);
  draw_block (context, &block, cr, HEIGHT - 0.7 * MARGIN);
  g_free (block.cells[0]);
}

static void
draw_cb (gpointer data, cairo_t *cr, guint page)
{
  const TdmDocument *self = data;
  PangoContext *context = new_context ();

  for (guint i = 0; i < self->blocks->len; i++)
    {
      const Block *block = self->blocks->pdata[i];
      if (block->page == page)
        draw_block (context, block, cr, block->y);
    }
  draw_number (self, context, cr, page);
  g_object_unref (context);
}

gboolean
tdm_document_save (const TdmDocument *self, const char *path, const char *date,
                   GError **error)
{
  const TdmPaper paper = { .width = WIDTH,
                           .height = HEIGHT,
                           .n_pages = lay_out (self),
                           .pdf_only = TRUE,
                           .title = self->title,
                           .date = date,
                           .draw = draw_cb,
                           .data = (gpointer)self };
  return tdm_paper_write (&paper, path, error);
}

char **
tdm_document_versions (void)
{
  char *const list[] = { "Cairo", (char *)cairo_version_string (), "Pango",
                         (char *)pango_version_string (), NULL };
  return g_strdupv ((char **)list);
}
