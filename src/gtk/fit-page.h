/* The Fit page: what the levels say of the patient, and how well they are met. */
#pragma once

#include <adwaita.h>

#include "engine/result.h"

#define TDM_TYPE_FIT_PAGE (tdm_fit_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmFitPage, tdm_fit_page, TDM, FIT_PAGE, AdwBin)

/* NULL empties the page. */
void tdm_fit_page_set_result (TdmFitPage *self, TdmResult *result);
