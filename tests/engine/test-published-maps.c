/* Individual estimates and objectives that NONMEM 7.4 gave for 34 models at their
 * published population parameters (Le Louedec and others, CPT Pharmacometrics Syst
 * Pharmacol 2021, doi 10.1002/psp4.12689; data beside the source tree). */
#include "engine/data-map.h"
#include "engine/map.h"
#include "engine/objective.h"
#include "engine/residual.h"
#include "published.h"

#include "num/linalg.h"

#define ITEM "mapbayr_cptpsp_2021"

#define HEAD                                                                  \
  "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n" \
  "drug = examplin\ntitle = t\nreference = r\ndoi = 10.1000/x\nstatus = A\n"  \
  "status_text = s\npopulation = p\nlimits = l\n"
#define LINEAR(compartments, chain) \
  "[structure]\nkind = linear\ncompartments = " compartments "\nchain = " chain "\n"
#define ODE "[structure]\nkind = ode\n"
#define OUTPUT(error) "[output C]\ntitle = C\nunit = mg/L\ncmt = 2\n" error "\n"
#define ODE_OUTPUT(error) OUTPUT (error "\nexpression = A2/VC")
#define PROPORTIONAL "error = proportional\nproportional = 0.22360679774997896 1"
#define COVARIATE(name, unit, range)                                               \
  "[covariate " name "]\ntitle = " name "\nunit = " unit "\nallowed = " range "\n" \
  "carry = backward\n"
#define CHECK(covariates, value) \
  "[check one]\n" covariates "values = " value "\nsource = s\n"

/* Doses by mouth, into the central compartment at a rate of their own. */
#define ORAL "[route oral]\ntitle = o\ninto = absorption\ncmt = 1\n"
#define INFUSION "[route iv]\ntitle = i\ninto = central\ninfusion = yes\ncmt = 2\n"
#define ODE_ORAL "[route oral]\ntitle = o\ninto = A1\ncmt = 1\n"
#define ODE_INFUSION "[route iv]\ntitle = i\ninto = A2\ninfusion = yes\ncmt = 2\n"

#define CL "CL = 4*exp(eta_CL)\n"
#define VC "V1 = 70*exp(eta_VC)\n"
#define KA "KA = exp(eta_KA)\n"
#define CL_VC_UNITS "[units]\nCL = L/h\nV1 = L\n"
#define ONE(omega) \
  HEAD "[parameters]\n" CL VC KA CL_VC_UNITS "KA = 1/h\n" omega LINEAR ("1", "1")
#define OMEGA3(a, b, c) \
  "[effects]\nCL = variance " a "\nVC = variance " b "\nKA = variance " c "\n"
#define OMEGA OMEGA3 ("0.2", "0.2", "0.2")
#define V70 CHECK ("", "V1 70")

#define TWO                                                                 \
  HEAD "[parameters]\n" CL VC KA "V2 = 50*exp(eta_VP)\nQ = 4\n" CL_VC_UNITS \
       "KA = 1/h\nV2 = L\nQ = L/h\n" OMEGA "VP = variance 0.2\n" LINEAR ("2", "1")

/* Michaelis–Menten elimination; `random` names what varies besides VC and KA. */
#define MM(parameters, effects, elimination)                                       \
  HEAD "[parameters]\n" parameters "VC = 70*exp(eta_VC)\nKA = exp(eta_KA)\n"       \
       "[units]\nVC = L\nKA = 1/h\nVMAX = mg/h\nKM = mg/L\nCL = L/h\n"             \
       "[effects]\n" effects ODE "[ode_terms]\nconc = A2/VC\n[ode]\nA1 = -KA*A1\n" \
       "A2 = KA*A1 - VMAX*conc/(KM + conc)" elimination "\n" ODE_OUTPUT (PROPORTIONAL)
#define V02(name) name " = variance 0.2\n"
#define MM_VM "VMAX = 10000*exp(eta_VMAX)\n"
#define MM_KM "KM = 2500*exp(eta_KM)\n"
#define MM_END CHECK ("", "VC 70")

