/* When to draw the next level: where the answer is known in closed form, and the hours
 * that the ward allows. */
#include "engine/next-sample.h"
#include "given.h"

#include "base/error.h"
#include "num/linalg.h"
#include "num/random.h"

#include <math.h>

/* One unknown: the fraction that arrives. A level at t has the slope a(t) = dose / V
 * exp (-k t) summed over the doses, and takes away a^2 C / (a^2 C + SD^2) of its
 * variance C; all metrics are proportional to it. */
static const char text[] =
    GIVEN_HEAD "[parameters]\nCL = 3.17\nV = 21.3\nF = 0.8 + eta_F\n"
               "[units]\nCL = L/h\nV = L\nF = 1\n[effects]\nF = variance 0.0361\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[output C]\ntitle = Testamycin\nunit = mg/L\n"
               "error = additive\nadditive = 0.43 mg/L\n"
               "[route iv]\ntitle = Bolus\ninto = central\nbioavailability = F\n"
               "[dosing iv]\namounts = 50 to 400 step 10 mg\nintervals = 12, 24 h\n"
               "max_single = 400 mg\nmax_daily = 800 mg\nsource = Test\n"
               "[check typical]\ndoses = 100 mg iv\nvalues = CL 3.17\nsource = Test\n";

#define K (3.17 / 21.3)

static char *
case_with (const char *options)
{
  return g_strdup_printf (
      "{'format': 'titrate-case/1', 'model': 'testamycin-test-2026', "
      "'start': '2026-03-02T08:00', 'doses': [{'time': 0, 'amount': 100, 'unit': 'mg', "
      "'route': 'iv', 'interval': 12, 'count': 2}], 'levels': [{'time': 5.5, 'value': "
      "1.83, 'unit': 'mg/L'}], 'target': {'metric': 'auc24', 'low': 40, 'high': 60, "
      "'unit': 'mg.h/L'}, 'options': {'posterior': 'importance'%s}}",
      options);
}

static TdmNextSample *
sample_of (const char *options, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autofree char *json = case_with (options);
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmResult) result = tdm_result_compute (record, model, NULL, NULL, &local);
  g_assert_no_error (local);
  return tdm_next_sample_new (result, NULL, error);
}

static double
slope (double t)
{
  double sum = 0;
  for (double dose = 0; dose < t; dose += 12)
    sum += 100 / 21.3 * exp (-K * (t - dose));
  return sum;
}

static void
test_reduction (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmNextSample) sample = sample_of ("", &error);
  g_assert_no_error (error);
  double known = slope (5.5);
  double variance = 1 / (1 / 0.0361 + known * known / (0.43 * 0.43));
  g_assert_cmpuint (sample->n, ==, 48);
  for (guint i = 0; i < sample->n; i++)
    {
      const TdmSampleTime *time = &sample->times[i];
      double a = slope (time->time_h), gain = a * a * variance;
      g_assert_cmpfloat_with_epsilon (time->reduction, gain / (gain + 0.43 * 0.43),
                                      0.06);
      g_assert_cmpfloat (time->reduction, <=, sample->times[sample->best].reduction);
      g_assert_cmpfloat (time->p_wrong, >=, sample->times[sample->best_choice].p_wrong);
      g_assert_cmpfloat (time->p_wrong, <=, sample->p_wrong_now + 0.02);
    }
  /* Just after a dose, where most is there to be measured. */
  double phase = fmod (sample->times[sample->best].time_h, 12);
  g_assert_cmpfloat (phase, ==, 0.5);
  g_assert_cmpstr (sample->unit, ==, "mg.h/L");
}

static double
normal_cdf (double x)
{
  return 0.5 * erfc (-x / M_SQRT2);
}

/* The greatest chance within the window that one of the first regimens has, where the
 * fraction is normal: AUC24 is the daily dose times the fraction over the clearance. */
static double
best_within (const TdmResult *result, double mean, double sd)
{
  const GPtrArray *rows = result->proposals->regimens;
  double best = 0;
  for (guint i = 0; i < MIN (rows->len, 8); i++)
    {
      const TdmRegimen *r = rows->pdata[i];
      const double area = r->amount_mg * 24 / r->interval_h / 3.17;
      best = MAX (best, normal_cdf ((60 / area - mean) / sd)
                            - normal_cdf ((40 / area - mean) / sd));
    }
  return best;
}

/* Brute force: of 20,000 levels that may be found, each leads to a posterior that is
 * known in closed form, and in that to the best regimen. Chances of 500 draws are good
 * to 0.02, one standard error. */
