/* Symbols: the variables and assignments of a builder, in the order of adding. */
#pragma once

#include <glib.h>

#include "lang/program.h"
#include "lang/tree.h"

typedef struct
{
  char *name;
  TdmTree *tree; /* of an assignment; NULL for a variable */
  TdmVariableKind kind;
  guint index;       /* of a variable, in its kind */
  char **categories; /* of a variable, or NULL */
  char *what;        /* for messages about units; NULL = the name */
  char *unit;        /* see TdmUnitRule; or NULL */
  gboolean of_body, empirical;
} TdmSymbol;

typedef struct _TdmSymbols TdmSymbols;

TdmSymbols *tdm_symbols_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_symbols_free (TdmSymbols *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmSymbols, tdm_symbols_free)

/* Takes the pointers of `symbol`; the name must be new. */
void tdm_symbols_take (TdmSymbols *self, const TdmSymbol *symbol);

guint tdm_symbols_get_n (const TdmSymbols *self);
const TdmSymbol *tdm_symbols_get (const TdmSymbols *self, guint i);

/* Says in what unit symbol `name` is; copies. */
void tdm_symbols_set_unit (TdmSymbols *self, const TdmUnitRule *rule);

/* FALSE when there is none of this name. `out`, its number, may be NULL. */
gboolean tdm_symbols_find (const TdmSymbols *self, const char *name, guint *out);
