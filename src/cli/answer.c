/* titrate-cli answer: the answer in words. */
#include "cli/cli.h"

#include "app/answer.h"
#include "cli/text.h"

#include <jansson.h>

gboolean
tdm_cli_language (const TdmCliOptions *options, TdmLanguage *out, GError **error)
{
  *out = TDM_LANGUAGE_ENGLISH;
  if (!options->language)
    return TRUE;
  for (*out = 0; *out < TDM_LANGUAGE_N; (*out)++)
    if (g_str_equal (options->language, tdm_answer_templates (*out)->code))
      return TRUE;
  return tdm_cli_usage (error, "--language: \"%s\" is neither en nor de",
                        options->language);
}

static json_t *
answer_json (const TdmResult *result, const TdmAnswer *answer)
{
  json_t *edited = json_null ();
  if (answer->edited)
    edited =
        json_pack ("{s:s, s:s, s:b}", "at", tdm_case_get_words (result->record)->edited,
                   "instead_of", answer->before, "stale", answer->stale);
  return json_pack ("{s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:o, s:s}", "format",
                    "titrate-answer/1", "model", "id", tdm_model_get_id (result->model),
                    "sha256", tdm_model_get_sha256 (result->model), "language",
                    answer->language, "answer", tdm_answer_get_text (answer), "program",
                    answer->program, "edited", edited, "input", result->input_hash);
}

static void
print_text (const TdmAnswer *answer, GString *out)
{
  g_autofree char *remark = tdm_answer_remark (answer);
  g_string_append_printf (out, "%s\n", tdm_answer_get_text (answer));
  if (remark)
    g_string_append_printf (out, "\n%s\n", remark);
  if (answer->stale)
    g_string_append_printf (out, "The program says now:\n%s\n", answer->program);
}

gboolean
tdm_cli_answer (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  TdmResultOptions result_options = { 0 };
  TdmLanguage language;
  if (!tdm_cli_draws (options, &result_options, error)
      || !tdm_cli_language (options, &language, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute_kept (options, &result_options, error);
  if (!result)
    return FALSE;
  g_autoptr (TdmNextSample) sample =
      result->proposals->withheld ? NULL : tdm_next_sample_new (result, NULL, NULL);
  g_autoptr (TdmAnswer) words = tdm_answer_new (result, sample, language);
  if (options->json)
    tdm_cli_print_json (answer_json (result, words), answer->text);
  else
    print_text (words, answer->text);
  tdm_cli_answer_judge (answer, result->fit, result->proposals->withheld);
  return TRUE;
}
