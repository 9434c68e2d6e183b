/* What must hold of every proposal, for random patients of all bundled models: chances
 * add up, no limit is ever broken, the current regimen is there, the same seed gives
 * the same digits; and how regimens begin and change. */
#include "engine/course.h"
#include "engine/interpolate.h"
#include "engine/limits.h"
#include "engine/refine.h"
#include "engine/regimen.h"
#include "engine/result.h"
#include "engine/screen.h"
#include "engine/ward.h"
#include "random-patient.h"
#include "reference.h"

#include "model/library.h"
#include "num/linalg.h"

#define SEED 6021
#define PATIENTS 3
#define PATIENTS_ODE 1
#define DRAWS 24
#define DRAWS_ODE 3

static gboolean
is_one_of (const double *values, guint n, double value)
{
  for (guint i = 0; i < n; i++)
    if (fabs (values[i] - value) <= 1e-9 * value)
      return TRUE;
  return FALSE;
}

/* Written out again, not by engine/limits.h. */
static void
check_limits (const TdmRegimen *r, const TdmProblem *problem)
{
  const TdmModelDosing *d = r->dosing;
  const TdmCaseOptions *options = tdm_case_get_options (tdm_problem_get_case (problem));
  const double slack = 1 + 1e-8;
  const double factor = r->salt && g_str_equal (r->salt->unit, "mg") ? r->salt->mg : 1;
  g_assert_nonnull (d);
  g_assert_true (d->route == r->route);
  g_assert_true (is_one_of (d->amounts_mg, d->n_amounts, r->amount_mg / factor));
  g_assert_true (
      options->n_intervals
          ? is_one_of (options->intervals_h, options->n_intervals, r->interval_h)
          : is_one_of (d->intervals_h, d->n_intervals, r->interval_h));
  g_assert_true (d->n_durations == 0
                 || is_one_of (d->durations_h, d->n_durations, r->duration_h));
  g_assert_cmpfloat (r->amount_mg / factor, <=, d->max_single_mg * slack);
  g_assert_cmpfloat (r->amount_mg / factor * 24 / r->interval_h, <=,
                     d->max_daily_mg * slack);
  g_assert_cmpfloat (r->amount_mg / factor, <=,
                     d->max_concentration_mg_l * d->max_volume_l * slack);
  if (r->duration_h > 0)
    g_assert_cmpfloat (r->amount_mg / factor / r->duration_h, <=,
                       d->max_rate_mg_h * slack);
  g_assert_cmpfloat (tdm_regimen_start (r), >=,
                     tdm_problem_get_adjust_h (problem) - 1e-9);
  for (guint k = 0; k < r->n_steps; k++)
    g_assert_cmpfloat (r->steps[k].amount_mg / factor, <=, d->max_single_mg * slack);
  if (r->loading_mg <= 0)
    return;
  g_assert_true (is_one_of (d->amounts_mg, d->n_amounts, r->loading_mg / factor));
  g_assert_cmpfloat (
      r->loading_mg / factor, <=,
      slack * (isfinite (d->max_loading_mg) ? d->max_loading_mg : d->max_single_mg));
  if (r->loading_duration_h > 0)
    g_assert_cmpfloat (r->loading_mg / factor / r->loading_duration_h, <=,
                       d->max_rate_mg_h * slack);
}

/* Whether there is a current regimen that the target can judge: then it is a row. */
static gboolean
has_current (const TdmProposals *p, const TdmFit *fit)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  TdmRegimen now;
  TdmRegimenMetrics metrics;
  if (!tdm_result_current_regimen (fit->problem, &now)
      || !tdm_target_resolve (fit->problem, &p->target, &target, NULL))
    return FALSE;
  g_autoptr (TdmMetrics) work = tdm_metrics_new (fit->problem, &target);
  return tdm_metrics_compute (work, &now, fit->eta, &metrics, NULL);
}