typedef struct
{
  const char *run;
  const char *model;
  const char *etas;         /* names of NONMEM's etas, in its order */
  guint subjects;           /* to look at */
  double largest_objective; /* subjects with a larger one are left out */
  /* Rows, "14 18", whose optimum is a kink: a dose arrives, or its input ends, at the
   * very time of a level. There are no derivatives there: what is published is near. */
  const char *kinks;
} Run;

#define PARENT                                                                       \
  HEAD "[parameters]\nCL = 4*exp(eta_CL)\nVC = 70*exp(eta_VC)\nKA = exp(eta_KA)\n"   \
       "CLM = 2.5*exp(eta_CLM)\nVCM = 60*exp(eta_VCM)\n"                             \
       "[units]\nCL = L/h\nVC = L\nKA = 1/h\nCLM = L/h\nVCM = L\n"                   \
       "[effects]\n" V02 ("CL") V02 ("VC") V02 ("KA") V02 ("CLM") V02 ("VCM") ODE    \
      "[ode]\nA1 = -KA*A1\nA2 = KA*A1 - CL/VC*A2\n"                                  \
      "A3 = 0.7*CL/VC*A2 - CLM/VCM*A3\n" ODE_OUTPUT (                                \
          PROPORTIONAL) "[output M]\ntitle = M\nunit = mg/L\ncmt = 3\nexpression = " \
                        "A3/VCM\n" PROPORTIONAL "\n"

#define SUNITINIB                                                                     \
  HEAD COVARIATE (                                                                    \
      "WT", "kg",                                                                     \
      "30 to 300") "[terms]\nS = (WT/70)^0.75\n"                                      \
                   "[parameters]\nK12 = 0.34\nCLS = 35.7*S*exp(eta_CLS)\n"            \
                   "VC = 1360*WT/70*exp(eta_VCS)\nCLM = 17.1*S*exp(eta_CLM)\n"        \
                   "VCM = 635*WT/70*exp(eta_VCM)\nQ = 20.1*S\nVPM = 388*WT/70\nQH = " \
                   "80*S\n"                                                           \
                   "[units]\nK12 = 1/h\nCLS = L/h\nVC = L\nCLM = L/h\nVCM = L\nQ = "  \
                   "L/h\nVPM "                                                        \
                   "= L\n"                                                            \
                   "QH = L/h\n"                                                       \
                   "[effects]\nVCS = variance 0.104976\nVCM = variance 0.335241\n"    \
                   "CLM = variance 0.177241\nCLS = variance 0.114921\n"               \
                   "VCS VCM = covariance 0.016892\nVCM CLM = covariance 0.026738\n"   \
                   "CLM CLS = covariance 0.010795\n" ODE                              \
                   "[ode_terms]\ncl = (K12*A1 + QH*A2/VC)/(QH + CLS)\n"               \
                   "[ode]\nA1 = -K12*A1\nA2 = QH*cl - QH*A2/VC\n"                     \
                   "A3 = 0.21*CLS*cl - CLM*A3/VCM - Q/VCM*A3 + Q/VPM*A4\n"            \
                   "A4 = Q/VCM*A3 - Q/VPM*A4\n"                                       \
                   "[output C]\ntitle = C\nunit = ng/mL\ncmt = 2\nexpression = "      \
                   "A2/VC\n"                                                          \
                   "error = proportional\nproportional = 0.20736441353327724 1\n"     \
                   "[output M]\ntitle = M\nunit = ng/mL\ncmt = 3\nexpression = "      \
                   "A3/VCM\n"                                                         \
                   "error = proportional\nproportional = 0.15165750888103102 "        \
                   "1\n" ODE_ORAL CHECK ("covariates = WT 70\n", "VC 1360")

#define CARBOPLATIN                                                                    \
  HEAD COVARIATE (                                                                     \
      "BSA", "m2",                                                                     \
      "1 to 4") "[parameters]\nCL = 6.38*exp(eta_CL)\nV1 = 9.5*BSA*exp(eta_V1)\n"      \
                "V2 = 9.56*exp(eta_V2)\nQ = 2.7\n[units]\nCL = L/h\nV1 = L\nV2 = "     \
                "L\nQ = "                                                              \
                "L/h\n"                                                                \
                "[effects]\nCL = variance 0.105\nV1 = variance 0.0378\nV2 = variance " \
                "0.026\n" LINEAR ("2",                                                 \
                                  "0") "[output C]\ntitle = C\nunit = mg/L\ncmt = "    \
                                       "1\nerror = proportional\n"                     \
                                       "proportional = 0.1951922129594312 1\n"         \
                                       "[route iv]\ntitle = i\ninto = "                \
                                       "central\ninfusion = yes\ncmt = 1\n" CHECK (    \
                                           "covariates = BSA 2\n", "V1 19")

