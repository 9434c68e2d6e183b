/* From covariates to parameters. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/library.h"
#include "num/linalg.h"

static TdmModel *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_library_load (id, &error);

  g_assert_no_error (error);
  return model;
}

static TdmModel *
load_example (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "model", "example-author-2020.model", NULL);
  return load (path);
}

static double *
no_covariates (const TdmModel *model)
{
  guint n = tdm_model_get_n_covariates (model);
  double *values = g_new (double, n);

  for (guint i = 0; i < n; i++)
    values[i] = NAN;
  return values;
}

static void
set (const TdmModel *model, double *values, const char *name, double value)
{
  int i = tdm_model_find_covariate (model, name);
  g_assert_cmpint (i, >=, 0);
  values[i] = value;
}

static void
assert_missing (TdmModel *model, const double *values, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, NULL, &error);

  g_assert_null (binding);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_example (void)
{
  g_autoptr (TdmModel) model = load_example ();
  const TdmPkStructure *structure = tdm_model_get_structure (model);
  const double *omega = tdm_model_get_omega (model);
  const TdmModelOutput *output = tdm_model_get_output (model, 0);

  g_assert_cmpstr (tdm_model_get_text (model)->limits, ==, "For tests\nonly.");
  g_assert_cmpuint (structure->chain, ==, 1);
  g_assert_cmpuint (structure->linear[TDM_PK_Q2], ==, 2);
  g_assert_cmpuint (structure->linear[TDM_PK_KA], ==, 4);
  g_assert_cmpuint (structure->linear[TDM_PK_V3], ==, G_MAXUINT);
  g_assert_cmpuint (tdm_model_get_route (model, 1)->route.state, ==, 2);
  g_assert_cmpuint (tdm_model_get_route (model, 1)->route.lag, ==, 6);
  g_assert_cmpuint (tdm_model_get_route (model, 0)->route.lag, ==, G_MAXUINT);
  g_assert_cmpfloat_with_epsilon (omega[0], 0.31 * 0.31, 1e-15);
  g_assert_cmpfloat_with_epsilon (omega[1], 0.37 * 0.31 * 0.23, 1e-15);
  g_assert_cmpfloat (omega[5], ==, -0.021);
  g_assert_cmpfloat (omega[7], ==, -0.021);
  g_assert_cmpfloat (omega[8], ==, 0.17);
  g_assert_cmpfloat_with_epsilon (output->additive, 0.13, 1e-15);
  g_assert_cmpfloat_with_epsilon (output->proportional, 0.17, 1e-15);
  g_assert_cmpfloat_with_epsilon (output->per_mg_l, 1.0, 1e-15);
}

static void
test_example_choices (void)
{
  g_autoptr (TdmModel) model = load_example ();
  const TdmModelDosing *iv = tdm_model_get_dosing (model, 0);
  const TdmModelDosing *oral = tdm_model_get_dosing (model, 1);
  const double amounts[] = { 50, 75, 100, 150, 200, 250, 300 };

  g_assert_cmpuint (iv->n_amounts, ==, G_N_ELEMENTS (amounts));
  for (guint i = 0; i < iv->n_amounts; i++)
    g_assert_cmpfloat (iv->amounts_mg[i], ==, amounts[i]);
  g_assert_cmpfloat_with_epsilon (iv->durations_h[0], 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (iv->max_rate_mg_h, 300.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (iv->max_daily_mg, 600.0, 1e-9);
  g_assert_cmpfloat (iv->loading_high_mg_kg, ==, 5.0);
  g_assert_cmpfloat_with_epsilon (oral->intervals_h[0], 12.0, 1e-12);
  g_assert_true (isinf (oral->max_single_mg) && isinf (oral->max_rate_mg_h));
  g_assert_cmpuint (oral->n_durations, ==, 0);

  const TdmTarget *area = &tdm_model_get_target (model, 1)->target;
  g_assert_cmpfloat_with_epsilon (area->to.hours, 48.0, 1e-12);
  g_assert_true (isinf (area->high) && area->high > 0.0);
  const TdmTarget *peak = &tdm_model_get_target (model, 3)->target;
  g_assert_false (peak->at_steady_state);
  g_assert_cmpfloat (peak->at.hours, ==, 48.0);
  g_assert_cmpfloat (peak->mic, ==, 0.5);
}

static void
test_applies (void)
{
  g_autoptr (TdmModel) model = load ("tacrolimus-woillard-2011");
  double advagraf[5] = { 35.0, 0.0, 0.0, NAN, NAN };
  double unknown[5] = { 35.0, 0.0, NAN, NAN, NAN };
  double prograf[5] = { 35.0, 0.0, 1.0, NAN, NAN };

  g_assert_cmpuint (tdm_model_get_n_dosings (model), ==, 2);
  g_assert_cmpfloat (tdm_model_get_dosing (model, 0)->intervals_h[0], ==, 12.0);
  g_assert_true (tdm_model_dosing_applies (model, 0, prograf));
  g_assert_false (tdm_model_dosing_applies (model, 1, prograf));
  g_assert_false (tdm_model_dosing_applies (model, 0, advagraf));
  g_assert_true (tdm_model_dosing_applies (model, 1, advagraf));
  g_assert_true (tdm_model_dosing_applies (model, 0, unknown));
  g_assert_true (tdm_model_dosing_applies (model, 1, unknown));
}

static void
test_needed (void)
{
  g_autoptr (TdmModel) model = load_example ();
  const char *const names[] = { "AGE", "WT", "sex", "SCR", "CLCR", "FORM", "HT" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      g_assert_cmpstr (c->name, ==, names[i]);
      g_assert_true (c->needed == (strcmp (c->name, "HT") != 0));
      g_assert_true (c->derived == (strcmp (c->name, "CLCR") == 0));
    }
}

static void
test_derived (void)
{
  g_autoptr (TdmModel) model = load_example ();
  g_autofree double *values = no_covariates (model);
  double resolved[7];
  g_autoptr (GError) error = NULL;

  assert_missing (model, values,
                  "covariates: AGE (Age, y) and sex (Sex) and SCR (Creatinine, mg/dL) "
                  "are missing; CLCR (Creatinine clearance) is computed from them, or "
                  "may be given instead");
  set (model, values, "AGE", 47.3);
  set (model, values, "sex", 1);
  assert_missing (model, values,
                  "covariates: SCR (Creatinine, mg/dL) is missing; CLCR (Creatinine "
                  "clearance) is computed "
                  "from it, or may be given instead");
  set (model, values, "SCR", 1.37);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, resolved, &error);
  g_assert_no_error (error);
  g_assert_nonnull (binding);
  g_assert_cmpfloat (resolved[1], ==, 71.3);
  g_assert_cmpfloat_with_epsilon (resolved[4], (140 - 47.3) * 71.3 / (72 * 1.37) * 0.85,
                                  1e-12);
  g_assert_true (isnan (resolved[6]));
}

/* What is given counts, also when its ingredients are given. */
static void
test_given (void)
{
  g_autoptr (TdmModel) model = load ("vancomycin-goti-2018");
  g_autofree double *values = no_covariates (model);
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double eta[3] = { 0.0, 0.0, 0.0 };
  double resolved[6], parameters[4];
  g_autoptr (GError) error = NULL;

  set (model, values, "WT", 83.1);
  set (model, values, "AGE", 61);
  set (model, values, "CLCR", 203.7);
  set (model, values, "DIAL", 1);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, resolved, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (resolved[4], ==, 203.7);
  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, parameters));
  g_assert_cmpfloat_with_epsilon (parameters[0], 4.5 * pow (1.25, 0.8) * 0.7, 1e-12);
  g_assert_cmpfloat_with_epsilon (parameters[1], 58.4 * 83.1 / 70 * 0.5, 1e-12);
}

