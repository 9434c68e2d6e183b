/* Listing and sorting of events. */
#include "pk/event.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

TdmPkTrain
tdm_pk_train (const TdmPkTiming *timing, double interval_h)
{
  const double end = timing->lag_h + timing->duration_h;
  TdmPkTrain train = { .pending = (guint)floor (timing->lag_h / interval_h) };
  train.ending = train.pending;
  if (timing->duration_h > 0.0)
    train.ending = MAX (train.pending, (guint)ceil (end / interval_h) - 1);
  return train;
}

gboolean
tdm_pk_dose_has_length (const TdmPkPlanDose *dose)
{
  return dose->route.duration != G_MAXUINT
         || (dose->rate_mg_h > 0.0 && tdm_pk_route_has_bioavailability (&dose->route));
}

/* How long the input of a dose lasts under its own parameters `set`, plain numbers. */
static double
length_of (const TdmPkPlanDose *dose, const double *set)
{
  const TdmPkRoute *route = &dose->route;
  const gboolean estimated = route->duration != G_MAXUINT;
  if (estimated && !route->duration_is_rate)
    return set[route->duration];
  if (!estimated && dose->rate_mg_h <= 0.0)
    return dose->duration_h;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  double fraction;
  tdm_pk_route_bioavailability (route, &plain, dose->amount_mg, set, &fraction);
  const double absorbed = dose->amount_mg * fraction;
  return absorbed / (estimated ? set[route->duration] : dose->rate_mg_h);
}

static gboolean
check_time (double value, const char *what, GError **error)
{
  if (value >= 0.0 && value < 1e9)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "the %s of a dose is %g h; it must not be negative", what, value);
  return FALSE;
}

/* The bioavailability that a formula gives for an amount may be nonsense for that one.
 */
static gboolean
check_fraction (const TdmPkPlanDose *dose, const double *set, GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  double value;
  if (dose->route.bioavailability_of_dose == NULL)
    return TRUE;
  tdm_pk_route_bioavailability (&dose->route, &plain, dose->amount_mg, set, &value);
  if (value >= 0.0 && value < 1e9)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "the bioavailability of a dose of %g mg is %g; it must not be negative",
               dose->amount_mg, value);
  return FALSE;
}

/* A train of doses is counted and walked over: it must be of sane length. */
static gboolean
check_overlap (const TdmPkPlanDose *dose, const TdmPkTiming *timing, GError **error)
{
  const double most = TDM_PK_MAX_DOSES * dose->interval_h;
  if (!dose->steady_state || timing->lag_h + timing->duration_h <= most)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "more than %d doses overlap at steady state", TDM_PK_MAX_DOSES);
  return FALSE;
}

TdmPkParameters
tdm_pk_plan_set (const TdmPkPlan *plan, guint set, const double *parameters,
                 const TdmJetSpace *space)
{
  const gsize stride = (gsize)plan->structure.n_parameters * space->size;
  const TdmPkCourse *course = plan->courses != NULL ? &plan->courses[set] : NULL;
  TdmPkParameters out = { .start = parameters + set * stride };
  if (course == NULL || !(course->to_h > course->from_h))
    return out;
  out.middle = parameters + course->middle * stride;
  out.end = parameters + course->end * stride;
  out.from_h = course->from_h;
  out.to_h = course->to_h;
  return out;
}

const double *
tdm_pk_plan_set_at (const TdmPkPlan *plan, guint set, double time_h,
                    const double *parameters, const TdmJetSpace *space, double **buffer)
{
  const guint n = plan->structure.n_parameters;
  const gsize z = space->size;
  const TdmPkParameters all = tdm_pk_plan_set (plan, set, parameters, space);
  if (all.middle == NULL)
    return all.start;
  *buffer = g_renew (double, *buffer, (n + 2) * z);
  double *time = *buffer + n * z;
  tdm_jet_set (space, time, time_h);
  tdm_pk_parameters_at (&all, space, n, time, *buffer, time + z);
  return *buffer;
}

const double *
tdm_pk_plan_values_at (const TdmPkPlan *plan, const TdmPkPlanDose *dose,
                       const double *parameters, const TdmJetSpace *space,
                       double **buffer)
{
  const guint n = plan->structure.n_parameters;
  const double *set =
      tdm_pk_plan_set_at (plan, dose->set, dose->time_h, parameters, space, buffer);
  if (set != *buffer)
    *buffer = g_renew (double, *buffer, n + 1);
  for (guint i = 0; i < n; i++)
    (*buffer)[i] = set[i * (gsize)space->size];
  return *buffer;
}

void
tdm_pk_events_clear (TdmPkEvents *self)
{
  g_clear_pointer (&self->events, g_free);
  g_clear_pointer (&self->set, g_free);
}

gboolean
tdm_pk_dose_timing (const TdmPkPlanDose *dose, const double *set, TdmPkTiming *timing,
                    GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  timing->duration_h = length_of (dose, set);
  tdm_pk_route_lag (&dose->route, &plain, dose->amount_mg, set, &timing->lag_h);
  if (!check_time (timing->lag_h, "lag", error)
      || !check_time (timing->duration_h, "duration of input", error)
      || !check_fraction (dose, set, error))
    return FALSE;
  /* An input too short to be told from a bolus is one. */
  const double start = dose->time_h + timing->lag_h;
  if (start + timing->duration_h == start)
    timing->duration_h = 0.0;
  return check_overlap (dose, timing, error);
}

