/* Dosing histories: resets, steady states that are added or stopped, inputs at a rate,
 * what happens at one time, and what must hold of every history. */
#include "fixture.h"
#include "pk/walk.h"

enum
{
  F = 7,
  LAG = 8,
  DURATION = 9,
};

static const double times[] = { 0.5, 3.0, 7.9, 12.0, 12.4, 17.7, 24.0, 36.1, 59.3 };
#define N_TIMES G_N_ELEMENTS (times)

static void
values_of (const TdmPkStructure *structure, const TdmPkDose *doses, guint n,
           double *values)
{
  double p[N_PARAMETERS];
  const Schedule s = { structure, doses, n, times, N_TIMES };
  parameters_of (&base, p);
  predict (&s, 0, 0, p, values, NULL);
}

/* After a reset only what comes after it counts: an infusion that runs and a dose on
 * its way are taken away too. */
static void
test_reset (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose doses[] = { dose_of (0.0, 517.0, 0.0, 2), dose_of (4.1, 93.0, 11.3, 0),
                        dose_of (11.5, 211.0, 0.0, 2), dose_of (12.0, 71.0, 2.0, 0) };
  doses[2].route.lag = LAG;
  doses[3].reset = TRUE;
  double all[N_TIMES], before[N_TIMES], after[N_TIMES];
  values_of (&structure, doses, 4, all);
  values_of (&structure, doses, 3, before);
  doses[3].reset = FALSE;
  values_of (&structure, doses + 3, 1, after);
  for (guint i = 0; i < N_TIMES; i++)
    assert_close (all[i], times[i] <= 12.0 ? before[i] : after[i], 1e-13);
  g_assert_cmpfloat (before[N_TIMES - 1], >, 2.0 * after[N_TIMES - 1]);
}

/* A reset at the time of a steady state leaves the steady state. */
static void
test_reset_steady (void)
{
  const TdmPkStructure structure = structure_of (1, 1);
  TdmPkDose doses[] = { dose_of (0.0, 517.0, 0.0, 1), dose_of (3.0, 0.0, 0.0, 0),
                        dose_of (3.0, 87.0, 0.0, 1) };
  doses[1].reset = TRUE;
  doses[2].steady_state = doses[2].add = TRUE;
  doses[2].interval_h = 8.0;
  double both[N_TIMES], alone[N_TIMES];
  values_of (&structure, doses, 3, both);
  doses[2].add = FALSE;
  values_of (&structure, doses + 2, 1, alone);
  for (guint i = 1; i < N_TIMES; i++)
    assert_close (both[i], alone[i], 1e-14);
}

/* In a linear structure an added steady state is the sum. */
static void
test_add (void)
{
  for (guint lag = 0; lag < 2; lag++)
    {
      const TdmPkStructure structure = structure_of (2, 1);
      TdmPkDose doses[] = { dose_of (0.0, 517.0, 0.0, 2),
                            dose_of (12.0, 93.0, 19.0, 0) };
      doses[0].steady_state = doses[1].steady_state = doses[1].add = TRUE;
      doses[0].interval_h = 24.0;
      doses[1].interval_h = 8.0;
      doses[0].count = 2;
      doses[1].count = 3;
      doses[1].route.lag = lag ? LAG : NONE;
      double both[N_TIMES], one[N_TIMES], other[N_TIMES];
      values_of (&structure, doses, 2, both);
      values_of (&structure, doses, 1, one);
      values_of (&structure, doses + 1, 1, other);
      for (guint i = 0; i < N_TIMES; i++)
        assert_close (both[i], one[i] + other[i], 1e-13);
    }
}

/* A regimen that has stopped: as the regimen without the dose at that time. */
static void
test_stopped (void)
{
  const TdmPkStructure structure = structure_of (2, 1);
  TdmPkDose doses[] = { dose_of (0.3, 517.0, 0.0, 2), dose_of (0.3, 517.0, 0.0, 2) };
  doses[0].steady_state = doses[0].stopped = TRUE;
  doses[0].interval_h = 24.0;
  doses[0].route.lag = doses[1].route.lag = LAG;
  double stopped[N_TIMES], all[N_TIMES];
  values_of (&structure, doses, 2, stopped);
  doses[0].stopped = FALSE;
  values_of (&structure, doses, 1, all);
  for (guint i = 0; i < N_TIMES; i++)
    assert_close (stopped[i], all[i], 1e-13);
}

