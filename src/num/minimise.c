/* Reference: J. Nocedal, S. Wright, Numerical Optimization, 2nd ed., Springer 2006, ch.
 * 4 and 10.3 (Levenberg–Marquardt as a trust-region method). The damping is a multiple
 * of the identity, so variables must be of comparable scale (random effects in prior
 * standard deviations are); it vanishes near the optimum, where steps are full Newton
 * steps. */
#include "num/minimise.h"

#include "num/linalg.h"

#include <math.h>
#include <string.h>

#define MAX_N 64

/* Below this gain (relative to 1 + |value|) the difference of two values is rounding,
 * or noise of a differential equation solver: there the Newton step is trusted unless
 * the value rises visibly. */
#define NOISE 1e-9

typedef struct
{
  const TdmMinimiseProblem *problem;
  double x[MAX_N], gradient[MAX_N], step[MAX_N];
  double new_x[MAX_N], new_gradient[MAX_N];
  double *hessian, *new_hessian, *factor;
  double value, damping;
} State;

/* The value at x; INFINITY as well where a derivative is not a number. */
static double
evaluate (const State *s, const double *x, double *gradient, double *hessian)
{
  const TdmMinimiseProblem *p = s->problem;
  double value = p->function (p->data, x, gradient, hessian, p->exact);
  for (guint i = 0; isfinite (value) && i < p->n; i++)
    if (!isfinite (gradient[i]))
      return INFINITY;
  for (guint i = 0; isfinite (value) && i < p->n * p->n; i++)
    if (!isfinite (hessian[i]))
      return INFINITY;
  return value;
}

/* step = -(H + damping I)^-1 g / 2, damping raised until that matrix is positive
 * definite. FALSE when overflow keeps it from ever being so. */
static gboolean
solve_step (State *s)
{
  const guint n = s->problem->n;
  for (;;)
    {
      memcpy (s->factor, s->hessian, n * n * sizeof (double));
      for (guint i = 0; i < n; i++)
        s->factor[i * n + i] += s->damping;
      if (tdm_cholesky (n, s->factor, s->factor))
        break;
      s->damping = MAX (4 * s->damping, 1e-3);
      if (!isfinite (s->damping))
        return FALSE;
    }
  for (guint i = 0; i < n; i++)
    s->step[i] = -0.5 * s->gradient[i];
  tdm_cholesky_solve (n, s->factor, s->step, s->step);
  return TRUE;
}

static double
norm (guint n, const double *v)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += v[i] * v[i];
  return sqrt (sum);
}

static void
limit_step (State *s)
{
  double length = norm (s->problem->n, s->step);
  if (length > s->problem->max_step)
    for (guint i = 0; i < s->problem->n; i++)
      s->step[i] *= s->problem->max_step / length;
}

/* -(g'd + d'Hd): what the quadratic model gains by the step. */
static double
predicted_gain (const State *s)
{
  const guint n = s->problem->n;
  double gain = 0;
  for (guint i = 0; i < n; i++)
    {
      double row = 0;
      for (guint j = 0; j < n; j++)
        row += s->hessian[i * n + j] * s->step[j];
      gain -= s->step[i] * (s->gradient[i] + row);
    }
  return gain;
}

/* What a full Newton step from here would gain, g' H^-1 g / 4; INFINITY where there is
 * none. Damping makes any step gain little, so only this tells a minimum. */
static double
newton_gain (State *s)
{
  const guint n = s->problem->n;
  double gain = 0;
  if (!tdm_cholesky (n, s->hessian, s->factor))
    return INFINITY;
  tdm_lower_solve (n, s->factor, s->gradient, s->step);
  for (guint i = 0; i < n; i++)
    gain += 0.25 * s->step[i] * s->step[i];
  return gain;
}

/* Whether so many steps in a row were rejected that no further one is tried. Rounding
 * hides small gains; so does noise of a differential equation solver. */
static gboolean
gives_up (State *s, guint rejected, double scale, TdmMinimiseReport *report)
{
  if (rejected < 3)
    return FALSE;
  report->predicted_gain = newton_gain (s);
  return rejected >= 12 || report->predicted_gain <= 1e-9 * scale;
}

static void
accept (State *s, double value)
{
  const guint n = s->problem->n;
  memcpy (s->x, s->new_x, n * sizeof (double));
  memcpy (s->gradient, s->new_gradient, n * sizeof (double));
  memcpy (s->hessian, s->new_hessian, n * n * sizeof (double));
  s->value = value;
}

