/* LINEAR structures as differential equations: for parameters that go on changing. */
#pragma once

#include "pk/structure.h"

/* The same compartments, in the same order, with the same parameters. `linear` is
 * borrowed for the life of the result. */
TdmPkStructure tdm_pk_linear_equations (const TdmPkStructure *linear);
