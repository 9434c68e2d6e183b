/* Strict reading of JSON. jansson parses; around it stand a scan that bounds the depth,
 * and a C locale, without which jansson misreads decimals where the decimal sign has
 * several bytes. */
#include "record/json.h"

#include "base/error.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#define MAX_DEPTH 64
#define PARSE_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL)

static gboolean
fault_at (GError **error, guint line, guint column, const char *message)
{
  g_autofree char *place = g_strdup_printf ("line %u, column %u", line, column);
  return tdm_error_set_input (error, place, "%s", message);
}

/* Walks over the bytes once: depth outside strings, zero bytes, and whether there is
 * anything at all. */
static gboolean
scan (const char *data, gsize length, GError **error)
{
  guint line = 1, depth = 0;
  gsize line_start = 0;
  gboolean in_string = FALSE, blank = TRUE;

  for (gsize i = 0; i < length; i++)
    {
      char c = data[i];
      guint column = (guint)(i - line_start + 1);
      blank = blank && g_ascii_isspace (c);
      if (c == '\0')
        return fault_at (error, line, column, "a zero byte; this is no text file");
      if (c == '\n')
        {
          line++;
          line_start = i + 1;
        }
      else if (in_string && c == '\\' && i + 1 < length && data[i + 1] != '\n')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == '{' || c == '['))
        {
          if (++depth > MAX_DEPTH)
            return fault_at (error, line, column, "nested more than 64 deep");
        }
      else if (!in_string && (c == '}' || c == ']') && depth > 0)
        depth--;
    }
  return !blank || fault_at (error, 1, 1, "the file is empty; expected a case");
}

/* The token jansson stumbled on, out of its "… near 'TOKEN'"; or NULL. Yours. */
static char *
dup_token (const char *message)
{
  const char *near = strstr (message, " near '");
  if (near == NULL)
    return NULL;
  char *token = g_strdup (near + strlen (" near '"));
  gsize length = strlen (token);
  if (length > 0 && token[length - 1] == '\'')
    token[length - 1] = '\0';
  return token;
}

static void
set_parse_error (const json_error_t *json, GError **error)
{
  g_autofree char *token = dup_token (json->text);
  g_autofree char *message = NULL;
  if (json_error_code (json) == json_error_duplicate_key && token != NULL)
    message = g_strdup_printf ("the key %s is given twice in one object", token);
  else if (token != NULL && g_ascii_isdigit (token[0])
           && json_error_code (json) == json_error_invalid_syntax)
    message = g_strdup_printf ("%s; a number is written with a decimal point, not a "
                               "comma",
                               json->text);
  else if (json_error_code (json) == json_error_invalid_utf8)
    message = g_strdup_printf ("%s; the file must be UTF-8 text", json->text);
  else
    message = g_strdup (json->text);
  fault_at (error, (guint)MAX (json->line, 1), (guint)MAX (json->column, 1), message);
}

json_t *
tdm_json_load (const char *data, gsize length, GError **error)
{
  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      length -= 3;
    }
  if (!scan (data, length, error))
    return NULL;

  json_error_t fault;
  locale_t c_locale = newlocale (LC_ALL_MASK, "C", (locale_t)0);
  g_assert (c_locale != (locale_t)0);
  locale_t before = uselocale (c_locale);
  json_t *json = json_loadb (data, length, PARSE_FLAGS, &fault);
  uselocale (before);
  freelocale (c_locale);

  if (json == NULL)
    set_parse_error (&fault, error);
  else if (!json_is_object (json))
    {
      fault_at (error, 1, 1, "expected an object in braces");
      g_clear_pointer (&json, json_decref);
    }
  return json;
}

