/* Who a case belongs to. Private to the store. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "record/case.h"

/* Whether two identities are the same; NULL and "" are the same text. */
gboolean tdm_patients_equal (const TdmPatient *a, const TdmPatient *b);

/* An identity for people: "TEACH-001, Ann Example, female, born 1957-05-02". Yours. */
char *tdm_patients_describe (const TdmPatient *patient) G_GNUC_WARN_UNUSED_RESULT;

/* The store's id of the patient that a record of case `case_id` belongs to: the one the
 * case has, with the identity brought up to date, unless it shares that patient with
 * another case; one whose identity is the same in all points; or a new one. Writes.
 * Yours; NULL with an error. */
char *tdm_patients_resolve (sqlite3 *db, const char *case_id, const TdmPatient *patient,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FALSE with a TDM_ERROR_INPUT error when the identifier of `patient` is known under
 * another name, sex or birth date. */
gboolean tdm_patients_check_known (sqlite3 *db, const TdmPatient *patient,
                                   GError **error);

/* Columns identifier, name, sex, birth from `column` on. The texts are yours. */
TdmPatient tdm_patients_read (sqlite3_stmt *row, int column);
void tdm_patients_clear (TdmPatient *patient);
