/* The solver on problems whose solution is known, and against itself. */
#include "num/ode.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

/* A right-hand side with its parameters on the jets of every view. */
typedef struct
{
  TdmJetSpace space[3];
  double parameters[3][4 * 64];
  guint calls;
} Model;

static void
model_init (Model *model, guint n_states, const TdmJetSpace *space,
            const double *values, guint n)
{
  model->space[TDM_ODE_VALUES] = tdm_jet_space (0, 0);
  model->space[TDM_ODE_JETS] = *space;
  model->space[TDM_ODE_STATES] = tdm_jet_space (n_states, 1);
  model->calls = 0;
  for (guint view = 0; view < 3; view++)
    for (guint i = 0; i < n; i++)
      {
        const TdmJetSpace *s = &model->space[view];
        tdm_jet_set (s, model->parameters[view] + i * s->size, values[i]);
        if (view == TDM_ODE_JETS && i < s->n)
          model->parameters[view][i * s->size + 1 + i] = 1.0;
      }
}

/* y0' = -a y0, y1' = a y0 - b y1. */
static void
chain_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  Model *model = data;
  const TdmJetSpace *s = &model->space[view];
  const double *a = model->parameters[view], *b = a + s->size;
  double loss[64];
  model->calls++;
  tdm_jet_mul (s, dy, a, y);
  tdm_jet_mul (s, loss, b, y + s->size);
  tdm_jet_sub (s, dy + s->size, dy, loss);
  tdm_jet_scale (s, dy, dy, -1.0);
}

/* Its closed form on jets, from (y0, 0). */
static void
chain_exact (const Model *model, double y0, double t, double *out)
{
  const TdmJetSpace *s = &model->space[TDM_ODE_JETS];
  const double *a = model->parameters[TDM_ODE_JETS], *b = a + s->size;
  double ea[64], eb[64], d[64];
  tdm_jet_scale (s, ea, a, -t);
  tdm_jet_exp (s, ea, ea);
  tdm_jet_scale (s, eb, b, -t);
  tdm_jet_exp (s, eb, eb);
  tdm_jet_scale (s, out, ea, y0);
  tdm_jet_sub (s, d, b, a);
  tdm_jet_sub (s, eb, ea, eb);
  tdm_jet_div (s, eb, eb, d);
  tdm_jet_mul (s, eb, eb, a);
  tdm_jet_scale (s, out + s->size, eb, y0);
}

static void
assert_near (double got, double want, double tolerance)
{
  if (!(fabs (got - want) <= tolerance))
    g_error ("got %.15g, want %.15g within %g", got, want, tolerance);
}

static TdmOdeSystem
system_of (Model *model, guint n_states, TdmOdeRhs rhs, TdmOdeMethod method)
{
  TdmOdeSystem system = { .n_states = n_states,
                          .space = model->space[TDM_ODE_JETS],
                          .rhs = rhs,
                          .data = model,
                          .method = method,
                          .relative = 1e-9,
                          .absolute = 1e-9 };
  return system;
}

static void
start_at (TdmOde *ode, const TdmOdeSystem *system, const double *values, double limit)
{
  double states[8 * 64];
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < system->n_states; i++)
    tdm_jet_set (&system->space, states + i * system->space.size, values[i]);
  tdm_ode_reset (ode, system);
  g_assert_true (tdm_ode_start (ode, 0.0, limit, states, &error));
  g_assert_no_error (error);
}

/* Values to 1e-8 of the dose, first derivatives to ten times that, second to a hundred.
 */
static void
assert_chain (TdmOdeMethod method)
{
  static const double values[2] = { 0.713, 0.0847 }, initial[2] = { 431.7, 0.0 };
  static const double times[] = { 0.0, 0.37, 0.37, 1.91, 7.3, 7.31, 23.1, 41.9 };
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  TdmJetSpace space = tdm_jet_space (2, 2);
  Model model;
  model_init (&model, 2, &space, values, 2);
  TdmOdeSystem system = system_of (&model, 2, chain_rhs, method);
  start_at (ode, &system, initial, 41.9);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      double got[2 * 6], want[2 * 6];
      g_assert_true (tdm_ode_reach (ode, times[i], got, NULL));
      chain_exact (&model, initial[0], times[i], want);
      for (guint k = 0; k < 12; k++)
        {
          double size = MAX (fabs (want[k - k % 6]), fabs (want[k]));
          double factor = k % 6 == 0 ? 1.0 : k % 6 < 3 ? 10.0 : 100.0;
          assert_near (got[k], want[k], factor * (1e-8 * size + 2e-8));
        }
    }
  g_assert_cmpint (tdm_ode_get_method (ode), ==,
                   method == TDM_ODE_AUTO ? TDM_ODE_EXPLICIT : method);
}

