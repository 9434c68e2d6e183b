/* Reading a table of comma-separated values. */
#include "record/data-table.h"

#include "base/error.h"

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

/* field {"," field} : without the space around each and without quotes around it all.
 */
static char **
split (const char *line)
{
  char **fields = g_strsplit (line, ",", -1);
  for (char **f = fields; *f != NULL; f++)
    {
      gsize n = strlen (g_strstrip (*f));
      if (n >= 2 && (*f)[0] == '"' && (*f)[n - 1] == '"')
        {
          memmove (*f, *f + 1, n - 2);
          (*f)[n - 2] = '\0';
        }
    }
  return fields;
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
read_header (TdmDataTable *self, const char *line, guint number, GError **error)
{
  self->columns = split (line[0] == '#' ? line + 1 : line);
  self->n_columns = g_strv_length (self->columns);
  if (self->n_columns < 2 && strpbrk (line, ";\t") != NULL)
    return fault_at (self, number, error,
                     "expected columns with commas between, not semicolons or tabs");
  if (self->n_columns > MAX_COLUMNS)
    return fault_at (self, number, error, "too many columns");
  for (guint i = 0; i < self->n_columns; i++)
    {
      g_autofree char *given = self->columns[i];
      self->columns[i] = g_ascii_strup (given, -1);
      if (!is_name (self->columns[i]))
        return fault_at (self, number, error,
                         "expected a line of column names such as ID,TIME,AMT,DV");
      for (guint k = 0; k < i; k++)
        if (g_str_equal (self->columns[k], self->columns[i]))
          {
            g_autofree char *message =
                g_strdup_printf ("the column %s is there twice", self->columns[i]);
            return fault_at (self, number, error, message);
          }
    }
  return TRUE;
}

static gboolean
is_missing (const char *field)
{
  return field[0] == '\0' || g_str_equal (field, ".");
}

static gboolean
read_row (TdmDataTable *self, const char *line, guint number, GError **error)
{
  g_auto (GStrv) fields = split (line);
  const guint n = g_strv_length (fields);
  const int struck = tdm_data_table_find_column (self, "C");
  if (struck >= 0 && (guint)struck < n && !is_missing (fields[struck]))
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

TdmDataTable *
tdm_data_table_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr (TdmDataTable) self = g_new0 (TdmDataTable, 1);
  self->name = g_strdup (name);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  if (length > TDM_DATA_TABLE_MAX_BYTES || memchr (text, '\0', length) != NULL
      || !g_utf8_validate (text, (gssize)length, NULL))
    {
      tdm_error_set_input (error, name, "is too large or no UTF-8 text");
      return NULL;
    }
  g_autofree char *copy = g_strndup (text, length);
  char *at = g_str_has_prefix (copy, "\xef\xbb\xbf") ? copy + 3 : copy;
  for (guint number = 1; at != NULL; number++)
    {
      char *end = strchr (at, '\n'), *line = at;
      at = end != NULL ? end + 1 : NULL;
      if (end != NULL)
        *end = '\0';
      g_strstrip (line);
      if (line[0] == '\0' || (self->columns != NULL && line[0] == '#'))
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
