/* Every linear structure on every kind of schedule, in four ways: the closed form, the
 * same written as differential equations and solved by each method at the tolerance
 * that predictions have unless a model says otherwise, and doses superposed one by one
 * from matrix exponentials in long double (oracle.h). */
#include "fixture.h"

enum
{
  F = 7,
  LAG = 8,
  DURATION = 9,
};

#define MAX_LINES 8
#define SPAN_H 62.0
#define N_TIMES 12

/* What is prepared for a structure: `state` is where the schedule's own route leads. */
typedef struct
{
  TdmPkDose lines[MAX_LINES];
  guint n;
  guint state;
} Regimen;

static TdmPkDose *
add (Regimen *r, double time_h, double amount_mg, double duration_h)
{
  TdmPkDose *d = &r->lines[r->n++];
  *d = dose_of (time_h, amount_mg, duration_h, r->state);
  return d;
}

static TdmPkDose *
repeat (TdmPkDose *d, double interval_h, guint count)
{
  d->interval_h = interval_h;
  d->count = count;
  return d;
}

static TdmPkDose *
steady (TdmPkDose *d, double interval_h, guint count)
{
  d->steady_state = TRUE;
  return repeat (d, interval_h, count);
}

static void
bolus (Regimen *r)
{
  add (r, 0.3, 317.0, 0.0);
}

static void
infusion (Regimen *r)
{
  add (r, 0.3, 317.0, 1.7);
}

static void
long_infusion (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 19.3), 7.0, 5);
}

static void
overlapping (Regimen *r)
{
  add (r, 0.3, 317.0, 11.0);
  add (r, 5.2, 113.0, 23.0);
  add (r, 7.9, 71.0, 2.0);
}

static void
estimated_duration (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 0.0), 11.0, 4)->route.duration = DURATION;
}

static void
estimated_overlap (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 0.0), 1.3, 9)->route.duration = DURATION;
}

static void
rate_parameter (Regimen *r)
{
  TdmPkDose *d = repeat (add (r, 0.3, 31.7, 0.0), 12.0, 3);
  d->route.duration = DURATION;
  d->route.duration_is_rate = TRUE;
  d->route.bioavailability = F;
}

static void
rate_of_record (Regimen *r)
{
  TdmPkDose *d = repeat (add (r, 0.3, 317.0, 0.0), 12.0, 3);
  d->rate_mg_h = 53.0;
  d->route.bioavailability = F;
}

static void
steady_bolus (Regimen *r)
{
  steady (add (r, 0.3, 317.0, 0.0), 12.0, 3);
}

static void
steady_infusion (Regimen *r)
{
  steady (add (r, 0.3, 317.0, 2.7), 12.0, 3);
}

static void
steady_long (Regimen *r)
{
  steady (add (r, 0.3, 317.0, 29.0), 8.0, 2);
}

static void
steady_lagged (Regimen *r)
{
  steady (add (r, 0.3, 317.0, 0.0), 12.0, 3)->route.lag = LAG;
}

/* The lag is longer than the interval: a dose is on its way at all times. */
static void
steady_lag_beyond (Regimen *r)
{
  steady (add (r, 0.3, 31.7, 0.4), 0.9, 20)->route.lag = LAG;
}

static void
steady_after_other (Regimen *r)
{
  add (r, 0.3, 917.0, 13.0);
  steady (add (r, 9.0, 117.0, 0.0), 8.0, 4);
}

static void
steady_added (Regimen *r)
{
  steady (add (r, 0.3, 317.0, 0.0), 24.0, 2);
  steady (add (r, 10.0, 113.0, 1.5), 12.0, 3)->add = TRUE;
}

static void
steady_stopped (Regimen *r)
{
  TdmPkDose *d = steady (add (r, 0.3, 317.0, 3.0), 12.0, 1);
  d->stopped = TRUE;
  d->route.lag = LAG;
}

static void
reset (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 9.0), 8.0, 3);
  add (r, 21.0, 71.0, 0.0)->reset = TRUE;
  add (r, 30.0, 53.0, 2.0);
}

static void
lagged (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 0.0), 12.0, 4)->route.lag = LAG;
}

static void
absorbed_in_part (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 1.1), 12.0, 4)->route.bioavailability = F;
}

static void
several_routes (Regimen *r)
{
  repeat (add (r, 0.3, 317.0, 0.0), 24.0, 2)->route.bioavailability = F;
  repeat (add (r, 4.0, 113.0, 2.0), 12.0, 3)->route.state = 0;
  add (r, 4.0, 97.0, 0.0)->route.state = 0;
}

