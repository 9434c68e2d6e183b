/* From a result to the report for the chart. */
#pragma once

#include "engine/result.h"
#include "engine/robustness.h"
#include "plot/report.h"

/* The report of `result`; `options` as it was computed with, or NULL. Who calculated
 * and who checked are left to sign. Yours. */
TdmReport *
tdm_report_builder_build (const TdmResult *result,
                          const TdmResultOptions *options) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what the card says: its sentence, and some of the other doubts under which the
 * advice would change. */
void tdm_report_builder_add_robustness (TdmReport *report, const TdmRobustness *card);
