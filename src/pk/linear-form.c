/* Closed forms of mammillary models behind a chain, for any rates and any order of
 * jets.
 *
 * Disposition as in linear-kernel.h. The chain empties at ktr: k steps down it after
 * time t there is (ktr t)^k / k! e^(-ktr t), and what has left it by j steps has met
 * the disposition with the response of a catenary, so the same formula holds with j
 * more nodes ktr t in each convolution and the factor (ktr t)^j. A constant input adds
 * a node 0.
 *
 * Three compartments: the characteristic polynomial's outer roots by Newton's method,
 * which converges monotonically from Laguerre's bounds; the middle one from the
 * product. Their derivatives by Newton steps in jet arithmetic (each doubles the
 * correct order). */
#include "pk/linear.h"

#include <math.h>

typedef struct
{
  double s, q, r; /* x^3 - s x^2 + q x - r */
} Cubic;

static double
find_root (const Cubic *p, double x)
{
  double best = x, least = INFINITY;
  for (guint i = 0; i < 200; i++)
    {
      double value = ((x - p->s) * x + p->q) * x - p->r;
      double slope = (3.0 * x - 2.0 * p->s) * x + p->q;
      if (fabs (value) < least)
        {
          least = fabs (value);
          best = x;
        }
      else if (i > 3)
        break;
      double next = x - value / slope;
      if (!(fabs (next - x) > 1e-16 * fabs (x)) || !isfinite (next))
        break;
      x = next;
    }
  return best;
}

/* One Newton step of the root `x` (jet) of the cubic with jets as coefficients. */
static void
lift_root (TdmPkLinear *self, const double *coefficients, double *x)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  const double *s = coefficients, *q = s + z, *r = q + z;
  double *value = self->scratch + 8 * z, *slope = value + z, *t = slope + z;
  tdm_jet_sub (space, t, x, s);
  tdm_jet_mul (space, t, t, x);
  tdm_jet_add (space, t, t, q);
  tdm_jet_mul (space, value, t, x);
  tdm_jet_sub (space, value, value, r);
  tdm_jet_scale (space, slope, x, 3.0);
  tdm_jet_axpy (space, slope, -2.0, s);
  tdm_jet_mul (space, slope, slope, x);
  tdm_jet_add (space, slope, slope, q);
  tdm_jet_div (space, value, value, slope);
  tdm_jet_sub (space, x, x, value);
}

/* coefficients = s, q, r, all sums of positive terms. */
static void
set_cubic (TdmPkLinear *self, double *coefficients)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  const double *k10 = self->k, *k12 = k10 + z, *k21 = k12 + z, *k13 = k21 + z,
               *k31 = k13 + z;
  double *s = coefficients, *q = s + z, *r = q + z, *t = r + z;
  tdm_jet_copy (space, s, k10);
  for (guint i = 1; i < 5; i++)
    tdm_jet_add (space, s, s, self->k + i * z);
  tdm_jet_add (space, t, k10, k13);
  tdm_jet_mul (space, q, t, k21);
  tdm_jet_add (space, t, k10, k12);
  tdm_jet_muladd (space, q, t, k31);
  tdm_jet_mul (space, t, k21, k31);
  tdm_jet_add (space, q, q, t);
  tdm_jet_mul (space, r, t, k10);
}

static void
set_three_rates (TdmPkLinear *self)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  double *coefficients = self->scratch, *r = coefficients + 2 * z, *t = r + z;
  double *l1 = self->l, *l2 = l1 + z, *l3 = l2 + z;
  set_cubic (self, coefficients);
  const Cubic cubic = { coefficients[0], coefficients[z], r[0] };
  const double radius = 2.0 / 3.0 * sqrt (MAX (0.0, cubic.s * cubic.s - 3.0 * cubic.q));
  tdm_jet_set (space, l1, find_root (&cubic, cubic.s / 3.0 + radius));
  tdm_jet_set (space, l3, find_root (&cubic, MAX (0.0, cubic.s / 3.0 - radius)));
  for (guint i = 0; i < space->order; i++)
    {
      lift_root (self, coefficients, l1);
      lift_root (self, coefficients, l3);
    }
  tdm_jet_mul (space, t, l1, l3);
  tdm_jet_div (space, l2, r, t);
}

/* b = adj (K + l3 I) with d2 = k21 - l3, d3 = k31 - l3, d1 = k10 + k12 + k13 - l3. */
static void
set_adjugate (TdmPkLinear *self, const double *total)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  const double *l3 = self->l + 2 * z, *k12 = self->k + z, *k21 = k12 + z,
               *k13 = k21 + z, *k31 = k13 + z;
  double *b = self->b, *d1 = self->scratch + 8 * z, *d2 = d1 + z, *d3 = d2 + z,
         *t = d3 + z;
  tdm_jet_sub (space, d1, total, l3);
  tdm_jet_sub (space, d2, k21, l3);
  tdm_jet_sub (space, d3, k31, l3);
  tdm_jet_mul (space, b, d2, d3);
  tdm_jet_mul (space, b + 1 * z, k21, d3);
  tdm_jet_mul (space, b + 2 * z, k31, d2);
  tdm_jet_mul (space, b + 3 * z, k12, d3);
  tdm_jet_mul (space, b + 4 * z, d1, d3);
  tdm_jet_mul (space, t, k13, k31);
  tdm_jet_sub (space, b + 4 * z, b + 4 * z, t);
  tdm_jet_mul (space, b + 5 * z, k12, k31);
  tdm_jet_mul (space, b + 6 * z, k13, d2);
  tdm_jet_mul (space, b + 7 * z, k13, k21);
  tdm_jet_mul (space, b + 8 * z, d1, d2);
  tdm_jet_mul (space, t, k12, k21);
  tdm_jet_sub (space, b + 8 * z, b + 8 * z, t);
}

