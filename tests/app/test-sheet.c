/* What the case file can say of a dose, a level, the target and the options, typed and
 * chosen. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "form-fixture.h"

static const TdmDoseEntry *
dose_of (Fixture *f, guint i)
{
  return tdm_case_get_dose (record_of (f), i);
}

static TdmSheet
sheet_of (Fixture *f)
{
  TdmSheet sheet;

  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  return sheet;
}

static void
test_infusion (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *text;
    double hours;
  } rows[] = { { "1.5 h", 1.5 },
               { "90 min", 1.5 },
               { "500 mg/h", 3 },
               { "0.5 g/h", 3 },
               { "to 11:30", 3.5 },
               { "", 0 },
               { "until 2026-03-02 08:00", 24 },
               { "25 mg/min", 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_true (enter (f, TDM_CELL_DOSE_DURATION, 0, rows[i].text));
      g_assert_cmpfloat_with_epsilon (dose_of (f, 0)->duration_h, rows[i].hours, 1e-9);
    }
  g_assert_false (enter (f, TDM_CELL_DOSE_DURATION, 0, "to 07:30"));
  g_assert_cmpint (remark_kind (f, TDM_SECTION_DOSES, 0), ==, TDM_REMARK_ERROR);
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_DOSE_DURATION, 0 });
  g_assert_false (enter (f, TDM_CELL_DOSE_DURATION, 0, "500 mg/L"));
}

/* Known as two times only: an infusion's end, when a level was drawn. */
static void
test_unknown_end (Fixture *f, gconstpointer data)
{
  static const char *const typed[] = { "between 10:30 and 11:00", "to 10:30–11:00",
                                       "until 2026-03-01 10:30 to 11:00" };
  TdmRemarkKind kind;

  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      g_assert_true (enter (f, TDM_CELL_DOSE_DURATION, 0, typed[i]));
      g_assert_true (dose_of (f, 0)->end_uncertain);
      g_assert_cmpfloat (dose_of (f, 0)->end_from.hours, ==, 2.5);
      g_assert_cmpfloat (dose_of (f, 0)->end_to.hours, ==, 3);
      g_assert_cmpfloat (dose_of (f, 0)->duration_h, ==, 2.75);
      assert_text (f, TDM_CELL_DOSE_DURATION, 0, "?");
      assert_text (f, TDM_CELL_DOSE_END_TO, 0, "2026-03-01 11:00");
      if (i + 1 < G_N_ELEMENTS (typed))
        tdm_form_undo (f->form);
    }
  g_autofree char *remark = tdm_form_get_remark (f->form, TDM_SECTION_DOSES, 0, &kind);
  g_assert_nonnull (strstr (remark, "ended between 10:30 and 11:00, unknown when"));
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 0, "2026-03-01 10:45"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_DOSE_TIME, 0 });
  g_assert_true (enter (f, TDM_CELL_DOSE_DURATION, 0, "2"));
  g_assert_false (dose_of (f, 0)->end_uncertain);
  g_assert_false (enter (f, TDM_CELL_DOSE_DURATION, 1, "between 21:00 and 21:30"));
}

