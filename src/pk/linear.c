/* The closed-form stepper: one propagator per parameter set and length of time, kept
 * while the set is in force. */
#include "pk/linear.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

static gpointer
linear_new (void)
{
  TdmPkLinear *self = g_new0 (TdmPkLinear, 1);
  self->hypo = tdm_hypo_new ();
  return self;
}

static void
linear_free (gpointer data)
{
  TdmPkLinear *self = data;
  tdm_hypo_free (self->hypo);
  g_free (self->buffer);
  g_free (self);
}

/* Most doubles the propagators may take: they should stay in a cache of the processor.
 */
#define CACHE_DOUBLES 32768

static gsize
propagator_jets (const TdmPkLinear *self)
{
  return self->c * self->c + self->n * self->c + self->n
         + self->n_states * self->n_states;
}

static gsize
parameter_jets (const TdmPkLinear *self)
{
  return 3 + 9 + 9 + 1 + 1 + 1 + 5 + TDM_PK_LINEAR_SCRATCH + 2 * self->n_states;
}

static double *
take (double **next, gsize jets, guint size)
{
  double *block = *next;
  *next += jets * size;
  return block;
}

static void
lay_out (TdmPkLinear *self)
{
  const guint z = self->space.size, c = self->c, n = self->n, n_states = self->n_states;
  const gsize each = propagator_jets (self) * z;
  self->n_cache = (guint)CLAMP (CACHE_DOUBLES / each, 2, TDM_PK_MAX_CACHE);
  const gsize need = parameter_jets (self) * z + each * self->n_cache;
  if (need > self->capacity)
    {
      self->buffer = g_renew (double, self->buffer, need);
      self->capacity = need;
    }
  double *next = self->buffer;
  self->l = take (&next, 3, z);
  self->a = take (&next, 9, z);
  self->b = take (&next, 9, z);
  self->ktr = take (&next, 1, z);
  self->inverse_cl = take (&next, 1, z);
  self->inverse_v1 = take (&next, 1, z);
  self->k = take (&next, 5, z);
  self->scratch = take (&next, TDM_PK_LINEAR_SCRATCH + 2 * n_states, z);
  for (guint i = 0; i < self->n_cache; i++)
    {
      TdmPkPropagator *q = &self->cache[i];
      q->p = take (&next, c * c, z);
      q->w = take (&next, n * c, z);
      q->t = take (&next, n, z);
      q->f = take (&next, n_states * n_states, z);
    }
}

static gboolean
linear_begin (gpointer data, const TdmPkStructure *structure, const TdmJetSpace *space,
              const TdmPkAccuracy *wanted, GError **error)
{
  TdmPkLinear *self = data;
  self->structure = structure;
  self->stamp++;
  if (self->buffer != NULL && self->c == structure->compartments
      && self->n == structure->chain && self->space.n == space->n
      && self->space.order == space->order)
    return TRUE;
  self->space = *space;
  self->c = structure->compartments;
  self->n = structure->chain;
  self->n_states = self->c + self->n;
  lay_out (self);
  tdm_hypo_begin (self->hypo, space, self->n);
  tdm_pk_linear_choose_kernels (self);
  return TRUE;
}

static gboolean
linear_set_parameters (gpointer data, const TdmPkParameters *given, GError **error)
{
  TdmPkLinear *self = data;
  const double *parameters = given->start;
  g_assert (given->middle == NULL);
  const guint n = 2 * self->c + (self->n > 0 ? 1 : 0);
  for (guint i = 0; i < n; i++)
    {
      const guint slot = i < 2 * self->c ? i : TDM_PK_KA;
      const double value = parameters[self->structure->linear[slot] * self->space.size];
      if (!(value > 0.0) || !isfinite (value))
        {
          g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                       "a clearance, volume or rate is %g; it must be positive", value);
          return FALSE;
        }
    }
  self->set_rates (self, parameters);
  self->stamp++;
  return TRUE;
}

