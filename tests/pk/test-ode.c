/* ODE structures: against closed forms, published numbers, and differences. */
#include "pk/plan.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define ABSENT G_MAXUINT

static void
assert_near (double got, double want, double relative)
{
  if (!(fabs (got - want) <= relative * fabs (want)))
    g_error ("got %.15g, want %.15g within a relative %g", got, want, relative);
}

/* Parameters of the oral Michaelis-Menten model, then those of the route. */
enum
{
  VMAX,
  KM,
  V,
  KA,
  BIO,
  LAG,
  DURATION,
  N_PARAMETERS,
};

/* A1' = -ka A1, A2' = ka A1 - Vmax C / (Km + C), C = A2 / V. */
static void
mm_rhs (gconstpointer data, const TdmJetSpace *s, const double *time, const double *p,
        const double *y, double *dy, double *scratch)
{
  const guint z = s->size;
  double *c = scratch, *rate = scratch + z;
  tdm_jet_mul (s, dy, p + KA * z, y);
  tdm_jet_div (s, c, y + z, p + V * z);
  tdm_jet_add (s, rate, p + KM * z, c);
  tdm_jet_div (s, rate, c, rate);
  tdm_jet_mul (s, rate, rate, p + VMAX * z);
  tdm_jet_sub (s, dy + z, dy, rate);
  tdm_jet_scale (s, dy, dy, -1.0);
}

static void
mm_output (gconstpointer data, const TdmJetSpace *s, guint output, const double *time,
           const double *p, const double *y, double *value, double *scratch)
{
  tdm_jet_div (s, value, y + s->size, p + V * s->size);
}

/* The same with linear elimination: Vmax is the clearance. */
static void
linear_rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
            const double *p, const double *y, double *dy, double *scratch)
{
  const guint z = s->size;
  double *rate = scratch;
  tdm_jet_mul (s, dy, p + KA * z, y);
  tdm_jet_div (s, rate, y + z, p + V * z);
  tdm_jet_mul (s, rate, rate, p + VMAX * z);
  tdm_jet_sub (s, dy + z, dy, rate);
  tdm_jet_scale (s, dy, dy, -1.0);
}

static TdmPkStructure
structure_of (TdmPkRhs rhs)
{
  return (TdmPkStructure){ .kind = TDM_PK_ODE,
                           .n_parameters = N_PARAMETERS,
                           .n_states = 2,
                           .scratch_jets = 2,
                           .rhs = rhs,
                           .output = mm_output,
                           .n_outputs = 1 };
}

static const TdmPkRoute oral = { 0, ABSENT, ABSENT, ABSENT, FALSE };
static const TdmPkRoute special = { 0, BIO, LAG, ABSENT, FALSE };
static const TdmPkRoute infused = { 1, BIO, LAG, DURATION, FALSE };

/* Parameters theta exp(eta), the etas being the first variables of the space. */
static void
set_parameters (const TdmJetSpace *s, const double *theta, const double *eta, double *p)
{
  for (guint i = 0; i < N_PARAMETERS; i++)
    {
      double *jet = p + i * s->size;
      if (i < s->n)
        tdm_jet_variable (s, jet, eta[i], i);
      else
        tdm_jet_set (s, jet, eta[i]);
      tdm_jet_exp (s, jet, jet);
      tdm_jet_scale (s, jet, jet, theta[i]);
    }
}

static const double times_c[11] = { 95.5,  167.5, 242.0, 4.0,   24.0, 96.0,
                                    168.0, 240.0, 246.0, 264.0, 288.0 };
static const TdmPkDose doses_c[2] = {
  { .time_h = 0.0,
    .amount_mg = 600.0,
    .count = 1,
    .route = { 0, ABSENT, ABSENT, ABSENT } },
  { .time_h = 24.0,
    .amount_mg = 300.0,
    .interval_h = 24.0,
    .count = 10,
    .route = { 0, ABSENT, ABSENT, ABSENT } },
};
static const double theta_c[N_PARAMETERS] = { 18.0, 4.8, 52.0, 0.6, 0.83, 0.71, 1.37 };

