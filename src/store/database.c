/* The open database. */
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/error.h"
#include "store/inspect.h"
#include "store/lock.h"
#include "store/schema.h"
#include "store/sql.h"

/* Pages in the log after which it is moved into the file: SQLite's own habit. */
#define LOG_PAGES 1000
#define BUSY_MS 2000

struct _TdmDatabase
{
  sqlite3 *db;
  TdmLock *lock; /* NULL in memory */
  int log_pages;
};

TdmDiskKind
tdm_disk_kind (guint64 file_system)
{
  /* NFS, SMB, CIFS, SMB2, FUSE (sshfs), AFS, 9P, Coda, NCP, Ceph, Lustre, GFS2, OCFS2.
   */
  static const guint32 network[] = {
    0x6969,     0x517B, 0xFF534D42, 0xFE534D42, 0x65735546, 0x5346414F, 0x01021997,
    0x73757245, 0x564C, 0x00C36400, 0x0BD00BD0, 0x01161970, 0x7461636F,
  };
  for (guint i = 0; i < G_N_ELEMENTS (network); i++)
    if ((guint32)file_system == network[i])
      return TDM_DISK_NETWORK;
  return TDM_DISK_LOCAL;
}

static TdmDiskKind
find_disk_kind (const char *path)
{
  struct statfs info;
  return statfs (path, &info) == 0 ? tdm_disk_kind ((guint64)info.f_type)
                                   : TDM_DISK_LOCAL;
}

static gboolean
set_file_error (GError **error, const char *path, const char *what)
{
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s %s: %s", path, what,
               g_strerror (errno));
  return FALSE;
}

/* The name of a new file is on disk only after its folder is synchronised. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("the folder could not be synchronised");
  close (fd);
}

/* Makes the file when it is missing, and makes it the user's alone. */
static gboolean
make_private (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0)
    close (fd);
  if (fd < 0 || g_chmod (path, 0600) != 0)
    return set_file_error (error, path, "cannot be written");
  sync_folder (path);
  return TRUE;
}

static int
count_log_cb (void *data, sqlite3 *db, const char *name, int pages)
{
  TdmDatabase *self = data;
  self->log_pages = pages;
  return SQLITE_OK;
}

static gboolean
configure (TdmDatabase *self, TdmDiskKind disk, GError **error)
{
  sqlite3 *db = self->db;
  const char *durable =
      disk == TDM_DISK_LOCAL
          ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
          : "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA;";
  g_autofree char *sql = g_strconcat (
      "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;"
      "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
      "PRAGMA locking_mode = EXCLUSIVE;",
      durable, NULL);
  sqlite3_extended_result_codes (db, 1);
  sqlite3_busy_timeout (db, BUSY_MS);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
  sqlite3_wal_hook (db, count_log_cb, self);
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return tdm_sql_set_error (error, db, "The database could not be opened");
  return TRUE;
}

/* Checks, locks and makes ready the file, before SQLite may write to it. */
static gboolean
prepare_file (TdmDatabase *self, const char *path, GError **error)
{
  self->lock = tdm_lock_take (path, error);
  return self->lock != NULL && tdm_inspect_file (path, error) != TDM_FILE_REFUSED
         && make_private (path, error);
}

TdmDatabase *
tdm_database_open (const char *path, const TdmDiskKind *disk, GError **error)
{
  g_autoptr (TdmDatabase) self = g_new0 (TdmDatabase, 1);
  if (path != NULL && !prepare_file (self, path, error))
    return NULL;
  if (sqlite3_open_v2 (path != NULL ? path : ":memory:", &self->db,
                       SQLITE_OPEN_READWRITE, NULL)
      != SQLITE_OK)
    {
      tdm_sql_set_error (error, self->db, "The database could not be opened");
      return NULL;
    }
  TdmDiskKind kind = disk != NULL   ? *disk
                     : path != NULL ? find_disk_kind (path)
                                    : TDM_DISK_LOCAL;
  if (!configure (self, kind, error)
      || !tdm_schema_migrate (self->db, tdm_schema_steps (), error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tdm_database_close (TdmDatabase *self)
{
  sqlite3_close (self->db);
  if (self->lock != NULL)
    tdm_lock_release (self->lock);
  g_free (self);
}

sqlite3 *
tdm_database_get_connection (TdmDatabase *self)
{
  return self->db;
}

void
tdm_database_tidy (TdmDatabase *self)
{
  if (self->log_pages < LOG_PAGES)
    return;
  self->log_pages = 0;
  sqlite3_wal_checkpoint_v2 (self->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}
