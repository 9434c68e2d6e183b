/* Cases and their edits. */
#include "record/case-file.h"
#include "record/case.h"

#include "base/clock.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

static TdmCase *
finished (TdmCaseEdit *edit)
{
  g_autoptr (GError) error = NULL;
  TdmCase *self = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return self;
}

static void
assert_unfinished (TdmCaseEdit *edit, const char *place)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (tdm_case_edit_finish (edit, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  if (!g_str_has_prefix (error->message, place))
    g_error ("“%s” does not start with “%s”", error->message, place);
}

static TdmDoseEntry
dose_at (double hours, double amount)
{
  return (TdmDoseEntry){
    .time = { .hours = hours }, .amount = amount, .unit = (char *)"mg", .count = 1
  };
}

static TdmLevelEntry
level_at (double hours, double value)
{
  return (TdmLevelEntry){ .time = { .hours = hours },
                          .value = value,
                          .unit = (char *)"mg/L",
                          .use = TRUE,
                          .weight = 1.0 };
}

static void
test_lists (void)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  TdmDoseEntry a = dose_at (0, 101), b = dose_at (12, 102), c = dose_at (24, 103);
  tdm_case_edit_insert_dose (edit, 0, &b);
  tdm_case_edit_insert_dose (edit, 0, &a);
  tdm_case_edit_insert_dose (edit, 2, &b);
  tdm_case_edit_replace_dose (edit, 2, &c);
  g_autoptr (TdmCase) three = finished (edit);
  g_assert_cmpuint (tdm_case_get_n_doses (three), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (tdm_case_get_dose (three, i)->amount, ==, 101.0 + i);
  tdm_case_edit_remove_dose (edit, 1);
  g_autoptr (TdmCase) two = finished (edit);
  g_assert_cmpuint (tdm_case_get_n_doses (two), ==, 2);
  g_assert_cmpfloat (tdm_case_get_dose (two, 1)->amount, ==, 103.0);
  /* What was finished before stays as it was. */
  g_assert_cmpuint (tdm_case_get_n_doses (three), ==, 3);
  g_assert_false (tdm_case_equal (two, three));
}

static void
test_copies (void)
{
  g_autofree char *unit = g_strdup ("mg/L");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  TdmLevelEntry level = level_at (7.25, 18.43);
  level.unit = unit;
  tdm_case_edit_insert_level (edit, 0, &level);
  unit[0] = 'g';
  g_autoptr (TdmCase) first = finished (edit);
  g_assert_cmpstr (tdm_case_get_level (first, 0)->unit, ==, "mg/L");

  g_autoptr (TdmCaseEdit) next = tdm_case_edit_new (first);
  TdmCovariateEntry weight = { .name = (char *)"WT",
                               .value = 79.3,
                               .unit = (char *)"kg" };
  tdm_case_edit_insert_covariate (next, 0, &weight);
  tdm_case_edit_remove_level (next, 0);
  /* An entry of the case itself may be passed back. */
  tdm_case_edit_insert_level (next, 0, tdm_case_get_level (first, 0));
  level.value = 19.5;
  level.unit = (char *)"ug/mL";
  tdm_case_edit_replace_level (next, 0, &level);
  g_autoptr (TdmCase) second = finished (next);
  g_assert_cmpuint (tdm_case_get_n_covariates (first), ==, 0);
  g_assert_cmpfloat (tdm_case_get_level (first, 0)->value, ==, 18.43);
  g_assert_cmpfloat (tdm_case_get_level (second, 0)->value, ==, 19.5);
  weight.value = 81.0;
  tdm_case_edit_replace_covariate (next, 0, &weight);
  tdm_case_edit_remove_covariate (next, 0);
  g_autoptr (TdmCase) third = finished (next);
  g_assert_cmpuint (tdm_case_get_n_covariates (third), ==, 0);
  g_assert_cmpfloat (tdm_case_get_covariate (second, 0)->value, ==, 79.3);
}

static void
test_refusal_keeps_edit (void)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  TdmLevelEntry level = level_at (3, NAN);
  tdm_case_edit_insert_level (edit, 0, &level);
  assert_unfinished (edit, "levels[0].value: ");
  level.value = 4.2;
  level.time.hours = INFINITY;
  tdm_case_edit_replace_level (edit, 0, &level);
  assert_unfinished (edit, "levels[0].time: ");
  level.time.hours = 3;
  level.weight = NAN;
  tdm_case_edit_replace_level (edit, 0, &level);
  assert_unfinished (edit, "levels[0].weight: ");
  level.weight = 1;
  tdm_case_edit_replace_level (edit, 0, &level);
  TdmDoseEntry dose = dose_at (0, NAN);
  tdm_case_edit_insert_dose (edit, 0, &dose);
  assert_unfinished (edit, "doses[0].amount: ");
  dose = dose_at (0, 5);
  dose.interval_h = NAN;
  tdm_case_edit_replace_dose (edit, 0, &dose);
  assert_unfinished (edit, "doses[0].interval: ");
  tdm_case_edit_remove_dose (edit, 0);
  g_autoptr (TdmCase) self = finished (edit);
  g_assert_cmpfloat (tdm_case_get_level (self, 0)->value, ==, 4.2);
}

