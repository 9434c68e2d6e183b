/* Inner loops of the closed forms, written once and compiled for each common size of
 * jet (linear-kernel.c), so that their loops have constant bounds.
 *
 * With l1 >= l2 >= l3 the rates and K the matrix of a mammillary model, Newton's form
 * from the fastest rate has no negative term: exp(Kt) = e^(-l1 t) I + (K + l1 I) g12 +
 * adj(K + l3 I) g123, g the convolutions of hypo.h. K + l1 I >= 0 because the rates
 * interlace the diagonal. */
#pragma once

#include <math.h>

#include "pk/linear-state.h"

#define KERNEL static inline __attribute__ ((always_inline))

/* k10, k12, k21, k13, k31 */
KERNEL void
kernel_micro (TdmPkLinear *self, const TdmJetSpace s, const double *parameters)
{
  const guint *index = self->structure->linear;
  const double *v1 = parameters + index[TDM_PK_V1] * s.size;
  const double *cl = parameters + index[TDM_PK_CL] * s.size;
  tdm_jet_inv (&s, self->inverse_v1, v1);
  tdm_jet_inv (&s, self->inverse_cl, cl);
  tdm_jet_mul (&s, self->k, cl, self->inverse_v1);
  for (guint i = 1; i < self->c; i++)
    {
      const double *q = parameters + index[TDM_PK_CL + 2 * i] * s.size;
      const double *v = parameters + index[TDM_PK_V1 + 2 * i] * s.size;
      tdm_jet_mul (&s, self->k + (2 * i - 1) * s.size, q, self->inverse_v1);
      tdm_jet_div (&s, self->k + 2 * i * s.size, q, v);
    }
  if (self->n > 0)
    tdm_jet_copy (&s, self->ktr, parameters + index[TDM_PK_KA] * s.size);
}

/* Two compartments. With a = k10 + k12 the rates solve (l - a)(l - k21) = k12 k21; the
 * differences from the diagonal are taken on the side where nothing cancels. */
KERNEL void
kernel_two (TdmPkLinear *self, const TdmJetSpace s)
{
  const guint z = s.size;
  const double *k10 = self->k, *k12 = self->k + z, *k21 = self->k + 2 * z;
  double *half = self->scratch, *root = half + z, *product = root + z,
         *low = product + z;
  double *l1 = self->l, *l2 = self->l + z;
  tdm_jet_add (&s, half, k10, k12);
  tdm_jet_sub (&s, half, half, k21);
  tdm_jet_scale (&s, half, half, 0.5);
  tdm_jet_mul (&s, product, k12, k21);
  tdm_jet_mul (&s, root, half, half);
  tdm_jet_add (&s, root, root, product);
  tdm_jet_sqrt (&s, root, root);
  /* The larger of l1 - a and l1 - k21 is |half| + root, their product k12 k21. */
  const double sign = half[0] < 0.0 ? -1.0 : 1.0;
  tdm_jet_axpy (&s, root, sign, half);
  tdm_jet_div (&s, low, product, root);
  double *u = self->a, *w = self->a + 3 * z;
  tdm_jet_copy (&s, u, sign > 0.0 ? low : root);
  tdm_jet_copy (&s, w, sign > 0.0 ? root : low);
  tdm_jet_copy (&s, self->a + z, k21);
  tdm_jet_copy (&s, self->a + 2 * z, k12);
  tdm_jet_add (&s, l1, k21, w);
  tdm_jet_mul (&s, l2, k10, k21);
  tdm_jet_div (&s, l2, l2, l1);
}

/* Value of (1 - exp(-x)) and exp(-x), each to rounding. */
KERNEL void
kernel_exp (double x, double *e, double *m)
{
  if (x < 0.35)
    {
      *m = -expm1 (-x);
      *e = 1.0 - *m;
    }
  else
    {
      *e = exp (-x);
      *m = 1.0 - *e;
    }
}

/* r = f, with partial derivatives f1, f2 by l1, l2 (order <= 1). */
KERNEL void
kernel_lift (const TdmPkLinear *self, const TdmJetSpace s, double *r, double f,
             double f1, double f2)
{
  const double *l1 = self->l, *l2 = self->l + s.size;
  for (guint i = 1; i <= s.n; i++)
    r[i] = f1 * l1[i] + f2 * l2[i];
  r[0] = f;
}

/* One or two compartments without chain, order <= 1, plain time, well-separated rates.
 */
