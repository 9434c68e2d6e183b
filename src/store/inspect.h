/* Looks at a database file before anything may write to it. Private to the store. */
#pragma once

#include <glib.h>

typedef enum
{
  TDM_FILE_REFUSED,
  TDM_FILE_NEW,  /* missing, or empty: may be filled */
  TDM_FILE_OURS, /* sound, of this version or an older one */
} TdmFileKind;

/* What the file at `path` is, found without changing it or leaving anything beside it.
 * A damaged, foreign or newer file is refused with a TDM_ERROR_SYSTEM error. The caller
 * holds the lock. */
TdmFileKind tdm_inspect_file (const char *path, GError **error);