/* Text is what counts: hours follow the start. */
static void
test_start_moves (void)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  TdmLevelEntry level = level_at (-99, 5);
  level.time.text = (char *)"2026-03-03T10:30";
  tdm_case_edit_insert_level (edit, 0, &level);
  assert_unfinished (edit, "levels[0].time: ");
  tdm_case_edit_set_start_text (edit, "2026-03-01T08:00");
  g_autoptr (TdmCase) first = finished (edit);
  g_assert_cmpfloat (tdm_case_get_level (first, 0)->time.hours, ==, 50.5);

  g_autoptr (GDateTime) later = tdm_clock_add_hours (tdm_case_get_start (first), 24.25);
  tdm_case_edit_set_start (edit, later);
  g_autoptr (TdmCase) second = finished (edit);
  g_assert_cmpfloat (tdm_case_get_level (second, 0)->time.hours, ==, 26.25);
  g_assert_cmpstr (tdm_case_get_start_text (second), ==, "2026-03-02T08:15");
  tdm_case_edit_set_start (edit, NULL);
  assert_unfinished (edit, "levels[0].time: ");
}

/* A start made by a program in another zone is the same instant here. */
static void
test_start_zone (void)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Kathmandu");
  g_autoptr (GDateTime) start = tdm_clock_parse ("2026-03-01T08:00", zone, NULL);
  tdm_case_edit_set_start (edit, start);
  g_autoptr (TdmCase) self = finished (edit);
  g_assert_true (g_date_time_equal (tdm_case_get_start (self), start));
}

static void
test_patient_and_options (void)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  double intervals[] = { 12, 24 };
  TdmCaseOptions options = { .intervals_h = intervals,
                             .n_intervals = 2,
                             .prior_weight = 0.75 };
  TdmPatient patient = { .id = (char *)"TEACH-007", .sex = TDM_SEX_FEMALE };
  tdm_case_edit_set_options (edit, &options);
  tdm_case_edit_set_patient (edit, &patient);
  tdm_case_edit_set_model (edit, "a");
  intervals[0] = 6;
  g_autoptr (TdmCase) self = finished (edit);
  g_assert_cmpfloat (tdm_case_get_options (self)->intervals_h[0], ==, 12.0);
  g_assert_cmpint (tdm_case_get_patient (self)->sex, ==, TDM_SEX_FEMALE);
  /* Setting what the case itself holds is safe. */
  g_autoptr (TdmCaseEdit) next = tdm_case_edit_new (self);
  tdm_case_edit_set_model (next, NULL);
  g_autoptr (TdmCase) bare = finished (next);
  g_assert_null (tdm_case_get_model (bare));
  g_assert_cmpstr (tdm_case_get_model (self), ==, "a");
  options.prior_weight = NAN;
  tdm_case_edit_set_options (next, &options);
  assert_unfinished (next, "options.prior_weight: ");
}

static void
test_equal (void)
{
  g_autoptr (TdmCaseEdit) one = tdm_case_edit_new (NULL);
  g_autoptr (TdmCaseEdit) other = tdm_case_edit_new (NULL);
  TdmDoseEntry dose = dose_at (0.1 + 0.2, 1000.0 / 3.0);
  tdm_case_edit_insert_dose (one, 0, &dose);
  tdm_case_edit_insert_dose (other, 0, &dose);
  g_autoptr (TdmCase) a = finished (one), b = finished (other);
  g_assert_true (tdm_case_equal (a, b));
  dose.amount = nextafter (dose.amount, INFINITY);
  tdm_case_edit_replace_dose (other, 0, &dose);
  g_autoptr (TdmCase) c = finished (other);
  g_assert_false (tdm_case_equal (a, c));
  g_autoptr (TdmCase) same = tdm_case_ref (c);
  g_assert_true (same == c);
}

static void
test_metric_names (void)
{
  g_assert_null (tdm_metric_name (TDM_METRIC_NONE));
  for (int i = TDM_METRIC_TROUGH; i <= TDM_METRIC_AUC_MIC; i++)
    {
      TdmMetricKind kind = TDM_METRIC_NONE;
      g_assert_true (tdm_metric_from_name (tdm_metric_name ((TdmMetricKind)i), &kind));
      g_assert_cmpint (kind, ==, i);
    }
  TdmMetricKind kind = TDM_METRIC_PEAK;
  g_assert_false (tdm_metric_from_name ("Trough", &kind));
  g_assert_cmpint (kind, ==, TDM_METRIC_PEAK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/case/lists", test_lists);
  g_test_add_func ("/record/case/copies", test_copies);
  g_test_add_func ("/record/case/refusal-keeps-edit", test_refusal_keeps_edit);
  g_test_add_func ("/record/case/start/moves", test_start_moves);
  g_test_add_func ("/record/case/start/zone", test_start_zone);
  g_test_add_func ("/record/case/patient-and-options", test_patient_and_options);
  g_test_add_func ("/record/case/equal", test_equal);
  g_test_add_func ("/record/case/metric-names", test_metric_names);
  return g_test_run ();
}
