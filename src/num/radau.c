/* Radau IIA of five stages: implicit, of order 9, without a bound on the step by fast
 * components.
 *
 * Reference: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed.,
 * Springer 1996, IV.5 and IV.8 (the coefficients were computed with 50 digits from
 * their definition). Changed: the Newton iteration on the values takes the exact
 * Jacobian of every stage; with the last of its matrices one linear solution an order
 * gives the derivative coefficients, as they obey linear equations with that matrix.
 * The error estimate is of order 5 only, so that the result is far better than asked
 * for, and the collocation polynomial serves between the ends of a step. */
#include "num/radau.h"

#include <math.h>
#include <string.h>

#include "num/linalg.h"

#define STAGES 5
#define MAX_STEPS 5000
#define MAX_NEWTON 8
/* Of the last Newton correction, in units of the tolerated error; and what rounding
 * leaves of the largest state, which no correction makes smaller. */
#define SETTLED 1e-3
#define ROUNDING 1e-15

static const double node[STAGES] = { 0.0571041961145176822, 0.276843013638123828,
                                     0.583590432368916820, 0.860240135656219448, 1.0 };

static const double weight[STAGES][STAGES] = {
  { 0.0729988643179033243, -0.0267353311079455719, 0.0186769297639843544,
    -0.0128791060933064399, 0.00504283923388201521 },
  { 0.153775231479182469, 0.146214867847493507, -0.0364445689051280895,
    0.0212330631193047194, -0.00793557990272877753 },
  { 0.140063045684809872, 0.298967129491283479, 0.167585070135248963,
    -0.0339691016866177466, 0.0109442887441922523 },
  { 0.144894308109534758, 0.276500068760159228, 0.325797922910421030,
    0.128756753254909761, -0.0157089173788053284 },
  { 0.143713560791225941, 0.281356015149462060, 0.311826522975741254,
    0.223103901083570744, 0.04 },
};

/* The real eigenvalue of `weight`, and the weights of the error estimate. */
static const double real_root = 0.159065844427469120;
static const double error_weight[STAGES] = { -4.41899771679638172, 0.579234852256670054,
                                             -0.199237560953468009,
                                             0.0941674836919454890,
                                             -0.0318131688854938241 };

struct _TdmRadau
{
  TdmOdeSystem system;
  TdmJetSpace states_space; /* the states are the variables */
  guint n, size;
  guint m; /* doubles in all states */
  double *memory;
  gsize capacity;
  double *y, *y_old, *y_new; /* m */
  double *f;                 /* derivatives at y, m */
  double *z[STAGES];         /* states of the stages less those at the start, m */
  double *old_z[STAGES];     /* of the last step */
  double *g[STAGES];         /* derivatives at the stages, m */
  double *jets[2];           /* states and derivatives in states_space */
  double *jacobian;          /* at y, n x n */
  double *stage_jacobian;    /* STAGES of them */
  double *matrix;            /* of all stages, factored */
  double *filter;            /* I - h real_root jacobian, factored */
  double *rhs;               /* n STAGES x size */
  double *error;             /* m */
  guint *pivots, *filter_pivots;
  double t_old, t, limit;
  double h_next, h_first;
  gboolean first, has_step, has_slope;
  guint n_steps; /* of this stretch */
};

TdmRadau *
tdm_radau_new (void)
{
  return g_new0 (TdmRadau, 1);
}

void
tdm_radau_free (TdmRadau *self)
{
  g_free (self->memory);
  g_free (self->pivots);
  g_free (self);
}

static double *
take (double **memory, gsize count)
{
  double *block = *memory;
  *memory += count;
  return block;
}

static void
lay_out (TdmRadau *self)
{
  const gsize n = self->n, m = self->m, all = n * STAGES;
  double *p = self->memory;
  self->y = take (&p, m);
  self->y_old = take (&p, m);
  self->y_new = take (&p, m);
  self->f = take (&p, m);
  self->error = take (&p, m);
  for (guint i = 0; i < STAGES; i++)
    {
      self->z[i] = take (&p, m);
      self->old_z[i] = take (&p, m);
      self->g[i] = take (&p, m);
    }
  self->jets[0] = take (&p, n * (n + 1));
  self->jets[1] = take (&p, n * (n + 1));
  self->jacobian = take (&p, n * n);
  self->stage_jacobian = take (&p, STAGES * n * n);
  self->filter = take (&p, n * n);
  self->matrix = take (&p, all * all);
  self->rhs = take (&p, all * self->size);
}

