/* The objective of MAP estimation and its derivatives with respect to the random
 * effects.
 *
 *   OFV(eta) = sum over the used levels of w [ ln v + (y - f)^2 / v ] + eta' inv(Omega)
 * eta
 *
 * with v the residual variance at the individual prediction f; y and f are logarithms
 * when the error is on the log scale; a censored level contributes -2 w ln of its
 * probability (engine/residual.h). No 2 pi constants. A level whose time is known as an
 * interval contributes -2 w ln of the mean of its likelihood over the interval, and an
 * infusion's uncertain end likewise for all levels together (engine/uncertain.h). */
#pragma once

#include "engine/problem.h"

typedef struct _TdmObjective TdmObjective; /* one thread */

TdmObjective *tdm_objective_new (TdmProblem *problem,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_objective_free (TdmObjective *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmObjective, tdm_objective_free)

/* Loosens an ODE structure's tolerances (0 = the structure's). */
void tdm_objective_set_tolerance (TdmObjective *self, double relative, double absolute);

/* What ends an evaluation under way (NULL = nothing): it then has no value. Borrowed.
 */
void tdm_objective_set_cancellable (TdmObjective *self, GCancellable *cancellable);

/* What all evaluations so far have cost: tdm_pk_work_get_spent(). */
guint64 tdm_objective_get_spent (const TdmObjective *self);

/* The solver of differential equations at work at the last evaluation; TDM_ODE_AUTO =
 * none. */
TdmOdeMethod tdm_objective_get_method (const TdmObjective *self);

/* Variances as at eta = 0, whatever the effects ("without interaction"), for the
 * first-order conditional approximation of that name. FALSE when eta = 0 has none. */
gboolean tdm_objective_drop_interaction (TdmObjective *self,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The used levels: how many, and their indices in the problem. */
guint tdm_objective_get_n_used (const TdmObjective *self);
const guint *tdm_objective_get_used (const TdmObjective *self);

/* What each used level adds to the gradient (n_used x n), and to half the second
 * derivative from first derivatives only (n_used x n x n). FALSE when not finite. */
gboolean tdm_objective_levels (TdmObjective *self, const double *eta, double *gradients,
                               double *hessians);

/* What the residual error is about, at eta (n), for each used level: the prediction, or
 * its logarithm, with the standard deviation there (uncertain times at their middle),
 * and (unless NULL) the derivatives, n_used x n. FALSE when not finite. */
gboolean tdm_objective_predict (TdmObjective *self, const double *eta, double *values,
                                double *sd, double *derivatives);

/* Whose objective it is where the model has subpopulations: 0 = the first. Before, it
 * is that of the likeliest a priori. */
void tdm_objective_set_subpopulation (TdmObjective *self, guint subpopulation);

/* Value at eta (n). gradient (n, or NULL); hessian (n x n, or NULL; needs gradient):
 * half the second derivative: exact when `exact`, else from first derivatives only, sum
 * w [ g g'/v + (v'/v)(v'/v)'/2 ] + inv(Omega). INFINITY when there is no finite value.
 */
double tdm_objective_eval (TdmObjective *self, const double *eta, double *gradient,
                           double *hessian, gboolean exact);