/* A phenytoin-like case; concentrations from mpmath with 40 digits, good to all digits
 * printed: of the typical parameters, and at the posterior mode. */
static void
assert_case_c (const double *eta, const double *want)
{
  const TdmPkStructure structure = structure_of (mm_rhs);
  const TdmJetSpace s = tdm_jet_space (3, 1);
  const double all[1] = { -INFINITY };
  double p[N_PARAMETERS * 4], values[11 * 4];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, doses_c, 2, all, 1, times_c, NULL, 11, &error);
  g_assert_no_error (error);
  set_parameters (&s, theta_c, eta, p);
  g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values, NULL, &error));
  for (guint i = 0; i < 11; i++)
    assert_near (values[4 * i], want[i], 3e-9);
}

static void
test_reference (void)
{
  static const double zero[N_PARAMETERS] = { 0.0 };
  static const double mode[N_PARAMETERS] = { -0.2506160497017817, 0.39305140040680747,
                                             -0.023292183655188935 };
  static const double pred[11] = {
    7.4180288842085895, 7.940475449321771, 11.695076045916583, 9.722938523529715,
    6.379318211878283,  7.313241973947033, 7.832883864753549,  8.134894577865792,
    12.279703059860841, 8.205217298331567, 3.7088989360598617
  };
  static const double ipred[11] = {
    13.075175301719312, 16.72550986263099, 23.294449880047196, 10.216303457921677,
    8.126798097908965,  12.98597345237828, 16.628845512000716, 19.58376567877467,
    24.060989664519344, 20.45972009222328, 15.716738366738708
  };
  assert_case_c (zero, pred);
  assert_case_c (mode, ipred);
}

/* One prediction of `doses` at `times`, and the areas. */
static void
predict (TdmPkRhs rhs, const TdmPkDose *doses, guint n_doses, const double *times,
         guint n_times, const TdmJetSpace *s, const double *theta, const double *eta,
         double *values, double *auc)
{
  const TdmPkStructure structure = structure_of (rhs);
  const double all[1] = { -INFINITY };
  double p[N_PARAMETERS * 64];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan = tdm_pk_plan_new (&structure, doses, n_doses, all, 1,
                                                times, NULL, n_times, &error);
  g_assert_no_error (error);
  set_parameters (s, theta, eta, p);
  gboolean done = tdm_pk_plan_predict (plan, work, s, p, values, auc, &error);
  g_assert_no_error (error);
  g_assert_true (done);
}

/* All derivatives of concentrations and areas against Richardson differences of values.
 */
static void
assert_derivatives (const TdmPkDose *doses, guint n_doses, const double *times,
                    guint n_times)
{
  static const double eta[N_PARAMETERS] = {
    -0.11, 0.21, 0.07, 0.13, -0.05, 0.19, 0.09
  };
  const TdmJetSpace s = tdm_jet_space (N_PARAMETERS, 2),
                    first = tdm_jet_space (N_PARAMETERS, 1);
  const guint n = 2 * n_times;
  g_autofree double *jets = g_new (double, n *s.size);
  double *moved[4];
  predict (mm_rhs, doses, n_doses, times, n_times, &s, theta_c, eta, jets,
           jets + n_times * s.size);
  for (guint j = 0; j < 4; j++)
    moved[j] = g_new (double, n *first.size);
  for (guint k = 0; k < N_PARAMETERS; k++)
    {
      static const double at[4] = { -2.0, -1.0, 1.0, 2.0 };
      const double h = 0.003;
      for (guint j = 0; j < 4; j++)
        {
          double there[N_PARAMETERS];
          memcpy (there, eta, sizeof eta);
          there[k] += at[j] * h;
          predict (mm_rhs, doses, n_doses, times, n_times, &first, theta_c, there,
                   moved[j], moved[j] + n_times * first.size);
        }
      /* The value's difference is the first derivative; those of the first derivatives
       * are a row of the second. */
      for (guint i = 0; i < n; i++)
        for (guint c = 0; c < first.size; c++)
          {
            const guint o = i * first.size + c;
            double d = (8.0 * (moved[2][o] - moved[1][o]) - (moved[3][o] - moved[0][o]))
                       / (12.0 * h);
            guint index = c == 0 ? 1 + k : tdm_jet_index2 (&s, k, c - 1);
            double size = fabs (jets[i * s.size]) + fabs (d);
            if (fabs (jets[i * s.size + index] - d) > 2e-6 * size)
              g_error ("value %u, coefficient %u by %u: %.12g, difference %.12g", i, c,
                       k, jets[i * s.size + index], d);
          }
    }
  for (guint j = 0; j < 4; j++)
    g_free (moved[j]);
}

