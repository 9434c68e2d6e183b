/* The case file: from JSON to a case. Shapes and names are checked here, values by
 * tdm_case_edit_finish(). */
#include "record/case-file.h"

#include "base/error.h"
#include "base/unit.h"
#include "record/case-private.h"
#include "record/json.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FORMAT "titrate-case/1"
#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })
/* Metrics that take these keys, in words. */
#define SPAN_METRICS \
  "auc, trough, peak, average, peak_mic, time_above, time_below and time_to_below"
#define MIC_METRICS                                                            \
  "peak_mic, auc_mic, and in place of a threshold time_above, time_below and " \
  "time_to_below"
#define NO_KEYS ((const char *const[]){ NULL })

/* Strings that an entry borrows while it is read; the edit copies them. */
#define UNCONST(text) ((char *)(gpointer)(text))

/* What reading a list needs. */
typedef struct
{
  TdmCaseEdit *edit;
  GDateTime *start; /* or NULL */
} Reader;

static gboolean
read_text (const TdmJsonNode *node, const char *key, char **out, GError **error)
{
  const char *text = *out;
  if (!tdm_json_read_string (node, key, &text, error))
    return FALSE;
  *out = UNCONST (text);
  return TRUE;
}

/* moment = hours | "YYYY-MM-DDTHH:MM" ; */
static gboolean
read_moment (const TdmJsonNode *node, const char *key, TdmMoment *out, GError **error)
{
  const char *text = NULL;
  if (!tdm_json_read_number_or_string (node, key, &out->hours, &text, error))
    return FALSE;
  out->text = UNCONST (text);
  return TRUE;
}

static gboolean
read_sex (const TdmJsonNode *node, TdmSex *out, GError **error)
{
  const char *text = NULL;
  if (!tdm_json_read_string (node, "sex", &text, error))
    return FALSE;
  if (text == NULL)
    *out = TDM_SEX_UNKNOWN;
  else if (g_str_equal (text, "male"))
    *out = TDM_SEX_MALE;
  else if (g_str_equal (text, "female"))
    *out = TDM_SEX_FEMALE;
  else
    return tdm_json_fault (node, "sex", error, "“%.40s”: expected male or female",
                           text);
  return TRUE;
}

static gboolean
read_patient (const TdmJsonNode *root, TdmCaseEdit *edit, GError **error)
{
  TdmJsonNode node = { json_object_get (root->json, "patient"), "patient" };
  TdmPatient patient = { 0 };
  if (node.json == NULL)
    return TRUE;
  if (!tdm_json_check_keys (&node, KEYS ("id", "name", "sex", "birth"), NO_KEYS, error)
      || !read_text (&node, "id", &patient.id, error)
      || !read_text (&node, "name", &patient.name, error)
      || !read_sex (&node, &patient.sex, error)
      || !read_text (&node, "birth", &patient.birth, error))
    return FALSE;
  tdm_case_edit_set_patient (edit, &patient);
  return TRUE;
}

static gboolean
read_covariate (const TdmJsonNode *node, guint i, gpointer data, GError **error)
{
  Reader *reader = data;
  TdmCovariateEntry entry = { 0 };
  const char *text = NULL;
  if (!tdm_json_check_keys (node, KEYS ("name", "time", "value", "unit"),
                            KEYS ("name", "value"), error)
      || !read_text (node, "name", &entry.name, error)
      || !read_moment (node, "time", &entry.time, error)
      || !tdm_json_read_number_or_string (node, "value", &entry.value, &text, error)
      || !read_text (node, "unit", &entry.unit, error))
    return FALSE;
  entry.text = UNCONST (text);
  tdm_case_edit_insert_covariate (reader->edit, i, &entry);
  return TRUE;
}

