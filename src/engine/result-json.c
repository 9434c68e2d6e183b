/* Answers as JSON: CASE.md of the design names the fields other programs rely on. */
#include "base/clock.h"
#include "engine/result-json.h"

#include "engine/marginal.h"
#include "engine/numerics.h"
#include "engine/target.h"

#include <math.h>
#include <stdlib.h>

json_t *
tdm_json_real (double value)
{
  return isfinite (value) ? json_real (value) : json_null ();
}

char *
tdm_json_text (const json_t *value)
{
  /* jansson's own digits: 17, so every double reads back exactly. */
  char *text = json_dumps (value, JSON_INDENT (2) | JSON_REAL_PRECISION (17));
  char *out = g_strconcat (text, "\n", NULL);
  free (text);
  return out;
}

static json_t *
optional_string (const char *text)
{
  return text ? json_string (text) : json_null ();
}

static json_t *
array (const double *values, guint n)
{
  json_t *out = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (out, tdm_json_real (values[i]));
  return out;
}

json_t *
tdm_json_notes (const GPtrArray *notes)
{
  json_t *list = json_array ();
  for (guint i = 0; i < notes->len; i++)
    {
      const TdmNote *note = notes->pdata[i];
      json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:o}", "severity",
                                              tdm_note_severity_name (note->severity),
                                              "code", note->code, "text", note->text,
                                              "place", optional_string (note->place)));
    }
  return list;
}

static json_t *
model_identity (const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);
  json_t *shared =
      drug ? json_pack ("{s:s, s:s}", "id", drug->id, "sha256", drug->sha256) : NULL;
  return json_pack ("{s:s, s:s, s:o*}", "id", tdm_model_get_id (model), "sha256",
                    tdm_model_get_sha256 (model), "drug", shared);
}

static json_t *
by_effect (const TdmFit *fit, const double *values)
{
  json_t *out = json_object ();
  for (guint i = 0; i < fit->n; i++)
    json_object_set_new (out, tdm_problem_get_effect_name (fit->problem, i),
                         tdm_json_real (values[i]));
  return out;
}

static json_t *
by_parameter (const TdmModel *model, const double *values)
{
  json_t *out = json_object ();
  for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
    json_object_set_new (out, tdm_model_get_parameter_name (model, i),
                         tdm_json_real (values[i]));
  return out;
}

static json_t *
covariance (const TdmFit *fit, gboolean expected)
{
  const double *values = expected ? fit->covariance_expected : fit->covariance;
  json_t *names = json_array (), *rows = json_array ();
  for (guint i = 0; i < fit->n; i++)
    {
      json_t *row = json_array ();
      json_array_append_new (
          names, json_string (tdm_problem_get_effect_name (fit->problem, i)));
      for (guint j = 0; j < fit->n; j++)
        json_array_append_new (row, tdm_json_real (values[i * fit->n + j]));
      json_array_append_new (rows, row);
    }
  return json_pack ("{s:s, s:o, s:o}", "kind", expected ? "expected" : "exact", "names",
                    names, "values", rows);
}

static json_t *
level (const TdmModel *model, const TdmFitLevel *l, const TdmProblemLevel *from)
{
  const TdmModelOutput *output = tdm_model_get_output (model, l->output);
  json_t *out =
      json_pack ("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:s}", "time",
                 tdm_json_real (l->time_h), "observed", tdm_json_real (l->observed),
                 "population", tdm_json_real (l->population), "individual",
                 tdm_json_real (l->individual), "residual", tdm_json_real (l->residual),
                 "weighted_residual", tdm_json_real (l->weighted_residual), "used",
                 l->used, "unit", output->unit, "output", output->name);
  if (l->censor != TDM_CENSOR_NONE)
    json_object_set_new (out, l->censor == TDM_CENSOR_BELOW ? "below" : "above",
                         json_true ());
  if (from->weight != 1.0)
    json_object_set_new (out, "weight", tdm_json_real (from->weight));
  if (from->to_h > from->from_h)
    {
      json_object_set_new (out, "time_from", tdm_json_real (from->from_h));
      json_object_set_new (out, "time_to", tdm_json_real (from->to_h));
    }
  return out;
}

static void
set_metric (json_t *object, const char *name, double value, const char *unit)
{
  json_object_set_new (
      object, name,
      json_pack ("{s:o, s:s}", "value", tdm_json_real (value), "unit", unit));
}

