#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

/* A [covariate …] section on its way in. */
typedef struct
{
  const TdmKeySection *section;
  TdmModelCovariate *covariate;
} Item;

/* NUMBER "to" NUMBER */
static gboolean
read_range (const TdmKeyEntry *entry, double *low, double *high, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);

  if (!tdm_scan_number (&scan, low, NULL, error)
      || !tdm_scan_expect_word (&scan, "to", error)
      || !tdm_scan_number (&scan, high, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  return *low < *high
         || tdm_scan_refuse (entry, error, "expected LOW to HIGH with LOW below HIGH");
}

/* A range that has no key of its own is that of the other one. */
static gboolean
read_ranges (const Item *item, GError **error)
{
  const TdmKeyEntry *allowed = tdm_key_section_find (item->section, "allowed");
  const TdmKeyEntry *studied = tdm_key_section_find (item->section, "studied");
  TdmModelCovariate *c = item->covariate;

  if (allowed == NULL)
    return tdm_place_set_error (error, &item->section->place,
                                "expected the key “allowed” (LOW to HIGH) in “[%s]”",
                                item->section->group);
  if (!read_range (allowed, &c->limit_low, &c->limit_high, error))
    return FALSE;
  c->studied_low = c->limit_low;
  c->studied_high = c->limit_high;
  if (studied == NULL)
    return TRUE;
  if (!read_range (studied, &c->studied_low, &c->studied_high, error))
    return FALSE;
  return (c->studied_low >= c->limit_low && c->studied_high <= c->limit_high)
         || tdm_scan_refuse (studied, error, "expected a range within the allowed one");
}

/* TEXT "," TEXT {"," TEXT} */
static gboolean
read_categories (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "categories");
  TdmModelCovariate *c = item->covariate;

  c->categories = g_strsplit (entry->value, ",", -1);
  guint n = g_strv_length (c->categories);
  if (n < 2)
    return tdm_scan_refuse (entry, error,
                            "expected two categories or more, with commas between");
  for (guint i = 0; i < n; i++)
    {
      g_strstrip (c->categories[i]);
      if (c->categories[i][0] == '\0')
        return tdm_scan_refuse (entry, error, "expected a text between the commas");
      if (tdm_model_find_category (c, c->categories[i]) != (int)i)
        return tdm_scan_refuse (entry, error, "expected every category once");
    }
  const char *const numeric[] = { "unit", "studied", "allowed" };
  for (guint i = 0; i < G_N_ELEMENTS (numeric); i++)
    {
      const TdmKeyEntry *extra = tdm_key_section_find (item->section, numeric[i]);
      if (extra != NULL)
        return tdm_scan_refuse (extra, error,
                                "expected only with numbers, not with categories");
    }
  if (strcmp (c->name, "sex") == 0
      && (n != 2 || tdm_model_find_category (c, "male") != 0
          || tdm_model_find_category (c, "female") != 1))
    return tdm_scan_refuse (entry, error,
                            "expected “male, female”: functions count on the order");
  c->studied_low = c->limit_low = 0.0;
  c->studied_high = c->limit_high = n - 1;
  return TRUE;
}

static gboolean
read_unit (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "unit");
  g_autoptr (GError) local = NULL;
  TdmUnit unit;

  if (entry == NULL)
    return tdm_place_set_error (error, &item->section->place,
                                "expected “unit” (1 = none) or “categories” in “[%s]”",
                                item->section->group);
  if (!tdm_unit_parse (entry->value, &unit, &local))
    return tdm_scan_refuse (entry, error, local->message);
  if (strcmp (entry->value, "1") != 0)
    item->covariate->unit = g_strdup (entry->value);
  return TRUE;
}

static gboolean
read_carry (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "carry");
  const char *const names[] = { "forward", "backward", "linear" };

  if (entry == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (entry->value, names[i]) == 0)
      {
        item->covariate->carry = (TdmCarry)i;
        if (i == TDM_CARRY_LINEAR && item->covariate->categories != NULL)
          break;
        return TRUE;
      }
  return tdm_scan_refuse (entry, error,
                          "expected forward, backward or (numbers only) linear");
}

static gboolean
read_default (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "default");
  TdmModelCovariate *c = item->covariate;

  if (entry == NULL)
    return TRUE;
  c->has_default = TRUE;
  if (c->categories != NULL)
    {
      int category = tdm_model_find_category (c, entry->value);
      c->default_value = category;
      return category >= 0
             || tdm_scan_refuse (entry, error, "expected one of the categories");
    }
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &c->default_value, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  return (c->default_value >= c->studied_low && c->default_value <= c->studied_high)
         || tdm_scan_refuse (entry, error, "expected a value within the studied range");
}

static gboolean
check_units (const TdmModel *self, guint n, const TdmUnitRule *result,
             TdmProgramBuilder *builder, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      TdmUnitRule rule = tdm_model_covariate_rule (self, i);
      tdm_program_builder_set_unit (builder, &rule);
    }
  tdm_program_builder_set_unit (builder, result);
  return tdm_program_builder_check_units (builder, error);
}

