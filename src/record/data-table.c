/* Reading a table whose fields are separated by commas, or else by tabs or semicolons.
 */
#include "record/data-table.h"

#include "base/error.h"
#include "base/number.h"

#include <string.h>

#define MAX_COLUMNS 500
#define MAX_ROWS 500000

/* A row and the line of the file it stands on. */
typedef struct
{
  char **fields;
  guint line;
} Row;

struct _TdmDataTable
{
  char *name;
  char separator;
  char **columns;
  guint n_columns;
  GArray *rows; /* of Row */
};

static void
row_clear (gpointer data)
{
  g_strfreev (((Row *)data)->fields);
}

void
tdm_data_table_free (TdmDataTable *self)
{
  g_free (self->name);
  g_strfreev (self->columns);
  g_array_unref (self->rows);
  g_free (self);
}

static gboolean
fault_at (const TdmDataTable *self, guint line, GError **error, const char *message)
{
  g_autofree char *place = g_strdup_printf ("%s:%u", self->name, line);
  return tdm_error_set_input (error, place, "%s", message);
}

gboolean
tdm_data_table_fault (const TdmDataTable *self, guint row, const char *column,
                      GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  const guint line = g_array_index (self->rows, Row, row).line;
  g_autofree char *place = g_strdup_printf ("%s:%u: %s", self->name, line, column);
  return tdm_error_set_input (error, place, "%s", message);
}

static gboolean
is_space (char c, char separator)
{
  return c == ' ' || c == '\r' || (c == '\t' && separator != '\t');
}

/* Anything in double quotes, in which "" stands for one. Returns what follows the space
 * after it; NULL when the quotes are not closed. */
static const char *
read_quoted (const char *at, char separator, GString *out)
{
  for (at++; *at != '"' || at[1] == '"'; at++)
    {
      if (*at == '\0')
        return NULL;
      if (*at == '"')
        at++;
      g_string_append_c (out, *at);
    }
  for (at++; is_space (*at, separator); at++)
    ;
  return at;
}

/* field {separator field}: quoted, or text without the space around it. NULL when
 * quotes are not closed, or something follows them. */
static char **
split (const char *line, char separator)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  for (const char *at = line;; at++)
    {
      g_autoptr (GString) field = g_string_new (NULL);
      while (is_space (*at, separator))
        at++;
      if (*at == '"')
        at = read_quoted (at, separator, field);
      else
        while (*at != separator && *at != '\0')
          g_string_append_c (field, *at++);
      if (at == NULL || (*at != separator && *at != '\0'))
        return NULL;
      g_ptr_array_add (fields, g_strstrip (g_strdup (field->str)));
      if (*at == '\0')
        break;
    }
  g_ptr_array_add (fields, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&fields), FALSE);
}

/* A comma where there is one; a table with tabs or semicolons has none in its header.
 */
static char
find_separator (const char *line)
{
  if (strchr (line, ',') != NULL)
    return ',';
  return strchr (line, '\t') != NULL ? '\t' : strchr (line, ';') != NULL ? ';' : ',';
}

static gboolean
is_name (const char *text)
{
  if (!g_ascii_isalpha (text[0]))
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '.')
      return FALSE;
  return TRUE;
}

static gboolean
check_name (const TdmDataTable *self, guint i, guint number, GError **error)
{
  const char *name = self->columns[i];
  g_autofree char *message = NULL;
  if (!is_name (name))
    message = g_strdup_printf (
        "column %u, “%.40s”: expected a line of column names such as ID,TIME,AMT,DV, "
        "of letters and digits, with commas, semicolons or tabs between",
        i + 1, name);
  for (guint k = 0; k < i && message == NULL; k++)
    if (g_str_equal (self->columns[k], name))
      message = g_strdup_printf ("the column %s is there twice", name);
  return message == NULL || fault_at (self, number, error, message);
}

static gboolean
read_header (TdmDataTable *self, const char *line, guint number, GError **error)
{
  self->separator = find_separator (line);
  self->columns = split (line[0] == '#' ? line + 1 : line, self->separator);
  if (self->columns == NULL)
    return fault_at (self, number, error,
                     "quotes are not closed, or something follows them");
  self->n_columns = g_strv_length (self->columns);
  if (self->n_columns > MAX_COLUMNS)
    return fault_at (self, number, error, "too many columns");
  for (guint i = 0; i < self->n_columns; i++)
    {
      g_autofree char *given = self->columns[i];
      self->columns[i] = g_ascii_strup (given, -1);
    }
  for (guint i = 0; i < self->n_columns; i++)
    if (!check_name (self, i, number, error))
      return FALSE;
  return TRUE;
}

