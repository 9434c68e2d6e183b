/* Cells: the addresses of what can be typed into the record. */
#pragma once

#include <glib.h>

typedef enum
{
  TDM_CELL_PATIENT_NAME,
  TDM_CELL_PATIENT_ID,
  TDM_CELL_PATIENT_BIRTH,
  TDM_CELL_COVARIATE_VALUE,
  TDM_CELL_COVARIATE_TIME,
  TDM_CELL_DOSE_TIME,
  TDM_CELL_DOSE_AMOUNT,
  TDM_CELL_DOSE_DURATION,
  TDM_CELL_DOSE_INTERVAL,
  TDM_CELL_DOSE_COUNT,
  TDM_CELL_LEVEL_TIME,
  TDM_CELL_LEVEL_VALUE,
  TDM_CELL_TARGET_LOW,
  TDM_CELL_TARGET_HIGH,
  TDM_CELL_N,
} TdmCellKind;

typedef enum
{
  TDM_SECTION_PATIENT,
  TDM_SECTION_COVARIATES,
  TDM_SECTION_DOSES,
  TDM_SECTION_LEVELS,
  TDM_SECTION_TARGET,
} TdmSection;

/* A cell: what, and in which row as shown (the row after the last one is the blank one,
 * where a new entry is typed). */
typedef struct
{
  TdmCellKind kind;
  guint row;
} TdmCell;

TdmSection tdm_cell_section (TdmCellKind kind);

/* "levels[1].value": the name under which a draft is kept. Yours. */
char *tdm_cell_key (TdmCell cell) G_GNUC_WARN_UNUSED_RESULT;
/* Back; FALSE for any other text. */
gboolean tdm_cell_from_key (const char *key, TdmCell *out);

/* What the cell is called, for people and screen readers: "Time drawn". Static. */
const char *tdm_cell_title (TdmCellKind kind);

/* TRUE when a blank row needs this cell before it becomes an entry. */
gboolean tdm_cell_is_required (TdmCellKind kind);
