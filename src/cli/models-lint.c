/* titrate-cli models new and models lint: writing a model. */
#include "cli/cli.h"

#include "base/error.h"
#include "cli/text.h"
#include "engine/qualify.h"
#include "engine/result-json.h"
#include "model/lint.h"
#include "model/skeleton.h"

#include <gio/gio.h>
#include <string.h>

static json_t *
remarks_json (const GPtrArray *remarks)
{
  json_t *list = json_array ();
  for (guint i = 0; i < remarks->len; i++)
    json_array_append_new (list, json_string (remarks->pdata[i]));
  return list;
}

static void
print_remarks (const char *title, const GPtrArray *remarks, GString *out)
{
  for (guint i = 0; i < remarks->len; i++)
    g_string_append_printf (out, "%s%s\n", title, (const char *)remarks->pdata[i]);
}

gboolean
tdm_cli_models_lint (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) != 2)
    return tdm_cli_usage (error, "models lint needs one file");
  g_autoptr (TdmLint) lint = tdm_lint_file (options->arguments[1], error);
  if (!lint)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (json_pack ("{s:s, s:o, s:o}", "format", "titrate-lint/1",
                                   "faults", remarks_json (lint->faults), "remarks",
                                   remarks_json (lint->remarks)),
                        answer->text);
  else
    {
      print_remarks ("fault: ", lint->faults, answer->text);
      print_remarks ("remark: ", lint->remarks, answer->text);
      g_string_append_printf (answer->text, "%u faults, %u remarks\n",
                              lint->faults->len, lint->remarks->len);
    }
  if (lint->faults->len > 0)
    {
      answer->status = TDM_ERROR_INPUT;
      answer->warning =
          g_strdup_printf ("%u faults in %s", lint->faults->len, options->arguments[1]);
    }
  return TRUE;
}

gboolean
tdm_cli_models_new (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  if (g_strv_length (options->arguments) != 2)
    return tdm_cli_usage (error, "models new needs one id, DRUG-AUTHOR-YEAR");
  g_autofree char *text = tdm_skeleton_new (options->arguments[1], error);
  g_autofree char *base = g_strconcat (options->arguments[1], ".model", NULL);
  const char *path = options->output ? options->output : base;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) local = NULL;
  if (!text)
    return FALSE;
  g_autoptr (GFileOutputStream) stream =
      g_file_create (file, G_FILE_CREATE_NONE, NULL, &local);
  if (!stream
      || !g_output_stream_write_all (G_OUTPUT_STREAM (stream), text, strlen (text),
                                     NULL, NULL, &local)
      || !g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &local))
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: %s", path, local->message);
      return FALSE;
    }
  if (options->json)
    tdm_cli_print_json (
        json_pack ("{s:s, s:s}", "format", "titrate-skeleton/1", "file", path),
        answer->text);
  else
    g_string_append_printf (answer->text, "%s\nNow: titrate-cli models lint %s\n", path,
                            path);
  return TRUE;
}
