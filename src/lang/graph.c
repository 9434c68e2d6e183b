#include "lang/graph.h"

#include <math.h>
#include <string.h>

struct _TdmGraph
{
  GPtrArray *values;   /* TdmValue, owned */
  GHashTable *numbers; /* TdmValue to its number */
};

/* Literals are compared by their bits: 0 and -0 differ, a NaN equals itself. */
static guint64
literal_bits (const TdmValue *value)
{
  guint64 bits;
  memcpy (&bits, &value->literal, sizeof bits);
  return bits;
}

static guint
value_hash (gconstpointer key)
{
  const TdmValue *value = key;
  guint64 bits = literal_bits (value);
  guint hash = value->op * 31u + value->kind;
  hash = hash * 1000003u + value->index;
  hash = hash * 1000003u + (guint)bits;
  hash = hash * 1000003u + (guint)(bits >> 32);
  for (guint i = 0; i < TDM_OP_MAX_ARGUMENTS; i++)
    hash = hash * 1000003u + value->arguments[i];
  return hash;
}

static gboolean
value_equal (gconstpointer a, gconstpointer b)
{
  const TdmValue *v = a, *w = b;
  return v->op == w->op && v->kind == w->kind && v->index == w->index
         && literal_bits (v) == literal_bits (w)
         && memcmp (v->arguments, w->arguments, sizeof v->arguments) == 0;
}

TdmGraph *
tdm_graph_new (void)
{
  TdmGraph *self = g_new0 (TdmGraph, 1);
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->numbers = g_hash_table_new (value_hash, value_equal);
  return self;
}

void
tdm_graph_free (TdmGraph *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->numbers);
  g_ptr_array_unref (self->values);
  g_free (self);
}

guint
tdm_graph_get_n_values (const TdmGraph *self)
{
  return self->values->len;
}

const TdmValue *
tdm_graph_get_value (const TdmGraph *self, guint i)
{
  g_assert (i < self->values->len);
  return g_ptr_array_index (self->values, i);
}

static guint
add_value (TdmGraph *self, const TdmValue *value)
{
  gpointer number;
  if (g_hash_table_lookup_extended (self->numbers, value, NULL, &number))
    return GPOINTER_TO_UINT (number);
  TdmValue *copy = g_memdup2 (value, sizeof *value);
  g_hash_table_insert (self->numbers, copy, GUINT_TO_POINTER (self->values->len));
  g_ptr_array_add (self->values, copy);
  return self->values->len - 1;
}

guint
tdm_graph_literal (TdmGraph *self, double literal)
{
  return add_value (
      self, &(TdmValue){ .op = TDM_OP_LITERAL, .literal = literal, .plain = TRUE });
}

guint
tdm_graph_variable (TdmGraph *self, TdmVariableKind kind, guint index)
{
  return add_value (self, &(TdmValue){ .op = TDM_OP_VARIABLE,
                                       .kind = kind,
                                       .index = index,
                                       .plain = kind == TDM_VARIABLE_CONSTANT });
}

static gboolean
is_literal (const TdmGraph *self, guint i, double *out)
{
  const TdmValue *value = tdm_graph_get_value (self, i);
  *out = value->literal;
  return value->op == TDM_OP_LITERAL;
}

/* Computes what depends on literals only. */
static gboolean
fold (TdmGraph *self, TdmOp op, const guint *arguments, guint *out)
{
  double x[TDM_OP_MAX_ARGUMENTS];
  for (guint i = 0; i < tdm_op_n_arguments (op); i++)
    if (!is_literal (self, arguments[i], &x[i]))
      return FALSE;
  *out = tdm_graph_literal (self, tdm_op_plain (op, x));
  return TRUE;
}

/* Powers that have a cheaper equal. */
static gboolean
simplify_power (TdmGraph *self, const guint *arguments, guint *out)
{
  double exponent;
  guint base = arguments[0];
  if (!is_literal (self, arguments[1], &exponent))
    return FALSE;
  if (exponent == 1.0)
    *out = base;
  else if (exponent == 2.0)
    *out = tdm_graph_operation (self, TDM_OP_MUL, (guint[]){ base, base });
  else if (exponent == 0.5)
    *out = tdm_graph_operation (self, TDM_OP_SQRT, &base);
  else if (exponent == -1.0)
    *out = tdm_graph_operation (self, TDM_OP_DIV,
                                (guint[]){ tdm_graph_literal (self, 1.0), base });
  else
    return FALSE;
  return TRUE;
}

/* A product or quotient of a jet and two plain numbers becomes one of the jet and one
 * plain number, which leaves the evaluation:
 * (j p) q = j (p q), (j p) / q = j (p / q), (j / p) q = j (q / p), (j / p) / q = j / (p
 * q). */
static gboolean
gather_factors (TdmGraph *self, TdmOp op, const guint *arguments, guint *out)
{
  const TdmValue *left = tdm_graph_get_value (self, arguments[0]);
  if (left->plain || (left->op != TDM_OP_MUL && left->op != TDM_OP_DIV)
      || !tdm_graph_get_value (self, arguments[1])->plain
      || !tdm_graph_get_value (self, left->arguments[1])->plain)
    return FALSE;
  guint jet = left->arguments[0], p = left->arguments[1], q = arguments[1];
  gboolean same = op == left->op;
  guint over = op == TDM_OP_MUL ? q : p, under = op == TDM_OP_MUL ? p : q;
  guint factor = same
                     ? tdm_graph_operation (self, TDM_OP_MUL, (guint[]){ p, q })
                     : tdm_graph_operation (self, TDM_OP_DIV, (guint[]){ over, under });
  *out = tdm_graph_operation (self, same ? op : TDM_OP_MUL, (guint[]){ jet, factor });
  return TRUE;
}

static gboolean
simplify (TdmGraph *self, TdmOp op, const guint *arguments, guint *out)
{
  double condition;
  if (fold (self, op, arguments, out))
    return TRUE;
  if (op == TDM_OP_POW)
    return simplify_power (self, arguments, out);
  if (op == TDM_OP_MUL || op == TDM_OP_DIV)
    return gather_factors (self, op, arguments, out);
  if (op != TDM_OP_SELECT || !is_literal (self, arguments[0], &condition))
    return FALSE;
  *out = isnan (condition) ? tdm_graph_literal (self, NAN)
                           : arguments[condition != 0.0 ? 1 : 2];
  return TRUE;
}

/* Jets before plain numbers, then by number, so that a + b and b + a are one value. */
static void
sort_arguments (const TdmGraph *self, guint *arguments)
{
  gboolean plain0 = tdm_graph_get_value (self, arguments[0])->plain;
  gboolean plain1 = tdm_graph_get_value (self, arguments[1])->plain;
  if (plain0 != plain1 ? !plain0 : arguments[0] <= arguments[1])
    return;
  guint swap = arguments[0];
  arguments[0] = arguments[1];
  arguments[1] = swap;
}

guint
tdm_graph_operation (TdmGraph *self, TdmOp op, const guint *arguments)
{
  TdmValue value = { .op = op, .plain = TRUE };
  guint n = tdm_op_n_arguments (op), simple;
  memcpy (value.arguments, arguments, n * sizeof *arguments);
  if (tdm_op_is_commutative (op))
    sort_arguments (self, value.arguments);
  if (simplify (self, op, value.arguments, &simple))
    return simple;
  for (guint i = 0; i < n; i++)
    value.plain = value.plain && tdm_graph_get_value (self, value.arguments[i])->plain;
  return add_value (self, &value);
}
