/* Regimens under all members: what any of them proposes is judged by all that can give
 * it, and the chances are averaged by weight. */
#include "engine/average-private.h"

#include "engine/regimen.h"
#include "engine/score.h"

#include <math.h>
#include <string.h>

/* Members that cannot give a regimen leave it, unless they weigh less than this. */
#define LEAST_SHARE 0.5

static gboolean
is_same (const TdmRegimen *a, const TdmRegimen *b)
{
  return strcmp (a->route->name, b->route->name) == 0
         && g_strcmp0 (a->salt != NULL ? a->salt->name : NULL,
                       b->salt != NULL ? b->salt->name : NULL)
                == 0
         && a->amount_mg == b->amount_mg && a->interval_h == b->interval_h
         && a->duration_h == b->duration_h && a->loading_mg == b->loading_mg;
}

static void
add_regimen (TdmAverage *self, const TdmRegimen *regimen)
{
  for (guint i = 0; i < self->regimens->len; i++)
    {
      TdmAverageRegimen *there = self->regimens->pdata[i];
      if (!is_same (&there->regimen, regimen))
        continue;
      there->regimen.is_current = there->regimen.is_current || regimen->is_current;
      return;
    }
  TdmAverageRegimen *one = g_new0 (TdmAverageRegimen, 1);
  one->regimen = *regimen;
  one->regimen.notes = NULL;
  one->target = g_new (double, self->members->len);
  one->within = g_new (double, self->members->len);
  for (guint m = 0; m < self->members->len; m++)
    one->target[m] = one->within[m] = NAN;
  g_ptr_array_add (self->regimens, one);
}

static void
collect (TdmAverage *self)
{
  for (guint m = 0; m < self->members->len; m++)
    {
      const TdmMember *member = self->members->pdata[m];
      for (guint i = 0;
           member->weight > 0.0 && i < member->result->proposals->regimens->len; i++)
        add_regimen (self, member->result->proposals->regimens->pdata[i]);
    }
}

/* The sums while members are added up. */
typedef struct
{
  double weight, below, within, above, target;
} Sum;

/* Judges all regimens that member `m` can give. */
static gboolean
score_member (TdmAverage *self, guint m, Sum *sums, GCancellable *cancellable,
              GError **error)
{
  const TdmMember *member = self->members->pdata[m];
  const TdmProblem *problem = member->result->fit->problem;
  const guint n = self->regimens->len;
  g_autofree TdmRegimen *own = g_new0 (TdmRegimen, n + 1);
  g_autofree TdmRegimen **list = g_new0 (TdmRegimen *, n + 1);
  g_autofree guint *which = g_new (guint, n + 1);
  g_auto (TdmResolvedTarget) target = { 0 };
  guint count = 0;

  if (!tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const TdmAverageRegimen *one = self->regimens->pdata[i];
      if (!tdm_regimen_translate (&one->regimen, member->model, &own[count]))
        continue;
      list[count] = &own[count];
      which[count++] = i;
    }
  const TdmScoreInput input = { .problem = problem,
                                .target = &target,
                                .rows = member->result->posterior->rows,
                                .draws = member->result->posterior->draws,
                                .cancellable = cancellable };
  g_autoptr (TdmScore) score = tdm_score_new (&input, list, count, error);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (problem, &target);
  if (score == NULL)
    return FALSE;
  if (self->target_unit == NULL)
    self->target_unit = g_strdup (target.unit);
  for (guint k = 0; k < count; k++)
    {
      TdmAverageRegimen *one = self->regimens->pdata[which[k]];
      Sum *sum = &sums[which[k]];
      own[k].notes = tdm_notes_new ();
      tdm_score_summarise (score, &target, k, &own[k]);
      g_clear_pointer (&own[k].notes, g_ptr_array_unref);
      if (!tdm_metrics_compute (metrics, &own[k], member->result->fit->eta,
                                &own[k].metrics, NULL))
        continue;
      one->target[m] = own[k].metrics.target;
      one->within[m] = own[k].p_within;
      sum->weight += member->weight;
      sum->below += member->weight * own[k].p_below;
      sum->within += member->weight * own[k].p_within;
      sum->above += member->weight * own[k].p_above;
      sum->target += member->weight * own[k].metrics.target;
    }
  return TRUE;
}

static void
finish (TdmAverage *self, TdmAverageRegimen *one, const Sum *sum, double penalty)
{
  TdmRegimen *regimen = &one->regimen;

  regimen->p_below = sum->below / sum->weight;
  regimen->p_within = sum->within / sum->weight;
  regimen->p_above = sum->above / sum->weight;
  regimen->metrics.target = sum->target / sum->weight;
  regimen->score = regimen->p_within - penalty * regimen->p_above;
  one->lowest = INFINITY;
  one->highest = -INFINITY;
  for (guint m = 0; m < self->members->len; m++)
    if (!isnan (one->target[m]))
      {
        one->lowest = MIN (one->lowest, one->target[m]);
        one->highest = MAX (one->highest, one->target[m]);
      }
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  const TdmAverageRegimen *x = *(TdmAverageRegimen *const *)a;
  const TdmAverageRegimen *y = *(TdmAverageRegimen *const *)b;

  if (x->regimen.score != y->regimen.score)
    return x->regimen.score > y->regimen.score ? -1 : 1;
  return (x->regimen.amount_mg > y->regimen.amount_mg)
         - (x->regimen.amount_mg < y->regimen.amount_mg);
}

gboolean
tdm_average_fill_regimens (TdmAverage *self, GCancellable *cancellable, GError **error)
{
  collect (self);
  g_autofree Sum *sums = g_new0 (Sum, self->regimens->len + 1);
  const double penalty =
      tdm_score_penalty (((const TdmMember *)self->members->pdata[0])->model);

  for (guint m = 0; m < self->members->len && self->regimens->len > 0; m++)
    if (((const TdmMember *)self->members->pdata[m])->weight > 0.0
        && !score_member (self, m, sums, cancellable, error))
      return FALSE;
  for (guint i = self->regimens->len; i-- > 0;)
    if (sums[i].weight < LEAST_SHARE)
      g_ptr_array_remove_index (self->regimens, i);
    else
      finish (self, self->regimens->pdata[i], &sums[i], penalty);
  g_ptr_array_sort (self->regimens, compare_cb);
  return TRUE;
}