static void
test_derivatives (void)
{
  assert_derivatives (doses_c, 2, times_c, 11);
}

/* Event times that are jets: lag, and length of the input. */
static void
test_derivatives_timing (void)
{
  const TdmPkDose doses[] = {
    { .time_h = 0.0,
      .amount_mg = 431.0,
      .interval_h = 13.0,
      .count = 4,
      .route = special },
    { .time_h = 3.0,
      .amount_mg = 237.0,
      .interval_h = 19.0,
      .count = 2,
      .route = infused },
  };
  /* 5 h lies shortly before the end of the second input, 26 and 26.3 within one
   * stretch. */
  const double times[] = { 1.3, 5.0, 11.7, 26.0, 26.3, 61.7 };
  assert_derivatives (doses, 2, times, G_N_ELEMENTS (times));
}

static void
test_derivatives_steady (void)
{
  const TdmPkDose doses[] = {
    { .time_h = 2.0,
      .amount_mg = 291.0,
      .interval_h = 24.0,
      .count = 2,
      .steady_state = TRUE,
      .route = special },
  };
  const TdmPkDose infusion[] = {
    { .time_h = 2.0,
      .amount_mg = 253.0,
      .interval_h = 24.0,
      .count = 2,
      .steady_state = TRUE,
      .route = infused },
  };
  const double times[] = { 2.1, 4.9, 25.9, 31.0 };
  assert_derivatives (doses, 1, times, G_N_ELEMENTS (times));
  assert_derivatives (infusion, 1, times, G_N_ELEMENTS (times));
}

/* Linear elimination has a closed form: superposed Bateman functions. */
static double
bateman (double dose, double cl, double v, double ka, double t)
{
  double k = cl / v;
  return t <= 0.0 ? 0.0 : dose * ka / (v * (ka - k)) * (exp (-k * t) - exp (-ka * t));
}

static void
test_linear_exact (void)
{
  static const double theta[N_PARAMETERS] = { 3.47, 1.0, 41.3, 0.77, 1.0, 1.0, 1.0 };
  static const double zero[N_PARAMETERS] = { 0.0 };
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const TdmPkDose doses[] = {
    { .time_h = 0.0,
      .amount_mg = 431.0,
      .interval_h = 11.3,
      .count = 7,
      .route = oral },
  };
  double times[141], values[141], auc[141];
  for (guint i = 0; i < 141; i++)
    times[i] = 0.7 * i + 0.05;
  predict (linear_rhs, doses, 1, times, 141, &plain, theta, zero, values, auc);
  for (guint i = 0; i < 141; i++)
    {
      double want = 0.0;
      for (guint d = 0; d < 7; d++)
        want += bateman (431.0, 3.47, 41.3, 0.77, times[i] - 11.3 * d);
      assert_near (values[i], want, 1e-8);
    }
  /* All that was given leaves through the clearance, but for what is still there. */
  double left = 0.0;
  for (guint d = 0; d < 7; d++)
    left += exp (-0.77 * (times[140] - 11.3 * d));
  assert_near (auc[140] * 3.47, 7 * 431.0 - values[140] * 41.3 - 431.0 * left, 1e-8);
}

