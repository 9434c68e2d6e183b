/* The case file: every rule of the format, every kind of faulty input, the round trip.
 */
#include "record/case-file.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define HEAD "{\"format\":\"titrate-case/1\",\"start\":\"2026-03-01T08:00\","
#define DOSE "\"time\":12,\"amount\":1000,\"unit\":\"mg\""
#define LEVEL "\"time\":47.5,\"value\":18.4,\"unit\":\"mg/L\""

static TdmCase *
parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmCase *self = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_nonnull (self);
  return self;
}

/* Whether the message starts with `place` and holds `part`. */
static void
assert_refused_bytes (const char *data, gsize length, const char *place,
                      const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) self = tdm_case_file_parse (data, length, &error);
  if (self != NULL)
    g_error ("accepted: %.300s", data);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  if (!g_str_has_prefix (error->message, place)
      || strstr (error->message, part) == NULL)
    g_error ("“%s” for %.300s\nexpected “%s” … “%s”", error->message, data, place,
             part);
}

static void
assert_refused (const char *text, const char *place, const char *part)
{
  assert_refused_bytes (text, strlen (text), place, part);
}

/* Writing and reading back gives the same text. */
static void
assert_round_trip (const TdmCase *self)
{
  g_autofree char *once = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = parsed (once);
  g_autofree char *twice = tdm_case_file_to_text (again);
  g_assert_cmpstr (once, ==, twice);
  g_assert_true (tdm_case_equal (self, again));
}

static const char whole[] =
    "{\"format\":\"titrate-case/1\",\"model\":\"vancomycin-goti-2018\","
    "\"start\":\"2026-03-01T08:00\","
    "\"patient\":{\"id\":\"TEACH-001\",\"name\":\"Zo\\u00eb \\\"T\\\"\","
    "\"sex\":\"male\",\"birth\":\"1957-05-02\"},"
    "\"covariates\":["
    "{\"name\":\"WT\",\"value\":79,\"unit\":\"kg\"},"
    "{\"name\":\"SCR\",\"time\":46,\"value\":141,\"unit\":\"umol/L\"},"
    "{\"name\":\"SCR\",\"time\":0,\"value\":1.1,\"unit\":\"mg/dL\"},"
    "{\"name\":\"DIAL\",\"time\":0,\"value\":0},"
    "{\"name\":\"CYP2C19\",\"time\":0,\"value\":\"*1/*2\"}],"
    "\"doses\":["
    "{\"time\":0,\"amount\":1500,\"unit\":\"mg\",\"route\":\"iv\",\"duration\":2},"
    "{\"time\":12,\"amount\":1000,\"unit\":\"mg\",\"route\":\"iv\","
    "\"end\":\"2026-03-01T21:30\",\"interval\":12,\"count\":4},"
    "{\"time\":70,\"amount\":0.1,\"unit\":\"g\",\"interval\":8,\"steady_state\":true,"
    "\"salt\":\"sulfate\",\"formulation\":\"vial\"}],"
    "\"levels\":["
    "{\"time\":\"2026-03-03T10:30\",\"value\":31.0,\"unit\":\"mg/L\"},"
    "{\"time\":47.5,\"value\":18.4,\"unit\":\"mg/L\",\"output\":\"serum\","
    "\"use\":false,\"weight\":0.25},"
    "{\"time\":60,\"value\":0.5,\"unit\":\"ug/mL\",\"below\":true},"
    "{\"time\":61,\"value\":80,\"unit\":\"umol/L\",\"above\":true}],"
    "\"target\":{\"metric\":\"auc24\",\"low\":400,\"high\":600,\"unit\":\"mg.h/L\"},"
    "\"options\":{\"interval\":[8,12,24],\"prior_weight\":0.5,"
    "\"adjust\":\"2026-03-03T20:00\",\"posterior\":\"hmc\","
    "\"sample_hours\":[\"06:00\",\"22:30\"],\"sample_within\":36}}";

static void
test_whole_patient (void)
{
  g_autoptr (TdmCase) self = parsed (whole);
  g_assert_cmpstr (tdm_case_get_model (self), ==, "vancomycin-goti-2018");
  g_assert_cmpstr (tdm_case_get_start_text (self), ==, "2026-03-01T08:00");
  g_assert_cmpint (g_date_time_get_hour (tdm_case_get_start (self)), ==, 8);
  const TdmPatient *patient = tdm_case_get_patient (self);
  g_assert_cmpstr (patient->name, ==, "Zoë \"T\"");
  g_assert_cmpint (patient->sex, ==, TDM_SEX_MALE);
  g_assert_cmpuint (tdm_case_get_n_covariates (self), ==, 5);
  const TdmCovariateEntry *scr = tdm_case_get_covariate (self, 1);
  g_assert_cmpstr (scr->name, ==, "SCR");
  g_assert_cmpfloat (scr->time.hours, ==, 46.0);
  g_assert_cmpfloat (scr->value, ==, 141.0);
  g_assert_cmpstr (scr->unit, ==, "umol/L");
  g_assert_null (tdm_case_get_covariate (self, 3)->unit);
  g_assert_cmpstr (tdm_case_get_covariate (self, 4)->text, ==, "*1/*2");
  assert_round_trip (self);
}

