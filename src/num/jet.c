/* Forward-mode derivatives of first and second order.
 *
 * Reference: A. Griewank, A. Walther, Evaluating Derivatives, 2nd ed., SIAM 2008,
 * ch. 13 (truncated Taylor arithmetic). */
#include "num/jet.h"

#include <math.h>

void
tdm_jet_inv (const TdmJetSpace *s, double *r, const double *a)
{
  double f = 1.0 / a[0];
  tdm_jet_chain (s, r, a, f, -f * f, 2.0 * f * f * f);
}

void
tdm_jet_div (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  /* With q = a/b: a = q b, so a' = q'b + q b' and likewise for the second order. */
  const guint n = s->n;
  const double q0 = a[0] / b[0], inverse = 1.0 / b[0];
  if (s->order < 2)
    {
      for (guint i = 1; i <= n; i++)
        r[i] = (a[i] - q0 * b[i]) * inverse;
      r[0] = q0;
      return;
    }
  double q[1 + 64];
  g_assert (n <= 64);
  for (guint i = 1; i <= n; i++)
    q[i] = (a[i] - q0 * b[i]) * inverse;
  for (guint i = 0, k = 1 + n; i < n; i++)
    for (guint j = 0; j <= i; j++, k++)
      r[k] = (a[k] - q0 * b[k] - q[1 + i] * b[1 + j] - q[1 + j] * b[1 + i]) * inverse;
  for (guint i = 1; i <= n; i++)
    r[i] = q[i];
  r[0] = q0;
}

void
tdm_jet_exp (const TdmJetSpace *s, double *r, const double *a)
{
  double f = exp (a[0]);
  tdm_jet_chain (s, r, a, f, f, f);
}

void
tdm_jet_log (const TdmJetSpace *s, double *r, const double *a)
{
  double inverse = 1.0 / a[0];
  tdm_jet_chain (s, r, a, log (a[0]), inverse, -inverse * inverse);
}

void
tdm_jet_sqrt (const TdmJetSpace *s, double *r, const double *a)
{
  double f = sqrt (a[0]);
  tdm_jet_chain (s, r, a, f, 0.5 / f, -0.25 / (f * a[0]));
}

void
tdm_jet_powc (const TdmJetSpace *s, double *r, const double *a, double c)
{
  /* The derivatives are written so that c = 0, 1 and 2 are exact at a = 0. */
  double x = a[0];
  double f1 = c == 0.0 ? 0.0 : c * pow (x, c - 1.0);
  double f2 = c == 0.0 || c == 1.0 ? 0.0 : c * (c - 1.0) * pow (x, c - 2.0);
  tdm_jet_chain (s, r, a, pow (x, c), f1, f2);
}

static gboolean
is_constant (const TdmJetSpace *s, const double *a)
{
  for (guint i = 1; i < s->size; i++)
    if (a[i] != 0.0)
      return FALSE;
  return TRUE;
}

void
tdm_jet_pow (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  if (is_constant (s, b))
    {
      tdm_jet_powc (s, r, a, b[0]);
      return;
    }
  double t[1 + 64 + 64 * 65 / 2];
  g_assert (s->n <= 64);
  tdm_jet_log (s, t, a);
  tdm_jet_mul (s, t, t, b);
  tdm_jet_exp (s, r, t);
}

/* psi_k(x) = exp(-x) sum_j x^j k!/(k+1+j)!: all terms positive. */
static double
psi_series (guint k, double x)
{
  double term = 1.0 / (k + 1.0), sum = term;
  for (guint j = 1; j < 1000; j++)
    {
      term *= x / (k + 1.0 + j);
      sum += term;
      if (term < sum * 1e-17)
        break;
    }
  return exp (-x) * sum;
}

double
tdm_psi (guint k, double x)
{
  if (k == 0)
    return x == 0.0 ? 1.0 : -expm1 (-x) / x;
  if (x < k + 3.0)
    return psi_series (k, x);
  /* psi_k = (k psi_(k-1) - exp(-x)) / x: stable upwards for x > k. */
  double e = exp (-x), f = -expm1 (-x) / x;
  for (guint j = 1; j <= k; j++)
    f = (j * f - e) / x;
  return f;
}

void
tdm_jet_psi (const TdmJetSpace *s, double *r, const double *a, guint k)
{
  double x = a[0];
  double f1 = s->order >= 1 ? -tdm_psi (k + 1, x) : 0.0;
  double f2 = s->order >= 2 ? tdm_psi (k + 2, x) : 0.0;
  tdm_jet_chain (s, r, a, tdm_psi (k, x), f1, f2);
}

gboolean
tdm_jet_is_finite (const TdmJetSpace *s, const double *a)
{
  for (guint i = 0; i < s->size; i++)
    if (!isfinite (a[i]))
      return FALSE;
  return TRUE;
}
