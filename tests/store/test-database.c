/* The database file: schema and migration, refused files, faults of the disk, kills,
 * and the proof that what is stored is what was saved. */
#include "store-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/database.h"
#include "store/schema.h"

static char *self_path;

/* --- Schema. */

static gint64
pragma (sqlite3 *db, const char *name)
{
  g_autoptr (GError) error = NULL;
  gint64 value = -1;
  g_assert_true (tdm_schema_pragma (db, name, &value, &error));
  g_assert_no_error (error);
  return value;
}

static void
test_settings (Fixture *self, gconstpointer data)
{
  const struct
  {
    TdmDiskKind disk;
    const char *journal;
    gint64 synchronous;
  } kinds[] = { { TDM_DISK_LOCAL, "wal", 2 }, { TDM_DISK_NETWORK, "truncate", 3 } };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmDatabase) database =
          tdm_database_open (self->path, &kinds[i].disk, &error);
      g_assert_no_error (error);
      sqlite3 *db = tdm_database_get_connection (database);
      sqlite3_stmt *row = NULL;
      sqlite3_prepare_v2 (db, "PRAGMA journal_mode", -1, &row, NULL);
      g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
      g_assert_cmpstr ((const char *)sqlite3_column_text (row, 0), ==,
                       kinds[i].journal);
      sqlite3_finalize (row);
      g_assert_cmpint (pragma (db, "synchronous"), ==, kinds[i].synchronous);
      g_assert_cmpint (pragma (db, "foreign_keys"), ==, 1);
      g_assert_cmpint (pragma (db, "trusted_schema"), ==, 0);
      g_assert_cmpint (pragma (db, "application_id"), ==, TDM_SCHEMA_APPLICATION_ID);
      g_assert_cmpint (pragma (db, "user_version"), ==, tdm_schema_version ());
    }
}

static void
test_disk_kinds (void)
{
  g_assert_cmpint (tdm_disk_kind (0xEF53), ==, TDM_DISK_LOCAL);
  g_assert_cmpint (tdm_disk_kind (0x6969), ==, TDM_DISK_NETWORK);
  /* The number is signed on some machines. */
  g_assert_cmpint (tdm_disk_kind ((guint64)(gint32)0xFF534D42), ==, TDM_DISK_NETWORK);
}

