#include "lang/compile.h"

#include <string.h>

#include "lang/function.h"
#include "lang/names.h"
#include "lang/parser.h"

/* A literal in quotes has no value of its own. */
#define NO_VALUE G_MAXUINT

/* One tree being compiled: an assignment's, or the body of a function in a call. */
typedef struct
{
  const TdmSymbols *symbols;
  TdmGraph *graph;
  const TdmTree *tree;
  guint *node_values;
  const guint *symbol_values;
  guint current;          /* number of the assignment */
  char **parameters;      /* of a body, NULL in an assignment */
  const guint *arguments; /* their values */
  GError **error;
} Compiler;

static gboolean compile_tree (Compiler *self, guint *out);

G_GNUC_PRINTF (3, 4)
static gboolean
fail_at (Compiler *self, const TdmNode *node, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  TdmPlace place = tdm_tree_get_place (self->tree, node->offset);
  return tdm_place_set_error (self->error, &place, "%s", message);
}

/* ---- Names ---- */

/* Names that may be used where the current assignment stands. */
static GPtrArray *
known_names (const Compiler *self)
{
  GPtrArray *known = g_ptr_array_new ();
  for (guint i = 0; i < tdm_symbols_get_n (self->symbols); i++)
    {
      const TdmSymbol *symbol = tdm_symbols_get (self->symbols, i);
      if (!symbol->tree || i < self->current)
        g_ptr_array_add (known, symbol->name);
    }
  return known;
}

static gboolean
fail_unknown_name (Compiler *self, const TdmNode *node)
{
  const TdmFunction *function = tdm_function_find (node->text);
  if (function)
    return fail_at (self, node, "'%s' is a function; expected %s(%s)", node->text,
                    node->text, function->parameters);
  g_autoptr (GPtrArray) known = known_names (self);
  g_autofree char *advice = tdm_names_advise (node->text, known);
  return fail_at (self, node, "unknown name '%.64s'; %s", node->text, advice);
}

static gboolean
compile_name (Compiler *self, const TdmNode *node, guint *out)
{
  for (guint i = 0; self->parameters && self->parameters[i]; i++)
    if (g_str_equal (self->parameters[i], node->text))
      {
        *out = self->arguments[i];
        return TRUE;
      }
  guint found;
  if (!tdm_symbols_find (self->symbols, node->text, &found))
    return fail_unknown_name (self, node);
  const TdmSymbol *symbol = tdm_symbols_get (self->symbols, found);
  if (symbol->tree && found >= self->current)
    {
      TdmPlace place = tdm_tree_get_place (symbol->tree, 0);
      return fail_at (self, node,
                      "'%s' is used before it is defined in %s:%u; expected "
                      "the definition first",
                      node->text, place.file, place.line);
    }
  *out = self->symbol_values[found];
  return TRUE;
}

/* ---- Categories ---- */

/* The categorical variable that a node names, or NULL. */
static const TdmSymbol *
categorical (const Compiler *self, const TdmNode *node)
{
  guint found;
  if (self->parameters || node->kind != TDM_NODE_NAME
      || !tdm_symbols_find (self->symbols, node->text, &found))
    return NULL;
  const TdmSymbol *symbol = tdm_symbols_get (self->symbols, found);
  return symbol->categories ? symbol : NULL;
}

static char *
list_categories (const TdmSymbol *symbol)
{
  g_autofree char *list = g_strjoinv ("\", \"", symbol->categories);
  return g_strdup_printf ("\"%s\"", list);
}

static gboolean
fail_text (Compiler *self, const TdmNode *text)
{
  return fail_at (self, text,
                  "unexpected text \"%.40s\"; expected it only right of == or != of a "
                  "variable with categories",
                  text->text);
}

/* "male" in sex == "male" is the number of that category. */
static gboolean
category_value (Compiler *self, const TdmNode *variable, const TdmNode *text,
                guint *out)
{
  const TdmSymbol *symbol = categorical (self, variable);
  if (!symbol)
    return fail_text (self, text);
  for (guint i = 0; symbol->categories[i]; i++)
    if (g_str_equal (symbol->categories[i], text->text))
      {
        *out = tdm_graph_literal (self->graph, i);
        return TRUE;
      }
  g_autofree char *list = list_categories (symbol);
  return fail_at (self, text, "%s has no category \"%.40s\"; expected one of %s",
                  symbol->name, text->text, list);
}

/* ---- Operations and calls ---- */

static gboolean
compile_arguments (Compiler *self, const TdmNode *node, guint *values)
{
  gboolean comparable = node->kind == TDM_NODE_OPERATION
                        && (node->op == TDM_OP_EQ || node->op == TDM_OP_NE);
  for (guint i = 0; i < node->n_arguments; i++)
    {
      const TdmNode *argument = tdm_tree_get_node (self->tree, node->arguments[i]);
      values[i] = self->node_values[node->arguments[i]];
      if (values[i] != NO_VALUE)
        continue;
      if (!comparable)
        return fail_text (self, argument);
      const TdmNode *other = tdm_tree_get_node (self->tree, node->arguments[1 - i]);
      if (!category_value (self, other, argument, &values[i]))
        return FALSE;
    }
  return TRUE;
}

