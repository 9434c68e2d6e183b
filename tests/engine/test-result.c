/* The whole path: proposals for every kind of target, what is withheld, threads,
 * cancelling, the input hash, and choosing. */
#include "engine/result.h"
#include "engine/target.h"
#include "given.h"

#include "base/error.h"
#include "num/linalg.h"

#include <math.h>

/* One compartment by bolus: everything has a closed form. */
#define BOLUS_CL 2.9
#define BOLUS_V 18.7

static const char bolus_text[] = GIVEN_HEAD
    "[parameters]\nCL = 2.9 * exp(eta_CL)\nV = 18.7 * exp(eta_V)\n"
    "[units]\nCL = L/h\nV = L\n"
    "[effects]\nCL = variance 0.09\nV = variance 0.04\n"
    "[structure]\nkind = linear\ncompartments = 1\n"
    "[output C]\ntitle = Testamycin\nunit = mg/L\nerror = combined\n"
    "additive = 0.2 mg/L\nproportional = 13 %\n"
    "[route iv]\ntitle = Bolus\ninto = central\n"
    "[dosing iv]\namounts = 20 to 600 step 20 mg\nintervals = 8, 12, 24 h\n"
    "max_single = 600 mg\nmax_daily = 900 mg\nsource = Test\n"
    "[target trough]\ntitle = Trough 2 to 5 mg/L\nmetric = trough\nlow = 2\nhigh = 5\n"
    "unit = mg/L\nsource = Test\n"
    "[check typical]\ndoses = 100 mg iv\nvalues = CL 2.9\nsource = Test\n";

#define BOLUS_BODY                                                     \
  "'format': 'titrate-case/1', 'model': 'testamycin-test-2026', "      \
  "'doses': [{'time': 0, 'amount': 160, 'unit': 'mg', 'route': 'iv', " \
  "'interval': 12, 'count': 4}]"
#define BOLUS_LEVELS ", 'levels': [{'time': 11.4, 'value': 1.93, 'unit': 'mg/L'}]"

static TdmResult *
result_of (TdmModel *model, const char *body, guint draws)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strconcat ("{", body, "}", NULL);
  g_autoptr (TdmCase) record = given_case (json);
  const TdmResultOptions options = { .draws = draws, .seed = 11 };
  TdmResult *result = tdm_result_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static void
assert_near (double got, double want, double tolerance)
{
  if (!(fabs (got - want) <= tolerance * fabs (want)))
    g_error ("expected %.12g, got %.12g", want, got);
}

static const TdmRegimen *
regimen_at (const TdmResult *result, guint i)
{
  g_assert_cmpuint (i, <, result->proposals->regimens->len);
  return result->proposals->regimens->pdata[i];
}

static const TdmRegimen *
current_of (const TdmResult *result)
{
  const TdmRegimen *found = NULL;
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    if (regimen_at (result, i)->is_current)
      {
        g_assert_null (found);
        found = regimen_at (result, i);
      }
  return found;
}

static void
check_sums (const TdmResult *result)
{
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = regimen_at (result, i);
      assert_near (r->p_below + r->p_within + r->p_above, 1.0, 1e-12);
      g_assert_cmpfloat (MIN (r->p_below, MIN (r->p_within, r->p_above)), >=, 0);
      g_assert_true (isfinite (r->metrics.target) && isfinite (r->score));
    }
}

/* Concentration after boluses of `amount` each 12 h from 0 on, `n` of them, at t. */
static double
bolus_sum (double amount, guint n, double t)
{
  double sum = 0;
  for (guint k = 0; k < n; k++)
    if (12.0 * k < t)
      sum += amount / BOLUS_V * exp (-BOLUS_CL / BOLUS_V * (t - 12.0 * k));
  return sum;
}

/* No level: the typical patient. A trough at 72 h, six doses after the start. */
static void
test_named_time (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) result = result_of (
      model,
      BOLUS_BODY ", 'target': {'metric': 'trough', 'low': 1, 'high': 3, 'unit': "
                 "'mg/L', 'at': 72}",
      100);
  const TdmRegimen *current = current_of (result);
  assert_near (current->metrics.target, bolus_sum (160, 6, 72), 1e-9);
  assert_near (current->metrics.trough, bolus_sum (160, 6, 72), 1e-9);
  /* The bolus at 72 h itself, though no time of a grid. */
  assert_near (current->metrics.peak, bolus_sum (160, 6, 72) + 160 / BOLUS_V, 1e-6);
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = regimen_at (result, i);
      double k = BOLUS_CL / BOLUS_V, c = bolus_sum (160, 4, 48) * exp (-k * 24);
      for (double t = 48; t < 72; t += r->interval_h)
        c += r->amount_mg / BOLUS_V * exp (-k * (72 - t));
      assert_near (r->metrics.target, c, 1e-9);
    }
  check_sums (result);
}

