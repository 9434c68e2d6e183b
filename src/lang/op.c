#include "lang/op.h"

#include <math.h>

/* ---- Plain numbers ---- */

static double
plain_copy (const double *x)
{
  return x[0];
}

static double
plain_neg (const double *x)
{
  return -x[0];
}

static double
plain_add (const double *x)
{
  return x[0] + x[1];
}

static double
plain_sub (const double *x)
{
  return x[0] - x[1];
}

static double
plain_mul (const double *x)
{
  return x[0] * x[1];
}

static double
plain_div (const double *x)
{
  return x[0] / x[1];
}

/* C's pow(NaN, 0) and pow(1, NaN) are 1, which would hide a missing covariate. */
static double
plain_pow (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : pow (x[0], x[1]);
}

static double
plain_exp (const double *x)
{
  return exp (x[0]);
}

static double
plain_log (const double *x)
{
  return log (x[0]);
}

static double
plain_log10 (const double *x)
{
  return log10 (x[0]);
}

static double
plain_sqrt (const double *x)
{
  return sqrt (x[0]);
}

static double
plain_logit (const double *x)
{
  return log (x[0] / (1.0 - x[0]));
}

static double
plain_expit (const double *x)
{
  return 1.0 / (1.0 + exp (-x[0]));
}

static double
plain_abs (const double *x)
{
  return fabs (x[0]);
}

static double
plain_floor (const double *x)
{
  return floor (x[0]);
}

static double
plain_min (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[1] < x[0] ? x[1] : x[0];
}

static double
plain_max (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[1] > x[0] ? x[1] : x[0];
}

static double
plain_lt (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] < x[1];
}

static double
plain_le (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] <= x[1];
}

static double
plain_gt (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] > x[1];
}

static double
plain_ge (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] >= x[1];
}

static double
plain_eq (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] == x[1];
}

static double
plain_ne (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] != x[1];
}

static double
plain_and (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] != 0.0 && x[1] != 0.0;
}

static double
plain_or (const double *x)
{
  return isunordered (x[0], x[1]) ? NAN : x[0] != 0.0 || x[1] != 0.0;
}

static double
plain_not (const double *x)
{
  return isnan (x[0]) ? NAN : x[0] == 0.0;
}

static double
plain_select (const double *x)
{
  return isnan (x[0]) ? NAN : x[0] != 0.0 ? x[1] : x[2];
}

/* ---- Jets ---- */

/* c * d where a vanishing derivative wins over an infinite slope: in sqrt(A) at A = 0
 * the variables on which A does not depend keep the derivative 0. */
static double
slope (double c, double d)
{
  return d == 0.0 ? 0.0 : c * d;
}

static void
chain_steep (const TdmJetSpace *s, double *r, const double *a, const double f[3])
{
  const guint n = s->n;
  if (s->order >= 2)
    for (guint i = 0, k = 1 + n; i < n; i++)
      for (guint j = 0; j <= i; j++, k++)
        r[k] = slope (f[1], a[k]) + slope (f[2], a[1 + i] * a[1 + j]);
  for (guint i = 1; i <= n; i++)
    r[i] = slope (f[1], a[i]);
  r[0] = f[0];
}

/* The chain rule with f = value, slope, curvature at a[0]. */
static void
chain (const TdmJetSpace *s, double *r, const double *a, const double f[3])
{
  if (isfinite (f[1]) && isfinite (f[2]))
    tdm_jet_chain (s, r, a, f[0], f[1], f[2]);
  else
    chain_steep (s, r, a, f);
}

/* The result is argument `i`, whether it is a jet or a plain number. */
static void
pick (const TdmJetSpace *s, double *r, const double *const *x, guint plain, guint i)
{
  if (plain & (1u << i))
    tdm_jet_set (s, r, x[i][0]);
  else if (r != x[i])
    tdm_jet_copy (s, r, x[i]);
}

static void
jet_copy (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  pick (s, r, x, plain, 0);
}

static void
jet_neg (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  tdm_jet_scale (s, r, x[0], -1.0);
}

static void
jet_add (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (plain == 0)
    {
      tdm_jet_add (s, r, x[0], x[1]);
      return;
    }
  guint jet = plain & 1u ? 1 : 0;
  double sum = x[0][0] + x[1][0];
  pick (s, r, x, plain, jet);
  r[0] = sum;
}

static void
jet_sub (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  double difference = x[0][0] - x[1][0];
  if (plain == 0)
    tdm_jet_sub (s, r, x[0], x[1]);
  else if (plain & 1u)
    tdm_jet_scale (s, r, x[1], -1.0);
  else
    pick (s, r, x, plain, 0);
  r[0] = difference;
}

static void
jet_mul (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (plain & 1u)
    tdm_jet_scale (s, r, x[1], x[0][0]);
  else if (plain & 2u)
    tdm_jet_scale (s, r, x[0], x[1][0]);
  else
    tdm_jet_mul (s, r, x[0], x[1]);
}

