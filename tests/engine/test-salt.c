/* Salts and prodrugs: what a dose counts for, what is refused, and that what is given
 * as a salt is proposed as that salt. */
#include "engine/dose-search.h"
#include "engine/map.h"
#include "engine/words.h"
#include "given.h"

#include "base/error.h"

#include <math.h>

#define SALT(name, more) \
  "[salt " name "]\ntitle = Testamycin " name "\n" more "source = Test\n"

static const char model_text[] = GIVEN_HEAD
    "molar_mass = 312.4 g/mol\n"
    "[covariate WT]\ntitle = Body weight\nunit = kg\nstudied = 40 to 110\n"
    "allowed = 20 to 250\n"
    "[parameters]\nCL = 3.83 * WT/70 * exp(eta_CL)\nV = 41.7 * exp(eta_V)\nKA = 0.97\n"
    "[units]\nCL = L/h\nV = L\nKA = 1/h\n"
    "[effects]\nCL = variance 0.09\nV = variance 0.04\n"
    "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n"
    "[output C]\ntitle = Testamycin\nunit = mg/L\nerror = combined\n"
    "additive = 0.7 mg/L\nproportional = 13 %\n"
    "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n"
    "[route oral]\ntitle = By mouth\ninto = absorption\n" SALT (
        "sodium", "factor = 0.873\n") SALT ("mofetil", "factor = 0.6\nroutes = oral\n")
        SALT ("base",
              "factor = 295.1 mg/mmol\nroutes = oral\n") "[dosing iv]\namounts = 100 "
                                                         "to 2000 step 100 "
                                                         "mg\nintervals = 12 h\n"
                                                         "durations = 1 h\nmax_single "
                                                         "= 2000 mg\nsource = Test\n"
                                                         "[dosing oral]\namounts = 100 "
                                                         "to 2000 step 100 "
                                                         "mg\nintervals = 12 h\n"
                                                         "max_daily = 3000 mg\nsource "
                                                         "= Test\n"
                                                         "[target trough]\ntitle = "
                                                         "Trough 7 to 13 mg/L\nmetric "
                                                         "= trough\nlow = 7\n"
                                                         "high = 13\nunit = "
                                                         "mg/L\nsource = Test\n"
                                                         "[check typical]\ncovariates "
                                                         "= WT 70\ndoses = 700 mg iv "
                                                         "over 1 h\n"
                                                         "values = CL 3.83, V "
                                                         "41.7\nsource = Test\n";

#define BODY(dose)                                                 \
  "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}], "  \
  "'doses': [{'time': 0, 'interval': 12, 'count': 4, " dose "}], " \
  "'levels': [{'time': 35.7, 'value': 8.31, 'unit': 'mg/L'}]"

static TdmModel *model;

static TdmProblem *
problem_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static double
amount_of (const char *body)
{
  g_autoptr (TdmProblem) problem = problem_of (body);
  return tdm_problem_get_dose (problem, 0)->amount_mg;
}

static void
test_amount (void)
{
  g_assert_cmpfloat_with_epsilon (
      amount_of (BODY ("'amount': 700, 'unit': 'mg', 'route': 'oral'")), 700, 1e-12);
  g_assert_cmpfloat_with_epsilon (
      amount_of (BODY ("'amount': 0.7, 'unit': 'g', 'route': 'iv', 'salt': 'sodium'")),
      700 * 0.873, 1e-10);
  g_assert_cmpfloat_with_epsilon (
      amount_of (BODY ("'amount': 700, 'unit': 'mg', 'route': 'oral', "
                       "'salt': 'Mofetil'")),
      700 * 0.6, 1e-10);
  g_assert_cmpfloat_with_epsilon (
      amount_of (BODY ("'amount': 2300, 'unit': 'umol', 'route': 'oral', "
                       "'salt': 'base'")),
      2.3 * 295.1, 1e-10);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *dose, *error;
  } rows[] = {
    { "'amount': 700, 'unit': 'mg', 'route': 'iv', 'salt': 'potassium'",
      "doses[0].salt: testamycin-test-2026 has no salt \"potassium\" by the route "
      "\"iv\"; expected one of sodium" },
    { "'amount': 700, 'unit': 'mg', 'route': 'iv', 'salt': 'mofetil'",
      "doses[0].salt: " },
    { "'amount': 2, 'unit': 'mmol', 'route': 'iv', 'salt': 'sodium'",
      "doses[0].unit: " },
    { "'amount': 700, 'unit': 'mg', 'route': 'oral', 'salt': 'base'",
      "doses[0].unit: " },
    { "'amount': 2, 'unit': 'mmol', 'route': 'oral'",
      "doses[0].unit: mmol says of what only with a salt" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *body = g_strdup_printf (
          "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}], "
          "'doses': [{'time': 0, %s}]",
          rows[i].dose);
      g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
      g_assert_null (problem);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_true (g_str_has_prefix (error->message, rows[i].error));
    }
}