static TdmPkEvent *
append (TdmPkEvents *self, TdmPkEventKind kind, guint index, double time_h)
{
  if (self->n == self->capacity)
    {
      self->capacity = MAX (64, 2 * self->capacity);
      self->events = g_renew (TdmPkEvent, self->events, self->capacity);
    }
  TdmPkEvent *event = &self->events[self->n];
  *event = (TdmPkEvent){ .kind = kind,
                         .index = index,
                         .sequence = self->n++,
                         .base_h = time_h,
                         .time_h = time_h,
                         .share = G_MAXUINT };
  return event;
}

/* The arrival of dose `index` and the end of its input, as if given at `base_h`. */
static void
append_input (TdmPkEvents *self, const TdmPkPlan *plan, guint index, double base_h,
              const TdmPkTiming *timing, gboolean arrives)
{
  const TdmPkRoute *route = &plan->doses[index].route;
  const gboolean bolus = timing->duration_h == 0.0;
  if (arrives)
    {
      TdmPkEvent *start =
          append (self, bolus ? TDM_PK_EVENT_BOLUS : TDM_PK_EVENT_START, index, base_h);
      start->has_lag = tdm_pk_route_has_lag (route);
      start->time_h += timing->lag_h;
    }
  if (bolus)
    return;
  TdmPkEvent *stop = append (self, TDM_PK_EVENT_STOP, index, base_h);
  stop->has_lag = tdm_pk_route_has_lag (route);
  stop->has_duration = tdm_pk_dose_has_length (&plan->doses[index]);
  if (!stop->has_duration)
    stop->base_h += timing->duration_h;
  stop->time_h += timing->lag_h + timing->duration_h;
}

static gboolean
append_dose (TdmPkEvents *self, const TdmPkPlan *plan, guint index,
             const double *parameters, const TdmJetSpace *space, GError **error)
{
  const TdmPkPlanDose *dose = &plan->doses[index];
  const double *set = NULL;
  if (parameters != NULL)
    set = tdm_pk_plan_values_at (plan, dose, parameters, space, &self->set);
  TdmPkTiming timing;
  if (!tdm_pk_dose_timing (dose, set, &timing, error))
    return FALSE;
  if (dose->reset)
    append (self, TDM_PK_EVENT_RESET, index, dose->time_h);
  if (!dose->stopped)
    append_input (self, plan, index, dose->time_h, &timing, TRUE);
  if (!dose->steady_state)
    return TRUE;
  append (self, TDM_PK_EVENT_STEADY, index, dose->time_h);
  const TdmPkTrain train = tdm_pk_train (&timing, dose->interval_h);
  const guint first = self->n;
  for (guint j = 1; j <= train.ending; j++)
    append_input (self, plan, index, dose->time_h - j * dose->interval_h, &timing,
                  j <= train.pending);
  /* Rounding must not put what is still to come before the steady state. */
  for (guint i = first; i < self->n; i++)
    self->events[i].time_h =
        MAX (self->events[i].time_h, nextafter (dose->time_h, INFINITY));
  return TRUE;
}

static int
compare_cb (const void *a, const void *b)
{
  const TdmPkEvent *x = a, *y = b;
  if (x->time_h != y->time_h)
    return x->time_h < y->time_h ? -1 : 1;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* Insertion for the short lists that are sorted at every evaluation. */
static void
sort (TdmPkEvents *self)
{
  if (self->n > 48)
    {
      qsort (self->events, self->n, sizeof (TdmPkEvent), compare_cb);
      return;
    }
  for (guint i = 1; i < self->n; i++)
    {
      TdmPkEvent event = self->events[i];
      guint j = i;
      for (; j > 0 && compare_cb (&event, &self->events[j - 1]) < 0; j--)
        self->events[j] = self->events[j - 1];
      self->events[j] = event;
    }
}

static void
drop_after_last_output (TdmPkEvents *self)
{
  while (self->n > 0 && self->events[self->n - 1].kind != TDM_PK_EVENT_OUTPUT
         && self->events[self->n - 1].kind != TDM_PK_EVENT_OUTPUT_AFTER)
    self->n--;
}

gboolean
tdm_pk_events_build (TdmPkEvents *self, const TdmPkPlan *plan, const double *parameters,
                     const TdmJetSpace *space, GError **error)
{
  double last = -INFINITY;
  for (guint i = 0; i < plan->n_times; i++)
    last = MAX (last, plan->times_h[i]);
  self->n = 0;
  for (guint i = 0; i < plan->n_sets && plan->change_times_h[i] <= last; i++)
    append (self, plan->change_after[i] ? TDM_PK_EVENT_SET_AFTER : TDM_PK_EVENT_SET, i,
            plan->change_times_h[i]);
  for (guint i = 0; i < plan->n_doses && plan->doses[i].time_h <= last; i++)
    if (!append_dose (self, plan, i, parameters, space, error))
      return FALSE;
  for (guint i = 0; i < plan->n_times; i++)
    append (self, plan->after[i] ? TDM_PK_EVENT_OUTPUT_AFTER : TDM_PK_EVENT_OUTPUT, i,
            plan->times_h[i]);
  sort (self);
  drop_after_last_output (self);
  return TRUE;
}
