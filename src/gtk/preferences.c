#include "gtk/window-actions.h"

static const char *const schemes[] = { "system", "light", "dark", NULL };

static void
scheme_cb (AdwComboRow *row, GParamSpec *pspec, GSettings *settings)
{
  guint selected = adw_combo_row_get_selected (row);

  if (selected < 3)
    g_settings_set_string (settings, "color-scheme", schemes[selected]);
}

static GtkWidget *
scheme_row_new (GSettings *settings)
{
  static const char *const titles[] = { "As the system", "Light", "Dark", NULL };
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (titles);
  g_autofree char *present = g_settings_get_string (settings, "color-scheme");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), "Appearance");
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  for (guint i = 0; schemes[i] != NULL; i++)
    if (g_str_equal (schemes[i], present))
      adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
  g_signal_connect (row, "notify::selected", G_CALLBACK (scheme_cb), settings);
  return row;
}

static GtkWidget *
bands_row_new (GSettings *settings)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 "Bands of the next measurement");
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row), "Wider: with the error of the assay. Otherwise the bands "
                            "show likely curves for this patient.");
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  g_settings_bind (settings, "residual-bands", toggle, "active",
                   G_SETTINGS_BIND_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  return row;
}

void
tdm_window_show_preferences (TdmWindow *self)
{
  GSettings *settings = tdm_window_get_settings (self);
  GtkWidget *window, *page, *group;

  if (settings == NULL)
    {
      tdm_window_tell (self, "There are no preferences",
                       "The program's settings schema is not installed.");
      return;
    }
  window = adw_preferences_window_new ();
  page = adw_preferences_page_new ();
  group = adw_preferences_group_new ();
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), scheme_row_new (settings));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), bands_row_new (settings));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window),
                              ADW_PREFERENCES_PAGE (page));
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (self));
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
