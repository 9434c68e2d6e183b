#include "app/report-builder.h"

#include <math.h>
#include <string.h>

#include "app/fit-text.h"
#include "app/moment-text.h"
#include "app/proposal-row.h"
#include "app/scene-builder.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/numerics.h"
#include "engine/target.h"
#include "engine/words.h"
#include "model/trust.h"

/* Regimens listed; the current and the chosen one are always among them. */
#define MAX_OPTIONS 5
/* A covariate entered this long before now carries its age. */
#define AGE_SHOWN_H 24
/* Characters of a hash in the footer. */
#define SHORT_HASH 12

static const char intended_use[] =
    "For trained professionals. Supports, and does not replace, clinical judgement.";

typedef struct
{
  const TdmReportSource *source;
  const TdmResult *result;
  const TdmProblem *problem;
  TdmReport *report;
} Builder;

static char *
time_text (const Builder *self, double hours)
{
  GDateTime *start = tdm_case_get_start (self->result->record);
  if (start == NULL)
    {
      g_autofree char *number = tdm_number_format (hours, 6);
      return g_strconcat (number, " h", NULL);
    }
  g_autoptr (GDateTime) time = tdm_clock_add_hours (start, hours);
  return tdm_clock_display (time);
}

/* "15.3 (11.2–19)". */
static char *
range_text (double value, double low, double high)
{
  g_autofree char *middle = tdm_number_format (value, 3);
  g_autofree char *from = tdm_number_format (low, 3);
  g_autofree char *to = tdm_number_format (high, 3);
  return g_strdup_printf ("%s (%s–%s)", middle, from, to);
}

static void
add_identity (const Builder *self)
{
  const TdmPatient *patient = tdm_case_get_patient (self->result->record);
  TdmReport *report = self->report;
  report->patient_name = g_strdup (patient->name);
  report->patient_id = g_strdup (patient->id);
  if (patient->birth != NULL)
    g_ptr_array_add (report->identity, g_strconcat ("born ", patient->birth, NULL));
  if (patient->sex != TDM_SEX_UNKNOWN)
    g_ptr_array_add (report->identity,
                     g_strdup (patient->sex == TDM_SEX_MALE ? "male" : "female"));
  g_autofree char *now = time_text (self, tdm_problem_get_now_h (self->problem));
  g_ptr_array_add (report->identity, g_strdup_printf ("as of %s", now));
}

static const TdmRegimen *
chosen_regimen (const TdmResult *result)
{
  if (result->chosen_index < 0)
    return NULL;
  return result->proposals->regimens->pdata[result->chosen_index];
}

/* The words, and every caution that they do not say as it is written. */
static void
add_conclusion (const Builder *self)
{
  const TdmNextSample *sample =
      self->source->extras != NULL ? self->source->extras->sample : NULL;
  g_autoptr (TdmAnswer) answer =
      tdm_answer_new (self->result, sample, self->source->language);
  self->report->conclusion = g_strdup (tdm_answer_get_text (answer));
  self->report->edited = tdm_answer_remark (answer);
  self->report->unedited = answer->stale ? g_strdup (answer->program) : NULL;
  for (guint i = 0; i < self->result->notes->len; i++)
    {
      const TdmNote *note = self->result->notes->pdata[i];
      if (note->severity == TDM_NOTE_REFUSE
          || (note->severity == TDM_NOTE_CAUTION
              && strstr (self->report->conclusion, note->text) == NULL))
        g_ptr_array_add (self->report->warnings, g_strdup (note->text));
    }
}

/* "2500 mg/day, 31.6 mg/kg/day". */
static char *
daily_text (const Builder *self, const TdmRegimen *regimen)
{
  if (regimen->interval_h <= 0)
    return NULL;
  double daily =
      tdm_salt_amount (regimen->salt, regimen->amount_mg) * 24 / regimen->interval_h;
  g_autofree char *unit = tdm_unit_display (tdm_salt_unit (regimen->salt));
  g_autofree char *total = tdm_number_dose (round (daily * 100) / 100);
  int weight = tdm_model_find_covariate (self->result->model, "WT");
  double kg = weight < 0 ? NAN
                         : tdm_problem_get_covariate_at (self->problem, weight,
                                                         regimen->first_dose_h);
  if (!(kg > 0))
    return g_strdup_printf ("%s %s/day", total, unit);
  g_autofree char *relative = tdm_number_format (daily / kg, 3);
  return g_strdup_printf ("%s %s/day, %s %s/kg/day", total, unit, relative, unit);
}

