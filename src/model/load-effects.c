/* Random effects of patients and of occasions: their variances and covariances, and
 * when an occasion begins. */
#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"
#include "num/linalg.h"

/* More would not fit the derivatives of an evaluation. */
#define MAX_EFFECTS 32

/* Percent. Nobody publishes more; percent of percent is. */
#define MAX_CV 1000.0

/* "variance" NUMBER | "sd" NUMBER | "cv" NUMBER "%". A CV is taken as the SD of eta, so
 * variance = CV^2, the first-order reading that population programs print. 0 fixes the
 * effect to 0. */
static gboolean
read_variance (const TdmKeyEntry *entry, double *out, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  gboolean variance = tdm_scan_word (&scan, "variance");
  gboolean sd = !variance && tdm_scan_word (&scan, "sd");
  gboolean cv = !variance && !sd && tdm_scan_word (&scan, "cv");
  double value;

  if (!variance && !sd && !cv)
    return tdm_scan_refuse (entry, error,
                            "expected “variance 0.09”, “sd 0.3” or “cv 30 %”");
  if (!tdm_scan_number (&scan, &value, NULL, error))
    return FALSE;
  if (value < 0.0)
    return tdm_scan_refuse (entry, error, "expected 0 or more");
  if (cv && value > MAX_CV)
    return tdm_scan_refuse (entry, error,
                            "expected at most 1000 %; is it in percent already?");
  if (cv && !tdm_scan_char (&scan, '%'))
    return tdm_scan_set_error (&scan, error, "expected “%%” after the number");
  double scaled = cv ? value / 100.0 : value;
  *out = variance ? value : scaled * scaled;
  return tdm_scan_expect_end (&scan, error);
}

static int
find_effect (const TdmModelEffects *effects, const char *name)
{
  for (guint i = 0; i < effects->names->len; i++)
    if (strcmp (g_ptr_array_index (effects->names, i), name) == 0)
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
find_pair (const TdmModelEffects *effects, const TdmKeyEntry *entry, int pair[2],
           GError **error)
{
  g_auto (GStrv) names = g_strsplit_set (entry->key, " \t", -1);

  pair[0] = find_effect (effects, names[0]);
  pair[1] = g_strv_length (names) == 2 ? find_effect (effects, names[1]) : -1;
  if (pair[0] < 0 || pair[1] < 0 || pair[0] == pair[1])
    return tdm_place_set_error (
        error, &entry->key_place,
        "expected two different effects of this section, as in “CL V1”");
  return TRUE;
}

/* "covariance" NUMBER | "correlation" NUMBER */
static gboolean
read_pair (TdmModelEffects *effects, const TdmKeyEntry *entry, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  const guint n = effects->names->len;
  int p[2];
  double value;

  if (!find_pair (effects, entry, p, error))
    return FALSE;
  gboolean correlation = tdm_scan_word (&scan, "correlation");
  if (!correlation && !tdm_scan_word (&scan, "covariance"))
    return tdm_scan_refuse (entry, error,
                            "expected “covariance 0.01” or “correlation 0.4”");
  if (!tdm_scan_number (&scan, &value, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  if (correlation && !(fabs (value) < 1.0))
    return tdm_scan_refuse (entry, error, "expected a correlation between -1 and 1");
  if (effects->omega[p[0] * n + p[1]] != 0.0)
    return tdm_scan_refuse (entry, error, "expected each pair of effects once");
  if (correlation)
    value *= sqrt (effects->omega[p[0] * (n + 1)] * effects->omega[p[1] * (n + 1)]);
  effects->omega[p[0] * n + p[1]] = effects->omega[p[1] * n + p[0]] = value;
  return TRUE;
}

static gboolean
check_definite (const TdmModelEffects *effects, const TdmKeySection *section,
                GError **error)
{
  const guint n = effects->names->len;
  g_autofree double *factor = g_new (double, (gsize)n *n + 1);

  return n == 0 || tdm_cholesky (n, effects->omega, factor)
         || tdm_place_set_error (
             error, &section->place,
             "expected effects whose covariance matrix is positive definite");
}

/* Names and variances; effects of variance 0 go to `fixed`. */
static gboolean
read_variances (TdmModelEffects *effects, const TdmKeySection *section,
                GArray *variances, GError **error)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      double variance;
      if (is_pair (entry))
        continue;
      if (!read_variance (entry, &variance, error))
        return FALSE;
      g_ptr_array_add (variance > 0.0 ? effects->names : effects->fixed,
                       g_strdup (entry->key));
      if (variance > 0.0)
        g_array_append_val (variances, variance);
    }
  return TRUE;
}

static gboolean
read_effects (TdmModelEffects *effects, const TdmKeySection *section, GError **error)
{
  g_autoptr (GArray) variances = g_array_new (FALSE, FALSE, sizeof (double));

  if (!read_variances (effects, section, variances, error))
    return FALSE;
  const guint n = effects->names->len;
  effects->omega = g_new0 (double, (gsize)n *n + 1);
  for (guint i = 0; i < n; i++)
    effects->omega[i * (n + 1)] = g_array_index (variances, double, i);
  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      if (is_pair (entry) && !read_pair (effects, entry, error))
        return FALSE;
    }
  return check_definite (effects, section, error);
}

