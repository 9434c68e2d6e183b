/* Families of regimens times blocks of draws are shared out between the threads; each
 * number depends on its regimen and its draw alone. */
#include "engine/score.h"

#include "engine/numerics.h"
#include "engine/parallel.h"
#include "num/quantile.h"

#include <math.h>

/* Draws of one task: a task must not outlast the patience of who cancels. */
#define BLOCK 64
#define BLOCK_ODE 4

/* Regimens that differ in their amount alone. */
typedef struct
{
  TdmRegimen base;
  GArray *amounts; /* double */
  GArray *indices; /* guint */
} Family;

typedef struct
{
  const TdmScoreInput *input;
  GPtrArray *families;
  guint block, n_blocks;
  TdmScore *out;
} Work;

static void
family_free (Family *self)
{
  g_array_unref (self->amounts);
  g_array_unref (self->indices);
  g_free (self);
}

static gboolean
same_shape (const TdmRegimen *a, const TdmRegimen *b)
{
  return tdm_regimen_equal (a, b, FALSE);
}

static void
add_to_family (GPtrArray *families, const TdmRegimen *regimen, guint index)
{
  Family *family = NULL;
  for (guint k = 0; k < families->len && !family; k++)
    if (same_shape (&((Family *)families->pdata[k])->base, regimen))
      family = families->pdata[k];
  if (!family)
    {
      family = g_new0 (Family, 1);
      family->base = *regimen;
      family->amounts = g_array_new (FALSE, FALSE, sizeof (double));
      family->indices = g_array_new (FALSE, FALSE, sizeof (guint));
      g_ptr_array_add (families, family);
    }
  g_array_append_val (family->amounts, regimen->amount_mg);
  g_array_append_val (family->indices, index);
}

static gpointer
open_metrics (gpointer data)
{
  const Work *work = data;
  TdmMetrics *metrics = tdm_metrics_new (work->input->problem, work->input->target);
  tdm_metrics_set_cancellable (metrics, work->input->cancellable);
  tdm_metrics_set_tolerance (metrics, TDM_DRAW_RELATIVE, TDM_DRAW_ABSOLUTE);
  return metrics;
}

static void
close_metrics (gpointer workspace)
{
  tdm_metrics_free (workspace);
}

static void
run_task (gpointer data, gpointer workspace, guint task)
{
  const Work *work = data;
  const TdmScoreInput *input = work->input;
  const Family *family = work->families->pdata[task / work->n_blocks];
  const guint n = family->amounts->len, from = task % work->n_blocks * work->block;
  const gsize width = tdm_problem_get_n_values (input->problem);
  g_autofree TdmRegimenMetrics *row = g_new (TdmRegimenMetrics, n);
  for (guint d = from; d < MIN (from + work->block, input->draws); d++)
    {
      if (g_cancellable_is_cancelled (input->cancellable))
        return;
      tdm_metrics_compute_amounts (workspace, &family->base,
                                   (const double *)(gconstpointer)family->amounts->data,
                                   n, input->rows + d * width, row);
      for (guint i = 0; i < n; i++)
        work->out
            ->metrics[(gsize)g_array_index (family->indices, guint, i) * input->draws
                      + d] = row[i];
    }
}

double
tdm_score_penalty (const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);

  return drug ? drug->above_penalty : TDM_DRUG_ABOVE_PENALTY;
}

void
tdm_score_drop_future (const TdmFit *fit, double *rows, guint draws)
{
  const TdmCaseOptions *options =
      tdm_case_get_options (tdm_problem_get_case (fit->problem));
  const guint end = fit->n + tdm_problem_get_n_future (fit->problem);
  const guint stride = tdm_problem_get_n_values (fit->problem);
  for (guint d = 0; !options->future_occasions && d < draws; d++)
    for (guint i = fit->n; i < end; i++)
      rows[(gsize)d * stride + i] = 0.0;
}

double *
tdm_score_rows (const TdmFit *fit, const TdmPosterior *posterior)
{
  double *rows =
      g_memdup2 (posterior->rows,
                 ((gsize)posterior->draws * posterior->width + 1) * sizeof (double));
  tdm_score_drop_future (fit, rows, posterior->draws);
  return rows;
}