/* "below 10: 3 %, beyond 600: 16 %": past the alarm limits. */
static char *
alarm_text (const Builder *self, const TdmRegimen *regimen)
{
  const TdmProposals *proposals = self->result->proposals;
  const double limits[] = { proposals->alarm_low, proposals->alarm_high };
  const double chances[] = { regimen->p_alarm_low, regimen->p_alarm_high };
  g_auto (TdmResolvedTarget) target = { 0 };
  if (!tdm_target_resolve (self->problem, &proposals->target, &target, NULL))
    return NULL;
  /* An alarm at the window's own limit says nothing more. */
  const double window[] = { target.low, target.high };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (isfinite (limits[i]) && limits[i] != window[i])
      {
        g_autofree char *limit = tdm_number_format (limits[i], 4);
        g_autofree char *chance = tdm_percent_text (chances[i]);
        g_string_append_printf (text, "%s%s %s: %s", text->len > 0 ? ", " : "alarm ",
                                i == 0 ? "below" : "above", limit, chance);
      }
  return g_string_free (text, text->len == 0);
}

/* The AUC24, or what the target looks at. */
static char *
third_range (const Builder *self, const TdmRegimen *regimen)
{
  const TdmRegimenMetrics *m = &regimen->metrics;
  if (!tdm_proposal_has_own_metric (self->result))
    return range_text (m->auc24, regimen->low.auc24, regimen->high.auc24);
  g_autofree char *value = tdm_proposal_metric_number (self->result, m->target);
  g_autofree char *low = tdm_proposal_metric_number (self->result, regimen->low.target);
  g_autofree char *high =
      tdm_proposal_metric_number (self->result, regimen->high.target);
  return g_strdup_printf ("%s (%s–%s)", value, low, high);
}

static void
add_option (const Builder *self, const TdmRegimen *regimen)
{
  const TdmRegimen *chosen = chosen_regimen (self->result);
  g_autofree char *words = tdm_words_regimen (regimen);
  g_autofree char *daily = daily_text (self, regimen);
  g_autofree char *alarm = alarm_text (self, regimen);
  const TdmRegimenMetrics *m = &regimen->metrics;
  g_autofree char *trough =
      range_text (m->trough, regimen->low.trough, regimen->high.trough);
  g_autofree char *peak = range_text (m->peak, regimen->low.peak, regimen->high.peak);
  g_autofree char *auc = third_range (self, regimen);
  const TdmReportOption option = {
    .regimen = words,
    .remark = regimen->is_current ? "keep current"
              : regimen == chosen ? "chosen"
                                  : NULL,
    .trough = trough,
    .peak = peak,
    .auc24 = auc,
    .daily = daily,
    .alarm = alarm,
    .below = regimen->p_below,
    .within = regimen->p_within,
    .above = regimen->p_above,
    .strong = regimen == chosen,
  };
  tdm_report_add_option (self->report, &option);
}

