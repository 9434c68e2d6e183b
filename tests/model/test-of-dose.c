/* Bioavailability and lag that depend on the dose: each dose as if it were given to a
 * model whose constants are those of its amount. */
#include <math.h>
#include <string.h>

#include "model/model.h"
#include "num/linalg.h"
#include "pk/plan.h"

#define COMMON                                                                 \
  "[model]\nformat = titrate-model/1\nid = example-author-2020\nversion = 1\n" \
  "drug = Example\ntitle = Example\nreference = Author\ndoi = 10.1234/x\n"     \
  "status = C\nstatus_text = x\npopulation = x\nlimits = x\n"                  \
  "[parameters]\nCL = 3.17 * exp(eta_CL)\nV1 = 23.9\nKA = 0.87\n"              \
  "FMAX = 0.83\nED50 = 271 * exp(eta_ED50)\nTL = 0.37\n"                       \
  "[units]\nCL = L/h\nV1 = L\nKA = 1/h\nFMAX = 1\nED50 = mg\nTL = h\n"         \
  "[effects]\nCL = cv 30 %\nED50 = cv 20 %\n"                                  \
  "[check one]\nvalues = CL 3.17\nsource = x\n"                                \
  "[dosing oral]\namounts = 100 to 900 step 200 mg\nintervals = 12 h\nsource = x\n"
#define OUTPUT "[output C]\ntitle = x\nunit = mg/L\nerror = log\nlog_sd = 0.2\n"
#define CLOSED "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n" OUTPUT
#define WRITTEN                                                                  \
  "[structure]\nkind = ode\n[ode]\ngut = -KA*gut\nA = KA*gut - CL*A/V1\n" OUTPUT \
  "expression = A/V1\n"
#define OF_DOSE                                     \
  "bioavailability = FMAX * ED50 / (ED50 + dose)\n" \
  "lag = TL * (dose / 300 [mg])^0.5\n"

static const char closed[] =
    COMMON CLOSED "[route oral]\ntitle = x\ninto = absorption\n" OF_DOSE;
static const char written[] =
    COMMON WRITTEN "[route oral]\ntitle = x\ninto = gut\n" OF_DOSE;
static const char plain[] =
    COMMON CLOSED "[route oral]\ntitle = x\ninto = absorption\n";

#define N_TIMES 5
static const double times[N_TIMES] = { 0.31, 1.9, 13.3, 31.7, 47.9 };

static TdmModel *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_model_parse (text, strlen (text), "f", &error);

  g_assert_no_error (error);
  return model;
}

static const TdmPkDose history[] = {
  { .amount_mg = 700.0, .interval_h = 12.0, .count = 1, .steady_state = TRUE },
  { .time_h = 11.9, .amount_mg = 300.0, .interval_h = 9.7, .count = 3 },
};

/* Of `n` doses by the model's route, `etas` of clearance and ED50. */
static void
predict (TdmModel *model, const TdmPkDose *doses, guint n, const double *eta,
         double *values)
{
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double always = -INFINITY;
  TdmPkDose own[4];
  double parameters[6];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, parameters));
  for (guint i = 0; i < n; i++)
    {
      own[i] = doses[i];
      own[i].route = tdm_model_get_route (model, 0)->route;
    }
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (tdm_model_get_structure (model), own, n, &always, 1, times, NULL,
                       N_TIMES, &error);
  g_assert_no_error (error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_assert_true (
      tdm_pk_plan_predict (plan, work, &space, parameters, values, NULL, &error));
}

/* The same doses, worked out by hand and superposed. */
static void
superpose (const double *eta, double *values)
{
  g_autoptr (TdmModel) model = parse (plain);

  memset (values, 0, N_TIMES * sizeof (double));
  for (guint i = 0; i < G_N_ELEMENTS (history); i++)
    {
      const double amount = history[i].amount_mg, ed50 = 271.0 * exp (eta[1]);
      double one[N_TIMES];
      TdmPkDose dose = history[i];
      dose.amount_mg = amount * 0.83 * ed50 / (ed50 + amount);
      dose.time_h += 0.37 * sqrt (amount / 300.0);
      /* Before the shifted steady state, its previous dose is still at work. */
      if (dose.steady_state)
        dose.time_h -= 12.0, dose.count = 2;
      predict (model, &dose, 1, eta, one);
      for (guint k = 0; k < N_TIMES; k++)
        values[k] += one[k];
    }
}

static void
test_by_hand (void)
{
  const double eta[2] = { 0.31, -0.43 };
  double want[N_TIMES], got[N_TIMES];
  const char *const texts[] = { closed, written };

  superpose (eta, want);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TdmModel) model = parse (texts[i]);
      predict (model, history, G_N_ELEMENTS (history), eta, got);
      for (guint k = 0; k < N_TIMES; k++)
        g_assert_cmpfloat_with_epsilon (got[k], want[k], 1e-8 * (1.0 + want[k]));
    }
}

