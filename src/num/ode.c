/* The solver of tdm_ode: dispatch, and the stiff method by CVODES.
 *
 * Reference: R. Serban, A. C. Hindmarsh, CVODES: the sensitivity-enabled ODE solver in
 * SUNDIALS, Proc. ASME IDETC 2005. The coefficient c of the jets of all states is
 * sensitivity vector c - 1. Those of first order obey the usual sensitivity equations;
 * those of second order obey linear equations with the same matrix, driven by the
 * first: the coupling is lower triangular, so the corrector, staggered after that of
 * the states and with the same Newton matrix I - gamma J, settles one order after the
 * other. */
#include "num/ode.h"

#include <cvodes/cvodes.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <string.h>
#include <sundials/sundials_config.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include "base/error.h"
#include "num/radau.h"
#include "num/runge-kutta.h"

/* Backward differentiation takes many more steps than the other methods, and their
 * errors add up: only a thousandth of what is tolerated leaves it as good as they are
 * at the end of weeks. */
#define STIFF_TIGHTER 0.001
#define STIFF_MAX_STEPS 50000
#define STIFF_MAX_ITERATIONS 8

G_STATIC_ASSERT (sizeof (sunrealtype) == sizeof (double));

struct _TdmOde
{
  TdmOdeSystem system;
  TdmRungeKutta *explicit;
  TdmRadau *implicit;
  TdmOdeMethod active; /* the method in force */
  double limit;
  double t_asked; /* the last time asked for */

  SUNContext context;
  void *cvode;
  guint n, n_sens; /* what `cvode` was made for */
  double *memory;  /* of the vectors: values, then sensitivities one after the other */
  N_Vector values;
  N_Vector *sens; /* n_sens vectors, or NULL */
  SUNMatrix matrix;
  SUNLinearSolver linear;
  double *jets[2]; /* states and derivatives, for the transposition */
};

/* The one place where SUNDIALS 6 and 7 differ: making a silent context. */
#if SUNDIALS_VERSION_MAJOR >= 7
static SUNContext
silent_context (void)
{
  SUNContext context = NULL;
  int status = SUNContext_Create (SUN_COMM_NULL, &context);
  g_assert (status == 0);
  SUNContext_ClearErrHandlers (context);
  return context;
}

static void
silence (void *cvode)
{
}
#else
static SUNContext
silent_context (void)
{
  SUNContext context = NULL;
  int status = SUNContext_Create (NULL, &context);
  g_assert (status == 0);
  return context;
}

static void
ignore_error_cb (int code, const char *module, const char *function, char *message,
                 void *data)
{
}

static void
silence (void *cvode)
{
  CVodeSetErrHandlerFn (cvode, ignore_error_cb, NULL);
}
#endif

TdmOde *
tdm_ode_new (void)
{
  TdmOde *self = g_new0 (TdmOde, 1);
  self->explicit = tdm_runge_kutta_new ();
  self->implicit = tdm_radau_new ();
  return self;
}

static void
drop_cvode (TdmOde *self)
{
  if (self->cvode != NULL)
    CVodeFree (&self->cvode);
  if (self->linear != NULL)
    SUNLinSolFree (self->linear);
  if (self->matrix != NULL)
    SUNMatDestroy (self->matrix);
  for (guint c = 0; c < self->n_sens; c++)
    N_VDestroy (self->sens[c]);
  if (self->values != NULL)
    N_VDestroy (self->values);
  g_clear_pointer (&self->sens, g_free);
  g_clear_pointer (&self->memory, g_free);
  g_clear_pointer (&self->jets[0], g_free);
  g_clear_pointer (&self->jets[1], g_free);
  self->linear = NULL;
  self->matrix = NULL;
  self->values = NULL;
  self->n = self->n_sens = 0;
}

void
tdm_ode_free (TdmOde *self)
{
  drop_cvode (self);
  if (self->context != NULL)
    SUNContext_Free (&self->context);
  tdm_runge_kutta_free (self->explicit);
  tdm_radau_free (self->implicit);
  g_free (self);
}

