/* The degree of what a program computes in the variables of one kind: 0 = free of them,
 * 1 = proportional to them, anything else is not told apart. One pass over the code: a
 * result has a degree once those of its arguments are known. */
#include "lang/program-private.h"

#define OTHER 2

typedef struct
{
  const TdmProgram *program;
  TdmVariableKind kind;
  guint8 *scratch, *outputs; /* degrees */
} Degrees;

static guint8
degree_of (const Degrees *self, const TdmJetStep *step, guint i)
{
  const TdmOperand *operand = &step->arguments[i];
  if ((step->plain & (1u << i)) || operand->bank == TDM_BANK_PLAIN)
    return 0;
  if (operand->bank == TDM_BANK_SCRATCH)
    return self->scratch[operand->index];
  if (operand->bank == TDM_BANK_OUTPUT)
    return self->outputs[operand->index];
  return operand->bank == (guint)self->kind ? 1 : 0;
}

static guint8
step_degree (const Degrees *self, const TdmJetStep *step)
{
  guint8 d[TDM_OP_MAX_ARGUMENTS] = { 0 };
  gboolean free_of_all = TRUE;
  for (guint i = 0; i < tdm_op_n_arguments (step->op); i++)
    {
      d[i] = degree_of (self, step, i);
      free_of_all = free_of_all && d[i] == 0;
    }
  if (free_of_all)
    return 0;
  switch (step->op)
    {
    case TDM_OP_COPY:
    case TDM_OP_NEG:
      return d[0];
    case TDM_OP_ADD:
    case TDM_OP_SUB:
      return d[0] == d[1] ? d[0] : OTHER;
    case TDM_OP_MUL:
      return MIN (d[0] + d[1], OTHER);
    case TDM_OP_DIV:
      return d[1] == 0 ? d[0] : OTHER;
    case TDM_OP_SELECT:
      return d[0] == 0 && d[1] == d[2] ? d[1] : OTHER;
    default:
      return OTHER;
    }
}

gboolean
tdm_program_is_proportional (const TdmProgram *self, guint output, TdmVariableKind kind)
{
  g_autofree guint8 *memory = g_new0 (guint8, self->n_scratch + self->n_outputs + 1);
  const Degrees degrees = { self, kind, memory, memory + self->n_scratch };
  g_assert (output < self->n_outputs);
  for (guint i = 0; i < self->code->len; i++)
    {
      const TdmJetStep *step = &g_array_index (self->code, TdmJetStep, i);
      guint8 *to =
          step->result.bank == TDM_BANK_OUTPUT ? degrees.outputs : degrees.scratch;
      to[step->result.index] = step_degree (&degrees, step);
    }
  return degrees.outputs[output] == 1;
}
