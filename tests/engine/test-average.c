/* Several models at once: their weights, and what they say together. */
#include <math.h>
#include <string.h>

#include "engine/average.h"
#include "given.h"
#include "model/library.h"
#include "record/case-file.h"

static const char *const case_text =
    "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-goti-2018\", "
    "\"patient\": {\"id\": \"V\", \"sex\": \"female\"}, "
    "\"covariates\": [{\"name\": \"AGE\", \"value\": 61, \"unit\": \"y\"}, "
    "{\"name\": \"WT\", \"value\": 83.5, \"unit\": \"kg\"}, "
    "{\"name\": \"SCR\", \"value\": 1.27, \"unit\": \"mg/dL\"}], "
    "\"doses\": [{\"time\": 0, \"amount\": 1250, \"unit\": \"mg\", \"route\": \"iv\", "
    "\"duration\": 1.5, \"interval\": 12, \"count\": 4}], "
    "\"levels\": [{\"time\": 23.5, \"value\": 16.7, \"unit\": \"mg/L\"}, "
    "{\"time\": 39.2, \"value\": 33.1, \"unit\": \"mg/L\"}]}";

static TdmCase *
read_case (void)
{
  g_autoptr (GError) error = NULL;
  TdmCase *record = tdm_case_file_parse (case_text, strlen (case_text), &error);

  g_assert_no_error (error);
  return record;
}

static TdmModel *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_library_load (id, &error);

  g_assert_no_error (error);
  return model;
}

/* A bundled model with some of its text exchanged. */
static TdmModel *
vary (const char *id, const char *from, const char *to)
{
  g_autoptr (TdmModel) model = load (id);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *source = tdm_model_get_source (model, &length);
  g_autoptr (GString) text = g_string_new_len (source, length);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  /* Not under the name of one that ships: an altered file gets no advice. */
  g_assert_cmpuint (g_string_replace (text, "-2018\n", "-2019\n", 1), ==, 1);
  TdmModel *other = tdm_model_parse (text->str, text->len, "vary", &error);
  g_assert_no_error (error);
  return other;
}

static GPtrArray *
list_of (TdmModel *first, TdmModel *second)
{
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);

  g_ptr_array_add (models, first);
  g_ptr_array_add (models, second);
  return models;
}

static TdmAverage *
average_of (const GPtrArray *models, TdmWeightRule rule)
{
  g_autoptr (TdmCase) record = read_case ();
  g_autoptr (GError) error = NULL;
  const TdmResultOptions options = { .draws = 200, .seed = 7 };
  TdmAverage *average = tdm_average_new (record, models, rule, &options, NULL, &error);

  g_assert_no_error (error);
  return average;
}

static const TdmMember *
member (const TdmAverage *average, guint i)
{
  return g_ptr_array_index (average->members, i);
}

/* A model beside itself: half and half, and together what each says alone. */
static void
test_twice (void)
{
  g_autoptr (GPtrArray) models =
      list_of (load ("vancomycin-goti-2018"), load ("vancomycin-goti-2018"));

  for (TdmWeightRule rule = TDM_WEIGHT_LIKELIHOOD; rule <= TDM_WEIGHT_EQUAL; rule++)
    {
      g_autoptr (TdmAverage) average = average_of (models, rule);
      const TdmResult *alone = member (average, 0)->result;
      const TdmRegimen *best = g_ptr_array_index (alone->proposals->regimens, 0);
      const TdmAverageRegimen *first = g_ptr_array_index (average->regimens, 0);

      g_assert_cmpfloat_with_epsilon (member (average, 0)->weight, 0.5, 1e-12);
      g_assert_cmpfloat (first->regimen.amount_mg, ==, best->amount_mg);
      g_assert_cmpfloat_with_epsilon (first->regimen.p_within, best->p_within, 1e-12);
      g_assert_cmpfloat (first->lowest, ==, first->highest);
      for (guint t = 0; t < average->n; t++)
        g_assert_cmpfloat_with_epsilon (average->individual[t],
                                        alone->current->individual[t], 1e-6);
    }
}

/* A level weighs the same in whatever unit a model counts it. */
static void
test_units (void)
{
  g_autoptr (GPtrArray) models = list_of (
      load ("vancomycin-goti-2018"),
      vary ("vancomycin-goti-2018", "\nunit = mg/L\nerror", "\nunit = ng/mL\nerror"));
  g_autoptr (TdmAverage) average = average_of (models, TDM_WEIGHT_LIKELIHOOD);

  g_assert_cmpfloat_with_epsilon (member (average, 0)->weight, 0.5, 1e-8);
  for (guint t = 0; t < average->n; t++)
    g_assert_cmpfloat_with_epsilon (average->individual[t],
                                    member (average, 0)->result->current->individual[t],
                                    1e-5);
}