/* A later step that fails leaves the version and the tables before it. */
static void
test_migration (Fixture *self, gconstpointer data)
{
  const char *const good[] = { tdm_schema_steps ()[0], "CREATE TABLE two (x)", NULL };
  const char *const bad[] = { good[0], good[1], "CREATE TABLE three (x); NONSENSE",
                              NULL };
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_true (tdm_schema_migrate (db, good, &error));
  g_assert_no_error (error);
  g_assert_cmpint (pragma (db, "user_version"), ==, 2);
  g_assert_false (tdm_schema_migrate (db, bad, &error));
  assert_refused (error, "brought up to date");
  g_assert_cmpint (pragma (db, "user_version"), ==, 2);
  g_assert_cmpint (sqlite3_exec (db, "SELECT * FROM three", NULL, NULL, NULL), ==,
                   SQLITE_ERROR);
  g_assert_cmpint (sqlite3_exec (db, "SELECT * FROM two", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
}

static void
test_empty_files_are_filled (Fixture *self, gconstpointer data)
{
  g_assert_true (g_file_set_contents (self->path, "", 0, NULL));
  tdm_store_unref (open_sound (self->path));
  g_unlink (self->path);
  /* As a kill between making the file and the first transaction leaves it. */
  g_assert_cmpint (raw_sql (self->path, "PRAGMA journal_mode = WAL; VACUUM"), ==,
                   SQLITE_OK);
  tdm_store_unref (open_sound (self->path));
}

static void
test_append_only (Fixture *self, gconstpointer data)
{
  static const char *const attempts[] = {
    "UPDATE cases SET text = '{}'",
    "DELETE FROM cases",
    "INSERT OR REPLACE INTO cases SELECT * FROM cases",
    "UPDATE history SET detail = 'x'",
    "DELETE FROM history",
    "INSERT OR REPLACE INTO history SELECT * FROM history",
    "DELETE FROM patients",
  };
  TdmStore *store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_assert_cmpuint (save_sound (store, "c", record), ==, 1);
  tdm_store_unref (store);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    g_assert_cmpint (raw_sql (self->path, attempts[i]), ==, SQLITE_CONSTRAINT);
}

/* --- Refused files. */

static void
assert_refused_untouched (Fixture *self, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize n_before, n_after;
  guint n_files = fixture_count_files (self);
  g_assert_true (g_file_get_contents (self->path, &before, &n_before, NULL));
  g_assert_null (tdm_store_open (self->path, &error));
  assert_refused (error, why);
  g_assert_true (g_file_get_contents (self->path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_cmpuint (fixture_count_files (self), ==, n_files);
}

static void
test_refuses_text (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (5000, 'x');
  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  assert_refused_untouched (self, "is not a database");
  g_assert_true (g_file_set_contents (self->path, "SQLite format 3", 16, NULL));
  assert_refused_untouched (self, "is not a database");
}

static void
test_refuses_foreign (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (raw_sql (self->path, "CREATE TABLE notes (x)"), ==, SQLITE_OK);
  assert_refused_untouched (self, "another program");
  g_assert_cmpint (raw_sql (self->path, "PRAGMA application_id = 252006675"), ==,
                   SQLITE_OK);
  assert_refused_untouched (self, "another program");
  /* Also one in WAL mode, where SQLite likes to leave files behind. */
  g_assert_cmpint (raw_sql (self->path, "PRAGMA journal_mode = WAL"), ==, SQLITE_OK);
  assert_refused_untouched (self, "another program");
}

static void
test_refuses_newer (Fixture *self, gconstpointer data)
{
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (raw_sql (self->path, "PRAGMA user_version = 9000"), ==, SQLITE_OK);
  assert_refused_untouched (self, "newer Titrate");
}

static void
test_refuses_other_tables (Fixture *self, gconstpointer data)
{
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (raw_sql (self->path, "DROP TRIGGER history_no_update"), ==,
                   SQLITE_OK);
  assert_refused_untouched (self, "is damaged");
}

static void
test_refuses_truncated (Fixture *self, gconstpointer data)
{
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (truncate (self->path, 3 * 4096 + 17), ==, 0);
  assert_refused_untouched (self, "is damaged");
}

static void
test_refuses_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (tdm_store_open (self->folder, &error));
  assert_refused (error, "is not a file");
}

/* Bits flipped anywhere: the file is refused and left alone, or it opens and the proof
 * either holds or names what is wrong. */
static void
test_flipped_bits (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261);
  g_autofree char *sound = NULL;
  gsize length;
  guint refused = 0;
  TdmStore *store = open_sound (self->path);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4 + i);
      g_assert_cmpuint (save_sound (store, "c", record), ==, i + 1);
    }
  tdm_store_unref (store);
  g_assert_true (g_file_get_contents (self->path, &sound, &length, NULL));
  for (guint i = 0; i < 80; i++)
    {
      g_autofree char *bytes = g_memdup2 (sound, length);
      for (guint k = 0; k < 1 + i % 9; k++)
        bytes[g_rand_int_range (random, 0, (gint32)length)] ^=
            (char)(1 << g_rand_int_range (random, 0, 8));
      g_assert_true (g_file_set_contents (self->path, bytes, (gssize)length, NULL));
      g_autoptr (GError) error = NULL;
      store = tdm_store_open (self->path, &error);
      if (store != NULL)
        {
          gboolean proven = tdm_store_verify (store, &error);
          g_assert_true (proven == (error == NULL));
          tdm_store_unref (store);
          continue;
        }
      g_autofree char *after = NULL;
      gsize n_after;
      g_assert_error (error, TDM_ERROR, TDM_ERROR_SYSTEM);
      g_assert_true (g_file_get_contents (self->path, &after, &n_after, NULL));
      g_assert_cmpmem (bytes, length, after, n_after);
      refused++;
    }
  g_assert_cmpuint (refused, >, 5);
}

/* --- The proof. */

