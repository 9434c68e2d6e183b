/* Covariates between their entries and without entries: the same wherever they count.
 */
#include "engine/curve.h"
#include "engine/map.h"
#include "engine/target.h"
#include "given.h"

#include <math.h>

static const char carried_model[] = GIVEN_HEAD
    "[covariate A]\ntitle = A\nunit = 1\nallowed = 0 to 9\n"
    "[covariate B]\ntitle = B\nunit = 1\nallowed = 0 to 9\ncarry = backward\n"
    "[covariate C]\ntitle = C\nunit = 1\nallowed = 0 to 9\ncarry = linear\n"
    "[parameters]\nCL = (1.7 + 0.9 * A + 0.6 * B + 0.4 * C) * exp(eta_CL)\nV = 61.3\n"
    "[units]\nCL = L/h\nV = L\n[effects]\nCL = sd 0.31\n"
    "[structure]\nkind = linear\ncompartments = 1\n"
    "[output Y]\ntitle = Y\nunit = mg/L\nerror = additive\nadditive = 0.3 mg/L\n"
    "[route iv]\ntitle = i\ninto = central\n"
    "[dosing iv]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\nsource = t\n"
    "[check one]\ncovariates = A 1, B 1, C 1\nvalues = V 61.3\nsource = t\n";

static const char carried_case[] =
    "'covariates': [{'name': 'A', 'value': 1}, {'name': 'A', 'time': 10, 'value': 2}, "
    "{'name': 'B', 'value': 1}, {'name': 'B', 'time': 7, 'value': 3}, "
    "{'name': 'C', 'time': 4, 'value': 2}, {'name': 'C', 'time': 20, 'value': 5}], "
    "'doses': [{'time': 0, 'amount': 870, 'unit': 'mg'}], "
    "'levels': [{'time': 24, 'value': 3.1, 'unit': 'mg/L'}], "
    "'target': {'metric': 'trough', 'low': 1, 'high': 2, 'unit': 'mg/L', 'at': 24}, "
    "'options': {'adjust': 12}";

/* Areas under the clearance by hand: A 1 to 10 h, then 2; B 3 from the start, as the
 * next entry holds; C 2 to 4 h, rising to 5 at 20 h. */
#define AREA_24 (1.7 * 24 + 0.9 * 38 + 0.6 * 72 + 0.4 * 84)
#define AREA_12_24 (1.7 * 12 + 0.9 * 24 + 0.6 * 36 + 0.4 * 54)

static void
assert_near (double a, double b, double epsilon)
{
  if (!(fabs (a - b) <= epsilon))
    g_error ("%.17g is not %.17g within %g", a, b, epsilon);
}

static TdmProblem *
problem_of (const char *text, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

/* At the estimate of the fit, by hand. */
static double
expected (double eta)
{
  return 870 / 61.3 * exp (-AREA_24 * exp (eta) / 61.3);
}

static void
test_fit_and_curve (void)
{
  g_autoptr (GError) error = NULL;
  const double time = 24;
  const TdmCurveOptions options = { .times_h = &time,
                                    .n_times = 1,
                                    .until_h = INFINITY };
  g_autoptr (TdmProblem) problem = problem_of (carried_model, carried_case);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  assert_near (fit->levels[0].population, expected (0), 1e-8);
  assert_near (fit->levels[0].individual, expected (fit->eta[0]), 1e-8);
  assert_near (curve->population[0], expected (0), 1e-8);
  assert_near (curve->individual[0], expected (fit->eta[0]), 1e-8);
}

/* A regimen from 12 h on goes through the same clearances as the history. */
static void
test_dose_search (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of (carried_model, carried_case);
  g_auto (TdmResolvedTarget) target = { 0 };
  TdmRegimenMetrics out;
  const double eta = 0.217;
  gboolean resolved =
      tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, &error);
  g_assert_no_error (error);
  g_assert_true (resolved);
  const TdmRegimen regimen = {
    .route = tdm_model_get_route (tdm_problem_get_model (problem), 0),
    .amount_mg = 430,
    .interval_h = 12,
    .first_dose_h = 12,
  };
  TdmMetrics *metrics = tdm_metrics_new (problem, &target);
  gboolean known = tdm_metrics_compute (metrics, &regimen, &eta, &out, &error);
  g_assert_no_error (error);
  g_assert_true (known);
  assert_near (out.trough,
               expected (eta) + 430 / 61.3 * exp (-AREA_12_24 * exp (eta) / 61.3),
               1e-8);
  tdm_metrics_free (metrics);
}

/* @HOW@ is what the model says of a missing albumin. */
static const char missing_model[] = GIVEN_HEAD
    "[covariate WT]\ntitle = Body weight\nunit = kg\nallowed = 20 to 150\n"
    "[covariate ALB]\ntitle = Albumin\nunit = g/L\nallowed = 5 to 60\n@HOW@\n"
    "[parameters]\nCL = 2.9 * (ALB / 40)^-0.7 * exp(eta_CL)\nV = 0.61 * WT\n"
    "[units]\nCL = L/h\nV = L\n[effects]\nCL = sd 0.31\n"
    "[structure]\nkind = linear\ncompartments = 1\n"
    "[output Y]\ntitle = Y\nunit = mg/L\nerror = additive\nadditive = 0.3 mg/L\n"
    "[route iv]\ntitle = i\ninto = central\n"
    "[check one]\ncovariates = WT 70, ALB 40\nvalues = CL 2.9\nsource = t\n";

