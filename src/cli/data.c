/* titrate-cli with NONMEM-style data. A subject that has no answer does not take that
 * of the others away: it is named, and the exit status is 1. */
#include "cli/data.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "cli/text.h"
#include "engine/data-map.h"
#include "engine/marginal.h"
#include "engine/result-json.h"
#include "model/library.h"

#include <math.h>
#include <string.h>

/* One table of data under one model. */
typedef struct
{
  TdmModel *model;
  TdmDataMap *map;
  TdmNonmemData *data;
  guint failed;
  gboolean expected;        /* which covariance is printed */
  gboolean marginal;        /* whether the population objective is asked for */
  TdmMarginalMethod method; /* if so, by which method */
  TdmResultOptions options; /* draws and seed, if it is by sampling */
  double sum;               /* of its parts */
  double error;             /* its variance by chance */
} Study;

/* One subject: the fit, and what goes wrong. */
typedef struct
{
  const char *id;
  TdmFit *fit;           /* or NULL */
  TdmMarginal *marginal; /* or NULL; its fit is `fit` */
  GError *fault;         /* or NULL */
} Subject;

gboolean
tdm_cli_is_data (const TdmCliOptions *options)
{
  static const char *const endings[] = {
    ".csv", ".tsv", ".tab", ".dat", ".prn", ".txt"
  };
  const char *name = options->arguments[0];
  const gsize n = name ? strlen (name) : 0;
  for (guint i = 0; n > 4 && i < G_N_ELEMENTS (endings); i++)
    if (g_ascii_strcasecmp (name + n - 4, endings[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
study_clear (Study *self)
{
  g_clear_pointer (&self->data, tdm_nonmem_data_free);
  g_clear_pointer (&self->map, tdm_data_map_free);
  g_clear_pointer (&self->model, tdm_model_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Study, study_clear)

static gboolean
study_load (Study *self, const TdmCliOptions *options, GError **error)
{
  if (g_strv_length (options->arguments) != 1)
    return tdm_cli_usage (error, "one file of data is needed");
  if (!options->model)
    return tdm_cli_usage (error, "data need --model ID|FILE");
  self->model = tdm_library_load (options->model, error);
  if (!self->model)
    {
      g_prefix_error (error, "--model: ");
      return FALSE;
    }
  self->map = tdm_data_map_new (self->model);
  self->data = tdm_nonmem_data_read (options->arguments[0], error);
  return self->data != NULL;
}

static void
subject_clear (Subject *self)
{
  g_clear_pointer (&self->fit, tdm_fit_unref);
  g_clear_pointer (&self->marginal, tdm_marginal_free);
  g_clear_error (&self->fault);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_clear)

/* Subjects have seeds of their own, so that their errors add up as chance does. */
static TdmMarginal *
study_integrate (const Study *self, guint i, TdmProblem *problem, GError **error)
{
  if (self->method == TDM_MARGINAL_IMP)
    return tdm_marginal_sample (problem, self->options.draws, self->options.seed + i,
                                error);
  return tdm_marginal_new (problem, self->method, error);
}

/* FALSE when the data themselves are wrong; a subject without an answer has a fault. */
static gboolean
study_fit (Study *self, guint i, Subject *out, GError **error)
{
  out->id = tdm_nonmem_data_get_id (self->data, i);
  g_autoptr (TdmCase) record = tdm_nonmem_data_case (self->data, i, self->map, error);
  if (!record)
    return FALSE;
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, self->model, &out->fault);
  if (!problem)
    tdm_nonmem_data_locate (self->data, i, self->map, &out->fault);
  if (problem && self->marginal)
    out->marginal = study_integrate (self, i, problem, &out->fault);
  else if (problem)
    out->fit = tdm_map_fit (problem, NULL, NULL, &out->fault);
  if (out->marginal)
    {
      out->fit = tdm_fit_ref (out->marginal->fit);
      self->sum += out->marginal->value;
      if (out->marginal->evidence)
        self->error += pow (out->marginal->evidence->error, 2);
    }
  self->failed += out->fit == NULL || !out->fit->converged;
  return TRUE;
}

static void
study_judge (const Study *self, TdmCliAnswer *answer)
{
  if (self->failed == 0)
    return;
  answer->status = TDM_ERROR_NO_ANSWER;
  answer->warning =
      g_strdup_printf ("%u of %u subjects have no trustworthy answer", self->failed,
                       tdm_nonmem_data_get_n_subjects (self->data));
}

static json_t *
study_json (const Study *self, const char *format, json_t *subjects)
{
  g_auto (GStrv) unused = tdm_nonmem_data_dup_unused (self->data, self->map);
  json_t *columns = json_array ();
  for (char **name = unused; *name; name++)
    json_array_append_new (columns, json_string (*name));
  return json_pack ("{s:s, s:{s:s, s:s}, s:o, s:o}", "format", format, "model", "id",
                    tdm_model_get_id (self->model), "sha256",
                    tdm_model_get_sha256 (self->model), "unused_columns", columns,
                    "subjects", subjects);
}

static void
print_unused (const Study *self, GString *out)
{
  g_auto (GStrv) unused = tdm_nonmem_data_dup_unused (self->data, self->map);
  g_autofree char *names = g_strjoinv (", ", unused);
  if (*names)
    g_string_append_printf (out, "\nNot used: %s\n", names);
}

static json_t *
fault_json (const Subject *subject)
{
  return json_pack ("{s:s, s:s}", "id", subject->id, "error", subject->fault->message);
}

/* What importance sampling says of a subject beside its part of the objective. */
static json_t *
evidence_json (const TdmMarginal *marginal)
{
  const TdmEvidence *evidence = marginal->evidence;
  const TdmFit *fit = marginal->fit;
  json_t *mean = json_object (), *sd = json_object ();
  for (guint i = 0; i < fit->n; i++)
    {
      const char *name = tdm_problem_get_effect_name (fit->problem, i);
      json_object_set_new (mean, name, tdm_json_real (evidence->mean[i]));
      json_object_set_new (
          sd, name, tdm_json_real (sqrt (evidence->covariance[i * (fit->n + 1)])));
    }
  return json_pack ("{s:o, s:i, s:b, s:o, s:o}", "error",
                    tdm_json_real (evidence->error), "draws", (int)evidence->draws,
                    "even", evidence->even, "mean", mean, "sd", sd);
}

/* The subject's part of the population objective, and residuals at its levels. */
static void
add_marginal (json_t *values, const TdmMarginal *marginal)
{
  json_t *levels = json_object_get (values, "levels");
  json_object_set_new (values, "contribution", tdm_json_real (marginal->value));
  if (marginal->evidence)
    json_object_set_new (values, "sampling", evidence_json (marginal));
  for (gsize i = 0; i < json_array_size (levels); i++)
    {
      json_t *level = json_array_get (levels, i);
      json_object_set_new (level, "wres", tdm_json_real (marginal->wres[i]));
      json_object_set_new (level, "cwres", tdm_json_real (marginal->cwres[i]));
    }
}

static json_t *
fit_json (const Study *self, const Subject *subject)
{
  if (!subject->fit)
    return fault_json (subject);
  json_t *out = json_pack ("{s:s}", "id", subject->id);
  json_t *values = tdm_json_fit_values (subject->fit, self->expected);
  if (subject->marginal)
    add_marginal (values, subject->marginal);
  json_object_set_new (values, "notes",
                       tdm_json_notes (tdm_problem_get_notes (subject->fit->problem)));
  json_object_update (out, values);
  json_decref (values);
  return out;
}

static guint
count_used (const TdmFit *fit)
{
  guint used = 0;
  for (guint i = 0; i < fit->n_levels; i++)
    used += fit->levels[i].used;
  return used;
}

/* What there is to say of a subject, NULL for nothing. Yours. */
static char *
describe (const Subject *subject)
{
  const TdmFit *fit = subject->fit;
  if (!fit)
    return g_strdup (subject->fault->message);
  if (!fit->converged)
    return g_strdup ("did not converge");
  const guint left = fit->n_levels - count_used (fit);
  return left > 0 ? g_strdup_printf ("%u left out", left) : NULL;
}

/* A row of the table: objective, effects, number of levels. */
static void
add_row (TdmCliTable *table, const Subject *subject, guint n_effects)
{
  const TdmFit *fit = subject->fit;
  const TdmMarginal *marginal = subject->marginal;
  tdm_cli_table_add_text (table, subject->id);
  tdm_cli_table_add_number (table, fit ? count_used (fit) : NAN);
  tdm_cli_table_add_number (table, marginal ? marginal->value
                                   : fit    ? fit->objective
                                            : NAN);
  for (guint k = 0; k < n_effects; k++)
    tdm_cli_table_add_number (table, fit ? fit->eta[k] : NAN);
  g_autofree char *remark = describe (subject);
  tdm_cli_table_add_text (table, remark);
}

static TdmCliTable *
new_table (const Study *self)
{
  const TdmModel *model = self->model;
  const guint n = tdm_model_get_n_effects (model);
  g_autoptr (GString) columns = g_string_new ("lrr");
  for (guint k = 0; k < n; k++)
    g_string_append_c (columns, 'r');
  g_string_append_c (columns, 'l');
  TdmCliTable *table = tdm_cli_table_new (columns->str);
  tdm_cli_table_add_row (
      table, "subject", "levels",
      self->marginal ? tdm_marginal_method_name (self->method) : "objective", NULL);
  for (guint k = 0; k < n; k++)
    {
      g_autofree char *name =
          g_strconcat ("eta ", tdm_model_get_effect_name (model, k), NULL);
      tdm_cli_table_add_text (table, name);
    }
  tdm_cli_table_add_text (table, NULL);
  return table;
}

/* The whole objective is known when every subject's part is. */
static double
total (const Study *self)
{
  return self->failed == 0 ? self->sum : NAN;
}

static void
print_fits (const Study *self, const TdmCliTable *table, GString *out)
{
  g_string_append_printf (out, "%s\n\n", tdm_model_get_text (self->model)->title);
  tdm_cli_table_print (table, 0, out);
  if (self->marginal && isfinite (total (self)))
    {
      g_autofree char *sum = tdm_number_format (total (self), 9);
      g_autofree char *error = tdm_number_format (sqrt (self->error), 2);
      g_string_append_printf (out, "\nPopulation objective (%s): %s",
                              tdm_marginal_method_name (self->method), sum);
      if (self->method == TDM_MARGINAL_IMP)
        g_string_append_printf (out, ", standard error %s by chance", error);
      g_string_append_c (out, '\n');
    }
  print_unused (self, out);
}

static json_t *
population_json (const Study *self)
{
  json_t *out =
      json_pack ("{s:s, s:o}", "method", tdm_marginal_method_name (self->method),
                 "objective", tdm_json_real (total (self)));
  if (self->method == TDM_MARGINAL_IMP)
    {
      json_object_set_new (
          out, "error", tdm_json_real (self->failed == 0 ? sqrt (self->error) : NAN));
      json_object_set_new (out, "seed", json_integer ((json_int_t)self->options.seed));
    }
  return out;
}

/* What is asked about the population objective. */
static gboolean
study_read_options (Study *self, const TdmCliOptions *options, GError **error)
{
  self->marginal = options->objective != NULL;
  if (self->marginal
      && !tdm_marginal_method_from_name (options->objective, &self->method))
    return tdm_cli_usage (
        error, "--objective: \"%s\" is none of fo, foce, focei, laplace, linear, imp",
        options->objective);
  if (options->draws && !(self->marginal && self->method == TDM_MARGINAL_IMP))
    return tdm_cli_usage (error, "--draws is for --objective imp");
  return tdm_cli_draws (options, &self->options, error);
}

gboolean
tdm_cli_data_fit (const TdmCliOptions *options, gboolean expected_covariance,
                  TdmCliAnswer *answer, GError **error)
{
  g_auto (Study) study = { .expected = expected_covariance };
  if (!study_read_options (&study, options, error)
      || !study_load (&study, options, error))
    return FALSE;
  if (!tdm_nonmem_data_has_levels (study.data))
    return tdm_error_set_input (
        error, options->arguments[0],
        "holds no level: a row with EVID 0, MDV 0 and a number in DV");
  json_t *subjects = json_array ();
  g_autoptr (TdmCliTable) table = new_table (&study);
  for (guint i = 0; i < tdm_nonmem_data_get_n_subjects (study.data); i++)
    {
      g_auto (Subject) subject = { 0 };
      if (!study_fit (&study, i, &subject, error))
        {
          json_decref (subjects);
          return FALSE;
        }
      json_array_append_new (subjects, fit_json (&study, &subject));
      add_row (table, &subject, tdm_model_get_n_effects (study.model));
    }
  json_t *json = study_json (&study, "titrate-fits/1", subjects);
  if (study.marginal)
    json_object_set_new (json, "population", population_json (&study));
  if (options->json)
    tdm_cli_print_json (json_incref (json), answer->text);
  else
    print_fits (&study, table, answer->text);
  json_decref (json);
  study_judge (&study, answer);
  return TRUE;
}

/* What is predicted for one subject: for each of its observations. */
typedef struct
{
  GArray *observations; /* of TdmDataObservation */
  double *population, *individual;
} Prediction;

static void
prediction_clear (Prediction *self)
{
  g_clear_pointer (&self->observations, g_array_unref);
  g_free (self->population);
  g_free (self->individual);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prediction, prediction_clear)

static const TdmDataObservation *
observation (const Prediction *self, guint i)
{
  return &g_array_index (self->observations, TdmDataObservation, i);
}

static gboolean
predict (const TdmFit *fit, Prediction *self, GError **error)
{
  const guint n = self->observations->len;
  g_autofree double *times = g_new (double, n + 1);
  g_autofree guint *outputs = g_new (guint, n + 1);
  g_autofree gboolean *after = g_new (gboolean, n + 1);
  for (guint i = 0; i < n; i++)
    {
      times[i] = observation (self, i)->time_h;
      outputs[i] = observation (self, i)->output;
      after[i] = observation (self, i)->after_dose;
    }
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .outputs = outputs,
                             .after = after,
                             .n_times = n };
  self->population = g_new0 (double, n + 1);
  self->individual = g_new0 (double, n + 1);
  return tdm_problem_predict (fit->problem, NULL, &spec, self->population, error)
         && tdm_problem_predict (fit->problem, fit->eta, &spec, self->individual,
                                 error);
}

static json_t *
prediction_json (const TdmModel *model, const Subject *subject, const Prediction *self)
{
  json_t *rows = json_array ();
  for (guint i = 0; i < self->observations->len; i++)
    {
      const TdmDataObservation *at = observation (self, i);
      const TdmModelOutput *output = tdm_model_get_output (model, at->output);
      json_array_append_new (
          rows,
          json_pack ("{s:o, s:s, s:s, s:o, s:o}", "time", tdm_json_real (at->time_h),
                     "output", output->name, "unit", output->unit, "population",
                     tdm_json_real (self->population[i]), "individual",
                     tdm_json_real (self->individual[i])));
    }
  return json_pack ("{s:s, s:o}", "id", subject->id, "predictions", rows);
}

static void
add_prediction (TdmCliTable *table, const TdmModel *model, const char *id,
                const Prediction *self)
{
  for (guint i = 0; i < self->observations->len; i++)
    {
      const TdmDataObservation *at = observation (self, i);
      g_autofree char *hours = tdm_number_format (at->time_h, 9);
      g_autofree char *unit =
          tdm_unit_display (tdm_model_get_output (model, at->output)->unit);
      tdm_cli_table_add_text (table, id);
      tdm_cli_table_add_text (table, hours);
      tdm_cli_table_add_number (table, self->population[i]);
      tdm_cli_table_add_number (table, self->individual[i]);
      tdm_cli_table_add_text (table, unit);
    }
}

/* Adds what is predicted for subject `i` to the answer in both forms. */
static gboolean
predict_subject (Study *self, guint i, json_t *subjects, TdmCliTable *table,
                 GError **error)
{
  g_auto (Subject) subject = { 0 };
  g_auto (Prediction) prediction = { 0 };
  prediction.observations =
      tdm_nonmem_data_observations (self->data, i, self->map, error);
  if (!prediction.observations || !study_fit (self, i, &subject, error))
    return FALSE;
  if (subject.fit && !predict (subject.fit, &prediction, &subject.fault))
    self->failed += subject.fit->converged;
  if (subject.fault)
    {
      json_array_append_new (subjects, fault_json (&subject));
      tdm_cli_table_add_row (table, subject.id, "", "", "", subject.fault->message,
                             NULL);
      return TRUE;
    }
  json_array_append_new (subjects,
                         prediction_json (self->model, &subject, &prediction));
  add_prediction (table, self->model, subject.id, &prediction);
  return TRUE;
}

gboolean
tdm_cli_data_predict (const TdmCliOptions *options, TdmCliAnswer *answer,
                      GError **error)
{
  g_auto (Study) study = { 0 };
  if (options->from || options->to || options->by || options->draws || options->residual
      || options->output)
    return tdm_cli_usage (error,
                          "data are predicted at their own times and outputs, without "
                          "--output, --from, --to, --by, --draws and --residual");
  if (!study_load (&study, options, error))
    return FALSE;
  json_t *subjects = json_array ();
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrrl");
  tdm_cli_table_add_row (table, "subject", "hours", "typical", "this subject", "unit",
                         NULL);
  for (guint i = 0; i < tdm_nonmem_data_get_n_subjects (study.data); i++)
    if (!predict_subject (&study, i, subjects, table, error))
      {
        json_decref (subjects);
        return FALSE;
      }
  json_t *json = study_json (&study, "titrate-predictions/1", subjects);
  if (options->json)
    tdm_cli_print_json (json_incref (json), answer->text);
  else
    {
      tdm_cli_table_print (table, 0, answer->text);
      print_unused (&study, answer->text);
    }
  json_decref (json);
  study_judge (&study, answer);
  return TRUE;
}
