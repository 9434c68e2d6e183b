/* Estimates that Monolix, NONMEM, nlmixr and mapbayr gave for single patients, and
 * Monolix for the subjects of three data sets (beside the source tree). */
#include "engine/data-map.h"
#include "engine/map.h"
#include "published.h"
#include "record/case-file.h"

#include "num/linalg.h"

#define HEAD                                                                  \
  "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n" \
  "drug = examplin\ntitle = t\nreference = r\ndoi = 10.1000/x\nstatus = A\n"  \
  "status_text = s\npopulation = p\nlimits = l\n"
#define UNITS "[units]\nCL = L/h\nV1 = L\n"
#define UNITS2 UNITS "Q = L/h\nV2 = L\n"
#define LINEAR(compartments, chain) \
  "[structure]\nkind = linear\ncompartments = " compartments "\nchain = " chain "\n"
#define OUTPUT "[output C]\ntitle = C\nunit = mg/L\ncmt = 1\n"
#define IV "[route iv]\ntitle = i\ninto = central\ninfusion = yes\n"
#define ORAL "[route oral]\ntitle = o\ninto = absorption\n"
#define CHECK(value) "[check one]\nvalues = " value "\nsource = s\n"

/* One patient: `doses` and `levels` as in a case file. */
typedef struct
{
  const char *name;
  const char *model;
  const char *doses, *levels;
  double eta[4];
  double tolerance;
  /* Parameters that were printed instead of effects; ended by NULL. */
  const char *parameters[5];
  double values[4];
  double relative;
} Patient;

#define DOSE(time, amount, route, more)                                                \
  "{\"time\": " time ", \"amount\": " amount ", \"unit\": \"mg\", \"route\": \"" route \
  "\"" more "}"
#define LEVEL(time, value, more) \
  "{\"time\": " time ", \"value\": " value ", \"unit\": \"mg/L\"" more "}"

/* Covariates are put in as numbers. */
#define VANCOMYCIN(cl, v1)                                                           \
  HEAD "[parameters]\nCL = " cl "*exp(eta_CL)\nV1 = " v1 "*exp(eta_V1)\n"            \
       "V2 = 38.4*exp(eta_V2)\nQ = 6.5\n" UNITS2                                     \
       "[effects]\nCL = variance 0.147\nV1 = variance 0.51\nV2 = variance "          \
       "0.282\n" LINEAR ("2", "0") OUTPUT                                            \
      "error = combined_sd\nadditive = 3.4 mg/L\nproportional = 22.7 %\n" IV CHECK ( \
          "Q 6.5")

