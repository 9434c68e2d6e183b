/* Plans of LINEAR structures against an independent oracle, published-precision
 * reference numbers, Richardson differences and relations that must hold. */
#include "fixture.h"

static void
test_comparison (void)
{
  g_assert_true (is_close (1.0, 1.0 + 1e-12, 1e-11));
  g_assert_false (is_close (1.0, 1.0 + 1e-10, 1e-11));
  g_assert_false (is_close (1.0, NAN, 1e-3));
  g_assert_false (is_close (0.0, 1e-200, 1e-3));
}

/* The oracle's answer for expanded doses at time t; steady state as 70 earlier doses.
 */
static void
expect (const OracleModel *o, const Schedule *s, double t, long double result[2])
{
  result[0] = result[1] = 0.0L;
  for (guint i = 0; i < s->n_doses; i++)
    {
      const TdmPkDose *d = &s->doses[i];
      const long double lag = d->route.lag == NONE ? 0.0L : o->lag;
      const long double f = d->route.bioavailability == NONE ? 1.0L : o->f;
      const long double length =
          d->route.duration == NONE ? d->duration_h : o->duration;
      for (int k = d->steady_state ? -70 : 0; k < (int)d->count; k++)
        {
          long double r[2], before[2] = { 0.0L, 0.0L };
          const long double start = d->time_h + k * (long double)d->interval_h + lag;
          oracle_dose (o, d->route.state, f * d->amount_mg, length, t - start, r);
          if (d->steady_state)
            oracle_dose (o, d->route.state, f * d->amount_mg, length, d->time_h - start,
                         before);
          result[0] += r[0];
          result[1] += r[1] - before[1];
        }
    }
}

static const double times[] = { 0.0,  0.25, 0.5,  1.3,  2.9,  3.0,  5.7, 7.0,
                                7.01, 12.0, 13.9, 24.3, 31.0, 55.5, 96.0 };

static void
check_schedule (const OracleModel *o, const Schedule *s, double tolerance)
{
  double p[N_PARAMETERS], values[64], auc[64];
  long double expected[2];
  parameters_of (o, p);
  predict (s, 0, 0, p, values, auc);
  for (guint i = 0; i < s->n_times; i++)
    {
      expect (o, s, s->times[i], expected);
      g_test_message ("%u/%u t %g", s->structure->compartments, s->structure->chain,
                      s->times[i]);
      assert_close (values[i], (double)expected[0], tolerance);
      /* A balance of mass: relative to what the doses amount to in all. */
      g_assert_cmpfloat (fabs (auc[i] - (double)expected[1]), <=,
                         tolerance * (double)expected[1]
                             + 1e-12 * 500.0 / (double)o->cl);
    }
}

/* Every structure with every way of giving a dose. */
static void
test_oracle (void)
{
  for (guint compartments = 1; compartments <= 3; compartments++)
    for (guint chain = 0; chain <= 4; chain += chain == 1 ? 2 : 1)
      for (guint way = 0; way < 8; way++)
        {
          const TdmPkStructure structure = structure_of (compartments, chain);
          const guint head = chain > 0 ? compartments : 0;
          TdmPkDose doses[] = { dose_of (0.0, 513.0, 0.0, head),
                                dose_of (7.0, 277.0, 0.0, 0),
                                dose_of (7.0, 91.0, way & 1 ? 1.9 : 0.0, head) };
          doses[0].duration_h = way & 1 ? 2.9 : 0.0;
          if (way & 2)
            doses[0].route.lag = doses[2].route.lag = 8;
          if (way & 4)
            {
              doses[0].route.bioavailability = doses[2].route.bioavailability = 7;
              doses[1].route.duration = 9;
            }
          doses[2].interval_h = 5.5;
          doses[2].count = 3;
          const Schedule s = { &structure, doses, 3, times, G_N_ELEMENTS (times) };
          OracleModel o = base;
          o.compartments = compartments;
          o.chain = chain;
          check_schedule (&o, &s, 1e-10);
        }
}

