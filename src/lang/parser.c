/* Recursive descent, one function a rule. From weak to strong: ?: or and not,
 * comparisons,
 * + -, * /, signs, ^ (to the right). So -2^2 is -4, 2^-1 is 0.5 and 2^3^2 is 512.
 *
 * White space, line ends included, separates and is otherwise ignored. Names are made
 * of letters, digits and _; case counts. Nesting, nodes and length are capped, so that
 * no input can exhaust the stack or the memory. */
#include "lang/parser.h"

#include <string.h>

#include "lang/dimension.h"
#include "lang/lexer.h"

typedef struct
{
  TdmTree *tree;
  TdmToken token; /* the one looked at */
  guint nesting;
  guint max_nodes;
  GError **error;
} Parser;

typedef gboolean (*Rule) (Parser *self, guint *out);

static gboolean parse_conditional (Parser *self, guint *out);
static gboolean parse_signed (Parser *self, guint *out);

static gboolean
fail_at (Parser *self, gsize offset, const char *message)
{
  TdmPlace place = tdm_tree_get_place (self->tree, offset);
  return tdm_place_set_error (self->error, &place, "%s", message);
}

static gboolean
fail_expected (Parser *self, const char *expected)
{
  g_autofree char *found = tdm_token_describe (&self->token, self->tree);
  g_autofree char *message =
      g_strdup_printf ("unexpected %s; expected %s", found, expected);
  return fail_at (self, self->token.offset, message);
}

static gboolean
advance (Parser *self)
{
  gsize next = self->token.offset + self->token.length;
  return tdm_lexer_next (self->tree, next, &self->token, self->error);
}

static gboolean
at (const Parser *self, const char *sign)
{
  return tdm_token_is (&self->token, self->tree, sign);
}

static gboolean
expect (Parser *self, const char *sign, const char *expected)
{
  return at (self, sign) ? advance (self) : fail_expected (self, expected);
}

static gboolean
add (Parser *self, const TdmNode *node, guint *out)
{
  if (tdm_tree_get_n_nodes (self->tree) >= self->max_nodes)
    return fail_at (self, node->offset,
                    "too long; expected at most 10000 numbers, names and operators");
  *out = tdm_tree_add (self->tree, node);
  return TRUE;
}

static gboolean
add_operation (Parser *self, TdmOp op, gsize offset, const guint *arguments, guint *out)
{
  TdmNode node = { .kind = TDM_NODE_OPERATION, .op = op, .offset = offset };
  node.n_arguments = tdm_op_n_arguments (op);
  memcpy (node.arguments, arguments, node.n_arguments * sizeof *arguments);
  return add (self, &node, out);
}

/* Whatever makes the grammar recur goes through here. */
static gboolean
parse_nested (Parser *self, Rule rule, guint *out)
{
  if (self->nesting >= TDM_PARSER_MAX_NESTING)
    return fail_at (self, self->token.offset,
                    "nested too deep; expected at most 64 levels");
  self->nesting++;
  gboolean ok = rule (self, out);
  self->nesting--;
  return ok;
}

/* arguments = "(" conditional { "," conditional } ")" */
static gboolean
parse_arguments (Parser *self, TdmNode *call)
{
  if (!advance (self))
    return FALSE;
  while (call->n_arguments < TDM_TREE_MAX_ARGUMENTS)
    {
      if (!parse_nested (self, parse_conditional,
                         &call->arguments[call->n_arguments++]))
        return FALSE;
      if (!at (self, ","))
        return expect (self, ")", "an operator, ',' or ')'");
      if (!advance (self))
        return FALSE;
    }
  return fail_at (self, self->token.offset, "expected at most 8 arguments");
}

/* name = NAME [ arguments ] */
static gboolean
parse_name (Parser *self, guint *out)
{
  g_autofree char *name = tdm_token_dup_text (&self->token, self->tree);
  TdmNode node = { .kind = TDM_NODE_NAME, .text = name, .offset = self->token.offset };
  if (!advance (self))
    return FALSE;
  if (at (self, "("))
    {
      node.kind = TDM_NODE_CALL;
      if (!parse_arguments (self, &node))
        return FALSE;
    }
  return add (self, &node, out);
}