static void
test_whole_events (void)
{
  g_autoptr (TdmCase) self = parsed (whole);
  g_assert_cmpuint (tdm_case_get_n_doses (self), ==, 3);
  g_assert_cmpuint (tdm_case_count_doses (self), ==, 6);
  const TdmDoseEntry *dose = tdm_case_get_dose (self, 1);
  g_assert_cmpfloat (dose->duration_h, ==, 1.5);
  g_assert_cmpfloat (dose->interval_h, ==, 12.0);
  g_assert_cmpuint (dose->count, ==, 4);
  dose = tdm_case_get_dose (self, 2);
  g_assert_true (dose->steady_state);
  g_assert_null (dose->route);
  g_assert_cmpstr (dose->salt, ==, "sulfate");
  g_assert_cmpstr (dose->formulation, ==, "vial");
  const TdmLevelEntry *level = tdm_case_get_level (self, 0);
  g_assert_cmpfloat (level->time.hours, ==, 50.5);
  g_assert_cmpstr (level->time.text, ==, "2026-03-03T10:30");
  g_assert_true (level->use);
  level = tdm_case_get_level (self, 1);
  g_assert_false (level->use);
  g_assert_cmpfloat (level->weight, ==, 0.25);
  g_assert_cmpstr (level->output, ==, "serum");
  g_assert_cmpint (tdm_case_get_level (self, 2)->censor, ==, TDM_CENSOR_BELOW);
  g_assert_cmpint (tdm_case_get_level (self, 3)->censor, ==, TDM_CENSOR_ABOVE);
  const TdmCaseOptions *options = tdm_case_get_options (self);
  g_assert_cmpuint (options->n_intervals, ==, 3);
  g_assert_cmpfloat (options->intervals_h[2], ==, 24.0);
  g_assert_cmpfloat (options->prior_weight, ==, 0.5);
  g_assert_true (options->has_adjust);
  g_assert_cmpfloat (options->adjust.hours, ==, 60.0);
  g_assert_cmpint (options->posterior, ==, TDM_POSTERIOR_HMC);
  g_assert_true (options->has_sample_hours);
  g_assert_cmpuint (options->sample_from_min, ==, 360);
  g_assert_cmpuint (options->sample_to_min, ==, 1350);
  g_assert_cmpfloat (options->sample_within_h, ==, 36.0);
}

static void
test_smallest (void)
{
  g_autoptr (TdmCase) self = parsed ("\xef\xbb\xbf{\"format\":\"titrate-case/1\"}");
  g_autoptr (TdmCase) empty = tdm_case_new_empty ();
  g_assert_true (tdm_case_equal (self, empty));
  g_assert_null (tdm_case_get_model (self));
  g_assert_cmpint (tdm_case_get_target (self)->metric, ==, TDM_METRIC_NONE);
  g_assert_cmpfloat (tdm_case_get_options (self)->prior_weight, ==, 1.0);
  assert_round_trip (self);
}

static void
test_models (void)
{
  g_autoptr (TdmCase) self = parsed (
      HEAD "\"models\":[\"vancomycin-goti-2018\",\"vancomycin-thomson-2009\"]}");
  g_assert_cmpstr (tdm_case_get_model (self), ==, "vancomycin-goti-2018");
  g_assert_cmpstr (tdm_case_get_models (self)[1], ==, "vancomycin-thomson-2009");
  g_assert_null (tdm_case_get_models (self)[2]);
  assert_round_trip (self);
  assert_refused (HEAD "\"model\":\"a\",\"models\":[\"b\"]}", "models: ", "either");
  assert_refused (HEAD "\"models\":[]}", "models: ", "empty");
  assert_refused (HEAD "\"models\":[\"a\",\"a\"]}", "models[1]: ", "twice");
  assert_refused (HEAD "\"models\":[\"a\",7]}", "models[1]: ", "model id");
  assert_refused (HEAD "\"model\":\"\"}", "model: ", "empty");
}

static void
test_times (void)
{
  g_autoptr (TdmCase) self = parsed (
      "{\"format\":\"titrate-case/1\",\"levels\":[{\"time\":\"2026-03-30T08:00\","
      "\"value\":1,\"unit\":\"mg/L\"},{\"time\":\"2026-03-28T06:00Z\","
      "\"value\":1,\"unit\":\"mg/L\"},{\"time\":-3.5,"
      "\"value\":1,\"unit\":\"mg/L\"}],\"start\":\"2026-03-28T08:00+01:00\"}");
  /* The clocks of Zurich, where the tests run, were put forward on 29 March. */
  g_assert_cmpfloat (tdm_case_get_level (self, 0)->time.hours, ==, 47.0);
  g_assert_cmpfloat (tdm_case_get_level (self, 1)->time.hours, ==, -1.0);
  g_assert_cmpfloat (tdm_case_get_level (self, 2)->time.hours, ==, -3.5);
  assert_round_trip (self);
  g_autofree char *text = tdm_case_file_to_text (self);
  g_assert_nonnull (strstr (text, "\"2026-03-28T08:00+01:00\""));
  g_assert_nonnull (strstr (text, "\"2026-03-28T06:00Z\""));
}