/* "# made by hand" before the header, and not "#ID,TIME". */
static gboolean
is_remark (const char *line)
{
  if (line[0] != '#')
    return FALSE;
  g_auto (GStrv) names = split (line + 1, find_separator (line));
  gboolean remark = names == NULL || names[1] == NULL;
  for (char **name = names; !remark && *name; name++)
    remark = !is_name (*name);
  return remark;
}

static gboolean
is_missing (const char *field)
{
  return field[0] == '\0' || g_str_equal (field, ".");
}

static gboolean
is_empty (char *const *fields)
{
  while (*fields != NULL && **fields == '\0')
    fields++;
  return *fields == NULL;
}

/* Whether the row is struck out: by a letter or a sign in a column C. A number there is
 * a measurement that nobody meant to leave out. */
static gboolean
is_struck (const TdmDataTable *self, char *const *fields, guint n, guint number,
           gboolean *out, GError **error)
{
  const int column = tdm_data_table_find_column (self, "C");
  double value;
  *out = column >= 0 && (guint)column < n && !is_missing (fields[column]);
  if (*out && tdm_number_parse_file (fields[column], &value, NULL))
    return fault_at (self, number, error,
                     "C: strikes out a row with a letter in it; give a column of "
                     "numbers another name");
  return TRUE;
}

static gboolean
read_row (TdmDataTable *self, const char *line, guint number, GError **error)
{
  g_auto (GStrv) fields = split (line, self->separator);
  gboolean struck;
  if (fields == NULL)
    return fault_at (self, number, error,
                     "quotes are not closed, or something follows them");
  const guint n = g_strv_length (fields);
  if (is_empty (fields))
    return TRUE;
  if (!is_struck (self, fields, n, number, &struck, error))
    return FALSE;
  if (struck)
    return TRUE;
  if (n != self->n_columns)
    {
      g_autofree char *message = g_strdup_printf (
          "expected %u fields, not %u%s", self->n_columns, n,
          n > self->n_columns ? "; decimals are written with a point" : "");
      return fault_at (self, number, error, message);
    }
  if (self->rows->len >= MAX_ROWS)
    return fault_at (self, number, error, "too many rows");
  const Row row = { g_steal_pointer (&fields), number };
  g_array_append_val (self->rows, row);
  return TRUE;
}

/* Whether it is text that can be read at all. */
static gboolean
check_text (const char *text, gsize length, const char *name, GError **error)
{
  if (length > TDM_DATA_TABLE_MAX_BYTES)
    return tdm_error_set_input (error, name, "is too large");
  if (memchr (text, '\0', length) != NULL
      || !g_utf8_validate (text, (gssize)length, NULL))
    return tdm_error_set_input (error, name, "is no UTF-8 text; save it as that");
  return TRUE;
}

TdmDataTable *
tdm_data_table_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr (TdmDataTable) self = g_new0 (TdmDataTable, 1);
  self->name = g_strdup (name);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  if (!check_text (text, length, name, error))
    return NULL;
  g_autofree char *copy = g_strndup (text, length);
  char *at = g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy;
  for (guint number = 1; at != NULL; number++)
    {
      char *end = strchr (at, '\n'), *line = at;
      at = end != NULL ? end + 1 : NULL;
      if (end != NULL)
        *end = '\0';
      line += strspn (line, " \r");
      if (line[strspn (line, " \r\t")] == '\0'
          || (self->columns != NULL ? line[0] == '#' : is_remark (line)))
        continue;
      if (self->columns == NULL ? !read_header (self, line, number, error)
                                : !read_row (self, line, number, error))
        return NULL;
    }
  if (self->rows->len == 0)
    {
      tdm_error_set_input (error, name, "holds no data");
      return NULL;
    }
  return g_steal_pointer (&self);
}

guint
tdm_data_table_get_n_rows (const TdmDataTable *self)
{
  return self->rows->len;
}

guint
tdm_data_table_get_n_columns (const TdmDataTable *self)
{
  return self->n_columns;
}

const char *
tdm_data_table_get_column (const TdmDataTable *self, guint column)
{
  g_assert (column < self->n_columns);
  return self->columns[column];
}

int
tdm_data_table_find_column (const TdmDataTable *self, const char *name)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (g_str_equal (self->columns[i], name))
      return (int)i;
  return -1;
}

const char *
tdm_data_table_get (const TdmDataTable *self, guint row, guint column)
{
  g_assert (row < self->rows->len && column < self->n_columns);
  const char *field = g_array_index (self->rows, Row, row).fields[column];
  return is_missing (field) ? NULL : field;
}
