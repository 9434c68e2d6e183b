/* What an answer would cost: a case that would keep the person who asks waiting is
 * refused, by a count and not by a clock, so that the same case always gets the same
 * answer. */
#include "engine/problem-private.h"

#include "base/error.h"

#include <math.h>

/* Doses, levels and changes of covariates that can be walked through a thousand times
 * in a second or two: by differential equations; and where a target at a named time
 * makes the dose search walk through all of the history. */
#define MAX_EVENTS_ODE 1000
#define MAX_EVENTS_NAMED_TIME 5000
#define MAX_BINDINGS 2500
/* How far after the first dose of a new regimen a target may lie. */
#define MAX_AHEAD_H 8784.0
#define MAX_AHEAD_ODE_H 720.0

/* Ends of infusions that are known as an interval: all their combinations are walked
 * through. */
#define MAX_UNCERTAIN_ENDS 3

/* Draws that show percentiles well, and fewer where each takes long. */
#define DRAWS 1000
#define DRAWS_ODE 200
#define DRAWS_LEAST 100
#define EVENTS_FOR_ALL_DRAWS 20000

static gboolean
is_ode (const TdmProblem *self)
{
  return tdm_model_get_structure (self->model)->kind == TDM_PK_ODE;
}

guint
tdm_problem_get_draws (const TdmProblem *self)
{
  guint doses = tdm_case_count_doses (self->record);
  if (is_ode (self))
    return DRAWS_ODE;
  if (doses <= EVENTS_FOR_ALL_DRAWS)
    return DRAWS;
  return MAX ((guint)((guint64)DRAWS * EVENTS_FOR_ALL_DRAWS / doses), DRAWS_LEAST);
}

static gboolean
check_events (const TdmProblem *self, GError **error)
{
  guint doses = tdm_case_count_doses (self->record);
  guint events = doses + self->n_levels + self->n_bindings;
  const char *place = doses >= self->n_levels ? "doses" : "levels";
  if (self->n_bindings > MAX_BINDINGS)
    return tdm_error_set_input (error, "covariates",
                                "change %u times; expected at most %d changes",
                                self->n_bindings, MAX_BINDINGS);
  if (is_ode (self) && events > MAX_EVENTS_ODE)
    return tdm_error_set_input (
        error, place,
        "%u doses, levels and changes of covariates are too many for %s, which solves "
        "differential equations; expected at most %d (what was long ago may be given "
        "as "
        "a steady state)",
        events, tdm_model_get_id (self->model), MAX_EVENTS_ODE);
  if (!self->target.at_steady_state && self->target.metric != TDM_METRIC_NONE
      && events > MAX_EVENTS_NAMED_TIME)
    return tdm_error_set_input (
        error, place,
        "%u doses, levels and changes of covariates are too many for a target at a "
        "named time; expected at most %d",
        events, MAX_EVENTS_NAMED_TIME);
  return TRUE;
}

static gboolean
check_ahead (const TdmProblem *self, const char *place, double time_h, GError **error)
{
  double most = is_ode (self) ? MAX_AHEAD_ODE_H : MAX_AHEAD_H;
  return time_h - self->adjust_h <= most
         || tdm_error_set_input (error, place,
                                 "is more than %g days after the next dose is due; "
                                 "ask for the steady state instead",
                                 most / 24);
}

static gboolean
check_ends (const TdmProblem *self, GError **error)
{
  guint n = 0;
  for (guint i = 0; i < self->n_doses; i++)
    if (tdm_case_get_dose (self->record, i)->end_uncertain && ++n > MAX_UNCERTAIN_ENDS)
      {
        g_autofree char *place = g_strdup_printf ("doses[%u].end_from", i);
        return tdm_error_set_input (error, place,
                                    "at most %d infusions of a case may have an "
                                    "uncertain end",
                                    MAX_UNCERTAIN_ENDS);
      }
  return TRUE;
}

gboolean
tdm_problem_check_work (const TdmProblem *self, GError **error)
{
  const TdmTarget *target = &self->target;
  if (!check_events (self, error) || !check_ends (self, error))
    return FALSE;
  if (target->metric == TDM_METRIC_AUC
      && !check_ahead (self, "target.to", target->to.hours, error))
    return FALSE;
  return target->metric == TDM_METRIC_NONE || target->at_steady_state
         || check_ahead (self, "target.at", target->at.hours, error);
}
