#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"

/* Refuses the value of `key` with "KEY: MESSAGE" at its place. */
static gboolean
refuse (const TdmKeySection *section, const char *key, GError **error,
        const char *message)
{
  TdmScan scan = tdm_scan_new (tdm_key_section_find (section, key));
  return tdm_scan_set_error (&scan, error, "%s", message);
}

static const char *
value_of (const TdmKeySection *section, const char *key)
{
  return tdm_key_section_find (section, key)->value;
}

/* DRUG "-" AUTHOR {"-" AUTHOR} "-" YEAR */
static gboolean
check_id (const TdmKeySection *section, GError **error)
{
  const char *id = value_of (section, "id");
  g_autofree char *drug = g_ascii_strdown (value_of (section, "drug"), -1);
  gsize length = strlen (drug);

  if (!g_regex_match_simple ("^[a-z0-9]+(-[a-z0-9]+)+-[12][0-9]{3}$", id, 0, 0))
    return refuse (section, "id", error,
                   "expected drug-author-year such as “vancomycin-goti-2018”");
  for (char *c = drug; *c != '\0'; c++)
    if (*c == ' ')
      *c = '-';
  if (strncmp (id, drug, length) != 0 || id[length] != '-')
    return refuse (section, "id", error, "expected an id that begins with the drug");
  return TRUE;
}

static gboolean
check_words (const TdmKeySection *section, GError **error)
{
  if (strcmp (value_of (section, "format"), "titrate-model/1") != 0)
    return refuse (section, "format", error, "expected “titrate-model/1”");
  if (tdm_key_section_find (section, "doi") != NULL
      && !g_regex_match_simple ("^10\\.[0-9]{4,9}/\\S+$", value_of (section, "doi"), 0,
                                0))
    return refuse (section, "doi", error,
                   "expected a DOI such as “10.1097/FTD.0000000000000490”");
  if (!g_regex_match_simple ("^[ABC]$", value_of (section, "status"), 0, 0))
    return refuse (section, "status", error, "expected A, B or C");
  if (!g_regex_match_simple ("^[0-9]+(\\.[0-9]+)*$", value_of (section, "version"), 0,
                             0))
    return refuse (section, "version", error, "expected a version such as 1 or 1.2");
  return check_id (section, error);
}

static gboolean
read_molar_mass (TdmModel *self, const TdmKeySection *section, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "molar_mass");

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  double factor;
  if (!tdm_scan_number (&scan, &self->molar_mass, NULL, error))
    return FALSE;
  if (self->molar_mass <= 0.0)
    return refuse (section, "molar_mass", error, "expected more than 0 g/mol");
  if (!tdm_scan_unit (&scan, "g/mol", 0.0, &factor, NULL, error)
      || !tdm_scan_expect_end (&scan, error))
    return FALSE;
  self->molar_mass *= factor;
  return TRUE;
}

/* "mg" | "IU"; a molar mass is of a mass. */
static gboolean
read_amount (TdmModel *self, const TdmKeySection *section, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "amount");

  if (entry == NULL || strcmp (entry->value, "mg") == 0)
    return TRUE;
  if (strcmp (entry->value, "IU") != 0)
    return refuse (section, "amount", error, "expected mg or IU");
  if (self->molar_mass > 0.0)
    return refuse (section, "amount", error, "expected mg where there is a molar mass");
  self->amount_unit = "IU";
  return TRUE;
}

static gboolean
read_teaching (TdmModel *self, const TdmKeySection *section, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "teaching");

  if (entry != NULL && strcmp (entry->value, "yes") != 0)
    return refuse (section, "teaching", error, "expected “yes”, or no such key");
  self->text.teaching = entry != NULL;
  return TRUE;
}

/* "CL = …" lines of the sections that compute parameters. */
static char *
dup_equations (const TdmKeyFile *file)
{
  const char *const kinds[] = { "subpopulations", "terms", "parameters",
                                "ode_terms",      "ode",   "ode_initial" };
  GString *text = g_string_new (NULL);

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      const TdmKeySection *section = tdm_key_file_find (file, kinds[k], NULL);
      for (guint i = 0; section != NULL && i < section->entries->len; i++)
        {
          const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
          const char *before = k == 4 ? "d" : "", *after = k == 4   ? "/dt"
                                                           : k == 5 ? "(0)"
                                                                    : "";
          g_string_append_printf (text, "%s%s%s = %s\n", before, entry->key, after,
                                  entry->value);
        }
    }
  if (text->len > 0)
    g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}

gboolean
tdm_load_text (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "model", NULL);
  TdmModelText *text = &self->text;

  if (!check_words (section, error) || !read_molar_mass (self, section, error)
      || !read_amount (self, section, error) || !read_teaching (self, section, error))
    return FALSE;
  text->id = tdm_key_file_dup_text (file, section, "id");
  text->drug = tdm_key_file_dup_text (file, section, "drug");
  text->title = tdm_key_file_dup_text (file, section, "title");
  text->version = tdm_key_file_dup_text (file, section, "version");
  text->reference = tdm_key_file_dup_text (file, section, "reference");
  text->doi = tdm_key_file_dup_text (file, section, "doi");
  text->population = tdm_key_file_dup_text (file, section, "population");
  text->status = tdm_key_file_dup_text (file, section, "status");
  text->status_text = tdm_key_file_dup_text (file, section, "status_text");
  text->limits = tdm_key_file_dup_text (file, section, "limits");
  text->equations = dup_equations (file);
  return TRUE;
}
