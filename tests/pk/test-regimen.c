/* Relations between schedules that must hold whatever the numbers, reference numbers
 * computed elsewhere, the steady state of one dose line, extremes and refusals. */
#include "fixture.h"

static const double when[] = { 0.7, 3.0, 5.3, 12.0, 13.1, 24.0, 31.7, 60.0 };
#define N_WHEN G_N_ELEMENTS (when)

static void
predict_plain (const TdmPkStructure *structure, const TdmPkDose *doses, guint n_doses,
               const double *times, double *values)
{
  double p[N_PARAMETERS];
  const Schedule s = { structure, doses, n_doses, times, N_WHEN };
  parameters_of (&base, p);
  predict (&s, 0, 0, p, values, NULL);
}

static void
assert_same (const double *a, const double *b, double factor)
{
  for (guint i = 0; i < N_WHEN; i++)
    assert_close (a[i], factor * b[i], 1e-12);
}

static void
test_shift (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose doses[] = { dose_of (0.0, 313.0, 0.0, 2), dose_of (3.0, 97.0, 1.7, 0) };
  double shifted[N_WHEN], a[N_WHEN], b[N_WHEN];
  doses[0].route.lag = 8;
  predict_plain (&structure, doses, 2, when, a);
  for (guint i = 0; i < N_WHEN; i++)
    shifted[i] = when[i] + 1024.0;
  doses[0].time_h += 1024.0;
  doses[1].time_h += 1024.0;
  predict_plain (&structure, doses, 2, shifted, b);
  assert_same (b, a, 1.0);
}

static void
test_cut (void)
{
  const TdmPkStructure structure = structure_of (3, 0);
  const TdmPkDose whole = dose_of (1.0, 500.0, 5.0, 0);
  const TdmPkDose parts[] = { dose_of (1.0, 130.0, 1.3, 0),
                              dose_of (2.3, 370.0, 3.7, 0) };
  double a[N_WHEN], b[N_WHEN];
  predict_plain (&structure, &whole, 1, when, a);
  predict_plain (&structure, parts, 2, when, b);
  assert_same (b, a, 1.0);
}

static void
test_order (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  const TdmPkDose a_b[] = { dose_of (3.0, 313.0, 0.0, 2), dose_of (3.0, 97.0, 1.7, 0) };
  const TdmPkDose b_a[] = { a_b[1], a_b[0] };
  double a[N_WHEN], b[N_WHEN];
  predict_plain (&structure, a_b, 2, when, a);
  predict_plain (&structure, b_a, 2, when, b);
  for (guint i = 0; i < N_WHEN; i++)
    g_assert_true (a[i] == b[i]);
}

static void
test_double (void)
{
  const TdmPkStructure structure = structure_of (2, 3);
  TdmPkDose dose = dose_of (1.0, 157.0, 0.0, 2);
  double a[N_WHEN], b[N_WHEN];
  predict_plain (&structure, &dose, 1, when, a);
  dose.amount_mg *= 2.0;
  predict_plain (&structure, &dose, 1, when, b);
  assert_same (b, a, 2.0);
}

static void
test_list (void)
{
  const TdmPkStructure structure = structure_of (2, 0);
  TdmPkDose one = dose_of (0.1, 157.0, 1.5, 0), list[4];
  double a[N_WHEN], b[N_WHEN];
  one.interval_h = 12.0;
  one.count = 4;
  for (guint i = 0; i < 4; i++)
    list[i] = dose_of (0.1 + 12.0 * i, 157.0, 1.5, 0);
  predict_plain (&structure, &one, 1, when, a);
  predict_plain (&structure, list, 4, when, b);
  assert_same (b, a, 1.0);
}

/* Times that differ by rounding only are the same: the level is drawn before the dose.
 */
static void
test_before_dose (void)
{
  const TdmPkStructure structure = structure_of (1, 0);
  TdmPkDose dose = dose_of (0.1, 157.0, 0.0, 0);
  const double times[] = { 0.1, 0.3, 0.30000000000000004, 0.7, 0.8, 0.9, 1.0, 1.1 };
  double p[N_PARAMETERS], values[8];
  const Schedule s = { &structure, &dose, 1, times, 8 };
  parameters_of (&base, p);
  dose.interval_h = 0.1;
  dose.count = 20;
  predict (&s, 0, 0, p, values, NULL);
  g_assert_cmpfloat (values[0], ==, 0.0);
  for (guint i = 1; i < 8; i++)
    {
      double sum = 0.0;
      for (guint k = 0; k < (guint)lround (times[i] * 10.0) - 1; k++)
        sum += 157.0 / p[1] * exp (-p[0] / p[1] * (times[i] - 0.1 * (k + 1)));
      assert_close (values[i], sum, 1e-12);
    }
}

