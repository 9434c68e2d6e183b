/* Regimens: what can be given, how they are ranked, and what is said when none will do.
 */
#include "engine/result.h"
#include "engine/target.h"
#include "reference.h"

#include "num/linalg.h"

#include <math.h>

static TdmResult *
result_of (TdmCase *record, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  const TdmResultOptions options = { .seed = seed };
  TdmResult *result = tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static TdmCase *
case_with_target (const char *file, TdmMetricKind metric, double low, double high,
                  const char *unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case (file);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmTarget target = *tdm_case_get_target (record);
  target.metric = metric;
  target.low = low;
  target.high = high;
  target.unit = (char *)unit;
  tdm_case_edit_set_target (edit, &target);
  TdmCase *out = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return out;
}

static void
check_can_be_given (const TdmResult *result, const TdmRegimen *r)
{
  const TdmModelDosing *d = tdm_model_get_dosing (result->model, 0);
  gboolean amount = FALSE, interval = FALSE, duration = d->n_durations == 0;
  for (guint i = 0; i < d->n_amounts; i++)
    amount |= d->amounts_mg[i] == r->amount_mg;
  for (guint i = 0; i < d->n_intervals; i++)
    interval |= d->intervals_h[i] == r->interval_h;
  for (guint i = 0; i < d->n_durations; i++)
    duration |= d->durations_h[i] == r->duration_h;
  g_assert_true (amount && interval && duration);
  g_assert_cmpfloat (r->amount_mg, <=, d->max_single_mg);
  g_assert_cmpfloat (r->amount_mg * 24 / r->interval_h, <=,
                     d->max_daily_mg * (1 + 1e-9));
  if (r->duration_h > 0)
    g_assert_cmpfloat (r->amount_mg / r->duration_h, <=, d->max_rate_mg_h * (1 + 1e-9));
}

static void
check_proposals (const TdmResult *result)
{
  const TdmProposals *p = result->proposals;
  guint current = 0;
  g_assert_null (p->withheld);
  g_assert_cmpuint (p->regimens->len, >=, 3);
  for (guint i = 0; i < p->regimens->len; i++)
    {
      const TdmRegimen *r = p->regimens->pdata[i];
      g_assert_cmpfloat_with_epsilon (r->p_below + r->p_within + r->p_above, 1, 1e-12);
      g_assert_cmpfloat_with_epsilon (r->score, r->p_within - 0.5 * r->p_above, 1e-12);
      g_assert_cmpfloat (r->low.target, <=, r->high.target);
      g_assert_cmpfloat (r->metrics.trough, <=, r->metrics.peak);
      if (p->target.at_steady_state)
        g_assert_cmpfloat (r->metrics.trough, <=, r->metrics.average);
      g_assert_cmpfloat (r->metrics.average, <=, r->metrics.peak);
      current += r->is_current;
      if (!r->is_current)
        check_can_be_given (result, r);
      const TdmRegimen *first = p->regimens->pdata[0];
      g_assert_cmpfloat (first->score, >=, r->score - 0.0101);
    }
  g_assert_cmpuint (current, ==, 1);
}

/* At steady state AUC24 is the daily dose over the clearance. */
static void
test_auc24 (void)
{
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmResult) result = result_of (record, 1);
  check_proposals (result);
  double cl = result->fit->individual[0];
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = result->proposals->regimens->pdata[i];
      double daily = r->amount_mg * 24 / r->interval_h;
      g_assert_cmpfloat_with_epsilon (r->metrics.auc24 / (daily / cl), 1, 1e-9);
    }
  /* CL 2.474 L/h: 1250 mg a day give AUC24 505, 2000 mg (the current) 808. */
  const TdmRegimen *best = result->proposals->regimens->pdata[0];
  g_assert_cmpfloat (best->metrics.auc24, >, 440);
  g_assert_cmpfloat (best->metrics.auc24, <, 560);
  g_assert_false (result->proposals->none_reaches);
}

/* The chance of being within, from the Laplace posterior of CL alone, agrees with its
 * draws. */
static void
test_probability (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  const TdmResultOptions options = { .seed = 1, .posterior = TDM_POSTERIOR_LAPLACE };
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  double sd = sqrt (result->fit->covariance[0]), cl = result->fit->individual[0];
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = result->proposals->regimens->pdata[i];
      double mu = log (r->amount_mg * 24 / r->interval_h / cl);
      double below = 0.5 * erfc (-(log (400) - mu) / sd / M_SQRT2);
      double above = 0.5 * erfc ((log (600) - mu) / sd / M_SQRT2);
      /* Four standard errors of 1,000 draws at most. */
      g_assert_cmpfloat_with_epsilon (r->p_below, below, 4 * sqrt (0.25 / 1000));
      g_assert_cmpfloat_with_epsilon (r->p_above, above, 4 * sqrt (0.25 / 1000));
    }
}

