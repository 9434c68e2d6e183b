/* Places in a text file, for messages. */
#pragma once

#include <glib.h>

/* Lines and columns count from 1; a column is a character, not a byte. Borrows `file`.
 */
typedef struct
{
  const char *file;
  guint line, column;
} TdmPlace;

/* Sets a TDM_ERROR_INPUT error "FILE:LINE:COLUMN: MESSAGE". Always returns FALSE. */
gboolean tdm_place_set_error (GError **error, const TdmPlace *place, const char *format,
                              ...) G_GNUC_PRINTF (3, 4);

/* Where the byte at `offset` of `text` stands when `text` begins at `start`. */
TdmPlace tdm_place_advance (const TdmPlace *start, const char *text, gsize offset);