static void
test_steady_is_many (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose steady = dose_of (0.0, 157.0, 0.0, 2);
  double a[N_WHEN], b[N_WHEN];
  steady.interval_h = 12.0;
  steady.count = 3;
  steady.steady_state = TRUE;
  TdmPkDose many = steady;
  many.steady_state = FALSE;
  many.time_h = -60.0 * 12.0;
  many.count = 63;
  predict_plain (&structure, &steady, 1, when, a);
  predict_plain (&structure, &many, 1, when, b);
  assert_same (b, a, 1.0);
  /* It replaces whatever was before, running inputs included. */
  TdmPkDose both[] = { steady, dose_of (-5.0, 991.0, 9.0, 0) };
  predict_plain (&structure, both, 2, when, b);
  assert_same (b, a, 1.0);
}

/* The state is carried over a change of parameters. */
static void
test_change (void)
{
  const TdmPkStructure structure = structure_of (1, 0);
  const TdmPkDose dose = dose_of (0.0, 157.0, 0.0, 0);
  const double changes[] = { -INFINITY, 4.0 }, times[] = { 3.0, 4.0, 9.0 };
  double p[2 * N_PARAMETERS], values[3], auc[3];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  const TdmJetSpace space = tdm_jet_space (0, 0);
  parameters_of (&base, p);
  parameters_of (&base, p + N_PARAMETERS);
  p[N_PARAMETERS] = 1.9;
  p[N_PARAMETERS + 1] = 17.1;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, &dose, 1, changes, 2, times, NULL, 3, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_pk_plan_predict (plan, work, &space, p, values, auc, &error));
  const double k = p[0] / p[1], left = 157.0 * exp (-4.0 * k);
  assert_close (values[0], 157.0 / p[1] * exp (-3.0 * k), 1e-13);
  assert_close (values[1], left / 17.1, 1e-13);
  assert_close (values[2], left / 17.1 * exp (-5.0 * 1.9 / 17.1), 1e-13);
  assert_close (auc[2], (157.0 - left) / p[0] + (left - 17.1 * values[2]) / 1.9, 1e-12);
}

/* Two compartments, six infusions: computed in 40-digit arithmetic (mpmath), 16 digits.
 */
static void
test_reference_infusions (void)
{
  const double lines[][3] = { { 0, 2000, 2 },    { 12, 1250, 1.5 }, { 24, 1250, 1.5 },
                              { 36, 1250, 1.5 }, { 48, 1000, 1 },   { 60, 1000, 1 } };
  const double times[] = { 2, 12, 37.5, 48, 61, 72, 84, 96 };
  const double expected[] = { 45.718694052124434, 15.675292334711456,
                              52.989640805355556, 26.37431930960645,
                              50.881462431968274, 25.915181906806435,
                              18.11425742148338,  12.736207852521389 };
  const double p[N_PARAMETERS] = { 2.474186659595735, 34.30210648938261,
                                   7.0284018038091824, 41.36272455594823 };
  const TdmPkStructure structure = structure_of (2, 0);
  TdmPkDose doses[6];
  double values[8], auc[8];
  for (guint i = 0; i < 6; i++)
    doses[i] = dose_of (lines[i][0], lines[i][1], lines[i][2], 0);
  const Schedule s = { &structure, doses, 6, times, 8 };
  predict (&s, 0, 0, p, values, auc);
  for (guint i = 0; i < 8; i++)
    assert_close (values[i], expected[i], 1e-12);
  /* 0-24, 24-48, 48-72 and 72-96 h */
  assert_close (auc[5], 623.6195064305974 + 808.6145616195062 + 822.027676361813,
                1e-12);
  assert_close (auc[7] - auc[5], 444.13118216973163, 1e-11);
}

/* One compartment by mouth with a lag: the same source. */
static void
test_reference_oral (void)
{
  const double given[] = { 0, 24, 48, 72, 100, 120 };
  const double times[] = { 2, 24, 72, 74, 120, 123, 144, 168 };
  const double expected[] = { 0.9760860841848304, 0.5231035731272837,
                              0.7116081068449714, 1.6163114963348835,
                              0.8496594347604342, 1.929613188441776,
                              0.7620772821594313, 0.21433728265051852 };
  const double p[N_PARAMETERS] = {
    12.73144910176691, 240.87904368436003, 0, 0, 0, 0, 0.6, 1.0, 0.4
  };
  const TdmPkStructure structure = structure_of (1, 1);
  TdmPkDose doses[6];
  double values[8];
  for (guint i = 0; i < 6; i++)
    {
      doses[i] = dose_of (given[i], 400.0, 0.0, 1);
      doses[i].route.lag = 8;
    }
  const Schedule s = { &structure, doses, 6, times, 8 };
  predict (&s, 0, 0, p, values, NULL);
  for (guint i = 0; i < 8; i++)
    assert_close (values[i], expected[i], 1e-12);
}

