#include "nonmem/code.h"

#include <math.h>
#include <string.h>

#define MAX_NESTING 50u
#define MAX_VARIABLES 500u

typedef struct
{
  TdmCursor cursor;
  TdmBlock block;
  TdmFormulas *formulas;
  TdmScope *scope;
  guint nesting;
  GError **error;
} Run;

static gboolean parse_or (Run *self, guint *out);
static gboolean parse_signed (Run *self, guint *out);
static gboolean run_statement (Run *self);

static gboolean
take_sign (Run *self, const char *sign)
{
  return tdm_cursor_take (&self->cursor, TDM_NMTRAN_SIGN, sign);
}

static gboolean
expected (Run *self, const char *what)
{
  return tdm_cursor_fail (&self->cursor, self->error, what);
}

static gboolean
fail_at (Run *self, gsize offset, const char *message)
{
  return tdm_control_fail (self->cursor.control, offset, self->error, "%s", message);
}

/* Calls of NM-TRAN and what they are here. */
static const struct
{
  const char *name;
  TdmOp op;
} functions[] = {
  { "EXP", TDM_OP_EXP },    { "DEXP", TDM_OP_EXP },    { "LOG", TDM_OP_LOG },
  { "DLOG", TDM_OP_LOG },   { "LOG10", TDM_OP_LOG10 }, { "SQRT", TDM_OP_SQRT },
  { "DSQRT", TDM_OP_SQRT }, { "ABS", TDM_OP_ABS },     { "DABS", TDM_OP_ABS },
};

static guint
operation (Run *self, TdmOp op, guint a, guint b, guint c)
{
  return tdm_formulas_operation (self->formulas, op, a, b, c);
}

/* Fortran cuts off towards 0. */
static guint
truncate_node (Run *self, guint x)
{
  const guint zero = tdm_formulas_number (self->formulas, 0.0);
  const guint up = operation (
      self, TDM_OP_NEG,
      operation (self, TDM_OP_FLOOR, operation (self, TDM_OP_NEG, x, 0, 0), 0, 0), 0,
      0);
  return operation (self, TDM_OP_SELECT, operation (self, TDM_OP_GE, x, zero, 0),
                    operation (self, TDM_OP_FLOOR, x, 0, 0), up);
}

/* "(" EXPRESSION {"," EXPRESSION} ")", of which the first is behind us. */
static gboolean
parse_arguments (Run *self, guint *out, guint *n, guint most)
{
  *n = 0;
  do
    {
      if (*n == most)
        return expected (self, "fewer arguments");
      if (!parse_or (self, &out[(*n)++]))
        return FALSE;
    }
  while (take_sign (self, ","));
  return take_sign (self, ")") || expected (self, "a closing bracket");
}

/* A function; one that is not translated is a leaf that may turn out not to matter. */
static gboolean
parse_call (Run *self, const TdmNmtranToken *name, guint *out)
{
  guint x[8], n;
  if (!parse_arguments (self, x, &n, G_N_ELEMENTS (x)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].name, name->text) == 0)
      {
        *out = operation (self, functions[i].op, x[0], 0, 0);
        return n == 1 || fail_at (self, name->offset, "expected one argument");
      }
  const gboolean least = strcmp (name->text, "MIN") == 0;
  if (least || strcmp (name->text, "MAX") == 0)
    {
      *out = x[0];
      for (guint i = 1; i < n; i++)
        *out = operation (self, least ? TDM_OP_MIN : TDM_OP_MAX, *out, x[i], 0);
    }
  else if (strcmp (name->text, "INT") == 0 && n == 1)
    *out = truncate_node (self, x[0]);
  else if (strcmp (name->text, "MOD") == 0 && n == 2)
    {
      guint whole = truncate_node (self, operation (self, TDM_OP_DIV, x[0], x[1], 0));
      *out = operation (self, TDM_OP_SUB, x[0],
                        operation (self, TDM_OP_MUL, whole, x[1], 0), 0);
    }
  else
    *out = tdm_formulas_leaf (self->formulas, TDM_LEAF_REFUSED, 0, name->text,
                              name->offset);
  return TRUE;
}

