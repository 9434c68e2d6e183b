/* The periodic state of an ODE structure: x = Phi(x), where Phi is one cycle.
 *
 * Newton's method, from a body to which nothing was given: x += (I - M)^-1 (Phi(x) -
 * x), M = dPhi/dx from jets whose variables are the states. With saturable elimination
 * Phi is convex, so the iterates rise monotonically to the steady state, or without
 * bound when there is none; where states have a level of their own (a turnover),
 * nothing of the kind is assumed. Where Newton's step goes down though a cycle raises
 * all amounts, there is either none or Phi is not convex (autoinduction): some cycles
 * are then gone through as they come. The derivatives follow from the implicit function
 * theorem: the same step on jets over the effects, with the M of the solution, gains
 * one order of derivatives a pass. */
#include "pk/ode.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "num/linalg.h"

#define MAX_ITERATIONS 60
#define CLOSE 1e-7
#define NOISE 1e-4
#define MAX_DOUBTS 4
/* No steady state a patient could reach holds this many times the input of a cycle. */
#define MOST 1e5

typedef struct
{
  const TdmPkOdeSearch *search;
  guint n;
  TdmPkCycle cycle; /* over the states' jets, its derivatives dropped */
  double input; /* mg in one cycle, or where it is more, the largest state at rest */
  gboolean from_rest;                      /* states are not 0 at rest */
  double *x, *phi, *step, *scale, *matrix; /* plain; matrix = I - M */
  double *rest;
  double *states; /* n jets over the states */
} Search;

/* Constants over `to` that have the values of jets over `from`. Yours. */
static double *
constants (const TdmJetSpace *to, const TdmJetSpace *from, const double *jets,
           guint count)
{
  double *result = g_new (double, (gsize)count * to->size + 1);
  for (guint i = 0; i < count; i++)
    tdm_jet_set (to, result + i * to->size, jets[i * from->size]);
  return result;
}

/* Carries `states` through a cycle. The cycle's stretches all state the cycle's start:
 * here the clock goes on from one to the next. */
static gboolean
run_cycle (gpointer stepper, const TdmJetSpace *s, const TdmPkCycle *cycle,
           double *states, GError **error)
{
  g_autofree double *clock = g_new (double, s->size);
  tdm_jet_copy (s, clock, cycle->stretch[0].start);
  for (guint i = 0; i < cycle->n; i++)
    {
      TdmPkStretch stretch = cycle->stretch[i];
      stretch.start = clock;
      if ((stretch.dt[0] > 0.0 || !stretch.plain)
          && !tdm_pk_ode.step (stepper, &stretch, states, NULL, error))
        return FALSE;
      tdm_jet_add (s, clock, clock, stretch.dt);
      if (cycle->bolus[i] != NULL)
        tdm_jet_add (s, states + cycle->state * s->size,
                     states + cycle->state * s->size, cycle->bolus[i]);
    }
  return TRUE;
}

static double
input_of (const TdmPkCycle *cycle, guint n_states, guint size)
{
  double sum = 0.0;
  for (guint i = 0; i < cycle->n; i++)
    {
      if (cycle->bolus[i] != NULL)
        sum += cycle->bolus[i][0];
      for (guint k = 0; cycle->stretch[i].rates != NULL && k < n_states; k++)
        sum += cycle->stretch[i].rates[k * size] * cycle->stretch[i].dt[0];
    }
  return sum;
}

static gboolean
no_steady_state (GError **error)
{
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                       "no steady state: the dose rate is at or above the highest rate "
                       "at which the body can eliminate the drug");
  return FALSE;
}

/* phi = Phi(x) and matrix = I - M there. The variables are the states in units of
 * `scale`, so that the solver's tolerances suit them. */
