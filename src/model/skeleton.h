/* The start of a new model file. */
#pragma once

#include <glib.h>

/* What texts that are still to be written begin with. */
#define TDM_SKELETON_MARK "REPLACE"

/* A commented model file for `id` (drug-author-year), whose numbers and texts are to be
 * replaced. NULL with a TDM_ERROR_USAGE error when it is no id. Yours. */
char *tdm_skeleton_new (const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
