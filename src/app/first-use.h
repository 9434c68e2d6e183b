/* Before a model is used on this computer for the first time, its reference checks run
 * here. */
#pragma once

#include "engine/result.h"

/* Runs the model's checks unless it is known how they went here with this version of
 * the program, and remembers it (model/trust.h). May take a while: not for the main
 * thread. */
void tdm_first_use_check (TdmModel *model);

/* tdm_result_compute() after that check; a model that failed it gives no advice. For
 * tdm_session_set_compute(). */
TdmResult *tdm_first_use_compute (TdmCase *record, TdmModel *model,
                                  const TdmResultOptions *options,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