static void
adapt_damping (State *s, double ratio)
{
  if (ratio > 0.75)
    s->damping = s->damping < 1e-4 ? 0.0 : s->damping / 6;
  else if (!(ratio > 0.25))
    s->damping = MAX (4 * s->damping, 0.05);
}

/* Tries the step; TRUE when it was accepted. */
static gboolean
try_step (State *s, double gain)
{
  const TdmMinimiseProblem *p = s->problem;
  for (guint i = 0; i < p->n; i++)
    s->new_x[i] = s->x[i] + s->step[i];
  double value = evaluate (s, s->new_x, s->new_gradient, s->new_hessian);
  double ratio = isfinite (value) ? (s->value - value) / gain : -1.0;
  double noise = NOISE * (1 + fabs (s->value));
  if (gain <= noise && s->damping == 0.0 && value - s->value <= noise)
    ratio = 1.0;
  adapt_damping (s, ratio);
  if (!(ratio > 1e-4))
    return FALSE;
  accept (s, value);
  return TRUE;
}

/* The last Newton step is known and too short to need another evaluation. */
static void
take_last_step (State *s, double gain)
{
  for (guint i = 0; i < s->problem->n; i++)
    s->x[i] += s->step[i];
  s->value -= gain;
}

/* Progress, looked at every `patience` iterations. */
typedef struct
{
  guint due;
  double value;
} Milestone;

static gboolean
is_stalled (State *s, guint iterations, Milestone *last)
{
  const TdmMinimiseProblem *p = s->problem;
  if (p->patience == 0 || iterations < last->due)
    return FALSE;
  const double gained = last->value - s->value;
  const double least = p->stall_gain * (1 + fabs (s->value));
  last->due = iterations + p->patience;
  last->value = s->value;
  return gained < least && newton_gain (s) > least;
}

static TdmMinimiseStop
iterate (State *s, TdmMinimiseReport *report)
{
  const TdmMinimiseProblem *p = s->problem;
  Milestone milestone = { p->patience, s->value };
  guint rejected = 0;
  for (;;)
    {
      double scale = 1 + fabs (s->value);
      if (gives_up (s, rejected, scale, report))
        return report->predicted_gain <= 1e-7 * scale ? TDM_MINIMISE_STEP
                                                      : TDM_MINIMISE_FAILED;
      if (is_stalled (s, report->iterations, &milestone))
        return TDM_MINIMISE_STALLED;
      if (!solve_step (s))
        return TDM_MINIMISE_FAILED;
      double gain = predicted_gain (s);
      if (s->damping == 0.0)
        report->predicted_gain = gain;
      if (s->damping == 0.0 && gain <= p->tolerance * scale)
        {
          take_last_step (s, gain);
          return TDM_MINIMISE_GRADIENT;
        }
      limit_step (s);
      gain = predicted_gain (s);
      if (report->iterations++ >= p->max_iterations)
        return TDM_MINIMISE_ITERATIONS;
      gboolean accepted = gain > 0 && try_step (s, gain);
      if (!accepted && gain <= 0)
        adapt_damping (s, -1.0);
      rejected = accepted ? 0 : rejected + 1;
      if (accepted && p->watch && p->watch (p->data, s->x, s->value))
        return TDM_MINIMISE_ASKED;
    }
}

void
tdm_minimise (const TdmMinimiseProblem *problem, double *x, double *hessian,
              TdmMinimiseReport *report)
{
  const guint n = problem->n;
  double stack[3 * 16 * 16], *work = stack;
  g_autofree double *heap = NULL;
  g_assert (n <= MAX_N);
  if (n > 16)
    work = heap = g_new (double, 3 * n * n);
  State s = { .problem = problem,
              .hessian = work,
              .new_hessian = work + n * n,
              .factor = work + 2 * n * n };
  memcpy (s.x, x, n * sizeof (double));
  *report = (TdmMinimiseReport){ .stop = TDM_MINIMISE_FAILED, .predicted_gain = 0 };
  s.value = evaluate (&s, s.x, s.gradient, s.hessian);
  if (isfinite (s.value))
    report->stop = iterate (&s, report);
  report->value = s.value;
  report->gradient_norm = isfinite (s.value) ? norm (n, s.gradient) : INFINITY;
  memcpy (x, s.x, n * sizeof (double));
  memcpy (hessian, s.hessian, n * n * sizeof (double));
}