static void
jet_div (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  double quotient = x[0][0] / x[1][0];
  if (plain & 2u)
    tdm_jet_scale (s, r, x[0], 1.0 / x[1][0]);
  else if (plain & 1u)
    {
      double slope1 = -quotient / x[1][0];
      tdm_jet_chain (s, r, x[1], quotient, slope1, -2.0 * slope1 / x[1][0]);
    }
  else
    tdm_jet_div (s, r, x[0], x[1]);
  r[0] = quotient;
}

/* a^c for a plain c. */
static void
power_of_jet (const TdmJetSpace *s, double *r, const double *a, double c)
{
  double x = a[0], f[3] = { plain_pow ((double[]){ x, c }), 0.0, 0.0 };
  if (c != 0.0)
    f[1] = x != 0.0 ? c * f[0] / x : c * pow (x, c - 1.0);
  if (s->order >= 2 && c != 0.0 && c != 1.0)
    f[2] = x != 0.0 ? (c - 1.0) * f[1] / x : c * (c - 1.0) * pow (x, c - 2.0);
  chain (s, r, a, f);
}

/* c^b for a plain c. */
static void
power_of_plain (const TdmJetSpace *s, double *r, double c, const double *b)
{
  double f = plain_pow ((double[]){ c, b[0] });
  double ln = c == 0.0 && b[0] > 0.0 ? 0.0 : log (c); /* 0^b stays 0 around b > 0 */
  tdm_jet_chain (s, r, b, f, f * ln, f * ln * ln);
}

/* Partial derivatives of a^b; at a = 0 < b the limits, so that a Hill term may start at
 * a concentration of zero. */
typedef struct
{
  double f, a, b, aa, ab, bb;
} PowerPartials;

static PowerPartials
power_partials (double a, double b)
{
  PowerPartials p = { .f = plain_pow ((double[]){ a, b }) };
  if (a == 0.0 && b > 0.0)
    {
      p.a = b * pow (a, b - 1.0);
      p.aa = b == 1.0 ? 0.0 : b * (b - 1.0) * pow (a, b - 2.0);
      p.ab = b > 1.0 ? 0.0 : -INFINITY;
      return p;
    }
  double ln = log (a);
  p.a = b * p.f / a;
  p.b = p.f * ln;
  p.aa = (b - 1.0) * p.a / a;
  p.ab = p.f / a * (1.0 + b * ln);
  p.bb = p.b * ln;
  return p;
}

static gboolean
is_constant (const TdmJetSpace *s, const double *a)
{
  for (guint i = 1; i < s->size; i++)
    if (a[i] != 0.0)
      return FALSE;
  return TRUE;
}

static void
power_of_jets (const TdmJetSpace *s, double *r, const double *a, const double *b)
{
  const guint n = s->n;
  const PowerPartials p = power_partials (a[0], b[0]);
  if (s->order >= 2)
    for (guint i = 0, k = 1 + n; i < n; i++)
      for (guint j = 0; j <= i; j++, k++)
        {
          double ai = a[1 + i], aj = a[1 + j], bi = b[1 + i], bj = b[1 + j];
          r[k] = slope (p.a, a[k]) + slope (p.b, b[k]) + slope (p.aa, ai * aj)
                 + slope (p.ab, ai * bj + aj * bi) + slope (p.bb, bi * bj);
        }
  for (guint i = 1; i <= n; i++)
    r[i] = slope (p.a, a[i]) + slope (p.b, b[i]);
  r[0] = p.f;
}

static void
jet_pow (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (plain & 2u)
    power_of_jet (s, r, x[0], x[1][0]);
  else if (plain & 1u)
    power_of_plain (s, r, x[0][0], x[1]);
  else if (is_constant (s, x[1])) /* then a negative base is no obstacle */
    power_of_jet (s, r, x[0], x[1][0]);
  else
    power_of_jets (s, r, x[0], x[1]);
}

static void
jet_exp (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  tdm_jet_exp (s, r, x[0]);
}

static void
log_scaled (const TdmJetSpace *s, double *r, const double *a, double value,
            double scale)
{
  double inverse = 1.0 / a[0];
  double f[3] = { value, scale * inverse, -scale * inverse * inverse };
  chain (s, r, a, f);
}

static void
jet_log (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  log_scaled (s, r, x[0], log (x[0][0]), 1.0);
}

static void
jet_log10 (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  log_scaled (s, r, x[0], log10 (x[0][0]), G_LOG_2_BASE_10 / G_LN2);
}

static void
jet_sqrt (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  double root = sqrt (x[0][0]);
  double f[3] = { root, 0.5 / root, -0.25 / (root * x[0][0]) };
  chain (s, r, x[0], f);
}

static void
jet_logit (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  double p = x[0][0], inverse = 1.0 / (p * (1.0 - p));
  double f[3] = { plain_logit (&p), inverse, (2.0 * p - 1.0) * inverse * inverse };
  chain (s, r, x[0], f);
}