#define IMPUTED "imputation = 18 + 0.3 * WT"
#define HEAVY "{'name': 'WT', 'value': 62, 'unit': 'kg'}"

static TdmProblem *
missing (const char *how, const char *covariates)
{
  g_autoptr (GString) text = g_string_new (missing_model);
  g_autofree char *body = g_strdup_printf (
      "'covariates': [%s], 'doses': [{'time': 0, 'amount': 870, 'unit': 'mg'}]",
      covariates);
  g_string_replace (text, "@HOW@", how, 1);
  return problem_of (text->str, body);
}

static double
albumin (const TdmProblem *problem, double time_h)
{
  return tdm_problem_get_covariate_at (problem, 1, time_h);
}

static void
test_imputed (void)
{
  g_autoptr (TdmProblem) problem = missing (IMPUTED, HEAVY);
  const TdmNote *note =
      find_note (tdm_problem_get_notes (problem), "covariate-imputed");
  assert_near (albumin (problem, 3), 36.6, 1e-12);
  g_assert_nonnull (note);
  g_assert_cmpint (note->severity, ==, TDM_NOTE_CAUTION);
  g_assert_cmpstr (note->text, ==,
                   "Albumin is not given; 36.6 g/L is assumed, as the model estimates "
                   "it from other values.");
}

/* The guess follows what it is made of, and the note says from where to where. */
static void
test_imputed_over_time (void)
{
  g_autoptr (TdmProblem) problem = missing (
      IMPUTED, HEAVY ", {'name': 'WT', 'time': 30, 'value': 58, 'unit': 'kg'}");
  const TdmNote *note =
      find_note (tdm_problem_get_notes (problem), "covariate-imputed");
  assert_near (albumin (problem, 29), 36.6, 1e-12);
  assert_near (albumin (problem, 31), 35.4, 1e-12);
  g_assert_nonnull (strstr (note->text, "36.6 g/L at first, at last 35.4 g/L"));
}

/* Given, it is neither guessed nor remarked on. */
static void
test_imputed_given (void)
{
  g_autoptr (TdmProblem) problem =
      missing (IMPUTED, HEAVY ", {'name': 'ALB', 'value': 2.7, 'unit': 'g/dL'}");
  const GPtrArray *notes = tdm_problem_get_notes (problem);
  assert_near (albumin (problem, 3), 27, 1e-12);
  g_assert_null (find_note (notes, "covariate-imputed"));
  g_assert_null (find_note (notes, "covariate-given-directly"));
}

/* A guess outside what the model may be used for is refused like a value. */
static void
test_imputed_outside (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (missing_model);
  g_string_replace (text, "@HOW@", "imputation = 0.9 * WT - 5", 1);
  g_autoptr (TdmModel) model = given_model (text->str);
  g_assert_null (given_problem (
      model, "'covariates': [{'name': 'WT', 'value': 81, 'unit': 'kg'}]", &error));
  g_assert_nonnull (strstr (error->message, "ALB: ALB 67.9 g/L is outside"));
}

static void
test_default (void)
{
  g_autoptr (TdmProblem) problem = missing ("default = 38.5", HEAVY);
  const TdmNote *note =
      find_note (tdm_problem_get_notes (problem), "covariate-assumed");
  assert_near (albumin (problem, 3), 38.5, 0);
  g_assert_cmpstr (note->text, ==, "Albumin is not given; 38.5 g/L is assumed.");
}

/* Neither: it is asked for. */
static void
test_needed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (missing_model);
  g_string_replace (text, "@HOW@\n", "", 1);
  g_autoptr (TdmModel) model = given_model (text->str);
  g_assert_null (given_problem (model, "'covariates': [" HEAVY "]", &error));
  g_assert_nonnull (strstr (error->message, "ALB (Albumin, g/L) is missing"));
}

static void
test_faults (void)
{
  static const char *const faults[][2] = {
    { IMPUTED "\nformula = 40",
      ":21:14: imputation: expected a formula or an imputation, not both" },
    { IMPUTED "\ndefault = 40", "expected a formula or a default, not both" },
    { "imputation = 18 + 0.3 * HT", "unknown name 'HT'" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (missing_model);
      g_string_replace (text, "@HOW@", faults[i][0], 1);
      g_assert_null (tdm_model_parse (text->str, text->len, "bad", &error));
      if (!strstr (error->message, faults[i][1]))
        g_error ("“%s” should have “%s”", error->message, faults[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/covariates/fit-and-curve", test_fit_and_curve);
  g_test_add_func ("/engine/covariates/dose-search", test_dose_search);
  g_test_add_func ("/engine/covariates/imputed", test_imputed);
  g_test_add_func ("/engine/covariates/imputed-over-time", test_imputed_over_time);
  g_test_add_func ("/engine/covariates/imputed-given", test_imputed_given);
  g_test_add_func ("/engine/covariates/imputed-outside", test_imputed_outside);
  g_test_add_func ("/engine/covariates/default", test_default);
  g_test_add_func ("/engine/covariates/needed", test_needed);
  g_test_add_func ("/engine/covariates/faults", test_faults);
  return g_test_run ();
}
