/* Effects of occasions, against a model that writes the same effects out one by one. */
#include "engine/curve-private.h"
#include "engine/dose-search.h"
#include "engine/objective.h"
#include "record/case-file.h"

#include "num/linalg.h"

#include <math.h>
#include <string.h>

/* What follows the parameters and effects in every model here. */
#define REST                                                                          \
  "[structure]\nkind = linear\ncompartments = 1\n"                                    \
  "[output C]\ntitle = C\nunit = mg/L\nerror = combined\nadditive = 0.4 mg/L\n"       \
  "proportional = 11 %\n"                                                             \
  "[route iv]\ntitle = iv\ninto = central\ninfusion = yes\n"                          \
  "[dosing iv]\namounts = 100 to 2000 step 100 mg\nintervals = 12 h\n"                \
  "durations = 1 h\nsource = Test\n"                                                  \
  "[target auc24]\ntitle = t\nmetric = auc24\nlow = 180\nhigh = 220\nunit = mg.h/L\n" \
  "source = Test\n"                                                                   \
  "[check one]\ncovariates = OCC 1\nvalues = V 21.7\nsource = Test\n"

#define HEAD                                                                  \
  "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n" \
  "drug = examplin\ntitle = t\nreference = r\ndoi = 10.1000/x\nstatus = A\n"  \
  "status_text = s\npopulation = p\nlimits = l\n"

#define OCC "[covariate OCC]\ntitle = Occasion\nunit = 1\nallowed = 1 to 99\n"
#define UNITS "[units]\nCL = L/h\nV = L\n"

/* CL and V differ between occasions, with a covariance; @START@ says when one begins.
 */
#define OCCASION_MODEL                                               \
  HEAD OCC "@GUARD@[parameters]\nCL = 3.47 * exp(eta_CL + iov_CL)\n" \
           "V = 21.7 * exp(eta_V + iov_V)\n" UNITS                   \
           "[effects]\nCL = variance 0.0961\nV = variance 0.04\n"    \
           "CL V = covariance 0.021\n"                               \
           "[occasion_effects]\nCL = sd 0.29\nV = sd 0.17\n"         \
           "CL V = correlation 0.31\n[occasions]\nstart = @START@\n" REST

/* The same for three occasions, numbered by the covariate. */
static const char written_out[] = HEAD OCC
    "[terms]\nkcl = OCC == 1 ? eta_A : OCC == 2 ? eta_C : OCC == 3 ? eta_E : 0\n"
    "kv = OCC == 1 ? eta_B : OCC == 2 ? eta_D : OCC == 3 ? eta_F : 0\n"
    "[parameters]\nCL = 3.47 * exp(eta_CL + kcl)\nV = 21.7 * exp(eta_V + kv)\n" UNITS
    "[effects]\nCL = variance 0.0961\nV = variance 0.04\nCL V = covariance 0.021\n"
    "A = sd 0.29\nB = sd 0.17\nA B = correlation 0.31\n"
    "C = sd 0.29\nD = sd 0.17\nC D = correlation 0.31\n"
    "E = sd 0.29\nF = sd 0.17\nE F = correlation 0.31\n" REST;

/* Doses at 0, 12, 24, 36 and 48 h, levels in the first three intervals, one at the very
 * time of a dose. */
#define HISTORY                                                                    \
  "\"doses\": [{\"time\": 0, \"amount\": 700, \"unit\": \"mg\", \"duration\": 1, " \
  "\"interval\": 12, \"count\": 5}], "                                             \
  "\"levels\": [{\"time\": 3.1, \"value\": 29.3, \"unit\": \"mg/L\"}, "            \
  "{\"time\": 12, \"value\": 4.1, \"unit\": \"mg/L\"}, "                           \
  "{\"time\": 15.7, \"value\": 19.4, \"unit\": \"mg/L\"}, "                        \
  "{\"time\": 35.2, \"value\": 9.7, \"unit\": \"mg/L\"}]"

