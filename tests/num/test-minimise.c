/* Minimisation: known minima, saddles, walls, and functions that misbehave. */
#include "num/linalg.h"
#include "num/minimise.h"

#include <math.h>

typedef struct
{
  guint calls;
  guint accepted;
} Counter;

/* Rosenbrock's valley, minimum 0 at (1, 1). The approximate second derivative is that
 * of least squares. */
static double
rosenbrock_cb (gpointer data, const double *x, double *gradient, double *hessian,
               gboolean exact)
{
  ((Counter *)data)->calls++;
  double a = 1 - x[0], b = x[1] - x[0] * x[0];
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  hessian[0] = 1 + 400 * x[0] * x[0] - (exact ? 200 * b : 0);
  hessian[1] = hessian[2] = -200 * x[0];
  hessian[3] = 100;
  return a * a + 100 * b * b;
}

/* (x^2 - 2.89)^2 + (y - 0.37)^2: minima at x = 1.7 and -1.7, a saddle at 0. */
static double
two_wells_cb (gpointer data, const double *x, double *gradient, double *hessian,
              gboolean exact)
{
  (void)data;
  double u = x[0] * x[0] - 2.89, w = x[1] - 0.37;
  gradient[0] = 4 * x[0] * u;
  gradient[1] = 2 * w;
  hessian[0] = exact ? 2 * u + 4 * x[0] * x[0] : 4 * x[0] * x[0] + 1e-9;
  hessian[1] = hessian[2] = 0;
  hessian[3] = 1;
  return u * u + w * w;
}

/* x - ln x, minimum 1 at 1, no value for x <= 0. */
static double
wall_cb (gpointer data, const double *x, double *gradient, double *hessian,
         gboolean exact)
{
  (void)data;
  (void)exact;
  gradient[0] = 1 - 1 / x[0];
  hessian[0] = 0.5 / (x[0] * x[0]);
  return x[0] > 0 ? x[0] - log (x[0]) : INFINITY;
}

/* A parabola whose derivatives are lost left of -0.61. */
static double
lost_cb (gpointer data, const double *x, double *gradient, double *hessian,
         gboolean exact)
{
  (void)data;
  (void)exact;
  gradient[0] = 2 * (x[0] + 5);
  hessian[0] = x[0] < -0.61 ? NAN : 1;
  return (x[0] + 5) * (x[0] + 5);
}

static double
never_cb (gpointer data, const double *x, double *gradient, double *hessian,
          gboolean exact)
{
  (void)data;
  (void)exact;
  gradient[0] = 2 * x[0];
  hessian[0] = NAN;
  return x[0] * x[0];
}

/* A slope without end. */
static double
slope_cb (gpointer data, const double *x, double *gradient, double *hessian,
          gboolean exact)
{
  (void)data;
  (void)exact;
  gradient[0] = -1;
  hessian[0] = 0;
  return -x[0];
}

static gboolean
count_cb (gpointer data, const double *x, double value)
{
  (void)x;
  (void)value;
  return ++((Counter *)data)->accepted == 3;
}

static TdmMinimiseReport
run (TdmMinimiseFunction function, guint n, double *x, gboolean exact, gpointer data)
{
  TdmMinimiseReport report;
  double hessian[4];
  const TdmMinimiseProblem p = { .n = n,
                                 .function = function,
                                 .data = data,
                                 .exact = exact,
                                 .tolerance = 1e-14,
                                 .max_step = 1.0,
                                 .max_iterations = 200 };
  tdm_minimise (&p, x, hessian, &report);
  return report;
}

static void
test_valley (void)
{
  for (guint exact = 0; exact <= 1; exact++)
    {
      Counter counter = { 0 };
      double x[2] = { -1.2, 1.0 };
      TdmMinimiseReport r = run (rosenbrock_cb, 2, x, (gboolean)exact, &counter);
      g_assert_cmpint (r.stop, ==, TDM_MINIMISE_GRADIENT);
      g_assert_cmpfloat_with_epsilon (x[0], 1, 1e-6);
      g_assert_cmpfloat_with_epsilon (x[1], 1, 1e-6);
      g_assert_cmpfloat (r.value, <, 1e-12);
      g_assert_cmpuint (counter.calls, ==, r.iterations + 1);
      g_assert_cmpuint (r.iterations, <, 60);
    }
}

