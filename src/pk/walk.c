/* The walk from event to event. */
#include "pk/walk.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

TdmPkWork *
tdm_pk_work_new (void)
{
  return g_new0 (TdmPkWork, 1);
}

static const TdmPkStepper *const steppers[] = {
  [TDM_PK_LINEAR] = &tdm_pk_linear,
  [TDM_PK_ODE] = &tdm_pk_ode,
};

void
tdm_pk_work_free (TdmPkWork *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (steppers); i++)
    if (self->steppers[i] != NULL)
      steppers[i]->free (self->steppers[i]);
  tdm_pk_events_clear (&self->events);
  g_free (self->buffer);
  g_free (self->at);
  g_free (self->active);
  g_free (self);
}

void
tdm_pk_work_set_tolerance (TdmPkWork *self, double relative, double absolute)
{
  self->accuracy.relative = relative;
  self->accuracy.absolute = absolute;
}

void
tdm_pk_work_set_method (TdmPkWork *self, TdmOdeMethod method)
{
  self->accuracy.method = method;
}

void
tdm_pk_work_set_cancellable (TdmPkWork *self, GCancellable *cancellable)
{
  self->accuracy.cancellable = cancellable;
}

guint64
tdm_pk_work_get_spent (const TdmPkWork *self)
{
  return self->stepper != NULL ? self->spent + (TDM_PK_MOST_WORK - self->left) : 0;
}

TdmOdeMethod
tdm_pk_work_get_method (const TdmPkWork *self)
{
  return self->stepper != NULL ? self->stepper->method (self->self) : TDM_ODE_AUTO;
}

static void
lay_out (TdmPkWork *self, guint n_states)
{
  const gsize z = self->space.size;
  const gsize need = z * (9 * n_states + 3 + TDM_PK_WALK_SCRATCH);
  if (need > self->capacity)
    {
      self->buffer = g_renew (double, self->buffer, need);
      self->capacity = need;
    }
  if (n_states > self->n_active_capacity)
    {
      self->active = g_renew (guint, self->active, n_states);
      self->n_active_capacity = n_states;
    }
  self->n_states = n_states;
  self->states = self->buffer;
  self->rates = self->states + n_states * z;
  self->now = self->rates + n_states * z;
  self->dt = self->now + z;
  self->area = self->dt + z;
  self->scratch = self->area + z;
  self->cycle_rates = self->scratch + TDM_PK_WALK_SCRATCH * z;
  self->probe = self->cycle_rates + 3 * n_states * z;
  self->sample = self->probe + n_states * z;
  self->previous = self->sample + n_states * z;
  self->rest = self->previous + n_states * z;
}

static void
stop_all (TdmPkWork *self)
{
  memset (self->rates, 0, self->n_states * self->space.size * sizeof (double));
  memset (self->active, 0, self->n_states * sizeof (guint));
  self->running = 0;
  self->rates_plain = TRUE;
}

gboolean
tdm_pk_walk_begin (TdmPkWork *self, const TdmPkStructure *structure,
                   const TdmJetSpace *space, GError **error)
{
  self->spent = tdm_pk_work_get_spent (self);
  self->left = TDM_PK_MOST_WORK;
  self->accuracy.left = &self->left;
  self->space = *space;
  lay_out (self, tdm_pk_structure_n_states (structure));
  self->stepper = steppers[structure->kind];
  if (self->steppers[structure->kind] == NULL)
    self->steppers[structure->kind] = self->stepper->new ();
  self->self = self->steppers[structure->kind];
  memset (self->states, 0, self->n_states * space->size * sizeof (double));
  stop_all (self);
  tdm_jet_set (space, self->now, 0.0);
  tdm_jet_set (space, self->dt, 0.0);
  tdm_jet_set (space, self->area, 0.0);
  return self->stepper->begin (self->self, structure, space, &self->accuracy, error);
}

static gboolean
is_plain (const TdmJetSpace *s, const double *jet)
{
  for (guint i = 1; i < s->size; i++)
    if (jet[i] != 0.0)
      return FALSE;
  return TRUE;
}

/* result = what is absorbed of the dose. */
static void
absorbed (const TdmJetSpace *s, const TdmPkPlanDose *dose, const double *parameters,
          double *result)
{
  tdm_pk_route_bioavailability (&dose->route, s, dose->amount_mg, parameters, result);
  tdm_jet_scale (s, result, result, dose->amount_mg);
}