/* CL = tv exp(eta): value and derivatives of any order are the value itself. */
static void
test_jets (void)
{
  g_autoptr (TdmModel) model = load ("vancomycin-goti-2018");
  g_autofree double *values = no_covariates (model);
  const TdmJetSpace space = tdm_jet_space (3, 2);
  const double eta[3] = { 0.31, -0.47, 0.23 };
  g_autofree double *jets = g_new (double, 4 * space.size);
  g_autoptr (GError) error = NULL;

  set (model, values, "WT", 83.1);
  set (model, values, "CLCR", 71.9);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, jets));
  const double cl = 4.5 * pow (71.9 / 120, 0.8) * exp (0.31);
  const double v2 = 38.4 * exp (0.23);
  const double *q = jets + 2 * space.size, *last = jets + 3 * space.size;
  g_assert_cmpfloat_with_epsilon (jets[0], cl, 1e-12);
  g_assert_cmpfloat_with_epsilon (jets[1], cl, 1e-12);
  g_assert_cmpfloat (jets[2], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (jets[tdm_jet_index2 (&space, 0, 0)], cl, 1e-12);
  g_assert_cmpfloat (q[0], ==, 6.5);
  g_assert_cmpfloat (q[1], ==, 0.0);
  g_assert_cmpfloat_with_epsilon (last[3], v2, 1e-12);
  g_assert_cmpfloat_with_epsilon (last[tdm_jet_index2 (&space, 2, 2)], v2, 1e-12);
}

static void
test_nonsense (void)
{
  g_autoptr (TdmModel) model = load ("tacrolimus-woillard-2011");
  g_autofree double *values = no_covariates (model);

  assert_missing (
      model, values,
      "covariates: HCT (Haematocrit, %) is missing; PROGRAF (Formulation) is missing");
  set (model, values, "HCT", -31.0);
  set (model, values, "PROGRAF", 1);
  assert_missing (
      model, values,
      "covariates: the model has no sensible value of CL with these values");
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/binding/example", test_example);
  g_test_add_func ("/model/binding/example-choices", test_example_choices);
  g_test_add_func ("/model/binding/applies", test_applies);
  g_test_add_func ("/model/binding/needed", test_needed);
  g_test_add_func ("/model/binding/derived", test_derived);
  g_test_add_func ("/model/binding/given", test_given);
  g_test_add_func ("/model/binding/jets", test_jets);
  g_test_add_func ("/model/binding/nonsense", test_nonsense);
  return g_test_run ();
}