/* With an error of 1e-4 on the log scale both of these are the same model: what is left
 * of the weights is the change from values to logarithms. */
static void
test_log_scale (void)
{
  const char *from = "error = combined\nadditive = 3.4 mg/L\nproportional = 22.7 %";
  g_autoptr (GPtrArray) models = list_of (
      vary ("vancomycin-goti-2018", from, "error = proportional\nproportional = 1 %"),
      vary ("vancomycin-goti-2018", from, "error = log\nlog_sd = 0.01"));
  g_autoptr (TdmAverage) average = average_of (models, TDM_WEIGHT_AIC);

  g_assert_cmpfloat_with_epsilon (member (average, 0)->weight, 0.5, 0.02);
}

/* Weights are those of the criteria, computed here once more from what the members say,
 * and chances are averaged by them. */
static void
test_two (void)
{
  g_autoptr (GPtrArray) models =
      list_of (load ("vancomycin-goti-2018"), load ("vancomycin-buelga-2005"));
  g_autoptr (TdmAverage) average = average_of (models, TDM_WEIGHT_AIC);
  double aic[2], w[2];

  for (guint i = 0; i < 2; i++)
    {
      const TdmFit *fit = member (average, i)->result->fit;
      aic[i] = fit->objective + 2.0 * fit->n;
      w[i] = member (average, i)->weight;
    }
  g_assert_cmpfloat_with_epsilon (w[1] / w[0], exp (-0.5 * (aic[1] - aic[0])), 1e-9);
  g_assert_cmpfloat_with_epsilon (w[0] + w[1], 1.0, 1e-12);
  g_assert_cmpfloat (fabs (w[0] - 0.5), >, 0.05);
  g_assert_cmpuint (average->regimens->len, >, 5);
  for (guint i = 0; i < average->regimens->len; i++)
    {
      const TdmAverageRegimen *one = g_ptr_array_index (average->regimens, i);
      double within = w[0] * one->within[0] + w[1] * one->within[1];
      g_assert_cmpfloat_with_epsilon (one->regimen.p_within, within, 1e-12);
      g_assert_cmpfloat_with_epsilon (one->regimen.p_below + one->regimen.p_within
                                          + one->regimen.p_above,
                                      1.0, 1e-12);
      g_assert_cmpfloat (one->lowest, <=, one->target[0]);
      g_assert_cmpfloat (one->highest, >=, one->target[1]);
    }
  for (guint t = 0; t < average->n; t++)
    {
      g_assert_cmpfloat (average->band[TDM_BAND_5][t], <=,
                         average->band[TDM_BAND_50][t]);
      g_assert_cmpfloat (average->band[TDM_BAND_50][t], <=,
                         average->band[TDM_BAND_95][t]);
    }
}

/* Who cannot be used has no weight and says why; when nobody can be, there is none. */
static void
test_obstacle (void)
{
  g_autoptr (GPtrArray) models =
      list_of (load ("vancomycin-dao-2019"), load ("vancomycin-goti-2018"));
  g_autoptr (TdmAverage) average = average_of (models, TDM_WEIGHT_PREDICTION);
  g_autoptr (GPtrArray) none =
      list_of (load ("vancomycin-dao-2019"), load ("vancomycin-frymoyer-2014"));
  g_autoptr (TdmCase) record = read_case ();
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (member (average, 0)->obstacle);
  g_assert_cmpfloat (member (average, 0)->weight, ==, 0.0);
  g_assert_cmpfloat (member (average, 1)->weight, ==, 1.0);
  g_assert_cmpuint (average->n_used, ==, 1);
  g_autoptr (TdmAverage) nothing =
      tdm_average_new (record, none, TDM_WEIGHT_AIC, NULL, NULL, &error);
  g_assert_null (nothing);
  g_assert_nonnull (strstr (error->message, "none of the 2 models"));
}

