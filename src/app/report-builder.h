/* From a result to the report for the chart. */
#pragma once

#include "app/answer.h"
#include "app/compare.h"
#include "engine/robustness.h"
#include "plot/report.h"

/* What is computed beside a result; NULL where there is no such answer. */
typedef struct
{
  TdmRobustness *robustness;
  TdmNextSample *sample;
} TdmReportExtras;

/* `models` as for tdm_robustness_new(). NULL with G_IO_ERROR_CANCELLED only. Yours. */
TdmReportExtras *tdm_report_extras_new (const TdmResult *result,
                                        const GPtrArray *models,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_report_extras_free (TdmReportExtras *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmReportExtras, tdm_report_extras_free)

/* What a report is made from; borrowed. */
typedef struct
{
  const TdmResult *result;
  const TdmResultOptions *options; /* as it was computed with, or NULL */
  const TdmReportExtras *extras;   /* or NULL */
  const TdmComparison *comparison; /* of models, if one was made, or NULL */
  TdmLanguage language;            /* of the words */
} TdmReportSource;

/* Who calculated and who checked are left to sign. Yours. */
TdmReport *
tdm_report_builder_build (const TdmReportSource *source) G_GNUC_WARN_UNUSED_RESULT;

/* report-sections.c: what was looked at beside the regimens, and how. */
void tdm_report_builder_add_sections (TdmReport *report, const TdmReportSource *source);
/* How bands, chances and the certificate came about, as lines of report->fit. */
void tdm_report_builder_add_trust (TdmReport *report, const TdmResult *result);
