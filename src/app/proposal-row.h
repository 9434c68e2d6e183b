/* A proposal as the cells of a table. */
#pragma once

#include "engine/result.h"

typedef enum
{
  TDM_COLUMN_DOSE,
  TDM_COLUMN_INTERVAL,
  TDM_COLUMN_DURATION,
  TDM_COLUMN_TROUGH,
  TDM_COLUMN_PEAK,
  TDM_COLUMN_AUC24,
  TDM_COLUMN_TARGET, /* what the target looks at, where it is none of these */
  TDM_COLUMN_BELOW,
  TDM_COLUMN_WITHIN,
  TDM_COLUMN_ABOVE,
  TDM_COLUMN_ALARM_LOW,
  TDM_COLUMN_ALARM_HIGH,
  TDM_COLUMN_PER_DAY,
  TDM_COLUMN_PER_KG,
  TDM_COLUMN_N,
} TdmColumn;

/* "Trough mg/L": the heading of a column that this result has. Yours. */
char *tdm_proposal_heading (const TdmResult *result,
                            TdmColumn column) G_GNUC_WARN_UNUSED_RESULT;
/* "15.2", "8 %", "1250 mg". Yours. */
char *tdm_proposal_text (const TdmResult *result, guint index,
                         TdmColumn column) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE for a column that says nothing here, such as the infusion time of tablets. */
gboolean tdm_proposal_has_column (const TdmResult *result, TdmColumn column);
/* Which rows are shown beside the current and the chosen one. */
typedef enum
{
  TDM_ROWS_ALL,
  TDM_ROWS_INTERVALS, /* the best of every interval */
  TDM_ROWS_BEST,
} TdmProposalRows;

gboolean tdm_proposal_is_shown (const TdmResult *result, guint index,
                                TdmProposalRows rows);
/* What its amount and times do not say: a loading dose, a pause, later doses, the way
 * it is given; and the chance at the beginning, where that is another. NULL where there
 * is nothing. Yours. */
char *tdm_proposal_course (const TdmResult *result,
                           guint index) G_GNUC_WARN_UNUSED_RESULT;
/* What amounts that cannot be given would do, for comparison; or NULL. Yours. */
char *tdm_proposal_continuous (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the target looks at something that has no column of its own. */
gboolean tdm_proposal_has_own_metric (const TdmResult *result);
/* "Cumulated", "Below after": that in a word or two. Static. */
const char *tdm_proposal_metric_title (const TdmResult *result);
/* "37.8", "> 24" where it is longer than can be told. Yours. */
char *tdm_proposal_metric_number (const TdmResult *result,
                                  double value) G_GNUC_WARN_UNUSED_RESULT;
/* "h", "%", "": the unit of that. Yours. */
char *tdm_proposal_metric_unit (const TdmResult *result) G_GNUC_WARN_UNUSED_RESULT;
/* The whole row in a sentence, for screen readers. Yours. */
char *tdm_proposal_sentence (const TdmResult *result,
                             guint index) G_GNUC_WARN_UNUSED_RESULT;
/* The part of a hundred as it is shown: 0 and 100 only when it is (almost) certain.
 * Yours. */
char *tdm_percent_text (double fraction) G_GNUC_WARN_UNUSED_RESULT;
