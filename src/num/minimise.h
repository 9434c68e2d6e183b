/* Damped Newton minimisation (Levenberg–Marquardt trust region) of smooth functions of
 * a few well-scaled variables. */
#pragma once

#include <glib.h>

/* Value at x; writes the gradient (n) and half the second derivative (n x n): exact
 * when `exact`, else any positive definite approximation (Gauss–Newton). INFINITY where
 * there is no value. */
typedef double (*TdmMinimiseFunction) (gpointer data, const double *x, double *gradient,
                                       double *hessian, gboolean exact);

/* Called after every accepted step; TRUE stops the search (TDM_MINIMISE_ASKED). */
typedef gboolean (*TdmMinimiseWatch) (gpointer data, const double *x, double value);

typedef enum
{
  TDM_MINIMISE_GRADIENT, /* the predicted gain of a full Newton step is negligible */
  TDM_MINIMISE_STEP, /* no step improves the value any more, and little was to be won */
  TDM_MINIMISE_ITERATIONS, /* the limit was reached */
  TDM_MINIMISE_FAILED, /* no value at the start, or no step improves though it should */
  TDM_MINIMISE_ASKED,  /* the watch said so */
  TDM_MINIMISE_STALLED, /* many iterations gained next to nothing, far from a minimum */
} TdmMinimiseStop;

typedef struct
{
  guint n;
  TdmMinimiseFunction function;
  TdmMinimiseWatch watch; /* or NULL */
  gpointer data;
  gboolean exact;   /* which second derivative to ask for */
  double tolerance; /* on the predicted gain, relative to 1 + |value| */
  double max_step;  /* length of the longest step */
  guint max_iterations;
  guint patience;    /* iterations that may gain less than stall_gain; 0 = any number */
  double stall_gain; /* relative to 1 + |value| */
} TdmMinimiseProblem;

typedef struct
{
  TdmMinimiseStop stop;
  double value;
  double predicted_gain; /* of the last full Newton step */
  double gradient_norm;  /* before that step */
  guint iterations;      /* accepted and rejected steps */
} TdmMinimiseReport;

/* Minimises from x (in/out). `hessian` (n x n) receives half the second derivative at
 * the result, as last asked for. */
void tdm_minimise (const TdmMinimiseProblem *problem, double *x, double *hessian,
                   TdmMinimiseReport *report);
