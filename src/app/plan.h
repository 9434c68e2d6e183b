/* A plan: a sequence of doses, typed as a few fields and turned into entries of the
 * case. */
#pragma once

#include "app/sheet-write.h"

/* How the doses of a sequence follow each other. */
typedef enum
{
  TDM_SEQUENCE_REPEAT, /* every so many hours, so many times */
  TDM_SEQUENCE_WEEKLY, /* on certain days of the week, for so many weeks */
  TDM_SEQUENCE_ON_OFF, /* some days on, some off, so many times */
  TDM_SEQUENCE_TAPER,  /* one amount after the other, some days each */
  TDM_SEQUENCE_N,
} TdmSequenceKind;

/* "repeat", "weekly", … as kept in a draft, and back (REPEAT for anything else). */
const char *tdm_sequence_kind_name (TdmSequenceKind kind);
TdmSequenceKind tdm_sequence_kind_from_name (const char *name);

/* What a field is called for a kind of sequence: "Weeks"; NULL = it has no use. */
const char *tdm_sequence_title (TdmSequenceKind kind, TdmCellKind cell);

/* The case with the plan's entries, of the texts of its cells (indexed by TdmCellKind,
 * NULL = not typed). NULL with a sentence; what is missing is said too. Yours. */
TdmCase *tdm_plan_add_sequence (const TdmSheet *self,
                                const char *const texts[TDM_CELL_N],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What would be added: "3 lines, 21 doses, the last on …", or what is still missing.
 * Yours. */
char *tdm_plan_preview (const TdmSheet *self,
                        const char *const texts[TDM_CELL_N]) G_GNUC_WARN_UNUSED_RESULT;