static void
test_steady_many_doses (void)
{
  static const double zero[N_PARAMETERS] = { 0.0 };
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  TdmPkDose doses[] = {
    { .time_h = 0.0,
      .amount_mg = 331.0,
      .interval_h = 24.0,
      .count = 1,
      .route = special },
  };
  const double offsets[] = { 0.31, 3.7, 12.0, 24.0 };
  double late[4], values[4], steady[4];
  doses[0].count = 400;
  for (guint i = 0; i < 4; i++)
    late[i] = offsets[i] + 399.0 * 24.0;
  predict (mm_rhs, doses, 1, late, 4, &plain, theta_c, zero, values, NULL);
  doses[0].count = 1;
  doses[0].steady_state = TRUE;
  predict (mm_rhs, doses, 1, offsets, 4, &plain, theta_c, zero, steady, NULL);
  for (guint i = 0; i < 4; i++)
    assert_near (steady[i], values[i], 1e-7);
}

static gboolean
steady_state (double amount_mg, double *trough, TdmPkSteadyState *out, GError **error)
{
  const TdmPkStructure structure = structure_of (mm_rhs);
  const TdmPkDose dose = { .amount_mg = amount_mg,
                           .interval_h = 24.0,
                           .count = 1,
                           .steady_state = TRUE,
                           .route = oral };
  const double offset = 0.0;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  return tdm_pk_steady_state (&structure, &dose, theta_c, &offset, 1, trough, work, out,
                              error);
}

/* The input of a dose ends a splinter of time before the next one: what is left is no
 * measure for the steps of the stretches that follow. */
static void
test_steady_splinter (void)
{
  const TdmPkStructure structure = structure_of (mm_rhs);
  for (guint i = 0; i < 60; i++)
    {
      const TdmPkDose dose = { .amount_mg = 211.0,
                               .duration_h = 24.0 - pow (10.0, -0.2 * i - 2.0),
                               .interval_h = 24.0,
                               .count = 1,
                               .steady_state = TRUE,
                               .route = { 1, ABSENT, ABSENT, ABSENT } };
      const double constant = 4.8 * 211.0 / (18.0 * 24.0 - 211.0), offset = 7.3;
      double value;
      TdmPkSteadyState out;
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
      g_assert_true (tdm_pk_steady_state (&structure, &dose, theta_c, &offset, 1,
                                          &value, work, &out, &error));
      g_assert_no_error (error);
      assert_near (value, constant, 1e-3);
    }
}

/* Next to nothing is left of a dose when the next one comes: rounding there is no sign
 * of accumulation. */
static void
test_steady_washed_out (void)
{
  const TdmPkStructure structure = structure_of (mm_rhs);
  for (guint i = 0; i < 400; i++)
    {
      const TdmPkDose dose = { .amount_mg = 71.0 + 0.37 * i,
                               .duration_h = i % 2 ? 2.3 : 0.0,
                               .interval_h = 48.0 + 1.3 * (i % 40),
                               .count = 1,
                               .steady_state = TRUE,
                               .route = { 0, ABSENT, ABSENT, ABSENT } };
      const double offset = 3.1;
      double value;
      TdmPkSteadyState out;
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
      tdm_pk_work_set_tolerance (work, 1e-5, 1e-5);
      g_assert_true (tdm_pk_steady_state (&structure, &dose, theta_c, &offset, 1,
                                          &value, work, &out, &error));
      g_assert_no_error (error);
      g_assert_cmpfloat (value, >, 0.0);
    }
}

/* Just below the highest rate of elimination there still is an answer. */
static void
test_steady_close_to_maximum (void)
{
  g_autoptr (GError) error = NULL;
  TdmPkSteadyState out;
  double trough;
  g_assert_true (steady_state (0.99 * 18.0 * 24.0, &trough, &out, &error));
  g_assert_no_error (error);
  assert_near (out.trough, trough, 1e-12);
  /* Constant input gives Km r / (1 - r); the swings around it hardly matter here. */
  assert_near (out.auc / 24.0, 4.8 * 0.99 / 0.01, 1e-3);
  g_assert_cmpfloat (out.peak, >, out.auc / 24.0);
  g_assert_cmpfloat (out.trough, <, out.auc / 24.0);
}

