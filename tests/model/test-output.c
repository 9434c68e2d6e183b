/* Error models as written, and effects that are fixed to zero. */
#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "num/linalg.h"

/* A model of one compartment whose output is `output`, with effects on CL and V. */
static TdmModel *
parse_model (const char *output, const char *effects, GError **error)
{
  g_autofree char *text = g_strdup_printf (
      "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n"
      "drug = examplin\ntitle = t\nreference = r\ndoi = 10.1000/x\nstatus = A\n"
      "status_text = s\npopulation = p\nlimits = l\nmolar_mass = 250 g/mol\n"
      "[parameters]\nCL = 3.47 * exp(eta_CL)\nV = 21.7 * exp(eta_V)\n"
      "[units]\nCL = L/h\nV = L\n[effects]\n%s"
      "[structure]\nkind = linear\ncompartments = 1\n"
      "[output C]\ntitle = C\nunit = ng/mL\n%s"
      "[route iv]\ntitle = iv\ninto = central\n"
      "[check one]\nvalues = V 21.7\nsource = s\n",
      effects, output);
  return tdm_model_parse (text, strlen (text), "test", error);
}

typedef struct
{
  const char *text;
  TdmModelOutput expected;
} OutputCase;

static const OutputCase cases[] = {
  { "error = additive\nadditive = 0.37 umol/L\n",
    { .error = TDM_RESIDUAL_ADDITIVE, .additive = 92.5 } },
  { "error = combined_sd\nadditive = 3 ng/mL\nproportional = 13 %\n",
    { .error = TDM_RESIDUAL_COMBINED_SD, .additive = 3, .proportional = 0.13 } },
  { "error = combined_sd\nadditive = 3 ng/mL\nproportional = 0.41 1\npower = 0.6\n",
    { .error = TDM_RESIDUAL_COMBINED_SD,
      .additive = 3,
      .proportional = 0.41,
      .power = 0.6 } },
  { "error = power\ncoefficient = 0.21\npower = 0.7\n",
    { .error = TDM_RESIDUAL_POWER, .proportional = 0.21, .power = 0.7 } },
  { "error = power\ncoefficient = 0.21\npower = 0.7\nadditive = 0.002 mg/L\n",
    { .error = TDM_RESIDUAL_POWER,
      .additive = 2,
      .proportional = 0.21,
      .power = 0.7 } },
  { "error = log\nlog_sd = 0.31\n", { .error = TDM_RESIDUAL_LOG, .additive = 0.31 } },
  { "error = exponential\nlog_sd = 0.31\n",
    { .error = TDM_RESIDUAL_LOG, .additive = 0.31 } },
  { "error = log_additive\nlog_sd = 0.31\nadditive = 4 ug/L\n",
    { .error = TDM_RESIDUAL_LOG_ADDITIVE, .additive = 4, .proportional = 0.31 } },
  { "error = assay\nassay = 0.2, 0.1, -0.001\n",
    { .error = TDM_RESIDUAL_ASSAY, .assay = { 0.2, 0.1, -0.001, 0 } } },
  { "error = assay\nassay = 0.2, 0.1, -0.001, 0.0003\ncensoring = m4\n",
    { .error = TDM_RESIDUAL_ASSAY,
      .assay = { 0.2, 0.1, -0.001, 0.0003 },
      .positive = TRUE } },
  { "error = proportional\nproportional = 0.2 1\ncensoring = m3\n",
    { .error = TDM_RESIDUAL_PROPORTIONAL, .proportional = 0.2 } },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmModel) model =
          parse_model (cases[i].text, "CL = sd 0.3\nV = sd 0.2\n", &error);
      const TdmModelOutput *want = &cases[i].expected;
      g_assert_no_error (error);
      const TdmModelOutput *got = tdm_model_get_output (model, 0);
      g_assert_cmpint (got->error, ==, want->error);
      g_assert_cmpfloat_with_epsilon (got->additive, want->additive, 1e-12);
      g_assert_cmpfloat_with_epsilon (got->proportional, want->proportional, 1e-15);
      g_assert_cmpfloat (got->power, ==, want->power);
      g_assert_cmpmem (got->assay, sizeof got->assay, want->assay, sizeof want->assay);
      g_assert_cmpint (got->positive, ==, want->positive);
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "error = assay\nassay = 0, 0.1\n",
    "error = assay\nassay = 0.1, 0.1, 0, 0, 0\n",
    "error = assay\n",
    "error = power\ncoefficient = 0.21\n",
    "error = log_additive\nlog_sd = 0.31\n",
    "error = log\nlog_sd = 0.31\ncensoring = m4\n",
    "error = combined_sd\nadditive = 3 ng/mL\n",
    "error = combined_sd\nadditive = 3 ng/mL\npower = 0.6\n",
    "error = combined_sd\nadditive = 3 ng/mL\nproportional = 0.41 1\npower = 0\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (parse_model (texts[i], "CL = sd 0.3\nV = sd 0.2\n", &error));
      g_assert_nonnull (error);
    }
}

