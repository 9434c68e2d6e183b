#include "app/fit-text.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/numerics.h"

static GPtrArray *
table_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
}

void
tdm_fit_text_add_row (GPtrArray *table, const char *const *cells, guint n)
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
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
}

/* What a usual name of a parameter stands for; NULL for others. */
static const char *
parameter_words (const char *name)
{
  static const struct
  {
    const char *name, *words;
  } known[] = {
    { "CL", "Clearance" },
    { "V", "Volume" },
    { "V1", "Central volume" },
    { "V2", "Peripheral volume" },
    { "V3", "Deep volume" },
    { "Q", "Exchange with the periphery" },
    { "Q2", "Exchange with the periphery" },
    { "Q3", "Exchange with the deep volume" },
    { "KA", "Rate of absorption" },
    { "F", "Share absorbed" },
    { "F1", "Share absorbed" },
    { "TLAG", "Lag of absorption" },
    { "LAG", "Lag of absorption" },
    { "KTR", "Rate of transit" },
    { "MTT", "Mean transit time" },
    { "VMAX", "Largest rate of elimination" },
    { "KM", "Level at half of it" },
    { "KEL", "Rate of elimination" },
    { "EMAX", "Largest effect" },
    { "EC50", "Level at half the effect" },
    { "BASE", "Baseline" },
    { "E0", "Baseline" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      return known[i].words;
  return NULL;
}

/* "Clearance CL, L/h". Yours. */
static char *
parameter_title (const char *name, const char *unit)
{
  const char *words = parameter_words (name);
  g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");

  return g_strdup_printf ("%s%s%s%s%s", words != NULL ? words : "",
                          words != NULL ? " " : "", name, shown[0] != '\0' ? ", " : "",
                          shown);
}

/* How each occasion differs from this patient's others: "CL[2]". */
static void
add_occasions (GPtrArray *table, const TdmFit *fit)
{
  const double *omega = tdm_problem_get_omega (fit->problem);
  TdmModel *model = tdm_problem_get_model (fit->problem);

  for (guint k = tdm_model_get_n_effects (model); k < fit->n; k++)
    {
      g_autofree char *name = g_strdup (tdm_problem_get_effect_name (fit->problem, k));
      char *bracket = strchr (name, '[');
      if (bracket == NULL)
        continue;
      *bracket = '\0';
      g_autofree char *label = g_strndup (bracket + 1, strcspn (bracket + 1, "]"));
      g_autofree char *known = parameter_title (name, NULL);
      g_autofree char *title = g_strdup_printf ("%s, occasion %s", known, label);
      g_autofree char *words =
          tdm_fit_text_percentile (fit->eta[k] / sqrt (omega[k * fit->n + k]));
      g_autofree char *learned =
          g_strdup_printf ("%.0f %%", 100 * MAX (fit->shrinkage[k], 0));
      const char *cells[] = { title, "", "", words, learned };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
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

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < tdm_model_get_n_parameters (result->model); i++)
    {
      const char *name = tdm_model_get_parameter_name (result->model, i);
      const char *unit = tdm_model_get_parameter_unit (result->model, i);
      int k = find_effect (result->model, name);
      if (k < 0 || (guint)k >= fit->n)
        continue;
      g_autofree char *title = parameter_title (name, unit);
      g_autofree char *typical = tdm_number_format (fit->population[i], 3);
      g_autofree char *own = tdm_number_format (fit->individual[i], 3);
      g_autofree char *words = tdm_fit_text_percentile (
          fit->eta[k] / sqrt (omega[(guint)k * fit->n + (guint)k]));
      g_autofree char *shrinkage =
          g_strdup_printf ("%.0f %%", 100 * MAX (fit->shrinkage[k], 0));
      const char *cells[] = { title, typical, own, words, shrinkage };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
  add_occasions (table, fit);
  add_subpopulations (table, result);
  return table;
}

/* "2026-03-03 10:00", or where it is not known better, "2026-03-03 10:00 – 11:30". */
static char *
drawn_text (const TdmProblemLevel *level, GDateTime *start)
{
  const TdmMoment from = { level->from_h, NULL }, to = { level->to_h, NULL };
  g_autofree char *first = tdm_moment_format_people (&from, start);

  if (!(level->to_h > level->from_h))
    return g_steal_pointer (&first);
  g_autofree char *last = tdm_moment_format_near (&to, &from, start);
  return g_strdup_printf ("%s – %s", first, last);
}

GPtrArray *
tdm_fit_text_levels (const TdmResult *result)
{
  static const char *const headings[] = { "Level drawn",   "Observed", "Before the fit",
                                          "After the fit", "Off by",   "" };
  const TdmFit *fit = result->fit;
  GDateTime *start = tdm_case_get_start (result->record);
  GPtrArray *table = table_new ();

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < fit->n_levels; i++)
    {
      const TdmFitLevel *level = &fit->levels[i];
      const char *unit = tdm_model_get_output (result->model, level->output)->unit;
      g_autofree char *shown = tdm_unit_display (unit);
      g_autofree char *time =
          drawn_text (tdm_problem_get_level (fit->problem, i), start);
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
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
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

  g_autofree char *numerics = tdm_numerics_sentence (fit);
  if (fit->n_levels == 0)
    return g_strdup ("There is no level yet: this is what is expected of a typical "
                     "patient with these covariates.");
  return g_strdup_printf (
      "The estimate %s: %s after %u iterations; from %u starts, %s. "
      "Objective %s. %s",
      fit->converged ? "converged" : "did not converge", why, fit->iterations,
      fit->starts, optima, objective, numerics);
}

static char *
number_or_dash (double value, int digits)
{
  return isfinite (value) ? tdm_number_format (value, digits) : g_strdup ("–");
}

const char *
tdm_fit_text_verdict (const TdmResult *result)
{
  static const char *const verdicts[] = { "Advice is given",
                                          "Advice is given with caution",
                                          "Advice is withheld" };
  return verdicts[result->certificate->advice];
}

char *
tdm_fit_text_advice (const TdmResult *result)
{
  return g_strdup_printf ("%s: %s", tdm_fit_text_verdict (result),
                          result->certificate->reason);
}

char *
tdm_fit_text_posterior (const TdmResult *result)
{
  const TdmPosterior *posterior = result->posterior;
  g_autofree char *worth = number_or_dash (posterior->ess, 3);
  g_autofree char *rhat = number_or_dash (posterior->rhat, 4);
  g_autofree char *k = number_or_dash (posterior->pareto_k, 2);

  if (posterior->prior)
    return g_strdup_printf ("Bands and chances: %u patients like this one.",
                            posterior->draws);
  if (posterior->method == TDM_POSTERIOR_LAPLACE)
    return g_strdup_printf ("Bands and chances: a normal approximation, %u draws.",
                            posterior->draws);
  if (posterior->method == TDM_POSTERIOR_HMC)
    return g_strdup_printf ("Bands and chances: %u Markov chains, worth %s independent "
                            "draws (R-hat %s%s).",
                            posterior->chains, worth, rhat,
                            posterior->divergences > 0 ? ", some diverged" : "");
  return g_strdup_printf ("Bands and chances: importance sampling, %u proposals worth "
                          "%s independent draws (Pareto k %s).",
                          posterior->proposals, worth, k);
}

static void
add_finding (GPtrArray *table, const char *what, char *finding)
{
  const char *cells[] = { what, finding };

  tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
  g_free (finding);
}

/* The level that moves the estimate most. */
static char *
influence_text (const TdmCertificate *certificate)
{
  int most = -1;

  for (guint i = 0; i < certificate->n_levels; i++)
    {
      double influence = certificate->levels[i].influence;
      if (!isnan (influence)
          && (most < 0 || influence > certificate->levels[most].influence))
        most = (int)i;
    }
  if (most < 0)
    return g_strdup ("no level");
  g_autofree char *moves = number_or_dash (certificate->levels[most].influence, 2);
  return g_strdup_printf ("level %d: without it, %s SD", most + 1, moves);
}

static void
add_level_findings (GPtrArray *table, const TdmCertificate *certificate)
{
  for (guint i = 0; i < certificate->n_levels; i++)
    {
      double percent = 100 * certificate->levels[i].prior_percentile;
      if (isnan (percent))
        continue;
      g_autofree char *what = g_strdup_printf ("Level %u was to be expected", i + 1);
      g_autofree char *shown = number_or_dash (percent, 2);
      add_finding (table, what, g_strdup_printf ("percentile %s", shown));
    }
}

GPtrArray *
tdm_fit_text_certificate (const TdmResult *result)
{
  static const char *const headings[] = { "What was looked at", "Finding" };
  const TdmCertificate *certificate = result->certificate;
  const TdmFit *fit = result->fit;
  GPtrArray *table = table_new ();
  g_autofree char *gradient = number_or_dash (fit->gradient_norm, 2);
  g_autofree char *gap = number_or_dash (fit->second_best - fit->objective, 2);
  g_autofree char *joint = number_or_dash (100 * certificate->joint_percentile, 2);

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  add_finding (table, "Gradient where it stopped", g_strdup (gradient));
  add_finding (table, "Distinct optima",
               fit->optima > 1 ? g_strdup_printf ("%u, the second %s above the best",
                                                  fit->optima, gap)
                               : g_strdup ("1"));
  if (certificate->n > 0)
    {
      g_autofree char *flattest = number_or_dash (certificate->eigenvalues[0], 3);
      g_autofree char *steepest =
          number_or_dash (certificate->eigenvalues[certificate->n - 1], 3);
      add_finding (table, "Curvature (1 = the levels say nothing)",
                   g_strdup_printf ("%s to %s", flattest, steepest));
      add_finding (table, "Typical, all parameters together",
                   g_strdup_printf ("further out than %s %% of patients", joint));
      add_finding (table, "Learned from the levels",
                   g_strdup_printf ("%.0f %%", 100 * MAX (certificate->learned, 0)));
    }
  add_level_findings (table, certificate);
  add_finding (table, "Most influential", influence_text (certificate));
  return table;
}
