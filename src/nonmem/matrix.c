/* The numbers of $THETA, $OMEGA and $SIGMA, in all the ways of writing them. */
#include "nonmem/control.h"

#include <math.h>
#include <string.h>

#define MAX_EFFECTS 100u

static gboolean
is_name (const TdmCursor *self)
{
  return tdm_cursor_peek (self)->kind == TDM_NMTRAN_NAME;
}

/* [+-] NUMBER | [-] INF | 1000000-like bounds; NAN when there is no number. */
static gboolean
read_signed (TdmCursor *self, double *out)
{
  const guint start = self->at;
  const gboolean minus = tdm_cursor_take (self, TDM_NMTRAN_SIGN, "-");
  if (!minus)
    tdm_cursor_take (self, TDM_NMTRAN_SIGN, "+");
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  const gboolean infinite =
      token->kind == TDM_NMTRAN_NAME
      && (strcmp (token->text, "INF") == 0 || strcmp (token->text, "INFINITY") == 0);
  if (token->kind != TDM_NMTRAN_NUMBER && !infinite)
    {
      self->at = start;
      return FALSE;
    }
  self->at++;
  const double value = infinite ? INFINITY : token->number;
  *out = minus ? -value : value;
  return TRUE;
}

static gboolean
take_word (TdmCursor *self, const char *const *names)
{
  for (; *names; names++)
    if (tdm_cursor_take (self, TDM_NMTRAN_NAME, *names))
      return TRUE;
  return FALSE;
}

/* "x3" after a closing bracket. */
static guint
take_repeats (TdmCursor *self)
{
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  if (token->kind != TDM_NMTRAN_NAME || token->text[0] != 'X')
    return 1;
  const char *digits = token->text + 1;
  if (!*digits || strspn (digits, "0123456789") != strlen (digits))
    return 1;
  self->at++;
  return (guint)CLAMP (g_ascii_strtoull (digits, NULL, 10), 1, MAX_EFFECTS);
}

/* "(" [LOW] "," INIT ["," HIGH] [FIX] ")" | "(" INIT [FIX] ")"; commas may be blanks.
 */
static gboolean
read_bounds (TdmCursor *self, double *out, GError **error)
{
  static const char *const words[] = { "FIX", "FIXED", "UNINT", NULL };
  double values[3] = { NAN, NAN, NAN };
  guint n = 0;
  gboolean separated = TRUE;
  while (!tdm_cursor_take (self, TDM_NMTRAN_SIGN, ")"))
    {
      double value;
      if (tdm_cursor_take (self, TDM_NMTRAN_SIGN, ","))
        {
          n += separated;
          separated = TRUE;
        }
      else if (n < 3 && read_signed (self, &value))
        {
          values[n++] = value;
          separated = FALSE;
        }
      else if (tdm_cursor_peek (self)->kind == TDM_NMTRAN_LINE)
        self->at++;
      else if (!take_word (self, words))
        return tdm_cursor_fail (self, error, "(LOW, INITIAL, HIGH)");
      if (n > 3)
        return tdm_cursor_fail (self, error, "at most three numbers in brackets");
    }
  *out = values[n > 1 ? 1 : 0];
  return isfinite (*out)
         || tdm_cursor_fail (self, error,
                             "an initial estimate, which NONMEM may leave to itself "
                             "but a model may not");
}

/* NAME "=" before a value is a label; "NAMES(…)" and words are stepped over. */
static gboolean
skip_option (TdmCursor *self, GError **error)
{
  static const char *const words[] = { "ABORT", "NOABORT", "NOABORTFIRST",
                                       "FIX",   "FIXED",   "UNINT",
                                       NULL };
  if (take_word (self, words))
    return TRUE;
  if (g_str_has_prefix (tdm_cursor_peek (self)->text, "NUM"))
    {
      self->at++;
      double ignored;
      return (tdm_cursor_take (self, TDM_NMTRAN_SIGN, "=")
              && read_signed (self, &ignored))
             || tdm_cursor_fail (self, error, "a number of points");
    }
  return tdm_cursor_fail (self, error, "a value of $THETA");
}

gboolean
tdm_matrix_read_thetas (TdmCursor *self, GArray *thetas, GError **error)
{
  while (!tdm_cursor_at_end (self))
    {
      double value;
      guint repeats = 1;
      if (tdm_cursor_peek (self)->kind == TDM_NMTRAN_LINE
          || tdm_cursor_is (self, TDM_NMTRAN_SIGN, ","))
        {
          self->at++;
          continue;
        }
      if (is_name (self) && !tdm_cursor_is (self, TDM_NMTRAN_NAME, "INF"))
        {
          if (!skip_option (self, error))
            return FALSE;
          continue;
        }
      if (tdm_cursor_take (self, TDM_NMTRAN_SIGN, "("))
        {
          if (!read_bounds (self, &value, error))
            return FALSE;
          repeats = take_repeats (self);
        }
      else if (!read_signed (self, &value) || !isfinite (value))
        return tdm_cursor_fail (self, error, "a value of $THETA");
      for (guint i = 0; i < repeats; i++)
        g_array_append_val (thetas, value);
    }
  return TRUE;
}

