/* Would the advice change: each row against the case written down otherwise, and the
 * sentence against the rows. */
#include "engine/robustness.h"
#include "engine/score.h"
#include "engine/words.h"
#include "given.h"

#include "num/linalg.h"

#include <gio/gio.h>
#include <math.h>

/* Keys of the second level, and options. */
static TdmResult *
result_of (const char *level, const char *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  g_autofree char *json = g_strdup_printf (
      "{'format': 'titrate-case/1', 'model': 'vancomycin-goti-2018', 'covariates': "
      "[{'name': 'WT', 'value': 79.3, 'unit': 'kg'}, {'name': 'SCR', 'value': 1.13, "
      "'unit': 'mg/dL'}, {'name': 'AGE', 'value': 61, 'unit': 'y'}, {'name': 'DIAL', "
      "'value': 0}], 'patient': {'sex': 'male'}, 'doses': [{'time': 0, 'amount': 1500, "
      "'unit': 'mg', 'route': 'iv', 'duration': 2}, {'time': 12, 'amount': 1000, "
      "'unit': 'mg', 'route': 'iv', 'duration': 1, 'interval': 12, 'count': 4}], "
      "'levels': [{'time': 15.1, 'value': 27.3, 'unit': 'mg/L'}, {%s, 'unit': "
      "'mg/L'}], "
      "'target': {'metric': 'auc24', 'low': 400, 'high': 600, 'unit': 'mg.h/L'}, "
      "'options': {'posterior': 'importance'%s}}",
      level, options);
  g_autoptr (TdmCase) record = given_case (json);
  TdmResult *result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  return result;
}

#define LEVEL "'time': 23.4, 'value': 13.7"
/* Where one regimen leads by little. */
#define CLOSE "'time': 23.4, 'value': 27.3"

static TdmRobustness *
card_of (const TdmResult *result, const GPtrArray *models)
{
  g_autoptr (GError) error = NULL;
  TdmRobustness *card = tdm_robustness_new (result, models, NULL, &error);
  g_assert_no_error (error);
  return card;
}

static const TdmDoubt *
find_doubt (const TdmRobustness *card, TdmDoubtKind kind, guint index,
            const char *change)
{
  for (guint i = 0; i < card->doubts->len; i++)
    {
      const TdmDoubt *doubt = card->doubts->pdata[i];
      if (doubt->kind == kind && doubt->index == index
          && (change == NULL || g_str_equal (doubt->change, change)))
        return doubt;
    }
  g_assert_not_reached ();
}

/* The leading regimen of `result`, as `other` judges it. */
static void
assert_judged (const TdmDoubt *doubt, const TdmResult *result, const TdmResult *other)
{
  const TdmRegimen *leading = result->proposals->regimens->pdata[0];
  TdmRegimen own = *leading;
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmProblem *problem = other->fit->problem;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  TdmRegimen *list[] = { &own };
  own.notes = notes;
  /* The same model, read twice. */
  own.route = tdm_problem_get_current (problem).route;
  g_assert_cmpstr (own.route->name, ==, leading->route->name);
  g_assert_true (
      tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, &error));
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (problem, &target);
  g_assert_true (
      tdm_metrics_compute (metrics, &own, other->fit->eta, &own.metrics, &error));
  g_assert_cmpfloat_with_epsilon (doubt->metric / own.metrics.target, 1.0, 1e-5);
  const TdmScoreInput input = { .problem = problem,
                                .target = &target,
                                .rows = other->posterior->rows,
                                .draws = other->posterior->draws };
  g_autoptr (TdmScore) score = tdm_score_new (&input, list, 1, &error);
  g_assert_no_error (error);
  tdm_score_summarise (score, &target, 0, &own);
  g_assert_cmpfloat_with_epsilon (doubt->p_within, own.p_within, 0.02);
  g_assert_cmpfloat_with_epsilon (doubt->p_above, own.p_above, 0.02);
}