/* Where no regimen at the estimate lies in the window, the nearest is named. */
static void
check_nearest (const TdmProposals *p, const TdmProblem *problem)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  gboolean reached = FALSE, others = FALSE;
  g_assert_true (tdm_target_resolve (problem, &p->target, &target, NULL));
  for (guint i = 0; i < p->regimens->len; i++)
    {
      const TdmRegimen *r = p->regimens->pdata[i];
      reached = reached || tdm_target_side (&target, r->metrics.target) == 0;
      others = others || !r->is_current;
    }
  if (reached)
    g_assert_false (p->none_reaches);
  g_assert_true (p->none_reaches || p->nearest == -1);
  if (!p->none_reaches || !others)
    return;
  if (p->nearest < 0)
    {
      for (guint i = 0; i < p->regimens->len; i++)
        {
          const double value =
              ((const TdmRegimen *)p->regimens->pdata[i])->metrics.target;
          g_assert_false (value > 0 && isfinite (value)
                          && !((const TdmRegimen *)p->regimens->pdata[i])->is_current);
        }
      return;
    }
  const double centre = tdm_target_centre (&target);
  const TdmRegimen *nearest = p->regimens->pdata[p->nearest];
  for (guint i = 0; i < p->regimens->len; i++)
    {
      const TdmRegimen *r = p->regimens->pdata[i];
      if (!r->is_current && r->metrics.target > 0 && isfinite (r->metrics.target))
        g_assert_cmpfloat (fabs (log (nearest->metrics.target / centre)), <=,
                           fabs (log (r->metrics.target / centre)) + 1e-9);
    }
}

/* All that is given in any 24 h of the first five days, where doses come at the same
 * times every day; a step's dose in the middle of the time between two others aside. */
static void
check_days (const TdmRegimen *r)
{
  const double factor = r->salt && g_str_equal (r->salt->unit, "mg") ? r->salt->mg : 1;
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const guint n = tdm_regimen_lines (r, r->first_dose_h + 120, lines);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) amounts = g_array_new (FALSE, FALSE, sizeof (double));
  if (fmod (24, r->interval_h) > 1e-9 && fmod (r->interval_h, 24) > 1e-9)
    return;
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < lines[i].count; k++)
      {
        const double at = lines[i].time_h + k * lines[i].interval_h;
        g_array_append_val (times, at);
        g_array_append_val (amounts, lines[i].amount_mg);
      }
  for (guint i = 0; i < times->len; i++)
    {
      const double from = g_array_index (times, double, i);
      double sum = 0;
      for (guint k = 0; k < times->len; k++)
        if (g_array_index (times, double, k) >= from - 1e-6
            && g_array_index (times, double, k) < from + 24 - 1e-6)
          sum += g_array_index (amounts, double, k);
      if (from == r->first_dose_h || r->loading_mg <= 0)
        g_assert_cmpfloat (sum / factor, <=,
                           (1 + 1e-8)
                               * MAX (r->dosing->max_daily_mg, r->amount_mg / factor));
    }
}

static void
check_proposals (const TdmProposals *p, const TdmFit *fit)
{
  const TdmProblem *problem = fit->problem;
  guint current = 0;
  for (guint i = 0; i < p->regimens->len; i++)
    {
      const TdmRegimen *r = p->regimens->pdata[i];
      g_assert_cmpfloat_with_epsilon (r->p_below + r->p_within + r->p_above, 1, 1e-12);
      for (guint d = 0; r->has_days && d < TDM_COURSE_DAYS; d++)
        g_assert_cmpfloat_with_epsilon (
            r->days[d].below + r->days[d].within + r->days[d].above, 1, 1e-12);
      current += r->is_current;
      if (r->is_current)
        continue;
      check_limits (r, problem);
      check_days (r);
    }
  g_assert_cmpuint (current, ==, has_current (p, fit) ? 1 : 0);
  check_nearest (p, problem);
}

static void
check_same (const TdmProposals *a, const TdmProposals *b)
{
  g_assert_cmpuint (a->regimens->len, ==, b->regimens->len);
  for (guint i = 0; i < a->regimens->len; i++)
    {
      const TdmRegimen *x = a->regimens->pdata[i], *y = b->regimens->pdata[i];
      g_assert_true (tdm_regimen_equal (x, y, TRUE));
      g_assert_cmpfloat (x->p_within, ==, y->p_within);
      g_assert_cmpfloat (x->days[0].within, ==, y->days[0].within);
    }
}