static void
test_wrong_choice (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autofree char *json = case_with ("");
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmResult) result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmNextSample) sample = tdm_next_sample_new (result, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmRandom) random = tdm_random_new (4057);
  const double mean = 0.8 + result->fit->eta[0], variance = result->fit->covariance[0];
  g_assert_cmpfloat_with_epsilon (
      sample->p_wrong_now, 1 - best_within (result, mean, sqrt (variance)), 0.05);
  for (guint i = 0; i < sample->n; i += 7)
    {
      const double a = slope (sample->times[i].time_h), noise = 0.43 * 0.43;
      const double share = a * a * variance / (a * a * variance + noise);
      const double left = sqrt (variance * (1 - share));
      double sum = 0;
      for (guint k = 0; k < 20000; k++)
        {
          const double f = mean + sqrt (variance) * tdm_random_normal (random);
          const double y = a * f + 0.43 * tdm_random_normal (random);
          sum += best_within (result, mean + share / a * (y - a * mean), left);
        }
      g_assert_cmpfloat_with_epsilon (sample->times[i].p_wrong, 1 - sum / 20000, 0.05);
      g_assert_cmpfloat_with_epsilon (sample->times[i].reduction, share, 0.06);
    }
}

/* Half hours from the last level (5.5 h) on, within 12.5 h, from 21:30 to 02:00. */
static void
test_hours (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmNextSample) sample =
      sample_of (", 'sample_hours': ['21:30', '02:00'], 'sample_within': 12.5", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sample->n, ==, 10);
  g_assert_cmpfloat (sample->times[0].time_h, ==, 13.5);
  g_assert_cmpfloat (sample->times[9].time_h, ==, 18);
  g_assert_null (
      sample_of (", 'sample_hours': ['09:00', '10:00'], 'sample_within': 3", &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
  g_assert_nonnull (strstr (error->message, "sample_hours"));
}

/* A target on a metabolite asks for its level: the fraction made is unknown, the parent
 * does not know it. With the slope a(t), as above. */
static const char metabolite[] =
    GIVEN_HEAD "[parameters]\nK = 0.21\nV = 21.3\nFM = 0.8 + eta_FM\nKM = 0.13\n"
               "[units]\nK = 1/h\nV = L\nFM = 1\nKM = 1/h\n"
               "[effects]\nFM = variance 0.0361\n[structure]\nkind = ode\n"
               "[ode]\nA = -K*A\nM = FM*K*A - KM*M\n"
               "[output C]\ntitle = Parent\nunit = mg/L\nexpression = A/V\n"
               "error = additive\nadditive = 0.43 mg/L\n"
               "[output M]\ntitle = Metabolite\nunit = ug/L\nexpression = M/V\n"
               "error = additive\nadditive = 430 ug/L\n"
               "[route iv]\ntitle = Bolus\ninto = A\n"
               "[dosing iv]\namounts = 50 to 400 step 10 mg\nintervals = 12, 24 h\n"
               "max_single = 400 mg\nmax_daily = 800 mg\nsource = Test\n"
               "[check typical]\ndoses = 100 mg iv\nvalues = K 0.21\nsource = Test\n";

static void
test_output (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (metabolite);
  g_autoptr (TdmCase) record = given_case (
      "{'format': 'titrate-case/1', 'model': 'testamycin-test-2026', 'doses': "
      "[{'time': "
      "0, 'amount': 100, 'unit': 'mg', 'route': 'iv', 'interval': 12, 'count': 2}], "
      "'levels': [{'time': 5.5, 'value': 1830, 'unit': 'ug/L', 'output': 'M'}], "
      "'target': {'metric': 'trough', 'low': 1, 'high': 2, 'unit': 'mg/L', 'output': "
      "'M'}, 'options': {'posterior': 'importance'}}");
  g_autoptr (TdmResult) result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmNextSample) sample = tdm_next_sample_new (result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sample->output, ==, 1);
  double slopes[2] = { 0 }, times[2] = { 5.5, sample->times[7].time_h };
  for (guint i = 0; i < 2; i++)
    for (double dose = 0; dose < times[i]; dose += 12)
      slopes[i] +=
          100 / 21.3 * 0.21 / (0.13 - 0.21)
          * (exp (-0.21 * (times[i] - dose)) - exp (-0.13 * (times[i] - dose)));
  double noise = 0.43 * 0.43, now = 1 / (1 / 0.0361 + slopes[0] * slopes[0] / noise);
  double gain = slopes[1] * slopes[1] * now;
  g_assert_cmpfloat_with_epsilon (sample->times[7].reduction, gain / (gain + noise),
                                  0.06);
  g_assert_cmpfloat_with_epsilon (
      sample->times[7].expected,
      1000 * slopes[1] * (0.8 + slopes[0] * now / noise * (1.83 - 0.8 * slopes[0])),
      30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/next-sample/reduction", test_reduction);
  g_test_add_func ("/engine/next-sample/wrong-choice", test_wrong_choice);
  g_test_add_func ("/engine/next-sample/hours", test_hours);
  g_test_add_func ("/engine/next-sample/output", test_output);
  return g_test_run ();
}