/* An effect of variance 0 is the number 0 in expressions, and nothing else. */
static void
test_fixed_effect (void)
{
  static const char log_error[] = "error = log\nlog_sd = 0.31\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model =
      parse_model (log_error, "V = variance 0\nCL = sd 0.3\n", &error);
  const TdmJetSpace space = tdm_jet_space (1, 1);
  const double eta = 0.23;
  double jets[4];
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_model_get_n_effects (model), ==, 1);
  g_assert_cmpstr (tdm_model_get_effect_name (model, 0), ==, "CL");
  g_assert_cmpfloat_with_epsilon (tdm_model_get_omega (model)[0], 0.09, 1e-15);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_binding_parameters (binding, &space, &eta, NULL, jets));
  g_assert_cmpfloat_with_epsilon (jets[0], 3.47 * exp (0.23), 1e-14);
  g_assert_cmpfloat_with_epsilon (jets[1], 3.47 * exp (0.23), 1e-14);
  g_assert_cmpfloat (jets[2], ==, 21.7);
  g_assert_cmpfloat (jets[3], ==, 0.0);
  g_assert_null (parse_model (log_error, "V = variance 0\nCL = sd 0\n", NULL));
  g_assert_null (parse_model (
      log_error, "V = variance 0\nCL = sd 0.3\nCL V = correlation 0.1\n", NULL));
}

/* Box–Cox and logit effects are expressions like any other: value and derivative. */
static void
test_transformed (void)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autoptr (TdmModel) plain =
      parse_model ("error = log\nlog_sd = 0.31\n", "CL = sd 0.3\nV = sd 0.2\n", &error);
  g_assert_no_error (error);
  g_autoptr (GString) source = g_string_new (tdm_model_get_source (plain, &length));
  g_string_replace (source, "3.47 * exp(eta_CL)",
                    "3.47 * exp((exp(0.41 * eta_CL) - 1) / 0.41)", 1);
  g_string_replace (source, "21.7 * exp(eta_V)", "31 * expit(logit(0.7) + eta_V)", 1);
  g_autoptr (TdmModel) model =
      tdm_model_parse (source->str, source->len, "test", &error);
  g_assert_no_error (error);
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, NULL, NULL, &error);
  g_assert_no_error (error);
  const TdmJetSpace space = tdm_jet_space (2, 2);
  const double eta[] = { 0.37, -0.53 };
  double jets[12];
  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, jets));
  const double b = exp (0.41 * eta[0]), cl = 3.47 * exp ((b - 1) / 0.41);
  const double p = 1 / (1 + 3.0 / 7 * exp (-eta[1]));
  g_assert_cmpfloat_with_epsilon (jets[0], cl, 1e-13);
  g_assert_cmpfloat_with_epsilon (jets[1], cl * b, 1e-13);
  g_assert_cmpfloat_with_epsilon (jets[3], cl * b * (b + 0.41), 1e-12);
  g_assert_cmpfloat_with_epsilon (jets[6], 31 * p, 1e-13);
  g_assert_cmpfloat_with_epsilon (jets[8], 31 * p * (1 - p), 1e-13);
  g_assert_cmpfloat_with_epsilon (jets[11], 31 * p * (1 - p) * (1 - 2 * p), 1e-13);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/model/output/errors", test_errors);
  g_test_add_func ("/model/output/refused", test_refused);
  g_test_add_func ("/model/output/fixed-effect", test_fixed_effect);
  g_test_add_func ("/model/output/transformed", test_transformed);
  return g_test_run ();
}
