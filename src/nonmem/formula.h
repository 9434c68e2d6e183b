/* Formulas: what the statements of a control stream compute, as one graph of values.
 * Equal values are the same value; what is known is computed when it is added, and
 * what changes nothing (x + 0, 1 * x) is left out. Arguments come before what uses
 * them, so that every walk is a loop. */
#pragma once

#include <glib.h>

#include "lang/op.h"

typedef enum
{
  TDM_LEAF_NONE, /* an operation */
  TDM_LEAF_NUMBER,
  TDM_LEAF_ETA,        /* index from 1 */
  TDM_LEAF_EPS,        /* index from 1 */
  TDM_LEAF_OCCASION,   /* the occasion's effect that began as ETA (index) */
  TDM_LEAF_AMOUNT,     /* in compartment index, from 1 */
  TDM_LEAF_DATA,       /* an item of $INPUT, by name */
  TDM_LEAF_PARAMETER,  /* a variable of $PK, by name */
  TDM_LEAF_PREDICTION, /* F */
  TDM_LEAF_TIME,       /* T of $DES */
  TDM_LEAF_MIXTURE,    /* MIXNUM, the number of the subpopulation */
  TDM_LEAF_UNSET,      /* a variable before its first assignment, by name */
  TDM_LEAF_REFUSED,    /* what is not translated, by name */
} TdmLeaf;

typedef struct
{
  TdmLeaf leaf;
  TdmOp op; /* of an operation */
  guint arguments[TDM_OP_MAX_ARGUMENTS];
  double number;
  const char *name; /* owned by the graph */
  guint index;
  gsize offset; /* byte of the text where a leaf stands first */
} TdmFormula;

/* The nodes that may be. Beyond, additions give node 0 and the graph is too large. */
#define TDM_FORMULAS_MAX 60000u

typedef struct _TdmFormulas TdmFormulas;

TdmFormulas *tdm_formulas_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_formulas_free (TdmFormulas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmFormulas, tdm_formulas_free)

/* Each returns the number of the node. */
guint tdm_formulas_number (TdmFormulas *self, double number);
guint tdm_formulas_leaf (TdmFormulas *self, TdmLeaf leaf, guint index, const char *name,
                         gsize offset);
guint tdm_formulas_operation (TdmFormulas *self, TdmOp op, guint a, guint b, guint c);

/* `node` without the numbers it is multiplied with and divided by, whose product is
 * `factor`. */
guint tdm_formulas_core (const TdmFormulas *self, guint node, double *factor);

/* `node` times the number `factor`, or what is left when that undoes a factor it has.
 */
guint tdm_formulas_scale (TdmFormulas *self, guint node, double factor);

guint tdm_formulas_get_n (const TdmFormulas *self);
const TdmFormula *tdm_formulas_get (const TdmFormulas *self, guint node);
gboolean tdm_formulas_is_too_large (const TdmFormulas *self);

/* TRUE when the node is a number; `out` may be NULL. */
gboolean tdm_formulas_is_number (const TdmFormulas *self, guint node, double *out);

/* Which nodes `root` is made of, itself included: one flag for each node. Yours. */
gboolean *tdm_formulas_reach (const TdmFormulas *self,
                              guint root) G_GNUC_WARN_UNUSED_RESULT;

/* The first leaf of this kind in `root`, G_MAXUINT = none. */
guint tdm_formulas_find_leaf (const TdmFormulas *self, guint root, TdmLeaf leaf);

typedef struct
{
  guint from, to;
} TdmFormulaPair;

/* What each node becomes when every `from` is replaced by its `to` (whose own nodes
 * stay as they are): one number for each node there was. Yours. */
guint *tdm_formulas_replace (TdmFormulas *self, const TdmFormulaPair *pairs,
                             guint n) G_GNUC_WARN_UNUSED_RESULT;

/* The value of `root` where `value` gives those of the leaves (NAN = not known). */
typedef double (*TdmLeafValue) (const TdmFormula *leaf, gconstpointer data);
double tdm_formulas_evaluate (const TdmFormulas *self, guint root, TdmLeafValue value,
                              gconstpointer data);
