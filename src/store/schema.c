/* The tables of the store.
 *
 * What was said once is never changed: cases, models, results and history take rows at
 * their end and nothing else, which triggers enforce (also against INSERT OR REPLACE,
 * that deletes without firing a delete trigger). Patients change only in identity and
 * in being archived; both can be told from the cases and the history, see verify.c. */
#include "store/schema.h"

#include "store/sql.h"

#define APPEND_ONLY(table)                                        \
  "CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table    \
  " BEGIN SELECT RAISE (ABORT, '" table " is append-only'); END;" \
  "CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table    \
  " BEGIN SELECT RAISE (ABORT, '" table " is append-only'); END;"

#define NEXT_ONLY(table, unless)                                                    \
  "CREATE TRIGGER " table "_next_only BEFORE INSERT ON " table " WHEN NOT (" unless \
  ") BEGIN SELECT RAISE (ABORT, '" table " is append-only'); END;"

/* Times are microseconds since 1970 in UTC; hashes are SHA-256 in lower-case hex. */
#define PATIENTS                                                             \
  "CREATE TABLE patients ("                                                  \
  "  id TEXT NOT NULL PRIMARY KEY,"                                          \
  "  identifier TEXT NOT NULL, name TEXT NOT NULL,"                          \
  "  sex INTEGER NOT NULL CHECK (sex BETWEEN 0 AND 2), birth TEXT NOT NULL," \
  "  archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1))"         \
  ") STRICT;"                                                                \
  "CREATE INDEX patients_identifier ON patients (identifier);"               \
  "CREATE TRIGGER patients_no_delete BEFORE DELETE ON patients"              \
  " BEGIN SELECT RAISE (ABORT, 'patients are archived, not deleted'); END;"

#define CASES                                                                        \
  "CREATE TABLE cases ("                                                             \
  "  case_id TEXT NOT NULL, revision INTEGER NOT NULL CHECK (revision >= 1),"        \
  "  patient_id TEXT NOT NULL REFERENCES patients (id),"                             \
  "  text TEXT NOT NULL, sha256 TEXT NOT NULL CHECK (length (sha256) = 64),"         \
  "  saved_at INTEGER NOT NULL, program TEXT NOT NULL,"                              \
  "  PRIMARY KEY (case_id, revision)"                                                \
  ") STRICT;"                                                                        \
  "CREATE INDEX cases_patient ON cases (patient_id);" APPEND_ONLY ("cases")          \
      NEXT_ONLY ("cases", "NEW.revision IS (SELECT coalesce (max (revision), 0) + 1" \
                          " FROM cases WHERE case_id = NEW.case_id)")

#define MODELS                                                       \
  "CREATE TABLE models ("                                            \
  "  sha256 TEXT NOT NULL PRIMARY KEY CHECK (length (sha256) = 64)," \
  "  model_id TEXT NOT NULL, content BLOB NOT NULL"                  \
  ") STRICT;" APPEND_ONLY ("models") NEXT_ONLY (                     \
      "models", "NOT EXISTS (SELECT 1 FROM models WHERE sha256 = NEW.sha256)")

#define RESULTS                                                                       \
  "CREATE TABLE results ("                                                            \
  "  number INTEGER NOT NULL PRIMARY KEY,"                                            \
  "  case_id TEXT NOT NULL, revision INTEGER NOT NULL,"                               \
  "  model_id TEXT NOT NULL, model_sha256 TEXT NOT NULL REFERENCES models (sha256),"  \
  "  input_hash TEXT NOT NULL, json TEXT NOT NULL,"                                   \
  "  saved_at INTEGER NOT NULL, program TEXT NOT NULL,"                               \
  "  FOREIGN KEY (case_id, revision) REFERENCES cases"                                \
  ") STRICT;"                                                                         \
  "CREATE INDEX results_case ON results (case_id, revision);" APPEND_ONLY ("results") \
      NEXT_ONLY ("results",                                                           \
                 "NEW.number IS (SELECT coalesce (max (number), 0) + 1 FROM results)")

