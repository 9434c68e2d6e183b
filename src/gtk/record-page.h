/* The record: who, which model, covariates, doses, levels, target. */
#pragma once

#include <adwaita.h>

#include "app/form.h"

#define TDM_TYPE_RECORD_PAGE (tdm_record_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmRecordPage, tdm_record_page, TDM, RECORD_PAGE, AdwBin)

/* Must be called once, before anything is shown. */
void tdm_record_page_set_form (TdmRecordPage *self, TdmForm *form);

/* Puts the cursor where the section is typed: its blank row, or its first field. */
void tdm_record_page_focus_section (TdmRecordPage *self, TdmSection section);
/* Takes another model for the case, by its id. */
void tdm_record_page_use_model (TdmRecordPage *self, const char *id);
/* Puts the cursor in one row. */
void tdm_record_page_focus_row (TdmRecordPage *self, TdmSection section, guint row);
