#include "app/form-private.h"

#include <string.h>

#include "app/paste.h"

G_DEFINE_FINAL_TYPE (TdmForm, tdm_form, G_TYPE_OBJECT)

static guint updated_signal;

static gpointer
cell_code (TdmCell cell)
{
  return GUINT_TO_POINTER ((cell.row << 8 | (guint)cell.kind) + 1);
}

static void
draft_free (gpointer data)
{
  TdmDraft *draft = data;

  g_free (draft->text);
  g_free (draft->error);
  g_clear_pointer (&draft->question, tdm_question_free);
  g_clear_pointer (&draft->kept, tdm_case_unref);
  g_free (draft);
}

TdmDraft *
tdm_form_find_draft (TdmForm *self, TdmCell cell)
{
  return g_hash_table_lookup (self->drafts, cell_code (cell));
}

static void
draft_saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  /* A draft is a convenience: the record itself says whether it is saved. */
  if (!tdm_store_save_draft_finish (result, &error))
    g_info ("TdmDraft not kept: %s", error->message);
}

static void
store_draft (TdmForm *self, TdmCell cell, const char *text)
{
  TdmStore *store = tdm_session_get_store (self->session);
  const char *case_id = tdm_session_get_case_id (self->session);
  g_autofree char *key = tdm_cell_key (cell);

  if (store != NULL && case_id != NULL)
    tdm_store_save_draft_async (store, case_id, key, text, draft_saved_cb, NULL);
}

void
tdm_form_emit_updated (TdmForm *self)
{
  tdm_form_tell_pending (self);
  g_signal_emit (self, updated_signal, 0);
}

void
tdm_form_drop (TdmForm *self, TdmCell cell)
{
  TdmDraft *draft = tdm_form_find_draft (self, cell);

  if (draft == NULL)
    return;
  if (draft->stored)
    store_draft (self, cell, NULL);
  g_hash_table_remove (self->drafts, cell_code (cell));
}

static void
drop_row (TdmForm *self, TdmSection section, guint row)
{
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    if (tdm_cell_section (kind) == section)
      tdm_form_drop (self, (TdmCell){ kind, row });
}

void
tdm_form_drop_section (TdmForm *self, TdmSection section)
{
  g_autoptr (GList) drafts = g_hash_table_get_values (self->drafts);

  for (GList *l = drafts; l != NULL; l = l->next)
    {
      TdmCell cell = ((TdmDraft *)l->data)->cell;
      if (tdm_cell_section (cell.kind) == section)
        tdm_form_drop (self, cell);
    }
}

static void
drop_all (TdmForm *self)
{
  for (TdmSection s = TDM_SECTION_PATIENT; s < TDM_SECTION_N; s++)
    if (!tdm_section_is_plan (s))
      tdm_form_drop_section (self, s);
}

TdmDraft *
tdm_form_set_draft (TdmForm *self, TdmCell cell, const char *text)
{
  TdmDraft *draft = tdm_form_find_draft (self, cell);

  if (draft == NULL)
    {
      draft = g_new0 (TdmDraft, 1);
      draft->cell = cell;
      g_hash_table_insert (self->drafts, cell_code (cell), draft);
    }
  if (g_strcmp0 (draft->text, text) != 0)
    {
      g_free (draft->text);
      draft->text = g_strdup (text);
      g_clear_pointer (&draft->error, g_free);
      g_clear_pointer (&draft->question, tdm_question_free);
      g_clear_pointer (&draft->kept, tdm_case_unref);
    }
  return draft;
}

void
tdm_form_keep_draft (TdmForm *self, TdmDraft *draft)
{
  draft->stored = TRUE;
  store_draft (self, draft->cell, draft->text);
}

gboolean
tdm_form_get_sheet (TdmForm *self, TdmSheet *out)
{
  TdmCase *record = tdm_session_get_record (self->session);

  if (record == NULL)
    return FALSE;
  g_clear_pointer (&self->now, g_date_time_unref);
  self->now = g_date_time_new_now_local ();
  *out = (TdmSheet){ record, tdm_session_get_model (self->session), self->rows,
                     self->now };
  return TRUE;
}

