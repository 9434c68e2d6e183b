/* Virtual trials: what is counted, by hand where there is nothing random, and that
 * levels help where patients differ. */
#include "engine/trial.h"
#include "given.h"

#include <math.h>

/* One compartment, CL 2.3 L/h, V 13.7 L; hardly any error. `%s` is the spread of CL. */
#define MODEL                                                                  \
  GIVEN_HEAD                                                                   \
  "[parameters]\nCL = 2.3 * exp(eta_CL)\nV = 13.7\n[units]\nCL = L/h\nV = L\n" \
  "[effects]\nCL = cv %s %%\n"                                                 \
  "[structure]\nkind = linear\ncompartments = 1\n"                             \
  "[output C]\ntitle = C\nunit = mg/L\nerror = proportional\n"                 \
  "proportional = 3 %%\n"                                                      \
  "[route iv]\ntitle = iv\ninto = central\n"                                   \
  "[dosing iv]\namounts = 10 to 1000 step 10 mg\nintervals = 12, 24 h\n"       \
  "source = Test\n"                                                            \
  "[target auc24]\ntitle = t\nmetric = auc24\nlow = 80\nhigh = 120\n"          \
  "alarm_low = 40\nalarm_high = 160\nunit = mg.h/L\nsource = Test\n"           \
  "[check one]\nvalues = V 13.7\nsource = Test\n"

static TdmModel *
model_with_spread (const char *cv)
{
  g_autofree char *text = g_strdup_printf (MODEL, cv);
  return given_model (text);
}

static GPtrArray *
policies_new (TdmModel *truth, gboolean label, gboolean advice)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_policy_free);
  if (label)
    g_ptr_array_add (out, tdm_policy_new (TDM_POLICY_LABEL, "label"));
  if (advice)
    {
      TdmPolicy *policy = tdm_policy_new (TDM_POLICY_ADVICE, "advice");
      g_ptr_array_add (policy->models, tdm_model_ref (truth));
      g_ptr_array_add (out, policy);
    }
  return out;
}

static TdmTrial *
run (const TdmTrialOptions *options)
{
  g_autoptr (GError) error = NULL;
  TdmTrial *trial = tdm_trial_run (options, NULL, &error);
  g_assert_no_error (error);
  return trial;
}

static double
metric_on (TdmTrialOptions *options, TdmMetricKind metric, const char *unit, guint day)
{
  const TdmTarget target = { .metric = metric,
                             .low = 1.7,
                             .high = 5.3,
                             .unit = (char *)unit,
                             .at_steady_state = TRUE };
  options->target = &target;
  g_autoptr (TdmTrial) trial = run (options);
  const TdmTrialArm *arm = trial->arms->pdata[0];
  options->target = NULL;
  return arm->days[day].median;
}

/* 230 mg every 24 h into 13.7 L at k = 2.3 / 13.7 per hour: the sums of exponentials.
 */
static void
test_by_hand (void)
{
  g_autoptr (TdmModel) truth = model_with_spread ("0.001");
  g_autoptr (GPtrArray) policies = policies_new (truth, TRUE, FALSE);
  const TdmLabelRule rule = { .amount_mg = 228.6, .interval_h = 24 };
  TdmTrialOptions options = {
    .truth = truth, .policies = policies, .patients = 3, .days = 3, .label = &rule
  };
  const double k = 2.3 / 13.7, e = exp (-24 * k), c0 = 230 / 13.7;
  g_autoptr (TdmTrial) trial = run (&options);
  const TdmTrialArm *arm = trial->arms->pdata[0];
  g_assert_cmpfloat_with_epsilon (arm->days[0].median, 230 / 2.3 * (1 - e), 0.01);
  g_assert_cmpfloat_with_epsilon (arm->days[2].median, 230 / 2.3 * (1 - e * e * e),
                                  0.01);
  g_assert_cmpfloat (arm->days[0].within, ==, 1);
  g_assert_cmpuint (arm->asked, ==, 0);
  g_assert_cmpfloat_with_epsilon (metric_on (&options, TDM_METRIC_TROUGH, "mg/L", 1),
                                  c0 * (e + e * e), 1e-4);
  g_assert_cmpfloat_with_epsilon (metric_on (&options, TDM_METRIC_PEAK, "mg/L", 1),
                                  c0 * (1 + e), 1e-4);
  g_assert_cmpfloat_with_epsilon (metric_on (&options, TDM_METRIC_AVERAGE, "mg/L", 0),
                                  230 / 2.3 * (1 - e) / 24, 1e-3);
}

/* Shares are of the patients, alarms of those beyond the outer limits, and the interval
 * is Wilson's. */
