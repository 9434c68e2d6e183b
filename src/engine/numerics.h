/* How the numbers of a fit came about: in closed form, or by which solver of
 * differential equations and to which tolerances. */
#pragma once

#include <jansson.h>

#include "engine/map.h"

/* Tolerances of differential equations under the draws of bands, whose own noise is far
 * greater. */
#define TDM_DRAW_RELATIVE 1e-4
#define TDM_DRAW_ABSOLUTE 1e-4

/* "numerics" of the answers: method "closed form" or "ODE"; for the latter relative and
 * absolute (mg) tolerance of a step, those under draws, and the solver that was at work
 * at the estimate ("explicit Runge-Kutta", "implicit Runge-Kutta", "CVODES"; left out
 * when `fit` is NULL or nothing had to be solved for it). New reference. */
json_t *tdm_json_numerics (const TdmModel *model,
                           const TdmFit *fit) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a sentence. Yours. */
char *tdm_numerics_sentence (const TdmFit *fit) G_GNUC_WARN_UNUSED_RESULT;
