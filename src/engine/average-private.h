/* The parts of an average of models. */
#pragma once

#include "engine/average.h"
#include "engine/residual.h"

/* -2 ln of what the rule weighs a fit by; NAN when it cannot be computed. */
double tdm_average_criterion (const TdmFit *fit, TdmWeightRule rule);
/* Fills the weights from the criteria; FALSE when no member can have any. */
gboolean tdm_average_weigh (GPtrArray *members);
/* Fits one member of `record`; what goes wrong is its obstacle. FALSE when cancelled.
 */
gboolean tdm_member_compute (TdmMember *self, TdmCase *record,
                             const TdmResultOptions *options, GCancellable *cancellable,
                             GError **error);
/* A member without a result; `title` is copied. */
TdmMember *tdm_member_new (TdmModel *model,
                           const char *title) G_GNUC_WARN_UNUSED_RESULT;
void tdm_member_free (TdmMember *self);
/* Fills the average curve and its bands. */
gboolean tdm_average_fill_curve (TdmAverage *self, GCancellable *cancellable,
                                 GError **error);
/* Fills the regimens. */
gboolean tdm_average_fill_regimens (TdmAverage *self, GCancellable *cancellable,
                                    GError **error);
