/* Guard-rails: what looks like a slip is asked about, naming the likely slip; nothing
 * is ever clamped or converted by itself. */
#pragma once

#include "app/sheet-write.h"

/* A question at a field. */
typedef struct
{
  char *text;           /* "A creatinine of 88 mg/dL is far above …" */
  char *suggested_unit; /* the unit that was probably meant, or NULL */
  char *suggest_label;  /* "It is 88 µmol/L", or NULL */
  char *keep_label;     /* "Keep 88 mg/dL" */
} TdmQuestion;

void tdm_question_free (TdmQuestion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmQuestion, tdm_question_free)

/* The question about a number that stays the same in another unit: NULL unless it then
 * means hundreds of times more or less. Yours. */
TdmQuestion *tdm_guard_unit_change (double value, const char *from, const char *to,
                                    double molar_mass) G_GNUC_WARN_UNUSED_RESULT;

/* The question about the value that `next` holds in `cell` (an entry that exists in
 * `next`), or NULL when it looks right. Yours. */
TdmQuestion *tdm_guard_check (const TdmSheet *next,
                              TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;
