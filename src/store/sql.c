/* Small helpers over SQLite. */
#include "store/sql.h"

#include <stdarg.h>

#include "base/error.h"

/* What went wrong and what to do, by the kind of failure; NULL = SQLite's own words. */
static const char *
explain (int code)
{
  /* Quota and file-size limits come as a failing write, not as a full disk. */
  if (code == SQLITE_IOERR_WRITE)
    return "the disk is full or at fault; free some space or check it, then try again";
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return "the disk is full; free some space, then try again";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return "the database cannot be written; check the rights on its folder and file";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program is using the database; close it there, then try again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the database is damaged; restore a copy of the file";
    case SQLITE_IOERR:
      return "the disk reports a fault; check it, then try again";
    case SQLITE_NOMEM:
      return "memory has run out; close other programs, then try again";
    default:
      return NULL;
    }
}

gboolean
tdm_sql_set_error (GError **error, sqlite3 *db, const char *doing)
{
  int code = sqlite3_extended_errcode (db);
  const char *text = explain (code);
  if (text == NULL)
    text = sqlite3_errmsg (db);
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: %s (SQLite %d)", doing, text,
               code);
  return FALSE;
}

static int
bind_value (sqlite3_stmt *statement, int index, char type, va_list *values)
{
  switch (type)
    {
    case 's':
      return sqlite3_bind_text (statement, index, va_arg (*values, const char *), -1,
                                SQLITE_STATIC);
    case 'i':
      return sqlite3_bind_int64 (statement, index, va_arg (*values, gint64));
    case 'd':
      return sqlite3_bind_double (statement, index, va_arg (*values, double));
    case 'b':
      {
        gsize length;
        const void *data = g_bytes_get_data (va_arg (*values, GBytes *), &length);
        /* A NULL pointer would bind NULL, not an empty blob. */
        return sqlite3_bind_blob64 (statement, index, data != NULL ? data : "", length,
                                    SQLITE_STATIC);
      }
    default:
      g_assert_not_reached ();
    }
}

static sqlite3_stmt *
prepare (sqlite3 *db, GError **error, const char *sql, const char *types,
         va_list *values)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);
  for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++)
    rc = bind_value (statement, i + 1, types[i], values);
  if (rc == SQLITE_OK)
    return g_steal_pointer (&statement);
  tdm_sql_set_error (error, db, "The database does not answer");
  return NULL;
}

sqlite3_stmt *
tdm_sql_prepare (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  sqlite3_stmt *statement = prepare (db, error, sql, types, &values);
  va_end (values);
  return statement;
}

gboolean
tdm_sql_next (sqlite3_stmt *statement, GError **error)
{
  int rc = sqlite3_step (statement);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE)
    tdm_sql_set_error (error, sqlite3_db_handle (statement),
                       "The database could not be read");
  return rc == SQLITE_ROW;
}

gboolean
tdm_sql_run (sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  va_start (values, types);
  g_autoptr (sqlite3_stmt) statement = prepare (db, error, sql, types, &values);
  va_end (values);
  if (statement == NULL)
    return FALSE;
  int rc;
  do
    rc = sqlite3_step (statement);
  while (rc == SQLITE_ROW);
  return rc == SQLITE_DONE || tdm_sql_set_error (error, db, "Not saved");
}

gboolean
tdm_sql_integer (sqlite3_stmt *statement, gint64 fallback, gint64 *out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean row = tdm_sql_next (statement, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  gboolean given = row && sqlite3_column_type (statement, 0) != SQLITE_NULL;
  *out = given ? sqlite3_column_int64 (statement, 0) : fallback;
  return TRUE;
}

const char *
tdm_sql_text (sqlite3_stmt *statement, int column)
{
  return (const char *)sqlite3_column_text (statement, column);
}

char *
tdm_sql_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup (tdm_sql_text (statement, column));
}

GDateTime *
tdm_sql_time (sqlite3_stmt *statement, int column)
{
  gint64 microseconds = sqlite3_column_int64 (statement, column);
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_utc (0);
  GDateTime *time = g_date_time_add (start, microseconds);
  return time != NULL ? time : g_steal_pointer (&start);
}

gboolean
tdm_sql_begin (sqlite3 *db, GError **error)
{
  int moved = 0;
  if (sqlite3_file_control (db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK
      && moved)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
                   "Not saved: the database file %s was moved or removed while it was "
                   "open; put it back, then try again",
                   sqlite3_db_filename (db, "main"));
      return FALSE;
    }
  return tdm_sql_run (db, error, "BEGIN IMMEDIATE", "");
}

gboolean
tdm_sql_end (sqlite3 *db, gboolean success, GError **error)
{
  /* A failed COMMIT leaves nothing behind: checkpoints, whose errors come after the
   * commit is durable, are run apart from it (database.c). */
  if (success && tdm_sql_run (db, error, "COMMIT", ""))
    return TRUE;
  if (!sqlite3_get_autocommit (db))
    tdm_sql_run (db, NULL, "ROLLBACK", "");
  return FALSE;
}
