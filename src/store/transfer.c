/* Cases in and out as files. */
#include "base/error.h"
#include "record/case-file.h"
#include "store/cases.h"
#include "store/history.h"
#include "store/patients.h"
#include "store/sql.h"
#include "store/work.h"

/* The history first: an export that is not told of must not leave the program. */
static gboolean
export_case (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  TdmHappening what = { g_get_real_time (), "exported", args->id, 0, "", args->path };
  g_autoptr (TdmCase) record = tdm_cases_load (db, args->id, 0, error);
  return record != NULL && tdm_history_append (db, &what, error)
         && tdm_case_file_write (record, args->path, error);
}

gpointer
tdm_work_export (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  if (!tdm_sql_begin (db, error))
    return NULL;
  gboolean done = export_case (db, args, error);
  return GUINT_TO_POINTER (tdm_sql_end (db, done, error));
}

/* The patient of the case that the file goes into must be the file's. */
static gboolean
check_same_patient (sqlite3 *db, const char *case_id, const TdmPatient *given,
                    GError **error)
{
  g_autoptr (TdmCase) known = tdm_cases_load (db, case_id, 0, error);
  if (known == NULL)
    return FALSE;
  if (tdm_patients_equal (tdm_case_get_patient (known), given))
    return TRUE;
  g_autofree char *ours = tdm_patients_describe (tdm_case_get_patient (known));
  g_autofree char *theirs = tdm_patients_describe (given);
  return tdm_error_set_input (error, "patient",
                              "the file is of %s; the open case is of %s. Nothing was "
                              "imported; import it as a new case",
                              theirs, ours);
}

static gboolean
import_case (sqlite3 *db, const char *case_id, TdmCase *record, gboolean is_new,
             GError **error)
{
  const TdmPatient *patient = tdm_case_get_patient (record);
  gboolean may = is_new ? tdm_patients_check_known (db, patient, error)
                        : check_same_patient (db, case_id, patient, error);
  return may && tdm_cases_append (db, case_id, record, "imported", error) != 0;
}

gpointer
tdm_work_import (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (TdmCase) record = tdm_case_file_read (args->path, error);
  if (record == NULL || !tdm_sql_begin (db, error))
    return NULL;
  /* What is there already, word for word, is not there twice. */
  g_autoptr (GError) failure = NULL;
  g_autofree char *known =
      args->id == NULL ? tdm_cases_find_same (db, record, &failure) : NULL;
  g_autofree char *case_id = args->id != NULL ? g_strdup (args->id)
                             : known != NULL  ? g_strdup (known)
                                              : g_uuid_string_random ();
  gboolean done =
      failure == NULL
      && (known != NULL || import_case (db, case_id, record, args->id == NULL, error));
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return tdm_sql_end (db, done, error) ? g_steal_pointer (&case_id) : NULL;
}
