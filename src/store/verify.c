/* Does the database still say what was saved? The chain proves the history; the
 * history's hashes prove revisions and results; these prove models and patients. Drafts
 * are work in progress and prove nothing. */
#include <string.h>

#include "base/error.h"
#include "record/case-file.h"
#include "store/history.h"
#include "store/patients.h"
#include "store/sql.h"
#include "store/work.h"

/* Looks at one row: NULL = good, else what is wrong with it. Yours. */
typedef char *(*RowCheck) (sqlite3_stmt *row);

/* A quick sentence for each fault a query finds; `check` NULL = every row is one, told
 * by its first column. */
static gboolean
check_rows (sqlite3 *db, const char *sql, RowCheck check, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (db, error, sql, "");
  if (rows == NULL)
    return FALSE;
  while (tdm_sql_next (rows, &failure))
    {
      g_autofree char *fault =
          check != NULL ? check (rows) : tdm_sql_dup_text (rows, 0);
      if (fault == NULL)
        continue;
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s", fault);
      return FALSE;
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static char *
check_integrity (sqlite3_stmt *row)
{
  return strcmp (tdm_sql_text (row, 0), "ok") == 0
             ? NULL
             : g_strdup_printf ("the database file is damaged: %s",
                                tdm_sql_text (row, 0));
}

static char *
altered (sqlite3_stmt *row, const char *what)
{
  return g_strdup_printf ("history row %" G_GINT64_FORMAT
                          ": the %s it tells of is not what was saved",
                          (gint64)sqlite3_column_int64 (row, 0), what);
}

/* number, content, text, sha256 of the revision, or NULLs when it is gone */
static char *
check_revision (sqlite3_stmt *row)
{
  const char *content = tdm_sql_text (row, 1), *text = tdm_sql_text (row, 2);
  if (text == NULL)
    return altered (row, "revision");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  if (strcmp (sha256, content) != 0 || strcmp (sha256, tdm_sql_text (row, 3)) != 0)
    return altered (row, "revision");
  return NULL;
}

/* number, content, then the result's model_id, model_sha256, input_hash, json */
static char *
check_result (sqlite3_stmt *row)
{
  if (tdm_sql_text (row, 2) == NULL)
    return altered (row, "result");
  g_autofree char *digest =
      tdm_history_result_digest (tdm_sql_text (row, 2), tdm_sql_text (row, 3),
                                 tdm_sql_text (row, 4), tdm_sql_text (row, 5));
  return strcmp (digest, tdm_sql_text (row, 1)) == 0 ? NULL : altered (row, "result");
}

static char *
check_model (sqlite3_stmt *row)
{
  g_autofree char *sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, sqlite3_column_blob (row, 1),
                                   (gsize)sqlite3_column_bytes (row, 1));
  return strcmp (sha256, tdm_sql_text (row, 0)) == 0
             ? NULL
             : g_strdup_printf ("model %s is not what was saved",
                                tdm_sql_text (row, 2));
}

/* case_id, text, identifier, name, sex, birth */
static char *
check_patient (sqlite3_stmt *row)
{
  const char *text = tdm_sql_text (row, 1);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), NULL);
  TdmPatient patient = tdm_patients_read (row, 2);
  gboolean same =
      record != NULL && tdm_patients_equal (tdm_case_get_patient (record), &patient);
  tdm_patients_clear (&patient);
  return same ? NULL
              : g_strdup_printf ("the patient of case %s is not who was saved",
                                 tdm_sql_text (row, 0));
}

static const struct
{
  const char *sql;
  RowCheck check;
} checks[] = {
  { "SELECT h.number, h.content, c.text, c.sha256 FROM history h LEFT JOIN cases c"
    " ON c.case_id = h.subject AND c.revision = h.revision"
    " AND c.program = h.program AND c.saved_at = h.time"
    " WHERE h.action IN ('case-saved', 'imported') ORDER BY h.number",
    check_revision },
  { "SELECT 'revision ' || revision || ' of case ' || case_id ||"
    " ' is not told in the history' FROM cases c WHERE NOT EXISTS (SELECT 1 FROM "
    "history"
    " WHERE subject = c.case_id AND revision = c.revision"
    " AND action IN ('case-saved', 'imported'))",
    NULL },
  /* The n-th result is told by the n-th such row. */
  { "SELECT h.number, h.content, r.model_id, r.model_sha256, r.input_hash, r.json"
    " FROM (SELECT *, row_number () OVER (ORDER BY number) AS n FROM history"
    " WHERE action = 'result-saved') h LEFT JOIN results r ON r.number = h.n"
    " AND r.case_id = h.subject AND r.revision = h.revision AND r.program = h.program"
    " AND r.saved_at = h.time"
    " ORDER BY h.number",
    check_result },
  { "SELECT 'result ' || max (number) || ' is not told in the history' FROM results"
    " HAVING count (*) <> (SELECT count (*) FROM history"
    " WHERE action = 'result-saved')",
    NULL },
  { "SELECT sha256, content, model_id FROM models", check_model },
  { "SELECT c.case_id, c.text, p.identifier, p.name, p.sex, p.birth FROM cases c"
    " LEFT JOIN patients p ON p.id = c.patient_id WHERE c.revision ="
    " (SELECT max (revision) FROM cases WHERE case_id = c.case_id)",
    check_patient },
  { "SELECT 'patient ' || id || ' was archived, or brought back, untold' FROM patients "
    "p"
    " WHERE archived <> coalesce ((SELECT action = 'archived' FROM history"
    " WHERE subject = p.id AND action IN ('archived', 'unarchived')"
    " ORDER BY number DESC LIMIT 1), 0)",
    NULL },
  { "SELECT 'a row of table ' || \"table\" || ' points to nothing'"
    " FROM pragma_foreign_key_check",
    NULL },
};

gpointer
tdm_work_verify (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  if (!check_rows (db, "PRAGMA integrity_check(1)", check_integrity, error)
      || !tdm_history_check_chain (db, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (!check_rows (db, checks[i].sql, checks[i].check, error))
      return NULL;
  return GUINT_TO_POINTER (TRUE);
}
