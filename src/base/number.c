/* Numbers as text. Files are always in the C locale; what people type is read by rules
 * of its own, which rather refuse than read another value than was meant. */
#include "base/number.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* More digits than this cannot be what somebody meant to type; with the four decimals
 * it stays below the 15 digits that a double holds exactly. */
#define PEOPLE_MAX_INTEGER_DIGITS 11
#define PEOPLE_MAX_DECIMALS 4

static gsize
count_digits (const char *s)
{
  gsize n = 0;
  while (g_ascii_isdigit (s[n]))
    n++;
  return n;
}

/* number = [ "+" | "-" ] ( digits [ "." [ digits ] ] | "." digits )
 *          [ ( "e" | "E" ) [ "+" | "-" ] digits ] ;
 * strtod itself would also take blanks, hexadecimals, "inf" and "nan". */
static gboolean
is_file_number (const char *s)
{
  if (*s == '+' || *s == '-')
    s++;
  gsize digits = count_digits (s);
  s += digits;
  if (*s == '.')
    {
      gsize decimals = count_digits (s + 1);
      digits += decimals;
      s += 1 + decimals;
    }
  if (digits == 0)
    return FALSE;
  if (*s == 'e' || *s == 'E')
    {
      s++;
      if (*s == '+' || *s == '-')
        s++;
      gsize exponent = count_digits (s);
      if (exponent == 0)
        return FALSE;
      s += exponent;
    }
  return *s == '\0';
}

gboolean
tdm_number_parse_file (const char *text, double *out, GError **error)
{
  if (!is_file_number (text))
    return tdm_error_set_input (error, NULL,
                                "“%.40s” is not a number; expected digits with a "
                                "decimal point, such as 0.25",
                                text);
  double value = g_ascii_strtod (text, NULL);
  if (!isfinite (value))
    return tdm_error_set_input (error, NULL, "the number %.40s is too large", text);
  *out = value;
  return TRUE;
}

/* A copy without surrounding white space, the no-break spaces of pasted text included.
 */
static char *
dup_stripped (const char *text)
{
  const char *start = text;
  while (*start != '\0' && g_unichar_isspace (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  const char *end = start + strlen (start);
  while (end > start)
    {
      const char *last = g_utf8_prev_char (end);
      if (!g_unichar_isspace (g_utf8_get_char (last)))
        break;
      end = last;
    }
  return g_strndup (start, end - start);
}

/* The sentence for text that is not digits with at most one decimal sign; NULL if it
 * is. `mark` is where the decimal sign stands, or NULL. */
static const char *
people_shape_fault (const char *s, const char **mark)
{
  gsize marks = 0;
  *mark = NULL;
  if (*s == '\0')
    return "a number is missing";
  for (const char *p = s; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == '.' || c == ',')
        {
          marks++;
          *mark = p;
        }
      else if (g_unichar_isspace (c) || c == '\'' || c == 0x2019)
        return "write the number without spaces or apostrophes between its digits";
      else if (c == '+' || c == '-' || c == 0x2212)
        return "write the number without a sign";
      else if (c > 127 || !g_ascii_isdigit ((char)c))
        return "write digits only, with one decimal point or comma";
    }
  return marks > 1 ? "write one decimal point or comma and no thousands separators"
                   : NULL;
}

/* "1,234" may be a thousand or a bit more than one. "0.125" can only be a fraction, and
 * in "1234.567" the digits before the mark are no group of thousands. */
static gboolean
may_be_thousands (const char *s, gsize integers, gsize decimals)
{
  return decimals == 3 && integers <= 3 && !(integers == 1 && s[0] == '0');
}

static const char *
people_length_fault (const char *s, const char *mark)
{
  gsize integers = count_digits (s);
  gsize decimals = mark == NULL ? 0 : count_digits (mark + 1);
  if (integers == 0)
    return "write a digit before the decimal sign, such as 0.5";
  if (mark != NULL && decimals == 0)
    return "write a digit after the decimal sign, or leave the sign out";
  if (may_be_thousands (s, integers, decimals))
    return "this may be a decimal number or thousands; write fewer or more decimals, "
           "or no separator";
  if (decimals > PEOPLE_MAX_DECIMALS)
    return "write at most four decimals";
  if (integers > PEOPLE_MAX_INTEGER_DIGITS)
    return "the number is too large";
  return NULL;
}

gboolean
tdm_number_parse_people (const char *text, double *out, GError **error)
{
  if (!g_utf8_validate (text, -1, NULL))
    return tdm_error_set_input (error, NULL, "the text is not UTF-8");

  g_autofree char *stripped = dup_stripped (text);
  const char *mark;
  const char *fault = people_shape_fault (stripped, &mark);
  if (fault == NULL)
    fault = people_length_fault (stripped, mark);
  if (fault != NULL)
    return tdm_error_set_input (error, NULL, "“%.40s”: %s", stripped, fault);

  if (mark != NULL)
    stripped[mark - stripped] = '.';
  *out = g_ascii_strtod (stripped, NULL);
  return TRUE;
}

char *
tdm_number_exact (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];

  g_assert (isfinite (value));
  /* Fifteen digits give back every decimal of up to fifteen digits, and %g drops the
   * zeros; only subnormal numbers, which hold fewer digits, need a search from one. */
  for (int digits = isnormal (value) ? 15 : 1; digits <= 17; digits++)
    {
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  return g_strdup (buffer);
}

/* Formats with `decimals` digits after the point, in the C locale. */
static char *
format_fixed (double value, int decimals)
{
  char buffer[400], format[8];
  g_snprintf (format, sizeof format, "%%.%df", decimals);
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, value));
}

/* Cuts the zeros that end the decimals in `s`, and turns "-0" into "0". */
static char *
trim_zeros (char *s)
{
  if (strchr (s, '.') != NULL)
    {
      gsize n = strlen (s);
      while (s[n - 1] == '0')
        n--;
      if (s[n - 1] == '.')
        n--;
      s[n] = '\0';
    }
  if (g_str_equal (s, "-0"))
    strcpy (s, "0");
  return s;
}

char *
tdm_number_format (double value, int digits)
{
  char buffer[64], format[8];

  g_assert (isfinite (value) && digits >= 1 && digits <= 17);
  if (value == 0.0)
    return g_strdup ("0");

  /* Rounding comes first: 9.996 to three digits is 10.0, with another exponent. */
  g_snprintf (format, sizeof format, "%%.%de", digits - 1);
  g_ascii_formatd (buffer, sizeof buffer, format, value);
  char *e = strchr (buffer, 'e');
  int exponent = (int)g_ascii_strtoll (e + 1, NULL, 10);
  if (exponent >= -4 && exponent < 7)
    {
      double rounded = g_ascii_strtod (buffer, NULL);
      return trim_zeros (format_fixed (rounded, MAX (0, digits - 1 - exponent)));
    }
  *e = '\0';
  return g_strdup_printf ("%se%d", trim_zeros (buffer), exponent);
}

char *
tdm_number_dose (double value)
{
  g_assert (isfinite (value));
  /* A dose too small for four decimals must not be shown as none at all. */
  if (value != 0.0 && fabs (value) < 0.00005)
    return tdm_number_format (value, 2);
  return trim_zeros (format_fixed (value, PEOPLE_MAX_DECIMALS));
}
