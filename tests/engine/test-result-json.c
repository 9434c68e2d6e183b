/* The JSON answers: the fields other programs rely on, their types, and numbers that
 * read back exactly. */
#include "engine/numerics.h"
#include "engine/result-json.h"
#include "given.h"

#include "num/linalg.h"

#include <math.h>
#include <stdlib.h>

#define CASE                                                            \
  "{'format': 'titrate-case/1', 'model': 'vancomycin-goti-2018', "      \
  "'patient': {'id': 'J', 'sex': 'male'}, "                             \
  "'covariates': [{'name': 'WT', 'value': 83.7, 'unit': 'kg'}, "        \
  "{'name': 'AGE', 'value': 61, 'unit': 'y'}, "                         \
  "{'name': 'SCR', 'value': 1.27, 'unit': 'mg/dL'}], "                  \
  "'doses': [{'time': 0, 'amount': 1250, 'unit': 'mg', 'route': 'iv', " \
  "'duration': 1.5, 'interval': 12, 'count': 4}], "                     \
  "'levels': [{'time': 35.7, 'value': 14.3, 'unit': 'mg/L'}, "          \
  "{'time': 26.1, 'value': 50, 'unit': 'mg/L', 'below': true}, "        \
  "{'time': 12, 'value': 9, 'unit': 'mg/L', 'use': false}]"

static TdmResult *
result_of (const char *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  g_autofree char *json = g_strconcat (CASE, target, "}", NULL);
  g_autoptr (TdmCase) record = given_case (json);
  const TdmResultOptions options = { .draws = 50, .seed = 2 };
  TdmResult *result = tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* The value as another program reads it. Takes the reference. */
static json_t *
read_back (json_t *value)
{
  g_autofree char *text = tdm_json_text (value);
  json_t *copy = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_assert_nonnull (copy);
  g_assert_true (json_equal (value, copy));
  g_assert_true (g_str_has_suffix (text, "}\n"));
  json_decref (value);
  return copy;
}

/* A field by its path, "parameters.population.CL"; digits are places in a list. */
static const json_t *
field (const json_t *object, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", -1);
  for (guint i = 0; names[i]; i++)
    {
      object = json_is_array (object) && g_ascii_isdigit (names[i][0])
                   ? json_array_get (object, strtoul (names[i], NULL, 10))
                   : json_object_get (object, names[i]);
      if (!object)
        g_error ("no %s in %s", names[i], path);
    }
  return object;
}

static void
assert_number (const json_t *object, const char *path, double want)
{
  const json_t *value = field (object, path);
  g_assert_true (json_is_real (value));
  g_assert_true (isfinite (json_real_value (value)));
  g_assert_cmpfloat (json_real_value (value), ==, want);
}

static void
assert_text (const json_t *object, const char *path, const char *want)
{
  g_assert_cmpstr (json_string_value (field (object, path)), ==, want);
}

static void
test_fit (void)
{
  g_autoptr (TdmResult) result = result_of ("");
  const TdmFit *fit = result->fit;
  json_t *json = read_back (tdm_json_fit (result, FALSE));
  assert_text (json, "format", "titrate-fit/1");
  assert_text (json, "model.id", "vancomycin-goti-2018");
  assert_text (json, "model.sha256", tdm_model_get_sha256 (result->model));
  g_assert_true (json_is_true (field (json, "converged")));
  assert_number (json, "objective", fit->objective);
  assert_number (json, "eta.CL", fit->eta[0]);
  assert_number (json, "eta.V1", fit->eta[1]);
  assert_number (json, "eta.V2", fit->eta[2]);
  g_assert_cmpuint (json_object_size (field (json, "eta")), ==, 3);
  assert_number (json, "parameters.population.CL", fit->population[0]);
  assert_number (json, "parameters.individual.V2", fit->individual[3]);
  assert_text (json, "covariance.kind", "exact");
  assert_text (json, "covariance.names.1", "V1");
  assert_number (json, "covariance.values.2.1", fit->covariance[7]);
  assert_number (json, "shrinkage.V2", fit->shrinkage[2]);
  assert_number (json, "levels.0.time", 35.7);
  assert_number (json, "levels.0.observed", 14.3);
  assert_number (json, "levels.0.population", fit->levels[0].population);
  assert_number (json, "levels.0.individual", fit->levels[0].individual);
  assert_number (json, "levels.0.residual", 14.3 - fit->levels[0].individual);
  assert_number (json, "levels.0.weighted_residual", fit->levels[0].weighted_residual);
  g_assert_true (json_is_true (field (json, "levels.0.used")));
  g_assert_true (json_is_true (field (json, "levels.1.below")));
  g_assert_true (json_is_false (field (json, "levels.2.used")));
  assert_text (json, "levels.2.unit", "mg/L");
  g_assert_cmpuint (json_array_size (field (json, "levels")), ==, 3);
  assert_number (json, "metrics.auc24.value", result->metrics.auc24);
  assert_text (json, "metrics.auc24.unit", "mg.h/L");
  g_assert_cmpuint (json_array_size (field (json, "notes")), ==, result->notes->len);
  assert_text (json, "notes.0.severity", "caution");
  g_assert_true (json_is_string (field (json, "notes.0.code")));
  g_assert_true (json_is_string (field (json, "notes.0.text")));
  json_decref (json);
  json = read_back (tdm_json_fit (result, TRUE));
  assert_text (json, "covariance.kind", "expected");
  assert_number (json, "covariance.values.0.0", fit->covariance_expected[0]);
  json_decref (json);
}

static void
test_prediction (void)
{
  g_autoptr (TdmResult) result = result_of ("");
  const TdmCurve *curve = result->current;
  json_t *json = read_back (tdm_json_prediction (result->model, curve, NULL));
  static const char *const lists[] = { "time",
                                       "population",
                                       "individual",
                                       "percentiles.population.5",
                                       "percentiles.population.50",
                                       "percentiles.population.95",
                                       "percentiles.individual.5",
                                       "percentiles.individual.50",
                                       "percentiles.individual.95" };
  assert_text (json, "format", "titrate-prediction/1");
  assert_text (json, "unit", "mg/L");
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const json_t *list = field (json, lists[i]);
      g_assert_cmpuint (json_array_size (list), ==, curve->n);
      for (guint k = 0; k < curve->n; k++)
        g_assert_true (json_is_real (json_array_get (list, k)));
    }
  assert_number (json, "individual.7", curve->individual[7]);
  assert_number (json, "percentiles.individual.95.9",
                 curve->individual_band[TDM_BAND_95][9]);
  json_decref (json);
}