static guint
check_patient (TdmModel *model, guint64 number)
{
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  g_autofree char *json = random_patient (SEED, number, model);
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, NULL);
  g_autoptr (TdmFit) fit = problem ? tdm_map_fit (problem, NULL, NULL, NULL) : NULL;
  const TdmDoseSearchOptions options = { .draws = ode ? DRAWS_ODE : DRAWS, .seed = 7 };
  if (!fit || !fit->converged)
    return 0;
  g_autoptr (TdmProposals) a = tdm_dose_search (fit, fit->notes, &options, NULL, NULL);
  if (!a || a->withheld)
    return 0;
  check_proposals (a, fit);
  if (ode)
    return 1;
  g_autoptr (TdmProposals) b = tdm_dose_search (fit, fit->notes, &options, NULL, NULL);
  check_same (a, b);
  return 1;
}

static void
test_all_models (void)
{
  g_autoptr (GPtrArray) models = tdm_library_load_all (NULL);
  guint answered = 0, asked = 0;
  for (guint i = 0; i < models->len; i++)
    {
      TdmModel *model = models->pdata[i];
      const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
      for (guint k = 0; k < (ode ? PATIENTS_ODE : PATIENTS); k++, asked++)
        answered += check_patient (model, 10 * i + k);
    }
  g_assert_cmpuint (answered, >, asked / 4);
}

/* More drug is never less likely to be too much. */
static void
test_more_is_more (void)
{
  static const TdmMetricKind kinds[] = { TDM_METRIC_TROUGH, TDM_METRIC_PEAK,
                                         TDM_METRIC_AVERAGE, TDM_METRIC_AUC24 };
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autofree double *rows = tdm_fit_draw_individual (fit, 150, 11);
  for (guint m = 0; m < G_N_ELEMENTS (kinds); m++)
    {
      const double unit = kinds[m] == TDM_METRIC_AUC24 ? 24 : 1;
      const TdmResolvedTarget target = { .metric = kinds[m],
                                         .at_steady_state = TRUE,
                                         .low = 11.3 * unit,
                                         .high = 23.7 * unit,
                                         .alarm_low = 7.1 * unit,
                                         .alarm_high = 29.3 * unit };
      const TdmScoreInput input = {
        .problem = problem, .target = &target, .rows = rows, .draws = 150
      };
      TdmRegimen regimens[40] = { 0 }, *list[40];
      for (guint i = 0; i < 40; i++)
        {
          regimens[i].route = tdm_model_get_route (tdm_problem_get_model (problem), 0);
          regimens[i].amount_mg = 137.0 * (i + 1);
          regimens[i].interval_h = 12;
          regimens[i].duration_h = 1;
          regimens[i].notes = tdm_notes_new ();
          list[i] = &regimens[i];
        }
      g_autoptr (TdmScore) score = tdm_score_new (&input, list, 40, NULL);
      for (guint i = 0; i < 40; i++)
        {
          tdm_score_summarise (score, &target, i, list[i]);
          g_assert_cmpfloat (list[i]->p_alarm_high, <=, list[i]->p_above);
          g_assert_cmpfloat (list[i]->p_alarm_low, <=, list[i]->p_below);
          if (i > 0)
            {
              g_assert_cmpfloat (list[i]->p_above, >=, list[i - 1]->p_above);
              g_assert_cmpfloat (list[i]->p_below, <=, list[i - 1]->p_below);
            }
        }
      g_assert_cmpfloat (list[0]->p_below, >, 0.5);
      g_assert_cmpfloat (list[39]->p_above, >, 0.5);
      for (guint i = 0; i < 40; i++)
        g_ptr_array_unref (regimens[i].notes);
    }
}

