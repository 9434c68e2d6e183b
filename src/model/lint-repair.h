/* Repairs of a faulty model file, so that what is wrong behind the first fault is found
 * as well. For lint.c only. */
#pragma once

#include <glib.h>

/* A file on its way through the repairs: no line is added or taken away. */
typedef struct
{
  const char *path;
  char **lines;
  guint n;
  guint8 *repaired;   /* one a line: how often */
  GPtrArray *lost;    /* of char*: parts of messages that follow from repairs */
  gboolean uses_gone; /* a repair may have left a covariate without use */
} TdmRepair;

/* Whether a fault in line `at` only follows from earlier repairs. */
gboolean tdm_repair_follows (const TdmRepair *self, guint at, const char *message);

/* Puts the fault `message` of line `at` out of the way; FALSE when that cannot be. */
gboolean tdm_repair_line (TdmRepair *self, guint at, const char *message);
