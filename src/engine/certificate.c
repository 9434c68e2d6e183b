/* The numbers of a certificate.
 *
 * Influence is one Newton step from the estimate without the level's term: with H half
 * the second derivative (first derivatives only), g the term's gradient and h its part
 * of H, the step is inv(H - h) g / 2, and its length sqrt (d' H d). It is Cook's
 * distance, exact where the problem is linear and normal. */
#include "engine/certificate-private.h"

#include "base/error.h"
#include "engine/objective.h"
#include "engine/residual.h"
#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>
#include <string.h>

/* Patients drawn for the percentiles of the levels. */
#define DRAWS 400
#define DRAWS_ODE 60
#define LOOSE_RELATIVE 1e-4
#define LOOSE_ABSOLUTE 1e-4

typedef struct
{
  const TdmFit *fit;
  TdmObjective *objective;
  guint n, n_used;
  const guint *used;
  double *values, *sd; /* at the used levels */
} View;

static void
view_clear (View *self)
{
  g_clear_pointer (&self->objective, tdm_objective_free);
  g_free (self->values);
  g_free (self->sd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (View, view_clear)

static gboolean
view_init (View *self, const TdmFit *fit, GCancellable *cancellable, GError **error)
{
  self->fit = fit;
  self->n = fit->n;
  self->objective = tdm_objective_new (fit->problem, error);
  if (!self->objective)
    return FALSE;
  tdm_objective_set_cancellable (self->objective, cancellable);
  self->n_used = tdm_objective_get_n_used (self->objective);
  self->used = tdm_objective_get_used (self->objective);
  self->values = g_new (double, self->n_used + 1);
  self->sd = g_new (double, self->n_used + 1);
  if (tdm_problem_get_n_subpopulations (fit->problem) > 0)
    tdm_objective_set_subpopulation (self->objective, fit->subpopulation);
  return TRUE;
}

/* inv(L) C inv(L') has the eigenvalues of the posterior variance over the prior's. */
static void
fill_eigenvalues (TdmCertificate *self, const TdmFit *fit)
{
  const guint n = self->n;
  const double *l = tdm_problem_get_omega_cholesky (fit->problem);
  g_autofree double *half = g_new (double, n *n + 1);
  g_autofree double *whole = g_new (double, n *n + 1);
  g_autofree double *column = g_new (double, n + 1);
  double sum = 0;
  for (guint i = 0; i < n; i++)
    tdm_lower_solve (n, l, fit->covariance + i * n, half + i * n);
  for (guint j = 0; j < n; j++)
    {
      for (guint i = 0; i < n; i++)
        column[i] = half[i * n + j];
      tdm_lower_solve (n, l, column, whole + j * n);
    }
  if (n == 0 || !tdm_symmetric_eigen (n, whole, column, NULL))
    return;
  for (guint i = 0; i < n; i++)
    {
      self->eigenvalues[i] = 1 / column[n - 1 - i];
      sum += log (MAX (column[i], 1e-300)) / n;
    }
  self->learned = 1 - exp (sum);
}

static void
fill_typical (TdmCertificate *self, const TdmFit *fit)
{
  const guint n = self->n;
  const double *omega = tdm_problem_get_omega (fit->problem);
  g_autofree double *z = g_new (double, n + 1);
  tdm_lower_solve (n, tdm_problem_get_omega_cholesky (fit->problem), fit->eta, z);
  for (guint i = 0; i < n; i++)
    {
      self->percentile[i] = tdm_normal_cdf (fit->eta[i] / sqrt (omega[i * n + i]));
      self->mahalanobis += z[i] * z[i];
    }
  self->joint_percentile = n > 0 ? tdm_chi_squared_cdf (self->mahalanobis, n) : 0.5;
}

static double
influence_of (const View *v, const double *gradient, const double *hessian,
              const double *whole)
{
  const guint n = v->n;
  g_autofree double *step = g_new (double, n + 1);
  g_autofree double *rest = g_new (double, n *n + 1);
  double square = 0;
  for (guint k = 0; k < n * n; k++)
    rest[k] = whole[k] - hessian[k];
  if (!tdm_cholesky (n, rest, rest))
    return NAN;
  tdm_cholesky_solve (n, rest, gradient, step);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      square += 0.25 * step[i] * whole[i * n + j] * step[j];
  return sqrt (MAX (square, 0));
}

static void
fill_influences (TdmCertificate *self, View *v)
{
  const guint n = v->n;
  g_autofree double *gradient = g_new (double, n + 1);
  g_autofree double *hessian = g_new (double, n *n + 1);
  g_autofree double *gradients = g_new (double, (gsize)v->n_used *n + 1);
  g_autofree double *hessians = g_new (double, (gsize)v->n_used *n *n + 1);
  if (n == 0
      || !isfinite (
          tdm_objective_eval (v->objective, v->fit->eta, gradient, hessian, FALSE))
      || !tdm_objective_levels (v->objective, v->fit->eta, gradients, hessians))
    return;
  for (guint u = 0; u < v->n_used; u++)
    self->levels[v->used[u]].influence = influence_of (
        v, gradients + (gsize)u * n, hessians + (gsize)u * n * n, hessian);
}

/* Adds the chance of each level to be below what was measured, for one patient. */
static void
add_chances (const View *v, double *sums)
{
  TdmModel *model = tdm_problem_get_model (v->fit->problem);
  for (guint u = 0; u < v->n_used; u++)
    {
      const TdmProblemLevel *level =
          tdm_problem_get_level (v->fit->problem, v->used[u]);
      gboolean logs = tdm_residual_is_log (tdm_model_get_output (model, level->output));
      double y = logs ? log (MAX (level->value, 1e-300)) : level->value;
      sums[u] += v->sd[u] > 0 ? tdm_normal_cdf ((y - v->values[u]) / v->sd[u])
                              : (y > v->values[u]);
    }
}

static gboolean
fill_percentiles (TdmCertificate *self, View *v, GCancellable *cancellable,
                  GError **error)
{
  const TdmProblem *problem = v->fit->problem;
  const guint width = tdm_problem_get_n_values (problem);
  const gboolean ode =
      tdm_model_get_structure (tdm_problem_get_model (problem))->kind == TDM_PK_ODE;
  const guint draws = MIN (ode ? DRAWS_ODE : DRAWS, tdm_problem_get_draws (problem));
  g_autofree double *rows = tdm_fit_draw_population (v->fit, draws, 0);
  g_autofree double *sums = g_new0 (double, v->n_used + 1);
  guint counted = 0;
  tdm_objective_set_tolerance (v->objective, LOOSE_RELATIVE, LOOSE_ABSOLUTE);
  for (guint d = 0; v->n_used > 0 && d < draws; d++)
    {
      const double *row = rows + (gsize)d * width;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (tdm_problem_get_n_subpopulations (problem) > 0)
        tdm_objective_set_subpopulation (v->objective, (guint)row[width - 1] - 1);
      if (!tdm_objective_predict (v->objective, row, v->values, v->sd, NULL))
        continue;
      add_chances (v, sums);
      counted++;
    }
  for (guint u = 0; counted > 0 && u < v->n_used; u++)
    if (tdm_problem_get_level (problem, v->used[u])->censor == TDM_CENSOR_NONE)
      self->levels[v->used[u]].prior_percentile = sums[u] / counted;
  return TRUE;
}

static TdmCertificate *
certificate_new (const TdmFit *fit)
{
  TdmCertificate *self = g_new0 (TdmCertificate, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->n = fit->n;
  self->n_levels = fit->n_levels;
  self->eigenvalues = g_new0 (double, fit->n + 1);
  self->percentile = g_new0 (double, fit->n + 1);
  self->levels = g_new (TdmCertificateLevel, fit->n_levels + 1);
  for (guint i = 0; i < fit->n_levels; i++)
    self->levels[i] = (TdmCertificateLevel){ NAN, NAN };
  return self;
}

TdmCertificate *
tdm_certificate_new (const TdmFit *fit, GPtrArray *notes, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (TdmCertificate) self = certificate_new (fit);
  g_auto (View) view = { 0 };
  if (!view_init (&view, fit, cancellable, error))
    return NULL;
  fill_eigenvalues (self, fit);
  fill_typical (self, fit);
  if (fit->converged)
    fill_influences (self, &view);
  if (!fill_percentiles (self, &view, cancellable, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  tdm_certificate_judge (self, fit, notes);
  return g_steal_pointer (&self);
}

TdmCertificate *
tdm_certificate_ref (TdmCertificate *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_certificate_unref (TdmCertificate *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->eigenvalues);
  g_free (self->percentile);
  g_free (self->levels);
  g_free (self->code);
  g_free (self->reason);
  g_free (self);
}

const char *
tdm_advice_name (TdmAdvice advice)
{
  static const char *const names[] = { "given", "caution", "withheld" };
  g_assert ((guint)advice < G_N_ELEMENTS (names));
  return names[advice];
}
