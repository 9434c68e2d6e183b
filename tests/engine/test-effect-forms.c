/* Effects that are not exponential, by value: Box–Cox on the clearance, logit on the
 * volume (a share of 41 L), a third that is fixed to zero. The estimates, the objective
 * and the covariance are those of SciPy 1.10 (optimize.root on gradients by complex
 * steps, second derivatives as their central differences of 1e-5). */
#include "engine/map.h"
#include "given.h"

#include <math.h>

/* @L@ is the exponent. */
static const char model_text[] =
    GIVEN_HEAD "[parameters]\n"
               "CL = 3.1 * exp((exp(@L@ * eta_CL) - 1) / @L@) * (1 + eta_Z)\n"
               "V = 41 * expit(logit(0.7) + eta_V)\n"
               "[units]\nCL = L/h\nV = L\n"
               "[effects]\nCL = sd 0.37\nV = sd 0.83\nZ = variance 0\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[output C]\ntitle = C\nunit = mg/L\nerror = combined\n"
               "additive = 0.3 mg/L\nproportional = 10 %\n"
               "[route given]\ntitle = i\ninto = central\n"
               "[check one]\nvalues = CL 3.1\nsource = Test\n";

static const char body[] = "'doses': [{'time': 0, 'amount': 620, 'unit': 'mg'}, "
                           "{'time': 9, 'amount': 310, 'unit': 'mg'}], 'levels': ["
                           "{'time': 1.3, 'value': 17.9, 'unit': 'mg/L'}, "
                           "{'time': 7.7, 'value': 6.1, 'unit': 'mg/L'}, "
                           "{'time': 20.9, 'value': 0.9, 'unit': 'mg/L'}]";

typedef struct
{
  const char *exponent;
  double eta[2], objective, covariance[3];
} Answer;

static const Answer answers[] = {
  { "0.4",
    { 0.4438721120038, -0.4056457376252 },
    5.271531552926,
    { 0.003349400056437, 0.01211472033434, 0.08574346255106 } },
  { "(-0.7)",
    { 0.5677322878139, -0.4577429166018 },
    6.340283294608,
    { 0.01012337035528, 0.02055140204648, 0.0824406450132 } },
};

static void
assert_near (double got, double want, double relative)
{
  if (!(fabs (got - want) <= relative * fabs (want)))
    g_error ("%.15g is not %.15g within %g of it", got, want, relative);
}

static void
test_values (gconstpointer data)
{
  const Answer *want = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (model_text);
  g_string_replace (text, "@L@", want->exponent, 0);
  g_autoptr (TdmModel) model = given_model (text->str);
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  /* What is fixed is not estimated. */
  g_assert_cmpuint (fit->n, ==, 2);
  for (guint i = 0; i < 2; i++)
    assert_near (fit->eta[i], want->eta[i], 1e-8);
  assert_near (fit->objective, want->objective, 1e-11);
  assert_near (fit->covariance[0], want->covariance[0], 1e-6);
  assert_near (fit->covariance[1], want->covariance[1], 1e-6);
  assert_near (fit->covariance[3], want->covariance[2], 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/effect-forms/exponent-", answers[i].exponent, NULL);
      g_test_add_data_func (path, &answers[i], test_values);
    }
  return g_test_run ();
}