/* By their own fields: the first waits for the second; neither makes it known again. */
static void
test_ends (Fixture *f, gconstpointer data)
{
  g_assert_false (tdm_form_shows_interval (f->form, TDM_SECTION_DOSES, 0));
  tdm_form_ask_interval (f->form, TDM_SECTION_DOSES, 0);
  g_assert_true (tdm_form_shows_interval (f->form, TDM_SECTION_DOSES, 0));
  g_assert_false (tdm_form_shows_interval (f->form, TDM_SECTION_DOSES, 1));
  g_assert_false (enter (f, TDM_CELL_DOSE_END_FROM, 0, "23:15"));
  g_assert_true (tdm_form_has_drafts (f->form));
  g_assert_true (enter (f, TDM_CELL_DOSE_END_TO, 0, "0:45"));
  g_assert_false (tdm_form_has_drafts (f->form));
  g_assert_cmpfloat (dose_of (f, 0)->end_from.hours, ==, 15.25);
  g_assert_cmpfloat (dose_of (f, 0)->end_to.hours, ==, 16.75);
  g_assert_true (tdm_form_shows_interval (f->form, TDM_SECTION_DOSES, 0));
  g_assert_false (enter (f, TDM_CELL_DOSE_END_FROM, 0, ""));
  g_assert_cmpint (remark_kind (f, TDM_SECTION_DOSES, 0), ==, TDM_REMARK_ERROR);
  g_assert_true (enter (f, TDM_CELL_DOSE_END_TO, 0, ""));
  g_assert_false (dose_of (f, 0)->end_uncertain);
  g_assert_false (tdm_form_shows_interval (f->form, TDM_SECTION_DOSES, 0));
  tdm_form_undo (f->form);
  g_assert_true (dose_of (f, 0)->end_uncertain);
}

static void
test_drawn_between (Fixture *f, gconstpointer data)
{
  const TdmLevelEntry *level;
  const guint n = tdm_case_get_n_levels (record_of (f));

  g_assert_true (enter (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-03 23:30 to 1:15"));
  level = tdm_case_get_level (record_of (f), 0);
  g_assert_true (level->time_uncertain);
  g_assert_cmpfloat (level->time_to.hours - level->time.hours, ==, 1.75);
  assert_text (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-03 23:30");
  assert_text (f, TDM_CELL_LEVEL_TIME_TO, 0, "2026-03-04 01:15");
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME_TO, 0, "2026-03-03 23:00"));
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME_TO, 0, "2026-03-05 23:00"));
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-04 02:00"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_LEVEL_TIME, 0 });
  g_assert_true (enter (f, TDM_CELL_LEVEL_TIME_TO, 0, ""));
  g_assert_false (tdm_case_get_level (record_of (f), 0)->time_uncertain);
  /* In a new row too, and with a zone after the date nothing is an interval. */
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, n, "2026-03-04 06:10 – 07:40"));
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, n, "12.7"));
  level = tdm_case_get_level (record_of (f), n);
  g_assert_cmpfloat (level->time_to.hours - level->time.hours, ==, 1.5);
  g_assert_true (enter (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-03T10:30+01:00"));
  g_assert_false (tdm_case_get_level (record_of (f), 0)->time_uncertain);
}

static void
test_split (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);
  const guint count = dose_of (f, 1)->count;

  tdm_form_take (f->form, tdm_sheet_split_doses (&sheet, 1, NULL));
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 1 + count);
  g_assert_cmpuint (dose_of (f, count)->count, ==, 1);
  g_assert_cmpfloat (dose_of (f, count)->time.hours, ==, 12 + 12 * (count - 1));
}

static void
test_flags (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);

  g_assert_null (tdm_sheet_set_dose_flag (&sheet, 1, TDM_DOSE_ADDED, TRUE, NULL));
  tdm_form_take (f->form, tdm_sheet_set_steady_state (&sheet, 1, TRUE, NULL));
  sheet = sheet_of (f);
  tdm_form_take (f->form,
                 tdm_sheet_set_dose_flag (&sheet, 1, TDM_DOSE_ADDED, TRUE, NULL));
  g_assert_true (tdm_dose_has_flag (dose_of (f, 1), TDM_DOSE_ADDED));
  sheet = sheet_of (f);
  tdm_form_take (f->form,
                 tdm_sheet_set_dose_flag (&sheet, 1, TDM_DOSE_STOPPED, TRUE, NULL));
  g_assert_true (tdm_dose_has_flag (dose_of (f, 1), TDM_DOSE_STOPPED));
  g_assert_cmpuint (dose_of (f, 1)->count, ==, 1);
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_steady_state (&sheet, 1, FALSE, NULL));
  g_assert_false (dose_of (f, 1)->added || dose_of (f, 1)->stopped);
  sheet = sheet_of (f);
  tdm_form_take (f->form,
                 tdm_sheet_set_dose_flag (&sheet, 0, TDM_DOSE_AT_RATE, TRUE, NULL));
  g_assert_true (dose_of (f, 0)->at_rate);
}

