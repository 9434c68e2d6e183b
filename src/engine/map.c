/* MAP estimation.
 *
 * Works in z, the random effects in prior standard deviations (eta = L z, Omega = L
 * L'), where the prior is the unit sphere and one step length suits all. Each start
 * runs Gauss–Newton with the expected information until little is to be won; a start
 * that comes close to an optimum already known ends there. A new optimum is polished by
 * Newton steps with the exact second derivative, whose inverse is the Laplace posterior
 * covariance. */
#include "engine/map-private.h"

#include "base/error.h"
#include "engine/map-kink.h"
#include "engine/objective.h"
#include "num/linalg.h"
#include "num/minimise.h"
#include "num/random.h"

#include <math.h>
#include <string.h>

#define MAX_OPTIMA 16
/* More than four optima are not looked for to the end. */
#define MOST_STARTS 46
/* A prior variance of logarithms beyond which one patient's parameter may be four times
 * that of the next: absorption and elimination may then change places. */
#define WIDE_PRIOR 0.5
/* Starts are drawn this many prior standard deviations wide. */
#define START_SPREAD 1.5
/* Two optima closer than this (prior standard deviations) are one. */
#define SAME_OPTIMUM 0.02
/* A search that comes this close to an optimum, and this near in value, ends. */
#define NEAR_DISTANCE 0.1
#define NEAR_VALUE 0.05
/* Tolerances of differential equations while only the basin matters. */
#define LOOSE_RELATIVE 1e-4
#define LOOSE_ABSOLUTE 1e-4
/* Gauss–Newton stops at these predicted gains: enough to tell basins apart, and enough
 * for one or two exact Newton steps, which cost several times as much, to finish. */
#define BASIN_GAIN 1e-4
#define NEWTON_GAIN 1e-13
#define EXACT_GAIN 1e-12
/* A search that ends at a corner without a minimum goes on from there so often. */
#define MAX_CORNERS 4
/* Near a minimum Newton's method needs a few iterations, at a corner any number: so
 * many that gain less than this in all are taken for a sign of one. */
#define PATIENCE 8
#define STALL_GAIN 1e-4

typedef struct
{
  double *z;
  double *hessian; /* in z */
  TdmMinimiseReport report;
  gboolean definite;
  gboolean kink; /* a minimum at a corner */
} Optimum;

typedef struct
{
  TdmProblem *problem;
  TdmObjective *objective;
  GCancellable *cancellable;
  guint n;
  const double *l;                         /* Cholesky factor of Omega */
  double *eta, *gradient, *hessian, *half; /* scratch */
  Optimum optima[MAX_OPTIMA];
  guint n_optima;
  guint64 most_work;
  gboolean closing; /* what is left to do costs little and is not bounded */
} Search;

/* Nothing more may be spent on the search. */
static gboolean
is_spent (const Search *s)
{
  return !s->closing && tdm_objective_get_spent (s->objective) > s->most_work;
}

static gboolean
is_over (const Search *s)
{
  return g_cancellable_is_cancelled (s->cancellable) || is_spent (s);
}

static double
evaluate_cb (gpointer data, const double *z, double *gradient, double *hessian,
             gboolean exact)
{
  Search *s = data;
  const guint n = s->n;
  /* Without a value every search ends at once. */
  if (is_over (s))
    return INFINITY;
  tdm_lower_times (n, s->l, z, s->eta);
  double value =
      tdm_objective_eval (s->objective, s->eta, s->gradient, s->hessian, exact);
  if (!isfinite (value))
    return value;
  tdm_lower_transposed_times (n, s->l, s->gradient, gradient);
  /* L' H L, in two products of a symmetric matrix. */
  for (guint i = 0; i < n; i++)
    tdm_lower_transposed_times (n, s->l, s->hessian + i * n, s->half + i * n);
  for (guint j = 0; j < n; j++)
    for (guint i = 0; i < n; i++)
      {
        double sum = 0;
        for (guint k = i; k < n; k++)
          sum += s->l[k * n + i] * s->half[k * n + j];
        hessian[i * n + j] = sum;
      }
  return value;
}

static double
distance (guint n, const double *a, const double *b)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt (sum);
}