/* What the words of one record say about its numbers. */
typedef struct
{
  gboolean block, diagonal, same, sd, correlation, cholesky;
  guint size, copies;
  GArray *values; /* of double */
  gsize offset;
} Block;

static gboolean
take_kind (TdmCursor *self, Block *block)
{
  static const char *const ignored[] = { "FIX",        "FIXED", "UNINT", "VARIANCE",
                                         "COVARIANCE", "VAR",   "COV",   NULL };
  static const char *const sd[] = { "SD", "STANDARD", NULL };
  static const char *const correlation[] = { "CORRELATION", "CORR", "CORRELATON",
                                             NULL };
  static const char *const cholesky[] = { "CHOLESKY", "CHOL", NULL };
  if (take_word (self, sd))
    block->sd = TRUE;
  else if (take_word (self, correlation))
    block->correlation = TRUE;
  else if (take_word (self, cholesky))
    block->cholesky = TRUE;
  else
    return take_word (self, ignored);
  return TRUE;
}

static gboolean
take_word_of_block (TdmCursor *self, Block *block, gboolean *taken, GError **error)
{
  *taken = TRUE;
  if (take_kind (self, block))
    return TRUE;
  if (tdm_cursor_take (self, TDM_NMTRAN_NAME, "SAME"))
    {
      block->same = TRUE;
      block->copies = 1;
      return !tdm_cursor_is (self, TDM_NMTRAN_SIGN, "(")
             || tdm_cursor_count (self, MAX_EFFECTS, &block->copies, error);
    }
  if (tdm_cursor_take (self, TDM_NMTRAN_NAME, "BLOCK"))
    {
      block->block = TRUE;
      return !tdm_cursor_is (self, TDM_NMTRAN_SIGN, "(")
             || tdm_cursor_count (self, MAX_EFFECTS, &block->size, error);
    }
  static const char *const diagonal[] = { "DIAGONAL", "DIAG", NULL };
  if (take_word (self, diagonal))
    {
      block->diagonal = TRUE;
      return tdm_cursor_count (self, MAX_EFFECTS, &block->size, error);
    }
  *taken = FALSE;
  return TRUE;
}

/* One of the numbers: the SD of a diagonal element may be marked at the element. */
static gboolean
read_element (TdmCursor *self, Block *block, GError **error)
{
  const gboolean brackets = tdm_cursor_take (self, TDM_NMTRAN_SIGN, "(");
  Block own = { .sd = FALSE };
  double value = NAN;
  do
    {
      double number;
      if (read_signed (self, &number) && isnan (value))
        value = number;
      else if (!brackets || !take_kind (self, &own))
        return tdm_cursor_fail (self, error, "a variance");
    }
  while (brackets && !tdm_cursor_take (self, TDM_NMTRAN_SIGN, ")"));
  if (!isfinite (value))
    return tdm_cursor_fail (self, error, "a number in the brackets");
  if (own.sd && !block->block)
    value *= value;
  block->sd |= own.sd && block->block;
  block->correlation |= own.correlation;
  block->cholesky |= own.cholesky;
  const guint repeats = brackets ? take_repeats (self) : 1;
  for (guint i = 0; i < repeats; i++)
    g_array_append_val (block->values, value);
  return TRUE;
}

static void
set (TdmNmtranMatrix *matrix, guint row, guint column, double value)
{
  TdmNmtranCovariance c = { row, column, value };
  g_array_append_val (matrix->values, c);
}

double
tdm_matrix_get (const TdmNmtranMatrix *self, guint i, guint j)
{
  for (guint k = 0; k < self->values->len; k++)
    {
      const TdmNmtranCovariance *c =
          &g_array_index (self->values, TdmNmtranCovariance, k);
      if (c->row == MAX (i, j) && c->column == MIN (i, j))
        return c->value;
    }
  return 0.0;
}

static void
add_effect (TdmNmtranMatrix *matrix, guint base)
{
  g_array_append_val (matrix->base, base);
  matrix->n++;
}

