/* Saving, loading, listing, drafts, results, files, and the asynchronous calls. */
#include "store-fixture.h"

#include <math.h>

static void
test_private_file (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "new", "deep", "t.db", NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;
  TdmStore *store = open_sound (path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_assert_cmpuint (save_sound (store, "c", record), ==, 1);
  g_assert_cmpstr (tdm_store_get_path (store), ==, path);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (log, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (folder, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  tdm_store_unref (store);
  /* Closed: one file, nothing beside it. */
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "t.db");
  g_assert_null (g_dir_read_name (dir));
}

static void
test_wide_mode_is_narrowed (Fixture *self, gconstpointer data)
{
  GStatBuf info;
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (g_chmod (self->path, 0644), ==, 0);
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_revisions (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TdmStore *store = open_sound (self->path);
  g_autoptr (TdmCase) first = make_case ("P-17", "Ann Example", 18.4);
  g_autoptr (TdmCase) second = make_case ("P-17", "Ann Example", 19.25);
  g_autofree char *case_id = save_new (store, first);
  g_assert_cmpuint (save_sound (store, case_id, first), ==, 1);
  g_assert_cmpuint (save_sound (store, case_id, second), ==, 2);
  g_assert_cmpuint (save_sound (store, case_id, first), ==, 3);
  tdm_store_unref (store);

  store = open_sound (self->path);
  g_autoptr (TdmCase) two = tdm_store_load_case (store, case_id, 2, &error);
  g_assert_no_error (error);
  assert_same_case (two, second);
  g_autoptr (TdmCase) newest = tdm_store_load_case (store, case_id, 0, &error);
  assert_same_case (newest, first);
  g_assert_null (tdm_store_load_case (store, case_id, 4, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (tdm_store_load_case (store, "unknown", 0, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  tdm_store_unref (store);
}

static GPtrArray *
list (TdmStore *store, const char *search, gboolean archived, guint expected)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = tdm_store_list (store, search, archived, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, expected);
  return rows;
}

static void
assert_listed (TdmStore *store, const char *search, gboolean archived, guint expected)
{
  g_ptr_array_unref (list (store, search, archived, expected));
}

static void
test_list_rows (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) a = make_case ("P-17", "Ann Example", 18.4);
  g_autoptr (TdmCase) b = make_case ("P-23", "Jörg Müller", 9.75);
  g_assert_cmpuint (save_sound (store, "a", a), ==, 1);
  g_autofree char *b_id = save_new (store, b);
  g_autoptr (GPtrArray) rows = list (store, NULL, FALSE, 2);
  const TdmStoreEntry *row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->case_id, ==, b_id);
  g_assert_cmpstr (row->patient.id, ==, "P-23");
  g_assert_cmpstr (row->patient.name, ==, "Jörg Müller");
  g_assert_cmpint (row->patient.sex, ==, TDM_SEX_FEMALE);
  g_assert_cmpstr (row->patient.birth, ==, "1957-05-02");
  g_assert_cmpstr (row->model, ==, "vancomycin-goti-2018");
  g_assert_true (row->has_level);
  g_assert_cmpfloat (row->level_value, ==, 9.75);
  g_assert_cmpstr (row->level_unit, ==, "mg/L");
  g_autofree char *time = g_date_time_format (row->level_time, "%Y-%m-%d %H:%M");
  g_assert_cmpstr (time, ==, "2026-03-03 07:30");
  g_assert_cmpuint (row->revision, ==, 1);
  g_assert_false (row->archived);

  assert_listed (store, "muller", FALSE, 1);
  assert_listed (store, "p-17", FALSE, 1);
  assert_listed (store, "vanco", FALSE, 2);
  assert_listed (store, "Müller Ann", FALSE, 0);
}

static void
test_archive (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_assert_cmpuint (save_sound (store, "c", record), ==, 1);
  g_autoptr (GPtrArray) rows = list (store, NULL, FALSE, 1);
  const TdmStoreEntry *row = g_ptr_array_index (rows, 0);
  for (gboolean archived = TRUE; archived >= FALSE; archived--)
    {
      g_assert_true (tdm_store_set_archived (store, row->patient_id, archived, &error));
      g_assert_no_error (error);
      /* A second time changes nothing and is told only once. */
      g_assert_true (tdm_store_set_archived (store, row->patient_id, archived, &error));
      assert_listed (store, NULL, FALSE, archived ? 0 : 1);
      assert_listed (store, NULL, TRUE, archived ? 1 : 0);
    }
  g_autoptr (GPtrArray) events = tdm_store_history (store, row->patient_id, &error);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_false (tdm_store_set_archived (store, "nobody", TRUE, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
}

/* Two cases of the same identity are one patient; correcting one of them leaves the
 * other's patient alone. */
static void
test_shared_patient (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) a = make_case ("P-17", "Ann Example", 18.4);
  g_autoptr (TdmCase) b = make_case ("P-17", "Ann Example", 7.1);
  g_autoptr (TdmCase) renamed = make_case ("P-17", "Ann Married", 7.1);
  g_assert_cmpuint (save_sound (store, "a", a), ==, 1);
  g_autofree char *b_id = save_new (store, b);
  g_autoptr (GPtrArray) rows = list (store, NULL, FALSE, 2);
  const TdmStoreEntry *first = g_ptr_array_index (rows, 0);
  const TdmStoreEntry *second = g_ptr_array_index (rows, 1);
  g_assert_cmpstr (first->patient_id, ==, second->patient_id);

  g_assert_cmpuint (save_sound (store, b_id, renamed), ==, 2);
  assert_listed (store, "Example", FALSE, 1);
  g_autoptr (GPtrArray) married = list (store, "Married", FALSE, 1);
  /* Alone with its patient now, so the same row is corrected. */
  const TdmStoreEntry *before = g_ptr_array_index (married, 0);
  g_autoptr (TdmCase) again = make_case ("P-17", "Ann Remarried", 7.1);
  g_assert_cmpuint (save_sound (store, b_id, again), ==, 3);
  g_autoptr (GPtrArray) rows_after = list (store, "Remarried", FALSE, 1);
  const TdmStoreEntry *after = g_ptr_array_index (rows_after, 0);
  g_assert_cmpstr (before->patient_id, ==, after->patient_id);
  g_assert_true (tdm_store_verify (store, &error));
  g_assert_no_error (error);
}

static void
test_drafts (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TdmStore *store = open_sound (self->path);
  g_assert_true (tdm_store_save_draft (store, "c", "levels[1].value", "18,", &error));
  g_assert_true (tdm_store_save_draft (store, "c", "levels[1].value", "18,4x", &error));
  g_assert_true (tdm_store_save_draft (store, "c", "patient.birth", "19", &error));
  g_assert_true (tdm_store_save_draft (store, "other", "patient.birth", "20", &error));
  g_assert_true (tdm_store_save_draft (store, "c", "patient.birth", NULL, &error));
  g_assert_no_error (error);
  tdm_store_unref (store);
  store = open_sound (self->path);
  g_autoptr (GHashTable) drafts = tdm_store_load_drafts (store, "c", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (drafts), ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (drafts, "levels[1].value"), ==, "18,4x");
  tdm_store_unref (store);
}

static void
test_results (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autofree char *case_id = save_new (store, record);
  g_autoptr (GBytes) model = g_bytes_new_static ("[model]\nid=m\n", 13);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, model);
  TdmStoreResult result = { case_id, 1, "m-1", sha256, model, "abc", "{\"x\":1.5}" };
  g_assert_null (tdm_store_load_result (store, case_id, 1, &error));
  g_assert_no_error (error);
  g_assert_true (tdm_store_save_result (store, &result, &error));
  result.json = "{\"x\":2.5}";
  g_assert_true (tdm_store_save_result (store, &result, &error));
  g_assert_no_error (error);
  g_autofree char *json = tdm_store_load_result (store, case_id, 1, &error);
  g_assert_cmpstr (json, ==, "{\"x\":2.5}");
  g_autoptr (GBytes) bytes = tdm_store_load_model (store, sha256, &error);
  g_assert_true (g_bytes_equal (bytes, model));
  g_assert_true (tdm_store_verify (store, &error));
  g_assert_no_error (error);

  /* A revision that is not there, and a model that is not what it says. */
  result.revision = 7;
  g_assert_false (tdm_store_save_result (store, &result, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_SYSTEM);
  g_clear_error (&error);
  result.revision = 1;
  result.model_sha256 = "0000";
  g_assert_false (tdm_store_save_result (store, &result, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
}

static void
assert_judged (TdmStore *store, const char *case_id, TdmStoreSide side)
{
  g_autoptr (GPtrArray) rows = list (store, NULL, FALSE, 1);
  const TdmStoreEntry *row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->case_id, ==, case_id);
  g_assert_cmpint (row->judgement.side, ==, side);
  if (side == TDM_STORE_NOT_JUDGED)
    return;
  g_assert_cmpint (row->judgement.metric, ==, TDM_METRIC_AUC24);
  g_assert_cmpfloat (row->judgement.value, ==, 836.25);
  g_assert_cmpfloat (row->judgement.low, ==, 400);
  g_assert_cmpfloat (row->judgement.high, ==, INFINITY);
  g_assert_cmpstr (row->judgement.unit, ==, "mg.h/L");
}

/* The row says what the newest result of the newest revision says, or nothing. */
static void
test_judgement (Fixture *self, gconstpointer data)
{
#define JUDGED(side)                                                                  \
  "{\"fit\": {}, \"judgement\": {\"metric\": \"auc24\", \"value\": 836.25, \"low\": " \
  "400, "                                                                             \
  "\"unit\": \"mg.h/L\", \"side\": \"" side "\"}}"
  static const struct
  {
    const char *json;
    TdmStoreSide side;
  } rows[] = {
    { JUDGED ("above"), TDM_STORE_ABOVE },
    { JUDGED ("within"), TDM_STORE_WITHIN },
    { JUDGED ("below"), TDM_STORE_BELOW },
    { JUDGED ("beside"), TDM_STORE_NOT_JUDGED },
    { "{\"fit\": {}, \"judgement\": null}", TDM_STORE_NOT_JUDGED },
    { "{\"judgement\": {\"metric\": \"auc24\", \"side\": \"above\"}}",
      TDM_STORE_NOT_JUDGED },
    { "{\"judgement\": 7}", TDM_STORE_NOT_JUDGED },
    { "{\"x\": 1.5}", TDM_STORE_NOT_JUDGED },
    { "no JSON", TDM_STORE_NOT_JUDGED },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autoptr (TdmCase) next = make_case ("P-17", "Ann Example", 19.7);
  g_autofree char *case_id = save_new (store, record);
  g_autoptr (GBytes) model = g_bytes_new_static ("[model]\nid=m\n", 13);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, model);
  TdmStoreResult result = { case_id, 1, "m-1", sha256, model, "abc", NULL };

  assert_judged (store, case_id, TDM_STORE_NOT_JUDGED);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      result.json = JUDGED ("above");
      g_assert_true (tdm_store_save_result (store, &result, &error));
      assert_judged (store, case_id, TDM_STORE_ABOVE);
      result.json = rows[i].json;
      g_assert_true (tdm_store_save_result (store, &result, &error));
      assert_judged (store, case_id, rows[i].side);
    }
#undef JUDGED
  /* A new revision is not answered by the result of the old one. */
  g_assert_cmpuint (save_sound (store, case_id, next), ==, 2);
  assert_judged (store, case_id, TDM_STORE_NOT_JUDGED);
}

static guint
count_events (TdmStore *store, const char *case_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = tdm_store_history (store, case_id, &error);
  g_assert_no_error (error);
  return events->len;
}

/* What is known already adds neither a row nor an event. */
static void
test_same_result (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autofree char *case_id = save_new (store, record);
  g_autoptr (GBytes) model = g_bytes_new_static ("[model]\nid=m\n", 13);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, model);
  TdmStoreResult result = { case_id, 1, "m-1", sha256, model, "abc", "{\"x\":1.5}" };
  g_assert_true (tdm_store_save_result (store, &result, &error));
  guint events = count_events (store, case_id);
  g_assert_true (tdm_store_save_result (store, &result, &error));
  g_assert_cmpuint (count_events (store, case_id), ==, events);
  result.input_hash = "abd";
  g_assert_true (tdm_store_save_result (store, &result, &error));
  g_assert_cmpuint (count_events (store, case_id), ==, events + 1);
  result.input_hash = "abc";
  g_assert_true (tdm_store_save_result (store, &result, &error));
  g_assert_cmpuint (count_events (store, case_id), ==, events + 2);
  g_assert_true (tdm_store_verify (store, &error));
  g_assert_no_error (error);
}

static void
test_transfer (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autofree char *case_id = save_new (store, record);
  g_autofree char *file = g_build_filename (self->folder, "case.json", NULL);
  g_assert_true (tdm_store_export (store, case_id, file, &error));
  g_assert_no_error (error);
  g_autoptr (TdmCase) read = tdm_case_file_read (file, &error);
  assert_same_case (read, record);

  /* What is there word for word is not there twice. */
  g_autofree char *again = tdm_store_import (store, file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, case_id);

  g_autoptr (TdmCase) later = make_case ("P-17", "Ann Example", 19.7);
  g_assert_true (tdm_case_file_write (later, file, &error));
  g_autofree char *imported = tdm_store_import (store, file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (imported, !=, case_id);
  g_autoptr (TdmCase) copy = tdm_store_load_case (store, imported, 0, &error);
  assert_same_case (copy, later);
  g_autoptr (GPtrArray) events = tdm_store_history (store, imported, &error);
  g_assert_cmpuint (events->len, ==, 1);
  const TdmStoreEvent *event = g_ptr_array_index (events, 0);
  g_assert_cmpstr (event->action, ==, "imported");
  g_assert_cmpuint (event->revision, ==, 1);
}

/* Each part of an identity altered in turn: refused, with both identities in the
 * message. */
static void
test_import_of_another (Fixture *self, gconstpointer data)
{
  static const char *const others[][4] = {
    { "P-17", "Ann Exemple", "female", "1957-05-02" },
    { "P-17", "Ann Example", "male", "1957-05-02" },
    { "P-17", "Ann Example", "female", "1975-05-02" },
  };
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autofree char *case_id = save_new (store, record);
  g_autofree char *file = g_build_filename (self->folder, "case.json", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    for (int into = 0; into < 2; into++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *json = g_strdup_printf (
            "{\"format\": \"titrate-case/1\", \"patient\": {\"id\": \"%s\","
            " \"name\": \"%s\", \"sex\": \"%s\", \"birth\": \"%s\"}}",
            others[i][0], others[i][1], others[i][2], others[i][3]);
        g_assert_true (g_file_set_contents (file, json, -1, NULL));
        g_assert_null (tdm_store_import (store, file, into ? case_id : NULL, &error));
        g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
        g_assert_nonnull (strstr (error->message, others[i][1]));
        g_assert_nonnull (
            strstr (error->message, "Ann Example, female, born 1957-05-02"));
      }
  assert_listed (store, NULL, FALSE, 1);
}

typedef struct
{
  GMainLoop *loop;
  GThread *thread;
  guint revisions[3];
  guint n;
} AsyncRun;

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AsyncRun *run = data;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_thread_self () == run->thread);
  run->revisions[run->n++] = tdm_store_save_case_finish (result, &error);
  g_assert_no_error (error);
  if (run->n == 3)
    g_main_loop_quit (run->loop);
}

static void
test_async_saves (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  AsyncRun run = { .loop = loop, .thread = g_thread_self () };
  g_autofree char *case_id = tdm_store_new_case_id ();
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4 + i);
      tdm_store_save_case_async (store, case_id, record, saved_cb, &run);
    }
  g_assert_cmpuint (run.n, ==, 0);
  g_main_loop_run (loop);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (run.revisions[i], ==, i + 1);
}

static void
failed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (tdm_store_load_case_finish (result, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_main_loop_quit (data);
}

static void
test_async_error (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  tdm_store_load_case_async (store, "unknown", 0, failed_cb, loop);
  g_main_loop_run (loop);
}

/* What is in the queue when the store is let go is still saved. */
static void
test_close_saves_first (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TdmStore *store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  tdm_store_save_case_async (store, "c", record, NULL, NULL);
  tdm_store_unref (store);
  store = open_sound (self->path);
  g_autoptr (TdmCase) loaded = tdm_store_load_case (store, "c", 1, &error);
  g_assert_no_error (error);
  assert_same_case (loaded, record);
  tdm_store_unref (store);
}

static void
test_throwaway (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TdmStore *store = tdm_store_open_throwaway (&error);
  g_assert_no_error (error);
  g_assert_null (tdm_store_get_path (store));
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_autofree char *case_id = save_new (store, record);
  g_autoptr (TdmCase) loaded = tdm_store_load_case (store, case_id, 0, &error);
  assert_same_case (loaded, record);
  g_assert_true (tdm_store_verify (store, &error));
  tdm_store_unref (store);
  store = tdm_store_open_throwaway (&error);
  assert_listed (store, NULL, FALSE, 0);
  tdm_store_unref (store);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/file/private", test_private_file);
  ADD ("/store/file/wide-mode-is-narrowed", test_wide_mode_is_narrowed);
  ADD ("/store/case/revisions", test_revisions);
  ADD ("/store/list/rows", test_list_rows);
  ADD ("/store/list/archive", test_archive);
  ADD ("/store/patient/shared", test_shared_patient);
  ADD ("/store/draft/kept", test_drafts);
  ADD ("/store/result/kept", test_results);
  ADD ("/store/result/judgement", test_judgement);
  ADD ("/store/result/same", test_same_result);
  ADD ("/store/transfer/round-trip", test_transfer);
  ADD ("/store/transfer/of-another", test_import_of_another);
  ADD ("/store/async/saves", test_async_saves);
  ADD ("/store/async/error", test_async_error);
  ADD ("/store/async/close-saves-first", test_close_saves_first);
  ADD ("/store/throwaway/gone", test_throwaway);
  return g_test_run ();
}
