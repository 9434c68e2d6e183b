/* Units are checked on the trees, from the leaves to the root:
 *
 * - sums, comparisons, min, max and both branches of a condition are of one unit; a
 *   plain number takes the unit of the other side (t > 24);
 * - what goes into exp, log, logit, expit and into an exponent has no unit;
 * - a power of something with a unit has a constant exponent;
 * - the arguments of the clinical formulas are in the units these were published in;
 * - the whole gives the unit that its name must have.
 *
 * A number may say its unit, "1200 [L/h]", or that any will do, "1.2 []". In an
 * empirical formula (covariates in, a parameter out) a plain number that multiplies or
 * divides is a coefficient and may have any unit: nothing is known of the product. */
#include "lang/unit-check.h"

#include <math.h>
#include <string.h>

#include "lang/dimension.h"
#include "lang/function.h"

typedef struct
{
  const TdmSymbols *symbols;
  const TdmDimension *of_symbols;
  const TdmTree *tree;
  TdmDimension *dimensions; /* of the nodes */
  double *values;           /* of the nodes, NAN where not constant */
  gboolean empirical;
  GError **error;
} Checker;

G_GNUC_PRINTF (3, 4)
static gboolean
fail_at (const Checker *self, gsize offset, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  TdmPlace place = tdm_tree_get_place (self->tree, offset);
  return tdm_place_set_error (self->error, &place, "%s", message);
}

static const TdmDimension *
argument (const Checker *self, const TdmNode *node, guint i)
{
  return &self->dimensions[node->arguments[i]];
}

/* What both sides of a sum are: what is known of either. */
static gboolean
join (const Checker *self, const TdmNode *node, const TdmDimension *a,
      const TdmDimension *b, TdmDimension *out)
{
  static const int rank[] = { [TDM_DIMENSION_EFFECT] = 0,
                              [TDM_DIMENSION_NUMBER] = 1,
                              [TDM_DIMENSION_FREE] = 2,
                              [TDM_DIMENSION_KNOWN] = 3 };
  if (!tdm_dimension_agrees (a, b))
    {
      g_autofree char *one = tdm_dimension_text (a);
      g_autofree char *other = tdm_dimension_text (b);
      return fail_at (self, node->offset,
                      "%s and %s do not go together; expected both in one unit", one,
                      other);
    }
  *out = rank[a->kind] >= rank[b->kind] ? *a : *b;
  return TRUE;
}

/* The arguments of a node from number `first` on. */
static gboolean
join_all (const Checker *self, const TdmNode *node, guint first, TdmDimension *out)
{
  TdmDimension joined = *argument (self, node, first);
  for (guint i = first + 1; i < node->n_arguments; i++)
    {
      const TdmDimension before = joined;
      if (!join (self, node, &before, argument (self, node, i), &joined))
        return FALSE;
    }
  *out = joined;
  return TRUE;
}

static gboolean
check_product (const Checker *self, const TdmNode *node, TdmDimension *out)
{
  const TdmDimension *a = argument (self, node, 0), *b = argument (self, node, 1);
  const double power = node->op == TDM_OP_MUL ? 1.0 : -1.0;
  const gboolean known =
      a->kind == TDM_DIMENSION_KNOWN || b->kind == TDM_DIMENSION_KNOWN;
  const gboolean number =
      a->kind == TDM_DIMENSION_NUMBER || b->kind == TDM_DIMENSION_NUMBER;

  if (a->kind == TDM_DIMENSION_FREE || b->kind == TDM_DIMENSION_FREE
      || (self->empirical && known && number))
    *out = tdm_dimension_of_kind (TDM_DIMENSION_FREE);
  else if (known)
    *out = tdm_dimension_multiply (a, b, power);
  else
    *out = tdm_dimension_of_kind (number ? TDM_DIMENSION_NUMBER : TDM_DIMENSION_EFFECT);
  return TRUE;
}

/* What `name` takes must have no unit. */
static gboolean
check_plain (const Checker *self, const TdmNode *node, guint i, const char *name)
{
  const TdmDimension *x = argument (self, node, i);
  if (x->kind != TDM_DIMENSION_KNOWN || tdm_dimension_is_plain (x))
    return TRUE;
  g_autofree char *text = tdm_dimension_text (x);
  return fail_at (self, node->offset, "%s of %s; expected a number without unit", name,
                  text);
}

static gboolean
check_power (const Checker *self, const TdmNode *node, TdmDimension *out)
{
  const TdmDimension *base = argument (self, node, 0);
  const double exponent = self->values[node->arguments[1]];

  if (!check_plain (self, node, 1, "an exponent"))
    return FALSE;
  *out = *base;
  if (base->kind != TDM_DIMENSION_KNOWN
      || (tdm_dimension_is_plain (base) && base->factor == 1.0))
    return TRUE;
  if (isfinite (exponent))
    {
      const TdmDimension one = tdm_dimension_of_kind (TDM_DIMENSION_KNOWN);
      *out = tdm_dimension_multiply (&one, base, exponent);
      return TRUE;
    }
  *out = tdm_dimension_of_kind (TDM_DIMENSION_FREE);
  g_autofree char *text = tdm_dimension_text (base);
  return self->empirical
         || fail_at (self, node->offset,
                     "a power of %s that varies; expected a base without unit, or a "
                     "constant exponent",
                     text);
}