void
tdm_radau_reset (TdmRadau *self, const TdmOdeSystem *system)
{
  const gsize n = system->n_states;
  self->system = *system;
  self->states_space = tdm_jet_space (system->n_states, 1);
  self->n = system->n_states;
  self->size = system->space.size;
  self->m = self->n * self->size;
  const gsize need = (5 + 4 * STAGES) * (gsize)self->m + 2 * n * (n + 1)
                     + (2 + STAGES + STAGES * STAGES) * n * n;
  if (need > self->capacity)
    {
      g_free (self->memory);
      g_free (self->pivots);
      self->memory = g_new (double, need);
      self->capacity = need;
      self->pivots = g_new (guint, need); /* more than any shape takes */
    }
  self->filter_pivots = self->pivots + n * STAGES;
  lay_out (self);
  self->h_first = 0.0;
}

static gboolean
all_finite (const double *v, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (v[i]))
      return FALSE;
  return TRUE;
}

/* Values of the derivatives (every `size`-th of f), and the Jacobian, where the values
 * of the states are those of y + z (z may be NULL). */
static gboolean
linearise (TdmRadau *self, double t, const double *z, double *f, double *jacobian)
{
  const guint n = self->n, size = self->size, wide = self->states_space.size;
  double *states = self->jets[0], *derivatives = self->jets[1];
  for (guint i = 0; i < n; i++)
    tdm_jet_variable (&self->states_space, states + i * wide,
                      self->y[i * size] + (z != NULL ? z[i * size] : 0.0), i);
  self->system.rhs (self->system.data, TDM_ODE_STATES, t, states, derivatives);
  for (guint i = 0; i < n; i++)
    {
      f[i * size] = derivatives[i * wide];
      memcpy (jacobian + i * n, derivatives + i * wide + 1, n * sizeof (double));
    }
  return all_finite (derivatives, n * wide);
}

/* f and the Jacobian at y. */
static gboolean
take_slope (TdmRadau *self)
{
  if (!linearise (self, self->t, NULL, self->f, self->jacobian))
    return FALSE;
  if (self->size > 1)
    self->system.rhs (self->system.data, TDM_ODE_JETS, self->t, self->y, self->f);
  self->has_slope = TRUE;
  return all_finite (self->f, self->m);
}

gboolean
tdm_radau_start (TdmRadau *self, double t, double limit, const double *states,
                 double hint_h)
{
  memcpy (self->y, states, sizeof (double) * self->m);
  self->t = self->t_old = t;
  self->limit = limit;
  self->has_step = FALSE;
  self->first = TRUE;
  self->n_steps = 0;
  if (!all_finite (self->y, self->m) || !take_slope (self))
    return FALSE;
  const double size = tdm_ode_norm (&self->system, self->y, self->y, self->y);
  const double slope = tdm_ode_norm (&self->system, self->f, self->y, self->y);
  const double guess = slope > 0.0 ? MAX (0.01 * size / slope, 1e-6) : limit - t;
  self->h_next = hint_h > 0.0                                   ? hint_h
                 : tdm_ode_is_length (self->h_first, limit - t) ? self->h_first
                                                                : guess;
  return TRUE;
}

/* r = sum over the stages of the Lagrange polynomial through 0 and the z, at x. */
static void
collocate (const TdmRadau *self, double *const *z, double x, double *r)
{
  memset (r, 0, self->m * sizeof (double));
  for (guint i = 0; i < STAGES; i++)
    {
      double l = x / node[i];
      for (guint j = 0; j < STAGES; j++)
        if (j != i)
          l *= (x - node[j]) / (node[i] - node[j]);
      for (guint k = 0; k < self->m; k++)
        r[k] += l * z[i][k];
    }
}

/* The last step's polynomial goes on, if there was one. */
static void
predict_stages (TdmRadau *self, double h)
{
  const double before = self->t - self->t_old;
  for (guint i = 0; i < STAGES; i++)
    {
      if (!self->has_step || h > 3.0 * before)
        {
          memset (self->z[i], 0, self->m * sizeof (double));
          continue;
        }
      collocate (self, self->old_z, 1.0 + node[i] * h / before, self->z[i]);
      for (guint k = 0; k < self->m; k++)
        self->z[i][k] += self->y_old[k] - self->y[k];
    }
}

