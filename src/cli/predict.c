/* titrate-cli predict: concentrations on a grid. */
#include "cli/cli.h"

#include "base/number.h"
#include "base/unit.h"
#include "cli/data.h"
#include "cli/text.h"
#include "engine/result-json.h"

#include <math.h>

#define MAX_POINTS 100000
/* Draws times points: memory and time stay bounded. */
#define MAX_VALUES 2e7
#define DEFAULT_AFTER_H 48.0
#define DEFAULT_STEP_H 0.5
/* A long history is shown in longer steps, unless --by says how long. */
#define DEFAULT_POINTS 10000

static double
default_step (double span_h)
{
  double step = DEFAULT_STEP_H;
  while (span_h > step * DEFAULT_POINTS && isfinite (span_h))
    step *= 2;
  return step;
}

/* Hours from `from` to `to` (included when it is on the grid). `last_h` is where the
 * history ends. */
static gboolean
make_grid (const TdmCliOptions *options, double last_h, GArray *grid, GError **error)
{
  double from, to, by;
  if (!tdm_cli_number ("--from", options->from, 0, &from, error)
      || !tdm_cli_number ("--to", options->to, MAX (last_h, from) + DEFAULT_AFTER_H,
                          &to, error)
      || !tdm_cli_number ("--by", options->by, default_step (to - from), &by, error))
    return FALSE;
  if (!(by > 0) || !(to >= from) || !((to - from) / by < MAX_POINTS))
    return tdm_cli_usage (error,
                          "--from, --to, --by: need from <= to, by > 0 and at most %d "
                          "points",
                          MAX_POINTS);
  guint n = 1 + (guint)floor ((to - from) / by * (1 + 1e-12) + 1e-9);
  for (guint i = 0; i < n; i++)
    {
      double t = from + i * by;
      g_array_append_val (grid, t);
    }
  return TRUE;
}

static void
print_text (const TdmModel *model, const TdmCurve *curve, GString *out)
{
  static const TdmBand shown[] = { TDM_BAND_5, TDM_BAND_50, TDM_BAND_95 };
  g_autofree char *unit =
      tdm_unit_display (tdm_model_get_output (model, curve->output)->unit);
  gboolean bands = curve->individual_band[0] != NULL;
  g_autoptr (TdmCliTable) table = tdm_cli_table_new (bands ? "rrrrrr" : "rrr");
  tdm_cli_table_add_row (table, "hours", "typical", "this patient",
                         bands ? "5 %" : NULL, "50 %", "95 %", NULL);
  for (guint i = 0; i < curve->n; i++)
    {
      g_autofree char *hours = tdm_number_format (curve->time_h[i], 9);
      tdm_cli_table_add_text (table, hours);
      tdm_cli_table_add_number (table, curve->population[i]);
      tdm_cli_table_add_number (table, curve->individual[i]);
      for (guint b = 0; bands && b < G_N_ELEMENTS (shown); b++)
        tdm_cli_table_add_number (table, curve->individual_band[shown[b]][i]);
    }
  g_string_append_printf (out, "%s, %s%s\n\n", tdm_model_get_text (model)->title, unit,
                          bands ? "; percentiles of this patient" : "");
  tdm_cli_table_print (table, 0, out);
}

static gboolean
curve_options (const TdmCliOptions *options, const TdmProblem *problem,
               const GArray *grid, TdmCurveOptions *out, GError **error)
{
  TdmResultOptions numbers = { 0 };
  if (!tdm_cli_draws (options, &numbers, error))
    return FALSE;
  *out = (TdmCurveOptions){ .times_h = (const double *)(gconstpointer)grid->data,
                            .n_times = grid->len,
                            .draws = numbers.draws,
                            .seed = numbers.seed,
                            .residual = numbers.residual_bands,
                            .until_h = INFINITY };
  const TdmModel *model = tdm_problem_get_model (problem);
  if (!tdm_cli_check_name ("--output", options->output, model, error))
    return FALSE;
  if (options->output)
    out->output = (guint)tdm_model_find_output (model, options->output);
  if (!options->draws)
    out->draws = tdm_problem_get_draws (problem);
  return (double)out->draws * out->n_times <= MAX_VALUES
         || tdm_cli_usage (error,
                           "%u points with %u draws are too many; take fewer points or "
                           "fewer --draws",
                           out->n_times, out->draws);
}

/* As many draws as the curve's bands take. */
static TdmPosterior *
sample (const TdmCliOptions *options, const TdmFit *fit, const TdmCurveOptions *spec,
        GError **error)
{
  TdmResultOptions numbers = { 0 };
  if (!tdm_cli_draws (options, &numbers, error))
    return NULL;
  const TdmPosteriorOptions o = { .draws = spec->draws,
                                  .seed = spec->seed,
                                  .method = numbers.posterior };
  return tdm_posterior_new (fit, &o, NULL, error);
}

gboolean
tdm_cli_predict (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  g_autoptr (GArray) grid = g_array_new (FALSE, FALSE, sizeof (double));
  TdmCurveOptions spec;
  if (tdm_cli_is_data (options))
    return tdm_cli_data_predict (options, answer, error);
  if (!tdm_cli_load (options, &record, &model, error))
    return FALSE;
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, error);
  if (!problem || !make_grid (options, tdm_problem_get_adjust_h (problem), grid, error)
      || !curve_options (options, problem, grid, &spec, error))
    return FALSE;
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, error);
  g_autoptr (TdmPosterior) posterior = NULL;
  if (!fit || (spec.draws > 0 && !(posterior = sample (options, fit, &spec, error))))
    return FALSE;
  spec.posterior = posterior;
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &spec, NULL, error);
  if (!curve)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_prediction (model, curve, posterior), answer->text);
  else
    print_text (model, curve, answer->text);
  tdm_cli_answer_judge (answer, fit, NULL);
  return TRUE;
}
