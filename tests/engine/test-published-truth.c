/* Simulated populations: patients whose own parameters are known (Schoemaker and
 * others, ACOP 2016: nlmixr2data at f7bd1f7b), and PsN's summary of published
 * simulations (PsN at d45819fa, test_files/SO/parser_psn/vpcrun). */
#include "engine/data-map.h"
#include "engine/map.h"
#include "num/quantile.h"
#include "published.h"

#include "num/linalg.h"

#define ACOP "acop2016_truth"
#define PSN "psn_vpc_small"
#define MOST_EFFECTS 4

#define HEAD                                                                  \
  "[model]\nformat = titrate-model/1\nid = examplin-test-2026\nversion = 1\n" \
  "drug = examplin\ntitle = t\nreference = r\ndoi = 10.1000/x\nstatus = A\n"  \
  "status_text = s\npopulation = p\nlimits = l\n"
/* Their residual errors are proportional in words; the data themselves are
 * log-normal: at the truth ln y - ln f has SD 0.201 and kurtosis 3.2, y/f - 1 a mean of
 * 0.028 and kurtosis 4.7. */
#define OUTPUT(cmt)                                     \
  "[output C]\ntitle = C\nunit = mg/L\ncmt = " cmt "\n" \
  "error = log\nlog_sd = 0.2\n"
#define V70 "[check one]\nvalues = V1 70\nsource = s\n"
/* 30 % between patients. */
#define IIV(name) name " = variance 0.09\n"

typedef struct
{
  const char *file;
  const char *model;
  const char *effects[MOST_EFFECTS + 1]; /* as the columns that hold the truth */
  double typical[MOST_EFFECTS];
} Population;

static const Population populations[] = {
  { "Oral_1CPT_SD.csv",
    HEAD
    "[parameters]\nCL = 4*exp(eta_CL)\nV1 = 70*exp(eta_V)\nKA = exp(eta_KA)\n"
    "[units]\nCL = L/h\nV1 = L\nKA = 1/h\n[effects]\n" IIV ("CL") IIV ("V")
        IIV ("KA") "[structure]\nkind = linear\ncompartments = 1\nchain = 1\n" OUTPUT (
            "2") "[route oral]\ntitle = o\ninto = absorption\ncmt = 1\n" V70,
    { "CL", "V", "KA" },
    { 4, 70, 1 } },
  { "Infusion_2CPT_SD.csv",
    HEAD
    "[parameters]\nCL = 4*exp(eta_CL)\nV1 = 70*exp(eta_V)\nQ = 4*exp(eta_Q)\n"
    "V2 = 50*exp(eta_V2)\n[units]\nCL = L/h\nV1 = L\nQ = L/h\nV2 = L\n[effects]\n" IIV (
        "CL") IIV ("V") IIV ("Q")
        IIV ("V2") "[structure]\nkind = linear\ncompartments = 2\nchain = 0\n" OUTPUT (
            "1") "[route iv]\ntitle = i\ninto = central\ninfusion = yes\ncmt = 1\n" V70,
    { "CL", "V", "Q", "V2" },
    { 4, 70, 4, 50 } },
  { "Bolus_1CPTMM_SD.csv",
    HEAD "[parameters]\nV1 = 70*exp(eta_V)\nVMAX = 1000*exp(eta_VM)\n"
         "KM = 250*exp(eta_KM)\n[units]\nV1 = L\nVMAX = mg/h\nKM = mg/L\n"
         "[effects]\n" IIV ("V") IIV ("VM")
             IIV ("KM") "[structure]\nkind = ode\n"
                        "[ode]\nA = -VMAX*A/(KM*V1 + A)\n" OUTPUT (
                            "1") "expression = A/V1\n[route iv]\ntitle = i\ninto = "
                                 "A\ncmt = 1\n" V70,
    { "V", "VM", "KM" },
    { 70, 1000, 250 } },
};

/* Over the patients of a population. */
typedef struct
{
  guint patients, effects;
  guint inside;                   /* of 90 % intervals, with the truth */
  double distance;                /* sum of squares of errors in posterior SDs */
  double spread[MOST_EFFECTS];    /* sum of squares of the estimates, and of the */
  double posterior[MOST_EFFECTS]; /* posterior variances, over the prior's */
  double truth[MOST_EFFECTS];     /* and of the true effects */
} Tally;

