/* The form: the record being edited. Holds what is typed but not entered yet (drafts),
 * what is wrong with it, and the questions asked at the fields. */
#pragma once

#include "app/guard.h"
#include "app/session.h"

#define TDM_TYPE_FORM (tdm_form_get_type ())
G_DECLARE_FINAL_TYPE (TdmForm, tdm_form, TDM, FORM, GObject)

/* What the line under a row is. */
typedef enum
{
  TDM_REMARK_NONE,
  TDM_REMARK_ECHO,     /* the value said in other words */
  TDM_REMARK_QUESTION, /* answered with tdm_form_answer() */
  TDM_REMARK_ERROR,
} TdmRemarkKind;

/* Signal "updated": any cell, row or remark may have changed. */
TdmForm *tdm_form_new (TdmSession *session) G_GNUC_WARN_UNUSED_RESULT;

TdmSession *tdm_form_get_session (TdmForm *self);
/* The sheet of the record as it stands; valid until the next "updated". FALSE without a
 * case. */
gboolean tdm_form_get_sheet (TdmForm *self, TdmSheet *out);
/* Rows of a section that are entries (the blank one not counted). */
guint tdm_form_get_n_rows (TdmForm *self, TdmSection section);
/* TRUE for the row after the last one, or a covariate that is still missing. */
gboolean tdm_form_is_blank_row (TdmForm *self, TdmSection section, guint row);

/* The row that shows entry `index` of the case. */
guint tdm_form_find_row (TdmForm *self, TdmSection section, guint index);
/* TRUE while some field holds text that is not entered. */
gboolean tdm_form_has_drafts (TdmForm *self);

/* The text to show: the draft, else what the record says. Yours. */
char *tdm_form_get_text (TdmForm *self, TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;
gboolean tdm_form_has_error (TdmForm *self, TdmCell cell);
/* The line under a row; "" for none. Yours. */
char *tdm_form_get_remark (TdmForm *self, TdmSection section, guint row,
                           TdmRemarkKind *kind) G_GNUC_WARN_UNUSED_RESULT;
/* The open question of a row, or NULL. Borrowed. */
const TdmQuestion *tdm_form_get_question (TdmForm *self, TdmSection section, guint row);

/* The text of a field changed under the user's fingers: the answer is now out of date.
 * The store keeps the text as a draft: nothing typed is lost when the program ends. */
void tdm_form_type (TdmForm *self, TdmCell cell, const char *text);
/* The field was left or Enter pressed. TRUE when the record now says so (or already
 * did); a cell of the blank row waits there until the row is complete. */
gboolean tdm_form_enter (TdmForm *self, TdmCell cell, const char *text);
/* Back to what the record says. */
void tdm_form_revert (TdmForm *self, TdmCell cell);
/* Answers the question of a row: the suggestion, or keep what was typed. */
void tdm_form_answer (TdmForm *self, TdmSection section, guint row,
                      gboolean suggestion);

/* Commits a case made by tdm_sheet_set_…() or tdm_sheet_remove(); NULL is ignored.
 * Takes it. */
void tdm_form_take (TdmForm *self, TdmCase *next);
/* Removes a row; of a blank row, what was typed there. */
void tdm_form_remove_row (TdmForm *self, TdmSection section, guint row);
/* Shows an empty row for one more value of a covariate. */
void tdm_form_add_covariate (TdmForm *self, const char *name);
/* Shows the fields for a time known as two of a row that has none yet: when a level
 * was drawn, when an infusion ended. */
void tdm_form_ask_interval (TdmForm *self, TdmSection section, guint row);
/* Whether they were asked for and nothing was entered since. */
gboolean tdm_form_asks_interval (TdmForm *self, TdmSection section, guint row);
/* Whether these fields show: asked for, half typed, or part of the record. */
gboolean tdm_form_shows_interval (TdmForm *self, TdmSection section, guint row);
/* Levels from pasted lines of time and value, all or none. FALSE with a sentence that
 * names the line. */
gboolean tdm_form_paste_levels (TdmForm *self, const char *text, GError **error);

/* The unit that a quantity is typed in: for a row that is not there yet the one chosen
 * for it, else tdm_sheet_unit(). Yours; NULL = none. */
char *tdm_form_get_unit (TdmForm *self, TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;
/* Another unit: the value converted, or the number kept. A number that would come to
 * mean a thousand times more or less is asked about first. For a row that is not there
 * yet it is remembered. */
void tdm_form_choose_unit (TdmForm *self, TdmCell cell, const char *unit,
                           gboolean convert);
/* Chooses a text that is not typed: the kind of a sequence, what a new level is of. */
void tdm_form_choose (TdmForm *self, TdmCell cell, const char *text);
/* Another target than the model's: waits for its limits; NONE: back to the record's. */
void tdm_form_choose_metric (TdmForm *self, TdmMetricKind metric);
/* TRUE while another target waits for its limits. */
gboolean tdm_form_waits_for_target (TdmForm *self);
/* The metric that is chosen or in force. */
TdmMetricKind tdm_form_get_metric (TdmForm *self);

/* What the plan of a section would add, or what is missing. Yours. */
char *tdm_form_describe_plan (TdmForm *self,
                              TdmSection section) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the plan's entries part of the record. FALSE: its remark says why not. */
gboolean tdm_form_add_plan (TdmForm *self, TdmSection section);

/* Takes back what is being typed, else the last edit. */
void tdm_form_undo (TdmForm *self);
void tdm_form_redo (TdmForm *self);
