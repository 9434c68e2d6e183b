#include "app/cell.h"

#include <string.h>

static const struct
{
  TdmSection section;
  const char *place, *field, *title;
  gboolean required;
} cells[TDM_CELL_N] = {
  [TDM_CELL_PATIENT_NAME] = { TDM_SECTION_PATIENT, "patient", "name", "Name", FALSE },
  [TDM_CELL_PATIENT_ID] = { TDM_SECTION_PATIENT, "patient", "id", "Identifier", FALSE },
  [TDM_CELL_PATIENT_BIRTH] = { TDM_SECTION_PATIENT, "patient", "birth", "Birth date",
                               FALSE },
  [TDM_CELL_COVARIATE_VALUE] = { TDM_SECTION_COVARIATES, "covariates", "value", "Value",
                                 TRUE },
  [TDM_CELL_COVARIATE_TIME] = { TDM_SECTION_COVARIATES, "covariates", "time",
                                "Valid from", FALSE },
  [TDM_CELL_COVARIATE_UNIT] = { TDM_SECTION_COVARIATES, "covariates", "unit", "Unit",
                                FALSE },
  [TDM_CELL_DOSE_TIME] = { TDM_SECTION_DOSES, "doses", "time", "Given from", TRUE },
  [TDM_CELL_DOSE_AMOUNT] = { TDM_SECTION_DOSES, "doses", "amount", "Amount", TRUE },
  [TDM_CELL_DOSE_DURATION] = { TDM_SECTION_DOSES, "doses", "duration",
                               "Infused over, hours", FALSE },
  [TDM_CELL_DOSE_INTERVAL] = { TDM_SECTION_DOSES, "doses", "interval", "Every, hours",
                               FALSE },
  [TDM_CELL_DOSE_COUNT] = { TDM_SECTION_DOSES, "doses", "count", "Number of doses",
                            FALSE },
  [TDM_CELL_DOSE_UNIT] = { TDM_SECTION_DOSES, "doses", "unit", "Unit", FALSE },
  [TDM_CELL_DOSE_END_FROM] = { TDM_SECTION_DOSES, "doses", "end_from",
                               "Ended at the earliest", FALSE },
  [TDM_CELL_DOSE_END_TO] = { TDM_SECTION_DOSES, "doses", "end_to",
                             "Ended at the latest", FALSE },
  [TDM_CELL_LEVEL_TIME] = { TDM_SECTION_LEVELS, "levels", "time", "Time drawn", TRUE },
  [TDM_CELL_LEVEL_VALUE] = { TDM_SECTION_LEVELS, "levels", "value", "Level", TRUE },
  [TDM_CELL_TARGET_LOW] = { TDM_SECTION_TARGET, "target", "low", "Target from", FALSE },
  [TDM_CELL_TARGET_HIGH] = { TDM_SECTION_TARGET, "target", "high", "Target to", FALSE },
  [TDM_CELL_LEVEL_WEIGHT] = { TDM_SECTION_LEVELS, "levels", "weight", "Weight, 0 to 1",
                              FALSE },
  [TDM_CELL_LEVEL_UNIT] = { TDM_SECTION_LEVELS, "levels", "unit", "Unit", FALSE },
  [TDM_CELL_LEVEL_OUTPUT] = { TDM_SECTION_LEVELS, "levels", "output", "What", FALSE },
  [TDM_CELL_LEVEL_TIME_TO] = { TDM_SECTION_LEVELS, "levels", "time_to",
                               "Drawn at the latest", FALSE },
  [TDM_CELL_TARGET_AT] = { TDM_SECTION_TARGET, "target", "at", "Target holds at",
                           FALSE },
  [TDM_CELL_TARGET_FROM] = { TDM_SECTION_TARGET, "target", "from",
                             "Target counted from", FALSE },
  [TDM_CELL_TARGET_TO] = { TDM_SECTION_TARGET, "target", "to", "Target counted to",
                           FALSE },
  [TDM_CELL_TARGET_THRESHOLD] = { TDM_SECTION_TARGET, "target", "threshold",
                                  "Threshold", FALSE },
  [TDM_CELL_TARGET_MIC] = { TDM_SECTION_TARGET, "target", "mic",
                            "Minimal inhibitory concentration", FALSE },
  [TDM_CELL_TARGET_MULTIPLE] = { TDM_SECTION_TARGET, "target", "multiple",
                                 "Multiple of the MIC", FALSE },
  [TDM_CELL_TARGET_FREE] = { TDM_SECTION_TARGET, "target", "free_fraction",
                             "Free fraction, percent", FALSE },
  [TDM_CELL_TARGET_ALARM_LOW] = { TDM_SECTION_TARGET, "target", "alarm_low",
                                  "Alarm below", FALSE },
  [TDM_CELL_TARGET_ALARM_HIGH] = { TDM_SECTION_TARGET, "target", "alarm_high",
                                   "Alarm above", FALSE },
  [TDM_CELL_TARGET_METRIC] = { TDM_SECTION_TARGET, "target", "metric", "Target",
                               FALSE },
  [TDM_CELL_OPTION_INTERVALS] = { TDM_SECTION_OPTIONS, "options", "interval",
                                  "Intervals wished for, hours", FALSE },
  [TDM_CELL_OPTION_PRIOR] = { TDM_SECTION_OPTIONS, "options", "prior_weight",
                              "Weight of the prior", FALSE },
  [TDM_CELL_OPTION_ADJUST] = { TDM_SECTION_OPTIONS, "options", "adjust",
                               "New regimen from", FALSE },
  [TDM_CELL_OPTION_SAMPLE_HOURS] = { TDM_SECTION_OPTIONS, "options", "sample_hours",
                                     "Next level drawn from – to", FALSE },
  [TDM_CELL_OPTION_SAMPLE_WITHIN] = { TDM_SECTION_OPTIONS, "options", "sample_within",
                                      "Next level within, hours", FALSE },
  [TDM_CELL_OPTION_WARD] = { TDM_SECTION_OPTIONS, "options", "ward_times",
                             "Times of the ward for doses", FALSE },
  [TDM_CELL_OPTION_UNCERTAINTY] = { TDM_SECTION_OPTIONS, "options", "time_uncertainty",
                                    "Times may be off by, minutes", FALSE },
  [TDM_CELL_OPTION_HALF_LIFE] = { TDM_SECTION_OPTIONS, "options", "weight_half_life",
                                  "A level counts half after, hours", FALSE },
  [TDM_CELL_SEQUENCE_KIND] = { TDM_SECTION_SEQUENCE, "sequence", "kind", "Pattern",
                               FALSE },
  [TDM_CELL_SEQUENCE_START] = { TDM_SECTION_SEQUENCE, "sequence", "start", "First dose",
                                TRUE },
  [TDM_CELL_SEQUENCE_AMOUNT] = { TDM_SECTION_SEQUENCE, "sequence", "amount", "Amount",
                                 TRUE },
  [TDM_CELL_SEQUENCE_INTERVAL] = { TDM_SECTION_SEQUENCE, "sequence", "interval",
                                   "Every, hours", TRUE },
  [TDM_CELL_SEQUENCE_DAYS] = { TDM_SECTION_SEQUENCE, "sequence", "days", "Days",
                               FALSE },
  [TDM_CELL_SEQUENCE_OFF] = { TDM_SECTION_SEQUENCE, "sequence", "off", "Days off",
                              FALSE },
  [TDM_CELL_SEQUENCE_COUNT] = { TDM_SECTION_SEQUENCE, "sequence", "count",
                                "How many times", FALSE },
  [TDM_CELL_DIALYSIS_FROM] = { TDM_SECTION_DIALYSIS, "dialysis", "from", "Began",
                               TRUE },
  [TDM_CELL_DIALYSIS_TO] = { TDM_SECTION_DIALYSIS, "dialysis", "to",
                             "Ended, or hours it took", TRUE },
  [TDM_CELL_DIALYSIS_CLEARANCE] = { TDM_SECTION_DIALYSIS, "dialysis", "clearance",
                                    "Clearance of the dialysis", FALSE },
  [TDM_CELL_DIALYSIS_UNIT] = { TDM_SECTION_DIALYSIS, "dialysis", "unit", "Unit",
                               FALSE },
};

