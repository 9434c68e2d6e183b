#include "model/schema.h"

#include <string.h>

typedef enum
{
  KEY_NEEDED = 1 << 0,
  KEY_TEXT = 1 << 1, /* for people: may be translated */
} KeyFlags;

typedef enum
{
  SECTION_NEEDED = 1 << 0,
  SECTION_NAMED = 1 << 1,  /* "[output C]", any number of them */
  SECTION_FREE = 1 << 2,   /* the file chooses the keys */
  SECTION_SHARED = 1 << 3, /* in files of drugs as well */
  SECTION_DRUG = 1 << 4,   /* in files of drugs only */
} SectionFlags;

typedef struct
{
  const char *key;
  guint flags;
} KeyRule;

typedef struct
{
  const char *kind;
  guint flags;
  const char *example; /* of a name */
  KeyRule keys[20];
} SectionRule;

static const SectionRule rules[] = {
  { "model",
    SECTION_NEEDED,
    NULL,
    { { "format", KEY_NEEDED },
      { "id", KEY_NEEDED },
      { "version", KEY_NEEDED },
      { "drug", KEY_NEEDED | KEY_TEXT },
      { "title", KEY_NEEDED | KEY_TEXT },
      { "reference", KEY_NEEDED },
      { "doi", 0 },
      { "status", KEY_NEEDED },
      { "status_text", KEY_NEEDED | KEY_TEXT },
      { "population", KEY_NEEDED | KEY_TEXT },
      { "limits", KEY_NEEDED | KEY_TEXT },
      { "teaching", 0 },
      { "molar_mass", 0 },
      { "amount", 0 },
      { "drug_file", 0 },
      { "dosings", 0 },
      { "salts", 0 },
      { "targets", 0 } } },
  { "drug",
    SECTION_NEEDED | SECTION_DRUG,
    NULL,
    { { "format", KEY_NEEDED },
      { "id", KEY_NEEDED },
      { "version", KEY_NEEDED },
      { "name", KEY_NEEDED | KEY_TEXT },
      { "molar_mass", 0 },
      { "sampling", KEY_NEEDED | KEY_TEXT },
      { "above_penalty", 0 },
      { "source", KEY_NEEDED | KEY_TEXT } } },
  { "loinc",
    SECTION_NAMED | SECTION_DRUG,
    "20578-1",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "quantity", KEY_NEEDED },
      { "source", KEY_NEEDED | KEY_TEXT } } },
  { "people",
    0,
    NULL,
    { { "n", 0 },
      { "levels", 0 },
      { "age", 0 },
      { "weight", 0 },
      { "renal", 0 },
      { "bmi", 0 },
      { "groups", 0 },
      { "setting", KEY_NEEDED | KEY_TEXT } } },
  { "covariate",
    SECTION_NAMED,
    "WT",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "unit", 0 },
      { "studied", 0 },
      { "allowed", 0 },
      { "default", 0 },
      { "carry", 0 },
      { "categories", 0 },
      { "formulation", 0 },
      { "formula", 0 },
      { "imputation", 0 },
      { "guard", 0 } } },
  { "subpopulations", SECTION_FREE, NULL, { { NULL } } },
  { "terms", SECTION_FREE, NULL, { { NULL } } },
  { "parameters", SECTION_NEEDED | SECTION_FREE, NULL, { { NULL } } },
  { "units", SECTION_NEEDED | SECTION_FREE, NULL, { { NULL } } },
  { "effects", SECTION_NEEDED | SECTION_FREE, NULL, { { NULL } } },
  { "occasion_effects", SECTION_FREE, NULL, { { NULL } } },
  { "occasions", 0, NULL, { { "start", KEY_NEEDED } } },
  { "structure",
    SECTION_NEEDED,
    NULL,
    { { "kind", KEY_NEEDED },
      { "compartments", 0 },
      { "chain", 0 },
      { "CL", 0 },
      { "V1", 0 },
      { "Q2", 0 },
      { "V2", 0 },
      { "Q3", 0 },
      { "V3", 0 },
      { "KA", 0 } } },
  { "ode_terms", SECTION_FREE, NULL, { { NULL } } },
  { "ode", SECTION_FREE, NULL, { { NULL } } },
  { "ode_initial", SECTION_FREE, NULL, { { NULL } } },
  { "output",
    SECTION_NEEDED | SECTION_NAMED,
    "C",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "unit", KEY_NEEDED },
      { "error", KEY_NEEDED },
      { "additive", 0 },
      { "proportional", 0 },
      { "log_sd", 0 },
      { "coefficient", 0 },
      { "power", 0 },
      { "assay", 0 },
      { "censoring", 0 },
      { "expression", 0 },
      { "expression_unit", 0 },
      { "molar_mass", 0 },
      { "cmt", 0 } } },
  { "route",
    SECTION_NEEDED | SECTION_NAMED,
    "iv",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "into", KEY_NEEDED },
      { "infusion", 0 },
      { "bioavailability", 0 },
      { "lag", 0 },
      { "duration", 0 },
      { "rate", 0 },
      { "formulation", 0 },
      { "cmt", 0 } } },
  { "salt",
    SECTION_NAMED | SECTION_SHARED,
    "sodium",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "factor", KEY_NEEDED },
      { "routes", 0 },
      { "source", KEY_NEEDED | KEY_TEXT } } },
  { "dosing",
    SECTION_NAMED | SECTION_SHARED,
    "iv",
    { { "route", 0 },
      { "when", 0 },
      { "amounts", KEY_NEEDED },
      { "intervals", KEY_NEEDED },
      { "durations", 0 },
      { "max_rate", 0 },
      { "max_single", 0 },
      { "max_daily", 0 },
      { "loading", 0 },
      { "max_loading", 0 },
      { "max_concentration", 0 },
      { "max_volume", 0 },
      { "source", KEY_NEEDED | KEY_TEXT } } },
  { "target",
    SECTION_NAMED | SECTION_SHARED,
    "trough",
    { { "title", KEY_NEEDED | KEY_TEXT },
      { "output", 0 },
      { "metric", KEY_NEEDED },
      { "low", 0 },
      { "high", 0 },
      { "alarm_low", 0 },
      { "alarm_high", 0 },
      { "unit", KEY_NEEDED },
      { "at", 0 },
      { "from", 0 },
      { "to", 0 },
      { "threshold", 0 },
      { "mic", 0 },
      { "multiple", 0 },
      { "free_fraction", 0 },
      { "source", KEY_NEEDED | KEY_TEXT } } },
  { "check",
    SECTION_NEEDED | SECTION_NAMED,
    "typical patient",
    { { "covariates", 0 },
      { "subpopulation", 0 },
      { "doses", 0 },
      { "values", 0 },
      { "output", 0 },
      { "levels", 0 },
      { "areas", 0 },
      { "steady_state", 0 },
      { "observed", 0 },
      { "eta", 0 },
      { "objective", 0 },
      { "tolerance", 0 },
      { "source", KEY_NEEDED } } },
};