/* A constant infusion that ran for ever holds rate/CL; stopped, it decays. */
static void
test_constant_infusion (void)
{
  const TdmPkStructure structure = structure_of (1, 0);
  TdmPkDose dose = dose_of (12.0, 8.7, 1.0, 0);
  dose.steady_state = dose.stopped = TRUE;
  dose.interval_h = 1.0;
  double values[N_TIMES];
  values_of (&structure, &dose, 1, values);
  const double cl = (double)base.cl, k = cl / (double)base.v1;
  for (guint i = 3; i < N_TIMES; i++)
    assert_close (values[i], 8.7 / cl * exp (-k * (times[i] - 12.0)), 1e-13);
}

/* An input at a rate lasts until what is absorbed is in: as one whose duration is F
 * amount/rate, its derivatives with respect to F among them. */
static void
test_rate (void)
{
  enum
  {
    n = 3,
    order = 2,
  };
  const TdmPkStructure structure = structure_of (2, 0);
  const TdmJetSpace space = tdm_jet_space (n, order);
  const double rate = 21.7;
  double p[N_PARAMETERS], *jets = g_new0 (double, N_PARAMETERS *space.size);
  parameters_of (&base, p);
  for (guint i = 0; i < N_PARAMETERS; i++)
    tdm_jet_set (&space, jets + i * space.size, p[i]);
  tdm_jet_variable (&space, jets, p[0], 0);
  tdm_jet_variable (&space, jets + F * space.size, p[F], 1);
  tdm_jet_variable (&space, jets + LAG * space.size, p[LAG], 2);
  tdm_jet_scale (&space, jets + DURATION * space.size, jets + F * space.size,
                 113.0 / rate);
  TdmPkDose dose = dose_of (0.0, 113.0, 0.0, 0);
  dose.count = 2;
  dose.interval_h = 3.1; /* they overlap */
  dose.steady_state = TRUE;
  dose.route.bioavailability = F;
  dose.route.lag = LAG;
  double *values[3];
  for (guint way = 0; way < 3; way++)
    {
      dose.rate_mg_h = way == 0 ? rate : 0.0;
      dose.route.duration = way == 0 ? NONE : DURATION;
      dose.route.duration_is_rate = way == 2;
      if (way == 2)
        tdm_jet_set (&space, jets + DURATION * space.size, rate);
      const Schedule s = { &structure, &dose, 1, times, N_TIMES };
      values[way] = g_new0 (double, N_TIMES *space.size);
      predict (&s, order, n, jets, values[way], NULL);
    }
  for (guint i = 0; i < N_TIMES * space.size; i++)
    {
      assert_close (values[0][i], values[1][i], 1e-10);
      assert_close (values[0][i], values[2][i], 1e-13);
    }
  for (guint way = 0; way < 3; way++)
    g_free (values[way]);
  g_free (jets);
}

/* What counts at the very time of a dose, before and after it. */
static void
test_after (void)
{
  const TdmPkStructure structure = structure_of (1, 0);
  TdmPkDose dose = dose_of (0.0, 157.0, 0.0, 0);
  dose.route.bioavailability = F;
  const double at[] = { 0.0, 0.0, 5.0 }, changes[] = { -INFINITY, 0.0 };
  const gboolean after[] = { FALSE, TRUE, FALSE };
  double p[2 * N_PARAMETERS], values[3];
  parameters_of (&base, p);
  parameters_of (&base, p + N_PARAMETERS);
  p[N_PARAMETERS + 1] = 30.0;
  p[N_PARAMETERS + F] = 0.5;
  for (guint late = 0; late < 2; late++)
    {
      const gboolean change_after[] = { FALSE, late };
      const TdmPkHistory history = { .doses = &dose,
                                     .n_doses = 1,
                                     .change_times_h = changes,
                                     .change_after = change_after,
                                     .n_sets = 2,
                                     .times_h = at,
                                     .after = after,
                                     .n_times = 3 };
      const TdmJetSpace space = tdm_jet_space (0, 0);
      g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
      g_autoptr (TdmPkPlan) plan = tdm_pk_plan_new_history (&structure, &history, NULL);
      g_assert_true (tdm_pk_plan_predict (plan, work, &space, p, values, NULL, NULL));
      /* F and V are those of the set in force at the dose. */
      const double absorbed = 157.0 * (late ? p[F] : 0.5);
      assert_close (values[0], 0.0, 0.0);
      assert_close (values[1], absorbed / (late ? p[1] : 30.0), 1e-14);
      assert_close (values[2], absorbed / 30.0 * exp (-p[0] / 30.0 * 5.0), 1e-13);
    }
}

#define MAX_LINES 5