/* NUMBER ")" | LABEL ")", of THETA( and its like. */
static gboolean
parse_index (Run *self, const char *name, guint *out)
{
  const TdmNmtranToken *token = tdm_cursor_peek (&self->cursor);
  const gboolean number = token->kind == TDM_NMTRAN_NUMBER && token->number >= 1
                          && token->number <= 9999
                          && token->number == floor (token->number);
  g_autofree char *label = g_strdup_printf ("%s(%s)", name, token->text);
  gpointer found = NULL;
  if (number)
    *out = (guint)token->number;
  else if (token->kind == TDM_NMTRAN_NAME
           && (found = g_hash_table_lookup (self->cursor.control->numbers, label)))
    *out = GPOINTER_TO_UINT (found);
  else
    return expected (self, "a number, or a label of $ABBR REPLACE");
  self->cursor.at++;
  return take_sign (self, ")") || expected (self, "a closing bracket");
}

static gboolean
parse_theta (Run *self, const TdmNmtranToken *name, guint *out)
{
  const GArray *thetas = self->cursor.control->thetas;
  guint i;
  if (!parse_index (self, "THETA", &i))
    return FALSE;
  if (i > thetas->len)
    return tdm_control_fail (self->cursor.control, name->offset, self->error,
                             "expected THETA(1) to THETA(%u), which $THETA gives",
                             thetas->len);
  *out = tdm_formulas_number (self->formulas, g_array_index (thetas, double, i - 1));
  return TRUE;
}

static gboolean
parse_effect (Run *self, const TdmNmtranToken *name, gboolean residual, guint *out)
{
  const TdmControl *control = self->cursor.control;
  const guint n = residual ? control->sigma.n : control->omega.n;
  guint i;
  if (!parse_index (self, residual ? "EPS" : "ETA", &i))
    return FALSE;
  if (i > n)
    return tdm_control_fail (control, name->offset, self->error,
                             "expected %s(1) to %s(%u), which $%s gives", name->text,
                             name->text, n, residual ? "SIGMA" : "OMEGA");
  *out = tdm_formulas_leaf (self->formulas, residual ? TDM_LEAF_EPS : TDM_LEAF_ETA, i,
                            NULL, name->offset);
  return TRUE;
}

/* A(n) in $DES and $ERROR. */
static gboolean
parse_amount (Run *self, const TdmNmtranToken *name, guint *out)
{
  guint i;
  if (!parse_index (self, "A", &i))
    return FALSE;
  *out =
      self->block == TDM_BLOCK_PK
          ? tdm_formulas_leaf (self->formulas, TDM_LEAF_REFUSED, 0, "A(n) in $PK",
                               name->offset)
          : tdm_formulas_leaf (self->formulas, TDM_LEAF_AMOUNT, i, NULL, name->offset);
  return TRUE;
}

/* P(n) in $MIX. */
static gboolean
parse_chance (Run *self, const TdmNmtranToken *name, guint *out)
{
  guint i;
  if (!parse_index (self, "P", &i))
    return FALSE;
  g_autofree char *full = g_strdup_printf ("P(%u)", i);
  return tdm_scope_find (self->scope, full, out)
         || fail_at (self, name->offset, "P(n) is used where it has no value");
}

static gboolean
parse_indexed (Run *self, const TdmNmtranToken *name, guint *out)
{
  if (strcmp (name->text, "P") == 0 && self->block == TDM_BLOCK_MIX)
    return parse_chance (self, name, out);
  if (strcmp (name->text, "THETA") == 0)
    return parse_theta (self, name, out);
  if (strcmp (name->text, "ETA") == 0)
    return parse_effect (self, name, FALSE, out);
  if (strcmp (name->text, "EPS") == 0 || strcmp (name->text, "ERR") == 0)
    return parse_effect (self, name, TRUE, out);
  if (strcmp (name->text, "A") == 0)
    return parse_amount (self, name, out);
  return parse_call (self, name, out);
}

