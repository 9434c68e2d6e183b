/* A virtual trial: patients drawn from one model, dosed by rules, and what share of
 * them is within the target day by day. */
#pragma once

#include "engine/average.h"
#include "engine/simulate.h"

/* Who decides the doses. */
typedef enum
{
  TDM_POLICY_LABEL,   /* one fixed rule, levels are not looked at */
  TDM_POLICY_ADVICE,  /* what tdm_result_compute() ranks first with one model */
  TDM_POLICY_AVERAGE, /* what several models together rank first */
} TdmPolicyKind;

/* A fixed rule, as a label has it. */
typedef struct
{
  double amount_mg; /* for each kg of body weight where per_kg */
  gboolean per_kg;
  double interval_h, duration_h;
} TdmLabelRule;

typedef struct
{
  TdmPolicyKind kind;
  char *title;
  GPtrArray *models; /* of TdmModel*: one for ADVICE, several for AVERAGE */
} TdmPolicy;

TdmPolicy *tdm_policy_new (TdmPolicyKind kind,
                           const char *title) G_GNUC_WARN_UNUSED_RESULT;
void tdm_policy_free (TdmPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmPolicy, tdm_policy_free)

/* Called from any thread, one call at a time, after each patient of each policy. */
typedef void (*TdmTrialProgress) (gpointer data, guint done, guint of);

typedef struct
{
  TdmModel *truth;
  const GPtrArray *policies; /* of TdmPolicy* */
  guint patients, days;
  const double *levels_h; /* ascending; advice is asked for at hour 0 and after each */
  guint n_levels;
  const double *intervals_h; /* the only ones advice may choose; NULL = the model's */
  guint n_intervals;
  const TdmTarget *target;   /* NULL = the first one of the truth */
  const TdmLabelRule *label; /* NULL = what is ranked first for the typical patient */
  guint draws;               /* of each advice; 0 = 200, or 40 for an ODE model */
  guint64 seed;
  TdmTrialProgress progress; /* or NULL */
  gpointer progress_data;
} TdmTrialOptions;

/* Shares of the patients, together 1; and Wilson's 95 % interval of `within`. */
typedef struct
{
  double below, within, above; /* of the window */
  double alarm;                /* beyond an alarm limit; part of below and above */
  double low, high;
  double q5, median, q95; /* of the metric itself */
} TdmTrialDay;

typedef struct
{
  char *title;
  TdmTrialDay *days;
  guint asked;    /* how often advice was asked for */
  guint withheld; /* how often there was none: the doses went on as they were */
} TdmTrialArm;

/* Immutable, one owner. */
typedef struct
{
  GPtrArray *arms; /* of TdmTrialArm* */
  guint patients, days;
  TdmTarget target; /* strings borrowed from the truth, which `truth` keeps */
  TdmModel *truth;
  double low, high;             /* the window, in `unit` */
  double alarm_low, alarm_high; /* -INFINITY, INFINITY = none stated */
  char *unit;
  char *label; /* the fixed rule in words */
  guint draws;
} TdmTrial;

/* NULL with TDM_ERROR_INPUT where the target's metric cannot be judged by days,
 * TDM_ERROR_NO_ANSWER where no patient can be drawn or simulated, or
 * G_IO_ERROR_CANCELLED. The same options give the same digits on any number of threads.
 * Yours. */
TdmTrial *tdm_trial_run (const TdmTrialOptions *options, GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_trial_free (TdmTrial *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmTrial, tdm_trial_free)
