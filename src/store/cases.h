/* Saving and loading revisions, for the other parts of the store. Private to the store.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "record/case.h"

/* Saves `record` within a transaction of the caller, told in the history as `action`.
 * The revision's number, or 0 with an error. */
guint tdm_cases_append (sqlite3 *db, const char *case_id, TdmCase *record,
                        const char *action, GError **error);

/* The case whose newest revision says the same, word for word; NULL when there is none.
 * Yours. */
char *tdm_cases_find_same (sqlite3 *db, TdmCase *record,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Revision `revision` (0 = the newest). Yours. */
TdmCase *tdm_cases_load (sqlite3 *db, const char *case_id, guint revision,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
