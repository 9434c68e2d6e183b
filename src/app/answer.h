/* What the report says in words: the program's words, or the user's in their place,
 * which are kept in the case. */
#pragma once

#include "app/answer-text.h"

/* Plain struct, one owner. */
typedef struct
{
  char *language; /* "en", "de" */
  char *program;  /* what the program says now */
  char *edited;   /* what the user wrote, or NULL */
  char *before;   /* what the program said then */
  char *when;     /* it was written: "Sat 21 Nov 2026 07:10" */
  gboolean stale; /* the program says something else now than it did then */
} TdmAnswer;

/* `sample` as in tdm_answer_text(). Yours. */
TdmAnswer *tdm_answer_new (const TdmResult *result, const TdmNextSample *sample,
                           TdmLanguage language) G_GNUC_WARN_UNUSED_RESULT;
void tdm_answer_free (TdmAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmAnswer, tdm_answer_free)

/* What the report says: edited, else the program's. Borrowed. */
const char *tdm_answer_get_text (const TdmAnswer *self);
/* "Edited by hand on …", with a warning when it is stale; NULL for the program's words.
 * Yours. */
char *tdm_answer_remark (const TdmAnswer *self) G_GNUC_WARN_UNUSED_RESULT;

/* The case with `text` in place of `program`, written at `now`; nothing but blanks, or
 * `program` itself: as the program says. Text too long for a case is an error. Yours.
 */
TdmCase *tdm_answer_set (const TdmCase *record, const char *text, const char *program,
                         GDateTime *now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
