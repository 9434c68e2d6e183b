/* Results, and the models they were computed with. */
#include "base/error.h"
#include "store/history.h"
#include "store/sql.h"
#include "store/work.h"

static gboolean
keep_model (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  return tdm_sql_run (db, error,
                      "INSERT INTO models (sha256, model_id, content) SELECT ?1, ?2, ?3"
                      " WHERE NOT EXISTS (SELECT 1 FROM models WHERE sha256 = ?1)",
                      "ssb", args->model_sha256, args->model_id, args->model_bytes);
}

static gboolean
insert_result (sqlite3 *db, const TdmStoreArgs *args, gint64 time, GError **error)
{
  return tdm_sql_run (db, error,
                      "INSERT INTO results (number, case_id, revision, model_id,"
                      " model_sha256, input_hash, json, saved_at, program)"
                      " VALUES ((SELECT coalesce (max (number), 0) + 1 FROM results),"
                      " ?,?,?,?,?,?,?,?)",
                      "sissssis", args->id, (gint64)args->revision, args->model_id,
                      args->model_sha256, args->input_hash, args->text, time,
                      TDM_STORE_PROGRAM);
}

/* Whether the newest result of the revision is this very one: a case that is only
 * opened again has nothing new to say. */
static gboolean
is_known (sqlite3 *db, const TdmStoreArgs *args, gboolean *known, GError **error)
{
  gint64 same = 0;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT coalesce ((SELECT model_sha256 = ? AND input_hash = ? AND json = ?"
      " FROM results WHERE case_id = ? AND revision = ? ORDER BY number DESC LIMIT 1),"
      " 0)",
      "ssssi", args->model_sha256, args->input_hash, args->text, args->id,
      (gint64)args->revision);
  if (row == NULL || !tdm_sql_integer (row, 0, &same, error))
    return FALSE;
  *known = same != 0;
  return TRUE;
}

static gboolean
save (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autofree char *content = tdm_history_result_digest (
      args->model_id, args->model_sha256, args->input_hash, args->text);
  TdmHappening what = { g_get_real_time (), "result-saved", args->id,
                        args->revision,     content,        args->model_id };
  gboolean known;
  if (!is_known (db, args, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  return keep_model (db, args, error) && insert_result (db, args, what.time, error)
         && tdm_history_append (db, &what, error);
}

gpointer
tdm_work_save_result (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autofree char *sha256 =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, args->model_bytes);
  if (g_strcmp0 (sha256, args->model_sha256) != 0)
    {
      tdm_error_set_input (error, "model", "%s is not what its hash says; load it anew",
                           args->model_id);
      return NULL;
    }
  if (!tdm_sql_begin (db, error))
    return NULL;
  gboolean done = save (db, args, error);
  return GUINT_TO_POINTER (tdm_sql_end (db, done, error));
}

gpointer
tdm_work_load_result (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (sqlite3_stmt) row =
      tdm_sql_prepare (db, error,
                       "SELECT json FROM results WHERE case_id = ? AND revision = ?"
                       " ORDER BY number DESC LIMIT 1",
                       "si", args->id, (gint64)args->revision);
  return row != NULL && tdm_sql_next (row, error) ? tdm_sql_dup_text (row, 0) : NULL;
}

gpointer
tdm_work_load_model (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) row =
      tdm_sql_prepare (db, error, "SELECT content FROM models WHERE sha256 = ?", "s",
                       args->model_sha256);
  if (row == NULL)
    return NULL;
  if (tdm_sql_next (row, &failure))
    return g_bytes_new (sqlite3_column_blob (row, 0),
                        (gsize)sqlite3_column_bytes (row, 0));
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    tdm_error_set_input (error, "model", "no model %s is in the database",
                         args->model_sha256);
  return NULL;
}
