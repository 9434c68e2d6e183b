/* The fit of a model with subpopulations: one for each, told apart by how probable the
 * levels are in it.
 *
 * The posterior probability of subpopulation k is proportional to p_k exp (-M_k / 2),
 * p_k its prior probability and M_k = OFV_k + ln det (Omega H_k) the Laplace
 * approximation of -2 ln of its marginal likelihood, with H_k half the exact second
 * derivative at its estimate. Without levels M_k = 0. The most probable one is the
 * answer (what NONMEM calls MIXEST); draws come from all of them. */
#include "engine/map-private.h"

#include "base/error.h"

#include <math.h>

/* One less probable than this may fail to converge: it tells nothing. */
#define NEGLIGIBLE 1e-3

/* Posterior probabilities of what has been fitted; returns the most probable. */
static guint
weigh (TdmFitSubpopulation *all, guint n)
{
  double highest = -INFINITY, sum = 0;
  guint best = 0;
  for (guint k = 0; k < n; k++)
    {
      all[k].posterior =
          all[k].fit ? log (all[k].prior) - 0.5 * all[k].fit->marginal : -INFINITY;
      if (all[k].posterior > highest)
        {
          highest = all[k].posterior;
          best = k;
        }
    }
  for (guint k = 0; k < n; k++)
    sum += all[k].posterior = exp (all[k].posterior - highest);
  for (guint k = 0; k < n; k++)
    all[k].posterior /= sum;
  return best;
}

/* The chances are only as good as the fits they come from. */
static void
judge (TdmFit *self)
{
  for (guint k = 0; k < self->n_subpopulations; k++)
    {
      const TdmFitSubpopulation *one = &self->subpopulations[k];
      if (!one->fit || one->fit->converged || one->posterior < NEGLIGIBLE
          || !self->converged)
        continue;
      self->converged = FALSE;
      self->stop = one->fit->stop;
    }
}

static gboolean
fit_all (TdmProblem *problem, const TdmMapOptions *options, TdmFitSubpopulation *all,
         GCancellable *cancellable, GError **error)
{
  const double *priors = tdm_problem_get_subpopulation_priors (problem);
  for (guint k = 0; k < tdm_problem_get_n_subpopulations (problem); k++)
    {
      all[k].prior = priors[k];
      if (!(priors[k] > 0))
        continue;
      all[k].fit = tdm_map_fit_one (problem, k, options, cancellable, error);
      if (!all[k].fit)
        return FALSE;
    }
  return TRUE;
}

static void
free_all (TdmFitSubpopulation *all, guint n)
{
  for (guint k = 0; k < n; k++)
    g_clear_pointer (&all[k].fit, tdm_fit_unref);
  g_free (all);
}

TdmFit *
tdm_map_fit (TdmProblem *problem, const TdmMapOptions *options,
             GCancellable *cancellable, GError **error)
{
  const guint n = tdm_problem_get_n_subpopulations (problem);
  TdmFit *self;
  if (n == 0)
    self = tdm_map_fit_one (problem, 0, options, cancellable, error);
  else
    {
      TdmFitSubpopulation *all = g_new0 (TdmFitSubpopulation, n);
      if (!fit_all (problem, options, all, cancellable, error))
        {
          free_all (all, n);
          return NULL;
        }
      guint best = weigh (all, n);
      self = g_steal_pointer (&all[best].fit);
      self->subpopulations = all;
      self->n_subpopulations = n;
      judge (self);
    }
  if (self)
    tdm_fit_fill_notes (self);
  return self;
}

const TdmFit *
tdm_fit_get_subpopulation (const TdmFit *self, guint k)
{
  g_assert (k < self->n_subpopulations);
  return k == self->subpopulation ? self : self->subpopulations[k].fit;
}