static const char *const metrics[] = {
  "\"metric\":\"trough\",\"low\":10,\"high\":15,\"unit\":\"mg/L\"",
  "\"metric\":\"peak\",\"high\":40,\"unit\":\"umol/L\"",
  "\"metric\":\"average\",\"low\":600,\"unit\":\"ng/mL\",\"at\":72",
  "\"metric\":\"auc24\",\"low\":400,\"high\":600,\"unit\":\"mg.h/L\","
  "\"at\":\"steady_state\"",
  "\"metric\":\"auc\",\"low\":400,\"high\":600,\"unit\":\"mg*h/L\",\"from\":24,"
  "\"to\":\"2026-03-03T08:00\"",
  "\"metric\":\"cumulative_auc\",\"low\":78,\"high\":101,\"unit\":\"mg.h/L\","
  "\"at\":\"2026-03-05T08:00\"",
  "\"metric\":\"time_above\",\"low\":0.5,\"threshold\":8,\"threshold_unit\":\"mg/L\"",
  "\"metric\":\"time_below\",\"low\":0.37,\"mic\":1.7,\"mic_unit\":\"mg/L\","
  "\"multiple\":4.3,\"free_fraction\":0.45",
  "\"metric\":\"time_to_below\",\"high\":71.3,\"unit\":\"h\",\"at\":24,"
  "\"threshold\":0.1,\"threshold_unit\":\"umol/L\",\"alarm_high\":95",
  "\"metric\":\"peak\",\"low\":21.3,\"unit\":\"mg/L\",\"from\":3.7,\"to\":29.1,"
  "\"alarm_low\":13,\"alarm_high\":80",
  "\"metric\":\"time_above\",\"low\":50,\"unit\":\"%\",\"threshold\":8,"
  "\"threshold_unit\":\"mg/L\"",
  "\"metric\":\"peak_mic\",\"low\":8,\"mic\":2,\"mic_unit\":\"ug/mL\"",
  "\"metric\":\"auc_mic\",\"low\":400,\"high\":600,\"mic\":1,\"unit\":\"h\"",
};

static void
test_targets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      g_autofree char *text = g_strdup_printf (HEAD "\"target\":{%s}}", metrics[i]);
      g_autoptr (TdmCase) self = parsed (text);
      const TdmTarget *target = tdm_case_get_target (self);
      g_autofree char *name =
          g_strdup_printf ("\"metric\":\"%s\"", tdm_metric_name (target->metric));
      g_assert_true (g_str_has_prefix (metrics[i], name));
      assert_round_trip (self);
    }
  g_autofree char *text = g_strdup_printf (HEAD "\"target\":{%s}}", metrics[4]);
  g_autoptr (TdmCase) auc = parsed (text);
  g_assert_cmpfloat (tdm_case_get_target (auc)->from.hours, ==, 24.0);
  g_assert_cmpfloat (tdm_case_get_target (auc)->to.hours, ==, 48.0);
  g_assert_true (tdm_case_get_target (auc)->at_steady_state);
  g_autofree char *open = g_strdup_printf (HEAD "\"target\":{%s}}", metrics[2]);
  g_autoptr (TdmCase) average = parsed (open);
  g_assert_cmpfloat (tdm_case_get_target (average)->high, ==, INFINITY);
  g_assert_false (tdm_case_get_target (average)->at_steady_state);
  g_assert_cmpfloat (tdm_case_get_target (average)->at.hours, ==, 72.0);
}

static void
test_target_units (void)
{
  g_autoptr (TdmCase) above =
      parsed (HEAD "\"target\":{\"metric\":\"time_above\",\"low\":0.4,"
                   "\"threshold\":8,\"unit\":\"mg/L\"}}");
  g_assert_cmpstr (tdm_case_get_target (above)->threshold_unit, ==, "mg/L");
  g_assert_null (tdm_case_get_target (above)->unit);
  g_autoptr (TdmCase) mic =
      parsed (HEAD "\"target\":{\"metric\":\"auc_mic\",\"low\":400,\"mic\":0.5}}");
  g_assert_cmpstr (tdm_case_get_target (mic)->mic_unit, ==, "mg/L");
}

typedef struct
{
  const char *inside; /* within the braces of the case or entry */
  const char *place;
  const char *part;
} Fault;

/* Puts each `inside` into `before` … `after` and expects its fault. */
static void
assert_faults (const char *before, const char *after, const Fault *faults, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strconcat (before, faults[i].inside, after, NULL);
      assert_refused (text, faults[i].place, faults[i].part);
    }
}

