/* The closed-form stepper's memory, shared by linear.c and its kernels. */
#pragma once

#include "pk/hypo.h"
#include "pk/stepper.h"

/* Propagator of one length of time. All blocks are jets.
 *   p     c x c     from disposition compartment (column) to compartment (row)
 *   w     n x c     to compartment i from the chain, j = 1 … n steps before the centre
 *   t     n         along the chain, k = 0 … n-1 steps
 *   f     N x N     reached by a constant input of 1 mg/h into state s, when bit s is
 * set */
typedef struct
{
  guint64 stamp;
  guint64 forced;
  double dt;
  double e[2], m[2]; /* exp(-l dt) and 1 - exp(-l dt), kept from fill to force */
  double *p, *w, *t, *f;
} TdmPkPropagator;

#define TDM_PK_MAX_CACHE 64

typedef struct _TdmPkLinear TdmPkLinear;

struct _TdmPkLinear
{
  const TdmPkStructure *structure;
  TdmJetSpace space;
  guint c;        /* disposition compartments */
  guint n;        /* chain compartments */
  guint n_states; /* c + n */
  TdmHypo *hypo;
  double *buffer;
  gsize capacity;

  /* Of the parameter set: rates l1 >= l2 >= l3, K + l1 I, and for c = 3 the adjugate of
   * K + l3 I, which equals (K + l1 I)(K + l2 I). */
  double *l;
  double *a;
  double *b;
  double *ktr;
  double *inverse_cl;
  double *inverse_v1;
  double *k;       /* micro-constants: k10, k12, k21, k13, k31 */
  double *scratch; /* TDM_PK_LINEAR_SCRATCH jets + n_states jets */

  guint64 stamp;
  guint n_cache;
  TdmPkPropagator cache[TDM_PK_MAX_CACHE];

  /* Kernels for this size of jet. */
  void (*set_rates) (TdmPkLinear *self, const double *parameters);
  void (*fill_fast) (TdmPkLinear *self, TdmPkPropagator *q);
  void (*force_fast) (TdmPkLinear *self, TdmPkPropagator *q);
  void (*advance) (TdmPkLinear *self, const TdmPkPropagator *q,
                   const TdmPkStretch *stretch, double *states);
  void (*area) (TdmPkLinear *self, const TdmPkStretch *stretch, const double *before,
                const double *states, double *area);
};

#define TDM_PK_LINEAR_SCRATCH 24