/* unit = "[" [ UNIT ] "]". The token is the number before it. */
static gboolean
read_unit (Parser *self, char **unit, gsize *end)
{
  const char *text = tdm_tree_get_source (self->tree);
  gsize at = self->token.offset + self->token.length;
  TdmDimension dimension;
  g_autoptr (GError) local = NULL;

  *end = at;
  while (text[at] == ' ' || text[at] == '\t')
    at++;
  if (text[at] != '[')
    return TRUE;
  const char *close = strchr (text + at, ']');
  if (!close)
    return fail_at (self, at, "the unit has no end; expected ']'");
  *unit = g_strstrip (g_strndup (text + at + 1, close - text - at - 1));
  *end = close + 1 - text;
  return tdm_dimension_parse (*unit, FALSE, &dimension, &local)
         || fail_at (self, at + 1, local->message);
}

/* number = NUMBER [ unit ] */
static gboolean
parse_number (Parser *self, guint *out)
{
  g_autofree char *unit = NULL;
  TdmNode node = { .kind = TDM_NODE_NUMBER,
                   .number = self->token.number,
                   .offset = self->token.offset };
  gsize end;

  if (!read_unit (self, &unit, &end))
    return FALSE;
  node.text = unit;
  return tdm_lexer_next (self->tree, end, &self->token, self->error)
         && add (self, &node, out);
}

/* primary = number | TEXT | name | "(" conditional ")" */
static gboolean
parse_primary (Parser *self, guint *out)
{
  if (self->token.kind == TDM_TOKEN_NAME)
    return parse_name (self, out);
  if (self->token.kind == TDM_TOKEN_NUMBER)
    return parse_number (self, out);
  if (self->token.kind == TDM_TOKEN_TEXT)
    {
      g_autofree char *text = tdm_token_dup_text (&self->token, self->tree);
      TdmNode node = { .kind = TDM_NODE_TEXT,
                       .text = text,
                       .offset = self->token.offset };
      return advance (self) && add (self, &node, out);
    }
  if (at (self, "("))
    return advance (self) && parse_nested (self, parse_conditional, out)
           && expect (self, ")", "an operator or ')'");
  return fail_expected (self, "a number, a name or '('");
}

/* power = primary [ "^" signed ] */
static gboolean
parse_power (Parser *self, guint *out)
{
  guint arguments[2];
  if (!parse_primary (self, &arguments[0]))
    return FALSE;
  *out = arguments[0];
  gsize offset = self->token.offset;
  if (!at (self, "^"))
    return TRUE;
  return advance (self) && parse_nested (self, parse_signed, &arguments[1])
         && add_operation (self, TDM_OP_POW, offset, arguments, out);
}

/* signed = ( "-" | "+" ) signed | power */
static gboolean
parse_signed (Parser *self, guint *out)
{
  gsize offset = self->token.offset;
  if (at (self, "+"))
    return advance (self) && parse_nested (self, parse_signed, out);
  if (!at (self, "-"))
    return parse_power (self, out);
  guint argument;
  return advance (self) && parse_nested (self, parse_signed, &argument)
         && add_operation (self, TDM_OP_NEG, offset, &argument, out);
}

typedef struct
{
  const char *sign;
  TdmOp op;
} Operator;

static const Operator *
find_operator (const Parser *self, const Operator *operators)
{
  for (; operators->sign; operators++)
    if (at (self, operators->sign))
      return operators;
  return NULL;
}

/* left = operand { operator operand }, grouped from the left. */
static gboolean
parse_left (Parser *self, const Operator *operators, Rule operand, guint *out)
{
  if (!operand (self, out))
    return FALSE;
  const Operator *sign;
  while ((sign = find_operator (self, operators)))
    {
      gsize offset = self->token.offset;
      guint arguments[2] = { *out, 0 };
      if (!advance (self) || !operand (self, &arguments[1])
          || !add_operation (self, sign->op, offset, arguments, out))
        return FALSE;
    }
  return TRUE;
}

