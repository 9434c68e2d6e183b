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
    { "factor-viii-nestorov-2015", "AGE", 12.0, NAN },
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
    { "lamotrigine-milosheska-2016",
      { { "CLCR", 371.0 },
        { "WT", 71.0 },
        { "VPA", 0.0 },
        { "EIAED", 0.0 },
        { "SMOKE", 0.0 } },
      220.0,
      200.0 },
    { "vancomycin-goti-2018",
      { { "CLCR", 431.0 }, { "WT", 71.0 }, { "DIAL", 0.0 } },
      150.0,
      120.0 },
    { "vancomycin-thomson-2009", { { "CLCR", 0.0 }, { "WT", 71.0 } }, 5.0, 12.0 },
    { "gentamicin-staatz-2005",
      { { "SCR", 0.3 }, { "AGE", 61.0 }, { "WT", 71.0 }, { "sex", 0.0 } },
      0.67,
      0.75 },
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
    { "busulfan-lawson-2022", 0, 0.021609 },
    { "factor-viii-garmann-2017", 1, 0.112 * 0.112 },
    { "factor-viii-nestorov-2015", 0, 0.243 * 0.243 },
    { "factor-viii-nestorov-2015", 1, 0.134 * 0.134 },
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
static const char *const words[][2] = {
  { "adalimumab-marquez-megias-2023", "5.5-fold" },
  { "adalimumab-marquez-megias-2023", "residual error is large (55 %)" },
  { "amikacin-de-cock-2012", "as day 1 or as day 0" },
  { "amikacin-de-cock-2012", "weight at birth and the present weight" },
  { "amikacin-delattre-2010", "first dose only" },
  { "amikacin-delattre-2010", "its ratio to the median is used" },
  { "amikacin-tod-1998", "to the power of 0.939" },
  { "busulfan-lawson-2022", "falls with the time since the first dose" },
  { "busulfan-long-boyle-2015", "cannot be scaled" },
  { "busulfan-long-boyle-2015", "divided by 1.224" },
  { "busulfan-paci-2012", "coefficient of the volume is inferred" },
  { "busulfan-shukla-2020", "24 h after the first dose" },
  { "busulfan-shukla-2020", "without saying which regimen" },
  { "caffeine-lee-1997", "citrate" },
  { "ceftazidime-georges-2009", "fourfold" },
  { "ceftazidime-georges-2009", "without conversion to the body surface" },
  { "ciclosporin-press-2010", "clearance is not apparent" },
  { "ciclosporin-press-2010", "reads the drug and its metabolites" },
  { "dalbavancin-carrothers-2020", "Below 30 mL/min" },
  { "dalbavancin-carrothers-2020", "correlated at 0.95" },
  { "daptomycin-di-paolo-2013", "agrees on the structure" },
  { "digoxin-jelliffe-2014", "Amiodarone, verapamil" },
  { "digoxin-jelliffe-2014", "For teaching only" },
  { "digoxin-jelliffe-2014", "lean weight" },
  { "digoxin-jelliffe-2014", "no residual error was published" },
  { "digoxin-komatsu-2015", "6 to 8 h or more after a dose" },
  { "digoxin-komatsu-2015", "For teaching only" },
  { "everolimus-de-wit-2016", "not for transplantation" },
  { "everolimus-ter-heine-2018", "964 ng/mL" },
  { "everolimus-ter-heine-2018", "concentrations in plasma" },
  { "factor-viii-garmann-2017", "above the patient's own" },
  { "factor-viii-garmann-2017", "lean body weight was used is not stated" },
  { "factor-viii-nestorov-2015", "above the patient's own" },
  { "factor-viii-nestorov-2015", "from 12 years only" },
  { "factor-viii-nestorov-2015", "one-stage assay" },
  { "gentamicin-germovsek-2016", "strongly correlated (0.83)" },
  { "gentamicin-staatz-2005", "uses the first for both" },
  { "gentamicin-xuan-2003", "hardly varies" },
  { "gentamicin-xuan-2003", "standard deviations of the residual error add" },
  { "imatinib-gotta-2012", "acid glycoprotein is not in the model" },
  { "infliximab-fasanmade-2009", "does not depend on weight" },
  { "infliximab-fasanmade-2009", "older assay" },
  { "infliximab-fasanmade-2011", "For teaching only" },
  { "infliximab-fasanmade-2011", "Q is small and V2 varies very much" },
  { "infliximab-fasanmade-2011", "inferred, not verified" },
  { "lamotrigine-milosheska-2016", "reaches zero at 15 kg" },
  { "levetiracetam-bilbao-meseguer-2021", "own cap" },
  { "linezolid-boak-2014", "read as variances that add" },
  { "linezolid-boak-2014", "with 65 kg for everyone" },
  { "lithium-yuan-2021", "Children only" },
  { "lithium-yuan-2021", "do not read the clearance" },
  { "meropenem-li-2006", "is a new estimation" },
  { "methotrexate-faltaos-2006", "upside down" },
  { "methotrexate-joerger-2006", "a single level says little" },
  { "methotrexate-joerger-2006", "with the wrong sign" },
  { "methotrexate-taylor-2020", "For teaching only" },
  { "mycophenolate-riglet-2020", "For teaching only" },
  { "mycophenolate-riglet-2020", "Not with ciclosporin, not with enteric-coated" },
  { "mycophenolate-riglet-2020", "late peaks are missed" },
  { "mycophenolate-riglet-2020", "of mofetil or of mycophenolic acid" },
  { "nivolumab-bajaj-2017", "falls with the time since the first dose" },
  { "nivolumab-bajaj-2017", "should be confirmed" },
  { "omalizumab-lowe-2009", "365 ng/mL, not 365 IU/mL" },
  { "omalizumab-lowe-2009", "For teaching only" },
  { "omalizumab-lowe-2009", "are apparent" },
  { "omalizumab-lowe-2009", "drifts from 365 to 317" },
  { "omalizumab-lowe-2009", "without the drug nothing binds" },
  { "pembrolizumab-ahamadi-2017", "constant in time" },
  { "phenytoin-yukawa-1990", "44 % at 8 mg/L" },
  { "phenytoin-yukawa-1990", "For teaching only" },
  { "phenytoin-yukawa-1990", "low albumin" },
  { "phenytoin-yukawa-1990", "volume (0.6 L/kg)" },
  { "piperacillin-obrink-hansen-2015", "free drug" },
  { "piperacillin-thorsted-2019", "free drug" },
  { "rifampicin-smythe-2012", "must begin with the treatment" },
  { "rifampicin-smythe-2012", "three to four weeks" },
  { "rifampicin-smythe-2012", "variability of EC50 (493 %) is left out" },
  { "rifampicin-svensson-2018", "1 below 450 mg" },
  { "rifampicin-svensson-2018", "For teaching only" },
  { "rifampicin-svensson-2018", "must begin with the treatment" },
  { "tacrolimus-andrews-2019", "a true steady state takes weeks" },
  { "tacrolimus-andrews-2019", "assay" },
  { "tacrolimus-bergmann-2014", "count as 180" },
  { "tacrolimus-bergmann-2014", "would reach zero at 512 nmol/L" },
  { "tacrolimus-monchaud-2012", "is from its code" },
  { "tacrolimus-storset-2014", "levels are of whole blood" },
  { "tacrolimus-storset-2014", "not proportional to the dose" },
  { "tacrolimus-woillard-2011", "Only 6 of 73" },
  { "tacrolimus-woillard-2011", "not a pure effect of the formulation" },
  { "tacrolimus-woillard-2011", "the table is used" },
  { "tacrolimus-woillard-2011", "with Prograf only" },
  { "teicoplanin-soy-2006", "first hours are described badly" },
  { "teicoplanin-soy-2006", "it could be a covariance" },
  { "teicoplanin-zhao-2015", "is the original one" },
  { "theophylline-yano-1993", "Smoking" },
  { "theophylline-yano-1993", "in mmHg" },
  { "tobramycin-hennig-2013", "Ceriotti 2008, from memory" },
  { "tobramycin-hennig-2013", "itself is not in the equations" },
  { "tobramycin-hennig-2013", "no extrapolation beyond 90" },
  { "valproate-williams-2012", "13 children" },
  { "valproate-williams-2012", "binding is not saturable" },
  { "vancomycin-adane-2015", "does not say which weight" },
  { "vancomycin-adane-2015", "extrapolation above about 200 kg" },
  { "vancomycin-buelga-2005", "low troughs say little" },
  { "vancomycin-carreno-2017", "For teaching and comparison only" },
  { "vancomycin-carreno-2017", "twelve patients" },
  { "vancomycin-colin-2019", "30 % too high" },
  { "vancomycin-colin-2019", "acute kidney injury" },
  { "vancomycin-dao-2019", "a peak cannot move it" },
  { "vancomycin-dao-2019", "partly the mother's" },
  { "vancomycin-frymoyer-2014", "differ on the variability" },
  { "vancomycin-goti-2018", "V2 does not grow with weight" },
  { "vancomycin-goti-2018", "do not put in another weight" },
  { "vancomycin-goti-2018", "not for continuous replacement" },
  { "vancomycin-goti-2018", "single early peak moves it far" },
  { "vancomycin-hughes-2024", "correlated at 0.97" },
  { "vancomycin-hughes-2024", "two sets of values" },
  { "vancomycin-hughes-2024", "with fat-free mass" },
  { "vancomycin-jacqz-aigrain-2019", "without saying which assay" },
  { "vancomycin-le-2014", "Not below 3 months" },
  { "vancomycin-llopis-salvia-2006", "residual error is an interpretation" },
  { "vancomycin-revilla-2010", "measured in urine, not Cockcroft" },
  { "vancomycin-revilla-2010", "near 1 mg/dL" },
  { "vancomycin-roberts-2011", "only a substitute" },
  { "vancomycin-roberts-2011", "peaks of intermittent doses badly" },
  { "vancomycin-thomson-2009", "very loose" },
  { "voriconazole-friberg-2012", "CYP2C19*17" },
  { "voriconazole-friberg-2012", "before 1 h nothing falls" },
  { "voriconazole-friberg-2012", "falls with the time since the first dose" },
  { "voriconazole-friberg-2012", "one trough says little" },
  { "warfarin-hamberg-2007", "count half, as S-warfarin" },
  { "warfarin-hamberg-2007", "optimistic" },
  { "warfarin-holford-1986", "not the INR" },
  { "warfarin-holford-1986", "of concentrations is ambiguous" },
};

