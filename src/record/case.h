/* A case: everything a clinician would write on one sheet. Immutable, reference
 * counted, may be shared between threads. Values are as entered: with their own unit
 * and their own way of writing the time; nothing is converted here. */
#pragma once

#include <glib.h>

typedef struct _TdmCase TdmCase;

/* A moment: hours since the case's start, and the text if it was written as a date-time
 * (NULL if as a number), so that it is written back as it was read. Where there is text
 * it is what counts: tdm_case_edit_finish() takes the hours from it and from the start.
 */
typedef struct
{
  double hours;
  char *text;
} TdmMoment;

typedef enum
{
  TDM_SEX_UNKNOWN,
  TDM_SEX_MALE,
  TDM_SEX_FEMALE,
} TdmSex;

typedef struct
{
  char *id;
  char *name;
  TdmSex sex;
  char *birth; /* "YYYY-MM-DD" or NULL */
} TdmPatient;

typedef struct
{
  char *name; /* "WT", "SCR", … in capitals */
  TdmMoment time;
  double value; /* unused when `text` is set */
  char *text;   /* categories written as text: such as star alleles; else NULL */
  char *unit;   /* NULL = no unit */
} TdmCovariateEntry;

typedef struct
{
  TdmMoment time;
  double amount;
  char *unit;
  char *route;            /* as the model names it; NULL = the model's only route */
  double duration_h;      /* 0 = bolus (or what the route says) */
  gboolean end_uncertain; /* the infusion ended at an unknown time from end_from to */
  TdmMoment end_from, end_to; /* end_to: duration_h is then that to the middle */
  double interval_h;          /* 0 = single dose */
  guint count;                /* doses in all; 1 when single */
  gboolean steady_state;
  gboolean added;   /* at steady state: on top of what else was given, which it would
                     * otherwise replace */
  gboolean stopped; /* at steady state: the dose before was the last, none is given at
                     * `time`; count is 1 */
  gboolean at_rate; /* amount/duration is the rate that was set: where the model absorbs
                     * a part of the dose, it lasts for that part of the duration */
  gboolean reset;   /* all given before is gone; then the amount may be 0: no dose */
  gboolean of_data; /* a row of a data set: what is absorbed of a lagged dose is read
                     * when it arrives, as NONMEM does */
  char *salt;       /* or NULL */
  char *formulation; /* or NULL */
} TdmDoseEntry;

/* A session of dialysis: while it runs, `clearance` adds to the patient's own. */
typedef struct
{
  TdmMoment time;
  double duration_h;
  double clearance;
  char *unit; /* volume per time: "mL/min", "L/h" */
} TdmDialysisEntry;

typedef enum
{
  TDM_CENSOR_NONE,
  TDM_CENSOR_BELOW, /* below the limit given as value */
  TDM_CENSOR_ABOVE,
} TdmCensor;

typedef struct
{
  TdmMoment time;
  gboolean time_uncertain; /* drawn at an unknown time from `time` to `time_to` */
  TdmMoment time_to;
  double value;
  char *unit;
  char *output; /* NULL = the model's only output */
  TdmCensor censor;
  gboolean after_dose; /* drawn after a dose given at that very time, not before it */
  gboolean of_data;    /* a row of a data set: simulated ones may be negative, and all
                        * count    in the objective, those before the first dose as well */
  gboolean use;        /* FALSE: shown, not fitted */
  double weight;       /* 0..1, default 1 */
} TdmLevelEntry;

typedef enum
{
  TDM_METRIC_NONE, /* no target given: the model's default applies */
  TDM_METRIC_TROUGH,
  TDM_METRIC_PEAK,
  TDM_METRIC_AVERAGE,
  TDM_METRIC_AUC24,
  TDM_METRIC_AUC,
  TDM_METRIC_CUMULATIVE_AUC,
  TDM_METRIC_TIME_ABOVE,
  TDM_METRIC_PEAK_MIC,
  TDM_METRIC_AUC_MIC,
  TDM_METRIC_TIME_BELOW,
  TDM_METRIC_TIME_TO_BELOW,
} TdmMetricKind;

#define TDM_METRIC_LAST TDM_METRIC_TIME_TO_BELOW

/* "trough", "auc24" … (static), and back; FALSE for an unknown name. */
const char *tdm_metric_name (TdmMetricKind kind);
gboolean tdm_metric_from_name (const char *name, TdmMetricKind *out);

/* Whether it is about a concentration that it passes: TIME_ABOVE, TIME_BELOW and
 * TIME_TO_BELOW, which have a threshold, or a MIC and a multiple of it. */