/* A reset may stand without a dose, nothing else. */
static void
test_reset (Fixture *f, gconstpointer data)
{
  g_assert_true (enter (f, TDM_CELL_DOSE_DURATION, 0, ""));
  g_assert_false (enter (f, TDM_CELL_DOSE_AMOUNT, 0, "0"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_DOSE_AMOUNT, 0 });
  TdmSheet sheet = sheet_of (f);
  tdm_form_take (f->form,
                 tdm_sheet_set_dose_flag (&sheet, 0, TDM_DOSE_RESET, TRUE, NULL));
  tdm_form_enter (f->form, (TdmCell){ TDM_CELL_DOSE_AMOUNT, 0 }, "0");
  if (tdm_form_get_question (f->form, TDM_SECTION_DOSES, 0) != NULL)
    tdm_form_answer (f->form, TDM_SECTION_DOSES, 0, FALSE);
  g_assert_true (dose_of (f, 0)->reset);
  g_assert_cmpfloat (dose_of (f, 0)->amount, ==, 0);
}

static void
test_weight (Fixture *f, gconstpointer data)
{
  assert_text (f, TDM_CELL_LEVEL_WEIGHT, 0, "");
  g_assert_true (enter (f, TDM_CELL_LEVEL_WEIGHT, 0, "0,35"));
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->weight, ==, 0.35);
  assert_text (f, TDM_CELL_LEVEL_WEIGHT, 0, "0.35");
  g_assert_false (enter (f, TDM_CELL_LEVEL_WEIGHT, 0, "1.2"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_LEVEL_WEIGHT, 0 });
  g_assert_true (enter (f, TDM_CELL_LEVEL_WEIGHT, 0, ""));
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->weight, ==, 1);
}

static void
test_options (Fixture *f, gconstpointer data)
{
  const TdmCaseOptions *options;

  g_assert_true (enter (f, TDM_CELL_OPTION_INTERVALS, 0, "8, 12 36"));
  g_assert_true (enter (f, TDM_CELL_OPTION_PRIOR, 0, "0.4"));
  g_assert_true (enter (f, TDM_CELL_OPTION_ADJUST, 0, "2026-03-04 06:00"));
  options = tdm_case_get_options (record_of (f));
  g_assert_cmpuint (options->n_intervals, ==, 3);
  g_assert_cmpfloat (options->intervals_h[2], ==, 36);
  g_assert_cmpfloat (options->prior_weight, ==, 0.4);
  g_assert_true (options->has_adjust);
  g_assert_cmpfloat (options->adjust.hours, ==, 70);
  g_assert_true (enter (f, TDM_CELL_OPTION_WARD, 0, "22, 6:00 14:00"));
  assert_text (f, TDM_CELL_OPTION_WARD, 0, "06:00, 14:00, 22:00");
  g_assert_false (enter (f, TDM_CELL_OPTION_WARD, 0, "6:00, 06:00"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_OPTION_WARD, 0 });
  g_assert_true (enter (f, TDM_CELL_OPTION_HALF_LIFE, 0, "1.5 d"));
  assert_text (f, TDM_CELL_OPTION_HALF_LIFE, 0, "36");
  TdmRemarkKind kind;
  g_autofree char *echo = tdm_form_get_remark (f->form, TDM_SECTION_LEVELS, 0, &kind);
  g_assert_nonnull (strstr (echo, "counts 80 %")); /* 2^(-(47.3 - 35.5)/36) */
  g_assert_true (enter (f, TDM_CELL_OPTION_UNCERTAINTY, 0, "20"));
  g_assert_cmpfloat (tdm_case_get_options (record_of (f))->time_uncertainty_min, ==,
                     20);
  assert_text (f, TDM_CELL_OPTION_INTERVALS, 0, "8, 12, 36");
  assert_text (f, TDM_CELL_OPTION_ADJUST, 0, "2026-03-04 06:00");
  g_assert_false (enter (f, TDM_CELL_OPTION_PRIOR, 0, "0"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_OPTION_PRIOR, 0 });
  g_assert_false (enter (f, TDM_CELL_OPTION_INTERVALS, 0, "8, noon"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_OPTION_INTERVALS, 0 });
  g_assert_true (enter (f, TDM_CELL_OPTION_INTERVALS, 0, ""));
  g_assert_true (enter (f, TDM_CELL_OPTION_PRIOR, 0, ""));
  g_assert_true (enter (f, TDM_CELL_OPTION_ADJUST, 0, ""));
  options = tdm_case_get_options (record_of (f));
  g_assert_cmpuint (options->n_intervals, ==, 0);
  g_assert_cmpfloat (options->prior_weight, ==, 1);
  g_assert_false (options->has_adjust);
  TdmSheet sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_future_occasions (&sheet, TRUE, NULL));
  g_assert_true (tdm_case_get_options (record_of (f))->future_occasions);
}

