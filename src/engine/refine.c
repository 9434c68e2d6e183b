#include "engine/refine.h"

#include "engine/course.h"
#include "engine/limits.h"
#include "engine/onset.h"

#include <math.h>
#include <string.h>

/* Leading regimens whose beginning is looked at, and variants of each kind. */
#define LEADERS 3
#define LEADERS_ODE 1
#define VARIANTS 6
#define VARIANTS_ODE 3
/* A beginning is judged under so many draws. */
#define DAYS_DRAWS 250
#define DAYS_DRAWS_ODE 40
/* A chance to lie below on the first day from which loading doses are looked at, and
 * one to lie above from which holds are: only when it is likely that the level is too
 * high is nothing given. */
#define LOADING_FROM 0.1
#define HOLD_FROM 0.5
/* What a variant must gain in its value to be shown, and to stand before its plain
 * form, which is simpler to give; and in its score at a named time. */
#define GAIN_SHOWN 0.02
#define GAIN_LEADS 0.1
#define GAIN 0.05
#define STEP_DRAWS 100
/* Amounts of the comparison without steps, from LEAST to MOST times the leading one. */
#define AMOUNTS 121
#define AMOUNTS_ODE 25
#define LEAST 0.4
#define MOST 2.5

static gboolean
is_ode (const TdmRefine *self)
{
  return tdm_model_get_structure (tdm_problem_get_model (self->fit->problem))->kind
         == TDM_PK_ODE;
}

void
tdm_regimen_free (TdmRegimen *self)
{
  g_ptr_array_unref (self->notes);
  g_free (self);
}

static TdmRegimen *
copy_regimen (const TdmRegimen *from)
{
  TdmRegimen *out = g_memdup2 (from, sizeof *from);
  out->notes = tdm_notes_new ();
  out->is_current = FALSE;
  return out;
}

gboolean
tdm_proposals_leads_interval (const TdmProposals *self, guint i)
{
  const TdmRegimen *own = self->regimens->pdata[i];
  for (guint k = 0; k < i; k++)
    {
      const TdmRegimen *other = self->regimens->pdata[k];
      if (!other->is_current && other->route == own->route
          && other->interval_h == own->interval_h)
        return FALSE;
    }
  return !own->is_current;
}

static TdmScoreInput
score_input (const TdmRefine *self)
{
  return (TdmScoreInput){ .problem = self->fit->problem,
                          .target = self->target,
                          .rows = self->rows,
                          .draws = self->draws,
                          .cancellable = self->cancellable };
}

/* Regimens by the target itself, at its named time. */
static gboolean
judge_named (const TdmRefine *self, const GPtrArray *list, GError **error)
{
  const TdmScoreInput input = score_input (self);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (input.problem, self->target);
  g_autoptr (TdmScore) score =
      tdm_score_new (&input, (TdmRegimen *const *)list->pdata, list->len, error);
  tdm_metrics_set_cancellable (metrics, self->cancellable);
  for (guint i = 0; score && i < list->len; i++)
    {
      TdmRegimen *one = list->pdata[i];
      if (!tdm_metrics_compute (metrics, one, self->fit->eta, &one->metrics, error))
        return FALSE;
      tdm_score_summarise (score, self->target, i, one);
      one->value = one->score;
    }
  return score != NULL;
}

static gboolean
has_days (const TdmRefine *self)
{
  return tdm_course_exists (self->fit->problem, self->target);
}

/* The values of regimens whose score is that of the steady state, or not known yet. */
static gboolean
judge (const TdmRefine *self, const GPtrArray *list, GError **error)
{
  const TdmScoreInput input = score_input (self);
  if (list->len == 0)
    return TRUE;
  if (!has_days (self))
    return judge_named (self, list, error);
  return tdm_course_judge (&input, is_ode (self) ? DAYS_DRAWS_ODE : DAYS_DRAWS,
                           (TdmRegimen *const *)list->pdata, list->len, error);
}

/* When the target no longer asks for anything. */
static double
end_of_target (const TdmRefine *self)
{
  const TdmResolvedTarget *t = self->target;
  if (has_days (self))
    return INFINITY;
  return t->has_span ? t->to_h : t->at_h;
}