TdmScore *
tdm_score_new (const TdmScoreInput *input, TdmRegimen *const *regimens, guint n,
               GError **error)
{
  static const TdmParallel parallel = { open_metrics, run_task, close_metrics };
  const TdmModel *model = tdm_problem_get_model (input->problem);
  gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  g_autoptr (GPtrArray) families =
      g_ptr_array_new_with_free_func ((GDestroyNotify)family_free);
  g_autoptr (TdmScore) self = g_new0 (TdmScore, 1);
  self->n = n;
  self->draws = input->draws;
  self->penalty = tdm_score_penalty (model);
  self->metrics = g_new0 (TdmRegimenMetrics, (gsize)n * input->draws + 1);
  for (guint i = 0; i < n; i++)
    add_to_family (families, regimens[i], i);
  Work work = { input, families, ode ? BLOCK_ODE : BLOCK, 0, self };
  work.n_blocks = (input->draws + work.block - 1) / work.block;
  tdm_parallel_run (&parallel, families->len * work.n_blocks, &work);
  if (g_cancellable_set_error_if_cancelled (input->cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tdm_score_free (TdmScore *self)
{
  g_free (self->metrics);
  g_free (self);
}

/* Five and ninety-five percent of one field over the draws that have a value. */
static void
field_percentiles (const TdmScore *self, const TdmRegimenMetrics *draws, gsize offset,
                   double *low, double *high)
{
  const double probabilities[] = { 0.05, 0.95 };
  g_autofree double *values = g_new (double, self->draws);
  double out[2];
  guint n = 0;
  for (guint d = 0; d < self->draws; d++)
    if (!isnan (draws[d].target))
      values[n++] = *(const double *)((const char *)&draws[d] + offset);
  if (n == 0)
    return;
  tdm_quantiles (values, n, probabilities, 2, out);
  *low = out[0];
  *high = out[1];
}

static void
note_no_steady_state (const TdmScore *self, guint without, TdmRegimen *regimen)
{
  if (without > 0)
    tdm_notes_add (regimen->notes, TDM_NOTE_CAUTION, "no-steady-state", NULL,
                   "For %u of %u likely patients the drug would accumulate without "
                   "reaching a steady state.",
                   without, self->draws);
}

/* Returns how many draws have no steady state. */
static guint
count_sides (const TdmScore *self, const TdmResolvedTarget *target, guint i,
             TdmRegimen *regimen)
{
  const TdmRegimenMetrics *draws = self->metrics + (gsize)i * self->draws;
  guint side[3] = { 0 }, without = 0, low = 0, high = 0;
  for (guint d = 0; d < self->draws; d++)
    if (isnan (draws[d].target))
      without++;
    else
      {
        side[1 + tdm_target_side (target, draws[d].target)]++;
        low += draws[d].target < target->alarm_low;
        high += draws[d].target > target->alarm_high;
      }
  /* No steady state counts as too much of the drug. */
  side[target->falling ? 0 : 2] += without;
  if (target->falling && isfinite (target->alarm_low))
    low += without;
  if (!target->falling && isfinite (target->alarm_high))
    high += without;
  regimen->p_alarm_low = (double)low / self->draws;
  regimen->p_alarm_high = (double)high / self->draws;
  regimen->p_below = (double)side[0] / self->draws;
  regimen->p_within = (double)side[1] / self->draws;
  regimen->p_above = (double)side[2] / self->draws;
  regimen->score =
      regimen->p_within
      - self->penalty * (target->falling ? regimen->p_below : regimen->p_above);
  regimen->value = regimen->score;
  regimen->draws = self->draws;
  return without;
}

void
tdm_score_chances (const TdmScore *self, const TdmResolvedTarget *target, guint i,
                   TdmRegimen *regimen)
{
  count_sides (self, target, i, regimen);
}

void
tdm_score_summarise (const TdmScore *self, const TdmResolvedTarget *target, guint i,
                     TdmRegimen *regimen)
{
  static const gsize offsets[] = { G_STRUCT_OFFSET (TdmRegimenMetrics, trough),
                                   G_STRUCT_OFFSET (TdmRegimenMetrics, peak),
                                   G_STRUCT_OFFSET (TdmRegimenMetrics, average),
                                   G_STRUCT_OFFSET (TdmRegimenMetrics, auc24),
                                   G_STRUCT_OFFSET (TdmRegimenMetrics, target) };
  const TdmRegimenMetrics *draws = self->metrics + (gsize)i * self->draws;
  const guint without = count_sides (self, target, i, regimen);
  for (guint k = 0; k < G_N_ELEMENTS (offsets); k++)
    field_percentiles (self, draws, offsets[k],
                       (double *)(void *)((char *)&regimen->low + offsets[k]),
                       (double *)(void *)((char *)&regimen->high + offsets[k]));
  note_no_steady_state (self, without, regimen);
}