/* A variable, a data item, or a name that NONMEM gives a meaning. */
static gboolean
find_name (Run *self, const TdmNmtranToken *name, guint *out)
{
  const TdmControl *control = self->cursor.control;
  static const char *const refused[] = { "NEWIND", "NEWL2",  "ICALL",  "MIXEST",
                                         "MIXP",   "COMACT", "COMSAV", "IREP",
                                         "TSTATE", "TSCALE", "DOSTIM", "DOSREC",
                                         "MTDIFF", "NPROB",  NULL };
  if (tdm_scope_find (self->scope, name->text, out))
    return TRUE;
  const TdmNmtranItem *item =
      control->input ? g_hash_table_lookup (control->input, name->text) : NULL;
  if (item && !item->dropped)
    *out =
        tdm_formulas_leaf (self->formulas, TDM_LEAF_DATA, 0, item->name, name->offset);
  else if (item)
    return tdm_control_fail (control, name->offset, self->error,
                             "$INPUT drops %s, which is used here", name->text);
  else if (strcmp (name->text, "F") == 0 && self->block == TDM_BLOCK_ERROR)
    *out =
        tdm_formulas_leaf (self->formulas, TDM_LEAF_PREDICTION, 0, NULL, name->offset);
  else if (strcmp (name->text, "T") == 0 && self->block == TDM_BLOCK_DES)
    *out = tdm_formulas_leaf (self->formulas, TDM_LEAF_TIME, 0, NULL, name->offset);
  else if (strcmp (name->text, "MIXNUM") == 0 && control->mix.end > 0
           && self->block == TDM_BLOCK_PK)
    *out = tdm_formulas_leaf (self->formulas, TDM_LEAF_MIXTURE, 0, NULL, name->offset);
  else if (strcmp (name->text, "MIXNUM") == 0 || g_strv_contains (refused, name->text))
    *out = tdm_formulas_leaf (self->formulas, TDM_LEAF_REFUSED, 0, name->text,
                              name->offset);
  else
    *out =
        tdm_formulas_leaf (self->formulas, TDM_LEAF_UNSET, 0, name->text, name->offset);
  return TRUE;
}

/* NUMBER | NAME ["(" … ")"] | "(" EXPRESSION ")" */
static gboolean
parse_primary (Run *self, guint *out)
{
  const TdmNmtranToken *token = tdm_cursor_peek (&self->cursor);
  if (token->kind == TDM_NMTRAN_NUMBER)
    {
      self->cursor.at++;
      *out = tdm_formulas_number (self->formulas, token->number);
      return TRUE;
    }
  if (token->kind == TDM_NMTRAN_NAME)
    {
      self->cursor.at++;
      return take_sign (self, "(") ? parse_indexed (self, token, out)
                                   : find_name (self, token, out);
    }
  if (!take_sign (self, "("))
    return expected (self, "a number, a name or a bracket");
  return parse_or (self, out)
         && (take_sign (self, ")") || expected (self, "a closing bracket"));
}

/* PRIMARY ["**" SIGNED], to the right */
static gboolean
parse_power (Run *self, guint *out)
{
  guint exponent;
  if (!parse_primary (self, out))
    return FALSE;
  if (!take_sign (self, "**"))
    return TRUE;
  if (!parse_signed (self, &exponent))
    return FALSE;
  *out = operation (self, TDM_OP_POW, *out, exponent, 0);
  return TRUE;
}

/* [+-] POWER. Every nesting of brackets, powers and signs passes here. */
static gboolean
parse_signed (Run *self, guint *out)
{
  if (self->nesting >= MAX_NESTING)
    return expected (self, "fewer brackets and signs inside each other");
  self->nesting++;
  gboolean done;
  if (take_sign (self, "-"))
    {
      done = parse_signed (self, out);
      *out = done ? operation (self, TDM_OP_NEG, *out, 0, 0) : 0;
    }
  else if (take_sign (self, "+"))
    done = parse_signed (self, out);
  else
    done = parse_power (self, out);
  self->nesting--;
  return done;
}