/* Triggers keep honest programs out; whoever goes round them is found. */
static void
test_verify_finds_edits (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *trigger, *sql, *said;
  } edits[] = {
    { "history_no_update", "UPDATE history SET detail = 'x' WHERE number = 2",
      "history row 2 " },
    { "history_no_update", "UPDATE history SET time = time + 1 WHERE number = 3",
      "history row 3 " },
    { "history_no_delete", "DELETE FROM history WHERE number = 2", "history row 2 " },
    { "history_no_delete", "DELETE FROM history WHERE number = 4",
      "is not told in the history" },
    { "cases_no_update",
      "UPDATE cases SET text = replace (text, '18.4', '81.4') WHERE revision = 1",
      "history row 1:" },
    { "cases_no_update", "UPDATE cases SET saved_at = 5 WHERE revision = 2",
      "history row 2:" },
    { "cases_no_delete", "DELETE FROM cases WHERE revision = 3", "history row 3:" },
    { "results_no_update", "UPDATE results SET json = '{\"dose\": 9000}'",
      "history row 4:" },
    { "models_no_update", "UPDATE models SET content = x'00'", "model m-1 is not" },
    { "patients_no_delete", "UPDATE patients SET name = 'Bob'",
      "is not who was saved" },
    { "patients_no_delete", "UPDATE patients SET archived = 1", "untold" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) model = g_bytes_new_static ("model", 5);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, model);
  g_autofree char *sound = NULL;
  gsize length;
  TdmStore *store = open_sound (self->path);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4 + i);
      g_assert_cmpuint (save_sound (store, "c", record), ==, i + 1);
    }
  TdmStoreResult result = { "c", 3, "m-1", sha256, model, "abc", "{}" };
  g_assert_true (tdm_store_save_result (store, &result, &error));
  g_assert_true (tdm_store_verify (store, &error));
  g_assert_no_error (error);
  tdm_store_unref (store);
  g_assert_true (g_file_get_contents (self->path, &sound, &length, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autofree char *trigger_sql = NULL;
      sqlite3 *db = NULL;
      sqlite3_stmt *row = NULL;
      g_assert_true (g_file_set_contents (self->path, sound, (gssize)length, NULL));
      g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
      sqlite3_prepare_v2 (db, "SELECT sql FROM sqlite_schema WHERE name = ?", -1, &row,
                          NULL);
      sqlite3_bind_text (row, 1, edits[i].trigger, -1, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
      trigger_sql = g_strdup ((const char *)sqlite3_column_text (row, 0));
      sqlite3_finalize (row);
      g_autofree char *sql = g_strdup_printf (
          "DROP TRIGGER %s; %s; %s", edits[i].trigger, edits[i].sql, trigger_sql);
      g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (db);
      g_autoptr (GError) fault = NULL;
      store = open_sound (self->path);
      g_assert_false (tdm_store_verify (store, &fault));
      assert_refused (fault, edits[i].said);
      tdm_store_unref (store);
    }
}

/* --- Two at once. */

static void
test_second_in_this_process (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *said = g_strdup_printf ("process %d on", (int)getpid ());
  TdmStore *store = open_sound (self->path);
  g_assert_null (tdm_store_open (self->path, &error));
  assert_refused (error, said);
  tdm_store_unref (store);
  tdm_store_unref (open_sound (self->path));
}

/* Starts this program again in the part of `role` on the database; its standard output.
 */
static GPid
start_child (const char *role, const char *path, int *output)
{
  g_autoptr (GError) error = NULL;
  GPid pid;
  const char *argv[] = { self_path, "--child", role, path, NULL };
  g_assert_true (g_spawn_async_with_pipes (NULL, (char **)argv, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                           NULL, output, NULL, &error));
  g_assert_no_error (error);
  return pid;
}

static void
kill_child (GPid pid)
{
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
}

static void
test_second_process (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int output;
  guint32 revision;
  GPid pid = start_child ("hold", self->path, &output);
  g_assert_cmpint (read (output, &revision, sizeof revision), ==, sizeof revision);
  g_autofree char *said = g_strdup_printf ("process %d on", (int)pid);
  g_assert_null (tdm_store_open (self->path, &error));
  assert_refused (error, said);
  kill_child (pid);
  close (output);
  tdm_store_unref (open_sound (self->path));
}

static void
test_other_program_holds (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;
  tdm_store_unref (open_sound (self->path));
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  g_assert_null (tdm_store_open (self->path, &error));
  assert_refused (error, "another program is using the database");
  sqlite3_close (db);
  tdm_store_unref (open_sound (self->path));
}

/* --- Kills. */

/* Every acknowledged revision is there after SIGKILL at any moment. */
static void
test_kills (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4711);
  guint32 acknowledged = 0;
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) error = NULL;
      int output;
      guint32 revision;
      GPid pid = start_child ("save", self->path, &output);
      guint32 want = (guint32)g_rand_int_range (random, 1, 12);
      for (guint32 k = 0; k < want; k++)
        if (read (output, &revision, sizeof revision) == sizeof revision)
          acknowledged = revision;
      g_usleep ((gulong)g_rand_int_range (random, 0, 3000));
      kill_child (pid);
      while (read (output, &revision, sizeof revision) == sizeof revision)
        acknowledged = revision;
      close (output);

      g_autoptr (TdmStore) store = open_sound (self->path);
      g_autoptr (TdmCase) record =
          tdm_store_load_case (store, "c", acknowledged, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (tdm_case_get_level (record, 0)->value, ==,
                         1.0 + 0.25 * acknowledged);
      g_assert_true (tdm_store_verify (store, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (acknowledged, >=, 20);
  g_assert_cmpuint (fixture_count_files (self), ==, 1);
}

/* The child: saves revision after revision, and says so only when each is saved. */
static int
run_child (const char *role, const char *path)
{
  g_autoptr (TdmStore) store = open_sound (path);
  g_autoptr (GPtrArray) events = tdm_store_history (store, "c", NULL);
  for (guint32 n = events->len + 1;; n++)
    {
      g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 1.0 + 0.25 * n);
      guint32 revision = save_sound (store, "c", record);
      g_assert_cmpuint (revision, ==, n);
      if (write (STDOUT_FILENO, &revision, sizeof revision) != sizeof revision)
        return 1;
      while (strcmp (role, "hold") == 0)
        pause ();
    }
}

/* --- Faults of the disk. */

/* The file-size limit stands for a full disk: saving fails with a sentence, what was
 * saved stays, and the same save works once there is room. */
static void
test_full_disk (Fixture *self, gconstpointer data)
{
  struct rlimit before, small;
  g_autoptr (GError) error = NULL;
  guint32 n = 0;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_autoptr (TdmStore) store = open_sound (self->path);
  small = before;
  small.rlim_cur = 160 * 1024;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_autoptr (TdmCase) record = NULL;
  do
    {
      g_clear_pointer (&record, tdm_case_unref);
      record = make_case ("P-17", "Ann Example", 1.0 + ++n);
    }
  while (n < 200 && tdm_store_save_case (store, "c", record, &error) == n);
  assert_refused (error, "the disk is full");
  g_assert_cmpuint (n, >, 1);
  g_clear_error (&error);
  g_assert_cmpuint (tdm_store_save_case (store, "c", record, &error), ==, 0);
  assert_refused (error, "the disk is full");
  g_clear_error (&error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (save_sound (store, "c", record), ==, n);
  g_assert_true (tdm_store_verify (store, &error));
  g_assert_no_error (error);
}

static void
test_removed_while_open (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *aside = g_strconcat (self->path, ".aside", NULL);
  g_autoptr (TdmStore) store = open_sound (self->path);
  g_autoptr (TdmCase) record = make_case ("P-17", "Ann Example", 18.4);
  g_assert_cmpint (g_rename (self->path, aside), ==, 0);
  g_assert_cmpuint (tdm_store_save_case (store, "c", record, &error), ==, 0);
  assert_refused (error, "moved or removed");
  g_assert_cmpint (g_rename (aside, self->path), ==, 0);
  g_assert_cmpuint (save_sound (store, "c", record), ==, 1);
}

static void
test_read_only_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  if (geteuid () == 0)
    {
      g_test_skip ("the superuser may write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (self->folder, 0500), ==, 0);
  g_assert_null (tdm_store_open (self->path, &error));
  assert_refused (error, "cannot be written");
  g_assert_cmpint (g_chmod (self->folder, 0700), ==, 0);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_test_add_func ("/store/database/disk-kinds", test_disk_kinds);
  ADD ("/store/database/settings", test_settings);
  ADD ("/store/schema/migration", test_migration);
  ADD ("/store/schema/empty-files-are-filled", test_empty_files_are_filled);
  ADD ("/store/schema/append-only", test_append_only);
  ADD ("/store/inspect/text", test_refuses_text);
  ADD ("/store/inspect/foreign", test_refuses_foreign);
  ADD ("/store/inspect/newer", test_refuses_newer);
  ADD ("/store/inspect/other-tables", test_refuses_other_tables);
  ADD ("/store/inspect/truncated", test_refuses_truncated);
  ADD ("/store/inspect/folder", test_refuses_folder);
  ADD ("/store/inspect/flipped-bits", test_flipped_bits);
  ADD ("/store/verify/finds-edits", test_verify_finds_edits);
  ADD ("/store/lock/second-in-this-process", test_second_in_this_process);
  ADD ("/store/lock/second-process", test_second_process);
  ADD ("/store/lock/other-program", test_other_program_holds);
  ADD ("/store/disk/kills", test_kills);
  ADD ("/store/disk/full", test_full_disk);
  ADD ("/store/disk/removed-while-open", test_removed_while_open);
  ADD ("/store/disk/read-only-folder", test_read_only_folder);
  int status = g_test_run ();
  g_free (self_path);
  return status;
}
