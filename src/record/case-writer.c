/* The case file: from a case to its canonical text. Keys stand in a fixed order, what
 * has its default is left out, each entry is one line. */
#include "record/case-file.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

/* An object being written on one line. */
typedef struct
{
  GString *s;
  gboolean has_keys;
} Line;

static void
put_quoted (GString *s, const char *text)
{
  g_string_append_c (s, '"');
  for (const char *p = text; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (s, "\\%c", *p);
    else if ((guchar)*p < 0x20)
      g_string_append_printf (s, "\\u%04x", (guint)(guchar)*p);
    else
      g_string_append_c (s, *p);
  g_string_append_c (s, '"');
}

static void
put_number_value (GString *s, double value)
{
  g_autofree char *text = tdm_number_exact (value);
  g_string_append (s, text);
}

static void
put_key (Line *line, const char *key)
{
  g_string_append (line->s, line->has_keys ? ", " : " ");
  line->has_keys = TRUE;
  put_quoted (line->s, key);
  g_string_append (line->s, ": ");
}

static Line
open_line (GString *s)
{
  g_string_append_c (s, '{');
  return (Line){ .s = s };
}

static void
close_line (Line *line)
{
  g_string_append (line->s, line->has_keys ? " }" : "}");
}

static void
put_text (Line *line, const char *key, const char *text)
{
  if (text == NULL)
    return;
  put_key (line, key);
  put_quoted (line->s, text);
}

static void
put_number (Line *line, const char *key, double value)
{
  put_key (line, key);
  put_number_value (line->s, value);
}

static void
put_true (Line *line, const char *key, gboolean value)
{
  if (!value)
    return;
  put_key (line, key);
  g_string_append (line->s, "true");
}

static void
put_moment (Line *line, const char *key, const TdmMoment *moment)
{
  if (moment->text != NULL)
    put_text (line, key, moment->text);
  else
    put_number (line, key, moment->hours);
}

/* The next key of the whole file, on a line of its own. */
static void
begin_field (GString *s, const char *key)
{
  g_string_append_printf (s, ",\n  \"%s\": ", key);
}

static void
put_models (GString *s, const TdmCase *self)
{
  const char *const *models = tdm_case_get_models (self);
  if (models == NULL)
    return;
  if (models[1] == NULL)
    {
      begin_field (s, "model");
      put_quoted (s, models[0]);
      return;
    }
  begin_field (s, "models");
  for (guint i = 0; models[i] != NULL; i++)
    {
      g_string_append (s, i == 0 ? "[ " : ", ");
      put_quoted (s, models[i]);
    }
  g_string_append (s, " ]");
}

static void
put_patient (GString *s, const TdmPatient *patient)
{
  static const char *const sexes[] = { NULL, "male", "female" };
  if (patient->id == NULL && patient->name == NULL && patient->birth == NULL
      && patient->sex == TDM_SEX_UNKNOWN)
    return;
  begin_field (s, "patient");
  Line line = open_line (s);
  put_text (&line, "id", patient->id);
  put_text (&line, "name", patient->name);
  put_text (&line, "sex", sexes[patient->sex]);
  put_text (&line, "birth", patient->birth);
  close_line (&line);
}

static void
put_covariate (GString *s, const TdmCase *self, guint i)
{
  const TdmCovariateEntry *entry = tdm_case_get_covariate (self, i);
  Line line = open_line (s);
  put_text (&line, "name", entry->name);
  put_moment (&line, "time", &entry->time);
  if (entry->text != NULL)
    put_text (&line, "value", entry->text);
  else
    put_number (&line, "value", entry->value);
  put_text (&line, "unit", entry->unit);
  close_line (&line);
}

static void
put_dose (GString *s, const TdmCase *self, guint i)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self, i);
  Line line = open_line (s);
  put_moment (&line, "time", &entry->time);
  put_number (&line, "amount", entry->amount);
  put_text (&line, "unit", entry->unit);
  put_text (&line, "route", entry->route);
  if (entry->end_uncertain)
    {
      put_moment (&line, "end_from", &entry->end_from);
      put_moment (&line, "end_to", &entry->end_to);
    }
  else if (entry->duration_h > 0.0)
    put_number (&line, "duration", entry->duration_h);
  if (entry->interval_h > 0.0)
    {
      put_number (&line, "interval", entry->interval_h);
      put_number (&line, "count", entry->count);
    }
  put_true (&line, "steady_state", entry->steady_state);
  put_true (&line, "added", entry->added);
  put_true (&line, "stopped", entry->stopped);
  put_true (&line, "at_rate", entry->at_rate);
  put_true (&line, "reset", entry->reset);
  put_true (&line, "data", entry->of_data);
  put_text (&line, "salt", entry->salt);
  put_text (&line, "formulation", entry->formulation);
  close_line (&line);
}