/* The end of what began at `time`, kept as its duration. */
static gboolean
read_end (const TdmJsonNode *node, GDateTime *start, TdmMoment time, double *duration_h,
          GError **error)
{
  TdmMoment end = { 0 };
  if (!tdm_json_has (node, "end"))
    return TRUE;
  if (tdm_json_has (node, "duration"))
    return tdm_json_fault (node, "end", error, "give either end or duration");
  if (!read_moment (node, "end", &end, error)
      || !tdm_moment_resolve (&time, start, node->path, "time", error)
      || !tdm_moment_resolve (&end, start, node->path, "end", error))
    return FALSE;
  *duration_h = end.hours - time.hours;
  return *duration_h > 0.0
         || tdm_json_fault (node, "end", error, "must be after the time it began");
}

/* Two moments between which the infusion ended. */
static gboolean
read_uncertain_end (const TdmJsonNode *node, TdmDoseEntry *entry, GError **error)
{
  const gboolean from = tdm_json_has (node, "end_from");
  entry->end_uncertain = tdm_json_has (node, "end_to");
  if (from != entry->end_uncertain)
    return tdm_json_fault (node, from ? "end_to" : "end_from", error,
                           "is missing; an end between two times needs both");
  if (from && (tdm_json_has (node, "end") || tdm_json_has (node, "duration")))
    return tdm_json_fault (node, "end_from", error,
                           "give either end_from and end_to, or end, or duration");
  return read_moment (node, "end_from", &entry->end_from, error)
         && read_moment (node, "end_to", &entry->end_to, error);
}

/* Interval, count and steady state: each that is there is a value of its own, so that
 * an interval written as 0 is a fault and not a single dose. */
static gboolean
read_repeats (const TdmJsonNode *node, TdmDoseEntry *entry, GError **error)
{
  if (!tdm_json_read_number (node, "interval", &entry->interval_h, error)
      || !tdm_json_read_count (node, "count", &entry->count, error)
      || !tdm_json_read_bool (node, "steady_state", &entry->steady_state, error)
      || !tdm_json_read_bool (node, "added", &entry->added, error)
      || !tdm_json_read_bool (node, "stopped", &entry->stopped, error))
    return FALSE;
  if (!tdm_json_has (node, "interval"))
    return TRUE;
  if (!(entry->interval_h > 0.0))
    return tdm_json_fault (node, "interval", error, "must be more than 0 hours");
  if (!tdm_json_has (node, "count") && !entry->steady_state)
    return tdm_json_fault (node, "count", error,
                           "is missing; an interval needs the number of doses in all");
  return TRUE;
}

static gboolean
read_dose (const TdmJsonNode *node, guint i, gpointer data, GError **error)
{
  Reader *reader = data;
  TdmDoseEntry entry = { .count = 1 };
  if (!tdm_json_check_keys (node,
                            KEYS ("time", "amount", "unit", "route", "duration", "end",
                                  "end_from", "end_to", "interval", "count",
                                  "steady_state", "added", "stopped", "at_rate",
                                  "reset", "data", "salt", "formulation"),
                            KEYS ("time", "amount", "unit"), error)
      || !read_moment (node, "time", &entry.time, error)
      || !tdm_json_read_number (node, "amount", &entry.amount, error)
      || !read_text (node, "unit", &entry.unit, error)
      || !read_text (node, "route", &entry.route, error)
      || !tdm_json_read_number (node, "duration", &entry.duration_h, error)
      || !read_end (node, reader->start, entry.time, &entry.duration_h, error)
      || !read_uncertain_end (node, &entry, error)
      || !read_repeats (node, &entry, error)
      || !tdm_json_read_bool (node, "at_rate", &entry.at_rate, error)
      || !tdm_json_read_bool (node, "reset", &entry.reset, error)
      || !tdm_json_read_bool (node, "data", &entry.of_data, error)
      || !read_text (node, "salt", &entry.salt, error)
      || !read_text (node, "formulation", &entry.formulation, error))
    return FALSE;
  tdm_case_edit_insert_dose (reader->edit, i, &entry);
  return TRUE;
}

