/* The statements of $PK, $DES, $ERROR and $MIX, run on formulas instead of numbers:
 * after a block every variable is a formula over data items, effects and amounts. Where
 * branches of an IF differ, it is a choice between them. */
#pragma once

#include "nonmem/control.h"
#include "nonmem/formula.h"

typedef enum
{
  TDM_BLOCK_PK,
  TDM_BLOCK_DES,
  TDM_BLOCK_ERROR,
  TDM_BLOCK_MIX,
} TdmBlock;

/* Variables of a block: names and what they are at its end, in the order of their first
 * assignment. "DADT(1)" and "P(1)" are some, too. */
typedef struct
{
  GHashTable *values; /* name -> node + 1 */
  GPtrArray *names;
} TdmScope;

TdmScope *tdm_scope_new (void) G_GNUC_WARN_UNUSED_RESULT;
TdmScope *tdm_scope_copy (const TdmScope *scope) G_GNUC_WARN_UNUSED_RESULT;
void tdm_scope_free (TdmScope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmScope, tdm_scope_free)

/* FALSE when there is no such variable. */
gboolean tdm_scope_find (const TdmScope *self, const char *name, guint *node);
void tdm_scope_set (TdmScope *self, const char *name, guint node);

/* After an IF that ends at byte `offset`: each variable that a branch has set is a
 * choice between what it is in one and in the other. Yours. */
TdmScope *tdm_scope_merge (TdmFormulas *formulas, guint condition, const TdmScope *yes,
                           const TdmScope *no, gsize offset) G_GNUC_WARN_UNUSED_RESULT;

/* Runs a block; `scope` holds what it may use already. FALSE with an error. */
gboolean tdm_code_run (const TdmControl *control, TdmBlock block, TdmFormulas *formulas,
                       TdmScope *scope, GError **error);
