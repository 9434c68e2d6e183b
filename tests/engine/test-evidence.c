/* The likelihood of a subject's levels with the effects integrated out: by importance
 * sampling against quadrature, and nlmixr2's adaptive quadrature from our own parts. */
#include "engine/evidence.h"

#include "engine/data-map.h"
#include "engine/marginal.h"
#include "engine/objective.h"
#include "given.h"
#include "num/linalg.h"
#include "engine/posterior.h"
#include "published.h"

#define HEAD GIVEN_HEAD
#define ONE "[structure]\nkind = linear\ncompartments = 1\n"
#define IV "[route iv]\ntitle = iv\ninto = central\ninfusion = yes\n"
#define UNITS "[units]\nCL = L/h\nV = L\n"

static const char mixture[] = HEAD
    "[subpopulations]\nfast = 0.7\nslow = remainder\n[parameters]\n"
    "CL = (SUBPOPULATION == \"fast\" ? 4.61 : 1.97) * exp(eta_CL)\nV = 23.7\n" UNITS
    "[effects]\nCL = variance 0.0841\n" ONE
    "[output C]\ntitle = C\nunit = mg/L\nerror = combined\nadditive = 0.37 mg/L\n"
    "proportional = 13 %\n" IV
    "[check fast]\nsubpopulation = fast\nvalues = CL 4.61\nsource = Test\n"
    "[check slow]\nsubpopulation = slow\nvalues = CL 1.97\nsource = Test\n";

#define DOSE "'doses': [{'time': 0, 'amount': 730, 'unit': 'mg', 'duration': 1}]"
#define LEVELS                                                  \
  ", 'levels': [{'time': 5.3, 'value': 12.9, 'unit': 'mg/L'}, " \
  "{'time': 10.9, 'value': 7.2, 'unit': 'mg/L'}]"

static TdmFit *
fit_of (const char *text, const char *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  return fit;
}

/* Sums over both subpopulations and 20,001 points of the effect. */
static void
integrate (const TdmFit *fit, double *value, double *mean, double *variance,
           double *fast)
{
  const double sd = 0.29, prior[] = { 0.7, 0.3 }, step = 1e-3 * sd;
  g_autoptr (TdmObjective) objective = tdm_objective_new (fit->problem, NULL);
  double sum = 0, first = 0, second = 0;
  for (guint k = 0; k < 2; k++)
    {
      tdm_objective_set_subpopulation (objective, k);
      for (int i = -10000; i <= 10000; i++)
        {
          const double eta = i * step;
          const double w =
              prior[k]
              * exp (-0.5 * tdm_objective_eval (objective, &eta, NULL, NULL, FALSE));
          sum += w;
          first += w * eta;
          second += w * eta * eta;
        }
      if (k == 0)
        *fast = sum;
    }
  *fast /= sum;
  *value = -2 * log (sum * step / (sd * sqrt (2 * G_PI)));
  *mean = first / sum;
  *variance = second / sum - *mean * *mean;
}

static void
test_mixture (void)
{
  double value, mean, variance, fast;
  g_autoptr (TdmFit) fit = fit_of (mixture, DOSE LEVELS);
  integrate (fit, &value, &mean, &variance, &fast);
  for (guint64 seed = 0; seed < 5; seed++)
    {
      g_autoptr (TdmEvidence) got = tdm_evidence_new (fit, 0, seed);
      g_assert_true (got->even);
      g_assert_cmpuint (got->draws, ==, 16000);
      g_assert_cmpfloat (got->error, <, 0.01);
      g_assert_cmpfloat (fabs (got->value - value), <, 5 * got->error);
      g_assert_cmpfloat (fabs (got->mean[0] - mean), <, 0.02 * sqrt (variance));
      g_assert_cmpfloat (fabs (got->covariance[0] / variance - 1), <, 0.02);
    }
  /* A deliberate mistake of 0.1 is seen. */
  g_autoptr (TdmEvidence) got = tdm_evidence_new (fit, 0, 0);
  g_assert_cmpfloat (fabs (got->value - value - 0.1), >, 5 * got->error);
}

