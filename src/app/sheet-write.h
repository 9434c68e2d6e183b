/* Typing into the sheet: each edit makes the next case. */
#pragma once

#include "app/sheet.h"

/* What is edited. All borrowed; `model` may be NULL. */
typedef struct
{
  TdmCase *record;
  TdmModel *model;
  const GPtrArray *rows; /* of the covariates, tdm_sheet_covariate_rows() */
  GDateTime *now;        /* for "today" */
} TdmSheet;

/* The case with `text` in the cell of an existing row (or of the patient or the
 * target). NULL with a sentence for the field. Yours. */
TdmCase *tdm_sheet_write (const TdmSheet *self, TdmCell cell, const char *text,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `text` could stand in a cell of the blank row. FALSE with a sentence. */
gboolean tdm_sheet_check (const TdmSheet *self, TdmCell cell, const char *text,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Same for a cell of a plan. */
gboolean tdm_sheet_check_plan (const TdmSheet *self, TdmCell cell, const char *text,
                               GError **error);

/* The case with a new entry made of the blank row `row` of `section`; `texts` is
 * indexed by TdmCellKind, NULL or "" = not typed. Yours. */
TdmCase *tdm_sheet_append (const TdmSheet *self, TdmSection section, guint row,
                           const char *const texts[TDM_CELL_N],
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The case without row `row` of `section`. Yours. */
TdmCase *tdm_sheet_remove (const TdmSheet *self, TdmSection section, guint row,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The unit in force in a cell with a quantity: the entry's, else what a new one would
 * take; NULL = none. Borrowed from the record or the model. */
const char *tdm_sheet_unit (const TdmSheet *self, TdmCell cell);
/* The unit that the model uses there (what others must convert to); NULL = none. */
const char *tdm_sheet_model_unit (const TdmSheet *self, TdmCell cell);
/* g/mol of what the cell measures, 0 = unknown. */
double tdm_sheet_molar_mass (const TdmSheet *self, TdmCell cell);

/* The case with another unit in the cell: the value converted, or the number kept.
 * Yours. */
TdmCase *tdm_sheet_set_unit (const TdmSheet *self, TdmCell cell, const char *unit,
                             gboolean convert,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The switches of the sheet. Yours. */
TdmCase *tdm_sheet_set_use (const TdmSheet *self, guint level, gboolean use,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_sex (const TdmSheet *self, TdmSex sex,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_model (const TdmSheet *self, const char *id,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_route (const TdmSheet *self, guint dose, const char *route,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_steady_state (const TdmSheet *self, guint dose, gboolean on,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_salt (const TdmSheet *self, guint dose, const char *salt,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL = not said. A route that does not go with it is dropped; what a covariate said
 * of formulations is said by the doses from then on. */
TdmCase *tdm_sheet_set_formulation (const TdmSheet *self, guint dose,
                                    const char *formulation,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether doses may say their formulation: the model tells it by a covariate, which
 * does not change within a line of doses. */
gboolean tdm_sheet_takes_formulation (const TdmSheet *self, const char *formulation);
TdmCase *tdm_sheet_set_output (const TdmSheet *self, guint level, const char *output,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_after_dose (const TdmSheet *self, guint level, gboolean on,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How bands and chances are computed. Yours. */
TdmCase *tdm_sheet_set_posterior (const TdmSheet *self, TdmPosteriorMethod method,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCase *tdm_sheet_set_future_occasions (const TdmSheet *self, gboolean on,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The infusion of a single dose ended at an unknown time between two; both blank: at
 * the time its length says. Yours. */
TdmCase *tdm_sheet_set_end (const TdmSheet *self, guint dose, const char *from,
                            const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The level was drawn at its time. Yours. */
TdmCase *tdm_sheet_set_time_known (const TdmSheet *self, guint level,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Each dose of a repeated line becomes a line of its own. Yours. */
TdmCase *tdm_sheet_split_doses (const TdmSheet *self, guint dose,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a dose acts on what was given before. */
typedef enum
{
  TDM_DOSE_ADDED,   /* a regimen of long before on top of the rest */
  TDM_DOSE_STOPPED, /* a regimen of long before that ended with the dose before */
  TDM_DOSE_RESET,   /* all given before is gone */
  TDM_DOSE_AT_RATE, /* the rate was set; less is absorbed, for a shorter time */
} TdmDoseFlag;

gboolean tdm_dose_has_flag (const TdmDoseEntry *dose, TdmDoseFlag flag);
TdmCase *tdm_sheet_set_dose_flag (const TdmSheet *self, guint dose, TdmDoseFlag flag,
                                  gboolean on,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the doses of a repeated line those with missed[i] were not given: the line becomes
 * those that were. Yours. */
TdmCase *tdm_sheet_miss_doses (const TdmSheet *self, guint dose, const gboolean *missed,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Another target than the model's, of the texts of the target's cells (indexed by
 * TdmCellKind, NULL = not typed): NULL without an error while it waits for more. Yours.
 */
TdmCase *tdm_sheet_make_target (const TdmSheet *self,
                                const char *const texts[TDM_CELL_N],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a metric has a use for a cell of the target; what is not a limit or the time
 * it holds at, it also needs. */
gboolean tdm_sheet_metric_takes (TdmMetricKind metric, TdmCellKind kind);
/* The unit of a metric's limits. Yours. */
char *tdm_sheet_metric_unit (const TdmSheet *self,
                             TdmMetricKind metric) G_GNUC_WARN_UNUSED_RESULT;

/* The target becomes the model's k-th. A time that the model names counts from the
 * first dose (without one, from the start). A cumulative AUC without an end gets one:
 * four days from the first dose (a conditioning course), now or with that dose. Yours.
 */
TdmCase *tdm_sheet_set_target (const TdmSheet *self, guint k,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A cumulative target that does not say up to when is counted to the end of four days
 * from the first dose of `record` (none: it stays as it is). For every edit that gives
 * a dose or a target. */
void tdm_sheet_end_target (const TdmCase *record, TdmCaseEdit *edit,
                           const TdmTarget *target);
/* Which of the model's targets has the metric of the case's; 0 when none is given. One
 * that the model does not have stands behind those: the number of the model's targets,
 * plus its metric, less TDM_METRIC_TROUGH. */
guint tdm_sheet_find_target (const TdmSheet *self);
/* The target in force: the case's, else the model's first; metric NONE = none.
 * Borrowed. */
const TdmTarget *tdm_sheet_target (const TdmSheet *self);
