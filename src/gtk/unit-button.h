/* The unit beside a field. Another unit asks: convert the value, or keep the number. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_UNIT_BUTTON (tdm_unit_button_get_type ())
G_DECLARE_FINAL_TYPE (TdmUnitButton, tdm_unit_button, TDM, UNIT_BUTTON, GtkWidget)

GtkWidget *tdm_unit_button_new (TdmForm *form, TdmCell cell);
/* Shows the unit in force; `name` is what the field is called. */
void tdm_unit_button_refresh (TdmUnitButton *self, const char *name);
void tdm_unit_button_popup (TdmUnitButton *self);