static gboolean
read_dialysis (const TdmJsonNode *node, guint i, gpointer data, GError **error)
{
  Reader *reader = data;
  TdmDialysisEntry entry = { .clearance = 0.0 };
  if (!tdm_json_check_keys (node, KEYS ("time", "duration", "end", "clearance", "unit"),
                            KEYS ("time", "clearance", "unit"), error)
      || !read_moment (node, "time", &entry.time, error)
      || !tdm_json_read_number (node, "duration", &entry.duration_h, error)
      || !read_end (node, reader->start, entry.time, &entry.duration_h, error)
      || !tdm_json_read_number (node, "clearance", &entry.clearance, error)
      || !read_text (node, "unit", &entry.unit, error))
    return FALSE;
  tdm_case_edit_insert_dialysis (reader->edit, i, &entry);
  return TRUE;
}

static gboolean
read_censor (const TdmJsonNode *node, TdmCensor *out, GError **error)
{
  gboolean below = FALSE, above = FALSE;
  if (!tdm_json_read_bool (node, "below", &below, error)
      || !tdm_json_read_bool (node, "above", &above, error))
    return FALSE;
  if (below && above)
    return tdm_json_fault (node, "above", error, "a level is below or above, not both");
  *out = below ? TDM_CENSOR_BELOW : above ? TDM_CENSOR_ABOVE : TDM_CENSOR_NONE;
  return TRUE;
}

static gboolean
read_level (const TdmJsonNode *node, guint i, gpointer data, GError **error)
{
  Reader *reader = data;
  TdmLevelEntry entry = { .use = TRUE, .weight = 1.0 };
  if (!tdm_json_check_keys (node,
                            KEYS ("time", "time_to", "value", "unit", "output",
                                  "after_dose", "data", "below", "above", "use",
                                  "weight"),
                            KEYS ("time", "value"), error)
      || !read_moment (node, "time", &entry.time, error)
      || !read_moment (node, "time_to", &entry.time_to, error)
      || !tdm_json_read_number (node, "value", &entry.value, error)
      || !read_text (node, "unit", &entry.unit, error)
      || !read_text (node, "output", &entry.output, error)
      || !tdm_json_read_bool (node, "after_dose", &entry.after_dose, error)
      || !tdm_json_read_bool (node, "data", &entry.of_data, error)
      || !read_censor (node, &entry.censor, error)
      || !tdm_json_read_bool (node, "use", &entry.use, error)
      || !tdm_json_read_number (node, "weight", &entry.weight, error))
    return FALSE;
  entry.time_uncertain = tdm_json_has (node, "time_to");
  tdm_case_edit_insert_level (reader->edit, i, &entry);
  return TRUE;
}

static gboolean
read_metric (const TdmJsonNode *node, TdmMetricKind *out, GError **error)
{
  const char *name = NULL;
  if (!tdm_json_read_string (node, "metric", &name, error))
    return FALSE;
  return tdm_metric_from_name (name, out)
         || tdm_json_fault (
             node, "metric", error,
             "“%.40s” is unknown; expected trough, peak, average, auc24, "
             "auc, cumulative_auc, time_above, time_below, time_to_below, peak_mic "
             "or auc_mic",
             name);
}

