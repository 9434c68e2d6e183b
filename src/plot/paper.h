/* Files of drawings: SVG, PNG, PDF, the same bytes for the same drawing. */
#pragma once

#include <cairo.h>
#include <glib.h>

/* Draws page `page` (0-based). */
typedef void (*TdmPaperDraw) (gpointer data, cairo_t *cr, guint page);

typedef struct
{
  double width, height; /* points in a PDF, pixels otherwise */
  guint n_pages;
  gboolean pdf_only;
  const char *title; /* of a PDF, or NULL */
  const char *date;  /* of a PDF, ISO 8601; NULL = a fixed one */
  TdmPaperDraw draw;
  gpointer data;
} TdmPaper;

/* Writes FILE.svg, .png or .pdf by suffix: everything in memory first, then atomically,
 * readable by the owner only. FALSE with TDM_ERROR_USAGE for another suffix (naming the
 * three) or for another than a PDF where only that will do, TDM_ERROR_SYSTEM when the
 * file cannot be written. */
gboolean tdm_paper_write (const TdmPaper *self, const char *path,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
