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

/* The first descendant of a type, or NULL. */
static GtkWidget *
find_part (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget);
       child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_part (child, type);
  return found;
}

/* Enter takes the first text that was found, for all that was typed: the entry searches
 * a moment after the last key, and who types fast would get the first of all. */
static void
take_first_cb (GtkDropDown *drop_down)
{
  GtkWidget *search = find_part (GTK_WIDGET (drop_down), GTK_TYPE_SEARCH_ENTRY);
  if (search != NULL)
    g_signal_emit_by_name (search, "search-changed");
  GtkWidget *list = find_part (GTK_WIDGET (drop_down), GTK_TYPE_LIST_VIEW);

  if (list == NULL)
    return;
  GListModel *found = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
  if (found != NULL && g_list_model_get_n_items (found) > 0)
    g_signal_emit_by_name (list, "activate", 0u);
}

/* Anything in a title is found, not only its beginning: an author, a hospital. */
static void
search_anywhere_cb (GtkWidget *popover)
{
  GtkWidget *view = find_part (popover, GTK_TYPE_LIST_VIEW);
  GtkSelectionModel *selection =
      view != NULL ? gtk_list_view_get_model (GTK_LIST_VIEW (view)) : NULL;
  GListModel *model =
      GTK_IS_SINGLE_SELECTION (selection)
          ? gtk_single_selection_get_model (GTK_SINGLE_SELECTION (selection))
          : NULL;
  GtkFilter *filter =
      GTK_IS_FILTER_LIST_MODEL (model)
          ? gtk_filter_list_model_get_filter (GTK_FILTER_LIST_MODEL (model))
          : NULL;

  if (GTK_IS_STRING_FILTER (filter))
    gtk_string_filter_set_match_mode (GTK_STRING_FILTER (filter),
                                      GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
}

void
tdm_choice_make_searchable (GtkDropDown *drop_down, const char *name)
{
  g_autoptr (GtkExpression) text =
      gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  gtk_drop_down_set_expression (drop_down, text);
  gtk_drop_down_set_enable_search (drop_down, TRUE);
  GtkWidget *popover = find_part (GTK_WIDGET (drop_down), GTK_TYPE_POPOVER);
  GtkWidget *search = find_part (GTK_WIDGET (drop_down), GTK_TYPE_SEARCH_ENTRY);
  if (popover == NULL || search == NULL)
    return;
  g_signal_connect (popover, "show", G_CALLBACK (search_anywhere_cb), NULL);
  /* Typing searches at once; Down goes to the list. */
  g_signal_connect_object (popover, "show", G_CALLBACK (gtk_widget_grab_focus), search,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  tdm_a11y_set_label (search, name);
  g_signal_connect_object (search, "activate", G_CALLBACK (take_first_cb), drop_down,
                           G_CONNECT_SWAPPED);
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