static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (TdmModel) model = load (words[i][0]);
      if (strstr (tdm_model_get_text (model)->limits, words[i][1]) == NULL)
        g_test_message ("%s does not say “%s”", words[i][0], words[i][1]);
      g_assert_nonnull (strstr (tdm_model_get_text (model)->limits, words[i][1]));
    }
}

/* Equations that a slip of unit, sign or reference would change: what the paper or
 * another public program gives, to the digits printed. */
static void
test_values (void)
{
  const struct
  {
    const char *id;
    Given given[7];
    const char *parameter;
    double value;
  } rows[] = {
    /* Weight in grams in the paper. */
    { "caffeine-lee-1997",
      { { "WT", 1.0 }, { "PNA", 7.0 }, { "GA", 30.0 } },
      "CL",
      0.004886 },
    /* Men clear more; so do those with CML. */
    { "imatinib-gotta-2012",
      { { "WT", 70.0 }, { "AGE", 50.0 }, { "sex", 0.0 }, { "DISEASE", 0.0 } },
      "CL",
      16.60 },
    { "imatinib-gotta-2012",
      { { "WT", 70.0 }, { "AGE", 50.0 }, { "sex", 1.0 }, { "DISEASE", 1.0 } },
      "CL",
      12.00 },
    /* Clearance per day, and without weight. */
    { "infliximab-fasanmade-2009",
      { { "WT", 77.0 }, { "ALB", 4.1 }, { "sex", 0.0 }, { "ADA", 0.0 } },
      "CL",
      0.01696 },
    { "infliximab-fasanmade-2009",
      { { "WT", 133.0 }, { "ALB", 4.1 }, { "sex", 0.0 }, { "ADA", 0.0 } },
      "CL",
      0.01696 },
    /* The creatinine term lowers clearance with kidney function. */
    { "methotrexate-joerger-2006",
      { { "CLCR", 47.0 }, { "PPI", 0.0 }, { "NSAID", 0.0 } },
      "CL",
      7.158 },
    /* The covariate is a serum creatinine: more of it, less clearance. */
    { "methotrexate-faltaos-2006", { { "SCR", 134.0 }, { "AGE", 62.0 } }, "CL", 5.270 },
    { "nivolumab-bajaj-2017",
      { { "WT", 80.0 }, { "EGFR", 90.0 }, { "sex", 0.0 } },
      "CL0",
      0.01109 },
    { "nivolumab-bajaj-2017",
      { { "WT", 80.0 }, { "EGFR", 90.0 }, { "sex", 1.0 } },
      "CL0",
      0.0094 },
    /* A haematocrit in percent, a fraction in the papers. */
    { "tacrolimus-andrews-2019",
      { { "AGE", 55.72 },
        { "ALB", 42.0 },
        { "BSA", 1.93 },
        { "SCR", 134.98 },
        { "HCT", 34.0 },
        { "LBW", 58.94 } },
      "CL",
      23.0 },
    { "tacrolimus-monchaud-2012", { { "CF", 0.0 }, { "CYP3A5", 1.0 } }, "CL", 24.50 },
    { "tacrolimus-woillard-2011",
      { { "HCT", 35.0 }, { "CYP3A5", 0.0 }, { "PROGRAF", 1.0 } },
      "V1",
      140.9 },
    /* The coefficient is for a creatinine clearance in L/h. */
    { "vancomycin-buelga-2005", { { "CLCR", 88.27 }, { "WT", 65.0 } }, "CL", 5.720 },
    { "vancomycin-carreno-2017", { { "CLCR", 100.0 } }, "CL", 3.780 },
    /* Not scaled to 35 years. */
    { "vancomycin-colin-2019",
      { { "AGE", 35.0 }, { "WT", 70.0 }, { "SCR", 0.83 } },
      "CL",
      4.102 },
    { "vancomycin-goti-2018",
      { { "WT", 133.0 }, { "CLCR", 87.78 }, { "DIAL", 0.0 } },
      "V2",
      38.4 },
    /* Measured clearance is not raised by the jump of the volume. */
    { "vancomycin-revilla-2010",
      { { "AGE", 61.0 }, { "WT", 73.0 }, { "CLCR", 75.0 }, { "SCR", 1.4 } },
      "V",
      149.1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      double got = compute (model, rows[i].given, rows[i].parameter);
      g_test_message ("%s: %s is %g, %g expected", rows[i].id, rows[i].parameter, got,
                      rows[i].value);
      g_assert_cmpfloat_with_epsilon (got, rows[i].value, 1e-3 * rows[i].value);
    }
}

/* Residual errors that are easily taken for others. */
static void
test_residuals (void)
{
  const struct
  {
    const char *id;
    TdmResidualKind error;
    double additive, proportional; /* NAN = not checked */
  } rows[] = {
    { "amikacin-tod-1998", TDM_RESIDUAL_POWER, NAN, 0.4347 },
    { "gentamicin-xuan-2003", TDM_RESIDUAL_COMBINED_SD, 0.23, 0.237 },
    { "infliximab-fasanmade-2009", TDM_RESIDUAL_COMBINED, 0.0413, 0.403 },
    { "linezolid-boak-2014", TDM_RESIDUAL_COMBINED, 0.309, 0.225 },
    { "methotrexate-taylor-2020", TDM_RESIDUAL_PROPORTIONAL, NAN, 0.30 },
    { "vancomycin-buelga-2005", TDM_RESIDUAL_ADDITIVE, 3.52, NAN },
    { "vancomycin-goti-2018", TDM_RESIDUAL_COMBINED, 3.4, 0.227 },
    { "vancomycin-hughes-2024", TDM_RESIDUAL_PROPORTIONAL, NAN, 0.1334 },
    { "vancomycin-llopis-salvia-2006", TDM_RESIDUAL_COMBINED, 0.185, 0.239 },
    { "voriconazole-friberg-2012", TDM_RESIDUAL_LOG, 0.16, NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (TdmModel) model = load (rows[i].id);
      const TdmModelOutput *o = tdm_model_get_output (model, 0);
      g_test_message ("%s", rows[i].id);
      g_assert_cmpint (o->error, ==, rows[i].error);
      if (!isnan (rows[i].additive))
        g_assert_cmpfloat_with_epsilon (o->additive, rows[i].additive, 1e-12);
      if (!isnan (rows[i].proportional))
        g_assert_cmpfloat_with_epsilon (o->proportional, rows[i].proportional, 1e-12);
    }
}

/* Free drug is neither multiplied by the free fraction again nor taken for the total:
 * the whole dose goes in. */
static void
test_whole_dose (void)
{
  const char *const ids[] = { "piperacillin-obrink-hansen-2015",
                              "piperacillin-thorsted-2019" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (TdmModel) model = load (ids[i]);
      g_assert_cmpuint (tdm_model_get_route (model, 0)->route.bioavailability, ==,
                        G_MAXUINT);
    }
}

/* Matrices that are nearly singular are used as published, and can be inverted. */
static void
test_correlations (void)
{
  const struct
  {
    const char *id;
    guint i, j;
    double correlation;
  } rows[] = {
    { "dalbavancin-carrothers-2020", 0, 2, 0.95 },
    { "gentamicin-germovsek-2016", 0, 1, 0.83 },
    { "vancomycin-hughes-2024", 1, 2, 0.97 },
  };

  for (guint k = 0; k < G_N_ELEMENTS (rows); k++)
    {
      g_autoptr (TdmModel) model = load (rows[k].id);
      const guint n = tdm_model_get_n_effects (model);
      const double *omega = tdm_model_get_omega (model);
      const guint i = rows[k].i, j = rows[k].j;
      const double scale = sqrt (omega[i * (n + 1)] * omega[j * (n + 1)]);
      g_assert_cmpfloat_with_epsilon (omega[i * n + j] / scale, rows[k].correlation,
                                      0.006);
    }
}

/* Models that hang on a value which nobody published say so where they are listed, and
 * all others do not. */
static void
test_teaching (void)
{
  const char *const teaching[] = {
    "digoxin-jelliffe-2014",
    "digoxin-komatsu-2015",
    "infliximab-fasanmade-2011",
    "methotrexate-taylor-2020",
    "mycophenolate-riglet-2020",
    "omalizumab-lowe-2009",
    "phenytoin-yukawa-1990",
    "rifampicin-svensson-2018",
    "vancomycin-carreno-2017",
    "warfarin-holford-1986",
    NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelText *text = tdm_model_get_text (g_ptr_array_index (models, i));
      const gboolean says = strstr (text->limits, "or teaching") != NULL;
      g_test_message ("%s", text->id);
      g_assert_cmpint (says, ==, g_strv_contains (teaching, text->id));
      g_assert_cmpint (text->teaching, ==, says);
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
  g_test_add_func ("/model/bundled-pitfalls/values", test_values);
  g_test_add_func ("/model/bundled-pitfalls/residuals", test_residuals);
  g_test_add_func ("/model/bundled-pitfalls/whole-dose", test_whole_dose);
  g_test_add_func ("/model/bundled-pitfalls/correlations", test_correlations);
  g_test_add_func ("/model/bundled-pitfalls/teaching", test_teaching);
  return g_test_run ();
}