static void
test_refused_root (void)
{
  static const Fault faults[] = {
    { "\"foo\":1", "foo: ", "unknown key; expected one of format, model" },
    { "\"doses\":{}", "doses: ", "expected a list" },
    { "\"doses\":[7]", "doses[0]: ", "expected an object" },
    { "\"levels\":null", "levels: ", "found null" },
    { "\"patient\":[]", "patient: ", "expected an object" },
    { "\"patient\":{\"age\":7}", "patient.age: ", "unknown key" },
    { "\"patient\":{\"sex\":\"M\"}", "patient.sex: ", "male or female" },
    { "\"patient\":{\"sex\":1}", "patient.sex: ", "expected a string" },
    { "\"patient\":{\"birth\":\"1957-02-29\"}", "patient.birth: ", "does not exist" },
    { "\"patient\":{\"birth\":\"2026-03-02\"}", "patient.birth: ", "after the start" },
    { "\"patient\":{\"name\":\"a\\u0007b\"}", "patient.name: ", "control" },
    { "\"options\":{\"interval\":[12,0]}", "options.interval[1]: ", "more than 0" },
    { "\"options\":{\"interval\":[]}", "options.interval: ", "empty" },
    { "\"options\":{\"posterior\":\"nuts\"}", "options.posterior: ", "hmc" },
    { "\"options\":{\"sample_hours\":[\"06:00\"]}",
      "options.sample_hours: ", "two times of the day" },
    { "\"options\":{\"sample_hours\":[\"06:00\",\"24:01\"]}",
      "options.sample_hours: ", "two times of the day" },
    { "\"options\":{\"sample_hours\":[\"06:00\",\"06:00\"]}",
      "options.sample_hours: ", "same time" },
    { "\"options\":{\"sample_within\":0}", "options.sample_within: ", "more than 0" },
    { "\"options\":{\"sample_within\":-3}", "options.sample_within: ", "more than 0" },
    { "\"options\":{\"interval\":12}", "options.interval: ", "list" },
    { "\"options\":{\"interval\":[\"12\"]}", "options.interval[0]: ", "number" },
    { "\"options\":{\"prior_weight\":0}", "options.prior_weight: ", "more than 0" },
    { "\"options\":{\"prior_weight\":11}", "options.prior_weight: ", "at most 10" },
    { "\"options\":{\"adjust\":\"soon\"}", "options.adjust: ", "date-time" },
    { "\"options\":{\"foo\":1}", "options.foo: ", "unknown key" },
  };
  assert_faults (HEAD, "}", faults, G_N_ELEMENTS (faults));
  assert_refused ("{}", "format: ", "missing");
  assert_refused ("{\"format\":\"titrate-case/2\"}", "format: ", "titrate-case/1");
  assert_refused ("{\"format\":1}", "format: ", "string");
  assert_refused ("{\"format\":\"titrate-case/1\",\"options\":{\"sample_hours\":"
                  "[\"06:00\",\"22:00\"]}}",
                  "options.sample_hours: ", "needs a start");
  assert_refused ("{\"format\":\"titrate-case/1\",\"start\":\"2026-02-30T08:00\"}",
                  "start: ", "2026-02-30 does not exist");
  assert_refused ("{\"format\":\"titrate-case/1\",\"start\":\"2026-03-29T02:30\"}",
                  "start: ", "put forward");
  assert_refused ("{\"format\":\"titrate-case/1\",\"start\":0}", "start: ", "string");
}

