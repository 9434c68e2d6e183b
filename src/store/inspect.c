/* Looks at a database file before anything may write to it.
 *
 * A file without a journal beside it is opened immutable: SQLite then takes no locks
 * and makes no files. After a crash there is a journal, and only file and journal
 * together are a sound database; then a copy of both is looked at. */
#include "store/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/schema.h"
#include "store/sql.h"

enum
{
  HEADER_SIZE = 100,
  OFFSET_USER_VERSION = 60,
  OFFSET_APPLICATION_ID = 68,
};

static const char *const journals[] = { "-wal", "-journal" };

static TdmFileKind
refuse (GError **error, const char *path, const char *why)
{
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
               "%s %s. It is left as it is; move it away to start with an empty "
               "database, or put a sound copy in its place",
               path, why);
  return TDM_FILE_REFUSED;
}

static guint32
big_endian (const guint8 *bytes)
{
  guint32 value;
  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static gboolean
has_journal (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (journals); i++)
    {
      g_autofree char *name = g_strconcat (path, journals[i], NULL);
      GStatBuf info;
      if (g_stat (name, &info) == 0 && info.st_size > 0)
        return TRUE;
    }
  return FALSE;
}

static TdmFileKind
check_numbers (const char *path, gint64 application_id, gint64 version, GError **error)
{
  if (application_id != 0 && application_id != TDM_SCHEMA_APPLICATION_ID)
    return refuse (error, path, "is a database of another program");
  if (version > (gint64)tdm_schema_version ())
    return refuse (error, path, "was written by a newer Titrate; use that one");
  if (version < 0 || (application_id == 0) != (version == 0))
    return refuse (error, path, "is not a database of Titrate");
  return version == 0 ? TDM_FILE_NEW : TDM_FILE_OURS;
}

/* The first bytes, read without SQLite. */
static TdmFileKind
check_header (const char *path, GError **error)
{
  guint8 header[HEADER_SIZE] = { 0 };
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize n = fd < 0 ? -1 : read (fd, header, sizeof header);
  int failure = errno;
  if (fd >= 0)
    close (fd);
  if (n < 0)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s cannot be read: %s", path,
                   g_strerror (failure));
      return TDM_FILE_REFUSED;
    }
  if (n == 0)
    return has_journal (path) ? refuse (error, path, "is damaged (cut to nothing)")
                              : TDM_FILE_NEW;
  if (n < HEADER_SIZE || memcmp (header, "SQLite format 3", 16) != 0)
    return refuse (error, path, "is not a database");
  return check_numbers (path, (gint32)big_endian (header + OFFSET_APPLICATION_ID),
                        (gint32)big_endian (header + OFFSET_USER_VERSION), error);
}

/* The pages are sound. An error here is that of a damaged file, not of the disk. */
static gboolean
check_pages (sqlite3 *db)
{
  g_autoptr (sqlite3_stmt) check =
      tdm_sql_prepare (db, NULL, "PRAGMA quick_check(1)", "");
  return check != NULL && tdm_sql_next (check, NULL)
         && g_strcmp0 (tdm_sql_text (check, 0), "ok") == 0;
}

/* What the open database `db`, known as `path`, is. */
static TdmFileKind
check_content (sqlite3 *db, const char *path, GError **error)
{
  gint64 application_id, version;
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (!check_pages (db)
      || !tdm_schema_pragma (db, "application_id", &application_id, NULL)
      || !tdm_schema_pragma (db, "user_version", &version, NULL))
    return refuse (error, path, "is damaged");
  TdmFileKind kind = check_numbers (path, application_id, version, error);
  if (kind == TDM_FILE_REFUSED)
    return kind;
  g_autofree char *expected = tdm_schema_expected (version, error);
  if (expected == NULL)
    return TDM_FILE_REFUSED;
  g_autofree char *found = tdm_schema_describe (db, NULL);
  if (g_strcmp0 (found, expected) != 0)
    return refuse (error, path,
                   version == 0 ? "is a database of another program"
                                : "is damaged (its tables are not those of Titrate)");
  return kind;
}

static TdmFileKind
inspect_immutable (const char *path, GError **error)
{
  g_autofree char *file_uri = g_filename_to_uri (path, NULL, error);
  if (file_uri == NULL)
    return TDM_FILE_REFUSED;
  g_autofree char *uri = g_strconcat (file_uri, "?immutable=1", NULL);
  sqlite3 *db = NULL;
  TdmFileKind kind = TDM_FILE_REFUSED;
  if (sqlite3_open_v2 (uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL)
      == SQLITE_OK)
    kind = check_content (db, path, error);
  else
    tdm_sql_set_error (error, db, path);
  sqlite3_close (db);
  return kind;
}

static gboolean
copy_if_there (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) failure = NULL;
  if (!g_file_query_exists (source, NULL)
      || g_file_copy (source, target, G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL, NULL,
                      &failure))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
               "The database could not be copied to be checked after a crash: %s",
               failure->message);
  return FALSE;
}

static TdmFileKind
inspect_copy_in (const char *folder, const char *path, GError **error)
{
  g_autofree char *copy = g_build_filename (folder, "copy.db", NULL);
  if (!copy_if_there (path, copy, error))
    return TDM_FILE_REFUSED;
  for (guint i = 0; i < G_N_ELEMENTS (journals); i++)
    {
      g_autofree char *from = g_strconcat (path, journals[i], NULL);
      g_autofree char *to = g_strconcat (copy, journals[i], NULL);
      if (!copy_if_there (from, to, error))
        return TDM_FILE_REFUSED;
    }
  sqlite3 *db = NULL;
  TdmFileKind kind = TDM_FILE_REFUSED;
  if (sqlite3_open_v2 (copy, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
    kind = check_content (db, path, error);
  else
    tdm_sql_set_error (error, db, path);
  sqlite3_close (db);
  return kind;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_unlink (file);
    }
  g_rmdir (folder);
}

/* The copy stays in the database's own folder: patient data go nowhere else. */
static TdmFileKind
inspect_copy (const char *path, GError **error)
{
  g_autofree char *folder = g_strconcat (path, ".check-XXXXXX", NULL);
  if (g_mkdtemp_full (folder, 0700) == NULL)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
                   "The database's folder cannot be written (%s): %s", folder,
                   g_strerror (errno));
      return TDM_FILE_REFUSED;
    }
  TdmFileKind kind = inspect_copy_in (folder, path, error);
  remove_folder (folder);
  return kind;
}

TdmFileKind
tdm_inspect_file (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TDM_FILE_NEW;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return refuse (error, path, "is not a file");
  GStatBuf info;
  TdmFileKind kind = check_header (path, error);
  if (kind == TDM_FILE_REFUSED || (g_stat (path, &info) == 0 && info.st_size == 0))
    return kind;
  return has_journal (path) ? inspect_copy (path, error)
                            : inspect_immutable (path, error);
}