guint
tdm_form_get_n_rows (TdmForm *self, TdmSection section)
{
  TdmCase *record = tdm_session_get_record (self->session);

  if (record == NULL)
    return 0;
  switch (section)
    {
    case TDM_SECTION_COVARIATES:
      return self->rows->len;
    case TDM_SECTION_DOSES:
      return tdm_case_get_n_doses (record);
    case TDM_SECTION_LEVELS:
      return tdm_case_get_n_levels (record);
    case TDM_SECTION_DIALYSIS:
      return tdm_case_get_n_dialyses (record);
    case TDM_SECTION_SEQUENCE:
      return 0;
    default:
      return 1;
    }
}

gboolean
tdm_form_is_blank_row (TdmForm *self, TdmSection section, guint row)
{
  if (section == TDM_SECTION_COVARIATES && row < self->rows->len)
    return ((TdmCovariateRow *)g_ptr_array_index (self->rows, row))->index < 0;
  return row >= tdm_form_get_n_rows (self, section);
}

guint
tdm_form_find_row (TdmForm *self, TdmSection section, guint index)
{
  for (guint i = 0; section == TDM_SECTION_COVARIATES && i < self->rows->len; i++)
    if (((TdmCovariateRow *)g_ptr_array_index (self->rows, i))->index == (int)index)
      return i;
  return index;
}

gboolean
tdm_form_waits_for_target (TdmForm *self)
{
  return tdm_form_find_draft (self, (TdmCell){ TDM_CELL_TARGET_METRIC, 0 }) != NULL;
}

/* While another target waits, what the record has is of the old one. */
static char *
committed_text (TdmForm *self, TdmCell cell)
{
  TdmCase *record = tdm_session_get_record (self->session);

  if (record == NULL
      || (tdm_cell_section (cell.kind) == TDM_SECTION_TARGET
          && tdm_form_waits_for_target (self)))
    return g_strdup ("");
  return tdm_sheet_text (record, self->rows, cell);
}

char *
tdm_form_get_text (TdmForm *self, TdmCell cell)
{
  TdmDraft *draft = tdm_form_find_draft (self, cell);

  return draft != NULL ? g_strdup (draft->text) : committed_text (self, cell);
}

gboolean
tdm_form_has_error (TdmForm *self, TdmCell cell)
{
  TdmDraft *draft = tdm_form_find_draft (self, cell);

  return draft != NULL && draft->error != NULL;
}

/* The first draft of a row that has an error or, with `question`, a question. */
static TdmDraft *
find_in_row (TdmForm *self, TdmSection section, guint row, gboolean question)
{
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    {
      TdmDraft *draft = tdm_cell_section (kind) == section
                            ? tdm_form_find_draft (self, (TdmCell){ kind, row })
                            : NULL;
      if (draft != NULL && (question ? draft->question != NULL : draft->error != NULL))
        return draft;
    }
  return NULL;
}

const TdmQuestion *
tdm_form_get_question (TdmForm *self, TdmSection section, guint row)
{
  TdmDraft *draft = find_in_row (self, section, row, TRUE);

  return draft != NULL ? draft->question : NULL;
}

static char *
echo_of (TdmForm *self, TdmSection section, guint row)
{
  TdmCase *record = tdm_session_get_record (self->session);

  if (record == NULL)
    return g_strdup ("");
  if (section == TDM_SECTION_COVARIATES && row < self->rows->len)
    return tdm_sheet_echo_covariate (record, g_ptr_array_index (self->rows, row));
  if (section == TDM_SECTION_DOSES && row < tdm_case_get_n_doses (record))
    return tdm_sheet_echo_dose (record, tdm_session_get_model (self->session), row);
  if (section == TDM_SECTION_LEVELS && row < tdm_case_get_n_levels (record))
    return tdm_sheet_echo_level (record, tdm_session_get_model (self->session), row);
  if (section == TDM_SECTION_DIALYSIS && row < tdm_case_get_n_dialyses (record))
    return tdm_sheet_echo_dialysis (record, row);
  if (section == TDM_SECTION_TARGET && tdm_form_waits_for_target (self))
    return g_strdup ("Type the limits and what else is empty; then this target holds.");
  if (section == TDM_SECTION_TARGET)
    return tdm_sheet_echo_target (record);
  if (section == TDM_SECTION_PATIENT)
    return tdm_sheet_age_words (record);
  return g_strdup ("");
}

