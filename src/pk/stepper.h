/* Steppers: what a structure supplies to the walk over a plan.
 *
 * The walk (plan.c) owns the events: it sorts them, keeps the rates of the running
 * inputs, adds boluses and decides when parameters change. A stepper only knows how to
 * carry the states over a stretch with constant inputs, how to read an output and how
 * to find a periodic state. linear.c (closed form) and ode.c (num/ode.h) each fill one
 * method table.
 *
 * All arrays of jets are contiguous, over the space given to begin(). States are
 * amounts in mg, rates mg/h, times h. Where the lag or the length of an input depends
 * on an effect, the times of its events are jets, so `start` and `dt` carry
 * derivatives; when `plain`, all derivatives of `dt` and `start` are zero and need not
 * be looked at (they are still there). */
#pragma once

#include "pk/course.h"
#include "pk/structure.h"

/* One stretch without an event. */
typedef struct
{
  const double *start; /* jet, h */
  const double *dt;    /* jet, h, value >= 0 (0 is possible) */
  gboolean plain;      /* start and dt are constants */
  guint share; /* stretches of one plan with the same number have the same plain dt and
                * parameter set; G_MAXUINT = nothing known. Only a hint for caches,
                * good until the next begin() or set_parameters(). */
  const double
      *rates; /* n_states jets, mg/h into each state, or NULL when nothing runs */
  gboolean rates_plain; /* all derivatives of the rates are zero */
  double reach_h; /* nothing changes for this long after `start`; 0 = only for dt */
} TdmPkStretch;

/* One period of a regimen at steady state: up to 3 stretches one after the other; after
 * stretch i the jet `bolus[i]` (mg, NULL = none) is added to state `state`. */
typedef struct
{
  guint n;
  TdmPkStretch stretch[3];
  const double *bolus[3];
  guint state;
  double interval_h; /* = the sum of the stretches' dt, free of derivatives */
} TdmPkCycle;

/* A stepper's method table. `self` lives in a workspace and is reused from one
 * prediction to the next (also of another structure of the same kind); it belongs to
 * one thread. */
typedef struct
{
  gpointer (*new) (void);
  void (*free) (gpointer self);

  /* Starts a prediction. `structure` is borrowed until the next begin(). FALSE with a
   * TDM_ERROR_NO_ANSWER error. */
  gboolean (*begin) (gpointer self, const TdmPkStructure *structure,
                     const TdmJetSpace *space, const TdmPkAccuracy *wanted,
                     GError **error);

  /* The parameters in force from here, n_parameters jets (copied, the jets borrowed
   * until the next call). Closed forms take constant ones only. */
  gboolean (*set_parameters) (gpointer self, const TdmPkParameters *parameters,
                              GError **error);

  /* states = those of a body to which nothing was given, under the parameters in force
   * at `time` (jet). */
  void (*rest) (gpointer self, const double *time, double *states);

  /* Carries `states` (n_states jets) over `stretch`, in place. `area` (NULL or one jet)
   * is increased by the area under the structure's main output over the stretch, in the
   * output's unit times h. */
  gboolean (*step) (gpointer self, const TdmPkStretch *stretch, double *states,
                    double *area, GError **error);

  /* value = output number `output` at `time` (jet) of `states`. */
  void (*output) (gpointer self, guint output, const double *time, const double *states,
                  double *value);

  /* states = the state that one `cycle` brings back to itself, at its start, under the
   * parameters in force then. FALSE with a TDM_ERROR_NO_ANSWER error when there is none
   * or it is not found. */
  gboolean (*periodic) (gpointer self, const TdmPkCycle *cycle, double *states,
                        GError **error);

  /* The solver at work; TDM_ODE_AUTO for closed forms. */
  TdmOdeMethod (*method) (gpointer self);
} TdmPkStepper;

/* The closed forms of LINEAR structures, and the ODE solver. */
extern const TdmPkStepper tdm_pk_linear;
extern const TdmPkStepper tdm_pk_ode;