static TdmProposals *
proposals_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (body);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  TdmDoseSearchOptions options = { .draws = 50, .seed = 7 };
  TdmProposals *proposals =
      tdm_dose_search (fit, tdm_problem_get_notes (problem), &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (proposals->regimens->len, >, 1);
  return proposals;
}

/* Amounts that can be given of the salt, by the routes that take it; and the fit is
 * that of the same amount written without it. */
static void
test_proposed_as_given (void)
{
  g_autoptr (TdmProposals) plain =
      proposals_of (BODY ("'amount': 420, 'unit': 'mg', 'route': 'oral'"));
  g_autoptr (TdmProposals) salted = proposals_of (
      BODY ("'amount': 700, 'unit': 'mg', 'route': 'oral', 'salt': 'mofetil'"));
  double current[2] = { 0, 0 };

  for (guint i = 0; i < salted->regimens->len; i++)
    {
      const TdmRegimen *r = salted->regimens->pdata[i];
      const double amount = tdm_salt_amount (r->salt, r->amount_mg);
      g_assert_cmpstr (r->salt->name, ==, "mofetil");
      g_assert_cmpstr (r->route->name, ==, "oral");
      g_assert_cmpfloat_with_epsilon (amount / 100, round (amount / 100), 1e-9);
      g_assert_cmpfloat (2 * amount, <=, 3000 * (1 + 1e-9));
      if (r->is_current)
        {
          g_autofree char *words = tdm_words_regimen (r);
          g_assert_cmpstr (words, ==, "700 mg Testamycin mofetil every 12 h, by mouth");
          current[0] = r->metrics.trough;
        }
    }
  for (guint i = 0; i < plain->regimens->len; i++)
    {
      const TdmRegimen *r = plain->regimens->pdata[i];
      g_assert_null (r->salt);
      if (r->is_current)
        current[1] = r->metrics.trough;
    }
  g_assert_cmpfloat (current[0], >, 0);
  g_assert_cmpfloat_with_epsilon (current[0], current[1], 1e-9);
}

/* Moles of what is in a tablet: the tablets stay the same. */
static void
test_proposed_in_moles (void)
{
  g_autoptr (TdmProposals) salted = proposals_of (
      BODY ("'amount': 2, 'unit': 'mmol', 'route': 'oral', 'salt': 'base'"));

  for (guint i = 0; i < salted->regimens->len; i++)
    {
      const TdmRegimen *r = salted->regimens->pdata[i];
      g_assert_cmpstr (tdm_salt_unit (r->salt), ==, "mmol");
      if (!r->is_current)
        g_assert_cmpfloat_with_epsilon (r->amount_mg / 100, round (r->amount_mg / 100),
                                        1e-9);
    }
}

static void
test_bundled (void)
{
  static const struct
  {
    const char *id, *salt, *unit;
    double mg;
  } rows[] = {
    { "theophylline-yano-1993", "aminophylline", "mg", 0.8 },
    { "phenytoin-yukawa-1990", "sodium", "mg", 0.92 },
    { "valproate-williams-2012", "sodium", "mg", 0.868 },
    { "caffeine-lee-1997", "base", "mg", 2 },
    { "lithium-yuan-2021", "lithium", "mmol", 36.945 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) own = bundled_model (rows[i].id);
      g_assert_cmpuint (tdm_model_get_n_salts (own), ==, 1);
      const TdmModelSalt *salt = tdm_model_get_salt (own, 0);
      g_assert_cmpstr (salt->name, ==, rows[i].salt);
      g_assert_cmpstr (salt->unit, ==, rows[i].unit);
      g_assert_cmpfloat (salt->mg, ==, rows[i].mg);
    }
}

static void
test_faults (void)
{
  static const struct
  {
    const char *from, *to, *error;
  } rows[] = {
    { "factor = 0.6", "factor = -0.6", "factor: expected more than 0" },
    { "factor = 0.6", "factor = 0.6 mg/h", "factor: " },
    { "routes = oral\nsource", "routes = nasal\nsource", "routes: " },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (model_text);
      g_assert_cmpuint (g_string_replace (text, rows[i].from, rows[i].to, 1), ==, 1);
      g_autoptr (TdmModel) bad = tdm_model_parse (text->str, text->len, "bad", &error);
      g_assert_null (bad);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_nonnull (strstr (error->message, rows[i].error));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  model = given_model (model_text);
  g_test_add_func ("/engine/salt/amount", test_amount);
  g_test_add_func ("/engine/salt/refused", test_refused);
  g_test_add_func ("/engine/salt/proposed-as-given", test_proposed_as_given);
  g_test_add_func ("/engine/salt/proposed-in-moles", test_proposed_in_moles);
  g_test_add_func ("/engine/salt/bundled", test_bundled);
  g_test_add_func ("/engine/salt/faults", test_faults);
  int status = g_test_run ();
  tdm_model_unref (model);
  return status;
}