/* The fast kernels divide by the distance of the rates: they serve order <= 1 where
 * that costs no more than two digits. */
static gboolean
is_fast (const TdmPkLinear *self, const TdmPkStretch *stretch)
{
  if (!stretch->plain || self->n > 0 || self->c > 2 || self->space.order > 1)
    return FALSE;
  const guint z = self->space.size;
  const double t = stretch->dt[0];
  const double slowest = self->l[(self->c - 1) * z] * t;
  const double apart = self->c == 1 ? 1.0 : self->l[0] * t - slowest;
  return slowest > 1e-3 && apart > 0.05;
}

/* The slot of a stretch; the last one is for times that carry derivatives. */
static TdmPkPropagator *
find_slot (TdmPkLinear *self, const TdmPkStretch *stretch)
{
  if (!stretch->plain)
    return &self->cache[self->n_cache - 1];
  if (stretch->share != G_MAXUINT)
    return &self->cache[stretch->share % (self->n_cache - 1)];
  guint64 bits;
  memcpy (&bits, stretch->dt, sizeof bits);
  bits *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return &self->cache[(bits >> 40) % (self->n_cache - 1)];
}

static const TdmPkPropagator *
get_propagator (TdmPkLinear *self, const TdmPkStretch *stretch)
{
  TdmPkPropagator *q = find_slot (self, stretch);
  const gboolean known =
      stretch->plain && q->stamp == self->stamp && q->dt == stretch->dt[0];
  const gboolean fast = is_fast (self, stretch);
  if (!known)
    {
      q->stamp = stretch->plain ? self->stamp : 0;
      q->dt = stretch->dt[0];
      q->forced = 0;
      if (fast)
        self->fill_fast (self, q);
      else
        tdm_pk_linear_fill (self, q, stretch->dt);
    }
  if (stretch->rates == NULL)
    return q;
  for (guint i = 0; i < self->n_states; i++)
    {
      const guint64 bit = G_GUINT64_CONSTANT (1) << i;
      if (q->forced & bit || stretch->rates[i * self->space.size] == 0.0)
        continue;
      if (fast)
        self->force_fast (self, q);
      else
        tdm_pk_linear_force (self, q, stretch->dt, i);
      q->forced |= bit;
    }
  return q;
}

static gboolean
linear_step (gpointer data, const TdmPkStretch *stretch, double *states, double *area,
             GError **error)
{
  TdmPkLinear *self = data;
  const TdmPkPropagator *q = get_propagator (self, stretch);
  if (area == NULL)
    {
      self->advance (self, q, stretch, states);
      return TRUE;
    }
  const guint n = self->n_states * self->space.size;
  double *before = self->scratch + TDM_PK_LINEAR_SCRATCH * self->space.size + n;
  memcpy (before, states, n * sizeof (double));
  self->advance (self, q, stretch, states);
  self->area (self, stretch, before, states, area);
  return TRUE;
}

static void
linear_output (gpointer data, guint output, const double *time, const double *states,
               double *value)
{
  TdmPkLinear *self = data;
  tdm_jet_mul (&self->space, value, states, self->inverse_v1);
}

/* Solves (I - P) x = r in place for the disposition compartments. I - P is an M-matrix
 * with dominant columns, so elimination needs no pivots. */
