/* Do stated chances come true? Virtual patients with two levels get the whole path's
 * advice; their true effects tell what the regimen ranked first would do. Over many:
 *
 * - of the patients told "within the target with probability p", a share p is;
 * - the true concentration, and the next measurement, are inside their 90 % bands in
 *   90 % of patients.
 *
 * Usage: test-calibration [PATIENTS [MODEL…]], of each model. */
#include "engine/parallel.h"
#include "engine/residual.h"
#include "engine/result.h"
#include "engine/target.h"
#include "virtual-patient.h"

#include <stdlib.h>

#define SEED 90121
/* Draws that chose nothing. */
#define FRESH 1000
#define FRESH_ODE 200
#define QUICK_PATIENTS 20
#define BINS 5
/* Times at which bands are looked at, in intervals after the new regimen begins. */
#define LOOKS 2
static const double looks[LOOKS] = { 0.37, 2.81 };
/* Standard errors that chance may take. */
#define CHANCE_Z 4.0
/* The regimen is chosen by the same draws that state its chances, so that these are the
 * best of several estimates. Draws that chose nothing tell by how much: 1 % with the
 * 200 draws of a differential equation, a few tenths with 1000. */
#define OPTIMISM_ODE 0.02
#define OPTIMISM 0.01

/* A differential equation takes many times as long: one patient for so many. */
#define ODE_SHARE 4

static guint n_patients = QUICK_PATIENTS;

typedef struct
{
  gboolean done, withheld;
  double within, above;         /* stated */
  double fresh;                 /* within, by draws that chose nothing */
  double optimism;              /* by which `within` may be the better of them */
  gboolean is_within, is_above; /* true */
  gboolean inside[LOOKS], measured_inside[LOOKS];
} Outcome;

typedef struct
{
  const Ward *ward;
  Outcome *outcomes;
} Study;

/* The truth of patient `number` in the problem of the case; occasions to come are
 * drawn too where bands have them. Yours. */
static double *
true_row (const TdmProblem *problem, guint64 seed, guint number, gboolean future)
{
  const guint n = tdm_problem_get_n_effects (problem);
  const guint m = tdm_problem_get_n_future (problem);
  double *row = tdm_simulate_effects (problem, seed, number);
  g_autoptr (TdmRandom) random = tdm_simulate_stream (seed, number, 77);
  g_autofree double *z = g_new0 (double, m + 1);
  for (guint i = 0; future && i < m; i++)
    z[i] = tdm_random_normal (random);
  if (future && m > 0)
    tdm_lower_times (m, tdm_problem_get_future_cholesky (problem), z, row + n);
  return row;
}

static gboolean
is_ode (const TdmModel *model)
{
  return tdm_model_get_structure (model)->kind == TDM_PK_ODE;
}

/* The chance of `regimen` by draws of the posterior that did not choose it. */
static gboolean
find_fresh (const TdmFit *fit, TdmMetrics *work, const TdmResolvedTarget *target,
            const TdmRegimen *regimen, guint64 seed, double *out, GError **error)
{
  const gboolean ode = is_ode (tdm_problem_get_model (fit->problem));
  const TdmPosteriorOptions options = { .draws = ode ? FRESH_ODE : FRESH,
                                        .seed = seed + 7919000 };
  g_autoptr (TdmPosterior) posterior = tdm_posterior_new (fit, &options, NULL, error);
  if (!posterior)
    return FALSE;
  g_autofree double *row = g_new (double, posterior->width);
  guint within = 0;
  for (guint d = 0; d < posterior->draws; d++)
    {
      TdmRegimenMetrics metrics;
      memcpy (row, tdm_posterior_get_row (posterior, d),
              posterior->width * sizeof (double));
      for (guint i = fit->n; i < fit->n + tdm_problem_get_n_future (fit->problem); i++)
        row[i] = 0;
      within += tdm_metrics_compute (work, regimen, row, &metrics, NULL)
                && tdm_target_side (target, metrics.target) == 0;
    }
  *out = (double)within / posterior->draws;
  return TRUE;
}

static gboolean
judge_chances (const TdmResult *result, guint64 seed, guint number, Outcome *out,
               GError **error)
{
  const TdmProblem *problem = result->fit->problem;
  const TdmRegimen *first = result->proposals->regimens->pdata[0];
  g_autofree double *row = true_row (problem, seed, number, FALSE);
  g_auto (TdmResolvedTarget) target = { 0 };
  TdmRegimenMetrics metrics;
  if (!tdm_target_resolve (problem, &result->proposals->target, &target, error))
    return FALSE;
  g_autoptr (TdmMetrics) work = tdm_metrics_new (problem, &target);
  if (!tdm_metrics_compute (work, first, row, &metrics, error))
    return FALSE;
  if (!find_fresh (result->fit, work, &target, first, number, &out->fresh, error))
    return FALSE;
  out->optimism = is_ode (result->model) ? OPTIMISM_ODE : OPTIMISM;
  out->within = first->p_within;
  out->above = first->p_above;
  out->is_within = tdm_target_side (&target, metrics.target) == 0;
  out->is_above = tdm_target_side (&target, metrics.target) > 0;
  return TRUE;
}

