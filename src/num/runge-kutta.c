/* Explicit Runge-Kutta of order 8 with an error estimate of orders 5 and 3 and
 * interpolation of order 7.
 *
 * Reference: E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential
 * Equations I, 2nd ed., Springer 1993, II.5, II.6 and the code DOP853; the test for
 * stiffness is that of IV.2 (volume II). Changed: the norm is the largest weighted
 * component, so that coefficients that are zero do not dilute the estimate; the
 * derivative at the end of a step is evaluated only when something needs it; the first
 * step after a discontinuity is the one that the stretch before would have liked, as
 * doses resemble one another. */
#include "num/runge-kutta.h"

#include <math.h>
#include <string.h>

#define STAGES 16
#define MAX_STEPS 5000
/* Hairer's boundary of the stability region, and how often it must be met. */
#define STIFF_BOUND 6.1
#define STIFF_COUNT 15

static const double node[16] = { 0,
                                 0.05260015195876773,
                                 0.0789002279381516,
                                 0.1183503419072274,
                                 0.2816496580927726,
                                 0.3333333333333333,
                                 0.25,
                                 0.3076923076923077,
                                 0.6512820512820513,
                                 0.6,
                                 0.8571428571428571,
                                 1.0,
                                 1.0,
                                 0.1,
                                 0.2,
                                 0.7777777777777778 };

/* Rows 1 to 11 are the stages, row 12 the solution, 13 to 15 serve interpolation. */
static const double stage[16][15] = {
  { 0 },
  { 0.05260015195876773 },
  { 0.0197250569845379, 0.0591751709536137 },
  { 0.02958758547680685, 0, 0.08876275643042054 },
  { 0.2413651341592667, 0, -0.8845494793282861, 0.924834003261792 },
  { 0.037037037037037035, 0, 0, 0.17082860872947386, 0.12546768756682242 },
  { 0.037109375, 0, 0, 0.17025221101954405, 0.06021653898045596, -0.017578125 },
  { 0.03709200011850479, 0, 0, 0.17038392571223998, 0.10726203044637328,
    -0.015319437748624402, 0.008273789163814023 },
  { 0.6241109587160757, 0, 0, -3.3608926294469414, -0.868219346841726,
    27.59209969944671, 20.154067550477894, -43.48988418106996 },
  { 0.47766253643826434, 0, 0, -2.4881146199716677, -0.590290826836843,
    21.230051448181193, 15.279233632882423, -33.28821096898486, -0.020331201708508627 },
  { -0.9371424300859873, 0, 0, 5.186372428844064, 1.0914373489967295,
    -8.149787010746927, -18.52006565999696, 22.739487099350505, 2.4936055526796523,
    -3.0467644718982196 },
  { 2.273310147516538, 0, 0, -10.53449546673725, -2.0008720582248625, -17.9589318631188,
    27.94888452941996, -2.8589982771350235, -8.87285693353063, 12.360567175794303,
    0.6433927460157636 },
  { 0.054293734116568765, 0, 0, 0, 0, 4.450312892752409, 1.8915178993145003,
    -5.801203960010585, 0.3111643669578199, -0.1521609496625161, 0.20136540080403034,
    0.04471061572777259 },
  { 0.056167502283047954, 0, 0, 0, 0, 0, 0.25350021021662483, -0.2462390374708025,
    -0.12419142326381637, 0.15329179827876568, 0.00820105229563469,
    0.007567897660545699, -0.008298 },
  { 0.03183464816350214, 0, 0, 0, 0, 0.028300909672366776, 0.053541988307438566,
    -0.05492374857139099, 0, 0, -0.00010834732869724932, 0.0003825710908356584,
    -0.00034046500868740456, 0.1413124436746325 },
  { -0.42889630158379194, 0, 0, 0, 0, -4.697621415361164, 7.683421196062599,
    4.06898981839711, 0.3567271874552811, 0, 0, 0, -0.0013990241651590145,
    2.9475147891527724, -9.15095847217987 },
};

static const double error_5[12] = { 0.01312004499419488,
                                    0,
                                    0,
                                    0,
                                    0,
                                    -1.2251564463762044,
                                    -0.4957589496572502,
                                    1.6643771824549864,
                                    -0.35032884874997366,
                                    0.3341791187130175,
                                    0.08192320648511571,
                                    -0.022355307863886294 };

static const double error_3[12] = { -0.18980075407240762,
                                    0,
                                    0,
                                    0,
                                    0,
                                    4.450312892752409,
                                    1.8915178993145003,
                                    -5.801203960010585,
                                    -0.4226823213237919,
                                    -0.1521609496625161,
                                    0.20136540080403034,
                                    0.02265179219836082 };

