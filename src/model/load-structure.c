#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

/* What a linear structure calls its parameters, and the names they have in a model
 * unless [structure] says otherwise. */
typedef struct
{
  const char *key;
  const char *names[3];
  const char *unit;
} LinearRule;

static const LinearRule linear_rules[TDM_PK_N_LINEAR] = {
  [TDM_PK_CL] = { "CL", { "CL" }, "L/h" },
  [TDM_PK_V1] = { "V1", { "V1", "V" }, "L" },
  [TDM_PK_Q2] = { "Q2", { "Q2", "Q" }, "L/h" },
  [TDM_PK_V2] = { "V2", { "V2" }, "L" },
  [TDM_PK_Q3] = { "Q3", { "Q3" }, "L/h" },
  [TDM_PK_V3] = { "V3", { "V3" }, "L" },
  [TDM_PK_KA] = { "KA", { "KA", "KTR" }, "1/h" },
};

static gboolean
is_wanted (const TdmPkStructure *structure, guint role)
{
  switch (role)
    {
    case TDM_PK_CL:
    case TDM_PK_V1:
      return TRUE;
    case TDM_PK_Q2:
    case TDM_PK_V2:
      return structure->compartments >= 2;
    case TDM_PK_Q3:
    case TDM_PK_V3:
      return structure->compartments >= 3;
    default:
      return structure->chain >= 1;
    }
}

static int
find_by_rule (const TdmModel *self, const TdmKeyEntry *entry, const LinearRule *rule)
{
  if (entry != NULL)
    return tdm_model_find_parameter (self, entry->value);
  for (guint i = 0; rule->names[i] != NULL; i++)
    {
      int index = tdm_model_find_parameter (self, rule->names[i]);
      if (index >= 0)
        return index;
    }
  return -1;
}

/* The closed forms compute in L and h: a parameter in another unit would be a wrong
 * number that looks right. */
static gboolean
has_unit (const TdmModel *self, guint parameter, const char *unit)
{
  const char *given = tdm_model_get_parameter_unit (self, parameter);
  double factor;

  return tdm_unit_convert (1.0, given != NULL ? given : "1", unit, 0.0, &factor, NULL)
         && fabs (factor - 1.0) < 1e-12;
}

static gboolean
map_linear (TdmModel *self, const TdmKeyFile *file, guint role, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "structure", NULL);
  const LinearRule *rule = &linear_rules[role];
  const TdmKeyEntry *entry = tdm_key_section_find (section, rule->key);

  self->structure.linear[role] = G_MAXUINT;
  if (!is_wanted (&self->structure, role))
    return entry == NULL
           || tdm_scan_refuse (entry, error, "this structure has no such parameter");
  int index = find_by_rule (self, entry, rule);
  if (index < 0 && entry != NULL)
    return tdm_scan_refuse (entry, error, "expected the name of a parameter");
  if (index < 0)
    return tdm_place_set_error (error, &section->place,
                                "expected a parameter “%s”, or “%s = NAME” here",
                                rule->names[0], rule->key);
  self->structure.linear[role] = index;
  if (has_unit (self, index, rule->unit))
    return TRUE;
  TdmScan scan =
      tdm_scan_new (tdm_key_section_find (tdm_key_file_find (file, "units", NULL),
                                          tdm_model_get_parameter_name (self, index)));
  return tdm_scan_set_error (&scan, error, "expected the unit %s", rule->unit);
}

gboolean
tdm_load_count (const TdmKeySection *section, const char *key, guint low, guint high,
                guint *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  double value;

  *out = 0;
  if (entry == NULL)
    return low == 0
           || tdm_place_set_error (error, &section->place,
                                   "expected the key “%s” in “[%s]”", key,
                                   section->group);
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &value, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  if (value != floor (value) || value < low || value > high)
    {
      scan = tdm_scan_new (entry);
      return tdm_scan_set_error (&scan, error, "expected a whole number from %u to %u",
                                 low, high);
    }
  *out = (guint)value;
  return TRUE;
}

static gboolean
load_linear (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "structure", NULL);
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  const TdmKeySection *terms = tdm_key_file_find (file, "ode_terms", NULL);
  const TdmKeySection *initial = tdm_key_file_find (file, "ode_initial", NULL);
  TdmPkStructure *structure = &self->structure;

  if (ode != NULL || terms != NULL || initial != NULL)
    return tdm_place_set_error (error,
                                &(ode != NULL     ? ode
                                  : terms != NULL ? terms
                                                  : initial)
                                     ->place,
                                "expected only with “kind = ode”");
  if (self->outputs->len != 1)
    return tdm_place_set_error (error, &section->place,
                                "expected one output in a linear structure, not %u",
                                self->outputs->len);
  if (!tdm_load_count (section, "compartments", 1, 3, &structure->compartments, error)
      || !tdm_load_count (section, "chain", 0, 20, &structure->chain, error))
    return FALSE;
  for (guint role = 0; role < TDM_PK_N_LINEAR; role++)
    if (!map_linear (self, file, role, error))
      return FALSE;
  return TRUE;
}

gboolean
tdm_load_structure (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "structure", NULL);
  const TdmKeyEntry *kind = tdm_key_section_find (section, "kind");

  self->structure.n_parameters = self->parameters->len;
  self->structure.n_outputs = self->outputs->len;
  if (strcmp (kind->value, "linear") == 0)
    {
      self->structure.kind = TDM_PK_LINEAR;
      return load_linear (self, file, error);
    }
  if (strcmp (kind->value, "ode") == 0)
    {
      self->structure.kind = TDM_PK_ODE;
      return tdm_load_ode (self, file, error);
    }
  return tdm_scan_refuse (kind, error, "expected linear or ode");
}

