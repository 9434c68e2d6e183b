/* Loading and computing, as every command does it. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/number.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "model/library.h"
#include "record/case-file.h"

#include <math.h>

/* Keeps memory and time bounded. */
#define MAX_DRAWS 20000

gboolean
tdm_cli_number (const char *name, const char *text, double fallback, double *out,
                GError **error)
{
  g_autoptr (GError) local = NULL;
  *out = fallback;
  return !text || tdm_number_parse_file (text, out, &local)
         || tdm_cli_usage (error, "%s: %s", name, local->message);
}

static gboolean
whole_number (const char *name, const char *text, double most, double *out,
              GError **error)
{
  if (!tdm_cli_number (name, text, 0, out, error))
    return FALSE;
  return (*out >= 0 && *out <= most && *out == floor (*out))
         || tdm_cli_usage (error, "%s: \"%s\" is not a whole number from 0 to %.0f",
                           name, text, most);
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
  return !options->posterior
         || tdm_posterior_method_from_name (options->posterior, &out->posterior)
         || tdm_cli_usage (
             error, "--posterior: \"%s\" is none of auto, laplace, importance, hmc",
             options->posterior);
}

/* --model, else the only model of the case. */
static const char *
find_model_id (const TdmCliOptions *options, const TdmCase *record, GError **error)
{
  const char *const *ids = tdm_case_get_models (record);
  if (options->model)
    return options->model;
  if (!ids || !ids[0])
    tdm_error_set_input (error, "model",
                         "is missing; name a model in the case, or with --model");
  else if (ids[1])
    tdm_error_set_input (error, "models",
                         "the case names several models, which are not averaged; "
                         "choose one with --model");
  else
    return ids[0];
  return NULL;
}

/* What the command line asks for counts like what the case does. */
static TdmCase *
with_options (TdmCase *record, const TdmCliOptions *options, GError **error)
{
  TdmCaseOptions own = *tdm_case_get_options (record);
  if (!options->future_occasions)
    return tdm_case_ref (record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  own.future_occasions = TRUE;
  tdm_case_edit_set_options (edit, &own);
  return tdm_case_edit_finish (edit, error);
}

gboolean
tdm_cli_load (const TdmCliOptions *options, TdmCase **record, TdmModel **model,
              GError **error)
{
  if (g_strv_length (options->arguments) != 1)
    return tdm_cli_usage (error, "one case file is needed (- for standard input)");
  g_autoptr (TdmCase) read = tdm_case_file_read (options->arguments[0], error);
  const char *id = read ? find_model_id (options, read, error) : NULL;
  if (!id)
    return FALSE;
  *model = tdm_library_load (id, error);
  if (!*model)
    {
      g_prefix_error (error, "%s", options->model ? "--model: " : "model: ");
      return FALSE;
    }
  *record = with_options (read, options, error);
  return *record != NULL;
}

TdmResult *
tdm_cli_compute (const TdmCliOptions *options, const TdmResultOptions *result_options,
                 GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  if (!tdm_cli_load (options, &record, &model, error))
    return NULL;
  return tdm_result_compute (record, model, result_options, NULL, error);
}

TdmResult *
tdm_cli_compute_kept (const TdmCliOptions *options,
                      const TdmResultOptions *result_options, GError **error)
{
  g_autoptr (TdmResult) result = tdm_cli_compute (options, result_options, error);
  const GPtrArray *regimens = result ? result->proposals->regimens : NULL;
  if (!regimens || regimens->len == 0
      || !((const TdmRegimen *)regimens->pdata[0])->is_current)
    return g_steal_pointer (&result);
  return tdm_result_choose (result, 0, result_options, NULL, error);
}

gboolean
tdm_cli_check_name (const char *option, const char *name, const TdmModel *model,
                    GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  if (!name || tdm_model_find_output (model, name) >= 0)
    return TRUE;
  for (guint k = 0; k < tdm_model_get_n_outputs (model); k++)
    g_string_append_printf (known, "%s%s", k ? ", " : "",
                            tdm_model_get_output (model, k)->name);
  return tdm_cli_usage (error, "%s: %s has no output \"%s\"; expected one of %s",
                        option, tdm_model_get_id (model), name, known->str);
}

gboolean
tdm_cli_check_output (const TdmCliOptions *options, const char *const *suffixes,
                      GError **error)
{
  g_autofree char *list = g_strjoinv (", ", (char **)(gpointer)suffixes);
  if (!options->output)
    return tdm_cli_usage (error, "-o FILE is needed: the file to write, ending in %s",
                          list);
  g_autofree char *lower = g_ascii_strdown (options->output, -1);
  for (guint i = 0; suffixes[i]; i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return tdm_cli_usage (error, "-o: \"%s\" does not end in %s", options->output, list);
}

void
tdm_cli_answer_file (TdmCliAnswer *self, const TdmCliOptions *options,
                     const char *format, const char *summary)
{
  /* A file name is bytes, an answer UTF-8. */
  g_autofree char *name = g_utf8_make_valid (options->output, -1);
  if (options->json)
    tdm_cli_print_json (json_pack ("{s:s, s:s, s:s}", "format", format, "file", name,
                                   "summary", summary),
                        self->text);
  else
    g_string_append_printf (self->text, "%s\n%s\n", name, summary);
}

void
tdm_cli_answer_judge (TdmCliAnswer *self, const TdmFit *fit, const TdmNote *withheld)
{
  if (fit->converged && !withheld)
    return;
  self->status = TDM_ERROR_NO_ANSWER;
  self->warning =
      fit->converged
          ? g_strdup_printf ("advice is withheld: %s", withheld->text)
          : g_strdup_printf ("the estimate did not converge (stopped by: %s)",
                             tdm_stop_name (fit->stop));
}