/* The peak of an infusion that ends between the points of any even grid. */
static void
test_peak_at_time (void)
{
  g_autoptr (TdmModel) model = bundled_model ("gentamicin-staatz-2005");
#define GENTAMICIN(target)                                                        \
  "'format': 'titrate-case/1', 'model': 'gentamicin-staatz-2005', "               \
  "'covariates': [{'name': 'WT', 'value': 71, 'unit': 'kg'}, "                    \
  "{'name': 'CLCR', 'value': 66, 'unit': 'mL/min'}], "                            \
  "'doses': [{'time': 0, 'amount': 360, 'unit': 'mg', 'route': 'iv', "            \
  "'duration': 0.53, 'interval': 24, 'count': 30}], 'options': {'adjust': 600}, " \
  "'target': {'metric': 'peak', 'low': 15, 'high': 20, 'unit': 'mg/L'" target "}"
  g_autoptr (TdmResult) steady = result_of (model, GENTAMICIN (""), 20);
  g_autoptr (TdmResult) named = result_of (model, GENTAMICIN (", 'at': 671.9"), 20);
  assert_near (current_of (named)->metrics.target, current_of (steady)->metrics.target,
               1e-6);
#undef GENTAMICIN
}

static void
test_areas (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) cumulative = result_of (
      model,
      BOLUS_BODY ", 'target': {'metric': 'cumulative_auc', 'low': 200, 'high': "
                 "400, 'unit': 'mg.h/L', 'at': 96}",
      100);
  double left = bolus_sum (160, 8, 96) * BOLUS_V;
  assert_near (current_of (cumulative)->metrics.target, (8 * 160 - left) / BOLUS_CL,
               1e-9);
  g_autoptr (TdmResult) part = result_of (
      model,
      BOLUS_BODY ", 'target': {'metric': 'auc', 'low': 100, 'high': 300, 'unit': "
                 "'mg.h/L', 'from': 60, 'to': 84}",
      100);
  double in = bolus_sum (160, 5, 60) * BOLUS_V, out = bolus_sum (160, 7, 84) * BOLUS_V;
  assert_near (current_of (part)->metrics.target, (in + 2 * 160 - out) / BOLUS_CL,
               1e-9);
  /* All else is of the steady state. */
  double k = BOLUS_CL / BOLUS_V, decay = exp (-12 * k);
  assert_near (current_of (part)->metrics.auc24, 320 / BOLUS_CL, 1e-9);
  assert_near (current_of (part)->metrics.trough, 160 / BOLUS_V * decay / (1 - decay),
               1e-9);
}

/* A share of time cannot be more than the whole: the amount chosen is enough for the
 * target, not the largest there is. */
static void
test_time_above (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  const char *lows[] = { "90", "100" };
  for (guint k = 0; k < 2; k++)
    {
      g_autofree char *body = g_strconcat (
          BOLUS_BODY, ", 'target': {'metric': 'time_above', 'low': ", lows[k],
          ", 'unit': '%', 'threshold': 0.4, 'threshold_unit': 'mg/L'}", NULL);
      g_autoptr (TdmResult) result = result_of (model, body, 100);
      gboolean modest = FALSE;
      for (guint i = 0; i < result->proposals->regimens->len; i++)
        modest |= regimen_at (result, i)->interval_h == 12
                  && regimen_at (result, i)->amount_mg <= 100;
      g_assert_true (modest);
      g_assert_false (result->proposals->none_reaches);
    }
}

static void
assert_withheld (TdmModel *model, const char *body, const char *code)
{
  g_autoptr (TdmResult) result = result_of (model, body, 50);
  g_assert_nonnull (result->proposals->withheld);
  g_assert_cmpstr (result->proposals->withheld->code, ==, code);
  g_assert_cmpuint (result->proposals->regimens->len, ==, 0);
  g_assert_cmpint (result->chosen_index, ==, -1);
  g_assert_null (result->chosen);
  g_assert_nonnull (result->current);
}

static void
test_withheld (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  assert_withheld (model,
                   BOLUS_BODY ", 'target': {'metric': 'trough', 'low': 2, 'high': 4, "
                              "'unit': 'mg/L', 'at': 48}",
                   "target-in-the-past");
  assert_withheld (model,
                   BOLUS_BODY ", 'target': {'metric': 'auc', 'low': 20, 'high': 40, "
                              "'unit': 'mg.h/L', 'from': 12, 'to': 36}",
                   "target-in-the-past");
  assert_withheld (model,
                   BOLUS_BODY ", 'levels': [{'time': 11.9, 'value': 90, 'unit': "
                              "'mg/L'}, {'time': 11.8, 'value': 0.04, 'unit': 'mg/L'}]",
                   "effect-implausible");
}