/* A compartment's number: "central", "absorption" or the name of an ODE's state. */
static gboolean
read_into (const TdmModel *self, const TdmKeyFile *file, const TdmKeySection *section,
           guint *state, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "into");
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);

  if (self->structure.kind == TDM_PK_ODE)
    {
      for (*state = 0; *state < ode->entries->len; (*state)++)
        {
          const TdmKeyEntry *s = g_ptr_array_index (ode->entries, *state);
          if (strcmp (s->key, entry->value) == 0)
            return TRUE;
        }
      return tdm_scan_refuse (entry, error, "expected a state of “[ode]”");
    }
  *state = strcmp (entry->value, "central") == 0 ? 0 : self->structure.compartments;
  if (*state == 0
      || (strcmp (entry->value, "absorption") == 0 && self->structure.chain > 0))
    return TRUE;
  return tdm_scan_refuse (entry, error,
                          self->structure.chain > 0
                              ? "expected central or absorption"
                              : "expected central (there is no chain)");
}

/* A key that names a parameter; G_MAXUINT when it is absent. */
static gboolean
read_reference (const TdmModel *self, const TdmKeyEntry *entry, const char *unit,
                guint *out, GError **error)
{
  *out = G_MAXUINT;
  if (entry == NULL)
    return TRUE;
  int index = tdm_model_find_parameter (self, entry->value);
  if (index < 0)
    return tdm_scan_refuse (entry, error, "expected the name of a parameter");
  *out = index;
  TdmScan scan = tdm_scan_new (entry);
  return has_unit (self, index, unit)
         || tdm_scan_set_error (&scan, error, "expected a parameter in the unit %s",
                                unit);
}

/* A key of a route that names a parameter, or is an expression that uses the dose. */
typedef struct
{
  const TdmKeySection *section;
  const char *key, *unit;
} DoseKey;

static gboolean
read_of_dose (TdmModel *self, const TdmKeyFile *file, const DoseKey *what,
              guint *parameter, const TdmPkOfDose **of_dose, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (what->section, what->key);

  *parameter = G_MAXUINT;
  if (entry == NULL || tdm_model_find_parameter (self, entry->value) >= 0)
    return read_reference (self, entry, what->unit, parameter, error);
  TdmModelOfDose *made = tdm_load_of_dose (self, file, entry, what->unit, error);
  if (made == NULL)
    return FALSE;
  g_ptr_array_add (self->of_doses, made);
  *of_dose = tdm_model_of_dose_get (made);
  return TRUE;
}

/* A zero-order input whose length is a parameter, or whose rate is. */
static gboolean
read_input (const TdmModel *self, const TdmKeySection *section, TdmPkRoute *pk,
            GError **error)
{
  const TdmKeyEntry *duration = tdm_key_section_find (section, "duration");
  const TdmKeyEntry *rate = tdm_key_section_find (section, "rate");

  g_autofree char *unit = tdm_load_amount_unit (self, "/h");

  if (rate == NULL)
    return read_reference (self, duration, "h", &pk->duration, error);
  if (duration != NULL)
    return tdm_scan_refuse (rate, error, "expected either duration or rate");
  pk->duration_is_rate = TRUE;
  return read_reference (self, rate, unit, &pk->duration, error);
}

static gboolean
read_route (TdmModel *self, const TdmKeyFile *file, const TdmKeySection *section,
            TdmModelRoute *route, GError **error)
{
  const TdmKeyEntry *infusion = tdm_key_section_find (section, "infusion");
  const TdmKeyEntry *duration = tdm_key_section_find (section, "duration");
  const TdmKeyEntry *rate = tdm_key_section_find (section, "rate");
  TdmPkRoute *pk = &route->route;

  if (!read_into (self, file, section, &pk->state, error)
      || !read_of_dose (self, file, &(DoseKey){ section, "bioavailability", "1" },
                        &pk->bioavailability, &pk->bioavailability_of_dose, error)
      || !read_of_dose (self, file, &(DoseKey){ section, "lag", "h" }, &pk->lag,
                        &pk->lag_of_dose, error)
      || !read_input (self, section, pk, error)
      || !tdm_load_count (section, "cmt", 0, TDM_MODEL_MAX_CMT, &route->cmt, error))
    return FALSE;
  if (infusion == NULL || strcmp (infusion->value, "no") == 0)
    return TRUE;
  if (strcmp (infusion->value, "yes") != 0)
    return tdm_scan_refuse (infusion, error, "expected yes or no");
  route->infusion = TRUE;
  return pk->duration == G_MAXUINT
         || tdm_scan_refuse (
             duration != NULL ? duration : rate, error,
             "expected only for a route whose doses have no duration of their own");
}

static char *
dup_value (const TdmKeySection *section, const char *key)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  return entry != NULL ? g_strdup (entry->value) : NULL;
}

gboolean
tdm_load_routes (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (file, i);
      if (strcmp (section->kind, "route") != 0)
        continue;
      TdmModelRoute *route = g_new0 (TdmModelRoute, 1);
      g_ptr_array_add (self->routes, route);
      route->name = g_strdup (section->name);
      route->title = tdm_key_file_dup_text (file, section, "title");
      route->formulation = dup_value (section, "formulation");
      if (!read_route (self, file, section, route, error))
        return FALSE;
    }
  return TRUE;
}