/* tdm_pk_steady_state() against a plan of a steady-state dose. */
static void
test_regime (void)
{
  const double offsets[] = { 0.0, 0.3, 1.9, 4.4, 8.0, 11.0 };
  const double durations[] = { 0.0, 1.9, 13.7 };
  for (guint compartments = 1; compartments <= 3; compartments++)
    for (guint chain = 0; chain <= 3; chain += chain == 1 ? 2 : 1)
      for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
        for (guint lag = 0; lag < 2; lag++)
          {
            const TdmPkStructure structure = structure_of (compartments, chain);
            TdmPkDose dose =
                dose_of (0.0, 113.0, durations[i], chain > 0 ? compartments : 0);
            double p[N_PARAMETERS], a[6], b[1102], grid[1102], auc[1102], highest = 0.0;
            g_autoptr (GError) error = NULL;
            g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
            TdmPkSteadyState out;
            parameters_of (&base, p);
            dose.interval_h = 11.0;
            dose.steady_state = TRUE;
            dose.route.lag = lag ? 8 : NONE;
            g_assert_true (tdm_pk_steady_state (&structure, &dose, p, offsets, 6, a,
                                                work, &out, &error));
            g_assert_no_error (error);
            Schedule s = { &structure, &dose, 1, offsets, 6 };
            predict (&s, 0, 0, p, b, NULL);
            for (guint k = 0; k < 6; k++)
              assert_close (a[k], b[k], 1e-11);
            for (guint k = 0; k <= 1100; k++)
              grid[k] = 0.01 * k;
            grid[1101] = out.peak_time_h + 1e-8; /* a bolus acts after its time */
            s = (Schedule){ &structure, &dose, 1, grid, 1102 };
            predict (&s, 0, 0, p, b, auc);
            for (guint k = 0; k <= 1100; k++)
              highest = fmax (highest, b[k]);
            assert_close (out.trough, b[0], 1e-12);
            assert_close (out.auc, 113.0 / p[0], 1e-11);
            assert_close (out.auc, auc[1100], 1e-11);
            g_assert_cmpfloat (out.peak, >=, highest * (1.0 - 1e-12));
            assert_close (out.peak, b[1101], 1e-6);
          }
}

/* The oral peak of one compartment has a closed form. */
static void
test_oral_peak (void)
{
  const TdmPkStructure structure = structure_of (1, 1);
  TdmPkDose dose = dose_of (0.0, 113.0, 0.0, 1);
  double p[N_PARAMETERS];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  TdmPkSteadyState out;
  parameters_of (&base, p);
  dose.interval_h = 11.0;
  const double k = p[0] / p[1], ka = p[6], tau = 11.0;
  const double time =
      log (ka * (1.0 - exp (-k * tau)) / (k * (1.0 - exp (-ka * tau)))) / (ka - k);
  const double peak = 113.0 * ka / (p[1] * (ka - k))
                      * (exp (-k * time) / (1.0 - exp (-k * tau))
                         - exp (-ka * time) / (1.0 - exp (-ka * tau)));
  g_assert_true (
      tdm_pk_steady_state (&structure, &dose, p, NULL, 0, NULL, work, &out, &error));
  assert_close (out.peak, peak, 1e-13);
  assert_close (out.peak_time_h, time, 1e-6);
}

static void
check_extreme (const OracleModel *o, double time, double tolerance)
{
  const TdmPkStructure structure = structure_of (o->compartments, o->chain);
  const TdmPkDose dose = dose_of (0.0, 500.0, 1.5, o->compartments);
  double p[N_PARAMETERS], value;
  long double expected[2];
  const Schedule s = { &structure, &dose, 1, &time, 1 };
  parameters_of (o, p);
  predict (&s, 0, 0, p, &value, NULL);
  oracle_dose (o, o->compartments, 500.0L, 1.5L, time, expected);
  assert_close (value, (double)expected[0], tolerance);
}