/* An operator of one level, or FALSE. */
static gboolean
take_operator (Run *self, const char *const *signs, const TdmOp *ops, TdmOp *op)
{
  for (guint i = 0; signs[i]; i++)
    if (take_sign (self, signs[i]))
      {
        *op = ops[i];
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_product (Run *self, guint *out)
{
  static const char *const signs[] = { "*", "/", NULL };
  static const TdmOp ops[] = { TDM_OP_MUL, TDM_OP_DIV };
  TdmOp op;
  guint right;
  if (!parse_signed (self, out))
    return FALSE;
  while (take_operator (self, signs, ops, &op))
    {
      if (!parse_signed (self, &right))
        return FALSE;
      *out = operation (self, op, *out, right, 0);
    }
  return TRUE;
}

static gboolean
parse_sum (Run *self, guint *out)
{
  static const char *const signs[] = { "+", "-", NULL };
  static const TdmOp ops[] = { TDM_OP_ADD, TDM_OP_SUB };
  /* -A*B is -(A*B), and -A**2 is -(A**2). */
  const gboolean minus = take_sign (self, "-");
  TdmOp op;
  guint right;
  if (!parse_product (self, out))
    return FALSE;
  if (minus)
    *out = operation (self, TDM_OP_NEG, *out, 0, 0);
  while (take_operator (self, signs, ops, &op))
    {
      if (!parse_product (self, &right))
        return FALSE;
      *out = operation (self, op, *out, right, 0);
    }
  return TRUE;
}

static gboolean
parse_comparison (Run *self, guint *out)
{
  static const char *const signs[] = { "==", "/=", "<=", ">=", "<", ">", NULL };
  static const TdmOp ops[] = { TDM_OP_EQ, TDM_OP_NE, TDM_OP_LE,
                               TDM_OP_GE, TDM_OP_LT, TDM_OP_GT };
  TdmOp op;
  guint right;
  if (!parse_sum (self, out))
    return FALSE;
  if (!take_operator (self, signs, ops, &op))
    return TRUE;
  if (!parse_sum (self, &right))
    return FALSE;
  *out = operation (self, op, *out, right, 0);
  return TRUE;
}

static gboolean
parse_and (Run *self, guint *out)
{
  gboolean more = TRUE, first = TRUE;
  while (more)
    {
      guint right;
      gboolean negated = FALSE;
      while (take_sign (self, "NOT"))
        negated = !negated;
      if (!parse_comparison (self, &right))
        return FALSE;
      if (negated)
        right = operation (self, TDM_OP_NOT, right, 0, 0);
      *out = first ? right : operation (self, TDM_OP_AND, *out, right, 0);
      first = FALSE;
      more = take_sign (self, "AND");
    }
  return TRUE;
}

static gboolean
parse_or (Run *self, guint *out)
{
  guint right;
  if (!parse_and (self, out))
    return FALSE;
  while (take_sign (self, "OR"))
    {
      if (!parse_and (self, &right))
        return FALSE;
      *out = operation (self, TDM_OP_OR, *out, right, 0);
    }
  return TRUE;
}

static TdmScope *
merge (Run *self, guint condition, const TdmScope *yes, const TdmScope *no)
{
  return tdm_scope_merge (self->formulas, condition, yes, no,
                          tdm_cursor_peek (&self->cursor)->offset);
}

static gboolean
is_word (Run *self, const char *word)
{
  return tdm_cursor_is (&self->cursor, TDM_NMTRAN_NAME, word);
}

static gboolean
take_name (Run *self, const char *word)
{
  return tdm_cursor_take (&self->cursor, TDM_NMTRAN_NAME, word);
}

/* The words that end a branch, also written in two. */
static gboolean
at_branch_end (Run *self)
{
  return is_word (self, "ELSE") || is_word (self, "ELSEIF") || is_word (self, "ENDIF")
         || is_word (self, "END") || tdm_cursor_at_end (&self->cursor);
}

static gboolean
run_branch (Run *self)
{
  for (tdm_cursor_skip_lines (&self->cursor); !at_branch_end (self);
       tdm_cursor_skip_lines (&self->cursor))
    if (!run_statement (self))
      return FALSE;
  return TRUE;
}

static gboolean
parse_condition (Run *self, guint *out)
{
  if (!take_sign (self, "("))
    return expected (self, "a condition in brackets");
  return parse_or (self, out)
         && (take_sign (self, ")") || expected (self, "a closing bracket"));
}

/* A statement or branch run in a scope of its own, which becomes `*after`. */
static gboolean
run_aside (Run *self, const TdmScope *before, gboolean one, TdmScope **after)
{
  TdmScope *outer = self->scope;
  self->scope = tdm_scope_copy (before);
  const gboolean done = one ? run_statement (self) : run_branch (self);
  *after = self->scope;
  self->scope = outer;
  return done;
}

static gboolean run_rest (Run *self, guint condition, const TdmScope *before);

/* What follows the first branch: ELSEIF … | ELSE … ENDIF | ENDIF */
static gboolean
run_else (Run *self, const TdmScope *before)
{
  const gboolean nested =
      take_name (self, "ELSEIF")
      || (is_word (self, "ELSE")
          && strcmp (g_array_index (self->cursor.tokens, TdmNmtranToken,
                                    self->cursor.at + 1)
                         .text,
                     "IF")
                 == 0
          && take_name (self, "ELSE") && take_name (self, "IF"));
  guint condition;
  if (nested)
    return parse_condition (self, &condition)
           && (take_name (self, "THEN") || expected (self, "THEN"))
           && run_rest (self, condition, before);
  if (take_name (self, "ELSE") && !run_branch (self))
    return FALSE;
  if (take_name (self, "ENDIF") || (take_name (self, "END") && take_name (self, "IF")))
    return TRUE;
  return expected (self, "ENDIF");
}

/* The branch after THEN and all that belongs to it. `before`: the variables before the
 * IF; the scope becomes what they are after it. */
static gboolean
run_rest (Run *self, guint condition, const TdmScope *before)
{
  if (self->nesting >= MAX_NESTING)
    return expected (self, "fewer branches inside each other");
  self->nesting++;
  g_autoptr (TdmScope) yes = NULL, no = NULL;
  gboolean done = run_aside (self, before, FALSE, &yes);
  if (done)
    {
      TdmScope *outer = self->scope;
      self->scope = tdm_scope_copy (before);
      done = run_else (self, before);
      no = self->scope;
      self->scope = outer;
    }
  if (done)
    {
      TdmScope *merged = merge (self, condition, yes, no);
      tdm_scope_free (self->scope);
      self->scope = merged;
    }
  self->nesting--;
  return done;
}

static gboolean
run_if (Run *self)
{
  g_autoptr (TdmScope) before = tdm_scope_copy (self->scope);
  guint condition;
  if (!parse_condition (self, &condition))
    return FALSE;
  if (take_name (self, "THEN"))
    return run_rest (self, condition, before);
  g_autoptr (TdmScope) yes = NULL;
  if (!run_aside (self, before, TRUE, &yes))
    return FALSE;
  TdmScope *merged = merge (self, condition, yes, before);
  tdm_scope_free (self->scope);
  self->scope = merged;
  return TRUE;
}

/* Where assignments to elements go. */
static gboolean
check_element (Run *self, const TdmNmtranToken *name)
{
  const TdmControl *control = self->cursor.control;
  if ((strcmp (name->text, "DADT") == 0 && self->block == TDM_BLOCK_DES)
      || (strcmp (name->text, "P") == 0 && self->block == TDM_BLOCK_MIX))
    return TRUE;
  return tdm_control_fail (
      control, name->offset, self->error,
      strcmp (name->text, "A_0") == 0
          ? "%s(n): an amount at the start is not translated"
      : strcmp (name->text, "MTIME") == 0
          ? "%s(n): times that the model chooses are not translated"
          : "%s(n) = … is not translated",
      name->text);
}

/* NAME ["(" NUMBER ")"] "=" EXPRESSION */
static gboolean
run_assignment (Run *self, const TdmNmtranToken *name)
{
  g_autofree char *target = g_strdup (name->text);
  if (take_sign (self, "("))
    {
      guint i;
      if (!check_element (self, name) || !parse_index (self, name->text, &i))
        return FALSE;
      g_free (target);
      target = g_strdup_printf ("%s(%u)", name->text, i);
    }
  if (!take_sign (self, "="))
    return expected (self, "“=”");
  guint value;
  if (!parse_or (self, &value))
    return FALSE;
  const TdmNmtranToken *after = tdm_cursor_peek (&self->cursor);
  if (after->kind != TDM_NMTRAN_LINE && after->kind != TDM_NMTRAN_END)
    return expected (self, "the end of the line");
  if (self->cursor.control->input
      && g_hash_table_contains (self->cursor.control->input, target))
    return fail_at (self, name->offset,
                    "a data item is given another value, which is "
                    "not translated");
  tdm_scope_set (self->scope, target, value);
  return self->scope->names->len <= MAX_VARIABLES
         || fail_at (self, name->offset, "expected fewer variables");
}

static void
skip_line (Run *self)
{
  while (!tdm_cursor_at_end (&self->cursor)
         && tdm_cursor_peek (&self->cursor)->kind != TDM_NMTRAN_LINE)
    self->cursor.at++;
}

/* Statements that a model can do without, and those it cannot. FALSE = none of them. */
static gboolean
run_word (Run *self, const TdmNmtranToken *name, gboolean *done)
{
  static const char *const skipped[] = { "EXIT",   "COMRES", "WRITE", "PRINT",
                                         "RETURN", "OPEN",   "CLOSE", NULL };
  static const char *const refused[] = { "CALLFL", "CALL", "DO",     "DOWHILE", "WHILE",
                                         "ENDDO",  "GOTO", "REPEAT", "INCLUDE", NULL };
  *done = TRUE;
  if (g_strv_contains (skipped, name->text))
    {
      tdm_control_note (self->cursor.control, name->offset, "%s is left out",
                        name->text);
      skip_line (self);
      return TRUE;
    }
  if (g_strv_contains (refused, name->text))
    {
      *done = FALSE;
      tdm_control_fail (self->cursor.control, name->offset, self->error,
                        "%s is not translated", name->text);
      return TRUE;
    }
  return FALSE;
}

static gboolean
run_statement (Run *self)
{
  const TdmNmtranToken *token = tdm_cursor_peek (&self->cursor);
  gboolean done;
  if (token->kind == TDM_NMTRAN_VERBATIM)
    return fail_at (self, token->offset, "a line of Fortran is not translated");
  /* (CALLFL=0) and its like stand alone in brackets. */
  take_sign (self, "(");
  token = tdm_cursor_peek (&self->cursor);
  if (token->kind != TDM_NMTRAN_NAME)
    return expected (self, "a statement");
  self->cursor.at++;
  if (strcmp (token->text, "IF") == 0)
    return run_if (self);
  if (run_word (self, token, &done))
    return done;
  return run_assignment (self, token);
}

static TdmNmtranRange
get_range (const TdmControl *control, TdmBlock block)
{
  return block == TDM_BLOCK_PK    ? control->pk
         : block == TDM_BLOCK_DES ? control->des
         : block == TDM_BLOCK_MIX ? control->mix
                                  : control->error;
}

gboolean
tdm_code_run (const TdmControl *control, TdmBlock block, TdmFormulas *formulas,
              TdmScope *scope, GError **error)
{
  g_autoptr (GArray) tokens =
      tdm_control_tokens (control, get_range (control, block), error);
  if (!tokens)
    return FALSE;
  Run run = {
    { control, tokens, 0 }, block, formulas, tdm_scope_copy (scope), 0, error
  };
  gboolean done = TRUE;
  tdm_cursor_skip_lines (&run.cursor);
  while (done && !tdm_cursor_at_end (&run.cursor))
    {
      done = run_statement (&run)
             && (!tdm_formulas_is_too_large (formulas)
                 || fail_at (&run, tdm_cursor_peek (&run.cursor)->offset,
                             "the statements up to here are too much to translate"));
      tdm_cursor_skip_lines (&run.cursor);
    }
  for (guint i = 0; i < run.scope->names->len; i++)
    {
      guint node = 0;
      tdm_scope_find (run.scope, run.scope->names->pdata[i], &node);
      tdm_scope_set (scope, run.scope->names->pdata[i], node);
    }
  tdm_scope_free (run.scope);
  return done;
}