/* The ward's hours for the next level, and how chances are computed. */
static void
test_sample_options (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = { "06:00", "6 to 6", "06:00–25:00", "6:7–22:00",
                                         "noon–22:00" };
  const TdmCaseOptions *options;

  g_assert_true (enter (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, "6:30 - 22"));
  g_assert_true (enter (f, TDM_CELL_OPTION_SAMPLE_WITHIN, 0, "37"));
  options = tdm_case_get_options (record_of (f));
  g_assert_true (options->has_sample_hours);
  g_assert_cmpuint (options->sample_from_min, ==, 390);
  g_assert_cmpuint (options->sample_to_min, ==, 1320);
  g_assert_cmpfloat (options->sample_within_h, ==, 37);
  assert_text (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, "06:30–22:00");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (enter (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, refused[i]));
      tdm_form_revert (f->form, (TdmCell){ TDM_CELL_OPTION_SAMPLE_HOURS, 0 });
    }
  g_assert_true (enter (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, "22:00 to 05:45"));
  assert_text (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, "22:00–05:45");
  g_assert_true (enter (f, TDM_CELL_OPTION_SAMPLE_HOURS, 0, ""));
  g_assert_true (enter (f, TDM_CELL_OPTION_SAMPLE_WITHIN, 0, ""));
  options = tdm_case_get_options (record_of (f));
  g_assert_false (options->has_sample_hours);
  g_assert_cmpfloat (options->sample_within_h, ==, 0);
  TdmSheet sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_posterior (&sheet, TDM_POSTERIOR_HMC, NULL));
  g_assert_cmpint (tdm_case_get_options (record_of (f))->posterior, ==,
                   TDM_POSTERIOR_HMC);
}