static void
test_intervals (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) result = result_of (
      model, BOLUS_BODY BOLUS_LEVELS ", 'options': {'interval': [6, 6, 36]}", 100);
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *r = regimen_at (result, i);
      g_assert_true (r->is_current || r->interval_h == 6 || r->interval_h == 36);
      for (guint k = 0; k < i; k++)
        g_assert_false (regimen_at (result, k)->amount_mg == r->amount_mg
                        && regimen_at (result, k)->interval_h == r->interval_h);
    }
  g_assert_nonnull (current_of (result));
}

static void
test_none_reaches (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) far =
      result_of (model,
                 BOLUS_BODY ", 'target': {'metric': 'trough', 'low': 90, 'high': 95, "
                            "'unit': 'mg/L'}",
                 100);
  g_assert_true (far->proposals->none_reaches);
  g_assert_cmpuint (far->proposals->regimens->len, >, 1);
  g_assert_nonnull (find_note (far->notes, "target-not-reached"));
  /* The only one that does is the one being given. */
  g_autoptr (TdmResult) same = result_of (
      model,
      BOLUS_BODY ", 'options': {'interval': [12]}, 'target': {'metric': 'auc24', "
                 "'low': 110, 'high': 110.5, 'unit': 'mg.h/L'}",
      100);
  assert_near (current_of (same)->metrics.target, 320 / BOLUS_CL, 1e-9);
  g_assert_false (same->proposals->none_reaches);
  g_assert_null (find_note (same->notes, "target-not-reached"));
}

static void
assert_same (const TdmResult *a, const TdmResult *b)
{
  g_assert_cmpuint (a->proposals->regimens->len, ==, b->proposals->regimens->len);
  for (guint i = 0; i < a->proposals->regimens->len; i++)
    {
      const TdmRegimen *x = regimen_at (a, i), *y = regimen_at (b, i);
      g_assert_true (x->amount_mg == y->amount_mg && x->interval_h == y->interval_h);
      g_assert_true (x->p_within == y->p_within && x->score == y->score);
      g_assert_true (x->low.target == y->low.target && x->high.peak == y->high.peak);
    }
  g_assert_cmpuint (a->current->n, ==, b->current->n);
  for (guint k = 0; k < TDM_BAND_N; k++)
    g_assert_cmpmem (a->current->individual_band[k], a->current->n * sizeof (double),
                     b->current->individual_band[k], b->current->n * sizeof (double));
}

/* The same digits however the threads run. */
static void
test_threads (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) first = result_of (model, BOLUS_BODY BOLUS_LEVELS, 150);
  check_sums (first);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (TdmResult) again = result_of (model, BOLUS_BODY BOLUS_LEVELS, 150);
      assert_same (first, again);
    }
}

/* Saturable elimination: large doses have no steady state, and none is proposed. */
static void
test_no_steady_state (void)
{
  g_autoptr (TdmModel) model = bundled_model ("busulfan-long-boyle-2015");
#define BUSULFAN(amount)                                                      \
  "'format': 'titrate-case/1', 'model': 'busulfan-long-boyle-2015', "         \
  "'covariates': [{'name': 'WT', 'value': 22, 'unit': 'kg'}, "                \
  "{'name': 'AGE', 'value': 6, 'unit': 'y'}], "                               \
  "'doses': [{'time': 0, 'amount': " amount ", 'unit': 'mg', 'route': 'iv', " \
  "'duration': 2, 'interval': 6, 'count': 2}], "                              \
  "'target': {'metric': 'auc24', 'low': 700, 'high': 800, 'unit': 'mg.h/L'}"
  /* At most CLIN KM = 34.5 mg/h can be eliminated: 207 mg every 6 h. */
  g_autoptr (TdmResult) result = result_of (model, BUSULFAN ("20"), 30);
  check_sums (result);
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    g_assert_cmpfloat (regimen_at (result, i)->amount_mg
                           / regimen_at (result, i)->interval_h,
                       <, 34.52);
  g_assert_true (result->has_metrics);
  g_autoptr (TdmResult) toxic = result_of (model, BUSULFAN ("215"), 30);
  g_assert_false (toxic->has_metrics);
  const TdmNote *note = find_note (toxic->notes, "current-not-judged");
  g_assert_nonnull (note);
  g_assert_cmpint (note->severity, ==, TDM_NOTE_CAUTION);
#undef BUSULFAN
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (3000);
  g_cancellable_cancel (data);
  return NULL;
}

