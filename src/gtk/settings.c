#define G_SETTINGS_ENABLE_BACKEND
#include "gtk/settings.h"

#include <gio/gsettingsbackend.h>

#include "paths.h"

#define SCHEMA "org.titrate.Titrate"

static GSettingsSchema *
lookup (void)
{
  GSettingsSchemaSource *system = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = NULL;

  if (system != NULL)
    schema = g_settings_schema_source_lookup (system, SCHEMA, TRUE);
  if (schema != NULL)
    return schema;
  g_autoptr (GSettingsSchemaSource) own =
      g_settings_schema_source_new_from_directory (TDM_SCHEMA_DIR, system, TRUE, NULL);
  return own != NULL ? g_settings_schema_source_lookup (own, SCHEMA, FALSE) : NULL;
}

GSettings *
tdm_settings_new (gboolean keep)
{
  g_autoptr (GSettingsSchema) schema = lookup ();
  g_autoptr (GSettingsBackend) memory = keep ? NULL : g_memory_settings_backend_new ();

  return schema != NULL ? g_settings_new_full (schema, memory, NULL) : NULL;
}
