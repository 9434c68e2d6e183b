/* What the store's tests share: a folder of their own, cases, raw connections. */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "record/case-file.h"
#include "store/store.h"

typedef struct
{
  char *folder;
  char *path; /* of the database, not made yet */
} Fixture;

static inline void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  self->folder = g_dir_make_tmp ("titrate-test-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "titrate.db", NULL);
}

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* The number of files in the folder. */
static inline guint
fixture_count_files (Fixture *self)
{
  guint n = 0;
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static inline TdmStore *
open_sound (const char *path)
{
  g_autoptr (GError) error = NULL;
  TdmStore *store = tdm_store_open (path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static inline TdmCase *
parse_case (const char *json)
{
  g_autoptr (GError) error = NULL;
  TdmCase *record = tdm_case_file_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  return record;
}

/* A case of patient `id` named `name` with one level, `level` mg/L after 47.5 h. */
static inline TdmCase *
make_case (const char *id, const char *name, double level)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *json = g_strdup_printf (
      "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-goti-2018\","
      " \"start\": \"2026-03-01T08:00\","
      " \"patient\": {\"id\": \"%s\", \"name\": \"%s\", \"sex\": \"female\","
      " \"birth\": \"1957-05-02\"},"
      " \"doses\": [{\"time\": 0, \"amount\": 1370, \"unit\": \"mg\", \"route\": "
      "\"iv\","
      " \"duration\": 2}],"
      " \"levels\": [{\"time\": 47.5, \"value\": %s, \"unit\": \"mg/L\"},"
      " {\"time\": 13.25, \"value\": 31.7, \"unit\": \"mg/L\"}]}",
      id, name, g_ascii_dtostr (number, sizeof number, level));
  return parse_case (json);
}

static inline guint
save_sound (TdmStore *store, const char *case_id, TdmCase *record)
{
  g_autoptr (GError) error = NULL;
  guint revision = tdm_store_save_case (store, case_id, record, &error);
  g_assert_no_error (error);
  return revision;
}

/* Saves the case and gives its new id. Yours. */
static inline char *
save_new (TdmStore *store, TdmCase *record)
{
  char *case_id = tdm_store_new_case_id ();
  g_assert_cmpuint (save_sound (store, case_id, record), ==, 1);
  return case_id;
}

static inline void
assert_same_case (TdmCase *a, TdmCase *b)
{
  g_autofree char *a_text = tdm_case_file_to_text (a);
  g_autofree char *b_text = tdm_case_file_to_text (b);
  g_assert_cmpstr (a_text, ==, b_text);
}

/* Runs SQL on the file behind the store's back; SQLite's result code. */
static inline int
raw_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  int code = sqlite3_exec (db, sql, NULL, NULL, NULL);
  sqlite3_close (db);
  return code;
}

/* A system error whose message has `part`. */
static inline void
assert_refused (const GError *error, const char *part)
{
  g_assert_error (error, TDM_ERROR, TDM_ERROR_SYSTEM);
  if (strstr (error->message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
}
