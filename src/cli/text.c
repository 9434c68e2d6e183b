#include "cli/text.h"

#include "base/number.h"
#include "engine/result-json.h"

#include <math.h>
#include <string.h>

#define GAP 2 /* blanks between columns */

struct _TdmCliTable
{
  char *columns;
  GPtrArray *cells; /* of char*, row by row */
};

TdmCliTable *
tdm_cli_table_new (const char *columns)
{
  TdmCliTable *self = g_new0 (TdmCliTable, 1);
  self->columns = g_strdup (columns);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tdm_cli_table_free (TdmCliTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->columns);
  g_free (self);
}

void
tdm_cli_table_add_text (TdmCliTable *self, const char *text)
{
  g_ptr_array_add (self->cells, g_strdup (text ? text : ""));
}

void
tdm_cli_table_add_number (TdmCliTable *self, double value)
{
  g_ptr_array_add (self->cells,
                   isfinite (value) ? tdm_number_format (value, 4) : g_strdup ("–"));
}

void
tdm_cli_table_add_percent (TdmCliTable *self, double fraction)
{
  g_autofree char *number = isfinite (fraction)
                                ? tdm_number_format (round (100 * fraction), 3)
                                : g_strdup ("–");
  g_ptr_array_add (self->cells, g_strconcat (number, " %", NULL));
}

void
tdm_cli_table_add_row (TdmCliTable *self, ...)
{
  va_list args;
  const char *text;
  va_start (args, self);
  while ((text = va_arg (args, const char *)))
    tdm_cli_table_add_text (self, text);
  va_end (args);
}

/* Columns of a terminal that `text` takes. */
static guint
shown_width (const char *text)
{
  guint width = 0;
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static void
append_blanks (GString *out, guint n)
{
  g_string_append_printf (out, "%*s", (int)n, "");
}

static void
append_row (const TdmCliTable *self, guint first, const guint *widths, GString *out)
{
  for (guint k = 0; self->columns[k]; k++)
    {
      const char *cell = self->cells->pdata[first + k];
      guint padding = widths[k] - shown_width (cell);
      if (k > 0)
        append_blanks (out, GAP);
      if (self->columns[k] == 'r')
        append_blanks (out, padding);
      g_string_append (out, cell);
      if (self->columns[k] == 'l')
        append_blanks (out, padding);
    }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

void
tdm_cli_table_print (const TdmCliTable *self, guint indent, GString *out)
{
  guint n = (guint)strlen (self->columns);
  g_autofree guint *widths = g_new0 (guint, n);
  g_assert (self->cells->len % n == 0);
  for (guint i = 0; i < self->cells->len; i++)
    widths[i % n] = MAX (widths[i % n], shown_width (self->cells->pdata[i]));
  for (guint i = 0; i < self->cells->len; i += n)
    {
      append_blanks (out, indent);
      append_row (self, i, widths, out);
    }
}

void
tdm_cli_print_notes (const GPtrArray *notes, GString *out)
{
  static const char *const words[] = {
    [TDM_NOTE_INFO] = "info", [TDM_NOTE_CAUTION] = "check", [TDM_NOTE_REFUSE] = "stop"
  };
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("ll");
  for (guint i = 0; i < notes->len; i++)
    {
      const TdmNote *note = notes->pdata[i];
      g_autofree char *text = note->place
                                  ? g_strdup_printf ("%s [%s]", note->text, note->place)
                                  : g_strdup (note->text);
      tdm_cli_table_add_row (table, words[note->severity], text, NULL);
    }
  if (notes->len > 0)
    g_string_append (out, "\nNotes\n");
  tdm_cli_table_print (table, 2, out);
}

void
tdm_cli_print_json (struct json_t *value, GString *out)
{
  g_autofree char *text = tdm_json_text (value);
  json_decref (value);
  g_string_append (out, text);
}
