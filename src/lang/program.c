#include "lang/program.h"

#include "lang/program-private.h"

TdmProgram *
tdm_program_ref (TdmProgram *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
tdm_program_unref (TdmProgram *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->prologue);
  g_array_unref (self->code);
  g_hash_table_unref (self->variables);
  g_free (self->plain_outputs);
  g_free (self->depends);
  g_free (self);
}

guint
tdm_program_get_n_outputs (const TdmProgram *self)
{
  return self->n_outputs;
}

guint
tdm_program_get_n_plain (const TdmProgram *self)
{
  return self->prologue->len;
}

guint
tdm_program_get_n_scratch (const TdmProgram *self)
{
  return self->n_scratch;
}

gboolean
tdm_program_depends (const TdmProgram *self, guint output, const char *variable)
{
  gpointer column;
  g_assert (output < self->n_outputs);
  if (!g_hash_table_lookup_extended (self->variables, variable, NULL, &column))
    return FALSE;
  return self->depends[output * self->n_symbols + GPOINTER_TO_UINT (column)];
}

gboolean
tdm_program_output_is_plain (const TdmProgram *self, guint output)
{
  g_assert (output < self->n_outputs);
  return self->plain_outputs[output] != G_MAXUINT;
}

double
tdm_program_get_plain (const TdmProgram *self, const double *plain, guint output)
{
  g_assert (tdm_program_output_is_plain (self, output));
  return plain[self->plain_outputs[output]];
}

void
tdm_program_bind (const TdmProgram *self, const double *constants, double *plain)
{
  for (guint i = 0; i < self->prologue->len; i++)
    {
      const TdmPlainStep *step = &g_array_index (self->prologue, TdmPlainStep, i);
      double x[TDM_OP_MAX_ARGUMENTS];
      for (guint j = 0; j < tdm_op_n_arguments (step->op); j++)
        x[j] = plain[step->arguments[j]];
      if (step->op == TDM_OP_LITERAL)
        plain[i] = step->literal;
      else if (step->op == TDM_OP_VARIABLE)
        plain[i] = constants[step->index];
      else
        plain[i] = tdm_op_plain (step->op, x);
    }
}

void
tdm_program_eval (const TdmProgram *self, const TdmJetSpace *space,
                  const TdmProgramFrame *frame, double *outputs)
{
  g_assert (space->n <= 64);
  const double *const read[TDM_N_BANKS] = {
    [TDM_BANK_PLAIN] = frame->plain,
    [TDM_VARIABLE_EFFECT] = frame->effects,
    [TDM_VARIABLE_PARAMETER] = frame->parameters,
    [TDM_VARIABLE_STATE] = frame->states,
    [TDM_VARIABLE_TIME] = frame->time,
    [TDM_BANK_SCRATCH] = frame->scratch,
    [TDM_BANK_OUTPUT] = outputs,
  };
  for (guint i = 0; i < self->code->len; i++)
    {
      const TdmJetStep *step = &g_array_index (self->code, TdmJetStep, i);
      const double *x[TDM_OP_MAX_ARGUMENTS];
      const guint n = tdm_op_n_arguments (step->op);
      for (guint j = 0; j < n; j++)
        {
          const TdmOperand *operand = &step->arguments[j];
          gsize size = operand->bank == TDM_BANK_PLAIN ? 1 : space->size;
          x[j] = read[operand->bank] + operand->index * size;
        }
      double *bank = step->result.bank == TDM_BANK_OUTPUT ? outputs : frame->scratch;
      tdm_op_jet (step->op, space, bank + step->result.index * (gsize)space->size, x,
                  step->plain);
    }
}
