/* Jets: numbers that carry their first and second partial derivatives.
 *
 * A jet over n variables is an array of doubles: value, n first derivatives, and at
 * order 2 the n(n+1)/2 second derivatives, row by row of the lower triangle
 * ((0,0), (1,0), (1,1), (2,0) …). The space says n and the order; n = 0 is plain
 * numbers. All functions allow the result to be one of the arguments. */
#pragma once

#include <glib.h>

typedef struct
{
  guint n;     /* variables */
  guint order; /* 0, 1 or 2 */
  guint size;  /* doubles in one jet */
} TdmJetSpace;

static inline TdmJetSpace
tdm_jet_space (guint n, guint order)
{
  TdmJetSpace s = { order == 0 ? 0 : n, n == 0 ? 0 : order, 1 };
  if (s.order >= 1)
    s.size += s.n;
  if (s.order >= 2)
    s.size += s.n * (s.n + 1) / 2;
  return s;
}

/* Index of the second derivative (i, j) in a jet of order 2. */
static inline guint
tdm_jet_index2 (const TdmJetSpace *s, guint i, guint j)
{
  guint a = MAX (i, j), b = MIN (i, j);
  return 1 + s->n + a * (a + 1) / 2 + b;
}

/* r = c, a constant. */
static inline void
tdm_jet_set (const TdmJetSpace *s, double *r, double c)
{
  r[0] = c;
  for (guint i = 1; i < s->size; i++)
    r[i] = 0.0;
}

/* r = the variable number i, at value c. */
static inline void
tdm_jet_variable (const TdmJetSpace *s, double *r, double c, guint i)
{
  tdm_jet_set (s, r, c);
  if (s->order >= 1)
    r[1 + i] = 1.0;
}

static inline void
tdm_jet_copy (const TdmJetSpace *s, double *r, const double *a)
{
  for (guint i = 0; i < s->size; i++)
    r[i] = a[i];
}

static inline void
tdm_jet_add (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  for (guint i = 0; i < s->size; i++)
    r[i] = a[i] + b[i];
}

static inline void
tdm_jet_sub (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  for (guint i = 0; i < s->size; i++)
    r[i] = a[i] - b[i];
}

static inline void
tdm_jet_scale (const TdmJetSpace *s, double *r, const double *a, double c)
{
  for (guint i = 0; i < s->size; i++)
    r[i] = a[i] * c;
}

/* r += c * a */
static inline void
tdm_jet_axpy (const TdmJetSpace *s, double *r, double c, const double *a)
{
  for (guint i = 0; i < s->size; i++)
    r[i] += c * a[i];
}

/* r = a * b */
static inline void
tdm_jet_mul (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  const guint n = s->n;
  const double a0 = a[0], b0 = b[0];
  if (s->order >= 2)
    for (guint i = 0, k = 1 + n; i < n; i++)
      for (guint j = 0; j <= i; j++, k++)
        r[k] = a0 * b[k] + b0 * a[k] + (a[1 + i] * b[1 + j] + a[1 + j] * b[1 + i]);
  for (guint i = 1; i <= n; i++)
    r[i] = a0 * b[i] + b0 * a[i];
  r[0] = a0 * b0;
}

/* r += a * b; r must be neither a nor b. */
static inline void
tdm_jet_muladd (const TdmJetSpace *s, double *restrict r, const double *a,
                const double *b)
{
  const guint n = s->n;
  const double a0 = a[0], b0 = b[0];
  if (s->order >= 2)
    for (guint i = 0, k = 1 + n; i < n; i++)
      for (guint j = 0; j <= i; j++, k++)
        r[k] += a0 * b[k] + b0 * a[k] + (a[1 + i] * b[1 + j] + a[1 + j] * b[1 + i]);
  for (guint i = 1; i <= n; i++)
    r[i] += a0 * b[i] + b0 * a[i];
  r[0] += a0 * b0;
}

/* r = f(a) where f, f1, f2 are the value and derivatives of a scalar function at a[0].
 * The chain rule every unary function goes through. */
static inline void
tdm_jet_chain (const TdmJetSpace *s, double *r, const double *a, double f, double f1,
               double f2)
{
  const guint n = s->n;
  if (s->order >= 2)
    for (guint i = 0, k = 1 + n; i < n; i++)
      for (guint j = 0; j <= i; j++, k++)
        r[k] = f1 * a[k] + f2 * (a[1 + i] * a[1 + j]);
  for (guint i = 1; i <= n; i++)
    r[i] = f1 * a[i];
  r[0] = f;
}

/* r = 1 / a, a / b, exp a, ln a, sqrt a, a^b (a > 0), a^c for a constant c. */
void tdm_jet_inv (const TdmJetSpace *s, double *r, const double *a);
void tdm_jet_div (const TdmJetSpace *s, double *r, const double *a, const double *b);
void tdm_jet_exp (const TdmJetSpace *s, double *r, const double *a);
void tdm_jet_log (const TdmJetSpace *s, double *r, const double *a);
void tdm_jet_sqrt (const TdmJetSpace *s, double *r, const double *a);
void tdm_jet_pow (const TdmJetSpace *s, double *r, const double *a, const double *b);
void tdm_jet_powc (const TdmJetSpace *s, double *r, const double *a, double c);

/* r = psi_k(a) = integral over u in [0,1] of u^k exp(-a u) du, for a[0] >= 0.
 * psi_0(x) = (1 - exp(-x)) / x. Entire, so smooth at 0; psi_k' = -psi_(k+1). Evaluated
 * by a series of positive terms or the upward recurrence, both free of cancellation. */
void tdm_jet_psi (const TdmJetSpace *s, double *r, const double *a, guint k);

/* psi_k(x) itself for a plain x >= 0. */
double tdm_psi (guint k, double x);

/* TRUE when every coefficient is finite. */
gboolean tdm_jet_is_finite (const TdmJetSpace *s, const double *a);
