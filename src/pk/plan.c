/* Plans: expansion of what was written. */
#include "pk/event.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "pk/equations.h"

/* Times closer than this are one: 12.1 and 0.1 + 12 are the same hour. */
#define SAME_TIME_H 1e-9

guint
tdm_pk_structure_n_states (const TdmPkStructure *self)
{
  return self->kind == TDM_PK_ODE ? self->n_states : self->compartments + self->chain;
}

static gboolean
check_route (const TdmPkStructure *structure, const TdmPkRoute *route,
             const char *place, GError **error)
{
  const guint n = tdm_pk_structure_n_states (structure);
  if (route->state >= n)
    return tdm_error_set_input (error, place, "compartment %u does not exist",
                                route->state);
  if (structure->kind == TDM_PK_LINEAR && route->state > 0
      && route->state < structure->compartments)
    return tdm_error_set_input (error, place,
                                "a peripheral compartment cannot be dosed");
  const guint indices[] = { route->bioavailability, route->lag, route->duration };
  for (guint i = 0; i < G_N_ELEMENTS (indices); i++)
    if (indices[i] != G_MAXUINT && indices[i] >= structure->n_parameters)
      return tdm_error_set_input (error, place, "parameter %u does not exist",
                                  indices[i]);
  return TRUE;
}

static gboolean
check_dose (const TdmPkStructure *structure, const TdmPkDose *dose, guint i,
            GError **error)
{
  g_autofree char *place = g_strdup_printf ("doses[%u]", i);
  if (!isfinite (dose->time_h))
    return tdm_error_set_input (error, place, "the time is not a number");
  if (!(dose->amount_mg >= 0.0) || !isfinite (dose->amount_mg))
    return tdm_error_set_input (error, place, "the amount must not be negative");
  if (!(dose->duration_h >= 0.0) || !isfinite (dose->duration_h))
    return tdm_error_set_input (error, place, "the duration must not be negative");
  if (dose->count < 1)
    return tdm_error_set_input (error, place, "the count must be at least 1");
  if (!(dose->rate_mg_h >= 0.0) || !isfinite (dose->rate_mg_h))
    return tdm_error_set_input (error, place, "the rate must not be negative");
  if ((dose->add || dose->stopped) && !dose->steady_state)
    return tdm_error_set_input (error, place,
                                "only a steady state is added or stopped");
  if (dose->stopped && dose->count > 1)
    return tdm_error_set_input (error, place, "a regimen that is stopped has no count");
  if ((dose->count > 1 || dose->steady_state)
      && (!(dose->interval_h > 0.0) || !isfinite (dose->interval_h)))
    return tdm_error_set_input (error, place, "a repeated dose needs an interval");
  return check_route (structure, &dose->route, place, error);
}

static gboolean
count_doses (const TdmPkStructure *structure, const TdmPkDose *doses, guint n_doses,
             guint *total, GError **error)
{
  guint64 n = 0;
  for (guint i = 0; i < n_doses; i++)
    {
      if (!check_dose (structure, &doses[i], i, error))
        return FALSE;
      n += doses[i].count;
    }
  if (n > TDM_PK_MAX_DOSES)
    return tdm_error_set_input (error, "doses", "more than %d doses", TDM_PK_MAX_DOSES);
  *total = (guint)n;
  return TRUE;
}

static void
expand (TdmPkPlan *self, const TdmPkDose *doses, guint n_doses)
{
  TdmPkPlanDose *next = self->doses;
  for (guint i = 0; i < n_doses; i++)
    for (guint k = 0; k < doses[i].count; k++)
      *next++ = (TdmPkPlanDose){ .time_h = doses[i].time_h + k * doses[i].interval_h,
                                 .amount_mg = doses[i].amount_mg,
                                 .duration_h = doses[i].duration_h,
                                 .interval_h = doses[i].interval_h,
                                 .rate_mg_h = doses[i].rate_mg_h,
                                 .steady_state = doses[i].steady_state && k == 0,
                                 .add = doses[i].add,
                                 .stopped = doses[i].stopped,
                                 .reset = doses[i].reset && k == 0,
                                 .at_arrival = doses[i].at_arrival,
                                 .route = doses[i].route };
}

static int
compare_times_cb (const void *a, const void *b)
{
  const double x = **(double *const *)a, y = **(double *const *)b;
  return x < y ? -1 : x > y;
}

/* Makes times that differ by rounding equal, so that a level at the time of a dose is.
 */
static void
merge_times (TdmPkPlan *self)
{
  const guint n = self->n_doses + self->n_times + self->n_sets;
  g_autofree double **times = g_new (double *, n + 1);
  guint m = 0;
  for (guint i = 0; i < self->n_doses; i++)
    times[m++] = &self->doses[i].time_h;
  for (guint i = 0; i < self->n_times; i++)
    times[m++] = &self->times_h[i];
  for (guint i = 1; i < self->n_sets; i++)
    times[m++] = &self->change_times_h[i];
  qsort (times, m, sizeof *times, compare_times_cb);
  for (guint i = 0, head = 0; i < m; i++)
    if (*times[i] - *times[head] > SAME_TIME_H)
      head = i;
    else
      *times[i] = *times[head];
}