/* Lines of every kind. */
static guint
random_lines (GRand *rand, const TdmPkStructure *structure, TdmPkDose *lines)
{
  const guint n = 1 + (guint)g_rand_int_range (rand, 0, MAX_LINES - 1);
  for (guint i = 0; i < n; i++)
    {
      const gboolean slow = g_rand_boolean (rand);
      const guint state =
          structure->chain > 0 && g_rand_boolean (rand) ? structure->compartments : 0;
      TdmPkDose *d = &lines[i];
      *d = dose_of (g_rand_double_range (rand, 0.0, 40.0),
                    g_rand_double_range (rand, 1.0, 900.0),
                    slow ? g_rand_double_range (rand, 0.1, 20.0) : 0.0, state);
      d->interval_h = g_rand_double_range (rand, 2.0, 13.0);
      d->count = 1 + (guint)g_rand_int_range (rand, 0, 6);
      d->steady_state = g_rand_boolean (rand);
      d->add = d->steady_state && (i > 0 || g_rand_boolean (rand));
      d->reset = !d->steady_state && g_rand_int_range (rand, 0, 5) == 0;
      d->route.lag = g_rand_boolean (rand) ? LAG : NONE;
      d->route.bioavailability = g_rand_boolean (rand) ? F : NONE;
      if (slow && g_rand_boolean (rand))
        d->rate_mg_h = d->amount_mg / d->duration_h;
    }
  return n;
}

/* The same history in more lines: each repeated one cut in two. */
static guint
cut_lines (GRand *rand, const TdmPkDose *lines, guint n, TdmPkDose *out)
{
  guint m = 0;
  for (guint i = 0; i < n; i++)
    {
      out[m++] = lines[i];
      if (lines[i].count < 2)
        continue;
      const guint first = (guint)g_rand_int_range (rand, 1, (int)lines[i].count);
      out[m - 1].count = first;
      out[m] = lines[i];
      out[m].time_h += first * out[m].interval_h;
      out[m].count -= first;
      out[m].steady_state = out[m].add = out[m].reset = FALSE;
      m++;
    }
  return m;
}

/* No history yields a negative level, and neither cutting nor shifting changes
 * anything. */
static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260310);
  double p[N_PARAMETERS], values[3][80], when[2][80];
  parameters_of (&base, p);
  for (guint trial = 0; trial < 400; trial++)
    {
      const TdmPkStructure structure = structure_of (1 + trial % 3, trial / 3 % 3);
      TdmPkDose lines[3][2 * MAX_LINES];
      const guint n = random_lines (rand, &structure, lines[0]);
      const guint m = cut_lines (rand, lines[0], n, lines[1]);
      const double shift = g_rand_double_range (rand, -3000.0, 3000.0);
      double highest = 0.0;
      for (guint i = 0; i < m; i++)
        {
          lines[2][m - 1 - i] = lines[1][i];
          lines[2][m - 1 - i].time_h += shift;
        }
      for (guint i = 0; i < 80; i++)
        {
          when[0][i] = g_rand_double_range (rand, -1.0, 120.0);
          when[1][i] = when[0][i] + shift;
        }
      for (guint way = 0; way < 3; way++)
        {
          const Schedule s = { &structure, lines[way], way == 0 ? n : m, when[way / 2],
                               80 };
          predict (&s, 0, 0, p, values[way], NULL);
        }
      for (guint i = 0; i < 80; i++)
        highest = MAX (highest, values[0][i]);
      for (guint i = 0; i < 80; i++)
        {
          g_assert_cmpfloat (values[0][i], >=, 0.0);
          g_assert_cmpfloat (fabs (values[1][i] - values[0][i]), <=, 1e-11 * highest);
          g_assert_cmpfloat (fabs (values[2][i] - values[0][i]), <=, 1e-9 * highest);
        }
    }
}

/* Each infusion whose length is its own cut in two that abut, each repeated line in
 * single ones, a steady state aside. */
static guint
cut_infusions (GRand *rand, const TdmPkDose *lines, guint n, TdmPkDose *out)
{
  guint m = 0;
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < lines[i].count; k++)
      {
        TdmPkDose *d = &out[m++];
        const double part = g_rand_double_range (rand, 0.1, 0.9);
        *d = lines[i];
        d->time_h += k * d->interval_h;
        d->count = 1;
        if (k > 0)
          d->reset = d->steady_state = d->add = FALSE;
        if (d->steady_state || d->duration_h == 0.0 || d->rate_mg_h > 0.0)
          continue;
        out[m] = *d;
        out[m].time_h += part * d->duration_h;
        out[m].duration_h *= 1.0 - part;
        out[m].amount_mg *= 1.0 - part;
        out[m++].reset = FALSE;
        d->duration_h *= part;
        d->amount_mg *= part;
      }
  return m;
}

