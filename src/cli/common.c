/* Loading, computing and printing, as every command does it. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/number.h"
#include "engine/result-json.h"
#include "model/library.h"
#include "record/case-file.h"

#include <math.h>

#define MAX_DRAWS 100000

gboolean
tdm_cli_number (const char *name, const char *text, double fallback, double *out,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  *out = fallback;
  if (!text || tdm_number_parse_file (text, out, &local))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE, "%s: %s", name, local->message);
  return FALSE;
}

static gboolean
whole_number (const char *name, const char *text, double most, double *out,
              GError **error)
{
  if (!tdm_cli_number (name, text, 0, out, error))
    return FALSE;
  if (*out >= 0 && *out <= most && *out == floor (*out))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
               "%s: \"%s\" is not a whole number from 0 to %.0f", name, text, most);
  return FALSE;
}

gboolean
tdm_cli_draws (const TdmCliOptions *options, TdmResultOptions *out, GError **error)
{
  double draws, seed;
  if (!whole_number ("--draws", options->draws, MAX_DRAWS, &draws, error)
      || !whole_number ("--seed", options->seed, 9007199254740991.0, &seed, error))
    return FALSE;
  out->draws = (guint)draws;
  out->seed = (guint64)seed;
  out->residual_bands = options->residual;
  return TRUE;
}

gboolean
tdm_cli_load (const TdmCliOptions *options, TdmCase **record, TdmModel **model,
              GError **error)
{
  if (!options->arguments || g_strv_length (options->arguments) != 1)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                   "one case file is needed (- for standard input)");
      return FALSE;
    }
  g_autoptr (TdmCase) read = tdm_case_file_read (options->arguments[0], error);
  if (!read)
    return FALSE;
  const char *id = options->model ? options->model : tdm_case_get_model (read);
  if (!id)
    return tdm_error_set_input (
        error, "model", "the case names no model; add \"model\" or use --model");
  *model = tdm_library_load (id, error);
  if (!*model)
    {
      if (!options->model)
        g_prefix_error (error, "model: ");
      return FALSE;
    }
  *record = g_steal_pointer (&read);
  return TRUE;
}

TdmResult *
tdm_cli_compute (const TdmCliOptions *options, GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_draws (options, &result_options, error)
      || !tdm_cli_load (options, &record, &model, error))
    return NULL;
  return tdm_result_compute (record, model, &result_options, NULL, error);
}

const char *
tdm_cli_output_file (const TdmCliOptions *options, GError **error)
{
  if (!options->output)
    g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                 "-o FILE is needed: the file to write");
  return options->output;
}

void
tdm_cli_print_json (struct json_t *value)
{
  g_autofree char *text = tdm_json_text (value);
  json_decref (value);
  g_print ("%s", text);
}

void
tdm_cli_print_notes (const GPtrArray *notes)
{
  static const char *const words[] = {
    [TDM_NOTE_INFO] = "info", [TDM_NOTE_CAUTION] = "check", [TDM_NOTE_REFUSE] = "stop"
  };
  if (notes->len > 0)
    g_print ("\nNotes\n");
  for (guint i = 0; i < notes->len; i++)
    {
      const TdmNote *note = notes->pdata[i];
      g_print ("  %-5s  %s%s%s%s\n", words[note->severity], note->text,
               note->place ? " [" : "", note->place ? note->place : "",
               note->place ? "]" : "");
    }
}

void
tdm_cli_print_number (int width, double value)
{
  g_autofree char *text =
      isfinite (value) ? tdm_number_format (value, 4) : g_strdup ("–");
  g_print ("%*s", width, text);
}
