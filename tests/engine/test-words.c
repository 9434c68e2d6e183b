/* Sentences: every metric, every kind of window, and no word of a number that is none.
 */
#include "engine/words.h"
#include "given.h"

#include "num/linalg.h"

#include <math.h>

static const char model_text[] =
    GIVEN_HEAD "[parameters]\nCL = 2.9 * exp(eta_CL)\nV = 18.7\n"
               "[units]\nCL = L/h\nV = L\n"
               "[effects]\nCL = variance 0.16\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[output C]\ntitle = Testamycin\nunit = mg/L\nerror = proportional\n"
               "proportional = 1 %\n"
               "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n"
               "[dosing iv]\namounts = 20 to 600 step 20 mg\nintervals = 12, 24 h\n"
               "durations = 0.5, 1 h\nmax_single = 600 mg\nsource = Test\n"
               "[check typical]\ndoses = 100 mg iv\nvalues = CL 2.9\nsource = Test\n";

#define DOSES                                                          \
  "{'format': 'titrate-case/1', 'model': 'testamycin-test-2026', "     \
  "'doses': [{'time': 0, 'amount': 145, 'unit': 'mg', 'route': 'iv', " \
  "'interval': 12, 'count': 4}]"
/* 145 mg by bolus: what is left of 7.754 mg/L after 10 h at 1.5 times the clearance. */
#define LEVEL ", 'levels': [{'time': 10, 'value': 0.757, 'unit': 'mg/L'}]"

