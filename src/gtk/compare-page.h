/* Several models of the drug side by side, and what they say together. Computed while
 * the page is looked at. */
#pragma once

#include <adwaita.h>

#include "app/compare.h"
#include "app/session.h"

#define TDM_TYPE_COMPARE_PAGE (tdm_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmComparePage, tdm_compare_page, TDM, COMPARE_PAGE, AdwBin)

/* Must be called once, before anything is shown. */
void tdm_compare_page_set_session (TdmComparePage *self, TdmSession *session);
/* What was found for the result on the screen, or NULL. Borrowed. */
const TdmComparison *tdm_compare_page_get_comparison (TdmComparePage *self);
