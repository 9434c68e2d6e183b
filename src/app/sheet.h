/* The sheet: a case laid out in rows and cells of text, as the record page shows it. */
#pragma once

#include "app/cell.h"
#include "model/model.h"
#include "record/case.h"

/* One row of the covariates: an entry of the case, or one that is still to be typed. */
typedef struct
{
  char *name;
  char *title;
  int index; /* into the case's covariates, -1 = not there yet */
  const TdmModelCovariate
      *info; /* the model's; NULL when the model has no use for it */
} TdmCovariateRow;

/* The rows (TdmCovariateRow, owned by the array): the entries in the model's order, and
 * one empty row for each covariate that the model needs and the case lacks, and for
 * each name in `extra` (or NULL). `model` may be NULL. Yours. */
GPtrArray *tdm_sheet_covariate_rows (const TdmCase *record, const TdmModel *model,
                                     const GPtrArray *extra) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE while a case has no start and no entry with a time of its own: the first
 * date-time typed will be its start. */
gboolean tdm_sheet_awaits_start (const TdmCase *record);

/* TRUE for a covariate that is yes (1) or no (0). */
gboolean tdm_covariate_is_switch (const TdmModelCovariate *info);

/* The text of a cell; "" for a row that is not there yet. `rows`: of the covariates.
 * Yours. */
char *tdm_sheet_text (const TdmCase *record, const GPtrArray *rows,
                      TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;

/* Stands for the length of an infusion whose end is known as two times only. */
#define TDM_SHEET_UNKNOWN "?"

/* Of a dose's end_from or end_to: "" where the end is known. Yours. */
char *tdm_sheet_end_text (const TdmCase *record,
                          TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;

/* What clearances of dialysis are in unless another unit is chosen. */
#define TDM_SHEET_DIALYSIS_UNIT "mL/min"

/* Of a session of dialysis. Yours. */
char *tdm_sheet_dialysis_text (const TdmCase *record,
                               TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;
/* "Mon 2 Mar · 4 h · clears 30 L on top of the body's own". Yours. */
char *tdm_sheet_echo_dialysis (const TdmCase *record,
                               guint i) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the model has a clearance that dialysis could add to. */
gboolean tdm_sheet_takes_dialysis (const TdmModel *model);

/* Those of the target and the options; "" where the default holds. Yours. */
char *tdm_sheet_target_text (const TdmCase *record,
                             TdmCellKind kind) G_GNUC_WARN_UNUSED_RESULT;
char *tdm_sheet_option_text (const TdmCase *record,
                             TdmCellKind kind) G_GNUC_WARN_UNUSED_RESULT;

/* How it goes on between two entries: "the last one holds". Static. */
const char *tdm_sheet_carry_words (TdmCarry carry);

/* What a missing covariate counts as, in words: "40 %"; NULL = there is no default.
 * Yours. */
char *tdm_sheet_default_text (const TdmModelCovariate *info) G_GNUC_WARN_UNUSED_RESULT;

/* A remark under a row: the day in words, the time since a dose, the value in
 * the laboratory's other unit, how a dose is given. `model` may be NULL. Yours. */
char *tdm_sheet_echo_covariate (const TdmCase *record,
                                const TdmCovariateRow *row) G_GNUC_WARN_UNUSED_RESULT;
char *tdm_sheet_echo_dose (const TdmCase *record, const TdmModel *model,
                           guint i) G_GNUC_WARN_UNUSED_RESULT;
char *tdm_sheet_echo_level (const TdmCase *record, const TdmModel *model,
                            guint i) G_GNUC_WARN_UNUSED_RESULT;

/* Up to when a cumulative target is counted, or how it will be; "" for others. Yours.
 */
char *tdm_sheet_echo_target (const TdmCase *record) G_GNUC_WARN_UNUSED_RESULT;

/* "68 years" from the birth date at the case's start, or "". Yours. */
char *tdm_sheet_age_words (const TdmCase *record) G_GNUC_WARN_UNUSED_RESULT;

/* The units a quantity may be given in (those that convert to `like`), `like` itself
 * and `present` (or NULL) among them. Yours, g_strfreev(). */
char **tdm_sheet_unit_choices (const char *like, const char *present,
                               double molar_mass_g_mol) G_GNUC_WARN_UNUSED_RESULT;
