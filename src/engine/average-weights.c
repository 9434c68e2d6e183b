/* What the levels say for each model, as -2 ln of a probability density of the levels
 * in mg/L, so that models with other units and with errors on the log scale compare. */
#include "engine/average-private.h"

#include "engine/marginal.h"

#include <math.h>

static const char *const rule_names[] = {
  [TDM_WEIGHT_LIKELIHOOD] = "likelihood",
  [TDM_WEIGHT_AIC] = "aic",
  [TDM_WEIGHT_PREDICTION] = "prediction",
  [TDM_WEIGHT_EQUAL] = "equal",
};

const char *
tdm_weight_rule_name (TdmWeightRule rule)
{
  return rule_names[rule];
}

gboolean
tdm_weight_rule_from_name (const char *name, TdmWeightRule *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (rule_names); i++)
    if (g_str_equal (rule_names[i], name))
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

/* What turns the density of the objective into one of the levels in mg/L: the objective
 * counts values in the output's unit, or their logarithms. A censored level contributes
 * a probability, which has no unit. */
static double
scale_correction (const TdmProblem *problem)
{
  double sum = 0.0;

  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (problem, i);
      const TdmModelOutput *output =
          tdm_model_get_output (tdm_problem_get_model (problem), level->output);
      if (!level->use || level->censor != TDM_CENSOR_NONE)
        continue;
      sum -= 2.0 * level->weight * log (output->per_mg_l);
      if (tdm_residual_is_log (output))
        sum += 2.0 * level->weight * log (level->value);
    }
  return sum;
}

static double
marginal (TdmProblem *problem)
{
  g_autoptr (TdmMarginal) out = tdm_marginal_new (problem, TDM_MARGINAL_LAPLACE, NULL);

  return out != NULL ? out->value + scale_correction (problem) : NAN;
}

/* The case with only the first of its used levels in use; NULL when there is none other
 * than it. */
static TdmCase *
first_level_only (const TdmProblem *problem)
{
  TdmCase *record = tdm_problem_get_case (problem);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  int first = -1;
  guint others = 0;

  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (problem, i);
      if (level->use
          && (first < 0
              || level->time_h < tdm_problem_get_level (problem, first)->time_h))
        first = (int)i;
    }
  for (guint i = 0; i < tdm_case_get_n_levels (record); i++)
    {
      TdmLevelEntry entry = *tdm_case_get_level (record, i);
      if ((int)i == first || !entry.use)
        continue;
      entry.use = FALSE;
      tdm_case_edit_replace_level (edit, i, &entry);
      others++;
    }
  return others > 0 ? tdm_case_edit_finish (edit, NULL) : NULL;
}

static double
predictive (TdmProblem *problem)
{
  g_autoptr (TdmCase) record = first_level_only (problem);
  g_autoptr (TdmProblem) first =
      record != NULL ? tdm_problem_new (record, tdm_problem_get_model (problem), NULL)
                     : NULL;

  return first != NULL ? marginal (problem) - marginal (first) : 0.0;
}

double
tdm_average_criterion (const TdmFit *fit, TdmWeightRule rule)
{
  switch (rule)
    {
    case TDM_WEIGHT_LIKELIHOOD:
      return marginal (fit->problem);
    case TDM_WEIGHT_AIC:
      return fit->objective + scale_correction (fit->problem) + 2.0 * fit->n;
    case TDM_WEIGHT_PREDICTION:
      return predictive (fit->problem);
    default:
      return 0.0;
    }
}

gboolean
tdm_average_weigh (GPtrArray *members)
{
  double least = INFINITY, sum = 0.0;

  for (guint i = 0; i < members->len; i++)
    {
      const TdmMember *member = members->pdata[i];
      if (member->obstacle == NULL)
        least = MIN (least, member->criterion);
    }
  for (guint i = 0; i < members->len; i++)
    {
      TdmMember *member = members->pdata[i];
      member->weight = member->obstacle == NULL && isfinite (least)
                           ? exp (-0.5 * (member->criterion - least))
                           : 0.0;
      sum += member->weight;
    }
  for (guint i = 0; i < members->len && sum > 0.0; i++)
    ((TdmMember *)members->pdata[i])->weight /= sum;
  return sum > 0.0;
}
