/* Operations: what a compiled expression is made of, on plain numbers and on jets. */
#pragma once

#include <glib.h>

#include "num/jet.h"

typedef enum
{
  TDM_OP_LITERAL, /* the first two have no arguments and are never evaluated */
  TDM_OP_VARIABLE,
  TDM_OP_COPY,
  TDM_OP_NEG,
  TDM_OP_ADD,
  TDM_OP_SUB,
  TDM_OP_MUL,
  TDM_OP_DIV,
  TDM_OP_POW,
  TDM_OP_EXP,
  TDM_OP_LOG,
  TDM_OP_LOG10,
  TDM_OP_SQRT,
  TDM_OP_LOGIT,
  TDM_OP_EXPIT,
  TDM_OP_ABS,
  TDM_OP_FLOOR,
  TDM_OP_MIN,
  TDM_OP_MAX,
  TDM_OP_LT,
  TDM_OP_LE,
  TDM_OP_GT,
  TDM_OP_GE,
  TDM_OP_EQ,
  TDM_OP_NE,
  TDM_OP_AND,
  TDM_OP_OR,
  TDM_OP_NOT,
  TDM_OP_SELECT, /* condition, value where true, value where false */
  TDM_N_OPS,
} TdmOp;

#define TDM_OP_MAX_ARGUMENTS 3

guint tdm_op_n_arguments (TdmOp op);

/* TRUE when the first two arguments may be exchanged. */
gboolean tdm_op_is_commutative (TdmOp op);

/* The operation on plain numbers `x`. Any NaN among those it looks at gives NaN; truth
 * is 1 or 0, and whatever is not 0 counts as true. */
double tdm_op_plain (TdmOp op, const double *x);

/* The operation on jets, r = op (x). Bit i of `plain` says that x[i] is one plain
 * number instead of a jet; at least one is a jet (except for COPY). r may be one of the
 * jets. Where the function has branches, the derivative is that of the branch taken. */
void tdm_op_jet (TdmOp op, const TdmJetSpace *space, double *r, const double *const *x,
                 guint plain);
