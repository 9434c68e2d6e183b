/* What the store's thread does for each call of store.h: functions of the connection
 * and of one set of arguments. Private to the store. */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "record/case.h"

/* Arguments of every kind of work; each uses some. Owns all of them. */
typedef struct
{
  char *id; /* case, patient or subject */
  char *field;
  char *text;
  char *path;
  guint revision;
  gboolean flag;
  TdmCase *record;
  char *model_id;
  char *model_sha256;
  GBytes *model_bytes;
  char *input_hash;
} TdmStoreArgs;

/* The answer; NULL with an error set (or, where store.h says so, for "none"). Counts
 * and truth are answered as GUINT_TO_POINTER(). */
typedef gpointer (*TdmStoreWork) (sqlite3 *db, const TdmStoreArgs *args,
                                  GError **error);

gpointer tdm_work_save_case (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_load_case (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_list (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_set_archived (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_save_draft (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_load_drafts (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_save_result (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_load_result (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_load_model (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_history (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_verify (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_export (sqlite3 *db, const TdmStoreArgs *args, GError **error);
gpointer tdm_work_import (sqlite3 *db, const TdmStoreArgs *args, GError **error);