/* The keys that only some metrics have, and which these are. */
static gboolean
check_metric_keys (const TdmJsonNode *node, TdmMetricKind metric, GError **error)
{
  const gboolean mic = metric == TDM_METRIC_PEAK_MIC || metric == TDM_METRIC_AUC_MIC;
  const gboolean threshold = tdm_metric_has_threshold (metric);
  const gboolean of_mic = threshold && tdm_json_has (node, "mic");
  const gboolean span = tdm_json_has (node, "from") || tdm_json_has (node, "to");
  const gboolean window =
      metric == TDM_METRIC_AUC || (span && tdm_metric_takes_span (metric));
  const struct
  {
    const char *key;
    gboolean applies, required;
    const char *for_what;
  } rows[] = {
    { "from", window, window, SPAN_METRICS },
    { "to", window, window, SPAN_METRICS },
    { "threshold", threshold && !of_mic, threshold && !of_mic,
      threshold ? "a target without mic" : "time_above, time_below and time_to_below" },
    { "threshold_unit", threshold && !of_mic, FALSE,
      threshold ? "a target without mic" : "time_above, time_below and time_to_below" },
    { "mic", mic || of_mic, mic, MIC_METRICS },
    { "mic_unit", mic || of_mic, FALSE, MIC_METRICS },
    { "multiple", of_mic, FALSE,
      "time_above, time_below and time_to_below with a mic" },
    { "at", !span || metric == TDM_METRIC_AUC, FALSE, "a target without from and to" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean given = tdm_json_has (node, rows[i].key);
      if (given && !rows[i].applies)
        return tdm_json_fault (node, rows[i].key, error, "is for %s only",
                               rows[i].for_what);
      if (!given && rows[i].required)
        return tdm_json_fault (node, rows[i].key, error, "is missing; %s needs it",
                               tdm_metric_name (metric));
    }
  return TRUE;
}

/* Where a threshold or MIC has no unit of its own, a concentration given as the
 * target's unit is meant for it, as the ratio or fraction has none. MICs are stated in
 * mg/L throughout. */
static void
settle_units (TdmTarget *target)
{
  gboolean mic =
      target->metric == TDM_METRIC_PEAK_MIC || target->metric == TDM_METRIC_AUC_MIC;
  const gboolean threshold = tdm_metric_has_threshold (target->metric);
  if (!mic && !threshold)
    return;
  mic = mic || target->threshold == 0;
  char **own = mic ? &target->mic_unit : &target->threshold_unit;
  if (*own == NULL && target->unit != NULL
      && tdm_unit_is_same_kind (target->unit, "mg/L", 1.0))
    *own = g_steal_pointer (&target->unit);
  if (*own == NULL && mic)
    *own = UNCONST ("mg/L");
}

static gboolean
read_at (const TdmJsonNode *node, TdmTarget *target, GError **error)
{
  const json_t *at = json_object_get (node->json, "at");
  if (at == NULL)
    return TRUE;
  if (json_is_string (at) && g_str_equal (json_string_value (at), "steady_state"))
    return TRUE;
  target->at_steady_state = FALSE;
  return read_moment (node, "at", &target->at, error);
}

/* A number that stands for itself where it is given: 0 means that it is not. */
static gboolean
read_above_zero (const TdmJsonNode *node, const char *key, double *out, GError **error)
{
  if (!tdm_json_read_number (node, key, out, error))
    return FALSE;
  return !tdm_json_has (node, key) || *out > 0
         || tdm_json_fault (node, key, error, "must be more than 0");
}

static gboolean
read_target (const TdmJsonNode *root, TdmCaseEdit *edit, GError **error)
{
  TdmJsonNode node = { json_object_get (root->json, "target"), "target" };
  TdmTarget target = { .low = -INFINITY, .high = INFINITY, .at_steady_state = TRUE };
  if (node.json == NULL)
    return TRUE;
  if (!tdm_json_check_keys (&node,
                            KEYS ("metric", "output", "low", "high", "unit", "at",
                                  "from", "to", "threshold", "threshold_unit", "mic",
                                  "mic_unit", "multiple", "free_fraction", "alarm_low",
                                  "alarm_high"),
                            KEYS ("metric"), error)
      || !read_metric (&node, &target.metric, error)
      || !check_metric_keys (&node, target.metric, error)
      || !tdm_json_read_number (&node, "low", &target.low, error)
      || !tdm_json_read_number (&node, "high", &target.high, error)
      || !read_text (&node, "output", &target.output, error)
      || !read_text (&node, "unit", &target.unit, error)
      || !read_at (&node, &target, error)
      || !read_moment (&node, "from", &target.from, error)
      || !read_moment (&node, "to", &target.to, error)
      || !tdm_json_read_number (&node, "threshold", &target.threshold, error)
      || !read_text (&node, "threshold_unit", &target.threshold_unit, error)
      || !tdm_json_read_number (&node, "mic", &target.mic, error)
      || !read_text (&node, "mic_unit", &target.mic_unit, error)
      || !read_above_zero (&node, "multiple", &target.multiple, error)
      || !read_above_zero (&node, "free_fraction", &target.free_fraction, error)
      || !read_above_zero (&node, "alarm_low", &target.alarm_low, error)
      || !read_above_zero (&node, "alarm_high", &target.alarm_high, error))
    return FALSE;
  target.has_span = tdm_json_has (&node, "from");
  settle_units (&target);
  tdm_case_edit_set_target (edit, &target);
  return TRUE;
}

static gboolean
read_interval (const TdmJsonNode *item, guint i, gpointer data, GError **error)
{
  GArray *intervals = data;
  if (!json_is_number (item->json))
    return tdm_json_fault (item, NULL, error, "expected a number of hours");
  double hours = json_number_value (item->json);
  g_array_append_val (intervals, hours);
  return TRUE;
}

static gboolean
read_posterior (const TdmJsonNode *node, TdmPosteriorMethod *out, GError **error)
{
  const char *name = NULL;
  if (!tdm_json_read_string (node, "posterior", &name, error))
    return FALSE;
  return name == NULL || tdm_posterior_method_from_name (name, out)
         || tdm_json_fault (node, "posterior", error,
                            "\"%s\" is none of auto, laplace, importance, hmc", name);
}

/* "HH:MM", up to 24:00. */
static gboolean
parse_minutes (const char *text, guint *out)
{
  const char *p = text ? text : "";
  for (guint i = 0; i < 5; i++)
    if (i == 2 ? p[i] != ':' : !g_ascii_isdigit (p[i]))
      return FALSE;
  guint hours = (guint)(10 * (p[0] - '0') + p[1] - '0');
  guint minutes = (guint)(10 * (p[3] - '0') + p[4] - '0');
  *out = 60 * hours + minutes;
  return p[5] == '\0' && minutes < 60 && *out <= 24 * 60;
}

/* ["06:00", "22:00"] */
static gboolean
read_sample_hours (const TdmJsonNode *node, TdmCaseOptions *options, GError **error)
{
  const char *key = "sample_hours";
  json_t *list = json_object_get (node->json, key);
  if (list == NULL)
    return TRUE;
  options->has_sample_hours = TRUE;
  if (json_array_size (list) != 2
      || !parse_minutes (json_string_value (json_array_get (list, 0)),
                         &options->sample_from_min)
      || !parse_minutes (json_string_value (json_array_get (list, 1)),
                         &options->sample_to_min))
    return tdm_json_fault (
        node, key, error,
        "expected two times of the day such as [\"06:00\", \"22:00\"]");
  return options->sample_from_min != options->sample_to_min
         || tdm_json_fault (node, key, error, "begin and end at the same time");
}

/* ["06:00", "14:00", "22:00"] */
static gboolean
read_ward_times (const TdmJsonNode *node, TdmCaseOptions *options, GError **error)
{
  const char *key = "ward_times";
  json_t *list = json_object_get (node->json, key);
  const gsize n = json_array_size (list);
  if (list == NULL)
    return TRUE;
  if (n == 0 || n > TDM_CASE_MAX_WARD_TIMES)
    return tdm_json_fault (
        node, key, error,
        "expected up to %d times of the day such as [\"06:00\", \"14:00\", \"22:00\"]",
        TDM_CASE_MAX_WARD_TIMES);
  for (gsize i = 0; i < n; i++)
    {
      const char *text = json_string_value (json_array_get (list, i));
      if (!parse_minutes (text, &options->ward_min[i])
          || options->ward_min[i] >= 24 * 60)
        return tdm_json_fault (node, key, error,
                               "expected times of the day such as \"06:00\"");
      if (i > 0 && options->ward_min[i] <= options->ward_min[i - 1])
        return tdm_json_fault (node, key, error, "must ascend");
    }
  options->n_ward_times = (guint)n;
  return TRUE;
}

static gboolean
read_options (const TdmJsonNode *root, TdmCaseEdit *edit, GError **error)
{
  TdmJsonNode node = { json_object_get (root->json, "options"), "options" };
  TdmCaseOptions options = { .prior_weight = 1.0 };
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (double));
  if (node.json == NULL)
    return TRUE;
  if (!tdm_json_check_keys (&node,
                            KEYS ("interval", "prior_weight", "adjust",
                                  "future_occasions", "posterior", "sample_hours",
                                  "sample_within", "time_uncertainty",
                                  "weight_half_life", "ward_times"),
                            NO_KEYS, error)
      || !tdm_json_read_list (&node, "interval", read_interval, intervals, error)
      || !tdm_json_read_number (&node, "prior_weight", &options.prior_weight, error)
      || !tdm_json_read_bool (&node, "future_occasions", &options.future_occasions,
                              error)
      || !read_posterior (&node, &options.posterior, error)
      || !read_sample_hours (&node, &options, error)
      || !read_ward_times (&node, &options, error)
      || !tdm_json_read_number (&node, "sample_within", &options.sample_within_h, error)
      || !tdm_json_read_number (&node, "time_uncertainty",
                                &options.time_uncertainty_min, error)
      || !tdm_json_read_number (&node, "weight_half_life", &options.weight_half_life_h,
                                error)
      || !read_moment (&node, "adjust", &options.adjust, error))
    return FALSE;
  if (tdm_json_has (&node, "sample_within") && options.sample_within_h == 0)
    return tdm_json_fault (&node, "sample_within", error, "must be more than 0");
  if (tdm_json_has (&node, "time_uncertainty") && options.time_uncertainty_min == 0)
    return tdm_json_fault (&node, "time_uncertainty", error,
                           "must be more than 0 minutes");
  if (tdm_json_has (&node, "weight_half_life") && options.weight_half_life_h == 0)
    return tdm_json_fault (&node, "weight_half_life", error,
                           "must be more than 0 hours");
  if (tdm_json_has (&node, "interval") && intervals->len == 0)
    return tdm_json_fault (&node, "interval", error, "is empty; leave it out");
  options.intervals_h = (double *)(gpointer)intervals->data;
  options.n_intervals = intervals->len;
  options.has_adjust = tdm_json_has (&node, "adjust");
  tdm_case_edit_set_options (edit, &options);
  return TRUE;
}