void
tdm_ode_reset (TdmOde *self, const TdmOdeSystem *system)
{
  g_assert (system->n_states >= 1 && system->relative > 0.0 && system->absolute > 0.0);
  self->system = *system;
  self->active = system->method == TDM_ODE_AUTO ? TDM_ODE_EXPLICIT : system->method;
  tdm_runge_kutta_reset (self->explicit, system);
  tdm_radau_reset (self->implicit, system);
}

TdmOdeMethod
tdm_ode_get_method (const TdmOde *self)
{
  return self->active;
}

static gboolean
all_finite (const double *v, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (v[i]))
      return FALSE;
  return TRUE;
}

gboolean
tdm_ode_spend (const TdmOdeSystem *system, guint64 work)
{
  if (system->left != NULL)
    {
      if (*system->left < work)
        {
          *system->left = 0;
          return FALSE;
        }
      *system->left -= work;
    }
  return !g_cancellable_is_cancelled (system->cancellable);
}

/* What a function of CVODES returns: go on, try a shorter step, give up. */
static int
verdict (const TdmOde *self, const double *derivatives, guint count)
{
  if (!tdm_ode_spend (&self->system, count))
    return -1;
  return all_finite (derivatives, count) ? 0 : 1;
}

/* dy/dt, for CVODES. */
static int
values_cb (sunrealtype t, N_Vector y, N_Vector ydot, void *data)
{
  TdmOde *self = data;
  double *derivatives = N_VGetArrayPointer (ydot);
  self->system.rhs (self->system.data, TDM_ODE_VALUES, t, N_VGetArrayPointer (y),
                    derivatives);
  return verdict (self, derivatives, self->n);
}

/* The derivatives of all sensitivity vectors at once. */
static int
sens_cb (int n_sens, sunrealtype t, N_Vector y, N_Vector ydot, N_Vector *sens,
         N_Vector *sens_dot, void *data, N_Vector tmp1, N_Vector tmp2)
{
  TdmOde *self = data;
  const guint n = self->n, size = self->system.space.size;
  double *states = self->jets[0], *derivatives = self->jets[1];
  const double *values = N_VGetArrayPointer (y);
  for (guint i = 0; i < n; i++)
    states[i * size] = values[i];
  for (guint c = 1; c < size; c++)
    {
      const double *from = N_VGetArrayPointer (sens[c - 1]);
      for (guint i = 0; i < n; i++)
        states[i * size + c] = from[i];
    }
  self->system.rhs (self->system.data, TDM_ODE_JETS, t, states, derivatives);
  for (guint c = 1; c < size; c++)
    {
      double *to = N_VGetArrayPointer (sens_dot[c - 1]);
      for (guint i = 0; i < n; i++)
        to[i] = derivatives[i * size + c];
    }
  return verdict (self, derivatives, n * size);
}

/* The exact Jacobian: one evaluation on jets whose variables are the states. */
static int
jacobian_cb (sunrealtype t, N_Vector y, N_Vector fy, SUNMatrix jacobian, void *data,
             N_Vector tmp1, N_Vector tmp2, N_Vector tmp3)
{
  TdmOde *self = data;
  const guint n = self->n;
  const TdmJetSpace space = tdm_jet_space (n, 1);
  double *states = self->jets[0], *derivatives = self->jets[1];
  const double *values = N_VGetArrayPointer (y);
  for (guint i = 0; i < n; i++)
    tdm_jet_variable (&space, states + i * space.size, values[i], i);
  self->system.rhs (self->system.data, TDM_ODE_STATES, t, states, derivatives);
  for (guint j = 0; j < n; j++)
    for (guint i = 0; i < n; i++)
      SM_ELEMENT_D (jacobian, i, j) = derivatives[i * space.size + 1 + j];
  return verdict (self, derivatives, n * space.size);
}

/* Copies jets to the vectors of CVODES, or back. */
static void
scatter (TdmOde *self, const double *states)
{
  const guint n = self->n, size = self->system.space.size;
  for (guint c = 0; c < size; c++)
    for (guint i = 0; i < n; i++)
      self->memory[c * n + i] = states[i * size + c];
}

static void
gather (const TdmOde *self, double *states)
{
  const guint n = self->n, size = self->system.space.size;
  for (guint c = 0; c < size; c++)
    for (guint i = 0; i < n; i++)
      states[i * size + c] = self->memory[c * n + i];
}

