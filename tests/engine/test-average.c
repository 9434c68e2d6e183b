/* Several models at once: their weights, and what they say together. */
#include <math.h>
#include <string.h>

#include "engine/average.h"
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
  return g_test_run ();
}
