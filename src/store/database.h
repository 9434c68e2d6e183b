/* The open database: the one connection, its settings and its lock. Private to the
 * store; used by the one thread that opened it. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef enum
{
  TDM_DISK_LOCAL,   /* write-ahead log, full synchronous */
  TDM_DISK_NETWORK, /* rollback journal: a log needs memory that processes share */
} TdmDiskKind;

typedef struct _TdmDatabase TdmDatabase;

/* The kind of disk that a file-system number of statfs(2) stands for. */
TdmDiskKind tdm_disk_kind (guint64 file_system);

/* Opens or makes the file (NULL = in memory) as tdm_store_open() says. `disk` NULL =
 * find out. Yours. */
TdmDatabase *tdm_database_open (const char *path, const TdmDiskKind *disk,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_database_close (TdmDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDatabase, tdm_database_close)

/* Borrowed. */
sqlite3 *tdm_database_get_connection (TdmDatabase *self);

/* Moves the log into the file once it has grown. Its failure loses nothing and the next
 * call tries again, so there is none to report. */
void tdm_database_tidy (TdmDatabase *self);