static void
solve_disposition (TdmPkLinear *self, const TdmPkPropagator *q, double *x)
{
  const TdmJetSpace *s = &self->space;
  const guint z = s->size, c = self->c;
  double *m = self->scratch, *factor = m + 9 * z, *t = factor + z;
  for (guint i = 0; i < c * c; i++)
    {
      tdm_jet_scale (s, m + i * z, q->p + i * z, -1.0);
      if (i % (c + 1) == 0)
        m[i * z] += 1.0;
    }
  for (guint k = 0; k < c; k++)
    for (guint i = k + 1; i < c; i++)
      {
        tdm_jet_div (s, factor, m + (i * c + k) * z, m + (k * c + k) * z);
        for (guint j = k + 1; j < c; j++)
          {
            tdm_jet_mul (s, t, factor, m + (k * c + j) * z);
            tdm_jet_sub (s, m + (i * c + j) * z, m + (i * c + j) * z, t);
          }
        tdm_jet_mul (s, t, factor, x + k * z);
        tdm_jet_sub (s, x + i * z, x + i * z, t);
      }
  for (guint k = c; k-- > 0;)
    {
      for (guint j = k + 1; j < c; j++)
        {
          tdm_jet_mul (s, t, m + (k * c + j) * z, x + j * z);
          tdm_jet_sub (s, x + k * z, x + k * z, t);
        }
      tdm_jet_div (s, x + k * z, x + k * z, m + (k * c + k) * z);
    }
}

/* x holds what one period leaves of nothing; makes it the state that comes back. The
 * chain first, in order of passage, then the disposition which it feeds. */
static void
solve_periodic (TdmPkLinear *self, const TdmPkPropagator *q, double *x)
{
  const TdmJetSpace *s = &self->space;
  const guint z = s->size, c = self->c, n = self->n;
  double *rest = self->scratch;
  tdm_jet_set (s, rest, 1.0);
  if (n > 0)
    tdm_jet_sub (s, rest, rest, q->t);
  for (guint i = 0; i < n; i++)
    {
      double *here = x + (c + i) * z;
      for (guint k = 1; k <= i; k++)
        tdm_jet_muladd (s, here, q->t + k * z, x + (c + i - k) * z);
      tdm_jet_div (s, here, here, rest);
    }
  for (guint i = 0; i < c; i++)
    for (guint j = 1; j <= n; j++)
      tdm_jet_muladd (s, x + i * z, q->w + ((j - 1) * c + i) * z, x + (c + n - j) * z);
  solve_disposition (self, q, x);
}

static gboolean
linear_periodic (gpointer data, const TdmPkCycle *cycle, double *states, GError **error)
{
  TdmPkLinear *self = data;
  const TdmJetSpace *s = &self->space;
  memset (states, 0, self->n_states * s->size * sizeof (double));
  for (guint i = 0; i < cycle->n; i++)
    {
      if (!linear_step (self, &cycle->stretch[i], states, NULL, error))
        return FALSE;
      if (cycle->bolus[i] != NULL)
        {
          double *to = states + cycle->state * s->size;
          tdm_jet_add (s, to, to, cycle->bolus[i]);
        }
    }
  double interval[1 + 64 + 64 * 65 / 2];
  tdm_jet_set (s, interval, cycle->interval_h);
  const TdmPkStretch whole = {
    .start = interval, .dt = interval, .plain = TRUE, .share = G_MAXUINT
  };
  solve_periodic (self, get_propagator (self, &whole), states);
  double total = 0.0, least = 0.0;
  for (guint i = 0; i < self->n_states; i++)
    {
      total += states[i * s->size];
      least = MIN (least, states[i * s->size]);
    }
  if (isfinite (total) && least >= -1e-9 * total)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "the dose repeated every %g h has no steady state", cycle->interval_h);
  return FALSE;
}

static TdmOdeMethod
linear_method (gpointer instance)
{
  return TDM_ODE_AUTO;
}

static void
linear_rest (gpointer instance, const double *time, double *states)
{
  const TdmPkLinear *self = instance;
  memset (states, 0, (gsize)self->n_states * self->space.size * sizeof (double));
}

const TdmPkStepper tdm_pk_linear = {
  .new = linear_new,
  .free = linear_free,
  .begin = linear_begin,
  .set_parameters = linear_set_parameters,
  .rest = linear_rest,
  .step = linear_step,
  .output = linear_output,
  .periodic = linear_periodic,
  .method = linear_method,
};
