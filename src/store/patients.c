/* Who a case belongs to. */
#include "store/patients.h"

#include <string.h>

#include "base/error.h"
#include "store/sql.h"

static const char *
text_of (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
same_text (const char *a, const char *b)
{
  return strcmp (text_of (a), text_of (b)) == 0;
}

gboolean
tdm_patients_equal (const TdmPatient *a, const TdmPatient *b)
{
  return same_text (a->id, b->id) && same_text (a->name, b->name) && a->sex == b->sex
         && same_text (a->birth, b->birth);
}

char *
tdm_patients_describe (const TdmPatient *patient)
{
  static const char *const sexes[] = { "sex unknown", "male", "female" };
  return g_strdup_printf (
      "%s, %s, %s, born %s", *text_of (patient->id) ? patient->id : "no identifier",
      *text_of (patient->name) ? patient->name : "no name", sexes[patient->sex],
      *text_of (patient->birth) ? patient->birth : "(unknown)");
}

TdmPatient
tdm_patients_read (sqlite3_stmt *row, int column)
{
  TdmPatient patient = {
    .id = tdm_sql_dup_text (row, column),
    .name = tdm_sql_dup_text (row, column + 1),
    .sex = (TdmSex)CLAMP (sqlite3_column_int64 (row, column + 2), 0, TDM_SEX_FEMALE),
    .birth = tdm_sql_dup_text (row, column + 3),
  };
  return patient;
}

void
tdm_patients_clear (TdmPatient *patient)
{
  g_clear_pointer (&patient->id, g_free);
  g_clear_pointer (&patient->name, g_free);
  g_clear_pointer (&patient->birth, g_free);
}

/* The first column of the first row, or NULL when there is none; FALSE on failure. */
static gboolean
one_text (sqlite3_stmt *statement, char **out, GError **error)
{
  g_autoptr (GError) failure = NULL;
  *out = NULL;
  if (statement == NULL)
    return FALSE;
  if (tdm_sql_next (statement, &failure))
    *out = tdm_sql_dup_text (statement, 0);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
find_current (sqlite3 *db, const char *case_id, char **out, GError **error)
{
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT patient_id FROM cases WHERE case_id = ? ORDER BY revision DESC LIMIT 1",
      "s", case_id);
  return one_text (row, out, error);
}

/* The patient whose identity is `patient` in all points; only with an identifier,
 * because a name alone tells nobody. */
static gboolean
find_same (sqlite3 *db, const TdmPatient *patient, char **out, GError **error)
{
  *out = NULL;
  if (*text_of (patient->id) == '\0')
    return TRUE;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT id FROM patients WHERE identifier = ? AND name = ? AND sex = ?"
      " AND birth = ? ORDER BY rowid LIMIT 1",
      "ssis", patient->id, text_of (patient->name), (gint64)patient->sex,
      text_of (patient->birth));
  return one_text (row, out, error);
}

/* TRUE in `out` when a newest revision of another case belongs to the patient. */
static gboolean
is_shared (sqlite3 *db, const char *patient_id, const char *case_id, gboolean *out,
           GError **error)
{
  gint64 others = 0;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT count (*) FROM cases c WHERE patient_id = ? AND case_id <> ?"
      " AND revision = (SELECT max (revision) FROM cases WHERE case_id = c.case_id)",
      "ss", patient_id, case_id);
  if (row == NULL || !tdm_sql_integer (row, 0, &others, error))
    return FALSE;
  *out = others > 0;
  return TRUE;
}

static gboolean
update (sqlite3 *db, const char *id, const TdmPatient *patient, GError **error)
{
  return tdm_sql_run (db, error,
                      "UPDATE patients SET identifier = ?, name = ?, sex = ?, birth = ?"
                      " WHERE id = ?",
                      "ssiss", text_of (patient->id), text_of (patient->name),
                      (gint64)patient->sex, text_of (patient->birth), id);
}

static char *
insert (sqlite3 *db, const TdmPatient *patient, GError **error)
{
  g_autofree char *id = g_uuid_string_random ();
  if (!tdm_sql_run (db, error,
                    "INSERT INTO patients (id, identifier, name, sex, birth)"
                    " VALUES (?,?,?,?,?)",
                    "sssis", id, text_of (patient->id), text_of (patient->name),
                    (gint64)patient->sex, text_of (patient->birth)))
    return NULL;
  return g_steal_pointer (&id);
}

static gboolean
has_identity (sqlite3 *db, const char *id, const TdmPatient *patient, gboolean *out,
              GError **error)
{
  gint64 found = 0;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT count (*) FROM patients WHERE id = ? AND identifier = ? AND name = ?"
      " AND sex = ? AND birth = ?",
      "sssis", id, text_of (patient->id), text_of (patient->name), (gint64)patient->sex,
      text_of (patient->birth));
  if (row == NULL || !tdm_sql_integer (row, 0, &found, error))
    return FALSE;
  *out = found > 0;
  return TRUE;
}

char *
tdm_patients_resolve (sqlite3 *db, const char *case_id, const TdmPatient *patient,
                      GError **error)
{
  g_autofree char *current = NULL;
  g_autofree char *same = NULL;
  gboolean unchanged = FALSE, shared = FALSE;
  if (!find_current (db, case_id, &current, error))
    return NULL;
  if (current != NULL && !has_identity (db, current, patient, &unchanged, error))
    return NULL;
  if (unchanged)
    return g_steal_pointer (&current);
  if (!find_same (db, patient, &same, error))
    return NULL;
  if (same != NULL)
    return g_steal_pointer (&same);
  if (current == NULL)
    return insert (db, patient, error);
  if (!is_shared (db, current, case_id, &shared, error))
    return NULL;
  if (shared)
    return insert (db, patient, error);
  return update (db, current, patient, error) ? g_steal_pointer (&current) : NULL;
}

static void
set_conflict (GError **error, const TdmPatient *given, sqlite3_stmt *row)
{
  TdmPatient known = tdm_patients_read (row, 0);
  g_autofree char *ours = tdm_patients_describe (&known);
  g_autofree char *theirs = tdm_patients_describe (given);
  tdm_patients_clear (&known);
  tdm_error_set_input (error, "patient.id",
                       "the file is of %s; the patient known by this identifier is %s. "
                       "Nothing was imported; correct one of them",
                       theirs, ours);
}

gboolean
tdm_patients_check_known (sqlite3 *db, const TdmPatient *patient, GError **error)
{
  if (*text_of (patient->id) == '\0')
    return TRUE;
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error,
      "SELECT identifier, name, sex, birth FROM patients p WHERE identifier = ?1"
      " AND NOT (name = ?2 AND sex = ?3 AND birth = ?4) AND EXISTS (SELECT 1"
      " FROM cases c WHERE patient_id = p.id AND revision ="
      " (SELECT max (revision) FROM cases WHERE case_id = c.case_id)) LIMIT 1",
      "ssis", patient->id, text_of (patient->name), (gint64)patient->sex,
      text_of (patient->birth));
  if (row == NULL)
    return FALSE;
  if (tdm_sql_next (row, &failure))
    {
      set_conflict (error, patient, row);
      return FALSE;
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}
