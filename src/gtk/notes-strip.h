/* The warnings over the plot: always there as long as they hold, the gravest first. */
#pragma once

#include <gtk/gtk.h>

#include "base/note.h"

#define TDM_TYPE_NOTES_STRIP (tdm_notes_strip_get_type ())
G_DECLARE_FINAL_TYPE (TdmNotesStrip, tdm_notes_strip, TDM, NOTES_STRIP, GtkWidget)

/* Signal "jump" (char *place): the field that a note is about is asked for. */

/* `notes`: of TdmNote, the gravest first; NULL = none. */
void tdm_notes_strip_set_notes (TdmNotesStrip *self, const GPtrArray *notes);