/* The current regimen first, then the chosen one, then the others by rank. */
static void
add_options (const Builder *self)
{
  const TdmProposals *proposals = self->result->proposals;
  const TdmRegimen *chosen = chosen_regimen (self->result);
  const char *unit =
      tdm_model_get_output (self->result->model, proposals->output)->unit;
  g_autofree char *area = tdm_target_area_unit (unit);
  self->report->unit = tdm_unit_display (unit);
  self->report->area_unit = tdm_unit_display (area);
  if (tdm_proposal_has_own_metric (self->result))
    {
      g_free (self->report->area_unit);
      self->report->area_unit = tdm_proposal_metric_unit (self->result);
      self->report->metric_title = g_strdup (tdm_proposal_metric_title (self->result));
    }
  if (proposals->withheld != NULL)
    {
      self->report->options_note =
          g_strdup_printf ("No regimen is proposed: %s", proposals->withheld->text);
      return;
    }
  for (int pass = 0; pass < 3; pass++)
    for (guint i = 0; i < proposals->regimens->len; i++)
      {
        const TdmRegimen *regimen = proposals->regimens->pdata[i];
        int turn = regimen->is_current ? 0 : regimen == chosen ? 1 : 2;
        if (turn == pass && (pass < 2 || self->report->options->len < MAX_OPTIONS))
          add_option (self, regimen);
      }
  if (proposals->none_reaches)
    self->report->options_note =
        g_strdup ("None of these brings the patient into the target window.");
}

static void
add_input (const Builder *self, double hours, const char *what, const char *value,
           const char *remark)
{
  g_autofree char *time = time_text (self, hours);
  const TdmReportInput input = {
    .time = time,
    .what = (char *)what,
    .value = (char *)value,
    .remark = (char *)remark,
    .strong = remark != NULL && g_str_has_prefix (remark, "left out"),
  };
  tdm_report_add_input (self->report, &input);
}

static void
add_covariates (const Builder *self)
{
  const TdmCase *record = self->result->record;
  double now = tdm_problem_get_now_h (self->problem);
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      g_autofree char *text =
          tdm_scene_builder_covariate_text (self->result->model, entry);
      double age = now - entry->time.hours;
      g_autofree char *remark =
          age >= AGE_SHOWN_H ? g_strdup_printf ("%.0f h old", age) : NULL;
      add_input (self, entry->time.hours, "Covariate", text, remark);
    }
  for (guint i = 0; i < self->result->notes->len; i++)
    {
      const TdmNote *note = self->result->notes->pdata[i];
      const TdmReportInput input = { .time = (char *)"–",
                                     .what = (char *)"Covariate",
                                     .value = (char *)note->text,
                                     .remark = (char *)"assumed",
                                     .strong = TRUE };
      if (g_strcmp0 (note->code, "covariate-assumed") == 0)
        tdm_report_add_input (self->report, &input);
    }
}

/* "1000 mg iv over 1 h, every 12 h, 4 doses, at steady state before". */
static char *
dose_text (const TdmDoseEntry *entry, GDateTime *start)
{
  GString *text = g_string_new (NULL);
  g_autofree char *amount = tdm_number_dose (entry->amount);
  g_autofree char *unit = tdm_unit_display (entry->unit != NULL ? entry->unit : "");
  g_string_append_printf (text, "%s %s", amount, unit);
  if (entry->salt != NULL)
    g_string_append_printf (text, " of the salt %s", entry->salt);
  if (entry->formulation != NULL)
    g_string_append_printf (text, ", %s,", entry->formulation);
  if (entry->route != NULL)
    g_string_append_printf (text, " %s", entry->route);
  g_autofree char *duration = tdm_number_format (entry->duration_h, 3);
  if (entry->end_uncertain)
    {
      g_autofree char *from =
          tdm_moment_format_near (&entry->end_from, &entry->time, start);
      g_autofree char *to =
          tdm_moment_format_near (&entry->end_to, &entry->time, start);
      g_string_append_printf (text, " until an unknown time between %s and %s", from,
                              to);
    }
  else if (entry->duration_h > 0)
    g_string_append_printf (text, " over %s h", duration);
  g_autofree char *interval = tdm_words_interval (entry->interval_h);
  if (entry->interval_h > 0)
    g_string_append_printf (text, ", every %s", interval);
  if (entry->count > 1)
    g_string_append_printf (text, ", %u doses", entry->count);
  if (entry->steady_state)
    g_string_append_printf (text, ", %s%s",
                            entry->stopped ? "taken so for long before, now stopped"
                                           : "taken so for long before",
                            entry->added ? ", on top of the rest" : "");
  if (entry->reset)
    g_string_append (text, entry->amount > 0
                               ? ", the body emptied of all given before"
                               : ": the body emptied of all given before");
  return g_string_free (text, FALSE);
}