/* Every metric becomes a target once its limits and what it needs are typed. */
static void
test_metrics (Fixture *f, gconstpointer data)
{
  static const struct
  {
    TdmMetricKind metric;
    TdmCellKind last;
    const char *text, *unit;
  } rows[] = {
    { TDM_METRIC_TROUGH, TDM_CELL_TARGET_HIGH, "21.5", "mg/L" },
    { TDM_METRIC_PEAK, TDM_CELL_TARGET_HIGH, "43", "mg/L" },
    { TDM_METRIC_AVERAGE, TDM_CELL_TARGET_HIGH, "23", "mg/L" },
    { TDM_METRIC_CUMULATIVE_AUC, TDM_CELL_TARGET_HIGH, "2100", "mg.h/L" },
    { TDM_METRIC_TIME_ABOVE, TDM_CELL_TARGET_THRESHOLD, "4.2", "%" },
    { TDM_METRIC_PEAK_MIC, TDM_CELL_TARGET_MIC, "0.75", "1" },
    { TDM_METRIC_AUC_MIC, TDM_CELL_TARGET_MIC, "1.5", "h" },
    { TDM_METRIC_AUC, TDM_CELL_TARGET_TO, "2026-03-03 08:00", "mg.h/L" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmCase *before = record_of (f);
      tdm_form_choose_metric (f->form, rows[i].metric);
      g_assert_cmpint (tdm_form_get_metric (f->form), ==, rows[i].metric);
      g_assert_true (tdm_form_has_drafts (f->form));
      if (rows[i].metric == TDM_METRIC_AUC)
        g_assert_false (enter (f, TDM_CELL_TARGET_FROM, 0, "2026-03-02 08:00"));
      if (rows[i].last != TDM_CELL_TARGET_HIGH)
        g_assert_false (enter (f, TDM_CELL_TARGET_LOW, 0, "12.5"));
      g_assert_true (record_of (f) == before);
      g_assert_true (enter (f, rows[i].last, 0, rows[i].text));
      const TdmTarget *target = tdm_case_get_target (record_of (f));
      g_assert_cmpint (target->metric, ==, rows[i].metric);
      g_assert_cmpstr (target->unit, ==, rows[i].unit);
      g_assert_false (tdm_form_has_drafts (f->form));
      assert_text (f, rows[i].last, 0, rows[i].text);
    }
  tdm_form_choose_metric (f->form, TDM_METRIC_PEAK);
  tdm_form_choose_metric (f->form, TDM_METRIC_NONE);
  g_assert_cmpint (tdm_form_get_metric (f->form), ==, TDM_METRIC_AUC);
}

/* A threshold, or in its place a multiple of the MIC; the part that is free; alarms. */
static void
test_target_parts (Fixture *f, gconstpointer data)
{
  tdm_form_choose_metric (f->form, TDM_METRIC_TIME_ABOVE);
  g_assert_false (enter (f, TDM_CELL_TARGET_LOW, 0, "62"));
  g_assert_false (enter (f, TDM_CELL_TARGET_MULTIPLE, 0, "4"));
  g_assert_true (enter (f, TDM_CELL_TARGET_MIC, 0, "1.5"));
  const TdmTarget *target = tdm_case_get_target (record_of (f));
  g_assert_cmpfloat (target->mic, ==, 1.5);
  g_assert_cmpfloat (target->multiple, ==, 4);
  g_assert_cmpfloat (target->threshold, ==, 0);
  g_assert_cmpstr (target->mic_unit, ==, "mg/L");
  g_assert_true (enter (f, TDM_CELL_TARGET_THRESHOLD, 0, "7.25"));
  target = tdm_case_get_target (record_of (f));
  g_assert_cmpfloat (target->threshold, ==, 7.25);
  g_assert_cmpfloat (target->mic, ==, 0);
  assert_text (f, TDM_CELL_TARGET_MIC, 0, "");
  g_assert_false (enter (f, TDM_CELL_TARGET_MULTIPLE, 0, "2"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_TARGET_MULTIPLE, 0 });
  g_assert_true (enter (f, TDM_CELL_TARGET_FREE, 0, "47.5"));
  g_assert_false (enter (f, TDM_CELL_TARGET_FREE, 0, "112"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_TARGET_FREE, 0 });
  g_assert_true (enter (f, TDM_CELL_TARGET_ALARM_LOW, 0, "35"));
  g_assert_false (enter (f, TDM_CELL_TARGET_ALARM_LOW, 0, "71"));
  target = tdm_case_get_target (record_of (f));
  g_assert_cmpfloat (target->free_fraction, ==, 0.475);
  g_assert_cmpfloat (target->alarm_low, ==, 35);
}

/* One end of a window of time brings the other, a day away; blank, or a time at which
 * the target holds, takes the window back. */
static void
test_target_span (Fixture *f, gconstpointer data)
{
  tdm_form_choose_metric (f->form, TDM_METRIC_TROUGH);
  g_assert_true (enter (f, TDM_CELL_TARGET_HIGH, 0, "19"));
  g_assert_true (enter (f, TDM_CELL_TARGET_TO, 0, "2026-03-05 08:00"));
  const TdmTarget *target = tdm_case_get_target (record_of (f));
  g_assert_true (target->has_span);
  g_assert_cmpfloat (target->from.hours, ==, 72);
  g_assert_cmpfloat (target->to.hours, ==, 96);
  assert_text (f, TDM_CELL_TARGET_FROM, 0, "2026-03-04 08:00");
  g_assert_true (enter (f, TDM_CELL_TARGET_FROM, 0, "2026-03-04 20:00"));
  g_assert_cmpfloat (tdm_case_get_target (record_of (f))->to.hours, ==, 96);
  g_assert_false (enter (f, TDM_CELL_TARGET_FROM, 0, "2026-03-06 20:00"));
  tdm_form_revert (f->form, (TdmCell){ TDM_CELL_TARGET_FROM, 0 });
  g_assert_true (enter (f, TDM_CELL_TARGET_AT, 0, "2026-03-04 08:00"));
  target = tdm_case_get_target (record_of (f));
  g_assert_false (target->has_span);
  g_assert_false (target->at_steady_state);
  g_assert_true (enter (f, TDM_CELL_TARGET_FROM, 0, "2026-03-04 08:00"));
  g_assert_true (tdm_case_get_target (record_of (f))->at_steady_state);
  g_assert_true (enter (f, TDM_CELL_TARGET_FROM, 0, ""));
  g_assert_false (tdm_case_get_target (record_of (f))->has_span);
}

static void
test_target_time (Fixture *f, gconstpointer data)
{
  g_assert_true (enter (f, TDM_CELL_TARGET_AT, 0, "2026-03-04 08:00"));
  g_assert_false (tdm_case_get_target (record_of (f))->at_steady_state);
  g_assert_cmpfloat (tdm_case_get_target (record_of (f))->at.hours, ==, 72);
  g_assert_true (enter (f, TDM_CELL_TARGET_AT, 0, "steady state"));
  g_assert_true (tdm_case_get_target (record_of (f))->at_steady_state);
}

/* Three decimals are asked about; the question stands until it is answered. */
static void
test_unit_slip (Fixture *f, gconstpointer data)
{
  const TdmCell cell = { TDM_CELL_LEVEL_VALUE, 0 };
  TdmCase *before = record_of (f);

  tdm_form_choose_unit (f->form, cell, "ng/mL", FALSE);
  g_assert_true (record_of (f) == before);
  const TdmQuestion *question = tdm_form_get_question (f->form, TDM_SECTION_LEVELS, 0);
  g_assert_nonnull (question);
  g_assert_cmpstr (question->text, ==,
                   "16.7 ng/mL is 1000 times less than 16.7 mg/L. Is the unit right?");
  g_assert_false (enter (f, cell.kind, 0, "16.7"));
  g_assert_nonnull (tdm_form_get_question (f->form, TDM_SECTION_LEVELS, 0));
  tdm_form_answer (f->form, TDM_SECTION_LEVELS, 0, TRUE);
  g_assert_true (tdm_case_equal (record_of (f), before));
  tdm_form_choose_unit (f->form, cell, "ng/mL", FALSE);
  tdm_form_answer (f->form, TDM_SECTION_LEVELS, 0, FALSE);
  g_assert_cmpstr (tdm_case_get_level (record_of (f), 0)->unit, ==, "ng/mL");
  /* Converted is not a slip. */
  tdm_form_choose_unit (f->form, cell, "mg/L", TRUE);
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->value, ==, 0.0167);
}

