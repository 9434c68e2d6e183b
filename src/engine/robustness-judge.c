/* One doubt: the estimate, draws and the ranking of regimens from a case that differs
 * in one thing, and the leading regimen among them. */
#include "engine/robustness-private.h"

#include "base/unit.h"
#include "engine/regimen.h"
#include "engine/score.h"
#include "engine/words.h"

#include <math.h>
#include <string.h>

/* Another regimen clearly leads when its expected utility is more than this above. */
#define CLEAR_LEAD 0.05
/* Fewer draws of a differential equation move a chance by their own noise. */
#define DRAWS_ODE 200
/* Where amounts do not superpose, a card of a dozen doubts cannot search anew for each:
 * the best so many regimens of the result are ranked again. */
#define ROWS_COSTLY 5

/* The case as the others are judged: with their target, and the same time from which
 * regimens may start. */
static TdmCase *
pinned (const TdmJudge *self, TdmCase *record)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmCaseOptions options = *tdm_case_get_options (record);
  options.has_adjust = TRUE;
  options.adjust = (TdmMoment){ self->adjust_h, NULL };
  tdm_case_edit_set_options (edit, &options);
  tdm_case_edit_set_target (edit, self->target);
  return tdm_case_edit_finish (edit, NULL);
}

/* From where the result's own optima are, where the effects are the same. */
static TdmFit *
refit (const TdmJudge *self, TdmProblem *problem, GError **error)
{
  const TdmFit *from = self->result->fit;
  TdmMapOptions options = { 0 };
  const gboolean same = tdm_problem_get_model (problem) == self->result->model
                        && tdm_problem_get_n_effects (problem) == from->n && from->n > 0
                        && tdm_problem_get_n_subpopulations (problem) == 0;
  g_autofree double *begin = g_new (double, (gsize)(from->n_modes + 1) * from->n + 1);
  if (same)
    {
      for (guint k = 0; k < from->n_modes; k++)
        memcpy (begin + (gsize)k * from->n, from->modes[k].eta,
                from->n * sizeof (double));
      options.begin = begin;
      options.starts = from->n_modes;
    }
  return tdm_map_fit (problem, options.starts > 0 ? &options : NULL, self->cancellable,
                      error);
}

/* Fills the chances, score and metrics of a regimen that the search has not judged. */
static gboolean
score_one (const TdmJudge *self, const TdmFit *fit, const TdmPosterior *posterior,
           TdmRegimen *regimen)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmProblem *problem = fit->problem;
  if (!tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, NULL))
    return FALSE;
  g_autofree double *rows = tdm_score_rows (fit, posterior);
  const TdmScoreInput input = { .problem = problem,
                                .target = &target,
                                .rows = rows,
                                .draws = posterior->draws,
                                .cancellable = self->cancellable };
  g_autoptr (TdmScore) score = tdm_score_new (&input, &regimen, 1, NULL);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (problem, &target);
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  tdm_metrics_set_cancellable (metrics, self->cancellable);
  if (score == NULL
      || !tdm_metrics_compute (metrics, regimen, fit->eta, &regimen->metrics, NULL))
    return FALSE;
  regimen->notes = notes;
  tdm_score_summarise (score, &target, 0, regimen);
  regimen->notes = NULL;
  return TRUE;
}

/* The leading regimen as judged here: among the proposals, or for itself. */
static gboolean
find_leading (const TdmJudge *self, const TdmFit *fit, const TdmPosterior *posterior,
              const TdmProposals *proposals, TdmRegimen *out)
{
  if (!tdm_regimen_translate (self->leading, tdm_problem_get_model (fit->problem), out))
    return FALSE;
  for (guint i = 0; i < proposals->regimens->len; i++)
    {
      const TdmRegimen *regimen = proposals->regimens->pdata[i];
      if (!tdm_regimen_equal (regimen, out, TRUE))
        continue;
      *out = *regimen;
      out->notes = NULL;
      return TRUE;
    }
  return score_one (self, fit, posterior, out);
}