static gboolean
read_words (const TdmJsonNode *root, TdmCaseEdit *edit, GError **error)
{
  TdmJsonNode node = { json_object_get (root->json, "words"), "words" };
  TdmCaseWords words = { 0 };
  if (node.json == NULL)
    return TRUE;
  if (!tdm_json_check_keys (&node, KEYS ("text", "instead_of", "edited"),
                            KEYS ("text", "instead_of", "edited"), error)
      || !read_text (&node, "text", &words.text, error)
      || !read_text (&node, "instead_of", &words.instead_of, error)
      || !read_text (&node, "edited", &words.edited, error))
    return FALSE;
  tdm_case_edit_set_words (edit, &words);
  return TRUE;
}

static gboolean
read_model_id (const TdmJsonNode *item, guint i, gpointer data, GError **error)
{
  if (!json_is_string (item->json))
    return tdm_json_fault (item, NULL, error, "expected a model id");
  g_ptr_array_add (data, UNCONST (json_string_value (item->json)));
  return TRUE;
}

static gboolean
read_models (const TdmJsonNode *root, TdmCaseEdit *edit, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  char *id = NULL;
  if (tdm_json_has (root, "model") && tdm_json_has (root, "models"))
    return tdm_json_fault (root, "models", error, "give either model or models");
  if (!read_text (root, "model", &id, error)
      || !tdm_json_read_list (root, "models", read_model_id, ids, error))
    return FALSE;
  if (tdm_json_has (root, "models") && ids->len == 0)
    return tdm_json_fault (root, "models", error, "is empty; leave it out");
  if (id != NULL)
    g_ptr_array_add (ids, id);
  g_ptr_array_add (ids, NULL);
  tdm_case_edit_set_models (edit, (const char *const *)ids->pdata);
  return TRUE;
}

