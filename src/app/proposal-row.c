#include "app/proposal-row.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/unit.h"
#include "engine/target.h"
#include "engine/words.h"

#define HOURS_IN_WEEK 168.0

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
amount_text (const TdmResult *result, double mg, int digits)
{
  double value = tdm_salt_amount (salt_of (result), mg);

  if (salt_of (result) == NULL
      && !tdm_unit_convert (mg, tdm_model_get_amount_unit (result->model),
                            dose_unit (result),
                            tdm_model_get_molar_mass (result->model), &value, NULL))
    value = mg;
  return tdm_number_format (value, digits);
}

/* Body weight in kg at the adjust time; NAN when the model does not know it. */
static double
weight_kg (const TdmResult *result)
{
  TdmProblem *problem = result->fit->problem;
  int wt = tdm_model_find_covariate (result->model, "WT");

  if (wt < 0)
    return NAN;
  return tdm_problem_get_covariate_at (problem, wt, tdm_problem_get_adjust_h (problem));
}

gboolean
tdm_proposal_has_own_metric (const TdmResult *result)
{
  TdmMetricKind metric = result->proposals->target.metric;

  return metric != TDM_METRIC_NONE && metric != TDM_METRIC_TROUGH
         && metric != TDM_METRIC_PEAK && metric != TDM_METRIC_AUC24;
}

const char *
tdm_proposal_metric_title (const TdmResult *result)
{
  static const char *const titles[TDM_METRIC_LAST + 1] = {
    [TDM_METRIC_AVERAGE] = "Average",        [TDM_METRIC_AUC] = "AUC",
    [TDM_METRIC_CUMULATIVE_AUC] = "AUC sum", [TDM_METRIC_TIME_ABOVE] = "Above for",
    [TDM_METRIC_TIME_BELOW] = "Below for",   [TDM_METRIC_TIME_TO_BELOW] = "Below after",
    [TDM_METRIC_PEAK_MIC] = "Peak/MIC",      [TDM_METRIC_AUC_MIC] = "AUC/MIC",
  };
  const char *title = titles[result->proposals->target.metric];

  return title != NULL ? title : "Target";
}

char *
tdm_proposal_metric_number (const TdmResult *result, double value)
{
  if (!isfinite (value))
    return g_strdup ("never");
  return tdm_number_format (
      tdm_metric_is_share (result->proposals->target.metric) ? 100 * value : value, 3);
}

char *
tdm_proposal_metric_unit (const TdmResult *result)
{
  const char *unit = result->proposals->target_unit;

  if (tdm_metric_is_share (result->proposals->target.metric))
    return g_strdup ("%");
  return unit != NULL ? tdm_unit_display (unit) : g_strdup ("");
}

/* An alarm at the window's own limit says no more than that does. */
static gboolean
has_alarm (const TdmResult *result, TdmColumn column)
{
  const TdmProposals *proposals = result->proposals;
  const gboolean low = column == TDM_COLUMN_ALARM_LOW;
  const double alarm = low ? proposals->alarm_low : proposals->alarm_high;
  g_auto (TdmResolvedTarget) target = { 0 };

  return isfinite (alarm)
         && tdm_target_resolve (result->fit->problem, &proposals->target, &target, NULL)
         && alarm != (low ? target.low : target.high);
}

gboolean
tdm_proposal_is_shown (const TdmResult *result, guint index, TdmProposalRows rows)
{
  guint first = regimen_at (result, 0)->is_current ? 1 : 0;

  return rows == TDM_ROWS_ALL || (int)index == result->chosen_index
         || regimen_at (result, index)->is_current
         || (rows == TDM_ROWS_BEST
                 ? index == first
                 : tdm_proposals_leads_interval (result->proposals, index));
}

/* The same regimen without its loading dose and its pause, among the others; or NULL.
 */
static const TdmRegimen *
plain_twin (const TdmResult *result, const TdmRegimen *regimen)
{
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *other = regimen_at (result, i);
      if (other->loading_mg == 0 && other->hold_h == 0 && other->has_days
          && other->route == regimen->route && other->salt == regimen->salt
          && other->amount_mg == regimen->amount_mg
          && other->interval_h == regimen->interval_h
          && other->duration_h == regimen->duration_h && !other->is_current)
        return other;
    }
  return NULL;
}