/* Cutting infusions and splitting lines changes nothing where no reset or steady state
 * falls between the parts. */
static void
test_abutting (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260311);
  double p[N_PARAMETERS], values[2][60], when[60];
  parameters_of (&base, p);
  for (guint trial = 0; trial < 300; trial++)
    {
      const TdmPkStructure structure = structure_of (1 + trial % 3, trial / 3 % 3);
      TdmPkDose lines[MAX_LINES], parts[MAX_LINES * 12];
      const guint n = random_lines (rand, &structure, lines);
      for (guint i = 0; i < n; i++)
        {
          lines[i].reset = FALSE;
          lines[i].steady_state = lines[i].add = i == 0 && lines[i].steady_state;
        }
      const guint m = cut_infusions (rand, lines, n, parts);
      double highest = 0.0;
      for (guint i = 0; i < 60; i++)
        when[i] = g_rand_double_range (rand, -1.0, 150.0);
      Schedule s = { &structure, lines, n, when, 60 };
      predict (&s, 0, 0, p, values[0], NULL);
      s.doses = parts;
      s.n_doses = m;
      predict (&s, 0, 0, p, values[1], NULL);
      for (guint i = 0; i < 60; i++)
        highest = MAX (highest, values[0][i]);
      for (guint i = 0; i < 60; i++)
        g_assert_cmpfloat (fabs (values[1][i] - values[0][i]), <=, 1e-9 * highest);
    }
}

/* No rate is ever below nothing, and when all inputs have ended nothing flows: not even
 * the rounding of sums and differences. */
static void
test_rates (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260312);
  const double change = -INFINITY;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  double p[N_PARAMETERS];
  parameters_of (&base, p);
  for (guint trial = 0; trial < 600; trial++)
    {
      const TdmPkStructure structure = structure_of (1 + trial % 3, trial / 3 % 3);
      TdmPkDose lines[MAX_LINES];
      double value;
      const guint n = random_lines (rand, &structure, lines);
      const gboolean late = trial % 3 == 0;
      const double at = late ? 400.0 : g_rand_double_range (rand, 0.0, 130.0);
      g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
      g_autoptr (TdmPkPlan) plan =
          tdm_pk_plan_new (&structure, lines, n, &change, 1, &at, NULL, 1, NULL);
      g_assert_nonnull (plan);
      g_assert_true (tdm_pk_plan_predict (plan, work, &plain, p, &value, NULL, NULL));
      for (guint i = 0; i < work->n_states; i++)
        {
          g_assert_cmpfloat (work->rates[i], >=, 0.0);
          g_assert_cmpfloat (work->states[i], >=, 0.0);
          g_assert_true (!late || work->rates[i] == 0.0);
        }
      g_assert_true (!late || work->running == 0);
    }
}

static void
test_refusals (void)
{
  const TdmPkStructure structure = structure_of (1, 0);
  const double change = -INFINITY, at = 1.0;
  for (guint fault = 0; fault < 4; fault++)
    {
      TdmPkDose dose = dose_of (0.0, 10.0, 0.0, 0);
      dose.interval_h = 8.0;
      dose.steady_state = fault > 2;
      dose.stopped = fault == 0 || fault == 3;
      dose.count = fault == 3 ? 2 : 1;
      dose.add = fault == 1;
      dose.rate_mg_h = fault == 2 ? -1.0 : 0.0;
      g_autoptr (GError) error = NULL;
      g_assert_null (
          tdm_pk_plan_new (&structure, &dose, 1, &change, 1, &at, NULL, 1, &error));
      g_assert_true (g_str_has_prefix (error->message, "doses[0]: "));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/history/reset", test_reset);
  g_test_add_func ("/pk/history/reset-steady", test_reset_steady);
  g_test_add_func ("/pk/history/add", test_add);
  g_test_add_func ("/pk/history/stopped", test_stopped);
  g_test_add_func ("/pk/history/constant-infusion", test_constant_infusion);
  g_test_add_func ("/pk/history/rate", test_rate);
  g_test_add_func ("/pk/history/after", test_after);
  g_test_add_func ("/pk/history/random", test_random);
  g_test_add_func ("/pk/history/abutting", test_abutting);
  g_test_add_func ("/pk/history/rates", test_rates);
  g_test_add_func ("/pk/history/refusals", test_refusals);
  return g_test_run ();
}
