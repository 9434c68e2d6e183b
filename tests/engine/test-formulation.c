/* Formulations of doses: a category of a covariate, or a route. */
#include "given.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

#define HEAD                                                                         \
  GIVEN_HEAD "[covariate FORM]\ntitle = Formulation\ncategories = prompt, retard\n"  \
             "formulation = yes\n"                                                   \
             "[covariate WT]\ntitle = Body weight\nunit = kg\nallowed = 20 to 250\n" \
             "[parameters]\nCL = 3.83 * WT/70 * exp(eta_CL)\nV = 41.7\n"             \
             "KA = FORM == \"retard\" ? 0.31 : 1.7\nK0 = 60\n"                       \
             "[units]\nCL = L/h\nV = L\nKA = 1/h\nK0 = mg/h\n"                       \
             "[effects]\nCL = variance 0.09\n"                                       \
             "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n"             \
             "[output C]\ntitle = Testamycin\nunit = mg/L\nerror = additive\n"       \
             "additive = 0.7 mg/L\n"                                                 \
             "[route oral]\ntitle = By mouth\ninto = absorption\n"                   \
             "[route iv]\ntitle = Into a vein\ninto = central\n"
#define TAIL                                                          \
  "[check typical]\ncovariates = WT 70, FORM prompt\ndoses = 700 mg " \
  "oral\nvalues = CL 3.83\nsource = Test\n"

static const char model_text[] =
    HEAD "[route syrup]\ntitle = Syrup\ninto = central\nrate = K0\n"
         "formulation = syrup\n" TAIL;

#define WEIGHT "{'name': 'WT', 'value': 63.7, 'unit': 'kg'}"
#define CASE(covariates, doses)                                   \
  "'covariates': [" WEIGHT covariates "], 'doses': [" doses "], " \
  "'levels': [{'time': 7.3, 'value': 5.31, 'unit': 'mg/L'}, "     \
  "{'time': 19.1, 'value': 4.7, 'unit': 'mg/L'}, "                \
  "{'time': 35.7, 'value': 8.31, 'unit': 'mg/L'}]"
#define DOSE(time, more) \
  "{'time': " time ", 'amount': 700, 'unit': 'mg', 'interval': 12, " more "}"

static TdmModel *model;

