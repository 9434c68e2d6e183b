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
  double *sample;  /* of the current stretch: probes start from it */
  double sample_h; /* its time into the stretch */
  double *previous;
  TdmPkSteadyState *out;
} Regime;

/* Never below zero, as in a walk. */
static double
concentration (const Regime *self, double offset_h, const double *states)
{
  double value, time = self->time_h + offset_h;
  self->work->stepper->output (self->work->self, self->structure->main_output, &time,
                               states, &value);
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

static gboolean
is_ode (const Regime *self)
{
  return self->structure->kind == TDM_PK_ODE;
}

/* Where a step of the walk over a stretch begins, and how long it is. */
typedef struct
{
  const TdmPkStretch *stretch;
  double offset_h; /* of the stretch after the dose */
  double from_h;   /* into the stretch */
  double dt_h;
} Part;

/* Carries `states` over a part of a stretch. A solver of differential equations always
 * collects the area: to take that up would make it start anew. */
static gboolean
carry (Regime *self, const Part *part, double *states, double *area, GError **error)
{
  TdmPkWork *work = self->work;
  double start = self->time_h + part->offset_h + part->from_h, ignored = 0.0;
  TdmPkStretch stretch = *part->stretch;
  stretch.start = &start;
  stretch.dt = &part->dt_h;
  stretch.reach_h = part->stretch->dt[0] - part->from_h;
  if (area == NULL && is_ode (self))
    area = &ignored;
  return work->stepper->step (work->self, &stretch, states, area, error);
}

static void
copy_states (const Regime *self, double *to, const double *from)
{
  memcpy (to, from, self->work->n_states * sizeof (double));
}

/* probe = the state `at_h` into a stretch, not before the sample. */
static gboolean
probe (Regime *self, const TdmPkStretch *stretch, double offset_h, double at_h,
       GError **error)
{
  const Part part = { stretch, offset_h, self->sample_h, at_h - self->sample_h };
  copy_states (self, self->probe, self->sample);
  return carry (self, &part, self->probe, NULL, error);
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

/* Goes through a stretch sample by sample: leaves its end in `probe`, and the sample
 * before the highest one in `sample`. Returns the number of the highest, or -1. */
static int
walk_samples (Regime *self, const TdmPkStretch *stretch, double offset_h,
              GError **error)
{
  const double step = stretch->dt[0] / SAMPLES;
  double highest = concentration (self, offset_h, self->state);
  double *area = is_ode (self) ? &self->out->auc : NULL;
  int best = 0;
  copy_states (self, self->probe, self->state);
  copy_states (self, self->sample, self->state);
  self->sample_h = 0.0;
  for (int i = 1; i <= SAMPLES; i++)
    {
      const Part part = { stretch, offset_h, (i - 1) * step, step };
      copy_states (self, self->previous, self->probe);
      if (!carry (self, &part, self->probe, area, error))
        return -1;
      const double value = concentration (self, offset_h + i * step, self->probe);
      if (value <= highest)
        continue;
      highest = value;
      best = i;
      copy_states (self, self->sample, self->previous);
      self->sample_h = part.from_h;
    }
  offer_peak (self, offset_h + best * step, highest);
  return best;
}

/* Samples a stretch and climbs around the highest sample; `state` goes to its end. */
static gboolean
search_peak (Regime *self, const TdmPkStretch *stretch, double offset_h, GError **error)
{
  const double length = stretch->dt[0], step = length / SAMPLES;
  const int best = walk_samples (self, stretch, offset_h, error);
  if (best < 0)
    return FALSE;
  if (is_ode (self))
    copy_states (self, self->state, self->probe);
  else if (!self->work->stepper->step (self->work->self, stretch, self->state,
                                       &self->out->auc, error))
    return FALSE;
  if (best == 0 || best == SAMPLES)
    {
      /* A slope towards the end says that the end itself is the highest point. */
      const double inside = best == 0 ? 1e-4 * step : length - 1e-4 * step;
      if (!probe (self, stretch, offset_h, inside, error))
        return FALSE;
      if (concentration (self, offset_h + inside, self->probe) <= self->out->peak)
        return TRUE;
    }
  const double bracket[2] = { best == 0 ? 0.0 : (best - 1) * step,
                              best == SAMPLES ? length : (best + 1) * step };
  return climb (self, stretch, offset_h, bracket, error);
}

/* The concentrations at those offsets that lie in a stretch; in order of time each
 * starts from the one before. */
static gboolean
read_offsets (Regime *self, const TdmPkStretch *stretch, double from_h,
              const double *offsets_h, guint n_offsets, double *values, GError **error)
{
  const double to_h = from_h + stretch->dt[0];
  copy_states (self, self->sample, self->state);
  self->sample_h = 0.0;
  for (guint i = 0; i < n_offsets; i++)
    {
      const double offset = offsets_h[i];
      if (offset <= from_h || offset > to_h + 1e-9)
        continue;
      const double at = MIN (offset, to_h) - from_h;
      if (at < self->sample_h)
        {
          copy_states (self, self->sample, self->state);
          self->sample_h = 0.0;
        }
      if (!probe (self, stretch, from_h, at, error))
        return FALSE;
      values[i] = concentration (self, offset, self->probe);
      copy_states (self, self->sample, self->probe);
      self->sample_h = at;
    }
  return TRUE;
}

/* Goes over one stretch of the cycle: its ends, its turning point, its area. */
static gboolean
cover (Regime *self, const TdmPkStretch *stretch, double offset_h, GError **error)
{
  TdmPkWork *work = self->work;
  const double length = stretch->dt[0];
  const gboolean may_turn = is_ode (self) || self->structure->chain > 0;
  offer_peak (self, offset_h, concentration (self, offset_h, self->state));
  if (length > 0.0
      && !(may_turn ? search_peak (self, stretch, offset_h, error)
                    : work->stepper->step (work->self, stretch, self->state,
                                           &self->out->auc, error)))
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
  const TdmPkParameters constant = { .start = parameters };
  return tdm_pk_walk_begin (work, structure, &plain, error)
         && work->stepper->set_parameters (work->self, &constant, error);
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
  /* For ever: whatever changes with the time since the first dose has changed. */
  TdmPkStructure settled = *structure;
  settled.origin_h = dose->time_h - TDM_PK_LONG_AGO_H;
  g_return_val_if_fail (dose->interval_h > 0.0, FALSE);
  if (!begin (work, &settled, parameters, error)
      || !tdm_pk_dose_timing (&given, parameters, &timing, error))
    return FALSE;
  tdm_pk_walk_cycle (work, &given, &timing, parameters, &cycle);
  if (!work->stepper->periodic (work->self, &cycle, work->states, error))
    return FALSE;
  Regime self = { .work = work,
                  .structure = &settled,
                  .time_h = dose->time_h,
                  .state = work->states,
                  .probe = work->probe,
                  .sample = work->sample,
                  .previous = work->previous,
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