/* `key` as it may be shown: not long, no control characters. */
static char *
dup_shown (const char *key)
{
  char *shown = g_utf8_validate (key, -1, NULL) && g_utf8_strlen (key, -1) > 40
                    ? g_utf8_substring (key, 0, 40)
                    : g_strdup (key);
  for (char *p = shown; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  return shown;
}

gboolean
tdm_json_fault (const TdmJsonNode *node, const char *key, GError **error,
                const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_autofree char *shown = key == NULL ? NULL : dup_shown (key);
  g_autofree char *place = NULL;
  if (shown == NULL)
    place = g_strdup (node->path);
  else
    place = g_strconcat (node->path, *node->path == '\0' ? "" : ".", shown, NULL);
  return tdm_error_set_input (error, place, "%s", message);
}

static const char *
type_name (const json_t *json)
{
  switch (json_typeof (json))
    {
    case JSON_OBJECT:
      return "an object";
    case JSON_ARRAY:
      return "a list";
    case JSON_STRING:
      return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
      return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
      return "true or false";
    case JSON_NULL:
      return "null";
    }
  g_assert_not_reached ();
}

static gboolean
wrong_type (const TdmJsonNode *node, const char *key, const char *expected,
            GError **error)
{
  const json_t *json = key == NULL ? node->json : json_object_get (node->json, key);
  return tdm_json_fault (node, key, error, "expected %s, found %s", expected,
                         type_name (json));
}

gboolean
tdm_json_check_keys (const TdmJsonNode *node, const char *const *known,
                     const char *const *required, GError **error)
{
  const char *key;
  json_t *value;

  if (!json_is_object (node->json))
    return wrong_type (node, NULL, "an object in braces", error);
  json_object_foreach (node->json, key, value)
  {
    if (g_strv_contains (known, key))
      continue;
    g_autofree char *list = g_strjoinv (", ", (char **)(gpointer)known);
    return tdm_json_fault (node, key, error, "unknown key; expected one of %s", list);
  }
  for (guint i = 0; required[i] != NULL; i++)
    if (!tdm_json_has (node, required[i]))
      return tdm_json_fault (node, required[i], error, "is missing");
  return TRUE;
}

gboolean
tdm_json_has (const TdmJsonNode *node, const char *key)
{
  return json_object_get (node->json, key) != NULL;
}

gboolean
tdm_json_read_number (const TdmJsonNode *node, const char *key, double *out,
                      GError **error)
{
  const json_t *json = json_object_get (node->json, key);
  if (json == NULL)
    return TRUE;
  if (!json_is_number (json))
    return wrong_type (node, key, "a number", error);
  double value = json_number_value (json);
  if (!isfinite (value))
    return tdm_json_fault (node, key, error, "expected a finite number");
  *out = value + 0.0; /* -0 becomes 0 */
  return TRUE;
}

gboolean
tdm_json_read_count (const TdmJsonNode *node, const char *key, guint *out,
                     GError **error)
{
  double value = *out;
  if (!tdm_json_read_number (node, key, &value, error))
    return FALSE;
  if (value != floor (value) || value < 0.0)
    return tdm_json_fault (node, key, error, "expected a whole number, 1 or more");
  if (value > G_MAXUINT)
    return tdm_json_fault (node, key, error, "%.17g is too large", value);
  *out = (guint)value;
  return TRUE;
}

gboolean
tdm_json_read_bool (const TdmJsonNode *node, const char *key, gboolean *out,
                    GError **error)
{
  const json_t *json = json_object_get (node->json, key);
  if (json == NULL)
    return TRUE;
  if (!json_is_boolean (json))
    return wrong_type (node, key, "true or false", error);
  *out = json_is_true (json);
  return TRUE;
}

gboolean
tdm_json_read_string (const TdmJsonNode *node, const char *key, const char **out,
                      GError **error)
{
  const json_t *json = json_object_get (node->json, key);
  if (json == NULL)
    return TRUE;
  if (!json_is_string (json))
    return wrong_type (node, key, "a string", error);
  *out = json_string_value (json);
  return TRUE;
}

gboolean
tdm_json_read_number_or_string (const TdmJsonNode *node, const char *key,
                                double *number, const char **string, GError **error)
{
  const json_t *json = json_object_get (node->json, key);
  if (json == NULL)
    return TRUE;
  if (json_is_string (json))
    return tdm_json_read_string (node, key, string, error);
  if (!json_is_number (json))
    return wrong_type (node, key, "a number or a string", error);
  return tdm_json_read_number (node, key, number, error);
}

gboolean
tdm_json_read_list (const TdmJsonNode *node, const char *key, TdmJsonItemFunc func,
                    gpointer data, GError **error)
{
  const json_t *json = json_object_get (node->json, key);
  if (json == NULL)
    return TRUE;
  if (!json_is_array (json))
    return wrong_type (node, key, "a list in brackets", error);
  for (gsize i = 0; i < json_array_size (json); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("%s%s%s[%" G_GSIZE_FORMAT "]", node->path,
                           *node->path == '\0' ? "" : ".", key, i);
      TdmJsonNode item = { json_array_get (json, i), path };
      if (!func (&item, (guint)i, data, error))
        return FALSE;
    }
  return TRUE;
}