static const Patient patients[] = {
  { "tobramycin",
    HEAD "[terms]\nke = 0.21*(80/67.8)^0.89*(65/66.4)^-1.09*exp(eta_KE)\n"
         "[parameters]\nV1 = 19.8*(65/66.4)^0.80*exp(eta_V)\nCL = ke*V1\n"
         "Q = 0.041 [1/h]*V1\nV2 = Q/0.12 [1/h]\n" UNITS2
         "[effects]\nKE = variance 0.08075\nV = variance 0.01203\n" LINEAR ("2", "0")
             OUTPUT
    "error = proportional\nproportional = 19.8 %\n" IV CHECK ("V1 19.5"),
    DOSE ("0", "500", "iv", ", \"duration\": 0.5"),
    LEVEL ("1", "25", "") "," LEVEL ("14", "5.5", ""),
    { -0.6828811, -0.0663349 },
    5e-4,
    { "V1" },
    { 18.21 },
    5e-4 },
  { "vancomycin-2",
    VANCOMYCIN ("4.5*(34/120)^0.8", "58.4*62/70"),
    DOSE ("0", "1900", "iv", ", \"duration\": 1") "," DOSE ("22.2", "1750", "iv",
                                                            ", \"duration\": 1"),
    LEVEL ("12", "14.8", "") "," LEVEL ("37.5", "22.5", ""),
    { NAN, NAN, NAN },
    0,
    { "CL", "V1", "V2" },
    { 1.72, 59.8, 41.6 },
    2e-3 },
  { "vancomycin-4",
    VANCOMYCIN ("4.5*(65/120)^0.8", "58.4"),
    DOSE ("0", "2000", "iv", ", \"duration\": 2") "," DOSE ("24.2", "1400", "iv",
                                                            ", \"duration\": 2"),
    LEVEL ("13", "12", "") "," LEVEL ("48", "10.5", ""),
    { 0.10796221, 0.04643863, 0.06859768 },
    1e-4,
    { NULL },
    { 0 },
    0 },
  { "amikacin",
    HEAD "[parameters]\nCL = 4.3*(50/82)^0.7*exp(eta_CL)\n"
         "V1 = 15.9*(62/78)^0.9*exp(eta_V1)\nV2 = 21.4*exp(eta_V2)\n"
         "Q = 12.1*exp(eta_Q)\n" UNITS2
         "[effects]\nCL = variance 0.1\nV1 = variance 0.05\nV2 = variance 0.2\n"
         "Q = variance 0.08\nCL V1 = covariance 0.01\nCL V2 = covariance 0.01\n"
         "CL Q = covariance -0.06\nV1 V2 = covariance 0.02\nV1 Q = covariance 0.004\n"
         "V2 Q = covariance 0.003\n" LINEAR ("2", "0") OUTPUT
    "error = combined\nadditive = 0.2 mg/L\nproportional = 10 %\n" IV CHECK ("V2 21.4"),
    DOSE ("0", "1600", "iv", ", \"duration\": 0.5"),
    LEVEL ("1", "75", "") "," LEVEL ("6", "32", ""),
    { NAN, NAN, NAN, NAN },
    0,
    { "CL", "V1", "V2", "Q" },
    { 2.62257, 11.01419, 14.5732, 11.96107 },
    1e-5 },
  { "ganciclovir",
    HEAD "[parameters]\nCL = 7.49*80/57*exp(eta_CL)\nV1 = 31.9*exp(eta_V1)\nQ = 10.2\n"
         "V2 = 32\nKA = 0.895*exp(eta_KA)\nF = 0.825*exp(eta_F)\nLAG = 0.382\n" UNITS2
         "KA = 1/h\nF = 1\nLAG = h\n"
         "[effects]\nCL = variance 0.107\nV1 = variance 0.227\nKA = variance 0.464\n"
         "F = variance 0.049\n" LINEAR ("2", "1") OUTPUT
    "error = combined_sd\nadditive = 0.465 mg/L\nproportional = 14.3 %\n" ORAL
    "bioavailability = F\nlag = LAG\n" CHECK ("V1 31.9"),
    DOSE ("0", "450", "oral", ""),
    LEVEL ("1", "3.4", "") "," LEVEL ("2", "2.7", "") "," LEVEL ("6", "1.4", ""),
    { 0.19529, 0.148604, -0.034162, -0.159617 },
    2e-5,
    { NULL },
    { 0 },
    0 },
  { "lag",
    HEAD "[parameters]\nCL = 4*exp(eta_CL)\nV1 = 70*exp(eta_V1)\nKA = exp(eta_KA)\n"
         "LAG = exp(eta_LAG)\n" UNITS "KA = 1/h\nLAG = h\n"
         "[effects]\nCL = variance 0.2\nV1 = variance 0.2\nKA = variance 0.2\n"
         "LAG = variance 0.2\n" LINEAR ("1", "1") OUTPUT
    "error = proportional\nproportional = 0.22360679774997896 1\n" ORAL
    "lag = LAG\n" CHECK ("V1 70"),
    DOSE ("0", "10000", "oral", "") "," DOSE ("72", "10000", "oral",
                                              ", \"interval\": 24, \"count\": 7"),
    LEVEL ("1.5", "67.4275", "") "," LEVEL ("4.4", "115.449", "") "," LEVEL (
        "7.1", "83.7768", "") "," LEVEL ("24.6", "21.8323", ""),
    { 0.396185952, 0.0370173441, 0.0825083501, -0.0967599813 },
    1e-4,
    { NULL },
    { 0 },
    0 },
  { "fixed-effect",
    HEAD
    "[parameters]\nVMAX = 10000*exp(eta_VMAX)\nVC = 70*exp(eta_VC)\n"
    "KM = 2500*exp(eta_KM)\nKA = exp(eta_KA)\n"
    "[units]\nVMAX = mg/h\nVC = L\nKM = mg/L\nKA = 1/h\n"
    "[effects]\nVMAX = variance 0.2\nVC = variance 0.2\nKA = variance 0\n"
    "KM = variance 0.2\n"
    "[structure]\nkind = ode\n[ode]\nA1 = -KA*A1\n"
    "A2 = KA*A1 - VMAX*A2/VC/(KM + A2/VC)\n" OUTPUT
    "error = proportional\nproportional = 0.22360679774997896 1\n"
    "expression = A2/VC\n[route iv]\ntitle = i\ninto = A2\ninfusion = yes\n" CHECK (
        "VC 70"),
    DOSE ("0", "10000", "iv", ", \"duration\": 1") "," DOSE (
        "72", "10000", "iv", ", \"duration\": 1, \"interval\": 24, \"count\": 7"),
    LEVEL ("1.5", "111.574", "") "," LEVEL ("4.4", "97.8679", "") "," LEVEL (
        "7.1", "64.2932", "") "," LEVEL ("24.6", "9.91143", ""),
    { 0.379963236, 0.08405155, -0.368408216 },
    1e-4,
    { NULL },
    { 0 },
    0 },
#define BELOW_MODEL                                                                   \
  HEAD "[parameters]\nCL = 0.2*exp(eta_CL)\nV1 = 2*exp(eta_V1)\nQ = 0.1\nV2 = "       \
       "0.5\n" UNITS2                                                                 \
       "[effects]\nCL = variance 0.05\nV1 = variance 0.02\n" LINEAR ("2", "0") OUTPUT \
      "error = combined\nadditive = 0.7071067811865476 mg/L\n"                        \
      "proportional = 0.31622776601683794 1\n" IV CHECK ("V2 0.5")
#define BELOW_DOSE DOSE ("0", "100", "iv", ", \"duration\": 0.08333333333333333")
#define BELOW_LEVELS \
  LEVEL ("1", "75", "") "," LEVEL ("6", "25", "") "," LEVEL ("24", "7", "") ","
  { "below-m3",
    BELOW_MODEL,
    BELOW_DOSE,
    BELOW_LEVELS LEVEL ("48", "1", ", \"below\": true"),
    { -0.0427451, -0.122636 },
    1e-6,
    { NULL },
    { 0 },
    0 },
  { "below-ignored",
    BELOW_MODEL,
    BELOW_DOSE,
    BELOW_LEVELS LEVEL ("48", "1", ""),
    { -0.0706898, -0.113914 },
    2e-6,
    { NULL },
    { 0 },
    0 },
};

