/* Minima at corners.
 *
 * Two points that a hair separates, one on each side of the corner, stand for the two
 * smooth pieces f_A and f_B. Near a minimum the objective is the larger of both, so it
 * has its minimum where f_A = f_B and, for some 0 <= lambda <= 1,
 *
 *   lambda grad f_A + (1 - lambda) grad f_B = 0,
 *
 * which Newton steps along the corner find (J. Nocedal, S. Wright, Numerical
 * Optimization, 2nd ed., Springer 2006, ch. 18; the pieces' second derivatives enter as
 * that combination). After each step bisection across the corner finds the pair anew. A
 * lambda outside [0, 1] says that the objective falls on one side.
 *
 * Across the corner the density exp (-f / 2) falls off as exp (-(s |x| + h x^2) / 2)
 * with another slope s on each side; its second moment replaces the variance there. */
#include "engine/map-kink.h"

#include "num/linalg.h"

#include <math.h>
#include <string.h>

/* How near the two sides are brought together. */
#define GAP 1e-10
/* Gradients of two sides differ by at least this, relative to 1 + their length. */
#define LEAST_JUMP 1e-4
/* The value has no jump. */
#define CONTINUOUS 1e-6
/* Along a corner this gain (relative to 1 + |value|) is negligible. */
#define NEGLIGIBLE_GAIN 1e-11
/* What rounding hides; and where a differential equation solver's noise hides the
 * rest, gains up to this are not missed. */
#define ROUNDING 1e-13
#define HIDDEN_GAIN 1e-7
/* Variables are in prior standard deviations, where the prior's curvature is 1. */
#define LEAST_CURVATURE 1.0
#define MAX_STEPS 30
#define MAX_N 64

typedef struct
{
  double x[MAX_N], gradient[MAX_N];
  double value;
} Side;

typedef struct
{
  const TdmMinimiseProblem *problem;
  guint n;
  Side a, b;
  double *hessian_a, *hessian_b, *mixed, *factor; /* n x n */
  double normal[MAX_N];                           /* unit, from side B to side A */
  double jump;                                    /* length of grad A - grad B */
  double lambda;
  double step[MAX_N]; /* along the corner */
  double gain;
} Kink;

static double
dot (guint n, const double *a, const double *b)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

static double
distance (guint n, const double *a, const double *b)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

/* Fills the side at its x; FALSE where there is no value. */
static gboolean
look (Kink *k, Side *side, gboolean exact, double *hessian)
{
  side->value =
      k->problem->function (k->problem->data, side->x, side->gradient, hessian, exact);
  return isfinite (side->value)
         && isfinite (dot (k->n, side->gradient, side->gradient));
}

/* Brings two sides together: the middle joins the side whose gradient is nearer. */
static gboolean
bisect (Kink *k)
{
  Side middle;
  while (distance (k->n, k->a.x, k->b.x) > GAP)
    {
      for (guint i = 0; i < k->n; i++)
        middle.x[i] = 0.5 * (k->a.x[i] + k->b.x[i]);
      if (!look (k, &middle, FALSE, k->mixed))
        return FALSE;
      const gboolean near_a = distance (k->n, middle.gradient, k->a.gradient)
                              <= distance (k->n, middle.gradient, k->b.gradient);
      *(near_a ? &k->a : &k->b) = middle;
    }
  return TRUE;
}

/* What the two sides are once they are together. FALSE when there is no corner. */
static gboolean
compare_sides (Kink *k)
{
  const double length = sqrt (dot (k->n, k->a.gradient, k->a.gradient));
  k->jump = distance (k->n, k->a.gradient, k->b.gradient);
  for (guint i = 0; i < k->n; i++)
    k->normal[i] = (k->a.gradient[i] - k->b.gradient[i]) / k->jump;
  return k->jump > LEAST_JUMP * (1 + length)
         && fabs (k->a.value - k->b.value) <= CONTINUOUS * (1 + fabs (k->a.value));
}

