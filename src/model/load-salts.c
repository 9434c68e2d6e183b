/* Salts and prodrugs: what their doses count for. */
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"

/* NUMBER ["mg/mmol"] above 0 */
static gboolean
read_factor (const TdmKeySection *section, TdmModelSalt *salt, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "factor");
  TdmScan scan = tdm_scan_new (entry);
  double scale = 1.0;

  salt->unit = g_strdup ("mg");
  if (!tdm_scan_number (&scan, &salt->mg, NULL, error))
    return FALSE;
  if (!tdm_scan_at_end (&scan))
    {
      if (!tdm_scan_unit (&scan, "mg/mmol", 0.0, &scale, NULL, error)
          || !tdm_scan_expect_end (&scan, error))
        return FALSE;
      g_free (salt->unit);
      salt->unit = g_strdup ("mmol");
    }
  salt->mg *= scale;
  return salt->mg > 0.0 || tdm_scan_refuse (entry, error, "expected more than 0");
}

/* ROUTE {"," ROUTE}; absent: all of them */
static gboolean
read_routes (const TdmModel *self, const TdmKeySection *section, TdmModelSalt *salt,
             GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (section, "routes");

  salt->routes = G_MAXUINT64;
  if (entry == NULL)
    return TRUE;
  salt->routes = 0;
  TdmScan scan = tdm_scan_new (entry);
  do
    {
      const TdmScan start = scan;
      g_autofree char *name = tdm_scan_dup_token (&scan, "a route", error);
      if (name == NULL)
        return FALSE;
      int route = tdm_model_find_route (self, name);
      if (route < 0 || route >= 64)
        return tdm_scan_set_error (&start, error,
                                   "expected the name of a route, not “%s”", name);
      salt->routes |= G_GUINT64_CONSTANT (1) << route;
    }
  while (tdm_scan_char (&scan, ','));
  return tdm_scan_expect_end (&scan, error);
}

gboolean
tdm_load_salts (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  g_autoptr (GArray) list = tdm_load_shared (self, file, "salt", "salts", error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const TdmSharedSection *one = &g_array_index (list, TdmSharedSection, i);
      const TdmKeySection *section = one->section;
      TdmModelSalt *salt = g_new0 (TdmModelSalt, 1);
      g_ptr_array_add (self->salts, salt);
      salt->name = g_strdup (section->name);
      salt->title = tdm_key_file_dup_text (one->file, section, "title");
      salt->source = tdm_key_file_dup_text (one->file, section, "source");
      if (!read_factor (section, salt, error)
          || !read_routes (self, section, salt, error))
        return FALSE;
    }
  return list != NULL;
}

gboolean
tdm_salt_fits (const TdmModelSalt *salt, const TdmModel *model,
               const TdmModelRoute *route)
{
  for (guint r = 0; r < tdm_model_get_n_routes (model) && r < 64; r++)
    if (tdm_model_get_route (model, r) == route)
      return (salt->routes >> r & 1) != 0;
  return FALSE;
}

double
tdm_salt_amount (const TdmModelSalt *salt, double mg)
{
  return salt != NULL ? mg / salt->mg : mg;
}

const char *
tdm_salt_unit (const TdmModelSalt *salt)
{
  return salt != NULL ? salt->unit : "mg";
}

const TdmModelSalt *
tdm_model_get_default_salt (const TdmModel *self)
{
  static const TdmModelSalt units = { .unit = (char *)"IU",
                                      .mg = 1.0,
                                      .routes = G_MAXUINT64 };

  return strcmp (self->amount_unit, "IU") == 0 ? &units : NULL;
}
