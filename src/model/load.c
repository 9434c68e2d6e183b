#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "model/model-private.h"
#include "model/schema.h"
#include "model/scan.h"

typedef gboolean (*Step) (TdmModel *self, const TdmKeyFile *file, GError **error);

/* Each step may rely on those before it. */
static const Step steps[] = {
  tdm_load_text,           tdm_load_drug,    tdm_load_people,     tdm_load_covariates,
  tdm_load_subpopulations, tdm_load_effects, tdm_load_parameters, tdm_load_outputs,
  tdm_load_structure,      tdm_load_routes,  tdm_load_salts,      tdm_load_dosings,
  tdm_load_targets,        tdm_load_checks,  tdm_model_validate,
};

static void
keep_source (TdmModel *self, const char *data, gsize length)
{
  self->source = g_malloc (length + 1);
  memcpy (self->source, data, length);
  self->source[length] = '\0';
  self->length = length;
  self->sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)data, length);
}

/* A file is called after its id, so that the id finds it. */
static gboolean
check_file_name (const TdmKeyFile *file, const char *path, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  const TdmKeySection *section = tdm_key_file_find (file, "model", NULL);
  TdmScan scan = tdm_scan_new (tdm_key_section_find (section, "id"));
  g_autofree char *wanted = g_strconcat (scan.entry->value, ".model", NULL);

  return strcmp (base, wanted) == 0
         || tdm_scan_set_error (&scan, error, "expected the name of the file (%s)",
                                base);
}

/* `is_file`: `name` is the path of a file. */
static TdmModel *
parse (const char *data, gsize length, const char *name, gboolean is_file,
       GError **error)
{
  g_autoptr (TdmKeyFile) file = tdm_key_file_parse (data, length, name, error);

  if (file == NULL || !tdm_schema_check (file, TDM_SCHEMA_MODEL, error))
    return NULL;
  g_autoptr (TdmModel) self = tdm_model_new_empty ();
  keep_source (self, data, length);
  self->folder = is_file ? g_path_get_dirname (name) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (!steps[i](self, file, error))
      return NULL;
  if (is_file && !check_file_name (file, name, error))
    return NULL;
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->drug_file, tdm_key_file_free);
  return g_steal_pointer (&self);
}

TdmModel *
tdm_model_parse (const char *data, gsize length, const char *name, GError **error)
{
  return parse (data, length, name, FALSE, error);
}

TdmModel *
tdm_model_parse_file (const char *data, gsize length, const char *path, GError **error)
{
  return parse (data, length, path, TRUE, error);
}

/* Its size is asked first, as it may be anything. */
char *
tdm_load_bytes (const char *path, gsize *length, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
      G_FILE_QUERY_INFO_NONE, NULL, &local);
  char *data = NULL;

  if (info == NULL)
    tdm_error_set_input (error, path, "%s", local->message);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    tdm_error_set_input (error, path, "expected a model file");
  else if (g_file_info_get_size (info) > TDM_KEY_FILE_MAX_BYTES)
    tdm_error_set_input (error, path, "expected at most %d bytes",
                         TDM_KEY_FILE_MAX_BYTES);
  else if (!g_file_get_contents (path, &data, length, &local))
    tdm_error_set_input (error, path, "%s", local->message);
  return data;
}

TdmModel *
tdm_model_load (const char *path, GError **error)
{
  gsize length;
  g_autofree char *data = tdm_load_bytes (path, &length, error);

  return data != NULL ? parse (data, length, path, TRUE, error) : NULL;
}
