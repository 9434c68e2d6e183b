/* One result: everything the window, the command line and the report show, computed
 * from one input. Immutable, reference counted; published whole, so what is on the
 * screen always belongs to the same case. */
#pragma once

#include "engine/certificate.h"
#include "engine/curve.h"
#include "engine/dose-search.h"

typedef struct
{
  gatomicrefcount ref_count;
  TdmCase *record;
  TdmModel *model;
  TdmFit *fit;
  TdmCertificate *certificate;
  TdmPosterior *posterior; /* what curves, chances and notes say of this patient */
  TdmProposals *proposals;
  TdmCurve *current; /* history, then the current regimen carried on (bands) */
  TdmCurve
      *chosen; /* history, then the chosen regimen from the adjust time on; or NULL */
  int chosen_index; /* into the proposals, -1 = none */
  TdmRegimenMetrics
      metrics; /* of the current regimen at the MAP (0 when there is none) */
  gboolean has_metrics;
  GPtrArray *notes; /* problem's, fit's and proposals', most severe first */
  char *input_hash; /* sha256 over case text, model hash, program version and options */
} TdmResult;

typedef struct
{
  guint draws; /* of curves and proposals; 0 = 1000, or 200 for an ODE model */
  guint64 seed;
  gboolean residual_bands;
  TdmPosteriorMethod posterior; /* AUTO = as the case says */
  const char *output;           /* to draw; NULL = the target's, or the first */
  double ahead_h; /* how far to draw past the adjust time; 0 = a sensible span */
} TdmResultOptions;

/* The current regimen as it would go on, even when no advice is given; FALSE when none
 * is known. Its notes are NULL. */
gboolean tdm_result_current_regimen (const TdmProblem *problem, TdmRegimen *out);

/* The one path: case + model → problem → fit → curves → proposals → result. Yours. */
TdmResult *tdm_result_compute (TdmCase *record, TdmModel *model,
                               const TdmResultOptions *options,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same result with another regimen chosen (its curve computed). Yours. */
TdmResult *tdm_result_choose (TdmResult *self, int index,
                              const TdmResultOptions *options,
                              GCancellable *cancellable,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same result of a case that differs in words at most. Yours. */
TdmResult *
tdm_result_with_words (TdmResult *self, TdmCase *record,
                       const TdmResultOptions *options) G_GNUC_WARN_UNUSED_RESULT;
TdmResult *tdm_result_ref (TdmResult *self);
void tdm_result_unref (TdmResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmResult, tdm_result_unref)
