/* Graphs: what expressions compute, as values numbered in the order of computation.
 * Equal values are the same value; what is known already is computed when it is added.
 */
#pragma once

#include <glib.h>

#include "lang/op.h"
#include "lang/program.h"

typedef struct
{
  TdmOp op;
  guint arguments[TDM_OP_MAX_ARGUMENTS]; /* numbers of earlier values */
  double literal;
  TdmVariableKind kind; /* of a variable, with its number in the kind */
  guint index;
  gboolean plain; /* depends on constants only */
} TdmValue;

typedef struct _TdmGraph TdmGraph;

TdmGraph *tdm_graph_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_graph_free (TdmGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmGraph, tdm_graph_free)

/* Each returns the number of the value. */
guint tdm_graph_literal (TdmGraph *self, double literal);
guint tdm_graph_variable (TdmGraph *self, TdmVariableKind kind, guint index);
guint tdm_graph_operation (TdmGraph *self, TdmOp op, const guint *arguments);

guint tdm_graph_get_n_values (const TdmGraph *self);
const TdmValue *tdm_graph_get_value (const TdmGraph *self, guint i);