static void
test_other_targets (void)
{
  static const struct
  {
    const char *file;
    TdmMetricKind metric;
    double low, high;
  } targets[] = {
    { "A4.json", TDM_METRIC_TROUGH, 10, 20 },
    { "A4.json", TDM_METRIC_PEAK, 25, 40 },
    { "A4.json", TDM_METRIC_AVERAGE, 15, 25 },
    { "B.json", TDM_METRIC_TROUGH, 0.5, 1.5 },
    { "B.json", TDM_METRIC_PEAK, 1.5, 3 },
    { "C.json", TDM_METRIC_TROUGH, 10, 20 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (TdmCase) record = case_with_target (
          targets[i].file, targets[i].metric, targets[i].low, targets[i].high, "mg/L");
      g_autoptr (TdmResult) result = result_of (record, 1);
      check_proposals (result);
      g_assert_false (result->proposals->none_reaches);
    }
}

/* At a named time the history counts: the steady state is not reached yet. */
static void
test_named_time (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmTarget target = *tdm_case_get_target (record);
  target.at_steady_state = FALSE;
  target.at.hours = 96;
  tdm_case_edit_set_target (edit, &target);
  g_autoptr (TdmCase) timed = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  g_autoptr (TdmResult) result = result_of (timed, 1);
  check_proposals (result);
  const TdmRegimen *r = result->proposals->regimens->pdata[0];
  /* Independently: the curve of that regimen, its area by the trapezoidal rule. */
  TdmPkDose dose = tdm_regimen_dose (r, 20);
  g_autofree double *times = g_new (double, 24001);
  for (int i = 0; i <= 24000; i++)
    times[i] = 96 + i / 1000.0;
  const TdmCurveOptions options = { .times_h = times,
                                    .n_times = 24001,
                                    .until_h = r->first_dose_h,
                                    .extra = &dose,
                                    .n_extra = 1 };
  g_autoptr (TdmCurve) curve = tdm_curve_new (result->fit, &options, NULL, &error);
  g_assert_no_error (error);
  double area = 0;
  for (int i = 0; i < 24000; i++)
    area += (curve->individual[i] + curve->individual[i + 1]) / 2000;
  g_assert_cmpfloat_with_epsilon (r->metrics.auc24 / area, 1, 1e-6);
}

/* A window that nothing can reach: the nearest are shown, and it is said. */
static void
test_out_of_reach (void)
{
  g_autoptr (TdmCase) record =
      case_with_target ("A4.json", TDM_METRIC_AUC24, 9000, 9500, "mg.h/L");
  g_autoptr (TdmResult) result = result_of (record, 1);
  g_assert_true (result->proposals->none_reaches);
  g_assert_cmpuint (result->proposals->regimens->len, >, 1);
  gboolean said = FALSE;
  for (guint i = 0; i < result->notes->len; i++)
    said |=
        g_str_equal (((TdmNote *)result->notes->pdata[i])->code, "target-not-reached");
  g_assert_true (said);
}

/* mg/L and umol/L are the same target. */
static void
test_molar_target (void)
{
  const double molar = 1000 / 1449.3; /* umol/L per mg/L */
  g_autoptr (TdmCase) mass =
      case_with_target ("A4.json", TDM_METRIC_TROUGH, 10, 20, "mg/L");
  g_autoptr (TdmCase) moles =
      case_with_target ("A4.json", TDM_METRIC_TROUGH, 10 * molar, 20 * molar, "umol/L");
  g_autoptr (TdmResult) a = result_of (mass, 1), b = result_of (moles, 1);
  g_assert_cmpuint (a->proposals->regimens->len, ==, b->proposals->regimens->len);
  for (guint i = 0; i < a->proposals->regimens->len; i++)
    {
      const TdmRegimen *x = a->proposals->regimens->pdata[i],
                       *y = b->proposals->regimens->pdata[i];
      g_assert_cmpfloat (x->amount_mg, ==, y->amount_mg);
      g_assert_cmpfloat (x->interval_h, ==, y->interval_h);
      g_assert_cmpfloat_with_epsilon (x->p_within, y->p_within, 0.0021);
    }
}

static void
test_repeatable (void)
{
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmResult) a = result_of (record, 9), b = result_of (record, 9);
  for (guint i = 0; i < a->proposals->regimens->len; i++)
    {
      const TdmRegimen *x = a->proposals->regimens->pdata[i],
                       *y = b->proposals->regimens->pdata[i];
      g_assert_cmpfloat (x->amount_mg, ==, y->amount_mg);
      g_assert_cmpfloat (x->p_within, ==, y->p_within);
      g_assert_cmpfloat (x->high.trough, ==, y->high.trough);
    }
  g_assert_cmpstr (a->input_hash, ==, b->input_hash);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("C.json");
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (tdm_result_compute (record, model, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/dose-search/auc24", test_auc24);
  g_test_add_func ("/engine/dose-search/probability", test_probability);
  g_test_add_func ("/engine/dose-search/other-targets", test_other_targets);
  g_test_add_func ("/engine/dose-search/named-time", test_named_time);
  g_test_add_func ("/engine/dose-search/out-of-reach", test_out_of_reach);
  g_test_add_func ("/engine/dose-search/molar-target", test_molar_target);
  g_test_add_func ("/engine/dose-search/repeatable", test_repeatable);
  g_test_add_func ("/engine/dose-search/cancelled", test_cancelled);
  return g_test_run ();
}
