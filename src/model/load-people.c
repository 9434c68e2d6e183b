/* [people]: whom a model was built from, as numbers. */
#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"

/* Words that a case may have a covariate for (1 = yes), or that age and size tell. */
static const char *const group_names[] = {
  "newborn", "obese", "icu", "haematology", "dialysis", "transplant", "lung",
};

const char *
tdm_group_name (TdmGroup group)
{
  return group_names[g_bit_nth_lsf (group, -1)];
}

static gboolean
read_count (const TdmKeySection *section, const char *key, guint *out, GError **error)
{
  return tdm_load_count (section, key, 0, 10000000, out, error);
}

/* ["from" LOW | LOW "to" HIGH] ["median" MEDIAN] UNIT */
static gboolean
read_range (const TdmKeySection *section, const char *key, const char *unit,
            TdmModelRange *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  double factor;

  *out = (TdmModelRange){ NAN, NAN, NAN };
  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  gboolean open = tdm_scan_word (&scan, "from");
  gboolean only = !open && tdm_scan_word (&scan, "median");
  if (!tdm_scan_number (&scan, only ? &out->median : &out->low, NULL, error))
    return FALSE;
  if (!only && !open
      && (!tdm_scan_expect_word (&scan, "to", error)
          || !tdm_scan_number (&scan, &out->high, NULL, error)))
    return FALSE;
  if (!only && tdm_scan_word (&scan, "median")
      && !tdm_scan_number (&scan, &out->median, NULL, error))
    return FALSE;
  if (!tdm_scan_unit (&scan, unit, 0.0, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  out->low *= factor;
  out->high *= factor;
  out->median *= factor;
  if (out->low < 0.0 || out->high <= out->low || out->median <= 0.0
      || out->median < out->low || out->median > out->high)
    return tdm_scan_refuse (entry, error,
                            "expected LOW to HIGH with the median between them");
  return TRUE;
}

/* WORD {"," WORD} */
static gboolean
read_groups (const TdmKeySection *section, TdmModelPeople *people, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "groups");

  if (entry == NULL)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (entry->value, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint k = 0;
      g_strstrip (words[i]);
      while (k < G_N_ELEMENTS (group_names) && strcmp (group_names[k], words[i]) != 0)
        k++;
      if (k == G_N_ELEMENTS (group_names))
        return tdm_scan_refuse (entry, error,
                                "expected newborn, obese, icu, haematology, dialysis, "
                                "transplant or lung");
      people->groups |= 1u << k;
    }
  return TRUE;
}

gboolean
tdm_load_people (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "people", NULL);
  TdmModelPeople *people = &self->people;
  const TdmModelRange unknown = { NAN, NAN, NAN };

  people->age = people->weight = people->renal = people->bmi = unknown;
  if (section == NULL)
    return TRUE;
  people->setting = tdm_key_file_dup_text (file, section, "setting");
  return read_count (section, "n", &people->n, error)
         && read_count (section, "levels", &people->n_levels, error)
         && read_range (section, "age", "y", &people->age, error)
         && read_range (section, "weight", "kg", &people->weight, error)
         && read_range (section, "renal", "mL/min", &people->renal, error)
         && read_range (section, "bmi", "kg/m2", &people->bmi, error)
         && read_groups (section, people, error);
}