static int
find_parameter (const TdmModel *model, const char *name)
{
  for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
    if (g_str_equal (tdm_model_get_parameter_name (model, i), name))
      return (int)i;
  g_assert_not_reached ();
}

static void
check_patient (const Patient *patient, const TdmFit *fit)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  for (guint i = 0; i < fit->n; i++)
    if (!isnan (patient->eta[i]))
      g_assert_cmpfloat_with_epsilon (fit->eta[i], patient->eta[i], patient->tolerance);
  for (guint k = 0; patient->parameters[k]; k++)
    {
      int i = find_parameter (model, patient->parameters[k]);
      g_assert_cmpfloat_with_epsilon (fit->individual[i] / patient->values[k], 1,
                                      patient->relative);
    }
}

static void
test_patient (gconstpointer data)
{
  const Patient *patient = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdup_printf (
      "{\"format\": \"titrate-case/1\", \"model\": \"examplin-test-2026\", "
      "\"doses\": [%s], \"levels\": [%s]}",
      patient->doses, patient->levels);
  g_autoptr (TdmModel) model = published_model (patient->model);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  check_patient (patient, fit);
}

/* Subjects of a Monolix project at its population parameters. */
typedef struct
{
  const char *item, *folder; /* of the answers */
  const char *model;
  const char *columns; /* the data's header, for our reader */
  const char *effects; /* as Monolix calls them */
  double tolerance;    /* of etas */
  /* Of predictions "at the mean": older versions mean that of the effects, newer ones
   * that of the parameters, which is about exp (mean + SD^2 / 2). */
  gboolean of_parameters;
  double mean;
} Project;