static void
test_rows (void)
{
  g_autoptr (TdmResult) result = result_of (LEVEL, "");
  g_autoptr (TdmRobustness) card = card_of (result, NULL);
  static const struct
  {
    TdmDoubtKind kind;
    const char *change, *level, *options;
  } rows[] = {
    { TDM_DOUBT_LEVEL, NULL, LEVEL ", 'use': false", "" },
    { TDM_DOUBT_LEVEL_TIME, "15 minutes earlier", "'time': 23.15, 'value': 13.7", "" },
    { TDM_DOUBT_LEVEL_TIME, "15 minutes later", "'time': 23.65, 'value': 13.7", "" },
    { TDM_DOUBT_LEVEL_VALUE, "3.4 mg/L less", "'time': 23.4, 'value': 10.3", "" },
    { TDM_DOUBT_LEVEL_VALUE, "3.4 mg/L more", "'time': 23.4, 'value': 17.1", "" },
    { TDM_DOUBT_PRIOR, NULL, LEVEL, ", 'prior_weight': 0.5" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const guint index = rows[i].kind == TDM_DOUBT_PRIOR ? 0 : 1;
      g_autoptr (TdmResult) other = result_of (rows[i].level, rows[i].options);
      assert_judged (find_doubt (card, rows[i].kind, index, rows[i].change), result,
                     other);
    }
  const TdmRegimen *leading = result->proposals->regimens->pdata[0];
  g_autofree char *words = tdm_words_regimen (leading);
  g_assert_cmpstr (card->regimen, ==, words);
  g_assert_cmpfloat_with_epsilon (card->p_within, leading->p_within, 0.02);
  g_assert_cmpfloat_with_epsilon (card->metric / leading->metrics.target, 1, 1e-6);
  g_assert_cmpstr (card->unit, ==, "mg.h/L");
  /* Two levels left out, four times and values each, four starts and ends each, and
   * the prior. */
  g_assert_cmpuint (card->doubts->len, ==, 2 + 4 + 4 + 4 + 4 + 1);
  g_assert_cmpuint (card->left_out, ==, 0);
}

/* The sentence names the worst row, and says what is in it. */
static void
check_sentence (const char *level, gboolean hangs)
{
  g_autoptr (TdmResult) result = result_of (level, "");
  g_autoptr (TdmRobustness) card = card_of (result, NULL);
  double most = 0;
  guint changed = 0, moved = 0;
  for (guint i = 0; i < card->doubts->len; i++)
    {
      const TdmDoubt *doubt = card->doubts->pdata[i];
      g_assert_null (doubt->obstacle);
      g_assert_cmpint (doubt->changed, ==, doubt->other != NULL);
      g_assert_cmpint (doubt->changed, ==, doubt->loss > 0.05);
      g_assert_cmpint (doubt->moved, ==,
                       fabs (doubt->p_within - card->p_within) >= 0.1);
      changed += doubt->changed;
      moved += doubt->moved;
      if (doubt->changed)
        most = MAX (most, doubt->loss);
    }
  g_assert_cmpint (changed > 0, ==, hangs);
  g_assert_true (g_str_has_prefix (
      card->sentence,
      hangs ? "The advice hangs on " : "None of these doubts would change the advice"));
  g_assert_cmpint (card->worst >= 0, ==, changed + moved > 0);
  if (card->worst < 0)
    return;
  const TdmDoubt *worst = card->doubts->pdata[card->worst];
  g_autofree char *numbers = g_strdup_printf (
      "from %.0f %% to %.0f %%", 100 * card->p_within, 100 * worst->p_within);
  g_assert_nonnull (strstr (card->sentence, worst->what));
  g_assert_nonnull (strstr (card->sentence, worst->change));
  g_assert_nonnull (strstr (card->sentence, numbers));
  if (hangs)
    {
      g_assert_cmpfloat (worst->loss, ==, most);
      g_assert_nonnull (strstr (card->sentence, worst->other));
    }
}

static void
test_sentence (void)
{
  check_sentence (LEVEL, FALSE);
  check_sentence (CLOSE, TRUE);
}

/* The case says how far times may be off; an interval goes to its ends. */
static void
test_stated (void)
{
  g_autoptr (TdmResult) result =
      result_of (LEVEL ", 'time_to': 25.2", ", 'time_uncertainty': 37");
  g_autoptr (TdmRobustness) card = card_of (result, NULL);
  g_autoptr (TdmResult) first = result_of (LEVEL, "");
  g_autoptr (TdmResult) last = result_of ("'time': 25.2, 'value': 13.7", "");
  g_assert_cmpfloat (card->uncertainty_min, ==, 37);
  g_assert_nonnull (
      find_doubt (card, TDM_DOUBT_LEVEL_TIME, 0, "37 minutes earlier")->what);
  g_assert_nonnull (
      find_doubt (card, TDM_DOUBT_DOSE_START, 1, "37 minutes later")->what);
  assert_judged (find_doubt (card, TDM_DOUBT_LEVEL_TIME, 1, "its first possible time"),
                 result, first);
  assert_judged (find_doubt (card, TDM_DOUBT_LEVEL_TIME, 1, "its last possible time"),
                 result, last);
}

static void
test_model (void)
{
  g_autoptr (TdmResult) result = result_of (LEVEL, "");
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);
  g_ptr_array_add (models, bundled_model ("vancomycin-goti-2018"));
  g_ptr_array_add (models, bundled_model ("vancomycin-thomson-2009"));
  g_autoptr (TdmRobustness) card = card_of (result, models);
  const TdmDoubt *doubt = card->doubts->pdata[card->doubts->len - 1];
  g_assert_cmpint (doubt->kind, ==, TDM_DOUBT_MODEL);
  g_assert_cmpstr (doubt->change, ==, "vancomycin-thomson-2009");
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) other =
      tdm_result_compute (result->record, models->pdata[1], NULL, NULL, &error);
  g_assert_no_error (error);
  assert_judged (doubt, result, other);
}