/* Through the steady state of one dose line, which has a walk of its own: the area is
 * what is absorbed over clearance. */
static void
test_steady (void)
{
  const double parameters[6] = { 3.17, 23.9, 0.87, 0.83, 271.0, 0.37 };
  const char *const texts[] = { closed, written };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (double amount = 130.0; amount < 1000.0; amount += 410.0)
      {
        g_autoptr (TdmModel) model = parse (texts[i]);
        g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
        g_autoptr (GError) error = NULL;
        TdmPkSteadyState out;
        const TdmPkDose dose = { .amount_mg = amount,
                                 .interval_h = 12.0,
                                 .count = 1,
                                 .route = tdm_model_get_route (model, 0)->route };
        const double absorbed = amount * 0.83 * 271.0 / (271.0 + amount);
        g_assert_true (tdm_pk_steady_state (tdm_model_get_structure (model), &dose,
                                            parameters, NULL, 0, NULL, work, &out,
                                            &error));
        g_assert_cmpfloat_with_epsilon (out.auc, absorbed / 3.17, 1e-7 * absorbed);
      }
}

/* Derivatives with respect to both effects, by central differences. */
static void
test_derivatives (void)
{
  const TdmJetSpace space = tdm_jet_space (2, 1);
  const double always = -INFINITY, h = 1e-5, eta[2] = { 0.31, -0.43 };
  double parameters[6 * 3], values[N_TIMES * 3];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = parse (closed);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, NULL, NULL, &error);
  TdmPkDose own[2] = { history[0], history[1] };
  own[0].route = own[1].route = tdm_model_get_route (model, 0)->route;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (tdm_model_get_structure (model), own, 2, &always, 1, times, NULL,
                       N_TIMES, &error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();

  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, parameters));
  g_assert_true (
      tdm_pk_plan_predict (plan, work, &space, parameters, values, NULL, &error));
  for (guint i = 0; i < 2; i++)
    {
      double up[2] = { eta[0], eta[1] }, down[2] = { eta[0], eta[1] };
      double above[N_TIMES], below[N_TIMES];
      up[i] += h, down[i] -= h;
      predict (model, history, 2, up, above);
      predict (model, history, 2, down, below);
      for (guint k = 0; k < N_TIMES; k++)
        g_assert_cmpfloat_with_epsilon (values[3 * k + 1 + i],
                                        (above[k] - below[k]) / (2.0 * h), 1e-6);
    }
}

/* What a route may not be; `%s` is the line. */
static void
test_refused (void)
{
  const char *const rows[][2] = {
    { "bioavailability = 0.9 * FMAX", "an expression that uses “dose”" },
    { "bioavailability = FMIX", "unknown name 'FMIX'; did you mean FMAX?" },
    { "bioavailability = dose / 1000", "bioavailability is in 1, but this gives mg" },
    { "bioavailability = dose / ED50 - 1",
      "bioavailability: expected a positive number "
      "for every amount that may be given, not "
      "-0.630996 for a dose of 100 mg" },
    { "bioavailability = ED50 / (dose - 300 [mg])", "for a dose of 100 mg" },
    { "lag = TL - dose / 500 [mg/h]", "lag: expected a positive number" },
    { "lag = dose / ED50", "lag is in h, but this gives no unit" },
    { "lag = WT * dose", "unknown name 'WT'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (plain, rows[i][0], "\n", NULL);
      g_autoptr (TdmModel) model = tdm_model_parse (text, strlen (text), "f", &error);
      g_assert_null (model);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i][1]));
    }
}

/* What is right for the amounts that are proposed may be wrong for one that was given:
 * no answer, rather than a negative dose. */
static void
test_amount_beyond (void)
{
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double always = -INFINITY, none[2] = { 0.0, 0.0 };
  g_autofree char *text =
      g_strconcat (plain, "bioavailability = FMAX - dose / 2000 [mg]\n", NULL);
  g_autoptr (TdmModel) model = parse (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, NULL, NULL, &error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  double parameters[6], values[N_TIMES];
  const TdmPkDose dose = { .amount_mg = 1700.0,
                           .count = 1,
                           .route = tdm_model_get_route (model, 0)->route };
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (tdm_model_get_structure (model), &dose, 1, &always, 1, times,
                       NULL, N_TIMES, &error);

  g_assert_true (tdm_binding_parameters (binding, &space, none, NULL, parameters));
  g_assert_false (
      tdm_pk_plan_predict (plan, work, &space, parameters, values, NULL, &error));
  g_assert_nonnull (
      strstr (error->message, "the bioavailability of a dose of 1700 mg is -0.02"));
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/of-dose/by-hand", test_by_hand);
  g_test_add_func ("/model/of-dose/steady", test_steady);
  g_test_add_func ("/model/of-dose/derivatives", test_derivatives);
  g_test_add_func ("/model/of-dose/refused", test_refused);
  g_test_add_func ("/model/of-dose/amount-beyond", test_amount_beyond);
  return g_test_run ();
}
