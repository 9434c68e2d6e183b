#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"

/* Most amounts, intervals or durations of one route. */
#define MAX_CHOICES 1000

/* NUMBER ["to" NUMBER "step" NUMBER]: appends what it says to `out`. */
static gboolean
read_choices (TdmScan *scan, GArray *out, GError **error)
{
  TdmScan start = *scan;
  double low, high, step;

  if (!tdm_scan_number (scan, &low, NULL, error))
    return FALSE;
  if (!tdm_scan_word (scan, "to"))
    {
      g_array_append_val (out, low);
      return TRUE;
    }
  if (!tdm_scan_number (scan, &high, NULL, error)
      || !tdm_scan_expect_word (scan, "step", error)
      || !tdm_scan_number (scan, &step, NULL, error))
    return FALSE;
  double steps = (high - low) / step;
  if (!(step > 0.0) || !(high > low) || steps > MAX_CHOICES
      || fabs (steps - round (steps)) > 1e-6)
    return tdm_scan_set_error (
        &start, error,
        "expected LOW to HIGH step STEP that ends at HIGH, at most %d steps",
        MAX_CHOICES);
  for (guint i = 0; i <= (guint)round (steps); i++)
    {
      double value = low + i * step;
      g_array_append_val (out, value);
    }
  return TRUE;
}

/* CHOICES {"," CHOICES} UNIT: ascending and above 0, in `unit`. */
static gboolean
read_list (const TdmKeyEntry *entry, const char *unit, double molar_mass, double **out,
           guint *n, char **text, GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  TdmScan scan = tdm_scan_new (entry);
  double factor, last = 0.0;

  do
    if (!read_choices (&scan, values, error))
      return FALSE;
  while (tdm_scan_char (&scan, ','));
  if (!tdm_scan_unit (&scan, unit, molar_mass, &factor, text, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  for (guint i = 0; i < values->len; i++)
    {
      double *value = &g_array_index (values, double, i);
      if (!(*value > last))
        return tdm_scan_refuse (entry, error, "expected values above 0 that ascend");
      last = *value;
      *value *= factor;
    }
  if (values->len > MAX_CHOICES)
    return tdm_scan_refuse (entry, error, "expected fewer values");
  *n = values->len;
  *out = (double *)g_array_free (g_steal_pointer (&values), FALSE);
  return TRUE;
}

/* NUMBER UNIT above 0, in `unit`; `out` stays as it is when the key is absent. */
static gboolean
read_quantity (const TdmModel *self, const TdmKeySection *section, const char *key,
               const char *unit, double *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  double factor;

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, out, NULL, error)
      || !tdm_scan_unit (&scan, unit, self->molar_mass, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  *out *= factor;
  return *out > 0.0 || tdm_scan_refuse (entry, error, "expected more than 0");
}

/* NUMBER "to" NUMBER "mg/kg" */
static gboolean
read_loading (const TdmModel *self, const TdmKeySection *section,
              TdmModelDosing *dosing, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "loading");
  const TdmKeyEntry *max = tdm_key_section_find (section, "max_loading");
  g_autofree char *by_weight = tdm_load_amount_unit (self, "/kg");
  double factor;

  if (entry == NULL)
    return max == NULL || tdm_scan_refuse (max, error, "expected “loading” as well");
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &dosing->loading_low_mg_kg, NULL, error)
      || !tdm_scan_expect_word (&scan, "to", error)
      || !tdm_scan_number (&scan, &dosing->loading_high_mg_kg, NULL, error)
      || !tdm_scan_unit (&scan, by_weight, self->molar_mass, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  dosing->loading_low_mg_kg *= factor;
  dosing->loading_high_mg_kg *= factor;
  if (!(dosing->loading_low_mg_kg > 0.0)
      || !(dosing->loading_low_mg_kg <= dosing->loading_high_mg_kg))
    return tdm_scan_refuse (entry, error, "expected LOW to HIGH with LOW above 0");
  return read_quantity (self, section, "max_loading", self->amount_unit,
                        &dosing->max_loading_mg, error);
}

/* A limit on the concentration says how much fits into the largest volume. */
static gboolean
read_concentration (const TdmModel *self, const TdmKeySection *section,
                    TdmModelDosing *dosing, GError **error)
{
  const TdmKeyEntry *most = tdm_key_section_find (section, "max_concentration");
  const TdmKeyEntry *volume = tdm_key_section_find (section, "max_volume");
  g_autofree char *by_volume = tdm_load_amount_unit (self, "/L");

  if (volume != NULL && most == NULL)
    return tdm_scan_refuse (volume, error, "expected “max_concentration” as well");
  return read_quantity (self, section, "max_concentration", by_volume,
                        &dosing->max_concentration_mg_l, error)
         && read_quantity (self, section, "max_volume", "L", &dosing->max_volume_l,
                           error);
}

/* Durations and rates belong to infusions, and infusions need durations. */
static gboolean
read_durations (const TdmModel *self, const TdmKeySection *section,
                TdmModelDosing *dosing, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "durations");
  const TdmKeyEntry *rate = tdm_key_section_find (section, "max_rate");
  g_autofree char *unit = tdm_load_amount_unit (self, "/h");

  if (!dosing->route->infusion)
    {
      const TdmKeyEntry *extra = entry != NULL ? entry : rate;
      return extra == NULL
             || tdm_scan_refuse (extra, error,
                                 "expected only for a route with infusions");
    }
  if (entry == NULL)
    return tdm_place_set_error (error, &section->place,
                                "expected the key “durations” in “[%s]”",
                                section->group);
  return read_list (entry, "h", 0.0, &dosing->durations_h, &dosing->n_durations, NULL,
                    error)
         && read_quantity (self, section, "max_rate", unit, &dosing->max_rate_mg_h,
                           error);
}