/* Everything that tells doses apart, so that the order of the lines never matters. */
static int
compare_doses_cb (const void *a, const void *b)
{
  const TdmPkPlanDose *x = a, *y = b;
  const double keys[][2] = { { x->time_h, y->time_h },
                             { !x->steady_state, !y->steady_state },
                             { x->add, y->add },
                             { !x->reset, !y->reset },
                             { x->route.state, y->route.state },
                             { x->duration_h, y->duration_h },
                             { x->rate_mg_h, y->rate_mg_h },
                             { x->amount_mg, y->amount_mg } };
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i][0] != keys[i][1])
      return keys[i][0] < keys[i][1] ? -1 : 1;
  return 0;
}

/* A steady state at the time of a reset replaces all that was before, which is all that
 * the reset asks for; a reset of its own would take the steady state away as well. */
static void
merge_resets (TdmPkPlan *self)
{
  for (guint i = 0, end; i < self->n_doses; i = end)
    {
      gboolean reset = FALSE;
      for (end = i; end < self->n_doses; end++)
        if (self->doses[end].time_h == self->doses[i].time_h)
          reset = reset || self->doses[end].reset;
        else
          break;
      if (!reset || !self->doses[i].steady_state)
        continue;
      self->doses[i].add = FALSE;
      for (guint k = i; k < end; k++)
        self->doses[k].reset = FALSE;
    }
}

static gboolean
is_in_force (const TdmPkPlan *self, guint set, double time_h)
{
  const double from = self->change_times_h[set];
  return self->change_after[set] ? from < time_h : from <= time_h;
}

static gboolean
sort_doses (TdmPkPlan *self, GError **error)
{
  if (self->n_doses > 0)
    qsort (self->doses, self->n_doses, sizeof *self->doses, compare_doses_cb);
  merge_resets (self);
  self->plain = TRUE;
  for (guint i = 0, set = 0; i < self->n_doses; i++)
    {
      TdmPkPlanDose *dose = &self->doses[i];
      if (i > 0 && dose->steady_state && !dose->add && dose[-1].steady_state
          && dose->time_h == dose[-1].time_h)
        return tdm_error_set_input (error, "doses",
                                    "two steady-state doses at the same time (%g h)",
                                    dose->time_h);
      while (set + 1 < self->n_sets && is_in_force (self, set + 1, dose->time_h))
        set++;
      dose->set = set;
      /* Also where only the bioavailability depends on the dose: it is then checked. */
      if (tdm_pk_route_has_lag (&dose->route) || tdm_pk_dose_has_length (dose)
          || tdm_pk_route_depends_on_dose (&dose->route))
        self->plain = FALSE;
    }
  return TRUE;
}

