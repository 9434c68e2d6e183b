#include "cli/platform.h"

#include "num/version.h"
#include "plot/document.h"

#include <gio/gio.h>
#include <jansson.h>
#include <sys/utsname.h>

static void
add (GPtrArray *pairs, const char *name, const char *text)
{
  g_ptr_array_add (pairs, g_strdup (name));
  g_ptr_array_add (pairs, g_strdup (text));
}

static void
add_list (GPtrArray *pairs, char **list)
{
  for (guint i = 0; list[i]; i += 2)
    add (pairs, list[i], list[i + 1]);
  g_strfreev (list);
}

/* The program's own file: what was qualified is this one. */
static void
add_program (GPtrArray *pairs)
{
  g_autofree char *data = NULL, *sum = NULL;
  gsize length;

  add (pairs, "Titrate", TDM_VERSION);
  if (g_file_get_contents ("/proc/self/exe", &data, &length, NULL))
    sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)data, length);
  add (pairs, "SHA-256 of the program", sum ? sum : "not known");
}

static void
add_machine (GPtrArray *pairs)
{
  struct utsname name;
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autofree char *machine = NULL;

  if (uname (&name) == 0)
    machine =
        g_strdup_printf ("%s, %s %s, %s, %u processors", name.nodename, name.sysname,
                         name.release, name.machine, g_get_num_processors ());
  add (pairs, "Machine", machine ? machine : "not known");
  add (pairs, "System", system ? system : "not known");
}

void
tdm_cli_platform_init (TdmCliPlatform *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GPtrArray *pairs = g_ptr_array_new ();
  g_autofree char *glib = g_strdup_printf ("%u.%u.%u", glib_major_version,
                                           glib_minor_version, glib_micro_version);

  self->date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S%:z");
  add (pairs, "Date", self->date);
  add_program (pairs);
  add_machine (pairs);
  add (pairs, "GLib", glib);
  add_list (pairs, tdm_num_versions ());
  add (pairs, "jansson", jansson_version_str ());
  add_list (pairs, tdm_document_versions ());
  g_ptr_array_add (pairs, NULL);
  self->pairs = (char **)g_ptr_array_free (pairs, FALSE);
}

void
tdm_cli_platform_clear (TdmCliPlatform *self)
{
  g_free (self->date);
  g_strfreev (self->pairs);
}
