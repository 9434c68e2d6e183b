/* A field: one cell of the form. What is typed is entered with Enter or when the field
 * is left; Escape takes it back. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

#define TDM_TYPE_FIELD (tdm_field_get_type ())
G_DECLARE_FINAL_TYPE (TdmField, tdm_field, TDM, FIELD, GtkEntry)

/* Signal "entered": Enter was pressed and the record took the text. */
GtkWidget *tdm_field_new (TdmForm *form, TdmCell cell, int width_chars);

/* Shows what the form says of the cell, under the name `label` for screen readers. */
void tdm_field_refresh (TdmField *self, const char *label, const char *remark);

TdmCell tdm_field_get_cell (TdmField *self);

/* The field is about to go: what it holds is entered no more. */
void tdm_field_retire (TdmField *self);