static void
test_refused_covariates (void)
{
  static const Fault faults[] = {
    { "\"name\":\"WT\"", "covariates[0].value: ", "missing" },
    { "\"value\":7", "covariates[0].name: ", "missing" },
    { "\"name\":\"WT\",\"value\":79", "covariates[0].unit: ", "kg" },
    { "\"name\":\"wt\",\"value\":79,\"unit\":\"kg\"",
      "covariates[0].name: ", "capitals" },
    { "\"name\":\"WT\",\"value\":\"79\",\"unit\":\"kg\"",
      "covariates[0].value: ", "takes a number" },
    { "\"name\":\"WT\",\"value\":79,\"unit\":\"cm\"", "covariates[0].unit: ", "kg" },
    { "\"name\":\"WT\",\"value\":79,\"unit\":\"kgs\"", "covariates[0].unit: ", "kgs" },
    { "\"name\":\"WT\",\"value\":0,\"unit\":\"kg\"",
      "covariates[0].value: ", "more than" },
    { "\"name\":\"WT\",\"value\":-79,\"unit\":\"kg\"",
      "covariates[0].value: ", "more" },
    { "\"name\":\"SCR\",\"value\":0,\"unit\":\"mg/dL\"",
      "covariates[0].value: ", "SCR must be more than 0" },
    { "\"name\":\"SCR\",\"value\":1,\"unit\":\"mL/min\"",
      "covariates[0].unit: ", "mg/dL" },
    { "\"name\":\"HT\",\"value\":0,\"unit\":\"cm\"", "covariates[0].value: ", "HT" },
    { "\"name\":\"BSA\",\"value\":0,\"unit\":\"m2\"", "covariates[0].value: ", "BSA" },
    { "\"name\":\"ALB\",\"value\":0,\"unit\":\"g/L\"", "covariates[0].value: ", "ALB" },
    { "\"name\":\"AGE\",\"value\":-1,\"unit\":\"y\"",
      "covariates[0].value: ", "0 or more" },
    { "\"name\":\"HCT\",\"value\":33,\"unit\":\"1\"",
      "covariates[0].value: ", "100 %" },
    { "\"name\":\"HCT\",\"value\":101,\"unit\":\"%\"",
      "covariates[0].value: ", "100 %" },
    { "\"name\":\"DIAL\",\"value\":false", "covariates[0].value: ", "true or false" },
    { "\"name\":\"DIAL\",\"value\":0,\"unit\":\"furlong\"",
      "covariates[0].unit: ", "furlong" },
    { "\"name\":\"CYP2C9\",\"value\":\"*1\",\"unit\":\"1\"",
      "covariates[0].unit: ", "no unit" },
    { "\"name\":\"CYP2C9\",\"value\":\"\"", "covariates[0].value: ", "empty" },
    { "\"name\":\"DIAL\",\"value\":0,\"time\":2e6", "covariates[0].time: ", "million" },
    { "\"name\":\"DIAL\",\"value\":0,\"time\":true", "covariates[0].time: ", "found" },
    { "\"name\":\"DIAL\",\"value\":0,\"note\":1",
      "covariates[0].note: ", "unknown key" },
    { "\"name\":\"DIAL\",\"value\":0},{\"name\":\"DIAL\",\"value\":1",
      "covariates[1].time: ", "twice" },
  };
  assert_faults (HEAD "\"covariates\":[{", "}]}", faults, G_N_ELEMENTS (faults));
}

static void
test_accepted_covariates (void)
{
  static const char *const entries[] = {
    "\"name\":\"WT\",\"value\":174,\"unit\":\"lb\"",
    "\"name\":\"WT\",\"value\":3470,\"unit\":\"g\"",
    "\"name\":\"HT\",\"value\":1.71,\"unit\":\"m\"",
    "\"name\":\"SCR\",\"value\":88,\"unit\":\"µmol/l\"",
    "\"name\":\"AGE\",\"value\":9,\"unit\":\"wk\"",
    "\"name\":\"PMA\",\"value\":0.7,\"unit\":\"y\"",
    "\"name\":\"CLCR\",\"value\":0,\"unit\":\"mL/min\"",
    "\"name\":\"EGFR\",\"value\":61,\"unit\":\"mL/min/{1.73_m2}\"",
    "\"name\":\"ALB\",\"value\":3.1,\"unit\":\"g/dL\"",
    "\"name\":\"HCT\",\"value\":0.33,\"unit\":\"1\"",
    "\"name\":\"BILI\",\"value\":1.2,\"unit\":\"mg/dL\"",
    "\"name\":\"ALT\",\"value\":31,\"unit\":\"U/L\"",
    "\"name\":\"FORM\",\"value\":\"syrup\"",
    "\"name\":\"ZN\",\"value\":-2.5,\"time\":-24",
  };
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autofree char *text =
          g_strdup_printf (HEAD "\"covariates\":[{%s}]}", entries[i]);
      g_autoptr (TdmCase) self = parsed (text);
      assert_round_trip (self);
    }
}