static void
test_steady_refused (void)
{
  static const double doses[] = { 1.0, 1.0001, 1.3, 20.0 };
  for (guint i = 0; i < G_N_ELEMENTS (doses); i++)
    {
      g_autoptr (GError) error = NULL;
      TdmPkSteadyState out;
      double trough;
      g_assert_false (steady_state (doses[i] * 18.0 * 24.0, &trough, &out, &error));
      g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
      g_assert_nonnull (strstr (error->message, "no steady state"));
    }
}

/* Binding to a target: drug + target <-> complex, kon R0 = 4000 kint. Stiff. */
static void
tmdd_rhs (gconstpointer data, const TdmJetSpace *s, const double *time, const double *p,
          const double *y, double *dy, double *scratch)
{
  const guint z = s->size;
  const double kon = 40.0, koff = 2.0, ksyn = 1.1, kdeg = 0.11, kint = 0.01, kel = 0.02;
  double *bound = scratch;
  tdm_jet_mul (s, bound, y, y + z);
  tdm_jet_scale (s, bound, bound, kon);
  tdm_jet_axpy (s, bound, -koff, y + 2 * z);
  tdm_jet_scale (s, dy, y, -kel);
  tdm_jet_sub (s, dy, dy, bound);
  tdm_jet_scale (s, dy + z, y + z, -kdeg);
  tdm_jet_sub (s, dy + z, dy + z, bound);
  dy[z] += ksyn;
  tdm_jet_scale (s, dy + 2 * z, y + 2 * z, -kint);
  tdm_jet_add (s, dy + 2 * z, dy + 2 * z, bound);
}

static void
tmdd_output (gconstpointer data, const TdmJetSpace *s, guint output, const double *time,
             const double *p, const double *y, double *value, double *scratch)
{
  tdm_jet_copy (s, value, y + output * s->size);
}

/* A tolerance ten thousand times looser, and a stop at every hour, change nothing: the
 * stiff solver answers to its tolerance across doses. */
static void
test_stiff (void)
{
  const TdmPkStructure structure = { .kind = TDM_PK_ODE,
                                     .n_states = 3,
                                     .scratch_jets = 1,
                                     .rhs = tmdd_rhs,
                                     .output = tmdd_output,
                                     .n_outputs = 3 };
  const TdmPkDose dose = { .amount_mg = 137.0,
                           .interval_h = 168.0,
                           .count = 3,
                           .route = { 0, ABSENT, ABSENT, ABSENT } };
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const double all[1] = { -INFINITY };
  double times[500], exact[500], loose[500], auc[500];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  for (guint i = 0; i < 500; i++)
    times[i] = i + 0.5;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, &dose, 1, all, 1, times, NULL, 500, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_pk_plan_predict (plan, work, &plain, NULL, exact, auc, &error));
  tdm_pk_work_set_tolerance (work, 1e-5, 1e-6);
  g_assert_true (tdm_pk_plan_predict (plan, work, &plain, NULL, loose, NULL, &error));
  for (guint i = 0; i < 500; i++)
    g_assert_cmpfloat (fabs (loose[i] - exact[i]), <=, 1e-3 * exact[i] + 1e-4);
  g_assert_cmpfloat (auc[499], >, auc[0]);
}

/* The same workspace answers alike whatever it did before. */
static void
test_reproducible (void)
{
  static const double zero[N_PARAMETERS] = { 0.0 };
  const TdmPkStructure structure = structure_of (mm_rhs);
  const TdmJetSpace s = tdm_jet_space (3, 1);
  const double all[1] = { -INFINITY };
  double p[N_PARAMETERS * 4], values[2][11 * 4], auc[11 * 4];
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, doses_c, 2, all, 1, times_c, NULL, 11, NULL);
  set_parameters (&s, theta_c, zero, p);
  g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values[0], NULL, NULL));
  tdm_pk_work_set_tolerance (work, 1e-4, 1e-5);
  g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values[1], auc, NULL));
  g_assert_true (memcmp (values[0], values[1], sizeof values[0]) != 0);
  tdm_pk_work_set_tolerance (work, 0.0, 0.0);
  g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values[1], NULL, NULL));
  g_assert_cmpmem (values[0], sizeof values[0], values[1], sizeof values[1]);
}

