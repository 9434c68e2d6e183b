/* Several models of one drug at once: what each says of the patient, how much the
 * patient's levels speak for it, and what they say together. */
#pragma once

#include "engine/result.h"

/* What the weights of models rest on. */
typedef enum
{
  TDM_WEIGHT_LIKELIHOOD, /* the probability of the levels under each model, its effects
                          * integrated out (Laplace's approximation) */
  TDM_WEIGHT_AIC,        /* the objective at the estimate plus twice the number of
                          * effects */
  TDM_WEIGHT_PREDICTION, /* the probability of every level but the first, given those
                          * before it */
  TDM_WEIGHT_EQUAL,
} TdmWeightRule;

/* "likelihood", "aic", "prediction", "equal" (static), and back; FALSE for another. */
const char *tdm_weight_rule_name (TdmWeightRule rule);
gboolean tdm_weight_rule_from_name (const char *name, TdmWeightRule *out);

/* One model, or one variant of a model. */
typedef struct
{
  TdmModel *model;
  char *title;
  TdmResult *result; /* NULL where it cannot be used */
  char *obstacle;    /* why it has no part in the average, or NULL */
  double criterion;  /* -2 ln of what the rule weighs by; NAN = none */
  double weight;     /* 0..1, all together 1 */
} TdmMember;

/* A regimen judged by all members that can give it. */
typedef struct
{
  TdmRegimen regimen; /* routes and salts of the first member that has it; its
                       * probabilities, score and target metric are averages */
  double *target;     /* one each member: the target's metric at its estimate, or NAN */
  double *within;     /* one each member: its probability, or NAN */
  double lowest, highest; /* of `target` */
} TdmAverageRegimen;

/* Immutable, one owner. */
typedef struct
{
  TdmWeightRule rule;
  GPtrArray *members; /* of TdmMember* */
  guint n_used;
  GPtrArray *regimens; /* of TdmAverageRegimen*, ranked */
  char *target_unit;   /* or NULL where there is no target */
  /* Average curve of this patient and bands over the draws of all, in the unit of the
   * first member's output. */
  char *unit;
  guint n;
  double *time_h, *individual;
  double *band[TDM_BAND_N];
} TdmAverage;

/* `models` (of TdmModel*): the first one says the target where the case does not. A
 * model that cannot be used, or whose advice is withheld, is a member without weight.
 * NULL with TDM_ERROR_NO_ANSWER when none is left, or G_IO_ERROR_CANCELLED. Yours. */
TdmAverage *tdm_average_new (TdmCase *record, const GPtrArray *models,
                             TdmWeightRule rule, const TdmResultOptions *options,
                             GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_average_free (TdmAverage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmAverage, tdm_average_free)

/* The same model side by side: as the case says, with the prior at a quarter of its
 * strength, and, where the model has effects of occasions, with those to come in the
 * chances. Elements are TdmMember; weights are 0. NULL with G_IO_ERROR_CANCELLED.
 * Yours. */
GPtrArray *tdm_variants_new (TdmCase *record, TdmModel *model,
                             const TdmResultOptions *options, GCancellable *cancellable,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