static int
compare_steps_cb (const void *a, const void *b)
{
  const TdmPkEvent *x = *(TdmPkEvent *const *)a, *y = *(TdmPkEvent *const *)b;
  if (x->dt_h != y->dt_h)
    return x->dt_h < y->dt_h ? -1 : 1;
  return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

/* Gives equal lengths of time one number. Lengths that differ by the rounding of the
 * times they were taken from become equal. */
static void
share_steps (TdmPkPlan *self)
{
  TdmPkEvents *list = &self->events;
  g_autofree TdmPkEvent **steps = g_new (TdmPkEvent *, list->n + 1);
  double largest = 0.0;
  guint m = 0;
  for (guint i = 1; i < list->n; i++)
    {
      TdmPkEvent *event = &list->events[i];
      event->dt_h = event->time_h - list->events[i - 1].time_h;
      largest = MAX (largest, fabs (event->time_h));
      if (event->dt_h > 0.0 && isfinite (event->dt_h))
        steps[m++] = event;
    }
  qsort (steps, m, sizeof *steps, compare_steps_cb);
  const double tolerance = 8.0 * G_MINDOUBLE + 16.0 * 2.3e-16 * largest;
  guint share = 0;
  for (guint i = 0, head = 0; i < m; i++)
    {
      if (steps[i]->dt_h - steps[head]->dt_h > tolerance)
        {
          head = i;
          share++;
        }
      steps[i]->dt_h = steps[head]->dt_h;
      steps[i]->share = share;
    }
}

static gboolean
check_times (const TdmPkHistory *history, GError **error)
{
  const double *change = history->change_times_h;
  g_return_val_if_fail (history->n_sets >= 1 && change[0] == -INFINITY, FALSE);
  for (guint i = 1; i < history->n_sets; i++)
    if (!isfinite (change[i]) || change[i] < change[i - 1])
      return tdm_error_set_input (error, "changes", "times of change must ascend");
  for (guint i = 0; i < history->n_times; i++)
    if (!isfinite (history->times_h[i]))
      return tdm_error_set_input (error, "times", "a time is not a number");
  return TRUE;
}

/* A copy of `from`, or zeros. Yours. */
static gpointer
copy_or_zero (gconstpointer from, guint n, gsize size)
{
  return from != NULL ? g_memdup2 (from, n * size) : g_malloc0_n (n, size);
}

/* When the first dose was given; what a steady state says was taken for so long. */
static double
find_origin (const TdmPkDose *doses, guint n_doses)
{
  double origin = INFINITY;
  for (guint i = 0; i < n_doses; i++)
    if (doses[i].amount_mg > 0.0)
      origin = MIN (origin, doses[i].steady_state ? doses[i].time_h - TDM_PK_LONG_AGO_H
                                                  : doses[i].time_h);
  return isfinite (origin) ? origin : 0.0;
}

/* A closed form knows constant parameters only. */
static void
copy_courses (TdmPkPlan *self, const TdmPkHistory *history)
{
  gboolean any = FALSE;
  for (guint i = 0; history->courses != NULL && i < history->n_sets; i++)
    any = any || history->courses[i].to_h > history->courses[i].from_h;
  if (!any)
    return;
  self->courses = g_memdup2 (history->courses, history->n_sets * sizeof (TdmPkCourse));
  if (self->structure.kind != TDM_PK_LINEAR)
    return;
  self->linear = self->structure;
  self->structure = tdm_pk_linear_equations (&self->linear);
}

static void
copy_history (TdmPkPlan *self, const TdmPkHistory *history)
{
  const guint n_sets = history->n_sets, n_times = history->n_times;
  self->n_sets = n_sets;
  self->change_times_h = g_memdup2 (history->change_times_h, n_sets * sizeof (double));
  self->change_after = copy_or_zero (history->change_after, n_sets, sizeof (gboolean));
  copy_courses (self, history);
  self->n_times = n_times;
  self->times_h = g_memdup2 (history->times_h, n_times * sizeof (double));
  self->outputs = copy_or_zero (history->outputs, n_times, sizeof (guint));
  self->after = copy_or_zero (history->after, n_times, sizeof (gboolean));
  for (guint i = 0; i < n_times; i++)
    g_assert (self->outputs[i] < self->structure.n_outputs);
}

TdmPkPlan *
tdm_pk_plan_new_history (const TdmPkStructure *structure, const TdmPkHistory *history,
                         GError **error)
{
  guint total = 0;
  g_return_val_if_fail (structure->chain <= TDM_PK_MAX_CHAIN, NULL);
  if (!check_times (history, error)
      || !count_doses (structure, history->doses, history->n_doses, &total, error))
    return NULL;
  g_autoptr (TdmPkPlan) self = g_new0 (TdmPkPlan, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->structure = *structure;
  self->n_doses = total;
  self->doses = g_new0 (TdmPkPlanDose, total);
  copy_history (self, history);
  self->structure.main_output = history->main_output;
  self->structure.origin_h = find_origin (history->doses, history->n_doses);
  expand (self, history->doses, history->n_doses);
  merge_times (self);
  if (!sort_doses (self, error))
    return NULL;
  if (self->plain)
    {
      const TdmJetSpace plain = tdm_jet_space (0, 0);
      if (!tdm_pk_events_build (&self->events, self, NULL, &plain, error))
        return NULL;
      share_steps (self);
    }
  return g_steal_pointer (&self);
}

TdmPkPlan *
tdm_pk_plan_new (const TdmPkStructure *structure, const TdmPkDose *doses, guint n_doses,
                 const double *change_times_h, guint n_sets, const double *times_h,
                 const guint *outputs, guint n_times, GError **error)
{
  const TdmPkHistory history = { .doses = doses,
                                 .n_doses = n_doses,
                                 .change_times_h = change_times_h,
                                 .n_sets = n_sets,
                                 .times_h = times_h,
                                 .outputs = outputs,
                                 .n_times = n_times };
  return tdm_pk_plan_new_history (structure, &history, error);
}

TdmPkPlan *
tdm_pk_plan_ref (TdmPkPlan *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_pk_plan_unref (TdmPkPlan *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->doses);
  g_free (self->change_times_h);
  g_free (self->change_after);
  g_free (self->courses);
  g_free (self->times_h);
  g_free (self->outputs);
  g_free (self->after);
  tdm_pk_events_clear (&self->events);
  g_free (self);
}

guint
tdm_pk_plan_get_n_sets (const TdmPkPlan *self)
{
  return self->n_sets;
}

guint
tdm_pk_plan_get_n_doses (const TdmPkPlan *self)
{
  return self->n_doses;
}

void
tdm_pk_plan_get_dose (const TdmPkPlan *self, guint i, double *time_h, double *amount_mg,
                      double *duration_h)
{
  g_return_if_fail (i < self->n_doses);
  *time_h = self->doses[i].time_h;
  *amount_mg = self->doses[i].amount_mg;
  *duration_h =
      self->doses[i].route.duration == G_MAXUINT ? self->doses[i].duration_h : 0.0;
}