static const Project projects[] = {
  { "monolix_theophylline", "",
    HEAD
    "[parameters]\nKA = 1.53264420692351*exp(eta_ka)\n"
    "V1 = 0.455503642172079*exp(eta_V)\nCL = 0.0401723641322292*exp(eta_Cl)\n" UNITS
    "KA = 1/h\n[effects]\nka = sd 0.67105477569176\nV = sd 0.126281479740844\n"
    "Cl = sd 0.27062337275905\n" LINEAR ("1", "1") OUTPUT
    "error = combined_sd\nadditive = 0.433279557549051 mg/L\n"
    "proportional = 0.0542595276206251 1\n" ORAL CHECK ("V1 0.4555"),
    "ID,AMT,TIME,DV,WEIGHT,FEM", "ka V Cl", 2e-5, FALSE, 2e-5 },
  { "monolix_phenobarbital", "",
    HEAD
    "[covariate APGAR]\ntitle = A\nunit = 1\nallowed = 0 to 10\n"
    "[terms]\nk = 0.00479852739901777*exp(eta_k)\n"
    "[parameters]\nV1 = 1.24689732935331*exp(eta_V + (APGAR >= 8 ? "
    "0.260578209875729 : APGAR <= 3 ? 0.127948846160619 : 0))\nCL = k*V1\n" UNITS
    "[effects]\nV = sd 0.401481325663058\nk = sd 0.186667045786903\n" LINEAR ("1", "0")
        OUTPUT "error = proportional\nproportional = 0.108861379047358 1\n"
               "[route iv]\ntitle = i\ninto = central\n"
               "[check one]\ncovariates = APGAR 5\nvalues = V1 1.2469\nsource = s\n",
    "ID,TIME,AMT,WEIGHT,APGAR,DV", "V k", 2e-5, TRUE, 5e-4 },
  { "monolix_warfarin", "w1/",
    HEAD "[parameters]\nLAG = 0.764322535850091*exp(eta_Tlag)\n"
         "KA = 1.45620698534217*exp(eta_ka)\nV1 = 7.96019644663432*exp(eta_V)\n"
         "CL = 0.132481552644036*exp(eta_Cl)\n" UNITS "KA = 1/h\nLAG = h\n"
         "[effects]\nTlag = sd 0.605115662973185\nka = sd 1.08210228973354\n"
         "V = sd 0.222522809015499\nCl = sd 0.286211422517007\n" LINEAR ("1", "1")
             OUTPUT "error = combined_sd\nadditive = 0.247145876284213 mg/L\n"
                    "proportional = 0.0503195895352995 1\n" ORAL
                    "lag = LAG\n" CHECK ("V1 7.96"),
    "ID,TIME,AMT,DV,CMT,WT,FEM,AGE", "Tlag ka V Cl", 1e-4, TRUE, 0.015 },
};

/* The data with commas, our names of columns, and without the rows of a second
 * measurement (dvid 2, the fifth field of warfarin's). */
static char *
convert_data (const Project *project)
{
  g_autofree char *path = published_path (project->item, "data.csv");
  g_autofree char *text = NULL;
  g_autoptr (GString) out = g_string_new (project->columns);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_strdelimit (text, "\t;", ',');
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean second = strstr (project->columns, "CMT") != NULL;
  for (guint i = 1; lines[i]; i++)
    {
      g_auto (GStrv) fields = g_strsplit (g_strstrip (lines[i]), ",", -1);
      if (!second || g_strv_length (fields) < 5 || !g_str_equal (fields[4], "2"))
        g_string_append_printf (out, "\n%s", lines[i]);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static TdmDataTable *
project_table (const Project *project, const char *name)
{
  g_autofree char *file = g_strconcat (project->folder, name, NULL);
  return published_table (project->item, file);
}

static double
check_mode (const Project *project, const TdmFit *fit, const TdmDataTable *modes,
            guint row)
{
  g_auto (GStrv) effects = g_strsplit (project->effects, " ", -1);
  double worst = 0;
  for (guint i = 0; i < fit->n; i++)
    {
      g_autofree char *mixed = g_strdup_printf ("eta_%s_mode", effects[i]);
      g_autofree char *column = g_ascii_strup (mixed, -1);
      worst = MAX (worst, fabs (fit->eta[i] - published_number (modes, row, column)));
    }
  return worst;
}

/* How far predictions are off, relative to the largest of the subject. */
typedef struct
{
  double typical, mode, mean; /* at the modes that we find, at the printed means */
  double residual;            /* weighted, at the mode */
} Off;

static void
predict_at_means (const Project *project, const TdmFit *fit,
                  const TdmDataTable *effects, guint row, double *values)
{
  g_auto (GStrv) names = g_strsplit (project->effects, " ", -1);
  g_autofree double *eta = g_new0 (double, fit->n + 1);
  g_autofree double *times = g_new (double, fit->n_levels + 1);
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < fit->n; i++)
    {
      g_autofree char *mean = g_strdup_printf ("eta_%s_mean", names[i]);
      g_autofree char *sd = g_strdup_printf ("eta_%s_sd", names[i]);
      g_autofree char *mean_column = g_ascii_strup (mean, -1);
      g_autofree char *sd_column = g_ascii_strup (sd, -1);
      eta[i] = published_number (effects, row, mean_column);
      if (project->of_parameters)
        eta[i] += 0.5 * pow (published_number (effects, row, sd_column), 2);
    }
  for (guint k = 0; k < fit->n_levels; k++)
    times[k] = fit->levels[k].time_h;
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .n_times = fit->n_levels };
  g_assert_true (tdm_problem_predict (fit->problem, eta, &spec, values, &error));
}

