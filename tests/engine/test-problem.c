/* From a case and a model to numbers: units, covariates over time, doses, levels, the
 * current regimen, and what is said about all of them. */
#include "engine/map.h"
#include "engine/objective.h"
#include "given.h"

#include "base/error.h"
#include "num/linalg.h"

#include <math.h>

/* A covariate of each kind, every one of them used. */
static const char model_text[] = GIVEN_HEAD
    "molar_mass = 500 g/mol\n"
    "[covariate AGE]\ntitle = Age\nunit = y\nstudied = 18 to 90\nallowed = 0 to 120\n"
    "[covariate WT]\ntitle = Body weight\nunit = kg\nstudied = 40 to 110\n"
    "allowed = 20 to 250\n"
    "[covariate sex]\ntitle = Sex\ncategories = male, female\n"
    "[covariate SCR]\ntitle = Serum creatinine\nunit = mg/dL\nallowed = 0.1 to 25\n"
    "[covariate CLCR]\ntitle = Creatinine clearance\nunit = mL/min\n"
    "studied = 10 to 150\nallowed = 1 to 2000\n"
    "formula = cockcroft_gault(AGE, WT, SCR, sex)\n"
    "[covariate ALB]\ntitle = Albumin\nunit = g/L\nallowed = 10 to 60\n"
    "default = 38.5\ncarry = backward\n"
    "[covariate HCT]\ntitle = Haematocrit\nunit = %\nallowed = 5 to 70\n"
    "default = 40\ncarry = linear\n"
    "[covariate CYP3A5]\ntitle = CYP3A5 genotype\n"
    "categories = non-expresser, expresser\ndefault = non-expresser\n"
    "[parameters]\n"
    "CL = 4.3 * CLCR/100 * (ALB/40)^0.5 * 1.6^CYP3A5 * exp(eta_CL)\n"
    "V = 0.62 * WT * HCT/40 * exp(eta_V)\n"
    "KA = 1.07\n"
    "[units]\nCL = L/h\nV = L\nKA = 1/h\n"
    "[effects]\nCL = variance 0.09\nV = variance 0.04\n"
    "[structure]\nkind = linear\ncompartments = 1\n"
    "chain = 1\n"
    "[output C]\ntitle = Testamycin\nunit = mg/L\nerror = combined\n"
    "additive = 0.7 mg/L\nproportional = 13 %\n"
    "[route iv]\ntitle = Infusion\ninto = central\ninfusion = yes\n"
    "[route oral]\ntitle = By mouth\ninto = absorption\n"
    "[dosing iv]\namounts = 100 to 2000 step 100 mg\nintervals = 8, 12, 24 h\n"
    "durations = 1 h\nmax_single = 2000 mg\nsource = Test\n"
    "[target trough]\ntitle = Trough 7 to 13 mg/L\nmetric = trough\nlow = 7\n"
    "high = 13\nunit = mg/L\nsource = Test\n"
    "[check typical]\ncovariates = CLCR 100, WT 70, ALB 40\ndoses = 700 mg iv over 1 "
    "h\n"
    "values = CL 4.3, V 43.4\nsource = Test\n";

#define PATIENT "'patient': {'id': 'P', 'sex': 'female', 'birth': '1956-11-21'}, "
#define START "'start': '2026-11-21T08:00', "
#define COVARIATES                                               \
  "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, " \
  "{'name': 'SCR', 'value': 1.13, 'unit': 'mg/dL'}], "
#define DOSES                                                          \
  "'doses': [{'time': 0, 'amount': 913, 'unit': 'mg', 'route': 'iv', " \
  "'duration': 1, 'interval': 12, 'count': 3}]"

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
assert_refused (const char *body, int code, const char *start)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_null (problem);
  g_assert_error (error, TDM_ERROR, code);
  if (!g_str_has_prefix (error->message, start))
    g_error ("expected \"%s…\", got \"%s\"", start, error->message);
}

static double
covariate_at (const TdmProblem *problem, const char *name, double time_h)
{
  int i = tdm_model_find_covariate (model, name);
  g_assert_cmpint (i, >=, 0);
  return tdm_problem_get_covariate_at (problem, i, time_h);
}

static void
assert_near (double got, double want)
{
  if (!(fabs (got - want) <= 1e-9 * fabs (want)))
    g_error ("expected %.12g, got %.12g", want, got);
}

