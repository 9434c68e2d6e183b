/* A lock beside the database that says who holds it. Private to the store. */
#pragma once

#include <glib.h>

typedef struct _TdmLock TdmLock;

/* Takes `path`.lock, or fails with a TDM_ERROR_SYSTEM error that names the process that
 * holds it. Works between processes, within one, and on network disks. Yours. */
TdmLock *tdm_lock_take (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives the lock back and removes its file. A lock ends with its process in any case.
 */
void tdm_lock_release (TdmLock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmLock, tdm_lock_release)
