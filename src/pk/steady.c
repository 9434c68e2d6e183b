/* The periodic regime of one dose line: trough, peak, area, values.
 *
 * Walks the cycle from the nominal time of a dose. Without a chain the concentration of
 * a LINEAR structure is highest where an input starts or ends; elsewhere each stretch
 * is sampled and the maximum around the highest sample found by Brent's method (R.
 * Brent, Algorithms for Minimization without Derivatives, 1973, ch. 5). */
#include "pk/walk.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define SAMPLES 32

typedef struct
{
  TdmPkWork *work;
  const TdmPkStructure *structure;
  double time_h; /* of the dose */
  double *state; /* at the start of the current stretch */
  double *probe;
  TdmPkSteadyState *out;
} Regime;

/* Never below zero, as in a walk. */
static double
concentration (const Regime *self, double offset_h, const double *states)
{
  double value, time = self->time_h + offset_h;
  self->work->stepper->output (self->work->self, 0, &time, states, &value);
  return value < 0.0 ? 0.0 : value;
}

static void
offer_peak (Regime *self, double offset_h, double value)
{
  if (value <= self->out->peak)
    return;
  self->out->peak = value;
  self->out->peak_time_h = offset_h;
}

/* probe = the state `dt` into a stretch that starts `offset_h` after the dose. */
static gboolean
probe (Regime *self, const TdmPkStretch *stretch, double offset_h, double dt,
       GError **error)
{
  TdmPkWork *work = self->work;
  double start = self->time_h + offset_h;
  TdmPkStretch part = *stretch;
  part.start = &start;
  part.dt = &dt;
  memcpy (self->probe, self->state, work->n_states * sizeof (double));
  return work->stepper->step (work->self, &part, self->probe, NULL, error);
}

/* The highest point between `low` and `high` into the stretch, by golden section with
 * parabolic steps (Brent); the concentration there is exact to rounding. */
static gboolean
climb (Regime *self, const TdmPkStretch *stretch, double offset_h,
       const double bracket[2], GError **error)
{
  const double golden = 0.3819660112501051;
  double low = bracket[0], high = bracket[1];
  double x = low + golden * (high - low), w = x, v = x, step = 0.0, before = 0.0;
  if (!probe (self, stretch, offset_h, x, error))
    return FALSE;
  double fx = concentration (self, offset_h + x, self->probe), fw = fx, fv = fx;
  for (guint i = 0; i < 60; i++)
    {
      const double middle = 0.5 * (low + high), tolerance = 1e-8 * (1.0 + x);
      if (fabs (x - middle) + 0.5 * (high - low) <= 2.0 * tolerance)
        break;
      double r = (x - w) * (fv - fx), q = (x - v) * (fw - fx),
             p = (x - v) * q - (x - w) * r;
      q = 2.0 * (q - r);
      p = q > 0.0 ? -p : p;
      q = fabs (q);
      if (fabs (p) < fabs (0.5 * q * before) && p > q * (low - x) && p < q * (high - x))
        {
          before = step;
          step = p / q;
        }
      else
        {
          before = x < middle ? high - x : low - x;
          step = golden * before;
        }
      const double u =
          x + (fabs (step) >= tolerance ? step : copysign (tolerance, step));
      if (!probe (self, stretch, offset_h, u, error))
        return FALSE;
      const double fu = concentration (self, offset_h + u, self->probe);
      if (fu >= fx)
        {
          *(u < x ? &high : &low) = x;
          v = w, fv = fw, w = x, fw = fx, x = u, fx = fu;
          continue;
        }
      *(u < x ? &low : &high) = u;
      if (fu >= fw || w == x)
        v = w, fv = fw, w = u, fw = fu;
      else if (fu >= fv || v == x || v == w)
        v = u, fv = fu;
    }
  offer_peak (self, offset_h + x, fx);
  return TRUE;
}

/* Samples a stretch and climbs around the highest sample. */
static gboolean
search_peak (Regime *self, const TdmPkStretch *stretch, double offset_h, GError **error)
{
  TdmPkWork *work = self->work;
  const double length = stretch->dt[0], step = length / SAMPLES;
  TdmPkStretch part = *stretch;
  double start = self->time_h + offset_h;
  part.start = &start;
  part.dt = &step;
  memcpy (self->probe, self->state, work->n_states * sizeof (double));
  double highest = concentration (self, offset_h, self->probe);
  guint best = 0;
  for (guint i = 1; i <= SAMPLES; i++)
    {
      if (!work->stepper->step (work->self, &part, self->probe, NULL, error))
        return FALSE;
      start += step;
      const double value = concentration (self, offset_h + i * step, self->probe);
      if (value > highest)
        {
          highest = value;
          best = i;
        }
    }
  if (best == 0 || best == SAMPLES)
    {
      /* A slope towards the end says that the end itself is the highest point. */
      const double inside = best == 0 ? 1e-4 * step : length - 1e-4 * step;
      if (!probe (self, stretch, offset_h, inside, error))
        return FALSE;
      if (concentration (self, offset_h + inside, self->probe) <= highest)
        return TRUE;
    }
  const double bracket[2] = { best == 0 ? 0.0 : (best - 1) * step,
                              best == SAMPLES ? length : (best + 1) * step };
  return climb (self, stretch, offset_h, bracket, error);
}