/* The lower triangle as written, row by row, as covariances. */
static double
covariance (const Block *block, guint i, guint j)
{
  const double *x = (const double *)(gpointer)block->values->data;
  const guint at = i * (i + 1) / 2 + j;
  if (block->cholesky)
    {
      double sum = 0.0;
      for (guint k = 0; k <= j; k++)
        sum += x[i * (i + 1) / 2 + k] * x[j * (j + 1) / 2 + k];
      return sum;
    }
  if (i == j)
    return block->sd ? x[at] * x[at] : x[at];
  if (!block->correlation)
    return x[at];
  const double a = x[i * (i + 1) / 2 + i], b = x[j * (j + 1) / 2 + j];
  return x[at] * (block->sd ? a * b : sqrt (a * b));
}

static gboolean
add_block (TdmCursor *self, TdmNmtranMatrix *matrix, Block *block, GError **error)
{
  const guint n = block->size, first = matrix->n;
  if (block->values->len != n * (n + 1) / 2)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected %u numbers in BLOCK(%u), not %u",
                             n * (n + 1) / 2, n, block->values->len);
  for (guint i = 0; i < n; i++)
    {
      add_effect (matrix, first + i);
      for (guint j = 0; j <= i; j++)
        set (matrix, first + i, first + j, covariance (block, i, j));
    }
  return TRUE;
}

/* A block once more: the one before, with its numbers. */
static gboolean
add_same (TdmCursor *self, TdmNmtranMatrix *matrix, Block *block, guint last,
          GError **error)
{
  const guint n = block->size > 0 ? block->size : last;
  if (n == 0 || n > matrix->n || block->values->len > 0)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected a BLOCK before SAME, and no numbers after it");
  for (guint copy = 0; copy < block->copies && matrix->n < MAX_EFFECTS; copy++)
    {
      const guint from = matrix->n - n, to = matrix->n;
      for (guint i = 0; i < n; i++)
        add_effect (matrix, g_array_index (matrix->base, guint, from + i));
      for (guint i = 0; i < n; i++)
        for (guint j = 0; j <= i; j++)
          set (matrix, to + i, to + j, tdm_matrix_get (matrix, from + i, from + j));
    }
  return TRUE;
}

static gboolean
add_numbers (TdmCursor *self, TdmNmtranMatrix *matrix, Block *block, GError **error)
{
  if (block->correlation || block->cholesky)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected CORRELATION and CHOLESKY with BLOCK only");
  if (block->sd && block->values->len > 1)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected each SD in the brackets of its number, as in "
                             "(0.3 SD)");
  for (guint i = 0; i < block->values->len; i++)
    {
      const double x = g_array_index (block->values, double, i);
      const guint k = matrix->n;
      add_effect (matrix, k);
      set (matrix, k, k, block->sd ? x * x : x);
    }
  return TRUE;
}

/* The size of the block that ends a matrix: what SAME without a size repeats. */
static guint
last_block (const TdmNmtranMatrix *matrix)
{
  guint n = MIN (matrix->n, 1);
  while (n > 0 && n < matrix->n
         && tdm_matrix_get (matrix, matrix->n - n, matrix->n - n - 1) != 0.0)
    n++;
  return n;
}

/* Reads one group: the words and numbers up to the next BLOCK or DIAGONAL. */
static gboolean
read_group (TdmCursor *self, TdmNmtranMatrix *matrix, Block *block, GError **error)
{
  while (!tdm_cursor_at_end (self))
    {
      const guint start = self->at;
      gboolean taken;
      if (tdm_cursor_peek (self)->kind == TDM_NMTRAN_LINE
          || tdm_cursor_is (self, TDM_NMTRAN_SIGN, ","))
        {
          self->at++;
          continue;
        }
      if ((block->values->len > 0 || block->block)
          && (tdm_cursor_is (self, TDM_NMTRAN_NAME, "BLOCK")
              || tdm_cursor_is (self, TDM_NMTRAN_NAME, "DIAGONAL")))
        break;
      if (!take_word_of_block (self, block, &taken, error))
        return FALSE;
      if (taken)
        continue;
      self->at = start;
      if (!read_element (self, block, error))
        return FALSE;
    }
  if (matrix->n + MAX (block->values->len, block->size) > MAX_EFFECTS)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected at most %u random effects", MAX_EFFECTS);
  if (block->same)
    return add_same (self, matrix, block, last_block (matrix), error);
  if (block->block && block->size == 0)
    return tdm_control_fail (self->control, block->offset, error,
                             "expected the size of the block, as in BLOCK(2)");
  return block->block ? add_block (self, matrix, block, error)
                      : add_numbers (self, matrix, block, error);
}

gboolean
tdm_matrix_read (TdmCursor *self, TdmNmtranMatrix *matrix, GError **error)
{
  for (tdm_cursor_skip_lines (self); !tdm_cursor_at_end (self);
       tdm_cursor_skip_lines (self))
    {
      g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
      Block block = { .values = values, .offset = tdm_cursor_peek (self)->offset };
      if (!read_group (self, matrix, &block, error))
        return FALSE;
    }
  return TRUE;
}
