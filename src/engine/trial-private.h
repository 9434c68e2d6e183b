/* One patient of a trial. */
#pragma once

#include "engine/trial.h"

/* What all patients share. Read only while they run. */
typedef struct
{
  const TdmTrialOptions *options;
  TdmPeople people;
  TdmTarget target;
  TdmLabelRule label;
  const TdmModelDosing *dosing; /* of the truth: what the rule is rounded to */
  guint draws;
  GCancellable *cancellable;
} TdmTrialSetup;

typedef struct
{
  double *metric; /* one each day, in the metric's own unit */
  guint asked, withheld;
  GError *error;
} TdmTrialOutcome;

/* Fills `out` (whose metric has room for the days). */
void tdm_trial_treat (const TdmTrialSetup *setup, const TdmPolicy *policy,
                      guint64 number, TdmTrialOutcome *out);

/* The metric of each day from the true concentrations with the doses of `record`. */
gboolean tdm_trial_judge_days (const TdmTrialSetup *setup, TdmCase *record,
                               guint64 number, double *metric, GError **error);

/* Whether it can be told of single days. */
gboolean tdm_trial_has_days (TdmMetricKind metric);
