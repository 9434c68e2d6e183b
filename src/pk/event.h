/* Events: what happens when, in order. The inside of a plan, shared by plan.c, which
 * expands what was written, event.c, which sorts, and walk.c, which goes through them.
 */
#pragma once

#include "pk/plan.h"
#include "pk/stepper.h"

/* In this order when several happen at once: a set applies from its time on, a steady
 * state replaces what was before, and a level is drawn before the dose unless it is
 * said to be drawn after it. */
typedef enum
{
  TDM_PK_EVENT_STOP,   /* an input ends */
  TDM_PK_EVENT_SET,    /* parameters change */
  TDM_PK_EVENT_STEADY, /* the periodic state of a dose */
  TDM_PK_EVENT_OUTPUT,
  TDM_PK_EVENT_RESET, /* all that was given is taken away */
  TDM_PK_EVENT_START, /* an input starts */
  TDM_PK_EVENT_BOLUS,
  TDM_PK_EVENT_OUTPUT_AFTER,
  TDM_PK_EVENT_SET_AFTER, /* parameters change after all that happens at that time */
} TdmPkEventKind;

typedef struct
{
  TdmPkEventKind kind;
  guint index; /* of the dose, set or time */
  guint sequence;
  gboolean has_lag,
      has_duration; /* the time is base_h plus these of the dose, which are jets */
  double base_h;
  double time_h; /* its value */
  double dt_h;   /* since the event before; plain plans only */
  guint share;   /* see TdmPkStretch */
} TdmPkEvent;

/* Grows; keep it from one use to the next. */
typedef struct
{
  TdmPkEvent *events;
  guint n;
  guint capacity;
  double *set; /* the parameters of one dose, where a course leads on */
} TdmPkEvents;

void tdm_pk_events_clear (TdmPkEvents *events);

/* One expanded dose. */
typedef struct
{
  double time_h;
  double amount_mg;
  double duration_h;
  double interval_h;
  double rate_mg_h; /* or 0 */
  gboolean steady_state, add, stopped, reset, at_arrival;
  TdmPkRoute route;
  guint set; /* parameter set in force at its time */
} TdmPkPlanDose;

/* Whether the length of the dose's input depends on parameters. */
gboolean tdm_pk_dose_has_length (const TdmPkPlanDose *dose);

struct _TdmPkPlan
{
  gatomicrefcount ref_count;
  TdmPkStructure structure;
  TdmPkPlanDose *doses; /* by time; of those at one time a steady state first */
  guint n_doses;
  double *change_times_h;
  gboolean *change_after;
  TdmPkCourse *courses;  /* or NULL: all constant */
  TdmPkStructure linear; /* what the structure's equations are made from, if they are */
  guint n_sets;
  double *times_h;
  guint *outputs;
  gboolean *after;
  guint n_times;
  gboolean plain;     /* no time depends on parameters */
  TdmPkEvents events; /* of a plain plan */
};

/* Lag and length of the input of one dose. */
typedef struct
{
  double lag_h;
  double duration_h;
} TdmPkTiming;

/* How a train of doses `interval_h` apart stands at the nominal time of one of them,
 * the train's own dose at that time and later ones not counted. */
typedef struct
{
  guint pending; /* doses that have not yet arrived */
  guint ending;  /* doses whose input has not ended (those pending among them) */
} TdmPkTrain;

TdmPkTrain tdm_pk_train (const TdmPkTiming *timing, double interval_h);

/* A dose's timing under its own parameters `set`, plain numbers (NULL where none is
 * needed). FALSE with an error when one is negative or not finite, or when more than
 * TDM_PK_MAX_DOSES of a steady state overlap. */
gboolean tdm_pk_dose_timing (const TdmPkPlanDose *dose, const double *set,
                             TdmPkTiming *timing, GError **error);

/* The parameters of set number `set`, among all of them. */
TdmPkParameters tdm_pk_plan_set (const TdmPkPlan *plan, guint set,
                                 const double *parameters, const TdmJetSpace *space);

/* The parameters of set number `set` at the plain time `time_h`: those given, or where
 * a course leads on, in `*buffer` (grown as needed, yours). */
const double *tdm_pk_plan_set_at (const TdmPkPlan *plan, guint set, double time_h,
                                  const double *parameters, const TdmJetSpace *space,
                                  double **buffer);

/* The values of a dose's parameters, in `*buffer` (grown as needed, yours). */
const double *tdm_pk_plan_values_at (const TdmPkPlan *plan, const TdmPkPlanDose *dose,
                                     const double *parameters, const TdmJetSpace *space,
                                     double **buffer);

/* Lists and sorts the events up to the last time asked for. `parameters` may be NULL
 * for a plain plan. */
gboolean tdm_pk_events_build (TdmPkEvents *events, const TdmPkPlan *plan,
                              const double *parameters, const TdmJetSpace *space,
                              GError **error);
