/* The card: every doubt judged, several at once, and the sentence. */
#include "engine/robustness-private.h"

#include "base/error.h"
#include "base/number.h"
#include "engine/domain.h"
#include "engine/parallel.h"
#include "engine/words.h"

#include <math.h>

/* Times that are written down are this far off, unless the case says otherwise. */
#define UNCERTAINTY_MIN 15.0
/* A chance that moves so far is worth a word. */
#define MOVED 0.1

typedef struct
{
  const TdmJudge *judge;
  const char *unit;
  GPtrArray *cases; /* of TdmCase* */
  GPtrArray *doubts;
  TdmModel *model, *other; /* that of the last doubt of all */
} Work;

const char *
tdm_doubt_name (TdmDoubtKind kind)
{
  static const char *const names[] = { "level",      "level_time", "level_value",
                                       "dose_start", "dose_end",   "prior",
                                       "model" };
  g_assert ((guint)kind < G_N_ELEMENTS (names));
  return names[kind];
}

static void
run_task (gpointer data, gpointer workspace, guint task)
{
  const Work *work = data;
  TdmDoubt *doubt = work->doubts->pdata[task];
  (void)workspace;
  if (!g_cancellable_is_cancelled (work->judge->cancellable))
    tdm_judge_doubt (work->judge, work->cases->pdata[task],
                     doubt->kind == TDM_DOUBT_MODEL ? work->other : work->model,
                     work->unit, doubt);
}

/* The nearest model of the drug that is not the result's own; NULL when there is none.
 */
static TdmModel *
next_model (const TdmResult *result, const GPtrArray *models)
{
  if (models == NULL)
    return NULL;
  g_autoptr (GPtrArray) ranked =
      tdm_domain_rank (result->record, models, result->model);
  for (guint i = 0; i < ranked->len; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (domain->obstacle == NULL
          && !g_str_equal (tdm_model_get_id (domain->model),
                           tdm_model_get_id (result->model)))
        return tdm_model_ref (domain->model);
    }
  return NULL;
}

static gboolean
check (const TdmResult *result, GError **error)
{
  const TdmNote *withheld = result->proposals->withheld;
  if (!withheld)
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER, "advice is withheld: %s",
               withheld->text);
  return FALSE;
}

/* The doubts are judged together with none at all, which is what they are compared
 * with: draws are not the same by every method. */
static void
judge_all (TdmRobustness *self, Work *work)
{
  static const TdmParallel parallel = { NULL, run_task, NULL };
  TdmDoubt *none = tdm_doubt_new (TDM_DOUBT_PRIOR, 0, NULL, NULL);
  g_ptr_array_insert (work->doubts, 0, none);
  g_ptr_array_insert (work->cases, 0, tdm_case_ref (work->judge->result->record));
  tdm_parallel_run (&parallel, work->doubts->len, work);
  self->p_within = none->p_within;
  self->p_above = none->p_above;
  self->metric = none->metric;
  g_ptr_array_remove_index (work->doubts, 0);
  for (guint i = 0; i < work->doubts->len; i++)
    {
      TdmDoubt *doubt = work->doubts->pdata[i];
      doubt->moved = fabs (doubt->p_within - self->p_within) >= MOVED;
    }
}

static TdmRobustness *
card_new (const TdmResult *result)
{
  const double stated = tdm_case_get_options (result->record)->time_uncertainty_min;
  TdmRobustness *self = g_new0 (TdmRobustness, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->regimen = tdm_words_regimen (result->proposals->regimens->pdata[0]);
  self->metric_kind = result->proposals->target.metric;
  self->unit = g_strdup (result->proposals->target_unit);
  self->uncertainty_min = stated > 0 ? stated : UNCERTAINTY_MIN;
  self->doubts = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_doubt_free);
  self->worst = -1;
  return self;
}

TdmRobustness *
tdm_robustness_new (const TdmResult *result, const GPtrArray *models,
                    GCancellable *cancellable, GError **error)
{
  if (!check (result, error))
    return NULL;
  g_autoptr (TdmRobustness) self = card_new (result);
  g_autoptr (TdmModel) other = next_model (result, models);
  g_autoptr (GPtrArray) cases =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_case_unref);
  const TdmProblem *problem = result->fit->problem;
  const TdmJudge judge = { .result = result,
                           .leading = result->proposals->regimens->pdata[0],
                           .target = tdm_problem_get_target (problem),
                           .adjust_h = tdm_problem_get_adjust_h (problem),
                           .cancellable = cancellable };
  Work work = { &judge, self->unit, cases, self->doubts, result->model, other };
  tdm_doubts_list (result, self->uncertainty_min / 60, cases, self->doubts,
                   &self->left_out);
  if (other != NULL)
    {
      g_ptr_array_add (cases, tdm_case_ref (result->record));
      g_ptr_array_add (self->doubts,
                       tdm_doubt_new (TDM_DOUBT_MODEL, 0, g_strdup ("the model"),
                                      g_strdup (tdm_model_get_id (other))));
    }
  judge_all (self, &work);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  tdm_robustness_conclude (self);
  return g_steal_pointer (&self);
}

TdmRobustness *
tdm_robustness_ref (TdmRobustness *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_robustness_unref (TdmRobustness *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->regimen);
  g_free (self->unit);
  g_free (self->sentence);
  g_ptr_array_unref (self->doubts);
  g_free (self);
}

/* How much a doubt matters: first those that change the advice, by what following it
 * would lose, and most of all where none would be given; then by the chance. */
static double
weight_of (const TdmRobustness *self, const TdmDoubt *doubt)
{
  if (doubt->changed && doubt->obstacle)
    return 4;
  if (doubt->changed)
    return 2 + MIN (doubt->loss, 1);
  return doubt->moved ? fabs (doubt->p_within - self->p_within) : 0;
}

/* "moves the chance to be within the target from 82 % to 61 %" */
static char *
move_words (const TdmRobustness *self, const TdmDoubt *doubt)
{
  if (doubt->obstacle)
    return g_strdup_printf ("then no advice would be given: %s", doubt->obstacle);
  return g_strdup_printf ("%s would move the chance to be within the target from "
                          "%.0f %% to %.0f %%",
                          doubt->change, 100 * self->p_within, 100 * doubt->p_within);
}

void
tdm_robustness_conclude (TdmRobustness *self)
{
  double most = 0;
  for (guint i = 0; i < self->doubts->len; i++)
    if (weight_of (self, self->doubts->pdata[i]) > most)
      {
        most = weight_of (self, self->doubts->pdata[i]);
        self->worst = (int)i;
      }
  if (self->worst < 0)
    {
      self->sentence = g_strdup (self->doubts->len > 0
                                     ? "None of these doubts would change the advice."
                                     : "There is nothing here to doubt.");
      return;
    }
  const TdmDoubt *worst = self->doubts->pdata[self->worst];
  g_autofree char *move = move_words (self, worst);
  if (!worst->changed)
    self->sentence =
        g_strdup_printf ("None of these doubts would change the advice; it depends "
                         "most on %s: %s.",
                         worst->what, move);
  else if (worst->other)
    self->sentence =
        g_strdup_printf ("The advice hangs on %s: %s, and %s would lead with %.0f %%.",
                         worst->what, move, worst->other, 100 * worst->p_other);
  else
    self->sentence = g_strdup_printf ("The advice hangs on %s: %s", worst->what, move);
}
