/* The program's settings, also when it runs from its build folder or must keep nothing.
 */
#pragma once

#include <gio/gio.h>

/* `keep` FALSE: nothing is written (teaching cases). NULL when the schema is nowhere to
 * be found: the program then uses the defaults. Yours. */
GSettings *tdm_settings_new (gboolean keep) G_GNUC_WARN_UNUSED_RESULT;
