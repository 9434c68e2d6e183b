/* The rows of NONMEM-style data, for the files that read them and make cases of them.
 */
#pragma once

#include "record/data-table.h"
#include "record/nonmem-data.h"

typedef enum
{
  TDM_DATA_ID,
  TDM_DATA_TIME,
  TDM_DATA_AMT,
  TDM_DATA_RATE,
  TDM_DATA_II,
  TDM_DATA_ADDL,
  TDM_DATA_SS,
  TDM_DATA_EVID,
  TDM_DATA_MDV,
  TDM_DATA_CMT,
  TDM_DATA_DV,
  TDM_DATA_CENS,
  TDM_DATA_BLQ,
  TDM_DATA_LLOQ,
  TDM_DATA_N_COLUMNS,
} TdmDataColumn;

/* One row as numbers. */
typedef struct
{
  double time_h;
  double amount, rate, interval_h;
  double value, limit; /* NAN = missing */
  int additional, steady, event, missing, cmt;
  int censor; /* 1 below, -1 above, 0 neither */
} TdmDataRow;

/* Rows `begin` up to `end`, not included. The id is the table's. */
typedef struct
{
  const char *id;
  guint begin, end;
} TdmDataSubject;

struct _TdmNonmemData
{
  TdmDataTable *table;
  int columns[TDM_DATA_N_COLUMNS]; /* -1 = none */
  TdmDataRow *rows;
  GArray *subjects; /* of TdmDataSubject */
};
