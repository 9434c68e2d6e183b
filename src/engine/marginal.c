/* Approximations of a marginal likelihood (Wang, J Pharmacokinet Pharmacodyn
 * 2007;34:575-593).
 *
 * With f0 + G eta for the predictions the levels are normal with the covariance
 * C = G Omega G' + V. FO has f0, G and V at eta = 0 and the value
 *
 *   ln det C + (y - f0)' inv(C) (y - f0).
 *
 * The others expand the objective OFV about its minimum, where H is half its second
 * derivative:
 *
 *   OFV + ln det H + ln det Omega,
 *
 * FOCEI and FOCE with H from first derivatives, FOCE with V at eta = 0 in both, LAPLACE
 * with the exact H. LINEAR is FO's formula with f0 = f - G eta, G and V at the
 * estimate, which is what Monolix calls linearisation. IMP integrates
 * (engine/evidence.h). Weighted residuals are inv(root(C)) (y - f0), of FO for WRES;
 * for CWRES f0 = f - G eta and G are those at the estimate, V that at the prediction
 * there (Hooker, Staatz, Karlsson, Pharm Res 2007;24:2187-2197). */
#include "engine/marginal.h"

#include "base/error.h"
#include "engine/objective.h"
#include "engine/residual.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
  [TDM_MARGINAL_FO] = "fo",         [TDM_MARGINAL_FOCE] = "foce",
  [TDM_MARGINAL_FOCEI] = "focei",   [TDM_MARGINAL_LAPLACE] = "laplace",
  [TDM_MARGINAL_LINEAR] = "linear", [TDM_MARGINAL_IMP] = "imp",
};

const char *
tdm_marginal_method_name (TdmMarginalMethod method)
{
  return names[method];
}

gboolean
tdm_marginal_method_from_name (const char *name, TdmMarginalMethod *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      {
        *out = (TdmMarginalMethod)i;
        return TRUE;
      }
  return FALSE;
}

/* OFV + ln det Omega - ln det `covariance`. */
static double
expand (const TdmFit *fit, const double *covariance)
{
  const guint n = fit->n;
  g_autofree double *c = g_new (double, n *n + 1);
  const double *prior = tdm_problem_get_omega_cholesky (fit->problem);
  double value = fit->objective;
  if (!tdm_cholesky (n, covariance, c))
    return NAN;
  for (guint i = 0; i < n; i++)
    value += 2.0 * log (prior[i * n + i] / c[i * n + i]);
  return value;
}

double
tdm_fit_get_focei (const TdmFit *fit)
{
  return expand (fit, fit->covariance_expected);
}

/* The levels as normal variables: those that are used and not censored. */
typedef struct
{
  guint m;
  guint *index;       /* of the level */
  double *residual;   /* m */
  double *covariance; /* m x m */
} Linear;

static void
linear_clear (Linear *self)
{
  g_free (self->index);
  g_free (self->residual);
  g_free (self->covariance);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Linear, linear_clear)

/* a' Omega b */
static double
form (guint n, const double *omega, const double *a, const double *b)
{
  double sum = 0.0;
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      sum += a[i] * omega[i * n + j] * b[j];
  return sum;
}

static double
observed (const TdmProblem *problem, guint level)
{
  const TdmProblemLevel *l = tdm_problem_get_level (problem, level);
  const TdmModelOutput *output =
      tdm_model_get_output (tdm_problem_get_model (problem), l->output);
  return tdm_residual_is_log (output) ? log (l->value) : l->value;
}

/* What `objective` predicts about eta. FALSE when not finite. */
static gboolean
linearise (TdmObjective *objective, TdmProblem *problem, const double *eta, Linear *out)
{
  const guint used = tdm_objective_get_n_used (objective);
  const guint n = tdm_problem_get_n_effects (problem);
  const guint *levels = tdm_objective_get_used (objective);
  const double *omega = tdm_problem_get_omega (problem);
  g_autofree double *f = g_new (double, used + 1), *sd = g_new (double, used + 1);
  g_autofree double *g = g_new (double, (gsize)used *n + 1);
  g_autofree guint *from = g_new (guint, used + 1);
  out->index = g_new (guint, used + 1);
  out->residual = g_new (double, used + 1);
  out->covariance = g_new (double, (gsize)used *used + 1);
  if (!tdm_objective_predict (objective, eta, f, sd, g))
    return FALSE;
  for (guint u = 0; u < used; u++)
    if (tdm_problem_get_level (problem, levels[u])->censor == TDM_CENSOR_NONE)
      {
        double r = observed (problem, levels[u]) - f[u];
        for (guint i = 0; i < n; i++)
          r += g[u * n + i] * eta[i];
        out->index[out->m] = levels[u];
        out->residual[out->m] = r;
        from[out->m++] = u;
      }
  const guint m = out->m;
  for (guint a = 0; a < m; a++)
    for (guint b = 0; b < m; b++)
      out->covariance[a * m + b] = form (n, omega, g + from[a] * n, g + from[b] * n)
                                   + (a == b ? sd[from[a]] * sd[from[a]] : 0.0);
  return TRUE;
}

/* ln det C + r' inv(C) r; NAN when C is not definite. */
static double
first_order (const Linear *linear)
{
  const guint m = linear->m;
  g_autofree double *l = g_new (double, (gsize)m *m + 1);
  g_autofree double *x = g_new (double, m + 1);
  double value = 0.0;
  if (!tdm_cholesky (m, linear->covariance, l))
    return NAN;
  tdm_lower_solve (m, l, linear->residual, x);
  for (guint i = 0; i < m; i++)
    value += 2.0 * log (l[i * m + i]) + x[i] * x[i];
  return value;
}