static void
make_vectors (TdmOde *self, guint n, guint n_sens)
{
  const gsize jet = MAX (n_sens, n) + 1;
  self->n = n;
  self->n_sens = n_sens;
  self->memory = g_new0 (double, (gsize)n *(n_sens + 1));
  self->jets[0] = g_new0 (double, n *jet);
  self->jets[1] = g_new0 (double, n *jet);
  self->values = N_VMake_Serial (n, self->memory, self->context);
  self->sens = g_new0 (N_Vector, n_sens + 1);
  for (guint c = 0; c < n_sens; c++)
    self->sens[c] =
        N_VMake_Serial (n, self->memory + (gsize)n * (c + 1), self->context);
  self->matrix = SUNDenseMatrix (n, n, self->context);
  self->linear = SUNLinSol_Dense (self->values, self->matrix, self->context);
}

/* Makes the memory of CVODES for the system's shape, at time t. Whatever can fail here
 * is a wrong call or memory. */
static void
make_cvode (TdmOde *self, double t)
{
  if (self->context == NULL)
    self->context = silent_context ();
  make_vectors (self, self->system.n_states, self->system.space.size - 1);
  self->cvode = CVodeCreate (CV_BDF, self->context);
  g_assert (self->cvode != NULL);
  silence (self->cvode);
  int status = CVodeInit (self->cvode, values_cb, t, self->values);
  g_assert (status == CV_SUCCESS);
  CVodeSetUserData (self->cvode, self);
  status = CVodeSetLinearSolver (self->cvode, self->linear, self->matrix);
  g_assert (status == CV_SUCCESS);
  CVodeSetJacFn (self->cvode, jacobian_cb);
  CVodeSetMaxNumSteps (self->cvode, STIFF_MAX_STEPS);
  CVodeSetMaxNonlinIters (self->cvode, STIFF_MAX_ITERATIONS);
  if (self->n_sens == 0)
    return;
  status =
      CVodeSensInit (self->cvode, (int)self->n_sens, CV_STAGGERED, sens_cb, self->sens);
  g_assert (status == CV_SUCCESS);
  CVodeSetSensErrCon (self->cvode, SUNTRUE);
  CVodeSetSensMaxNonlinIters (self->cvode, STIFF_MAX_ITERATIONS);
}

static void
set_tolerances (TdmOde *self)
{
  const double relative = STIFF_TIGHTER * self->system.relative;
  const double absolute = STIFF_TIGHTER * self->system.absolute;
  int status = CVodeSStolerances (self->cvode, relative, absolute);
  g_assert (status == CV_SUCCESS);
  if (self->n_sens == 0)
    return;
  g_autofree double *each = g_new (double, self->n_sens);
  for (guint c = 0; c < self->n_sens; c++)
    each[c] = absolute * (c < self->system.space.n ? 10.0 : 100.0);
  status = CVodeSensSStolerances (self->cvode, 10.0 * relative, each);
  g_assert (status == CV_SUCCESS);
}

static void
start_stiff (TdmOde *self, double t, const double *states)
{
  if (self->cvode == NULL || self->n != self->system.n_states
      || self->n_sens + 1 != self->system.space.size)
    {
      drop_cvode (self);
      make_cvode (self, t);
    }
  scatter (self, states);
  int status = CVodeReInit (self->cvode, t, self->values);
  if (status == CV_SUCCESS && self->n_sens > 0)
    status = CVodeSensReInit (self->cvode, CV_STAGGERED, self->sens);
  g_assert (status == CV_SUCCESS);
  set_tolerances (self);
}

static gboolean
fail (GError **error, double t, const char *what)
{
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "the model's differential equations have no solution that can be "
               "followed beyond %.6g h: %s",
               t, what);
  return FALSE;
}

/* When nothing was left to spend, or the user has cancelled. */
static gboolean
fail_stopped (const TdmOde *self, GError **error, double t)
{
  return !g_cancellable_set_error_if_cancelled (self->system.cancellable, error)
         && fail (error, t, "more steps would be needed than a prediction may take");
}

static gboolean
is_stopped (const TdmOde *self)
{
  return !tdm_ode_spend (&self->system, 1);
}

