#include "nonmem/formula.h"

#include <math.h>
#include <string.h>

struct _TdmFormulas
{
  GArray *nodes;     /* of TdmFormula */
  GHashTable *index; /* of Key -> number + 1 */
  GStringChunk *names;
  gboolean too_large;
};

/* What makes a node the one it is. */
typedef struct
{
  TdmLeaf leaf;
  TdmOp op;
  guint arguments[TDM_OP_MAX_ARGUMENTS];
  guint64 number; /* its bits */
  const char *name;
  guint index;
} Key;

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;
  guint64 h = key->leaf * 31u + key->op;
  for (guint i = 0; i < TDM_OP_MAX_ARGUMENTS; i++)
    h = h * 1000003u + key->arguments[i];
  h = (h * 1000003u + key->index) * 1000003u ^ key->number;
  h ^= (guint64)(gsize)key->name;
  return (guint)(h ^ (h >> 32));
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;
  return x->leaf == y->leaf && x->op == y->op && x->index == y->index
         && x->number == y->number && x->name == y->name
         && memcmp (x->arguments, y->arguments, sizeof x->arguments) == 0;
}

TdmFormulas *
tdm_formulas_new (void)
{
  TdmFormulas *self = g_new0 (TdmFormulas, 1);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TdmFormula));
  self->index = g_hash_table_new_full (hash_key, equal_keys, g_free, NULL);
  self->names = g_string_chunk_new (256);
  tdm_formulas_number (self, 0.0);
  return self;
}

void
tdm_formulas_free (TdmFormulas *self)
{
  if (!self)
    return;
  g_string_chunk_free (self->names);
  g_hash_table_unref (self->index);
  g_array_unref (self->nodes);
  g_free (self);
}

static guint
add (TdmFormulas *self, const TdmFormula *node)
{
  Key key = { node->leaf, node->op, { 0 }, 0, NULL, node->index };
  memcpy (key.arguments, node->arguments, sizeof key.arguments);
  memcpy (&key.number, &node->number, sizeof key.number);
  if (node->name)
    key.name = g_string_chunk_insert_const (self->names, node->name);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->index, &key));
  if (found > 0)
    return found - 1;
  if (self->nodes->len >= TDM_FORMULAS_MAX)
    {
      self->too_large = TRUE;
      return 0;
    }
  TdmFormula copy = *node;
  copy.name = key.name;
  g_array_append_val (self->nodes, copy);
  g_hash_table_insert (self->index, g_memdup2 (&key, sizeof key),
                       GUINT_TO_POINTER (self->nodes->len));
  return self->nodes->len - 1;
}

guint
tdm_formulas_number (TdmFormulas *self, double number)
{
  /* Not -0, which would be another node. */
  TdmFormula node = { .leaf = TDM_LEAF_NUMBER, .number = number == 0.0 ? 0.0 : number };
  return add (self, &node);
}

guint
tdm_formulas_leaf (TdmFormulas *self, TdmLeaf leaf, guint index, const char *name,
                   gsize offset)
{
  TdmFormula node = { .leaf = leaf, .index = index, .name = name, .offset = offset };
  return add (self, &node);
}

guint
tdm_formulas_get_n (const TdmFormulas *self)
{
  return self->nodes->len;
}

const TdmFormula *
tdm_formulas_get (const TdmFormulas *self, guint node)
{
  g_assert (node < self->nodes->len);
  return &g_array_index (self->nodes, TdmFormula, node);
}

gboolean
tdm_formulas_is_too_large (const TdmFormulas *self)
{
  return self->too_large;
}

gboolean
tdm_formulas_is_number (const TdmFormulas *self, guint node, double *out)
{
  const TdmFormula *f = tdm_formulas_get (self, node);
  if (out && f->leaf == TDM_LEAF_NUMBER)
    *out = f->number;
  return f->leaf == TDM_LEAF_NUMBER;
}

static gboolean
is (const TdmFormulas *self, guint node, double number)
{
  double value;
  return tdm_formulas_is_number (self, node, &value) && value == number;
}

static gboolean
is_operation (const TdmFormulas *self, guint node, TdmOp op)
{
  const TdmFormula *f = tdm_formulas_get (self, node);
  return f->leaf == TDM_LEAF_NONE && f->op == op;
}

/* Numbers only: the result, where it is finite. */
static gboolean
fold (TdmFormulas *self, TdmOp op, const guint *x, guint *out)
{
  double values[TDM_OP_MAX_ARGUMENTS] = { 0.0 };
  for (guint i = 0; i < tdm_op_n_arguments (op); i++)
    if (!tdm_formulas_is_number (self, x[i], &values[i]))
      return FALSE;
  double result = tdm_op_plain (op, values);
  if (!isfinite (result))
    return FALSE;
  *out = tdm_formulas_number (self, result);
  return TRUE;
}

