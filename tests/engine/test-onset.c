/* How regimens begin: a loading dose leads where a patient is far below, a hold where
 * far above, the plain regimen at a steady state; and the first days, by value. */
#include "engine/course.h"
#include "engine/result.h"
#include "given.h"

#include "engine/regimen.h"
#include "engine/words.h"
#include "num/linalg.h"

#include <math.h>

#define VANCOMYCIN                                                                 \
  "'patient': {'id': 'V', 'sex': 'male', 'birth': '1957-05-02'}, 'covariates': "   \
  "[{'name': 'WT', 'value': 79, 'unit': 'kg'}, {'name': 'SCR', 'value': 1.1, "     \
  "'unit': 'mg/dL'}, {'name': 'DIAL', 'value': 0}], 'target': {'metric': 'auc24'," \
  " 'low': 400, 'high': 600, 'unit': 'mg.h/L'}"

#define TACROLIMUS                                                                 \
  "'patient': {'id': 'T'}, 'covariates': [{'name': 'CYP3A5', 'value': 0}, {'name'" \
  ": 'HCT', 'value': 33, 'unit': '%%'}, {'name': 'PROGRAF', 'value': 'Prograf'}]," \
  " 'target': {'metric': 'trough', 'low': %s, 'high': %s, 'unit': 'ng/mL'}"

#define CASE "{'format': 'titrate-case/1', 'start': '2026-03-01T08:00', "

static TdmResult *
result_of (const char *id, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model (id);
  g_autoptr (TdmCase) record = given_case (json);
  TdmResult *result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (result->proposals->withheld);
  return result;
}

static TdmResult *
vancomycin (const char *amount, const char *peak, const char *trough,
            const char *options)
{
  g_autofree char *json = g_strdup_printf (
      CASE "'model': 'vancomycin-goti-2018', " VANCOMYCIN
           ", 'doses': [{'time': 0, 'amount': %s, 'unit': 'mg', 'route': 'iv', "
           "'duration': 1.5, 'interval': 12, 'count': 9}], 'levels': [{'time': 97.5, "
           "'value': %s, 'unit': 'mg/L'}, {'time': 107.5, 'value': %s, 'unit': 'mg/L'}"
           "]%s}",
      amount, peak, trough, options);
  return result_of ("vancomycin-goti-2018", json);
}

static TdmResult *
tacrolimus (const char *amount, const char *level, const char *low, const char *high)
{
  static const char *const times[] = { "119.9", "143.9", "155.9", "167.9" };
  g_autofree char *covariates = g_strdup_printf (TACROLIMUS, low, high);
  g_autoptr (GString) levels = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_string_append_printf (levels, "%s{'time': %s, 'value': %s, 'unit': 'ng/mL'}",
                            i ? ", " : "", times[i], level);
  g_autofree char *json = g_strdup_printf (
      CASE "'model': 'tacrolimus-woillard-2011', %s, 'doses': [{'time': 0, 'amount': "
           "%s, 'unit': 'mg', 'route': 'oral', 'interval': 12, 'count': 14}], "
           "'levels': [%s]}",
      covariates, amount, levels->str);
  return result_of ("tacrolimus-woillard-2011", json);
}

static const TdmRegimen *
row (const TdmResult *result, guint i)
{
  return result->proposals->regimens->pdata[i];
}

/* The row of the same regimen without loading dose and hold. */
static const TdmRegimen *
plain_of (const TdmResult *result, const TdmRegimen *variant)
{
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = row (result, i);
      if (!r->is_current && r->route == variant->route && r->loading_mg == 0
          && !r->is_hold && r->amount_mg == variant->amount_mg
          && r->interval_h == variant->interval_h)
        return r;
    }
  g_assert_not_reached ();
}

/* What a value is: the mean utility of the three days and of the steady state. */
static void
check_values (const TdmResult *result)
{
  guint counted = 0;
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = row (result, i);
      double sum = r->p_within - 0.5 * r->p_above;
      if (!r->has_days)
        continue;
      for (guint d = 0; d < TDM_COURSE_DAYS; d++)
        sum += r->days[d].within - 0.5 * r->days[d].above;
      g_assert_cmpfloat_with_epsilon (r->value, sum / 4, 1e-12);
      counted++;
    }
  g_assert_cmpuint (counted, >, 0);
}

static void
check_loading_leads (const TdmResult *result)
{
  const TdmRegimen *first = row (result, 0), *plain = plain_of (result, first);
  check_values (result);
  g_assert_cmpfloat (first->loading_mg, >, first->amount_mg);
  g_assert_cmpfloat (first->value, >, plain->value + 0.1);
  g_assert_cmpfloat (first->days[0].within, >, plain->days[0].within + 0.2);
  g_assert_cmpfloat (first->score, ==, plain->score);
}