void
tdm_pk_walk_length (TdmPkWork *self, const TdmPkPlanDose *dose,
                    const double *parameters, double *result)
{
  const TdmJetSpace *s = &self->space;
  const TdmPkRoute *route = &dose->route;
  const gboolean estimated = route->duration != G_MAXUINT;
  const double *own = estimated ? parameters + route->duration * s->size : NULL;
  if (estimated && !route->duration_is_rate)
    {
      tdm_jet_copy (s, result, own);
      return;
    }
  absorbed (s, dose, parameters, result);
  if (estimated)
    tdm_jet_div (s, result, result, own);
  else
    tdm_jet_scale (s, result, result, 1.0 / dose->rate_mg_h);
}

gboolean
tdm_pk_walk_input (TdmPkWork *self, const TdmPkPlanDose *dose, const double *parameters,
                   gboolean bolus, double *result)
{
  const TdmJetSpace *s = &self->space;
  const TdmPkRoute *route = &dose->route;
  const gboolean estimated = route->duration != G_MAXUINT;
  if (!bolus && estimated && route->duration_is_rate)
    tdm_jet_copy (s, result, parameters + route->duration * s->size);
  else if (!bolus && !estimated && dose->rate_mg_h > 0.0)
    tdm_jet_set (s, result, dose->rate_mg_h);
  else
    {
      absorbed (s, dose, parameters, result);
      if (!bolus && estimated)
        tdm_jet_div (s, result, result, parameters + route->duration * s->size);
      else if (!bolus)
        tdm_jet_scale (s, result, result, 1.0 / dose->duration_h);
    }
  return is_plain (s, result);
}

/* One prediction under way. */
typedef struct
{
  const TdmPkPlan *plan;
  TdmPkWork *work;
  const double *parameters; /* all sets */
  double *values, *auc;
  guint first_dose; /* earlier ones a steady state has replaced */
  gboolean started; /* something has been given */
  double quiet_h;   /* the inputs stay as they are until then */
} Walk;

/* Good until the next call, as is what follows. */
static const double *
set_of_dose (const Walk *self, const TdmPkPlanDose *dose)
{
  TdmPkWork *work = self->work;
  return tdm_pk_plan_set_at (self->plan, dose->set, dose->time_h, self->parameters,
                             &work->space, &work->at);
}

/* Those in force, now. */
static const double *
set_of_now (const Walk *self)
{
  TdmPkWork *work = self->work;
  const guint n = self->plan->structure.n_parameters;
  if (work->parameters.middle == NULL)
    return work->parameters.start;
  work->at = g_renew (double, work->at, (gsize)(n + 1) * work->space.size);
  tdm_pk_parameters_at (&work->parameters, &work->space, n, work->now, work->at,
                        work->at + (gsize)n * work->space.size);
  return work->at;
}

static void
change_input (Walk *self, const TdmPkPlanDose *dose, gboolean starts)
{
  TdmPkWork *work = self->work;
  const TdmJetSpace *s = &work->space;
  const guint state = dose->route.state;
  double *rate = work->rates + state * s->size, *input = work->scratch;
  if (!starts && work->active[state] == 1)
    tdm_jet_set (s, rate, 0.0); /* exactly, whatever was added and taken away */
  else
    {
      gboolean plain =
          tdm_pk_walk_input (work, dose, set_of_dose (self, dose), FALSE, input);
      tdm_jet_axpy (s, rate, starts ? 1.0 : -1.0, input);
      work->rates_plain = work->rates_plain && plain;
    }
  work->active[state] += starts ? 1 : -1;
  work->running += starts ? 1 : -1;
  if (work->running == 0)
    work->rates_plain = TRUE;
}

static void
give_bolus (Walk *self, const TdmPkPlanDose *dose)
{
  TdmPkWork *work = self->work;
  double *state = work->states + dose->route.state * work->space.size;
  if (!tdm_pk_route_has_bioavailability (&dose->route))
    {
      state[0] += dose->amount_mg;
      return;
    }
  const double *parameters =
      dose->at_arrival ? set_of_now (self) : set_of_dose (self, dose);
  tdm_pk_walk_input (work, dose, parameters, TRUE, work->scratch);
  tdm_jet_add (&work->space, state, state, work->scratch);
}

/* r = jet - whole intervals. */
static void
reduce (const TdmJetSpace *s, double *r, const double *jet, double intervals_h)
{
  tdm_jet_copy (s, r, jet);
  r[0] = MAX (0.0, r[0] - intervals_h);
}