static void
test_extremes (void)
{
  const double times[] = { 0.0, 1e-6, 0.4, 2.0, 24.0, 170.0 };
  for (guint compartments = 1; compartments <= 3; compartments++)
    for (guint i = 0; i < G_N_ELEMENTS (times); i++)
      {
        OracleModel o = base;
        o.compartments = compartments;
        o.chain = 1;
        o.ka = 1e4L;
        check_extreme (&o, times[i], 1e-10);
        o.ka = 1e-5L;
        check_extreme (&o, times[i], 1e-10);
        o.q2 = 1e-9L;
        check_extreme (&o, times[i], 1e-10);
        o.q3 = 1e6L;
        o.q2 = 1e-3L;
        check_extreme (&o, times[i], 1e-8);
      }
  /* Long after everything has gone there is nothing, but no NaN either. */
  const TdmPkStructure structure = structure_of (3, 3);
  const TdmPkDose dose = dose_of (0.0, 500.0, 1.5, 3);
  double p[N_PARAMETERS], value, late = 1e5;
  const Schedule s = { &structure, &dose, 1, &late, 1 };
  parameters_of (&base, p);
  predict (&s, 0, 0, p, &value, NULL);
  g_assert_cmpfloat (value, >=, 0.0);
  g_assert_cmpfloat (value, <, 1e-100);
}

static void
assert_refused (const TdmPkStructure *structure, const TdmPkDose *doses, guint n,
                const char *message)
{
  const double change = -INFINITY;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (structure, doses, n, &change, 1, when, NULL, N_WHEN, &error);
  g_assert_null (plan);
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_refusals (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose dose = dose_of (0.0, 500.0, 1.5, 0);
  dose.amount_mg = -1.0;
  assert_refused (&structure, &dose, 1, "doses[0]: the amount must not be negative");
  dose = dose_of (0.0, 500.0, 1.5, 1);
  assert_refused (&structure, &dose, 1,
                  "doses[0]: a peripheral compartment cannot be dosed");
  dose = dose_of (0.0, 500.0, 1.5, 3);
  assert_refused (&structure, &dose, 1, "doses[0]: compartment 3 does not exist");
  dose = dose_of (0.0, 500.0, 1.5, 0);
  dose.count = 2;
  assert_refused (&structure, &dose, 1, "doses[0]: a repeated dose needs an interval");
  dose.interval_h = 1.0;
  dose.count = TDM_PK_MAX_DOSES + 1;
  assert_refused (&structure, &dose, 1, "doses: more than 200000 doses");
  dose.count = 1;
  dose.steady_state = TRUE;
  const TdmPkDose two[] = { dose, dose };
  assert_refused (&structure, two, 2,
                  "doses: two steady-state doses at the same time (0 h)");
}

static void
test_no_answer (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose dose = dose_of (0.0, 500.0, 0.0, 2);
  const double change = -INFINITY;
  const TdmJetSpace space = tdm_jet_space (0, 0);
  double p[N_PARAMETERS], values[N_WHEN];
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  dose.route.lag = 8;
  g_autoptr (GError) lag = NULL, clearance = NULL;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, &dose, 1, &change, 1, when, NULL, N_WHEN, NULL);
  parameters_of (&base, p);
  p[8] = -0.25;
  g_assert_false (tdm_pk_plan_predict (plan, work, &space, p, values, NULL, &lag));
  g_assert_cmpstr (lag->message, ==,
                   "the lag of a dose is -0.25 h; it must not be negative");
  p[8] = 0.25;
  p[0] = 0.0;
  g_assert_false (
      tdm_pk_plan_predict (plan, work, &space, p, values, NULL, &clearance));
  g_assert_cmpstr (clearance->message, ==,
                   "a clearance, volume or rate is 0; it must be positive");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/regimen/shift", test_shift);
  g_test_add_func ("/pk/regimen/cut", test_cut);
  g_test_add_func ("/pk/regimen/order", test_order);
  g_test_add_func ("/pk/regimen/double", test_double);
  g_test_add_func ("/pk/regimen/list", test_list);
  g_test_add_func ("/pk/regimen/before-dose", test_before_dose);
  g_test_add_func ("/pk/regimen/steady-is-many", test_steady_is_many);
  g_test_add_func ("/pk/regimen/change", test_change);
  g_test_add_func ("/pk/regimen/reference-infusions", test_reference_infusions);
  g_test_add_func ("/pk/regimen/reference-oral", test_reference_oral);
  g_test_add_func ("/pk/regimen/regime", test_regime);
  g_test_add_func ("/pk/regimen/oral-peak", test_oral_peak);
  g_test_add_func ("/pk/regimen/extremes", test_extremes);
  g_test_add_func ("/pk/regimen/refusals", test_refusals);
  g_test_add_func ("/pk/regimen/no-answer", test_no_answer);
  return g_test_run ();
}