/* How probable a subpopulation is hangs on no seed: each has its own even points. */
static void
test_chances (void)
{
  double value, mean, variance, fast;
  g_autoptr (TdmFit) fit = fit_of (mixture, DOSE LEVELS);
  integrate (fit, &value, &mean, &variance, &fast);
  for (guint64 seed = 0; seed < 5; seed++)
    {
      const TdmPosteriorOptions options = { .draws = 1000, .seed = seed };
      g_autoptr (TdmPosterior) posterior =
          tdm_posterior_new (fit, &options, NULL, NULL);
      g_assert_cmpfloat (fabs (posterior->kinds[0] - fast), <, 8e-4);
      g_assert_cmpfloat (fabs (posterior->mean[0] - mean), <, 0.01 * sqrt (variance));
    }
}

/* Without levels the prior is left. */
static void
test_prior (void)
{
  g_autoptr (TdmFit) prior = fit_of (mixture, DOSE);
  g_autoptr (TdmEvidence) none = tdm_evidence_new (prior, 0, 0);
  g_assert_cmpfloat (none->value, ==, 0);
  g_assert_cmpfloat (none->error, ==, 0);
  g_assert_cmpfloat (fabs (none->covariance[0] - 0.0841), <, 1e-15);
}

/* Gauss and Hermite's rule with two nodes an effect, at the estimate and inv (L)' times
 * -1 or 1 for each, where L L' is the expected Hessian. */
static double
two_nodes (const TdmFit *fit)
{
  const guint n = fit->n;
  g_autoptr (TdmObjective) objective = tdm_objective_new (fit->problem, NULL);
  g_autofree double *factor = g_new (double, n *n), *hessian = g_new (double, n *n);
  g_autofree double *z = g_new (double, n), *eta = g_new (double, n);
  const double *prior = tdm_problem_get_omega_cholesky (fit->problem);
  double sum = 0, value = fit->objective;
  g_assert_true (tdm_cholesky (n, fit->covariance_expected, factor));
  tdm_cholesky_inverse (n, factor, hessian);
  g_assert_true (tdm_cholesky (n, hessian, factor));
  for (guint node = 0; node < 1u << n; node++)
    {
      for (guint i = 0; i < n; i++)
        z[i] = node >> i & 1 ? 1 : -1;
      tdm_lower_transposed_solve (n, factor, z, eta);
      for (guint i = 0; i < n; i++)
        eta[i] += fit->eta[i];
      const double at = tdm_objective_eval (objective, eta, NULL, NULL, FALSE);
      sum += exp (-0.5 * (at - fit->objective) + 0.5 * n) / (1u << n);
    }
  for (guint i = 0; i < n; i++)
    value += 2 * log (prior[i * (n + 1)] * factor[i * (n + 1)]);
  return value - 2 * log (sum);
}

/* A population by its model and its table, whose columns are called `columns`. */
static double
sum_of (const char *model_text, const char *rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = published_model (model_text);
  g_autoptr (TdmDataMap) map = tdm_data_map_new (model);
  g_autoptr (TdmNonmemData) data =
      tdm_nonmem_data_parse (rows, strlen (rows), "data", &error);
  double sum = 0;
  g_assert_no_error (error);
  for (guint i = 0; i < tdm_nonmem_data_get_n_subjects (data); i++)
    {
      g_autoptr (TdmCase) record = tdm_nonmem_data_case (data, i, map, &error);
      g_assert_no_error (error);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
      g_assert_no_error (error);
      sum += two_nodes (fit);
    }
  return sum;
}

#define TENTH "0.31622776601683794"
#define WANG(error)                                                                 \
  HEAD "[parameters]\nCL = 0.5*exp(eta_CL)\nV = 1\n" UNITS                          \
       "[effects]\nCL = variance 0.04\n" ONE "[output C]\ntitle = C\nunit = mg/L\n" \
       "error = " error "\n" IV "[check one]\nvalues = CL 0.5\nsource = Test\n"