static void
set_timing_jets (TdmPkWork *self, const TdmPkPlanDose *dose, const TdmPkTiming *timing,
                 const double *parameters, double *jets)
{
  const TdmJetSpace *s = &self->space;
  double *lag = jets, *end = jets + s->size;
  tdm_pk_route_lag (&dose->route, s, dose->amount_mg, parameters, lag);
  tdm_jet_copy (s, end, lag);
  if (tdm_pk_dose_has_length (dose) && timing->duration_h > 0.0)
    {
      double *length = jets + 2 * s->size;
      tdm_pk_walk_length (self, dose, parameters, length);
      tdm_jet_add (s, end, end, length);
    }
  else
    end[0] += timing->duration_h;
}

guint
tdm_pk_walk_cycle (TdmPkWork *self, const TdmPkPlanDose *dose,
                   const TdmPkTiming *timing, const double *parameters,
                   TdmPkCycle *cycle)
{
  const TdmJetSpace *s = &self->space;
  const guint z = s->size;
  const double interval = dose->interval_h;
  const gboolean bolus = timing->duration_h == 0.0;
  const TdmPkTrain train = tdm_pk_train (timing, interval);
  /* The phases at which a dose of the train arrives and at which an input ends; an
   * interval is cut there, and the number of running inputs differs by one between. */
  double *jets = self->scratch + z, *arrives = jets + 2 * z, *ends = arrives + z,
         *length = ends + z, *input = length + 3 * z, *start = input + z;
  set_timing_jets (self, dose, timing, parameters, jets);
  reduce (s, arrives, jets, train.pending * interval);
  reduce (s, ends, jets + z, train.ending * interval);
  const guint running = train.ending - train.pending;
  const gboolean arrives_first = bolus || arrives[0] < ends[0];
  const double *first = arrives_first ? arrives : ends;
  const double *second = arrives_first ? ends : arrives;
  const gboolean plain_input = tdm_pk_walk_input (self, dose, parameters, bolus, input);
  tdm_jet_set (s, start, dose->time_h);
  tdm_jet_copy (s, length, first);
  tdm_jet_sub (s, length + z, bolus ? first : second, first);
  tdm_jet_scale (s, length + 2 * z, bolus ? first : second, -1.0);
  length[2 * z] = MAX (0.0, length[2 * z] + interval);
  *cycle = (TdmPkCycle){ .n = 3, .state = dose->route.state, .interval_h = interval };
  cycle->bolus[0] = bolus ? input : NULL;
  memset (self->cycle_rates, 0, 3 * self->n_states * z * sizeof (double));
  for (guint i = 0; i < 3; i++)
    {
      const guint here = i != 1 ? running : arrives_first ? running + 1 : running - 1;
      double *rates = self->cycle_rates + i * self->n_states * z;
      if (!bolus)
        tdm_jet_axpy (s, rates + cycle->state * z, here, input);
      cycle->stretch[i] = (TdmPkStretch){ .start = start,
                                          .dt = length + i * z,
                                          .plain = is_plain (s, length + i * z),
                                          .share = G_MAXUINT,
                                          .rates = bolus || here == 0 ? NULL : rates,
                                          .rates_plain = plain_input };
    }
  return running;
}

/* Nothing that was given before counts from here on; `index` is the first that does. */
static void
forget_before (Walk *self, guint index)
{
  stop_all (self->work);
  self->first_dose = index;
}

/* The states of a body to which nothing was given. */
static void
rest (TdmPkWork *self)
{
  self->stepper->rest (self->self, self->now, self->states);
}

/* All doses of that time are given after it. */
static void
take_away (Walk *self, guint index)
{
  const TdmPkPlanDose *doses = self->plan->doses;
  while (index > 0 && doses[index - 1].time_h == doses[index].time_h)
    index--;
  forget_before (self, index);
  rest (self->work);
}

/* A steady state knows no other dose: it replaces everything before, or what it has
 * above a body at rest is added to it. */