/* All is divided by 2.2, so that the concentration is what their S1 makes of it. */
#define METHOTREXATE                                                                   \
  HEAD COVARIATE ("AGE", "y", "10 to 110") COVARIATE ("SCR", "umol/L", "5 to 1000")    \
      COVARIATE (                                                                      \
          "CYCLE", "1",                                                                \
          "1 to 9") "[parameters]\n"                                                   \
                    "CL = 7.1/2.2*exp(eta_CL + iov_CL)*(SCR/67)^-0.43*(max(AGE, "      \
                    "1)/62)^-0.22\n"                                                   \
                    "V1 = 25.1/2.2*exp(eta_VC)\nQ = 0.15/2.2*exp(eta_Q)\nV2 = "        \
                    "2.7/2.2*exp(eta_VP)\n"                                            \
                    "[units]\nCL = L/h\nV1 = L\nQ = L/h\nV2 = L\n"                     \
                    "[effects]\nCL = variance 0.266256\nVC = variance 0.233289\n"      \
                    "Q = variance 0.430336\nVP = variance 0.4096\nCL VC = covariance " \
                    "0.002401\n"                                                       \
                    "Q VP = covariance 0.084164\n"                                     \
                    "[occasion_effects]\nCL = variance 0.027225\n[occasions]\nstart "  \
                    "= "                                                               \
                    "CYCLE\n" LINEAR (                                                 \
                        "2",                                                           \
                        "0") "[output C]\ntitle = C\nunit = mg/L\ncmt = 1\nerror = "   \
                             "combined\n"                                              \
                             "additive = 15 mg/L\nproportional = 0.46 1\n"             \
                             "[route iv]\ntitle = i\ninto = central\ninfusion = "      \
                             "yes\ncmt = 1\n" CHECK (                                  \
                                 "covariates = AGE 62, SCR 67, CYCLE 1\n", "CL 3.227")

/* Each dose is two rows: a fast and a slow part. What is absorbed depends on the
 * dose and the time (AOLA, TOLA) of the record at which a lagged dose arrives. */
#define PAZOPANIB                                                                   \
  HEAD COVARIATE ("AOLA", "1", "100 to 2000") COVARIATE ("TOLA", "1", "0 to 10000") \
      COVARIATE (                                                                   \
          "CYCLE", "1",                                                             \
          "1 to 9") "[terms]\nF = (1 - (AOLA - 200)/(480 + AOLA - 200))"            \
                    "*(0.499 + 0.501*exp(-0.15/24*TOLA))*exp(eta_F + iov_F)\n"      \
                    "[parameters]\nCL = 0.27*exp(eta_CL)\nVC = 2.43\nKAF = "        \
                    "0.4*exp(eta_KAF)\n"                                            \
                    "KAS = 0.12\nQ = 0.99\nV4 = 25.1*exp(eta_V4)\nF1 = "            \
                    "0.361*F\nF3 = 0.639*F\n"                                       \
                    "LAG1 = 1e-6\nLAG3 = 0.98\n"                                    \
                    "[units]\nCL = L/h\nVC = L\nKAF = 1/h\nKAS = 1/h\nQ = "         \
                    "L/h\nV4 = L\nF1 = 1\n"                                         \
                    "F3 = 1\nLAG1 = h\nLAG3 = h\n"                                  \
                    "[effects]\nCL = variance 0.095481\nKAF = variance 1.96\n"      \
                    "V4 = variance 0.964324\nF = variance 0.126736\n"               \
                    "[occasion_effects]\nF = variance "                             \
                    "0.555025\n[occasions]\nstart = CYCLE\n" ODE                    \
                    "[ode]\nA1 = -KAF*A1\nA3 = -KAS*A3\n"                           \
                    "A2 = KAF*A1 + KAS*A3 - (CL + Q)/VC*A2 + Q/V4*A4\nA4 = "        \
                    "Q/VC*A2 - Q/V4*A4\n" ODE_OUTPUT (                              \
                        "error = combined\nadditive = 3.1 mg/L\nproportional = "    \
                        "8 %") "[route fast]\ntitle = f\ninto = A1\ncmt = "         \
                               "1\nbioavailability = F1\n"                          \
                               "lag = LAG1\n[route slow]\ntitle = s\ninto = "       \
                               "A3\ncmt = 3\n"                                      \
                               "bioavailability = F3\nlag = LAG3\n" CHECK (         \
                                   "covariates = AOLA 800, TOLA 0, CYCLE 1\n",      \
                                   "VC 2.43")

