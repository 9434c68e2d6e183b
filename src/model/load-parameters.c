#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

static gboolean
add_covariates (const TdmModel *self, TdmProgramBuilder *builder,
                const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < self->covariates->len; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (self, i);
      const TdmKeySection *section = tdm_key_file_find (file, "covariate", c->name);
      TdmVariable variable = { TDM_VARIABLE_CONSTANT, c->name,
                               (const char *const *)c->categories };
      if (!tdm_program_builder_add_variable (builder, &variable, &section->name_place,
                                             error))
        return FALSE;
    }
  return TRUE;
}

/* A section of random effects and what its effects are called in expressions. */
typedef struct
{
  const TdmModelEffects *effects;
  const TdmKeySection *section;
  const char *prefix;
} EffectGroup;

static void
get_groups (const TdmModel *self, const TdmKeyFile *file, EffectGroup out[2])
{
  out[0] =
      (EffectGroup){ &self->effects, tdm_key_file_find (file, "effects", NULL), "eta" };
  out[1] = (EffectGroup){ &self->occasion_effects,
                          tdm_key_file_find (file, "occasion_effects", NULL), "iov" };
}

/* Effects fixed to 0 are that number. */
static gboolean
add_effects (const EffectGroup *group, TdmProgramBuilder *builder, GError **error)
{
  const GPtrArray *names = group->effects->names, *fixed = group->effects->fixed;

  for (guint i = 0; i < names->len + fixed->len; i++)
    {
      const gboolean is_fixed = i >= names->len;
      const char *effect = is_fixed ? fixed->pdata[i - names->len] : names->pdata[i];
      const TdmPlace *place = &tdm_key_section_find (group->section, effect)->key_place;
      g_autofree char *name = g_strdup_printf ("%s_%s", group->prefix, effect);
      TdmVariable variable = { TDM_VARIABLE_EFFECT, name, NULL };
      if (is_fixed
              ? !tdm_program_builder_add_assignment (builder, name, "0", place, error)
              : !tdm_program_builder_add_variable (builder, &variable, place, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_variables (const TdmModel *self, TdmProgramBuilder *builder, const TdmKeyFile *file,
               GError **error)
{
  EffectGroup groups[2];

  get_groups (self, file, groups);
  return add_covariates (self, builder, file, error)
         && tdm_load_add_subpopulation_variable (self, builder, file, error)
         && add_effects (&groups[0], builder, error)
         && add_effects (&groups[1], builder, error);
}

static gboolean
add_assignments (TdmProgramBuilder *builder, const TdmKeySection *section,
                 GError **error)
{
  for (guint i = 0; section != NULL && i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      if (!tdm_program_builder_add_assignment (builder, entry->key, entry->value,
                                               &entry->place, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_state (const TdmKeyFile *file, const char *name)
{
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  return ode != NULL && tdm_key_section_find (ode, name) != NULL;
}

/* The unit of each parameter, and of states that are no amounts in mg. */
static gboolean
read_units (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *units = tdm_key_file_find (file, "units", NULL);
  const TdmKeySection *parameters = tdm_key_file_find (file, "parameters", NULL);

  for (guint i = 0; i < units->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (units->entries, i);
      g_autoptr (GError) local = NULL;
      TdmUnit unit;
      int index = tdm_model_find_parameter (self, entry->key);
      if (index < 0 && !is_state (file, entry->key))
        return tdm_place_set_error (
            error, &entry->key_place,
            "expected the name of a parameter or of a state, not “%s”", entry->key);
      if (!tdm_unit_parse (entry->value, &unit, &local))
        return tdm_scan_refuse (entry, error, local->message);
      if (index < 0 || strcmp (entry->value, "1") == 0)
        continue;
      TdmModelParameter *p = g_ptr_array_index (self->parameters, index);
      p->unit = g_strdup (entry->value);
    }
  for (guint i = 0; i < self->parameters->len; i++)
    {
      const char *name = tdm_model_get_parameter_name (self, i);
      if (tdm_key_section_find (units, name) == NULL)
        return tdm_place_set_error (
            error, &tdm_key_section_find (parameters, name)->key_place,
            "expected a unit for “%s” in “[units]” (1 = none)", name);
    }
  return TRUE;
}

/* Helpers are formulas of their own; what they give follows from what they use. */
static gboolean
check_units (const TdmModel *self, const TdmKeyFile *file, TdmProgramBuilder *builder,
             GError **error)
{
  const TdmKeySection *terms = tdm_key_file_find (file, "terms", NULL);

  for (guint i = 0; i < self->covariates->len; i++)
    {
      TdmUnitRule rule = tdm_model_covariate_rule (self, i);
      tdm_program_builder_set_unit (builder, &rule);
    }
  for (guint i = 0; terms != NULL && i < terms->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (terms->entries, i);
      TdmUnitRule rule = { .name = entry->key, .empirical = TRUE };
      tdm_program_builder_set_unit (builder, &rule);
    }
  for (guint i = 0; i < self->parameters->len; i++)
    {
      TdmUnitRule rule = tdm_model_parameter_rule (self, i);
      tdm_program_builder_set_unit (builder, &rule);
    }
  return tdm_program_builder_check_units (builder, error);
}

static gboolean
depends (const TdmModel *self, const char *variable)
{
  for (guint i = 0; i < self->parameters->len; i++)
    if (tdm_program_depends (self->program, i, variable))
      return TRUE;
  return FALSE;
}

static gboolean
check_effects_used (const TdmModel *self, const TdmKeyFile *file, GError **error)
{
  EffectGroup groups[2];

  get_groups (self, file, groups);
  for (guint g = 0; g < G_N_ELEMENTS (groups); g++)
    for (guint i = 0; i < groups[g].effects->names->len; i++)
      {
        const char *effect = groups[g].effects->names->pdata[i];
        g_autofree char *name = g_strdup_printf ("%s_%s", groups[g].prefix, effect);
        if (!depends (self, name))
          return tdm_place_set_error (
              error, &tdm_key_section_find (groups[g].section, effect)->key_place,
              "expected a parameter that uses “%s”", name);
      }
  return TRUE;
}

static gboolean
starts_occasions (const TdmModel *self, guint covariate)
{
  return self->occasion_rule.kind == TDM_OCCASION_COVARIATE
         && self->occasion_rule.covariate == covariate;
}

/* Marks what parameters need: bottom up, as formulas only see what stands above. */
static void
mark_needed (TdmModel *self)
{
  for (guint i = self->covariates->len; i-- > 0;)
    {
      TdmModelCovariate *c = g_ptr_array_index (self->covariates, i);
      c->needed = depends (self, c->name) || starts_occasions (self, i)
                  || tdm_model_uses_for_subpopulations (self, c->name);
      for (guint j = i + 1; j < self->covariates->len; j++)
        {
          const TdmProgram *formula = g_ptr_array_index (self->formulas, j);
          if (formula != NULL && tdm_model_get_covariate (self, j)->needed
              && tdm_program_depends (formula, 0, c->name))
            c->needed = TRUE;
        }
    }
}

static gboolean
check_subpopulations_used (const TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "subpopulations", NULL);

  return section == NULL || depends (self, TDM_MODEL_SUBPOPULATION)
         || tdm_place_set_error (error, &section->place,
                                 "expected a parameter that uses “%s”",
                                 TDM_MODEL_SUBPOPULATION);
}

/* A covariate that nothing uses is a mistake unless it says that it only stands guard.
 */
static gboolean
check_covariates_used (const TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < self->covariates->len; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (self, i);
      const TdmKeySection *section = tdm_key_file_find (file, "covariate", c->name);
      const TdmKeyEntry *guard = tdm_key_section_find (section, "guard");
      if (guard != NULL && strcmp (guard->value, "yes") != 0)
        return tdm_scan_refuse (guard, error, "expected “yes”, or no such key");
      if (c->needed && guard != NULL)
        return tdm_scan_refuse (guard, error,
                                "expected only for a covariate that no parameter uses");
      if (!c->needed && guard == NULL)
        return tdm_place_set_error (error, &section->name_place,
                                    "no parameter uses “%s”; expected one, or "
                                    "“guard = yes” if only its range matters",
                                    c->name);
    }
  return TRUE;
}

gboolean
tdm_load_parameters (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "parameters", NULL);
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (!add_variables (self, builder, file, error)
      || !add_assignments (builder, tdm_key_file_find (file, "terms", NULL), error)
      || !add_assignments (builder, section, error))
    return FALSE;
  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      TdmModelParameter *p = g_new0 (TdmModelParameter, 1);
      p->name = g_strdup (entry->key);
      g_ptr_array_add (self->parameters, p);
      g_ptr_array_add (names, p->name);
    }
  g_ptr_array_add (names, NULL);
  if (section->entries->len == 0)
    return tdm_place_set_error (error, &section->place, "expected parameters");
  self->program =
      tdm_program_builder_finish (builder, (const char *const *)names->pdata, error);
  if (self->program == NULL || !read_units (self, file, error)
      || !check_units (self, file, builder, error)
      || !tdm_program_builder_check_derivatives (builder, error)
      || !check_effects_used (self, file, error)
      || !check_subpopulations_used (self, file, error))
    return FALSE;
  mark_needed (self);
  return check_covariates_used (self, file, error);
}