/* Interpolated metrics of a Michaelis-Menten elimination are those computed. */
static void
test_interpolation (void)
{
  g_autoptr (TdmProblem) problem = reference_problem ("C.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  const TdmCurrentRegimen now = tdm_problem_get_current (problem);
  const TdmResolvedTarget target = {
    .metric = TDM_METRIC_TROUGH, .at_steady_state = TRUE, .low = 1, .high = INFINITY
  };
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (problem, &target);
  TdmRegimen regimen = { .route =
                             tdm_model_get_route (tdm_problem_get_model (problem), 0),
                         .amount_mg = now.amount_mg,
                         .interval_h = 12,
                         .duration_h = now.duration_h };
  double amounts[17];
  TdmRegimenMetrics out[17];
  for (guint i = 0; i < 17; i++)
    amounts[i] = now.amount_mg * (0.11 + 0.02 * i);
  g_assert_true (
      tdm_interpolate_amounts (metrics, &regimen, amounts, 17, fit->eta, out));
  for (guint i = 0; i < 17; i++)
    {
      TdmRegimenMetrics own;
      regimen.amount_mg = amounts[i];
      g_assert_true (tdm_metrics_compute (metrics, &regimen, fit->eta, &own, NULL));
      g_assert_cmpfloat_with_epsilon (out[i].trough / own.trough, 1, 1e-3);
      g_assert_cmpfloat_with_epsilon (out[i].peak / own.peak, 1, 1e-3);
      g_assert_cmpfloat_with_epsilon (out[i].auc24 / own.auc24, 1, 1e-3);
      g_assert_cmpfloat_with_epsilon (out[i].target / own.target, 1, 1e-3);
    }
}

/* One after the other, and all at once: the same, for closed forms and for differential
 * equations that are proportional to the doses; at a named time, of a span, and of the
 * steady state. */
static void
check_amounts (const TdmFit *fit, const TdmRegimen *base, TdmResolvedTarget target)
{
  const double t0 = base->first_dose_h;
  const TdmResolvedTarget kinds[] = {
    { .at_h = t0 + 37.3 },
    { .at_steady_state = TRUE, .has_span = TRUE, .from_h = t0 + 3.1, .to_h = t0 + 61 },
    { .at_steady_state = TRUE },
  };
  double amounts[7];
  TdmRegimenMetrics all[7], one;
  TdmRegimen regimen = *base;
  for (guint i = 0; i < 7; i++)
    amounts[i] = base->amount_mg * (0.43 + 0.27 * ((3 * i) % 7));
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      target.at_steady_state = kinds[k].at_steady_state;
      target.has_span = kinds[k].has_span;
      target.at_h = kinds[k].at_h;
      target.from_h = kinds[k].from_h;
      target.to_h = kinds[k].to_h;
      g_autoptr (TdmMetrics) metrics = tdm_metrics_new (fit->problem, &target);
      tdm_metrics_compute_amounts (metrics, base, amounts, 7, fit->eta, all);
      for (guint i = 0; i < 7; i++)
        {
          regimen.amount_mg = amounts[i];
          g_assert_true (tdm_metrics_compute (metrics, &regimen, fit->eta, &one, NULL));
          g_assert_cmpfloat_with_epsilon (all[i].target, one.target,
                                          1e-6 * (one.target + 1e-3));
          g_assert_cmpfloat_with_epsilon (all[i].trough / one.trough, 1, 1e-6);
          g_assert_cmpfloat_with_epsilon (all[i].peak / one.peak, 1, 1e-6);
          g_assert_cmpfloat_with_epsilon (all[i].auc24 / one.auc24, 1, 1e-6);
        }
    }
}

static const char busulfan_case[] =
    "{'format': 'titrate-case/1', 'model': 'busulfan-shukla-2020', 'patient': {'id': "
    "'B'}, 'covariates': [{'name': 'WT', 'value': 25, 'unit': 'kg'}, {'name': 'AGE', "
    "'value': 8, 'unit': 'y'}, {'name': 'FFM', 'value': 19, 'unit': 'kg'}, {'name': "
    "'REGI', 'value': 0}], 'doses': [{'time': 0, 'amount': 23, 'unit': 'mg', 'route': "
    "'iv', 'interval': 6, 'count': 6, 'duration': 2}], 'levels': [{'time': 2.2, "
    "'value': 1.1, 'unit': 'mg/L'}, {'time': 5.9, 'value': 0.4, 'unit': 'mg/L'}]}";

