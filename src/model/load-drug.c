#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/library.h"
#include "model/model-private.h"
#include "model/scan.h"
#include "model/schema.h"

static const char *const quantity_names[] = {
  [TDM_LOINC_MASS] = "mass",
  [TDM_LOINC_MOLAR] = "molar",
  [TDM_LOINC_ACTIVITY] = "activity",
};

const char *
tdm_loinc_quantity_name (TdmLoincQuantity quantity)
{
  return quantity_names[quantity];
}

static void
loinc_free (TdmLoinc *self)
{
  g_free (self->code);
  g_free (self->title);
  g_free (self->source);
  g_free (self);
}

void
tdm_drug_free (TdmDrug *self)
{
  g_free (self->id);
  g_free (self->version);
  g_free (self->name);
  g_free (self->plain_name);
  g_free (self->sampling);
  g_free (self->source);
  g_free (self->sha256);
  g_ptr_array_unref (self->loinc);
  g_free (self);
}

/* DIGITS "-" CHECK: the check digit is that of Luhn's method, as LOINC defines it. */
static gboolean
is_loinc (const char *code)
{
  const char *dash = strchr (code, '-');
  guint sum = 0;

  if (dash == NULL || dash == code || dash - code > 7 || !g_ascii_isdigit (dash[1])
      || dash[2] != '\0')
    return FALSE;
  for (const char *c = dash - 1; c >= code; c--)
    {
      if (!g_ascii_isdigit (*c))
        return FALSE;
      guint digit = g_ascii_digit_value (*c) * ((dash - c) % 2 == 1 ? 2 : 1);
      sum += digit / 10 + digit % 10;
    }
  return (sum + g_ascii_digit_value (dash[1])) % 10 == 0;
}

static gboolean
read_loinc (TdmDrug *self, const TdmKeyFile *file, const TdmKeySection *section,
            GError **error)
{
  const TdmKeyEntry *quantity = tdm_key_section_find (section, "quantity");
  guint kind = 0;

  if (!is_loinc (section->name))
    return tdm_place_set_error (error, &section->name_place,
                                "expected a LOINC code with its check digit, not “%s”",
                                section->name);
  while (kind < G_N_ELEMENTS (quantity_names)
         && strcmp (quantity_names[kind], quantity->value) != 0)
    kind++;
  if (kind == G_N_ELEMENTS (quantity_names))
    return tdm_scan_refuse (quantity, error, "expected mass, molar or activity");
  TdmLoinc *loinc = g_new0 (TdmLoinc, 1);
  g_ptr_array_add (self->loinc, loinc);
  loinc->code = g_strdup (section->name);
  loinc->quantity = kind;
  loinc->title = tdm_key_file_dup_text (file, section, "title");
  loinc->source = tdm_key_file_dup_text (file, section, "source");
  return TRUE;
}

/* A number of 0 or more with a unit, or without one where `unit` is NULL. */
static gboolean
read_number (const TdmKeySection *section, const char *key, const char *unit,
             double *out, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  double factor = 1.0;

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, out, NULL, error)
      || (unit != NULL && !tdm_scan_unit (&scan, unit, 0.0, &factor, NULL, error))
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  *out *= factor;
  return *out >= 0.0 || tdm_scan_refuse (entry, error, "expected 0 or more");
}

static gboolean
check_words (const TdmKeySection *section, const char *id, GError **error)
{
  const TdmKeyEntry *format = tdm_key_section_find (section, "format");
  const TdmKeyEntry *own = tdm_key_section_find (section, "id");

  if (strcmp (format->value, "titrate-drug/1") != 0)
    return tdm_scan_refuse (format, error, "expected “titrate-drug/1”");
  return strcmp (own->value, id) == 0
         || tdm_scan_refuse (own, error, "expected the name of the file");
}

