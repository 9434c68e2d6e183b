/* titrate-cli fit: the MAP estimate. */
#include "cli/cli.h"

#include "base/number.h"
#include "base/unit.h"
#include "cli/data.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/words.h"
#include "num/normal.h"

#include <math.h>

/* An estimate needs no draws, but the result of which it is a part has curves. */
#define FEWEST_DRAWS 2

static void
print_effects (const TdmResult *result, GString *out)
{
  const TdmFit *fit = result->fit;
  const double *omega = tdm_problem_get_omega (fit->problem);
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrr");
  tdm_cli_table_add_row (table, "effect", "eta", "shrinkage", "percentile", NULL);
  for (guint i = 0; i < fit->n; i++)
    {
      double z = fit->eta[i] / sqrt (omega[i * fit->n + i]);
      tdm_cli_table_add_text (table, tdm_problem_get_effect_name (fit->problem, i));
      tdm_cli_table_add_number (table, fit->eta[i]);
      tdm_cli_table_add_number (table, fit->shrinkage[i]);
      tdm_cli_table_add_percent (table, tdm_normal_cdf (z));
    }
  g_string_append_c (out, '\n');
  tdm_cli_table_print (table, 0, out);
}

static void
print_parameters (const TdmResult *result, GString *out)
{
  const TdmFit *fit = result->fit;
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrl");
  tdm_cli_table_add_row (table, "parameter", "typical", "this patient", "unit", NULL);
  for (guint i = 0; i < tdm_model_get_n_parameters (result->model); i++)
    {
      const char *unit = tdm_model_get_parameter_unit (result->model, i);
      g_autofree char *shown = unit ? tdm_unit_display (unit) : NULL;
      tdm_cli_table_add_text (table, tdm_model_get_parameter_name (result->model, i));
      tdm_cli_table_add_number (table, fit->population[i]);
      tdm_cli_table_add_number (table, fit->individual[i]);
      tdm_cli_table_add_text (table, shown);
    }
  g_string_append_c (out, '\n');
  tdm_cli_table_print (table, 0, out);
}

static void
add_level (TdmCliTable *table, const TdmModel *model, const TdmFitLevel *level)
{
  static const char *const marks[] = {
    [TDM_CENSOR_NONE] = "", [TDM_CENSOR_BELOW] = "<", [TDM_CENSOR_ABOVE] = ">"
  };
  g_autofree char *unit =
      tdm_unit_display (tdm_model_get_output (model, level->output)->unit);
  g_autofree char *number = tdm_number_format (level->observed, 4);
  g_autofree char *observed = g_strconcat (marks[level->censor], number, NULL);
  tdm_cli_table_add_number (table, level->time_h);
  tdm_cli_table_add_text (table, observed);
  tdm_cli_table_add_number (table, level->population);
  tdm_cli_table_add_number (table, level->individual);
  tdm_cli_table_add_number (table, level->weighted_residual);
  tdm_cli_table_add_text (table, unit);
  tdm_cli_table_add_text (table, level->used ? NULL : "left out");
}

static void
print_levels (const TdmResult *result, GString *out)
{
  const TdmFit *fit = result->fit;
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("rrrrrll");
  tdm_cli_table_add_row (table, "hours", "observed", "typical", "this patient",
                         "weighted residual", "unit", "", NULL);
  if (fit->n_levels == 0)
    return;
  for (guint i = 0; i < fit->n_levels; i++)
    add_level (table, result->model, &fit->levels[i]);
  g_string_append_c (out, '\n');
  tdm_cli_table_print (table, 0, out);
}

static void
print_subpopulations (const TdmResult *result, GString *out)
{
  const TdmFit *fit = result->fit;
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrr");
  tdm_cli_table_add_row (table, "subpopulation", "chance before the levels", "after",
                         "objective", NULL);
  if (fit->n_subpopulations == 0)
    return;
  for (guint k = 0; k < fit->n_subpopulations; k++)
    {
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      tdm_cli_table_add_text (table,
                              tdm_model_get_subpopulation_name (result->model, k));
      tdm_cli_table_add_number (table, fit->subpopulations[k].prior);
      tdm_cli_table_add_number (table, fit->subpopulations[k].posterior);
      tdm_cli_table_add_number (table, own ? own->objective : NAN);
    }
  g_string_append_c (out, '\n');
  tdm_cli_table_print (table, 0, out);
}

static void
print_text (const TdmResult *result, GString *out)
{
  const TdmFit *fit = result->fit;
  const TdmModelText *text = tdm_model_get_text (result->model);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  g_autofree char *objective = tdm_number_format (fit->objective, 9);
  g_string_append_printf (out, "%s\n%s, sha256 %.12s\n\n%s\n", text->title, text->id,
                          tdm_model_get_sha256 (result->model), conclusion);
  print_effects (result, out);
  print_subpopulations (result, out);
  print_parameters (result, out);
  print_levels (result, out);
  g_string_append_printf (out,
                          "\nObjective %s; stopped by: %s; %u starts, %u distinct %s\n",
                          objective, tdm_stop_name (fit->stop), fit->starts,
                          fit->optima, fit->optima == 1 ? "optimum" : "optima");
  g_string_append_printf (out, "Advice: %s. %s\n",
                          tdm_advice_name (result->certificate->advice),
                          result->certificate->reason);
  tdm_cli_print_notes (result->notes, out);
}

gboolean
tdm_cli_fit (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  TdmResultOptions result_options = { 0 };
  const char *kind = options->covariance ? options->covariance : "exact";
  gboolean expected = g_str_equal (kind, "expected");
  if (!expected && !g_str_equal (kind, "exact"))
    return tdm_cli_usage (error, "--covariance: \"%s\" is neither exact nor expected",
                          kind);
  if (options->objective && !tdm_cli_is_data (options))
    return tdm_cli_usage (error, "--objective is for data, not for a case");
  if (options->draws && !tdm_cli_is_data (options))
    return tdm_cli_usage (error, "--draws is for --objective imp");
  if (tdm_cli_is_data (options))
    return tdm_cli_data_fit (options, expected, answer, error);
  if (!tdm_cli_draws (options, &result_options, error))
    return FALSE;
  result_options.draws = FEWEST_DRAWS;
  g_autoptr (TdmResult) result = tdm_cli_compute (options, &result_options, error);
  if (!result)
    return FALSE;
  if (options->json)
    tdm_cli_print_json (tdm_json_fit (result, expected), answer->text);
  else
    print_text (result, answer->text);
  tdm_cli_answer_judge (answer, result->fit, NULL);
  return TRUE;
}
