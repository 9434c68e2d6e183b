/* Cases with every revision, and the drafts of fields not yet valid. */
#include "store/cases.h"

#include <string.h>

#include "base/error.h"
#include "record/case-file.h"
#include "store/history.h"
#include "store/patients.h"
#include "store/sql.h"
#include "store/work.h"

/* The newest revision's number and hash; 0 and NULL when the case is new. */
static gboolean
find_newest (sqlite3 *db, const char *case_id, gint64 *revision, char **sha256,
             GError **error)
{
  g_autoptr (GError) failure = NULL;
  *revision = 0;
  *sha256 = NULL;
  g_autoptr (sqlite3_stmt) row =
      tdm_sql_prepare (db, error,
                       "SELECT revision, sha256 FROM cases WHERE case_id = ?"
                       " ORDER BY revision DESC LIMIT 1",
                       "s", case_id);
  if (row == NULL)
    return FALSE;
  if (tdm_sql_next (row, &failure))
    {
      *revision = sqlite3_column_int64 (row, 0);
      *sha256 = tdm_sql_dup_text (row, 1);
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The revision that `what` tells of. */
static gboolean
insert_revision (sqlite3 *db, TdmCase *record, const char *text,
                 const TdmHappening *what, GError **error)
{
  g_autofree char *patient =
      tdm_patients_resolve (db, what->subject, tdm_case_get_patient (record), error);
  return patient != NULL
         && tdm_sql_run (db, error,
                         "INSERT INTO cases (case_id, revision, patient_id, text,"
                         " sha256, saved_at, program) VALUES (?,?,?,?,?,?,?)",
                         "sisssis", what->subject, what->revision, patient, text,
                         what->content, what->time, TDM_STORE_PROGRAM);
}

guint
tdm_cases_append (sqlite3 *db, const char *case_id, TdmCase *record, const char *action,
                  GError **error)
{
  gint64 newest;
  g_autofree char *newest_sha256 = NULL;
  g_autofree char *text = tdm_case_file_to_text (record);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  if (!find_newest (db, case_id, &newest, &newest_sha256, error))
    return 0;
  if (g_strcmp0 (sha256, newest_sha256) == 0)
    return (guint)newest;
  TdmHappening what = { g_get_real_time (), action, case_id, newest + 1, sha256, "" };
  if (!insert_revision (db, record, text, &what, error)
      || !tdm_history_append (db, &what, error))
    return 0;
  return (guint)(newest + 1);
}

char *
tdm_cases_find_same (sqlite3 *db, TdmCase *record, GError **error)
{
  g_autofree char *text = tdm_case_file_to_text (record);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT case_id FROM cases AS one WHERE sha256 = ? AND revision ="
      " (SELECT MAX (revision) FROM cases WHERE case_id = one.case_id) LIMIT 1",
      "s", sha256);

  return row != NULL && tdm_sql_next (row, error) ? tdm_sql_dup_text (row, 0) : NULL;
}

gpointer
tdm_work_save_case (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  if (!tdm_sql_begin (db, error))
    return NULL;
  guint revision = tdm_cases_append (db, args->id, args->record, "case-saved", error);
  if (!tdm_sql_end (db, revision != 0, error))
    return NULL;
  return GUINT_TO_POINTER (revision);
}

/* The stored text must be what was saved: a record altered behind the program's back is
 * not a basis for a dose. */
static TdmCase *
parse_row (sqlite3_stmt *row, const char *case_id, GError **error)
{
  const char *text = tdm_sql_text (row, 0);
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  if (strcmp (sha256, tdm_sql_text (row, 1)) == 0)
    return tdm_case_file_parse (text, strlen (text), error);
  g_set_error (
      error, TDM_ERROR, TDM_ERROR_SYSTEM,
      "revision %d of case %s is not what was saved; the database was altered, "
      "restore a copy of the file",
      sqlite3_column_int (row, 2), case_id);
  return NULL;
}

TdmCase *
tdm_cases_load (sqlite3 *db, const char *case_id, guint revision, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) row =
      tdm_sql_prepare (db, error,
                       "SELECT text, sha256, revision FROM cases WHERE case_id = ?1"
                       " AND (?2 = 0 OR revision = ?2) ORDER BY revision DESC LIMIT 1",
                       "si", case_id, (gint64)revision);
  if (row == NULL)
    return NULL;
  if (tdm_sql_next (row, &failure))
    return parse_row (row, case_id, error);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (revision == 0)
    tdm_error_set_input (error, "case", "%s is not in the database", case_id);
  else
    tdm_error_set_input (error, "case", "%s has no revision %u", case_id, revision);
  return NULL;
}

gpointer
tdm_work_load_case (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  return tdm_cases_load (db, args->id, args->revision, error);
}

gpointer
tdm_work_save_draft (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  gboolean keep = args->text != NULL && *args->text != '\0';
  if (!tdm_sql_begin (db, error))
    return NULL;
  gboolean done =
      keep ? tdm_sql_run (db, error,
                          "INSERT INTO drafts (case_id, field, text, saved_at)"
                          " VALUES (?,?,?,?) ON CONFLICT (case_id, field) DO UPDATE"
                          " SET text = excluded.text, saved_at = excluded.saved_at",
                          "sssi", args->id, args->field, args->text, g_get_real_time ())
           : tdm_sql_run (db, error,
                          "DELETE FROM drafts WHERE case_id = ? AND field = ?", "ss",
                          args->id, args->field);
  return GUINT_TO_POINTER (tdm_sql_end (db, done, error));
}

gpointer
tdm_work_load_drafts (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (GHashTable) drafts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (
      db, error, "SELECT field, text FROM drafts WHERE case_id = ?", "s", args->id);
  if (rows == NULL)
    return NULL;
  while (tdm_sql_next (rows, &failure))
    g_hash_table_insert (drafts, tdm_sql_dup_text (rows, 0),
                         tdm_sql_dup_text (rows, 1));
  if (failure == NULL)
    return g_steal_pointer (&drafts);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