#define HISTORY                                                                \
  "CREATE TABLE history ("                                                     \
  "  number INTEGER NOT NULL PRIMARY KEY,"                                     \
  "  time INTEGER NOT NULL, action TEXT NOT NULL,"                             \
  "  subject TEXT NOT NULL, revision INTEGER NOT NULL,"                        \
  "  content TEXT NOT NULL, detail TEXT NOT NULL, program TEXT NOT NULL,"      \
  "  hash TEXT NOT NULL CHECK (length (hash) = 64)"                            \
  ") STRICT;"                                                                  \
  "CREATE INDEX history_subject ON history (subject);" APPEND_ONLY ("history") \
      NEXT_ONLY ("history",                                                    \
                 "NEW.number IS (SELECT coalesce (max (number), 0) + 1 FROM history)")

#define DRAFTS                                       \
  "CREATE TABLE drafts ("                            \
  "  case_id TEXT NOT NULL, field TEXT NOT NULL,"    \
  "  text TEXT NOT NULL, saved_at INTEGER NOT NULL," \
  "  PRIMARY KEY (case_id, field)"                   \
  ") STRICT, WITHOUT ROWID;"

static const char *const steps[] = {
  PATIENTS CASES MODELS RESULTS HISTORY DRAFTS,
  NULL,
};

const char *const *
tdm_schema_steps (void)
{
  return steps;
}

guint
tdm_schema_version (void)
{
  return G_N_ELEMENTS (steps) - 1;
}

gboolean
tdm_schema_pragma (sqlite3 *db, const char *name, gint64 *out, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA %s", name);
  g_autoptr (sqlite3_stmt) statement = tdm_sql_prepare (db, error, sql, "");
  return statement != NULL && tdm_sql_integer (statement, 0, out, error);
}

/* One step and its new version number, all or nothing. */
static gboolean
migrate_step (sqlite3 *db, const char *step, guint version, GError **error)
{
  g_autofree char *stamp =
      g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u",
                       TDM_SCHEMA_APPLICATION_ID, version);
  if (!tdm_sql_begin (db, error))
    return FALSE;
  gboolean done = sqlite3_exec (db, step, NULL, NULL, NULL) == SQLITE_OK
                  && sqlite3_exec (db, stamp, NULL, NULL, NULL) == SQLITE_OK;
  if (!done)
    tdm_sql_set_error (error, db, "The database could not be brought up to date");
  return tdm_sql_end (db, done, error);
}

gboolean
tdm_schema_migrate (sqlite3 *db, const char *const *schema_steps, GError **error)
{
  gint64 version;
  if (!tdm_schema_pragma (db, "user_version", &version, error))
    return FALSE;
  for (guint i = 0; schema_steps[i] != NULL; i++)
    if ((gint64)i >= version && !migrate_step (db, schema_steps[i], i + 1, error))
      return FALSE;
  return TRUE;
}

char *
tdm_schema_describe (sqlite3 *db, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (
      db, error, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", "");
  if (rows == NULL)
    return NULL;
  while (tdm_sql_next (rows, &failure))
    g_string_append_printf (text, "%s %s %s\n", tdm_sql_text (rows, 0),
                            tdm_sql_text (rows, 1),
                            tdm_sql_text (rows, 2) ? tdm_sql_text (rows, 2) : "");
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
tdm_schema_expected (guint version, GError **error)
{
  g_assert (version <= tdm_schema_version ());
  g_autofree const char **some = g_new0 (const char *, version + 1);
  for (guint i = 0; i < version; i++)
    some[i] = steps[i];
  sqlite3 *db = NULL;
  char *text = NULL;
  if (sqlite3_open (":memory:", &db) == SQLITE_OK
      && tdm_schema_migrate (db, some, error))
    text = tdm_schema_describe (db, error);
  sqlite3_close (db);
  return text;
}