/* A weaker prior lets the levels pull further. */
static void
test_variants (void)
{
  g_autoptr (TdmCase) record = read_case ();
  g_autoptr (TdmModel) plain = load ("vancomycin-goti-2018");
  g_autoptr (TdmModel) occasions = load ("busulfan-shukla-2020");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) two = tdm_variants_new (record, plain, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) three =
      tdm_variants_new (record, occasions, NULL, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (two->len, ==, 2);
  g_assert_cmpuint (three->len, ==, 3);
  const TdmFit *standard = ((const TdmMember *)two->pdata[0])->result->fit;
  const TdmFit *flat = ((const TdmMember *)two->pdata[1])->result->fit;
  g_assert_cmpfloat (fabs (flat->eta[0]), >, fabs (standard->eta[0]));
}

/* One compartment by bolus, CL = %s L/h times a lognormal effect of SD 0.3, V 20 L. */
#define TWIN                                                                \
  GIVEN_HEAD                                                                \
  "[parameters]\nCL = %s * exp(eta_CL)\nV = 20\n[units]\nCL = L/h\nV = L\n" \
  "[effects]\nCL = variance 0.09\n"                                         \
  "[structure]\nkind = linear\ncompartments = 1\n"                          \
  "[output C]\ntitle = C\nunit = mg/L\nerror = proportional\n"              \
  "proportional = 20 %%\n"                                                  \
  "[route iv]\ntitle = iv\ninto = central\n"                                \
  "[dosing iv]\namounts = 100 to 2000 step 50 mg\nintervals = 12, 24 h\n"   \
  "max_single = 2000 mg\nsource = Test\n"                                   \
  "[check one]\nvalues = V 20\nsource = Test\n"

static TdmModel *
twin (const char *clearance)
{
  g_autofree char *text = g_strdup_printf (TWIN, clearance);
  return given_model (text);
}

static TdmAverage *
average_twins (const char *low, const char *high, const char *body, TdmWeightRule rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = list_of (twin (low), twin (high));
  g_autofree char *json = g_strdup_printf (
      "{'format': 'titrate-case/1', 'model': 'testamycin-test-2026', 'patient': {'id': "
      "'T'}, 'target': {'metric': 'auc24', 'low': 200, 'high': 300, 'unit': 'mg.h/L'}, "
      "'options': {'adjust': 48}, %s}",
      body);
  g_autoptr (TdmCase) record = given_case (json);
  TdmAverage *average = tdm_average_new (record, models, rule, NULL, NULL, &error);
  g_assert_no_error (error);
  return average;
}

/* The expected utility of a daily dose where the logarithm of the clearance is normal:
 * AUC24 is the dose over the clearance. */
static double
utility_of (double daily, double cl, double sd, double *within)
{
  const double mu = log (daily / cl);
  const double below = 0.5 * erfc (-(log (200) - mu) / sd / M_SQRT2);
  const double above = 0.5 * erfc ((log (300) - mu) / sd / M_SQRT2);
  *within = 1 - below - above;
  return *within - 0.5 * above;
}

/* Without levels, clearances of 3.1 and 4.3 L/h, half and half: every row has the mean
 * of two normal integrals, and the first is the best of all amounts there are, which is
 * none that either model has first. */
static void
test_hand_made (void)
{
  g_autoptr (TdmAverage) average =
      average_twins ("3.1", "4.3", "'doses': [], 'levels': []", TDM_WEIGHT_EQUAL);
  double best = -1, a, b;
  for (double dose = 100; dose <= 2000; dose += 50)
    best =
        MAX (best,
             0.5 * (utility_of (dose, 3.1, 0.3, &a) + utility_of (dose, 4.3, 0.3, &b)));
  g_assert_cmpuint (average->regimens->len, >, 10);
  for (guint i = 0; i < average->regimens->len; i++)
    {
      const TdmAverageRegimen *one = average->regimens->pdata[i];
      const double daily = one->regimen.amount_mg * 24 / one->regimen.interval_h;
      const double both =
          0.5 * (utility_of (daily, 3.1, 0.3, &a) + utility_of (daily, 4.3, 0.3, &b));
      /* Three standard errors of 2,000 draws. */
      g_assert_cmpfloat_with_epsilon (one->within[0], a, 0.05);
      g_assert_cmpfloat_with_epsilon (one->within[1], b, 0.05);
      g_assert_cmpfloat_with_epsilon (one->regimen.p_within, 0.5 * (a + b), 0.035);
      g_assert_cmpfloat_with_epsilon (one->regimen.score, both, 0.05);
      g_assert_cmpfloat_with_epsilon (one->target[0], daily / 3.1, 1e-9 * daily);
      g_assert_cmpfloat_with_epsilon (one->regimen.metrics.target,
                                      0.5 * (daily / 3.1 + daily / 4.3), 1e-9 * daily);
      if (i == 0)
        g_assert_cmpfloat (both, >, best - 0.02);
    }
}

