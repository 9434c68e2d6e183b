/* The options of the case, folded away while they are the usual ones. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_OPTIONS_BOX (tdm_options_box_get_type ())
G_DECLARE_FINAL_TYPE (TdmOptionsBox, tdm_options_box, TDM, OPTIONS_BOX, GtkWidget)

GtkWidget *tdm_options_box_new (TdmForm *form);