static void
test_refused_doses (void)
{
  static const Fault faults[] = {
    { "\"time\":0,\"unit\":\"mg\"", "doses[0].amount: ", "missing" },
    { "\"time\":0,\"amount\":5", "doses[0].unit: ", "missing" },
    { "\"amount\":5,\"unit\":\"mg\"", "doses[0].time: ", "missing" },
    { "\"time\":0,\"amount\":-5,\"unit\":\"mg\"", "doses[0].amount: ", "more than 0" },
    { "\"time\":0,\"amount\":0,\"unit\":\"mg\"", "doses[0].amount: ", "more than 0" },
    { "\"time\":0,\"amount\":\"5\",\"unit\":\"mg\"", "doses[0].amount: ", "string" },
    { "\"time\":0,\"amount\":5,\"unit\":\"mg/L\"", "doses[0].unit: ", "does not fit" },
    { "\"time\":0,\"amount\":5,\"unit\":\"mg/kg\"", "doses[0].unit: ", "does not fit" },
    { "\"time\":0,\"amount\":5,\"unit\":\"tablet\"", "doses[0].unit: ", "tablet" },
    { DOSE ",\"foo\":1",
      "doses[0].foo: ", "unknown key; expected one of time, amount" },
    { DOSE ",\"duration\":-1", "doses[0].duration: ", "0 or more" },
    { DOSE ",\"duration\":9000", "doses[0].duration: ", "year" },
    { DOSE ",\"end\":12", "doses[0].end: ", "after" },
    { DOSE ",\"end\":13,\"duration\":1", "doses[0].end: ", "either" },
    { DOSE ",\"end\":\"2026-03-01T25:00\"", "doses[0].end: ", "time of day" },
    { DOSE ",\"interval\":0,\"count\":3", "doses[0].interval: ", "more than 0" },
    { DOSE ",\"interval\":-12,\"count\":3", "doses[0].interval: ", "more than 0" },
    { DOSE ",\"interval\":12", "doses[0].count: ", "missing" },
    { DOSE ",\"count\":3", "doses[0].interval: ", "missing" },
    { DOSE ",\"interval\":0.05,\"count\":3", "doses[0].interval: ", "at least 0.1" },
    { DOSE ",\"interval\":12,\"count\":0", "doses[0].count: ", "1 to 100000" },
    { DOSE ",\"interval\":12,\"count\":-1", "doses[0].count: ", "whole" },
    { DOSE ",\"interval\":12,\"count\":2.5", "doses[0].count: ", "whole" },
    { DOSE ",\"interval\":12,\"count\":1000000000", "doses[0].count: ", "100000" },
    { DOSE ",\"interval\":12,\"count\":1e300", "doses[0].count: ", "too large" },
    { DOSE ",\"interval\":12,\"count\":100000", "doses[0].count: ", "too far" },
    { DOSE ",\"interval\":0.1,\"count\":100000},{" DOSE, "doses[1].count: ", "in all" },
    { DOSE ",\"steady_state\":true", "doses[0].interval: ", "missing" },
    { DOSE ",\"steady_state\":1", "doses[0].steady_state: ", "true or false" },
    { DOSE ",\"steady_state\":true,\"interval\":0.1,\"duration\":101",
      "doses[0].duration: ", "1000 intervals" },
    { DOSE ",\"added\":true", "doses[0].added: ", "steady_state" },
    { DOSE ",\"stopped\":true", "doses[0].stopped: ", "steady_state" },
    { DOSE ",\"steady_state\":true,\"interval\":12,\"stopped\":true,\"count\":2",
      "doses[0].count: ", "stopped" },
    { DOSE ",\"at_rate\":true", "doses[0].duration: ", "missing" },
    { "\"time\":9,\"amount\":0,\"unit\":\"mg\",\"reset\":true,\"duration\":2",
      "doses[0].amount: ", "more than a reset" },
    { DOSE ",\"route\":\"\"", "doses[0].route: ", "empty" },
    { DOSE ",\"salt\":5", "doses[0].salt: ", "string" },
    { DOSE ",\"formulation\":\"\"", "doses[0].formulation: ", "empty" },
    { "\"time\":\"2026-03-29T02:30\",\"amount\":5,\"unit\":\"mg\"",
      "doses[0].time: ", "put forward" },
  };
  assert_faults (HEAD "\"doses\":[{", "}]}", faults, G_N_ELEMENTS (faults));
  assert_refused ("{\"format\":\"titrate-case/1\",\"doses\":[{\"time\":"
                  "\"2026-03-01T08:00\",\"amount\":5,\"unit\":\"mg\"}]}",
                  "doses[0].time: ", "start");
}

static void
test_refused_levels (void)
{
  static const Fault faults[] = {
    { "\"time\":1,\"value\":2", "levels[0].unit: ", "missing" },
    { "\"time\":1,\"unit\":\"mg/L\"", "levels[0].value: ", "missing" },
    { "\"value\":1,\"unit\":\"mg/L\"", "levels[0].time: ", "missing" },
    { LEVEL "},{\"time\":1,\"value\":2,\"unit\":\"mg\"",
      "levels[1].unit: ", "concentration" },
    { "\"time\":1,\"value\":2,\"unit\":\"mgl\"", "levels[0].unit: ", "mgl" },
    { "\"time\":1,\"value\":-2,\"unit\":\"mg/L\"", "levels[0].value: ", "0 or more" },
    { "\"time\":1,\"value\":\"2,5\",\"unit\":\"mg/L\"", "levels[0].value: ", "string" },
    { "\"time\":1,\"value\":0,\"unit\":\"mg/L\",\"below\":true",
      "levels[0].value: ", "limit" },
    { LEVEL ",\"below\":true,\"above\":true", "levels[0].above: ", "not both" },
    { LEVEL ",\"below\":1", "levels[0].below: ", "true or false" },
    { LEVEL ",\"use\":\"no\"", "levels[0].use: ", "true or false" },
    { LEVEL ",\"weight\":1.5", "levels[0].weight: ", "0 to 1" },
    { LEVEL ",\"weight\":-0.1", "levels[0].weight: ", "0 to 1" },
    { LEVEL ",\"output\":\"\"", "levels[0].output: ", "empty" },
    { LEVEL ",\"foo\":1", "levels[0].foo: ", "unknown key" },
    { "\"time\":\"2026-10-25T02:30\",\"value\":1,\"unit\":\"mg/L\"",
      "levels[0].time: ", "twice" },
  };
  assert_faults (HEAD "\"levels\":[{", "}]}", faults, G_N_ELEMENTS (faults));
  g_autoptr (TdmCase) zero =
      parsed (HEAD "\"levels\":[{\"time\":1,\"value\":-0.0,\"unit\":\"mg/L\"}]}");
  g_assert_false (signbit (tdm_case_get_level (zero, 0)->value));
}