static gboolean
reach_stiff (TdmOde *self, double t, double *states, GError **error)
{
  double reached = 0.0;
  CVodeSetStopTime (self->cvode, self->limit);
  int status = CVode (self->cvode, t, self->values, &reached, CV_NORMAL);
  if (status >= 0 && self->n_sens > 0)
    {
      int sens_status = CVodeGetSens (self->cvode, &reached, self->sens);
      status = MIN (status, sens_status);
    }
  if (status < 0 && is_stopped (self))
    return fail_stopped (self, error, self->t_asked);
  if (status == CV_TOO_MUCH_WORK)
    return fail (error, self->t_asked, "too many steps would be needed");
  if (status < 0)
    return fail (error, self->t_asked,
                 "they change too abruptly or are not finite there");
  gather (self, states);
  return TRUE;
}

gboolean
tdm_ode_start (TdmOde *self, double t, double limit, const double *states,
               GError **error)
{
  self->limit = limit;
  self->t_asked = t;
  gboolean finite = self->active == TDM_ODE_IMPLICIT
                        ? tdm_radau_start (self->implicit, t, limit, states, 0.0)
                        : tdm_runge_kutta_start (self->explicit, t, limit, states);
  if (!finite)
    return fail (error, t, "the derivatives are not finite there");
  if (self->active == TDM_ODE_STIFF)
    start_stiff (self, t, states);
  return TRUE;
}

static gboolean
fail_at (GError **error, double covered, TdmRungeKuttaEnd end)
{
  return fail (error, covered,
               end == TDM_RUNGE_KUTTA_FAILED
                   ? "they change too abruptly or are not finite there"
                   : "too many steps would be needed");
}

/* Where the implicit method gives up, CVODES goes on. */
static gboolean
reach_implicit (TdmOde *self, double t, double *states, GError **error)
{
  TdmRungeKuttaEnd end = tdm_radau_cover (self->implicit, t);
  const double *last;
  double covered = tdm_radau_end (self->implicit, &last);
  if (end == TDM_RUNGE_KUTTA_REACHED)
    {
      tdm_radau_at (self->implicit, t, states);
      return TRUE;
    }
  if (end == TDM_RUNGE_KUTTA_STOPPED)
    return fail_stopped (self, error, covered);
  if (self->system.method != TDM_ODE_AUTO)
    return fail_at (error, covered, end);
  self->active = TDM_ODE_STIFF;
  start_stiff (self, covered, last);
  return reach_stiff (self, t, states, error);
}

/* Where the explicit method finds stiffness, the implicit one goes on. */
static gboolean
reach_explicit (TdmOde *self, double t, double *states, GError **error)
{
  TdmRungeKuttaEnd end = tdm_runge_kutta_cover (self->explicit, t);
  const double *last;
  double covered = tdm_runge_kutta_end (self->explicit, &last);
  if (end == TDM_RUNGE_KUTTA_REACHED)
    {
      tdm_runge_kutta_at (self->explicit, t, states);
      return TRUE;
    }
  if (end == TDM_RUNGE_KUTTA_STOPPED)
    return fail_stopped (self, error, covered);
  if (end == TDM_RUNGE_KUTTA_FAILED || self->system.method == TDM_ODE_EXPLICIT)
    return fail_at (error, covered, end);
  self->active = TDM_ODE_IMPLICIT;
  if (!tdm_radau_start (self->implicit, covered, self->limit, last,
                        tdm_runge_kutta_get_length (self->explicit)))
    return fail (error, covered, "the derivatives are not finite there");
  return reach_implicit (self, t, states, error);
}

gboolean
tdm_ode_reach (TdmOde *self, double t, double *states, GError **error)
{
  g_assert (t >= self->t_asked && t <= self->limit);
  gboolean ok = TRUE;
  if (self->active == TDM_ODE_EXPLICIT)
    ok = reach_explicit (self, t, states, error);
  else if (self->active == TDM_ODE_IMPLICIT)
    ok = reach_implicit (self, t, states, error);
  else if (t == self->t_asked)
    gather (self, states);
  else
    ok = reach_stiff (self, t, states, error);
  self->t_asked = t;
  return ok;
}
