/* The average curve: at each time the weighted mean of the members' estimates, and
 * percentiles over draws of all members, each member giving as many as it weighs. */
#include "engine/average-private.h"

#include "engine/target.h"
#include "num/quantile.h"

#include <math.h>
#include <string.h>

/* Draws of all members together. */
#define DRAWS 400

static const double probabilities[TDM_BAND_N] = { 0.05, 0.25, 0.5, 0.75, 0.95 };

/* What one member predicts with: its history, and its current regimen carried on. */
typedef struct
{
  const TdmMember *member;
  TdmPkDose dose;
  TdmPlanSpec spec;
  double factor; /* to the unit of the average */
} Ahead;

static void
ahead_init (Ahead *self, const TdmMember *member, const TdmAverage *average,
            GCancellable *cancellable)
{
  const TdmProblem *problem = member->result->fit->problem;
  TdmRegimen current;

  self->member = member;
  self->spec = (TdmPlanSpec){ .until_h = INFINITY,
                              .times_h = average->time_h,
                              .n_times = average->n,
                              .cancellable = cancellable };
  if (!tdm_result_current_regimen (problem, &current))
    return;
  double to = average->time_h[average->n - 1];
  double count = ceil ((to - current.first_dose_h) / current.interval_h);
  self->dose =
      tdm_regimen_dose (&current, (guint)CLAMP (count, 1.0, TDM_PK_MAX_DOSES / 2));
  self->spec.until_h = current.first_dose_h;
  self->spec.extra = &self->dose;
  self->spec.n_extra = 1;
}

static gboolean
predict (const Ahead *self, const double *row, double *values, GError **error)
{
  if (!tdm_problem_predict (self->member->result->fit->problem, row, &self->spec,
                            values, error))
    return FALSE;
  for (guint t = 0; t < self->spec.n_times; t++)
    values[t] *= self->factor;
  return TRUE;
}

/* Adds the member's estimate to the mean and its draws to `rows`. */
static gboolean
add_member (TdmAverage *self, const Ahead *ahead, GArray *rows,
            GCancellable *cancellable, GError **error)
{
  const TdmResult *result = ahead->member->result;
  const TdmPosterior *posterior = result->posterior;
  guint draws = MIN ((guint)lround (DRAWS * ahead->member->weight), posterior->draws);
  g_autofree double *values = g_new (double, self->n);

  if (!predict (ahead, result->fit->eta, values, error))
    return FALSE;
  for (guint t = 0; t < self->n; t++)
    self->individual[t] += ahead->member->weight * values[t];
  for (guint d = 0; d < draws; d++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (predict (ahead, tdm_posterior_get_row (posterior, d), values, NULL))
        g_array_append_vals (rows, values, self->n);
    }
  return TRUE;
}

static void
fill_percentiles (TdmAverage *self, const GArray *rows)
{
  const guint draws = rows->len / self->n;
  g_autofree double *column = g_new (double, draws + 1);

  for (guint t = 0; t < self->n && draws > 0; t++)
    {
      double at[TDM_BAND_N];
      for (guint d = 0; d < draws; d++)
        column[d] = g_array_index (rows, double, (gsize)d * self->n + t);
      tdm_quantiles (column, draws, probabilities, TDM_BAND_N, at);
      for (guint b = 0; b < TDM_BAND_N; b++)
        self->band[b][t] = at[b];
    }
}

static const TdmMember *
first_used (const TdmAverage *self)
{
  for (guint i = 0; i < self->members->len; i++)
    if (((const TdmMember *)self->members->pdata[i])->weight > 0.0)
      return self->members->pdata[i];
  g_assert_not_reached ();
}

gboolean
tdm_average_fill_curve (TdmAverage *self, GCancellable *cancellable, GError **error)
{
  const TdmMember *first = first_used (self);
  const TdmModelOutput *unit = tdm_model_get_output (first->model, 0);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (double));

  self->unit = g_strdup (unit->unit);
  self->n = first->result->current->n;
  self->time_h = g_memdup2 (first->result->current->time_h, self->n * sizeof (double));
  self->individual = g_new0 (double, self->n);
  for (guint b = 0; b < TDM_BAND_N; b++)
    self->band[b] = g_new0 (double, self->n);
  for (guint i = 0; i < self->members->len; i++)
    {
      const TdmMember *member = self->members->pdata[i];
      Ahead ahead = { 0 };
      if (member->weight <= 0.0)
        continue;
      ahead_init (&ahead, member, self, cancellable);
      ahead.factor = unit->per_mg_l / tdm_model_get_output (member->model, 0)->per_mg_l;
      if (!add_member (self, &ahead, rows, cancellable, error))
        return FALSE;
    }
  fill_percentiles (self, rows);
  return TRUE;
}