static json_t *
metrics (const TdmResult *result)
{
  json_t *out = json_object ();
  if (!result->has_metrics)
    return out;
  const TdmModelOutput *output =
      tdm_model_get_output (result->model, result->proposals->output);
  const char *unit = output->unit;
  g_autofree char *area = tdm_target_area_unit (unit);
  const TdmTarget *target = tdm_problem_get_target (result->fit->problem);
  set_metric (out, "auc24", result->metrics.auc24, area);
  set_metric (out, "trough", result->metrics.trough, unit);
  set_metric (out, "peak", result->metrics.peak, unit);
  set_metric (out, "average", result->metrics.average, unit);
  if (target->metric != TDM_METRIC_NONE && result->proposals->target_unit)
    set_metric (out, tdm_metric_name (target->metric), result->metrics.target,
                result->proposals->target_unit);
  return out;
}

static json_t *
subpopulations (const TdmFit *fit)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  json_t *out = json_array ();
  for (guint k = 0; k < fit->n_subpopulations; k++)
    {
      const TdmFitSubpopulation *one = &fit->subpopulations[k];
      const TdmFit *own = tdm_fit_get_subpopulation (fit, k);
      json_t *item = json_pack ("{s:s, s:o, s:o}", "name",
                                tdm_model_get_subpopulation_name (model, k), "prior",
                                tdm_json_real (one->prior), "posterior",
                                tdm_json_real (one->posterior));
      if (own)
        {
          json_object_set_new (item, "objective", tdm_json_real (own->objective));
          json_object_set_new (item, "eta", by_effect (own, own->eta));
        }
      json_array_append_new (out, item);
    }
  return out;
}

json_t *
tdm_json_fit_values (const TdmFit *fit, gboolean expected_covariance)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  json_t *levels = json_array ();
  for (guint i = 0; i < fit->n_levels; i++)
    json_array_append_new (levels, level (model, &fit->levels[i],
                                          tdm_problem_get_level (fit->problem, i)));
  json_t *out = json_pack (
      "{s:b, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "converged", fit->converged,
      "stop_reason", tdm_stop_name (fit->stop), "starts", (int)fit->starts, "optima",
      (int)fit->optima, "gradient_norm", tdm_json_real (fit->gradient_norm),
      "objective", tdm_json_real (fit->objective), "focei",
      tdm_json_real (tdm_fit_get_focei (fit)), "eta", by_effect (fit, fit->eta));
  json_object_set_new (out, "parameters",
                       json_pack ("{s:o, s:o}", "population",
                                  by_parameter (model, fit->population), "individual",
                                  by_parameter (model, fit->individual)));
  json_object_set_new (out, "covariance", covariance (fit, expected_covariance));
  json_object_set_new (out, "shrinkage", by_effect (fit, fit->shrinkage));
  json_object_set_new (out, "levels", levels);
  json_object_set_new (out, "numerics", tdm_json_numerics (model, fit));
  if (fit->n_subpopulations > 0)
    json_object_set_new (out, "subpopulations", subpopulations (fit));
  return out;
}

static json_t *
certificate_levels (const TdmCertificate *self, const TdmFit *fit)
{
  json_t *out = json_array ();
  for (guint i = 0; i < self->n_levels; i++)
    json_array_append_new (
        out,
        json_pack ("{s:o, s:o, s:o}", "time", tdm_json_real (fit->levels[i].time_h),
                   "prior_percentile", tdm_json_real (self->levels[i].prior_percentile),
                   "influence", tdm_json_real (self->levels[i].influence)));
  return out;
}

static json_t *
certificate (const TdmResult *result)
{
  const TdmCertificate *self = result->certificate;
  const TdmFit *fit = result->fit;
  json_t *out = json_pack (
      "{s:s, s:o, s:s, s:s, s:o, s:o, s:i, s:o}", "advice",
      tdm_advice_name (self->advice), "code", optional_string (self->code), "reason",
      self->reason, "stop_reason", tdm_stop_name (fit->stop), "gradient_norm",
      tdm_json_real (fit->gradient_norm), "eigenvalues",
      array (self->eigenvalues, self->n), "optima", (int)fit->optima,
      "second_optimum_above", tdm_json_real (fit->second_best - fit->objective));
  json_object_set_new (out, "percentile", by_effect (fit, self->percentile));
  json_object_set_new (out, "mahalanobis", tdm_json_real (self->mahalanobis));
  json_object_set_new (out, "joint_percentile", tdm_json_real (self->joint_percentile));
  json_object_set_new (out, "shrinkage", by_effect (fit, fit->shrinkage));
  json_object_set_new (out, "learned", tdm_json_real (self->learned));
  json_object_set_new (out, "levels", certificate_levels (self, fit));
  return out;
}

