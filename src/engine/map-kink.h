/* Minima at a corner: where two smooth pieces of an objective meet and it rises from
 * there on both sides, as where a lag ends at the very time of a level. */
#pragma once

#include "num/minimise.h"

/* How a search that stopped at a corner goes on. */
typedef enum
{
  TDM_KINK_NONE,    /* there is none, or no minimum was found at it */
  TDM_KINK_LEAVE,   /* the minimum is not at the corner: minimise from x again */
  TDM_KINK_MINIMUM, /* x is a minimum */
} TdmKinkResult;

/* Looks for a corner near x (n numbers, in/out), where a search for the minimum of this
 * problem gave up, and minimises along it. Where it finds a minimum, `hessian` receives
 * a matrix whose inverse is the covariance, about x, of a density exp (-value / 2) with
 * that corner, and `report` its value and the length of the shortest of all
 * combinations of both sides' gradients. */
TdmKinkResult tdm_kink_minimise (const TdmMinimiseProblem *problem, double *x,
                                 double *hessian, TdmMinimiseReport *report);