static double
given_value (const char *name, const char *value, const char *unit)
{
  g_autofree char *body = g_strdup_printf (
      START PATIENT "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                    "{'name': 'SCR', 'value': 1.13, 'unit': 'mg/dL', 'time': 3}, "
                    "{'name': '%s', 'value': %s%s%s%s}], " DOSES,
      name, value, unit ? ", 'unit': '" : "", unit ? unit : "", unit ? "'" : "");
  g_autoptr (TdmProblem) problem = problem_of (body);
  return covariate_at (problem, name, -1);
}

static void
test_units (void)
{
  assert_near (given_value ("SCR", "1.37", "mg/dL"), 1.37);
  /* 88.42 umol/L of creatinine are 1 mg/dL. */
  assert_near (given_value ("SCR", "141", "umol/L"), 141 / 88.42);
  assert_near (given_value ("HCT", "0.273", "1"), 27.3);
  assert_near (given_value ("HCT", "27.3", "%"), 27.3);
  assert_near (given_value ("ALB", "3.17", "g/dL"), 31.7);
  assert_near (given_value ("ALB", "31.7", "g/L"), 31.7);
  assert_near (given_value ("AGE", "7305", "d"), 20);
  assert_near (given_value ("AGE", "23.25", "y"), 23.25);
  assert_near (given_value ("CLCR", "5.43", "L/h"), 90.5);
  assert_near (given_value ("CYP3A5", "1", NULL), 1);
  assert_near (given_value ("CYP3A5", "'Expresser'", NULL), 1);
  assert_near (given_value ("CYP3A5", "'non-expresser'", NULL), 0);
}

static void
test_covariate_refused (void)
{
  assert_refused (START PATIENT "'covariates': [{'name': 'WT', 'value': 19.9, "
                                "'unit': 'kg'}], " DOSES,
                  TDM_ERROR_NO_ANSWER, "covariates[0].value: WT 19.9 kg is outside");
  assert_refused (START PATIENT
                  "'covariates': [{'name': 'CYP3A5', 'value': 'maybe'}], " DOSES,
                  TDM_ERROR_INPUT,
                  "covariates[0].value: \"maybe\" is not known for CYP3A5; expected "
                  "one of non-expresser, expresser");
  assert_refused (START PATIENT
                  "'covariates': [{'name': 'CYP3A5', 'value': 2}], " DOSES,
                  TDM_ERROR_INPUT, "covariates[0].value: CYP3A5 must be one of");
  assert_refused (START PATIENT
                  "'covariates': [{'name': 'CYP3A5', 'value': 0.5}], " DOSES,
                  TDM_ERROR_INPUT, "covariates[0].value: CYP3A5 must be one of");
  /* The derived clearance is checked as well: 0.9 mL/min. */
  assert_refused (START PATIENT
                  "'covariates': [{'name': 'WT', 'value': 23.7, 'unit': 'kg'}, "
                  "{'name': 'AGE', 'value': 119, 'unit': 'y'}, "
                  "{'name': 'SCR', 'value': 24, 'unit': 'mg/dL'}], " DOSES,
                  TDM_ERROR_NO_ANSWER, "CLCR: CLCR 0.2");
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem =
      given_problem (model,
                     START "'covariates': [{'name': 'SCR', 'value': 1.1, "
                           "'unit': 'mg/dL'}], " DOSES,
                     &error);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "AGE"));
  g_assert_nonnull (strstr (error->message, "sex"));
  g_assert_nonnull (strstr (error->message, "WT"));
  g_assert_nonnull (strstr (error->message, "kg"));
  g_assert_null (strstr (error->message, "SCR"));
  g_assert_null (strstr (error->message, "ALB"));
  /* Once each, though weight is needed twice. */
  const char *weight = strstr (error->message, "WT");
  g_assert_null (strstr (weight + 1, "WT"));
}

