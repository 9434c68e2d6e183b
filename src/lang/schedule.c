#include "lang/schedule.h"

#include <string.h>

#include "lang/program-private.h"

#define NEVER G_MAXUINT

typedef struct
{
  const TdmGraph *graph;
  guint n_values;
  const guint *outputs;
  guint n_outputs;
  gboolean *live;
  guint *last_use;    /* the last value that reads this one */
  TdmOperand *places; /* of live values */
  GArray *vacant;     /* places in the scratch that may be used again */
  TdmProgram *program;
} Scheduler;

/* Marks the outputs `from` … `to`-1 and all they are computed from. */
static void
mark (const Scheduler *self, gboolean *marks, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    marks[self->outputs[i]] = TRUE;
  for (guint i = self->n_values; i-- > 0;)
    {
      const TdmValue *value = tdm_graph_get_value (self->graph, i);
      for (guint j = 0; marks[i] && j < tdm_op_n_arguments (value->op); j++)
        marks[value->arguments[j]] = TRUE;
    }
}

static void
note_last_uses (Scheduler *self)
{
  for (guint i = 0; i < self->n_values; i++)
    {
      const TdmValue *value = tdm_graph_get_value (self->graph, i);
      self->last_use[i] = NEVER;
      for (guint j = 0; self->live[i] && j < tdm_op_n_arguments (value->op); j++)
        self->last_use[value->arguments[j]] = i;
    }
}

static void
emit_plain (Scheduler *self, guint i)
{
  const TdmValue *value = tdm_graph_get_value (self->graph, i);
  TdmPlainStep step = { .op = value->op,
                        .literal = value->literal,
                        .index = value->index };
  for (guint j = 0; j < tdm_op_n_arguments (value->op); j++)
    step.arguments[j] = self->places[value->arguments[j]].index;
  self->places[i] = (TdmOperand){ TDM_BANK_PLAIN, self->program->prologue->len };
  g_array_append_val (self->program->prologue, step);
}

/* Gives back the scratch of arguments that value `i` is the last to read. */
static void
vacate_arguments (Scheduler *self, guint i)
{
  const TdmValue *value = tdm_graph_get_value (self->graph, i);
  for (guint j = 0; j < tdm_op_n_arguments (value->op); j++)
    {
      guint argument = value->arguments[j];
      if (self->last_use[argument] != i)
        continue;
      self->last_use[argument] = NEVER; /* once, also in x * x */
      if (self->places[argument].bank == TDM_BANK_SCRATCH)
        g_array_append_val (self->vacant, self->places[argument].index);
    }
}

static TdmOperand
place_result (Scheduler *self, guint i)
{
  for (guint j = 0; j < self->n_outputs; j++)
    if (self->outputs[j] == i)
      return (TdmOperand){ TDM_BANK_OUTPUT, j };
  TdmOperand place = { TDM_BANK_SCRATCH, self->program->n_scratch };
  guint n = self->vacant->len;
  if (n == 0)
    self->program->n_scratch++;
  else
    {
      place.index = g_array_index (self->vacant, guint, n - 1);
      g_array_set_size (self->vacant, n - 1);
    }
  return place;
}

static void
emit_jet (Scheduler *self, guint i)
{
  const TdmValue *value = tdm_graph_get_value (self->graph, i);
  TdmJetStep step = { .op = value->op };
  for (guint j = 0; j < tdm_op_n_arguments (value->op); j++)
    {
      step.arguments[j] = self->places[value->arguments[j]];
      if (step.arguments[j].bank == TDM_BANK_PLAIN)
        step.plain |= 1u << j;
    }
  vacate_arguments (self, i);
  step.result = place_result (self, i);
  self->places[i] = step.result;
  g_array_append_val (self->program->code, step);
}

static void
emit_value (Scheduler *self, guint i)
{
  const TdmValue *value = tdm_graph_get_value (self->graph, i);
  if (value->plain)
    emit_plain (self, i);
  else if (value->op == TDM_OP_VARIABLE)
    self->places[i] = (TdmOperand){ value->kind, value->index };
  else
    emit_jet (self, i);
}

/* Outputs that are plain, variables or twice the same are copied at the end. */
static void
emit_outputs (Scheduler *self)
{
  for (guint i = 0; i < self->n_outputs; i++)
    {
      TdmOperand place = self->places[self->outputs[i]];
      gboolean plain = place.bank == TDM_BANK_PLAIN;
      self->program->plain_outputs[i] = plain ? place.index : G_MAXUINT;
      if (place.bank == TDM_BANK_OUTPUT && place.index == i)
        continue;
      TdmJetStep step = { .op = TDM_OP_COPY, .plain = plain };
      step.result = (TdmOperand){ TDM_BANK_OUTPUT, i };
      step.arguments[0] = place;
      g_array_append_val (self->program->code, step);
    }
}

static void
note_dependencies (Scheduler *self, const TdmSymbols *symbols, const guint *values)
{
  guint n = tdm_symbols_get_n (symbols);
  self->program->depends = g_new0 (guint8, self->n_outputs * (gsize)n);
  g_autofree gboolean *marks = g_new (gboolean, self->n_values);
  for (guint i = 0; i < self->n_outputs; i++)
    {
      memset (marks, 0, self->n_values * sizeof *marks);
      mark (self, marks, i, i + 1);
      for (guint j = 0; j < n; j++)
        self->program->depends[i * (gsize)n + j] =
            !tdm_symbols_get (symbols, j)->tree && marks[values[j]];
    }
  for (guint j = 0; j < n; j++)
    g_hash_table_insert (self->program->variables,
                         g_strdup (tdm_symbols_get (symbols, j)->name),
                         GUINT_TO_POINTER (j));
}

static TdmProgram *
program_new (guint n_outputs, guint n_symbols)
{
  TdmProgram *program = g_new0 (TdmProgram, 1);
  g_atomic_ref_count_init (&program->references);
  program->prologue = g_array_new (FALSE, FALSE, sizeof (TdmPlainStep));
  program->code = g_array_new (FALSE, FALSE, sizeof (TdmJetStep));
  program->n_outputs = n_outputs;
  program->n_symbols = n_symbols;
  program->plain_outputs = g_new (guint, n_outputs);
  program->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return program;
}

TdmProgram *
tdm_schedule (const TdmGraph *graph, const TdmSymbols *symbols, const guint *values,
              const guint *outputs, guint n)
{
  guint n_values = tdm_graph_get_n_values (graph);
  g_autofree gboolean *live = g_new0 (gboolean, n_values);
  g_autofree guint *last_use = g_new (guint, n_values);
  g_autofree TdmOperand *places = g_new0 (TdmOperand, n_values);
  g_autoptr (GArray) vacant = g_array_new (FALSE, FALSE, sizeof (guint));
  Scheduler self = { .graph = graph,
                     .n_values = n_values,
                     .outputs = outputs,
                     .n_outputs = n,
                     .live = live,
                     .last_use = last_use,
                     .places = places,
                     .vacant = vacant };
  self.program = program_new (n, tdm_symbols_get_n (symbols));
  mark (&self, live, 0, n);
  note_last_uses (&self);
  for (guint i = 0; i < n_values; i++)
    if (live[i])
      emit_value (&self, i);
  emit_outputs (&self);
  note_dependencies (&self, symbols, values);
  return self.program;
}