/* Saturable elimination, whose posterior is far from normal: the card's own chance is
 * that of the advice, and a quarter of an hour on a flat curve changes nothing. */
static void
test_saturable (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("phenytoin-yukawa-1990");
  g_autoptr (TdmCase) record = given_case (
      "{'format': 'titrate-case/1', 'covariates': [{'name': 'WT', 'value': 62, 'unit': "
      "'kg'}, {'name': 'AGE', 'value': 41, 'unit': 'y'}, {'name': 'COAED', 'value': "
      "'no'}], 'doses': [{'time': 0, 'amount': 300, 'unit': 'mg', 'route': 'oral', "
      "'interval': 24, 'steady_state': true, 'count': 3}], 'levels': [{'time': 71.5, "
      "'value': 31, 'unit': 'mg/L'}]}");
  g_autoptr (TdmResult) result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmRobustness) card = card_of (result, NULL);
  const TdmRegimen *leading = result->proposals->regimens->pdata[0];
  const TdmDoubt *doubt =
      find_doubt (card, TDM_DOUBT_LEVEL_TIME, 0, "15 minutes earlier");
  g_assert_cmpfloat_with_epsilon (card->p_within, leading->p_within, 0.08);
  g_assert_cmpfloat_with_epsilon (doubt->p_within, leading->p_within, 0.08);
  g_assert_false (doubt->changed);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TdmResult) result = result_of (LEVEL, "");
  g_cancellable_cancel (cancellable);
  g_assert_null (tdm_robustness_new (result, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/robustness/rows", test_rows);
  g_test_add_func ("/engine/robustness/saturable", test_saturable);
  g_test_add_func ("/engine/robustness/sentence", test_sentence);
  g_test_add_func ("/engine/robustness/stated", test_stated);
  g_test_add_func ("/engine/robustness/model", test_model);
  g_test_add_func ("/engine/robustness/cancelled", test_cancelled);
  return g_test_run ();
}
