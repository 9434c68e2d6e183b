#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"
#include "num/linalg.h"

static gboolean
refuse (const TdmKeyEntry *entry, GError **error, const char *message)
{
  TdmScan scan = tdm_scan_new (entry);
  return tdm_scan_set_error (&scan, error, "%s", message);
}

/* "variance" NUMBER | "sd" NUMBER | "cv" NUMBER "%". A CV is taken as the SD of eta, so
 * variance = CV^2, the first-order reading that population programs print. */
static gboolean
read_variance (const TdmKeyEntry *entry, double *out, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  gboolean variance = tdm_scan_word (&scan, "variance");
  gboolean sd = !variance && tdm_scan_word (&scan, "sd");
  gboolean cv = !variance && !sd && tdm_scan_word (&scan, "cv");
  double value;

  if (!variance && !sd && !cv)
    return refuse (entry, error, "expected “variance 0.09”, “sd 0.3” or “cv 30 %”");
  if (!tdm_scan_number (&scan, &value, NULL, error))
    return FALSE;
  if (value <= 0.0)
    return refuse (entry, error, "expected more than 0");
  if (cv && !tdm_scan_char (&scan, '%'))
    return tdm_scan_set_error (&scan, error, "expected “%%” after the number");
  double scaled = cv ? value / 100.0 : value;
  *out = variance ? value : scaled * scaled;
  return tdm_scan_expect_end (&scan, error);
}

static int
find_effect (const TdmModel *self, const char *name)
{
  for (guint i = 0; i < self->effects->len; i++)
    if (strcmp (tdm_model_get_effect_name (self, i), name) == 0)
      return i;
  return -1;
}

static gboolean
is_pair (const TdmKeyEntry *entry)
{
  return strpbrk (entry->key, " \t") != NULL;
}

/* The key NAME NAME as indices of two effects. */
static gboolean
find_pair (const TdmModel *self, const TdmKeyEntry *entry, int pair[2], GError **error)
{
  g_auto (GStrv) names = g_strsplit_set (entry->key, " \t", -1);

  pair[0] = find_effect (self, names[0]);
  pair[1] = g_strv_length (names) == 2 ? find_effect (self, names[1]) : -1;
  if (pair[0] < 0 || pair[1] < 0 || pair[0] == pair[1])
    return tdm_place_set_error (
        error, &entry->key_place,
        "expected two different effects of this section, as in “CL V1”");
  return TRUE;
}

/* "covariance" NUMBER | "correlation" NUMBER */
static gboolean
read_pair (TdmModel *self, const TdmKeyEntry *entry, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  const guint n = self->effects->len;
  int p[2];
  double value;

  if (!find_pair (self, entry, p, error))
    return FALSE;
  gboolean correlation = tdm_scan_word (&scan, "correlation");
  if (!correlation && !tdm_scan_word (&scan, "covariance"))
    return refuse (entry, error, "expected “covariance 0.01” or “correlation 0.4”");
  if (!tdm_scan_number (&scan, &value, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  if (correlation && !(fabs (value) < 1.0))
    return refuse (entry, error, "expected a correlation between -1 and 1");
  if (self->omega[p[0] * n + p[1]] != 0.0)
    return refuse (entry, error, "expected each pair of effects once");
  if (correlation)
    value *= sqrt (self->omega[p[0] * (n + 1)] * self->omega[p[1] * (n + 1)]);
  self->omega[p[0] * n + p[1]] = self->omega[p[1] * n + p[0]] = value;
  return TRUE;
}

static gboolean
check_definite (const TdmModel *self, const TdmKeySection *section, GError **error)
{
  const guint n = self->effects->len;
  g_autofree double *factor = g_new (double, (gsize)n *n);

  return tdm_cholesky (n, self->omega, factor)
         || tdm_place_set_error (
             error, &section->place,
             "expected effects whose covariance matrix is positive definite");
}

gboolean
tdm_load_effects (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "effects", NULL);
  g_autoptr (GArray) variances = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      double variance;
      if (is_pair (entry))
        continue;
      if (!read_variance (entry, &variance, error))
        return FALSE;
      g_array_append_val (variances, variance);
      g_ptr_array_add (self->effects, g_strdup (entry->key));
    }
  const guint n = self->effects->len;
  if (n == 0 || n > 32)
    return tdm_place_set_error (error, &section->place,
                                "expected 1 to 32 random effects, not %u", n);
  self->omega = g_new0 (double, (gsize)n *n);
  for (guint i = 0; i < n; i++)
    self->omega[i * (n + 1)] = g_array_index (variances, double, i);
  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      if (is_pair (entry) && !read_pair (self, entry, error))
        return FALSE;
    }
  return check_definite (self, section, error);
}

static gboolean
add_variables (const TdmModel *self, TdmProgramBuilder *builder, const TdmKeyFile *file,
               GError **error)
{
  const TdmKeySection *effects = tdm_key_file_find (file, "effects", NULL);

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
  for (guint i = 0; i < self->effects->len; i++)
    {
      const char *effect = tdm_model_get_effect_name (self, i);
      g_autofree char *name = g_strdup_printf ("eta_%s", effect);
      TdmVariable variable = { TDM_VARIABLE_EFFECT, name, NULL };
      if (!tdm_program_builder_add_variable (
              builder, &variable, &tdm_key_section_find (effects, effect)->key_place,
              error))
        return FALSE;
    }
  return TRUE;
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

/* The unit of each parameter, and no unit of anything else. */
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
      if (index < 0)
        return tdm_place_set_error (error, &entry->key_place,
                                    "expected the name of a parameter, not “%s”",
                                    entry->key);
      if (!tdm_unit_parse (entry->value, &unit, &local))
        return refuse (entry, error, local->message);
      if (strcmp (entry->value, "1") == 0)
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
  const TdmKeySection *section = tdm_key_file_find (file, "effects", NULL);

  for (guint i = 0; i < self->effects->len; i++)
    {
      const char *effect = tdm_model_get_effect_name (self, i);
      g_autofree char *name = g_strdup_printf ("eta_%s", effect);
      if (!depends (self, name))
        return tdm_place_set_error (error,
                                    &tdm_key_section_find (section, effect)->key_place,
                                    "expected a parameter that uses “%s”", name);
    }
  return TRUE;
}

/* Marks what parameters need: bottom up, as formulas only see what stands above. */
static void
mark_needed (TdmModel *self)
{
  for (guint i = self->covariates->len; i-- > 0;)
    {
      TdmModelCovariate *c = g_ptr_array_index (self->covariates, i);
      c->needed = depends (self, c->name);
      for (guint j = i + 1; j < self->covariates->len; j++)
        {
          const TdmProgram *formula = g_ptr_array_index (self->formulas, j);
          if (formula != NULL && tdm_model_get_covariate (self, j)->needed
              && tdm_program_depends (formula, 0, c->name))
            c->needed = TRUE;
        }
    }
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
        return refuse (guard, error, "expected “yes”, or no such key");
      if (c->needed && guard != NULL)
        return refuse (guard, error,
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
      || !check_effects_used (self, file, error))
    return FALSE;
  mark_needed (self);
  return check_covariates_used (self, file, error);
}
