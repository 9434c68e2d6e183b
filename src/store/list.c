/* The patient list. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "record/case-file.h"
#include "record/json.h"
#include "store/history.h"
#include "store/patients.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/work.h"

void
tdm_store_entry_free (TdmStoreEntry *self)
{
  g_free (self->case_id);
  g_free (self->patient_id);
  tdm_patients_clear (&self->patient);
  g_free (self->model);
  g_free (self->level_unit);
  g_clear_pointer (&self->level_time, g_date_time_unref);
  g_free (self->judgement.unit);
  g_clear_pointer (&self->updated, g_date_time_unref);
  g_free (self);
}

static void
add_level (TdmStoreEntry *self, const TdmCase *record, const TdmLevelEntry *level)
{
  GDateTime *start = tdm_case_get_start (record);
  self->has_level = TRUE;
  self->level_value = level->value;
  self->level_unit = g_strdup (level->unit);
  self->level_censor = level->censor;
  if (start != NULL)
    self->level_time = g_date_time_add (
        start, (GTimeSpan)(level->time.hours * (double)G_TIME_SPAN_HOUR));
}

/* What the list shows of the record itself. */
static void
add_record (TdmStoreEntry *self, const TdmCase *record)
{
  const TdmLevelEntry *latest = NULL;
  self->model = g_strdup (tdm_case_get_model (record));
  for (guint i = 0; i < tdm_case_get_n_levels (record); i++)
    {
      const TdmLevelEntry *level = tdm_case_get_level (record, i);
      if (latest == NULL || level->time.hours >= latest->time.hours)
        latest = level;
    }
  if (latest != NULL)
    add_level (self, record, latest);
}

/* What does not read as a judgement judges nothing: never a half-read answer. */
static void
read_judgement (TdmStoreJudgement *out, const char *text)
{
  static const char *const sides[] = { "", "below", "within", "above" };
  json_t *json = text != NULL ? tdm_json_load (text, strlen (text), NULL) : NULL;
  const TdmJsonNode root = { json, "" };
  const char *metric = NULL, *side = NULL, *unit = NULL;
  TdmStoreJudgement self = { .value = NAN, .low = -INFINITY, .high = INFINITY };

  if (json != NULL && tdm_json_read_string (&root, "metric", &metric, NULL)
      && tdm_json_read_string (&root, "side", &side, NULL)
      && tdm_json_read_string (&root, "unit", &unit, NULL)
      && tdm_json_read_number (&root, "value", &self.value, NULL)
      && tdm_json_read_number (&root, "low", &self.low, NULL)
      && tdm_json_read_number (&root, "high", &self.high, NULL) && metric != NULL
      && side != NULL && unit != NULL && isfinite (self.value)
      && tdm_metric_from_name (metric, &self.metric))
    for (TdmStoreSide i = TDM_STORE_BELOW; i <= TDM_STORE_ABOVE; i++)
      if (strcmp (side, sides[i]) == 0)
        self.side = i;
  if (self.side != TDM_STORE_NOT_JUDGED)
    {
      self.unit = g_strdup (unit);
      *out = self;
    }
  json_decref (json);
}

/* A record that cannot be read stays in the list, so that it can be found; opening it
 * says what is wrong. */
static TdmStoreEntry *
entry_new (sqlite3_stmt *row)
{
  TdmStoreEntry *self = g_new0 (TdmStoreEntry, 1);
  self->case_id = tdm_sql_dup_text (row, 0);
  self->revision = (guint)sqlite3_column_int64 (row, 1);
  self->patient_id = tdm_sql_dup_text (row, 2);
  self->updated = tdm_sql_time (row, 3);
  self->archived = sqlite3_column_int (row, 4) != 0;
  self->patient = tdm_patients_read (row, 5);
  const char *text = tdm_sql_text (row, 9);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), NULL);
  if (record != NULL)
    add_record (self, record);
  read_judgement (&self->judgement, tdm_sql_text (row, 10));
  return self;
}

static gboolean
matches (const TdmStoreEntry *self, const char *search)
{
  if (search == NULL || *search == '\0')
    return TRUE;
  g_autofree char *text = g_strjoin (" ", self->patient.id, self->patient.name,
                                     self->model != NULL ? self->model : "", NULL);
  return g_str_match_string (search, text, TRUE);
}

gpointer
tdm_work_list (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_store_entry_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (sqlite3_stmt) rows = tdm_sql_prepare (
      db, error,
      "SELECT c.case_id, c.revision, p.id, c.saved_at, p.archived,"
      " p.identifier, p.name, p.sex, p.birth, c.text,"
      " (SELECT CASE WHEN json_valid (r.json) THEN json_extract (r.json, '$.judgement')"
      "  END FROM results r WHERE r.case_id = c.case_id AND r.revision = c.revision"
      "  ORDER BY r.number DESC LIMIT 1)"
      " FROM cases c JOIN patients p ON p.id = c.patient_id WHERE p.archived = ?"
      " AND c.revision = (SELECT max (revision) FROM cases WHERE case_id = c.case_id)"
      " ORDER BY c.saved_at DESC, c.rowid DESC",
      "i", (gint64)args->flag);
  if (rows == NULL)
    return NULL;
  while (tdm_sql_next (rows, &failure))
    {
      g_autoptr (TdmStoreEntry) entry = entry_new (rows);
      if (matches (entry, args->text))
        g_ptr_array_add (entries, g_steal_pointer (&entry));
    }
  if (failure == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

static gboolean
archive (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  TdmHappening what = {
    g_get_real_time (), args->flag ? "archived" : "unarchived", args->id, 0, "", ""
  };
  if (!tdm_sql_run (
          db, error,
          "UPDATE patients SET archived = ?1 WHERE id = ?2 AND archived <> ?1", "is",
          (gint64)args->flag, args->id))
    return FALSE;
  /* Done already, or no such patient. */
  if (sqlite3_changes (db) > 0)
    return tdm_history_append (db, &what, error);
  gint64 known;
  g_autoptr (sqlite3_stmt) row = tdm_sql_prepare (
      db, error, "SELECT count (*) FROM patients WHERE id = ?", "s", args->id);
  if (row == NULL || !tdm_sql_integer (row, 0, &known, error))
    return FALSE;
  return known > 0
         || tdm_error_set_input (error, "patient", "%s is not in the database",
                                 args->id);
}

gpointer
tdm_work_set_archived (sqlite3 *db, const TdmStoreArgs *args, GError **error)
{
  if (!tdm_sql_begin (db, error))
    return NULL;
  gboolean done = archive (db, args, error);
  return GUINT_TO_POINTER (tdm_sql_end (db, done, error));
}
