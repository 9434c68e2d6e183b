/* The store: patients, cases with every revision, results, history, in one SQLite file.
 *
 * One thread inside the store owns the connection; every function here hands its work
 * to that thread in the order of the calls and may be called from any thread. The plain
 * functions wait for the answer (command line, tests); the `_async` ones, for the
 * window, call back in the caller's main context. "Saved" is reported only after the
 * commit is on disk. Errors are TDM_ERROR_SYSTEM (disk, database) or TDM_ERROR_INPUT (a
 * file to import, a case that is not there), one sentence each; the same call may be
 * tried again. */
#pragma once

#include <gio/gio.h>

#include "record/case.h"

typedef struct _TdmStore TdmStore;

/* Opens the database at `path`; NULL = titrate/titrate.db in the user's data folder.
 * Makes it (file mode 0600, new folders 0700) when it is missing, brings an older one
 * up to date. A damaged, foreign or newer file is refused and left as it is; so is one
 * that another process holds. Yours. */
TdmStore *tdm_store_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A store in memory, gone when it is closed: for demonstration and teaching. Yours. */
TdmStore *tdm_store_open_throwaway (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last unref waits for the work in the queue, then closes the database. */
TdmStore *tdm_store_ref (TdmStore *self);
void tdm_store_unref (TdmStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmStore, tdm_store_unref)

/* The file's path, or NULL when throw-away. Borrowed. */
const char *tdm_store_get_path (const TdmStore *self);

/* --- Cases. A case is known by its id, a random UUID that the caller makes. */

/* A new case id. Yours. */
char *tdm_store_new_case_id (void) G_GNUC_WARN_UNUSED_RESULT;

/* Saves `record` as the next revision of the case, the first one making the case. The
 * revision's number (1, 2, …), or 0 with an error. A record equal to the newest
 * revision adds none and gives that revision's number. */
guint tdm_store_save_case (TdmStore *self, const char *case_id, TdmCase *record,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_save_case_async (TdmStore *self, const char *case_id, TdmCase *record,
                                GAsyncReadyCallback callback, gpointer user_data);
guint tdm_store_save_case_finish (GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Revision `revision` of the case, 0 = the newest. Yours. */
TdmCase *tdm_store_load_case (TdmStore *self, const char *case_id, guint revision,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_load_case_async (TdmStore *self, const char *case_id, guint revision,
                                GAsyncReadyCallback callback, gpointer user_data);
TdmCase *tdm_store_load_case_finish (GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- The patient list. */

/* How the newest result of a revision judged the current regimen, as its JSON says in
 * "judgement": {"metric", "value", "low", "high", "unit", "side"}. */
typedef enum
{
  TDM_STORE_NOT_JUDGED, /* no result, or none with a target */
  TDM_STORE_BELOW,
  TDM_STORE_WITHIN,
  TDM_STORE_ABOVE,
} TdmStoreSide;

typedef struct
{
  TdmStoreSide side;
  TdmMetricKind metric; /* the rest counts only when judged: */
  double value;
  double low, high; /* an open side is -INFINITY or INFINITY */
  char *unit;       /* of all three */
} TdmStoreJudgement;

/* One row: the newest revision of a case. */
typedef struct
{
  char *case_id;
  char *patient_id;   /* the store's own, for tdm_store_set_archived() */
  TdmPatient patient; /* texts may be NULL */
  char *model;        /* model id, or NULL */
  gboolean has_level; /* the latest level of the case: */
  double level_value;
  char *level_unit;
  TdmCensor level_censor;
  GDateTime *level_time; /* NULL when the case has no start */
  TdmStoreJudgement judgement;
  guint revision;
  GDateTime *updated; /* UTC */
  gboolean archived;
} TdmStoreEntry;

void tdm_store_entry_free (TdmStoreEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmStoreEntry, tdm_store_entry_free)

/* The rows (TdmStoreEntry, owned by the array) whose patient identity or model has
 * words starting with the words of `search` (NULL or "" = all; case and accents do not
 * matter), newest first; archived ones or the others. Yours. */
GPtrArray *tdm_store_list (TdmStore *self, const char *search, gboolean archived,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_list_async (TdmStore *self, const char *search, gboolean archived,
                           GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tdm_store_list_finish (GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Archives a patient (with all cases), or brings the patient back. */
gboolean tdm_store_set_archived (TdmStore *self, const char *patient_id,
                                 gboolean archived,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_set_archived_async (TdmStore *self, const char *patient_id,
                                   gboolean archived, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean tdm_store_set_archived_finish (GAsyncResult *result,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- Drafts: the raw text of a field that is not yet valid. */

/* Keeps `text` for the field ("levels[1].value"); NULL or "" forgets it. */
gboolean tdm_store_save_draft (TdmStore *self, const char *case_id, const char *field,
                               const char *text,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_save_draft_async (TdmStore *self, const char *case_id, const char *field,
                                 const char *text, GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean tdm_store_save_draft_finish (GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Field to text, both char *, owned by the table. Yours. */
GHashTable *tdm_store_load_drafts (TdmStore *self, const char *case_id,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_load_drafts_async (TdmStore *self, const char *case_id,
                                  GAsyncReadyCallback callback, gpointer user_data);
GHashTable *tdm_store_load_drafts_finish (GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- Results: what was answered, from which input and by which model. */

/* All borrowed during the call. The model's bytes are kept once per sha256. */
typedef struct
{
  const char *case_id;
  guint revision;
  const char *model_id;
  const char *model_sha256; /* hex, must be that of `model_bytes` */
  GBytes *model_bytes;
  const char *input_hash;
  const char *json;
} TdmStoreResult;

/* Keeps a result. One equal to the newest of its revision adds nothing. */
gboolean tdm_store_save_result (TdmStore *self, const TdmStoreResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_save_result_async (TdmStore *self, const TdmStoreResult *result,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean tdm_store_save_result_finish (GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The JSON of the newest result of this revision; NULL without an error when there is
 * none. Yours. */
char *tdm_store_load_result (TdmStore *self, const char *case_id, guint revision,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of a model that a result was computed with. Yours. */
GBytes *tdm_store_load_model (TdmStore *self, const char *sha256,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- History: append-only, each row carries the hash of the one before. */

typedef struct
{
  gint64 number;
  GDateTime *time; /* UTC */
  char *action;    /* "case-saved", "result-saved", "archived", "unarchived",
                      "imported", "exported" */
  char *subject;   /* case id or patient id */
  guint revision;  /* 0 where it has none */
  char *detail;    /* or NULL */
  char *program;   /* program and version */
} TdmStoreEvent;

void tdm_store_event_free (TdmStoreEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmStoreEvent, tdm_store_event_free)

/* Events (TdmStoreEvent, owned by the array) of a case or patient, oldest first; NULL =
 * all. Yours. */
GPtrArray *tdm_store_history (TdmStore *self, const char *subject,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_history_async (TdmStore *self, const char *subject,
                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tdm_store_history_finish (GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks the file, the history's chain, and that each revision, result and model is
 * what the history says was saved. FALSE with a TDM_ERROR_SYSTEM error that names the
 * first bad row: "history row 17 …". */
gboolean tdm_store_verify (TdmStore *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_verify_async (TdmStore *self, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean tdm_store_verify_finish (GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- Files. */

/* Writes the newest revision as a case file. */
gboolean tdm_store_export (TdmStore *self, const char *case_id, const char *path,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_export_async (TdmStore *self, const char *case_id, const char *path,
                             GAsyncReadyCallback callback, gpointer user_data);
gboolean tdm_store_export_finish (GAsyncResult *result,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a case file into the store: as the next revision of case `into`, whose patient
 * must then be the file's, or as a new case (NULL). A file that has the identifier of a
 * known patient under another name, sex or birth date is refused with both identities
 * in the message. The case's id. Yours. */
char *tdm_store_import (TdmStore *self, const char *path, const char *into,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_store_import_async (TdmStore *self, const char *path, const char *into,
                             GAsyncReadyCallback callback, gpointer user_data);
char *tdm_store_import_finish (GAsyncResult *result,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
