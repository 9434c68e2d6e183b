#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

/* Keys of an error model. */
typedef enum
{
  PART_ADDITIVE = 1 << 0,
  PART_PROPORTIONAL = 1 << 1,
  PART_LOG_SD = 1 << 2,
  PART_COEFFICIENT = 1 << 3,
  PART_POWER = 1 << 4,
  PART_ASSAY = 1 << 5,
} Part;

/* Which error model needs which keys, and which it may have. */
typedef struct
{
  const char *name;
  TdmResidualKind kind;
  guint needed, allowed;
} ErrorRule;

/* A measurement that says less is none. */
#define MAX_FRACTION 2.0
#define MAX_LOG_SD 3.0

static const ErrorRule error_rules[] = {
  { "additive", TDM_RESIDUAL_ADDITIVE, PART_ADDITIVE, 0 },
  { "proportional", TDM_RESIDUAL_PROPORTIONAL, PART_PROPORTIONAL, 0 },
  { "combined", TDM_RESIDUAL_COMBINED, PART_ADDITIVE | PART_PROPORTIONAL, 0 },
  { "combined_sd", TDM_RESIDUAL_COMBINED_SD, PART_ADDITIVE | PART_PROPORTIONAL,
    PART_POWER },
  { "power", TDM_RESIDUAL_POWER, PART_COEFFICIENT | PART_POWER, PART_ADDITIVE },
  { "log", TDM_RESIDUAL_LOG, PART_LOG_SD, 0 },
  { "exponential", TDM_RESIDUAL_LOG, PART_LOG_SD, 0 },
  { "log_additive", TDM_RESIDUAL_LOG_ADDITIVE, PART_ADDITIVE | PART_LOG_SD, 0 },
  { "assay", TDM_RESIDUAL_ASSAY, PART_ASSAY, 0 },
};

/* NUMBER UNIT, with NUMBER above 0; the value in `unit`. No unit is read when it is
 * NULL. */
static gboolean
read_sd (double molar_mass, const TdmKeyEntry *entry, const char *unit, double *out,
         GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  double factor = 1.0;

  if (!tdm_scan_number (&scan, out, NULL, error))
    return FALSE;
  if (!(*out > 0.0))
    {
      scan = tdm_scan_new (entry);
      return tdm_scan_set_error (&scan, error, "expected more than 0");
    }
  if (unit != NULL && !tdm_scan_unit (&scan, unit, molar_mass, &factor, NULL, error))
    return FALSE;
  *out *= factor;
  return tdm_scan_expect_end (&scan, error);
}

/* One to four numbers with commas between, the first above 0. */
static gboolean
read_assay (const TdmKeyEntry *entry, double out[4], GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  guint n = 0;

  do
    if (!tdm_scan_number (&scan, &out[n++], NULL, error))
      return FALSE;
  while (n < 4 && tdm_scan_char (&scan, ','));
  if (!tdm_scan_expect_end (&scan, error))
    return FALSE;
  scan = tdm_scan_new (entry);
  return out[0] > 0.0
         || tdm_scan_set_error (&scan, error, "expected more than 0 at the start");
}

/* Percent taken for a fraction, or the other way. */
static gboolean
check_most (const TdmKeyEntry *entry, double value, double most, const char *text,
            GError **error)
{
  g_autofree char *message =
      g_strdup_printf ("expected at most %s; is it in percent already?", text);
  return value <= most || tdm_scan_refuse (entry, error, message);
}

static gboolean
read_part (const TdmKeyEntry *entry, Part part, TdmModelOutput *output, GError **error)
{
  const double molar_mass = output->molar_mass;

  switch (part)
    {
    case PART_ADDITIVE:
      return read_sd (molar_mass, entry, output->unit, &output->additive, error);
    case PART_PROPORTIONAL:
      return read_sd (molar_mass, entry, "1", &output->proportional, error)
             && check_most (entry, output->proportional, MAX_FRACTION, "200 %", error);
    case PART_LOG_SD:
      {
        double *sd = output->error == TDM_RESIDUAL_LOG ? &output->additive
                                                       : &output->proportional;
        return read_sd (molar_mass, entry, NULL, sd, error)
               && check_most (entry, *sd, MAX_LOG_SD, "3", error);
      }
    case PART_COEFFICIENT:
      return read_sd (molar_mass, entry, NULL, &output->proportional, error);
    case PART_POWER:
      return read_sd (molar_mass, entry, NULL, &output->power, error);
    case PART_ASSAY:
      return read_assay (entry, output->assay, error);
    }
  g_assert_not_reached ();
}