static void
jet_expit (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  double p = plain_expit (x[0]), q = 1.0 / (1.0 + exp (x[0][0]));
  double f[3] = { p, p * q, p * q * (q - p) };
  chain (s, r, x[0], f);
}

static void
jet_abs (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  tdm_jet_scale (s, r, x[0], x[0][0] < 0.0 ? -1.0 : 1.0);
}

static void
jet_min (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (isunordered (x[0][0], x[1][0]))
    tdm_jet_set (s, r, NAN);
  else
    pick (s, r, x, plain, x[1][0] < x[0][0] ? 1 : 0);
}

static void
jet_max (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (isunordered (x[0][0], x[1][0]))
    tdm_jet_set (s, r, NAN);
  else
    pick (s, r, x, plain, x[1][0] > x[0][0] ? 1 : 0);
}

static void
jet_select (const TdmJetSpace *s, double *r, const double *const *x, guint plain)
{
  if (isnan (x[0][0]))
    tdm_jet_set (s, r, NAN);
  else
    pick (s, r, x, plain, x[0][0] != 0.0 ? 1 : 2);
}

/* ---- The table ---- */

/* `on_jets` is NULL where the derivative is zero wherever it exists. */
typedef struct
{
  guint n_arguments;
  gboolean commutative;
  double (*on_plain) (const double *x);
  void (*on_jets) (const TdmJetSpace *s, double *r, const double *const *x,
                   guint plain);
} OpRow;

static const OpRow rows[TDM_N_OPS] = {
  [TDM_OP_LITERAL] = { 0, FALSE, NULL, NULL },
  [TDM_OP_VARIABLE] = { 0, FALSE, NULL, NULL },
  [TDM_OP_COPY] = { 1, FALSE, plain_copy, jet_copy },
  [TDM_OP_NEG] = { 1, FALSE, plain_neg, jet_neg },
  [TDM_OP_ADD] = { 2, TRUE, plain_add, jet_add },
  [TDM_OP_SUB] = { 2, FALSE, plain_sub, jet_sub },
  [TDM_OP_MUL] = { 2, TRUE, plain_mul, jet_mul },
  [TDM_OP_DIV] = { 2, FALSE, plain_div, jet_div },
  [TDM_OP_POW] = { 2, FALSE, plain_pow, jet_pow },
  [TDM_OP_EXP] = { 1, FALSE, plain_exp, jet_exp },
  [TDM_OP_LOG] = { 1, FALSE, plain_log, jet_log },
  [TDM_OP_LOG10] = { 1, FALSE, plain_log10, jet_log10 },
  [TDM_OP_SQRT] = { 1, FALSE, plain_sqrt, jet_sqrt },
  [TDM_OP_LOGIT] = { 1, FALSE, plain_logit, jet_logit },
  [TDM_OP_EXPIT] = { 1, FALSE, plain_expit, jet_expit },
  [TDM_OP_ABS] = { 1, FALSE, plain_abs, jet_abs },
  [TDM_OP_FLOOR] = { 1, FALSE, plain_floor, NULL },
  [TDM_OP_MIN] = { 2, FALSE, plain_min, jet_min },
  [TDM_OP_MAX] = { 2, FALSE, plain_max, jet_max },
  [TDM_OP_LT] = { 2, FALSE, plain_lt, NULL },
  [TDM_OP_LE] = { 2, FALSE, plain_le, NULL },
  [TDM_OP_GT] = { 2, FALSE, plain_gt, NULL },
  [TDM_OP_GE] = { 2, FALSE, plain_ge, NULL },
  [TDM_OP_EQ] = { 2, TRUE, plain_eq, NULL },
  [TDM_OP_NE] = { 2, TRUE, plain_ne, NULL },
  [TDM_OP_AND] = { 2, TRUE, plain_and, NULL },
  [TDM_OP_OR] = { 2, TRUE, plain_or, NULL },
  [TDM_OP_NOT] = { 1, FALSE, plain_not, NULL },
  [TDM_OP_SELECT] = { 3, FALSE, plain_select, jet_select },
};

guint
tdm_op_n_arguments (TdmOp op)
{
  return rows[op].n_arguments;
}

gboolean
tdm_op_is_commutative (TdmOp op)
{
  return rows[op].commutative;
}

double
tdm_op_plain (TdmOp op, const double *x)
{
  return rows[op].on_plain (x);
}

void
tdm_op_jet (TdmOp op, const TdmJetSpace *space, double *r, const double *const *x,
            guint plain)
{
  const OpRow *row = &rows[op];
  if (row->on_jets)
    {
      row->on_jets (space, r, x, plain);
      return;
    }
  double values[TDM_OP_MAX_ARGUMENTS];
  for (guint i = 0; i < row->n_arguments; i++)
    values[i] = x[i][0];
  tdm_jet_set (space, r, row->on_plain (values));
}
