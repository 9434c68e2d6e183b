/* Notes: caveats that travel with an answer. */
#include "base/note.h"

static void
note_free (gpointer data)
{
  TdmNote *note = data;
  g_free (note->code);
  g_free (note->text);
  g_free (note->place);
  g_free (note);
}

static gboolean
has (const GPtrArray *notes, const char *code, const char *text)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const TdmNote *note = notes->pdata[i];
      if (g_str_equal (note->code, code) && g_str_equal (note->text, text))
        return TRUE;
    }
  return FALSE;
}

GPtrArray *
tdm_notes_new (void)
{
  return g_ptr_array_new_with_free_func (note_free);
}

void
tdm_notes_add (GPtrArray *notes, TdmNoteSeverity severity, const char *code,
               const char *place, const char *format, ...)
{
  g_assert (code != NULL);
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  if (has (notes, code, text))
    return;

  TdmNote *note = g_new0 (TdmNote, 1);
  note->severity = severity;
  note->code = g_strdup (code);
  note->text = g_steal_pointer (&text);
  note->place = g_strdup (place);
  g_ptr_array_add (notes, note);
}

void
tdm_notes_extend (GPtrArray *notes, const GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    {
      const TdmNote *note = more->pdata[i];
      tdm_notes_add (notes, note->severity, note->code, note->place, "%s", note->text);
    }
}

const TdmNote *
tdm_notes_refusal (const GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    {
      const TdmNote *note = notes->pdata[i];
      if (note->severity == TDM_NOTE_REFUSE)
        return note;
    }
  return NULL;
}

const char *
tdm_note_severity_name (TdmNoteSeverity severity)
{
  static const char *const names[] = { "info", "caution", "refuse" };
  g_assert ((guint)severity < G_N_ELEMENTS (names));
  return names[severity];
}