/* The unit of a row is chosen before its value. */
static void
test_unit_first (Fixture *f, gconstpointer data)
{
  const TdmCell cell = { TDM_CELL_LEVEL_VALUE, 3 };

  tdm_form_choose_unit (f->form, cell, "umol/L", FALSE);
  g_autofree char *unit = tdm_form_get_unit (f->form, cell);
  g_assert_cmpstr (unit, ==, "umol/L");
  g_assert_false (tdm_form_has_drafts (f->form));
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 3, "2026-03-03 19:30"));
  g_assert_true (enter (f, cell.kind, 3, "13.3"));
  g_assert_cmpstr (tdm_case_get_level (record_of (f), 3)->unit, ==, "umol/L");
  const TdmCell dose = { TDM_CELL_DOSE_AMOUNT, 2 };
  tdm_form_choose_unit (f->form, dose, "g", FALSE);
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 2, "2026-03-03 20:00"));
  g_assert_true (enter (f, dose.kind, 2, "0.75"));
  g_assert_cmpstr (dose_of (f, 2)->unit, ==, "g");
}

/* A missing covariate says what it counts as. */
static void
test_default (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);
  TdmRemarkKind kind;

  tdm_form_take (f->form, tdm_sheet_set_model (&sheet, "ciclosporin-press-2010", NULL));
  sheet = sheet_of (f);
  for (guint i = 0; i < sheet.rows->len; i++)
    {
      const TdmCovariateRow *row = g_ptr_array_index (sheet.rows, i);
      if (row->index >= 0 || row->info == NULL || !row->info->has_default)
        continue;
      g_autofree char *value = tdm_sheet_default_text (row->info);
      g_autofree char *expected = g_strdup_printf ("Assumed: %s", value);
      g_autofree char *remark =
          tdm_form_get_remark (f->form, TDM_SECTION_COVARIATES, i, &kind);
      g_assert_cmpstr (remark, ==, expected);
      return;
    }
  g_test_skip ("no default in this model");
}

