/* The drafts as a whole: which of them hold the answer back, and those of an earlier
 * day. */
#include "app/form-private.h"

#include <string.h>

/* What is only chosen for a row still to be typed changes nothing yet. */
static gboolean
is_choice (TdmCellKind kind)
{
  return kind == TDM_CELL_COVARIATE_UNIT || kind == TDM_CELL_DOSE_UNIT
         || kind == TDM_CELL_DIALYSIS_UNIT || kind == TDM_CELL_LEVEL_UNIT
         || kind == TDM_CELL_LEVEL_OUTPUT;
}

gboolean
tdm_form_has_drafts (TdmForm *self)
{
  GHashTableIter iter;
  gpointer draft;

  g_hash_table_iter_init (&iter, self->drafts);
  while (g_hash_table_iter_next (&iter, NULL, &draft))
    {
      TdmCellKind kind = ((TdmDraft *)draft)->cell.kind;
      if (!tdm_section_is_plan (tdm_cell_section (kind)) && !is_choice (kind))
        return TRUE;
    }
  return FALSE;
}

void
tdm_form_tell_pending (TdmForm *self)
{
  tdm_session_set_pending (self->session, tdm_form_has_drafts (self));
}

void
tdm_form_collect_texts (TdmForm *self, TdmSection section, guint row,
                        const char *texts[TDM_CELL_N])
{
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    {
      const TdmDraft *draft = tdm_cell_section (kind) == section
                                  ? tdm_form_find_draft (self, (TdmCell){ kind, row })
                                  : NULL;
      texts[kind] = draft != NULL ? draft->text : NULL;
    }
}

/* Does not hold the form: what arrives after its end is dropped. */
typedef struct
{
  GWeakRef form;
  char *case_id;
} Loading;

/* Drafts from an earlier day come back with the case. */
static void
drafts_loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Loading *loading = data;
  g_autoptr (TdmForm) self = g_weak_ref_get (&loading->form);
  g_autofree char *case_id = loading->case_id;
  g_autoptr (GHashTable) stored = tdm_store_load_drafts_finish (result, NULL);
  GHashTableIter iter;
  gpointer key, text;

  g_weak_ref_clear (&loading->form);
  if (self == NULL || stored == NULL || g_hash_table_size (stored) == 0
      || g_strcmp0 (case_id, self->case_id) != 0)
    return;
  g_hash_table_iter_init (&iter, stored);
  while (g_hash_table_iter_next (&iter, &key, &text))
    {
      TdmCell cell;
      if (!tdm_cell_from_key (key, &cell) || tdm_form_find_draft (self, cell) != NULL)
        continue;
      /* A question that was open when the program ended is asked again by asking. */
      g_autofree char *committed = tdm_form_get_text (self, cell);
      if (strcmp (committed, text) == 0)
        continue;
      tdm_form_set_draft (self, cell, text)->stored = TRUE;
    }
  tdm_form_emit_updated (self);
}

void
tdm_form_load_drafts (TdmForm *self)
{
  TdmStore *store = tdm_session_get_store (self->session);

  if (store == NULL || self->case_id == NULL)
    return;
  Loading *loading = g_new0 (Loading, 1);
  g_weak_ref_init (&loading->form, self);
  loading->case_id = g_strdup (self->case_id);
  tdm_store_load_drafts_async (store, self->case_id, drafts_loaded_cb, loading);
}
