#include "gtk/fold.h"

#include "gtk/a11y.h"

#define PATIENCE_FRAMES 10

struct _TdmFold
{
  GtkWidget parent_instance;

  GtkWidget *button, *icon, *title, *child;
  guint frames; /* waited for what was opened to have its place */
};

G_DEFINE_FINAL_TYPE (TdmFold, tdm_fold, GTK_TYPE_WIDGET)

/* What was opened comes into view, once it has its place. */
static gboolean
reveal_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TdmFold *self = TDM_FOLD (widget);
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_VIEWPORT);
  GtkWidget *content =
      view != NULL ? gtk_viewport_get_child (GTK_VIEWPORT (view)) : NULL;
  graphene_rect_t bounds;

  if (gtk_widget_get_height (self->child) == 0 && ++self->frames < PATIENCE_FRAMES)
    return G_SOURCE_CONTINUE;
  if (content != NULL && gtk_widget_compute_bounds (widget, content, &bounds))
    gtk_adjustment_clamp_page (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view)),
                               bounds.origin.y, bounds.origin.y + bounds.size.height);
  return G_SOURCE_REMOVE;
}

static void
toggled_cb (TdmFold *self)
{
  gboolean open = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->button));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_widget_set_visible (self->child, open);
  if (open && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->frames = 0;
      gtk_widget_add_tick_callback (GTK_WIDGET (self), reveal_cb, NULL, NULL);
    }
}

void
tdm_fold_set_title (TdmFold *self, const char *title)
{
  gtk_label_set_text (GTK_LABEL (self->title), title);
  tdm_a11y_set_label (self->button, title);
}

void
tdm_fold_set_sentence (TdmFold *self, const char *title, const char *sentence)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", title, sentence);
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s</b>  %s", title, sentence);

  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (GTK_LABEL (self->title), TRUE);
  gtk_label_set_markup (GTK_LABEL (self->title), markup);
  tdm_a11y_set_label (self->button, name);
}

gboolean
tdm_fold_get_open (TdmFold *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->button));
}

void
tdm_fold_set_open (TdmFold *self, gboolean open)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->button), open);
}

static void
tdm_fold_dispose (GObject *object)
{
  TdmFold *self = TDM_FOLD (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  G_OBJECT_CLASS (tdm_fold_parent_class)->dispose (object);
}

static void
tdm_fold_class_init (TdmFoldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_fold_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BOX_LAYOUT);
}

static void
tdm_fold_init (TdmFold *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  self->icon = gtk_image_new_from_icon_name ("pan-end-symbolic");
  self->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_box_append (GTK_BOX (line), self->icon);
  gtk_box_append (GTK_BOX (line), self->title);
  self->button = gtk_toggle_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), line);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "tdm-fold");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect_swapped (self->button, "toggled", G_CALLBACK (toggled_cb), self);
}

GtkWidget *
tdm_fold_new (const char *title, GtkWidget *child)
{
  TdmFold *self = g_object_new (TDM_TYPE_FOLD, NULL);

  self->child = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
  tdm_fold_set_title (self, title);
  toggled_cb (self);
  return GTK_WIDGET (self);
}
