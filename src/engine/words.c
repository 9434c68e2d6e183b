/* Sentences made from a result. Numbers go through the one formatter. */
#include "engine/words.h"

#include "base/number.h"
#include "base/unit.h"
#include "engine/target.h"

#include <math.h>
#include <string.h>

/* A parameter within this much of the typical value is called typical. */
#define TYPICAL_PERCENT 5.0

const char *
tdm_words_metric (TdmMetricKind metric)
{
  switch (metric)
    {
    case TDM_METRIC_TROUGH:
      return "the trough";
    case TDM_METRIC_PEAK:
      return "the peak";
    case TDM_METRIC_AVERAGE:
      return "the average concentration";
    case TDM_METRIC_AUC24:
      return "AUC24";
    case TDM_METRIC_AUC:
      return "the AUC";
    case TDM_METRIC_CUMULATIVE_AUC:
      return "the cumulative AUC";
    case TDM_METRIC_TIME_ABOVE:
      return "the time above the threshold";
    case TDM_METRIC_TIME_BELOW:
      return "the time below the threshold";
    case TDM_METRIC_TIME_TO_BELOW:
      return "the time until below the threshold";
    case TDM_METRIC_PEAK_MIC:
      return "peak/MIC";
    case TDM_METRIC_AUC_MIC:
      return "AUC24/MIC";
    case TDM_METRIC_NONE:
      return "the target";
    }
  g_assert_not_reached ();
}

/* "mg·h/L", "" for ratios; a share of time is shown in percent. */
static char *
shown_unit (const TdmResolvedTarget *target)
{
  if (tdm_metric_is_share (target->metric))
    return g_strdup ("%");
  return g_str_equal (target->unit, "1") ? g_strdup ("")
                                         : tdm_unit_display (target->unit);
}

static char *
shown_number (const TdmResolvedTarget *target, double value, int digits)
{
  if (isinf (value))
    return NULL;
  return tdm_number_format (tdm_metric_is_share (target->metric) ? 100 * value : value,
                            digits);
}

/* "412 h", "87 %"; a threshold that is never passed has no time. */
static char *
shown_value (const TdmResolvedTarget *target, double value)
{
  if (isinf (value))
    return g_strdup ("longer than the interval");
  g_autofree char *number = shown_number (target, value, 3);
  g_autofree char *unit = shown_unit (target);
  return g_strconcat (number, *unit ? " " : "", unit, NULL);
}

/* What follows "the target": "400–600 mg·h/L", "of at most 1 mg/L", "of at least 8". */
static char *
window_text (const TdmResolvedTarget *target)
{
  g_autofree char *unit = shown_unit (target);
  const char *space = *unit ? " " : "";
  g_autofree char *low = shown_number (target, target->low, 4);
  g_autofree char *high = shown_number (target, target->high, 4);
  if (!low)
    return g_strdup_printf ("of at most %s%s%s", high, space, unit);
  if (!high)
    return g_strdup_printf ("of at least %s%s%s", low, space, unit);
  return g_strdup_printf ("%s–%s%s%s", low, high, space, unit);
}

static const char *
when_text (const TdmResolvedTarget *target)
{
  if (target->has_span)
    return " over the named times";
  if (target->at_steady_state)
    return " at steady state";
  return target->metric == TDM_METRIC_TIME_TO_BELOW ? " from the named time"
                                                    : " at the named time";
}

/* "Clearance is 38 % below what is typical for this patient". */
static char *
clearance_sentence (const TdmResult *result)
{
  const TdmFit *fit = result->fit;
  TdmModel *model = result->model;
  for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
    {
      const char *name = tdm_model_get_parameter_name (model, i);
      if (!g_str_equal (name, "CL") && !g_str_equal (name, "CLIN"))
        continue;
      double percent = 100 * (fit->individual[i] / fit->population[i] - 1);
      if (fabs (percent) < TYPICAL_PERCENT)
        return g_strdup ("Clearance is typical for a patient like this one");
      return g_strdup_printf ("Clearance is %.0f %% %s what is typical for a patient "
                              "like this one",
                              fabs (percent), percent < 0 ? "below" : "above");
    }
  return NULL;
}