static gboolean
check_amounts (const TdmKeySection *section, const TdmModelDosing *dosing,
               GError **error)
{
  const char *keys[] = { "max_single", "max_daily" };
  const double limits[] = { dosing->max_single_mg, dosing->max_daily_mg };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (dosing->amounts_mg[0] > limits[i] * (1.0 + 1e-9))
      return tdm_scan_refuse (tdm_key_section_find (section, keys[i]), error,
                              "expected at least the smallest amount");
  return TRUE;
}

/* The section is called after its route unless it says which. */
static gboolean
read_route (const TdmModel *self, const TdmKeySection *section, TdmModelDosing *dosing,
            GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "route");
  const char *name = entry != NULL ? entry->value : section->name;
  int route = tdm_model_find_route (self, name);

  if (route < 0)
    return tdm_place_set_error (error,
                                entry != NULL ? &entry->place : &section->name_place,
                                "expected the name of a route, not “%s”", name);
  dosing->route = tdm_model_get_route (self, route);
  return TRUE;
}

static gboolean
read_condition (TdmModel *self, const TdmKeySection *section, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "when");
  TdmProgram *program = NULL;

  if (entry != NULL)
    {
      program =
          tdm_load_program (self, self->covariates->len, "condition_", entry, error);
      if (program == NULL)
        return FALSE;
    }
  g_ptr_array_add (self->conditions, program);
  return TRUE;
}

static gboolean
read_dosing (const TdmModel *self, const TdmKeySection *section, TdmModelDosing *dosing,
             GError **error)
{
  return read_route (self, section, dosing, error)
         && read_list (tdm_key_section_find (section, "amounts"), self->amount_unit,
                       self->molar_mass, &dosing->amounts_mg, &dosing->n_amounts,
                       &dosing->unit, error)
         && read_list (tdm_key_section_find (section, "intervals"), "h", 0.0,
                       &dosing->intervals_h, &dosing->n_intervals, NULL, error)
         && read_durations (self, section, dosing, error)
         && read_quantity (self, section, "max_single", self->amount_unit,
                           &dosing->max_single_mg, error)
         && read_quantity (self, section, "max_daily", self->amount_unit,
                           &dosing->max_daily_mg, error)
         && read_concentration (self, section, dosing, error)
         && read_loading (self, section, dosing, error)
         && check_amounts (section, dosing, error);
}

gboolean
tdm_load_dosings (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  g_autoptr (GArray) list = tdm_load_shared (self, file, "dosing", "dosings", error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const TdmSharedSection *one = &g_array_index (list, TdmSharedSection, i);
      const TdmKeySection *section = one->section;
      TdmModelDosing *dosing = g_new0 (TdmModelDosing, 1);
      g_ptr_array_add (self->dosings, dosing);
      dosing->name = g_strdup (section->name);
      dosing->max_rate_mg_h = dosing->max_single_mg = INFINITY;
      dosing->max_daily_mg = dosing->max_loading_mg = INFINITY;
      dosing->max_concentration_mg_l = dosing->max_volume_l = INFINITY;
      dosing->source = tdm_key_file_dup_text (one->file, section, "source");
      if (!read_condition (self, section, error)
          || !read_dosing (self, section, dosing, error))
        return FALSE;
    }
  return list != NULL;
}