/* Cancelled before or in the middle: an error and nothing else. */
static void
test_cancel (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmCase) record = given_case ("{" BOLUS_BODY BOLUS_LEVELS "}");
  const TdmResultOptions options = { .draws = 100000, .seed = 3 };
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GThread *thread =
          k == 0 ? NULL : g_thread_new ("cancel", cancel_thread, cancellable);
      if (k == 0)
        g_cancellable_cancel (cancellable);
      g_autoptr (TdmResult) result =
          tdm_result_compute (record, model, &options, cancellable, &error);
      if (thread)
        g_thread_join (thread);
      g_assert_null (result);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static char *
hash_of (const char *json, const char *text, const TdmResultOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, model, options, NULL, &error);
  g_assert_no_error (error);
  return g_strdup (result->input_hash);
}

static void
test_hash (void)
{
  static const char one[] = "{" BOLUS_BODY "}",
                    other[] = "{" BOLUS_BODY BOLUS_LEVELS "}";
  g_autofree char *changed = g_strconcat (bolus_text, "# One comment more.\n", NULL);
  const TdmResultOptions options[] = { { .draws = 20 },
                                       { .draws = 21 },
                                       { .draws = 20, .seed = 1 },
                                       { .draws = 20, .residual_bands = TRUE },
                                       { .draws = 20, .ahead_h = 50 } };
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    g_assert_true (g_hash_table_add (seen, hash_of (one, bolus_text, &options[i])));
  g_assert_true (g_hash_table_add (seen, hash_of (other, bolus_text, &options[0])));
  g_assert_true (g_hash_table_add (seen, hash_of (one, changed, &options[0])));
  g_assert_false (g_hash_table_add (seen, hash_of (one, bolus_text, &options[0])));
}

static void
test_choose (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) result = result_of (model, BOLUS_BODY BOLUS_LEVELS, 60);
  const TdmResultOptions options = { .draws = 60, .seed = 11 };
  g_assert_cmpint (result->chosen_index, >=, 0);
  g_assert_false (regimen_at (result, (guint)result->chosen_index)->is_current);
  for (int i = -1; i <= (int)result->proposals->regimens->len; i++)
    {
      g_autoptr (TdmResult) other =
          tdm_result_choose (result, i, &options, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (other->fit == result->fit);
      g_assert_true (other->proposals == result->proposals);
      g_assert_true (other->current == result->current);
      g_assert_cmpstr (other->input_hash, ==, result->input_hash);
      g_assert_cmpuint (other->notes->len, ==, result->notes->len);
      gboolean valid = i >= 0 && i < (int)result->proposals->regimens->len;
      g_assert_cmpint (other->chosen_index, ==, valid ? i : -1);
      g_assert_true ((other->chosen != NULL)
                     == (valid && !regimen_at (result, (guint)i)->is_current));
    }
}

static void
test_notes_sorted (void)
{
  g_autoptr (TdmModel) model = given_model (bolus_text);
  g_autoptr (TdmResult) result = result_of (
      model,
      BOLUS_BODY ", 'options': {'prior_weight': 0.9}, 'levels': [{'time': 11.9, "
                 "'value': 90, 'unit': 'mg/L'}, {'time': 11.8, 'value': 0.04, "
                 "'unit': 'mg/L'}, {'time': -5, 'value': 1, 'unit': 'mg/L'}]",
      20);
  g_assert_cmpuint (result->notes->len, >=, 3);
  const TdmNote *last = result->notes->pdata[0];
  g_assert_cmpint (last->severity, ==, TDM_NOTE_REFUSE);
  for (guint i = 1; i < result->notes->len; i++)
    {
      const TdmNote *note = result->notes->pdata[i];
      g_assert_cmpint (note->severity, <=, last->severity);
      last = note;
    }
  g_assert_cmpint (last->severity, ==, TDM_NOTE_INFO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/result/named-time", test_named_time);
  g_test_add_func ("/engine/result/peak-at-time", test_peak_at_time);
  g_test_add_func ("/engine/result/areas", test_areas);
  g_test_add_func ("/engine/result/time-above", test_time_above);
  g_test_add_func ("/engine/result/withheld", test_withheld);
  g_test_add_func ("/engine/result/intervals", test_intervals);
  g_test_add_func ("/engine/result/none-reaches", test_none_reaches);
  g_test_add_func ("/engine/result/threads", test_threads);
  g_test_add_func ("/engine/result/no-steady-state", test_no_steady_state);
  g_test_add_func ("/engine/result/cancel", test_cancel);
  g_test_add_func ("/engine/result/hash", test_hash);
  g_test_add_func ("/engine/result/choose", test_choose);
  g_test_add_func ("/engine/result/notes-sorted", test_notes_sorted);
  return g_test_run ();
}