#define NUMBERED                                         \
  "\"covariates\": [{\"name\": \"OCC\", \"value\": 1}, " \
  "{\"name\": \"OCC\", \"time\": 12, \"value\": 2}, "    \
  "{\"name\": \"OCC\", \"time\": 24, \"value\": 3}, "    \
  "{\"name\": \"OCC\", \"time\": 36, \"value\": 4}], "

static TdmModel *
parse_model (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_model_parse (text, strlen (text), "test", &error);
  g_assert_no_error (error);
  return model;
}

static TdmModel *
occasion_model (const char *start)
{
  g_autoptr (GString) text = g_string_new (OCCASION_MODEL);
  /* A covariate that makes no occasions only stands guard. */
  g_string_replace (text, "@GUARD@", g_str_equal (start, "OCC") ? "" : "guard = yes\n",
                    1);
  g_string_replace (text, "@START@", start, 1);
  return parse_model (text->str);
}

static TdmProblem *
problem_of (TdmModel *model, const char *fields)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{\"format\": \"titrate-case/1\", \"model\": \"examplin-test-2026\", %s}",
      fields);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  TdmProblem *problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  return problem;
}

static gboolean
has_note (const TdmProblem *problem, const char *code)
{
  const GPtrArray *notes = tdm_problem_get_notes (problem);
  for (guint i = 0; i < notes->len; i++)
    if (g_str_equal (((TdmNote *)notes->pdata[i])->code, code))
      return TRUE;
  return FALSE;
}

static TdmFit *
fit_of (TdmProblem *problem)
{
  g_autoptr (GError) error = NULL;
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  return fit;
}

static void
assert_same_fit (const TdmFit *a, const TdmFit *b)
{
  g_assert_cmpuint (a->n, ==, 8);
  g_assert_cmpuint (b->n, ==, 8);
  g_assert_cmpfloat_with_epsilon (a->objective, b->objective, 1e-10);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat_with_epsilon (a->eta[i], b->eta[i], 1e-9);
  for (guint i = 0; i < 64; i++)
    {
      g_assert_cmpfloat_with_epsilon (a->covariance[i], b->covariance[i], 1e-9);
      g_assert_cmpfloat_with_epsilon (a->covariance_expected[i],
                                      b->covariance_expected[i], 1e-9);
    }
  for (guint i = 0; i < a->n_levels; i++)
    g_assert_cmpfloat_with_epsilon (a->levels[i].individual, b->levels[i].individual,
                                    1e-8);
}

/* However occasions are told apart, they are the same ones here. */
static void
test_written_out (void)
{
  static const char *const starts[] = { "dose", "every 12 h", "OCC" };
  g_autoptr (TdmModel) plain = parse_model (written_out);
  g_autoptr (TdmProblem) expected_problem = problem_of (plain, NUMBERED HISTORY);
  g_autoptr (TdmFit) expected = fit_of (expected_problem);
  g_assert_cmpfloat (fabs (expected->eta[2]), >, 0.05);
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_autoptr (TdmModel) model = occasion_model (starts[i]);
      g_autoptr (TdmProblem) problem = problem_of (model, NUMBERED HISTORY);
      g_autoptr (TdmFit) fit = fit_of (problem);
      assert_same_fit (fit, expected);
      g_assert_cmpstr (tdm_problem_get_effect_name (problem, 1), ==, "V");
      g_assert_cmpstr (tdm_problem_get_effect_name (problem, 4), ==, "CL[2]");
      g_assert_cmpstr (tdm_problem_get_effect_name (problem, 7), ==, "V[3]");
    }
}

/* Equal values of the covariate are one occasion, also when another lies between. */
static void
test_return (void)
{
  g_autoptr (TdmModel) model = occasion_model ("OCC");
  g_autoptr (TdmProblem) problem =
      problem_of (model, "\"covariates\": [{\"name\": \"OCC\", \"value\": 7}, "
                         "{\"name\": \"OCC\", \"time\": 12, \"value\": 3}, "
                         "{\"name\": \"OCC\", \"time\": 24, \"value\": 7}], " HISTORY);
  g_assert_cmpuint (tdm_problem_get_n_effects (problem), ==, 6);
  g_assert_cmpstr (tdm_problem_get_effect_name (problem, 2), ==, "CL[7]");
  g_assert_cmpstr (tdm_problem_get_effect_name (problem, 5), ==, "V[3]");
}

