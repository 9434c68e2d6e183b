#include "plot/paper.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

/* Pixels of a PNG for each of the drawing. */
#define PNG_SCALE 2
/* The date of a PDF without one of its own: files must not differ by when they were
 * made. */
#define FIXED_DATE "2000-01-01T00:00:00Z"

static cairo_status_t
collect_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_pages (const TdmPaper *self, cairo_surface_t *surface)
{
  cairo_t *cr = cairo_create (surface);
  for (guint page = 0; page < MAX (self->n_pages, 1); page++)
    {
      self->draw (self->data, cr, page);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
}

static cairo_status_t
make_pdf (const TdmPaper *self, GByteArray *bytes)
{
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (
      collect_cb, bytes, self->width, self->height);
  const char *date = self->date != NULL ? self->date : FIXED_DATE;
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_MOD_DATE, date);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Titrate " TDM_VERSION);
  if (self->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, self->title);
  draw_pages (self, surface);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

/* Cairo numbers surfaces over the life of the process and writes the numbers into SVG
 * ids; they become 1, 2, … in order of appearance. */
static gboolean
renumber_cb (const GMatchInfo *match, GString *result, gpointer data)
{
  GHashTable *numbers = data;
  g_autofree char *lead = g_match_info_fetch (match, 1);
  g_autofree char *id = g_match_info_fetch (match, 2);
  gpointer number = g_hash_table_lookup (numbers, id);
  if (number == NULL)
    {
      number = GUINT_TO_POINTER (g_hash_table_size (numbers) + 1);
      g_hash_table_insert (numbers, g_strdup (id), number);
    }
  g_string_append_printf (result, "%s%u", lead, GPOINTER_TO_UINT (number));
  return FALSE;
}

static void
renumber (GByteArray *bytes)
{
  g_autoptr (GRegex) ids =
      g_regex_new ("((?:id=\"|#)(?:surface|image|source-|mask-source-?))(\\d+)",
                   G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GHashTable) numbers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = g_regex_replace_eval (
      ids, (const char *)bytes->data, bytes->len, 0, 0, renumber_cb, numbers, NULL);
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *)text, (guint)strlen (text));
}

static cairo_status_t
make_svg (const TdmPaper *self, GByteArray *bytes)
{
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (
      collect_cb, bytes, self->width, self->height);
  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  draw_pages (self, surface);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    renumber (bytes);
  return status;
}

static cairo_status_t
make_png (const TdmPaper *self, GByteArray *bytes)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)(self->width * PNG_SCALE),
                                  (int)(self->height * PNG_SCALE));
  cairo_surface_set_device_scale (surface, PNG_SCALE, PNG_SCALE);
  draw_pages (self, surface);
  cairo_status_t status =
      cairo_surface_write_to_png_stream (surface, collect_cb, bytes);
  cairo_surface_destroy (surface);
  return status;
}

static gboolean
has_suffix (const char *path, const char *suffix)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  return g_str_has_suffix (lower, suffix);
}

static gboolean
render (const TdmPaper *self, const char *path, GByteArray *bytes, GError **error)
{
  cairo_status_t status;
  if (has_suffix (path, ".pdf"))
    status = make_pdf (self, bytes);
  else if (!self->pdf_only && has_suffix (path, ".svg"))
    status = make_svg (self, bytes);
  else if (!self->pdf_only && has_suffix (path, ".png"))
    status = make_png (self, bytes);
  else
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                   self->pdf_only ? "%s: the file name must end in .pdf"
                                  : "%s: the file name must end in .svg, .png or .pdf",
                   path);
      return FALSE;
    }
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: cannot be drawn: %s", path,
               cairo_status_to_string (status));
  return FALSE;
}

gboolean
tdm_paper_write (const TdmPaper *self, const char *path, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) cause = NULL;
  if (!render (self, path, bytes, error))
    return FALSE;
  if (g_file_set_contents_full (
          path, (const char *)bytes->data, bytes->len,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: cannot be written: %s", path,
               cause->message);
  return FALSE;
}