/* An operand that decides, or that changes nothing. */
static gboolean
simplify_arithmetic (TdmFormulas *self, TdmOp op, const guint *x, guint *out)
{
  const gboolean left_0 = is (self, x[0], 0.0), right_0 = is (self, x[1], 0.0);
  const gboolean left_1 = is (self, x[0], 1.0), right_1 = is (self, x[1], 1.0);
  if (op == TDM_OP_ADD && (left_0 || right_0))
    *out = left_0 ? x[1] : x[0];
  else if (op == TDM_OP_SUB && right_0)
    *out = x[0];
  else if (op == TDM_OP_SUB && left_0)
    *out = tdm_formulas_operation (self, TDM_OP_NEG, x[1], 0, 0);
  else if (op == TDM_OP_MUL && (left_0 || right_0))
    *out = tdm_formulas_number (self, 0.0);
  else if (op == TDM_OP_MUL && (left_1 || right_1))
    *out = left_1 ? x[1] : x[0];
  else if ((op == TDM_OP_DIV || op == TDM_OP_POW) && right_1)
    *out = x[0];
  else if (op == TDM_OP_DIV && left_0 && !right_0)
    *out = x[0];
  else if (op == TDM_OP_POW && (right_0 || left_1))
    *out = tdm_formulas_number (self, 1.0);
  else
    return FALSE;
  return TRUE;
}

static gboolean
simplify_logic (TdmFormulas *self, TdmOp op, const guint *x, guint *out)
{
  double left = 0.0, right = 0.0;
  const gboolean known = tdm_formulas_is_number (self, x[0], &left);
  const gboolean other = tdm_formulas_is_number (self, x[1], &right);
  if ((op == TDM_OP_AND || op == TDM_OP_OR) && (known || other))
    {
      const gboolean truth = known ? left != 0.0 : right != 0.0;
      const guint rest = known ? x[1] : x[0];
      *out = truth == (op == TDM_OP_AND)
                 ? rest
                 : tdm_formulas_number (self, op == TDM_OP_AND ? 0.0 : 1.0);
      return TRUE;
    }
  if (op == TDM_OP_EQ && x[0] == x[1])
    *out = tdm_formulas_number (self, 1.0);
  else if (op == TDM_OP_SELECT && known)
    *out = left != 0.0 ? x[1] : x[2];
  else if (op == TDM_OP_SELECT && x[1] == x[2])
    *out = x[1];
  else
    return FALSE;
  return TRUE;
}

/* Inverse pairs, and the same condition asked twice. */
static gboolean
simplify_nested (TdmFormulas *self, TdmOp op, const guint *x, guint *out)
{
  const TdmFormula first = *tdm_formulas_get (self, x[0]);
  if ((op == TDM_OP_EXP && is_operation (self, x[0], TDM_OP_LOG))
      || (op == TDM_OP_LOG && is_operation (self, x[0], TDM_OP_EXP))
      || (op == TDM_OP_NEG && is_operation (self, x[0], TDM_OP_NEG))
      || (op == TDM_OP_NOT && is_operation (self, x[0], TDM_OP_NOT)))
    {
      *out = first.arguments[0];
      return TRUE;
    }
  /* x / (y / 1000) is x / y * 1000. */
  if (op == TDM_OP_DIV && is_operation (self, x[1], TDM_OP_DIV))
    {
      const TdmFormula below = *tdm_formulas_get (self, x[1]);
      if (!tdm_formulas_is_number (self, below.arguments[1], NULL))
        return FALSE;
      *out = tdm_formulas_operation (
          self, TDM_OP_MUL,
          tdm_formulas_operation (self, op, x[0], below.arguments[0], 0),
          below.arguments[1], 0);
      return TRUE;
    }
  if (op != TDM_OP_SELECT)
    return FALSE;
  const TdmFormula yes = *tdm_formulas_get (self, x[1]);
  const TdmFormula no = *tdm_formulas_get (self, x[2]);
  if (is_operation (self, x[1], TDM_OP_SELECT) && yes.arguments[0] == x[0])
    *out = tdm_formulas_operation (self, op, x[0], yes.arguments[1], x[2]);
  else if (is_operation (self, x[2], TDM_OP_SELECT) && no.arguments[0] == x[0])
    *out = tdm_formulas_operation (self, op, x[0], x[1], no.arguments[2]);
  else
    return FALSE;
  return TRUE;
}