static TdmResult *
result_of (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (model_text);
  g_autoptr (TdmCase) record = given_case (json);
  const TdmResultOptions options = { .draws = 40 };
  TdmResult *result = tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* The sentence on the metric, for a target whose fields follow. */
static void
assert_sentence (const char *target, const char *want)
{
  g_autofree char *json =
      g_strconcat (DOSES, ", 'target': {'metric': ", target, "}}", NULL);
  g_autoptr (TdmResult) result = result_of (json);
  g_autofree char *got = tdm_words_conclusion (result);
  if (!strstr (got, want))
    g_error ("expected “%s” in “%s”", want, got);
}

/* AUC24 = 290 mg / 2.9 L/h, peak 7.754/(1 - exp(-1.861)), trough that less 7.754. */
static void
test_metrics (void)
{
  assert_sentence (
      "'auc24', 'low': 70, 'high': 90, 'unit': 'mg.h/L'",
      "AUC24 on the current regimen is 100 mg·h/L at steady state, above the "
      "target 70–90 mg·h/L.");
  assert_sentence ("'auc24', 'low': 70, 'high': 130, 'unit': 'mg.h/L'",
                   "is 100 mg·h/L at steady state, within the target 70–130 mg·h/L.");
  assert_sentence ("'auc24', 'low': 400, 'high': 600, 'unit': 'mg.h/L'",
                   "below the target 400–600 mg·h/L.");
  assert_sentence (
      "'trough', 'high': 1, 'unit': 'mg/L'",
      "The trough on the current regimen is 1.43 mg/L at steady state, above "
      "the target of at most 1 mg/L.");
  assert_sentence (
      "'peak', 'low': 8, 'unit': 'mg/L'",
      "The peak on the current regimen is 9.18 mg/L at steady state, within "
      "the target of at least 8 mg/L.");
  assert_sentence ("'average', 'low': 4000, 'high': 5000, 'unit': 'ug/L'",
                   "The average concentration on the current regimen is 4.17 mg/L at "
                   "steady state, within the target 4–5 mg/L.");
  assert_sentence (
      "'auc_mic', 'low': 40, 'mic': 2, 'mic_unit': 'mg/L'",
      "AUC24/MIC on the current regimen is 50 h at steady state, within the "
      "target of at least 40 h.");
  assert_sentence ("'peak_mic', 'low': 8, 'high': 10, 'mic': 1.5, 'mic_unit': 'mg/L'",
                   "Peak/MIC on the current regimen is 6.12 at steady state, below the "
                   "target 8–10.");
  assert_sentence ("'time_above', 'low': 90, 'unit': '%', 'threshold': 1, "
                   "'threshold_unit': 'mg/L'",
                   "The time above the threshold on the current regimen is 100 % at "
                   "steady state, within the target of at least 90 %.");
}

/* A named time is no steady state. */
static void
test_named_times (void)
{
  assert_sentence ("'trough', 'low': 0.5, 'high': 1, 'unit': 'mg/L', 'at': 120",
                   "The trough on the current regimen is 1.43 mg/L at the named time, "
                   "above the target 0.5–1 mg/L.");
  assert_sentence (
      "'cumulative_auc', 'low': 900, 'high': 1100, 'unit': 'mg.h/L', 'at': "
      "240",
      "The cumulative AUC on the current regimen is 991 mg·h/L at the named "
      "time, within the target 900–1100 mg·h/L.");
  assert_sentence ("'auc', 'low': 20, 'high': 40, 'unit': 'mg.h/L', 'from': 228, 'to': "
                   "240",
                   "The AUC on the current regimen is 50 mg·h/L over the named times, "
                   "above the target 20–40 mg·h/L.");
}

static void
test_clearance (void)
{
  g_autoptr (TdmResult) none = result_of (DOSES "}");
  g_autofree char *prior = tdm_words_conclusion (none);
  g_assert_true (g_str_has_prefix (prior, "No level is used: this is what is typical"));
  g_autoptr (TdmResult) high = result_of (
      DOSES LEVEL
      ", 'target': {'metric': 'auc24', 'low': 40, 'high': 60, 'unit': 'mg.h/L'}}");
  g_autofree char *above = tdm_words_conclusion (high);
  g_assert_true (g_str_has_prefix (
      above, "Clearance is 50 % above what is typical for a patient like this one; "
             "AUC24 on the current regimen is 66.7 mg·h/L at steady state, above the "
             "target 40–60 mg·h/L."));
}

/* One capital at the start of each sentence, none within. */
static void
test_joined (void)
{
  g_autoptr (TdmResult) joined = result_of (
      DOSES LEVEL
      ", 'target': {'metric': 'trough', 'low': 1, 'high': 2, 'unit': 'mg/L'}}");
  g_autofree char *text = tdm_words_conclusion (joined);
  g_assert_nonnull (strstr (text, "like this one; the trough on the current regimen"));
  g_autoptr (TdmResult) alone = result_of (
      DOSES
      ", 'target': {'metric': 'trough', 'low': 900, 'high': 950, 'unit': 'mg/L'}}");
  g_autofree char *other = tdm_words_conclusion (alone);
  g_assert_nonnull (strstr (other, "like this one. The trough on the current regimen"));
  g_assert_nonnull (
      strstr (other, "No regimen that can be given reaches the target; nearest is "));
  g_autofree char *plot = tdm_words_plot (alone);
  g_assert_true (g_str_has_prefix (plot,
                                   "Predicted trough 1.43 mg/L and peak 9.18 mg/L "
                                   "on the current regimen. No level"));
}

static void
test_withheld (void)
{
  g_autoptr (TdmResult) result = result_of (DOSES "}");
  g_autofree char *text = tdm_words_conclusion (result);
  g_assert_true (g_str_has_suffix (
      text, "Advice is withheld: No target is given and the model states none; enter a "
            "target."));
}

static void
test_regimens (void)
{
  static const TdmRegimen regimens[] = {
    { .amount_mg = 1000, .interval_h = 12, .duration_h = 1 },
    { .amount_mg = 0.5, .interval_h = 24 },
    { .amount_mg = 360, .interval_h = 36, .duration_h = 0.5 },
    { .amount_mg = 1250, .interval_h = 8, .duration_h = 1.5 },
    { .amount_mg = 275, .interval_h = 24, .given_as = "By mouth, capsule" },
    { .amount_mg = 400, .interval_h = 12, .duration_h = 2, .given_as = "IV infusion" },
    { .amount_mg = 350, .interval_h = 1344, .duration_h = 2 },
    { .amount_mg = 10, .interval_h = 168 },
    { .amount_mg = 10, .interval_h = 180 },
  };
  static const char *const words[] = {
    "1000 mg every 12 h, infused over 1 h",
    "0.5 mg every 24 h",
    "360 mg every 36 h, infused over 30 min",
    "1250 mg every 8 h, infused over 1.5 h",
    "275 mg every 24 h, by mouth, capsule",
    "400 mg every 12 h, IV infusion over 2 h",
    "350 mg every 8 weeks, infused over 2 h",
    "10 mg every week",
    "10 mg every 180 h",
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *text = tdm_words_regimen (&regimens[i]);
      g_assert_cmpstr (text, ==, words[i]);
    }
}

/* The same amount of acid and of salt are two doses, and no two rows read alike. */
static void
test_ways_are_named (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("phenytoin-yukawa-1990");
  g_autoptr (TdmCase) record = given_case (
      "{'format': 'titrate-case/1', 'covariates': [{'name': 'WT', 'value': 62, 'unit': "
      "'kg'}, {'name': 'AGE', 'value': 41, 'unit': 'y'}, {'name': 'COAED', 'value': "
      "'no'}], 'doses': [{'time': 0, 'amount': 300, 'unit': 'mg', 'route': 'oral', "
      "'interval': 24, 'steady_state': true, 'count': 3}], 'levels': [{'time': 71.5, "
      "'value': 31, 'unit': 'mg/L'}]}");
  const TdmResultOptions options = { .draws = 40 };
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean acid = FALSE, salt = FALSE;
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      char *words = tdm_words_regimen (result->proposals->regimens->pdata[i]);
      acid = acid || strstr (words, " h, by mouth, phenytoin acid");
      salt = salt || strstr (words, " h, by mouth, phenytoin sodium");
      g_assert_true (g_hash_table_add (seen, words));
    }
  g_assert_true (acid && salt);
}

