/* Covariates to come: the dose changes with the patient, and what is said of the whole
 * holds in every period. */
#include "given.h"

#include "engine/result.h"
#include "num/linalg.h"

#include <math.h>

static TdmResult *
result_of (const char *id, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model (id);
  g_autofree char *json = g_strdup_printf (
      "{'format': 'titrate-case/1', 'model': '%s', 'start': '2026-03-01T08:00', %s}",
      id, body);
  g_autoptr (TdmCase) record = given_case (json);
  TdmResult *result = tdm_result_compute (record, model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (result->proposals->withheld);
  return result;
}

/* The row that changes, and the one that it is a variant of; there is one at most. */
static const TdmRegimen *
stepped_of (const TdmProposals *proposals, const TdmRegimen **plain)
{
  const TdmRegimen *out = NULL;
  for (guint i = 0; i < proposals->regimens->len; i++)
    {
      const TdmRegimen *r = proposals->regimens->pdata[i];
      if (r->n_steps == 0)
        continue;
      g_assert_null (out);
      out = r;
      if (plain)
        *plain = proposals->regimens->pdata[i - 1];
    }
  return out;
}

static TdmResult *
vancomycin (const char *later)
{
  g_autofree char *body = g_strdup_printf (
      "'patient': {'id': 'V', 'sex': 'male', 'birth': '1957-05-02'}, 'covariates': "
      "[{'name': 'WT', 'value': 79, 'unit': 'kg'}, {'name': 'SCR', 'value': 1.1, "
      "'unit': 'mg/dL'}%s], 'target': {'metric': 'auc24', 'low': 400, 'high': 600, "
      "'unit': 'mg.h/L'}, 'doses': [{'time': 0, 'amount': 1000, 'unit': 'mg', 'route': "
      "'iv', 'duration': 1.5, 'interval': 12, 'count': 9}], 'levels': [{'time': 97.5, "
      "'value': 27, 'unit': 'mg/L'}, {'time': 107.5, 'value': 13.2, 'unit': 'mg/L'}]",
      later);
  return result_of ("vancomycin-goti-2018", body);
}

/* The clearance of a draw in the set of a time, L/h. */
static double
clearance_at (const TdmResult *result, const double *row, double time_h)
{
  const TdmProblem *problem = result->fit->problem;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const guint n = tdm_model_get_n_parameters (result->model);
  g_autofree double *parameters = g_new (double, tdm_problem_get_n_sets (problem) * n);
  g_assert_true (
      tdm_problem_parameters (problem, &plain, row, TDM_SETS_AHEAD, parameters));
  g_assert_cmpstr (tdm_model_get_parameter_name (result->model, 0), ==, "CL");
  return parameters[tdm_problem_find_set (problem, time_h) * n];
}

static gboolean
is_within (double daily, double cl)
{
  return daily / cl >= 400 && daily / cl <= 600;
}

/* The kidneys fail from hour 130 on: from the first dose at or after it less is given,
 * and the chance is that of AUC24, the daily dose over the clearance, being within
 * before and after. */
static void
test_renal (void)
{
  g_autoptr (TdmResult) result =
      vancomycin (", {'name': 'SCR', 'time': 130, 'value': 3.3, 'unit': 'mg/dL'}");
  const TdmRegimen *plain = NULL;
  const TdmRegimen *r = stepped_of (result->proposals, &plain);
  guint within = 0;
  g_assert_nonnull (r);
  g_assert_cmpuint (r->n_steps, ==, 1);
  const TdmRegimenStep *step = &r->steps[0];
  g_assert_cmpfloat (step->from_h, >=, 130);
  g_assert_cmpfloat (step->from_h, <, 130 + r->interval_h);
  g_assert_cmpfloat (fmod (step->from_h - r->first_dose_h + 1e-9, r->interval_h), <,
                     1e-6);
  g_assert_cmpfloat (step->amount_mg, <, 0.7 * r->amount_mg);
  g_assert_cmpfloat (plain->amount_mg, ==, r->amount_mg);
  g_assert_nonnull (find_note (plain->notes, "patient-changes"));
  for (guint d = 0; d < result->posterior->draws; d++)
    {
      const double *row = tdm_posterior_get_row (result->posterior, d);
      within += is_within (r->amount_mg * 24 / r->interval_h,
                           clearance_at (result, row, r->first_dose_h))
                && is_within (step->amount_mg * 24 / step->interval_h,
                              clearance_at (result, row, step->from_h + 1));
    }
  g_assert_cmpfloat_with_epsilon (r->p_within,
                                  (double)within / result->posterior->draws, 2e-3);
}

/* Who does not change needs no steps; nor who changes by next to nothing. */
static void
test_none (void)
{
  g_autoptr (TdmResult) same = vancomycin ("");
  g_autoptr (TdmResult) nearly =
      vancomycin (", {'name': 'SCR', 'time': 130, 'value': 1.12, 'unit': 'mg/dL'}");
  g_assert_null (stepped_of (same->proposals, NULL));
  g_assert_null (stepped_of (nearly->proposals, NULL));
}

/* The same of differential equations. */
static void
test_equations (void)
{
  static const char json[] =
      "{'format': 'titrate-case/1', 'model': 'mycophenolate-riglet-2020', 'patient': "
      "{'id': 'M'}, 'covariates': [{'name': 'CLCR', 'value': 95, 'unit': 'mL/min'}, "
      "{'name': 'CLCR', 'time': 131, 'value': 11, 'unit': 'mL/min'}, {'name': "
      "'ABCB1', 'value': 0}, {'name': 'ALB', 'value': 38, 'unit': 'g/L'}], 'target': "
      "{'metric': 'auc24', 'output': 'C', 'low': 60, 'high': 120, 'unit': 'mg.h/L'}, "
      "'doses': [{'time': 0, 'amount': 1000, 'unit': 'mg', 'route': 'oral', "
      "'interval': 12, 'count': 9}], 'levels': []}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("mycophenolate-riglet-2020");
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  const TdmDoseSearchOptions options = { .draws = 24 };
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (fit, fit->notes, &options, NULL, &error);
  g_assert_no_error (error);
  const TdmRegimen *r = stepped_of (proposals, NULL);
  g_assert_nonnull (r);
  g_assert_cmpfloat (r->steps[0].from_h, >=, 131);
  g_assert_cmpfloat (r->steps[0].amount_mg, <, r->amount_mg);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/steps/renal", test_renal);
  g_test_add_func ("/engine/steps/none", test_none);
  g_test_add_func ("/engine/steps/equations", test_equations);
  return g_test_run ();
}