static void
test_salt (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);

  tdm_form_take (f->form, tdm_sheet_set_model (&sheet, "lithium-yuan-2021", NULL));
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_salt (&sheet, 0, "lithium", NULL));
  g_assert_cmpstr (dose_of (f, 0)->salt, ==, "lithium");
  g_assert_cmpstr (dose_of (f, 0)->unit, ==, "mmol");
  g_assert_cmpfloat (dose_of (f, 0)->amount, ==, 1500);
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_salt (&sheet, 0, NULL, NULL));
  g_assert_null (dose_of (f, 0)->salt);
  g_assert_cmpstr (dose_of (f, 0)->unit, ==, "mg");
}

/* The row of a covariate, -1 = there is none. */
static int
covariate_row (Fixture *f, const char *name)
{
  TdmSheet sheet = sheet_of (f);

  for (guint i = 0; i < sheet.rows->len; i++)
    {
      const TdmCovariateRow *row = g_ptr_array_index (sheet.rows, i);
      if (g_str_equal (row->name, name))
        return (int)i;
    }
  return -1;
}

/* Said by a dose it need not be typed as a covariate; typed there, it moves to the
 * doses.
 */
static void
test_formulation (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);

  g_assert_false (tdm_sheet_takes_formulation (&sheet, "Prograf"));
  tdm_form_take (f->form,
                 tdm_sheet_set_model (&sheet, "tacrolimus-woillard-2011", NULL));
  sheet = sheet_of (f);
  g_assert_cmpint (covariate_row (f, "PROGRAF"), >=, 0);
  g_assert_true (tdm_sheet_takes_formulation (&sheet, "Prograf"));
  g_assert_false (tdm_sheet_takes_formulation (&sheet, "tablet"));
  tdm_form_take (f->form, tdm_sheet_set_formulation (&sheet, 0, "Prograf", NULL));
  g_assert_cmpstr (dose_of (f, 0)->formulation, ==, "Prograf");
  g_assert_cmpint (covariate_row (f, "PROGRAF"), ==, -1);
  TdmRemarkKind kind;
  g_autofree char *remark = tdm_form_get_remark (f->form, TDM_SECTION_DOSES, 0, &kind);
  g_assert_nonnull (strstr (remark, "Prograf"));

  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_formulation (&sheet, 0, NULL, NULL));
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record_of (f));
  const TdmCovariateEntry entries[] = {
    { .name = (char *)"PROGRAF", .time = { 11, NULL }, .value = 1 },
    { .name = (char *)"PROGRAF", .text = (char *)"Advagraf" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    tdm_case_edit_insert_covariate (edit, i, &entries[i]);
  tdm_form_take (f->form, tdm_case_edit_finish (edit, NULL));
  sheet = sheet_of (f);
  g_assert_true (tdm_sheet_takes_formulation (&sheet, "Advagraf"));
  g_autoptr (TdmCase) moved = tdm_sheet_set_formulation (&sheet, 1, "Advagraf", NULL);
  g_assert_cmpstr (tdm_case_get_dose (moved, 0)->formulation, ==, "Advagraf");
  tdm_form_take (f->form, tdm_sheet_set_formulation (&sheet, 0, "Prograf", NULL));
  g_assert_cmpstr (dose_of (f, 0)->formulation, ==, "Prograf");
  g_assert_cmpstr (dose_of (f, 1)->formulation, ==, "Prograf");
  g_assert_cmpint (covariate_row (f, "PROGRAF"), ==, -1);
  /* It changes while the second line goes on. */
  g_autoptr (TdmCaseEdit) later = tdm_case_edit_new (record_of (f));
  const TdmCovariateEntry change = { (char *)"PROGRAF", { 30, NULL }, 0, NULL, NULL };
  for (guint i = 0; i < 2; i++)
    tdm_case_edit_insert_covariate (later, 0, i == 0 ? &entries[0] : &change);
  tdm_form_take (f->form, tdm_case_edit_finish (later, NULL));
  sheet = sheet_of (f);
  g_assert_false (tdm_sheet_takes_formulation (&sheet, "Advagraf"));
}

/* Where formulations are routes, one takes the place of the other. */
static void
test_formulation_route (Fixture *f, gconstpointer data)
{
  TdmSheet sheet = sheet_of (f);

  tdm_form_take (f->form,
                 tdm_sheet_set_model (&sheet, "valproate-williams-2012", NULL));
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_route (&sheet, 0, "capsule", NULL));
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_formulation (&sheet, 0, "tablet", NULL));
  g_assert_null (dose_of (f, 0)->route);
  sheet = sheet_of (f);
  tdm_form_take (f->form, tdm_sheet_set_route (&sheet, 0, "syrup", NULL));
  g_assert_cmpstr (dose_of (f, 0)->route, ==, "syrup");
  g_assert_null (dose_of (f, 0)->formulation);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/app/sheet/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("infusion", test_infusion);
  ADD ("unknown-end", test_unknown_end);
  ADD ("ends", test_ends);
  ADD ("drawn-between", test_drawn_between);
  ADD ("split", test_split);
  ADD ("flags", test_flags);
  ADD ("reset", test_reset);
  ADD ("weight", test_weight);
  ADD ("options", test_options);
  ADD ("sample-options", test_sample_options);
  ADD ("metrics", test_metrics);
  ADD ("target-time", test_target_time);
  ADD ("target-parts", test_target_parts);
  ADD ("target-span", test_target_span);
  ADD ("unit-slip", test_unit_slip);
  ADD ("unit-first", test_unit_first);
  ADD ("default", test_default);
  ADD ("salt", test_salt);
  ADD ("formulation", test_formulation);
  ADD ("formulation-route", test_formulation_route);
  return g_test_run ();
}