void
tdm_pk_linear_three (TdmPkLinear *self)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  const double *l1 = self->l, *k12 = self->k + z, *k21 = k12 + z, *k13 = k21 + z,
               *k31 = k13 + z;
  double *a = self->a, *total = self->scratch + 4 * z;
  set_three_rates (self);
  tdm_jet_add (space, total, self->k, k12);
  tdm_jet_add (space, total, total, k13);
  tdm_jet_sub (space, a, l1, total);
  tdm_jet_copy (space, a + 1 * z, k21);
  tdm_jet_copy (space, a + 2 * z, k31);
  tdm_jet_copy (space, a + 3 * z, k12);
  tdm_jet_sub (space, a + 4 * z, l1, k21);
  tdm_jet_set (space, a + 5 * z, 0.0);
  tdm_jet_copy (space, a + 6 * z, k13);
  tdm_jet_set (space, a + 7 * z, 0.0);
  tdm_jet_sub (space, a + 8 * z, l1, k31);
  set_adjugate (self, total);
}

/* Column `column` of the disposition after `copies` steps of the chain. `set` holds
 * TDM_HYPO_ZERO or nothing. Without the powers of ktr and of the input's time. */
static void
get_column (TdmPkLinear *self, guint copies, guint set, guint column, const double *t,
            double *result)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size, c = self->c;
  double *g12 = self->scratch + 8 * z, *g123 = g12 + z;
  if (c > 1)
    tdm_jet_mul (space, g12, t, tdm_hypo_get (self->hypo, copies, set | 3));
  if (c > 2)
    {
      tdm_jet_mul (space, g123, t, tdm_hypo_get (self->hypo, copies, set | 7));
      tdm_jet_mul (space, g123, g123, t);
    }
  const double *first = tdm_hypo_get (self->hypo, copies, set | TDM_HYPO_1);
  for (guint i = 0; i < c; i++)
    {
      double *r = result + i * z;
      const guint entry = i * c + column;
      tdm_jet_set (space, r, 0.0);
      if (i == column)
        tdm_jet_copy (space, r, first);
      if (c > 1)
        tdm_jet_muladd (space, r, self->a + entry * z, g12);
      if (c > 2)
        tdm_jet_muladd (space, r, self->b + entry * z, g123);
    }
}

/* The nodes of this time, and power = ktr t. */
static void
set_nodes (TdmPkLinear *self, const double *t, double *power)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size;
  double *y = self->scratch;
  for (guint i = 0; i < self->c; i++)
    tdm_jet_mul (space, y + i * z, self->l + i * z, t);
  if (self->n > 0)
    tdm_jet_mul (space, power, self->ktr, t);
  tdm_hypo_set_nodes (self->hypo, y, self->c, self->n > 0 ? power : NULL);
}

void
tdm_pk_linear_fill (TdmPkLinear *self, TdmPkPropagator *q, const double *t)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size, c = self->c;
  double *step = self->scratch + 4 * z, *power = step + z, *column = step + 8 * z;
  set_nodes (self, t, step);
  for (guint j = 0; j < c; j++)
    {
      get_column (self, 0, 0, j, t, column);
      for (guint i = 0; i < c; i++)
        tdm_jet_copy (space, q->p + (i * c + j) * z, column + i * z);
    }
  tdm_jet_set (space, power, 1.0);
  for (guint k = 0; k < self->n; k++)
    {
      double *w = q->w + k * c * z;
      tdm_jet_mul (space, q->t + k * z, power, tdm_hypo_get (self->hypo, k + 1, 0));
      tdm_jet_mul (space, power, power, step);
      get_column (self, k + 1, 0, 0, t, w);
      for (guint i = 0; i < c; i++)
        tdm_jet_mul (space, w + i * z, w + i * z, power);
    }
}

void
tdm_pk_linear_force (TdmPkLinear *self, TdmPkPropagator *q, const double *t, guint from)
{
  const TdmJetSpace *space = &self->space;
  const guint z = space->size, c = self->c, n_states = self->n_states;
  const guint steps = from < c ? 0 : n_states - from;
  double *f = q->f + from * n_states * z;
  double *step = self->scratch + 4 * z, *power = step + z;
  set_nodes (self, t, step);
  for (guint i = 0; i < n_states; i++)
    tdm_jet_set (space, f + i * z, 0.0);
  tdm_jet_copy (space, power, t);
  for (guint k = 0; k < steps; k++)
    {
      const double *h = tdm_hypo_get (self->hypo, k + 1, TDM_HYPO_ZERO);
      tdm_jet_mul (space, f + (from + k) * z, power, h);
      tdm_jet_mul (space, power, power, step);
    }
  get_column (self, steps, TDM_HYPO_ZERO, 0, t, f);
  for (guint i = 0; i < c; i++)
    tdm_jet_mul (space, f + i * z, f + i * z, power);
  q->forced |= G_GUINT64_CONSTANT (1) << from;
}