static void
put_dialysis (GString *s, const TdmCase *self, guint i)
{
  const TdmDialysisEntry *entry = tdm_case_get_dialysis (self, i);
  Line line = open_line (s);
  put_moment (&line, "time", &entry->time);
  put_number (&line, "duration", entry->duration_h);
  put_number (&line, "clearance", entry->clearance);
  put_text (&line, "unit", entry->unit);
  close_line (&line);
}

static void
put_level (GString *s, const TdmCase *self, guint i)
{
  const TdmLevelEntry *entry = tdm_case_get_level (self, i);
  Line line = open_line (s);
  put_moment (&line, "time", &entry->time);
  if (entry->time_uncertain)
    put_moment (&line, "time_to", &entry->time_to);
  put_number (&line, "value", entry->value);
  put_text (&line, "unit", entry->unit);
  put_text (&line, "output", entry->output);
  put_true (&line, "after_dose", entry->after_dose);
  put_true (&line, "data", entry->of_data);
  put_true (&line, "below", entry->censor == TDM_CENSOR_BELOW);
  put_true (&line, "above", entry->censor == TDM_CENSOR_ABOVE);
  if (!entry->use)
    {
      put_key (&line, "use");
      g_string_append (s, "false");
    }
  if (entry->weight != 1.0)
    put_number (&line, "weight", entry->weight);
  close_line (&line);
}

typedef void (*PutEntry) (GString *s, const TdmCase *self, guint i);

static void
put_list (GString *s, const char *key, const TdmCase *self, guint n, PutEntry put)
{
  if (n == 0)
    return;
  begin_field (s, key);
  for (guint i = 0; i < n; i++)
    {
      g_string_append (s, i == 0 ? "[\n    " : ",\n    ");
      put (s, self, i);
    }
  g_string_append (s, "\n  ]");
}

static void
put_target (GString *s, const TdmTarget *target)
{
  if (target->metric == TDM_METRIC_NONE)
    return;
  begin_field (s, "target");
  Line line = open_line (s);
  put_text (&line, "metric", tdm_metric_name (target->metric));
  put_text (&line, "output", target->output);
  if (target->low != -INFINITY)
    put_number (&line, "low", target->low);
  if (target->high != INFINITY)
    put_number (&line, "high", target->high);
  put_text (&line, "unit", target->unit);
  if (!target->at_steady_state)
    put_moment (&line, "at", &target->at);
  if (target->metric == TDM_METRIC_AUC || target->has_span)
    {
      put_moment (&line, "from", &target->from);
      put_moment (&line, "to", &target->to);
    }
  if (tdm_metric_has_threshold (target->metric) && target->threshold != 0)
    {
      put_number (&line, "threshold", target->threshold);
      put_text (&line, "threshold_unit", target->threshold_unit);
    }
  if (target->mic != 0)
    {
      put_number (&line, "mic", target->mic);
      put_text (&line, "mic_unit", target->mic_unit);
    }
  const struct
  {
    const char *key;
    double value;
  } stated[] = { { "multiple", target->multiple },
                 { "free_fraction", target->free_fraction },
                 { "alarm_low", target->alarm_low },
                 { "alarm_high", target->alarm_high } };
  for (guint i = 0; i < G_N_ELEMENTS (stated); i++)
    if (stated[i].value != 0)
      put_number (&line, stated[i].key, stated[i].value);
  close_line (&line);
}