/* What a loading dose or a pause is good for: the steady state does not know of it. */
char *
tdm_proposal_course (const TdmResult *result, guint index)
{
  const TdmRegimen *regimen = regimen_at (result, index);
  g_autofree char *course = tdm_words_course (regimen);

  if (!regimen->has_days || (regimen->loading_mg == 0 && regimen->hold_h == 0))
    return g_steal_pointer (&course);
  const TdmRegimen *plain = plain_twin (result, regimen);
  g_autofree char *early = tdm_percent_text (regimen->days[0].within);
  g_autofree char *without =
      plain != NULL ? tdm_percent_text (plain->days[0].within) : NULL;
  return g_strdup_printf ("%s; within on the first day %s%s%s", course, early,
                          without != NULL ? ", without it " : "",
                          without != NULL ? without : "");
}

char *
tdm_proposal_continuous (const TdmResult *result)
{
  const TdmContinuous *best = &result->proposals->continuous;

  if (best->amount_mg <= 0)
    return NULL;
  g_autofree char *amount =
      tdm_number_format (tdm_salt_amount (salt_of (result), best->amount_mg), 4);
  g_autofree char *unit = tdm_unit_display (tdm_salt_unit (salt_of (result)));
  g_autofree char *interval = tdm_words_interval (best->interval_h);
  g_autofree char *within = tdm_percent_text (best->p_within);
  return g_strdup_printf ("For comparison, were there any amount: %s %s every %s, "
                          "within %s",
                          amount, unit, interval, within);
}