static void
test_steady (void)
{
  const double later[] = { 0.0, 1.3, 1.375, 4.4, 11.0, 17.3, 40.0 };
  const double durations[] = { 0.0, 1.9, 11.0, 13.7, 29.3 };
  for (guint compartments = 1; compartments <= 2; compartments++)
    for (guint chain = 0; chain <= 3; chain += chain == 1 ? 2 : 1)
      for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
        for (guint lag = 0; lag < 2; lag++)
          {
            const TdmPkStructure structure = structure_of (compartments, chain);
            TdmPkDose doses[] = { dose_of (0.0, 113.0, durations[i],
                                           chain > 0 ? compartments : 0),
                                  dose_of (3.0, 19.0, 0.0, 0) };
            doses[0].steady_state = TRUE;
            doses[0].interval_h = 11.0;
            doses[0].count = 2;
            doses[0].route.lag = lag ? 8 : NONE;
            const Schedule s = { &structure, doses, 2, later, G_N_ELEMENTS (later) };
            OracleModel o = base;
            o.compartments = compartments;
            o.chain = chain;
            check_schedule (&o, &s, 1e-10);
          }
}

/* ka through the elimination rates and to the extremes. */
static void
test_confluence (void)
{
  const double gaps[] = { 0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.1, 3.0, 1e3 };
  for (guint compartments = 1; compartments <= 3; compartments++)
    for (guint chain = 1; chain <= 3; chain++)
      for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
        {
          OracleModel o = base;
          o.compartments = compartments;
          o.ka = (long double)(double)((o.cl / o.v1) * (1.0L + gaps[i]));
          const TdmPkStructure structure = structure_of (compartments, chain);
          const TdmPkDose dose = dose_of (0.0, 513.0, 0.0, compartments);
          const Schedule s = { &structure, &dose, 1, times, G_N_ELEMENTS (times) };
          o.chain = chain;
          check_schedule (&o, &s, 1e-10);
        }
}

/* The model displaced by `x` along `direction` in the logarithms of its parameters. */
static OracleModel
displace (const OracleModel *o, const double *direction, long double x)
{
  OracleModel r = *o;
  long double *const fields[N_PARAMETERS] = {
    &r.cl, &r.v1, &r.q2, &r.v2, &r.q3, &r.v3, &r.ka, &r.f, &r.lag, &r.duration
  };
  for (guint i = 0; i < N_PARAMETERS; i++)
    *fields[i] *= expl (direction[i] * x);
  return r;
}

/* First and second derivative of the oracle along `direction` by central differences
 * with three rounds of Richardson's extrapolation. */
static void
difference (const OracleModel *o, const Schedule *s, double t, const double *direction,
            long double result[2])
{
  long double table[2][4], centre[2], low[2], high[2];
  expect (o, s, t, centre);
  for (int k = 0; k < 4; k++)
    {
      const long double h = ldexpl (0.02L, -k);
      const OracleModel below = displace (o, direction, -h),
                        above = displace (o, direction, h);
      expect (&below, s, t, low);
      expect (&above, s, t, high);
      table[0][k] = (high[0] - low[0]) / (2.0L * h);
      table[1][k] = (high[0] - 2.0L * centre[0] + low[0]) / (h * h);
    }
  for (int d = 0; d < 2; d++)
    {
      for (int round = 1; round < 4; round++)
        for (int k = 3; k >= round; k--)
          table[d][k] +=
              (table[d][k] - table[d][k - 1]) / (ldexpl (1.0L, 2 * round) - 1.0L);
      result[d] = table[d][3];
    }
}

/* Parameters as jets in the logarithm of each. */
static void
jets_of (const OracleModel *o, const TdmJetSpace *space, double *jets)
{
  double p[N_PARAMETERS];
  parameters_of (o, p);
  for (guint i = 0; i < N_PARAMETERS; i++)
    {
      double *jet = jets + i * space->size;
      tdm_jet_variable (space, jet, 0.0, i);
      tdm_jet_exp (space, jet, jet);
      tdm_jet_scale (space, jet, jet, p[i]);
    }
}