/* How the regimen might begin: with a loading dose where the first day (or the target
 * itself) is likely to lie below, after a hold where above. */
static GPtrArray *
list_variants (const TdmRefine *self, const TdmRegimen *plain)
{
  const guint most = is_ode (self) ? VARIANTS_ODE : VARIANTS;
  const TdmCourseDay first =
      plain->has_days
          ? plain->days[0]
          : (TdmCourseDay){ .below = plain->p_below, .above = plain->p_above };
  const double less = self->target->falling ? first.above : first.below;
  const double more = self->target->falling ? first.below : first.above;
  if (more > HOLD_FROM)
    return tdm_onset_holds (self->fit->problem, plain, end_of_target (self), most);
  if (less > LOADING_FROM && less >= more)
    return tdm_onset_loadings (self->fit->problem, plain, most);
  return g_ptr_array_new ();
}

/* Before its plain form where it gains enough, else behind; where the target is of a
 * named time, before the first regimen that is worse. */
static void
insert_variant (const TdmRefine *self, GPtrArray *list, const TdmRegimen *plain,
                TdmRegimen *variant)
{
  guint at = 0;
  if (has_days (self))
    {
      g_ptr_array_find (list, plain, &at);
      at += variant->value < plain->value + GAIN_LEADS;
    }
  else
    while (at < list->len && list->pdata[at] != (gconstpointer)plain
           && ((const TdmRegimen *)list->pdata[at])->score >= variant->score)
      at++;
  g_ptr_array_insert (list, (int)at, variant);
}

