/* Virtual patients: people as a model's authors saw them, with true random effects, and
 * what a laboratory would measure in them. All of it depends on a seed and a patient's
 * number alone, so that the digits do not depend on the order or on threads. */
#pragma once

#include "engine/problem.h"
#include "num/random.h"

/* Whose people are drawn, and what else must be known of them. */
typedef struct
{
  TdmModel *model;
  const GPtrArray *others; /* of TdmModel*, which the same people must suit, or NULL */
  guint64 seed;
  const double *visits_h; /* from when each occasion after the first begins, where the
                           * model's occasions are numbered by a covariate; or NULL */
  guint n_visits;
} TdmPeople;

/* A case of patient `number`: sex and covariates, nothing given or measured yet. Each
 * covariate is drawn around the median that the model states, its range being where
 * the extremes of so many people as were studied are expected; without a median,
 * around the middle. Where children are among the people, ages and sizes go together.
 * Nobody is drawn whose derived covariates are outside the studied ranges of the model,
 * or whom a model in `others` refuses: NULL with TDM_ERROR_NO_ANSWER when it finds
 * nobody. Yours. */
TdmCase *tdm_people_draw (const TdmPeople *self, guint64 number,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The person in the middle: every covariate at its median, the first category. Yours.
 */
TdmCase *tdm_people_typical (const TdmPeople *self,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The true effects of patient `number` as a row of `problem` (n_values): the patient's
 * own, each occasion's and the subpopulation, from their prior. What is to come after
 * the last occasion is 0. An occasion has the same effects in whatever problem of the
 * same patient it comes up. Yours, g_free(). */
double *tdm_simulate_effects (const TdmProblem *problem, guint64 seed,
                              guint64 number) G_GNUC_WARN_UNUSED_RESULT;

/* When a patient is looked at: `times_h`, of one output. */
typedef struct
{
  const double *times_h;
  guint n;
  guint output;
} TdmLook;

/* The truth under `model` about patient `number` with the doses of `record`: a problem
 * that knows all occasions up to the last time of `look`, and the row of true effects
 * (yours, g_free()). Yours. */
TdmProblem *tdm_simulate_truth (TdmCase *record, TdmModel *model, const TdmLook *look,
                                guint64 seed, guint64 number, double **effects,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `record` with levels measured at the times of `look`: the truth under `model` with
 * the residual error that the model states. What is below half the standard deviation
 * of the error at 0 is reported as being below it; where there is no such error, a
 * measurement that would be 0 or less is repeated. Level k of the case has its own
 * error whatever comes before it. Yours. */
TdmCase *tdm_simulate_measure (TdmCase *record, TdmModel *model, const TdmLook *look,
                               guint64 seed, guint64 number,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A stream of random numbers for purpose `stream` of patient `number`. Yours. */
TdmRandom *tdm_simulate_stream (guint64 seed, guint64 number,
                                guint64 stream) G_GNUC_WARN_UNUSED_RESULT;