static void
test_explicit_exact (void)
{
  assert_chain (TDM_ODE_AUTO);
  assert_chain (TDM_ODE_EXPLICIT);
}

static void
test_stiff_exact (void)
{
  assert_chain (TDM_ODE_STIFF);
}

static void
test_implicit_exact (void)
{
  assert_chain (TDM_ODE_IMPLICIT);
}

/* Robertson's reaction: y0' = -a y0 + b y1 y2, y2' = c y1^2, y1' = the rest. */
static void
robertson_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  Model *model = data;
  const TdmJetSpace *s = &model->space[view];
  const double *a = model->parameters[view], *b = a + s->size, *c = b + s->size;
  const double *y1 = y + s->size, *y2 = y1 + s->size;
  double slow[64], back[64];
  tdm_jet_mul (s, slow, a, y);
  tdm_jet_mul (s, back, y1, y2);
  tdm_jet_mul (s, back, back, b);
  tdm_jet_sub (s, dy, back, slow);
  tdm_jet_mul (s, dy + 2 * s->size, y1, y1);
  tdm_jet_mul (s, dy + 2 * s->size, dy + 2 * s->size, c);
  tdm_jet_add (s, dy + s->size, dy, dy + 2 * s->size);
  tdm_jet_scale (s, dy + s->size, dy + s->size, -1.0);
}

/* y at t = 40 from y = (1, 0, 0) with the given parameters. */
static void
robertson (const double *parameters, const TdmJetSpace *space, TdmOdeMethod method,
           double *out)
{
  static const double initial[3] = { 1.0, 0.0, 0.0 };
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  g_autoptr (GError) error = NULL;
  Model model;
  model_init (&model, 3, space, parameters, 3);
  TdmOdeSystem system = system_of (&model, 3, robertson_rhs, method);
  system.absolute = 1e-13;
  start_at (ode, &system, initial, 40.0);
  g_assert_true (tdm_ode_reach (ode, 40.0, out, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tdm_ode_get_method (ode), ==,
                   method == TDM_ODE_AUTO ? TDM_ODE_IMPLICIT : method);
}

static void
test_stiff_robertson (void)
{
  static const double parameters[3] = { 0.04, 1e4, 3e7 };
  /* Reference: SUNDIALS 6.4, examples/cvodes/serial/cvsRoberts_FSA_dns, printed to four
   * digits at t = 40. */
  static const double want[3] = { 7.1583e-01, 9.1850e-06, 2.8416e-01 };
  const TdmJetSpace space = tdm_jet_space (3, 1);
  double y[3 * 4];
  robertson (parameters, &space, TDM_ODE_AUTO, y);
  for (guint i = 0; i < 3; i++)
    assert_near (y[4 * i], want[i], 2e-4 * want[i]);
  assert_near (y[0] + y[4] + y[8], 1.0, 1e-8);
}

/* Both orders of derivatives of a stiff problem against Richardson differences. */
static void
assert_robertson_derivatives (TdmOdeMethod method)
{
  static const double parameters[3] = { 0.04, 1e4, 3e7 };
  const TdmJetSpace space = tdm_jet_space (3, 2), plain = tdm_jet_space (0, 0);
  double y[3 * 10];
  robertson (parameters, &space, method, y);
  for (guint k = 0; k < 3; k++)
    {
      double value[5][3];
      const double h = 0.03 * parameters[k];
      for (int j = -2; j <= 2; j++)
        {
          double moved[3] = { parameters[0], parameters[1], parameters[2] };
          moved[k] += j * h;
          robertson (moved, &plain, method, value[j + 2]);
        }
      for (guint i = 0; i < 3; i++)
        {
          double d1 = (8.0 * (value[3][i] - value[1][i]) - (value[4][i] - value[0][i]))
                      / (12.0 * h);
          double d2 = (16.0 * (value[3][i] + value[1][i]) - (value[4][i] + value[0][i])
                       - 30.0 * value[2][i])
                      / (12.0 * h * h);
          double size = value[2][i] / parameters[k];
          assert_near (y[10 * i + 1 + k], d1, 1e-4 * MAX (fabs (d1), 0.01 * size));
          size /= parameters[k];
          assert_near (y[10 * i + tdm_jet_index2 (&space, k, k)], d2,
                       1e-3 * MAX (fabs (d2), 0.1 * size));
        }
    }
}

static void
test_stiff_derivatives (void)
{
  assert_robertson_derivatives (TDM_ODE_STIFF);
}

static void
test_implicit_derivatives (void)
{
  assert_robertson_derivatives (TDM_ODE_IMPLICIT);
}

/* y' = y^2 from 1 has no solution at 1. */
static void
explosion_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  Model *model = data;
  tdm_jet_mul (&model->space[view], dy, y, y);
}

