#include "gtk/remark.h"

struct _TdmRemark
{
  GtkWidget parent_instance;

  TdmForm *form;
  TdmSection section;
  guint row;
  GtkWidget *label, *answers, *suggest, *keep;
};

G_DEFINE_FINAL_TYPE (TdmRemark, tdm_remark, GTK_TYPE_WIDGET)

static void
suggest_cb (TdmRemark *self)
{
  tdm_form_answer (self->form, self->section, self->row, TRUE);
}

static void
keep_cb (TdmRemark *self)
{
  tdm_form_answer (self->form, self->section, self->row, FALSE);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

void
tdm_remark_refresh (TdmRemark *self)
{
  TdmRemarkKind kind;
  g_autofree char *text =
      tdm_form_get_remark (self->form, self->section, self->row, &kind);
  const TdmQuestion *question =
      tdm_form_get_question (self->form, self->section, self->row);
  gboolean asks = kind == TDM_REMARK_QUESTION && question != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), kind != TDM_REMARK_NONE);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  set_class (self->label, "error", kind == TDM_REMARK_ERROR);
  set_class (self->label, "warning", kind == TDM_REMARK_QUESTION);
  set_class (self->label, "dim-label", kind == TDM_REMARK_ECHO);
  gtk_widget_set_visible (self->answers, asks);
  if (!asks)
    return;
  gtk_widget_set_visible (self->suggest, question->suggest_label != NULL);
  if (question->suggest_label != NULL)
    gtk_button_set_label (GTK_BUTTON (self->suggest), question->suggest_label);
  gtk_button_set_label (GTK_BUTTON (self->keep), question->keep_label);
}

static void
tdm_remark_dispose (GObject *object)
{
  TdmRemark *self = TDM_REMARK (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->answers, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_remark_parent_class)->dispose (object);
}

static void
tdm_remark_class_init (TdmRemarkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_remark_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BOX_LAYOUT);
}

static GtkWidget *
answer_button (TdmRemark *self, GCallback callback)
{
  GtkWidget *button = gtk_button_new ();

  gtk_widget_add_css_class (button, "tdm-answer");
  g_signal_connect_swapped (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (self->answers), button);
  return button;
}

static void
tdm_remark_init (TdmRemark *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
  self->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (self->label), 20);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 40);
  gtk_widget_set_hexpand (self->label, TRUE);
  gtk_widget_add_css_class (self->label, "caption");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  self->answers = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_set_parent (self->answers, GTK_WIDGET (self));
  self->suggest = answer_button (self, G_CALLBACK (suggest_cb));
  gtk_widget_add_css_class (self->suggest, "suggested-action");
  self->keep = answer_button (self, G_CALLBACK (keep_cb));
}

GtkWidget *
tdm_remark_new (TdmForm *form, TdmSection section, guint row)
{
  TdmRemark *self = g_object_new (TDM_TYPE_REMARK, NULL);

  self->form = g_object_ref (form);
  self->section = section;
  self->row = row;
  return GTK_WIDGET (self);
}