static const double dense[4][16] = {
  { -8.428938276109013, 0, 0, 0, 0, 0.5667149535193777, -3.0689499459498917,
    2.38466765651207, 2.117034582445028, -0.871391583777973, 2.2404374302607883,
    0.6315787787694688, -0.08899033645133331, 18.148505520854727, -9.194632392478356,
    -4.436036387594894 },
  { 10.427508642579134, 0, 0, 0, 0, 242.28349177525817, 165.20045171727028,
    -374.5467547226902, -22.113666853125306, 7.733432668472264, -30.674084731089398,
    -9.332130526430229, 15.697238121770845, -31.139403219565178, -9.35292435884448,
    35.81684148639408 },
  { 19.985053242002433, 0, 0, 0, 0, -387.0373087493518, -189.17813819516758,
    527.8081592054236, -11.57390253995963, 6.8812326946963, -1.0006050966910838,
    0.7777137798053443, -2.778205752353508, -60.19669523126412, 84.32040550667716,
    11.99229113618279 },
  { -25.69393346270375, 0, 0, 0, 0, -154.18974869023643, -231.5293791760455,
    357.6391179106141, 93.40532418362432, -37.45832313645163, 104.0996495089623,
    29.8402934266605, -43.53345659001114, 96.32455395918828, -39.17726167561544,
    -149.72683625798564 },
};

struct _TdmRungeKutta
{
  TdmOdeSystem system;
  guint m; /* doubles in all states */
  guint capacity;
  double *memory;
  double *k[STAGES];
  double *y;       /* end of the last step */
  double *y_old;   /* its start */
  double *y_stage; /* states of the stage at hand */
  double *y_new;
  double *dense_c[7];
  double t_old, t, limit;
  double h_next;      /* what the controller proposes */
  double h_first;     /* its proposal after the first step of the last stretch */
  gboolean first;     /* no step has been taken in this stretch */
  gboolean has_k0;    /* k[0] is the derivative at y */
  gboolean has_step;  /* t_old .. t is a step */
  gboolean has_dense; /* dense_c describes it */
  guint n_steps;      /* of this stretch */
  guint stiff_hits, stiff_misses;
};

TdmRungeKutta *
tdm_runge_kutta_new (void)
{
  return g_new0 (TdmRungeKutta, 1);
}

void
tdm_runge_kutta_free (TdmRungeKutta *self)
{
  g_free (self->memory);
  g_free (self);
}

static void
lay_out (TdmRungeKutta *self)
{
  double *p = self->memory;
  for (guint i = 0; i < STAGES; i++, p += self->m)
    self->k[i] = p;
  for (guint i = 0; i < 7; i++, p += self->m)
    self->dense_c[i] = p;
  self->y = p;
  self->y_old = p + self->m;
  self->y_stage = p + 2 * self->m;
  self->y_new = p + 3 * self->m;
}

void
tdm_runge_kutta_reset (TdmRungeKutta *self, const TdmOdeSystem *system)
{
  self->system = *system;
  self->m = system->n_states * system->space.size;
  if (self->m > self->capacity)
    {
      self->capacity = self->m;
      g_free (self->memory);
      self->memory = g_new (double, (gsize)self->m *(STAGES + 7 + 4));
    }
  lay_out (self);
  self->h_first = 0.0;
  self->stiff_hits = self->stiff_misses = 0;
}

static inline void
evaluate (TdmRungeKutta *self, double t, const double *y, double *derivatives)
{
  self->system.rhs (self->system.data, TDM_ODE_JETS, t, y, derivatives);
}

/* The larger one; what is not a number counts as the largest. */
static inline double
larger (double a, double b)
{
  return b > a || isnan (b) ? b : a;
}

/* The worst of `count` coefficients that may err by `scale` times what a value may. */
static inline double
worst (const double *v, const double *a, const double *b, guint count, double scale,
       double y, const TdmOdeSystem *s)
{
  double result = 0.0;
  for (guint i = 0; i < count; i++)
    {
      double size = MAX (y, MAX (fabs (a[i]), fabs (b[i])));
      double e = fabs (v[i]) / (scale * (s->absolute + s->relative * size));
      result = larger (result, e);
    }
  return result;
}

double
tdm_ode_norm (const TdmOdeSystem *s, const double *v, const double *a, const double *b)
{
  const guint size = s->space.size, n = s->space.n;
  double result = 0.0;
  for (guint i = 0; i < s->n_states * size; i += size)
    {
      double y = MAX (fabs (a[i]), fabs (b[i]));
      double e = worst (v + i, a + i, b + i, 1, 1.0, y, s);
      result = larger (result, e);
      e = worst (v + i + 1, a + i + 1, b + i + 1, n, 10.0, y, s);
      result = larger (result, e);
      if (s->space.order >= 2)
        e = worst (v + i + 1 + n, a + i + 1 + n, b + i + 1 + n, size - 1 - n, 100.0, y,
                   s);
      result = larger (result, e);
    }
  return result;
}

