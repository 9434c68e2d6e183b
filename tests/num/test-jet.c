/* Jets against an independent way: differences of the same function in long double. */
#include "num/jet.h"

#include <math.h>

#define N 2

typedef void (*JetFunction) (const TdmJetSpace *s, double *r, const double *a,
                             const double *b);
typedef long double (*PlainFunction) (long double a, long double b);

static long double
psi_plain (int k, long double x)
{
  /* Gauss–Legendre in pieces would do; Simpson with many panels is plainer. */
  const int panels = 40000;
  long double h = 1.0L / panels, sum = 0;
  for (int i = 0; i <= panels; i++)
    {
      long double u = i * h;
      long double w = i == 0 || i == panels ? 1 : i % 2 ? 4 : 2;
      sum += w * powl (u, k) * expl (-x * u);
    }
  return sum * h / 3;
}

static void
j_psi0 (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  tdm_jet_mul (s, r, a, b);
  tdm_jet_psi (s, r, r, 0);
}

static long double
p_psi0 (long double a, long double b)
{
  return psi_plain (0, a * b);
}

static void
j_psi3 (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  tdm_jet_mul (s, r, a, b);
  tdm_jet_psi (s, r, r, 3);
}

static long double
p_psi3 (long double a, long double b)
{
  return psi_plain (3, a * b);
}

static long double
p_mul (long double a, long double b)
{
  return a * b;
}

static long double
p_div (long double a, long double b)
{
  return a / b;
}

static long double
p_pow (long double a, long double b)
{
  return powl (a, b);
}

static void
j_mix (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  double t[6], u[6];
  tdm_jet_exp (s, t, a);
  tdm_jet_log (s, u, b);
  tdm_jet_mul (s, t, t, u);
  tdm_jet_sqrt (s, u, a);
  tdm_jet_muladd (s, t, u, b);
  tdm_jet_powc (s, u, a, -1.7);
  tdm_jet_sub (s, t, t, u);
  tdm_jet_inv (s, u, b);
  tdm_jet_axpy (s, t, 0.37, u);
  tdm_jet_scale (s, r, t, 1.19);
}

static long double
p_mix (long double a, long double b)
{
  return 1.19L * (expl (a) * logl (b) + sqrtl (a) * b - powl (a, -1.7L) + 0.37L / b);
}

static const struct
{
  const char *name;
  JetFunction jet;
  PlainFunction plain;
} functions[] = {
  { "mul", tdm_jet_mul, p_mul }, { "div", tdm_jet_div, p_div },
  { "pow", tdm_jet_pow, p_pow }, { "mix", j_mix, p_mix },
  { "psi0", j_psi0, p_psi0 },    { "psi3", j_psi3, p_psi3 },
};

static void
check_at (guint f, double x, double y)
{
  TdmJetSpace s = tdm_jet_space (N, 2);
  double a[6], b[6], r[6];
  tdm_jet_variable (&s, a, x, 0);
  tdm_jet_variable (&s, b, y, 1);
  functions[f].jet (&s, r, a, b);

  PlainFunction p = functions[f].plain;
  const long double h = 1e-4L;
  long double want[6] = {
    p (x, y),
    (p (x + h, y) - p (x - h, y)) / (2 * h),
    (p (x, y + h) - p (x, y - h)) / (2 * h),
    (p (x + h, y) - 2 * p (x, y) + p (x - h, y)) / (h * h),
    (p (x + h, y + h) - p (x + h, y - h) - p (x - h, y + h) + p (x - h, y - h))
        / (4 * h * h),
    (p (x, y + h) - 2 * p (x, y) + p (x, y - h)) / (h * h),
  };
  for (int k = 0; k < 6; k++)
    if (fabsl (r[k] - want[k]) > 1e-6L * (1 + fabsl (want[k])))
      g_error ("%s at (%g, %g), coefficient %d: %.12g, want %.12Lg", functions[f].name,
               x, y, k, r[k], want[k]);
}

static void
test_functions (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
    {
      check_at (f, 1.37, 0.81);
      check_at (f, 0.29, 2.63);
      check_at (f, 3.71, 1.93);
    }
}

/* psi is smooth at 0 and does not lose digits anywhere. */
static void
test_psi_values (void)
{
  for (guint k = 0; k <= 5; k++)
    for (double x = 0; x < 60; x = x * 1.7 + 1e-9)
      {
        double want = (double)psi_plain ((int)k, x);
        g_assert_cmpfloat_with_epsilon (tdm_psi (k, x) / want, 1.0, 1e-11);
      }
  g_assert_cmpfloat_with_epsilon (tdm_psi (2, 0.0), 1.0 / 3, 1e-16);
  g_assert_cmpfloat_with_epsilon (tdm_psi (0, 1e6), 1e-6, 1e-20);
}

/* The result may be one of the arguments. */
static void
test_aliases (void)
{
  TdmJetSpace s = tdm_jet_space (2, 2);
  double a[6] = { 1.3, 0.7, -0.2, 0.11, 0.23, -0.31 },
         b[6] = { 0.9, -0.4, 0.6, -0.17, 0.05, 0.29 }, r[6], t[6];
  tdm_jet_mul (&s, r, a, b);
  tdm_jet_copy (&s, t, a);
  tdm_jet_mul (&s, t, t, b);
  g_assert_cmpmem (r, sizeof r, t, sizeof t);
  tdm_jet_div (&s, r, a, b);
  tdm_jet_copy (&s, t, b);
  tdm_jet_div (&s, t, a, t);
  g_assert_cmpmem (r, sizeof r, t, sizeof t);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/num/jet/functions", test_functions);
  g_test_add_func ("/num/jet/psi-values", test_psi_values);
  g_test_add_func ("/num/jet/aliases", test_aliases);
  return g_test_run ();
}