/* Looks along `direction` (unit) from side A, further and further, for a gradient that
 * the second derivative of side A does not foretell. */
static gboolean
look_along (Kink *k, const double *direction)
{
  const guint n = k->n;
  const Side start = k->a;
  for (double reach = 1e-9; reach < 1.0; reach *= 8)
    {
      double mismatch = 0;
      k->a = start;
      for (guint i = 0; i < n; i++)
        k->b.x[i] = start.x[i] + reach * direction[i];
      if (!look (k, &k->b, FALSE, k->mixed))
        return FALSE;
      for (guint i = 0; i < n; i++)
        {
          double foretold =
              start.gradient[i] + 2 * reach * dot (n, k->hessian_a + i * n, direction);
          mismatch = MAX (mismatch, fabs (k->b.gradient[i] - foretold));
        }
      const double length = sqrt (dot (n, start.gradient, start.gradient));
      if (mismatch > LEAST_JUMP * (1 + length) && bisect (k) && compare_sides (k))
        return TRUE;
    }
  k->a = start;
  return FALSE;
}

/* From where a search gave up: downhill, and along the step it would have taken. */
static gboolean
find (Kink *k)
{
  const guint n = k->n;
  double direction[MAX_N];
  if (!look (k, &k->a, TRUE, k->hessian_a))
    return FALSE;
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      for (guint i = 0; i < n; i++)
        direction[i] = -k->a.gradient[i];
      if (attempt == 1)
        {
          Side again = k->a;
          if (!look (k, &again, FALSE, k->mixed)
              || !tdm_cholesky (n, k->mixed, k->factor))
            return FALSE;
          tdm_cholesky_solve (n, k->factor, direction, direction);
        }
      const double length = sqrt (dot (n, direction, direction));
      for (guint i = 0; i < n; i++)
        direction[i] /= length;
      if (length > 0 && look_along (k, direction))
        return TRUE;
    }
  return FALSE;
}

/* The lower factor of the combined second derivative; where it is not positive definite
 * enough is added across the corner, which changes no step along it, then all over. */
static gboolean
factorise (Kink *k)
{
  const guint n = k->n;
  const double weight = CLAMP (k->lambda, 0.0, 1.0);
  double across = 0;
  for (guint i = 0; i < n * n; i++)
    k->mixed[i] = weight * k->hessian_a[i] + (1 - weight) * k->hessian_b[i];
  for (guint i = 0; i < n; i++)
    across = MAX (across, fabs (k->mixed[i * (n + 1)]));
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      k->mixed[i * n + j] += across * k->normal[i] * k->normal[j];
  for (double add = 1e-3 * across; isfinite (add); add *= 8)
    {
      if (tdm_cholesky (n, k->mixed, k->factor))
        return TRUE;
      for (guint i = 0; i < n; i++)
        k->mixed[i * (n + 1)] += add;
    }
  return FALSE;
}

/* The Newton step along the corner and the multiplier it comes with:
 * 2 M d + grad B + lambda (grad A - grad B) = 0, normal' d = 0. */
static gboolean
solve_step (Kink *k)
{
  const guint n = k->n;
  double from_normal[MAX_N];
  if (!look (k, &k->a, TRUE, k->hessian_a) || !look (k, &k->b, TRUE, k->hessian_b)
      || !compare_sides (k))
    return FALSE;
  k->lambda = -dot (n, k->b.gradient, k->normal) / k->jump;
  if (!factorise (k))
    return FALSE;
  tdm_cholesky_solve (n, k->factor, k->b.gradient, k->step);
  tdm_cholesky_solve (n, k->factor, k->normal, from_normal);
  const double multiplier =
      dot (n, k->normal, k->step) / dot (n, k->normal, from_normal);
  k->lambda = -multiplier / k->jump;
  k->gain = 0;
  for (guint i = 0; i < n; i++)
    k->step[i] = -0.5 * (k->step[i] - multiplier * from_normal[i]);
  for (guint i = 0; i < n; i++)
    k->gain += k->step[i] * dot (n, k->mixed + i * n, k->step);
  return TRUE;
}