static void
add_doses (const Builder *self)
{
  const TdmCase *record = self->result->record;
  for (guint i = 0; i < tdm_case_get_n_doses (record); i++)
    {
      const TdmDoseEntry *entry = tdm_case_get_dose (record, i);
      g_autofree char *text = dose_text (entry, tdm_case_get_start (record));
      add_input (self, entry->time.hours, "Dose", text,
                 entry->steady_state ? "taken so for long before" : NULL);
    }
}

static void
add_dialyses (const Builder *self)
{
  const TdmCase *record = self->result->record;
  for (guint i = 0; i < tdm_case_get_n_dialyses (record); i++)
    {
      const TdmDialysisEntry *entry = tdm_case_get_dialysis (record, i);
      g_autofree char *clearance = tdm_number_format (entry->clearance, 4);
      g_autofree char *unit = tdm_unit_display (entry->unit);
      g_autofree char *span = tdm_hours_words (entry->duration_h);
      g_autofree char *text = g_strdup_printf ("%s, %s %s", span, clearance, unit);
      add_input (self, entry->time.hours, "Dialysis", text, NULL);
    }
}

static void
add_levels (const Builder *self)
{
  static const char *const signs[] = { "", "below ", "above " };
  const TdmCase *record = self->result->record;
  const TdmFit *fit = self->result->fit;
  for (guint i = 0; i < tdm_case_get_n_levels (record); i++)
    {
      const TdmLevelEntry *entry = tdm_case_get_level (record, i);
      g_autofree char *value = tdm_number_format (entry->value, 6);
      g_autofree char *unit =
          tdm_unit_display (entry->unit != NULL ? entry->unit : "1");
      g_autofree char *text =
          g_strdup_printf ("%s%s %s", signs[entry->censor], value, unit);
      if (entry->time_uncertain)
        {
          g_autofree char *known = g_steal_pointer (&text);
          g_autofree char *to = tdm_moment_format_near (&entry->time_to, &entry->time,
                                                        tdm_case_get_start (record));
          text = g_strdup_printf ("%s, drawn then or until %s", known, to);
        }
      g_autofree char *remark = tdm_scene_builder_left_out_text (self->result, i);
      g_autofree char *before = tdm_number_format (fit->levels[i].population, 3);
      g_autofree char *after = tdm_number_format (fit->levels[i].individual, 3);
      if (remark == NULL)
        remark =
            g_strdup_printf ("expected %s before the fit, %s after", before, after);
      add_input (self, entry->time.hours, "Level", text, remark);
    }
}

/* "CL 3.62 L/h (typical 4.1)", for each parameter. */
static char *
parameters_text (const TdmResult *result)
{
  g_autoptr (GString) text = g_string_new ("This patient (typical): ");
  for (guint i = 0; i < tdm_model_get_n_parameters (result->model); i++)
    {
      const char *code = tdm_model_get_parameter_unit (result->model, i);
      g_autofree char *unit = code != NULL ? tdm_unit_display (code) : g_strdup ("");
      g_autofree char *own = tdm_number_format (result->fit->individual[i], 3);
      g_autofree char *typical = tdm_number_format (result->fit->population[i], 3);
      g_string_append_printf (text, "%s%s %s%s%s (%s)", i > 0 ? ", " : "",
                              tdm_model_get_parameter_name (result->model, i), own,
                              *unit != '\0' ? " " : "", unit, typical);
    }
  return g_strdup_printf ("%s.", text->str);
}

static char *
residual_text (const TdmFit *fit)
{
  double worst = 0;
  guint used = 0;
  for (guint i = 0; i < fit->n_levels; i++)
    if (fit->levels[i].used)
      {
        used++;
        worst = MAX (worst, fabs (fit->levels[i].weighted_residual));
      }
  if (used == 0)
    return g_strdup ("No level was used.");
  g_autofree char *sd = tdm_number_format (worst, 2);
  if (used == 1)
    return g_strdup_printf (
        "The level used lies %s standard deviations from the curve.", sd);
  return g_strdup_printf (
      "The %u levels used lie within %s standard deviations of the curve.", used, sd);
}

