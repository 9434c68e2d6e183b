/* What is wrong with a model file, all at once, and what would be worth adding. */
#pragma once

#include <glib.h>

typedef struct
{
  GPtrArray *faults;  /* char*, "FILE:LINE:COLUMN: …": the file is refused */
  GPtrArray *remarks; /* char*: it works, but … */
} TdmLint;

void tdm_lint_free (TdmLint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmLint, tdm_lint_free)

/* NULL with an error only when there is no such file. Faults in one line are told one
 * at a time. Yours. */
TdmLint *tdm_lint_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