static void
test_superposition (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("busulfan-shukla-2020");
  g_autoptr (TdmCase) record = given_case (busulfan_case);
  g_autoptr (TdmProblem) ode = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) closed = reference_problem ("A4.json");
  TdmProblem *const problems[] = { ode, closed };
  static const TdmMetricKind kinds[] = { TDM_METRIC_TROUGH, TDM_METRIC_AUC24,
                                         TDM_METRIC_TIME_ABOVE, TDM_METRIC_PEAK };
  g_assert_true (tdm_model_is_proportional (model, 0));
  for (guint p = 0; p < 2; p++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      {
        g_autoptr (TdmFit) fit = tdm_map_fit (problems[p], NULL, NULL, NULL);
        const TdmCurrentRegimen now = tdm_problem_get_current (problems[p]);
        const TdmRegimen base = { .route = now.route,
                                  .amount_mg = now.amount_mg,
                                  .interval_h = now.interval_h,
                                  .duration_h = now.duration_h,
                                  .loading_mg = 1.7 * now.amount_mg,
                                  .loading_duration_h = now.duration_h,
                                  .first_dose_h =
                                      tdm_problem_get_adjust_h (problems[p]) };
        const TdmResolvedTarget target = { .metric = kinds[k],
                                           .threshold = p ? 13.7 : 0.53,
                                           .mic = 1,
                                           .low = 1,
                                           .high = 2 };
        check_amounts (fit, &base, target);
      }
}

/* Which bundled differential equations are: known from their papers. */
static void
test_proportional_models (void)
{
  static const struct
  {
    const char *id;
    gboolean proportional;
  } models[] = {
    { "busulfan-shukla-2020", TRUE },     { "nivolumab-bajaj-2017", TRUE },
    { "linezolid-boak-2014", TRUE },      { "mycophenolate-riglet-2020", TRUE },
    { "valproate-williams-2012", TRUE },  { "phenytoin-yukawa-1990", FALSE },
    { "omalizumab-lowe-2009", FALSE },    { "rifampicin-smythe-2012", FALSE },
    { "tacrolimus-storset-2014", FALSE }, { "warfarin-holford-1986", FALSE },
    { "vancomycin-goti-2018", TRUE }
  };
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (TdmModel) model = bundled_model (models[i].id);
      g_assert_true (tdm_model_is_proportional (model, 0) == models[i].proportional);
    }
}

/* Of a Michaelis-Menten elimination: what leads has been judged under all draws, and is
 * what leads where all are. */