/* "dose" | "every" NUMBER UNIT | the name of a covariate */
static gboolean
read_start (TdmModel *self, const TdmKeyEntry *entry, GError **error)
{
  TdmScan scan = tdm_scan_new (entry);
  TdmOccasionRule *rule = &self->occasion_rule;
  double factor;

  rule->kind = TDM_OCCASION_DOSE;
  if (tdm_scan_word (&scan, "dose"))
    return tdm_scan_expect_end (&scan, error);
  rule->kind = TDM_OCCASION_PERIOD;
  if (tdm_scan_word (&scan, "every"))
    {
      if (!tdm_scan_number (&scan, &rule->period_h, NULL, error))
        return FALSE;
      if (!(rule->period_h > 0.0))
        return tdm_scan_refuse (entry, error, "expected a period above 0");
      if (!tdm_scan_unit (&scan, "h", 0.0, &factor, NULL, error))
        return FALSE;
      rule->period_h *= factor;
      return tdm_scan_expect_end (&scan, error);
    }
  rule->kind = TDM_OCCASION_COVARIATE;
  int covariate = tdm_model_find_covariate (self, entry->value);
  if (covariate < 0)
    return tdm_scan_refuse (entry, error,
                            "expected “dose”, “every 24 h” or the name of a covariate");
  rule->covariate = covariate;
  return TRUE;
}

/* Both sections or none. */
static gboolean
load_occasions (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *effects = tdm_key_file_find (file, "occasion_effects", NULL);
  const TdmKeySection *rule = tdm_key_file_find (file, "occasions", NULL);

  if (effects == NULL && rule == NULL)
    return TRUE;
  if (rule == NULL)
    return tdm_place_set_error (error, &effects->place,
                                "expected the section “[occasions]” as well");
  if (effects == NULL)
    return tdm_place_set_error (error, &rule->place,
                                "expected the section “[occasion_effects]” as well");
  if (!read_effects (&self->occasion_effects, effects, error)
      || !read_start (self, tdm_key_section_find (rule, "start"), error))
    return FALSE;
  if (self->occasion_effects.names->len == 0)
    return tdm_place_set_error (error, &effects->place,
                                "expected an effect with a variance above 0");
  return TRUE;
}

gboolean
tdm_load_effects (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "effects", NULL);

  if (!read_effects (&self->effects, section, error)
      || !load_occasions (self, file, error))
    return FALSE;
  const guint n = self->effects.names->len + self->occasion_effects.names->len;
  if (n == 0 || n > MAX_EFFECTS)
    return tdm_place_set_error (error, &section->place,
                                "expected 1 to %d random effects, not %u", MAX_EFFECTS,
                                n);
  return TRUE;
}