/* product = signed { ( "*" | "/" ) signed } */
static gboolean
parse_product (Parser *self, guint *out)
{
  static const Operator operators[] = { { "*", TDM_OP_MUL },
                                        { "/", TDM_OP_DIV },
                                        { NULL } };
  return parse_left (self, operators, parse_signed, out);
}

/* sum = product { ( "+" | "-" ) product } */
static gboolean
parse_sum (Parser *self, guint *out)
{
  static const Operator operators[] = { { "+", TDM_OP_ADD },
                                        { "-", TDM_OP_SUB },
                                        { NULL } };
  return parse_left (self, operators, parse_product, out);
}

/* comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ] */
static gboolean
parse_comparison (Parser *self, guint *out)
{
  static const Operator operators[] = { { "<", TDM_OP_LT },
                                        { "<=", TDM_OP_LE },
                                        { ">", TDM_OP_GT },
                                        { ">=", TDM_OP_GE },
                                        { "==", TDM_OP_EQ },
                                        { "!=", TDM_OP_NE },
                                        { NULL } };
  guint arguments[2];
  if (!parse_sum (self, &arguments[0]))
    return FALSE;
  *out = arguments[0];
  const Operator *sign = find_operator (self, operators);
  if (!sign)
    return TRUE;
  gsize offset = self->token.offset;
  if (!advance (self) || !parse_sum (self, &arguments[1]))
    return FALSE;
  if (find_operator (self, operators))
    return fail_at (self, self->token.offset,
                    "comparisons cannot be chained; expected a < b and b < c");
  return add_operation (self, sign->op, offset, arguments, out);
}

/* negation = "not" negation | comparison */
static gboolean
parse_negation (Parser *self, guint *out)
{
  if (!at (self, "not"))
    return parse_comparison (self, out);
  gsize offset = self->token.offset;
  guint argument;
  return advance (self) && parse_nested (self, parse_negation, &argument)
         && add_operation (self, TDM_OP_NOT, offset, &argument, out);
}

/* conjunction = negation { "and" negation } */
static gboolean
parse_conjunction (Parser *self, guint *out)
{
  static const Operator operators[] = { { "and", TDM_OP_AND }, { NULL } };
  return parse_left (self, operators, parse_negation, out);
}

/* disjunction = conjunction { "or" conjunction } */
static gboolean
parse_disjunction (Parser *self, guint *out)
{
  static const Operator operators[] = { { "or", TDM_OP_OR }, { NULL } };
  return parse_left (self, operators, parse_conjunction, out);
}

/* conditional = disjunction [ "?" conditional ":" conditional ] */
static gboolean
parse_conditional (Parser *self, guint *out)
{
  guint arguments[3];
  if (!parse_disjunction (self, &arguments[0]))
    return FALSE;
  *out = arguments[0];
  gsize offset = self->token.offset;
  if (!at (self, "?"))
    return TRUE;
  return advance (self) && parse_nested (self, parse_conditional, &arguments[1])
         && expect (self, ":", "an operator or ':'")
         && parse_nested (self, parse_conditional, &arguments[2])
         && add_operation (self, TDM_OP_SELECT, offset, arguments, out);
}

/* expression = conditional END */
static gboolean
parse_expression (Parser *self)
{
  guint root;
  if (!parse_conditional (self, &root))
    return FALSE;
  if (at (self, ","))
    return fail_expected (self, "an operator or the end (the decimal sign is a point)");
  return self->token.kind == TDM_TOKEN_END
         || fail_expected (self, "an operator or the end");
}

TdmTree *
tdm_parse (const char *text, const TdmPlace *place, guint max_nodes, GError **error)
{
  if (strlen (text) > TDM_TREE_MAX_TEXT)
    {
      tdm_place_set_error (error, place, "too long; expected at most 64 KiB of text");
      return NULL;
    }
  g_autoptr (TdmTree) tree = tdm_tree_new (text, place);
  Parser self = { .tree = tree,
                  .max_nodes = MIN (max_nodes, TDM_TREE_MAX_NODES),
                  .error = error };
  if (!tdm_lexer_next (tree, 0, &self.token, error) || !parse_expression (&self))
    return NULL;
  return g_steal_pointer (&tree);
}
