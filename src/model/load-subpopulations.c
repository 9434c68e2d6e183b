/* Subpopulations: kinds of people of whom nobody knows beforehand who is one. What a
 * person's chance is to belong to each is an expression over covariates; parameters say
 * how they differ. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/model-private.h"
#include "model/scan.h"

/* Each costs a fit of its own. */
#define MAX_SUBPOPULATIONS 8
/* Chances that add up to 1 but for rounding. */
#define SUM_SLACK 1e-9

/* "remainder" | an expression over the covariates */
static gboolean
read_subpopulation (TdmModel *self, const TdmKeyEntry *entry, GError **error)
{
  TdmModelSubpopulations *s = &self->subpopulations;
  TdmProgram *prior = NULL;

  if (strcmp (entry->key, "none") == 0)
    return tdm_place_set_error (error, &entry->key_place,
                                "expected another name than “none”");
  if (strcmp (entry->value, "remainder") != 0)
    {
      prior = tdm_load_program (self, self->covariates->len, entry->key, entry, error);
      if (prior == NULL)
        return FALSE;
    }
  else if (s->has_remainder)
    return tdm_scan_refuse (entry, error, "expected “remainder” once");
  s->has_remainder |= prior == NULL;
  g_ptr_array_add (s->names, g_strdup (entry->key));
  g_ptr_array_add (s->priors, prior);
  return TRUE;
}

gboolean
tdm_load_subpopulations (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "subpopulations", NULL);

  if (section == NULL)
    return TRUE;
  const guint n = section->entries->len;
  if (n < 2 || n > MAX_SUBPOPULATIONS)
    return tdm_place_set_error (error, &section->place,
                                "expected 2 to %d subpopulations, not %u",
                                MAX_SUBPOPULATIONS, n);
  for (guint i = 0; i < n; i++)
    if (!read_subpopulation (self, g_ptr_array_index (section->entries, i), error))
      return FALSE;
  return TRUE;
}

/* In expressions the first one is number 1, as in other programs; no text stands for 0.
 */
gboolean
tdm_load_add_subpopulation_variable (const TdmModel *self, TdmProgramBuilder *builder,
                                     const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "subpopulations", NULL);
  const GPtrArray *names = self->subpopulations.names;
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();

  if (section == NULL)
    return TRUE;
  g_ptr_array_add (categories, (gpointer) "none");
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (categories, names->pdata[i]);
  g_ptr_array_add (categories, NULL);
  TdmVariable variable = { TDM_VARIABLE_CONSTANT, TDM_MODEL_SUBPOPULATION,
                           (const char *const *)categories->pdata };
  return tdm_program_builder_add_variable (builder, &variable, &section->place, error);
}

guint
tdm_model_get_n_subpopulations (const TdmModel *self)
{
  return self->subpopulations.names->len;
}

const char *
tdm_model_get_subpopulation_name (const TdmModel *self, guint i)
{
  g_assert (i < self->subpopulations.names->len);
  return self->subpopulations.names->pdata[i];
}

gboolean
tdm_model_uses_for_subpopulations (const TdmModel *self, const char *covariate)
{
  const GPtrArray *priors = self->subpopulations.priors;
  for (guint i = 0; i < priors->len; i++)
    if (priors->pdata[i] != NULL
        && tdm_program_depends (priors->pdata[i], 0, covariate))
      return TRUE;
  return FALSE;
}

/* The one that takes what the others leave is NAN until their sum is known. */
static double
evaluate_prior (const TdmProgram *program, const double *resolved)
{
  if (program == NULL)
    return NAN;
  g_autofree double *plain = g_new (double, tdm_program_get_n_plain (program) + 1);
  tdm_program_bind (program, resolved, plain);
  return tdm_program_get_plain (program, plain, 0);
}

gboolean
tdm_model_get_subpopulation_priors (const TdmModel *self, const double *resolved,
                                    double *priors, GError **error)
{
  const TdmModelSubpopulations *s = &self->subpopulations;
  double sum = 0.0;

  for (guint i = 0; i < s->names->len; i++)
    {
      const char *name = s->names->pdata[i];
      priors[i] = evaluate_prior (s->priors->pdata[i], resolved);
      if (s->priors->pdata[i] == NULL)
        continue;
      if (!(priors[i] >= 0.0 && priors[i] <= 1.0))
        return tdm_error_set_input (
            error, "covariates",
            "the chance of the subpopulation “%s” is not between 0 and 1 (it is %g)",
            name, priors[i]);
      sum += priors[i];
    }
  if (s->has_remainder ? sum > 1.0 + SUM_SLACK : fabs (sum - 1.0) > SUM_SLACK)
    return tdm_error_set_input (error, "covariates",
                                "the chances of the subpopulations add up to %g, not 1",
                                sum);
  for (guint i = 0; i < s->names->len; i++)
    if (s->priors->pdata[i] == NULL)
      priors[i] = MAX (1.0 - sum, 0.0);
  return TRUE;
}