char *
tdm_form_get_remark (TdmForm *self, TdmSection section, guint row, TdmRemarkKind *kind)
{
  TdmDraft *error = find_in_row (self, section, row, FALSE);
  TdmDraft *question = find_in_row (self, section, row, TRUE);
  char *echo;

  *kind = error != NULL ? TDM_REMARK_ERROR : TDM_REMARK_QUESTION;
  if (error != NULL)
    return g_strdup (error->error);
  if (question != NULL)
    return g_strdup (question->question->text);
  echo = echo_of (self, section, row);
  *kind = echo[0] != '\0' ? TDM_REMARK_ECHO : TDM_REMARK_NONE;
  return echo;
}

void
tdm_form_type (TdmForm *self, TdmCell cell, const char *text)
{
  g_autofree char *committed = NULL;

  if (tdm_session_get_record (self->session) == NULL)
    return;
  self->typing = cell;
  self->has_typing = TRUE;
  committed = committed_text (self, cell);
  const TdmDraft *draft = tdm_form_find_draft (self, cell);
  const gboolean asked =
      draft != NULL && draft->question != NULL && strcmp (draft->text, text) == 0;
  if (strcmp (committed, text) == 0 && !asked)
    tdm_form_drop (self, cell);
  else
    tdm_form_keep_draft (self, tdm_form_set_draft (self, cell, text));
  tdm_form_tell_pending (self);
}

void
tdm_form_wait (TdmForm *self, TdmDraft *draft)
{
  tdm_form_keep_draft (self, draft);
  tdm_form_emit_updated (self);
}

gboolean
tdm_form_fail (TdmForm *self, TdmDraft *draft, const GError *error)
{
  g_free (draft->error);
  draft->error = g_strdup (error->message);
  tdm_form_keep_draft (self, draft);
  tdm_form_emit_updated (self);
  return FALSE;
}

void
tdm_form_hold (TdmForm *self, TdmCell cell, TdmCase *next, TdmQuestion *question)
{
  g_autofree char *text = tdm_form_get_text (self, cell);
  TdmDraft *draft = tdm_form_set_draft (self, cell, text);

  g_clear_pointer (&draft->question, tdm_question_free);
  g_clear_pointer (&draft->kept, tdm_case_unref);
  draft->question = question;
  draft->kept = tdm_case_ref (next);
  tdm_form_wait (self, draft);
}

/* Asks the guard about `cells` of `next`; a question stays at its draft. */
static gboolean
ask (TdmForm *self, TdmCase *next, TdmCell cell)
{
  TdmModel *model = tdm_session_get_model (self->session);
  g_autoptr (GPtrArray) rows = tdm_sheet_covariate_rows (next, model, NULL);
  TdmSheet sheet = { next, model, rows, self->now };
  TdmQuestion *question = tdm_guard_check (&sheet, cell);

  if (question == NULL)
    return FALSE;
  tdm_form_hold (self, cell, next, question);
  return TRUE;
}

/* Drafts of the row first: committing tells everybody to look again. */
static void
accept (TdmForm *self, TdmCell cell, gboolean whole_row, TdmCase *next)
{
  if (whole_row)
    drop_row (self, tdm_cell_section (cell.kind), cell.row);
  else
    tdm_form_drop (self, cell);
  self->has_typing = FALSE;
  if (whole_row && tdm_cell_section (cell.kind) == TDM_SECTION_COVARIATES)
    g_ptr_array_set_size (self->extra, 0);
  tdm_form_tell_pending (self);
  tdm_session_commit (self->session, next);
  tdm_form_emit_updated (self);
}

/* One more value of a covariate holds from some time on, so that must be typed too. */
static gboolean
needs_time (TdmForm *self, TdmCell cell)
{
  if (tdm_cell_section (cell.kind) != TDM_SECTION_COVARIATES)
    return FALSE;
  const TdmCovariateRow *row = g_ptr_array_index (self->rows, cell.row);
  TdmCase *record = tdm_session_get_record (self->session);
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (strcmp (tdm_case_get_covariate (record, i)->name, row->name) == 0)
      return TRUE;
  return FALSE;
}

