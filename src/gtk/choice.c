#include "gtk/choice.h"

#include "gtk/a11y.h"

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer narrow)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  if (narrow != NULL)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), 4);
    }
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer narrow)
{
  const char *text =
      gtk_string_object_get_string (GTK_STRING_OBJECT (gtk_list_item_get_item (item)));
  GtkWidget *label = gtk_list_item_get_child (item);

  gtk_label_set_text (GTK_LABEL (label), text);
  if (narrow != NULL)
    gtk_widget_set_tooltip_text (label, text);
}

static GtkListItemFactory *
factory_new (gboolean narrow)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (narrow));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (narrow));
  return factory;
}

void
tdm_choice_make_narrow (GtkDropDown *drop_down)
{
  g_autoptr (GtkListItemFactory) button = factory_new (TRUE);
  g_autoptr (GtkListItemFactory) list = factory_new (FALSE);

  gtk_drop_down_set_factory (drop_down, button);
  gtk_drop_down_set_list_factory (drop_down, list);
}

/* The parts of the button are made when there is something to show. */
static void
rename_cb (GtkDropDown *drop_down)
{
  GtkStringObject *selected = gtk_drop_down_get_selected_item (drop_down);
  const char *name = g_object_get_data (G_OBJECT (drop_down), "name");
  g_autofree char *label = g_strdup_printf (
      "%s: %s", name, selected != NULL ? gtk_string_object_get_string (selected) : "");

  tdm_a11y_set_label_deep (GTK_WIDGET (drop_down), label);
}

void
tdm_choice_set_name (GtkDropDown *drop_down, const char *name)
{
  gboolean first = g_object_get_data (G_OBJECT (drop_down), "name") == NULL;

  g_object_set_data_full (G_OBJECT (drop_down), "name", g_strdup (name), g_free);
  if (first)
    {
      g_signal_connect (drop_down, "map", G_CALLBACK (rename_cb), NULL);
      g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (rename_cb),
                        NULL);
    }
  rename_cb (drop_down);
}