/* Whether the section may stand in files of this kind. */
static gboolean
is_of (const SectionRule *rule, TdmSchemaKind kind)
{
  return (rule->flags & SECTION_SHARED)
         || !(rule->flags & SECTION_DRUG) == (kind == TDM_SCHEMA_MODEL);
}

static const SectionRule *
find_rule (TdmSchemaKind kind, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (is_of (&rules[i], kind) && strcmp (rules[i].kind, name) == 0)
      return &rules[i];
  return NULL;
}

static const KeyRule *
find_key (const SectionRule *rule, const char *key)
{
  for (const KeyRule *k = rule->keys; k->key != NULL; k++)
    if (strcmp (k->key, key) == 0)
      return k;
  return NULL;
}

static gboolean
fail_unknown_section (TdmSchemaKind kind, const TdmKeySection *section, GError **error)
{
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (is_of (&rules[i], kind))
      g_string_append_printf (kinds, kinds->len > 0 ? ", %s" : "%s", rules[i].kind);
  return tdm_place_set_error (error, &section->place,
                              "unknown section “[%s]”; expected one of %s",
                              section->group, kinds->str);
}

static gboolean
fail_unknown_key (const SectionRule *rule, const TdmKeyEntry *entry, GError **error)
{
  g_autoptr (GString) keys = g_string_new (NULL);

  for (const KeyRule *k = rule->keys; k->key != NULL; k++)
    g_string_append_printf (keys, keys->len > 0 ? ", %s" : "%s", k->key);
  return tdm_place_set_error (error, &entry->key_place,
                              "unknown key “%s” in “[%s]”; expected one of %s",
                              entry->key, rule->kind, keys->str);
}

static gboolean
check_entry (const SectionRule *rule, const TdmKeySection *section,
             const TdmKeyEntry *entry, GError **error)
{
  const KeyRule *key = find_key (rule, entry->key);

  if (key == NULL && !(rule->flags & SECTION_FREE))
    return fail_unknown_key (rule, entry, error);
  if (entry->locale == NULL)
    return TRUE;
  if (key == NULL || !(key->flags & KEY_TEXT))
    return tdm_place_set_error (
        error, &entry->key_place,
        "“%s” is the same in every language; expected no “[%s]”", entry->key,
        entry->locale);
  if (tdm_key_section_find (section, entry->key) == NULL)
    return tdm_place_set_error (error, &entry->key_place,
                                "expected “%s” without a language as well", entry->key);
  return TRUE;
}

static gboolean
check_section (TdmSchemaKind kind, const TdmKeySection *section, GError **error)
{
  const SectionRule *rule = find_rule (kind, section->kind);

  if (rule == NULL)
    return fail_unknown_section (kind, section, error);
  if ((rule->flags & SECTION_NAMED) && section->name == NULL)
    return tdm_place_set_error (error, &section->place,
                                "expected a name, as in “[%s %s]”", rule->kind,
                                rule->example);
  if (!(rule->flags & SECTION_NAMED) && section->name != NULL)
    return tdm_place_set_error (error, &section->name_place,
                                "expected “[%s]” without a name", rule->kind);
  for (guint i = 0; i < section->entries->len; i++)
    if (!check_entry (rule, section, g_ptr_array_index (section->entries, i), error))
      return FALSE;
  for (const KeyRule *k = rule->keys; k->key != NULL; k++)
    if ((k->flags & KEY_NEEDED) && tdm_key_section_find (section, k->key) == NULL)
      return tdm_place_set_error (error, &section->place,
                                  "expected the key “%s” in “[%s]”", k->key,
                                  section->group);
  return TRUE;
}

static gboolean
has_section (const TdmKeyFile *file, const char *kind)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    if (strcmp (tdm_key_file_get_section (file, i)->kind, kind) == 0)
      return TRUE;
  return FALSE;
}

gboolean
tdm_schema_check (const TdmKeyFile *file, TdmSchemaKind kind, GError **error)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    if (!check_section (kind, tdm_key_file_get_section (file, i), error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if ((rules[i].flags & SECTION_NEEDED) && is_of (&rules[i], kind)
        && !has_section (file, rules[i].kind))
      {
        guint last = tdm_key_file_get_n_sections (file) - 1;
        return tdm_place_set_error (error,
                                    &tdm_key_file_get_section (file, last)->place,
                                    (rules[i].flags & SECTION_NAMED)
                                        ? "expected a section “[%s …]” in the file"
                                        : "expected the section “[%s]” in the file",
                                    rules[i].kind);
      }
  return TRUE;
}