/* What a new row of this kind cannot do without. */
static gboolean
is_needed (TdmForm *self, TdmCellKind kind, TdmCell typed)
{
  if (kind == TDM_CELL_COVARIATE_TIME)
    return needs_time (self, typed);
  /* A later session is like the one before. */
  if (kind == TDM_CELL_DIALYSIS_CLEARANCE)
    return tdm_form_get_n_rows (self, TDM_SECTION_DIALYSIS) == 0;
  return tdm_cell_is_required (kind);
}

/* Enters a complete blank row; otherwise it waits. */
static gboolean
enter_blank (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft)
{
  TdmSection section = tdm_cell_section (draft->cell.kind);
  const char *texts[TDM_CELL_N] = { NULL };
  gboolean complete = TRUE;
  g_autoptr (GError) error = NULL;

  tdm_form_collect_texts (self, section, draft->cell.row, texts);
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    if (tdm_cell_section (kind) == section)
      complete &= texts[kind] != NULL || !is_needed (self, kind, draft->cell);
  if (!tdm_sheet_check (sheet, draft->cell, draft->text, &error))
    return tdm_form_fail (self, draft, error);
  if (!complete)
    {
      tdm_form_wait (self, draft);
      return FALSE;
    }

  g_autoptr (TdmCase) next =
      tdm_sheet_append (sheet, section, draft->cell.row, texts, &error);
  if (next == NULL)
    return tdm_form_fail (self, draft, error);
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    if (texts[kind] != NULL && ask (self, next, (TdmCell){ kind, draft->cell.row }))
      return FALSE;
  accept (self, draft->cell, TRUE, next);
  return TRUE;
}

gboolean
tdm_form_enter (TdmForm *self, TdmCell cell, const char *text)
{
  TdmSheet sheet;
  g_autoptr (GError) error = NULL;
  TdmDraft *draft;

  if (!tdm_form_get_sheet (self, &sheet))
    return FALSE;
  tdm_form_type (self, cell, text);
  draft = tdm_form_find_draft (self, cell);
  if (draft == NULL)
    {
      tdm_form_emit_updated (self);
      return TRUE;
    }
  if (draft->question != NULL)
    return FALSE;
  const TdmSection section = tdm_cell_section (cell.kind);
  if (tdm_section_is_plan (section)
      || (section == TDM_SECTION_TARGET && tdm_form_waits_for_target (self)))
    return tdm_form_enter_waiting (self, &sheet, draft);
  if (tdm_form_is_blank_row (self, tdm_cell_section (cell.kind), cell.row))
    return enter_blank (self, &sheet, draft);
  if (tdm_form_is_end (cell.kind))
    return tdm_form_enter_end (self, &sheet, draft);

  g_autoptr (TdmCase) next = tdm_sheet_write (&sheet, cell, draft->text, &error);
  if (next == NULL)
    return tdm_form_fail (self, draft, error);
  if (ask (self, next, cell))
    return FALSE;
  accept (self, cell, FALSE, next);
  return TRUE;
}

void
tdm_form_revert (TdmForm *self, TdmCell cell)
{
  tdm_form_drop (self, cell);
  self->has_typing = FALSE;
  tdm_form_emit_updated (self);
}

void
tdm_form_answer (TdmForm *self, TdmSection section, guint row, gboolean suggestion)
{
  TdmDraft *draft = find_in_row (self, section, row, TRUE);
  TdmModel *model = tdm_session_get_model (self->session);

  if (draft == NULL)
    return;
  gboolean blank = tdm_form_is_blank_row (self, section, row);
  TdmCell cell = draft->cell;
  g_autoptr (TdmCase) next = tdm_case_ref (draft->kept);
  if (suggestion && draft->question->suggested_unit != NULL)
    {
      g_autoptr (GPtrArray) rows = tdm_sheet_covariate_rows (next, model, NULL);
      TdmSheet sheet = { next, model, rows, self->now };
      TdmCase *other = tdm_sheet_set_unit (
          &sheet, cell, draft->question->suggested_unit, FALSE, NULL);
      if (other == NULL)
        return;
      tdm_case_unref (next);
      next = other;
    }
  accept (self, cell, blank, next);
}