static double
true_effect (const Population *p, const TdmDataTable *table, guint row, guint i)
{
  return log (published_number (table, row, p->effects[i]) / p->typical[i]);
}

static void
add_patient (const Population *p, const TdmFit *fit, const TdmDataTable *table,
             guint row, Tally *tally)
{
  const guint n = fit->n;
  double error[MOST_EFFECTS];
  for (guint i = 0; i < n; i++)
    {
      const char *name = tdm_problem_get_effect_name (fit->problem, i);
      guint k = 0;
      while (!g_str_equal (p->effects[k], name))
        k++;
      const double truth = true_effect (p, table, row, k);
      const double variance = fit->covariance[i * (n + 1)];
      error[i] = truth - fit->eta[i];
      tally->inside += fabs (error[i]) <= 1.6448536 * sqrt (variance);
      tally->truth[i] += truth * truth / 0.09;
      tally->spread[i] += fit->eta[i] * fit->eta[i] / 0.09;
      tally->posterior[i] += variance / 0.09;
    }
  tdm_lower_solve (n, fit->covariance_cholesky, error, error);
  for (guint i = 0; i < n; i++)
    tally->distance += error[i] * error[i];
  tally->patients++;
  tally->effects += n;
}

/* What is said of a patient holds of the patient: nine of ten truths are in the 90 %
 * intervals, errors are as large as the posterior says, and the spread of the estimates
 * and the posterior variance add up to the spread of the truth. */