/* out = base + h * sum over j < n of c[j] k[j]; base may be NULL. */
static void
combine (const TdmRungeKutta *self, double *restrict out, const double *base, double h,
         const double *c, guint n)
{
  const guint m = self->m;
  const double hc0 = h * c[0];
  if (base != NULL)
    for (guint i = 0; i < m; i++)
      out[i] = base[i] + hc0 * self->k[0][i];
  else
    for (guint i = 0; i < m; i++)
      out[i] = hc0 * self->k[0][i];
  for (guint j = 1; j < n; j++)
    {
      const double hc = h * c[j];
      const double *restrict k = self->k[j];
      if (c[j] != 0.0)
        for (guint i = 0; i < m; i++)
          out[i] += hc * k[i];
    }
}

/* Hairer's guess of a first step, for a method of order 8. */
static double
guess_step (TdmRungeKutta *self)
{
  const double span = self->limit - self->t;
  double d0 = tdm_ode_norm (&self->system, self->y, self->y, self->y);
  double d1 = tdm_ode_norm (&self->system, self->k[0], self->y, self->y);
  double h0 = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1;
  h0 = MIN (h0, span);
  static const double one[1] = { 1.0 };
  combine (self, self->y_stage, self->y, h0, one, 1);
  evaluate (self, self->t + h0, self->y_stage, self->k[1]);
  for (guint i = 0; i < self->m; i++)
    self->k[1][i] -= self->k[0][i];
  double d2 = tdm_ode_norm (&self->system, self->k[1], self->y, self->y) / h0;
  double steepest = MAX (d1, d2);
  double h1 =
      steepest <= 1e-15 ? MAX (1e-6, h0 * 1e-3) : pow (0.01 / steepest, 1.0 / 8.0);
  double h = MIN (100.0 * h0, h1);
  return isfinite (h) && h > 0.0 ? MIN (h, span) : MIN (1e-6, span);
}

gboolean
tdm_runge_kutta_start (TdmRungeKutta *self, double t, double limit,
                       const double *states)
{
  memcpy (self->y, states, sizeof (double) * self->m);
  self->t = self->t_old = t;
  self->limit = limit;
  self->has_step = self->has_dense = FALSE;
  self->first = TRUE;
  self->n_steps = 0;
  self->has_k0 = TRUE;
  evaluate (self, t, self->y, self->k[0]);
  for (guint i = 0; i < self->m; i++)
    if (!isfinite (self->k[0][i]) || !isfinite (self->y[i]))
      return FALSE;
  self->h_next = tdm_ode_is_length (self->h_first, limit - t) ? self->h_first
                 : limit > t                                  ? guess_step (self)
                                                              : 0.0;
  return TRUE;
}

/* Of one coefficient: the estimate of order 5, less where that of order 3 says that the
 * solution is smooth. */
static inline double
joined (double e5, double e3)
{
  const double squares = e5 * e5 + 0.01 * e3 * e3;
  return squares == 0.0 ? 0.0 : e5 * e5 / sqrt (squares);
}

/* The weighted error of a step of length h: stages 0 to 11 are there. Both estimates
 * are joined coefficient by coefficient: a state that is smooth says nothing of others.
 */
static double
step_error (TdmRungeKutta *self, double h)
{
  double *e5 = self->y_stage, *e3 = self->k[12];
  combine (self, e5, NULL, h, error_5, 12);
  combine (self, e3, NULL, h, error_3, 12);
  for (guint i = 0; i < self->m; i++)
    e5[i] = joined (e5[i], e3[i]);
  return tdm_ode_norm (&self->system, e5, self->y, self->y_new);
}

/* y_new = the states after a step of length h from y; its weighted error. */
static double
try_step (TdmRungeKutta *self, double h)
{
  for (guint i = 1; i < 12; i++)
    {
      combine (self, self->y_stage, self->y, h, stage[i], i);
      evaluate (self, self->t + node[i] * h, self->y_stage, self->k[i]);
    }
  combine (self, self->y_new, self->y, h, stage[12], 12);
  return step_error (self, h);
}

/* k[12] becomes the derivative at the end of the last step. */
static void
finish_step (TdmRungeKutta *self)
{
  evaluate (self, self->t, self->y, self->k[12]);
}

/* Counts how often the step was bounded by stability instead of accuracy. Needs k[11]
 * and k[12]; `y_stage` is recomputed as the twelfth stage of the last step. */
static gboolean
looks_stiff (TdmRungeKutta *self)
{
  const double h = self->t - self->t_old;
  double num = 0.0, den = 0.0;
  combine (self, self->y_stage, self->y_old, h, stage[11], 11);
  for (guint i = 0; i < self->m; i++)
    {
      double dk = self->k[12][i] - self->k[11][i], dy = self->y[i] - self->y_stage[i];
      num += dk * dk;
      den += dy * dy;
    }
  if (den > 0.0 && h * sqrt (num / den) > STIFF_BOUND)
    {
      self->stiff_misses = 0;
      return ++self->stiff_hits >= STIFF_COUNT;
    }
  if (++self->stiff_misses >= 6)
    self->stiff_hits = 0;
  return FALSE;
}

