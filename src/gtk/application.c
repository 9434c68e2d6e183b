#include "gtk/application.h"

#include <stdlib.h>
#include <string.h>

#include "gtk/settings.h"
#include "gtk/window.h"
#include "app/first-use.h"
#include "base/error.h"
#include "model/library.h"
#include "model/trust.h"
#include "record/case-file.h"

#define DEMO_PATH "/org/titrate/Titrate/demo"

struct _TdmApplication
{
  AdwApplication parent_instance;

  gboolean demo;
  GPtrArray *models;
  TdmStore *store; /* NULL until needed, or when it cannot be opened */
  GSettings *settings;
  char *trouble; /* what went wrong at the start, told once */
};

G_DEFINE_FINAL_TYPE (TdmApplication, tdm_application, ADW_TYPE_APPLICATION)

static void
add_trouble (TdmApplication *self, const char *what, const GError *error)
{
  char *all =
      g_strdup_printf ("%s%s%s %s.", self->trouble != NULL ? self->trouble : "",
                       self->trouble != NULL ? "\n\n" : "", what, error->message);

  g_free (self->trouble);
  self->trouble = all;
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Saves the teaching cases; the id of the first one. Yours. */
static char *
save_demo_cases (TdmStore *store)
{
  g_auto (GStrv) names =
      g_resources_enumerate_children (DEMO_PATH, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  char *first = NULL;

  /* The last one saved is listed first. */
  qsort (names, g_strv_length (names), sizeof *names, compare_names);
  for (guint i = g_strv_length (names); i-- > 0;)
    {
      g_autofree char *path = g_strdup_printf (DEMO_PATH "/%s", names[i]);
      g_autoptr (GBytes) bytes =
          g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = tdm_case_file_parse (
          g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
      g_autofree char *id = tdm_store_new_case_id ();
      if (record == NULL || tdm_store_save_case (store, id, record, &error) == 0)
        {
          g_printerr ("titrate: %s: %s\n", names[i], error->message);
          continue;
        }
      g_free (first);
      first = g_steal_pointer (&id);
    }
  return first;
}

static TdmWindow *
open_window (TdmApplication *self, TdmStore *store, gboolean demo)
{
  g_autoptr (TdmSession) session = tdm_session_new (store, self->models);
  TdmWindow *window = tdm_window_new (GTK_APPLICATION (self), session, self->settings);

  tdm_session_set_compute (session, tdm_first_use_compute);
  tdm_window_set_demo (window, demo);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
tell_trouble (TdmApplication *self, TdmWindow *window)
{
  if (self->trouble != NULL)
    tdm_window_tell (window, "Something needs your attention", self->trouble);
  g_clear_pointer (&self->trouble, g_free);
}

static void
open_demo (TdmApplication *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmStore) store = tdm_store_open_throwaway (&error);

  if (store == NULL)
    {
      add_trouble (self, "The teaching cases cannot be kept.", error);
      return;
    }
  g_autofree char *first = save_demo_cases (store);
  TdmWindow *window = open_window (self, store, TRUE);
  if (first != NULL)
    tdm_window_open_case (window, first);
  tell_trouble (self, window);
}

static TdmWindow *
open_main_window (TdmApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    self->store = tdm_store_open (NULL, &error);
  if (self->store == NULL)
    add_trouble (self, "Nothing can be saved:", error);
  TdmWindow *window = open_window (self, self->store, FALSE);
  tell_trouble (self, window);
  return window;
}

static TdmWindow *
find_window (TdmApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  return active != NULL && TDM_IS_WINDOW (active) ? TDM_WINDOW (active) : NULL;
}

static void
tdm_application_activate (GApplication *application)
{
  TdmApplication *self = TDM_APPLICATION (application);
  TdmWindow *window = find_window (self);

  if (window != NULL)
    gtk_window_present (GTK_WINDOW (window));
  else if (self->demo)
    open_demo (self);
  else
    open_main_window (self);
}

static void
tdm_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  TdmApplication *self = TDM_APPLICATION (application);

  if (find_window (self) == NULL)
    tdm_application_activate (application);
  for (int i = 0; i < n; i++)
    tdm_window_import (find_window (self), files[i]);
}

static void
apply_color_scheme (TdmApplication *self)
{
  g_autofree char *scheme = g_settings_get_string (self->settings, "color-scheme");

  adw_style_manager_set_color_scheme (
      adw_style_manager_get_default (),
      g_str_equal (scheme, "dark")    ? ADW_COLOR_SCHEME_FORCE_DARK
      : g_str_equal (scheme, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
                                      : ADW_COLOR_SCHEME_DEFAULT);
}

static void
demo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_demo (data);
}

static void
new_case_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  TdmWindow *window = find_window (data);

  if (window == NULL)
    window = open_main_window (data);
  tdm_window_new_case (window);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (data));
  g_autoptr (GList) all = g_list_copy (windows);

  for (GList *l = all; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static const struct
{
  const char *action;
  const char *keys[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "app.new-case", { "<Control>n" } },
  { "window.close", { "<Control>w" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.import", { "<Control>o" } },
  { "win.export", { "<Control><Shift>e" } },
  { "win.print", { "<Control>p" } },
  { "win.save-report", { "<Control><Shift>p" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.search", { "<Control>f" } },
  { "win.add-dose", { "<Control>d" } },
  { "win.add-level", { "<Control>e" } },
  { "win.toggle-patients", { "F9" } },
  { "win.hide-record", { "<Shift>F9" } },
  { "win.page::answer", { "<Alt>1" } },
  { "win.page::fit", { "<Alt>2" } },
  { "win.page::model", { "<Alt>3" } },
  { "win.page::compare", { "<Alt>4" } },
};

static void
tdm_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { "quit", quit_action },
                                          { "demo", demo_action },
                                          { "new-case", new_case_action } };
  TdmApplication *self = TDM_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  G_APPLICATION_CLASS (tdm_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name ("org.titrate.Titrate");
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions),
                                   self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           accels[i].keys);
  self->settings = tdm_settings_new (!self->demo);
  tdm_trust_set_keep (!self->demo);
  if (self->settings != NULL)
    {
      g_signal_connect_swapped (self->settings, "changed::color-scheme",
                                G_CALLBACK (apply_color_scheme), self);
      apply_color_scheme (self);
    }
  self->models = tdm_library_load_all (&error);
  if (self->models == NULL)
    {
      add_trouble (self, "The models cannot be used:", error);
      self->models = g_ptr_array_new ();
    }
  g_autoptr (GPtrArray) faults = tdm_library_local_faults ();
  for (guint i = 0; i < faults->len; i++)
    {
      g_autoptr (GError) fault = g_error_new_literal (TDM_ERROR, TDM_ERROR_INPUT,
                                                      g_ptr_array_index (faults, i));
      add_trouble (self, "A model of your own is left out:", fault);
    }
}

static void
tdm_application_finalize (GObject *object)
{
  TdmApplication *self = TDM_APPLICATION (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->store, tdm_store_unref);
  g_free (self->trouble);
  G_OBJECT_CLASS (tdm_application_parent_class)->finalize (object);
}

static void
tdm_application_class_init (TdmApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tdm_application_finalize;
  application_class->startup = tdm_application_startup;
  application_class->activate = tdm_application_activate;
  application_class->open = tdm_application_open;
}

static void
tdm_application_init (TdmApplication *self)
{
}

TdmApplication *
tdm_application_new (gboolean demo)
{
  GApplicationFlags flags =
      G_APPLICATION_HANDLES_OPEN | (demo ? G_APPLICATION_NON_UNIQUE : 0);
  TdmApplication *self =
      g_object_new (TDM_TYPE_APPLICATION, "application-id", "org.titrate.Titrate",
                    "flags", flags, "resource-base-path", "/org/titrate/Titrate", NULL);

  self->demo = demo;
  return self;
}