json_t *
tdm_json_fit (const TdmResult *result, gboolean expected_covariance)
{
  json_t *out = json_pack ("{s:s, s:o}", "format", "titrate-fit/1", "model",
                           model_identity (result->model));
  json_t *values = tdm_json_fit_values (result->fit, expected_covariance);
  json_object_update (out, values);
  json_decref (values);
  json_object_set_new (out, "metrics", metrics (result));
  json_object_set_new (out, "posterior", tdm_json_posterior (result->posterior));
  json_object_set_new (out, "certificate", certificate (result));
  json_object_set_new (out, "notes", tdm_json_notes (result->notes));
  json_object_set_new (
      out, "program",
      json_pack ("{s:s, s:s}", "name", "titrate", "version", TDM_VERSION));
  json_object_set_new (out, "input_sha256", json_string (result->input_hash));
  return out;
}

static json_t *
bands (double *const values[TDM_BAND_N], guint n)
{
  static const char *const names[TDM_BAND_N] = { "5", "25", "50", "75", "95" };
  json_t *out = json_object ();
  for (guint b = 0; b < TDM_BAND_N; b++)
    if (values[b])
      json_object_set_new (out, names[b], array (values[b], n));
  return out;
}

json_t *
tdm_json_posterior (const TdmPosterior *self)
{
  json_t *out = json_pack ("{s:s, s:i, s:b, s:b, s:o}", "method",
                           tdm_posterior_method_name (self->method), "draws",
                           (int)self->draws, "prior", self->prior, "reliable",
                           self->reliable, "ess", tdm_json_real (self->ess));
  if (self->n_kinds > 1)
    json_object_set_new (out, "subpopulations", array (self->kinds, self->n_kinds));
  if (self->method == TDM_POSTERIOR_IMPORTANCE)
    {
      json_object_set_new (out, "proposals", json_integer (self->proposals));
      json_object_set_new (out, "pareto_k", tdm_json_real (self->pareto_k));
    }
  if (self->method == TDM_POSTERIOR_HMC)
    {
      json_object_set_new (out, "chains", json_integer (self->chains));
      json_object_set_new (out, "rhat", tdm_json_real (self->rhat));
      json_object_set_new (out, "divergences", json_integer (self->divergences));
    }
  return out;
}

json_t *
tdm_json_prediction (const TdmModel *model, const TdmCurve *curve,
                     const TdmPosterior *posterior)
{
  const TdmModelOutput *output = tdm_model_get_output (model, curve->output);
  json_t *out = json_pack (
      "{s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:{s:o, s:o}}", "format",
      "titrate-prediction/1", "model", model_identity (model), "output", output->name,
      "unit", output->unit, "time", array (curve->time_h, curve->n), "population",
      array (curve->population, curve->n), "individual",
      array (curve->individual, curve->n), "percentiles", "population",
      bands (curve->population_band, curve->n), "individual",
      bands (curve->individual_band, curve->n));
  json_object_set_new (out, "posterior",
                       posterior ? tdm_json_posterior (posterior) : json_null ());
  json_object_set_new (out, "numerics", tdm_json_numerics (model, NULL));
  return out;
}

/* What only some targets have. */
static void
add_target_terms (json_t *out, const TdmProposals *proposals)
{
  const TdmTarget *t = &proposals->target;
  const gboolean span = t->has_span || t->metric == TDM_METRIC_AUC;
  const struct
  {
    const char *key;
    gboolean given;
    double value;
  } numbers[] = {
    { "from", span, t->from.hours },
    { "to", span, t->to.hours },
    { "threshold", t->threshold > 0, t->threshold },
    { "mic", t->mic > 0, t->mic },
    { "multiple", t->multiple > 0, t->multiple },
    { "free_fraction", t->free_fraction > 0, t->free_fraction },
    { "alarm_low", isfinite (proposals->alarm_low), proposals->alarm_low },
    { "alarm_high", isfinite (proposals->alarm_high), proposals->alarm_high }
  };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].given)
      json_object_set_new (out, numbers[i].key, tdm_json_real (numbers[i].value));
}

static json_t *
target_json (const TdmProposals *proposals)
{
  const TdmTarget *target = &proposals->target;
  if (target->metric == TDM_METRIC_NONE)
    return json_null ();
  const TdmModelOutput *output = tdm_model_get_output (
      tdm_problem_get_model (proposals->owner), proposals->output);
  json_t *out = json_pack (
      "{s:s, s:s, s:o, s:o, s:o}", "metric", tdm_metric_name (target->metric), "output",
      output->name, "low", tdm_json_real (target->low), "high",
      tdm_json_real (target->high), "unit", optional_string (target->unit));
  if (target->at_steady_state)
    json_object_set_new (out, "at", json_string ("steady_state"));
  else
    json_object_set_new (out, "at", tdm_json_real (target->at.hours));
  add_target_terms (out, proposals);
  return out;
}

