/* When the ward gives doses. */
#pragma once

#include "record/case.h"

/* The first time from `from_h` on at which a dose may be given so that it and all that
 * follow it every `interval_h` hours are at times of the day that the case allows
 * (options.ward_times; a change of clocks aside); NAN where the interval does not fit
 * them. Without such times: `from_h`. */
double tdm_ward_first (const TdmCase *record, double from_h, double interval_h);