/* `result`: its name, and the unit it must have. */
static TdmProgram *
load_program (const TdmModel *self, guint n, const TdmUnitRule *result,
              const TdmKeyEntry *entry, GError **error)
{
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  const char *const outputs[] = { result->name, NULL };

  for (guint i = 0; i < n; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (self, i);
      TdmVariable variable = { TDM_VARIABLE_CONSTANT, c->name,
                               (const char *const *)c->categories };
      if (!tdm_program_builder_add_variable (builder, &variable, &entry->place, error))
        return NULL;
    }
  if (!tdm_program_builder_add_assignment (builder, result->name, entry->value,
                                           &entry->place, error))
    return NULL;
  g_autoptr (TdmProgram) program = tdm_program_builder_finish (builder, outputs, error);
  if (program == NULL || !check_units (self, n, result, builder, error))
    return NULL;
  return g_steal_pointer (&program);
}

TdmProgram *
tdm_load_program (const TdmModel *self, guint n, const char *name,
                  const TdmKeyEntry *entry, GError **error)
{
  const TdmUnitRule result = { .name = name, .empirical = TRUE };
  return load_program (self, n, &result, entry, error);
}

/* The formula, or that of a guess; NULL when there is neither. */
static gboolean
find_formula (const Item *item, const TdmKeyEntry **out, GError **error)
{
  const TdmKeyEntry *guess = tdm_key_section_find (item->section, "imputation");

  *out = tdm_key_section_find (item->section, "formula");
  if (guess == NULL)
    return TRUE;
  if (*out != NULL)
    return tdm_scan_refuse (guess, error,
                            "expected a formula or an imputation, not both");
  if (item->covariate->categories != NULL)
    return tdm_scan_refuse (guess, error,
                            "expected only with numbers, not with categories");
  *out = guess;
  item->covariate->imputed = TRUE;
  return TRUE;
}

/* A formula sees the covariates above it, so that none can depend on itself. */
static gboolean
read_formula (TdmModel *self, const Item *item, GError **error)
{
  const TdmKeyEntry *entry;
  TdmModelCovariate *c = item->covariate;
  TdmProgram *program = NULL;

  if (!find_formula (item, &entry, error))
    return FALSE;
  if (entry != NULL)
    {
      if (c->has_default)
        return tdm_scan_refuse (tdm_key_section_find (item->section, "default"), error,
                                "expected a formula or a default, not both");
      TdmUnitRule result = tdm_model_rule_of_covariate (c);
      program = load_program (self, self->covariates->len, &result, entry, error);
      if (program == NULL)
        return FALSE;
      c->derived = TRUE;
    }
  g_ptr_array_add (self->formulas, program);
  return TRUE;
}

static gboolean
has_formulations (const TdmModel *self)
{
  for (guint i = 0; i < self->covariates->len; i++)
    if (tdm_model_get_covariate (self, i)->formulation)
      return TRUE;
  return FALSE;
}

/* A dose's formulation holds from the dose on. */
static gboolean
read_formulation (const TdmModel *self, const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "formulation");

  if (entry == NULL || strcmp (entry->value, "no") == 0)
    return TRUE;
  if (strcmp (entry->value, "yes") != 0)
    return tdm_scan_refuse (entry, error, "expected yes or no");
  if (item->covariate->categories == NULL || item->covariate->carry != TDM_CARRY_FORWARD
      || has_formulations (self))
    return tdm_scan_refuse (entry, error,
                            "expected for one covariate only, one with categories that "
                            "is carried forward");
  item->covariate->formulation = TRUE;
  return TRUE;
}

/* Lets the language say whether the name is one. Case files write names in either
 * case. */
static gboolean
check_name (const TdmModel *self, const Item *item, GError **error)
{
  for (guint i = 0; i < self->covariates->len; i++)
    if (g_ascii_strcasecmp (tdm_model_get_covariate (self, i)->name,
                            item->covariate->name)
        == 0)
      return tdm_place_set_error (error, &item->section->name_place,
                                  "expected a name that differs from “%s” by more "
                                  "than capitals",
                                  tdm_model_get_covariate (self, i)->name);
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  TdmVariable variable = { TDM_VARIABLE_CONSTANT, item->covariate->name, NULL };

  return tdm_program_builder_add_variable (builder, &variable,
                                           &item->section->name_place, error);
}

static gboolean
read_covariate (TdmModel *self, const TdmKeyFile *file, const Item *item,
                GError **error)
{
  TdmModelCovariate *c = item->covariate;
  gboolean categorical = tdm_key_section_find (item->section, "categories") != NULL;

  c->name = g_strdup (item->section->name);
  c->title = tdm_key_file_dup_text (file, item->section, "title");
  return check_name (self, item, error)
         && (categorical ? read_categories (item, error)
                         : read_unit (item, error) && read_ranges (item, error))
         && read_carry (item, error) && read_formulation (self, item, error)
         && read_default (item, error) && read_formula (self, item, error);
}

gboolean
tdm_load_covariates (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      Item item = { tdm_key_file_get_section (file, i), NULL };
      if (strcmp (item.section->kind, "covariate") != 0)
        continue;
      item.covariate = g_new0 (TdmModelCovariate, 1);
      gboolean read = read_covariate (self, file, &item, error);
      g_ptr_array_add (self->covariates, item.covariate);
      if (!read)
        return FALSE;
    }
  return TRUE;
}
