/* Columns pasted from a laboratory's or a spreadsheet's table. */
#pragma once

#include "app/sheet-write.h"

/* The case with a level for each line "TIME<tab or blanks>VALUE [UNIT]"; empty lines
 * are skipped. All or none: NULL with "Line 2: …". Yours. */
TdmCase *tdm_paste_levels (const TdmSheet *self, const char *text,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