static void
sick_rhs (gconstpointer data, const TdmJetSpace *s, const double *time, const double *p,
          const double *y, double *dy, double *scratch)
{
  mm_rhs (data, s, time, p, y, dy, scratch);
  if (time[0] > 30.0)
    dy[0] = NAN;
}

static void
test_not_finite (void)
{
  static const double zero[N_PARAMETERS] = { 0.0 };
  const TdmPkStructure structure = structure_of (sick_rhs);
  const TdmJetSpace s = tdm_jet_space (3, 1);
  const double all[1] = { -INFINITY };
  double p[N_PARAMETERS * 4], values[11 * 4];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, doses_c, 2, all, 1, times_c, NULL, 11, NULL);
  set_parameters (&s, theta_c, zero, p);
  g_assert_false (tdm_pk_plan_predict (plan, work, &s, p, values, NULL, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
}

/* Where nothing is left, a loose tolerance leaves no less than nothing. */
static void
test_never_negative (void)
{
  static const double zero[N_PARAMETERS] = { 0.0 };
  static const TdmPkDose doses[1] = { { .amount_mg = 70.0,
                                        .duration_h = 3.0,
                                        .count = 1,
                                        .route = { 1, ABSENT, ABSENT, ABSENT } } };
  const TdmPkStructure structure = structure_of (mm_rhs);
  const TdmJetSpace s = tdm_jet_space (0, 0);
  const double all[1] = { -INFINITY };
  double p[N_PARAMETERS], times[200], values[200], theta[N_PARAMETERS];
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  for (guint i = 0; i < 200; i++)
    times[i] = 0.73 * i;
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, doses, 1, all, 1, times, NULL, 200, NULL);
  tdm_pk_work_set_tolerance (work, 1e-4, 1e-4);
  for (guint vmax = 1; vmax < 40; vmax++)
    {
      memcpy (theta, theta_c, sizeof theta);
      theta[VMAX] = vmax;
      theta[KM] = 0.9;
      theta[V] = 13.7;
      set_parameters (&s, theta, zero, p);
      g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values, NULL, NULL));
      for (guint i = 0; i < 200; i++)
        g_assert_cmpfloat (values[i], >=, 0.0);
    }
}

/* A response that is there before the drug: A' = -0.37 A, R' = kin - 0.11 R - 0.43 A,
 * R(0) = kin / 0.11, kin the only parameter. */
static void
response_rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
              const double *p, const double *y, double *dy, double *scratch)
{
  const guint z = s->size;
  tdm_jet_scale (s, dy + z, y + z, -0.11);
  tdm_jet_add (s, dy + z, dy + z, p);
  tdm_jet_scale (s, dy, y, -0.43);
  tdm_jet_add (s, dy + z, dy + z, dy);
  tdm_jet_scale (s, dy, y, -0.37);
}

static void
response_initial (gconstpointer data, const TdmJetSpace *s, const double *p,
                  double *states, double *scratch)
{
  tdm_jet_set (s, states, 0.0);
  tdm_jet_scale (s, states + s->size, p, 1 / 0.11);
}

static void
response_output (gconstpointer data, const TdmJetSpace *s, guint output,
                 const double *time, const double *p, const double *y, double *value,
                 double *scratch)
{
  tdm_jet_scale (s, value, y + s->size, 1.0);
}

/* What a unit dose has taken away after `t`; with an interval, an endless train of
 * them that ends with this one. */
static double
taken_away (double t, double every)
{
  const double k = 0.37, out = 0.11;
  double fast = every > 0 ? -expm1 (-k * every) : 1;
  double slow = every > 0 ? -expm1 (-out * every) : 1;
  return t > 0 ? 0.43 / (k - out) * (exp (-out * t) / slow - exp (-k * t) / fast) : 0;
}

