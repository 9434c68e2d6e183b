/* The traps of each shipped model: where its equations break, which numbers are easily
 * taken for others, and what its user must be told. Each is a range, a floor, a cap, a
 * variance or a word in the file, and a row here. */
#include <math.h>
#include <string.h>

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

static guint
covariate_of (const TdmModel *model, const char *name)
{
  int i = tdm_model_find_covariate (model, name);

  g_assert_cmpint (i, >=, 0);
  return (guint)i;
}

static guint
parameter_of (const TdmModel *model, const char *name)
{
  for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
    if (strcmp (tdm_model_get_parameter_name (model, i), name) == 0)
      return i;
  g_assert_not_reached ();
}

/* What is refused, because a linear or logarithmic term breaks beyond. */
static void
test_ranges (void)
{
  const struct
  {
    const char *id, *covariate;
    double low, high; /* must not be allowed beyond; NAN = not checked */
  } rows[] = {
    { "amikacin-tod-1998", "AGE", NAN, 98.4 },
    { "gentamicin-germovsek-2016", "PMA", NAN, 58.4 },
    { "lamotrigine-milosheska-2016", "WT", 15.0, NAN },
    { "levetiracetam-bilbao-meseguer-2021", "CLCR", 40.0, NAN },
    { "piperacillin-obrink-hansen-2015", "SCR", NAN, 497.0 },
    { "tacrolimus-bergmann-2014", "PREDMAX", NAN, 512.0 },
    { "tobramycin-hennig-2013", "AGE", NAN, 118.0 },
    { "vancomycin-adane-2015", "BMI", 35.0, NAN },
    { "vancomycin-colin-2019", "SCR", NAN, 3.0 },
    { "vancomycin-hughes-2024", "BMI", 35.0, NAN },
    { "vancomycin-le-2014", "AGE", 0.2, NAN },
    { "vancomycin-roberts-2011", "CLCR", 1.0, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      const TdmModelCovariate *c =
          tdm_model_get_covariate (model, covariate_of (model, rows[i].covariate));
      if (!isnan (rows[i].low))
        g_assert_cmpfloat (c->limit_low, >=, rows[i].low);
      if (!isnan (rows[i].high))
        g_assert_cmpfloat (c->limit_high, <=, rows[i].high);
    }
}

typedef struct
{
  const char *name;
  double value;
} Given;

/* Parameter `name` of a typical patient with the covariates `given`. */
static double
compute (TdmModel *model, const Given *given, const char *name)
{
  const TdmJetSpace space = tdm_jet_space (0, 0);
  double values[16], parameters[16];
  const double eta[16] = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = NAN;
  for (; given->name != NULL; given++)
    values[covariate_of (model, given->name)] = given->value;
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, values, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_binding_parameters (binding, &space, eta, NULL, parameters));
  return parameters[parameter_of (model, name)];
}

