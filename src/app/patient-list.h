/* The patient list: the rows of the store as a list model, searched as one types. */
#pragma once

#include "store/store.h"
#include "app/session.h"

#define TDM_TYPE_PATIENT_ROW (tdm_patient_row_get_type ())
G_DECLARE_FINAL_TYPE (TdmPatientRow, tdm_patient_row, TDM, PATIENT_ROW, GObject)

/* All borrowed. */
const TdmStoreEntry *tdm_patient_row_get_entry (TdmPatientRow *self);
/* "Vancomycin". */
const char *tdm_patient_row_get_drug (TdmPatientRow *self);
/* "18.4 mg/L · 3 Mar": the last level. */
const char *tdm_patient_row_get_level (TdmPatientRow *self);
/* The patient's name, or what stands for it. */
const char *tdm_patient_row_get_title (TdmPatientRow *self);
/* "to do" where there is no level yet, else "": whether a level is high or low depends
 * on when it was drawn, and is said only where it has been computed. Static. */
const char *tdm_patient_row_get_state (TdmPatientRow *self);

#define TDM_TYPE_PATIENT_LIST (tdm_patient_list_get_type ())
G_DECLARE_FINAL_TYPE (TdmPatientList, tdm_patient_list, TDM, PATIENT_LIST, GObject)

/* Follows the store of `session`: reloads whenever something was saved. Yours. */
TdmPatientList *tdm_patient_list_new (TdmSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Of TdmPatientRow. Borrowed. */
GListModel *tdm_patient_list_get_model (TdmPatientList *self);
void tdm_patient_list_set_search (TdmPatientList *self, const char *text);
void tdm_patient_list_set_archived (TdmPatientList *self, gboolean archived);
gboolean tdm_patient_list_get_archived (TdmPatientList *self);
void tdm_patient_list_reload (TdmPatientList *self);
