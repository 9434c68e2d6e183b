/* Levels and infusion ends whose time is known only as an interval, integrated out.
 *
 * Every time in an interval is equally likely, and intervals are independent. With the
 * ends of the infusions at e, the level y_u of weight w_u has the likelihood
 *
 *   L_u (e) = mean over t in its interval of p (y_u | f (t; e))
 *
 * and all levels together the mean over e of the product of L_u (e) ^ w_u. The means
 * are Gauss-Legendre sums, cut where the concentration may have a corner. */
#pragma once

#include "engine/problem.h"

typedef struct _TdmUncertain TdmUncertain; /* one thread */

/* `used`: indices of the levels that count, borrowed for the life of this. NULL with an
 * error as tdm_problem_plan(). Yours. */
TdmUncertain *tdm_uncertain_new (TdmProblem *problem, const guint *used, guint n_used,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_uncertain_free (TdmUncertain *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmUncertain, tdm_uncertain_free)

/* Where to evaluate: the parameters of all sets as jets over `space`; order 1 for a
 * gradient, 2 for an exact second derivative. */
typedef struct
{
  TdmJetSpace space;
  TdmPkWork *work;
  const double *parameters;
  const TdmModelOutput *outputs; /* of the used levels */
  gboolean exact;
} TdmUncertainInput;

/* Adds -2 ln of the likelihood to `value`, its gradient to `gradient` (n, or NULL) and
 * half its second derivative to `hessian` (n x n, or NULL): exact, or the expected one
 * of each time by its share of the likelihood, which is positive and never too small.
 * FALSE when not finite. */
gboolean tdm_uncertain_add (TdmUncertain *self, const TdmUncertainInput *input,
                            double *value, double *gradient, double *hessian);

/* What each level adds on its own, where the ends of infusions have the shares that all
 * levels together give them: n_used x n, and n_used x n x n, not exact. */
gboolean tdm_uncertain_levels (TdmUncertain *self, const TdmUncertainInput *input,
                               double *gradients, double *hessians);
