/* The target of the record: one of the model's or another, its limits, and what else
 * its metric needs. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_TARGET_BOX (tdm_target_box_get_type ())
G_DECLARE_FINAL_TYPE (TdmTargetBox, tdm_target_box, TDM, TARGET_BOX, GtkWidget)

GtkWidget *tdm_target_box_new (TdmForm *form);
void tdm_target_box_focus (TdmTargetBox *self);
