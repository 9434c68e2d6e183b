/* Several models of the case's drug side by side: which ones, and what they say, as
 * rows of text. */
#pragma once

#include "engine/average.h"
#include "engine/domain.h"

/* What the worker thread computes from, and what it finds. */
typedef struct
{
  TdmCase *record;
  GPtrArray *models; /* of TdmModel*; the case's own first */
  TdmWeightRule rule;
  TdmResultOptions options;
} TdmCompareInput;

typedef struct
{
  TdmAverage *average;
  GPtrArray *variants; /* of TdmMember*, of the case's own model */
} TdmComparison;

void tdm_compare_input_free (TdmCompareInput *self);
/* NULL with an error. Yours. */
TdmComparison *tdm_comparison_new (const TdmCompareInput *input,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_comparison_free (TdmComparison *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmComparison, tdm_comparison_free)

/* Those that the case names, if these are several of `ranked` (of TdmDomain, from
 * tdm_domain_rank()); else the case's own and the nearest ones. Elements are TdmModel*,
 * the case's own first. Yours. */
GPtrArray *tdm_compare_models (const TdmCase *record, const TdmModel *model,
                               const GPtrArray *ranked) G_GNUC_WARN_UNUSED_RESULT;
/* The case with these models (of TdmModel*). Yours. */
TdmCase *tdm_compare_choose (const TdmCase *record, const GPtrArray *models,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "Goti 2018" of a long title. Yours. */
char *tdm_compare_short_title (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;

/* Tables: char ** rows, the first the headings; as in fit-text.h. Yours. */
GPtrArray *tdm_compare_members (const TdmAverage *average) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *tdm_compare_regimens (const TdmAverage *average) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *tdm_compare_variants (const GPtrArray *variants) G_GNUC_WARN_UNUSED_RESULT;
/* What the weights rest on, in a few words. Static. */
const char *tdm_compare_rule_title (TdmWeightRule rule);
/* Whether the models agree, in a sentence. Yours. */
char *tdm_compare_sentence (const TdmAverage *average) G_GNUC_WARN_UNUSED_RESULT;
