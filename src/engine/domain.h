/* The domain of a model: how a patient compares with the people it was built from, and
 * which model's people are nearest. */
#pragma once

#include "engine/problem.h"

typedef enum
{
  TDM_DOMAIN_INSIDE,
  TDM_DOMAIN_OUTSIDE, /* of the people; the answer is an extrapolation */
  TDM_DOMAIN_UNKNOWN, /* the patient's value or the people's range is not known */
} TdmDomainVerdict;

/* One quantity: the patient's, and that of the people. */
typedef struct
{
  char *title;         /* "Age" */
  char *unit;          /* as written in cases; NULL = none */
  double value;        /* the patient's; NAN = not known */
  TdmModelRange range; /* the people's; NAN where not known */
  TdmDomainVerdict verdict;
} TdmDomainLine;

/* Immutable, one owner. */
typedef struct
{
  TdmModel *model;
  GPtrArray *lines;   /* of TdmDomainLine* */
  GPtrArray *reasons; /* of char*: sentences for and against, in words */
  char *obstacle;     /* why the model cannot be used for this case; NULL = it can */
  double distance;    /* from its people; 0 = their very middle; for ranking only */
} TdmDomain;

/* Compares the case (its last values) with the model's people. Never fails: what is
 * missing is unknown, what cannot be used is the obstacle. Yours. */
TdmDomain *tdm_domain_new (TdmCase *record, TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
void tdm_domain_free (TdmDomain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDomain, tdm_domain_free)

/* Models (of TdmModel*) whose drug is the same as `model`'s, that one included,
 * compared with the case; nearest first, those that cannot be used last. Elements are
 * TdmDomain. Yours. */
GPtrArray *tdm_domain_rank (TdmCase *record, const GPtrArray *models,
                            const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