/* matrix = I - h weight_ij J_j, factored. */
static gboolean
factor (TdmRadau *self, double h)
{
  const guint n = self->n, all = n * STAGES;
  for (guint i = 0; i < STAGES; i++)
    for (guint j = 0; j < STAGES; j++)
      {
        const double *jacobian = self->stage_jacobian + j * n * n;
        for (guint r = 0; r < n; r++)
          for (guint c = 0; c < n; c++)
            self->matrix[(i * n + r) * all + j * n + c] =
                (i == j && r == c ? 1.0 : 0.0) - h * weight[i][j] * jacobian[r * n + c];
      }
  return tdm_lu_factor (all, self->matrix, self->pivots);
}

/* The first `width` coefficients of z -= matrix^-1 (z - h weight g). */
static gboolean
correct (TdmRadau *self, double h, guint width)
{
  const guint n = self->n, all = n * STAGES, size = self->size;
  for (guint i = 0; i < STAGES; i++)
    for (guint k = 0; k < n; k++)
      for (guint c = 0; c < width; c++)
        {
          const guint at = k * size + c;
          double sum = 0.0;
          for (guint j = 0; j < STAGES; j++)
            sum += weight[i][j] * self->g[j][at];
          self->rhs[(i * n + k) * width + c] = self->z[i][at] - h * sum;
        }
  tdm_lu_solve (all, self->matrix, self->pivots, width, self->rhs);
  for (guint i = 0; i < STAGES; i++)
    for (guint k = 0; k < n; k++)
      for (guint c = 0; c < width; c++)
        self->z[i][k * size + c] -= self->rhs[(i * n + k) * width + c];
  return all_finite (self->rhs, (gsize)all * width);
}

/* The largest value in the last correction of values, weighted. */
static double
correction_size (const TdmRadau *self)
{
  const TdmOdeSystem *s = &self->system;
  double result = 0.0, largest = 0.0;
  for (guint k = 0; k < self->n; k++)
    largest = MAX (largest, fabs (self->y[k * self->size]));
  const double noise = ROUNDING * largest / SETTLED;
  for (guint i = 0; i < STAGES; i++)
    for (guint k = 0; k < self->n; k++)
      {
        const double y = self->y[k * self->size];
        const double size = MAX (fabs (y), fabs (y + self->z[i][k * self->size]));
        const double tolerated = MAX (s->absolute + s->relative * size, noise);
        result = MAX (result, fabs (self->rhs[i * self->n + k]) / tolerated);
      }
  return result;
}

/* Newton's method on the values of the stages. */
static gboolean
settle_values (TdmRadau *self, double h)
{
  double before = INFINITY;
  for (guint k = 0; k < MAX_NEWTON; k++)
    {
      for (guint i = 0; i < STAGES; i++)
        if (!linearise (self, self->t + node[i] * h, self->z[i], self->g[i],
                        self->stage_jacobian + i * self->n * self->n))
          return FALSE;
      if (!factor (self, h) || !correct (self, h, 1))
        return FALSE;
      const double size = correction_size (self);
      if (size <= SETTLED || (size <= 0.1 && size > 0.5 * before))
        return TRUE;
      if (k > 1 && size > 2.0 * before)
        return FALSE;
      before = size;
    }
  return FALSE;
}

/* The derivatives of the stages, one order a pass. */
static gboolean
settle_derivatives (TdmRadau *self, double h)
{
  for (guint pass = 0; pass < self->system.space.order; pass++)
    {
      for (guint i = 0; i < STAGES; i++)
        {
          for (guint k = 0; k < self->m; k++)
            self->y_new[k] = self->y[k] + self->z[i][k];
          self->system.rhs (self->system.data, TDM_ODE_JETS, self->t + node[i] * h,
                            self->y_new, self->g[i]);
          if (!all_finite (self->g[i], self->m))
            return FALSE;
        }
      if (!correct (self, h, self->size))
        return FALSE;
    }
  return TRUE;
}

/* error = filter^-1 (h real_root f + sum of error_weight z). */
static void
filtered_error (TdmRadau *self, double h, const double *f)
{
  for (guint k = 0; k < self->m; k++)
    {
      self->error[k] = h * real_root * f[k];
      for (guint i = 0; i < STAGES; i++)
        self->error[k] += error_weight[i] * self->z[i][k];
    }
  tdm_lu_solve (self->n, self->filter, self->filter_pivots, self->size, self->error);
}

/* The weighted error of the step of length h whose stages have settled. After a
 * discontinuity, or where it is too large, it is filtered once more: the estimate of
 * fast components is too cautious. */
