/* What a program is made of. */
#pragma once

#include "lang/op.h"
#include "lang/program.h"

/* Where an operand lies. The first banks are the kinds of variables; that of constants
 * is the plain image. */
enum
{
  TDM_BANK_PLAIN = TDM_VARIABLE_CONSTANT,
  TDM_BANK_SCRATCH = TDM_VARIABLE_N_KINDS,
  TDM_BANK_OUTPUT,
  TDM_N_BANKS,
};

typedef struct
{
  guint bank, index;
} TdmOperand;

/* Entry i computes number i of the plain image. */
typedef struct
{
  TdmOp op;
  guint arguments[TDM_OP_MAX_ARGUMENTS]; /* earlier numbers of the image */
  double literal;
  guint index; /* of a constant */
} TdmPlainStep;

typedef struct
{
  TdmOp op;
  guint plain; /* bit i: argument i lies in the plain image */
  TdmOperand result;
  TdmOperand arguments[TDM_OP_MAX_ARGUMENTS];
} TdmJetStep;

struct _TdmProgram
{
  gatomicrefcount references;
  GArray *prologue; /* TdmPlainStep */
  GArray *code;     /* TdmJetStep */
  guint n_outputs;
  guint n_scratch;
  guint n_symbols;
  guint *plain_outputs;  /* number in the plain image, G_MAXUINT for a jet */
  GHashTable *variables; /* name to column of `depends` */
  guint8 *depends;       /* n_outputs rows of n_symbols */
};
