/* The numerical libraries in use. */
#pragma once

#include <glib.h>

/* Name, version, name, version, … as the libraries themselves report them when the
 * program runs; NULL-terminated. Free with g_strfreev(). */
char **tdm_num_versions (void) G_GNUC_WARN_UNUSED_RESULT;
