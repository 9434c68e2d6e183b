/* What leads searches for an estimate astray: nothing does. */
#include "engine/map.h"
#include "given.h"
#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>

#define OUTPUT_AND_REST                                                   \
  "[output C]\ntitle = C\nunit = mg/L\nerror = combined\n"                \
  "additive = 0.21 mg/L\nproportional = 9 %\n"                            \
  "[dosing given]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\n" \
  "source = Test\n"

/* Absorption far slower than elimination, or the other way round. */
static const char oral_model[] =
    GIVEN_HEAD "[parameters]\nCL = 4.3 * exp(eta_CL)\nV = 11.9 * exp(eta_V)\n"
               "KA = 0.31 * exp(eta_KA)\nF1 = expit(logit(0.83) + eta_F1)\n"
               "[units]\nCL = L/h\nV = L\nKA = 1/h\nF1 = 1\n"
               "[effects]\nCL = sd 0.41\nV = sd 0.53\nKA = sd 0.67\nF1 = sd 0.9\n"
               "CL V = correlation 0.37\n"
               "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n"
               "[route given]\ntitle = o\ninto = absorption\nbioavailability = F1\n"
               "[route iv]\ntitle = i\ninto = central\n"
               "[check one]\nvalues = V 11.9\nsource = Test\n" OUTPUT_AND_REST;

#define DOSE_A "{'time': 0, 'amount': 410, 'unit': 'mg', 'route': 'given'}"
#define DOSE_B "{'time': 7.3, 'amount': 290, 'unit': 'mg', 'route': 'given'}"
#define DOSE_C "{'time': 11.9, 'amount': 330, 'unit': 'mg', 'route': 'given'}"
#define LEVEL_A "{'time': 3.1, 'value': 11.7, 'unit': 'mg/L'}"
#define LEVEL_B "{'time': 6.9, 'value': 5.3, 'unit': 'mg/L'}"
#define LEVEL_C "{'time': 13.7, 'value': 14.1, 'unit': 'mg/L'}"
#define LEVEL_D "{'time': 13.7, 'value': 13.3, 'unit': 'mg/L', 'weight': 0.6}"

static TdmProblem *
problem_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (oral_model);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static TdmFit *
fit_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (body);
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  return fit;
}

static void
assert_same_bits (const TdmFit *a, const TdmFit *b)
{
  const gsize n = a->n;
  g_assert_cmpmem (a->eta, n * sizeof (double), b->eta, n * sizeof (double));
  g_assert_cmpmem (a->covariance, n * n * sizeof (double), b->covariance,
                   n * n * sizeof (double));
  g_assert_cmpmem (&a->objective, sizeof (double), &b->objective, sizeof (double));
  g_assert_cmpuint (a->iterations, ==, b->iterations);
}

/* However levels and doses are ordered on paper, the fit is the same to the last bit.
 */
static void
test_order (void)
{
  static const char *const bodies[] = {
    "'doses': [" DOSE_A ", " DOSE_B ", " DOSE_C "], 'levels': [" LEVEL_A ", " LEVEL_B
    ", " LEVEL_C ", " LEVEL_D "]",
    "'doses': [" DOSE_C ", " DOSE_A ", " DOSE_B "], 'levels': [" LEVEL_D ", " LEVEL_B
    ", " LEVEL_A ", " LEVEL_C "]",
    "'doses': [" DOSE_B ", " DOSE_C ", " DOSE_A "], 'levels': [" LEVEL_C ", " LEVEL_D
    ", " LEVEL_B ", " LEVEL_A "]",
  };
  g_autoptr (TdmFit) first = fit_of (bodies[0]);
  for (guint i = 1; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (TdmFit) other = fit_of (bodies[i]);
      assert_same_bits (first, other);
    }
}

/* Nor does it matter what was fitted before, or beside it. */
static gpointer
fit_thread (gpointer body)
{
  return fit_of (body);
}

static void
test_history (void)
{
  const char *body =
      "'doses': [" DOSE_A ", " DOSE_B "], 'levels': [" LEVEL_A ", " LEVEL_B "]";
  const char *other_body = "'doses': [" DOSE_B "], 'levels': [" LEVEL_C "]";
  g_autoptr (TdmFit) first = fit_of (body);
  g_autoptr (TdmFit) between = fit_of (other_body);
  g_autoptr (TdmFit) again = fit_of (body);
  GThread *a = g_thread_new ("a", fit_thread, (gpointer)body);
  GThread *b = g_thread_new ("b", fit_thread, (gpointer)other_body);
  g_autoptr (TdmFit) beside = g_thread_join (a);
  g_autoptr (TdmFit) beside_other = g_thread_join (b);
  assert_same_bits (first, again);
  assert_same_bits (first, beside);
  assert_same_bits (between, beside_other);
}

