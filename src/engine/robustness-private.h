/* The parts of a robustness card, for the files that make it. */
#pragma once

#include "engine/robustness.h"

/* What a case that differs in one thing would say of the leading regimen. */
typedef struct
{
  const TdmResult *result; /* whose leading regimen it is */
  const TdmRegimen *leading;
  const TdmTarget *target;
  double adjust_h;
  GCancellable *cancellable;
} TdmJudge;

/* Judges `record` under `model`; `unit` is that of the metric. Fills p_within … changed
 * of `out`, or its obstacle; leaves both alone when cancelled. */
void tdm_judge_doubt (const TdmJudge *self, TdmCase *record, TdmModel *model,
                      const char *unit, TdmDoubt *out);

/* All doubts of a case: the cases (of TdmCase*) and the doubts, in the same order, and
 * how many dose lines were left out. The model's is not among them. */
void tdm_doubts_list (const TdmResult *result, double shift_h, GPtrArray *cases,
                      GPtrArray *doubts, guint *left_out);

TdmDoubt *tdm_doubt_new (TdmDoubtKind kind, guint index, char *what /* taken */,
                         char *change /* taken */) G_GNUC_WARN_UNUSED_RESULT;
void tdm_doubt_free (TdmDoubt *self);

/* The sentence, and which doubt is the worst. */
void tdm_robustness_conclude (TdmRobustness *self);
