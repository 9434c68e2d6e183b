/* Parts of the closed-form stepper that call each other. */
#pragma once

#include "pk/linear-state.h"

/* Sets the kernels of the current jet space. */
void tdm_pk_linear_choose_kernels (TdmPkLinear *self);

/* Rates and matrices of three compartments from the micro-constants. */
void tdm_pk_linear_three (TdmPkLinear *self);

/* Fills `q` for the time `t` (jet): exact for any rates, any order. */
void tdm_pk_linear_fill (TdmPkLinear *self, TdmPkPropagator *q, const double *t);

/* Adds to `q` what a constant input into state `from` reaches; `t` as for fill. */
void tdm_pk_linear_force (TdmPkLinear *self, TdmPkPropagator *q, const double *t,
                          guint from);
