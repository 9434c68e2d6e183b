/* Initial value problems on jets: states and their exact derivatives, carried together.
 *
 * Three methods. EXPLICIT is the Runge-Kutta pair of order 8 (runge-kutta.h) applied to
 * all coefficients of the jets at once: no start-up cost after an event, which is what
 * a dosing history of many short stretches needs. IMPLICIT is Radau IIA of order 9
 * (radau.h), for stiff problems just as quick to start again. STIFF is CVODES: backward
 * differentiation, dense Newton with the exact Jacobian, the derivative coefficients as
 * forward sensitivities. AUTO starts explicit, changes to IMPLICIT for the rest of the
 * walk as soon as the explicit method finds the problem stiff, and to STIFF where that
 * gives up.
 *
 * Results depend on what was asked since the last tdm_ode_reset() only, never on what
 * the same solver did before: any thread gives the same digits. A solver belongs to one
 * thread. */
#pragma once

#include <gio/gio.h>

#include "num/jet.h"

typedef enum
{
  TDM_ODE_AUTO,
  TDM_ODE_EXPLICIT,
  TDM_ODE_IMPLICIT,
  TDM_ODE_STIFF,
} TdmOdeMethod;

/* On which jets a right-hand side is asked for. */
typedef enum
{
  TDM_ODE_VALUES, /* plain numbers, order 0 */
  TDM_ODE_JETS,   /* the space of the system */
  TDM_ODE_STATES, /* n_states variables, order 1: the states are the variables */
} TdmOdeView;

/* derivatives = F(t, states): n_states jets each, over the space of `view`; all else
 * that F depends on comes from `data`. A value that is not finite makes the solver
 * shorten its step, and give up in the end. */
typedef void (*TdmOdeRhs) (gpointer data, TdmOdeView view, double t,
                           const double *states, double *derivatives);

/* A system of equations and the accuracy wanted. The error of a value is kept below
 * absolute + relative·|state| in every step; of first derivatives below 10 times that,
 * of second ones below 100 times (the larger of state and derivative counts). */
typedef struct
{
  guint n_states; /* >= 1 */
  TdmJetSpace space;
  TdmOdeRhs rhs;
  gpointer data;
  TdmOdeMethod method;
  gboolean stiff;  /* known to be: AUTO starts implicit */
  double relative; /* > 0 */
  double absolute; /* > 0 */

  /* What ends a solution that is under way, looked at before every step. `left` (NULL
   * = no bound) is lowered by the number of derivatives computed, coefficients of jets
   * counted one by one. */
  GCancellable *cancellable; /* or NULL */
  guint64 *left;
} TdmOdeSystem;

/* Takes `work` from what is left. FALSE when nothing is, or when cancelled. */
gboolean tdm_ode_spend (const TdmOdeSystem *system, guint64 work);

typedef struct _TdmOde TdmOde;

TdmOde *tdm_ode_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_ode_free (TdmOde *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmOde, tdm_ode_free)

/* Takes a system (copied, `data` borrowed) and forgets all of the past. */
void tdm_ode_reset (TdmOde *self, const TdmOdeSystem *system);

/* Starts a stretch at `t` with `states` (n_states jets, copied). The right-hand side is
 * smooth up to `limit` and never asked for beyond it. FALSE with a TDM_ERROR_NO_ANSWER
 * error when it is not finite at the start. */
gboolean tdm_ode_start (TdmOde *self, double t, double limit, const double *states,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* states = the solution at `t`, not before the last time asked for and at most `limit`.
 * Steps are as long as the accuracy allows, whatever is asked for; points within a step
 * are interpolated. FALSE with a TDM_ERROR_NO_ANSWER error when the solver fails or
 * nothing is left to spend, or G_IO_ERROR_CANCELLED. */
gboolean tdm_ode_reach (TdmOde *self, double t, double *states,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The method in force: never AUTO. */
TdmOdeMethod tdm_ode_get_method (const TdmOde *self);