/* Derivatives with respect to the effects of each occasion. */
static void
test_gradient (void)
{
  g_autoptr (TdmModel) model = occasion_model ("dose");
  g_autoptr (TdmProblem) problem = problem_of (model, NUMBERED HISTORY);
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, NULL);
  double eta[8] = { 0.13, -0.21, 0.17, 0.09, -0.23, 0.05, 0.29, -0.11 };
  double gradient[8], hessian[64], up[8], down[8], ignored[64];
  tdm_objective_eval (objective, eta, gradient, hessian, TRUE);
  for (guint i = 0; i < 8; i++)
    {
      const double h = 1e-4, at = eta[i];
      eta[i] = at + h;
      double above = tdm_objective_eval (objective, eta, up, ignored, FALSE);
      eta[i] = at - h;
      double below = tdm_objective_eval (objective, eta, down, ignored, FALSE);
      eta[i] = at;
      g_assert_cmpfloat_with_epsilon (gradient[i], (above - below) / (2 * h),
                                      1e-6 * (1 + fabs (gradient[i])));
      for (guint j = 0; j < 8; j++)
        g_assert_cmpfloat_with_epsilon (2 * hessian[i * 8 + j],
                                        (up[j] - down[j]) / (2 * h),
                                        1e-6 * (1 + fabs (2 * hessian[i * 8 + j])));
    }
}

/* Only so many occasions have effects; a note says that the first ones have none. */
static void
test_many (void)
{
  g_autoptr (TdmModel) model = occasion_model ("dose");
  g_autoptr (TdmProblem) problem = problem_of (
      model, "\"covariates\": [{\"name\": \"OCC\", \"value\": 1}], "
             "\"doses\": [{\"time\": 0, \"amount\": 700, \"unit\": \"mg\", "
             "\"duration\": 1, \"interval\": 12, \"count\": 600}], "
             "\"levels\": [{\"time\": 5003, \"value\": 29.3, \"unit\": \"mg/L\"}]");
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_assert_cmpuint (fit->n, ==, 40);
  g_assert_cmpstr (tdm_problem_get_effect_name (problem, 38), ==, "CL[417]");
  g_assert_true (has_note (problem, "occasions-dropped"));
}

/* With effects of occasions only, nothing is known of the next one. */
static const char only_occasions[] =
    HEAD OCC "guard = yes\n[parameters]\nCL = 3.47 * exp(iov_CL)\nV = 21.7\n" UNITS
             "[effects]\n[occasion_effects]\nCL = sd 0.31\n"
             "[occasions]\nstart = dose\n" REST;

/* A regimen's curve: the middle is that of a typical occasion, whatever was found in
 * earlier ones, and the band has the width of the prior. */