static void
daily (Regimen *r)
{
  repeat (add (r, 0.0, 317.0, 0.0), 24.0, 3);
}

static void
weekly (Regimen *r)
{
  repeat (add (r, -30.0, 317.0, 0.5), 168.0, 1);
  repeat (add (r, -366.0, 317.0, 0.5), 168.0, 2);
}

static void
on_off (Regimen *r)
{
  repeat (add (r, -96.0, 117.0, 0.0), 12.0, 5);
  repeat (add (r, 0.0, 117.0, 0.0), 12.0, 5);
}

static void
tapering (Regimen *r)
{
  for (guint i = 0; i < 6; i++)
    add (r, 10.0 * i + 0.1, 400.0 * pow (0.7, i), 0.25);
}

static void
missed_and_extra (Regimen *r)
{
  repeat (add (r, 0.3, 117.0, 0.0), 6.0, 3);
  repeat (add (r, 24.3, 117.0, 0.0), 6.0, 6);
  add (r, 33.0, 117.0, 0.0);
}

static const struct
{
  const char *name;
  void (*fill) (Regimen *r);
} schedules[] = {
  { "bolus", bolus },
  { "infusion", infusion },
  { "infusion longer than the interval", long_infusion },
  { "overlapping infusions", overlapping },
  { "zero-order input of estimated duration", estimated_duration },
  { "zero-order inputs that overlap", estimated_overlap },
  { "rate parameter", rate_parameter },
  { "rate of the record", rate_of_record },
  { "steady state of boluses", steady_bolus },
  { "steady state of infusions", steady_infusion },
  { "steady state of infusions longer than the interval", steady_long },
  { "steady state with lag", steady_lagged },
  { "steady state with a lag beyond the interval", steady_lag_beyond },
  { "steady state that replaces", steady_after_other },
  { "steady state that is added", steady_added },
  { "steady state that has stopped", steady_stopped },
  { "reset", reset },
  { "lag", lagged },
  { "bioavailability", absorbed_in_part },
  { "several routes at once", several_routes },
  { "daily", daily },
  { "weekly", weekly },
  { "on and off", on_off },
  { "tapering", tapering },
  { "missed and extra doses", missed_and_extra },
};

/* The compartments written as differential equations; `data` is the linear structure.
 */
static void
linear_rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
            const double *p, const double *y, double *dy, double *scratch)
{
  const TdmPkStructure *l = data;
  const guint z = s->size, c = l->compartments, n = c + l->chain;
  double *k = scratch, *flow = scratch + z;
  for (guint i = 0; i < n; i++)
    tdm_jet_set (s, dy + i * z, 0.0);
  tdm_jet_div (s, k, p, p + z);
  tdm_jet_mul (s, flow, k, y);
  tdm_jet_sub (s, dy, dy, flow);
  for (guint i = 1; i < c; i++)
    {
      const double *q = p + 2 * i * z;
      tdm_jet_div (s, k, q, p + z);
      tdm_jet_mul (s, flow, k, y);
      tdm_jet_sub (s, dy, dy, flow);
      tdm_jet_add (s, dy + i * z, dy + i * z, flow);
      tdm_jet_div (s, k, q, q + z);
      tdm_jet_mul (s, flow, k, y + i * z);
      tdm_jet_add (s, dy, dy, flow);
      tdm_jet_sub (s, dy + i * z, dy + i * z, flow);
    }
  for (guint i = c; i < n; i++)
    {
      double *to = dy + (i + 1 < n ? i + 1 : 0) * z;
      tdm_jet_mul (s, flow, p + TDM_PK_KA * z, y + i * z);
      tdm_jet_sub (s, dy + i * z, dy + i * z, flow);
      tdm_jet_add (s, to, to, flow);
    }
}

static void
linear_output (gconstpointer data, const TdmJetSpace *s, guint output,
               const double *time, const double *p, const double *y, double *value,
               double *scratch)
{
  tdm_jet_div (s, value, y, p + s->size);
}

static TdmPkStructure
equations_of (const TdmPkStructure *linear)
{
  return (TdmPkStructure){ .kind = TDM_PK_ODE,
                           .n_parameters = N_PARAMETERS,
                           .n_states = linear->compartments + linear->chain,
                           .scratch_jets = 2,
                           .rhs = linear_rhs,
                           .output = linear_output,
                           .data = linear,
                           .n_outputs = 1 };
}