/* "This patient is probably of the subpopulation “slow” (87 %). " */
static void
append_subpopulation (GString *out, const TdmFit *fit)
{
  if (fit->n_subpopulations == 0)
    return;
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  g_string_append_printf (
      out, "This patient is most probably of the subpopulation “%s” (%.0f %%). ",
      tdm_model_get_subpopulation_name (model, fit->subpopulation),
      100 * fit->subpopulations[fit->subpopulation].posterior);
}

static gboolean
has_used_level (const TdmFit *fit)
{
  for (guint i = 0; i < fit->n_levels; i++)
    if (fit->levels[i].used)
      return TRUE;
  return FALSE;
}

/* " of INR": which output it is, where the model has several; else nothing. */
static char *
of_what (const TdmResult *result)
{
  const TdmModelOutput *output =
      tdm_model_get_output (result->model, result->proposals->output);
  return tdm_model_get_n_outputs (result->model) > 1
             ? g_strdup_printf (" of %s", output->title)
             : g_strdup ("");
}

/* " mg/L", with the space that parts it from its number; nothing for none. */
static char *
after_number (const char *unit)
{
  g_autofree char *shown = tdm_unit_display (unit);
  return *shown ? g_strconcat (" ", shown, NULL) : g_strdup ("");
}

static char *
metric_sentence (const TdmResult *result)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmProblem *problem = result->fit->problem;
  if (!result->has_metrics
      || tdm_problem_get_target (problem)->metric == TDM_METRIC_NONE
      || !tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, NULL))
    return NULL;
  static const char *const sides[] = { "below", "within", "above" };
  g_autofree char *window = window_text (&target);
  g_autofree char *value = shown_value (&target, result->metrics.target);
  g_autofree char *of = of_what (result);
  int side = tdm_target_side (&target, result->metrics.target);
  const gboolean given = tdm_problem_get_current (problem).interval_h > 0;
  return g_strdup_printf ("%s%s %s is %s%s, %s the target %s",
                          tdm_words_metric (target.metric), of,
                          given ? "on the current regimen" : "without a further dose",
                          value, when_text (&target), sides[side + 1], window);
}

/* Why the current regimen has no metrics. */
static const char *
unjudged_sentence (const TdmResult *result)
{
  for (guint i = 0; i < result->notes->len; i++)
    {
      const TdmNote *note = result->notes->pdata[i];
      if (g_str_equal (note->code, "current-not-judged"))
        return note->text;
    }
  return NULL;
}

static void
append_nearest (GString *out, const TdmResult *result)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmProposals *proposals = result->proposals;
  g_string_append (out, "No regimen that can be given reaches the target");
  if (proposals->nearest >= 0
      && tdm_target_resolve (result->fit->problem, &proposals->target, &target, NULL))
    {
      const TdmRegimen *r = proposals->regimens->pdata[proposals->nearest];
      g_autofree char *words = tdm_words_regimen (r);
      g_autofree char *value = shown_value (&target, r->metrics.target);
      g_string_append_printf (out, "; nearest is %s, with %s of %s", words,
                              tdm_words_metric (target.metric), value);
    }
  g_string_append_c (out, '.');
}