static void
test_screening (void)
{
  g_autoptr (TdmProblem) problem = reference_problem ("C.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autofree double *rows = tdm_fit_draw_individual (fit, 320, 11);
  const TdmCurrentRegimen now = tdm_problem_get_current (problem);
  const TdmResolvedTarget target = {
    .metric = TDM_METRIC_TROUGH, .at_steady_state = TRUE, .low = 10, .high = 20
  };
  const TdmScoreInput input = {
    .problem = problem, .target = &target, .rows = rows, .draws = 320
  };
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
  for (guint i = 0; i < 40; i++)
    {
      const TdmRegimen one = { .route = now.route,
                               .amount_mg = now.amount_mg * (0.4 + 0.03 * i),
                               .interval_h = i % 2 ? 12 : 24,
                               .duration_h = now.duration_h,
                               .is_current = i == 39,
                               .notes = tdm_notes_new () };
      g_ptr_array_add (list, g_memdup2 (&one, sizeof one));
    }
  TdmRegimen *const *regimens = (TdmRegimen *const *)list->pdata;
  g_assert_false (tdm_screen_is_exact (&input));
  g_assert_true (tdm_screen_judge (&input, regimens, 40, NULL));
  g_autoptr (TdmScore) all = tdm_score_new (&input, regimens, 40, NULL);
  guint best = 0, full = 0;
  double most = -1;
  for (guint i = 0; i < 40; i++)
    {
      TdmRegimen exact = *regimens[i];
      tdm_score_chances (all, &target, i, &exact);
      if (exact.score > most)
        best = i;
      most = MAX (most, exact.score);
      full += regimens[i]->draws == 320;
      /* Ten of 320 draws: amounts that are interpolated are good to that. */
      if (regimens[i]->draws == 320)
        g_assert_cmpfloat_with_epsilon (regimens[i]->p_within, exact.p_within, 0.031);
      g_assert_cmpfloat_with_epsilon (regimens[i]->p_within, exact.p_within, 0.2);
    }
  for (guint i = 0; i < 40; i++)
    g_assert_cmpfloat (regimens[i]->score, <=, regimens[best]->score + 0.031);
  g_assert_cmpuint (regimens[best]->draws, ==, 320);
  g_assert_cmpuint (regimens[39]->draws, ==, 320);
  g_assert_cmpuint (full, <, 20);
}

#define WARD                                                              \
  "{'format': 'titrate-case/1', 'start': '2026-03-01T07:20', 'options': " \
  "{'ward_times': ['06:00', '14:00', '22:00']}}"

/* Started at 07:20, the next round is at 14:00. */
static void
test_ward_times (void)
{
  g_autoptr (TdmCase) record = given_case (WARD);
  const double to_two = 6 + 40.0 / 60;
  g_assert_cmpfloat_with_epsilon (tdm_ward_first (record, 0, 8), to_two, 1e-9);
  g_assert_cmpfloat_with_epsilon (tdm_ward_first (record, 0, 24), to_two, 1e-9);
  g_assert_cmpfloat_with_epsilon (tdm_ward_first (record, 7, 8), to_two + 8, 1e-9);
  g_assert_cmpfloat_with_epsilon (tdm_ward_first (record, to_two, 48), to_two, 1e-9);
  g_assert_true (isnan (tdm_ward_first (record, 0, 12)));
  g_assert_true (isnan (tdm_ward_first (record, 0, 6)));
  g_autoptr (TdmCase) free_case = given_case ("{'format': 'titrate-case/1'}");
  g_assert_cmpfloat (tdm_ward_first (free_case, 3.7, 12), ==, 3.7);
}

/* Of the wards' clock: every dose of every row, whether it begins at once, with a
 * loading dose or after a hold, is at one of its times. */
static void
test_ward_rows (void)
{
  static const char *const amounts[] = { "250", "1000", "2500" };
  guint variants = 0;
  for (guint k = 0; k < G_N_ELEMENTS (amounts); k++)
    {
      g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
      g_autofree char *json = g_strdup_printf (
          "{'format': 'titrate-case/1', 'model': 'vancomycin-goti-2018', 'start': "
          "'2026-03-01T07:20', 'patient': {'id': 'W', 'sex': 'female', 'birth': "
          "'1957-05-02'}, 'covariates': [{'name': 'WT', 'value': 71, 'unit': 'kg'}, "
          "{'name': 'SCR', 'value': 1.3, 'unit': 'mg/dL'}], 'doses': [{'time': 0, "
          "'amount': %s, 'unit': 'mg', 'route': 'iv', 'duration': 2, 'interval': 12, "
          "'count': 6}], 'levels': [], 'options': {'ward_times': ['06:00', '14:00', "
          "'22:00']}}",
          amounts[k]);
      g_autoptr (TdmCase) record = given_case (json);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, NULL);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
      g_autoptr (TdmProposals) p = tdm_dose_search (fit, fit->notes, NULL, NULL, NULL);
      g_assert_cmpuint (p->regimens->len, >, 3);
      for (guint i = 0; i < p->regimens->len; i++)
        {
          const TdmRegimen *r = p->regimens->pdata[i];
          TdmPkDose lines[TDM_REGIMEN_LINES];
          const guint n = tdm_regimen_lines (r, r->first_dose_h + 96, lines);
          variants += r->loading_mg > 0 || r->is_hold;
          for (guint l = 0; !r->is_current && l < n; l++)
            for (guint d = 0; d < lines[l].count; d++)
              {
                const double at = lines[l].time_h + d * lines[l].interval_h;
                /* 06:00 is 22 h 40 min after the start. */
                const double since = fmod (at - (22 + 40.0 / 60) + 240, 8);
                g_assert_cmpfloat (MIN (since, 8 - since), <, 1e-6);
              }
        }
    }
  g_assert_cmpuint (variants, >, 0);
}

/* Only what is asked for is ranked, by the same chances. */
static void
test_among (void)
{
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  const TdmDoseSearchOptions plain = { .draws = 200, .seed = 3 };
  TdmDoseSearchOptions options = plain;
  g_autoptr (TdmProposals) all = tdm_dose_search (fit, fit->notes, &plain, NULL, NULL);
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  for (guint i = 4; i > 1; i--)
    g_ptr_array_add (rows, all->regimens->pdata[i]);
  options.among = rows;
  g_autoptr (TdmProposals) some =
      tdm_dose_search (fit, fit->notes, &options, NULL, NULL);
  g_assert_cmpuint (some->regimens->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const TdmRegimen *own = some->regimens->pdata[i];
      guint found = 0;
      for (guint k = 0; k < 3; k++)
        if (tdm_regimen_equal (rows->pdata[k], own, TRUE))
          {
            found++;
            g_assert_cmpfloat (((const TdmRegimen *)rows->pdata[k])->p_within, ==,
                               own->p_within);
          }
      g_assert_cmpuint (found, ==, 1);
    }
}