gboolean tdm_metric_has_threshold (TdmMetricKind kind);
/* Whether it is a share of a time. */
gboolean tdm_metric_is_share (TdmMetricKind kind);
/* Whether it can be asked of a stated window of time, `from` and `to`. */
gboolean tdm_metric_takes_span (TdmMetricKind kind);

typedef struct
{
  TdmMetricKind metric;
  char *output;     /* NULL = the model's first */
  double low, high; /* NAN never: an open side is -INFINITY or INFINITY */
  char *unit;
  gboolean at_steady_state; /* default TRUE */
  TdmMoment at;             /* when not at steady state */
  /* A stated window of time, in place of `at`: AUC has always one, and where has_span
   * is set those of tdm_metric_takes_span(): the lowest (trough), highest, average
   * concentration or the share of time within it. */
  gboolean has_span;
  TdmMoment from, to;
  double threshold; /* of a metric that has one; 0 = mic x multiple is meant */
  char *threshold_unit;
  double mic; /* *_MIC, and in place of a threshold */
  char *mic_unit;
  double multiple;      /* of the MIC; 0 = 1 */
  double free_fraction; /* the metric is of this part of the output; 0 = all of it */
  /* Beyond the window, in its unit: below the one no effect is to be expected, above
   * the other harm. 0 = not stated. */
  double alarm_low, alarm_high;
} TdmTarget;

/* The two times between which something happened are at most so far apart. */
#define TDM_CASE_MAX_UNCERTAINTY_H 12.0

/* At most so many times of the day at which the ward gives doses. */
#define TDM_CASE_MAX_WARD_TIMES 24

/* At most this many single doses in all, repeated ones counted each. */
#define TDM_CASE_MAX_DOSES 100000

/* How the posterior is sampled. */
typedef enum
{
  TDM_POSTERIOR_AUTO,
  TDM_POSTERIOR_LAPLACE,
  TDM_POSTERIOR_IMPORTANCE,
  TDM_POSTERIOR_HMC,
} TdmPosteriorMethod;

/* "auto", "laplace", "importance", "hmc" (static), and back; FALSE for an unknown name.
 */
const char *tdm_posterior_method_name (TdmPosteriorMethod method);
gboolean tdm_posterior_method_from_name (const char *name, TdmPosteriorMethod *out);

typedef struct
{
  double *intervals_h; /* NULL = the model's */
  guint n_intervals;
  double prior_weight; /* default 1; below 1 flattens the prior */
  gboolean has_adjust; /* from when a new regimen may start; default: after the */
  TdmMoment adjust;    /* last dose's interval */
  /* Chances of proposals include how occasions yet to come will differ (where the model
   * has effects of occasions); default: those count as typical. */
  gboolean future_occasions;
  TdmPosteriorMethod posterior;
  /* When the ward can draw the next level: between two times of the day, in minutes
   * after midnight (the second may be the next day's), and how many hours ahead from
   * now on. */
  gboolean has_sample_hours;
  guint sample_from_min, sample_to_min;
  double sample_within_h; /* 0 = not said */
  /* How far times that are written down may be off, for asking whether the advice hangs
   * on them (engine/robustness.h); 0 = not said. */
  double time_uncertainty_min;
  /* Old levels count less: half for each such time before the last one that is used, on
   * top of their own weight; 0 = they count as the others. */
  double weight_half_life_h;
  /* When the ward gives doses, in minutes after midnight, ascending; none = at any
   * time. The first dose that is proposed and all that follow it are at these times. */
  guint ward_min[TDM_CASE_MAX_WARD_TIMES];
  guint n_ward_times;
} TdmCaseOptions;

/* The answer in words, as a user wrote it for the report. */
typedef struct
{
  char *text;       /* what the report says; NULL = as the program says */
  char *instead_of; /* what the program said when it was written */
  char *edited;     /* when that was, "YYYY-MM-DDTHH:MM" */
} TdmCaseWords;

TdmCase *tdm_case_ref (TdmCase *self);
void tdm_case_unref (TdmCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmCase, tdm_case_unref)

/* Whether both would be written as the same case file. */
gboolean tdm_case_equal (const TdmCase *one, const TdmCase *other);

