/* Sessions of dialysis: while one runs, its clearance adds to that of the body. */
#include "engine/problem-private.h"

#include "base/error.h"
#include "base/unit.h"

#include <math.h>

/* The parameter of models that is the body's clearance. */
#define CLEARANCE "CL"

static gboolean
runs_at (const TdmDialysisEntry *session, double time_h)
{
  return session->time.hours <= time_h
         && time_h < session->time.hours + session->duration_h;
}

double
tdm_problem_after_dialysis (const TdmProblem *self, double time_h)
{
  for (gboolean moved = TRUE; moved;)
    {
      moved = FALSE;
      for (guint i = 0; i < tdm_case_get_n_dialyses (self->record); i++)
        {
          const TdmDialysisEntry *session = tdm_case_get_dialysis (self->record, i);
          if (!runs_at (session, time_h))
            continue;
          time_h = session->time.hours + session->duration_h;
          moved = TRUE;
        }
    }
  return time_h;
}

static gboolean
find_clearance (TdmProblem *self, GError **error)
{
  double factor;
  for (guint i = 0; i < tdm_model_get_n_parameters (self->model); i++)
    {
      const char *unit = tdm_model_get_parameter_unit (self->model, i);
      if (!g_str_equal (tdm_model_get_parameter_name (self->model, i), CLEARANCE)
          || unit == NULL || !tdm_unit_convert (1.0, "L/h", unit, 0.0, &factor, NULL))
        continue;
      self->clearance = i;
      return TRUE;
    }
  return tdm_error_set_input (error, "dialysis",
                              "%s has no clearance, %s, that a session could add to; "
                              "choose another model",
                              tdm_model_get_id (self->model), CLEARANCE);
}

/* A steady state is one of days without a session, so none can begin within one. */
static gboolean
check_steady_states (const TdmProblem *self, GError **error)
{
  for (guint i = 0; i < self->n_doses; i++)
    {
      const TdmPkDose *dose = &self->doses[i];
      if (!dose->steady_state
          || tdm_problem_after_dialysis (self, dose->time_h) == dose->time_h)
        continue;
      g_autofree char *place = g_strdup_printf ("doses[%u].time", i);
      return tdm_error_set_input (error, place,
                                  "what was taken for long before cannot begin while "
                                  "a session of dialysis runs; begin it before");
    }
  return TRUE;
}

/* The model's own covariate of dialysis, where the case says yes; -1 = it does not. */
static int
find_own (const TdmProblem *self)
{
  const int c = tdm_model_find_covariate (self->model, "DIAL");
  for (guint k = 0; c >= 0 && k < self->n_bindings; k++)
    if (tdm_problem_get_row (self, k, 0)[c] > 0)
      return c;
  return -1;
}

/* Without a vein among its routes, a model's clearance is that of what is absorbed. */
static gboolean
is_apparent (const TdmModel *model)
{
  for (guint r = 0; r < tdm_model_get_n_routes (model); r++)
    if (tdm_model_get_route (model, r)->infusion)
      return FALSE;
  return TRUE;
}

static void
note_sessions (TdmProblem *self)
{
  const int own = find_own (self);
  const TdmModelPeople *people = tdm_model_get_people (self->model);
  tdm_notes_add (self->notes, TDM_NOTE_INFO, "dialysis", "dialysis",
                 "Each session of dialysis adds its clearance while it runs; steady "
                 "states are those of days without a session.");
  if (is_apparent (self->model))
    tdm_notes_add (
        self->notes, TDM_NOTE_CAUTION, "dialysis-apparent", "dialysis",
        "The clearance of this model is that of what is absorbed: a session's "
        "counts for it only when it is divided by the share absorbed.");
  if (own >= 0)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "dialysis-counted-twice", "dialysis",
                   "This model counts an average dialysis already (%s), and the "
                   "sessions come on top of it: leave one of them out.",
                   tdm_model_get_covariate (self->model, (guint)own)->title);
  else if ((people->groups & TDM_GROUP_DIALYSIS) == 0)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "dialysis-not-studied", "dialysis",
                   "The people of this model had no dialysis, as far as is known.");
}

gboolean
tdm_problem_load_dialysis (TdmProblem *self, GError **error)
{
  const guint n = tdm_case_get_n_dialyses (self->record);
  if (n == 0)
    return TRUE;
  if (!find_clearance (self, error) || !check_steady_states (self, error))
    return FALSE;
  self->dialysis = g_new0 (double, self->n_bindings);
  for (guint k = 0; k < self->n_bindings; k++)
    for (guint i = 0; i < n; i++)
      {
        const TdmDialysisEntry *session = tdm_case_get_dialysis (self->record, i);
        double added;
        if (!tdm_unit_convert (
                session->clearance, session->unit,
                tdm_model_get_parameter_unit (self->model, self->clearance), 0.0,
                &added, error))
          return FALSE;
        if (runs_at (session, self->binding_times[k]))
          self->dialysis[k] += added;
      }
  note_sessions (self);
  return TRUE;
}
