#define G_SETTINGS_ENABLE_BACKEND
#include "gtk/settings.h"

#include <gio/gsettingsbackend.h>

#include "paths.h"

#define SCHEMA "org.titrate.Titrate"

/* The schema compiled beside the program, when the program lies there. An older one
 * that is installed might lack a key, which would end the program. */
static GSettingsSchema *
lookup_beside (GSettingsSchemaSource *system)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;

  if (g_strcmp0 (folder, TDM_SCHEMA_DIR) != 0)
    return NULL;
  g_autoptr (GSettingsSchemaSource) own =
      g_settings_schema_source_new_from_directory (TDM_SCHEMA_DIR, system, TRUE, NULL);
  return own != NULL ? g_settings_schema_source_lookup (own, SCHEMA, FALSE) : NULL;
}

static GSettingsSchema *
lookup (void)
{
  GSettingsSchemaSource *system = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = lookup_beside (system);

  if (schema != NULL || system == NULL)
    return schema;
  return g_settings_schema_source_lookup (system, SCHEMA, TRUE);
}

GSettings *
tdm_settings_new (gboolean keep)
{
  g_autoptr (GSettingsSchema) schema = lookup ();
  g_autoptr (GSettingsBackend) memory = keep ? NULL : g_memory_settings_backend_new ();

  return schema != NULL ? g_settings_new_full (schema, memory, NULL) : NULL;
}