/* Sex and age come from the patient, and an entry goes before them. */
static void
test_patient (void)
{
  g_autoptr (TdmProblem) problem = problem_of (START PATIENT COVARIATES DOSES);
  double age = 25567 / 365.25; /* 1956-11-21 to 2026-11-21 */
  assert_near (covariate_at (problem, "AGE", 0), age);
  assert_near (covariate_at (problem, "sex", 0), 1);
  assert_near (covariate_at (problem, "CLCR", 0),
               (140 - age) * 63.7 / (72 * 1.13) * 0.85);
  g_autoptr (TdmProblem) other =
      problem_of (START "'patient': {'id': 'P', 'sex': 'male', 'birth': '1956-11-21'}, "
                        "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                        "{'name': 'AGE', 'value': 33, 'unit': 'y'}, "
                        "{'name': 'SCR', 'value': 1.13, 'unit': 'mg/dL'}], " DOSES);
  assert_near (covariate_at (other, "AGE", 0), 33);
  assert_near (covariate_at (other, "CLCR", 0), (140 - 33) * 63.7 / (72 * 1.13));
}

static void
test_given_directly (void)
{
  g_autoptr (TdmProblem) problem =
      problem_of ("'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                  "{'name': 'CLCR', 'value': 47.3, 'unit': 'mL/min'}, "
                  "{'name': 'CRP', 'value': 12, 'unit': 'mg/L'}], " DOSES);
  assert_near (covariate_at (problem, "CLCR", 5), 47.3);
  g_assert_true (isnan (covariate_at (problem, "SCR", 5)));
  const GPtrArray *notes = tdm_problem_get_notes (problem);
  const TdmNote *unused = find_note (notes, "covariate-not-used");
  g_assert_nonnull (unused);
  g_assert_cmpint (unused->severity, ==, TDM_NOTE_INFO);
  g_assert_nonnull (strstr (unused->text, "CRP"));
  const TdmNote *assumed = find_note (notes, "covariate-assumed");
  g_assert_cmpstr (assumed->text, ==, "Albumin is not given; 38.5 g/L is assumed.");
}

/* A clearance given directly goes before a creatinine, and that is said. */
static void
test_given_twice (void)
{
  g_autoptr (TdmProblem) problem = problem_of (
      START PATIENT "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                    "{'name': 'SCR', 'value': 3.1, 'unit': 'mg/dL'}, "
                    "{'name': 'CLCR', 'value': 47.3, 'unit': 'mL/min'}], " DOSES);
  assert_near (covariate_at (problem, "CLCR", 5), 47.3);
  const TdmNote *note =
      find_note (tdm_problem_get_notes (problem), "covariate-given-directly");
  g_assert_nonnull (note);
  g_assert_cmpstr (note->text, ==,
                   "Creatinine clearance is given directly; it is not computed from "
                   "other values.");
  g_autoptr (TdmProblem) computed = problem_of (START PATIENT COVARIATES DOSES);
  g_assert_null (
      find_note (tdm_problem_get_notes (computed), "covariate-given-directly"));
}

/* An assumed category is named, not numbered. */
static void
test_assumed_category (void)
{
  g_autoptr (TdmProblem) problem = problem_of (
      START PATIENT "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                    "{'name': 'ALB', 'value': 40, 'unit': 'g/L'}, "
                    "{'name': 'HCT', 'value': 40, 'unit': '%'}, "
                    "{'name': 'SCR', 'value': 1.13, 'unit': 'mg/dL'}], " DOSES);
  const TdmNote *note =
      find_note (tdm_problem_get_notes (problem), "covariate-assumed");
  g_assert_cmpstr (note->text, ==,
                   "CYP3A5 genotype is not given; non-expresser is assumed.");
  g_assert_cmpint (note->severity, ==, TDM_NOTE_CAUTION);
}

static void
test_outside_studied (void)
{
  g_autoptr (TdmProblem) inside = problem_of (START PATIENT COVARIATES DOSES);
  g_assert_false (tdm_problem_is_extrapolated (inside));
  g_assert_null (find_note (tdm_problem_get_notes (inside), "covariate-outside-range"));
  g_autoptr (TdmProblem) heavy = problem_of (
      START PATIENT "'covariates': [{'name': 'WT', 'value': 131, 'unit': 'kg'}, "
                    "{'name': 'CLCR', 'value': 47.3, 'unit': 'mL/min'}], " DOSES);
  g_assert_true (tdm_problem_is_extrapolated (heavy));
  const TdmNote *note =
      find_note (tdm_problem_get_notes (heavy), "covariate-outside-range");
  g_assert_cmpint (note->severity, ==, TDM_NOTE_CAUTION);
  g_assert_cmpstr (note->place, ==, "covariates[0].value");
  g_assert_nonnull (strstr (note->text, "131 kg"));
}