static gboolean
start_steady (Walk *self, guint index, GError **error)
{
  TdmPkWork *work = self->work;
  const TdmJetSpace *s = &work->space;
  const TdmPkPlanDose *dose = &self->plan->doses[index];
  const double *values =
      tdm_pk_plan_values_at (self->plan, dose, self->parameters, s, &work->events.set);
  const double *parameters = set_of_dose (self, dose);
  TdmPkTiming timing;
  TdmPkCycle cycle;
  if (!tdm_pk_dose_timing (dose, values, &timing, error))
    return FALSE;
  const guint running = tdm_pk_walk_cycle (work, dose, &timing, parameters, &cycle);
  if (!work->stepper->periodic (work->self, &cycle, work->probe, error))
    return FALSE;
  if (!dose->add)
    {
      forget_before (self, index);
      rest (work);
      tdm_jet_set (s, work->area, 0.0);
    }
  work->stepper->rest (work->self, work->now, work->rest);
  for (guint i = 0; i < work->n_states * s->size; i++)
    work->states[i] += work->probe[i] - work->rest[i];
  for (guint i = 0; i < running; i++)
    change_input (self, dose, TRUE);
  return TRUE;
}

static gboolean
advance (Walk *self, const TdmPkStretch *stretch, GError **error)
{
  TdmPkWork *work = self->work;
  return work->stepper->step (work->self, stretch, work->states,
                              self->auc != NULL ? work->area : NULL, error);
}

/* To the event's time in a plain plan. */
static gboolean
move_plain (Walk *self, const TdmPkEvent *event, GError **error)
{
  TdmPkWork *work = self->work;
  const gboolean step = self->started && event->dt_h > 0.0;
  gboolean done = TRUE;
  if (step)
    {
      work->dt[0] = event->dt_h;
      const TdmPkStretch stretch = { .start = work->now,
                                     .dt = work->dt,
                                     .plain = TRUE,
                                     .share = event->share,
                                     .rates = work->running > 0 ? work->rates : NULL,
                                     .rates_plain = work->rates_plain,
                                     .reach_h = self->quiet_h - work->now[0] };
      done = advance (self, &stretch, error);
    }
  work->now[0] = event->time_h;
  return done;
}

/* To the event's time where lags and durations are parameters: times are jets. */
static gboolean
move (Walk *self, const TdmPkEvent *event, GError **error)
{
  TdmPkWork *work = self->work;
  const TdmJetSpace *s = &work->space;
  double *to = work->scratch + s->size;
  tdm_jet_set (s, to, event->base_h);
  if (event->has_lag || event->has_duration)
    {
      const TdmPkPlanDose *dose = &self->plan->doses[event->index];
      const double *parameters = set_of_dose (self, dose);
      if (event->has_lag)
        {
          double *lag = work->scratch + 2 * s->size;
          tdm_pk_route_lag (&dose->route, s, dose->amount_mg, parameters, lag);
          tdm_jet_add (s, to, to, lag);
        }
      if (event->has_duration)
        {
          double *length = work->scratch + 2 * s->size;
          tdm_pk_walk_length (work, dose, parameters, length);
          tdm_jet_add (s, to, to, length);
        }
    }
  to[0] = event->time_h;
  tdm_jet_sub (s, work->dt, to, work->now);
  const gboolean plain = is_plain (s, work->dt) && is_plain (s, work->now);
  gboolean done = TRUE;
  if (self->started && (work->dt[0] > 0.0 || !plain))
    {
      const TdmPkStretch stretch = { .start = work->now,
                                     .dt = work->dt,
                                     .plain = plain,
                                     .share = G_MAXUINT,
                                     .rates = work->running > 0 ? work->rates : NULL,
                                     .rates_plain = work->rates_plain,
                                     .reach_h = self->quiet_h - work->now[0] };
      done = advance (self, &stretch, error);
    }
  tdm_jet_copy (s, work->now, to);
  return done;
}

/* No concentration is below zero; what a solver of differential equations leaves of an
 * empty body may be, by its tolerance, and is nothing. */
static void
take_output (Walk *self, guint index)
{
  TdmPkWork *work = self->work;
  const guint size = work->space.size;
  double *value = self->values + index * size;
  work->stepper->output (work->self, self->plan->outputs[index], work->now,
                         work->states, value);
  if (value[0] < 0.0)
    tdm_jet_set (&work->space, value, 0.0);
  if (self->auc != NULL)
    memcpy (self->auc + index * size, work->area, size * sizeof (double));
}