static gboolean
linearise (Search *self, GError **error)
{
  const guint n = self->n;
  const TdmJetSpace s = tdm_jet_space (n, 1);
  for (guint i = 0; i < n; i++)
    {
      const double usual = self->rest[i] > 0.0 ? self->rest[i] : self->input;
      self->scale[i] = MAX (fabs (self->x[i]), usual > 0.0 ? usual : 1.0);
      tdm_jet_variable (&s, self->states + i * s.size, self->x[i], i);
      self->states[i * s.size + 1 + i] = self->scale[i];
    }
  if (!run_cycle (self->search->inner, &s, &self->cycle, self->states, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      self->phi[i] = self->states[i * s.size];
      for (guint j = 0; j < n; j++)
        self->matrix[i * n + j] =
            (i == j ? 1.0 : 0.0) - self->states[i * s.size + 1 + j] / self->scale[j];
    }
  return TRUE;
}

/* How a Newton step came out. */
typedef enum
{
  STEP_ON,
  STEP_CLOSE,
  STEP_DOUBTFUL, /* all rises in a cycle, but the step goes down */
  STEP_NONE,     /* what is in the body grows for ever */
} Step;

/* x += step, kept from turning an amount negative; `before` is the size of the last
 * step relative to the scale, replaced by that of this one. */
static Step
apply_step (Search *self, double tolerance, double *before)
{
  double size = 0.0, rise = 0.0, most = 0.0;
  gboolean rising = !self->from_rest;
  for (guint i = 0; i < self->n; i++)
    {
      const double residual = self->phi[i] - self->x[i];
      size = MAX (size, fabs (self->step[i]) / self->scale[i]);
      rise += self->step[i];
      rising = rising && residual >= 0.0;
      double next = self->x[i] + self->step[i];
      if (next < 0.0 && self->phi[i] >= 0.0)
        next = 0.5 * MIN (self->phi[i], self->x[i]);
      self->x[i] = next;
      most = MAX (most, fabs (next));
    }
  /* Near a steady state far above the input the noise of Phi is magnified. */
  const gboolean stalled = size < NOISE && size > 0.5 * *before;
  *before = size;
  if (!isfinite (size) || most > MOST * self->input)
    return self->input > 0.0 || !isfinite (size) ? STEP_NONE : STEP_ON;
  if (size <= tolerance || stalled)
    return STEP_CLOSE;
  /* Small residuals are noise, and say nothing of where the amounts go. */
  return rising && rise < 0.0 && size > NOISE ? STEP_DOUBTFUL : STEP_ON;
}

/* x = the states at rest. */
static void
start_from_rest (Search *self)
{
  const TdmJetSpace s = tdm_jet_space (self->n, 1);
  tdm_pk_ode.rest (self->search->inner, self->cycle.stretch[0].start, self->states);
  for (guint i = 0; i < self->n; i++)
    {
      self->x[i] = self->rest[i] = self->states[i * s.size];
      self->from_rest = self->from_rest || self->x[i] != 0.0;
      self->input = MAX (self->input, fabs (self->x[i]));
    }
}

static gboolean
solve_values (Search *self, GError **error)
{
  const guint n = self->n;
  const double tolerance = MAX (CLOSE, 20.0 * self->search->accuracy->relative);
  double before = INFINITY;
  guint doubts = 0;
  start_from_rest (self);
  for (guint i = 0; i < MAX_ITERATIONS; i++)
    {
      if (!linearise (self, error))
        return FALSE;
      for (guint k = 0; k < n; k++)
        self->step[k] = self->phi[k] - self->x[k];
      if (!tdm_general_solve (n, self->matrix, 1, self->step))
        return no_steady_state (error);
      Step step = apply_step (self, tolerance, &before);
      if (step == STEP_CLOSE)
        return TRUE;
      doubts = step == STEP_DOUBTFUL ? doubts + 1 : 0;
      if (step == STEP_NONE || doubts > MAX_DOUBTS)
        return no_steady_state (error);
      if (step == STEP_DOUBTFUL)
        memcpy (self->x, self->phi, n * sizeof (double));
    }
  g_set_error_literal (
      error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
      "no steady state was found: the amounts neither settle nor grow");
  return FALSE;
}

/* x of the values becomes x on the jets of the prediction. */
static gboolean
solve_jets (Search *self, const TdmPkCycle *cycle, double *states, GError **error)
{
  const TdmJetSpace *s = &self->search->space;
  const guint n = self->n, count = n * s->size;
  g_autofree double *phi = g_new (double, count);
  for (guint i = 0; i < n; i++)
    tdm_jet_set (s, states + i * s->size, self->x[i]);
  for (guint pass = 0; s->order > 0 && pass <= s->order; pass++)
    {
      memcpy (phi, states, count * sizeof (double));
      if (!run_cycle (self->search->outer, s, cycle, phi, error))
        return FALSE;
      for (guint k = 0; k < count; k++)
        phi[k] -= states[k];
      if (!tdm_general_solve (n, self->matrix, s->size, phi))
        return no_steady_state (error);
      for (guint k = 0; k < count; k++)
        states[k] += phi[k];
    }
  return TRUE;
}

/* The cycle without its derivatives, as constants over the states' jets; the blocks are
 * owned by `pool`. */
static void
freeze_cycle (Search *self, const TdmPkCycle *cycle, GPtrArray *pool)
{
  const TdmJetSpace *from = &self->search->space;
  const TdmJetSpace to = tdm_jet_space (self->n, 1);
  self->cycle = *cycle;
  for (guint i = 0; i < cycle->n; i++)
    {
      TdmPkStretch *stretch = &self->cycle.stretch[i];
      const TdmPkStretch *given = &cycle->stretch[i];
      double *start = constants (&to, from, given->start, 1);
      double *dt = constants (&to, from, given->dt, 1);
      g_ptr_array_add (pool, start);
      g_ptr_array_add (pool, dt);
      stretch->start = start;
      stretch->dt = dt;
      stretch->plain = stretch->rates_plain = TRUE;
      if (given->rates != NULL)
        {
          stretch->rates = constants (&to, from, given->rates, self->n);
          g_ptr_array_add (pool, (gpointer)stretch->rates);
        }
      if (cycle->bolus[i] != NULL)
        {
          self->cycle.bolus[i] = constants (&to, from, cycle->bolus[i], 1);
          g_ptr_array_add (pool, (gpointer)self->cycle.bolus[i]);
        }
    }
}

gboolean
tdm_pk_ode_periodic (const TdmPkOdeSearch *search, const TdmPkCycle *cycle,
                     double *states, GError **error)
{
  const TdmPkStructure *structure = search->structure;
  const guint n = structure->n_states;
  const TdmJetSpace own = tdm_jet_space (n, 1);
  g_autoptr (GPtrArray) pool = g_ptr_array_new_with_free_func (g_free);
  g_autofree double *memory = g_new0 (double, n *(5 + n + own.size));
  Search self = { .search = search,
                  .n = n,
                  .input = input_of (cycle, n, search->space.size),
                  .x = memory,
                  .phi = memory + n,
                  .step = memory + 2 * n,
                  .scale = memory + 3 * n,
                  .matrix = memory + 4 * n,
                  .rest = memory + 4 * n + n * n,
                  .states = memory + 5 * n + n * n };
  double *parameters =
      constants (&own, &search->space, search->parameters, structure->n_parameters);
  g_ptr_array_add (pool, parameters);
  freeze_cycle (&self, cycle, pool);
  const TdmPkParameters constant = { .start = parameters };
  return tdm_pk_ode.begin (search->inner, structure, &own, search->accuracy, error)
         && tdm_pk_ode.set_parameters (search->inner, &constant, error)
         && solve_values (&self, error) && solve_jets (&self, cycle, states, error);
}