/* What a line comes to: absorbed amount, length and lag of each of its doses. */
typedef struct
{
  long double amount, duration, lag;
} Input;

static Input
input_of (const OracleModel *o, const TdmPkDose *d)
{
  Input in = { .amount = d->amount_mg, .duration = d->duration_h };
  if (d->route.bioavailability != NONE)
    in.amount *= o->f;
  if (d->rate_mg_h > 0.0)
    in.duration = in.amount / d->rate_mg_h;
  if (d->route.duration != NONE)
    in.duration = d->route.duration_is_rate ? in.amount / o->duration : o->duration;
  if (d->route.lag != NONE)
    in.lag = o->lag;
  return in;
}

/* sum += E^k x for all k >= 0, where E carries x over `interval`: by doubling. */
static long double
sum_of_tail (const OracleModel *o, long double interval, const long double *x)
{
  const guint n = o->compartments + o->chain + 2;
  OracleMatrix k, e;
  long double sum[ORACLE_MAX], moved[ORACLE_MAX];
  oracle_matrix (&k, o, 0, 0.0L);
  oracle_exponential (&e, &k, interval);
  memcpy (sum, x, sizeof sum);
  for (guint doubling = 0; doubling < 20; doubling++)
    {
      for (guint i = 0; i < n; i++)
        {
          moved[i] = sum[i];
          for (guint j = 0; j + 2 < n; j++)
            moved[i] += e.m[i][j] * sum[j];
        }
      memcpy (sum, moved, sizeof sum);
      oracle_multiply (&e, &e, &e);
    }
  return sum[0] / o->v1;
}

/* The states `t` after the end of one dose's input. */
static void
states_after (const OracleModel *o, guint state, const Input *in, long double t,
              long double *x)
{
  const guint n = o->compartments + o->chain;
  OracleMatrix k, during, after;
  oracle_matrix (&k, o, state, in->duration > 0.0L ? in->amount / in->duration : 0.0L);
  oracle_exponential (&during, &k, in->duration);
  oracle_matrix (&k, o, state, 0.0L);
  oracle_exponential (&after, &k, t);
  memset (x, 0, ORACLE_MAX * sizeof *x);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      x[i] += after.m[i][j]
              * (in->duration > 0.0L ? during.m[j][n]
                 : j == state        ? in->amount
                                     : 0.0L);
}

/* What the doses before the nominal time of a steady state leave at `t` after it. */
static long double
past_doses (const OracleModel *o, const TdmPkDose *d, const Input *in, long double t)
{
  long double sum = 0.0L, conc[2], x[ORACLE_MAX];
  long double since = t + d->interval_h - in->lag;
  for (; since < in->duration || since < 0.0L; since += d->interval_h)
    {
      oracle_dose (o, d->route.state, in->amount, in->duration, since, conc);
      sum += conc[0];
    }
  states_after (o, d->route.state, in, since - in->duration, x);
  return sum + sum_of_tail (o, d->interval_h, x);
}

/* From when on doses count at `t`: the last reset, or steady state that replaces. */
static double
counts_from (const Regimen *r, double t)
{
  double from = -INFINITY;
  for (guint i = 0; i < r->n; i++)
    {
      const TdmPkDose *d = &r->lines[i];
      if ((d->reset || (d->steady_state && !d->add)) && d->time_h < t)
        from = fmax (from, d->time_h);
    }
  return from;
}

static double
superposed (const OracleModel *o, const Regimen *r, double t)
{
  const double from = counts_from (r, t);
  long double sum = 0.0L, conc[2];
  for (guint i = 0; i < r->n; i++)
    {
      const TdmPkDose *d = &r->lines[i];
      const Input in = input_of (o, d);
      if (d->time_h < from)
        {
          /* A later dose of the line may still count. */
          for (guint k = 1; k < d->count; k++)
            if (d->time_h + k * d->interval_h >= from)
              {
                oracle_dose (o, d->route.state, in.amount, in.duration,
                             t - in.lag - d->time_h - k * d->interval_h, conc);
                sum += conc[0];
              }
          continue;
        }
      for (guint k = 0; k < d->count && !d->stopped; k++)
        {
          oracle_dose (o, d->route.state, in.amount, in.duration,
                       t - in.lag - d->time_h - k * d->interval_h, conc);
          sum += conc[0];
        }
      if (d->steady_state && t > d->time_h)
        sum += past_doses (o, d, &in, t - d->time_h);
    }
  return (double)sum;
}