static TdmDrug *
read_drug (const TdmKeyFile *file, const char *id, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "drug", NULL);
  g_autoptr (TdmDrug) self = g_new0 (TdmDrug, 1);

  self->loinc = g_ptr_array_new_with_free_func ((GDestroyNotify)loinc_free);
  self->above_penalty = TDM_DRUG_ABOVE_PENALTY;
  if (!check_words (section, id, error)
      || !read_number (section, "molar_mass", "g/mol", &self->molar_mass, error)
      || !read_number (section, "above_penalty", NULL, &self->above_penalty, error))
    return NULL;
  self->id = g_strdup (id);
  self->version = tdm_key_file_dup_text (file, section, "version");
  self->name = tdm_key_file_dup_text (file, section, "name");
  self->plain_name = g_strdup (tdm_key_section_find (section, "name")->value);
  self->sampling = tdm_key_file_dup_text (file, section, "sampling");
  self->source = tdm_key_file_dup_text (file, section, "source");
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      const TdmKeySection *s = tdm_key_file_get_section (file, i);
      if (strcmp (s->kind, "loinc") == 0 && !read_loinc (self, file, s, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

/* The drug's file: beside the model's, else in the library. */
static char *
find_file (const TdmModel *self, const char *id)
{
  g_autofree char *base = g_strconcat (id, ".drug", NULL);

  if (self->folder != NULL)
    {
      g_autofree char *beside = g_build_filename (self->folder, base, NULL);
      if (g_file_test (beside, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&beside);
    }
  g_autofree char *library = tdm_library_dir ();
  return g_build_filename (library, base, NULL);
}

static gboolean
read_file (TdmModel *self, const TdmKeyEntry *entry, GError **error)
{
  g_autofree char *path = find_file (self, entry->value);
  g_autoptr (GError) local = NULL;
  gsize length;
  g_autofree char *data = tdm_load_bytes (path, &length, &local);

  if (data == NULL)
    return tdm_scan_refuse (entry, error, local->message);
  self->drug_file = tdm_key_file_parse (data, length, path, error);
  if (self->drug_file == NULL
      || !tdm_schema_check (self->drug_file, TDM_SCHEMA_DRUG, error))
    return FALSE;
  self->drug = read_drug (self->drug_file, entry->value, error);
  if (self->drug == NULL)
    return FALSE;
  self->drug->sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)data, length);
  return TRUE;
}

/* The model and its drug agree on what the drug is. */
static gboolean
check_agreement (TdmModel *self, const TdmKeySection *section, GError **error)
{
  const TdmKeyEntry *name = tdm_key_section_find (section, "drug");
  const TdmKeyEntry *mass = tdm_key_section_find (section, "molar_mass");

  if (strcmp (name->value, self->drug->plain_name) != 0)
    return tdm_scan_refuse (name, error,
                            "expected the name that the file of the drug gives");
  if (self->drug->molar_mass <= 0.0)
    return TRUE;
  if (mass != NULL)
    return tdm_scan_refuse (mass, error, "expected it in the file of the drug only");
  self->molar_mass = self->drug->molar_mass;
  return TRUE;
}

gboolean
tdm_load_drug (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "model", NULL);
  const TdmKeyEntry *entry = tdm_key_section_find (section, "drug_file");

  if (entry == NULL)
    return TRUE;
  if (!g_regex_match_simple ("^[a-z0-9]+(-[a-z0-9]+)*$", entry->value, 0, 0))
    return tdm_scan_refuse (entry, error,
                            "expected the name of a drug such as “vancomycin”");
  return read_file (self, entry, error) && check_agreement (self, section, error);
}

static gboolean
has_routes (const TdmModel *self, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, ",", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (tdm_model_find_route (self, g_strstrip (list[i])) < 0)
      return FALSE;
  return TRUE;
}

/* TRUE for a section of the drug's file that the model may use: one way of giving may
 * be by a route it does not have. */
static gboolean
is_for_model (const TdmModel *self, const TdmKeySection *section)
{
  const TdmKeyEntry *route = tdm_key_section_find (section, "route");
  const TdmKeyEntry *routes = tdm_key_section_find (section, "routes");

  if (strcmp (section->kind, "dosing") == 0)
    return has_routes (self, route != NULL ? route->value : section->name);
  return routes == NULL || has_routes (self, routes->value);
}

static void
add_section (GArray *list, const TdmKeyFile *file, const TdmKeySection *section)
{
  TdmSharedSection one = { file, section };
  g_array_append_val (list, one);
}

/* All of the model's own, then those of its drug that it does not replace. */
static void
choose_all (const TdmModel *self, const TdmKeyFile *file, const char *kind,
            GArray *list)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (file, i);
      if (strcmp (section->kind, kind) == 0)
        add_section (list, file, section);
    }
  for (guint i = 0;
       self->drug_file != NULL && i < tdm_key_file_get_n_sections (self->drug_file);
       i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (self->drug_file, i);
      if (strcmp (section->kind, kind) == 0 && is_for_model (self, section)
          && tdm_key_file_find (file, kind, section->name) == NULL)
        add_section (list, self->drug_file, section);
    }
}

static gboolean
choose_one (const TdmModel *self, const TdmKeyFile *file, const char *kind,
            const char *name, GArray *list)
{
  const TdmKeySection *own = tdm_key_file_find (file, kind, name);
  const TdmKeySection *shared =
      self->drug_file != NULL ? tdm_key_file_find (self->drug_file, kind, name) : NULL;

  if (own != NULL)
    add_section (list, file, own);
  else if (shared != NULL)
    add_section (list, self->drug_file, shared);
  return own != NULL || shared != NULL;
}

/* NAME {"," NAME}, in this order; what the model has of its own must be among them. */
static gboolean
choose_named (const TdmModel *self, const TdmKeyFile *file, const char *kind,
              const TdmKeyEntry *entry, GArray *list, GError **error)
{
  g_auto (GStrv) names = g_strsplit (entry->value, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (!choose_one (self, file, kind, g_strstrip (names[i]), list))
      {
        g_autofree char *message = g_strdup_printf (
            "there is no “[%s %s]” here nor in the file of the drug", kind, names[i]);
        return tdm_scan_refuse (entry, error, message);
      }
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (file, i);
      if (strcmp (section->kind, kind) == 0
          && !g_strv_contains ((const char *const *)names, section->name))
        return tdm_place_set_error (error, &section->place, "expected “%s” among “%s”",
                                    section->name, entry->key);
    }
  return TRUE;
}

GArray *
tdm_load_shared (const TdmModel *self, const TdmKeyFile *file, const char *kind,
                 const char *key, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "model", NULL);
  const TdmKeyEntry *entry = tdm_key_section_find (section, key);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (TdmSharedSection));

  if (entry == NULL)
    choose_all (self, file, kind, list);
  else if (!choose_named (self, file, kind, entry, list, error))
    return NULL;
  return g_steal_pointer (&list);
}