static void
check_derivatives (const OracleModel *o, const Schedule *s)
{
  static const double directions[][N_PARAMETERS] = {
    { 0.7, -0.4, 0.3, 0.9, -0.6, 0.2, 0.8, -0.5, 0.35, -0.45 },
    { -0.3, 0.8, 0.5, -0.7, 0.4, 0.6, -0.2, 0.9, -0.55, 0.65 }
  };
  const guint n = N_PARAMETERS;
  const TdmJetSpace space = tdm_jet_space (n, 2), first = tdm_jet_space (n, 1);
  double jets[N_PARAMETERS * 66], values[16 * 66], firsts[16 * 66];
  jets_of (o, &first, jets);
  predict (s, 1, n, jets, firsts, NULL);
  jets_of (o, &space, jets);
  predict (s, 2, n, jets, values, NULL);
  for (guint t = 0; t < s->n_times; t++)
    for (guint d = 0; d < G_N_ELEMENTS (directions); d++)
      {
        const double *v = values + t * space.size, *u = directions[d];
        double slope = 0.0, slope_1 = 0.0, curvature = 0.0;
        long double expected[2];
        for (guint i = 0; i < n; i++)
          {
            slope += u[i] * v[1 + i];
            slope_1 += u[i] * firsts[t * first.size + 1 + i];
            for (guint j = 0; j < n; j++)
              curvature += u[i] * u[j] * v[tdm_jet_index2 (&space, i, j)];
          }
        difference (o, s, s->times[t], u, expected);
        g_test_message ("%u/%u at %g: %.12g %.12g, expected %.12Lg %.12Lg",
                        s->structure->compartments, s->structure->chain, s->times[t],
                        slope, curvature, expected[0], expected[1]);
        const double scale = 1e-9 * v[0];
        g_assert_cmpfloat (fabs (slope - (double)expected[0]), <=,
                           1e-8 * fabs (slope) + scale);
        g_assert_cmpfloat (fabs (slope_1 - slope), <=, 1e-11 * fabs (slope) + scale);
        g_assert_cmpfloat (fabs (curvature - (double)expected[1]), <=,
                           1e-7 * fabs (curvature) + 100.0 * scale);
      }
}

static void
test_derivatives (void)
{
  const double when[] = { 2.1, 9.7, 30.1 };
  for (guint compartments = 1; compartments <= 3; compartments++)
    for (guint chain = 0; chain <= 3; chain += chain == 1 ? 2 : 1)
      for (guint way = 0; way < 4; way++)
        {
          const TdmPkStructure structure = structure_of (compartments, chain);
          TdmPkDose doses[] = { dose_of (0.0, 513.0, way & 1 ? 2.9 : 0.0,
                                         chain > 0 ? compartments : 0),
                                dose_of (7.0, 277.0, 0.0, 0) };
          if (way & 2)
            {
              doses[0].route.lag = doses[1].route.lag = 8;
              doses[0].route.bioavailability = 7;
              doses[1].route.duration = 9;
            }
          OracleModel o = base;
          o.compartments = compartments;
          o.chain = chain;
          const Schedule s = { &structure, doses, 2, when, G_N_ELEMENTS (when) };
          check_derivatives (&o, &s);
        }
}

/* Derivatives where rates meet, and through a steady state with lag and overlap. */
static void
test_derivatives_special (void)
{
  const double when[] = { 0.0, 2.1, 13.7 };
  for (guint compartments = 1; compartments <= 2; compartments++)
    {
      const TdmPkStructure structure = structure_of (compartments, 1);
      TdmPkDose dose = dose_of (0.0, 513.0, 0.0, compartments);
      const Schedule s = { &structure, &dose, 1, when, G_N_ELEMENTS (when) };
      OracleModel o = base;
      o.compartments = compartments;
      o.chain = 1;
      dose.steady_state = TRUE;
      dose.interval_h = 12.0;
      dose.route.lag = 8;
      check_derivatives (&o, &s);
      o.duration = 15.1L;
      dose.route.state = 0;
      dose.route.duration = 9;
      check_derivatives (&o, &s);
      dose = dose_of (-1.0, 513.0, 0.0, compartments);
      o.ka = (long double)(double)(o.cl / o.v1);
      check_derivatives (&o, &s);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/plan/comparison", test_comparison);
  g_test_add_func ("/pk/plan/oracle", test_oracle);
  g_test_add_func ("/pk/plan/steady", test_steady);
  g_test_add_func ("/pk/plan/confluence", test_confluence);
  g_test_add_func ("/pk/plan/derivatives", test_derivatives);
  g_test_add_func ("/pk/plan/derivatives-special", test_derivatives_special);
  return g_test_run ();
}