/* A parameter called sex must not be given a variable that codes it otherwise. */
static gboolean
check_sex (Compiler *self, const TdmNode *node, char **parameters)
{
  for (guint i = 0; i < node->n_arguments; i++)
    {
      const TdmNode *argument = tdm_tree_get_node (self->tree, node->arguments[i]);
      const TdmSymbol *symbol = categorical (self, argument);
      if (!symbol || !g_str_equal (parameters[i], "sex")
          || (g_strv_length (symbol->categories) == 2
              && g_str_equal (symbol->categories[0], "male")
              && g_str_equal (symbol->categories[1], "female")))
        continue;
      g_autofree char *list = list_categories (symbol);
      return fail_at (self, argument,
                      "%s has the categories %s; expected \"male\", \"female\"",
                      symbol->name, list);
    }
  return TRUE;
}

static gboolean
expand_body (Compiler *self, const TdmFunction *function, const TdmNode *node,
             const guint *values, guint *out)
{
  g_auto (GStrv) parameters = g_strsplit (function->parameters, ", ", -1);
  if (!self->parameters && !check_sex (self, node, parameters))
    return FALSE;
  TdmPlace place = { function->name, 1, 1 };
  g_autoptr (TdmTree) tree =
      tdm_parse (function->body, &place, TDM_TREE_MAX_NODES, self->error);
  if (!tree)
    return FALSE;
  Compiler body = *self;
  body.tree = tree;
  body.parameters = parameters;
  body.arguments = values;
  return compile_tree (&body, out);
}

static gboolean
fail_unknown_function (Compiler *self, const TdmNode *node)
{
  if (tdm_symbols_find (self->symbols, node->text, NULL))
    return fail_at (self, node,
                    "'%s' is not a function; expected an operator before '('",
                    node->text);
  guint n;
  const TdmFunction *functions = tdm_functions (&n);
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (known, (gpointer)functions[i].name);
  g_autofree char *advice = tdm_names_advise (node->text, known);
  return fail_at (self, node, "unknown function '%.64s'; %s", node->text, advice);
}

static gboolean
compile_call (Compiler *self, const TdmNode *node, const guint *values, guint *out)
{
  const TdmFunction *function = tdm_function_find (node->text);
  if (!function)
    return fail_unknown_function (self, node);
  if (node->n_arguments < function->min_arguments
      || node->n_arguments > function->max_arguments)
    return fail_at (self, node, "%s has %u argument%s; expected %s(%s)", node->text,
                    node->n_arguments, node->n_arguments == 1 ? "" : "s", node->text,
                    function->parameters);
  if (function->body)
    return expand_body (self, function, node, values, out);
  *out = tdm_graph_operation (self->graph, function->op, values);
  for (guint i = 2; function->max_arguments > 3 && i < node->n_arguments; i++)
    *out =
        tdm_graph_operation (self->graph, function->op, (guint[]){ *out, values[i] });
  return TRUE;
}

static gboolean
compile_node (Compiler *self, const TdmNode *node, guint *out)
{
  guint values[TDM_TREE_MAX_ARGUMENTS];
  *out = NO_VALUE;
  if (node->kind == TDM_NODE_TEXT)
    return TRUE;
  if (node->kind == TDM_NODE_NAME)
    return compile_name (self, node, out);
  if (node->kind == TDM_NODE_NUMBER)
    {
      *out = tdm_graph_literal (self->graph, node->number);
      return TRUE;
    }
  if (!compile_arguments (self, node, values))
    return FALSE;
  if (node->kind == TDM_NODE_CALL)
    return compile_call (self, node, values, out);
  *out = tdm_graph_operation (self->graph, node->op, values);
  return TRUE;
}

static gboolean
compile_tree (Compiler *self, guint *out)
{
  guint n = tdm_tree_get_n_nodes (self->tree);
  g_autofree guint *node_values = g_new (guint, n);
  self->node_values = node_values;
  for (guint i = 0; i < n; i++)
    if (!compile_node (self, tdm_tree_get_node (self->tree, i), &node_values[i]))
      return FALSE;
  *out = node_values[n - 1];
  if (*out == NO_VALUE)
    return fail_text (self, tdm_tree_get_node (self->tree, n - 1));
  return TRUE;
}

gboolean
tdm_compile (const TdmSymbols *symbols, TdmGraph *graph, guint *values, GError **error)
{
  guint n = tdm_symbols_get_n (symbols);
  for (guint i = 0; i < n; i++)
    {
      const TdmSymbol *symbol = tdm_symbols_get (symbols, i);
      if (!symbol->tree)
        values[i] = tdm_graph_variable (graph, symbol->kind, symbol->index);
    }
  for (guint i = 0; i < n; i++)
    {
      const TdmSymbol *symbol = tdm_symbols_get (symbols, i);
      Compiler self = { .symbols = symbols,
                        .graph = graph,
                        .tree = symbol->tree,
                        .symbol_values = values,
                        .current = i,
                        .error = error };
      if (symbol->tree && !compile_tree (&self, &values[i]))
        return FALSE;
    }
  return TRUE;
}
