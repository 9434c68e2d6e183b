/* Notes: caveats that travel with an answer. */
#pragma once

#include <glib.h>

typedef enum
{
  TDM_NOTE_INFO,
  TDM_NOTE_CAUTION,
  TDM_NOTE_REFUSE, /* removes the proposals: advice is withheld */
} TdmNoteSeverity;

/* One note. Plain immutable value. `code` is stable and for programs
 * ("covariate-outside-range"), `text` is a sentence for people, `place` the field
 * it is about ("covariates[0]") or NULL. */
typedef struct
{
  TdmNoteSeverity severity;
  char *code;
  char *text;
  char *place;
} TdmNote;

/* Ownership: the list owns its notes; free it with g_ptr_array_unref(). */
GPtrArray *tdm_notes_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a note unless one with the same code and text is there already. */
void tdm_notes_add (GPtrArray *notes, TdmNoteSeverity severity, const char *code,
                    const char *place, const char *format, ...) G_GNUC_PRINTF (5, 6);

/* Appends copies of all of `more`. */
void tdm_notes_extend (GPtrArray *notes, const GPtrArray *more);

/* First note of severity TDM_NOTE_REFUSE, or NULL. Borrowed. */
const TdmNote *tdm_notes_refusal (const GPtrArray *notes);

/* "info", "caution" or "refuse". Borrowed, static. */
const char *tdm_note_severity_name (TdmNoteSeverity severity);
