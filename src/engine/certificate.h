/* Does a fit deserve trust? What is known about it in numbers, and whether advice may
 * rest on it, by rules that stand in one place (engine/certificate-rules.c). */
#pragma once

#include "engine/map.h"

typedef enum
{
  TDM_ADVICE_GIVEN,
  TDM_ADVICE_CAUTION,
  TDM_ADVICE_WITHHELD,
} TdmAdvice;

/* "given", "caution", "withheld". Static. */
const char *tdm_advice_name (TdmAdvice advice);

/* One level of the problem; both NAN where it is not used. Of a level whose time is
 * known as an interval, the percentile is that at the middle; its influence is that of
 * all times in between. */
typedef struct
{
  double prior_percentile; /* share of patients like this one, before any level is
                            * known, who would measure less: 0 … 1; NAN for a limit */
  double influence; /* how far the estimate would move without it, in posterior standard
                     * deviations (all effects together; one Newton step) */
} TdmCertificateLevel;

/* Immutable, reference counted. */
typedef struct
{
  gatomicrefcount ref_count;
  guint n, n_levels;
  double *eigenvalues; /* n, ascending: of half the second derivative in prior standard
                        * deviations. 1 = the levels say nothing in that direction. */
  double *percentile;  /* n: of the effect among patients like this one, 0 … 1 */
  double mahalanobis;  /* squared distance of all effects from typical */
  double joint_percentile;     /* share of patients less far from typical */
  double learned;              /* share of the prior variance that the levels have taken
                                * away: geometric mean over the directions */
  TdmCertificateLevel *levels; /* as in the problem */
  TdmAdvice advice;
  char *code;   /* of the note that decided, NULL when advice is given */
  char *reason; /* in words */
} TdmCertificate;

/* `notes`: everything known so far about case, model and fit; what the certificate
 * finds itself is added to it, and it decides the advice. NULL with
 * G_IO_ERROR_CANCELLED, or when nothing could be computed. Yours. */
TdmCertificate *tdm_certificate_new (const TdmFit *fit, GPtrArray *notes,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmCertificate *tdm_certificate_ref (TdmCertificate *self);
void tdm_certificate_unref (TdmCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmCertificate, tdm_certificate_unref)
