/* Parts of the stepper of ODE structures that call each other. */
#pragma once

#include "pk/stepper.h"

/* What the search for a periodic state works with: two instances of the stepper, one
 * over the jets of the prediction and one that may be begun anew. */
typedef struct
{
  gpointer outer; /* begun, parameters set */
  gpointer inner;
  const TdmPkStructure *structure;
  TdmJetSpace space;        /* of `outer` and of the cycle */
  const double *parameters; /* n_parameters jets */
  const TdmPkAccuracy *accuracy;
} TdmPkOdeSearch;

/* states = the state that `cycle` brings back to itself; see TdmPkStepper.periodic. */
gboolean tdm_pk_ode_periodic (const TdmPkOdeSearch *search, const TdmPkCycle *cycle,
                              double *states, GError **error);