static gboolean
check_transcendental (const Checker *self, const TdmNode *node, const char *name,
                      TdmDimension *out)
{
  const TdmDimensionKind kind = argument (self, node, 0)->kind;

  *out =
      tdm_dimension_of_kind (kind == TDM_DIMENSION_FREE ? TDM_DIMENSION_NUMBER : kind);
  return check_plain (self, node, 0, name);
}

static gboolean
check_root (const Checker *self, const TdmNode *node, TdmDimension *out)
{
  const TdmDimension *x = argument (self, node, 0);
  const TdmDimension one = tdm_dimension_of_kind (TDM_DIMENSION_KNOWN);
  *out = x->kind == TDM_DIMENSION_KNOWN ? tdm_dimension_multiply (&one, x, 0.5) : *x;
  return TRUE;
}

static gboolean
check_operation (const Checker *self, const TdmNode *node, TdmOp op, const char *name,
                 TdmDimension *out)
{
  TdmDimension joined;

  *out = tdm_dimension_of_kind (TDM_DIMENSION_NUMBER);
  switch ((int)op)
    {
    case TDM_OP_MUL:
    case TDM_OP_DIV:
      return check_product (self, node, out);
    case TDM_OP_POW:
      return check_power (self, node, out);
    case TDM_OP_EXP:
    case TDM_OP_LOG:
    case TDM_OP_LOG10:
    case TDM_OP_LOGIT:
    case TDM_OP_EXPIT:
      return check_transcendental (self, node, name, out);
    case TDM_OP_SQRT:
      return check_root (self, node, out);
    case TDM_OP_ADD:
    case TDM_OP_SUB:
    case TDM_OP_MIN:
    case TDM_OP_MAX:
      return join_all (self, node, 0, out);
    case TDM_OP_SELECT:
      return join_all (self, node, 1, out);
    case TDM_OP_LT:
    case TDM_OP_LE:
    case TDM_OP_GT:
    case TDM_OP_GE:
    case TDM_OP_EQ:
    case TDM_OP_NE:
      return join_all (self, node, 0, &joined);
    case TDM_OP_AND:
    case TDM_OP_OR:
    case TDM_OP_NOT:
      return TRUE;
    default:
      *out = *argument (self, node, 0);
      return TRUE;
    }
}

/* "mg/dL" of the parameter "scr_mg_dl": the names of a function's parameters tell their
 * units. NULL = has none. */
static const char *
parameter_unit (const char *parameter)
{
  static const struct
  {
    const char *suffix, *unit;
  } units[] = {
    { "_y", "y" }, { "_kg", "kg" }, { "_cm", "cm" }, { "_mg_dl", "mg/dL" }
  };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (parameter, units[i].suffix))
      return units[i].unit;
  return NULL;
}

static gboolean
check_argument (const Checker *self, const TdmNode *node, guint i,
                const char *parameter)
{
  const char *unit = parameter_unit (parameter);
  const TdmDimension *given = argument (self, node, i);
  TdmDimension wanted;

  if (!unit || !tdm_dimension_parse (unit, TRUE, &wanted, NULL)
      || tdm_dimension_agrees (given, &wanted))
    return TRUE;
  g_autofree char *text = tdm_dimension_text (given);
  return fail_at (self, tdm_tree_get_node (self->tree, node->arguments[i])->offset,
                  "%s takes %s in %s; this is in %s", node->text, parameter, unit,
                  text);
}

/* A function that is written in the language itself. */
static gboolean
check_body (const Checker *self, const TdmFunction *function, const TdmNode *node,
            TdmDimension *out)
{
  g_auto (GStrv) parameters = g_strsplit (function->parameters, ", ", -1);

  for (guint i = 0; i < node->n_arguments; i++)
    if (!check_argument (self, node, i, parameters[i]))
      return FALSE;
  if (!function->unit)
    return join_all (self, node, 1, out); /* by_sex */
  return tdm_dimension_parse (function->unit, TRUE, out, self->error);
}

static gboolean
check_call (const Checker *self, const TdmNode *node, TdmDimension *out)
{
  const TdmFunction *function = tdm_function_find (node->text);
  if (function->body)
    return check_body (self, function, node, out);
  TdmNode operation = *node;
  operation.op = function->op;
  return check_operation (self, &operation, function->op, node->text, out);
}

