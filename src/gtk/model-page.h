/* The Model page: what it is, for whom it was built, its equations, source and limits,
 * and the reference checks run on this computer. */
#pragma once

#include <adwaita.h>

#include "model/model.h"

#define TDM_TYPE_MODEL_PAGE (tdm_model_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmModelPage, tdm_model_page, TDM, MODEL_PAGE, AdwBin)

/* NULL empties the page. */
void tdm_model_page_set_model (TdmModelPage *self, TdmModel *model);
