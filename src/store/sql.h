/* Small helpers over SQLite: statements with their values, transactions, errors as
 * sentences. Private to the store; everything here runs on the thread that owns the
 * connection. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

/* Sets a TDM_ERROR_SYSTEM error: one sentence for what the last call on `db` ran into,
 * after `doing` ("The case is not saved"). Always returns FALSE. */
gboolean tdm_sql_set_error (GError **error, sqlite3 *db, const char *doing);

/* A statement with its values bound, one letter of `types` each: s = text or NULL,
 * i = gint64, d = double, b = GBytes. Texts and bytes must outlive the statement. NULL
 * with an error. Yours. */
sqlite3_stmt *tdm_sql_prepare (sqlite3 *db, GError **error, const char *sql,
                               const char *types, ...) G_GNUC_WARN_UNUSED_RESULT;

/* Steps to the next row: TRUE = a row, FALSE = no more rows, or an error. */
gboolean tdm_sql_next (sqlite3_stmt *statement, GError **error);

/* Runs a statement that gives no rows; values as in tdm_sql_prepare(). */
gboolean tdm_sql_run (sqlite3 *db, GError **error, const char *sql, const char *types,
                      ...);

/* The first column of the first row, `fallback` when there is no row or it is NULL. */
gboolean tdm_sql_integer (sqlite3_stmt *statement, gint64 fallback, gint64 *out,
                          GError **error);

/* Column texts: borrowed until the next step, or a copy of yours; NULL for NULL. */
const char *tdm_sql_text (sqlite3_stmt *statement, int column);
char *tdm_sql_dup_text (sqlite3_stmt *statement, int column) G_GNUC_WARN_UNUSED_RESULT;

/* A column of microseconds since 1970 as a time in UTC. Yours. */
GDateTime *tdm_sql_time (sqlite3_stmt *statement, int column) G_GNUC_WARN_UNUSED_RESULT;

/* A write transaction. Fails when the file was moved or removed while it was open,
 * because what is written then would be lost. */
gboolean tdm_sql_begin (sqlite3 *db, GError **error);

/* Commits when `success`, else rolls back. TRUE only after the commit is on disk. */
gboolean tdm_sql_end (sqlite3 *db, gboolean success, GError **error);