KERNEL void
kernel_fill (TdmPkLinear *self, const TdmJetSpace s, TdmPkPropagator *q)
{
  const guint z = s.size;
  const double t = q->dt, l1 = self->l[0];
  kernel_exp (l1 * t, &q->e[0], &q->m[0]);
  const double e1 = q->e[0];
  if (self->c == 1)
    {
      double slope = -t * e1;
      for (guint i = 1; i <= s.n; i++)
        q->p[i] = slope * self->l[i];
      q->p[0] = e1;
      return;
    }
  const double l2 = self->l[z], inverse = 1.0 / (l1 - l2);
  double *exponential = self->scratch, *g = exponential + z;
  kernel_exp (l2 * t, &q->e[1], &q->m[1]);
  const double e2 = q->e[1], g0 = (e2 - e1) * inverse;
  kernel_lift (self, s, exponential, e1, -t * e1, 0.0);
  kernel_lift (self, s, g, g0, (t * e1 - g0) * inverse, (g0 - t * e2) * inverse);
  for (guint i = 0; i < 4; i++)
    tdm_jet_mul (&s, q->p + i * z, self->a + i * z, g);
  tdm_jet_add (&s, q->p, q->p, exponential);
  tdm_jet_add (&s, q->p + 3 * z, q->p + 3 * z, exponential);
}

/* The same for a constant input into the central compartment; after kernel_fill(). */
KERNEL void
kernel_force (TdmPkLinear *self, const TdmJetSpace s, TdmPkPropagator *q)
{
  const guint z = s.size;
  const double t = q->dt, l1 = self->l[0];
  const double j1 = q->m[0] / l1, j1_slope = (t * q->e[0] - j1) / l1;
  if (self->c == 1)
    {
      for (guint i = 1; i <= s.n; i++)
        q->f[i] = j1_slope * self->l[i];
      q->f[0] = j1;
      return;
    }
  const double l2 = self->l[z], inverse = 1.0 / (l1 - l2);
  const double j2 = q->m[1] / l2, j2_slope = (t * q->e[1] - j2) / l2,
               g0 = (j2 - j1) * inverse;
  double *first = self->scratch, *g = first + z;
  kernel_lift (self, s, first, j1, j1_slope, 0.0);
  kernel_lift (self, s, g, g0, (-j1_slope - g0) * inverse, (j2_slope + g0) * inverse);
  tdm_jet_mul (&s, q->f, self->a, g);
  tdm_jet_add (&s, q->f, q->f, first);
  tdm_jet_mul (&s, q->f + z, self->a + 2 * z, g);
}

/* Disposition compartments: P x + W c. */
KERNEL void
kernel_advance_central (TdmPkLinear *self, const TdmJetSpace s,
                        const TdmPkPropagator *q, const double *x, double *y)
{
  const guint z = s.size, c = self->c, n = self->n;
  for (guint i = 0; i < c; i++)
    {
      tdm_jet_mul (&s, y + i * z, q->p + i * c * z, x);
      for (guint j = 1; j < c; j++)
        tdm_jet_muladd (&s, y + i * z, q->p + (i * c + j) * z, x + j * z);
      for (guint j = 1; j <= n; j++)
        tdm_jet_muladd (&s, y + i * z, q->w + ((j - 1) * c + i) * z,
                        x + (c + n - j) * z);
    }
}

KERNEL void
kernel_advance (TdmPkLinear *self, const TdmJetSpace s, const TdmPkPropagator *q,
                const TdmPkStretch *stretch, double *states)
{
  const guint z = s.size, c = self->c, n = self->n, n_states = c + n;
  double *y = self->scratch + TDM_PK_LINEAR_SCRATCH * z;
  kernel_advance_central (self, s, q, states, y);
  for (guint i = 0; i < n; i++)
    {
      tdm_jet_mul (&s, y + (c + i) * z, q->t, states + (c + i) * z);
      for (guint k = 1; k <= i; k++)
        tdm_jet_muladd (&s, y + (c + i) * z, q->t + k * z, states + (c + i - k) * z);
    }
  if (stretch->rates != NULL)
    for (guint from = 0; from < n_states; from++)
      {
        const double *rate = stretch->rates + from * z;
        if (!(q->forced >> from & 1))
          continue;
        for (guint i = 0; i < n_states; i++)
          if (stretch->rates_plain)
            tdm_jet_axpy (&s, y + i * z, rate[0], q->f + (from * n_states + i) * z);
          else
            tdm_jet_muladd (&s, y + i * z, rate, q->f + (from * n_states + i) * z);
      }
  for (guint i = 0; i < n_states * z; i++)
    states[i] = y[i];
}

/* Area under the central concentration by balance of mass: what came in and is no
 * longer there has been cleared, and cleared = CL · area. */
KERNEL void
kernel_area (TdmPkLinear *self, const TdmJetSpace s, const TdmPkStretch *stretch,
             const double *before, const double *states, double *area)
{
  const guint n_states = self->n_states, z = s.size;
  double *cleared = self->scratch;
  for (guint k = 0; k < z; k++)
    {
      double sum = 0.0;
      for (guint i = 0; i < n_states; i++)
        sum += before[i * z + k] - states[i * z + k];
      cleared[k] = sum;
    }
  if (stretch->rates != NULL)
    for (guint i = 0; i < n_states; i++)
      tdm_jet_muladd (&s, cleared, stretch->rates + i * z, stretch->dt);
  tdm_jet_muladd (&s, area, cleared, self->inverse_cl);
}
