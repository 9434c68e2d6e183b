/* Estimation follows derivatives with respect to the random effects. What jumps with
 * one (a comparison, a condition, floor) has none where it jumps and tells nothing
 * elsewhere. Kinks (min, max, abs) are allowed: the estimation looks at both sides. */
#include "lang/derivative-check.h"

#include <string.h>

typedef struct
{
  const TdmSymbols *symbols;
  const gboolean *moved; /* by symbol: a random effect is in it */
  const TdmTree *tree;
  gboolean *nodes; /* the same of the nodes */
} Walk;

static gboolean
any_argument (const Walk *self, const TdmNode *node)
{
  for (guint i = 0; i < node->n_arguments; i++)
    if (self->nodes[node->arguments[i]])
      return TRUE;
  return FALSE;
}

static gboolean
is_moved (const Walk *self, const TdmNode *node)
{
  guint found;
  if (node->kind == TDM_NODE_NAME)
    return tdm_symbols_find (self->symbols, node->text, &found) && self->moved[found];
  return any_argument (self, node);
}

/* What jumps where an argument of it moves; NULL when it does not. */
static const char *
jumps (const Walk *self, const TdmNode *node)
{
  const gboolean choice =
      (node->kind == TDM_NODE_OPERATION && node->op == TDM_OP_SELECT)
      || (node->kind == TDM_NODE_CALL && strcmp (node->text, "if") == 0);
  if (choice)
    return self->nodes[node->arguments[0]] ? "a condition" : NULL;
  if (!any_argument (self, node))
    return NULL;
  if (node->kind == TDM_NODE_CALL)
    return strcmp (node->text, "floor") == 0 ? "floor" : NULL;
  switch (node->op)
    {
    case TDM_OP_LT:
    case TDM_OP_LE:
    case TDM_OP_GT:
    case TDM_OP_GE:
    case TDM_OP_EQ:
    case TDM_OP_NE:
      return "a comparison";
    default:
      return NULL;
    }
}

static gboolean
check_tree (Walk *self, gboolean *moved, GError **error)
{
  const guint n = tdm_tree_get_n_nodes (self->tree);
  for (guint i = 0; i < n; i++)
    {
      const TdmNode *node = tdm_tree_get_node (self->tree, i);
      const char *what = jumps (self, node);
      const TdmPlace place = tdm_tree_get_place (self->tree, node->offset);
      if (what != NULL)
        return tdm_place_set_error (error, &place,
                                    "%s of what depends on a random effect has no "
                                    "derivative; expected a smooth expression",
                                    what);
      self->nodes[i] = is_moved (self, node);
    }
  *moved = self->nodes[n - 1];
  return TRUE;
}

gboolean
tdm_derivative_check (const TdmSymbols *symbols, GError **error)
{
  const guint n = tdm_symbols_get_n (symbols);
  g_autofree gboolean *moved = g_new0 (gboolean, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const TdmSymbol *symbol = tdm_symbols_get (symbols, i);
      moved[i] = symbol->tree == NULL && symbol->kind == TDM_VARIABLE_EFFECT;
      if (symbol->tree == NULL)
        continue;
      g_autofree gboolean *nodes =
          g_new0 (gboolean, tdm_tree_get_n_nodes (symbol->tree));
      Walk self = { symbols, moved, symbol->tree, nodes };
      if (!check_tree (&self, &moved[i], error))
        return FALSE;
    }
  return TRUE;
}