/* One note tells of a covariate that runs outside the range in many steps. */
static void
test_outside_in_steps (void)
{
  g_autoptr (TdmProblem) problem =
      problem_of (START PATIENT
                  "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                  "{'name': 'SCR', 'value': 9, 'unit': 'mg/dL'}, "
                  "{'name': 'SCR', 'value': 10, 'unit': 'mg/dL', 'time': 24}, "
                  "{'name': 'SCR', 'value': 11, 'unit': 'mg/dL', 'time': 48}], " DOSES);
  guint n = 0;
  const GPtrArray *notes = tdm_problem_get_notes (problem);
  for (guint i = 0; i < notes->len; i++)
    n += g_str_equal (((TdmNote *)notes->pdata[i])->code, "covariate-outside-range");
  g_assert_cmpuint (n, ==, 1);
}

#define OVER_TIME                                                     \
  "'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "      \
  "{'name': 'CLCR', 'value': 91.3, 'unit': 'mL/min', 'time': 4}, "    \
  "{'name': 'CLCR', 'value': 37.9, 'unit': 'mL/min', 'time': 10.5}, " \
  "{'name': 'ALB', 'value': 40, 'unit': 'g/L', 'time': 2}, "          \
  "{'name': 'ALB', 'value': 31, 'unit': 'g/L', 'time': 20}, "         \
  "{'name': 'HCT', 'value': 32, 'unit': '%', 'time': 6}, "            \
  "{'name': 'HCT', 'value': 44, 'unit': '%', 'time': 30}], "

static void
test_over_time (void)
{
  g_autoptr (TdmProblem) p = problem_of (OVER_TIME DOSES);
  /* Forward; the first also backwards. */
  assert_near (covariate_at (p, "CLCR", -100), 91.3);
  assert_near (covariate_at (p, "CLCR", 10.4999), 91.3);
  assert_near (covariate_at (p, "CLCR", 10.5), 37.9);
  assert_near (covariate_at (p, "CLCR", 1e5), 37.9);
  /* Backward; the last also forwards. */
  assert_near (covariate_at (p, "ALB", 1.9), 40);
  assert_near (covariate_at (p, "ALB", 2.1), 31);
  assert_near (covariate_at (p, "ALB", 19.9), 31);
  assert_near (covariate_at (p, "ALB", 77), 31);
  /* Linear, in steps of at most an hour. */
  assert_near (covariate_at (p, "HCT", 1), 32);
  assert_near (covariate_at (p, "HCT", 31), 44);
  for (double t = 6.1; t < 30; t += 0.7)
    g_assert_cmpfloat (fabs (covariate_at (p, "HCT", t) - (32 + (t - 6) * 0.5)), <,
                       0.2501);
}

static double
predict_at (const TdmProblem *problem, double time_h)
{
  TdmJetSpace plain = tdm_jet_space (0, 0);
  g_autoptr (GError) error = NULL;
  const double eta[2] = { 0.173, -0.081 };
  g_autofree double *parameters = g_new (double, tdm_problem_get_n_sets (problem) * 3);
  double value;
  const TdmPlanSpec spec = { .until_h = INFINITY, .times_h = &time_h, .n_times = 1 };
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (problem, &spec, &error);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_assert_no_error (error);
  g_assert_true (
      tdm_problem_parameters (problem, &plain, eta, TDM_SETS_HISTORY, parameters));
  g_assert_true (
      tdm_pk_plan_predict (plan, work, &plain, parameters, &value, NULL, &error));
  return value;
}

/* An infusion of one hour, then two stretches of decay with a clearance each. */
static void
test_two_segments (void)
{
  g_autoptr (TdmProblem) p =
      problem_of ("'covariates': [{'name': 'WT', 'value': 63.7, 'unit': 'kg'}, "
                  "{'name': 'HCT', 'value': 40, 'unit': '%'}, "
                  "{'name': 'ALB', 'value': 40, 'unit': 'g/L'}, "
                  "{'name': 'CLCR', 'value': 91.3, 'unit': 'mL/min'}, "
                  "{'name': 'CLCR', 'value': 37.9, 'unit': 'mL/min', 'time': 5.3}], "
                  "'doses': [{'time': 0, 'amount': 913, 'unit': 'mg', 'route': 'iv', "
                  "'duration': 1}]");
  double v = 0.62 * 63.7 * exp (-0.081);
  double cl_1 = 4.3 * 0.913 * exp (0.173), cl_2 = 4.3 * 0.379 * exp (0.173);
  double end = 913 / cl_1 * (1 - exp (-cl_1 / v));
  double change = end * exp (-cl_1 / v * 4.3);
  assert_near (predict_at (p, 5.3), change);
  assert_near (predict_at (p, 3.1), end * exp (-cl_1 / v * 2.1));
  assert_near (predict_at (p, 11.7), change * exp (-cl_2 / v * 6.4));
}