static void
check_hold_leads (const TdmResult *result)
{
  const TdmRegimen *first = row (result, 0), *plain = plain_of (result, first);
  check_values (result);
  g_assert_true (first->is_hold);
  g_assert_cmpfloat (first->hold_h, >=, 12);
  g_assert_cmpfloat_with_epsilon (first->first_dose_h,
                                  tdm_regimen_start (plain) + first->hold_h, 1e-9);
  g_assert_cmpfloat (plain->days[0].above, >, 0.5);
  g_assert_cmpfloat (first->days[0].above, <, plain->days[0].above);
  g_assert_cmpfloat (first->value, >, plain->value + 0.1);
}

static void
check_plain_leads (const TdmResult *result)
{
  const TdmRegimen *first = row (result, 0);
  check_values (result);
  g_assert_false (first->is_hold);
  g_assert_cmpfloat (first->loading_mg, ==, 0);
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = row (result, i);
      if (r->is_hold || r->loading_mg > 0)
        g_assert_cmpfloat (r->value, >, plain_of (result, r)->value + 0.02);
    }
}

static void
test_vancomycin (void)
{
  g_autoptr (TdmResult) below = vancomycin ("250", "5.1", "1.9", "");
  g_autoptr (TdmResult) steady = vancomycin ("1000", "27", "13.2", "");
  g_autoptr (TdmResult) over = vancomycin ("1000", "37", "20.2", "");
  g_autoptr (TdmResult) above = vancomycin ("2000", "68", "52", "");
  check_loading_leads (below);
  check_plain_leads (steady);
  for (guint i = 0; i < steady->proposals->regimens->len; i++)
    g_assert_false (row (steady, i)->is_hold);
  check_plain_leads (over);
  check_hold_leads (above);
}

static void
test_tacrolimus (void)
{
  g_autoptr (TdmResult) steady = tacrolimus ("3", "7.5", "4", "11");
  g_autoptr (TdmResult) over = tacrolimus ("3", "12.5", "4", "11");
  g_autoptr (TdmResult) above = tacrolimus ("6", "38", "4", "11");
  g_autoptr (TdmResult) below = tacrolimus ("0.5", "4", "10", "15");
  check_plain_leads (steady);
  check_plain_leads (over);
  check_hold_leads (above);
  check_loading_leads (below);
}

/* Begun at 20:00, a hold ends at a time of the ward, and the curve shows that nothing
 * is given until then. */
static void
test_ward (void)
{
  g_autoptr (TdmResult) result = vancomycin (
      "2000", "68", "52", ", 'options': {'ward_times': ['09:00', '21:00']}");
  const TdmRegimen *first = row (result, 0);
  check_hold_leads (result);
  g_assert_cmpfloat_with_epsilon (fmod (first->first_dose_h - 1, 12), 0, 1e-9);
  g_assert_cmpint (result->chosen_index, ==, 0);
  g_autofree char *words = tdm_words_regimen (first);
  g_autofree char *begins = g_strdup_printf ("hold until %s, then ", first->restart);
  g_assert_true (g_str_has_prefix (words, begins));
  g_assert_true (g_str_has_suffix (first->restart, "09:00")
                 || g_str_has_suffix (first->restart, "21:00"));
  for (guint i = 1; i < result->chosen->n; i++)
    if (result->chosen->time_h[i] < first->first_dose_h)
      g_assert_cmpfloat (result->chosen->individual[i], <,
                         result->chosen->individual[i - 1] + 1e-9);
}

/* The curve of a loading row jumps by the loading dose, not by the dose. */
static void
test_curve (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = vancomycin ("250", "5.1", "1.9", "");
  const TdmRegimen *first = row (result, 0);
  TdmRegimen plain = *first;
  plain.loading_mg = 0;
  const double end = first->first_dose_h + first->loading_duration_h;
  TdmPkDose lines[TDM_REGIMEN_LINES], without[TDM_REGIMEN_LINES];
  const TdmPlanSpec spec = { .until_h = first->first_dose_h,
                             .extra = lines,
                             .n_extra = tdm_regimen_lines (first, end, lines),
                             .times_h = &end,
                             .n_times = 1 };
  const TdmPlanSpec other = { .until_h = first->first_dose_h,
                              .extra = without,
                              .n_extra = tdm_regimen_lines (&plain, end, without),
                              .times_h = &end,
                              .n_times = 1 };
  double loaded, unloaded, shown = NAN;
  g_assert_true (tdm_problem_predict (result->fit->problem, result->fit->eta, &spec,
                                      &loaded, &error));
  g_assert_true (tdm_problem_predict (result->fit->problem, result->fit->eta, &other,
                                      &unloaded, &error));
  for (guint i = 0; i < result->chosen->n; i++)
    if (fabs (result->chosen->time_h[i] - end) < 1e-9)
      shown = result->chosen->individual[i];
  g_assert_cmpfloat_with_epsilon (shown / loaded, 1, 1e-9);
  g_assert_cmpfloat (shown, >, 1.4 * unloaded);
}

