/* titrate-cli models import: a NONMEM control stream becomes a model file. */
#include "cli/cli.h"

#include "base/error.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "nonmem/import.h"

#include <string.h>

static gboolean
read_file (const char *path, char **data, gsize *length, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return tdm_error_set_input (error, path, "expected a control stream");
  return g_file_get_contents (path, data, length, &local)
         || tdm_error_set_input (error, path, "%s", local->message);
}

/* The id of the model: --id, else the name of the file to write; NULL = the default. */
static gboolean
find_id (const TdmCliOptions *options, char **id, GError **error)
{
  g_autofree char *base =
      options->output ? g_path_get_basename (options->output) : NULL;
  const gboolean named = base && g_str_has_suffix (base, ".model");
  if (base && !named)
    return tdm_cli_usage (error, "-o: \"%s\" does not end in .model", options->output);
  g_autofree char *stem =
      named ? g_strndup (base, strlen (base) - strlen (".model")) : NULL;
  if (options->id && stem && strcmp (options->id, stem) != 0)
    return tdm_cli_usage (error, "-o: a model is kept in a file of its id: %s.model",
                          options->id);
  *id = options->id ? g_strdup (options->id) : g_steal_pointer (&stem);
  if (*id && !g_regex_match_simple ("^[a-z0-9]+(-[a-z0-9]+)+-[12][0-9]{3}$", *id, 0, 0))
    return tdm_cli_usage (error,
                          "\"%s\" is no id; expected drug-author-year such as "
                          "vancomycin-goti-2018",
                          *id);
  return TRUE;
}

static gboolean
write_file (const TdmCliOptions *options, const TdmImport *import, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (g_file_test (options->output, G_FILE_TEST_EXISTS))
    return tdm_cli_usage (error, "-o: %s is there already", options->output);
  if (g_file_set_contents (options->output, import->text, -1, &local))
    return TRUE;
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_SYSTEM, local->message);
  return FALSE;
}

static void
answer_json (const TdmCliOptions *options, const TdmImport *import, GString *out)
{
  json_t *notes = json_array ();
  for (guint i = 0; i < import->notes->len; i++)
    {
      const TdmImportNote *note = import->notes->pdata[i];
      json_t *item = json_pack ("{s:s}", "text", note->text);
      if (note->line > 0)
        json_object_set_new (item, "line", json_integer (note->line));
      json_array_append_new (notes, item);
    }
  g_autofree char *file =
      options->output ? g_utf8_make_valid (options->output, -1) : NULL;
  tdm_cli_print_json (json_pack ("{s:s, s:s, s:s*, s:s, s:o}", "format",
                                 "titrate-import/1", "id", import->id, "file", file,
                                 "model", import->text, "notes", notes),
                      out);
}

static void
answer_text (const TdmCliOptions *options, const TdmImport *import, GString *out)
{
  if (!options->output)
    {
      g_string_append (out, import->text);
      return;
    }
  g_autofree char *name = g_utf8_make_valid (options->output, -1);
  g_string_append_printf (out,
                          "%s\nFor teaching only until what the file marks “to be "
                          "filled in” is filled in.\n",
                          name);
  for (guint i = 0; i < import->notes->len; i++)
    {
      const TdmImportNote *note = import->notes->pdata[i];
      if (note->line > 0)
        g_string_append_printf (out, "  line %u: %s\n", note->line, note->text);
      else
        g_string_append_printf (out, "  %s\n", note->text);
    }
}

gboolean
tdm_cli_models_import (const TdmCliOptions *options, TdmCliAnswer *answer,
                       GError **error)
{
  g_autofree char *data = NULL, *id = NULL;
  gsize length;
  if (g_strv_length (options->arguments) != 2)
    return tdm_cli_usage (error, "models import needs one control stream");
  const char *path = options->arguments[1];
  if (!find_id (options, &id, error) || !read_file (path, &data, &length, error))
    return FALSE;
  const TdmImportOptions how = { .id = id,
                                 .dose_unit = options->dose_unit,
                                 .dv_unit = options->dv_unit,
                                 .time_unit = options->time_unit,
                                 .covariates = options->covariates };
  g_autoptr (TdmImport) import = tdm_import_nonmem (data, length, path, &how, error);
  if (!import || (options->output && !write_file (options, import, error)))
    return FALSE;
  if (options->json)
    answer_json (options, import, answer->text);
  else
    answer_text (options, import, answer->text);
  return TRUE;
}