json_t *
tdm_json_judgement (const TdmResult *result)
{
  static const char *const sides[] = { "below", "within", "above" };
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmTarget *wanted = tdm_problem_get_target (result->fit->problem);
  double value = result->metrics.target;
  if (!result->has_metrics || wanted->metric == TDM_METRIC_NONE || !isfinite (value)
      || !tdm_target_resolve (result->fit->problem, wanted, &target, NULL))
    return json_null ();
  return json_pack ("{s:s, s:o, s:o*, s:o*, s:s, s:s}", "metric",
                    tdm_metric_name (target.metric), "value", tdm_json_real (value),
                    "low", isfinite (target.low) ? json_real (target.low) : NULL,
                    "high", isfinite (target.high) ? json_real (target.high) : NULL,
                    "unit", target.unit, "side",
                    sides[tdm_target_side (&target, value) + 1]);
}

static json_t *
regimen_metrics (const TdmRegimenMetrics *m, const TdmTarget *target)
{
  json_t *out =
      json_pack ("{s:o, s:o, s:o, s:o}", "auc24", tdm_json_real (m->auc24), "trough",
                 tdm_json_real (m->trough), "peak", tdm_json_real (m->peak), "average",
                 tdm_json_real (m->average));
  json_object_set_new (out, tdm_metric_name (target->metric),
                       tdm_json_real (m->target));
  return out;
}

/* Chances beyond the alarm limits, of those the target has. */
static json_t *
alarm_json (const TdmRegimen *r, const TdmProposals *proposals)
{
  const gboolean low = isfinite (proposals->alarm_low);
  const gboolean high = isfinite (proposals->alarm_high);
  if (!low && !high)
    return json_null ();
  return json_pack ("{s:o*, s:o*}", "below", low ? json_real (r->p_alarm_low) : NULL,
                    "above", high ? json_real (r->p_alarm_high) : NULL);
}

static json_t *
day_json (const TdmCourseDay *day)
{
  return json_pack ("{s:f, s:f, s:f}", "below", day->below, "within", day->within,
                    "above", day->above);
}

/* Chances of the first days, and the value that they and the steady state share. */
static void
add_days (json_t *out, const TdmRegimen *r)
{
  json_t *days = json_array ();
  for (guint d = 0; d < TDM_COURSE_DAYS; d++)
    json_array_append_new (days, day_json (&r->days[d]));
  json_object_set_new (out, "days", days);
  json_object_set_new (out, "day_h", tdm_json_real (MAX (24.0, r->interval_h)));
  json_object_set_new (out, "value", tdm_json_real (r->value));
}

void
tdm_json_add_course (json_t *out, const TdmRegimen *r)
{
  json_t *steps = json_array ();
  const char *unit = tdm_salt_unit (r->salt);
  json_object_set_new (
      out, "loading",
      r->loading_mg > 0
          ? json_pack ("{s:o, s:s, s:o}", "amount",
                       tdm_json_real (tdm_salt_amount (r->salt, r->loading_mg)), "unit",
                       unit, "duration", tdm_json_real (r->loading_duration_h))
          : json_null ());
  json_object_set_new (out, "hold_h", tdm_json_real (r->hold_h));
  json_object_set_new (out, "hold", json_boolean (r->is_hold));
  for (guint k = 0; k < r->n_steps; k++)
    json_array_append_new (
        steps,
        json_pack ("{s:o, s:o, s:s, s:o, s:o}", "from",
                   tdm_json_real (r->steps[k].from_h), "amount",
                   tdm_json_real (tdm_salt_amount (r->salt, r->steps[k].amount_mg)),
                   "unit", unit, "interval", tdm_json_real (r->steps[k].interval_h),
                   "duration", tdm_json_real (r->steps[k].duration_h)));
  json_object_set_new (out, "steps", steps);
  if (r->volume_l > 0)
    json_object_set_new (out, "least_volume_ml", tdm_json_real (1000 * r->volume_l));
  json_object_set_new (out, "early",
                       r->has_days ? day_json (&r->days[0]) : json_null ());
  if (r->has_days)
    add_days (out, r);
}

/* The time on the clock of the case, "2026-03-05T20:00"; null without one. */
static json_t *
clock_json (const TdmProposals *proposals, double time_h)
{
  GDateTime *start = tdm_case_get_start (tdm_problem_get_case (proposals->owner));
  if (start == NULL || !isfinite (time_h))
    return json_null ();
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  g_autofree char *text = tdm_clock_format (at);
  return json_string (text);
}