char *
tdm_words_conclusion (const TdmResult *result)
{
  g_autofree char *clearance = clearance_sentence (result);
  g_autofree char *metric = metric_sentence (result);
  GString *out = g_string_new (NULL);
  if (!has_used_level (result->fit))
    g_string_append (out, "No level is used: this is what is typical for patients "
                          "like this one. ");
  else if (clearance)
    g_string_append_printf (out, metric ? "%s; " : "%s. ", clearance);
  if (metric)
    {
      gsize at = out->len;
      g_string_append_printf (out, "%s. ", metric);
      if (at == 0 || out->str[at - 2] == '.')
        out->str[at] = g_ascii_toupper (out->str[at]);
    }
  append_subpopulation (out, result->fit);
  const char *unjudged = unjudged_sentence (result);
  if (unjudged)
    g_string_append_printf (out, "%s ", unjudged);
  else if (out->len == 0 && !result->has_metrics)
    g_string_append (out, "No current regimen is known that could be judged. ");
  const TdmNote *withheld = result->proposals->withheld;
  if (withheld)
    g_string_append_printf (out, "Advice is withheld: %s", withheld->text);
  else if (result->proposals->none_reaches)
    append_nearest (out, result);
  return g_strchomp (g_string_free (out, FALSE));
}

char *
tdm_words_amount (const TdmModelSalt *salt, double mg)
{
  g_autofree char *number = tdm_number_dose (tdm_salt_amount (salt, mg));
  g_autofree char *unit = tdm_unit_display (tdm_salt_unit (salt));
  const gboolean named = salt && salt->title;
  return g_strconcat (number, " ", unit, named ? " " : NULL, named ? salt->title : NULL,
                      NULL);
}

char *
tdm_words_interval (double hours)
{
  const double weeks = hours / 168.0;
  if (weeks == 1.0)
    return g_strdup ("week");
  const gboolean whole = weeks > 1.0 && weeks == round (weeks);
  g_autofree char *number = tdm_number_format (whole ? weeks : hours, 4);
  return g_strconcat (number, whole ? " weeks" : " h", NULL);
}

/* " over 90 min"; nothing for what is not infused. */
static char *
length_text (double hours)
{
  if (hours <= 0)
    return g_strdup ("");
  g_autofree char *number = tdm_number_format (hours < 1 ? hours * 60 : hours, 3);
  return g_strdup_printf (" over %s %s", number, hours < 1 ? "min" : "h");
}

/* How it begins and what it turns into. */
static void
append_course (GString *out, const TdmRegimen *r)
{
  if (r->loading_mg > 0)
    {
      g_autofree char *amount = tdm_words_amount (r->salt, r->loading_mg);
      g_autofree char *length = length_text (r->loading_duration_h);
      g_string_append_printf (out, ", after a loading dose of %s%s", amount, length);
    }
  if (r->hold_h > 0 && !r->is_hold)
    {
      g_autofree char *hold = tdm_number_format (r->hold_h, 3);
      g_string_append_printf (out, ", first dose after %s h", hold);
    }
  for (guint k = 0; k < r->n_steps; k++)
    {
      g_autofree char *amount = tdm_words_amount (r->salt, r->steps[k].amount_mg);
      g_autofree char *later =
          tdm_number_format (r->steps[k].from_h - r->first_dose_h, 4);
      g_string_append_printf (out, ", %s from %s h later on", amount, later);
    }
}

/* "hold until Thu 5 Mar 20:00, then ", or without a clock "hold for 18 h, then ". */
static void
append_hold (GString *out, const TdmRegimen *r)
{
  g_autofree char *hold = tdm_number_format (r->hold_h, 3);
  if (r->is_hold && r->restart != NULL)
    g_string_append_printf (out, "hold until %s, then ", r->restart);
  else if (r->is_hold)
    g_string_append_printf (out, "hold for %s h, then ", hold);
}

/* ", by mouth, phenytoin sodium": a title within a sentence. */
static void
append_route (GString *out, const char *title)
{
  g_string_append (out, ", ");
  const gsize at = out->len;
  g_string_append (out, title);
  if (g_ascii_islower (title[1]))
    out->str[at] = g_ascii_tolower (title[0]);
}