static void
add_fit (const Builder *self)
{
  const TdmFit *fit = self->result->fit;
  GPtrArray *lines = self->report->fit;
  g_ptr_array_add (lines, residual_text (fit));
  g_autofree char *how = tdm_numerics_sentence (fit);
  g_ptr_array_add (
      lines,
      fit->converged
          ? g_strdup_printf ("The fit converged; %u start%s found %u solution%s. %s",
                             fit->starts, fit->starts == 1 ? "" : "s", fit->optima,
                             fit->optima == 1 ? "" : "s", how)
          : g_strdup_printf ("The fit did not converge (%s): not to be relied on. %s",
                             tdm_stop_name (fit->stop), how));
  tdm_report_builder_add_trust (self->report, self->result);
  g_ptr_array_add (lines, parameters_text (self->result));
  for (guint i = 0; i < self->result->notes->len; i++)
    {
      const TdmNote *note = self->result->notes->pdata[i];
      if (note->severity == TDM_NOTE_INFO)
        g_ptr_array_add (lines, g_strdup (note->text));
    }
}

static void
add_line (GPtrArray *lines, const char *title, const char *text)
{
  if (text != NULL && *text != '\0')
    g_ptr_array_add (lines, g_strdup_printf ("%s%s", title, text));
}

static void
add_model (const Builder *self)
{
  const TdmModelText *text = tdm_model_get_text (self->result->model);
  GPtrArray *lines = self->report->model;
  g_autofree char *name =
      g_strdup_printf ("%s (%s%s%s)", text->title != NULL ? text->title : text->drug,
                       text->id, text->version != NULL ? ", version " : "",
                       text->version != NULL ? text->version : "");
  add_line (lines, "", name);
  g_autofree char *origin = tdm_trust_words (self->result->model);
  add_line (lines, "", origin);
  add_line (lines, "Built from: ", text->population);
  add_line (lines, "Limits: ", text->limits);
  add_line (lines, "Verified: ", text->status_text);
  g_autofree char *reference = g_strdup_printf (
      "%s%s%s", text->reference != NULL ? text->reference : "",
      text->doi != NULL ? ", doi:" : "", text->doi != NULL ? text->doi : "");
  add_line (lines, "Reference: ", reference);
  g_autofree char *hashes = g_strdup_printf (
      "sha256 of the model file %s, of the input %s",
      tdm_model_get_sha256 (self->result->model),
      self->result->input_hash != NULL ? self->result->input_hash : "unknown");
  add_line (lines, "", hashes);
}

static void
add_footer (const Builder *self)
{
  const char *input = self->result->input_hash != NULL ? self->result->input_hash : "";
  self->report->footer = g_strdup_printf (
      "%s %.*s  ·  input %.*s  ·  Titrate %s", tdm_model_get_id (self->result->model),
      SHORT_HASH, tdm_model_get_sha256 (self->result->model), SHORT_HASH, input,
      TDM_VERSION);
  self->report->intended_use = g_strdup (intended_use);
}

TdmReport *
tdm_report_builder_build (const TdmReportSource *source)
{
  const TdmResult *result = source->result;
  g_autoptr (TdmReport) report = tdm_report_new ();
  const Builder self = { source, result, result->fit->problem, report };
  report->title =
      g_strdup_printf ("%s dosing report", tdm_model_get_text (result->model)->drug);
  report->scene = tdm_scene_builder_build (result, source->options);
  add_identity (&self);
  add_conclusion (&self);
  add_options (&self);
  tdm_report_builder_add_sections (report, source);
  add_covariates (&self);
  add_doses (&self);
  add_dialyses (&self);
  add_levels (&self);
  add_fit (&self);
  add_model (&self);
  add_footer (&self);
  return g_steal_pointer (&report);
}
