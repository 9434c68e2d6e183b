/* The implicit Runge-Kutta method of tdm_ode, for stiff problems: private to num/. */
#pragma once

#include "num/runge-kutta.h"

typedef struct _TdmRadau TdmRadau;

TdmRadau *tdm_radau_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_radau_free (TdmRadau *self);

/* As tdm_runge_kutta_reset() and its like; `hint_h` is a length for the first step, or
 * 0. */
void tdm_radau_reset (TdmRadau *self, const TdmOdeSystem *system);
gboolean tdm_radau_start (TdmRadau *self, double t, double limit, const double *states,
                          double hint_h);
TdmRungeKuttaEnd tdm_radau_cover (TdmRadau *self, double t);
void tdm_radau_at (TdmRadau *self, double t, double *states);
double tdm_radau_end (const TdmRadau *self, const double **states);