static void
assert_no_answer (TdmOdeMethod method)
{
  static const double one[1] = { 1.0 };
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  g_autoptr (GError) error = NULL;
  TdmJetSpace space = tdm_jet_space (1, 1);
  double y[2];
  Model model;
  model_init (&model, 1, &space, one, 1);
  TdmOdeSystem system = system_of (&model, 1, explosion_rhs, method);
  start_at (ode, &system, one, 2.0);
  g_assert_true (tdm_ode_reach (ode, 0.5, y, &error));
  assert_near (y[0], 2.0, 1e-7);
  g_assert_false (tdm_ode_reach (ode, 1.5, y, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "differential equations"));
}

static void
test_error_singular (void)
{
  assert_no_answer (TDM_ODE_AUTO);
  assert_no_answer (TDM_ODE_IMPLICIT);
  assert_no_answer (TDM_ODE_STIFF);
}

/* Not a number after t = 3. */
static void
sick_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  Model *model = data;
  tdm_jet_set (&model->space[view], dy, t > 3.0 ? NAN : -0.3 * y[0]);
}

static void
test_error_not_finite (void)
{
  static const double one[1] = { 1.0 };
  static const TdmOdeMethod methods[] = { TDM_ODE_AUTO, TDM_ODE_IMPLICIT,
                                          TDM_ODE_STIFF };
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmOde) ode = tdm_ode_new ();
      g_autoptr (GError) error = NULL;
      TdmJetSpace space = tdm_jet_space (0, 0);
      double y = 0.0;
      Model model;
      model_init (&model, 1, &space, one, 1);
      TdmOdeSystem system = system_of (&model, 1, sick_rhs, methods[i]);
      start_at (ode, &system, one, 5.0);
      g_assert_false (tdm_ode_reach (ode, 4.0, &y, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
      y = NAN;
      g_assert_false (tdm_ode_start (ode, 0.0, 1.0, &y, &error));
      g_assert_nonnull (error);
    }
}

/* The past of a solver does not show in its results: to the last digit. */
static void
test_reset_forgets (void)
{
  static const double a[2] = { 0.713, 0.0847 }, b[2] = { 5.31, 0.91 };
  static const double initial[2] = { 431.7, 12.9 };
  double first[2 * 6], again[2 * 6];
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  TdmJetSpace space = tdm_jet_space (2, 2);
  Model model;
  for (TdmOdeMethod method = TDM_ODE_AUTO; method <= TDM_ODE_STIFF; method++)
    for (guint pass = 0; pass < 2; pass++)
      {
        TdmJetSpace other = tdm_jet_space (1, 1);
        model_init (&model, 2, pass == 0 ? &space : &other, pass == 0 ? a : b, 2);
        TdmOdeSystem system = system_of (&model, 2, chain_rhs, method);
        start_at (ode, &system, initial, 17.0);
        g_assert_true (tdm_ode_reach (ode, 11.3, pass == 0 ? first : again, NULL));
        model_init (&model, 2, &space, a, 2);
        system = system_of (&model, 2, chain_rhs, method);
        start_at (ode, &system, initial, 17.0);
        g_assert_true (tdm_ode_reach (ode, 11.3, again, NULL));
        g_assert_cmpmem (first, sizeof first, again, sizeof again);
      }
}

static guint asked[3];

static void
counted_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  asked[view]++;
  chain_rhs (data, view, t, y, dy);
}

/* The implicit methods take the Jacobian from jets over the states: were it differenced
 * instead, plain values would be asked for n times for each. */
static void
test_implicit_jacobian (void)
{
  static const double values[2] = { 71.3, 0.0847 }, initial[2] = { 431.7, 0.0 };
  static const TdmOdeMethod methods[] = { TDM_ODE_IMPLICIT, TDM_ODE_STIFF };
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (TdmOde) ode = tdm_ode_new ();
      const TdmJetSpace space = tdm_jet_space (2, 1);
      double y[2 * 3];
      Model model;
      memset (asked, 0, sizeof asked);
      model_init (&model, 2, &space, values, 2);
      TdmOdeSystem system = system_of (&model, 2, counted_rhs, methods[i]);
      start_at (ode, &system, initial, 24.0);
      g_assert_true (tdm_ode_reach (ode, 24.0, y, NULL));
      g_assert_cmpuint (asked[TDM_ODE_STATES], >, 5);
      g_assert_cmpuint (asked[TDM_ODE_JETS], >, asked[TDM_ODE_VALUES] / 4);
      if (methods[i] == TDM_ODE_IMPLICIT)
        g_assert_cmpuint (asked[TDM_ODE_VALUES], ==, 0);
    }
}

