/* Regimens under every draw of a posterior: their metrics, and what these say of the
 * target. Whatever proposes regimens, here they are judged. */
#pragma once

#include "engine/target.h"

typedef struct
{
  const TdmProblem *problem;
  const TdmResolvedTarget *target;
  const double *rows; /* draws x n_values, equally weighted */
  guint draws;
  GCancellable *cancellable;
} TdmScoreInput;

/* Metrics of regimen i under draw d at [i * draws + d]. Where there is no steady state,
 * or no finite number, the target's metric is NAN. */
typedef struct
{
  guint n, draws;
  double penalty; /* of a chance above the window, in chances within */
  TdmRegimenMetrics *metrics;
} TdmScore;

/* The rows of a posterior by which regimens are judged: occasions yet to come count as
 * typical ones, unless the case asks otherwise, since a dose is chosen for what is
 * known of the patient. Yours. */
double *tdm_score_rows (const TdmFit *fit,
                        const TdmPosterior *posterior) G_GNUC_WARN_UNUSED_RESULT;
/* The same, in place, for `draws` rows. */
void tdm_score_drop_future (const TdmFit *fit, double *rows, guint draws);

/* Regimens that differ in their amount alone are computed together: in a linear model
 * the profile of one amount, or of two where there is a history, gives all. NULL with
 * G_IO_ERROR_CANCELLED. Yours. */
TdmScore *tdm_score_new (const TdmScoreInput *input, TdmRegimen *const *regimens,
                         guint n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_score_free (TdmScore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmScore, tdm_score_free)

/* What a chance above the window costs in the expected utility, in chances within: as
 * the drug of the model says. */
double tdm_score_penalty (const TdmModel *model);

/* Fills probabilities and score of regimen number `i`, nothing else. */
void tdm_score_chances (const TdmScore *self, const TdmResolvedTarget *target, guint i,
                        TdmRegimen *regimen);

/* Fills probabilities, score and percentiles of regimen number `i`, and a note where
 * some draws have no steady state. */
void tdm_score_summarise (const TdmScore *self, const TdmResolvedTarget *target,
                          guint i, TdmRegimen *regimen);