static void
test_refused_targets (void)
{
  static const Fault faults[] = {
    { "\"low\":1", "target.metric: ", "missing" },
    { "\"metric\":\"AUC\",\"low\":1", "target.metric: ", "trough, peak" },
    { "\"metric\":\"trough\",\"unit\":\"mg/L\"", "target: ", "low, high" },
    { "\"metric\":\"trough\",\"low\":1", "target.unit: ", "missing" },
    { "\"metric\":\"trough\",\"low\":1,\"unit\":\"mg.h/L\"", "target.unit: ", "fit" },
    { "\"metric\":\"auc24\",\"low\":1,\"unit\":\"mg/L\"", "target.unit: ", "AUC" },
    { "\"metric\":\"trough\",\"low\":3,\"high\":2,\"unit\":\"mg/L\"",
      "target.low: ", "above high" },
    { "\"metric\":\"trough\",\"low\":-3,\"unit\":\"mg/L\"",
      "target.low: ", "0 or more" },
    { "\"metric\":\"trough\",\"high\":0,\"unit\":\"mg/L\"", "target.high: ", "more" },
    { "\"metric\":\"auc\",\"low\":1,\"unit\":\"mg.h/L\",\"to\":3",
      "target.from: ", "auc needs it" },
    { "\"metric\":\"auc\",\"low\":1,\"unit\":\"mg.h/L\",\"from\":3,\"to\":3",
      "target.to: ", "after" },
    { "\"metric\":\"auc24\",\"low\":1,\"unit\":\"mg.h/L\",\"from\":3",
      "target.from: ", "auc, trough" },
    { "\"metric\":\"peak\",\"low\":1,\"unit\":\"mg/L\",\"mic\":3",
      "target.mic: ", "only" },
    { "\"metric\":\"peak_mic\",\"low\":1", "target.mic: ", "missing" },
    { "\"metric\":\"peak_mic\",\"low\":1,\"mic\":0", "target.mic: ", "more than 0" },
    { "\"metric\":\"peak_mic\",\"low\":1,\"mic\":1,\"mic_unit\":\"h\"",
      "target.mic_unit: ", "concentration" },
    { "\"metric\":\"time_above\",\"low\":0.5", "target.threshold: ", "missing" },
    { "\"metric\":\"time_above\",\"low\":0.5,\"threshold\":4",
      "target.threshold_unit: ", "missing" },
    { "\"metric\":\"time_above\",\"low\":50,\"threshold\":4,\"unit\":\"1\","
      "\"threshold_unit\":\"mg/L\"",
      "target.low: ", "whole interval" },
    { "\"metric\":\"trough\",\"low\":1,\"unit\":\"mg/L\",\"at\":\"steady\"",
      "target.at: ", "date-time" },
    { "\"metric\":\"trough\",\"low\":1,\"unit\":\"mg/L\",\"foo\":1",
      "target.foo: ", "unknown key" },
  };
  assert_faults (HEAD "\"target\":{", "}}", faults, G_N_ELEMENTS (faults));
}

static void
test_refused_json (void)
{
  static const Fault faults[] = {
    { "", "line 1, column 1: ", "empty" },
    { " \n\t ", "line 1, column 1: ", "empty" },
    { "[]", "line 1, column 1: ", "object" },
    { "7", "line 1, column 1: ", "expected" },
    { "{\"format\":", "line 1, column 10: ", "end of file" },
    { "{\"format\":\"titrate", "line 1, column ", "premature end" },
    { "{\n \"start\": NaN}", "line 2, column 13: ", "NaN" },
    { "{\n \"start\": Infinity}", "line 2, column ", "Infinity" },
    { "{\n \"start\":\n  1e999}", "line 3, column 7: ", "overflow" },
    { "{\n \"start\":\n  -1e999}", "line 3, column 8: ", "overflow" },
    { "{\"start\": 1,5}", "line 1, column ", "decimal point, not a comma" },
    { "{\"start\": 01}", "line 1, column ", "" },
    { "{\"start\": 0x10}", "line 1, column ", "" },
    { "{\"start\": .5}", "line 1, column ", "" },
    { "{'start': 1}", "line 1, column ", "" },
    { "{\"start\": 1,}", "line 1, column ", "" },
    { "{\"start\": 1} 2", "line 1, column ", "end of file expected" },
    { "{\n\"start\": 1,\n\"start\": 2}", "line 3, column ",
      "the key \"start\" is given twice" },
    { "{\"doses\":[{\"unit\":\"mg\",\"unit\":\"g\"}]}", "line 1, column ",
      "the key \"unit\" is given twice" },
    { "{\"start\": \"\xff\"}", "line 1, column ", "UTF-8" },
    { "{\"start\": \"\\u0000\"}", "line 1, column ", "" },
    { "{\"start\": \"a\nb\"}", "line ", "" },
  };
  assert_faults ("", "", faults, G_N_ELEMENTS (faults));
  static const char zero[] = "{\"format\":\n\0\"x\"}";
  assert_refused_bytes (zero, sizeof zero - 1, "line 2, column 1: ", "zero byte");
}

