/* Equations written in a model file against the closed form of the same model. */
#include <math.h>
#include <string.h>

#include "model/model.h"
#include "num/linalg.h"
#include "pk/plan.h"

#define COMMON                                                                      \
  "[model]\nformat = titrate-model/1\nid = example-author-2020\nversion = 1\n"      \
  "drug = Example\ntitle = Example\nreference = Author\ndoi = 10.1234/x\n"          \
  "status = C\nstatus_text = x\npopulation = x\nlimits = x\n"                       \
  "[covariate WT]\ntitle = Weight\nunit = kg\nallowed = 30 to 200\n"                \
  "[parameters]\nCL = 3.17 * (WT/70)^0.75 * exp(eta_CL)\n"                          \
  "V1 = 23.9 * WT/70 * exp(eta_V1)\nQ = 4.31\nV2 = 37.7\nKA = 0.87 * exp(eta_KA)\n" \
  "[units]\nCL = L/h\nV1 = L\nQ = L/h\nV2 = L\nKA = 1/h\n"                          \
  "[effects]\nCL = cv 30 %\nV1 = cv 20 %\nKA = cv 50 %\n"                           \
  "[check one]\ncovariates = WT 70\nvalues = CL 3.17\nsource = x\n"                 \
  "[output C]\ntitle = x\nunit = ng/mL\nerror = log\nlog_sd = 0.2\n"

static const char closed[] =
    COMMON "[structure]\nkind = linear\ncompartments = 2\nchain = 1\n"
           "[route iv]\ntitle = x\ninto = central\ninfusion = yes\n"
           "[route oral]\ntitle = x\ninto = absorption\n";

static const char written[] =
    COMMON "expression = central / V1\n"
           "[structure]\nkind = ode\n"
           "[ode_terms]\nout = CL/V1 * central\nover = Q/V1 * central - Q/V2 * other\n"
           "[ode]\ncentral = KA * gut - out - over\nother = over\ngut = -KA * gut\n"
           "[route iv]\ntitle = x\ninto = central\ninfusion = yes\n"
           "[route oral]\ntitle = x\ninto = gut\n";

#define N_TIMES 6
static const double times[N_TIMES] = { 0.7, 2.3, 9.1, 13.9, 31.7, 71.3 };

/* Predictions at `eta` with derivatives, of a history with both routes. */
static void
predict (const char *text, const TdmJetSpace *space, const double *eta, double *values,
         double *areas)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_model_parse (text, strlen (text), "f", &error);
  g_assert_no_error (error);
  const double covariates[1] = { 61.3 };
  const double always = -INFINITY;
  const TdmPkDose doses[2] = { { .amount_mg = 317.0,
                                 .duration_h = 1.7,
                                 .interval_h = 12.0,
                                 .count = 3,
                                 .route = tdm_model_get_route (model, 0)->route },
                               { .time_h = 5.3,
                                 .amount_mg = 211.0,
                                 .count = 1,
                                 .route = tdm_model_get_route (model, 1)->route } };
  g_autofree double *parameters = g_new (double, 5 * space->size);

  g_autoptr (TdmBinding) binding = tdm_model_bind (model, covariates, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_binding_parameters (binding, space, eta, NULL, parameters));
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (tdm_model_get_structure (model), doses, 2, &always, 1, times,
                       NULL, N_TIMES, &error);
  g_assert_no_error (error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_assert_true (
      tdm_pk_plan_predict (plan, work, space, parameters, values, areas, &error));
  g_assert_cmpfloat_with_epsilon (tdm_model_get_output (model, 0)->per_mg_l, 1000.0,
                                  1e-9);
}

static void
assert_same (guint n, const double *a, const double *b)
{
  for (guint i = 0; i < n; i++)
    {
      g_test_message ("%u: %.15g %.15g", i, a[i], b[i]);
      g_assert_cmpfloat (fabs (a[i] - b[i]), <=, 1e-7 * (1.0 + fabs (b[i])));
    }
}

static void
test_same (void)
{
  const TdmJetSpace space = tdm_jet_space (3, 2);
  const double eta[3] = { 0.31, -0.23, 0.47 };
  g_autofree double *a = g_new (double, N_TIMES *space.size);
  g_autofree double *b = g_new (double, N_TIMES *space.size);
  g_autofree double *area_a = g_new (double, N_TIMES *space.size);
  g_autofree double *area_b = g_new (double, N_TIMES *space.size);

  predict (closed, &space, eta, a, area_a);
  predict (written, &space, eta, b, area_b);
  g_assert_cmpfloat (a[0], >, 1.0);
  assert_same (N_TIMES * space.size, a, b);
  assert_same (N_TIMES * space.size, area_a, area_b);
}

/* The comparison would see a rate constant that is off by a ten thousandth. */
static void
test_differs (void)
{
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double eta[3] = { 0.31, -0.23, 0.47 }, other[3] = { 0.3101, -0.23, 0.47 };
  double a[N_TIMES], b[N_TIMES], area[N_TIMES];

  predict (closed, &space, eta, a, area);
  predict (written, &space, other, b, area);
  for (guint i = 1; i < N_TIMES; i++)
    g_assert_cmpfloat (fabs (a[i] - b[i]), >, 1e-7 * (1.0 + fabs (b[i])));
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/ode/same-as-closed-form", test_same);
  g_test_add_func ("/model/ode/comparison-sees-a-difference", test_differs);
  return g_test_run ();
}