/* Exact second derivatives that are not definite do not lead to a saddle. */
static void
test_saddle (void)
{
  double x[2] = { 0.011, 4.0 };
  TdmMinimiseReport r = run (two_wells_cb, 2, x, TRUE, NULL);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_GRADIENT);
  g_assert_cmpfloat_with_epsilon (x[0], 1.7, 1e-7);
  g_assert_cmpfloat_with_epsilon (x[1], 0.37, 1e-7);
}

/* Exactly on a saddle the search stays, and the matrix tells. */
static void
test_on_saddle (void)
{
  double x[2] = { 0.0, 0.37 }, hessian[4], factor[4];
  TdmMinimiseReport report;
  const TdmMinimiseProblem p = { .n = 2,
                                 .function = two_wells_cb,
                                 .exact = TRUE,
                                 .tolerance = 1e-14,
                                 .max_step = 1.0,
                                 .max_iterations = 200 };
  tdm_minimise (&p, x, hessian, &report);
  g_assert_cmpfloat (x[0], ==, 0.0);
  g_assert_false (tdm_cholesky (2, hessian, factor));
}

static void
test_wall (void)
{
  double x[1] = { 9.3 };
  TdmMinimiseReport r = run (wall_cb, 1, x, TRUE, NULL);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_GRADIENT);
  g_assert_cmpfloat_with_epsilon (x[0], 1, 1e-7);
  double outside[1] = { -1 };
  r = run (wall_cb, 1, outside, TRUE, NULL);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_FAILED);
  g_assert_true (isinf (r.value));
}

/* A point whose derivatives are not numbers counts as one without a value. */
static void
test_lost_derivatives (void)
{
  double x[1] = { 3.0 };
  TdmMinimiseReport r = run (lost_cb, 1, x, TRUE, NULL);
  g_assert_cmpint (r.stop, !=, TDM_MINIMISE_GRADIENT);
  g_assert_cmpint (r.stop, !=, TDM_MINIMISE_STEP);
  g_assert_cmpfloat (x[0], >=, -0.61);
  double y[1] = { 3.0 };
  r = run (never_cb, 1, y, TRUE, NULL);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_FAILED);
  g_assert_cmpfloat (y[0], ==, 3.0);
}

static void
test_limits (void)
{
  double x[1] = { 0.25 };
  TdmMinimiseReport r = run (slope_cb, 1, x, TRUE, NULL);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_ITERATIONS);
  g_assert_cmpfloat (x[0], <=, 0.25 + 200 + 1e-9);
  Counter counter = { 0 };
  double y[2] = { -1.2, 1.0 }, hessian[4];
  const TdmMinimiseProblem p = { .n = 2,
                                 .function = rosenbrock_cb,
                                 .watch = count_cb,
                                 .data = &counter,
                                 .tolerance = 1e-14,
                                 .max_step = 0.1,
                                 .max_iterations = 200 };
  tdm_minimise (&p, y, hessian, &r);
  g_assert_cmpint (r.stop, ==, TDM_MINIMISE_ASKED);
  g_assert_cmpuint (counter.accepted, ==, 3);
  g_assert_cmpfloat (hypot (y[0] + 1.2, y[1] - 1.0), <=, 0.3 + 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/num/minimise/valley", test_valley);
  g_test_add_func ("/num/minimise/saddle", test_saddle);
  g_test_add_func ("/num/minimise/on-saddle", test_on_saddle);
  g_test_add_func ("/num/minimise/wall", test_wall);
  g_test_add_func ("/num/minimise/lost-derivatives", test_lost_derivatives);
  g_test_add_func ("/num/minimise/limits", test_limits);
  return g_test_run ();
}
