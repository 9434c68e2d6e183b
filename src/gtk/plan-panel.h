/* A sequence of doses, typed under the table its entries go to: opened by a button, its
 * fields, what it would add, and the button that adds it. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_PLAN_PANEL (tdm_plan_panel_get_type ())
G_DECLARE_FINAL_TYPE (TdmPlanPanel, tdm_plan_panel, TDM, PLAN_PANEL, GtkWidget)

GtkWidget *tdm_plan_panel_new (TdmForm *form);