/* The concentrations of a regimen each minute of three days. */
static double *
minutes_of (const TdmFit *fit, const TdmRegimen *regimen)
{
  g_autoptr (GError) error = NULL;
  const guint n = 3 * 1440 + 1;
  double *values = g_new (double, n);
  g_autofree double *times = g_new (double, n);
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const double start = tdm_regimen_start (regimen);
  for (guint i = 0; i < n; i++)
    times[i] = start + i / 60.0;
  const TdmPlanSpec spec = { .until_h = start,
                             .extra = lines,
                             .n_extra = tdm_regimen_lines (regimen, start + 72, lines),
                             .times_h = times,
                             .n_times = n };
  g_assert_true (tdm_problem_predict (fit->problem, fit->eta, &spec, values, &error));
  g_assert_no_error (error);
  return values;
}

/* The metric of a day, from its minutes: a loading dose of twice the amount over 2 h
 * twelve hours after the start, then every 12 h over 1 h. */
static double
metric_of (TdmMetricKind kind, const double *minutes, double threshold)
{
  double sum = 0, highest = 0;
  guint above = 0;
  for (guint i = 0; i < 1440; i++)
    {
      sum += (minutes[i] + minutes[i + 1]) / 120;
      highest = MAX (highest, minutes[i + 1]);
      above += minutes[i] + minutes[i + 1] > 2 * threshold;
    }
  switch (kind)
    {
    case TDM_METRIC_TROUGH:
      return minutes[1440];
    case TDM_METRIC_PEAK:
      return highest;
    case TDM_METRIC_AVERAGE:
      return sum / 24;
    case TDM_METRIC_TIME_ABOVE:
      return above / 1440.0;
    case TDM_METRIC_TIME_BELOW:
      return 1 - above / 1440.0;
    case TDM_METRIC_AUC_MIC:
      return sum / 0.7;
    default:
      return sum;
    }
}

/* One draw, the estimate itself, and a window that only the metric of one day, known
 * from a curve, can lie in. */
static void
test_days (void)
{
  static const TdmMetricKind kinds[] = { TDM_METRIC_TROUGH,     TDM_METRIC_AVERAGE,
                                         TDM_METRIC_AUC24,      TDM_METRIC_TIME_ABOVE,
                                         TDM_METRIC_TIME_BELOW, TDM_METRIC_AUC_MIC };
  g_autoptr (TdmResult) result = vancomycin ("1000", "37", "20.2", "");
  const TdmFit *fit = result->fit;
  TdmRegimen regimen = *row (result, 0);
  regimen.amount_mg = 730;
  regimen.interval_h = 12;
  regimen.duration_h = 1;
  regimen.loading_mg = 1460;
  regimen.loading_duration_h = 2;
  regimen.hold_h = 12;
  regimen.first_dose_h += 12;
  g_autofree double *minutes = minutes_of (fit, &regimen);
  g_autofree double *rows = g_new0 (double, tdm_problem_get_n_values (fit->problem));
  memcpy (rows, fit->eta, fit->n * sizeof (double));
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (guint day = 0; day < TDM_COURSE_DAYS; day++)
      {
        const double value = metric_of (kinds[k], minutes + 1440 * day, 21.7);
        const TdmResolvedTarget target = { .metric = kinds[k],
                                           .at_steady_state = TRUE,
                                           .threshold = 21.7,
                                           .mic = 0.7,
                                           .low = value - 0.003 * (value + 0.3),
                                           .high = value + 0.003 * (value + 0.3) };
        const TdmScoreInput input = {
          .problem = fit->problem, .target = &target, .rows = rows, .draws = 1
        };
        TdmRegimen *list[] = { &regimen };
        g_assert_true (tdm_course_judge (&input, 100, list, 1, NULL));
        for (guint d = 0; d < TDM_COURSE_DAYS; d++)
          {
            const double own = metric_of (kinds[k], minutes + 1440 * d, 21.7);
            const int side = tdm_target_side (&target, own);
            const TdmCourseDay *out = &regimen.days[d];
            g_assert_cmpfloat (side < 0    ? out->below
                               : side == 0 ? out->within
                                           : out->above,
                               ==, 1);
          }
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/onset/vancomycin", test_vancomycin);
  g_test_add_func ("/engine/onset/tacrolimus", test_tacrolimus);
  g_test_add_func ("/engine/onset/ward", test_ward);
  g_test_add_func ("/engine/onset/curve", test_curve);
  g_test_add_func ("/engine/onset/days", test_days);
  return g_test_run ();
}