/* out[level] = what is left of each level, weighted; unchanged where C has no root. */
static void
weigh (const Linear *linear, double *out)
{
  const guint m = linear->m;
  g_autofree double *values = g_new (double, m + 1);
  g_autofree double *v = g_new (double, (gsize)m *m + 1);
  if (m == 0 || !tdm_symmetric_eigen (m, linear->covariance, values, v)
      || !(values[0] > 0.0))
    return;
  for (guint a = 0; a < m; a++)
    out[linear->index[a]] = 0.0;
  for (guint k = 0; k < m; k++)
    {
      double along = 0.0;
      for (guint a = 0; a < m; a++)
        along += v[a * m + k] * linear->residual[a];
      for (guint a = 0; a < m; a++)
        out[linear->index[a]] += v[a * m + k] * along / sqrt (values[k]);
    }
}

/* Whether it knows normal levels only, and one kind of people. */
static gboolean
is_first_order (TdmMarginalMethod method)
{
  return method == TDM_MARGINAL_FO || method == TDM_MARGINAL_LINEAR;
}

static gboolean
check_first_order (const TdmProblem *problem, GError **error)
{
  if (tdm_problem_get_n_subpopulations (problem) > 0)
    {
      g_set_error_literal (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                           "a first-order method knows no subpopulations");
      return FALSE;
    }
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (problem, i);
      const TdmModelOutput *output =
          tdm_model_get_output (tdm_problem_get_model (problem), level->output);
      if (!level->use
          || (level->censor == TDM_CENSOR_NONE && level->weight == 1.0
              && !output->positive))
        continue;
      g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                   "level %u: a first-order method knows no censored and no weighted "
                   "levels",
                   i + 1);
      return FALSE;
    }
  return TRUE;
}

/* Both kinds of weighted residuals, and the value of FO. */
static gboolean
fill_residuals (TdmMarginal *self, TdmProblem *problem, GError **error)
{
  const guint n = tdm_problem_get_n_effects (problem);
  g_autofree double *zero = g_new0 (double, n + 1);
  g_autoptr (TdmObjective) objective = tdm_objective_new (problem, error);
  g_auto (Linear) typical = { 0 };
  g_auto (Linear) conditional = { 0 };
  if (!objective)
    return FALSE;
  if (self->fit->n_subpopulations > 0)
    tdm_objective_set_subpopulation (objective, self->fit->subpopulation);
  const gboolean known = linearise (objective, problem, zero, &typical);
  if (known)
    weigh (&typical, self->wres);
  const gboolean expanded =
      linearise (objective, problem, self->fit->eta, &conditional);
  if (expanded)
    weigh (&conditional, self->cwres);
  if (known && self->method == TDM_MARGINAL_FO)
    self->value = first_order (&typical);
  if (expanded && self->method == TDM_MARGINAL_LINEAR && self->fit->converged)
    self->value = first_order (&conditional);
  return TRUE;
}

static double
expand_by (const TdmFit *fit, TdmMarginalMethod method)
{
  return expand (fit, method == TDM_MARGINAL_LAPLACE ? fit->covariance
                                                     : fit->covariance_expected);
}

/* -2 ln of the sum of p exp (-M / 2) over the subpopulations. */
static double
expand_mixture (const TdmFit *fit, TdmMarginalMethod method)
{
  const double own = expand_by (fit, method);
  double sum = 0;
  for (guint k = 0; k < fit->n_subpopulations; k++)
    {
      const TdmFit *one = tdm_fit_get_subpopulation (fit, k);
      if (one)
        sum +=
            fit->subpopulations[k].prior * exp (0.5 * (own - expand_by (one, method)));
    }
  return own - 2 * log (sum);
}

static void
fill_expansion (TdmMarginal *self)
{
  const TdmFit *fit = self->fit;
  if (!is_first_order (self->method) && fit->converged)
    self->value = fit->n_subpopulations > 0 ? expand_mixture (fit, self->method)
                                            : expand_by (fit, self->method);
}

/* Everything but the value of the methods that go on from the estimate. */
static TdmMarginal *
marginal_start (TdmProblem *problem, TdmMarginalMethod method, GError **error)
{
  const TdmMapOptions options = { .without_interaction = method == TDM_MARGINAL_FOCE };
  const guint n = tdm_problem_get_n_levels (problem);
  g_autoptr (TdmMarginal) self = g_new0 (TdmMarginal, 1);
  self->method = method;
  self->value = NAN;
  self->wres = g_new (double, n + 1);
  self->cwres = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    self->wres[i] = self->cwres[i] = NAN;
  if (is_first_order (method) && !check_first_order (problem, error))
    return NULL;
  self->fit = tdm_map_fit (problem, &options, NULL, error);
  if (!self->fit || !fill_residuals (self, problem, error))
    return NULL;
  return g_steal_pointer (&self);
}

TdmMarginal *
tdm_marginal_new (TdmProblem *problem, TdmMarginalMethod method, GError **error)
{
  if (method == TDM_MARGINAL_IMP)
    return tdm_marginal_sample (problem, 0, 0, error);
  TdmMarginal *self = marginal_start (problem, method, error);
  if (self)
    fill_expansion (self);
  return self;
}

TdmMarginal *
tdm_marginal_sample (TdmProblem *problem, guint draws, guint64 seed, GError **error)
{
  TdmMarginal *self = marginal_start (problem, TDM_MARGINAL_IMP, error);
  if (!self || !self->fit->converged)
    return self;
  self->evidence = tdm_evidence_new (self->fit, draws, seed);
  self->value = self->evidence->value;
  return self;
}

void
tdm_marginal_free (TdmMarginal *self)
{
  g_clear_pointer (&self->fit, tdm_fit_unref);
  g_clear_pointer (&self->evidence, tdm_evidence_free);
  g_free (self->wres);
  g_free (self->cwres);
  g_free (self);
}
