/* The walk's memory: states, clock and running inputs of one prediction. Shared by
 * walk.c and steady.c, which starts from the same periodic state. */
#pragma once

#include "pk/event.h"

struct _TdmPkWork
{
  gpointer steppers[2]; /* by TdmPkKind, made when first needed */
  TdmPkAccuracy accuracy;
  guint64 left;       /* of what this prediction may spend */
  guint64 spent;      /* by all before */
  TdmPkEvents events; /* of plans that are not plain */
  double *buffer;
  gsize capacity;
  guint *active; /* inputs running into each state */
  guint n_active_capacity;

  /* Of the prediction under way. */
  const TdmPkStepper *stepper;
  gpointer self;
  TdmJetSpace space;
  guint n_states;
  TdmPkParameters parameters; /* in force */
  double *at;                 /* parameters of a dose, or of now */
  double *states, *rates;     /* n_states jets */
  double *now, *dt, *area;    /* jets */
  double *scratch;            /* TDM_PK_WALK_SCRATCH jets */
  double *cycle_rates;        /* 3 x n_states jets */
  double *probe;              /* n_states jets, a copy of the states to try a step on */
  double *sample, *previous;  /* likewise, for the regime of one dose line */
  guint running;              /* inputs in all */
  double *rest;               /* n_states jets, of a body to which nothing was given */
  gboolean rates_plain;
};

#define TDM_PK_WALK_SCRATCH 12

/* Prepares the memory and the stepper. */
gboolean tdm_pk_walk_begin (TdmPkWork *self, const TdmPkStructure *structure,
                            const TdmJetSpace *space, GError **error);

/* result = length of the dose's input (h, jet), where it depends on `parameters`. */
void tdm_pk_walk_length (TdmPkWork *self, const TdmPkPlanDose *dose,
                         const double *parameters, double *result);

/* result = rate of the input (mg/h, jet) or amount of the bolus (mg, jet) of a dose
 * whose own parameters are `parameters`. TRUE when it is free of derivatives. */
gboolean tdm_pk_walk_input (TdmPkWork *self, const TdmPkPlanDose *dose,
                            const double *parameters, gboolean bolus, double *result);

/* The cycle of `dose` at steady state, from its nominal time on. Points into the work's
 * own memory, good until the next call. `parameters` of its set. Returns the inputs
 * running at that time. */
guint tdm_pk_walk_cycle (TdmPkWork *self, const TdmPkPlanDose *dose,
                         const TdmPkTiming *timing, const double *parameters,
                         TdmPkCycle *cycle);