static double
step_error (TdmRadau *self, double h)
{
  const guint n = self->n;
  for (guint r = 0; r < n; r++)
    for (guint c = 0; c < n; c++)
      self->filter[r * n + c] =
          (r == c ? 1.0 : 0.0) - h * real_root * self->jacobian[r * n + c];
  if (!tdm_lu_factor (n, self->filter, self->filter_pivots))
    return INFINITY;
  filtered_error (self, h, self->f);
  double e = tdm_ode_norm (&self->system, self->error, self->y, self->y_new);
  if (!(e > 1.0))
    return e;
  double *moved = self->g[0], *slope = self->g[1];
  for (guint k = 0; k < self->m; k++)
    moved[k] = self->y[k] + self->error[k];
  self->system.rhs (self->system.data, TDM_ODE_JETS, self->t, moved, slope);
  if (!all_finite (slope, self->m))
    return e;
  filtered_error (self, h, slope);
  return tdm_ode_norm (&self->system, self->error, self->y, self->y_new);
}

/* The weighted error of a step of length h from y, to y_new; INFINITY where the stages
 * do not settle. */
static double
try_step (TdmRadau *self, double h)
{
  predict_stages (self, h);
  if (!settle_values (self, h) || !settle_derivatives (self, h))
    return INFINITY;
  for (guint k = 0; k < self->m; k++)
    self->y_new[k] = self->y[k] + self->z[STAGES - 1][k];
  return step_error (self, h);
}

static void
swap (double **a, double **b)
{
  double *c = *a;
  *a = *b;
  *b = c;
}

static void
accept (TdmRadau *self, double h)
{
  swap (&self->y_old, &self->y);
  swap (&self->y, &self->y_new);
  for (guint i = 0; i < STAGES; i++)
    swap (&self->z[i], &self->old_z[i]);
  self->t_old = self->t;
  self->t = h == self->limit - self->t ? self->limit : self->t + h;
  self->has_step = TRUE;
  self->has_slope = FALSE;
}

/* Shares what is left fairly, so that no stretch ends with a splinter of a step. */
static double
next_length (const TdmRadau *self)
{
  const double left = self->limit - self->t;
  if (self->h_next >= left)
    return left;
  return self->h_next > 0.5 * left ? 0.5 * left : self->h_next;
}

/* Derivatives of one try, with the elimination counted as what takes as long. */
static guint64
step_work (const TdmRadau *self)
{
  const guint64 n = self->n, all = n * STAGES;
  return STAGES * (3 * n * (n + 1) + self->system.space.order * (guint64)self->m)
         + all * all * (all + self->size) / 16;
}

/* One accepted step, however many tries it takes. */
static TdmRungeKuttaEnd
advance (TdmRadau *self)
{
  if (!self->has_slope && !take_slope (self))
    return TDM_RUNGE_KUTTA_FAILED;
  for (;;)
    {
      const double h = next_length (self);
      if (self->n_steps++ >= MAX_STEPS)
        return TDM_RUNGE_KUTTA_EXHAUSTED;
      if (!tdm_ode_spend (&self->system, step_work (self)))
        return TDM_RUNGE_KUTTA_STOPPED;
      if (!(h > 1e-14 * MAX (fabs (self->t), fabs (self->limit))))
        return TDM_RUNGE_KUTTA_FAILED;
      const double e = try_step (self, h);
      if (e <= 1.0)
        {
          const double factor = e == 0.0 ? 8.0 : 0.9 * pow (e, -1.0 / 6.0);
          self->h_next = h * CLAMP (factor, 0.2, 8.0);
          if (self->first)
            self->h_first = self->h_next;
          self->first = FALSE;
          accept (self, h);
          return TDM_RUNGE_KUTTA_REACHED;
        }
      self->h_next =
          h * (isfinite (e) ? CLAMP (0.9 * pow (e, -1.0 / 6.0), 0.1, 0.9) : 0.25);
    }
}

TdmRungeKuttaEnd
tdm_radau_cover (TdmRadau *self, double t)
{
  while (self->t < t)
    {
      TdmRungeKuttaEnd end = advance (self);
      if (end != TDM_RUNGE_KUTTA_REACHED)
        return end;
    }
  return TDM_RUNGE_KUTTA_REACHED;
}

void
tdm_radau_at (TdmRadau *self, double t, double *states)
{
  if (t >= self->t || !self->has_step)
    {
      memcpy (states, self->y, sizeof (double) * self->m);
      return;
    }
  collocate (self, self->old_z, (t - self->t_old) / (self->t - self->t_old), states);
  for (guint k = 0; k < self->m; k++)
    states[k] += self->y_old[k];
}

double
tdm_radau_end (const TdmRadau *self, const double **states)
{
  *states = self->y;
  return self->t;
}