static gboolean
refine_beginning (const TdmRefine *self, GPtrArray *regimens, const TdmRegimen *plain,
                  GError **error)
{
  g_autoptr (GPtrArray) list = list_variants (self, plain);
  const TdmRegimen *best = NULL;
  double most = plain->value + (has_days (self) ? GAIN_SHOWN : GAIN);
  if (!judge (self, list, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    {
      const TdmRegimen *variant = list->pdata[i];
      if (variant->value <= most)
        continue;
      best = variant;
      most = variant->value;
    }
  if (best)
    insert_variant (self, regimens, plain, copy_regimen (best));
  return TRUE;
}

gboolean
tdm_refine_onsets (const TdmRefine *self, TdmProposals *proposals, GError **error)
{
  const guint most = is_ode (self) ? LEADERS_ODE : LEADERS;
  const TdmModel *model = tdm_problem_get_model (self->fit->problem);
  g_autoptr (GPtrArray) leaders = g_ptr_array_new ();
  /* Of an effect that takes weeks the first day says nothing, and what is steady but
   * has no days does not depend on them. */
  if (tdm_model_get_output (model, self->target->output)->effect
      || (tdm_target_is_steady (self->target) && !has_days (self)))
    return TRUE;
  for (guint i = 0; i < proposals->regimens->len && leaders->len < most; i++)
    if (tdm_proposals_leads_interval (proposals, i))
      g_ptr_array_add (leaders, proposals->regimens->pdata[i]);
  if (has_days (self) && !judge (self, leaders, error))
    return FALSE;
  for (guint i = 0; i < leaders->len; i++)
    if (!refine_beginning (self, proposals->regimens, leaders->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* Times to come, at most TDM_REGIMEN_STEPS, at which a dose of `regimen` is the first
 * under other covariates. */
static guint
find_changes (const TdmProblem *problem, const TdmRegimen *regimen,
              double times[TDM_REGIMEN_STEPS])
{
  const TdmCase *record = tdm_problem_get_case (problem);
  const double from = tdm_regimen_maintenance (regimen);
  guint n = 0;
  for (double last = from; n < TDM_REGIMEN_STEPS;)
    {
      double next = INFINITY;
      for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
        {
          double at = tdm_case_get_covariate (record, i)->time.hours;
          double doses = ceil ((at - from) / regimen->interval_h - 1e-9);
          double due = from + doses * regimen->interval_h;
          if (due > last + 1e-6)
            next = MIN (next, due);
        }
      if (isinf (next))
        break;
      if (tdm_problem_find_set (problem, next) != tdm_problem_find_set (problem, last))
        times[n++] = next;
      last = next;
    }
  return n;
}

/* The amounts that its dosing has for it, each as a regimen of its own from `from_h`
 * on, the regimen's own amount first. */
static GPtrArray *
amounts_from (const TdmRegimen *regimen, double from_h)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
  const TdmModelDosing *d = regimen->dosing;
  const double factor = tdm_limits_salt_factor (regimen->salt);
  for (guint i = 0; i <= d->n_amounts; i++)
    {
      TdmRegimen *one = copy_regimen (regimen);
      one->loading_mg = one->hold_h = 0;
      one->first_dose_h = from_h;
      if (i > 0)
        one->amount_mg = d->amounts_mg[i - 1] * factor;
      const double ratio = one->amount_mg / regimen->amount_mg;
      if (ratio < 0.1 || ratio > 10 || !tdm_limits_allow_regimen (one))
        tdm_regimen_free (one);
      else
        g_ptr_array_add (out, one);
    }
  return out;
}

/* The sides of the window under every draw: what lies outside in one period lies
 * outside as a whole, above before below. */
static void
merge_sides (const TdmRefine *self, const TdmScore *score, guint i, int *sides)
{
  const int worst = self->target->falling ? -1 : 1;
  for (guint d = 0; d < self->draws; d++)
    {
      double value = score->metrics[(gsize)i * score->draws + d].target;
      int side = isnan (value) ? worst : tdm_target_side (self->target, value);
      if (side == worst || sides[d] == 0)
        sides[d] = side;
    }
}

static void
take_sides (const TdmRefine *self, const int *sides, double penalty,
            TdmRegimen *regimen)
{
  guint count[3] = { 0 };
  for (guint d = 0; d < self->draws; d++)
    count[sides[d] + 1]++;
  regimen->p_below = (double)count[0] / self->draws;
  regimen->p_within = (double)count[1] / self->draws;
  regimen->p_above = (double)count[2] / self->draws;
  regimen->draws = self->draws;
  regimen->score =
      regimen->p_within
      - penalty * (self->target->falling ? regimen->p_below : regimen->p_above);
}

/* One period: the best amount from `from_h` on. Returns whether it differs from what is
 * given until then (`own`, whose sides are merged in any case into `kept`). */
static gboolean
refine_period (const TdmRefine *self, TdmRegimen *stepped, double from_h, int *sides,
               int *kept, GError **error)
{
  TdmRegimen now = *stepped;
  if (stepped->n_steps > 0)
    now.amount_mg = stepped->steps[stepped->n_steps - 1].amount_mg;
  now.n_steps = 0;
  g_autoptr (GPtrArray) list = amounts_from (&now, from_h);
  const TdmScoreInput input = score_input (self);
  g_autoptr (TdmScore) score =
      tdm_score_new (&input, (TdmRegimen *const *)list->pdata, list->len, error);
  guint best = 0;
  for (guint i = 0; score && i < list->len; i++)
    {
      TdmRegimen *one = list->pdata[i];
      tdm_score_summarise (score, self->target, i, one);
      const double lead = best == 0 ? GAIN : 0;
      if (one->score > ((TdmRegimen *)list->pdata[best])->score + lead)
        best = i;
    }
  if (!score)
    return FALSE;
  merge_sides (self, score, best, sides);
  merge_sides (self, score, 0, kept);
  if (best > 0)
    stepped->steps[stepped->n_steps++] =
        (TdmRegimenStep){ .from_h = from_h,
                          .amount_mg = ((TdmRegimen *)list->pdata[best])->amount_mg,
                          .interval_h = stepped->interval_h,
                          .duration_h = stepped->duration_h };
  return TRUE;
}

static gboolean
first_sides (const TdmRefine *self, TdmRegimen *regimen, int *sides, double *penalty,
             GError **error)
{
  const TdmScoreInput input = score_input (self);
  g_autoptr (TdmScore) score = tdm_score_new (&input, &regimen, 1, error);
  if (!score)
    return FALSE;
  merge_sides (self, score, 0, sides);
  *penalty = score->penalty;
  return TRUE;
}

/* Where every amount costs a curve, a step is chosen under fewer draws. */
static TdmRefine
with_fewer_draws (const TdmRefine *self)
{
  TdmRefine out = *self;
  if (!tdm_model_is_proportional (tdm_problem_get_model (self->fit->problem),
                                  self->target->output))
    out.draws = MIN (self->draws, STEP_DRAWS);
  return out;
}

gboolean
tdm_refine_steps (const TdmRefine *all, TdmProposals *proposals, GError **error)
{
  const TdmRefine few = with_fewer_draws (all);
  const TdmRefine *self = &few;
  double times[TDM_REGIMEN_STEPS], penalty = 0;
  TdmRegimen *leader = NULL;
  for (guint i = 0; i < proposals->regimens->len && !leader; i++)
    if (((TdmRegimen *)proposals->regimens->pdata[i])->dosing)
      leader = proposals->regimens->pdata[i];
  if (!leader || !tdm_target_is_steady (self->target))
    return TRUE;
  const guint n = find_changes (self->fit->problem, leader, times);
  g_autofree int *sides = g_new0 (int, self->draws), *kept = g_new0 (int, self->draws);
  if (n == 0 || !first_sides (self, leader, sides, &penalty, error))
    return n == 0;
  memcpy (kept, sides, self->draws * sizeof (int));
  TdmRegimen *stepped = copy_regimen (leader);
  for (guint k = 0; k < n; k++)
    if (!refine_period (self, stepped, times[k], sides, kept, error))
      {
        tdm_regimen_free (stepped);
        return FALSE;
      }
  TdmRegimen constant = *leader;
  take_sides (self, kept, penalty, &constant);
  take_sides (self, sides, penalty, stepped);
  stepped->has_days = FALSE;
  if (stepped->n_steps == 0 || stepped->score <= constant.score)
    {
      tdm_regimen_free (stepped);
      return TRUE;
    }
  tdm_notes_add (leader->notes, TDM_NOTE_CAUTION, "patient-changes", NULL,
                 "Covariates that are entered for later change what is needed: with "
                 "the same dose throughout the chance to be within the target in "
                 "every period is %.0f %%, with the dose changed it is %.0f %%.",
                 100 * constant.p_within, 100 * stepped->p_within);
  guint at = 0;
  g_ptr_array_find (proposals->regimens, leader, &at);
  g_ptr_array_insert (proposals->regimens, (int)at + 1, stepped);
  return TRUE;
}

/* The best of many amounts of one shape. */
static gboolean
best_amount (const TdmRefine *self, const TdmRegimen *shape, TdmContinuous *best,
             GError **error)
{
  const guint n = is_ode (self) ? AMOUNTS_ODE : AMOUNTS;
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
  for (guint i = 0; i < n; i++)
    {
      TdmRegimen *one = copy_regimen (shape);
      one->loading_mg = 0;
      one->n_steps = 0;
      one->amount_mg *= LEAST * pow (MOST / LEAST, (double)i / (n - 1));
      g_ptr_array_add (list, one);
    }
  const TdmScoreInput input = score_input (self);
  g_autoptr (TdmScore) score =
      tdm_score_new (&input, (TdmRegimen *const *)list->pdata, n, error);
  for (guint i = 0; score && i < n; i++)
    {
      TdmRegimen *one = list->pdata[i];
      tdm_score_chances (score, self->target, i, one);
      if (best->amount_mg == 0 || one->score > best->score)
        *best = (TdmContinuous){ one->amount_mg, one->interval_h, one->duration_h,
                                 one->p_within, one->score };
    }
  return score != NULL;
}

gboolean
tdm_refine_continuous (const TdmRefine *self, TdmProposals *proposals, GError **error)
{
  guint done = 0;
  const guint most = is_ode (self) ? 0 : LEADERS;
  /* At a named time every amount costs a curve. */
  if (!tdm_target_is_steady (self->target))
    return TRUE;
  for (guint i = 0; i < proposals->regimens->len && done < most; i++)
    if (tdm_proposals_leads_interval (proposals, i))
      {
        if (!best_amount (self, proposals->regimens->pdata[i], &proposals->continuous,
                          error))
          return FALSE;
        done++;
      }
  return TRUE;
}