static void
check_predictions (const Project *project, const TdmFit *fit,
                   const TdmDataTable *effects, guint row,
                   const TdmDataTable *predictions, guint *at, Off *worst)
{
  g_autofree double *means = g_new (double, fit->n_levels + 1);
  double most = 0;
  predict_at_means (project, fit, effects, row, means);
  for (guint k = 0; k < fit->n_levels; k++)
    most = MAX (most, fit->levels[k].individual);
  for (guint k = 0; k < fit->n_levels; k++, (*at)++)
    {
      const TdmFitLevel *level = &fit->levels[k];
      const double typical = published_number (predictions, *at, "POPPRED");
      const double mode = published_number (predictions, *at, "INDIVPRED_MODE");
      const double mean = published_number (predictions, *at, "INDIVPRED_MEAN");
      const double residual = published_number (predictions, *at, "INDWRES_MODE");
      worst->typical =
          MAX (worst->typical, fabs (level->population - typical) / level->population);
      worst->mode = MAX (worst->mode, fabs (level->individual - mode) / most);
      worst->mean = MAX (worst->mean, fabs (means[k] - mean) / most);
      worst->residual =
          MAX (worst->residual, fabs (level->weighted_residual - residual));
    }
}

static void
test_project (gconstpointer data)
{
  const Project *project = data;
  if (published_missing (project->item))
    return;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = convert_data (project);
  g_autoptr (TdmModel) model = published_model (project->model);
  g_autoptr (TdmDataMap) map = tdm_data_map_new (model);
  g_autoptr (TdmNonmemData) rows =
      tdm_nonmem_data_parse (text, strlen (text), "data", &error);
  g_assert_no_error (error);
  g_autoptr (TdmDataTable) modes = project_table (project, "randomEffects.csv");
  g_autoptr (TdmDataTable) predictions = project_table (project, "predictions.csv");
  double worst = 0;
  Off predicted = { 0 };
  guint at = 0, n = tdm_nonmem_data_get_n_subjects (rows);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TdmCase) record = tdm_nonmem_data_case (rows, i, map, &error);
      g_assert_no_error (error);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (fit->converged);
      double off = check_mode (project, fit, modes, i);
      if (off > project->tolerance)
        g_test_message ("subject %s: eta off by %g", tdm_nonmem_data_get_id (rows, i),
                        off);
      worst = MAX (worst, off);
      check_predictions (project, fit, modes, i, predictions, &at, &predicted);
    }
  g_test_message ("%u subjects; off by: prediction %.1e, at modes %.1e, at means %.1e, "
                  "residual %.1e, eta %.1e",
                  n, predicted.typical, predicted.mode, predicted.mean,
                  predicted.residual, worst);
  g_assert_cmpuint (at, ==, tdm_data_table_get_n_rows (predictions));
  g_assert_cmpfloat (predicted.typical, <, 2e-5);
  g_assert_cmpfloat (predicted.mode, <, project->tolerance);
  g_assert_cmpfloat (predicted.mean, <, project->mean);
  g_assert_cmpfloat (predicted.residual, <, 1e-3);
  g_assert_cmpfloat (worst, <, project->tolerance);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (patients); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/published-fits/", patients[i].name, NULL);
      g_test_add_data_func (path, &patients[i], test_patient);
    }
  for (guint i = 0; i < G_N_ELEMENTS (projects); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/published-fits/", projects[i].item, NULL);
      g_test_add_data_func (path, &projects[i], test_project);
    }
  return g_test_run ();
}