typedef struct
{
  const TdmPkStructure *structure;
  const Regimen *regimen;
  const double *times;
  TdmOdeMethod method;
} Run;

static void
run (const Run *self, double *values, double *areas)
{
  const double change = -INFINITY;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  double p[N_PARAMETERS];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (self->structure, self->regimen->lines, self->regimen->n, &change,
                       1, self->times, NULL, N_TIMES, &error);
  g_assert_no_error (error);
  parameters_of (&base, p);
  tdm_pk_work_set_method (work, self->method);
  g_assert_true (tdm_pk_plan_predict (plan, work, &plain, p, values, areas, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tdm_pk_work_get_method (work), ==, self->method);
}

/* Relative to 1e-8, or where next to nothing is left of the highest level, of that. */
static void
assert_agree (const char *schedule, const char *what, const Run *r, const double *got,
              const double *want)
{
  static const char *const names[] = { "closed form", "explicit", "implicit",
                                       "CVODES" };
  double highest = 0.0;
  for (guint i = 0; i < N_TIMES; i++)
    highest = fmax (highest, want[i]);
  for (guint i = 0; i < N_TIMES; i++)
    if (!(fabs (got[i] - want[i]) <= 1e-8 * want[i] + 1e-11 * highest))
      g_error ("“%s”, %u states, into state %u, by %s: %s at %.4g h is %.15g, expected "
               "%.15g (%.2g)",
               schedule, tdm_pk_structure_n_states (r->structure), r->regimen->state,
               names[r->method], what, r->times[i], got[i], want[i],
               got[i] / want[i] - 1.0);
}

static void
check_schedule (const TdmPkStructure *linear, guint schedule, guint state)
{
  const TdmPkStructure equations = equations_of (linear);
  OracleModel o = base;
  Regimen r = { .state = state };
  double times[N_TIMES], want[N_TIMES], values[N_TIMES], areas[N_TIMES], exact[N_TIMES];
  o.compartments = linear->compartments;
  o.chain = linear->chain;
  schedules[schedule].fill (&r);
  for (guint i = 0; i < N_TIMES; i++)
    {
      times[i] = 0.41 + SPAN_H * i * i / (N_TIMES * N_TIMES);
      want[i] = superposed (&o, &r, times[i]);
    }
  Run way = { linear, &r, times, TDM_ODE_AUTO };
  run (&way, exact, areas);
  assert_agree (schedules[schedule].name, "level", &way, exact, want);
  memcpy (exact, areas, sizeof exact);
  way.structure = &equations;
  for (way.method = TDM_ODE_EXPLICIT; way.method <= TDM_ODE_STIFF; way.method++)
    {
      run (&way, values, areas);
      assert_agree (schedules[schedule].name, "level", &way, values, want);
      assert_agree (schedules[schedule].name, "area", &way, areas, exact);
    }
}

/* Every schedule, into the central compartment and, where there is a chain, its first
 * one. */
static void
test_structure (gconstpointer data)
{
  const guint which = GPOINTER_TO_UINT (data);
  const TdmPkStructure linear = structure_of (which / 4 + 1, which % 4);
  for (guint i = 0; i < G_N_ELEMENTS (schedules); i++)
    {
      check_schedule (&linear, i, 0);
      if (linear.chain > 0)
        check_schedule (&linear, i, linear.compartments);
    }
}

/* The comparison itself notices what is off by more than it allows. */
static void
test_notices (void)
{
  if (g_test_subprocess ())
    {
      const TdmPkStructure linear = structure_of (1, 0);
      const Regimen r = { .n = 0 };
      const double times[N_TIMES] = { 0.0 };
      double want[N_TIMES], got[N_TIMES];
      for (guint i = 0; i < N_TIMES; i++)
        got[i] = want[i] = 3.7 / (i + 1);
      got[7] *= 1.0 + 2.1e-8;
      const Run way = { &linear, &r, times, TDM_ODE_STIFF };
      assert_agree ("of this test", "level", &way, got, want);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*of this test*CVODES*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/matrix/notices", test_notices);
  for (guint which = 0; which < 12; which++)
    {
      g_autofree char *path = g_strdup_printf ("/pk/matrix/compartments-%u/chain-%u",
                                               which / 4 + 1, which % 4);
      g_test_add_data_func (path, GUINT_TO_POINTER (which), test_structure);
    }
  return g_test_run ();
}
