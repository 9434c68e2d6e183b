#include "lang/names.h"

#include <string.h>

#include "lang/function.h"

gboolean
tdm_names_is_operator (const char *name)
{
  return g_str_equal (name, "and") || g_str_equal (name, "or")
         || g_str_equal (name, "not");
}

gboolean
tdm_names_is_free (const char *name)
{
  gsize length = strlen (name);
  if (length == 0 || length > TDM_NAMES_MAX_LENGTH || g_ascii_isdigit (name[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (name[i]) && name[i] != '_')
      return FALSE;
  return !tdm_names_is_operator (name) && !tdm_function_find (name);
}

/* Damerau's edit distance (insert, delete, replace, exchange of neighbours), letters
 * compared without case. Names longer than the limit are never near. */
static guint
edit_distance (const char *a, const char *b)
{
  guint d[TDM_NAMES_MAX_LENGTH + 1][TDM_NAMES_MAX_LENGTH + 1];
  gsize n = strlen (a), m = strlen (b);
  if (n > TDM_NAMES_MAX_LENGTH || m > TDM_NAMES_MAX_LENGTH)
    return G_MAXUINT;
  for (gsize i = 0; i <= n; i++)
    for (gsize j = 0; j <= m; j++)
      {
        if (i == 0 || j == 0)
          {
            d[i][j] = i + j;
            continue;
          }
        gboolean same = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]);
        d[i][j] = MIN (d[i - 1][j - 1] + !same, 1 + MIN (d[i - 1][j], d[i][j - 1]));
        if (i > 1 && j > 1 && g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 2])
            && g_ascii_tolower (a[i - 2]) == g_ascii_tolower (b[j - 1]))
          d[i][j] = MIN (d[i][j], 1 + d[i - 2][j - 2]);
      }
  return d[n][m];
}

static const char *
nearest (const char *name, const GPtrArray *known)
{
  const char *best = NULL;
  guint best_distance = strlen (name) >= 5 ? 3 : 2; /* the first that is too far */
  for (guint i = 0; i < known->len; i++)
    {
      const char *candidate = g_ptr_array_index (known, i);
      guint distance = edit_distance (name, candidate);
      if (distance < best_distance && distance < strlen (candidate))
        {
          best = candidate;
          best_distance = distance;
        }
    }
  return best;
}

char *
tdm_names_advise (const char *name, const GPtrArray *known)
{
  const guint shown = 12;
  const char *near = nearest (name, known);
  if (near)
    return g_strdup_printf ("did you mean %s?", near);
  if (known->len == 0)
    return g_strdup ("no name is known here");
  GString *list = g_string_new ("expected one of ");
  for (guint i = 0; i < MIN (known->len, shown); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (known, i));
  if (known->len > shown)
    g_string_append (list, ", …");
  return g_string_free (list, FALSE);
}
