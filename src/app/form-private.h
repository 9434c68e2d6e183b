/* The parts of the form that its files share. */
#pragma once

#include "app/form.h"

/* Text of a cell that the record does not have (yet). */
typedef struct
{
  TdmCell cell;
  char *text;
  char *error;           /* why it is not entered, or NULL */
  TdmQuestion *question; /* or NULL; then */
  TdmCase *kept;         /* is the case that keeping it gives */
  gboolean stored;       /* on disk as a draft */
} TdmDraft;

struct _TdmForm
{
  GObject parent_instance;

  TdmSession *session;
  GHashTable *drafts; /* cell code to Draft */
  GPtrArray *rows;    /* TdmCovariateRow */
  GPtrArray *extra;   /* names of covariates with an added empty row */
  GDateTime *now;
  char *case_id;
  TdmCell typing; /* the last cell typed in */
  gboolean has_typing;
  TdmSection asked_section; /* tdm_form_ask_interval() */
  guint asked_row;
  gboolean has_asked;
};

/* NULL = the record's text stands there. */
TdmDraft *tdm_form_find_draft (TdmForm *self, TdmCell cell);
/* The draft of a cell with this text; another text forgets its error and question. */
TdmDraft *tdm_form_set_draft (TdmForm *self, TdmCell cell, const char *text);
/* Keeps a draft on disk. */
void tdm_form_keep_draft (TdmForm *self, TdmDraft *draft);
/* Brings back the drafts that the store has of the case that was opened. */
void tdm_form_load_drafts (TdmForm *self);
void tdm_form_drop (TdmForm *self, TdmCell cell);
void tdm_form_drop_section (TdmForm *self, TdmSection section);
/* The texts of a row's drafts by kind, borrowed; NULL where there is none. */
void tdm_form_collect_texts (TdmForm *self, TdmSection section, guint row,
                             const char *texts[TDM_CELL_N]);
/* Sets the draft's error. FALSE always. */
gboolean tdm_form_fail (TdmForm *self, TdmDraft *draft, const GError *error);
/* Stores and shows what was typed or chosen, without entering it. */
void tdm_form_wait (TdmForm *self, TdmDraft *draft);
void tdm_form_emit_updated (TdmForm *self);
/* Holds `next` back with a question at `cell`. Takes the question. */
void tdm_form_hold (TdmForm *self, TdmCell cell, TdmCase *next, TdmQuestion *question);
/* Tells the session whether something waits to be entered. */
void tdm_form_tell_pending (TdmForm *self);
/* Whether the cell is one of the two between which an infusion ended; it waits for the
 * other. */
gboolean tdm_form_is_end (TdmCellKind kind);
gboolean tdm_form_enter_end (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft);
/* A cell of a plan or of a target that waits was entered: TRUE when it is taken. */
gboolean tdm_form_enter_waiting (TdmForm *self, const TdmSheet *sheet, TdmDraft *draft);