/* What the case says. All borrowed. */
const char *tdm_case_get_model (const TdmCase *self); /* first model id, or NULL */
const char *const *
tdm_case_get_models (const TdmCase *self);           /* NULL-terminated, or NULL */
GDateTime *tdm_case_get_start (const TdmCase *self); /* or NULL */
const char *tdm_case_get_start_text (const TdmCase *self); /* as written, or NULL */
const TdmPatient *tdm_case_get_patient (const TdmCase *self);
guint tdm_case_get_n_covariates (const TdmCase *self);
const TdmCovariateEntry *tdm_case_get_covariate (const TdmCase *self, guint i);
guint tdm_case_get_n_doses (const TdmCase *self);
const TdmDoseEntry *tdm_case_get_dose (const TdmCase *self, guint i);
guint tdm_case_get_n_dialyses (const TdmCase *self);
const TdmDialysisEntry *tdm_case_get_dialysis (const TdmCase *self, guint i);
guint tdm_case_get_n_levels (const TdmCase *self);
const TdmLevelEntry *tdm_case_get_level (const TdmCase *self, guint i);
const TdmTarget *
tdm_case_get_target (const TdmCase *self); /* metric NONE if not given */
const TdmCaseOptions *tdm_case_get_options (const TdmCase *self);
const TdmCaseWords *tdm_case_get_words (const TdmCase *self);
/* Whether both say the same of the patient: they differ in words at most. */
gboolean tdm_case_equal_but_words (const TdmCase *one, const TdmCase *other);

/* A mutable copy for making the next case. Entries passed in are copied, strings too.
 * Index arguments must be in range; `insert` takes index = n to append. */
typedef struct _TdmCaseEdit TdmCaseEdit;

TdmCaseEdit *tdm_case_edit_new (const TdmCase *from /* or NULL: an empty case */)
    G_GNUC_WARN_UNUSED_RESULT;
void tdm_case_edit_free (TdmCaseEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmCaseEdit, tdm_case_edit_free)

/* One model, or with tdm_case_edit_set_models() (NULL-terminated) several; NULL = none.
 */
void tdm_case_edit_set_model (TdmCaseEdit *self, const char *id);
void tdm_case_edit_set_models (TdmCaseEdit *self, const char *const *ids);

/* The start, to the second; or as text, for tdm_clock_parse(). NULL = none. */
void tdm_case_edit_set_start (TdmCaseEdit *self, GDateTime *start);
void tdm_case_edit_set_start_text (TdmCaseEdit *self, const char *text);
void tdm_case_edit_set_patient (TdmCaseEdit *self, const TdmPatient *patient);
void tdm_case_edit_insert_covariate (TdmCaseEdit *self, guint i,
                                     const TdmCovariateEntry *entry);
void tdm_case_edit_replace_covariate (TdmCaseEdit *self, guint i,
                                      const TdmCovariateEntry *entry);
void tdm_case_edit_remove_covariate (TdmCaseEdit *self, guint i);
void tdm_case_edit_insert_dose (TdmCaseEdit *self, guint i, const TdmDoseEntry *entry);
void tdm_case_edit_replace_dose (TdmCaseEdit *self, guint i, const TdmDoseEntry *entry);
void tdm_case_edit_remove_dose (TdmCaseEdit *self, guint i);
void tdm_case_edit_insert_dialysis (TdmCaseEdit *self, guint i,
                                    const TdmDialysisEntry *entry);
void tdm_case_edit_replace_dialysis (TdmCaseEdit *self, guint i,
                                     const TdmDialysisEntry *entry);
void tdm_case_edit_remove_dialysis (TdmCaseEdit *self, guint i);
void tdm_case_edit_insert_level (TdmCaseEdit *self, guint i,
                                 const TdmLevelEntry *entry);
void tdm_case_edit_replace_level (TdmCaseEdit *self, guint i,
                                  const TdmLevelEntry *entry);
void tdm_case_edit_remove_level (TdmCaseEdit *self, guint i);
void tdm_case_edit_set_target (TdmCaseEdit *self, const TdmTarget *target);
void tdm_case_edit_set_options (TdmCaseEdit *self, const TdmCaseOptions *options);
/* NULL: as the program says. */
void tdm_case_edit_set_words (TdmCaseEdit *self, const TdmCaseWords *words);

/* Checks everything that can be checked without a model (units parse, amounts positive,
 * intervals and counts sane, times in order of magnitude, categories …) and makes the
 * case. NULL with a TDM_ERROR_INPUT error naming the place; the edit stays as it was.
 */
TdmCase *tdm_case_edit_finish (TdmCaseEdit *self,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Doses in all, repeated ones counted each. */
guint tdm_case_count_doses (const TdmCase *self);

/* The empty case: no model, no entries. */
TdmCase *tdm_case_new_empty (void) G_GNUC_WARN_UNUSED_RESULT;