static TdmProblem *
problem_of (const char *body)
{
  g_autoptr (GError) error = NULL;
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

static void
predict (const char *body, double values[3])
{
  static const double times[] = { 7.3, 19.1, 35.7 }, eta[] = { 0.173 };
  const TdmPlanSpec spec = { .until_h = INFINITY, .times_h = times, .n_times = 3 };
  g_autoptr (TdmProblem) problem = problem_of (body);
  g_assert_true (tdm_problem_predict (problem, eta, &spec, values, NULL));
}

/* Both predict the same, and `other` does not. */
static void
assert_same (const char *one, const char *two, const char *other)
{
  double x[3], y[3], z[3];
  predict (one, x);
  predict (two, y);
  predict (other, z);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (x[i], y[i], 1e-8 * x[i]);
  g_assert_cmpfloat (fabs (x[2] / z[2] - 1), >, 0.03);
}

/* Each dose's formulation holds until a dose of another. */
static void
test_covariate (void)
{
#define FORM_AT(time, form) ", {'name': 'FORM', 'time': " time ", 'value': '" form "'}"
  assert_same (
      CASE (
          "",
          DOSE ("0", "'count': 2, 'route': 'oral', 'formulation': 'Retard'") ", " DOSE (
              "24", "'count': 2, 'route': 'oral', "
                    "'formulation': 'prompt'")),
      CASE (FORM_AT ("0", "retard") FORM_AT ("24", "prompt"),
            DOSE ("0", "'count': 4, 'route': 'oral'")),
      CASE (FORM_AT ("0", "retard"), DOSE ("0", "'count': 4, 'route': 'oral'")));
}

/* Lines that alternate: every dose of a line says it anew. */
static void
test_alternating (void)
{
  assert_same (
      CASE ("", "{'time': 0, 'amount': 700, 'unit': 'mg', 'interval': 24, 'count': 2, "
                "'route': 'oral', 'formulation': 'retard'}, "
                "{'time': 12, 'amount': 700, 'unit': 'mg', 'interval': 24, 'count': 2, "
                "'route': 'oral', 'formulation': 'prompt'}"),
      CASE (FORM_AT ("0", "retard") FORM_AT ("12", "prompt") FORM_AT ("24", "retard"),
            DOSE ("0", "'count': 3, 'route': 'oral'")),
      CASE (FORM_AT ("0", "retard") FORM_AT ("12", "prompt"),
            DOSE ("0", "'count': 3, 'route': 'oral'")));
}

static void
test_route (void)
{
  const char *typed = DOSE ("0", "'count': 4, 'formulation': 'Syrup'");
  g_autofree char *one = g_strdup_printf (CASE (FORM_AT ("0", "prompt"), "%s"), typed);
  assert_same (
      one, CASE (FORM_AT ("0", "prompt"), DOSE ("0", "'count': 4, 'route': 'syrup'")),
      CASE (FORM_AT ("0", "retard"), DOSE ("0", "'count': 4, 'route': 'oral'")));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *covariates, *dose, *error;
  } rows[] = {
    { "", "'route': 'oral', 'formulation': 'patch'",
      "doses[0].formulation: testamycin-test-2026 has no formulation \"patch\"; "
      "expected one of prompt, retard, syrup" },
    { "", "'route': 'oral', 'formulation': 'syrup'",
      "doses[0].route: the formulation \"syrup\" is not given by the route \"oral\"; "
      "name one of them only" },
    { "", "'formulation': 'retard'",
      "doses[0].route: a route is needed; expected one of oral, iv, syrup" },
    { "", "'route': 'nose', 'formulation': 'retard'",
      "doses[0].route: testamycin-test-2026 has no route \"nose\"; expected one of "
      "oral, iv, syrup" },
    { FORM_AT ("3", "retard"), "'route': 'oral', 'formulation': 'retard'",
      "doses[0].formulation: FORM is a covariate of the case already; leave one of "
      "them out" },
    { "", "'route': 'oral'", "covariates: FORM (Formulation) is missing" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *body = g_strdup_printf (
          "'covariates': [" WEIGHT "%s], 'doses': [{'time': 0, 'amount': 700, "
          "'unit': 'mg', %s}]",
          rows[i].covariates, rows[i].dose);
      g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
      g_assert_null (problem);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_cmpstr (error->message, ==, rows[i].error);
    }
}

/* Valproate's are routes, those of tacrolimus a covariate; vancomycin has none. */
static void
test_bundled (void)
{
  static const struct
  {
    const char *id, *formulations;
  } rows[] = { { "valproate-williams-2012", "sprinkle, capsule, tablet, syrup" },
               { "tacrolimus-woillard-2011", "Advagraf, Prograf" },
               { "vancomycin-goti-2018", "" } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) bundled = bundled_model (rows[i].id);
      g_auto (GStrv) list = tdm_model_dup_formulations (bundled);
      g_autofree char *joined = g_strjoinv (", ", list);
      g_assert_cmpstr (joined, ==, rows[i].formulations);
    }
}

static void
test_faults (void)
{
  static const struct
  {
    const char *from, *to;
  } rows[] = {
    { "formulation = yes\n", "formulation = perhaps\n" },
    { "formulation = yes\n", "formulation = yes\ncarry = backward\n" },
    { "unit = kg\n", "unit = kg\nformulation = yes\n" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) parts = g_strsplit (model_text, rows[i].from, 2);
      g_autofree char *text = g_strjoin (rows[i].to, parts[0], parts[1], NULL);
      g_autoptr (TdmModel) wrong =
          tdm_model_parse (text, strlen (text), "test.model", &error);
      g_assert_null (wrong);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_nonnull (strstr (error->message, "formulation: expected "));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  model = given_model (model_text);
  g_test_add_func ("/engine/formulation/covariate", test_covariate);
  g_test_add_func ("/engine/formulation/alternating", test_alternating);
  g_test_add_func ("/engine/formulation/route", test_route);
  g_test_add_func ("/engine/formulation/refused", test_refused);
  g_test_add_func ("/engine/formulation/bundled", test_bundled);
  g_test_add_func ("/engine/formulation/faults", test_faults);
  int status = g_test_run ();
  tdm_model_unref (model);
  return status;
}
