#include "model/scan.h"

#include <math.h>
#include <string.h>

#include "base/unit.h"

TdmScan
tdm_scan_new (const TdmKeyEntry *entry)
{
  return (TdmScan){ entry, entry->value };
}

gboolean
tdm_scan_set_error (const TdmScan *self, GError **error, const char *format, ...)
{
  const TdmKeyEntry *entry = self->entry;
  const char *at = self->at + strspn (self->at, " \t");
  TdmPlace place = tdm_place_advance (&entry->place, entry->value, at - entry->value);
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return tdm_place_set_error (error, &place, "%s: %s", entry->key, message);
}

static void
skip_blanks (TdmScan *self)
{
  while (*self->at == ' ' || *self->at == '\t')
    self->at++;
}

/* [+-] digits [. digits] [e [+-] digits]; the length of what matches, 0 = no number.
 * `decimals` receives how many digits stand after the point, less the exponent. */
static gsize
match_number (const char *text, int *decimals)
{
  const char *c = text;
  int digits = 0;

  *decimals = 0;
  if (*c == '+' || *c == '-')
    c++;
  for (; g_ascii_isdigit (*c); c++)
    digits++;
  if (*c == '.')
    for (c++; g_ascii_isdigit (*c); c++, digits++)
      (*decimals)++;
  if (digits == 0)
    return 0;
  const char *exponent = c;
  if (*exponent == 'e' || *exponent == 'E')
    {
      exponent++;
      if (*exponent == '+' || *exponent == '-')
        exponent++;
      if (g_ascii_isdigit (*exponent))
        {
          *decimals -= CLAMP (g_ascii_strtoll (c + 1, NULL, 10), -400, 400);
          for (c = exponent; g_ascii_isdigit (*c);)
            c++;
        }
    }
  return c - text;
}

gboolean
tdm_scan_number (TdmScan *self, double *out, double *half_digit, GError **error)
{
  int decimals;

  skip_blanks (self);
  gsize length = match_number (self->at, &decimals);
  char after = self->at[length];
  gboolean ends =
      after == '\0' || strchr (" \t,;:%", after) != NULL || g_ascii_isalpha (after);
  if (length == 0 || !ends)
    return tdm_scan_set_error (self, error, "expected a number");
  g_autofree char *text = g_strndup (self->at, length);
  double value = g_ascii_strtod (text, NULL);
  if (!isfinite (value))
    return tdm_scan_set_error (self, error, "expected a finite number");
  self->at += length;
  *out = value;
  if (half_digit != NULL)
    *half_digit = 0.5 * pow (10.0, -decimals);
  return TRUE;
}

gboolean
tdm_scan_word (TdmScan *self, const char *word)
{
  gsize length = strlen (word);

  skip_blanks (self);
  if (strncmp (self->at, word, length) != 0 || g_ascii_isalnum (self->at[length])
      || self->at[length] == '_')
    return FALSE;
  self->at += length;
  return TRUE;
}

gboolean
tdm_scan_char (TdmScan *self, char c)
{
  skip_blanks (self);
  if (*self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

gboolean
tdm_scan_expect_word (TdmScan *self, const char *word, GError **error)
{
  return tdm_scan_word (self, word)
         || tdm_scan_set_error (self, error, "expected “%s”", word);
}

char *
tdm_scan_dup_token (TdmScan *self, const char *what, GError **error)
{
  skip_blanks (self);
  gsize length = strcspn (self->at, " \t,");
  if (length == 0)
    {
      tdm_scan_set_error (self, error, "expected %s", what);
      return NULL;
    }
  char *token = g_strndup (self->at, length);
  self->at += length;
  return token;
}

gboolean
tdm_scan_at_end (TdmScan *self)
{
  skip_blanks (self);
  return *self->at == '\0';
}

gboolean
tdm_scan_expect_end (TdmScan *self, GError **error)
{
  return tdm_scan_at_end (self)
         || tdm_scan_set_error (self, error, "expected the end of the line, not “%s”",
                                self->at);
}

gboolean
tdm_scan_unit (TdmScan *self, const char *unit, double molar_mass, double *factor,
               char **text, GError **error)
{
  g_autofree char *what = g_strdup_printf ("a unit such as %s", unit);
  skip_blanks (self);
  TdmScan before = *self;
  g_autofree char *token = tdm_scan_dup_token (self, what, error);
  g_autoptr (GError) local = NULL;

  if (token == NULL)
    return FALSE;
  if (!tdm_unit_convert (1.0, token, unit, molar_mass, factor, &local))
    return tdm_scan_set_error (&before, error, "expected a unit such as %s: %s", unit,
                               local->message);
  if (text != NULL)
    *text = g_steal_pointer (&token);
  return TRUE;
}

gboolean
tdm_scan_refuse (const TdmKeyEntry *entry, GError **error, const char *message)
{
  TdmScan scan = tdm_scan_new (entry);
  return tdm_scan_set_error (&scan, error, "%s", message);
}
