/* What the files that write the sheet share. */
#pragma once

#include "app/sheet-write.h"

/* Sets a sentence; FALSE always. */
gboolean tdm_sheet_refuse (GError **error, const char *sentence);

/* TRUE for NULL, "" and blanks. */
gboolean tdm_sheet_is_blank (const char *text);

/* A time typed into `cell`: a bare clock time is one of the day nearby. `out->text` is
 * yours. */
gboolean tdm_sheet_parse_moment (const TdmSheet *self, TdmCell cell, const char *text,
                                 TdmMoment *out, GError **error);

/* A number above 0; "WHAT must be more than 0." otherwise. */
gboolean tdm_sheet_parse_positive (const char *text, const char *what, double *out,
                                   GError **error);

/* A case that waits for its start takes it from the first date-time typed. */
void tdm_sheet_adopt_start (const TdmSheet *self, TdmCaseEdit *edit,
                            const TdmMoment *moment);

/* A new dose looks like the one before it, but is given once. Strings borrowed. */
TdmDoseEntry tdm_sheet_default_dose (const TdmSheet *self);

/* Cells of the target and the options; NULL with a sentence. Yours. */
TdmCase *tdm_sheet_write_target (const TdmSheet *self, TdmCell cell, const char *text,
                                 GError **error);
TdmCase *tdm_sheet_write_option (const TdmSheet *self, TdmCell cell, const char *text,
                                 GError **error);