/* Steps go as far as the accuracy allows, however densely points are asked for. */
static void
test_explicit_interpolates (void)
{
  static const double values[2] = { 0.713, 0.0847 }, initial[2] = { 431.7, 0.0 };
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  TdmJetSpace space = tdm_jet_space (0, 0);
  Model model;
  model_init (&model, 2, &space, values, 2);
  TdmOdeSystem system = system_of (&model, 2, chain_rhs, TDM_ODE_EXPLICIT);
  start_at (ode, &system, initial, 48.0);
  for (guint i = 0; i <= 480; i++)
    {
      double y[2], want[2];
      g_assert_true (tdm_ode_reach (ode, 0.1 * i, y, NULL));
      chain_exact (&model, initial[0], 0.1 * i, want);
      assert_near (y[1], want[1], 1e-8 * 431.7);
    }
  g_assert_cmpuint (model.calls, <, 2 * 480);
}

static const TdmOdeMethod all_methods[] = { TDM_ODE_AUTO, TDM_ODE_EXPLICIT,
                                            TDM_ODE_IMPLICIT, TDM_ODE_STIFF };

/* y' = cos t, which for long enough takes any number of steps; call number 700 is the
 * user's cancelling. */
typedef struct
{
  guint calls;
  GCancellable *cancellable;
} Waves;

static void
waves_rhs (gpointer data, TdmOdeView view, double t, const double *y, double *dy)
{
  Waves *waves = data;
  dy[0] = cos (t);
  if (view == TDM_ODE_STATES)
    dy[1] = 0.0;
  if (++waves->calls == 700)
    g_cancellable_cancel (waves->cancellable);
}

static gboolean
reach_waves (Waves *waves, TdmOdeMethod method, guint64 *left, GError **error)
{
  const double y0[1] = { 0.31 };
  double y[1];
  g_autoptr (TdmOde) ode = tdm_ode_new ();
  const TdmOdeSystem system = { .n_states = 1,
                                .space = tdm_jet_space (0, 0),
                                .rhs = waves_rhs,
                                .data = waves,
                                .method = method,
                                .relative = 1e-9,
                                .absolute = 1e-9,
                                .cancellable = waves->cancellable,
                                .left = left };
  tdm_ode_reset (ode, &system);
  g_assert_true (tdm_ode_start (ode, 0.0, 1e5, y0, NULL));
  return tdm_ode_reach (ode, 1e5, y, error);
}

/* A bound on the work ends a solution under way, and says so. */
static void
test_limit_work (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_methods); i++)
    {
      g_autoptr (GError) error = NULL;
      Waves waves = { 0 };
      guint64 left = 3000;
      g_assert_false (reach_waves (&waves, all_methods[i], &left, &error));
      g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
      g_assert_nonnull (strstr (error->message, "more steps"));
      g_assert_cmpuint (left, ==, 0);
      g_assert_cmpuint (waves.calls, >, 300);
      g_assert_cmpuint (waves.calls, <=, 3100);
    }
}

/* So does cancelling, within a step. */
static void
test_limit_cancel (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_methods); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Waves waves = { .cancellable = cancellable };
      g_assert_false (reach_waves (&waves, all_methods[i], NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (waves.calls, <, 760);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/ode/explicit/exact", test_explicit_exact);
  g_test_add_func ("/num/ode/explicit/interpolates", test_explicit_interpolates);
  g_test_add_func ("/num/ode/implicit/exact", test_implicit_exact);
  g_test_add_func ("/num/ode/implicit/derivatives", test_implicit_derivatives);
  g_test_add_func ("/num/ode/implicit/jacobian", test_implicit_jacobian);
  g_test_add_func ("/num/ode/stiff/exact", test_stiff_exact);
  g_test_add_func ("/num/ode/stiff/robertson", test_stiff_robertson);
  g_test_add_func ("/num/ode/stiff/derivatives", test_stiff_derivatives);
  g_test_add_func ("/num/ode/error/singular", test_error_singular);
  g_test_add_func ("/num/ode/error/not-finite", test_error_not_finite);
  g_test_add_func ("/num/ode/limit/work", test_limit_work);
  g_test_add_func ("/num/ode/limit/cancel", test_limit_cancel);
  g_test_add_func ("/num/ode/reset/forgets", test_reset_forgets);
  return g_test_run ();
}
