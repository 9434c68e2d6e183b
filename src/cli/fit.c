/* titrate-cli fit: the MAP estimate. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/result-json.h"
#include "engine/words.h"
#include "num/normal.h"

#include <math.h>

static void
print_effects (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  const double *omega = tdm_problem_get_omega (fit->problem);
  g_print ("\n%-10s %10s %10s %12s\n", "effect", "eta", "shrinkage", "percentile");
  for (guint i = 0; i < fit->n; i++)
    {
      double z = fit->eta[i] / sqrt (omega[i * fit->n + i]);
      g_print ("%-10s", tdm_model_get_effect_name (result->model, i));
      tdm_cli_print_number (11, fit->eta[i]);
      tdm_cli_print_number (11, fit->shrinkage[i]);
      tdm_cli_print_number (13, 100 * tdm_normal_cdf (z));
      g_print ("\n");
    }
}

static void
print_parameters (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  g_print ("\n%-10s %10s %12s  %s\n", "parameter", "typical", "this patient", "unit");
  for (guint i = 0; i < tdm_model_get_n_parameters (result->model); i++)
    {
      const char *unit = tdm_model_get_parameter_unit (result->model, i);
      g_autofree char *shown = unit ? tdm_unit_display (unit) : g_strdup ("");
      g_print ("%-10s", tdm_model_get_parameter_name (result->model, i));
      tdm_cli_print_number (11, fit->population[i]);
      tdm_cli_print_number (13, fit->individual[i]);
      g_print ("  %s\n", shown);
    }
}

static void
print_levels (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  if (fit->n_levels > 0)
    g_print ("\n%8s %10s %10s %12s %10s  %s\n", "hours", "observed", "typical",
             "this patient", "residual", "unit");
  for (guint i = 0; i < fit->n_levels; i++)
    {
      const TdmFitLevel *level = &fit->levels[i];
      const char *unit = tdm_model_get_output (result->model, level->output)->unit;
      g_autofree char *shown = tdm_unit_display (unit);
      tdm_cli_print_number (8, level->time_h);
      tdm_cli_print_number (11, level->observed);
      tdm_cli_print_number (11, level->population);
      tdm_cli_print_number (13, level->individual);
      tdm_cli_print_number (11, level->weighted_residual);
      g_print ("  %s%s\n", shown, level->used ? "" : "  (left out)");
    }
}

static void
print_text (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  const TdmModelText *text = tdm_model_get_text (result->model);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  g_print ("%s (%s, sha256 %.12s)\n\n%s\n", text->title, text->id,
           tdm_model_get_sha256 (result->model), conclusion);
  print_effects (result);
  print_parameters (result);
  print_levels (result);
  g_print ("\nobjective %.9g; stopped by: %s; %u starts, %u distinct %s\n",
           fit->objective, tdm_stop_name (fit->stop), fit->starts, fit->optima,
           fit->optima == 1 ? "optimum" : "optima");
  tdm_cli_print_notes (result->notes);
}

gboolean
tdm_cli_fit (const TdmCliOptions *options, int *status, GError **error)
{
  const char *kind = options->covariance ? options->covariance : "exact";
  if (!g_str_equal (kind, "exact") && !g_str_equal (kind, "expected"))
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_USAGE,
                   "--covariance: \"%s\" is neither exact nor expected", kind);
      return FALSE;
    }
  g_autoptr (TdmResult) result = tdm_cli_compute (options, error);
  if (!result)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_fit (result, g_str_equal (kind, "expected")));
  else
    print_text (result);
  *status = result->fit->converged ? 0 : TDM_ERROR_NO_ANSWER;
  return TRUE;
}