static void
test_bands (void)
{
  g_autoptr (TdmModel) model = parse_model (only_occasions);
  g_autoptr (TdmProblem) problem = problem_of (model, NUMBERED HISTORY);
  g_autoptr (TdmFit) fit = fit_of (problem);
  const double late = 900.0;
  const TdmPkDose dose = { .time_h = 60,
                           .amount_mg = 34700,
                           .duration_h = 1000,
                           .count = 1,
                           .route = tdm_model_get_route (model, 0)->route };
  const TdmCurveOptions options = { .times_h = &late,
                                    .n_times = 1,
                                    .draws = 4000,
                                    .seed = 3,
                                    .until_h = 60,
                                    .extra = &dose,
                                    .n_extra = 1 };
  g_autoptr (TdmCurve) curve = tdm_curve_new (fit, &options, NULL, NULL);
  g_assert_cmpfloat (fabs (fit->eta[2]), >, 0.1);
  g_assert_cmpfloat_with_epsilon (curve->individual[0], 10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (curve->population[0], 10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (log (curve->individual_band[TDM_BAND_95][0] / 10),
                                  1.6449 * 0.31, 0.03);
  g_assert_cmpfloat_with_epsilon (log (curve->individual_band[TDM_BAND_5][0] / 10),
                                  -1.6449 * 0.31, 0.03);
  g_assert_cmpfloat_with_epsilon (log (curve->population_band[TDM_BAND_95][0] / 10),
                                  1.6449 * 0.31, 0.03);
}

/* The first regimen proposed, its chance of being within. */
static double
best_chance (const TdmFit *fit)
{
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  g_autoptr (TdmProposals) proposals = tdm_dose_search (fit, notes, NULL, NULL, NULL);
  g_assert_null (proposals->withheld);
  const TdmRegimen *regimen = proposals->regimens->pdata[0];
  /* 24/12 doses of 347 mg make 200 mg.h/L; 300 and 400 are given. */
  g_assert_cmpfloat_with_epsilon (regimen->metrics.target,
                                  regimen->amount_mg * 2 / 3.47, 1e-9);
  return regimen->p_within;
}

static void
test_proposals (void)
{
  g_autofree char *text = g_strdup (only_occasions);
  memcpy (strstr (text, "low = 180"), "low = 160", 9);
  memcpy (strstr (text, "high = 220"), "high = 250", 10);
  g_autoptr (TdmModel) model = parse_model (text);
  g_autoptr (TdmProblem) problem = problem_of (model, NUMBERED HISTORY);
  g_autoptr (TdmProblem) varied = problem_of (
      model, NUMBERED HISTORY ", \"options\": {\"future_occasions\": true}");
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_autoptr (TdmFit) varied_fit = fit_of (varied);
  g_autofree char *written = tdm_case_file_to_text (tdm_problem_get_case (varied));
  g_autofree char *plain = tdm_case_file_to_text (tdm_problem_get_case (problem));
  g_assert_nonnull (strstr (written, "\"future_occasions\": true"));
  g_assert_null (strstr (plain, "options"));
  g_assert_true (has_note (problem, "future-occasions"));
  g_assert_false (has_note (varied, "future-occasions"));
  g_assert_cmpfloat (best_chance (fit), ==, 1.0);
  /* 400 mg: 230.5 on average, within when exp (-iov) is in (0.694, 1.084);
   * 300 mg: 172.9, when it is in (0.925, 1.446). */
  double low = 0.5 * erfc (-log (250 / 230.5475) / 0.31 / M_SQRT2)
               - 0.5 * erfc (-log (160 / 230.5475) / 0.31 / M_SQRT2);
  double high = 0.5 * erfc (-log (250 / 172.9107) / 0.31 / M_SQRT2)
                - 0.5 * erfc (-log (160 / 172.9107) / 0.31 / M_SQRT2);
  double chance = best_chance (varied_fit);
  g_assert_true (fabs (chance - low) < 0.05 || fabs (chance - high) < 0.05);
}

/* Without a level nothing is estimated but the first occasion, and the fit is the
 * prior. */
static void
test_a_priori (void)
{
  g_autoptr (TdmModel) model = occasion_model ("dose");
  g_autoptr (TdmProblem) problem =
      problem_of (model, "\"covariates\": [{\"name\": \"OCC\", \"value\": 1}]");
  g_autoptr (TdmFit) fit = fit_of (problem);
  g_assert_cmpuint (fit->n, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (fit->eta[i], 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (fit->covariance[3 * 4 + 2], 0.31 * 0.29 * 0.17,
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (fit->covariance[2 * 4 + 1], 0, 1e-12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/occasion/written-out", test_written_out);
  g_test_add_func ("/engine/occasion/return", test_return);
  g_test_add_func ("/engine/occasion/gradient", test_gradient);
  g_test_add_func ("/engine/occasion/many", test_many);
  g_test_add_func ("/engine/occasion/bands", test_bands);
  g_test_add_func ("/engine/occasion/proposals", test_proposals);
  g_test_add_func ("/engine/occasion/a-priori", test_a_priori);
  return g_test_run ();
}