static guint
index_at (const TdmCurve *curve, double time_h)
{
  guint best = 0;
  for (guint i = 1; i < curve->n; i++)
    if (fabs (curve->time_h[i] - time_h) < fabs (curve->time_h[best] - time_h))
      best = i;
  return best;
}

static gboolean
is_inside (const TdmCurve *curve, guint i, double value)
{
  return value >= curve->individual_band[TDM_BAND_5][i]
         && value <= curve->individual_band[TDM_BAND_95][i];
}

/* `plain` and `measured`: the bands of the curve, and of the next measurement. */
static gboolean
judge_bands (const TdmResult *plain, const TdmResult *measured, guint64 seed,
             guint number, Outcome *out, GError **error)
{
  const TdmProblem *problem = plain->fit->problem;
  const TdmModelOutput *output =
      tdm_model_get_output (tdm_problem_get_model (problem), 0);
  const TdmRegimen *regimen = plain->proposals->regimens->pdata[plain->chosen_index];
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const guint n_lines = tdm_regimen_lines (
      regimen, regimen->first_dose_h + 40 * regimen->interval_h, lines);
  g_autofree double *row = true_row (problem, seed, number, TRUE);
  g_autoptr (TdmRandom) random = tdm_simulate_stream (seed, number, 78);
  for (guint k = 0; k < LOOKS; k++)
    {
      const guint i = index_at (plain->chosen,
                                regimen->first_dose_h + looks[k] * regimen->interval_h);
      const TdmPlanSpec spec = { .until_h = tdm_regimen_start (regimen),
                                 .extra = lines,
                                 .n_extra = n_lines,
                                 .times_h = &plain->chosen->time_h[i],
                                 .n_times = 1 };
      double truth;
      if (!tdm_problem_predict (problem, row, &spec, &truth, error))
        return FALSE;
      out->inside[k] = is_inside (plain->chosen, i, truth);
      out->measured_inside[k] =
          is_inside (measured->chosen, i,
                     tdm_residual_measure (output, truth, tdm_random_normal (random)));
    }
  return TRUE;
}

static gboolean
try_patient (const Ward *ward, guint number, Outcome *out, GError **error)
{
  double times[WARD_LEVELS];
  TdmLook look = ward_look (ward, times);
  const guint64 seed = ward->people.seed;
  const TdmResultOptions plain = { .seed = number, .ahead_h = 4 * ward->interval_h };
  TdmResultOptions measured = plain;
  measured.residual_bands = TRUE;
  times[1] = times[2];
  look.n = 2;
  g_autoptr (TdmCase) admitted = ward_admit (ward, number, 3, error);
  g_autoptr (TdmCase) record =
      admitted
          ? tdm_simulate_measure (admitted, ward->model, &look, seed, number, error)
          : NULL;
  g_autoptr (TdmResult) result =
      record ? tdm_result_compute (record, ward->model, &plain, NULL, error) : NULL;
  if (!result)
    return FALSE;
  out->done = TRUE;
  out->withheld = result->proposals->withheld != NULL || result->chosen == NULL;
  if (out->withheld)
    return TRUE;
  g_autoptr (TdmResult) again =
      tdm_result_choose (result, result->chosen_index, &measured, NULL, error);
  out->done = again && judge_chances (result, seed, number, out, error)
              && judge_bands (result, again, seed, number, out, error);
  return out->done;
}

static void
patient_task (gpointer data, gpointer workspace, guint task)
{
  const Study *study = data;
  g_autoptr (GError) error = NULL;
  (void)workspace;
  if (!try_patient (study->ward, task, &study->outcomes[task], &error))
    g_test_message ("%s, patient %u: %s", tdm_model_get_id (study->ward->model), task,
                    error->message);
}

/* Stated chances against what came true, of one bin or of all. */
typedef struct
{
  guint n;
  double stated, came_true, variance, optimism;
} Bin;

static void
add_to_bin (Bin *bin, double stated, gboolean came_true, double optimism)
{
  bin->n++;
  bin->optimism += optimism;
  bin->stated += stated;
  bin->came_true += came_true;
  bin->variance += stated * (1 - stated);
}

static void
check_bin (const Bin *bin, const char *what)
{
  if (bin->n == 0)
    return;
  const double slack = CHANCE_Z * sqrt (bin->variance + 0.25) + bin->optimism;
  g_test_message ("%s: stated %.1f %%, came true %.1f %% of %u", what,
                  100 * bin->stated / bin->n, 100 * bin->came_true / bin->n, bin->n);
  if (fabs (bin->stated - bin->came_true) > slack)
    g_test_fail_printf ("%s: stated %.1f %%, came true %.1f %% of %u", what,
                        100 * bin->stated / bin->n, 100 * bin->came_true / bin->n,
                        bin->n);
}

