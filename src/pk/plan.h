/* Plans: a dosing history expanded into events, and its prediction.
 *
 * What was written → expanded, sorted events → rates, amounts and parameters at each →
 * a walk from event to event, the structure supplying the step and the steady state.
 * State is carried, never superposed, so parameters may change between events. */
#pragma once

#include <gio/gio.h>

#include "pk/course.h"
#include "pk/structure.h"

/* One line of the dosing history. */
typedef struct
{
  double time_h;
  double amount_mg;  /* of active moiety */
  double duration_h; /* 0 = bolus; ignored when the route has a duration parameter */
  double interval_h; /* > 0 with count > 1 or steady state */
  guint count;       /* doses in all, >= 1 */
  gboolean steady_state;
  TdmPkRoute route;

  double rate_mg_h; /* > 0: instead of a duration, runs until amount x bioavailability
                     * is in */
  gboolean add;     /* a steady state that is added to what is in the body, where others
                     * replace it */
  gboolean stopped; /* at steady state: the dose before was the last, none is given at
                     * time_h; count is 1 */
  gboolean reset;   /* first takes away all that was given before, on its way or not */
  gboolean at_arrival; /* what is absorbed of a lagged bolus is read when it arrives,
                        * not when it is given */
} TdmPkDose;

/* Most doses a plan expands to; more is refused. A case may hold half of them, the rest
 * is for the regimen that follows. */
#define TDM_PK_MAX_DOSES 200000

typedef struct _TdmPkPlan TdmPkPlan; /* immutable, reference counted */

/* What a plan is made of. Parameter set k applies from change_times_h[k] (the first
 * must be -INFINITY; ascending) to the next: to all that happens at that time, or where
 * change_after[k], only to what comes after it. Predictions are made at `times_h`, any
 * order, duplicates allowed; a prediction at the very time of a bolus, of the start of
 * an infusion or of a reset is made before it, or where after[i], after it. The arrays
 * `change_after`, `courses` (of each set; those of its sets that a course only leads
 * through are in force for no time), `outputs` (indices into the structure's) and
 * `after` may be NULL: all 0. Where a course leads on, also a LINEAR structure is
 * solved as differential equations. */
typedef struct
{
  const TdmPkDose *doses;
  guint n_doses;
  const double *change_times_h;
  const gboolean *change_after;
  const TdmPkCourse *courses;
  guint n_sets;
  const double *times_h;
  const guint *outputs;
  const gboolean *after;
  guint n_times;
  guint main_output; /* the one that areas are of */
} TdmPkHistory;

/* Expands and sorts. The structure is copied (its `data` borrowed for the life of the
 * plan). Yours. */
TdmPkPlan *tdm_pk_plan_new_history (const TdmPkStructure *structure,
                                    const TdmPkHistory *history,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without `change_after` and `after`. Yours. */
TdmPkPlan *tdm_pk_plan_new (const TdmPkStructure *structure, const TdmPkDose *doses,
                            guint n_doses, const double *change_times_h, guint n_sets,
                            const double *times_h, const guint *outputs, guint n_times,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmPkPlan *tdm_pk_plan_ref (TdmPkPlan *self);
void tdm_pk_plan_unref (TdmPkPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmPkPlan, tdm_pk_plan_unref)

/* Parameter sets that prediction reads. */
guint tdm_pk_plan_get_n_sets (const TdmPkPlan *self);

/* Number of expanded doses, and the i-th in order of time (duration of its own or 0).
 */
guint tdm_pk_plan_get_n_doses (const TdmPkPlan *self);
void tdm_pk_plan_get_dose (const TdmPkPlan *self, guint i, double *time_h,
                           double *amount_mg, double *duration_h);

/* Workspace of one thread for plans of any structure; grows as needed, never shared. */
typedef struct _TdmPkWork TdmPkWork;
TdmPkWork *tdm_pk_work_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_pk_work_free (TdmPkWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmPkWork, tdm_pk_work_free)

/* Overrides an ODE structure's tolerances (0 = those of the structure). */
void tdm_pk_work_set_tolerance (TdmPkWork *self, double relative, double absolute);

/* What ends a prediction under way with G_IO_ERROR_CANCELLED (NULL = nothing);
 * borrowed. */
void tdm_pk_work_set_cancellable (TdmPkWork *self, GCancellable *cancellable);

/* The most that a prediction may cost, and what all predictions so far have cost, in
 * derivatives computed by the solver of differential equations, coefficients of jets
 * counted one by one (TdmOdeSystem.left). The bound is about a second of a modest
 * computer. Closed forms cost nothing. */
#define TDM_PK_MOST_WORK G_GUINT64_CONSTANT (200000000)
guint64 tdm_pk_work_get_spent (const TdmPkWork *self);

/* Which method solves ODE structures (TDM_ODE_AUTO at first), and which one was at work
 * at the end of the last prediction: TDM_ODE_AUTO for a closed form, or none yet. */
void tdm_pk_work_set_method (TdmPkWork *self, TdmOdeMethod method);
TdmOdeMethod tdm_pk_work_get_method (const TdmPkWork *self);

/* Predicts. `parameters`: n_sets x n_parameters jets over `space`. `values`: n_times
 * jets, concentrations in mg/L, in the order of `times_h`. `auc` (or NULL): n_times
 * jets, the area under the history's main output from the first dose (or, with a
 * steady-state dose, from that dose) to each time, mg·h/L. Until the first dose the
 * states are the structure's initial ones. FALSE with a TDM_ERROR_NO_ANSWER error when
 * there is no steady state, the solver fails, or a result is not finite. */
gboolean tdm_pk_plan_predict (const TdmPkPlan *self, TdmPkWork *work,
                              const TdmJetSpace *space, const double *parameters,
                              double *values, double *auc,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The steady state that `dose` repeated every interval_h for ever would reach under one
 * parameter set, of the structure's main output: the concentration at `offsets_h` (0 ..
 * interval_h after a dose's start; 0 = trough, before the dose) and the area over one
 * interval. Plain numbers, no derivatives (space n = 0). The peak is the highest
 * concentration in the interval, to rounding, and `peak_time_h` its offset (within
 * 1e-7): an end of an input, or a maximum searched between, not taken from a grid. Same
 * errors as predict. */
typedef struct
{
  double trough; /* mg/L, just before a dose */
  double peak;   /* mg/L */
  double peak_time_h;
  double auc; /* mg·h/L over one interval */
} TdmPkSteadyState;

gboolean tdm_pk_steady_state (const TdmPkStructure *structure, const TdmPkDose *dose,
                              const double *parameters, const double *offsets_h,
                              guint n_offsets, double *values, TdmPkWork *work,
                              TdmPkSteadyState *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