/* Reads the keys that the error model has, refuses those it has not. */
static gboolean
read_parts (const TdmKeySection *section, const ErrorRule *rule, TdmModelOutput *output,
            GError **error)
{
  static const char *const keys[] = { "additive",    "proportional", "log_sd",
                                      "coefficient", "power",        "assay" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const TdmKeyEntry *entry = tdm_key_section_find (section, keys[i]);
      const guint part = 1u << i;
      if (entry == NULL && (rule->needed & part))
        return tdm_place_set_error (error, &section->place,
                                    "expected the key “%s” with “error = %s”", keys[i],
                                    rule->name);
      if (entry != NULL && !((rule->needed | rule->allowed) & part))
        return tdm_place_set_error (error, &entry->key_place,
                                    "expected no key “%s” with “error = %s”", keys[i],
                                    rule->name);
      if (entry != NULL && !read_part (entry, part, output, error))
        return FALSE;
    }
  return TRUE;
}

/* "m3" | "m4" */
static gboolean
read_censoring (const TdmKeySection *section, TdmModelOutput *output, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "censoring");

  if (entry == NULL || strcmp (entry->value, "m3") == 0)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  if (strcmp (entry->value, "m4") != 0)
    return tdm_scan_set_error (&scan, error, "expected m3 or m4");
  if (output->error == TDM_RESIDUAL_LOG || output->error == TDM_RESIDUAL_LOG_ADDITIVE)
    return tdm_scan_set_error (&scan, error,
                               "expected m3, as logarithms are of positive numbers "
                               "anyway");
  output->positive = TRUE;
  return TRUE;
}

static gboolean
read_error (const TdmKeySection *section, TdmModelOutput *output, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "error");
  const ErrorRule *rule = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (error_rules); i++)
    if (strcmp (error_rules[i].name, entry->value) == 0)
      rule = &error_rules[i];
  if (rule == NULL)
    {
      TdmScan scan = tdm_scan_new (entry);
      return tdm_scan_set_error (&scan, error,
                                 "expected additive, proportional, combined, "
                                 "combined_sd, power, log, log_additive or assay");
    }
  output->error = rule->kind;
  return read_parts (section, rule, output, error)
         && read_censoring (section, output, error);
}

/* "382000 g/mol": of what is measured, where that is not the drug. */
static gboolean
read_molar_mass (const TdmKeySection *section, TdmModelOutput *output, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "molar_mass");
  double factor;

  if (entry == NULL)
    return TRUE;
  if (!output->effect)
    return tdm_scan_refuse (entry, error,
                            "expected only for what is not the drug itself");
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &output->molar_mass, NULL, error)
      || !tdm_scan_unit (&scan, "g/mol", 0.0, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  output->molar_mass *= factor;
  return output->molar_mass > 0.0
         || tdm_scan_refuse (entry, error, "expected more than 0");
}

/* The unit an effect's expression computes in: `expression_unit`, or that of the
 * output.
 */
static gboolean
read_effect_unit (const TdmKeySection *section, TdmModelOutput *output, GError **error)
{
  const TdmKeyEntry *unit = tdm_key_section_find (section, "unit");
  const TdmKeyEntry *own = tdm_key_section_find (section, "expression_unit");
  TdmScan scan = tdm_scan_new (unit);
  double factor;

  output->effect = TRUE;
  if (!read_molar_mass (section, output, error)
      || !tdm_scan_unit (&scan, own != NULL ? own->value : unit->value,
                         output->molar_mass, &factor, &output->unit, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  output->per_mg_l = 1.0 / factor;
  return TRUE;
}

/* A concentration of the drug, unless the unit is of something else or the expression
 * says that it computes in a unit of its own. A molar unit without a molar mass is a
 * mistake. */
static gboolean
read_unit (const TdmModel *self, const TdmKeySection *section, TdmModelOutput *output,
           GError **error)
{
  const TdmKeyEntry *unit = tdm_key_section_find (section, "unit");
  g_autofree char *concentration = tdm_load_amount_unit (self, "/L");
  TdmScan scan = tdm_scan_new (unit);
  double factor;

  if (tdm_key_section_find (section, "expression_unit") != NULL
      || (tdm_key_section_find (section, "expression") != NULL
          && tdm_unit_is_same_kind (unit->value, unit->value, 0.0)
          && !tdm_unit_is_same_kind (unit->value, concentration, 1.0)))
    return read_effect_unit (section, output, error);
  output->molar_mass = self->molar_mass;
  if (!tdm_scan_unit (&scan, concentration, self->molar_mass, &factor, &output->unit,
                      error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  output->per_mg_l = 1.0 / factor;
  return read_molar_mass (section, output, error);
}

static gboolean
read_output (const TdmModel *self, const TdmKeySection *section, TdmModelOutput *output,
             GError **error)
{
  return read_unit (self, section, output, error)
         && tdm_load_count (section, "cmt", 0, TDM_MODEL_MAX_CMT, &output->cmt, error)
         && read_error (section, output, error);
}

gboolean
tdm_load_outputs (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (file, i);
      if (strcmp (section->kind, "output") != 0)
        continue;
      TdmModelOutput *output = g_new0 (TdmModelOutput, 1);
      g_ptr_array_add (self->outputs, output);
      output->name = g_strdup (section->name);
      output->title = tdm_key_file_dup_text (file, section, "title");
      if (!read_output (self, section, output, error))
        return FALSE;
    }
  return TRUE;
}