/* Which side a point is on: the one whose gradient, carried there by its second
 * derivative, is nearer. */
static gboolean
is_side_a (const Kink *k, const Side *from_a, const Side *from_b, const Side *point)
{
  const guint n = k->n;
  double move_a[MAX_N], move_b[MAX_N], off_a = 0, off_b = 0;
  for (guint i = 0; i < n; i++)
    {
      move_a[i] = point->x[i] - from_a->x[i];
      move_b[i] = point->x[i] - from_b->x[i];
    }
  for (guint i = 0; i < n; i++)
    {
      double a = from_a->gradient[i] + 2 * dot (n, k->hessian_a + i * n, move_a);
      double b = from_b->gradient[i] + 2 * dot (n, k->hessian_b + i * n, move_b);
      off_a += (point->gradient[i] - a) * (point->gradient[i] - a);
      off_b += (point->gradient[i] - b) * (point->gradient[i] - b);
    }
  return off_a <= off_b;
}

/* Takes `share` of the step and finds both sides of the corner there. */
static gboolean
follow (Kink *k, double share)
{
  const guint n = k->n;
  const Side from_a = k->a, from_b = k->b;
  const double length = share * sqrt (dot (n, k->step, k->step));
  Side here, there;
  for (guint i = 0; i < n; i++)
    here.x[i] = from_a.x[i] + share * k->step[i];
  if (!look (k, &here, FALSE, k->mixed))
    return FALSE;
  const gboolean on_a = is_side_a (k, &from_a, &from_b, &here);
  for (double reach = MAX (1e-9, 1e-3 * length * length); reach < 0.5; reach *= 8)
    {
      for (guint i = 0; i < n; i++)
        there.x[i] = here.x[i] + (on_a ? -reach : reach) * k->normal[i];
      if (!look (k, &there, FALSE, k->mixed))
        return FALSE;
      if (is_side_a (k, &from_a, &from_b, &there) == on_a)
        continue;
      k->a = on_a ? here : there;
      k->b = on_a ? there : here;
      return bisect (k) && compare_sides (k);
    }
  return FALSE;
}

/* The value at the corner: where lambda is right, the slopes of both sides over the gap
 * between them cancel. */
static double
corner_value (const Kink *k)
{
  return k->lambda * k->a.value + (1 - k->lambda) * k->b.value;
}

/* A step that lowers the value, halved until it does. */
static gboolean
advance (Kink *k)
{
  const Side a = k->a, b = k->b;
  const double most =
      corner_value (k) - 1e-4 * k->gain + ROUNDING * (1 + fabs (a.value));
  for (double share = 1.0; share > 1e-3; share *= 0.5)
    {
      if (follow (k, share) && corner_value (k) <= most)
        return TRUE;
      k->a = a;
      k->b = b;
    }
  return FALSE;
}

/* Integrals from 0 on of x^power exp (-(slope x + curvature x^2) / 2), by Simpson. */
static double
moment (double slope, double curvature, int power)
{
  const guint n = 2000;
  double far = 80 / MAX (slope, 1e-300);
  if (curvature > 0)
    far = MIN (far, sqrt (80 / curvature));
  double step = far / n, sum = 0;
  for (guint i = 0; i <= n; i++)
    {
      double x = i * step, weight = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
      sum += weight * pow (x, power) * exp (-0.5 * (slope + curvature * x) * x);
    }
  return sum * step / 3;
}

/* The curvature h across the corner that is left on one side where all else follows;
 * at least what the prior has, which is 1. */
static double
curvature_across (Kink *k, const double *hessian)
{
  double from_normal[MAX_N];
  if (!tdm_cholesky (k->n, hessian, k->mixed))
    return LEAST_CURVATURE;
  tdm_cholesky_solve (k->n, k->mixed, k->normal, from_normal);
  return MAX (1 / dot (k->n, k->normal, from_normal), LEAST_CURVATURE);
}