static void
check_regimen (const json_t *json, const TdmRegimen *r)
{
  assert_number (json, "amount", r->amount_mg);
  assert_text (json, "unit", "mg");
  assert_text (json, "route", "iv");
  assert_number (json, "interval", r->interval_h);
  assert_number (json, "duration", r->duration_h);
  assert_number (json, "first_dose", r->first_dose_h);
  g_assert_true (json_is_null (field (json, "loading")));
  assert_number (json, "metrics.auc24", r->metrics.auc24);
  assert_number (json, "metrics.trough", r->metrics.trough);
  assert_number (json, "metrics.peak", r->metrics.peak);
  assert_number (json, "probability.below", r->p_below);
  assert_number (json, "probability.within", r->p_within);
  assert_number (json, "probability.above", r->p_above);
  assert_number (json, "score", r->score);
  g_assert_true (json_is_array (field (json, "notes")));
}

/* An open limit is null, never infinity. */
static void
test_proposals (void)
{
  g_autoptr (TdmResult) result =
      result_of (", 'target': {'metric': 'trough', 'high': 15, 'unit': 'mg/L'}");
  json_t *json = read_back (tdm_json_proposals (result));
  assert_text (json, "format", "titrate-proposals/1");
  assert_text (json, "target.metric", "trough");
  g_assert_true (json_is_null (field (json, "target.low")));
  assert_number (json, "target.high", 15);
  assert_text (json, "target.unit", "mg/L");
  assert_text (json, "target.at", "steady_state");
  g_assert_true (json_is_null (field (json, "withheld")));
  const json_t *regimens = field (json, "regimens");
  g_assert_cmpuint (json_array_size (regimens), ==, result->proposals->regimens->len);
  g_assert_cmpuint (json_array_size (regimens), >=, 3);
  for (guint i = 0; i < json_array_size (regimens); i++)
    check_regimen (json_array_get (regimens, i), result->proposals->regimens->pdata[i]);
  json_decref (json);
}

static void
test_withheld (void)
{
  g_autoptr (TdmResult) result = result_of (
      ", 'target': {'metric': 'trough', 'high': 15, 'unit': 'mg/L', 'at': 5}");
  json_t *json = read_back (tdm_json_proposals (result));
  g_assert_cmpuint (json_array_size (field (json, "regimens")), ==, 0);
  assert_text (json, "withheld.code", "target-in-the-past");
  g_assert_true (json_is_string (field (json, "withheld.text")));
  g_assert_true (json_is_false (field (json, "target_reached")));
  assert_number (json, "target.at", 5);
  json_decref (json);
  json = read_back (tdm_json_fit (result, FALSE));
  assert_number (json, "metrics.trough.value", result->metrics.trough);
  json_decref (json);
  /* What was is still told of, with its unit. */
  g_autoptr (TdmResult) past = result_of (
      ", 'target': {'metric': 'auc', 'low': 1, 'unit': 'mg.h/L', 'from': 0, 'to': 24}");
  json = read_back (tdm_json_fit (past, FALSE));
  assert_number (json, "metrics.auc.value", past->metrics.target);
  assert_text (json, "metrics.auc.unit", "mg.h/L");
  json_decref (json);
}