/* The value of a node whose arguments are constants, else NAN. */
static double
constant_value (const Checker *self, const TdmNode *node)
{
  double x[TDM_TREE_MAX_ARGUMENTS];
  if (node->kind == TDM_NODE_NUMBER)
    return node->number;
  if (node->kind != TDM_NODE_OPERATION)
    return NAN;
  for (guint i = 0; i < node->n_arguments; i++)
    x[i] = self->values[node->arguments[i]];
  return tdm_op_plain (node->op, x);
}

static gboolean
check_node (const Checker *self, const TdmNode *node, TdmDimension *out)
{
  guint found;
  gboolean known;

  *out = tdm_dimension_of_kind (TDM_DIMENSION_NUMBER);
  switch (node->kind)
    {
    case TDM_NODE_NUMBER:
      return !node->text || tdm_dimension_parse (node->text, TRUE, out, self->error);
    case TDM_NODE_NAME:
      known = tdm_symbols_find (self->symbols, node->text, &found);
      g_assert (known);
      *out = self->of_symbols[found];
      return TRUE;
    case TDM_NODE_OPERATION:
      return check_operation (self, node, node->op, "", out);
    case TDM_NODE_CALL:
      return check_call (self, node, out);
    default:
      return TRUE;
    }
}

/* A parameter, wherever it is computed, or a state. */
static gboolean
has_own_unit (const TdmSymbol *symbol)
{
  return symbol->unit
         && (symbol->tree || symbol->kind == TDM_VARIABLE_PARAMETER
             || symbol->kind == TDM_VARIABLE_STATE);
}

/* An empirical formula is one no longer when it uses what has a unit of its own. */
static gboolean
is_empirical (const TdmSymbols *symbols, const TdmDimension *of_symbols,
              const TdmSymbol *symbol)
{
  if (!symbol->empirical)
    return FALSE;
  for (guint i = 0; i < tdm_tree_get_n_nodes (symbol->tree); i++)
    {
      const TdmNode *node = tdm_tree_get_node (symbol->tree, i);
      guint found;
      if (node->kind != TDM_NODE_NAME
          || !tdm_symbols_find (symbols, node->text, &found))
        continue;
      const TdmSymbol *used = tdm_symbols_get (symbols, found);
      if (has_own_unit (used) && !tdm_dimension_is_plain (&of_symbols[found]))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_tree (Checker *self, const TdmSymbol *symbol, TdmDimension *out)
{
  const guint n = tdm_tree_get_n_nodes (symbol->tree);
  g_autofree TdmDimension *dimensions = g_new (TdmDimension, n);
  g_autofree double *values = g_new (double, n);
  TdmDimension wanted;

  self->tree = symbol->tree;
  self->dimensions = dimensions;
  self->values = values;
  for (guint i = 0; i < n; i++)
    {
      const TdmNode *node = tdm_tree_get_node (symbol->tree, i);
      values[i] = constant_value (self, node);
      if (!check_node (self, node, &dimensions[i]))
        return FALSE;
    }
  *out = dimensions[n - 1];
  if (!symbol->unit)
    return TRUE;
  if (!tdm_dimension_parse (symbol->unit, symbol->of_body, &wanted, self->error))
    return FALSE;
  if (tdm_dimension_agrees (out, &wanted))
    {
      *out = wanted;
      return TRUE;
    }
  g_autofree char *text = tdm_dimension_text (out);
  return fail_at (self, 0, "%s is in %s, but this gives %s",
                  symbol->what ? symbol->what : symbol->name, symbol->unit, text);
}

static gboolean
check_variable (const TdmSymbol *symbol, TdmDimension *out, GError **error)
{
  *out = tdm_dimension_of_kind (symbol->kind == TDM_VARIABLE_EFFECT
                                    ? TDM_DIMENSION_EFFECT
                                    : TDM_DIMENSION_NUMBER);
  return !symbol->unit
         || tdm_dimension_parse (symbol->unit, symbol->of_body, out, error);
}

gboolean
tdm_unit_check (const TdmSymbols *symbols, GError **error)
{
  const guint n = tdm_symbols_get_n (symbols);
  g_autofree TdmDimension *of_symbols = g_new (TdmDimension, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const TdmSymbol *symbol = tdm_symbols_get (symbols, i);
      Checker self = { .symbols = symbols, .of_symbols = of_symbols, .error = error };
      if (!symbol->tree && !check_variable (symbol, &of_symbols[i], error))
        return FALSE;
      if (!symbol->tree)
        continue;
      self.empirical = is_empirical (symbols, of_symbols, symbol);
      if (!check_tree (&self, symbol, &of_symbols[i]))
        return FALSE;
      /* A helper made of coefficients has a unit that nobody wrote down. */
      if (self.empirical && !symbol->unit && of_symbols[i].kind == TDM_DIMENSION_NUMBER)
        of_symbols[i] = tdm_dimension_of_kind (TDM_DIMENSION_FREE);
    }
  return TRUE;
}
