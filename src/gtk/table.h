/* A section of the record as a table: covariates, doses or levels, one entry a row and,
 * but for the covariates, a blank row at the end where the next one is typed. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_TABLE (tdm_table_get_type ())
G_DECLARE_FINAL_TYPE (TdmTable, tdm_table, TDM, TABLE, GtkWidget)

GtkWidget *tdm_table_new (TdmForm *form, TdmSection section);

/* Puts the cursor in the first field of a row; past the last one, in the blank row. */
void tdm_table_focus_row (TdmTable *self, guint row);