/* A place where a search gave up is no optimum. */
static gboolean
is_optimum (const Optimum *o)
{
  return o->definite
         && (o->kink || o->report.stop == TDM_MINIMISE_GRADIENT
             || o->report.stop == TDM_MINIMISE_STEP);
}

static void
optimum_clear (Optimum *o)
{
  g_free (o->z);
  g_free (o->hessian);
}

static gboolean
watch_cb (gpointer data, const double *z, double value)
{
  Search *s = data;
  if (g_cancellable_is_cancelled (s->cancellable))
    return TRUE;
  for (guint k = 0; k < s->n_optima; k++)
    if (is_optimum (&s->optima[k]) && distance (s->n, z, s->optima[k].z) < NEAR_DISTANCE
        && fabs (value - s->optima[k].report.value) < NEAR_VALUE)
      return TRUE;
  return FALSE;
}

/* Whether a search ended without a minimum, so that it may be at a corner. */
static gboolean
gave_up (TdmMinimiseStop stop)
{
  return stop == TDM_MINIMISE_FAILED || stop == TDM_MINIMISE_ITERATIONS
         || stop == TDM_MINIMISE_STALLED;
}

/* Like tdm_minimise(), but a corner is no end; where a search that stalls finds none,
 * it has all iterations. With `at_corner` one is looked for first. TRUE when the
 * minimum is at a corner. */
static gboolean
minimise_with_corners (const TdmMinimiseProblem *problem, gboolean at_corner, double *z,
                       double *hessian, TdmMinimiseReport *report)
{
  TdmMinimiseProblem p = *problem;
  guint iterations = 0;
  *report = (TdmMinimiseReport){ .stop = TDM_MINIMISE_STALLED, .value = INFINITY };
  for (guint corners = 0;; corners++, at_corner = FALSE)
    {
      if (!at_corner)
        {
          tdm_minimise (&p, z, hessian, report);
          iterations = report->iterations += iterations;
          if (corners > MAX_CORNERS || !isfinite (report->value)
              || !gave_up (report->stop))
            return FALSE;
        }
      TdmKinkResult result = tdm_kink_minimise (&p, z, hessian, report);
      if (result == TDM_KINK_MINIMUM)
        return TRUE;
      if (result == TDM_KINK_NONE && report->stop != TDM_MINIMISE_STALLED)
        return FALSE;
      if (result == TDM_KINK_NONE || corners + 1 >= MAX_CORNERS)
        p.patience = 0;
    }
}

/* Adds an optimum unless it is known; an optimum takes the place of a search that gave
 * up beside it. Takes over what `o` owns. */
static void
add_optimum (Search *s, Optimum *o)
{
  for (guint k = 0; k < s->n_optima; k++)
    {
      Optimum *other = &s->optima[k];
      if (distance (s->n, o->z, other->z) >= SAME_OPTIMUM)
        continue;
      if (is_optimum (o) && !is_optimum (other))
        {
          optimum_clear (other);
          *other = *o;
        }
      else
        optimum_clear (o);
      return;
    }
  if (s->n_optima < MAX_OPTIMA)
    s->optima[s->n_optima++] = *o;
  else
    optimum_clear (o);
}

/* Newton with the exact second derivative from z, where `before` iterations led and
 * stalled or not; adds the optimum unless known. */
static void
polish (Search *s, const double *z, const TdmMinimiseReport *before,
        guint max_iterations)
{
  const guint n = s->n;
  Optimum o = { .z = g_memdup2 (z, n * sizeof (double)),
                .hessian = g_new (double, n *n) };
  g_autofree double *factor = g_new (double, n *n);
  TdmMinimiseProblem p = { .n = n,
                           .function = evaluate_cb,
                           .watch = watch_cb,
                           .data = s,
                           .exact = TRUE,
                           .tolerance = EXACT_GAIN,
                           .max_step = 1.0,
                           .max_iterations = max_iterations,
                           .patience = PATIENCE,
                           .stall_gain = STALL_GAIN };
  tdm_objective_set_tolerance (s->objective, 0, 0);
  o.kink = minimise_with_corners (&p, before->stop == TDM_MINIMISE_STALLED, o.z,
                                  o.hessian, &o.report);
  o.report.iterations += before->iterations;
  o.definite = tdm_cholesky (n, o.hessian, factor);
  if (isfinite (o.report.value) && o.report.stop != TDM_MINIMISE_ASKED)
    add_optimum (s, &o);
  else
    optimum_clear (&o);
}