static gboolean
act (Walk *self, const TdmPkEvent *event, GError **error)
{
  const TdmPkPlan *plan = self->plan;
  switch (event->kind)
    {
    case TDM_PK_EVENT_SET:
    case TDM_PK_EVENT_SET_AFTER:
      self->work->parameters =
          tdm_pk_plan_set (plan, event->index, self->parameters, &self->work->space);
      if (!self->work->stepper->set_parameters (self->work->self,
                                                &self->work->parameters, error))
        return FALSE;
      if (!self->started)
        rest (self->work);
      return TRUE;
    case TDM_PK_EVENT_STEADY:
      return start_steady (self, event->index, error);
    case TDM_PK_EVENT_OUTPUT:
    case TDM_PK_EVENT_OUTPUT_AFTER:
      take_output (self, event->index);
      return TRUE;
    case TDM_PK_EVENT_RESET:
      take_away (self, event->index);
      return TRUE;
    case TDM_PK_EVENT_START:
    case TDM_PK_EVENT_STOP:
      change_input (self, &plan->doses[event->index],
                    event->kind == TDM_PK_EVENT_START);
      return TRUE;
    case TDM_PK_EVENT_BOLUS:
      give_bolus (self, &plan->doses[event->index]);
      return TRUE;
    }
  g_assert_not_reached ();
}

static gboolean
is_of_dose (TdmPkEventKind kind)
{
  return kind != TDM_PK_EVENT_SET && kind != TDM_PK_EVENT_SET_AFTER
         && kind != TDM_PK_EVENT_OUTPUT && kind != TDM_PK_EVENT_OUTPUT_AFTER;
}

/* Index of the first event that matters: earlier sets are replaced before anything
 * happens. */
static guint
find_first (const TdmPkEvents *events)
{
  guint first = 0;
  for (guint i = 0; i < events->n
                    && (events->events[i].kind == TDM_PK_EVENT_SET
                        || events->events[i].kind == TDM_PK_EVENT_SET_AFTER);
       i++)
    first = i;
  return first;
}

/* The first event from `i` on at which inputs or parameters change, or the last of all.
 */
static guint
find_change (const TdmPkEvents *events, guint i)
{
  while (i + 1 < events->n
         && (events->events[i].kind == TDM_PK_EVENT_OUTPUT
             || events->events[i].kind == TDM_PK_EVENT_OUTPUT_AFTER))
    i++;
  return i;
}

static gboolean
walk (Walk *self, const TdmPkEvents *events, GError **error)
{
  const guint first = find_first (events);
  guint change = first;
  for (guint i = first; i < events->n; i++)
    {
      const TdmPkEvent *event = &events->events[i];
      const gboolean dosing = is_of_dose (event->kind);
      if (g_cancellable_set_error_if_cancelled (self->work->accuracy.cancellable,
                                                error))
        return FALSE;
      if (i >= change || i == first)
        {
          change = find_change (events, i);
          self->quiet_h = events->events[change].time_h;
        }
      /* Moving to a set in force from the beginning would start the clock at -infinity.
       */
      if (i > first)
        if (!(self->plan->plain ? move_plain (self, event, error)
                                : move (self, event, error)))
          return FALSE;
      if (dosing && event->index < self->first_dose)
        continue;
      if (!self->started && self->plan->courses != NULL && i > first)
        rest (self->work);
      if (!act (self, event, error))
        return FALSE;
      self->started = self->started || dosing;
    }
  return TRUE;
}

static gboolean
check_finite (const TdmPkPlan *plan, const TdmJetSpace *space, const double *values,
              GError **error)
{
  for (guint i = 0; i < plan->n_times; i++)
    if (!tdm_jet_is_finite (space, values + i * space->size))
      {
        g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                     "the prediction at %g h is not finite", plan->times_h[i]);
        return FALSE;
      }
  return TRUE;
}

gboolean
tdm_pk_plan_predict (const TdmPkPlan *plan, TdmPkWork *work, const TdmJetSpace *space,
                     const double *parameters, double *values, double *auc,
                     GError **error)
{
  const TdmPkEvents *events = &plan->events;
  Walk self = {
    .plan = plan, .work = work, .parameters = parameters, .values = values, .auc = auc
  };
  if (!tdm_pk_walk_begin (work, &plan->structure, space, error))
    return FALSE;
  if (!plan->plain)
    {
      if (!tdm_pk_events_build (&work->events, plan, parameters, space, error))
        return FALSE;
      events = &work->events;
    }
  return walk (&self, events, error) && check_finite (plan, space, values, error)
         && (auc == NULL || check_finite (plan, space, auc, error));
}
