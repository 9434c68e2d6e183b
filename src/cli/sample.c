/* titrate-cli sample: when to draw the next level. */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/number.h"
#include "cli/text.h"
#include "engine/next-sample.h"
#include "engine/result-json.h"
#include "engine/words.h"

static json_t *
time_json (const TdmSampleTime *time)
{
  return json_pack ("{s:o, s:o, s:o, s:o}", "time", tdm_json_real (time->time_h),
                    "expected", tdm_json_real (time->expected), "reduction",
                    tdm_json_real (time->reduction), "p_wrong",
                    tdm_json_real (time->p_wrong));
}

static json_t *
sample_json (const TdmResult *result, const TdmNextSample *sample)
{
  json_t *times = json_array ();
  for (guint i = 0; i < sample->n; i++)
    json_array_append_new (times, time_json (&sample->times[i]));
  const char *output = tdm_model_get_output (result->model, sample->output)->name;
  return json_pack (
      "{s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "format",
      "titrate-sample/1", "model", "id", tdm_model_get_id (result->model), "sha256",
      tdm_model_get_sha256 (result->model), "metric", tdm_metric_name (sample->metric),
      "output", output, "unit", sample->unit, "sd_now", tdm_json_real (sample->sd_now),
      "p_wrong_now", tdm_json_real (sample->p_wrong_now), "best",
      time_json (&sample->times[sample->best]), "best_choice",
      time_json (&sample->times[sample->best_choice]), "times", times);
}

static char *
moment (const TdmResult *result, double time_h)
{
  GDateTime *start = tdm_case_get_start (result->record);
  g_autofree char *hours = tdm_number_format (time_h, 6);
  if (!start)
    return g_strdup_printf ("%s h", hours);
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  g_autofree char *clock = tdm_clock_display (at);
  return g_strdup_printf ("%s h (%s)", hours, clock);
}

static void
print_text (const TdmResult *result, const TdmNextSample *sample, GString *out)
{
  const TdmSampleTime *best = &sample->times[sample->best];
  const TdmSampleTime *choice = &sample->times[sample->best_choice];
  g_autofree char *when = moment (result, best->time_h);
  g_autofree char *also = moment (result, choice->time_h);
  g_string_append_printf (
      out,
      "A level at %s would tell most about %s: it is expected to take away %.0f %% of "
      "its variance.\nNow the leading regimen misses the window with a chance of "
      "%.0f %%; after a level at %s the one chosen then, with %.0f %%.\n",
      when, tdm_words_metric (sample->metric), 100 * best->reduction,
      100 * sample->p_wrong_now, also, 100 * choice->p_wrong);
}

gboolean
tdm_cli_sample (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  TdmResultOptions result_options = { 0 };
  if (!tdm_cli_draws (options, &result_options, error))
    return FALSE;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  g_autoptr (TdmNextSample) sample =
      result ? tdm_next_sample_new (result, NULL, error) : NULL;
  if (!sample)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (sample_json (result, sample), answer->text);
  else
    print_text (result, sample, answer->text);
  tdm_cli_answer_judge (answer, result->fit, NULL);
  return TRUE;
}
