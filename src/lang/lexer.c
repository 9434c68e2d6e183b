#include "lang/lexer.h"

#include <math.h>
#include <string.h>

#include "lang/names.h"

static gboolean
is_name_part (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* number = digit { digit } [ "." { digit } ] [ exponent ] | "." digit { digit } [
 * exponent ] exponent = ( "e" | "E" ) [ "+" | "-" ] digit { digit } */
static gsize
number_length (const char *text)
{
  gsize i = 0;
  while (g_ascii_isdigit (text[i]))
    i++;
  if (text[i] == '.')
    i++;
  while (g_ascii_isdigit (text[i]))
    i++;
  if (text[i] != 'e' && text[i] != 'E')
    return i;
  gsize j = i + 1;
  if (text[j] == '+' || text[j] == '-')
    j++;
  if (!g_ascii_isdigit (text[j]))
    return i;
  while (g_ascii_isdigit (text[j]))
    j++;
  return j;
}

static gboolean
read_number (const TdmTree *tree, TdmToken *out, GError **error)
{
  const char *text = tdm_tree_get_source (tree) + out->offset;
  out->kind = TDM_TOKEN_NUMBER;
  out->length = number_length (text);
  g_autofree char *digits = g_strndup (text, out->length);
  out->number = g_ascii_strtod (digits, NULL);
  gboolean zero = strcspn (digits, "123456789eE") == strcspn (digits, "eE");
  if (isfinite (out->number) && (zero || out->number != 0.0))
    return TRUE;
  TdmPlace place = tdm_tree_get_place (tree, out->offset);
  return tdm_place_set_error (
      error, &place,
      "the number %.40s is too large or too small; expected one "
      "between 1e-307 and 1e308",
      digits);
}

static void
read_name (const TdmTree *tree, TdmToken *out)
{
  const char *text = tdm_tree_get_source (tree) + out->offset;
  while (is_name_part (text[out->length]))
    out->length++;
  g_autofree char *name = g_strndup (text, out->length);
  out->kind = tdm_names_is_operator (name) ? TDM_TOKEN_SIGN : TDM_TOKEN_NAME;
}

static gboolean
read_text (const TdmTree *tree, TdmToken *out, GError **error)
{
  const char *text = tdm_tree_get_source (tree) + out->offset;
  const char *end = strchr (text + 1, text[0]);
  out->kind = TDM_TOKEN_TEXT;
  if (end && g_utf8_validate (text, end - text, NULL))
    {
      out->length = end - text + 1;
      return TRUE;
    }
  TdmPlace place = tdm_tree_get_place (tree, out->offset);
  return tdm_place_set_error (error, &place,
                              end ? "the text is not UTF-8"
                                  : "the text has no end; expected a closing quote %c",
                              text[0]);
}

/* What other languages write, and what is written here. */
static const struct
{
  const char *found, *instead;
} habits[] = {
  { "**", "a power is written ^" },
  { "&", "'and' is the word and" },
  { "|", "'or' is the word or" },
  { "!", "'not' is the word not" },
  { "=", "equality is written ==" },
  { "\xE2\x88\x92", "minus is written -" },
  { "\xE2\x80\x93", "minus is written -" },
  { "\xC3\x97", "multiplication is written *" },
  { "\xC2\xB7", "multiplication is written *" },
};

static gboolean
refuse_character (const TdmTree *tree, TdmToken *token, GError **error)
{
  const char *text = tdm_tree_get_source (tree) + token->offset;
  const char *instead = "expected a number, a name, an operator or a bracket";
  token->length = 1;
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (g_str_has_prefix (text, habits[i].found))
      {
        token->length = strlen (habits[i].found);
        instead = habits[i].instead;
        break;
      }
  g_autofree char *found = tdm_token_describe (token, tree);
  TdmPlace place = tdm_tree_get_place (tree, token->offset);
  return tdm_place_set_error (error, &place, "unexpected %s; %s", found, instead);
}

static gboolean
read_sign (const TdmTree *tree, TdmToken *out, GError **error)
{
  static const char *const signs[] = { "<=", ">=", "==", "!=" };
  const char *text = tdm_tree_get_source (tree) + out->offset;
  out->kind = TDM_TOKEN_SIGN;
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_has_prefix (text, signs[i]))
      {
        out->length = 2;
        return TRUE;
      }
  out->length = 1;
  if (strchr ("+-*/^(),<>?:", text[0]) && !g_str_has_prefix (text, "**"))
    return TRUE;
  return refuse_character (tree, out, error);
}

gboolean
tdm_lexer_next (const TdmTree *tree, gsize offset, TdmToken *out, GError **error)
{
  const char *text = tdm_tree_get_source (tree);
  while (g_ascii_isspace (text[offset]))
    offset++;
  *out = (TdmToken){ .kind = TDM_TOKEN_END, .offset = offset };
  char c = text[offset];
  if (c == '\0')
    return TRUE;
  if (g_ascii_isdigit (c) || (c == '.' && g_ascii_isdigit (text[offset + 1])))
    return read_number (tree, out, error);
  if (c == '"' || c == '\'')
    return read_text (tree, out, error);
  if (!is_name_part (c))
    return read_sign (tree, out, error);
  read_name (tree, out);
  return TRUE;
}

gboolean
tdm_token_is (const TdmToken *self, const TdmTree *tree, const char *spelling)
{
  return self->kind == TDM_TOKEN_SIGN && strlen (spelling) == self->length
         && strncmp (tdm_tree_get_source (tree) + self->offset, spelling, self->length)
                == 0;
}

char *
tdm_token_dup_text (const TdmToken *self, const TdmTree *tree)
{
  const char *text = tdm_tree_get_source (tree) + self->offset;
  if (self->kind == TDM_TOKEN_TEXT)
    return g_strndup (text + 1, self->length - 2);
  return g_strndup (text, self->length);
}

char *
tdm_token_describe (const TdmToken *self, const TdmTree *tree)
{
  if (self->kind == TDM_TOKEN_END)
    return g_strdup ("the end");
  const char *text = tdm_tree_get_source (tree) + self->offset;
  gsize length = MIN (self->length, 40);
  gunichar first = g_utf8_get_char_validated (text, -1);
  if (first == (gunichar)-1 || first == (gunichar)-2)
    return g_strdup_printf ("'\\x%02x'", (guint)(guchar)text[0]);
  if (first >= 0x80)
    length = g_utf8_next_char (text) - text;
  /* A text in quotes may be cut inside a character. */
  g_autofree char *part = g_strndup (text, length);
  g_autofree char *valid = g_utf8_make_valid (part, -1);
  return self->kind == TDM_TOKEN_TEXT ? g_steal_pointer (&valid)
                                      : g_strdup_printf ("'%s'", valid);
}