static void
test_refused_depth (void)
{
  g_autoptr (GString) text = g_string_new ("{\"format\":");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  assert_refused_bytes (text->str, text->len, "line 1, column 74: ", "64 deep");
  /* Brackets in text are no nesting. */
  g_string_assign (text, HEAD "\"model\":\"");
  for (guint i = 0; i < 100; i++)
    g_string_append (text, "[\\\"");
  g_string_append (text, "\"}");
  g_autoptr (TdmCase) self = parsed (text->str);
  g_assert_cmpuint (strlen (tdm_case_get_model (self)), ==, 200);
}

static void
test_refused_size (void)
{
  gsize length = TDM_CASE_FILE_MAX_BYTES + 1;
  g_autofree char *data = g_malloc (length);
  memset (data, ' ', length);
  assert_refused_bytes (data, length, "the file is larger", "16 MiB");
  assert_refused_bytes (data, length - 1, "line 1, column 1: ", "empty");
}

/* Every beginning of a case is refused with one message, and so is every case with one
 * byte changed or it is a case: nothing crashes. */
static void
test_refused_truncated (void)
{
  for (gsize n = 0; n < sizeof whole - 1; n++)
    assert_refused_bytes (whole, n, "line 1, column ", "");
}

static void
test_mutated (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (31);
  guint accepted = 0, refused = 0;
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *text = g_strdup (whole);
      guint changes = g_rand_int_range (rand, 1, 4);
      for (guint k = 0; k < changes; k++)
        text[g_rand_int_range (rand, 0, sizeof whole - 1)] =
            (char)g_rand_int_range (rand, 0, 256);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) self = tdm_case_file_parse (text, sizeof whole - 1, &error);
      g_assert_true ((self == NULL) == (error != NULL));
      if (self == NULL)
        {
          g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          refused++;
          continue;
        }
      accepted++;
      assert_round_trip (self);
    }
  g_assert_cmpuint (accepted, >, 100);
  g_assert_cmpuint (refused, >, 10000);
}

static void
test_order_kept (void)
{
  g_autoptr (TdmCase) self = parsed (whole);
  g_autofree char *text = tdm_case_file_to_text (self);
  g_assert_cmpfloat (tdm_case_get_level (self, 0)->time.hours, >,
                     tdm_case_get_level (self, 1)->time.hours);
  g_assert_true (strstr (text, "\"2026-03-03T10:30\"") < strstr (text, "47.5"));
}

static void
test_files (void)
{
  g_autofree char *dir = g_dir_make_tmp ("titrate-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "case.json", NULL);
  g_autoptr (TdmCase) self = parsed (whole);
  g_autoptr (GError) error = NULL;
  gboolean written = tdm_case_file_write (self, path, &error);
  g_assert_no_error (error);
  g_assert_true (written);
  GStatBuf status;
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_autoptr (TdmCase) again = tdm_case_file_read (path, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (self, again));
  g_assert_cmpint (g_unlink (path), ==, 0);

  g_assert_null (tdm_case_file_read (path, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_clear_error (&error);
  g_assert_null (tdm_case_file_read (dir, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (tdm_case_file_read ("/dev/zero", &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "16 MiB"));
  g_clear_error (&error);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_assert_false (tdm_case_file_write (self, path, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_SYSTEM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/case-file/whole/patient", test_whole_patient);
  g_test_add_func ("/record/case-file/whole/events", test_whole_events);
  g_test_add_func ("/record/case-file/smallest", test_smallest);
  g_test_add_func ("/record/case-file/models", test_models);
  g_test_add_func ("/record/case-file/times", test_times);
  g_test_add_func ("/record/case-file/targets", test_targets);
  g_test_add_func ("/record/case-file/targets/units", test_target_units);
  g_test_add_func ("/record/case-file/covariates", test_accepted_covariates);
  g_test_add_func ("/record/case-file/refused/root", test_refused_root);
  g_test_add_func ("/record/case-file/refused/covariates", test_refused_covariates);
  g_test_add_func ("/record/case-file/refused/doses", test_refused_doses);
  g_test_add_func ("/record/case-file/refused/levels", test_refused_levels);
  g_test_add_func ("/record/case-file/refused/targets", test_refused_targets);
  g_test_add_func ("/record/case-file/refused/json", test_refused_json);
  g_test_add_func ("/record/case-file/refused/depth", test_refused_depth);
  g_test_add_func ("/record/case-file/refused/size", test_refused_size);
  g_test_add_func ("/record/case-file/refused/truncated", test_refused_truncated);
  g_test_add_func ("/record/case-file/mutated", test_mutated);
  g_test_add_func ("/record/case-file/order", test_order_kept);
  g_test_add_func ("/record/case-file/files", test_files);
  return g_test_run ();
}
