/* A plain document: headings, paragraphs and tables of text, on as many A4 pages as it
 * takes. */
#pragma once

#include <glib.h>

typedef struct _TdmDocument TdmDocument;

TdmDocument *tdm_document_new (const char *title) G_GNUC_WARN_UNUSED_RESULT;
void tdm_document_free (TdmDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDocument, tdm_document_free)

void tdm_document_add_heading (TdmDocument *self, const char *text);
void tdm_document_add_paragraph (TdmDocument *self, const char *text);
/* A row of `n` cells that start at `stops` (fractions of the width). */
void tdm_document_add_row (TdmDocument *self, const char *const *cells,
                           const double *stops, guint n);

/* Writes FILE.pdf; `date` (ISO 8601) is when it was made. FALSE with TDM_ERROR_USAGE
 * for another suffix, TDM_ERROR_SYSTEM when it cannot be written. */
gboolean tdm_document_save (const TdmDocument *self, const char *path, const char *date,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Name, version, name, version, … of the drawing libraries; NULL-terminated. Free with
 * g_strfreev(). */
char **tdm_document_versions (void) G_GNUC_WARN_UNUSED_RESULT;
