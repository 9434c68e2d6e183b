/* The append-only history: each row's hash covers the row and the hash before it, so
 * that changing, removing or inserting a row breaks the chain from there on. */
#include "store/history.h"

#include <string.h>

#include "base/error.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/work.h"

char *
tdm_history_digest (const char *const *texts)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (; *texts != NULL; texts++)
    {
      guint64 length = GUINT64_TO_LE (strlen (*texts));
      g_checksum_update (sum, (const guchar *)&length, sizeof length);
      g_checksum_update (sum, (const guchar *)*texts, -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

char *
tdm_history_result_digest (const char *model_id, const char *model_sha256,
                           const char *input_hash, const char *json)
{
  return tdm_history_digest (
      (const char *[]){ model_id, model_sha256, input_hash, json, NULL });
}

static char *
row_hash (const char *previous, gint64 number, const TdmHappening *what,
          const char *program)
{
  g_autofree char *numbers =
      g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                       number, what->time, what->revision);
  return tdm_history_digest ((const char *[]){ previous, numbers, what->action,
                                               what->subject, what->content,
                                               what->detail, program, NULL });
}

gboolean
tdm_history_append (sqlite3 *db, const TdmHappening *what, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) last = tdm_sql_prepare (
      db, error, "SELECT number, hash FROM history ORDER BY number DESC LIMIT 1", "");
  if (last == NULL)
    return FALSE;
  gboolean any = tdm_sql_next (last, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  gint64 number = any ? sqlite3_column_int64 (last, 0) + 1 : 1;
  g_autofree char *hash =
      row_hash (any ? tdm_sql_text (last, 1) : "", number, what, TDM_STORE_PROGRAM);
  return tdm_sql_run (db, error,
                      "INSERT INTO history (number, time, action, subject, revision,"
                      " content, detail, program, hash) VALUES (?,?,?,?,?,?,?,?,?)",
                      "iississss", number, what->time, what->action, what->subject,
                      what->revision, what->content, what->detail, TDM_STORE_PROGRAM,
                      hash);
}

gboolean
tdm_history_check_chain (sqlite3 *db, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *previous = g_strdup ("");
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (
      db, error,
      "SELECT number, time, action, subject, revision, content, detail, program, hash"
      " FROM history ORDER BY number",
      "");
  if (rows == NULL)
    return FALSE;
  for (gint64 number = 1; tdm_sql_next (rows, &failure); number++)
    {
      TdmHappening what = {
        sqlite3_column_int64 (rows, 1), tdm_sql_text (rows, 2), tdm_sql_text (rows, 3),
        sqlite3_column_int64 (rows, 4), tdm_sql_text (rows, 5), tdm_sql_text (rows, 6)
      };
      g_autofree char *hash =
          row_hash (previous, number, &what, tdm_sql_text (rows, 7));
      if (sqlite3_column_int64 (rows, 0) != number
          || strcmp (hash, tdm_sql_text (rows, 8)) != 0)
        {
          g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
                       "history row %" G_GINT64_FORMAT
                       " is not what was written there: it, or a row beside it, was "
                       "changed, added or removed",
                       number);
          return FALSE;
        }
      g_free (previous);
      previous = g_steal_pointer (&hash);
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

void
tdm_store_event_free (TdmStoreEvent *self)
{
  g_date_time_unref (self->time);
  g_free (self->action);
  g_free (self->subject);
  g_free (self->detail);
  g_free (self->program);
  g_free (self);
}

static TdmStoreEvent *
event_new (sqlite3_stmt *row)
{
  TdmStoreEvent *self = g_new0 (TdmStoreEvent, 1);
  self->number = sqlite3_column_int64 (row, 0);
  self->time = tdm_sql_time (row, 1);
  self->action = tdm_sql_dup_text (row, 2);
  self->subject = tdm_sql_dup_text (row, 3);
  self->revision = (guint)sqlite3_column_int64 (row, 4);
  self->detail = tdm_sql_dup_text (row, 5);
  self->program = tdm_sql_dup_text (row, 6);
  return self;
}

gpointer
tdm_work_history (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (GPtrArray) events =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_store_event_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (
      db, error,
      "SELECT number, time, action, subject, revision, nullif (detail, ''), program"
      " FROM history WHERE ?1 IS NULL OR subject = ?1 ORDER BY number",
      "s", args->id);
  if (rows == NULL)
    return NULL;
  while (tdm_sql_next (rows, &failure))
    g_ptr_array_add (events, event_new (rows));
  if (failure == NULL)
    return g_steal_pointer (&events);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