static gboolean
read_offsets (Regime *self, const TdmPkStretch *stretch, double from_h,
              const double *offsets_h, guint n_offsets, double *values, GError **error)
{
  const double to_h = from_h + stretch->dt[0];
  for (guint i = 0; i < n_offsets; i++)
    {
      const double offset = offsets_h[i];
      if (offset <= from_h || offset > to_h + 1e-9)
        continue;
      if (!probe (self, stretch, from_h, MIN (offset, to_h) - from_h, error))
        return FALSE;
      values[i] = concentration (self, offset, self->probe);
    }
  return TRUE;
}

/* Goes over one stretch of the cycle: its ends, its turning point, its area. */
static gboolean
cover (Regime *self, const TdmPkStretch *stretch, double offset_h, GError **error)
{
  TdmPkWork *work = self->work;
  const double length = stretch->dt[0];
  const gboolean may_turn =
      self->structure->kind == TDM_PK_ODE || self->structure->chain > 0;
  offer_peak (self, offset_h, concentration (self, offset_h, self->state));
  if (length > 0.0 && may_turn && !search_peak (self, stretch, offset_h, error))
    return FALSE;
  if (length > 0.0
      && !work->stepper->step (work->self, stretch, self->state, &self->out->auc,
                               error))
    return FALSE;
  offer_peak (self, offset_h + length,
              concentration (self, offset_h + length, self->state));
  return TRUE;
}

static gboolean
begin (TdmPkWork *work, const TdmPkStructure *structure, const double *parameters,
       GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  return tdm_pk_walk_begin (work, structure, &plain, error)
         && work->stepper->set_parameters (work->self, parameters, error);
}

static gboolean
check_result (const TdmPkSteadyState *out, GError **error)
{
  if (isfinite (out->trough) && isfinite (out->peak) && isfinite (out->auc))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER, "the steady state is not finite");
  return FALSE;
}

gboolean
tdm_pk_steady_state (const TdmPkStructure *structure, const TdmPkDose *dose,
                     const double *parameters, const double *offsets_h, guint n_offsets,
                     double *values, TdmPkWork *work, TdmPkSteadyState *out,
                     GError **error)
{
  const TdmPkPlanDose given = { .time_h = dose->time_h,
                                .amount_mg = dose->amount_mg,
                                .duration_h = dose->duration_h,
                                .interval_h = dose->interval_h,
                                .rate_mg_h = dose->rate_mg_h,
                                .steady_state = TRUE,
                                .route = dose->route };
  TdmPkTiming timing;
  TdmPkCycle cycle;
  g_return_val_if_fail (dose->interval_h > 0.0, FALSE);
  if (!begin (work, structure, parameters, error)
      || !tdm_pk_dose_timing (structure, &given, parameters, 1, &timing, error))
    return FALSE;
  tdm_pk_walk_cycle (work, &given, &timing, parameters, &cycle);
  if (!work->stepper->periodic (work->self, &cycle, work->states, error))
    return FALSE;
  Regime self = { .work = work,
                  .structure = structure,
                  .time_h = dose->time_h,
                  .state = work->states,
                  .probe = work->probe,
                  .out = out };
  const double trough = concentration (&self, 0.0, self.state);
  *out = (TdmPkSteadyState){ .trough = trough, .peak = trough };
  for (guint i = 0; i < n_offsets; i++)
    values[i] = trough;
  double offset = 0.0;
  for (guint i = 0; i < cycle.n; i++)
    {
      const TdmPkStretch *stretch = &cycle.stretch[i];
      if (!read_offsets (&self, stretch, offset, offsets_h, n_offsets, values, error)
          || !cover (&self, stretch, offset, error))
        return FALSE;
      if (cycle.bolus[i] != NULL)
        self.state[cycle.state] += cycle.bolus[i][0];
      offset += stretch->dt[0];
    }
  return check_result (out, error);
}
