/* When to draw the next level: which time would narrow most what the decision depends
 * on. */
#pragma once

#include "engine/result.h"

typedef struct
{
  double time_h;
  double expected;  /* the level at that time, median, in its output's unit */
  double reduction; /* share of the variance of the target's metric that the level is
                     * expected to take away, 0 … 1 */
  double p_wrong;   /* expected chance that the regimen chosen then misses the window */
} TdmSampleTime;

/* Immutable, reference counted. */
typedef struct
{
  gatomicrefcount ref_count;
  TdmSampleTime *times; /* ascending */
  guint n;
  guint best;         /* the time that takes away most */
  guint best_choice;  /* the time with the least chance of a wrong choice */
  double sd_now;      /* of the metric on the leading regimen, in `unit` */
  double p_wrong_now; /* chance that the leading regimen misses the window */
  TdmMetricKind metric;
  guint output; /* what the level is of: the target's output */
  char *unit;
} TdmNextSample;

/* Looks at each half hour from the last entry on, as far as the case's
 * options.sample_within says (else a day, or two intervals), and only within its
 * options.sample_hours, while the current regimen goes on. TDM_ERROR_NO_ANSWER where
 * advice is withheld, or no time is left. Yours. */
TdmNextSample *tdm_next_sample_new (const TdmResult *result, GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmNextSample *tdm_next_sample_ref (TdmNextSample *self);
void tdm_next_sample_unref (TdmNextSample *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmNextSample, tdm_next_sample_unref)