static void
test_shares (void)
{
  g_autoptr (TdmModel) truth = model_with_spread ("60");
  g_autoptr (GPtrArray) policies = policies_new (truth, TRUE, FALSE);
  const TdmTrialOptions options = {
    .truth = truth, .policies = policies, .patients = 400, .days = 4, .seed = 9
  };
  g_autoptr (TdmTrial) trial = run (&options);
  const TdmTrialDay *day = &((TdmTrialArm *)trial->arms->pdata[0])->days[3];
  const double n = 400, z = 1.959964, p = day->within;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half =
      z * sqrt (p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  g_assert_cmpfloat_with_epsilon (day->below + day->within + day->above, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (day->low, middle - half, 1e-6);
  g_assert_cmpfloat_with_epsilon (day->high, middle + half, 1e-6);
  /* AUC = dose / CL with ln CL normal: cv 60 % is variance ln 1.36; the window of a
   * factor 1.5 holds 28 % of them, and outside of the alarm limits, 4 times as wide,
   * are 20 %. */
  g_assert_cmpfloat_with_epsilon (p, 0.28, 0.08);
  g_assert_cmpfloat_with_epsilon (day->alarm, 0.2, 0.08);
  g_assert_cmpfloat (day->alarm, <, day->below + day->above);
}

/* Where clearance varies and the assay is exact, one level settles it. */
static void
test_levels_help (void)
{
  const double level_h = 23.9;
  g_autoptr (TdmModel) truth = model_with_spread ("45");
  g_autoptr (GPtrArray) policies = policies_new (truth, TRUE, TRUE);
  const TdmTrialOptions options = { .truth = truth,
                                    .policies = policies,
                                    .patients = 40,
                                    .days = 4,
                                    .levels_h = &level_h,
                                    .n_levels = 1,
                                    .draws = 60,
                                    .seed = 21 };
  g_autoptr (TdmTrial) trial = run (&options);
  const TdmTrialArm *label = trial->arms->pdata[0], *advice = trial->arms->pdata[1];
  g_assert_cmpuint (advice->asked, ==, 80);
  g_assert_cmpuint (advice->withheld, <=, 4);
  g_assert_cmpfloat (label->days[3].within, <, 0.65);
  g_assert_cmpfloat (advice->days[3].within, >, 0.9);
  /* Before the level both can only guess. */
  g_assert_cmpfloat (advice->days[0].within, <, 0.7);
}

static void
test_repeatable (void)
{
  const double level_h = 30.2;
  g_autoptr (TdmModel) truth = model_with_spread ("45");
  g_autoptr (GPtrArray) policies = policies_new (truth, FALSE, TRUE);
  const TdmTrialOptions options = { .truth = truth,
                                    .policies = policies,
                                    .patients = 6,
                                    .days = 2,
                                    .levels_h = &level_h,
                                    .n_levels = 1,
                                    .draws = 40,
                                    .seed = 77 };
  g_autoptr (TdmTrial) one = run (&options);
  g_autoptr (TdmTrial) two = run (&options);
  const TdmTrialArm *a = one->arms->pdata[0], *b = two->arms->pdata[0];
  for (guint d = 0; d < 2; d++)
    {
      g_assert_cmpfloat (a->days[d].median, ==, b->days[d].median);
      g_assert_cmpfloat (a->days[d].q95, ==, b->days[d].q95);
    }
}

/* What advice may not choose it does not choose. */
static void
test_average_and_intervals (void)
{
  const double interval_h = 12;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) truth = bundled_model ("vancomycin-goti-2018");
  g_autoptr (GPtrArray) policies =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_policy_free);
  TdmPolicy *policy = tdm_policy_new (TDM_POLICY_AVERAGE, "two");
  g_ptr_array_add (policy->models, bundled_model ("vancomycin-thomson-2009"));
  g_ptr_array_add (policy->models, bundled_model ("vancomycin-llopis-salvia-2006"));
  g_ptr_array_add (policies, policy);
  const double levels[] = { 35.4 };
  const TdmTrialOptions options = { .truth = truth,
                                    .policies = policies,
                                    .patients = 3,
                                    .days = 3,
                                    .levels_h = levels,
                                    .n_levels = 1,
                                    .intervals_h = &interval_h,
                                    .n_intervals = 1,
                                    .draws = 40 };
  g_autoptr (TdmTrial) trial = tdm_trial_run (&options, NULL, &error);
  g_assert_no_error (error);
  const TdmTrialArm *arm = trial->arms->pdata[0];
  g_assert_cmpuint (arm->asked, ==, 6);
  g_assert_cmpfloat (arm->days[2].median, >, 100);
  g_assert_nonnull (strstr (trial->label, "every 12 h"));
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) truth = model_with_spread ("45");
  g_autoptr (GPtrArray) policies = policies_new (truth, TRUE, FALSE);
  const TdmTarget target = {
    .metric = TDM_METRIC_CUMULATIVE_AUC, .low = 1, .high = 2, .unit = (char *)"mg.h/L"
  };
  const TdmTrialOptions options = {
    .truth = truth, .policies = policies, .patients = 2, .days = 1, .target = &target
  };
  g_assert_null (tdm_trial_run (&options, NULL, &error));
  g_assert_nonnull (strstr (error->message, "single days"));
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TdmModel) truth = model_with_spread ("45");
  g_autoptr (GPtrArray) policies = policies_new (truth, TRUE, TRUE);
  const TdmTrialOptions options = {
    .truth = truth, .policies = policies, .patients = 50, .days = 1
  };
  g_cancellable_cancel (cancellable);
  g_assert_null (tdm_trial_run (&options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/trial/by-hand", test_by_hand);
  g_test_add_func ("/engine/trial/shares", test_shares);
  g_test_add_func ("/engine/trial/levels-help", test_levels_help);
  g_test_add_func ("/engine/trial/repeatable", test_repeatable);
  g_test_add_func ("/engine/trial/average-and-intervals", test_average_and_intervals);
  g_test_add_func ("/engine/trial/refused", test_refused);
  g_test_add_func ("/engine/trial/cancelled", test_cancelled);
  return g_test_run ();
}