static void
test_doses (void)
{
  g_autoptr (TdmProblem) p = problem_of (
      START PATIENT COVARIATES
      "'doses': [{'time': 0, 'amount': 2, 'unit': 'mmol', 'route': 'iv', "
      "'duration': 0.5}, {'time': 9, 'amount': 0.731, 'unit': 'g', 'route': 'oral'}]");
  assert_near (tdm_problem_get_dose (p, 0)->amount_mg, 1000);
  assert_near (tdm_problem_get_dose (p, 1)->amount_mg, 731);
  assert_near (tdm_problem_get_dose (p, 0)->duration_h, 0.5);
  g_assert_cmpuint (tdm_problem_get_dose (p, 1)->count, ==, 1);
#define DOSE(rest) START PATIENT COVARIATES "'doses': [{'time': 0, 'amount': 100, " rest
  assert_refused (
      DOSE ("'unit': 'mg', 'route': 'nose'}]"), TDM_ERROR_INPUT,
      "doses[0].route: testamycin-test-2026 has no route \"nose\"; expected one "
      "of iv, oral");
  assert_refused (DOSE ("'unit': 'mg'}]"), TDM_ERROR_INPUT,
                  "doses[0].route: a route is needed");
  assert_refused (DOSE ("'unit': 'mg', 'route': 'oral', 'salt': 'sulphate'}]"),
                  TDM_ERROR_INPUT, "doses[0].salt: ");
  assert_refused (DOSE ("'unit': 'mg', 'route': 'oral', 'duration': 2}]"),
                  TDM_ERROR_INPUT, "doses[0].duration: ");
  assert_refused (DOSE ("'unit': 'IU', 'route': 'oral'}]"), TDM_ERROR_INPUT,
                  "doses[0].unit: ");
#undef DOSE
}

static void
test_current (void)
{
  g_autoptr (TdmProblem) repeated = problem_of (START PATIENT COVARIATES DOSES);
  TdmCurrentRegimen c = tdm_problem_get_current (repeated);
  g_assert_cmpstr (c.route->name, ==, "iv");
  g_assert_true (c.amount_mg == 913 && c.interval_h == 12 && c.duration_h == 1);
  g_assert_cmpfloat (tdm_problem_get_adjust_h (repeated), ==, 36);
  g_assert_cmpfloat (tdm_problem_get_now_h (repeated), ==, 24);

  /* Two single doses 11.2 h apart stand for every 12 h. */
  g_autoptr (TdmProblem) single = problem_of (
      START PATIENT COVARIATES
      "'doses': [{'time': 11.2, 'amount': 700, 'unit': 'mg', 'route': 'iv', "
      "'duration': "
      "2}, {'time': 0, 'amount': 913, 'unit': 'mg', 'route': 'iv', 'duration': 1}], "
      "'levels': [{'time': 29, 'value': 4.1, 'unit': 'mg/L'}]");
  c = tdm_problem_get_current (single);
  g_assert_true (c.amount_mg == 700 && c.interval_h == 12 && c.duration_h == 2);
  g_assert_false (c.stated);
  g_assert_cmpfloat (tdm_problem_get_now_h (single), ==, 29);
  g_assert_cmpfloat (tdm_problem_get_adjust_h (single), ==, 29);

  /* 9.7 h apart is no ward's interval here. */
  g_autoptr (TdmProblem) odd =
      problem_of (START PATIENT COVARIATES
                  "'doses': [{'time': 0, 'amount': 700, 'unit': 'mg', 'route': 'iv'}, "
                  "{'time': 9.7, 'amount': 913, 'unit': 'mg', 'route': 'iv'}]");
  g_assert_cmpfloat (tdm_problem_get_current (odd).interval_h, ==, 9.7);

  g_autoptr (TdmProblem) none = problem_of (START PATIENT COVARIATES "'doses': []");
  g_assert_null (tdm_problem_get_current (none).route);
  g_assert_cmpfloat (tdm_problem_get_adjust_h (none), ==, 0);
  g_assert_nonnull (find_note (tdm_problem_get_notes (none), "no-doses"));
}