typedef struct
{
  const char *model;
  double value; /* nlmixr2's, 3 decimals */
} Row;

static const Row wang[] = {
  { WANG ("proportional\nproportional = " TENTH " 1"), 39.297 },
  { WANG ("additive\nadditive = " TENTH " mg/L"), -1.938 },
  { WANG ("combined\nadditive = " TENTH " mg/L\nproportional = " TENTH " 1"), 39.581 },
  { WANG ("combined_sd\nadditive = " TENTH " mg/L\nproportional = " TENTH " 1"),
    43.400 },
  { WANG ("power\ncoefficient = " TENTH "\npower = 0.5"), 10.069 },
  { WANG ("power\ncoefficient = " TENTH "\npower = 0.5\nadditive = " TENTH " mg/L"),
    10.978 },
  { WANG ("log\nlog_sd = " TENTH), -42.091 },
};

/* Wang2007 (nlmixr2est at 845fa01a): each subject is given 10 at time 0. */
static void
test_wang (void)
{
  g_autoptr (TdmDataTable) table = published_table ("wang2007_ofv", "data.csv");
  g_autoptr (GString) rows = g_string_new ("ID,TIME,AMT,DV\n");
  for (guint i = 0; i < tdm_data_table_get_n_rows (table); i++)
    {
      const double id = published_number (table, i, "ID");
      const double time = published_number (table, i, "TIME");
      if (time == 0)
        g_string_append_printf (rows, "%g,0,10,.\n", id);
      g_string_append_printf (rows, "%g,%g,0,%.10g\n", id, time,
                              published_number (table, i, "Y"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (wang); i++)
    g_assert_cmpfloat (fabs (sum_of (wang[i].model, rows->str) - wang[i].value), <,
                       6e-4);
}

/* Theophylline with nlmixr2's estimates by that method (nlmixr2qual at bb02bd37). */
static void
test_theophylline (void)
{
  static const char model[] = HEAD
      "[parameters]\nKA = exp(0.457676266267578 + eta_ka)\n"
      "CL = exp(1.01165623582441 + eta_cl)\nV = exp(3.45329495280204 + eta_v)\n"
      "[units]\nKA = 1/h\nCL = L/h\nV = L\n[effects]\nka = variance 0.398208228598741\n"
      "cl = variance 0.0706072672212268\nv = variance 0.0181978903430447\n"
      "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n"
      "[output C]\ntitle = C\nunit = mg/L\nerror = additive\n"
      "additive = 0.695935111317047 mg/L\n"
      "[route oral]\ntitle = o\ninto = absorption\n"
      "[check one]\nvalues = KA 1.5804\nsource = Test\n";
  g_autoptr (TdmDataTable) table =
      published_table ("nlmixr2_theophylline_methods", "data.csv");
  g_autoptr (GString) rows = g_string_new ("ID,TIME,AMT,DV\n");
  for (guint i = 0; i < tdm_data_table_get_n_rows (table); i++)
    g_string_append_printf (
        rows, "%g,%.10g,%.10g,%.10g\n", published_number (table, i, "ID"),
        published_number (table, i, "TIME"), published_number (table, i, "AMT"),
        published_number (table, i, "DV"));
  const double got = sum_of (model, rows->str);
  g_test_message ("two nodes: %.6f", got);
  g_assert_cmpfloat (fabs (got - 118.482568909799), <, 1e-6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/evidence/chances", test_chances);
  g_test_add_func ("/engine/evidence/mixture", test_mixture);
  g_test_add_func ("/engine/evidence/prior", test_prior);
  g_test_add_func ("/engine/evidence/nodes/wang", test_wang);
  g_test_add_func ("/engine/evidence/nodes/theophylline", test_theophylline);
  return g_test_run ();
}