/* 90 ± 2 %, and as much more as so few patients scatter. */
static void
check_coverage (double inside, guint n, const char *what)
{
  const double share = inside / n, slack = MAX (0.02, CHANCE_Z * sqrt (0.09 / n));
  g_test_message ("%s: 90 %% bands hold %.1f %% of %u", what, 100 * share, n);
  if (fabs (share - 0.9) > slack)
    g_test_fail_printf ("%s: 90 %% bands hold %.1f %% of %u", what, 100 * share, n);
}

/* Of one model, and of all together. */
typedef struct
{
  Bin within[BINS], above[BINS], all, fresh;
  double inside[LOOKS], measured[LOOKS];
  guint n, withheld;
} Tally;

static Tally total;

static void
count (Tally *tally, const Outcome *o)
{
  tally->withheld += o->withheld;
  if (!o->done || o->withheld)
    return;
  tally->n++;
  Bin *within = &tally->within[MIN ((guint)(o->within * BINS), BINS - 1)];
  Bin *above = &tally->above[MIN ((guint)(o->above * BINS), BINS - 1)];
  add_to_bin (&tally->all, o->within, o->is_within, o->optimism);
  add_to_bin (&tally->fresh, o->fresh, o->is_within, 0);
  add_to_bin (within, o->within, o->is_within, o->optimism);
  add_to_bin (above, o->above, o->is_above, o->optimism);
  for (guint k = 0; k < LOOKS; k++)
    {
      tally->inside[k] += o->inside[k];
      tally->measured[k] += o->measured_inside[k];
    }
}

/* By how much the chances of what was chosen are better than they are. */
static void
check_optimism (const Tally *tally, const char *whose)
{
  const Bin *all = &tally->all;
  const double found = all->stated - tally->fresh.stated;
  const double noise = CHANCE_Z * sqrt (2 * all->variance / FRESH_ODE);
  if (all->n == 0)
    return;
  g_test_message ("%s, stated %+.2f %% above fresh draws", whose, 100 * found / all->n);
  if (found > all->optimism + noise)
    g_test_fail_printf ("%s: chances are %.2f %% too good", whose,
                        100 * found / all->n);
}

static void
check_tally (const Tally *tally, const char *whose)
{
  g_autofree char *all = g_strdup_printf ("%s, chance within", whose);
  check_bin (&tally->all, all);
  g_autofree char *fresh = g_strdup_printf ("%s, fresh draws", whose);
  check_bin (&tally->fresh, fresh);
  check_optimism (tally, whose);
  for (guint b = 0; b < BINS; b++)
    {
      g_autofree char *within = g_strdup_printf ("%s, within, bin %u", whose, b + 1);
      g_autofree char *above = g_strdup_printf ("%s, above, bin %u", whose, b + 1);
      check_bin (&tally->within[b], within);
      check_bin (&tally->above[b], above);
    }
  for (guint k = 0; k < LOOKS; k++)
    {
      g_autofree char *curve = g_strdup_printf ("%s, curve %u", whose, k + 1);
      g_autofree char *level = g_strdup_printf ("%s, next level %u", whose, k + 1);
      check_coverage (tally->inside[k], tally->n, curve);
      check_coverage (tally->measured[k], tally->n, level);
    }
}

static void
test_model (gconstpointer data)
{
  static const TdmParallel parallel = { NULL, patient_task, NULL };
  Ward ward;
  Tally tally = { 0 };
  const gint64 start = g_get_monotonic_time ();
  g_autofree Outcome *outcomes = g_new0 (Outcome, n_patients);
  ward_open (&ward, data, SEED);
  const guint n = is_ode (ward.model) ? n_patients / ODE_SHARE : n_patients;
  Study study = { &ward, outcomes };
  tdm_parallel_run (&parallel, n, &study);
  for (guint k = 0; k < n; k++)
    {
      count (&tally, &outcomes[k]);
      count (&total, &outcomes[k]);
    }
  g_test_message ("%s: %u patients, advice withheld from %u, %.0f s",
                  (const char *)data, tally.n, tally.withheld,
                  (g_get_monotonic_time () - start) * 1e-6);
  g_assert_cmpuint (tally.n, >=, n * 85 / 100);
  check_tally (&tally, data);
  ward_close (&ward);
}

static void
test_total (void)
{
  g_assert_cmpuint (total.n, >, 0);
  check_tally (&total, "all models");
}

/* The fourth has effects of occasions, the last is a differential equation. */
static const char *const models[] = { "vancomycin-goti-2018",
                                      "gentamicin-xuan-2003",
                                      "meropenem-li-2006",
                                      "tacrolimus-andrews-2019",
                                      "infliximab-fasanmade-2009",
                                      "busulfan-shukla-2020",
                                      NULL };

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  tdm_num_init ();
  if (argc > 1)
    n_patients = (guint)strtoul (argv[1], NULL, 10);
  char **chosen = argc > 2 ? argv + 2 : (char **)(gpointer)models;
  for (guint i = 0; chosen[i]; i++)
    {
      g_autofree char *path = g_strconcat ("/engine/calibration/", chosen[i], NULL);
      g_test_add_data_func (path, chosen[i], test_model);
    }
  g_test_add_func ("/engine/calibration/total", test_total);
  return g_test_run ();
}
