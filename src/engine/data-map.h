/* How NONMEM-style data speak of a model: its routes, outputs and covariates by the
 * numbers and names that the model file states. */
#pragma once

#include "model/model.h"
#include "record/nonmem-data.h"

/* Borrows from the model, which must outlive it. Yours. */
TdmDataMap *tdm_data_map_new (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
void tdm_data_map_free (TdmDataMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDataMap, tdm_data_map_free)
