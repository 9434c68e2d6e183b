/* Trajectories of random length (so that none is periodic), their step size adapted by
 * dual averaging (Hoffman and Gelman, J Mach Learn Res 2014;15:1593, algorithm 5)
 * during the warm-up. Each draw is one trajectory and one Metropolised jump. */
#include "num/hmc.h"

#include <math.h>
#include <string.h>

#define TARGET_ACCEPTANCE 0.8
#define MOST_STEPS 48
/* A quarter of the period of a standard normal variable: where it has forgotten most.
 */
#define QUARTER 1.5707963267948966
/* An error of the energy beyond this is a divergence. */
#define DIVERGENT 50.0
/* Dual averaging. */
#define PULL 0.05
#define DELAY 10.0
#define DECAY 0.75

typedef struct
{
  const TdmHmc *spec;
  TdmRandom *random;
  double *x, *gradient; /* where the chain is */
  double value;
  double *at, *at_gradient, *momentum; /* of a trajectory */
  double step, log_mean, error_sum, centre;
} Chain;

static gboolean
stopped (const Chain *c)
{
  return c->spec->stop && c->spec->stop (c->spec->data);
}

static double
kinetic (const Chain *c)
{
  double sum = 0;
  for (guint i = 0; i < c->spec->n; i++)
    sum += 0.5 * c->momentum[i] * c->momentum[i];
  return sum;
}

/* Leapfrog; returns ln density at its end. */
static double
integrate (Chain *c, guint steps, double step)
{
  const guint n = c->spec->n;
  double value = c->value;
  memcpy (c->at, c->x, n * sizeof (double));
  memcpy (c->at_gradient, c->gradient, n * sizeof (double));
  for (guint k = 0; k < steps && isfinite (value) && !stopped (c); k++)
    {
      for (guint i = 0; i < n; i++)
        {
          c->momentum[i] += 0.5 * step * c->at_gradient[i];
          c->at[i] += step * c->momentum[i];
        }
      value = c->spec->density (c->spec->data, c->at, c->at_gradient);
      for (guint i = 0; i < n; i++)
        c->momentum[i] += 0.5 * step * c->at_gradient[i];
    }
  return value;
}

static void
move_to (Chain *c, double value)
{
  memcpy (c->x, c->at, c->spec->n * sizeof (double));
  memcpy (c->gradient, c->at_gradient, c->spec->n * sizeof (double));
  c->value = value;
}

/* One trajectory; returns the chance with which it was accepted. */
static double
travel (Chain *c, gboolean *divergent)
{
  for (guint i = 0; i < c->spec->n; i++)
    c->momentum[i] = tdm_random_normal (c->random);
  double before = c->value - kinetic (c);
  double length = QUARTER * (0.5 + tdm_random_uniform (c->random));
  guint steps = (guint)CLAMP (ceil (length / c->step), 1, MOST_STEPS);
  double value = integrate (c, steps, c->step);
  double gain = value - kinetic (c) - before;
  *divergent = !(gain > -DIVERGENT);
  double chance = isnan (gain) ? 0 : MIN (1, exp (gain));
  if (tdm_random_uniform (c->random) < chance)
    move_to (c, value);
  return chance;
}

/* An independent proposal, accepted by Metropolis and Hastings. */
static gboolean
jump (Chain *c)
{
  const TdmHmc *spec = c->spec;
  if (!spec->propose)
    return FALSE;
  spec->propose (spec->data, c->random, c->at);
  double value = spec->density (spec->data, c->at, c->at_gradient);
  double gain = value - spec->proposal_density (spec->data, c->at) - c->value
                + spec->proposal_density (spec->data, c->x);
  if (!(log (tdm_random_uniform (c->random)) < gain))
    return FALSE;
  move_to (c, value);
  return TRUE;
}

static void
adapt (Chain *c, guint m, double chance)
{
  double share = 1 / (m + DELAY);
  c->error_sum = (1 - share) * c->error_sum + share * (TARGET_ACCEPTANCE - chance);
  double logarithm = c->centre - sqrt (m) / PULL * c->error_sum;
  double weight = pow (m, -DECAY);
  c->log_mean = weight * logarithm + (1 - weight) * c->log_mean;
  c->step = CLAMP (exp (logarithm), 1e-5, QUARTER);
}

static gboolean
run (Chain *c, double *out, TdmHmcReport *report)
{
  const TdmHmc *spec = c->spec;
  for (guint m = 1; m <= spec->warmup + spec->keep; m++)
    {
      gboolean divergent, kept = m > spec->warmup;
      double chance = travel (c, &divergent);
      gboolean jumped = jump (c);
      if (stopped (c))
        return FALSE;
      if (!kept)
        adapt (c, m, chance);
      if (m == spec->warmup)
        c->step = CLAMP (exp (c->log_mean), 1e-5, QUARTER);
      if (!kept)
        continue;
      memcpy (out + (gsize)(m - spec->warmup - 1) * spec->n, c->x,
              spec->n * sizeof (double));
      report->acceptance += chance / spec->keep;
      report->divergences += divergent;
      report->jumps += jumped;
    }
  report->step = c->step;
  return TRUE;
}

gboolean
tdm_hmc_run (const TdmHmc *self, TdmRandom *random, const double *start, double *out,
             TdmHmcReport *report)
{
  const guint n = self->n;
  g_autofree double *room = g_new0 (double, 5 * n + 1);
  Chain c = { .spec = self,
              .random = random,
              .x = room,
              .gradient = room + n,
              .at = room + 2 * n,
              .at_gradient = room + 3 * n,
              .momentum = room + 4 * n,
              .step = 0.5 };
  *report = (TdmHmcReport){ 0 };
  c.centre = log (10 * c.step);
  memcpy (c.x, start, n * sizeof (double));
  c.value = self->density (self->data, c.x, c.gradient);
  return isfinite (c.value) && run (&c, out, report);
}
