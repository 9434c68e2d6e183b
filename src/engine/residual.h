/* The residual error: how far measurements scatter around a prediction, and what a
 * level contributes to the objective. All values in the output's unit. */
#pragma once

#include "engine/problem.h"

/* TRUE when the error is that of the logarithm. */
gboolean tdm_residual_is_log (const TdmModelOutput *output);

/* Standard deviation at prediction f, of the logarithm where the error is on that
 * scale; NAN where the model has none. */
double tdm_residual_sd (const TdmModelOutput *output, double f);

/* A measurement of f that misses by `epsilon` standard deviations; never below 0. */
double tdm_residual_measure (const TdmModelOutput *output, double f, double epsilon);

/* -2 ln likelihood contribution of one level (weight not applied) as a function of the
 * prediction f: value and first two derivatives; `expected` the term that stands for
 * the second derivative in the expected information (twice it). FALSE when not finite.
 */
typedef struct
{
  double value, first, second, expected;
} TdmLevelTerm;

gboolean tdm_level_term (const TdmModelOutput *output, const TdmProblemLevel *level,
                         double f, TdmLevelTerm *out);