TdmSection
tdm_cell_section (TdmCellKind kind)
{
  return cells[kind].section;
}

gboolean
tdm_section_is_plan (TdmSection section)
{
  return section == TDM_SECTION_SEQUENCE;
}

char *
tdm_cell_key (TdmCell cell)
{
  return g_strdup_printf ("%s[%u].%s", cells[cell.kind].place, cell.row,
                          cells[cell.kind].field);
}

gboolean
tdm_cell_from_key (const char *key, TdmCell *out)
{
  const char *bracket = strchr (key, '[');
  char *end;

  if (bracket == NULL)
    return FALSE;
  guint64 row = g_ascii_strtoull (bracket + 1, &end, 10);
  if (end == bracket + 1 || row > 100000 || !g_str_has_prefix (end, "]."))
    return FALSE;
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    if (strncmp (key, cells[kind].place, bracket - key) == 0
        && cells[kind].place[bracket - key] == '\0'
        && strcmp (end + 2, cells[kind].field) == 0)
      {
        *out = (TdmCell){ kind, (guint)row };
        return TRUE;
      }
  return FALSE;
}

const char *
tdm_cell_title (TdmCellKind kind)
{
  return cells[kind].title;
}

gboolean
tdm_cell_is_required (TdmCellKind kind)
{
  return cells[kind].required;
}