void
tdm_form_take (TdmForm *self, TdmCase *next)
{
  if (next == NULL)
    return;
  tdm_session_commit (self->session, next);
  tdm_case_unref (next);
}

void
tdm_form_remove_row (TdmForm *self, TdmSection section, guint row)
{
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return;
  if (tdm_form_is_blank_row (self, section, row))
    {
      drop_row (self, section, row);
      g_ptr_array_set_size (self->extra, 0);
      tdm_form_emit_updated (self);
      return;
    }
  tdm_form_drop_section (self, section);
  tdm_form_take (self, tdm_sheet_remove (&sheet, section, row, NULL));
}

static void
rebuild_rows (TdmForm *self)
{
  TdmCase *record = tdm_session_get_record (self->session);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  if (record == NULL)
    self->rows = g_ptr_array_new ();
  else
    self->rows = tdm_sheet_covariate_rows (
        record, tdm_session_get_model (self->session), self->extra);
}

void
tdm_form_add_covariate (TdmForm *self, const char *name)
{
  g_ptr_array_set_size (self->extra, 0);
  g_ptr_array_add (self->extra, g_strdup (name));
  tdm_form_drop_section (self, TDM_SECTION_COVARIATES);
  rebuild_rows (self);
  tdm_form_emit_updated (self);
}

gboolean
tdm_form_paste_levels (TdmForm *self, const char *text, GError **error)
{
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self, &sheet))
    return FALSE;
  TdmCase *next = tdm_paste_levels (&sheet, text, error);
  if (next == NULL)
    return FALSE;
  tdm_form_drop_section (self, TDM_SECTION_LEVELS);
  tdm_form_take (self, next);
  return TRUE;
}

void
tdm_form_undo (TdmForm *self)
{
  if (self->has_typing && tdm_form_find_draft (self, self->typing) != NULL)
    {
      tdm_form_revert (self, self->typing);
      return;
    }
  drop_all (self);
  tdm_session_undo (self->session);
  tdm_form_emit_updated (self);
}

void
tdm_form_redo (TdmForm *self)
{
  drop_all (self);
  tdm_session_redo (self->session);
  tdm_form_emit_updated (self);
}

TdmSession *
tdm_form_get_session (TdmForm *self)
{
  return self->session;
}

static void
record_changed_cb (TdmForm *self)
{
  const char *case_id = tdm_session_get_case_id (self->session);

  self->has_asked = FALSE;
  if (g_strcmp0 (case_id, self->case_id) != 0)
    {
      g_hash_table_remove_all (self->drafts);
      g_ptr_array_set_size (self->extra, 0);
      self->has_typing = FALSE;
      g_free (self->case_id);
      self->case_id = g_strdup (case_id);
      tdm_form_load_drafts (self);
    }
  rebuild_rows (self);
  tdm_form_emit_updated (self);
}

static void
tdm_form_finalize (GObject *object)
{
  TdmForm *self = TDM_FORM (object);

  g_signal_handlers_disconnect_by_data (self->session, self);
  g_hash_table_unref (self->drafts);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->extra);
  g_clear_pointer (&self->now, g_date_time_unref);
  g_free (self->case_id);
  g_object_unref (self->session);
  G_OBJECT_CLASS (tdm_form_parent_class)->finalize (object);
}

static void
tdm_form_class_init (TdmFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tdm_form_finalize;
  updated_signal = g_signal_new ("updated", TDM_TYPE_FORM, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tdm_form_init (TdmForm *self)
{
  self->drafts = g_hash_table_new_full (NULL, NULL, NULL, draft_free);
  self->rows = g_ptr_array_new ();
  self->extra = g_ptr_array_new_with_free_func (g_free);
}

TdmForm *
tdm_form_new (TdmSession *session)
{
  TdmForm *self = g_object_new (TDM_TYPE_FORM, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "record-changed", G_CALLBACK (record_changed_cb),
                            self);
  record_changed_cb (self);
  return self;
}