/* A dose was due a good while before the last level. Where its interval was entered,
 * one may be missing; where it was only the spacing of two, it is no regimen. */
static void
test_late_dose (void)
{
  static const char history[] =
      START PATIENT COVARIATES "'doses': [{'time': 0, 'amount': 700, 'unit': 'mg', "
                               "'route': 'iv'%s}, {'time': 12, "
                               "'amount': 650, 'unit': 'mg', 'route': 'iv'%s}], "
                               "'levels': [{'time': %s, 'value': "
                               "4.1, 'unit': 'mg/L'}]";
  static const struct
  {
    const char *interval, *level, *code;
    double current_h;
  } cases[] = { { "", "29.9", NULL, 12.0 },
                { "", "30.1", "regimen-unknown", 0.0 },
                { ", 'interval': 12, 'count': 1", "29.9", NULL, 12.0 },
                { ", 'interval': 12, 'count': 1", "30.1", "dose-missing", 12.0 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json =
          g_strdup_printf (history, "", cases[i].interval, cases[i].level);
      g_autoptr (TdmProblem) problem = problem_of (json);
      const GPtrArray *notes = tdm_problem_get_notes (problem);
      g_assert_cmpfloat (tdm_problem_get_current (problem).interval_h, ==,
                         cases[i].current_h);
      g_assert_true (!cases[i].code || find_note (notes, cases[i].code));
      g_assert_true (cases[i].code || !find_note (notes, "regimen-unknown"));
      g_assert_true (cases[i].code || !find_note (notes, "dose-missing"));
    }
}

static void
test_adjust (void)
{
  g_autoptr (TdmProblem) p = problem_of (
      START PATIENT COVARIATES
      "'doses': [{'time': 0, 'amount': 700, 'unit': 'mg', 'route': 'iv', 'interval': "
      "12, "
      "'count': 9}], 'levels': [{'time': 35, 'value': 4.1, 'unit': 'mg/L'}], "
      "'options': {'adjust': 41.5}");
  g_assert_cmpfloat (tdm_problem_get_adjust_h (p), ==, 41.5);
  g_assert_cmpfloat (tdm_problem_get_now_h (p), ==, 35);
}

/* Doses of the history that a plan keeps when it is cut at `until_h`. */
static guint
doses_until (const TdmProblem *p, double until_h)
{
  g_autoptr (GError) error = NULL;
  const TdmPlanSpec spec = { .until_h = until_h };
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (p, &spec, &error);
  g_assert_no_error (error);
  return tdm_pk_plan_get_n_doses (plan);
}

static void
test_cut (void)
{
  g_autoptr (TdmProblem) p = problem_of (
      START PATIENT COVARIATES
      "'doses': [{'time': 0, 'amount': 700, 'unit': 'mg', 'route': 'iv', 'interval': "
      "4.8, 'count': 9}, {'time': 100, 'amount': 1, 'unit': 'mg', 'route': 'iv'}]");
  g_assert_cmpuint (doses_until (p, INFINITY), ==, 10);
  g_assert_cmpuint (doses_until (p, 100), ==, 9);
  g_assert_cmpuint (doses_until (p, 38.41), ==, 9);
  g_assert_cmpuint (doses_until (p, 4.81), ==, 2);
  g_assert_cmpuint (doses_until (p, 0), ==, 0);
  /* 3 * 4.8 is not 14.4 in binary, yet the dose due then is not given twice. */
  g_assert_cmpuint (doses_until (p, 14.4), ==, 3);
  for (guint k = 1; k < 9; k++)
    {
      g_autofree char *text = g_strdup_printf ("%.1f", 4.8 * k);
      g_assert_cmpuint (doses_until (p, g_ascii_strtod (text, NULL)), ==, k);
    }
}

static void
test_levels (void)
{
  g_autoptr (TdmProblem) p =
      problem_of (START PATIENT COVARIATES DOSES
                  ", 'levels': [{'time': 30, 'value': 21, 'unit': 'umol/L'}, "
                  "{'time': 24, 'value': 0.0043, 'unit': 'g/L', 'weight': 0.25}, "
                  "{'time': -2, 'value': 1, 'unit': 'mg/L'}, "
                  "{'time': 12.3, 'value': 31, 'unit': 'mg/L'}, "
                  "{'time': 13.2, 'value': 29, 'unit': 'mg/L', 'use': false}, "
                  "{'time': 25.4, 'value': 29, 'unit': 'mg/L'}, "
                  "{'time': 29, 'value': 2, 'unit': 'mg/L', 'below': true}, "
                  "{'time': 28, 'value': 5, 'unit': 'mg/L', 'weight': 0}]");
  assert_near (tdm_problem_get_level (p, 0)->value, 10.5);
  assert_near (tdm_problem_get_level (p, 1)->value, 4.3);
  assert_near (tdm_problem_get_level (p, 1)->weight, 0.25);
  const gboolean used[] = { TRUE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE, FALSE };
  for (guint i = 0; i < 8; i++)
    g_assert_cmpint (tdm_problem_get_level (p, i)->use, ==, used[i]);
  g_assert_cmpint (tdm_problem_get_level (p, 6)->censor, ==, TDM_CENSOR_BELOW);
  const GPtrArray *notes = tdm_problem_get_notes (p);
  g_assert_cmpstr (find_note (notes, "level-before-first-dose")->place, ==,
                   "levels[2].time");
  g_assert_cmpstr (find_note (notes, "level-during-infusion")->place, ==,
                   "levels[3].time");
  g_assert_cmpstr (find_note (notes, "level-in-distribution")->place, ==,
                   "levels[5].time");
  g_assert_null (find_note (notes, "a-priori"));
  assert_refused (START PATIENT COVARIATES DOSES
                  ", 'levels': [{'time': 30, 'value': 21, 'unit': 'IU/L'}]",
                  TDM_ERROR_INPUT, "levels[0].unit: ");
  assert_refused (START PATIENT COVARIATES DOSES
                  ", 'levels': [{'time': 30, 'value': 21, 'unit': 'mg/L', 'output': "
                  "'urine'}]",
                  TDM_ERROR_INPUT, "levels[0].output: ");
}

/* The infusion that runs need not be the dose given last. */
static void
test_level_during_long_infusion (void)
{
  g_autoptr (TdmProblem) p =
      problem_of (START PATIENT COVARIATES
                  "'doses': [{'time': 0, 'amount': 913, 'unit': 'mg', 'route': 'iv', "
                  "'duration': 24}, "
                  "{'time': 3, 'amount': 100, 'unit': 'mg', 'route': 'oral'}], "
                  "'levels': [{'time': 8, 'value': 21, 'unit': 'mg/L'}]");
  g_assert_nonnull (find_note (tdm_problem_get_notes (p), "level-during-infusion"));
}

static void
test_level_left_out (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) with =
      problem_of (START PATIENT COVARIATES DOSES
                  ", 'levels': [{'time': 0, 'value': 1, 'unit': 'mg/L'}, "
                  "{'time': 30, 'value': 11, 'unit': 'mg/L'}]");
  g_autoptr (TdmProblem) without =
      problem_of (START PATIENT COVARIATES DOSES
                  ", 'levels': [{'time': 30, 'value': 11, 'unit': 'mg/L'}]");
  g_autoptr (TdmFit) a = tdm_map_fit (with, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) b = tdm_map_fit (without, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (a->objective, ==, b->objective);
  g_assert_cmpfloat (a->eta[0], ==, b->eta[0]);
  g_assert_false (a->levels[0].used);
}

static void
test_target (void)
{
  g_autoptr (TdmProblem) own = problem_of (START PATIENT COVARIATES DOSES);
  g_assert_cmpint (tdm_problem_get_target (own)->metric, ==, TDM_METRIC_TROUGH);
  g_assert_cmpfloat (tdm_problem_get_target (own)->low, ==, 7);
  g_assert_nonnull (find_note (tdm_problem_get_notes (own), "target-assumed"));
  g_autoptr (TdmProblem) given = problem_of (
      START PATIENT COVARIATES DOSES
      ", 'target': {'metric': 'peak', 'low': 20, 'high': 31, 'unit': 'umol/L'}");
  g_assert_cmpint (tdm_problem_get_target (given)->metric, ==, TDM_METRIC_PEAK);
  g_assert_null (find_note (tdm_problem_get_notes (given), "target-assumed"));
  assert_refused (START PATIENT COVARIATES DOSES
                  ", 'target': {'metric': 'peak', 'low': 20, 'high': 31, 'unit': "
                  "'IU/L'}",
                  TDM_ERROR_INPUT, "target.unit: ");
}

/* Prior weight 0.5 doubles the variances. */
static void
test_prior_weight (void)
{
  g_autoptr (TdmProblem) p =
      problem_of (START PATIENT COVARIATES DOSES ", 'options': {'prior_weight': 0.5}");
  const double *omega = tdm_problem_get_omega (p);
  assert_near (omega[0], 0.18);
  assert_near (omega[3], 0.08);
  assert_near (tdm_problem_get_omega_inverse (p)[0], 1 / 0.18);
  assert_near (tdm_problem_get_omega_cholesky (p)[3], sqrt (0.08));
  g_assert_nonnull (find_note (tdm_problem_get_notes (p), "prior-weight"));
}

/* What is infused but has no length is computed, and said. */
static void
test_bolus (void)
{
  g_autoptr (TdmProblem) bolus = problem_of (
      START PATIENT COVARIATES "'doses': [{'time': 0, 'amount': 913, 'unit': 'mg', "
                               "'route': 'iv'}]");
  g_autoptr (TdmProblem) infused = problem_of (START PATIENT COVARIATES DOSES);
  const TdmNote *note =
      find_note (tdm_problem_get_notes (bolus), "dose-without-duration");
  g_assert_nonnull (note);
  g_assert_cmpint (note->severity, ==, TDM_NOTE_INFO);
  g_assert_null (find_note (tdm_problem_get_notes (infused), "dose-without-duration"));
}

/* A line at steady state that the new regimen starts before is not counted: said. */
static void
test_adjust_before_steady_state (void)
{
#define STEADY                                                     \
  START PATIENT COVARIATES                                         \
      "'doses': [{'time': 48, 'amount': 913, 'unit': 'mg', "       \
      "'route': 'iv', 'duration': 1, 'interval': 12, 'count': 3, " \
      "'steady_state': true}], 'options': {'adjust': "
  g_autoptr (TdmProblem) before = problem_of (STEADY "36}");
  g_autoptr (TdmProblem) after = problem_of (STEADY "61}");
#undef STEADY
  g_assert_nonnull (
      find_note (tdm_problem_get_notes (before), "adjust-before-steady-state"));
  g_assert_null (
      find_note (tdm_problem_get_notes (after), "adjust-before-steady-state"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  model = given_model (model_text);
  g_test_add_func ("/engine/problem/bolus", test_bolus);
  g_test_add_func ("/engine/problem/adjust-before-steady-state",
                   test_adjust_before_steady_state);
  g_test_add_func ("/engine/problem/units", test_units);
  g_test_add_func ("/engine/problem/covariate-refused", test_covariate_refused);
  g_test_add_func ("/engine/problem/missing", test_missing);
  g_test_add_func ("/engine/problem/patient", test_patient);
  g_test_add_func ("/engine/problem/given-directly", test_given_directly);
  g_test_add_func ("/engine/problem/given-twice", test_given_twice);
  g_test_add_func ("/engine/problem/assumed-category", test_assumed_category);
  g_test_add_func ("/engine/problem/outside-studied", test_outside_studied);
  g_test_add_func ("/engine/problem/outside-in-steps", test_outside_in_steps);
  g_test_add_func ("/engine/problem/over-time", test_over_time);
  g_test_add_func ("/engine/problem/two-segments", test_two_segments);
  g_test_add_func ("/engine/problem/doses", test_doses);
  g_test_add_func ("/engine/problem/current", test_current);
  g_test_add_func ("/engine/problem/adjust", test_adjust);
  g_test_add_func ("/engine/problem/late-dose", test_late_dose);
  g_test_add_func ("/engine/problem/cut", test_cut);
  g_test_add_func ("/engine/problem/levels", test_levels);
  g_test_add_func ("/engine/problem/long-infusion", test_level_during_long_infusion);
  g_test_add_func ("/engine/problem/level-left-out", test_level_left_out);
  g_test_add_func ("/engine/problem/target", test_target);
  g_test_add_func ("/engine/problem/prior-weight", test_prior_weight);
  int status = g_test_run ();
  tdm_model_unref (model);
  return status;
}