/* Apart in their clearances, the models propose daily doses of about 500 and 1,100 mg;
 * what lies between is judged as well. */
static void
test_between (void)
{
  g_autoptr (TdmAverage) average =
      average_twins ("2", "4.5", "'doses': [], 'levels': []", TDM_WEIGHT_EQUAL);
  gboolean between = FALSE;
  for (guint i = 0; i < average->regimens->len; i++)
    {
      const TdmRegimen *r =
          &((TdmAverageRegimen *)average->regimens->pdata[i])->regimen;
      const double daily = r->amount_mg * 24 / r->interval_h;
      between = between || (daily > 750 && daily < 850);
    }
  g_assert_true (between);
}

/* The density of one or two levels after a bolus of 500 mg, the effect integrated out
 * on a grid. */
static double
marginal_of (double cl, guint n)
{
  static const double times[] = { 6, 20 }, levels[] = { 11.3, 3.4 };
  double sum = 0;
  for (double eta = -2; eta <= 2; eta += 1e-4)
    {
      double density = exp (-0.5 * eta * eta / 0.09);
      for (guint i = 0; i < n; i++)
        {
          const double f = 500 / 20.0 * exp (-cl * exp (eta) / 20 * times[i]);
          const double sd = 0.2 * f, miss = (levels[i] - f) / sd;
          density *= exp (-0.5 * miss * miss) / sd;
        }
      sum += density;
    }
  return sum;
}

/* Weights by the marginal likelihood and by the prediction of the second level from the
 * first, against integrals on a grid. */
static void
test_weights (void)
{
  const char *body =
      "'doses': [{'time': 0, 'amount': 500, 'unit': 'mg', 'route': 'iv'}], 'levels': "
      "[{'time': 6, 'value': 11.3, 'unit': 'mg/L'}, {'time': 20, 'value': 3.4, "
      "'unit': 'mg/L'}]";
  g_autoptr (TdmAverage) likelihood =
      average_twins ("2", "3.1", body, TDM_WEIGHT_LIKELIHOOD);
  g_autoptr (TdmAverage) prediction =
      average_twins ("2", "3.1", body, TDM_WEIGHT_PREDICTION);
  const double two = marginal_of (2, 2) / marginal_of (3.1, 2);
  const double later = two / (marginal_of (2, 1) / marginal_of (3.1, 1));
  g_assert_cmpfloat_with_epsilon (
      member (likelihood, 0)->weight / member (likelihood, 1)->weight / two, 1, 0.01);
  g_assert_cmpfloat_with_epsilon (
      member (prediction, 0)->weight / member (prediction, 1)->weight / later, 1, 0.05);
  g_assert_cmpfloat (fabs (two - later), >, 0.03);
}

/* A beginning is chosen by all models together: with a day of hardly any drug both say
 * that a loading dose helps. */
static void
test_beginning (void)
{
  g_autoptr (TdmAverage) average =
      average_twins ("0.31", "0.36", "'doses': [], 'levels': []", TDM_WEIGHT_EQUAL);
  const TdmRegimen *first =
      &((TdmAverageRegimen *)average->regimens->pdata[0])->regimen;
  const TdmRegimen *second =
      &((TdmAverageRegimen *)average->regimens->pdata[1])->regimen;
  g_assert_cmpfloat (first->loading_mg, >, 0);
  g_assert_true (first->has_days && second->has_days);
  g_assert_cmpfloat (second->loading_mg, ==, 0);
  g_assert_cmpfloat (first->amount_mg, ==, second->amount_mg);
  g_assert_cmpfloat (first->value, >=, second->value + 0.1);
  g_assert_cmpfloat_with_epsilon (
      first->days[0].below + first->days[0].within + first->days[0].above, 1, 1e-9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/average/twice", test_twice);
  g_test_add_func ("/engine/average/units", test_units);
  g_test_add_func ("/engine/average/log-scale", test_log_scale);
  g_test_add_func ("/engine/average/two", test_two);
  g_test_add_func ("/engine/average/obstacle", test_obstacle);
  g_test_add_func ("/engine/average/variants", test_variants);
  g_test_add_func ("/engine/average/hand-made", test_hand_made);
  g_test_add_func ("/engine/average/between", test_between);
  g_test_add_func ("/engine/average/weights", test_weights);
  g_test_add_func ("/engine/average/beginning", test_beginning);
  return g_test_run ();
}