static void
test_numbers (void)
{
  const double values[] = {
    0.1, 1.0 / 3, 6.02214076e23, 5e-324, -2.2250738585072014e-308, 123456789012345680.0
  };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      json_t *json = read_back (json_pack ("{s:o}", "x", tdm_json_real (values[i])));
      assert_number (json, "x", values[i]);
      json_decref (json);
    }
  const double none[] = { NAN, INFINITY, -INFINITY };
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      json_t *null = tdm_json_real (none[i]);
      g_assert_true (json_is_null (null));
      json_decref (null);
    }
}

/* Value and window are in one unit, whatever the target was written in; an open side is
 * left out; a regimen that was not judged gives null. */
static void
test_judgement (void)
{
  g_autoptr (TdmResult) area =
      result_of (", 'target': {'metric': 'auc24', 'low': 4e4, 'unit': 'ug.h/L'}");
  json_t *json = read_back (tdm_json_judgement (area));
  assert_text (json, "metric", "auc24");
  assert_text (json, "unit", "mg.h/L");
  assert_text (json, "side", "within");
  assert_number (json, "value", area->metrics.auc24);
  assert_number (json, "low", 40);
  g_assert_null (json_object_get (json, "high"));
  json_decref (json);

  g_autoptr (TdmResult) trough =
      result_of (", 'target': {'metric': 'trough', 'high': 0.7, 'unit': 'mg/L'}");
  json = read_back (tdm_json_judgement (trough));
  assert_text (json, "side", "above");
  assert_number (json, "value", trough->metrics.trough);
  assert_number (json, "high", 0.7);
  g_assert_null (json_object_get (json, "low"));
  json_decref (json);

  trough->has_metrics = FALSE;
  json = tdm_json_judgement (trough);
  g_assert_true (json_is_null (json));
  json_decref (json);
}

/* How an answer was computed: in closed form, or by which solver to what tolerance. */
static void
test_numerics (void)
{
  static const char *const ids[] = { "phenytoin-yukawa-1990",
                                     "voriconazole-friberg-2012" };
  static const char *const own[] = { "{'name': 'COAED', 'value': 'no'}",
                                     "{'name': 'CYP2C19', 'value': 'reduced'}" };
  static const char *const solvers[] = { "explicit Runge-Kutta",
                                         "implicit Runge-Kutta" };
  g_autoptr (TdmResult) result = result_of ("");
  json_t *linear = read_back (tdm_json_fit (result, FALSE));
  g_assert_cmpstr (json_string_value (field (linear, "numerics.method")), ==,
                   "closed form");
  json_decref (linear);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmModel) model = bundled_model (ids[i]);
      g_autofree char *body = g_strdup_printf (
          "'patient': {'id': 'N', 'sex': 'male'}, 'covariates': [{'name': 'WT', "
          "'value': 71.3, 'unit': 'kg'}, {'name': 'AGE', 'value': 41, 'unit': 'y'}, "
          "%s], 'doses': [{'time': 0, 'amount': 300, 'unit': 'mg', 'route': 'oral', "
          "'interval': 12, 'count': 4}], 'levels': [{'time': 47.7, 'value': 1.37, "
          "'unit': 'mg/L'}]",
          own[i]);
      g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
      g_assert_no_error (error);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
      g_assert_no_error (error);
      json_t *values = read_back (tdm_json_fit_values (fit, FALSE));
      g_autofree char *sentence = tdm_numerics_sentence (fit);
      g_assert_cmpstr (json_string_value (field (values, "numerics.method")), ==,
                       "ODE");
      g_assert_cmpstr (json_string_value (field (values, "numerics.solver")), ==,
                       solvers[i]);
      g_assert_true (json_real_value (field (values, "numerics.relative")) == 1e-8);
      g_assert_true (json_real_value (field (values, "numerics.absolute")) == 1e-9);
      g_assert_true (json_real_value (field (values, "numerics.draws.relative"))
                     == 1e-4);
      g_assert_nonnull (strstr (sentence, solvers[i]));
      g_assert_nonnull (strstr (sentence, "1e-08 relative and 1e-09 mg"));
      json_decref (values);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/result-json/fit", test_fit);
  g_test_add_func ("/engine/result-json/prediction", test_prediction);
  g_test_add_func ("/engine/result-json/proposals", test_proposals);
  g_test_add_func ("/engine/result-json/withheld", test_withheld);
  g_test_add_func ("/engine/result-json/numbers", test_numbers);
  g_test_add_func ("/engine/result-json/judgement", test_judgement);
  g_test_add_func ("/engine/result-json/numerics", test_numerics);
  return g_test_run ();
}