static const Run runs[] = {
  { "001", ONE (OMEGA) OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA", 60, INFINITY },
  { "002", ONE (OMEGA) OUTPUT (PROPORTIONAL) INFUSION V70, "CL VC KA", 60, INFINITY },
  { "003",
    HEAD "[parameters]\n" CL VC KA "LAG = exp(eta_LAG)\n" CL_VC_UNITS
         "KA = 1/h\nLAG = h\n" OMEGA V02 ("LAG") LINEAR ("1", "1") OUTPUT (PROPORTIONAL)
             ORAL "lag = LAG\n" V70,
    "CL VC KA LAG", 60, 200, "14 18" },
  { "004",
    HEAD "[parameters]\n" CL VC "D2 = 4*exp(eta_D2)\n" CL_VC_UNITS
         "D2 = h\n[effects]\n" V02 ("CL") V02 ("VC") V02 ("D2") LINEAR ("1", "0")
             OUTPUT (PROPORTIONAL) "[route iv]\ntitle = i\ninto = central\ncmt = "
                                   "2\nduration = D2\n" V70,
    "CL VC D2", 60, INFINITY, "0" },
  { "005",
    HEAD "[parameters]\n" CL VC KA "D1 = exp(eta_D1)\n" CL_VC_UNITS
         "KA = 1/h\nD1 = h\n" OMEGA V02 ("D1") LINEAR ("1", "1") OUTPUT (PROPORTIONAL)
             ORAL "duration = D1\n" V70,
    "CL VC KA D1", 60, INFINITY },
  { "006",
    HEAD "[parameters]\n" CL VC KA
         "D2 = 4*exp(eta_D2)\nF1 = 0.2\nF2 = 0.8\n" CL_VC_UNITS
         "KA = 1/h\nD2 = h\nF1 = 1\nF2 = 1\n" OMEGA V02 ("D2") LINEAR ("1", "1")
             OUTPUT (PROPORTIONAL) ORAL
    "bioavailability = F1\n"
    "[route iv]\ntitle = i\ninto = central\ncmt = 2\nduration = D2\n"
    "bioavailability = F2\n" V70,
    "CL VC KA D2", 60, INFINITY },
  { "007",
    HEAD
    "[parameters]\nCL = 4*exp(eta_CL)\nVC = 70*exp(eta_VC)\nKA1 = exp(eta_KA1)\n"
    "KA3 = 0.25*exp(eta_KA3)\nF1 = 0.2\nF3 = 0.8\n"
    "[units]\nCL = L/h\nVC = L\nKA1 = 1/h\nKA3 = 1/h\nF1 = 1\nF3 = 1\n[effects]\n" V02 (
        "CL") V02 ("VC") V02 ("KA1") V02 ("KA3") ODE
    "[ode]\nA1 = -KA1*A1\nA2 = KA1*A1 + KA3*A3 - CL/VC*A2\nA3 = -KA3*A3\n" ODE_OUTPUT (
        PROPORTIONAL) ODE_ORAL
    "bioavailability = F1\n"
    "[route slow]\ntitle = s\ninto = A3\ncmt = 3\nbioavailability = F3\n" MM_END,
    "CL VC KA1 KA3", 60, INFINITY },
  { "101", TWO OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA VP", 60, INFINITY },
  { "102", TWO OUTPUT (PROPORTIONAL) INFUSION V70, "CL VC KA VP", 60, INFINITY },
  { "201",
    MM (MM_VM MM_KM "CL = 1\n", V02 ("VMAX") V02 ("VC") V02 ("KA") V02 ("KM"), "")
        ODE_ORAL MM_END,
    "VMAX VC KA KM", 60, INFINITY },
  { "202",
    MM (MM_VM MM_KM "CL = 1\n", V02 ("VMAX") V02 ("VC") V02 ("KA") V02 ("KM"), "")
        ODE_INFUSION MM_END,
    "VMAX VC KA KM", 60, INFINITY },
  { "203",
    MM ("VMAX = 10000\n" MM_KM CL, V02 ("CL") V02 ("VC") V02 ("KA") V02 ("KM"),
        " - CL/VC*A2") ODE_ORAL MM_END,
    "CL VC KA KM", 60, INFINITY },
  { "204",
    MM ("VMAX = 10000\n" MM_KM CL, V02 ("CL") V02 ("VC") V02 ("KA") V02 ("KM"),
        " - CL/VC*A2") ODE_INFUSION MM_END,
    "CL VC KA KM", 60, INFINITY },
  { "205",
    MM (MM_VM "KM = 2500\n" CL, V02 ("CL") V02 ("VC") V02 ("KA") V02 ("VMAX"),
        " - CL/VC*A2") ODE_ORAL MM_END,
    "CL VC KA VMAX", 60, INFINITY },
  { "206",
    MM (MM_VM "KM = 2500\n" CL, V02 ("CL") V02 ("VC") V02 ("KA") V02 ("VMAX"),
        " - CL/VC*A2") ODE_INFUSION MM_END,
    "CL VC KA VMAX", 60, INFINITY },
  { "207",
    MM (MM_VM MM_KM CL, V02 ("VMAX") V02 ("VC") V02 ("KA") V02 ("KM") V02 ("CL"),
        " - CL/VC*A2") ODE_ORAL MM_END,
    "VMAX VC KA KM CL", 60, INFINITY },
  { "301",
    HEAD COVARIATE ("BW", "1", "30 to 300") COVARIATE (
        "FEM", "1",
        "0 to 1") "[parameters]\nCL = 4*exp(eta_CL)*(BW/75)^1.5*0.75^FEM\n" VC KA
        CL_VC_UNITS "KA = 1/h\n" OMEGA LINEAR ("1", "1") OUTPUT (PROPORTIONAL)
            ORAL CHECK ("covariates = BW 75, FEM 0\n", "V1 70"),
    "CL VC KA", 60, INFINITY },
  { "401", PARENT ODE_ORAL MM_END, "CL VC KA CLM VCM", 60, INFINITY },
  { "403",
    ONE (OMEGA) OUTPUT ("error = additive\nadditive = 70.71067811865476 mg/L") ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "404",
    ONE (OMEGA) OUTPUT ("error = additive\nadditive = 70.71067811865476 mg/L")
        INFUSION V70,
    "CL VC KA", 60, INFINITY },
  { "405",
    ONE (OMEGA) OUTPUT ("error = combined\nadditive = 70.71067811865476 mg/L\n"
                        "proportional = 0.22360679774997896 1") ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "406",
    ONE (OMEGA) OUTPUT ("error = combined\nadditive = 70.71067811865476 mg/L\n"
                        "proportional = 0.22360679774997896 1") INFUSION V70,
    "CL VC KA", 60, INFINITY },
  { "407", ONE (OMEGA) OUTPUT ("error = log\nlog_sd = 0.22360679774997896") ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "501", ONE (OMEGA3 ("0.4", "0.4", "0.4")) OUTPUT (PROPORTIONAL) ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "502", ONE (OMEGA3 ("0.6", "0.6", "0.6")) OUTPUT (PROPORTIONAL) ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "503", ONE (OMEGA3 ("0.8", "0.8", "0.8")) OUTPUT (PROPORTIONAL) ORAL V70,
    "CL VC KA", 60, INFINITY },
  { "504", ONE (OMEGA3 ("1", "1", "1")) OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA", 60,
    INFINITY },
  { "511", ONE (OMEGA3 ("2", "0.2", "0.2")) OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA",
    60, INFINITY },
  { "512", ONE (OMEGA3 ("2", "0.2", "2")) OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA",
    60, INFINITY },
  { "513", ONE (OMEGA3 ("2", "2", "2")) OUTPUT (PROPORTIONAL) ORAL V70, "CL VC KA", 60,
    INFINITY },
  { "901", CARBOPLATIN, "CL V1 V2", 40, INFINITY },
  { "921", PAZOPANIB, "CL KAF V4 F F[1] F[2]", 60, INFINITY },
  { "941", SUNITINIB, "VCS VCM CLM CLS", 60, INFINITY },
  { "951", METHOTREXATE, "CL VC Q VP CL[1] CL[2]", 40, INFINITY },
};

/* The published eta of each of the problem's effects; `etc` (n x n) its variance. */
static void
published_estimate (const Run *run, const TdmProblem *problem, const TdmDataTable *ebe,
                    guint row, double *eta, double *etc)
{
  g_auto (GStrv) names = g_strsplit (run->etas, " ", -1);
  guint n = tdm_problem_get_n_effects (problem);
  g_autofree guint *at = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    {
      at[i] = 0;
      while (!g_str_equal (names[at[i]], tdm_problem_get_effect_name (problem, i)))
        g_assert_nonnull (names[++at[i]]);
      g_autofree char *column = g_strdup_printf ("ETA%u", at[i] + 1);
      eta[i] = published_number (ebe, row, column);
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      {
        g_autofree char *column = g_strdup_printf ("ETC%u_%u", MAX (at[i], at[j]) + 1,
                                                   MIN (at[i], at[j]) + 1);
        etc[i * n + j] = published_number (ebe, row, column);
      }
}

static double
log_determinant (guint n, const double *a)
{
  g_autofree double *factor = g_new (double, n *n);
  double sum = 0;
  g_assert_true (tdm_cholesky (n, a, factor));
  for (guint i = 0; i < n; i++)
    sum += 2 * log (factor[i * (n + 1)]);
  return sum;
}

static void fail (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
fail (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_test_message ("%s", text);
  g_test_fail ();
}

/* Largest differences seen, for the log. */
typedef struct
{
  double prediction, individual, map_objective, objective, eta, variance;
  guint subjects, better;
  double sum; /* of the FOCEI objectives at the published etas */
} Worst;

/* At the published etas: the objective, and with it the individual part of the FOCEI
 * objective; its Hessian is the expected one. */
static void
check_objective (const Run *run, TdmProblem *problem, const TdmDataTable *ebe,
                 guint row, Worst *worst)
{
  guint n = tdm_problem_get_n_effects (problem);
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, NULL);
  g_autofree double *eta = g_new (double, n), *gradient = g_new (double, n);
  g_autofree double *hessian = g_new (double, n *n), *etc = g_new (double, n *n);
  published_estimate (run, problem, ebe, row, eta, etc);
  double value = tdm_objective_eval (objective, eta, gradient, hessian, FALSE);
  double focei = value + log_determinant (n, hessian)
                 + log_determinant (n, tdm_problem_get_omega (problem));
  double off = fabs (value - published_number (ebe, row, "MAPOFV"));
  double focei_off = fabs (focei - published_number (ebe, row, "OBJ"));
  worst->map_objective = MAX (worst->map_objective, off);
  worst->objective = MAX (worst->objective, focei_off);
  worst->sum += focei - published_number (ebe, row, "OBJ");
  if (!(off < 1e-4 && focei_off < 1e-4))
    fail ("run %s, row %u: objective off by %g, with the Hessian by %g", run->run, row,
          off, focei_off);
}

/* Predictions at the levels for the effects `eta` (NULL = none). */
static double *
predict_levels (const TdmProblem *problem, const double *eta, double *times)
{
  guint n = tdm_problem_get_n_levels (problem);
  double *values = g_new (double, n);
  g_autofree guint *outputs = g_new (guint, n);
  g_autofree gboolean *after = g_new (gboolean, n);
  for (guint i = 0; i < n; i++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (problem, i);
      times[i] = level->time_h;
      outputs[i] = level->output;
      after[i] = level->after_dose;
    }
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = times,
                             .outputs = outputs,
                             .after = after,
                             .n_times = n };
  g_assert_true (tdm_problem_predict (problem, eta, &spec, values, NULL));
  return values;
}

/* PRED, or IPRED for effects, from row `at` of the table on: relative differences, the
 * largest of which is returned. */
static double
check_predictions (const Run *run, const TdmProblem *problem, const double *eta,
                   const TdmDataTable *pred, guint at)
{
  const char *column = eta ? "IPRED" : "PRED";
  const double tolerance = eta ? 2e-5 : 1e-6;
  guint n = tdm_problem_get_n_levels (problem);
  gboolean logs =
      tdm_residual_is_log (tdm_model_get_output (tdm_problem_get_model (problem), 0));
  g_autofree double *times = g_new (double, n);
  g_autofree double *values = predict_levels (problem, eta, times);
  double worst = 0;
  for (guint i = 0; i < n; i++)
    {
      double theirs = published_number (pred, at + i, column);
      double off = fabs (values[i] / (logs ? exp (theirs) : theirs) - 1);
      off = theirs == 0 ? values[i] : off;
      g_assert_cmpfloat (published_number (pred, at + i, "TIME"), ==, times[i]);
      worst = MAX (worst, off);
      if (!(off <= tolerance))
        fail ("run %s, level %u: %s is %g, not %g", run->run, i, column, values[i],
              theirs);
    }
  return worst;
}

/* Another optimiser's opinion: posologyr's objective for the run and the subject, where
 * it has one, is no lower than ours. Its covariates of rows of one time are those of
 * the last and not the first, which matters in run 301. */
static void
check_second_opinion (const Run *run, double objective, const TdmDataTable *opinion,
                      double id)
{
  for (guint i = 0; i < tdm_data_table_get_n_rows (opinion); i++)
    {
      if (published_number (opinion, i, "RUN") != g_ascii_strtod (run->run, NULL)
          || published_number (opinion, i, "ID") != id || g_str_equal (run->run, "301"))
        continue;
      double theirs = published_number (opinion, i, "OFV_POSOLOGYR");
      if (!(objective <= theirs + 1e-3))
        fail ("run %s, subject %g: objective %.8g, but posologyr's is %.8g", run->run,
              id, objective, theirs);
    }
}

/* Our own search: the same estimate, or a better one. */
static void
check_fit (const Run *run, TdmProblem *problem, const TdmDataTable *ebe, guint row,
           const TdmDataTable *opinion, Worst *worst)
{
  guint n = tdm_problem_get_n_effects (problem);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autofree double *eta = g_new (double, n), *etc = g_new (double, n *n);
  double theirs = published_number (ebe, row, "MAPOFV");
  if (!fit || !fit->converged)
    {
      fail ("run %s, row %u: %s", run->run, row,
            fit ? tdm_stop_name (fit->stop) : "no fit");
      return;
    }
  published_estimate (run, problem, ebe, row, eta, etc);
  check_second_opinion (run, fit->objective, opinion,
                        published_number (ebe, row, "ID"));
  if (fit->objective > theirs + 1e-4)
    fail ("run %s, row %u: objective %.8g, but %.8g is there", run->run, row,
          fit->objective, theirs);
  if (fit->objective < theirs - 1e-3)
    {
      worst->better++;
      g_test_message ("run %s, row %u: objective %.8g, below %.8g", run->run, row,
                      fit->objective, theirs);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      double off = fabs (fit->eta[i] - eta[i]);
      worst->eta = MAX (worst->eta, off);
      if (off > 1e-3)
        fail ("run %s, row %u: %s is %g, not %g", run->run, row,
              tdm_problem_get_effect_name (problem, i), fit->eta[i], eta[i]);
    }
  for (guint i = 0; i < n * n; i++)
    {
      double off = fabs (fit->covariance_expected[i] - etc[i]);
      worst->variance = MAX (worst->variance, off);
      if (off > MAX (1e-4, 0.01 * fabs (etc[i])))
        fail ("run %s, row %u: variance %u is %g, not %g", run->run, row, i,
              fit->covariance_expected[i], etc[i]);
    }
}

/* A minimum at a corner is a minimum: no worse than the published one. */
static void
check_kink (const Run *run, TdmProblem *problem, const TdmDataTable *ebe, guint row)
{
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  double theirs = published_number (ebe, row, "MAPOFV");
  g_assert_nonnull (fit);
  g_test_message ("run %s, row %u: stopped by %s, objective %.8g, theirs %.8g",
                  run->run, row, tdm_stop_name (fit->stop), fit->objective, theirs);
  if (!fit->converged || fit->objective > theirs + 1e-3)
    fail ("run %s, row %u: %s, objective %.8g, but %.8g is there", run->run, row,
          tdm_stop_name (fit->stop), fit->objective, theirs);
}

static gboolean
is_kink (const Run *run, guint row)
{
  g_auto (GStrv) rows = g_strsplit (run->kinks ? run->kinks : "", " ", -1);
  g_autofree char *own = g_strdup_printf ("%u", row);
  return g_strv_contains ((const char *const *)rows, own);
}

/* The sum over all subjects of the part, where theirs stand for those left out. */
static void
check_sum (const Run *run, const TdmDataTable *ebe, double off)
{
  g_autoptr (TdmDataTable) totals = published_table (ITEM, "foce_ofv_totals.csv");
  guint row = 0;
  while (published_number (totals, row, "RUN") != g_ascii_strtod (run->run, NULL))
    row++;
  double sum = published_number (totals, row, "SUM_OBJ_IN_PART") - off;
  for (guint i = 0; i < tdm_data_table_get_n_rows (ebe); i++)
    sum -= published_number (ebe, i, "OBJ");
  if (!(fabs (sum) < 0.01))
    fail ("run %s: the sum of the objectives is off by %g", run->run, sum);
}

static void
test_run (gconstpointer data)
{
  const Run *run = data;
  if (published_missing (ITEM))
    return;
  g_autofree char *data_file = g_strdup_printf ("dev/run%s_data.csv", run->run);
  g_autofree char *ebe_file = g_strdup_printf ("dev/run%s_ebe.csv", run->run);
  g_autofree char *present = published_path (ITEM, data_file);
  if (!present)
    {
      g_test_skip ("the data of this run are not there");
      return;
    }
  g_autoptr (TdmModel) model = published_model (run->model);
  g_autoptr (TdmDataMap) map = tdm_data_map_new (model);
  g_autoptr (TdmNonmemData) rows = published_data (ITEM, data_file);
  g_autoptr (TdmDataTable) ebe = published_table (ITEM, ebe_file);
  g_autofree char *pred_file = g_strdup_printf ("dev/run%s_pred.csv", run->run);
  g_autoptr (TdmDataTable) pred = published_table (ITEM, pred_file);
  g_autoptr (TdmDataTable) opinion =
      published_table (ITEM, "posologyr_second_opinion.csv");
  Worst worst = { 0 };
  guint pred_row = 0;
  guint n = MIN (run->subjects, tdm_nonmem_data_get_n_subjects (rows));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = tdm_nonmem_data_case (rows, i, map, &error);
      g_assert_no_error (error);
      if (fabs (published_number (ebe, i, "OBJ")) > run->largest_objective)
        continue;
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      worst.subjects++;
      while (published_number (pred, pred_row, "ID") != published_number (ebe, i, "ID"))
        pred_row++;
      double off = check_predictions (run, problem, NULL, pred, pred_row);
      worst.prediction = MAX (worst.prediction, off);
      if (is_kink (run, i))
        {
          check_kink (run, problem, ebe, i);
          continue;
        }
      guint n_effects = tdm_problem_get_n_effects (problem);
      g_autofree double *eta = g_new0 (double, tdm_problem_get_n_values (problem) + 1);
      g_autofree double *etc = g_new (double, n_effects *n_effects + 1);
      published_estimate (run, problem, ebe, i, eta, etc);
      off = check_predictions (run, problem, eta, pred, pred_row);
      worst.individual = MAX (worst.individual, off);
      check_objective (run, problem, ebe, i, &worst);
      check_fit (run, problem, ebe, i, opinion, &worst);
    }
  g_test_message (
      "%u subjects, %u with a better optimum; off by: prediction %.1e, at their etas "
      "%.1e, objective %.1e, FOCEI %.1e, eta %.1e, variance %.1e",
      worst.subjects, worst.better, worst.prediction, worst.individual,
      worst.map_objective, worst.objective, worst.eta, worst.variance);
  check_sum (run, ebe, worst.sum);
  g_assert_cmpuint (worst.subjects, >, 0);
  g_assert_cmpuint (worst.better, <=, worst.subjects / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/published-maps/", runs[i].run, NULL);
      g_test_add_data_func (path, &runs[i], test_run);
    }
  return g_test_run ();
}