static gboolean
check_format (const TdmJsonNode *root, GError **error)
{
  const char *format = NULL;
  if (!tdm_json_read_string (root, "format", &format, error))
    return FALSE;
  return g_str_equal (format, FORMAT)
         || tdm_json_fault (root, "format", error, "“%.40s”: expected " FORMAT, format);
}

/* The start comes first: the ends of infusions are taken from it. Yours in `out`. */
static gboolean
read_start (const TdmJsonNode *root, TdmCaseEdit *edit, GDateTime **out, GError **error)
{
  char *text = NULL;
  if (!read_text (root, "start", &text, error))
    return FALSE;
  g_autoptr (TdmCase) probe = tdm_case_new_empty ();
  probe->start_text = g_strdup (text);
  if (!tdm_case_resolve_start (probe, error))
    return FALSE;
  *out = g_steal_pointer (&probe->start);
  tdm_case_edit_set_start_text (edit, text);
  return TRUE;
}

static TdmCase *
read_case (json_t *json, GError **error)
{
  TdmJsonNode root = { json, "" };
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  g_autoptr (GDateTime) start = NULL;
  if (!tdm_json_check_keys (&root,
                            KEYS ("format", "model", "models", "start", "patient",
                                  "covariates", "doses", "dialysis", "levels", "target",
                                  "options", "words"),
                            KEYS ("format"), error)
      || !check_format (&root, error) || !read_models (&root, edit, error)
      || !read_start (&root, edit, &start, error))
    return NULL;
  Reader reader = { edit, start };
  if (!read_patient (&root, edit, error)
      || !tdm_json_read_list (&root, "covariates", read_covariate, &reader, error)
      || !tdm_json_read_list (&root, "doses", read_dose, &reader, error)
      || !tdm_json_read_list (&root, "dialysis", read_dialysis, &reader, error)
      || !tdm_json_read_list (&root, "levels", read_level, &reader, error)
      || !read_target (&root, edit, error) || !read_options (&root, edit, error)
      || !read_words (&root, edit, error))
    return NULL;
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_case_file_parse (const char *data, gsize length, GError **error)
{
  if (length > TDM_CASE_FILE_MAX_BYTES)
    {
      tdm_error_set_input (error, NULL, "the file is larger than %d MiB",
                           TDM_CASE_FILE_MAX_BYTES / 1024 / 1024);
      return NULL;
    }
  json_t *json = tdm_json_load (data, length, error);
  if (json == NULL)
    return NULL;
  TdmCase *result = read_case (json, error);
  json_decref (json);
  return result;
}

/* Reads up to one byte more than is allowed: an endless file ends too. */
static gboolean
read_stream (FILE *stream, GString *out)
{
  char buffer[65536];
  gsize n;
  while (out->len <= TDM_CASE_FILE_MAX_BYTES
         && (n = fread (buffer, 1, sizeof buffer, stream)) > 0)
    g_string_append_len (out, buffer, (gssize)n);
  return ferror (stream) == 0;
}

TdmCase *
tdm_case_file_read (const char *path, GError **error)
{
  gboolean is_stdin = g_str_equal (path, "-");
  g_autoptr (GString) text = g_string_new (NULL);
  FILE *stream = is_stdin ? stdin : g_fopen (path, "rb");
  gboolean ok = stream != NULL && read_stream (stream, text);
  int saved_errno = errno;
  if (stream != NULL && !is_stdin)
    fclose (stream);
  if (!ok)
    {
      tdm_error_set_input (error, path, "cannot be read: %s", g_strerror (saved_errno));
      return NULL;
    }
  return tdm_case_file_parse (text->str, text->len, error);
}