static double
convert (const TdmModel *model, double value, const char *from, const char *to)
{
  double out;
  if (g_strcmp0 (from, to) == 0)
    return value;
  return from && to
                 && tdm_unit_convert (value, from, to, tdm_model_get_molar_mass (model),
                                      &out, NULL)
             ? out
             : NAN;
}

static void
compare (const TdmProposals *proposals, const TdmRegimen *leading, TdmDoubt *out)
{
  const TdmRegimen *best = proposals->regimens->pdata[0];
  for (guint i = 1; i < proposals->regimens->len; i++)
    {
      const TdmRegimen *other = proposals->regimens->pdata[i];
      if (other->score > best->score)
        best = other;
    }
  out->p_within = leading->p_within;
  out->p_above = leading->p_above;
  out->loss = MAX (best->score - leading->score, 0);
  out->changed = out->loss > CLEAR_LEAD;
  if (out->changed)
    {
      out->other = tdm_words_regimen (best);
      out->p_other = best->p_within;
    }
}

static gboolean
is_costly (const TdmJudge *self, const TdmModel *model)
{
  const guint output = self->result->proposals->output;
  return output >= tdm_model_get_n_outputs (model)
         || !tdm_model_is_proportional (model, output);
}

/* The first regimens of the result, those that change later apart. Yours. */
static GPtrArray *
first_rows (const TdmJudge *self)
{
  const GPtrArray *rows = self->result->proposals->regimens;
  GPtrArray *out = g_ptr_array_new ();
  for (guint i = 0; i < rows->len && out->len < ROWS_COSTLY; i++)
    if (((const TdmRegimen *)rows->pdata[i])->n_steps == 0)
      g_ptr_array_add (out, rows->pdata[i]);
  return out;
}

static TdmPosterior *
sample (const TdmJudge *self, const TdmFit *fit, GError **error)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  const guint draws = self->result->posterior->draws;
  const TdmPosteriorOptions options = {
    .draws = ode ? MIN (draws, DRAWS_ODE) : draws,
    .method = TDM_POSTERIOR_IMPORTANCE,
  };
  return tdm_posterior_new (fit, &options, self->cancellable, error);
}

static gboolean
judge (const TdmJudge *self, TdmProblem *problem, const char *unit, TdmDoubt *out,
       GError **error)
{
  g_autoptr (TdmFit) fit = refit (self, problem, error);
  g_autoptr (TdmPosterior) posterior = fit ? sample (self, fit, error) : NULL;
  if (posterior == NULL)
    return FALSE;
  g_autoptr (GPtrArray) rows = first_rows (self);
  const gboolean costly = is_costly (self, tdm_problem_get_model (problem));
  const TdmDoseSearchOptions options = { .posterior = posterior,
                                         .among = costly ? rows : NULL };
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  tdm_notes_extend (notes, tdm_problem_get_notes (problem));
  tdm_notes_extend (notes, fit->notes);
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (fit, notes, &options, self->cancellable, error);
  TdmRegimen leading;
  if (proposals == NULL)
    return FALSE;
  if (proposals->withheld)
    {
      out->obstacle = g_strdup (proposals->withheld->text);
      out->changed = TRUE;
      return TRUE;
    }
  if (!find_leading (self, fit, posterior, proposals, &leading))
    {
      out->obstacle = g_strdup ("The leading regimen cannot be judged then.");
      return TRUE;
    }
  compare (proposals, &leading, out);
  out->metric = convert (tdm_problem_get_model (problem), leading.metrics.target,
                         proposals->target_unit, unit);
  return TRUE;
}

void
tdm_judge_doubt (const TdmJudge *self, TdmCase *record, TdmModel *model,
                 const char *unit, TdmDoubt *out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) own = pinned (self, record);
  g_autoptr (TdmProblem) problem = own ? tdm_problem_new (own, model, &error) : NULL;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if ((problem == NULL || !judge (self, problem, unit, out, &error))
      && !g_cancellable_is_cancelled (self->cancellable))
    out->obstacle = g_strdup (error ? error->message : "The case cannot be.");
}
