/* The menu of one row of the record. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_ROW_MENU (tdm_row_menu_get_type ())
G_DECLARE_FINAL_TYPE (TdmRowMenu, tdm_row_menu, TDM, ROW_MENU, GtkWidget)

GtkWidget *tdm_row_menu_new (TdmForm *form, TdmSection section, guint row);
void tdm_row_menu_refresh (TdmRowMenu *self, const char *row_name);
void tdm_row_menu_popup (TdmRowMenu *self);