static void
test_truth (gconstpointer data)
{
  const Population *p = data;
  if (published_missing (ACOP))
    return;
  g_autoptr (TdmModel) model = published_model (p->model);
  g_autoptr (TdmDataMap) map = tdm_data_map_new (model);
  g_autoptr (TdmDataTable) table = published_table (ACOP, p->file);
  g_autoptr (TdmNonmemData) rows = published_data (ACOP, p->file);
  Tally tally = { 0 };
  guint row = 0;
  for (guint i = 0; i < tdm_nonmem_data_get_n_subjects (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = tdm_nonmem_data_case (rows, i, map, &error);
      g_assert_no_error (error);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (fit->converged);
      add_patient (p, fit, table, row, &tally);
      const double id = published_number (table, row, "ID");
      while (row + 1 < tdm_data_table_get_n_rows (table)
             && published_number (table, row, "ID") == id)
        row++;
    }
  const double inside = (double)tally.inside / tally.effects;
  const double square = tally.distance / tally.effects;
  g_test_message ("%u patients: %.3f of the truths in 90 %% intervals, mean square "
                  "error %.3f of what is stated",
                  tally.patients, inside, square);
  g_assert_cmpuint (tally.patients, ==, 120);
  g_assert_cmpfloat (fabs (inside - 0.9), <, 0.04);
  g_assert_cmpfloat (fabs (square - 1), <, 0.2);
  for (guint i = 0; p->effects[i]; i++)
    {
      const double sum = (tally.spread[i] + tally.posterior[i]) / tally.patients;
      const double truth = tally.truth[i] / tally.patients;
      g_test_message ("effect %u: spread %.3f, posterior %.3f, truth %.3f", i,
                      tally.spread[i] / tally.patients,
                      tally.posterior[i] / tally.patients, truth);
      g_assert_cmpfloat (fabs (sum - truth), <, 0.2);
    }
}

#define SIMULATIONS 20
#define OBSERVATIONS 14

typedef struct
{
  double time_h[OBSERVATIONS], observed[OBSERVATIONS];
  double simulated[OBSERVATIONS][SIMULATIONS];
} Check;

static void
load_check (Check *c)
{
  g_autoptr (TdmDataTable) observed = published_table (PSN, "observed.csv");
  g_autoptr (TdmDataTable) simulated = published_table (PSN, "simulated.csv");
  guint n = 0, m = 0;
  for (guint i = 0; i < tdm_data_table_get_n_rows (observed); i++)
    if (published_number (observed, i, "MDV") == 0)
      {
        c->time_h[n] = published_number (observed, i, "TIME");
        c->observed[n++] = published_number (observed, i, "DV");
      }
  g_assert_cmpuint (n, ==, OBSERVATIONS);
  for (guint i = 0; i < tdm_data_table_get_n_rows (simulated); i++)
    if (published_number (simulated, i, "MDV") == 0)
      {
        c->simulated[m % n][m / n] = published_number (simulated, i, "DV");
        m++;
      }
  g_assert_cmpuint (m, ==, OBSERVATIONS * SIMULATIONS);
}

static double
quantile (const double *x, guint n, double p)
{
  g_autofree double *copy = g_memdup2 (x, n * sizeof (double));
  double out;
  tdm_quantiles (copy, n, &p, 1, &out);
  return out;
}

/* Times up to 73.5 h, and later ones. */
typedef struct
{
  double from_h, to_h;
  guint n;
  double real, pooled, least, most; /* medians: theirs */
  guint below[2], above[2];         /* points outside the 80 and 90 % intervals */
} Bin;

static const Bin bins[] = {
  { 0, 73.5, 8, 18.1, 17.0925, 14.611, 27.726, { 0, 0 }, { 2, 1 } },
  { 73.5, 170, 6, 27.65, 28.421, 22.706, 45.174, { 1, 1 }, { 1, 1 } },
};

static void
check_medians (const Bin *bin, const Check *c, const guint *members)
{
  double real[OBSERVATIONS], pooled[OBSERVATIONS * SIMULATIONS], medians[SIMULATIONS];
  for (guint s = 0; s < SIMULATIONS; s++)
    {
      double *own = pooled + s * bin->n;
      for (guint i = 0; i < bin->n; i++)
        own[i] = c->simulated[members[i]][s];
      medians[s] = quantile (own, bin->n, 0.5);
    }
  for (guint i = 0; i < bin->n; i++)
    real[i] = c->observed[members[i]];
  g_assert_cmpfloat_with_epsilon (quantile (real, bin->n, 0.5), bin->real, 1e-6);
  g_assert_cmpfloat_with_epsilon (quantile (pooled, bin->n * SIMULATIONS, 0.5),
                                  bin->pooled, 1e-6);
  g_assert_cmpfloat_with_epsilon (quantile (medians, SIMULATIONS, 0), bin->least, 1e-6);
  g_assert_cmpfloat_with_epsilon (quantile (medians, SIMULATIONS, 1), bin->most, 1e-6);
}

static void
check_counts (const Bin *bin, const Check *c, const guint *members)
{
  const double intervals[] = { 0.8, 0.9 };
  for (guint k = 0; k < G_N_ELEMENTS (intervals); k++)
    {
      guint below = 0, above = 0;
      for (guint i = 0; i < bin->n; i++)
        {
          const double *x = c->simulated[members[i]], y = c->observed[members[i]];
          below += y < quantile (x, SIMULATIONS, 0.5 - intervals[k] / 2);
          above += y > quantile (x, SIMULATIONS, 0.5 + intervals[k] / 2);
        }
      g_assert_cmpuint (below, ==, bin->below[k]);
      g_assert_cmpuint (above, ==, bin->above[k]);
    }
}

/* Medians of bins, with the least and the most of them over the simulations, and how
 * many points lie outside their own intervals. */
static void
test_simulations (void)
{
  Check c;
  if (published_missing (PSN))
    return;
  load_check (&c);
  for (guint b = 0; b < G_N_ELEMENTS (bins); b++)
    {
      guint members[OBSERVATIONS], n = 0;
      for (guint i = 0; i < OBSERVATIONS; i++)
        if (c.time_h[i] > bins[b].from_h && c.time_h[i] <= bins[b].to_h)
          members[n++] = i;
      g_assert_cmpuint (n, ==, bins[b].n);
      check_medians (&bins[b], &c, members);
      check_counts (&bins[b], &c, members);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (populations); i++)
    {
      g_autofree char *path =
          g_strconcat ("/engine/published-truth/", populations[i].file, NULL);
      g_test_add_data_func (path, &populations[i], test_truth);
    }
  g_test_add_func ("/engine/published-truth/simulations", test_simulations);
  return g_test_run ();
}