/* Shares what is left fairly, so that no stretch ends with a splinter of a step. */
static double
next_length (const TdmRungeKutta *self)
{
  double left = self->limit - self->t;
  if (self->h_next >= left)
    return left;
  return self->h_next > 0.5 * left ? 0.5 * left : self->h_next;
}

static void
accept (TdmRungeKutta *self, double h)
{
  double *y_old = self->y_old;
  self->y_old = self->y;
  self->y = self->y_new;
  self->y_new = y_old;
  self->t_old = self->t;
  self->t = h == self->limit - self->t ? self->limit : self->t + h;
  self->has_step = TRUE;
  self->has_k0 = self->has_dense = FALSE;
}

/* One accepted step, however many tries it takes. */
static TdmRungeKuttaEnd
advance (TdmRungeKutta *self)
{
  if (!self->has_k0)
    {
      if (!self->has_dense)
        finish_step (self);
      if (looks_stiff (self))
        return TDM_RUNGE_KUTTA_STIFF;
      double *k0 = self->k[0];
      self->k[0] = self->k[12];
      self->k[12] = k0;
      self->has_k0 = TRUE;
    }
  for (;;)
    {
      double h = next_length (self);
      if (self->n_steps++ >= MAX_STEPS)
        return TDM_RUNGE_KUTTA_EXHAUSTED;
      if (!tdm_ode_spend (&self->system, 12 * (guint64)self->m))
        return TDM_RUNGE_KUTTA_STOPPED;
      if (!(h > 1e-14 * MAX (fabs (self->t), fabs (self->limit))))
        return TDM_RUNGE_KUTTA_FAILED;
      double e = try_step (self, h);
      if (e <= 1.0)
        {
          double factor = e == 0.0 ? 6.0 : 0.9 * pow (e, -1.0 / 8.0);
          self->h_next = h * CLAMP (factor, 0.33, 6.0);
          if (self->first)
            self->h_first = self->h_next;
          self->first = FALSE;
          accept (self, h);
          return TDM_RUNGE_KUTTA_REACHED;
        }
      self->h_next =
          h * (isfinite (e) ? CLAMP (0.9 * pow (e, -1.0 / 8.0), 0.1, 0.9) : 0.1);
    }
}

TdmRungeKuttaEnd
tdm_runge_kutta_cover (TdmRungeKutta *self, double t)
{
  while (self->t < t)
    {
      TdmRungeKuttaEnd end = advance (self);
      if (end != TDM_RUNGE_KUTTA_REACHED)
        return end;
    }
  return TDM_RUNGE_KUTTA_REACHED;
}

static void
prepare_dense (TdmRungeKutta *self)
{
  const double h = self->t - self->t_old;
  if (!self->has_dense)
    finish_step (self);
  for (guint i = 13; i < STAGES; i++)
    {
      combine (self, self->y_stage, self->y_old, h, stage[i], i);
      evaluate (self, self->t_old + node[i] * h, self->y_stage, self->k[i]);
    }
  double **c = self->dense_c;
  for (guint i = 0; i < self->m; i++)
    {
      double rise = self->y[i] - self->y_old[i];
      c[0][i] = rise;
      c[1][i] = h * self->k[0][i] - rise;
      c[2][i] = 2.0 * rise - h * (self->k[12][i] + self->k[0][i]);
    }
  for (guint j = 0; j < 4; j++)
    combine (self, c[3 + j], NULL, h, dense[j], STAGES);
  self->has_dense = TRUE;
}

void
tdm_runge_kutta_at (TdmRungeKutta *self, double t, double *states)
{
  if (t >= self->t || !self->has_step)
    {
      memcpy (states, self->y, sizeof (double) * self->m);
      return;
    }
  if (!self->has_dense)
    prepare_dense (self);
  const double x = (t - self->t_old) / (self->t - self->t_old), z = 1.0 - x;
  double **c = self->dense_c;
  for (guint i = 0; i < self->m; i++)
    {
      double p = c[4][i] + z * (c[5][i] + x * c[6][i]);
      p = c[1][i] + x * (c[2][i] + z * (c[3][i] + x * p));
      states[i] = self->y_old[i] + x * (c[0][i] + z * p);
    }
}

double
tdm_runge_kutta_end (const TdmRungeKutta *self, const double **states)
{
  *states = self->y;
  return self->t;
}

double
tdm_runge_kutta_get_length (const TdmRungeKutta *self)
{
  return self->h_next;
}