/* Gauss–Newton from z down to a predicted gain. */
static void
descend (Search *s, double *z, double gain, guint max_iterations,
         TdmMinimiseReport *report)
{
  TdmMinimiseProblem p = { .n = s->n,
                           .function = evaluate_cb,
                           .watch = watch_cb,
                           .data = s,
                           .exact = FALSE,
                           .tolerance = gain,
                           .max_step = 2.0,
                           .max_iterations = max_iterations,
                           .patience = PATIENCE,
                           .stall_gain = STALL_GAIN };
  g_autofree double *hessian = g_new (double, s->n * s->n);
  tdm_minimise (&p, z, hessian, report);
}

static void
search_from (Search *s, double *z, guint max_iterations)
{
  TdmMinimiseReport report;
  tdm_objective_set_tolerance (s->objective, LOOSE_RELATIVE, LOOSE_ABSOLUTE);
  descend (s, z, BASIN_GAIN, max_iterations, &report);
  if (report.stop == TDM_MINIMISE_ASKED || !isfinite (report.value)
      || watch_cb (s, z, report.value))
    return;
  tdm_objective_set_tolerance (s->objective, 0, 0);
  const guint iterations = report.iterations;
  if (report.stop == TDM_MINIMISE_GRADIENT)
    {
      descend (s, z, NEWTON_GAIN, max_iterations, &report);
      report.iterations += iterations;
    }
  polish (s, z, &report, max_iterations);
}

static void
search_init (Search *s, TdmProblem *problem, GCancellable *cancellable)
{
  guint n = tdm_problem_get_n_effects (problem);
  *s = (Search){ .problem = problem,
                 .cancellable = cancellable,
                 .n = n,
                 .l = tdm_problem_get_omega_cholesky (problem) };
  s->eta = g_new (double, 2 * n + 2 * n * n);
  s->gradient = s->eta + n;
  s->hessian = s->gradient + n;
  s->half = s->hessian + n * n;
}