static void
put_options (GString *s, const TdmCaseOptions *options)
{
  if (options->n_intervals == 0 && options->prior_weight == 1.0 && !options->has_adjust
      && !options->future_occasions && options->posterior == TDM_POSTERIOR_AUTO
      && !options->has_sample_hours && options->sample_within_h == 0
      && options->time_uncertainty_min == 0 && options->weight_half_life_h == 0
      && options->n_ward_times == 0)
    return;
  begin_field (s, "options");
  Line line = open_line (s);
  if (options->n_intervals > 0)
    {
      put_key (&line, "interval");
      for (guint i = 0; i < options->n_intervals; i++)
        {
          g_string_append (s, i == 0 ? "[" : ", ");
          put_number_value (s, options->intervals_h[i]);
        }
      g_string_append_c (s, ']');
    }
  if (options->prior_weight != 1.0)
    put_number (&line, "prior_weight", options->prior_weight);
  if (options->has_adjust)
    put_moment (&line, "adjust", &options->adjust);
  put_true (&line, "future_occasions", options->future_occasions);
  if (options->posterior != TDM_POSTERIOR_AUTO)
    put_text (&line, "posterior", tdm_posterior_method_name (options->posterior));
  if (options->has_sample_hours)
    {
      put_key (&line, "sample_hours");
      g_string_append_printf (s, "[\"%02u:%02u\", \"%02u:%02u\"]",
                              options->sample_from_min / 60,
                              options->sample_from_min % 60,
                              options->sample_to_min / 60, options->sample_to_min % 60);
    }
  if (options->sample_within_h != 0)
    put_number (&line, "sample_within", options->sample_within_h);
  if (options->time_uncertainty_min != 0)
    put_number (&line, "time_uncertainty", options->time_uncertainty_min);
  if (options->weight_half_life_h != 0)
    put_number (&line, "weight_half_life", options->weight_half_life_h);
  if (options->n_ward_times > 0)
    put_key (&line, "ward_times");
  for (guint i = 0; i < options->n_ward_times; i++)
    g_string_append_printf (s, "%s\"%02u:%02u\"%s", i == 0 ? "[" : ", ",
                            options->ward_min[i] / 60, options->ward_min[i] % 60,
                            i + 1 == options->n_ward_times ? "]" : "");
  close_line (&line);
}

static void
put_words (GString *s, const TdmCaseWords *words)
{
  if (words->text == NULL)
    return;
  begin_field (s, "words");
  Line line = open_line (s);
  put_text (&line, "text", words->text);
  put_text (&line, "instead_of", words->instead_of);
  put_text (&line, "edited", words->edited);
  close_line (&line);
}

char *
tdm_case_file_to_text (const TdmCase *self)
{
  GString *s = g_string_new ("{\n  \"format\": \"titrate-case/1\"");
  put_models (s, self);
  if (tdm_case_get_start_text (self) != NULL)
    {
      begin_field (s, "start");
      put_quoted (s, tdm_case_get_start_text (self));
    }
  put_patient (s, tdm_case_get_patient (self));
  put_list (s, "covariates", self, tdm_case_get_n_covariates (self), put_covariate);
  put_list (s, "doses", self, tdm_case_get_n_doses (self), put_dose);
  put_list (s, "dialysis", self, tdm_case_get_n_dialyses (self), put_dialysis);
  put_list (s, "levels", self, tdm_case_get_n_levels (self), put_level);
  put_target (s, tdm_case_get_target (self));
  put_options (s, tdm_case_get_options (self));
  put_words (s, tdm_case_get_words (self));
  g_string_append (s, "\n}\n");
  return g_string_free (s, FALSE);
}

gboolean
tdm_case_file_write (const TdmCase *self, const char *path, GError **error)
{
  g_autofree char *text = tdm_case_file_to_text (self);
  g_autoptr (GError) fault = NULL;
  /* Patients' data: for the owner's eyes only. */
  if (g_file_set_contents_full (
          path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
          0600, &fault))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: cannot be written: %s", path,
               fault->message);
  return FALSE;
}
