/* All reference checks of a model, those that need an estimate included. */
#pragma once

#include "model/check.h"

/* The lines, TdmCheckLine, as tdm_model_run_checks() gives them. */
GPtrArray *tdm_qualify_model (TdmModel *model,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many of `lines` did not pass. */
guint tdm_qualify_count_failed (const GPtrArray *lines);
