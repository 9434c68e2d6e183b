#include "nonmem/tokens.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *text;
  gsize at, end;
  const char *message;
} Reader;

/* Fortran's operators between points, and how they are written today. */
static const struct
{
  const char *word, *sign;
} words[] = {
  { ".EQ.", "==" },       { ".NE.", "/=" }, { ".LT.", "<" },    { ".LE.", "<=" },
  { ".GT.", ">" },        { ".GE.", ">=" }, { ".EQN.", "==" },  { ".NEN.", "/=" },
  { ".AND.", "AND" },     { ".OR.", "OR" }, { ".NOT.", "NOT" }, { ".TRUE.", "TRUE" },
  { ".FALSE.", "FALSE" },
};

static const char *const signs[] = { "**", "==", "/=", "<=", ">=", "+", "-", "*",
                                     "/",  "(",  ")",  ",",  "=",  "<", ">", ":" };

static int
find_word (const Reader *self, gsize at)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (at + strlen (words[i].word) <= self->end
        && g_ascii_strncasecmp (self->text + at, words[i].word, strlen (words[i].word))
               == 0)
      return (int)i;
  return -1;
}

static gsize
skip_digits (const Reader *self, gsize at)
{
  while (at < self->end && g_ascii_isdigit (self->text[at]))
    at++;
  return at;
}

/* digits [. digits] [(E | D) [+-] digits]; the point of ".EQ." is not a number's. */
static gboolean
read_number (Reader *self, TdmNmtranToken *out)
{
  gsize at = skip_digits (self, self->at);
  if (at < self->end && self->text[at] == '.' && find_word (self, at) < 0)
    at = skip_digits (self, at + 1);
  if (at < self->end && strchr ("eEdD", self->text[at]))
    {
      gsize exponent = at + 1;
      if (exponent < self->end && strchr ("+-", self->text[exponent]))
        exponent++;
      if (exponent < self->end && g_ascii_isdigit (self->text[exponent]))
        at = skip_digits (self, exponent);
    }
  g_autofree char *digits = g_strndup (self->text + self->at, at - self->at);
  for (char *c = digits; *c; c++)
    if (*c == 'd' || *c == 'D')
      *c = 'e';
  out->kind = TDM_NMTRAN_NUMBER;
  out->number = g_ascii_strtod (digits, NULL);
  self->at = at;
  self->message = "the number is too large";
  return isfinite (out->number);
}

static gboolean
is_name_part (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static gboolean
read_name (Reader *self, TdmNmtranToken *out)
{
  guint n = 0;
  out->kind = TDM_NMTRAN_NAME;
  for (; self->at < self->end && is_name_part (self->text[self->at]); self->at++)
    if (n < sizeof out->text - 1)
      out->text[n++] = g_ascii_toupper (self->text[self->at]);
    else
      {
        self->message = "expected a name of at most 32 letters";
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_quoted (Reader *self, TdmNmtranToken *out)
{
  const char quote = self->text[self->at];
  gsize at = self->at + 1;
  while (at < self->end && self->text[at] != quote && self->text[at] != '\n')
    at++;
  out->kind = TDM_NMTRAN_TEXT;
  self->message = "expected a closing quote";
  if (at == self->end || self->text[at] != quote)
    return FALSE;
  self->at = at + 1;
  return TRUE;
}

static gboolean
read_sign (Reader *self, TdmNmtranToken *out)
{
  out->kind = TDM_NMTRAN_SIGN;
  int word = find_word (self, self->at);
  if (word >= 0)
    {
      g_strlcpy (out->text, words[word].sign, sizeof out->text);
      self->at += strlen (words[word].word);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      const gsize length = strlen (signs[i]);
      if (self->at + length > self->end
          || strncmp (self->text + self->at, signs[i], length) != 0)
        continue;
      g_strlcpy (out->text, signs[i], sizeof out->text);
      self->at += length;
      return TRUE;
    }
  /* Part of a file's name, perhaps; whoever reads it says what was expected. */
  if (g_ascii_isgraph (self->text[self->at]))
    {
      out->text[0] = self->text[self->at++];
      return TRUE;
    }
  self->message = "expected a number, a name or an operator of NM-TRAN";
  return FALSE;
}

static gsize
line_end (const Reader *self, gsize at)
{
  while (at < self->end && self->text[at] != '\n')
    at++;
  return at;
}

/* A line that begins with a quote is Fortran. */
static gboolean
is_verbatim (const Reader *self, gsize at)
{
  if (self->text[at] != '"')
    return FALSE;
  while (at > 0 && (self->text[at - 1] == ' ' || self->text[at - 1] == '\t'))
    at--;
  return at == 0 || self->text[at - 1] == '\n';
}

/* Blanks, comments and & with the end of its line. */
static void
skip (Reader *self)
{
  while (self->at < self->end)
    {
      const char c = self->text[self->at];
      if (c == ' ' || c == '\t' || c == '\r')
        self->at++;
      else if (c == ';')
        self->at = line_end (self, self->at);
      else if (c == '&')
        self->at = MIN (line_end (self, self->at) + 1, self->end);
      else
        return;
    }
}

static gboolean
read_token (Reader *self, TdmNmtranToken *out)
{
  const char c = self->text[self->at];
  if (c == '\n')
    {
      out->kind = TDM_NMTRAN_LINE;
      self->at++;
      return TRUE;
    }
  if (is_verbatim (self, self->at))
    {
      out->kind = TDM_NMTRAN_VERBATIM;
      self->at = line_end (self, self->at);
      return TRUE;
    }
  const gboolean point = c == '.' && self->at + 1 < self->end
                         && g_ascii_isdigit (self->text[self->at + 1]);
  if (g_ascii_isdigit (c) || point)
    return read_number (self, out);
  if (is_name_part (c))
    return read_name (self, out);
  if (c == '"' || c == '\'')
    return read_quoted (self, out);
  return read_sign (self, out);
}

gboolean
tdm_nmtran_tokens (const char *text, gsize begin, gsize end, GArray *tokens, gsize *bad,
                   const char **message)
{
  Reader self = { text, begin, end, NULL };
  for (skip (&self); self.at < self.end; skip (&self))
    {
      TdmNmtranToken token = { .offset = self.at };
      const gsize start = self.at;
      if (!read_token (&self, &token))
        {
          *bad = start;
          *message = self.message;
          return FALSE;
        }
      g_array_append_val (tokens, token);
    }
  TdmNmtranToken last = { .kind = TDM_NMTRAN_END, .offset = end };
  g_array_append_val (tokens, last);
  return TRUE;
}
