/* A subject's part of a population objective: -2 ln of the likelihood of the levels
 * with the random effects integrated out, without n ln 2 pi, as NONMEM counts it. */
#pragma once

#include "engine/evidence.h"

/* How the integral is approximated. */
typedef enum
{
  TDM_MARGINAL_FO,      /* predictions linear in the effects, about 0 */
  TDM_MARGINAL_FOCE,    /* about the estimate, variances as at 0 */
  TDM_MARGINAL_FOCEI,   /* about the estimate, variances with it */
  TDM_MARGINAL_LAPLACE, /* exact second derivatives at the estimate */
  TDM_MARGINAL_LINEAR,  /* predictions linear about the estimate, variances as there */
  TDM_MARGINAL_IMP,     /* not approximated: importance sampling */
} TdmMarginalMethod;

/* Immutable. */
typedef struct
{
  TdmMarginalMethod method;
  TdmFit *fit;           /* the estimate; FOCE: that without interaction */
  double value;          /* NAN when the fit did not converge (FO needs none) */
  TdmEvidence *evidence; /* of IMP, where it converged; else NULL */
  /* Of each level of the problem, NAN where it is not used or censored: what is left of
   * it when the predictions are linear in the effects, about 0 and about the estimate,
   * made independent with unit variance by the symmetric root of its covariance. */
  double *wres, *cwres;
} TdmMarginal;

/* "fo", "foce", "focei", "laplace", "linear", "imp" (static), and back; FALSE for an
 * unknown name. */
const char *tdm_marginal_method_name (TdmMarginalMethod method);
gboolean tdm_marginal_method_from_name (const char *name, TdmMarginalMethod *out);

/* NULL with TDM_ERROR_NO_ANSWER when nothing could be computed; FO and LINEAR are
 * refused where a level is censored or weighted. Yours. */
TdmMarginal *tdm_marginal_new (TdmProblem *problem, TdmMarginalMethod method,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same by IMP, with so many draws (0 = the default) from this seed (0 elsewhere).
 * Yours. */
TdmMarginal *tdm_marginal_sample (TdmProblem *problem, guint draws, guint64 seed,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_marginal_free (TdmMarginal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmMarginal, tdm_marginal_free)

/* -2 ln of the marginal likelihood by the first-order conditional method with
 * interaction, at the fit's estimate. NAN where it has none. */
double tdm_fit_get_focei (const TdmFit *fit);
