/* The Model page: what it is, for whom it was built, its equations, source and limits,
 * what can be given, and the reference checks run on this computer. */
#pragma once

#include <adwaita.h>

#include "app/session.h"

#define TDM_TYPE_MODEL_PAGE (tdm_model_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmModelPage, tdm_model_page, TDM, MODEL_PAGE, AdwBin)

/* Must be called once. */
void tdm_model_page_set_session (TdmModelPage *self, TdmSession *session);
/* Shows the model that is open, and how the patient compares with its people. */
void tdm_model_page_refresh (TdmModelPage *self);