/* 6 g of methotrexate, two levels and, unused, `more`. */
static TdmResult *
methotrexate_result (const char *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("methotrexate-faltaos-2006");
  g_autofree char *json = g_strdup_printf (
      "{'format': 'titrate-case/1', 'covariates': [{'name': 'SCR', 'value': 88, "
      "'unit': "
      "'umol/L'}, {'name': 'AGE', 'value': 62, 'unit': 'y'}], 'doses': [{'time': 0, "
      "'amount': 6000, 'unit': 'mg', 'duration': 4}], 'levels': [{'time': 24, 'value': "
      "14, 'unit': 'umol/L'}, {'time': 42, 'value': 2.9, 'unit': 'umol/L'}%s], "
      "'target': {'metric': 'trough', 'at': 48, 'high': 1, 'unit': 'umol/L'}}",
      more);
  g_autoptr (TdmCase) record = given_case (json);
  const TdmResultOptions options = { .draws = 40 };
  TdmResult *result = tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* One infusion and a target at a named time: what happens when nothing more is given is
 * the first row, and what is drawn. */
static void
test_no_further_dose (void)
{
  g_autoptr (TdmResult) result = methotrexate_result ("");
  g_autoptr (TdmResult) later = methotrexate_result (
      ", {'time': 48, 'value': 1, 'unit': 'umol/L', 'use': false}");
  const TdmProposals *proposals = result->proposals;
  g_assert_cmpuint (proposals->regimens->len, >, 1);
  const TdmRegimen *first = proposals->regimens->pdata[0];
  g_autofree char *words = tdm_words_regimen (first);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  g_assert_cmpstr (words, ==, "no further dose");
  g_assert_true (first->is_current && first->amount_mg == 0);
  g_assert_cmpint (result->chosen_index, ==, 0);
  g_assert_null (result->chosen);
  g_assert_cmpint (proposals->nearest, ==, 0);
  g_assert_cmpuint (later->fit->n_levels, ==, 3);
  g_assert_cmpfloat_with_epsilon (first->metrics.target,
                                  later->fit->levels[2].individual, 1e-6);
  g_assert_nonnull (strstr (conclusion, "trough without a further dose is "));
  g_assert_nonnull (strstr (conclusion, "nearest is no further dose"));
}

/* What is said of the drawn regimen, were it `regimen`; of none, nothing. */
static void
assert_chosen (const char *target, TdmRegimen *regimen, const char *want)
{
  g_autofree char *json =
      g_strconcat (DOSES, ", 'target': {'metric': ", target, "}}", NULL);
  g_autoptr (TdmResult) result = result_of (json);
  g_assert_cmpint (result->chosen_index, >=, 0);
  TdmRegimen *drawn = result->proposals->regimens->pdata[result->chosen_index];
  drawn->amount_mg = regimen->amount_mg;
  drawn->interval_h = regimen->interval_h;
  drawn->duration_h = regimen->duration_h;
  drawn->metrics = regimen->metrics;
  drawn->p_within = regimen->p_within;
  drawn->is_current = regimen->is_current;
  g_autofree char *got = tdm_words_plot (result);
  if (!g_str_has_suffix (got, want))
    g_error ("expected “%s” at the end of “%s”", want, got);
  result->chosen_index = -1;
  g_autofree char *none = tdm_words_plot (result);
  g_assert_null (strstr (none, "chance to be within"));
  g_assert_true (g_str_has_prefix (none, "Predicted trough 1.43 mg/L"));
}

static void
test_chosen (void)
{
  TdmRegimen regimen = {
    .amount_mg = 260,
    .interval_h = 24,
    .duration_h = 0.5,
    .metrics = { .trough = 0.3461,
                 .peak = 13.372,
                 .auc24 = 89.655,
                 .average = 3.7356,
                 .target = 89.655 },
    .p_within = 0.4672,
  };
  assert_chosen ("'auc24', 'low': 80, 'high': 110, 'unit': 'mg.h/L'", &regimen,
                 " On 260 mg every 24 h, infused over 30 min: predicted trough 0.346 "
                 "mg/L, peak 13.4 mg/L, AUC24 89.7 mg·h/L, chance to be within the "
                 "target 47 %.");
  regimen.metrics.target = 3.7356;
  regimen.p_within = 0.9973;
  regimen.is_current = TRUE;
  assert_chosen ("'average', 'low': 3, 'high': 5, 'unit': 'mg/L'", &regimen,
                 " On 260 mg every 24 h, infused over 30 min as now: predicted trough "
                 "0.346 mg/L, peak 13.4 mg/L, AUC24 89.7 mg·h/L, the average "
                 "concentration 3.74 mg/L, chance to be within the target more than "
                 "99 %.");
  regimen.p_within = 0.0021;
  regimen.is_current = FALSE;
  regimen.metrics.target = 0.913;
  assert_chosen (
      "'time_above', 'low': 90, 'unit': '%', 'threshold': 1, 'threshold_unit': "
      "'mg/L'",
      &regimen,
      ", the time above the threshold 91.3 %, chance to be within the target "
      "less than 1 %.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/words/metrics", test_metrics);
  g_test_add_func ("/engine/words/named-times", test_named_times);
  g_test_add_func ("/engine/words/clearance", test_clearance);
  g_test_add_func ("/engine/words/joined", test_joined);
  g_test_add_func ("/engine/words/withheld", test_withheld);
  g_test_add_func ("/engine/words/regimens", test_regimens);
  g_test_add_func ("/engine/words/ways-are-named", test_ways_are_named);
  g_test_add_func ("/engine/words/no-further-dose", test_no_further_dose);
  g_test_add_func ("/engine/words/chosen", test_chosen);
  return g_test_run ();
}
