/* Subpopulations in model files: what a good one says, and how bad ones are refused. */
#include <math.h>
#include <string.h>

#include "model/check.h"
#include "model/model.h"

/* Line 13 is the section's first. */
static const char good[] =
    "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n"
    "drug = examplin\ntitle = t\nreference = r\nstatus = C\nstatus_text = s\n"
    "population = p\nlimits = l\n"
    "[subpopulations]\nrapid = 0.31 + 0.002 * (AGE - 50)\npoor = 0.17\n"
    "common = remainder\n"
    "[covariate AGE]\ntitle = Age\nunit = y\nallowed = 18 to 90\n"
    "[terms]\nfactor = SUBPOPULATION == \"rapid\" ? 2.3 : SUBPOPULATION == 2 ? 0.41 : "
    "1\n"
    "[parameters]\nCL = 3.7 * factor * exp(eta_CL)\nV = 27.1\n"
    "[units]\nCL = L/h\nV = L\n[effects]\nCL = sd 0.23\n"
    "[structure]\nkind = linear\ncompartments = 1\n"
    "[output C]\ntitle = t\nunit = mg/L\nerror = additive\nadditive = 0.3 mg/L\n"
    "[route iv]\ntitle = t\ninto = central\n"
    "[check rapid]\nsubpopulation = rapid\ncovariates = AGE 40\nvalues = CL 8.51\n"
    "doses = 100 mg iv\nlevels = 1.969 at 2 h\nsource = calculator\n"
    "[check poor]\nsubpopulation = poor\ncovariates = AGE 40\nvalues = CL 1.517\n"
    "source = calculator\n"
    "[check common]\nsubpopulation = common\ncovariates = AGE 40\nvalues = CL 3.7\n"
    "source = calculator\n";

static TdmModel *
parse (const char *text, GError **error)
{
  return tdm_model_parse (text, strlen (text), "bad", error);
}

static void
test_chances (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = parse (good, &error);
  const double age = 70;
  double priors[3];
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_model_get_n_subpopulations (model), ==, 3);
  g_assert_cmpstr (tdm_model_get_subpopulation_name (model, 1), ==, "poor");
  g_assert_true (tdm_model_get_subpopulation_priors (model, &age, priors, &error));
  g_assert_cmpfloat_with_epsilon (priors[0], 0.35, 1e-14);
  g_assert_cmpfloat_with_epsilon (priors[1], 0.17, 1e-14);
  g_assert_cmpfloat_with_epsilon (priors[2], 0.48, 1e-14);
  g_assert_true (tdm_model_get_covariate (model, 0)->needed);
}

/* By name and by number, and through the file's own checks. */
static void
test_parameters (void)
{
  static const double expected[] = { 8.51, 1.517, 3.7 };
  g_autoptr (TdmModel) model = parse (good, NULL);
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double age = 40, eta = 0;
  for (guint k = 0; k < 3; k++)
    {
      double values[2];
      g_autoptr (TdmBinding) binding =
          tdm_model_bind_subpopulation (model, &age, k, NULL, NULL);
      g_assert_true (tdm_binding_parameters (binding, &space, &eta, NULL, values));
      g_assert_cmpfloat_with_epsilon (values[0], expected[k], 1e-14);
    }
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, NULL);
  g_assert_cmpuint (lines->len, ==, 4);
  for (guint i = 0; i < lines->len; i++)
    g_assert_true (((TdmCheckLine *)lines->pdata[i])->passed);
}

/* A missing covariate of a chance is asked for, though no parameter uses it. */
static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = parse (good, NULL);
  const double age = NAN;
  g_assert_null (tdm_model_bind (model, &age, NULL, &error));
  g_assert_nonnull (strstr (error->message, "AGE (Age, y) is missing"));
}

typedef struct
{
  const char *name, *from, *to, *error;
} Fault;

static const Fault faults[] = {
  { "one", "poor = 0.17\ncommon = remainder\n", "",
    "bad:12:1: expected 2 to 8 subpopulations, not 1" },
  { "remainders", "poor = 0.17", "poor = remainder",
    "bad:15:10: common: expected “remainder” once" },
  { "none", "poor = 0.17", "none = 0.17",
    "bad:14:1: expected another name than “none”" },
  { "name", "poor = 0.17", "AGE = 0.17", "bad:14:7: " },
  { "effect", "poor = 0.17", "poor = 0.17 * exp(eta_CL)", "bad:14:19: " },
  { "negative", "poor = 0.17", "poor = 0.17 - 0.003 * (AGE - 18)",
    "bad:12:1: covariates: the chance of the subpopulation “poor” is not between 0 and "
    "1" },
  { "above-one", "poor = 0.17", "poor = 0.62",
    "bad:12:1: covariates: the chances of the subpopulations add up to 1.01, not 1 at "
    "AGE 90" },
  { "below-one", "remainder", "0.4",
    "bad:12:1: covariates: the chances of the subpopulations add up to " },
  { "unused",
    "factor = SUBPOPULATION == \"rapid\" ? 2.3 : SUBPOPULATION == 2 ? 0.41 : 1",
    "factor = 1", "bad:12:1: expected a parameter that uses “SUBPOPULATION”" },
  { "unknown", "\"rapid\" ?", "\"quick\" ?",
    "bad:21:27: SUBPOPULATION has no category \"quick\"" },
  { "check", "subpopulation = poor", "subpopulation = bad",
    "bad:49:17: subpopulation: expected the name of a subpopulation" },
  { "nonsense", "0.41", "-0.41",
    "bad:23:6: CL: expected a positive number over the whole allowed range" },
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (good);
  g_assert_cmpuint (g_string_replace (text, fault->from, fault->to, 1), ==, 1);
  g_assert_null (parse (text->str, &error));
  if (!g_str_has_prefix (error->message, fault->error))
    g_error ("“%s” should begin with “%s”", error->message, fault->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/subpopulations/chances", test_chances);
  g_test_add_func ("/model/subpopulations/parameters", test_parameters);
  g_test_add_func ("/model/subpopulations/missing", test_missing);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path =
          g_strconcat ("/model/subpopulations/fault/", faults[i].name, NULL);
      g_test_add_data_func (path, &faults[i], test_fault);
    }
  return g_test_run ();
}
