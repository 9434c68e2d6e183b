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
/* Where the current regimen stands, as the newest result of the record as it is now
 * says.
 */
typedef enum
{
  TDM_ROW_TO_DO, /* no result of this record, or no target to judge it by */
  TDM_ROW_LOW,
  TDM_ROW_IN_RANGE,
  TDM_ROW_HIGH,
} TdmRowState;

TdmRowState tdm_patient_row_get_kind (TdmPatientRow *self);
/* The word for it: "to do", "low", "in range", "high". Static. */
const char *tdm_patient_row_get_state (TdmPatientRow *self);
/* What is low or high: "AUC24 836 mg·h/L, above 400–600"; why there is something to do.
 */
const char *tdm_patient_row_get_reason (TdmPatientRow *self);

#define TDM_TYPE_PATIENT_LIST (tdm_patient_list_get_type ())
G_DECLARE_FINAL_TYPE (TdmPatientList, tdm_patient_list, TDM, PATIENT_LIST, GObject)

/* Follows the store of `session`: reloads when something was saved, but not before its
 * result is known. Yours. */
TdmPatientList *tdm_patient_list_new (TdmSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Of TdmPatientRow. Borrowed. */
GListModel *tdm_patient_list_get_model (TdmPatientList *self);
void tdm_patient_list_set_search (TdmPatientList *self, const char *text);
void tdm_patient_list_set_archived (TdmPatientList *self, gboolean archived);
gboolean tdm_patient_list_get_archived (TdmPatientList *self);
void tdm_patient_list_reload (TdmPatientList *self);
