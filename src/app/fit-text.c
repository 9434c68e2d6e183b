#include "app/fit-text.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"

static GPtrArray *
table_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
}

static void
add_row (GPtrArray *table, const char *const *cells, guint n)
{
  char **row = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    row[i] = g_strdup (cells[i]);
  g_ptr_array_add (table, row);
}

static const char *
ordinal_suffix (int n)
{
  int tens = n / 10 % 10, ones = n % 10;

  if (tens == 1)
    return "th";
  return ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
}

char *
tdm_fit_text_percentile (double z)
{
  double percent = 50 * erfc (-z / G_SQRT2);
  int shown = (int)CLAMP (round (percent), 1, 99);
  const char *word = percent < 2.5    ? "very low"
                     : percent < 16   ? "low"
                     : percent > 97.5 ? "very high"
                     : percent > 84   ? "high"
                                      : "typical";

  return g_strdup_printf ("%s for such patients (%d%s percentile)", word, shown,
                          ordinal_suffix (shown));
}

/* The random effect of a parameter: the one of its name; -1 = none. */
static int
find_effect (const TdmModel *model, const char *parameter)
{
  for (guint i = 0; i < tdm_model_get_n_effects (model); i++)
    if (strcmp (tdm_model_get_effect_name (model, i), parameter) == 0)
      return (int)i;
  return -1;
}

/* The chance of each subpopulation, before the levels and now. */
static void
add_subpopulations (GPtrArray *table, const TdmResult *result)
{
  for (guint k = 0; k < result->fit->n_subpopulations; k++)
    {
      const TdmFitSubpopulation *one = &result->fit->subpopulations[k];
      g_autofree char *title =
          g_strdup_printf ("Chance of the subpopulation “%s”",
                           tdm_model_get_subpopulation_name (result->model, k));
      g_autofree char *prior = g_strdup_printf ("%.0f %%", 100 * one->prior);
      g_autofree char *posterior = g_strdup_printf ("%.0f %%", 100 * one->posterior);
      const char *cells[] = { title, prior, posterior, "", "" };
      add_row (table, cells, G_N_ELEMENTS (cells));
    }
}

GPtrArray *
tdm_fit_text_parameters (const TdmResult *result)
{
  static const char *const headings[] = { "Parameter", "Typical", "This patient",
                                          "How typical", "Learned" };
  const TdmFit *fit = result->fit;
  const double *omega = tdm_problem_get_omega (fit->problem);
  GPtrArray *table = table_new ();

  add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < tdm_model_get_n_parameters (result->model); i++)
    {
      const char *name = tdm_model_get_parameter_name (result->model, i);
      const char *unit = tdm_model_get_parameter_unit (result->model, i);
      int k = find_effect (result->model, name);
      if (k < 0 || (guint)k >= fit->n)
        continue;
      g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");
      g_autofree char *title =
          g_strdup_printf ("%s%s%s", name, shown[0] != '\0' ? ", " : "", shown);
      g_autofree char *typical = tdm_number_format (fit->population[i], 3);
      g_autofree char *own = tdm_number_format (fit->individual[i], 3);
      g_autofree char *words = tdm_fit_text_percentile (
          fit->eta[k] / sqrt (omega[(guint)k * fit->n + (guint)k]));
      g_autofree char *shrinkage =
          g_strdup_printf ("%.0f %%", 100 * MAX (fit->shrinkage[k], 0));
      const char *cells[] = { title, typical, own, words, shrinkage };
      add_row (table, cells, G_N_ELEMENTS (cells));
    }
  add_subpopulations (table, result);
  return table;
}

GPtrArray *
tdm_fit_text_levels (const TdmResult *result)
{
  static const char *const headings[] = { "Level drawn",   "Observed", "Before the fit",
                                          "After the fit", "Off by",   "" };
  const TdmFit *fit = result->fit;
  GDateTime *start = tdm_case_get_start (result->record);
  GPtrArray *table = table_new ();

  add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < fit->n_levels; i++)
    {
      const TdmFitLevel *level = &fit->levels[i];
      TdmMoment moment = { level->time_h, NULL };
      const char *unit = tdm_model_get_output (result->model, level->output)->unit;
      g_autofree char *shown = tdm_unit_display (unit);
      g_autofree char *time = tdm_moment_format_people (&moment, start);
      g_autofree char *number = tdm_number_format (level->observed, 4);
      g_autofree char *observed =
          g_strdup_printf ("%s%s %s",
                           level->censor == TDM_CENSOR_BELOW   ? "<"
                           : level->censor == TDM_CENSOR_ABOVE ? ">"
                                                               : "",
                           number, shown);
      g_autofree char *before = tdm_number_format (level->population, 3);
      g_autofree char *after = tdm_number_format (level->individual, 3);
      g_autofree char *off =
          level->censor == TDM_CENSOR_NONE
              ? g_strdup_printf ("%+.1f SD", level->weighted_residual)
              : g_strdup ("");
      const char *cells[] = { time,  observed, before,
                              after, off,      level->used ? "" : "left out" };
      add_row (table, cells, G_N_ELEMENTS (cells));
    }
  return table;
}

char *
tdm_fit_text_convergence (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  const char *why = fit->stop == TDM_STOP_GRADIENT ? "the gradient vanished"
                    : fit->stop == TDM_STOP_STEP   ? "no step improves it further"
                    : fit->stop == TDM_STOP_KINK ? "it rises on both sides of a corner"
                    : fit->stop == TDM_STOP_ITERATIONS ? "the iterations ran out"
                                                       : "no step could be computed";
  g_autofree char *objective = tdm_number_format (fit->objective, 6);
  g_autofree char *optima =
      fit->optima > 1 ? g_strdup_printf ("%u distinct optima were seen", fit->optima)
                      : g_strdup ("all starts agree on one optimum");

  if (fit->n_levels == 0)
    return g_strdup ("There is no level yet: this is what is expected of a typical "
                     "patient with these covariates.");
  return g_strdup_printf (
      "The estimate %s: %s after %u iterations; from %u starts, %s. "
      "Objective %s.",
      fit->converged ? "converged" : "did not converge", why, fit->iterations,
      fit->starts, optima, objective);
}
