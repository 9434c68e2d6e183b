/* The line under a row of the record: an echo, a question with its answers, or an
 * error. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_REMARK (tdm_remark_get_type ())
G_DECLARE_FINAL_TYPE (TdmRemark, tdm_remark, TDM, REMARK, GtkWidget)

GtkWidget *tdm_remark_new (TdmForm *form, TdmSection section, guint row);
void tdm_remark_refresh (TdmRemark *self);