/* The second moment of the density across the corner. */
static double
second_moment (Kink *k)
{
  const double slope_a = (1 - k->lambda) * k->jump, slope_b = k->lambda * k->jump;
  const double h_a = curvature_across (k, k->hessian_a);
  const double h_b = curvature_across (k, k->hessian_b);
  return (moment (slope_a, h_a, 2) + moment (slope_b, h_b, 2))
         / (moment (slope_a, h_a, 0) + moment (slope_b, h_b, 0));
}

/* The combined second derivative with, across the corner, the inverse of the density's
 * second moment. */
static void
fill_hessian (Kink *k, double *hessian)
{
  const guint n = k->n;
  double from_normal[MAX_N];
  tdm_cholesky_solve (n, k->factor, k->normal, from_normal);
  const double variance = dot (n, k->normal, from_normal);
  memcpy (hessian, k->mixed, n * n * sizeof (double));
  const double second = second_moment (k);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      hessian[i * n + j] += (1 / second - 1 / variance) * k->normal[i] * k->normal[j];
}

/* The objective rises into both sides only if A lies where grad A - grad B points. */
static gboolean
is_convex (const Kink *k)
{
  double along = 0;
  for (guint i = 0; i < k->n; i++)
    along += (k->a.x[i] - k->b.x[i]) * k->normal[i];
  return along > 0;
}

static TdmKinkResult
minimise_along (Kink *k)
{
  for (guint steps = 0; steps < MAX_STEPS; steps++)
    {
      if (!solve_step (k))
        return TDM_KINK_NONE;
      if (!is_convex (k) || k->lambda < 0 || k->lambda > 1)
        return TDM_KINK_LEAVE;
      if (k->gain <= NEGLIGIBLE_GAIN * (1 + fabs (k->a.value)))
        return TDM_KINK_MINIMUM;
      const double gain = k->gain;
      if (!advance (k))
        return gain <= HIDDEN_GAIN * (1 + fabs (k->a.value)) && solve_step (k)
                   ? TDM_KINK_MINIMUM
                   : TDM_KINK_NONE;
    }
  return TDM_KINK_NONE;
}

/* Away from the corner, into the side on which the objective falls. */
static void
leave (const Kink *k, double *x)
{
  const gboolean into_a =
      is_convex (k) ? k->lambda > 1 : dot (k->n, k->a.gradient, k->normal) < 0;
  const Side *side = into_a ? &k->a : &k->b;
  for (guint i = 0; i < k->n; i++)
    x[i] = side->x[i] + (into_a == is_convex (k) ? 1e-6 : -1e-6) * k->normal[i];
}

TdmKinkResult
tdm_kink_minimise (const TdmMinimiseProblem *problem, double *x, double *hessian,
                   TdmMinimiseReport *report)
{
  const guint n = problem->n;
  g_autofree double *work = g_new (double, 4 * n * n);
  Kink k = { .problem = problem,
             .n = n,
             .hessian_a = work,
             .hessian_b = work + n * n,
             .mixed = work + 2 * n * n,
             .factor = work + 3 * n * n };
  g_assert (n <= MAX_N);
  memcpy (k.a.x, x, n * sizeof (double));
  if (!find (&k))
    return TDM_KINK_NONE;
  TdmKinkResult result = minimise_along (&k);
  if (result == TDM_KINK_LEAVE)
    leave (&k, x);
  if (result != TDM_KINK_MINIMUM)
    return result;
  const Side *lower = k.a.value <= k.b.value ? &k.a : &k.b;
  double shortest[MAX_N];
  for (guint i = 0; i < n; i++)
    shortest[i] = k.b.gradient[i] + k.lambda * k.jump * k.normal[i];
  memcpy (x, lower->x, n * sizeof (double));
  fill_hessian (&k, hessian);
  report->value = lower->value;
  report->gradient_norm = sqrt (dot (n, shortest, shortest));
  return result;
}