/* The states of an untreated body hold before the first dose and after a reset; a
 * steady state is reached from them. With derivatives by the parameter. */
static void
test_initial (void)
{
  static const double times[6] = { -3.1, 0.0, 5.3, 19.0, 27.4, 61.0 };
  static const double steady[6] = { 0.4, 3.7, 8.0, 19.3, 30.9, 61.7 };
  const TdmPkStructure structure = { .kind = TDM_PK_ODE,
                                     .n_parameters = 1,
                                     .n_states = 2,
                                     .rhs = response_rhs,
                                     .output = response_output,
                                     .initial = response_initial,
                                     .n_outputs = 1 };
  const TdmPkRoute route = { 0, ABSENT, ABSENT, ABSENT, FALSE };
  const TdmPkDose given[3] = {
    { .amount_mg = 7.3, .count = 1, .route = route },
    { .time_h = 11.7, .amount_mg = 3.9, .count = 1, .route = route },
    { .time_h = 23.1, .amount_mg = 5.1, .count = 1, .route = route, .reset = TRUE }
  };
  const TdmPkDose settled = { .amount_mg = 7.3,
                              .interval_h = 8.0,
                              .count = 1,
                              .steady_state = TRUE,
                              .route = route };
  const TdmJetSpace s = tdm_jet_space (1, 1);
  const double all = -INFINITY, kin = 21.7;
  double p[2], values[12];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, given, 3, &all, 1, times, NULL, 6, &error);
  g_assert_no_error (error);
  g_autoptr (TdmPkPlan) endless =
      tdm_pk_plan_new (&structure, &settled, 1, &all, 1, steady, NULL, 6, &error);
  g_assert_no_error (error);

  tdm_jet_variable (&s, p, kin, 0);
  g_assert_true (tdm_pk_plan_predict (plan, work, &s, p, values, NULL, &error));
  for (guint i = 0; i < 6; i++)
    {
      double t = times[i];
      double gone = t > 23.1 ? 5.1 * taken_away (t - 23.1, 0)
                             : 7.3 * taken_away (t, 0) + 3.9 * taken_away (t - 11.7, 0);
      assert_near (values[2 * i], kin / 0.11 - gone, 1e-8);
      assert_near (values[2 * i + 1], 1 / 0.11, 1e-8);
    }
  g_assert_true (tdm_pk_plan_predict (endless, work, &s, p, values, NULL, &error));
  for (guint i = 0; i < 6; i++)
    {
      assert_near (values[2 * i], kin / 0.11 - 7.3 * taken_away (steady[i], 8.0), 1e-8);
      assert_near (values[2 * i + 1], 1 / 0.11, 1e-8);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/ode/reference", test_reference);
  g_test_add_func ("/pk/ode/linear/exact", test_linear_exact);
  g_test_add_func ("/pk/ode/derivatives/plain", test_derivatives);
  g_test_add_func ("/pk/ode/derivatives/timing", test_derivatives_timing);
  g_test_add_func ("/pk/ode/derivatives/steady", test_derivatives_steady);
  g_test_add_func ("/pk/ode/steady/many-doses", test_steady_many_doses);
  g_test_add_func ("/pk/ode/steady/close-to-maximum", test_steady_close_to_maximum);
  g_test_add_func ("/pk/ode/steady/splinter", test_steady_splinter);
  g_test_add_func ("/pk/ode/steady/washed-out", test_steady_washed_out);
  g_test_add_func ("/pk/ode/steady/refused", test_steady_refused);
  g_test_add_func ("/pk/ode/stiff", test_stiff);
  g_test_add_func ("/pk/ode/reproducible", test_reproducible);
  g_test_add_func ("/pk/ode/not-finite", test_not_finite);
  g_test_add_func ("/pk/ode/never-negative", test_never_negative);
  g_test_add_func ("/pk/ode/initial", test_initial);
  return g_test_run ();
}