/* Floors and caps: two values of a covariate that must count as the same one. */
static void
test_floors_and_caps (void)
{
  const struct
  {
    const char *id;
    Given given[6];     /* the first one is varied */
    double same, other; /* counts as the first one, does not */
  } rows[] = {
    { "gentamicin-germovsek-2016",
      { { "PNA", 0.1 }, { "PMA", 31.0 }, { "WT", 1.7 }, { "SCR", 66.0 } },
      0.5,
      0.9 },
    { "tobramycin-hennig-2013",
      { { "SCR", 23.0 },
        { "SCRMEAN", 84.0 },
        { "AGE", 31.0 },
        { "sex", 0.0 },
        { "FFM", 55.0 } },
      60.0,
      78.0 },
    { "methotrexate-joerger-2006",
      { { "CLCR", 171.0 }, { "PPI", 0.0 }, { "NSAID", 1.0 } },
      140.0,
      120.0 },
    { "levetiracetam-bilbao-meseguer-2021", { { "CLCR", 390.0 } }, 240.0, 200.0 },
    { "tacrolimus-bergmann-2014",
      { { "POD", 411.0 }, { "WT", 81.0 }, { "HCT", 37.0 } },
      180.0,
      130.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      Given given[6];
      memcpy (given, rows[i].given, sizeof given);
      double cl = compute (model, given, "CL");
      given[0].value = rows[i].same;
      g_assert_cmpfloat (compute (model, given, "CL"), ==, cl);
      given[0].value = rows[i].other;
      g_assert_cmpfloat (compute (model, given, "CL"), !=, cl);
    }
}

/* Anuria leaves what is not renal. */
static void
test_not_only_renal (void)
{
  g_autoptr (TdmModel) model = load ("vancomycin-llopis-salvia-2006");
  const Given given[] = { { "WT", 83.0 }, { "CLCR", 0.0 }, { NULL, 0.0 } };

  g_assert_cmpfloat_with_epsilon (compute (model, given, "CL"), 1.245, 1e-12);
}

/* Printed numbers that are SDs, CVs or variances. */
static void
test_variances (void)
{
  const struct
  {
    const char *id;
    guint effect; /* by its place in [effects] */
    double variance;
  } rows[] = {
    { "adalimumab-marquez-megias-2023", 0, 0.667 * 0.667 },
    { "factor-viii-garmann-2017", 1, 0.112 * 0.112 },
    { "gentamicin-xuan-2003", 1, 0.003 },
    { "omalizumab-lowe-2009", 0, 2.01 },
    { "tacrolimus-monchaud-2012", 4, 1.26 * 1.26 },
    { "vancomycin-buelga-2005", 1, 0.3715 * 0.3715 },
    { "vancomycin-colin-2019", 2, 0.672 }, /* ln(1 + 0.979^2), not 0.979^2 */
    { "voriconazole-friberg-2012", 0, 1.36 * 1.36 },
    { "warfarin-hamberg-2007", 0, 0.31 * 0.31 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      guint n = tdm_model_get_n_effects (model);
      g_assert_cmpuint (rows[i].effect, <, n);
      g_assert_cmpfloat_with_epsilon (
          tdm_model_get_omega (model)[rows[i].effect * (n + 1)], rows[i].variance,
          1e-12);
    }
}

/* Units of activity, percent and mass are not taken for each other, and what is counted
 * half is. */
static void
test_units (void)
{
  const struct
  {
    const char *id;
    guint output;
    const char *unit;
    double per_mg_l;
  } rows[] = {
    { "factor-viii-garmann-2017", 0, "IU/dL", 0.1 },
    { "factor-viii-nestorov-2015", 0, "IU/dL", 0.1 },
    { "omalizumab-lowe-2009", 1, "ng/mL", 1.0 },
    { "warfarin-hamberg-2007", 0, "1", 1.0 },
    { "warfarin-holford-1986", 1, "%", 1.0 },
  };
  g_autoptr (TdmModel) warfarin = load ("warfarin-hamberg-2007");
  const Given given[] = {
    { "AGE", 63.0 }, { "CYP2C9", 1.0 }, { "VKORC1", 2.0 }, { "INR0", 1.0 }, { NULL, 0 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      const TdmModelOutput *output = tdm_model_get_output (model, rows[i].output);
      g_assert_cmpstr (output->unit, ==, rows[i].unit);
      g_assert_cmpfloat_with_epsilon (output->per_mg_l, rows[i].per_mg_l, 1e-12);
    }
  g_assert_cmpfloat (compute (warfarin, given, "F1"), ==, 0.5);
}

/* What the user must be told. */
static void
test_words (void)
{
  const char *const rows[][2] = {
    { "busulfan-shukla-2020", "24 h after the first dose" },
    { "caffeine-lee-1997", "citrate" },
    { "digoxin-jelliffe-2014", "For teaching only" },
    { "digoxin-komatsu-2015", "For teaching only" },
    { "everolimus-ter-heine-2018", "concentrations in plasma" },
    { "factor-viii-garmann-2017", "above the patient's own" },
    { "factor-viii-nestorov-2015", "above the patient's own" },
    { "infliximab-fasanmade-2011", "For teaching only" },
    { "infliximab-fasanmade-2011", "inferred, not verified" },
    { "lithium-yuan-2021", "Children only" },
    { "methotrexate-faltaos-2006", "upside down" },
    { "methotrexate-taylor-2020", "For teaching only" },
    { "mycophenolate-riglet-2020", "For teaching only" },
    { "nivolumab-bajaj-2017", "falls with the time since the first dose" },
    { "omalizumab-lowe-2009", "365 ng/mL, not 365 IU/mL" },
    { "phenytoin-yukawa-1990", "For teaching only" },
    { "piperacillin-obrink-hansen-2015", "free drug" },
    { "piperacillin-thorsted-2019", "free drug" },
    { "rifampicin-smythe-2012", "must begin with the treatment" },
    { "rifampicin-svensson-2018", "For teaching only" },
    { "rifampicin-svensson-2018", "must begin with the treatment" },
    { "rifampicin-svensson-2018", "1 below 450 mg" },
    { "tacrolimus-andrews-2019", "assay" },
    { "vancomycin-carreno-2017", "For teaching and comparison only" },
    { "vancomycin-revilla-2010", "near 1 mg/dL" },
    { "voriconazole-friberg-2012", "falls with the time since the first dose" },
    { "warfarin-hamberg-2007", "count half, as S-warfarin" },
    { "warfarin-holford-1986", "not the INR" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i][0]);
      if (strstr (tdm_model_get_text (model)->limits, rows[i][1]) == NULL)
        g_test_message ("%s does not say “%s”", rows[i][0], rows[i][1]);
      g_assert_nonnull (strstr (tdm_model_get_text (model)->limits, rows[i][1]));
    }
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/bundled-pitfalls/ranges", test_ranges);
  g_test_add_func ("/model/bundled-pitfalls/floors-and-caps", test_floors_and_caps);
  g_test_add_func ("/model/bundled-pitfalls/not-only-renal", test_not_only_renal);
  g_test_add_func ("/model/bundled-pitfalls/variances", test_variances);
  g_test_add_func ("/model/bundled-pitfalls/units", test_units);
  g_test_add_func ("/model/bundled-pitfalls/words", test_words);
  return g_test_run ();
}