char *
tdm_words_regimen (const TdmRegimen *regimen)
{
  if (regimen->amount_mg <= 0)
    return g_strdup ("no further dose");
  g_autofree char *amount = tdm_words_amount (regimen->salt, regimen->amount_mg);
  g_autofree char *interval = tdm_words_interval (regimen->interval_h);
  g_autofree char *length = length_text (regimen->duration_h);
  GString *out = g_string_new (NULL);
  append_hold (out, regimen);
  g_string_append_printf (out, "%s every %s", amount, interval);
  if (regimen->given_as)
    append_route (out, regimen->given_as);
  else if (*length)
    g_string_append (out, ", infused");
  g_string_append (out, length);
  append_course (out, regimen);
  return g_string_free (out, FALSE);
}

char *
tdm_words_course (const TdmRegimen *regimen)
{
  g_autoptr (GString) out = g_string_new (NULL);
  if (regimen->given_as)
    append_route (out, regimen->given_as);
  append_course (out, regimen);
  return out->len > 0 ? g_strdup (out->str + strlen (", ")) : NULL;
}

/* ", AUC24/MIC 412 h": the target's own metric, unless it is named anyway. */
static void
append_target_metric (GString *out, const TdmResolvedTarget *target, double value)
{
  if (target->metric == TDM_METRIC_TROUGH || target->metric == TDM_METRIC_PEAK
      || target->metric == TDM_METRIC_AUC24)
    return;
  g_autofree char *shown = shown_value (target, value);
  g_string_append_printf (out, ", %s %s", tdm_words_metric (target->metric), shown);
}

/* A small chance is not none, and a great one no certainty. */
static char *
chance_text (double chance)
{
  if (chance > 0 && chance < 0.005)
    return g_strdup ("less than 1 %");
  if (chance < 1 && chance > 0.995)
    return g_strdup ("more than 99 %");
  return g_strdup_printf ("%.0f %%", 100 * chance);
}

/* " On 1250 mg every 24 h, infused over 3 h: predicted trough 16.6 mg/L, …" */
static void
append_chosen (GString *out, const TdmResult *result)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmProposals *proposals = result->proposals;
  if (result->chosen_index < 0
      || !tdm_target_resolve (result->fit->problem, &proposals->target, &target, NULL))
    return;
  const TdmRegimen *regimen = proposals->regimens->pdata[result->chosen_index];
  const char *concentration =
      tdm_model_get_output (result->model, proposals->output)->unit;
  g_autofree char *area = tdm_target_area_unit (concentration);
  g_autofree char *unit = after_number (concentration);
  g_autofree char *area_unit = after_number (area);
  g_autofree char *words = tdm_words_regimen (regimen);
  g_autofree char *trough = tdm_number_format (regimen->metrics.trough, 3);
  g_autofree char *peak = tdm_number_format (regimen->metrics.peak, 3);
  g_autofree char *auc24 = tdm_number_format (regimen->metrics.auc24, 3);
  g_autofree char *chance = chance_text (regimen->p_within);
  g_string_append_printf (
      out, "%sOn %s%s: predicted trough %s%s, peak %s%s, AUC24 %s%s",
      out->len > 0 ? " " : "", words, regimen->is_current ? " as now" : "", trough,
      unit, peak, unit, auc24, area_unit);
  append_target_metric (out, &target, regimen->metrics.target);
  g_string_append_printf (out, ", chance to be within the target %s.", chance);
}

char *
tdm_words_plot (const TdmResult *result)
{
  GString *out = g_string_new (NULL);
  const TdmModelOutput *output =
      tdm_model_get_output (result->model, result->proposals->output);
  g_autofree char *unit = after_number (output->unit);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  if (result->has_metrics)
    {
      g_autofree char *trough = tdm_number_format (result->metrics.trough, 3);
      g_autofree char *peak = tdm_number_format (result->metrics.peak, 3);
      g_string_append_printf (out,
                              "Predicted trough %s%s and peak %s%s on the current "
                              "regimen. ",
                              trough, unit, peak, unit);
    }
  g_string_append (out, conclusion);
  append_chosen (out, result);
  return g_string_free (out, FALSE);
}
