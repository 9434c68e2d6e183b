#include "app/proposal-row.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/unit.h"
#include "engine/target.h"
#include "engine/words.h"

static const TdmRegimen *
regimen_at (const TdmResult *result, guint index)
{
  return g_ptr_array_index (result->proposals->regimens, index);
}

char *
tdm_percent_text (double fraction)
{
  if (fraction > 0 && fraction < 0.005)
    return g_strdup ("<1 %");
  if (fraction < 1 && fraction > 0.995)
    return g_strdup (">99 %");
  return g_strdup_printf ("%.0f %%", fraction * 100);
}

/* "mg·h/L" for "mg/L". */
static char *
area_unit (const char *unit)
{
  g_autofree char *area = tdm_target_area_unit (unit);

  return tdm_unit_display (area);
}

/* Which salt the doses are of; NULL = as the model counts. */
static const TdmModelSalt *
salt_of (const TdmResult *result)
{
  return tdm_problem_get_current (result->fit->problem).salt;
}

/* The unit in which doses are shown: that of what can be given. */
static const char *
dose_unit (const TdmResult *result)
{
  double value;

  if (salt_of (result) != NULL)
    return tdm_salt_unit (salt_of (result));
  if (tdm_model_get_n_dosings (result->model) == 0)
    return tdm_model_get_amount_unit (result->model);
  const char *unit = tdm_model_get_dosing (result->model, 0)->unit;
  const char *own = tdm_model_get_amount_unit (result->model);
  return tdm_unit_convert (1, own, unit, tdm_model_get_molar_mass (result->model),
                           &value, NULL)
             ? unit
             : own;
}

static char *
amount_text (const TdmResult *result, double mg)
{
  double value = tdm_salt_amount (salt_of (result), mg);

  if (salt_of (result) == NULL
      && !tdm_unit_convert (mg, tdm_model_get_amount_unit (result->model),
                            dose_unit (result),
                            tdm_model_get_molar_mass (result->model), &value, NULL))
    value = mg;
  /* Daily amounts divide by an interval: more than four digits are noise. */
  return tdm_number_format (value, 5);
}

/* Body weight in kg at the adjust time; NAN when the model does not know it. */
static double
weight_kg (const TdmResult *result)
{
  TdmProblem *problem = result->fit->problem;
  int wt = tdm_model_find_covariate (result->model, "WT");

  if (wt < 0)
    return NAN;
  return tdm_problem_get_covariates_at (problem,
                                        tdm_problem_get_adjust_h (problem))[wt];
}

gboolean
tdm_proposal_has_column (const TdmResult *result, TdmColumn column)
{
  const GPtrArray *regimens = result->proposals->regimens;

  if (column == TDM_COLUMN_PER_KG)
    return isfinite (weight_kg (result));
  if (column != TDM_COLUMN_DURATION)
    return TRUE;
  for (guint i = 0; i < regimens->len; i++)
    if (regimen_at (result, i)->duration_h > 0)
      return TRUE;
  return FALSE;
}

char *
tdm_proposal_heading (const TdmResult *result, TdmColumn column)
{
  static const char *const titles[TDM_COLUMN_N] = { "Dose",    "Every",  "Over",
                                                    "Trough",  "Peak",   "AUC24",
                                                    "below",   "within", "above",
                                                    "Per day", "Per kg" };
  const char *unit =
      tdm_model_get_output (result->model, result->proposals->output)->unit;
  g_autofree char *shown = tdm_unit_display (unit);
  g_autofree char *dose = tdm_unit_display (dose_unit (result));

  switch (column)
    {
    case TDM_COLUMN_TROUGH:
    case TDM_COLUMN_PEAK:
      return g_strdup_printf ("%s\n%s", titles[column], shown);
    case TDM_COLUMN_AUC24:
      {
        g_autofree char *area = area_unit (unit);
        return g_strdup_printf ("%s\n%s", titles[column], area);
      }
    case TDM_COLUMN_PER_DAY:
      return g_strdup_printf ("%s\n%s", titles[column], dose);
    case TDM_COLUMN_PER_KG:
      return g_strdup_printf ("%s\n%s/kg", titles[column], dose);
    default:
      return g_strdup (titles[column]);
    }
}

static char *
hours_text (double hours)
{
  g_autofree char *number = tdm_number_format (hours, 4);

  return hours > 0 ? g_strdup_printf ("%s h", number) : g_strdup ("");
}

char *
tdm_proposal_text (const TdmResult *result, guint index, TdmColumn column)
{
  const TdmRegimen *regimen = regimen_at (result, index);

  switch (column)
    {
    case TDM_COLUMN_DOSE:
      {
        g_autofree char *amount = amount_text (result, regimen->amount_mg);
        g_autofree char *unit = tdm_unit_display (dose_unit (result));
        return g_strdup_printf ("%s %s", amount, unit);
      }
    case TDM_COLUMN_INTERVAL:
      return hours_text (regimen->interval_h);
    case TDM_COLUMN_DURATION:
      return hours_text (regimen->duration_h);
    case TDM_COLUMN_TROUGH:
      return tdm_number_format (regimen->metrics.trough, 3);
    case TDM_COLUMN_PEAK:
      return tdm_number_format (regimen->metrics.peak, 3);
    case TDM_COLUMN_AUC24:
      return tdm_number_format (regimen->metrics.auc24, 3);
    case TDM_COLUMN_BELOW:
      return tdm_percent_text (regimen->p_below);
    case TDM_COLUMN_WITHIN:
      return tdm_percent_text (regimen->p_within);
    case TDM_COLUMN_ABOVE:
      return tdm_percent_text (regimen->p_above);
    case TDM_COLUMN_PER_DAY:
      if (regimen->interval_h <= 0)
        return g_strdup ("");
      return amount_text (result, regimen->amount_mg * 24 / regimen->interval_h);
    case TDM_COLUMN_PER_KG:
    default:
      if (regimen->interval_h <= 0 || !isfinite (weight_kg (result)))
        return g_strdup ("");
      return tdm_number_format (tdm_salt_amount (regimen->salt, regimen->amount_mg) * 24
                                    / regimen->interval_h / weight_kg (result),
                                3);
    }
}

char *
tdm_proposal_sentence (const TdmResult *result, guint index)
{
  const TdmRegimen *regimen = regimen_at (result, index);
  const char *unit =
      tdm_model_get_output (result->model, result->proposals->output)->unit;
  g_autofree char *words = tdm_words_regimen (regimen);
  g_autofree char *shown = tdm_unit_display (unit);
  g_autofree char *trough = tdm_proposal_text (result, index, TDM_COLUMN_TROUGH);
  g_autofree char *peak = tdm_proposal_text (result, index, TDM_COLUMN_PEAK);
  g_autofree char *auc = tdm_proposal_text (result, index, TDM_COLUMN_AUC24);
  g_autofree char *area = area_unit (unit);
  g_autofree char *below = tdm_percent_text (regimen->p_below);
  g_autofree char *within = tdm_percent_text (regimen->p_within);
  g_autofree char *above = tdm_percent_text (regimen->p_above);

  return g_strdup_printf ("%s%s: trough %s %s, peak %s %s, AUC24 %s %s, chance below "
                          "the target %s, within %s, above %s",
                          regimen->is_current ? "Keep current, " : "", words, trough,
                          shown, peak, shown, auc, area, below, within, above);
}