/* Whatever judges regimens stops when it is called off, and leaves them as they were.
 */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TdmProblem) problem = reference_problem ("C.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autofree double *rows = tdm_fit_draw_individual (fit, 150, 11);
  const TdmCurrentRegimen now = tdm_problem_get_current (problem);
  const TdmResolvedTarget target = {
    .metric = TDM_METRIC_TROUGH, .at_steady_state = TRUE, .low = 10, .high = 20
  };
  const TdmScoreInput input = { .problem = problem,
                                .target = &target,
                                .rows = rows,
                                .draws = 150,
                                .cancellable = cancellable };
  TdmRegimen one = { .route = now.route,
                     .amount_mg = now.amount_mg,
                     .interval_h = 12,
                     .duration_h = now.duration_h,
                     .p_within = 0.123,
                     .first_dose_h = tdm_problem_get_adjust_h (problem),
                     .notes = tdm_notes_new () };
  TdmRegimen *list[8];
  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    list[i] = &one;
  g_cancellable_cancel (cancellable);
  for (guint k = 0; k < 3; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmScore) score =
          k == 0 ? tdm_score_new (&input, list, G_N_ELEMENTS (list), &error) : NULL;
      g_assert_null (score);
      if (k == 1)
        g_assert_false (tdm_screen_judge (&input, list, G_N_ELEMENTS (list), &error));
      if (k == 2)
        g_assert_false (
            tdm_course_judge (&input, 150, list, G_N_ELEMENTS (list), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpfloat (one.p_within, ==, 0.123);
      g_assert_false (one.has_days);
    }
  g_ptr_array_unref (one.notes);
}

/* A loading dose takes the place of the first dose; steps follow it. */
static void
test_lines (void)
{
  const TdmModelRoute route = { .infusion = TRUE };
  TdmRegimen r = { .route = &route,
                   .amount_mg = 730,
                   .interval_h = 12,
                   .duration_h = 1.5,
                   .loading_mg = 1870,
                   .loading_duration_h = 2.5,
                   .first_dose_h = 41,
                   .hold_h = 5,
                   .n_steps = 1,
                   .steps = { { 77, 490, 24, 1 } } };
  TdmPkDose lines[TDM_REGIMEN_LINES];
  g_assert_cmpuint (tdm_regimen_lines (&r, 120, lines), ==, 3);
  g_assert_cmpfloat (tdm_regimen_start (&r), ==, 36);
  g_assert_cmpfloat (lines[0].time_h, ==, 41);
  g_assert_cmpfloat (lines[0].amount_mg, ==, 1870);
  g_assert_cmpfloat (lines[0].duration_h, ==, 2.5);
  g_assert_cmpuint (lines[0].count, ==, 1);
  g_assert_cmpfloat (lines[1].time_h, ==, 53);
  g_assert_cmpuint (lines[1].count, ==, 2); /* 53, 65; at 77 the step */
  g_assert_cmpfloat (lines[2].time_h, ==, 77);
  g_assert_cmpfloat (lines[2].amount_mg, ==, 490);
  g_assert_cmpuint (lines[2].count, >=, 2);
  r.duration_h = r.interval_h = 24; /* an infusion without end follows at once */
  g_assert_cmpfloat (tdm_regimen_maintenance (&r), ==, 43.5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/proposals/all-models", test_all_models);
  g_test_add_func ("/engine/proposals/more-is-more", test_more_is_more);
  g_test_add_func ("/engine/proposals/interpolation", test_interpolation);
  g_test_add_func ("/engine/proposals/superposition", test_superposition);
  g_test_add_func ("/engine/proposals/proportional-models", test_proportional_models);
  g_test_add_func ("/engine/proposals/screening", test_screening);
  g_test_add_func ("/engine/proposals/ward-times", test_ward_times);
  g_test_add_func ("/engine/proposals/ward-rows", test_ward_rows);
  g_test_add_func ("/engine/proposals/among", test_among);
  g_test_add_func ("/engine/proposals/cancelled", test_cancelled);
  g_test_add_func ("/engine/proposals/lines", test_lines);
  return g_test_run ();
}