/* What stands by the kilogram, and by the day, makes room for alarms and the target. */
gboolean
tdm_proposal_has_column (const TdmResult *result, TdmColumn column)
{
  const GPtrArray *regimens = result->proposals->regimens;
  const guint alarms = has_alarm (result, TDM_COLUMN_ALARM_LOW)
                       + has_alarm (result, TDM_COLUMN_ALARM_HIGH);
  const guint own = tdm_proposal_has_own_metric (result);

  if (column == TDM_COLUMN_ALARM_LOW || column == TDM_COLUMN_ALARM_HIGH)
    return has_alarm (result, column);
  if (column == TDM_COLUMN_TARGET)
    return own > 0;
  if (column == TDM_COLUMN_AUC24)
    return !tdm_model_get_output (result->model, result->proposals->output)->effect;
  if (column == TDM_COLUMN_PER_KG)
    return alarms + own == 0 && isfinite (weight_kg (result));
  if (column == TDM_COLUMN_PER_DAY)
    return alarms + own < 2;
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
  static const char *const titles[TDM_COLUMN_N] = {
    [TDM_COLUMN_DOSE] = "Dose",       [TDM_COLUMN_INTERVAL] = "Every",
    [TDM_COLUMN_DURATION] = "Over",   [TDM_COLUMN_TROUGH] = "Trough",
    [TDM_COLUMN_PEAK] = "Peak",       [TDM_COLUMN_AUC24] = "AUC24",
    [TDM_COLUMN_TARGET] = "",         [TDM_COLUMN_BELOW] = "below",
    [TDM_COLUMN_WITHIN] = "within",   [TDM_COLUMN_ABOVE] = "above",
    [TDM_COLUMN_ALARM_LOW] = "<",     [TDM_COLUMN_ALARM_HIGH] = ">",
    [TDM_COLUMN_PER_DAY] = "Per day", [TDM_COLUMN_PER_KG] = "Per kg",
  };
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
    case TDM_COLUMN_ALARM_LOW:
    case TDM_COLUMN_ALARM_HIGH:
      {
        g_autofree char *limit = tdm_number_format (column == TDM_COLUMN_ALARM_LOW
                                                        ? result->proposals->alarm_low
                                                        : result->proposals->alarm_high,
                                                    4);
        return g_strdup_printf ("alarm\n%s %s", titles[column], limit);
      }
    case TDM_COLUMN_TARGET:
      {
        g_autofree char *own = tdm_proposal_metric_unit (result);
        return g_strdup_printf ("%s\n%s", tdm_proposal_metric_title (result), own);
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

/* "12 h", "2 wk". */
static char *
interval_text (double hours)
{
  const double weeks = hours / HOURS_IN_WEEK;
  g_autofree char *number = tdm_number_format (MAX (weeks, 1), 4);

  return weeks >= 1 && weeks == round (weeks) ? g_strdup_printf ("%s wk", number)
                                              : hours_text (hours);
}

char *
tdm_proposal_text (const TdmResult *result, guint index, TdmColumn column)
{
  const TdmRegimen *regimen = regimen_at (result, index);
  const gboolean none = regimen->amount_mg <= 0;

  switch (column)
    {
    case TDM_COLUMN_DOSE:
      if (none)
        return g_strdup ("none");
      if (regimen->salt != salt_of (result))
        return tdm_words_amount (regimen->salt, regimen->amount_mg);
      else
        {
          g_autofree char *amount = amount_text (result, regimen->amount_mg, 6);
          g_autofree char *unit = tdm_unit_display (dose_unit (result));
          return g_strdup_printf ("%s %s", amount, unit);
        }
    case TDM_COLUMN_INTERVAL:
      return none ? g_strdup ("") : interval_text (regimen->interval_h);
    case TDM_COLUMN_DURATION:
      return hours_text (regimen->duration_h);
    case TDM_COLUMN_TROUGH:
      return tdm_number_format (regimen->metrics.trough, 3);
    case TDM_COLUMN_PEAK:
      return tdm_number_format (regimen->metrics.peak, 3);
    case TDM_COLUMN_AUC24:
      return tdm_number_format (regimen->metrics.auc24, 3);
    case TDM_COLUMN_TARGET:
      return tdm_proposal_metric_number (result, regimen->metrics.target);
    case TDM_COLUMN_BELOW:
      return tdm_percent_text (regimen->p_below);
    case TDM_COLUMN_WITHIN:
      return tdm_percent_text (regimen->p_within);
    case TDM_COLUMN_ABOVE:
      return tdm_percent_text (regimen->p_above);
    case TDM_COLUMN_ALARM_LOW:
      return tdm_percent_text (regimen->p_alarm_low);
    case TDM_COLUMN_ALARM_HIGH:
      return tdm_percent_text (regimen->p_alarm_high);
    case TDM_COLUMN_PER_DAY:
      if (none || regimen->interval_h <= 0)
        return g_strdup ("");
      /* Divided by an interval: more than four digits are noise. */
      return amount_text (result, regimen->amount_mg * 24 / regimen->interval_h, 4);
    case TDM_COLUMN_PER_KG:
    default:
      if (none || regimen->interval_h <= 0 || !isfinite (weight_kg (result)))
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
  const gboolean none = regimen->amount_mg <= 0;
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

  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
                          "%s%s: trough %s %s, peak %s %s, AUC24 %s %s, chance below "
                          "the target %s, within %s, above %s",
                          regimen->is_current && !none ? "Keep current, " : "", words,
                          trough, shown, peak, shown, auc, area, below, within, above);
  if (tdm_proposal_has_own_metric (result))
    {
      g_autofree char *own = tdm_proposal_text (result, index, TDM_COLUMN_TARGET);
      g_autofree char *own_unit = tdm_proposal_metric_unit (result);
      g_string_append_printf (out, ", %s %s%s%s",
                              tdm_words_metric (result->proposals->target.metric), own,
                              own_unit[0] != '\0' ? " " : "", own_unit);
    }
  for (TdmColumn c = TDM_COLUMN_ALARM_LOW; c <= TDM_COLUMN_ALARM_HIGH; c++)
    if (has_alarm (result, c))
      {
        g_autofree char *chance = tdm_proposal_text (result, index, c);
        g_string_append_printf (out, ", %s the alarm limit %s",
                                c == TDM_COLUMN_ALARM_LOW ? "below" : "above", chance);
      }
  return g_string_free (out, FALSE);
}
