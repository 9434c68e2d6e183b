/* Would the advice change? The leading regimen of a result, judged anew under each
 * thing that may be doubted: levels, times, the assay, the prior, the model. */
#pragma once

#include "engine/result.h"

typedef enum
{
  TDM_DOUBT_LEVEL,       /* left out */
  TDM_DOUBT_LEVEL_TIME,  /* drawn earlier or later */
  TDM_DOUBT_LEVEL_VALUE, /* measured too low or too high */
  TDM_DOUBT_DOSE_START,
  TDM_DOUBT_DOSE_END,
  TDM_DOUBT_PRIOR, /* half as strong */
  TDM_DOUBT_MODEL, /* the next nearest one of the drug */
} TdmDoubtKind;

/* "level", "level_time", "level_value", "dose_start", "dose_end", "prior", "model".
 * Static. */
const char *tdm_doubt_name (TdmDoubtKind kind);

/* One doubt, and what would be said of the leading regimen were it true. */
typedef struct
{
  TdmDoubtKind kind;
  guint index;     /* of the level or the dose line in the case */
  char *what;      /* "the time of the second level" */
  char *change;    /* "15 minutes later" */
  char *obstacle;  /* why no advice would be given then, or NULL */
  double p_within; /* of the leading regimen; NAN with an obstacle, as what follows */
  double p_above;
  double metric;    /* at the estimate */
  double loss;      /* of expected utility against what would lead then, 0 or more */
  char *other;      /* the regimen that would clearly lead then, in words, or NULL */
  double p_other;   /* its chance to be within */
  gboolean moved;   /* the chance within the window, by a tenth or more */
  gboolean changed; /* the advice: another regimen, or none */
} TdmDoubt;

/* Immutable, reference counted. */
typedef struct
{
  gatomicrefcount ref_count;
  char *regimen;            /* the leading one, in words */
  double p_within, p_above; /* of it, as the doubts are judged */
  double metric;
  TdmMetricKind metric_kind;
  char *unit;             /* of the metrics, as written in cases */
  double uncertainty_min; /* by which times were shifted */
  GPtrArray *doubts;      /* of TdmDoubt*, in the order of the kinds */
  guint left_out;         /* earlier dose lines that were not asked about */
  int worst;              /* the doubt that matters most, -1 = none does */
  char *sentence;         /* which, in words */
} TdmRobustness;

/* `models` (of TdmModel*, or NULL): where the next nearest model is looked for. Times
 * are shifted by the case's options.time_uncertainty, else a quarter of an hour; those
 * known as an interval go to its ends. Repeatable; chances come from importance
 * sampling, as many draws as those of the result, of differential equations 200 at
 * most. TDM_ERROR_NO_ANSWER where
 * advice is withheld, or G_IO_ERROR_CANCELLED. Yours. */
TdmRobustness *tdm_robustness_new (const TdmResult *result, const GPtrArray *models,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmRobustness *tdm_robustness_ref (TdmRobustness *self);
void tdm_robustness_unref (TdmRobustness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmRobustness, tdm_robustness_unref)