/* A level after an intravenous dose says nothing about absorption: these effects stay
 * where the prior has them, with the prior's variance. */
static void
test_flat (void)
{
  g_autoptr (TdmFit) fit =
      fit_of ("'doses': [{'time': 0, 'amount': 410, 'unit': 'mg', 'route': 'iv'}], "
              "'levels': [" LEVEL_A ", " LEVEL_B "]");
  g_assert_cmpfloat (fabs (fit->eta[0]), >, 0.05);
  for (guint i = 2; i < 4; i++)
    {
      g_assert_cmpfloat (fabs (fit->eta[i]), <, 1e-12);
      g_assert_cmpfloat (fabs (fit->shrinkage[i]), <, 1e-12);
    }
  g_assert_cmpfloat (fabs (fit->covariance[2 * 4 + 2] - 0.67 * 0.67), <, 1e-12);
}

/* A level so high that all of the dose must have been absorbed: the fraction goes to
 * its bound of 1 and not past it, the estimate is a minimum with the prior's help. */
static void
test_bound (void)
{
  g_autoptr (TdmFit) fit = fit_of ("'doses': [" DOSE_A "], 'levels': ["
                                   "{'time': 2.9, 'value': 39, 'unit': 'mg/L'}, "
                                   "{'time': 4.9, 'value': 33, 'unit': 'mg/L'}, "
                                   "{'time': 9.1, 'value': 21, 'unit': 'mg/L'}]");
  g_assert_cmpfloat (fit->individual[3], >, 0.88);
  g_assert_cmpfloat (fit->individual[3], <, 1.0);
  g_assert_cmpfloat (fit->gradient_norm, <, 1e-4);
  g_assert_true (tdm_cholesky (4, fit->covariance, (double[16]){ 0 }));
}

/* Both ways round of absorption and elimination are seen, the better one is the answer,
 * from whatever number of starts. */
static void
test_flip_flop (void)
{
  const char *body = "'doses': [" DOSE_A "], 'levels': ["
                     "{'time': 4.1, 'value': 11.9, 'unit': 'mg/L'}, "
                     "{'time': 12.3, 'value': 2.31, 'unit': 'mg/L'}]";
  g_autoptr (TdmFit) fit = fit_of (body);
  g_autoptr (TdmProblem) problem = problem_of (body);
  for (guint starts = 7; starts < 60; starts += 13)
    {
      const TdmMapOptions options = { .starts = starts };
      g_autoptr (TdmFit) other = tdm_map_fit (problem, &options, NULL, NULL);
      g_assert_cmpfloat (fabs (other->objective - fit->objective), <, 1e-9);
      g_assert_true (other->converged);
    }
}

/* An effect of variance near 0 and one that is very wide beside it. */
static void
test_scales (void)
{
  g_autoptr (GString) text = g_string_new (oral_model);
  g_autoptr (GError) error = NULL;
  g_string_replace (text, "F1 = sd 0.9", "F1 = sd 0.00001", 1);
  g_string_replace (text, "KA = sd 0.67", "KA = sd 3.9", 1);
  g_autoptr (TdmModel) model = given_model (text->str);
  g_autoptr (TdmProblem) problem = given_problem (
      model, "'doses': [" DOSE_A "], 'levels': [" LEVEL_A ", " LEVEL_B "]", &error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  g_assert_cmpfloat (fabs (fit->eta[3]), <, 1e-4);
  g_assert_cmpfloat (fabs (fit->covariance[15] - 1e-10), <, 1e-12);
}

/* Asked to stop in the middle of a search: no fit, whichever phase it is in. */
static gpointer
cancel_thread (gpointer data)
{
  gpointer *both = data;
  while (g_atomic_int_get ((gint *)both[1]) == 0)
    g_thread_yield ();
  g_cancellable_cancel (both[0]);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (TdmProblem) problem = problem_of (
      "'doses': [" DOSE_A ", " DOSE_B "], 'levels': [" LEVEL_A ", " LEVEL_B "]");
  const TdmMapOptions options = { .starts = 20000 };
  for (guint k = 0; k < 20; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      gint go = 0;
      gpointer both[] = { cancellable, &go };
      GThread *thread = g_thread_new ("cancel", cancel_thread, both);
      g_atomic_int_set (&go, 1);
      g_assert_null (tdm_map_fit (problem, &options, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/traps/order", test_order);
  g_test_add_func ("/engine/traps/history", test_history);
  g_test_add_func ("/engine/traps/flat", test_flat);
  g_test_add_func ("/engine/traps/bound", test_bound);
  g_test_add_func ("/engine/traps/flip-flop", test_flip_flop);
  g_test_add_func ("/engine/traps/scales", test_scales);
  g_test_add_func ("/engine/traps/cancel", test_cancel);
  return g_test_run ();
}
