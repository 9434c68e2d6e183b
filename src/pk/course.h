/* Parameters that go on changing between two events.
 *
 * A set of parameters is constant, or follows the parabola through three sets: its own
 * at from_h, `middle` halfway and `end` at to_h. Whoever makes the sets cuts the time
 * so that parabolas are as good as what they stand for. */
#pragma once

#include "num/jet.h"

/* How the set of a history goes on: numbers of other sets. Constant where to_h <=
 * from_h, as where all is 0. */
typedef struct
{
  double from_h, to_h;
  guint middle, end;
} TdmPkCourse;

/* The parameters in force: jets, borrowed; constant where `middle` is NULL. */
typedef struct
{
  const double *start, *middle, *end;
  double from_h, to_h;
} TdmPkParameters;

/* out = the `n` parameters at the jet `time`. `scratch` holds one jet. */
void tdm_pk_parameters_at (const TdmPkParameters *self, const TdmJetSpace *space,
                           guint n, const double *time, double *out, double *scratch);
