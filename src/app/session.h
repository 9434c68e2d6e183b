/* The session: the case that is open, its undo stack, and the one result that belongs
 * to it.
 *
 * A coordinator of immutable values. Every edit makes a case; the newest case is
 * computed in a worker thread, and its result is published whole by one signal, so that
 * curve, words and proposals always belong to the same input. Late results are dropped.
 *
 * Work under way does not hold the session: with the last reference the computation is
 * cancelled and nothing is emitted any more. A record that was handed to the store is
 * saved all the same. */
#pragma once

#include "engine/result.h"
#include "store/store.h"

typedef enum
{
  TDM_SESSION_EMPTY,     /* no case is open */
  TDM_SESSION_COMPUTING, /* the newest edit is being computed; any result shown is older
                          */
  TDM_SESSION_READY,
  TDM_SESSION_WITHHELD, /* there is a result, but no advice */
  TDM_SESSION_FAILED,   /* no answer; the error says what to change */
  TDM_SESSION_STALE,    /* a field holds text that is not entered yet */
} TdmSessionState;

typedef enum
{
  TDM_SAVED_NOTHING, /* nothing to save yet */
  TDM_SAVED_SAVING,
  TDM_SAVED_DONE, /* the commit is on disk */
  TDM_SAVED_FAILED,
} TdmSaved;

#define TDM_TYPE_SESSION (tdm_session_get_type ())
G_DECLARE_FINAL_TYPE (TdmSession, tdm_session, TDM, SESSION, GObject)

/* Signals: "record-changed" (case or model), "published" (state, result or error),
 * "saved-changed", "result-kept" (the store was given the record's result; what is
 * asked of it now knows that result). `store` may be NULL (nothing is saved). `models`:
 * TdmModel elements. Yours. */
TdmSession *tdm_session_new (TdmStore *store,
                             GPtrArray *models) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces the computation, for tests. Called in a worker thread. */
typedef TdmResult *(*TdmSessionCompute) (TdmCase *record, TdmModel *model,
                                         const TdmResultOptions *options,
                                         GCancellable *cancellable, GError **error);
void tdm_session_set_compute (TdmSession *self, TdmSessionCompute compute);

/* Opens a case that is in the store under `case_id`; forgets the undo stack. */
void tdm_session_open (TdmSession *self, const char *case_id, TdmCase *record);
void tdm_session_close (TdmSession *self);

/* The next case: saved, undoable, computed. Equal to the present one: nothing happens.
 */
void tdm_session_commit (TdmSession *self, TdmCase *record);
gboolean tdm_session_can_undo (TdmSession *self);
gboolean tdm_session_can_redo (TdmSession *self);
void tdm_session_undo (TdmSession *self);
void tdm_session_redo (TdmSession *self);

/* Draws proposal `index` (-1 = none) on the plot. The choice follows later edits as
 * long as the same regimen is among the proposals. */
void tdm_session_choose (TdmSession *self, int index);

/* Says whether some field holds text that is not entered: the result is then out of
 * date. */
void tdm_session_set_pending (TdmSession *self, gboolean pending);

/* Computes the record anew: something else has changed that the answer hangs on, such
 * as that the file of its model was accepted. */
void tdm_session_recompute (TdmSession *self);

/* Bands of the next measurement instead of likely curves. */
void tdm_session_set_residual_bands (TdmSession *self, gboolean residual);

/* Draws another output of the model, by its name; NULL, and a name that the model does
 * not have, is that of the target. Another patient begins with NULL. */
void tdm_session_set_output (TdmSession *self, const char *name);

/* What results are computed with. Borrowed. */
const TdmResultOptions *tdm_session_get_options (TdmSession *self);

/* All borrowed; NULL where there is none. */
TdmCase *tdm_session_get_record (TdmSession *self);
const char *tdm_session_get_case_id (TdmSession *self);
TdmModel *tdm_session_get_model (TdmSession *self);
GPtrArray *tdm_session_get_models (TdmSession *self);
TdmStore *tdm_session_get_store (TdmSession *self);
TdmSessionState tdm_session_get_state (TdmSession *self);
TdmResult *tdm_session_get_result (TdmSession *self);
const GError *tdm_session_get_error (TdmSession *self);
TdmSaved tdm_session_get_saved (TdmSession *self, const char **message);
/* TRUE while the newest edit is being computed. */
gboolean tdm_session_is_computing (TdmSession *self);
/* TRUE when the result shown belongs to what the record says now. */
gboolean tdm_session_is_current (TdmSession *self);
