/* The patient list at the left of the window. */
#pragma once

#include <adwaita.h>

#include "app/patient-list.h"

#define TDM_TYPE_PATIENTS_PANE (tdm_patients_pane_get_type ())
G_DECLARE_FINAL_TYPE (TdmPatientsPane, tdm_patients_pane, TDM, PATIENTS_PANE, AdwBin)

/* Signal "chosen" (char *case_id). Must be called once. */
void tdm_patients_pane_set_session (TdmPatientsPane *self, TdmSession *session);
TdmPatientList *tdm_patients_pane_get_list (TdmPatientsPane *self);
void tdm_patients_pane_focus_search (TdmPatientsPane *self);
