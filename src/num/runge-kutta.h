/* The explicit Runge-Kutta method of tdm_ode: private to num/. */
#pragma once

#include "num/ode.h"

typedef struct _TdmRungeKutta TdmRungeKutta;

/* How an advance ended. */
typedef enum
{
  TDM_RUNGE_KUTTA_REACHED,
  TDM_RUNGE_KUTTA_STIFF,     /* an implicit method will be cheaper from here on */
  TDM_RUNGE_KUTTA_EXHAUSTED, /* too many steps */
  TDM_RUNGE_KUTTA_STOPPED,   /* cancelled, or nothing left to spend */
  TDM_RUNGE_KUTTA_FAILED,    /* no step is short enough: a singularity, or not finite */
} TdmRungeKuttaEnd;

TdmRungeKutta *tdm_runge_kutta_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_runge_kutta_free (TdmRungeKutta *self);

/* As tdm_ode_reset() and tdm_ode_start(); FALSE when the start is not finite. */
void tdm_runge_kutta_reset (TdmRungeKutta *self, const TdmOdeSystem *system);
gboolean tdm_runge_kutta_start (TdmRungeKutta *self, double t, double limit,
                                const double *states);

/* The largest component of v in units of the error that states of the sizes of a and b
 * may have; what is not a number counts as the largest. */
double tdm_ode_norm (const TdmOdeSystem *system, const double *v, const double *a,
                     const double *b);

/* Whether the first step of the stretch before suits one of this span: that of a
 * splinter does not. */
static inline gboolean
tdm_ode_is_length (double h, double span)
{
  return h > 1e-9 * span;
}

/* Steps until `t` is covered. */
TdmRungeKuttaEnd tdm_runge_kutta_cover (TdmRungeKutta *self, double t);

/* The solution at a covered time. */
void tdm_runge_kutta_at (TdmRungeKutta *self, double t, double *states);

/* Where the last step ended, and the states there (borrowed). */
double tdm_runge_kutta_end (const TdmRungeKutta *self, const double **states);

/* The length that its next step would have. */
double tdm_runge_kutta_get_length (const TdmRungeKutta *self);
