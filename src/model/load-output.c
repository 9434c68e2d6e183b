#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

/* Which error model needs which keys. */
typedef struct
{
  const char *name;
  TdmResidualKind kind;
  gboolean additive, proportional, log_sd;
} ErrorRule;

static const ErrorRule error_rules[] = {
  { "additive", TDM_RESIDUAL_ADDITIVE, TRUE, FALSE, FALSE },
  { "proportional", TDM_RESIDUAL_PROPORTIONAL, FALSE, TRUE, FALSE },
  { "combined", TDM_RESIDUAL_COMBINED, TRUE, TRUE, FALSE },
  { "log", TDM_RESIDUAL_LOG, FALSE, FALSE, TRUE },
};

/* NUMBER UNIT, with NUMBER above 0; the value in `unit`. No unit is read when it is
 * NULL. */
static gboolean
read_sd (const TdmModel *self, const TdmKeyEntry *entry, const char *unit, double *out,
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
  if (unit != NULL
      && !tdm_scan_unit (&scan, unit, self->molar_mass, &factor, NULL, error))
    return FALSE;
  *out *= factor;
  return tdm_scan_expect_end (&scan, error);
}

/* The value of `key` when the error model has it, a refusal when it has not. */
static gboolean
read_part (const TdmModel *self, const TdmKeySection *section, const char *key,
           gboolean wanted, const char *unit, double *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  const char *kind = tdm_key_section_find (section, "error")->value;

  if (entry == NULL)
    return !wanted
           || tdm_place_set_error (error, &section->place,
                                   "expected the key “%s” with “error = %s”", key,
                                   kind);
  if (!wanted)
    return tdm_place_set_error (error, &entry->key_place,
                                "expected no key “%s” with “error = %s”", key, kind);
  return read_sd (self, entry, unit, out, error);
}

static gboolean
read_error (const TdmModel *self, const TdmKeySection *section, TdmModelOutput *output,
            GError **error)
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
                                 "expected additive, proportional, combined or log");
    }
  output->error = rule->kind;
  return read_part (self, section, "additive", rule->additive, output->unit,
                    &output->additive, error)
         && read_part (self, section, "proportional", rule->proportional, "1",
                       &output->proportional, error)
         && read_part (self, section, "log_sd", rule->log_sd, NULL, &output->additive,
                       error);
}

static gboolean
read_output (const TdmModel *self, const TdmKeySection *section, TdmModelOutput *output,
             GError **error)
{
  const TdmKeyEntry *unit = tdm_key_section_find (section, "unit");
  TdmScan scan = tdm_scan_new (unit);
  double factor;

  if (!tdm_scan_unit (&scan, "mg/L", self->molar_mass, &factor, &output->unit, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  output->per_mg_l = 1.0 / factor;
  if (!tdm_load_count (section, "cmt", 0, TDM_MODEL_MAX_CMT, &output->cmt, error))
    return FALSE;
  return read_error (self, section, output, error);
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
