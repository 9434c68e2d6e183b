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
  TDM_CELL_COVARIATE_UNIT, /* chosen, not typed; only in a blank row */
  TDM_CELL_DOSE_TIME,
  TDM_CELL_DOSE_AMOUNT,
  TDM_CELL_DOSE_DURATION,
  TDM_CELL_DOSE_INTERVAL,
  TDM_CELL_DOSE_COUNT,
  TDM_CELL_DOSE_UNIT,     /* as above */
  TDM_CELL_DOSE_END_FROM, /* the two times between which an infusion ended */
  TDM_CELL_DOSE_END_TO,
  TDM_CELL_LEVEL_TIME,
  TDM_CELL_LEVEL_VALUE,
  TDM_CELL_LEVEL_WEIGHT,
  TDM_CELL_LEVEL_UNIT,    /* as above */
  TDM_CELL_LEVEL_OUTPUT,  /* as above: the name of one of the model's */
  TDM_CELL_LEVEL_TIME_TO, /* it was drawn at an unknown time until then */
  TDM_CELL_TARGET_LOW,
  TDM_CELL_TARGET_HIGH,
  TDM_CELL_TARGET_AT,
  TDM_CELL_TARGET_FROM,
  TDM_CELL_TARGET_TO,
  TDM_CELL_TARGET_THRESHOLD,
  TDM_CELL_TARGET_MIC,
  TDM_CELL_TARGET_MULTIPLE, /* of the MIC, in place of a threshold */
  TDM_CELL_TARGET_FREE,     /* the part of the drug that the target is of, percent */
  TDM_CELL_TARGET_ALARM_LOW,
  TDM_CELL_TARGET_ALARM_HIGH,
  TDM_CELL_TARGET_METRIC, /* chosen; waits for the limits that it needs */
  TDM_CELL_OPTION_INTERVALS,
  TDM_CELL_OPTION_PRIOR,
  TDM_CELL_OPTION_ADJUST,
  TDM_CELL_OPTION_SAMPLE_HOURS,
  TDM_CELL_OPTION_SAMPLE_WITHIN,
  TDM_CELL_OPTION_WARD,
  TDM_CELL_OPTION_UNCERTAINTY,
  TDM_CELL_OPTION_HALF_LIFE,
  TDM_CELL_SEQUENCE_KIND, /* chosen: tdm_sequence_kind_name() */
  TDM_CELL_SEQUENCE_START,
  TDM_CELL_SEQUENCE_AMOUNT,
  TDM_CELL_SEQUENCE_INTERVAL,
  TDM_CELL_SEQUENCE_DAYS,
  TDM_CELL_SEQUENCE_OFF,
  TDM_CELL_SEQUENCE_COUNT,
  TDM_CELL_DIALYSIS_FROM,
  TDM_CELL_DIALYSIS_TO, /* its end, or how long it takes */
  TDM_CELL_DIALYSIS_CLEARANCE,
  TDM_CELL_DIALYSIS_UNIT, /* as that of a dose */
  TDM_CELL_N,
} TdmCellKind;

typedef enum
{
  TDM_SECTION_PATIENT,
  TDM_SECTION_COVARIATES,
  TDM_SECTION_DOSES,
  TDM_SECTION_LEVELS,
  TDM_SECTION_TARGET,
  TDM_SECTION_OPTIONS,
  TDM_SECTION_DIALYSIS,
  TDM_SECTION_SEQUENCE, /* a plan: what is typed there becomes entries of the others */
  TDM_SECTION_N,
} TdmSection;

/* TRUE for a section whose text is no part of the record until it is added. */
gboolean tdm_section_is_plan (TdmSection section);

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
