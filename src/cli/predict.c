/* titrate-cli predict: concentrations on a grid. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/unit.h"
#include "engine/result-json.h"

#include <math.h>

#define MAX_POINTS 1000000
#define DEFAULT_AFTER_H 48.0
#define DEFAULT_STEP_H 0.5

/* Hours from `from` to `to` (included when it is on the grid). */
static gboolean
make_grid (const TdmCliOptions *options, double last_h, GArray *grid, GError **error)
{
  double from, to, by;
  if (!tdm_cli_number ("--from", options->from, 0, &from, error)
      || !tdm_cli_number ("--to", options->to, last_h + DEFAULT_AFTER_H, &to, error)
      || !tdm_cli_number ("--by", options->by, DEFAULT_STEP_H, &by, error))
    return FALSE;
  if (!(by > 0) || !(to >= from) || (to - from) / by >= MAX_POINTS)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                   "--from, --to, --by: need from <= to, by > 0 and at most %d points",
                   MAX_POINTS);
      return FALSE;
    }
  guint n = 1 + (guint)floor ((to - from) / by * (1 + 1e-12) + 1e-9);
  for (guint i = 0; i < n; i++)
    {
      double t = from + i * by;
      g_array_append_val (grid, t);
    }
  return TRUE;
}

static void
print_text (const TdmModel *model, const TdmCurve *curve)
{
  g_autofree char *unit = tdm_unit_display (tdm_model_get_output (model, 0)->unit);
  gboolean bands = curve->individual_band[0] != NULL;
  g_print ("%10s %12s %12s", "hours", "typical", "this patient");
  if (bands)
    g_print (" %10s %10s %10s", "5 %", "50 %", "95 %");
  g_print ("   (%s)\n", unit);
  for (guint i = 0; i < curve->n; i++)
    {
      tdm_cli_print_number (10, curve->time_h[i]);
      tdm_cli_print_number (13, curve->population[i]);
      tdm_cli_print_number (13, curve->individual[i]);
      if (bands)
        {
          tdm_cli_print_number (11, curve->individual_band[TDM_BAND_5][i]);
          tdm_cli_print_number (11, curve->individual_band[TDM_BAND_50][i]);
          tdm_cli_print_number (11, curve->individual_band[TDM_BAND_95][i]);
        }
      g_print ("\n");
    }
}

gboolean
tdm_cli_predict (const TdmCliOptions *options, int *status, GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  g_autoptr (GArray) grid = g_array_new (FALSE, FALSE, sizeof (double));
  TdmResultOptions numbers = { 0 };
  if (!tdm_cli_draws (options, &numbers, error)
      || !tdm_cli_load (options, &record, &model, error))
    return FALSE;
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, error);
  if (!problem || !make_grid (options, tdm_problem_get_adjust_h (problem), grid, error))
    return FALSE;
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, error);
  if (!fit)
    return FALSE;
  const TdmCurveOptions curve_options = { .times_h = (const double *)(void *)grid->data,
                                          .n_times = grid->len,
                                          .draws = numbers.draws,
                                          .seed = numbers.seed,
                                          .residual = numbers.residual_bands,
                                          .until_h = INFINITY };
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &curve_options, NULL, error);
  if (!curve)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_prediction (model, curve));
  else
    print_text (model, curve);
  *status = fit->converged ? 0 : TDM_ERROR_NO_ANSWER;
  return TRUE;
}
