/* Keeps what was answered beside the revision it was answered from. */
#pragma once

#include "engine/result.h"
#include "store/store.h"

/* Saves the fit, the proposals and the model's bytes; does not wait. A failure is
 * logged: the record itself is what must not be lost. */
void tdm_result_store_save (TdmStore *store, const char *case_id, guint revision,
                            const TdmResult *result);
