/* Names: how they are spelled, and which known one a misspelled one may stand for. */
#pragma once

#include <glib.h>

#define TDM_NAMES_MAX_LENGTH 64

/* TRUE for the words and, or, not. */
gboolean tdm_names_is_operator (const char *name);

/* TRUE for a letter or _ followed by letters, digits and _, at most 64, that is no word
 * of the language (and, or, not, the functions). */
gboolean tdm_names_is_free (const char *name);

/* The part of a message that helps with the unknown `name`: "did you mean CRCL?", or,
 * when none of `known` is near, "expected one of AGE, WT, …". Yours. */
char *tdm_names_advise (const char *name,
                        const GPtrArray *known) G_GNUC_WARN_UNUSED_RESULT;
