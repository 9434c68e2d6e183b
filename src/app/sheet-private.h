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

/* "TIME to TIME", "between TIME and TIME", "TIME–TIME": its two parts, yours. FALSE for
 * one time. */
gboolean tdm_sheet_split_interval (const char *text, char **from, char **to);

/* A time not before `after`: a bare clock time is one of its day, or of the next one.
 * `out->text` is yours. */
gboolean tdm_sheet_parse_later (const TdmSheet *self, const char *text,
                                const TdmMoment *after, TdmMoment *out, GError **error);

/* New strings that an entry borrows until it is part of the case. */
typedef struct
{
  char *text[3];
} TdmSheetKept;

void tdm_sheet_kept_clear (TdmSheetKept *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmSheetKept, tdm_sheet_kept_clear)

/* Two times between which the infusion ended, or the level was drawn. */
gboolean tdm_sheet_apply_ends (const TdmSheet *self, const char *from, const char *to,
                               TdmDoseEntry *entry, TdmSheetKept *keep, GError **error);
gboolean tdm_sheet_apply_level_time (const TdmSheet *self, TdmCell cell,
                                     const char *text, TdmLevelEntry *entry,
                                     TdmSheetKept *keep, GError **error);

/* A number above 0; "WHAT must be more than 0." otherwise. */
gboolean tdm_sheet_parse_positive (const char *text, const char *what, double *out,
                                   GError **error);

/* A case that waits for its start takes it from the first date-time typed. */
void tdm_sheet_adopt_start (const TdmSheet *self, TdmCaseEdit *edit,
                            const TdmMoment *moment);

/* A new dose looks like the one before it, but is given once. Strings borrowed. */
TdmDoseEntry tdm_sheet_default_dose (const TdmSheet *self);

/* A cell of a session, the case with a new one, and whether a text could stand there.
 */
TdmCase *tdm_sheet_write_dialysis (const TdmSheet *self, TdmCell cell, const char *text,
                                   GError **error);
TdmCase *tdm_sheet_append_dialysis (const TdmSheet *self, const char *const *texts,
                                    GError **error);
gboolean tdm_sheet_check_dialysis (const TdmSheet *self, TdmCell cell, const char *text,
                                   GError **error);

/* Cells of the target and the options; NULL with a sentence. Yours. */
TdmCase *tdm_sheet_write_target (const TdmSheet *self, TdmCell cell, const char *text,
                                 GError **error);
TdmCase *tdm_sheet_write_option (const TdmSheet *self, TdmCell cell, const char *text,
                                 GError **error);
