/* An independent oracle: the compartment matrix exponentiated by scaling and squaring
 * of its Taylor series in long double, doses superposed one by one. Shares nothing with
 * src/pk. */
#pragma once

#include <glib.h>
#include <math.h>
#include <string.h>

#define ORACLE_MAX 12

typedef struct
{
  guint compartments, chain;
  long double cl, v1, q2, v2, q3, v3, ka;
  long double f, lag, duration; /* of the doses that ask for them */
} OracleModel;

typedef struct
{
  guint n;
  long double m[ORACLE_MAX][ORACLE_MAX];
} OracleMatrix;

static inline void
oracle_multiply (OracleMatrix *r, const OracleMatrix *a, const OracleMatrix *b)
{
  OracleMatrix t = { .n = a->n };
  for (guint i = 0; i < a->n; i++)
    for (guint k = 0; k < a->n; k++)
      for (guint j = 0; j < a->n; j++)
        t.m[i][j] += a->m[i][k] * b->m[k][j];
  *r = t;
}

/* r = exp(a t) */
static inline void
oracle_exponential (OracleMatrix *r, const OracleMatrix *a, long double t)
{
  long double norm = 0.0L;
  for (guint i = 0; i < a->n; i++)
    for (guint j = 0; j < a->n; j++)
      norm = fmaxl (norm, fabsl (a->m[i][j] * t));
  const int squarings = norm > 0.0L ? MAX (0, ilogbl (norm) + 8) : 0;
  OracleMatrix x = *a, term = { .n = a->n }, sum;
  for (guint i = 0; i < a->n; i++)
    {
      term.m[i][i] = 1.0L;
      for (guint j = 0; j < a->n; j++)
        x.m[i][j] = ldexpl (a->m[i][j] * t, -squarings);
    }
  sum = term;
  for (guint k = 1; k < 18; k++)
    {
      oracle_multiply (&term, &term, &x);
      for (guint i = 0; i < a->n; i++)
        for (guint j = 0; j < a->n; j++)
          {
            term.m[i][j] /= k;
            sum.m[i][j] += term.m[i][j];
          }
    }
  for (int i = 0; i < squarings; i++)
    oracle_multiply (&sum, &sum, &sum);
  *r = sum;
}

/* States as in pk/structure.h; one more, constant 1, that flows at `rate` into `state`,
 * and one more that collects the central amount. */
static inline void
oracle_matrix (OracleMatrix *r, const OracleModel *o, guint state, long double rate)
{
  const guint n = o->compartments + o->chain;
  *r = (OracleMatrix){ .n = n + 2 };
  const long double q[] = { o->q2, o->q3 }, v[] = { o->v2, o->v3 };
  r->m[0][0] = -o->cl / o->v1;
  for (guint i = 1; i < o->compartments; i++)
    {
      r->m[0][0] -= q[i - 1] / o->v1;
      r->m[i][0] = q[i - 1] / o->v1;
      r->m[0][i] = q[i - 1] / v[i - 1];
      r->m[i][i] = -q[i - 1] / v[i - 1];
    }
  for (guint i = o->compartments; i < n; i++)
    {
      r->m[i][i] = -o->ka;
      r->m[i + 1 < n ? i + 1 : 0][i] = o->ka;
    }
  r->m[state][n] = rate;
  r->m[n + 1][0] = 1.0L;
}

/* Concentration, and the area under it, `t` after the start of one dose; 0 up to it. */
static inline void
oracle_dose (const OracleModel *o, guint state, long double amount,
             long double duration, long double t, long double result[2])
{
  const guint n = o->compartments + o->chain;
  result[0] = result[1] = 0.0L;
  if (t <= 0.0L)
    return;
  OracleMatrix k, during, after;
  const long double run = fminl (t, duration);
  oracle_matrix (&k, o, state, duration > 0.0L ? amount / duration : 0.0L);
  oracle_exponential (&during, &k, run);
  oracle_matrix (&k, o, state, 0.0L);
  oracle_exponential (&after, &k, t - run);
  long double x[ORACLE_MAX];
  for (guint i = 0; i < n + 2; i++)
    x[i] = duration > 0.0L ? during.m[i][n] : i == state ? amount : 0.0L;
  for (guint j = 0; j < n + 2; j++)
    {
      result[0] += after.m[0][j] * x[j] / o->v1;
      result[1] += after.m[n + 1][j] * x[j] / o->v1;
    }
}
