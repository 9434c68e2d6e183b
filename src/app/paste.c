#include "app/paste.h"

#include <string.h>

#include "app/guard.h"
#include "base/error.h"
#include "base/unit.h"

#define MAX_LINES 500

/* line = time-words value [ unit ], parted by tabs, semicolons or blanks. */
static gboolean
split_line (const char *line, char **time, char **value, char **unit)
{
  g_autofree char *flat = g_strdelimit (g_strdup (line), "\t;", ' ');
  g_auto (GStrv) all = g_strsplit (flat, " ", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  TdmUnit parsed;

  for (guint i = 0; all[i] != NULL; i++)
    if (all[i][0] != '\0')
      g_ptr_array_add (words, all[i]);
  if (words->len < 2)
    return FALSE;
  guint last = words->len - 1;
  *unit = NULL;
  if (words->len > 2 && !g_ascii_isdigit (((char *)words->pdata[last])[0])
      && tdm_unit_parse (words->pdata[last], &parsed, NULL))
    *unit = g_strdup (words->pdata[last--]);
  *value = g_strdup (words->pdata[last]);
  words->pdata[last] = NULL;
  *time = g_strjoinv (" ", (char **)words->pdata);
  return TRUE;
}

static TdmCase *
append_line (const TdmSheet *sheet, const char *line, GError **error)
{
  g_autofree char *time = NULL, *value = NULL, *unit = NULL;
  const char *texts[TDM_CELL_N] = { NULL };
  guint row = tdm_case_get_n_levels (sheet->record);

  if (!split_line (line, &time, &value, &unit))
    {
      g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT,
                           "expected a time and a value.");
      return NULL;
    }
  texts[TDM_CELL_LEVEL_TIME] = time;
  texts[TDM_CELL_LEVEL_VALUE] = value;
  g_autoptr (TdmCase) next =
      tdm_sheet_append (sheet, TDM_SECTION_LEVELS, row, texts, error);
  TdmSheet after = { next, sheet->model, sheet->rows, sheet->now };
  TdmCell cell = { TDM_CELL_LEVEL_TIME, row };
  if (next == NULL)
    return NULL;
  g_autoptr (TdmQuestion) question = tdm_guard_check (&after, cell);
  if (question != NULL)
    {
      g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT, question->text);
      return NULL;
    }
  cell.kind = TDM_CELL_LEVEL_VALUE;
  if (unit != NULL)
    return tdm_sheet_set_unit (&after, cell, unit, FALSE, error);
  return g_steal_pointer (&next);
}

TdmCase *
tdm_paste_levels (const TdmSheet *self, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_LINES + 1);
  g_autoptr (TdmCase) record = tdm_case_ref (self->record);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      TdmSheet sheet = { record, self->model, self->rows, self->now };
      g_strstrip (lines[i]);
      if (lines[i][0] == '\0')
        continue;
      TdmCase *next = i < MAX_LINES ? append_line (&sheet, lines[i], error) : NULL;
      if (next == NULL)
        {
          if (error != NULL && *error == NULL)
            g_set_error (error, TDM_ERROR, TDM_ERROR_INPUT, "more than %d lines.",
                         MAX_LINES);
          g_prefix_error (error, "Line %u: ", i + 1);
          return NULL;
        }
      tdm_case_unref (record);
      record = next;
    }
  return g_steal_pointer (&record);
}