static json_t *
regimen_json (const TdmRegimen *r, const TdmProposals *proposals)
{
  const TdmTarget *target = &proposals->target;
  const gboolean none = r->amount_mg <= 0;
  json_t *out = json_pack ("{s:o, s:s, s:s, s:o, s:o, s:o, s:b}", "amount",
                           tdm_json_real (tdm_salt_amount (r->salt, r->amount_mg)),
                           "unit", tdm_salt_unit (r->salt), "route", r->route->name,
                           "interval", tdm_json_real (none ? NAN : r->interval_h),
                           "duration", tdm_json_real (r->duration_h), "first_dose",
                           tdm_json_real (none ? NAN : r->first_dose_h), "current",
                           r->is_current);
  if (r->salt && r->salt->name)
    json_object_set_new (out, "salt", json_string (r->salt->name));
  json_object_set_new (out, "first_dose_at",
                       none ? json_null () : clock_json (proposals, r->first_dose_h));
  tdm_json_add_course (out, r);
  json_object_set_new (out, "metrics", regimen_metrics (&r->metrics, target));
  json_object_set_new (out, "interval_90",
                       json_pack ("{s:o, s:o}", "low",
                                  regimen_metrics (&r->low, target), "high",
                                  regimen_metrics (&r->high, target)));
  json_object_set_new (
      out, "probability",
      json_pack ("{s:o, s:o, s:o}", "below", tdm_json_real (r->p_below), "within",
                 tdm_json_real (r->p_within), "above", tdm_json_real (r->p_above)));
  json_object_set_new (out, "alarm", alarm_json (r, proposals));
  json_object_set_new (out, "draws", json_integer (r->draws));
  json_object_set_new (out, "score", tdm_json_real (r->score));
  json_object_set_new (out, "notes", tdm_json_notes (r->notes));
  return out;
}

/* Which of the rows lead: numbers of `regimens`; and what any amount could reach. */
static void
add_leaders (json_t *out, const TdmProposals *p)
{
  json_t *leaders = json_array ();
  const TdmContinuous *c = &p->continuous;
  for (guint i = 0; i < p->regimens->len; i++)
    if (tdm_proposals_leads_interval (p, i))
      json_array_append_new (
          leaders, json_pack ("{s:f, s:i}", "interval",
                              ((const TdmRegimen *)p->regimens->pdata[i])->interval_h,
                              "regimen", (int)i));
  json_object_set_new (out, "best",
                       p->regimens->len > 0 ? json_integer (0) : json_null ());
  json_object_set_new (out, "best_per_interval", leaders);
  json_object_set_new (out, "nearest",
                       p->nearest >= 0 ? json_integer (p->nearest) : json_null ());
  const TdmModelSalt *salt = tdm_problem_get_current (p->owner).salt;
  json_object_set_new (out, "continuous",
                       c->amount_mg > 0 ? json_pack (
                           "{s:f, s:s, s:f, s:f, s:f}", "amount",
                           tdm_salt_amount (salt, c->amount_mg), "unit",
                           tdm_salt_unit (salt), "interval", c->interval_h, "duration",
                           c->duration_h, "probability", c->p_within)
                                        : json_null ());
}

json_t *
tdm_json_proposals (const TdmResult *result)
{
  const TdmProposals *proposals = result->proposals;
  json_t *regimens = json_array (), *withheld = json_null ();
  const char *concentration =
      tdm_model_get_output (result->model, proposals->output)->unit;
  g_autofree char *area = tdm_target_area_unit (concentration);
  for (guint i = 0; i < proposals->regimens->len; i++)
    json_array_append_new (regimens,
                           regimen_json (proposals->regimens->pdata[i], proposals));
  if (proposals->withheld)
    withheld = json_pack ("{s:s, s:s}", "code", proposals->withheld->code, "text",
                          proposals->withheld->text);
  json_t *out = json_pack (
      "{s:s, s:b, s:o, s:o, s:{s:s, s:s}, s:o, s:b, s:i, s:o, s:o, s:o}", "format",
      "titrate-proposals/1", "future_occasions",
      tdm_case_get_options (result->record)->future_occasions, "model",
      model_identity (result->model), "target", target_json (proposals), "units",
      "concentration", concentration, "area", area, "regimens", regimens,
      "target_reached", !proposals->withheld && !proposals->none_reaches, "candidates",
      (int)proposals->candidates, "withheld", withheld, "posterior",
      tdm_json_posterior (result->posterior), "notes", tdm_json_notes (result->notes));
  add_leaders (out, proposals);
  return out;
}
