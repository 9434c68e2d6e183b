/* Regimens that can be given, ranked for the target. */
#pragma once

#include "engine/posterior.h"

/* Predicted numbers of a regimen at the MAP estimate, in the units of the answer
 * (levels: the unit of the target's output; areas: that unit times h). */
typedef struct
{
  double trough, peak, average, auc24;
  double target; /* the target's own metric, in the target's unit */
} TdmRegimenMetrics;

/* What a regimen turns into at a later time. */
typedef struct
{
  double from_h; /* when its first dose is due */
  double amount_mg, interval_h, duration_h;
} TdmRegimenStep;

#define TDM_REGIMEN_STEPS 3

/* Chances of the target's metric in one of a regimen's first days. */
typedef struct
{
  double below, within, above;
} TdmCourseDay;

#define TDM_COURSE_DAYS 3

typedef struct
{
  const TdmModelRoute *route;
  const char *given_as; /* the route's title where the ward gives by several, or NULL */
  const TdmModelSalt *salt; /* NULL = as the model counts; amounts are in its terms: */
  double amount_mg;         /* tdm_salt_amount() says them in the salt's */
  double interval_h;
  double duration_h;
  double loading_mg; /* first dose when it differs, 0 = none */
  double loading_duration_h;
  double first_dose_h; /* when the first dose of this regimen is due */
  double hold_h;       /* how long before that nothing is given that would have been */
  gboolean is_hold;    /* for the sake of the level, not only for the ward's times */
  const char *restart; /* then, when it ends: "Thu 5 Mar 20:00", interned; NULL where
                        * the case has no clock */
  TdmRegimenStep steps[TDM_REGIMEN_STEPS]; /* what follows, in order of time */
  guint n_steps;
  /* Whose limits it keeps; NULL for the current one, which may break them. */
  const TdmModelDosing *dosing;
  double volume_l;     /* in no less may it be given; 0 = not stated */
  gboolean is_current; /* amount_mg 0: nothing more is to be given */
  TdmRegimenMetrics metrics;
  TdmRegimenMetrics low, high; /* 5 and 95 percentiles over the draws */
  double p_below, p_within, p_above;
  guint draws;                      /* that these are shares of */
  double p_alarm_low, p_alarm_high; /* beyond the target's alarm limits, if any */
  double score;
  /* Where the target is of the steady state, and for the leading regimens and their
   * variants: the same of each of the first days (engine/course.h). */
  gboolean has_days;
  TdmCourseDay days[TDM_COURSE_DAYS];
  /* The expected utility by which a beginning is chosen: the mean of those of the days
   * and of the steady state. Where there are no days: the score. */
  double value;
  GPtrArray *notes;
} TdmRegimen;

/* Ranked, best first; the current regimen is always among them when there is one.
 * Immutable, reference counted. */
/* What any amount could reach, as a comparison: it need not be one that can be given.
 */
typedef struct
{
  double amount_mg, interval_h, duration_h;
  double p_within, score;
} TdmContinuous;

typedef struct
{
  gatomicrefcount ref_count;
  TdmProblem *owner; /* keeps what the target and the routes point to */
  TdmTarget target;
  guint output; /* that the target and all metrics are of */
  char *target_unit;
  double alarm_low, alarm_high; /* in that unit; -INFINITY and INFINITY = none */
  GPtrArray *regimens;          /* of TdmRegimen* */
  gboolean none_reaches;        /* no candidate's MAP metric lies in the window */
  int nearest;                  /* then, the regimen nearest to it; else -1 */
  TdmContinuous continuous;     /* amount_mg 0 = none */
  guint candidates;             /* how many were evaluated */
  TdmNote *withheld; /* NULL, or why there is no advice (then `regimens` is empty) */
} TdmProposals;

typedef struct
{
  guint draws; /* 0 = 1000, or 200 for an ODE model */
  guint64 seed;
  guint keep; /* how many to return, 0 = 12 */
  /* Chances are shares of its rows, and `draws` and `seed` unused; NULL = draws of the
   * Laplace approximation. */
  const TdmPosterior *posterior;
  /* Only these (of TdmRegimen*, of this or another model of the drug) are ranked, as
   * they stand; NULL = all that can be given. */
  const GPtrArray *among;
} TdmDoseSearchOptions;

/* `notes`: everything known so far about the case and the fit; a refuse note withholds
 * advice. Yours. */
TdmProposals *tdm_dose_search (const TdmFit *fit, const GPtrArray *notes,
                               const TdmDoseSearchOptions *options,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether `regimens`[i] is the first, so the best, of its interval among those that are
 * not the current one. */
gboolean tdm_proposals_leads_interval (const TdmProposals *self, guint i);
TdmProposals *tdm_proposals_ref (TdmProposals *self);
void tdm_proposals_unref (TdmProposals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmProposals, tdm_proposals_unref)