guint
tdm_formulas_operation (TdmFormulas *self, TdmOp op, guint a, guint b, guint c)
{
  const guint n = tdm_op_n_arguments (op);
  const guint x[TDM_OP_MAX_ARGUMENTS] = { a, n > 1 ? b : 0, n > 2 ? c : 0 };
  guint out;
  if (fold (self, op, x, &out) || (n == 2 && simplify_arithmetic (self, op, x, &out))
      || (n > 1 && simplify_logic (self, op, x, &out))
      || simplify_nested (self, op, x, &out))
    return out;
  TdmFormula node = { .leaf = TDM_LEAF_NONE, .op = op };
  memcpy (node.arguments, x, sizeof x);
  return add (self, &node);
}

guint
tdm_formulas_core (const TdmFormulas *self, guint node, double *factor)
{
  *factor = 1.0;
  for (;;)
    {
      const TdmFormula *f = tdm_formulas_get (self, node);
      double number;
      guint inner = f->arguments[0];
      if (is_operation (self, node, TDM_OP_MUL)
          && tdm_formulas_is_number (self, f->arguments[1], &number))
        *factor *= number;
      else if (is_operation (self, node, TDM_OP_MUL)
               && tdm_formulas_is_number (self, f->arguments[0], &number))
        {
          *factor *= number;
          inner = f->arguments[1];
        }
      else if (is_operation (self, node, TDM_OP_DIV)
               && tdm_formulas_is_number (self, f->arguments[1], &number))
        *factor /= number;
      else
        return node;
      node = inner;
    }
}

guint
tdm_formulas_scale (TdmFormulas *self, guint node, double factor)
{
  double there;
  if (fabs (factor - 1.0) < 1e-12)
    return node;
  /* Only what stands outermost is joined: 4 * x becomes 8 * x, but a named x stays. */
  const guint core = tdm_formulas_core (self, node, &there);
  if (fabs (there * factor - 1.0) < 1e-12)
    return core;
  /* 1/24 is better read as a quotient. */
  const double inverse = 1.0 / factor;
  const gboolean divide = fabs (inverse - round (inverse)) < 1e-12 * fabs (inverse);
  return divide && fabs (inverse) > 1.0
             ? tdm_formulas_operation (self, TDM_OP_DIV, node,
                                       tdm_formulas_number (self, round (inverse)), 0)
             : tdm_formulas_operation (self, TDM_OP_MUL, node,
                                       tdm_formulas_number (self, factor), 0);
}

gboolean *
tdm_formulas_reach (const TdmFormulas *self, guint root)
{
  gboolean *reach = g_new0 (gboolean, self->nodes->len);
  reach[root] = TRUE;
  for (guint i = root + 1; i-- > 0;)
    {
      const TdmFormula *f = tdm_formulas_get (self, i);
      if (!reach[i] || f->leaf != TDM_LEAF_NONE)
        continue;
      for (guint k = 0; k < tdm_op_n_arguments (f->op); k++)
        reach[f->arguments[k]] = TRUE;
    }
  return reach;
}

guint
tdm_formulas_find_leaf (const TdmFormulas *self, guint root, TdmLeaf leaf)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self, root);
  for (guint i = 0; i <= root; i++)
    if (reach[i] && tdm_formulas_get (self, i)->leaf == leaf)
      return i;
  return G_MAXUINT;
}

guint *
tdm_formulas_replace (TdmFormulas *self, const TdmFormulaPair *pairs, guint n)
{
  const guint count = self->nodes->len;
  guint *image = g_new (guint, count);
  for (guint i = 0; i < count; i++)
    image[i] = G_MAXUINT;
  for (guint i = 0; i < n; i++)
    image[pairs[i].from] = pairs[i].to;
  for (guint i = 0; i < count; i++)
    {
      if (image[i] != G_MAXUINT)
        continue;
      image[i] = i;
      const TdmFormula f = *tdm_formulas_get (self, i);
      if (f.leaf == TDM_LEAF_NONE)
        image[i] =
            tdm_formulas_operation (self, f.op, image[f.arguments[0]],
                                    image[f.arguments[1]], image[f.arguments[2]]);
    }
  return image;
}

double
tdm_formulas_evaluate (const TdmFormulas *self, guint root, TdmLeafValue value,
                       gconstpointer data)
{
  g_autofree double *values = g_new0 (double, root + 1);
  for (guint i = 0; i <= root; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self, i);
      double x[TDM_OP_MAX_ARGUMENTS] = { 0.0 };
      for (guint k = 0; f->leaf == TDM_LEAF_NONE && k < tdm_op_n_arguments (f->op); k++)
        x[k] = values[f->arguments[k]];
      values[i] = f->leaf == TDM_LEAF_NONE     ? tdm_op_plain (f->op, x)
                  : f->leaf == TDM_LEAF_NUMBER ? f->number
                                               : value (f, data);
    }
  return values[root];
}