static void
search_clear (Search *s)
{
  for (guint k = 0; k < s->n_optima; k++)
    optimum_clear (&s->optima[k]);
  g_clear_pointer (&s->objective, tdm_objective_free);
  g_free (s->eta);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static guint
count_optima (const Search *s)
{
  guint n = 0;
  for (guint k = 0; k < s->n_optima; k++)
    n += is_optimum (&s->optima[k]);
  return n;
}

static gboolean
is_wide (const Search *s)
{
  const double *omega = tdm_problem_get_omega (s->problem);
  gboolean wide = FALSE;
  for (guint i = 0; i < s->n; i++)
    wide |= omega[i * s->n + i] > WIDE_PRIOR;
  return wide;
}

/* Starts after which, with so many optima seen, less than half an optimum more is to be
 * expected (Boender and Rinnooy Kan, Math Program 1987;37:59): the number w(s - 1)/(s -
 * w - 2) that w seen in s starts make likely is then no more than w + 1/2. One optimum
 * takes 7, two take 16; under a wide prior a second one is expected from the outset. */
static guint
enough_starts (const Search *s)
{
  const guint w = MAX (count_optima (s), is_wide (s) ? 2 : 1);
  return CLAMP (2 * w * w + 3 * w + 2, 1 + s->n, MOST_STARTS);
}

/* From `wanted` starts, or as many as the optima found ask for (0); returns how many.
 */
static guint
run_starts (Search *s, guint wanted, guint max_iterations)
{
  const guint n = s->n;
  guint all = wanted ? wanted : enough_starts (s), k = 0;
  while (k < all)
    {
      g_autofree double *points = g_new (double, (gsize)all *n);
      tdm_sobol_normal (n, all, points); /* the first one is the prior mode */
      for (; k < all && !is_over (s); k++)
        {
          for (guint i = 0; i < n; i++)
            points[k * n + i] *= START_SPREAD;
          search_from (s, points + k * n, max_iterations);
        }
      if (is_over (s))
        return k;
      all = wanted ? wanted : MAX (all, enough_starts (s));
    }
  return all;
}

/* From `count` rows of effects. */
static guint
run_from (Search *s, const double *begin, guint count, guint max_iterations)
{
  g_autofree double *z = g_new (double, s->n);
  for (guint k = 0; k < count && !g_cancellable_is_cancelled (s->cancellable); k++)
    {
      tdm_lower_solve (s->n, s->l, begin + (gsize)k * s->n, z);
      search_from (s, z, max_iterations);
    }
  return count;
}

/* The lowest place found, be it an optimum or not: were it none, the fit would not be
 * trusted. */
static int
best_optimum (const Search *s, double *second_best)
{
  int best = -1;
  *second_best = INFINITY;
  for (guint k = 0; k < s->n_optima; k++)
    if (best < 0 || s->optima[k].report.value < s->optima[best].report.value)
      best = (int)k;
  for (guint k = 0; k < s->n_optima; k++)
    if ((int)k != best && is_optimum (&s->optima[k]))
      *second_best = MIN (*second_best, s->optima[k].report.value);
  return best;
}

static TdmStop
stop_reason (const Optimum *o)
{
  if (!o->definite)
    return TDM_STOP_FAILED;
  if (o->kink)
    return TDM_STOP_KINK;
  switch (o->report.stop)
    {
    case TDM_MINIMISE_GRADIENT:
      return TDM_STOP_GRADIENT;
    case TDM_MINIMISE_STEP:
      return TDM_STOP_STEP;
    case TDM_MINIMISE_ITERATIONS:
    case TDM_MINIMISE_STALLED:
      return TDM_STOP_ITERATIONS;
    case TDM_MINIMISE_ASKED:
    case TDM_MINIMISE_FAILED:
      return TDM_STOP_FAILED;
    }
  g_assert_not_reached ();
}

/* covariance = L inv(H) L' where H is half the second derivative in z; identity when H
 * is not definite (the fit then counts as failed). */
static void
covariance_from (guint n, const double *l, const double *hessian, double *covariance)
{
  g_autofree double *factor = g_new (double, n *n);
  g_autofree double *row = g_new (double, n);
  if (!tdm_cholesky (n, hessian, factor))
    {
      for (guint i = 0; i < n * n; i++)
        factor[i] = i % (n + 1) == 0;
    }
  /* Rows w_i of inv(F) L' give covariance = W' W. */
  g_autofree double *w = g_new (double, n *n);
  for (guint j = 0; j < n; j++)
    {
      for (guint k = 0; k < n; k++)
        row[k] = l[j * n + k];
      tdm_lower_solve (n, factor, row, w + j * n);
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      {
        double sum = 0;
        for (guint k = 0; k < n; k++)
          sum += w[i * n + k] * w[j * n + k];
        covariance[i * n + j] = sum;
      }
}

static void
fill_covariances (TdmFit *fit, Search *s, const Optimum *o)
{
  const guint n = s->n;
  const double *omega = tdm_problem_get_omega (s->problem);
  g_autofree double *gradient = g_new0 (double, n);
  g_autofree double *hessian = g_new0 (double, n *n);
  covariance_from (n, s->l, o->hessian, fit->covariance);
  evaluate_cb (s, o->z, gradient, hessian, FALSE);
  covariance_from (n, s->l, hessian, fit->covariance_expected);
  if (!tdm_cholesky (n, fit->covariance, fit->covariance_cholesky))
    memcpy (fit->covariance_cholesky, s->l, n * n * sizeof (double));
  for (guint i = 0; i < n; i++)
    fit->shrinkage[i] = 1 - fit->covariance[i * n + i] / omega[i * n + i];
}

/* ln det (Omega H) = ln det (L' H L), which the optimum has; 0 where that is no
 * optimum. */
static double
log_determinant (guint n, const double *hessian)
{
  g_autofree double *factor = g_new (double, n *n);
  double sum = 0;
  if (!tdm_cholesky (n, hessian, factor))
    return 0;
  for (guint i = 0; i < n; i++)
    sum += 2 * log (factor[i * (n + 1)]);
  return sum;
}

static void
fill_modes (TdmFit *fit, const Search *s)
{
  const guint n = s->n;
  fit->modes = g_new0 (TdmFitMode, s->n_optima);
  for (guint k = 0; k < s->n_optima; k++)
    {
      const Optimum *o = &s->optima[k];
      TdmFitMode mode = { o->report.value, g_new (double, n), g_new (double, n *n) };
      tdm_lower_times (n, s->l, o->z, mode.eta);
      covariance_from (n, s->l, o->hessian, mode.cholesky);
      if (is_optimum (o) && tdm_cholesky (n, mode.cholesky, mode.cholesky))
        {
          fit->modes[fit->n_modes++] = mode;
          continue;
        }
      g_free (mode.eta);
      g_free (mode.cholesky);
    }
}

static void
fill_from_optimum (TdmFit *fit, Search *s, const Optimum *o)
{
  const guint n = s->n;
  g_autofree double *zero = g_new0 (double, n);
  tdm_lower_times (n, s->l, o->z, fit->eta);
  fit->objective = o->report.value;
  fit->gradient_norm = o->report.gradient_norm;
  fit->iterations = o->report.iterations;
  fit->stop = stop_reason (o);
  fit->converged = is_optimum (o);
  fit->optima = count_optima (s);
  fill_modes (fit, s);
  fill_covariances (fit, s, o);
  fit->marginal = fit->objective + log_determinant (n, o->hessian);
  fit->objective_prior_mode =
      tdm_objective_eval (s->objective, zero, NULL, NULL, FALSE);
}

/* A model without random effects: the typical patient is the answer. */
static void
fill_without_effects (TdmFit *fit, Search *s)
{
  fit->objective = fit->objective_prior_mode = fit->marginal =
      tdm_objective_eval (s->objective, NULL, NULL, NULL, FALSE);
  fit->stop = isfinite (fit->objective) ? TDM_STOP_GRADIENT : TDM_STOP_FAILED;
  fit->converged = fit->stop == TDM_STOP_GRADIENT;
  fit->optima = 1;
  fit->second_best = INFINITY;
}

static gboolean
optimise (TdmFit *fit, Search *s, const TdmMapOptions *options, GError **error)
{
  guint limit = options && options->max_iterations ? options->max_iterations : 100;
  if (s->n == 0)
    {
      fill_without_effects (fit, s);
      return TRUE;
    }
  fit->starts = options && options->begin
                    ? run_from (s, options->begin, options->starts, limit)
                    : run_starts (s, options ? options->starts : 0, limit);
  fit->cut_short = is_spent (s);
  s->closing = TRUE;
  if (g_cancellable_set_error_if_cancelled (s->cancellable, error))
    return FALSE;
  int best = best_optimum (s, &fit->second_best);
  if (best < 0)
    {
      g_set_error_literal (
          error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
          fit->cut_short
              ? "no estimate: the model's differential equations take too long to "
                "solve "
                "for this history; shorten it, or use another model"
              : "no estimate: the model gives no finite prediction for this history; "
                "check doses, times and covariates");
      return FALSE;
    }
  tdm_objective_set_tolerance (s->objective, 0, 0);
  fill_from_optimum (fit, s, &s->optima[best]);
  return !g_cancellable_set_error_if_cancelled (s->cancellable, error);
}

TdmFit *
tdm_map_fit_one (TdmProblem *problem, guint subpopulation, const TdmMapOptions *options,
                 GCancellable *cancellable, GError **error)
{
  g_auto (Search) s = { 0 };
  tdm_num_init ();
  search_init (&s, problem, cancellable);
  s.most_work = options && options->most_work ? options->most_work : TDM_MAP_MOST_WORK;
  s.objective = tdm_objective_new (problem, error);
  if (!s.objective)
    return NULL;
  tdm_objective_set_cancellable (s.objective, cancellable);
  if (tdm_problem_get_n_subpopulations (problem) > 0)
    tdm_objective_set_subpopulation (s.objective, subpopulation);
  if (options && options->without_interaction
      && !tdm_objective_drop_interaction (s.objective, error))
    return NULL;
  g_autoptr (TdmFit) fit = tdm_fit_new (problem, subpopulation);
  if (!optimise (fit, &s, options, error)
      || !tdm_fit_fill_predictions (fit, cancellable, error))
    return NULL;
  fit->solver = tdm_objective_get_method (s.objective);
  return g_steal_pointer (&fit);
}
