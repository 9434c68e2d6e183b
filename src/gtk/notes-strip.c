#include "gtk/notes-strip.h"

#include "gtk/a11y.h"

/* Notes beyond this many are folded away, but for the gravest. */
#define SHOWN 2

struct _TdmNotesStrip
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *more; /* the notes folded away */
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (TdmNotesStrip, tdm_notes_strip, GTK_TYPE_WIDGET)

static guint jump_signal;

static void
jump_cb (GtkButton *button, TdmNotesStrip *self)
{
  g_autofree char *place = g_strdup (g_object_get_data (G_OBJECT (button), "place"));

  g_signal_emit (self, jump_signal, 0, place);
}

static void
more_cb (TdmNotesStrip *self)
{
  gboolean shown = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->button));

  gtk_widget_set_visible (self->more, shown);
}

/* Icon, words and colour: never colour alone. */
static const struct
{
  const char *icon, *word, *css;
} looks[] = {
  [TDM_NOTE_INFO] = { "dialog-information-symbolic", "Info", "tdm-note-info" },
  [TDM_NOTE_CAUTION] = { "dialog-warning-symbolic", "Check", "tdm-note-caution" },
  [TDM_NOTE_REFUSE] = { "dialog-error-symbolic", "Stop", "tdm-note-refuse" },
};

static GtkWidget *
note_row_new (TdmNotesStrip *self, const TdmNote *note)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[note->severity].icon);
  GtkWidget *word = gtk_label_new (looks[note->severity].word);
  GtkWidget *text = gtk_label_new (note->text);

  gtk_widget_add_css_class (row, "tdm-note");
  gtk_widget_add_css_class (row, looks[note->severity].css);
  gtk_widget_add_css_class (word, "caption-heading");
  gtk_label_set_width_chars (GTK_LABEL (word), 5);
  gtk_label_set_xalign (GTK_LABEL (word), 0);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_selectable (GTK_LABEL (text), FALSE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_add_css_class (text, "caption");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), word);
  gtk_box_append (GTK_BOX (row), text);
  if (note->place != NULL)
    {
      GtkWidget *jump = gtk_button_new_from_icon_name ("go-jump-symbolic");
      g_autofree char *label = g_strdup_printf ("Go to the field: %s", note->text);
      gtk_widget_add_css_class (jump, "flat");
      gtk_widget_add_css_class (jump, "tdm-row-menu");
      gtk_widget_set_tooltip_text (jump, "Go to the field");
      tdm_a11y_set_label (jump, label);
      g_object_set_data_full (G_OBJECT (jump), "place", g_strdup (note->place), g_free);
      g_signal_connect (jump, "clicked", G_CALLBACK (jump_cb), self);
      gtk_box_append (GTK_BOX (row), jump);
    }
  return row;
}

static void
clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

void
tdm_notes_strip_set_notes (TdmNotesStrip *self, const GPtrArray *notes)
{
  guint n = notes != NULL ? notes->len : 0;

  clear (self->box);
  clear (self->more);
  for (guint i = 0; i < n; i++)
    {
      const TdmNote *note = g_ptr_array_index (notes, i);
      gboolean shown = i < SHOWN || note->severity == TDM_NOTE_REFUSE;
      gtk_box_append (GTK_BOX (shown ? self->box : self->more),
                      note_row_new (self, note));
    }
  gboolean folded = gtk_widget_get_first_child (self->more) != NULL;
  g_autofree char *label = g_strdup_printf ("%u more", n > SHOWN ? n - SHOWN : 0);
  gtk_button_set_label (GTK_BUTTON (self->button), label);
  gtk_widget_set_visible (self->button, folded);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  more_cb (self);
}

static void
tdm_notes_strip_dispose (GObject *object)
{
  TdmNotesStrip *self = TDM_NOTES_STRIP (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (tdm_notes_strip_parent_class)->dispose (object);
}

static void
tdm_notes_strip_class_init (TdmNotesStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_notes_strip_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BOX_LAYOUT);
  jump_signal = g_signal_new ("jump", TDM_TYPE_NOTES_STRIP, G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tdm_notes_strip_init (TdmNotesStrip *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 2);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->more = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->button = gtk_toggle_button_new ();
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "tdm-more");
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  g_signal_connect_swapped (self->button, "toggled", G_CALLBACK (more_cb), self);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
