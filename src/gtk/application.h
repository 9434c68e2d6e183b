/* The program. */
#pragma once

#include <adwaita.h>

#include "app/session.h"

#define TDM_TYPE_APPLICATION (tdm_application_get_type ())
G_DECLARE_FINAL_TYPE (TdmApplication, tdm_application, TDM, APPLICATION, AdwApplication)

/* `demo`: the teaching cases in a store that is thrown away. Yours. */
TdmApplication *tdm_application_new (gboolean demo) G_GNUC_WARN_UNUSED_RESULT;
