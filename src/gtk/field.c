#include "gtk/field.h"

#include <string.h>

#include "gtk/a11y.h"

struct _TdmField
{
  GtkEntry parent_instance;

  TdmForm *form;
  TdmCell cell;
  gboolean refreshing;
  gboolean retired;
};

G_DEFINE_FINAL_TYPE (TdmField, tdm_field, GTK_TYPE_ENTRY)

static guint entered_signal;

static gboolean
enter (TdmField *self)
{
  g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self)));
  g_autoptr (TdmForm) form = g_object_ref (self->form);

  return tdm_form_enter (form, self->cell, text);
}

static void
changed_cb (TdmField *self)
{
  if (!self->refreshing)
    tdm_form_type (self->form, self->cell, gtk_editable_get_text (GTK_EDITABLE (self)));
}

static void
activate_cb (TdmField *self)
{
  g_autoptr (TdmField) alive = g_object_ref (self);

  if (enter (self))
    g_signal_emit (self, entered_signal, 0);
}

static void
leave_cb (TdmField *self)
{
  g_autofree char *shown = tdm_form_get_text (self->form, self->cell);

  if (self->retired
      || tdm_session_get_record (tdm_form_get_session (self->form)) == NULL)
    return;
  /* An empty field of the blank row is just passed by. */
  if (shown[0] != '\0' || gtk_entry_get_text_length (GTK_ENTRY (self)) > 0
      || !tdm_form_is_blank_row (self->form, tdm_cell_section (self->cell.kind),
                                 self->cell.row))
    enter (self);
}

static gboolean
key_cb (TdmField *self, guint keyval)
{
  if (keyval != GDK_KEY_Escape)
    return FALSE;
  tdm_form_revert (self->form, self->cell);
  return TRUE;
}

void
tdm_field_refresh (TdmField *self, const char *label, const char *remark)
{
  g_autofree char *text = tdm_form_get_text (self->form, self->cell);
  gboolean wrong = tdm_form_has_error (self->form, self->cell);

  if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (self))) != 0)
    {
      self->refreshing = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self), text);
      gtk_editable_set_position (GTK_EDITABLE (self), -1);
      self->refreshing = FALSE;
    }
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  tdm_a11y_set_label (GTK_WIDGET (self), label);
  tdm_a11y_set_description (GTK_WIDGET (self), wrong ? remark : NULL);
  tdm_a11y_set_invalid (GTK_WIDGET (self), wrong);
}

void
tdm_field_retire (TdmField *self)
{
  self->retired = TRUE;
}

TdmCell
tdm_field_get_cell (TdmField *self)
{
  return self->cell;
}

static void
tdm_field_finalize (GObject *object)
{
  g_clear_object (&TDM_FIELD (object)->form);
  G_OBJECT_CLASS (tdm_field_parent_class)->finalize (object);
}

static void
tdm_field_class_init (TdmFieldClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tdm_field_finalize;
  entered_signal = g_signal_new ("entered", TDM_TYPE_FIELD, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tdm_field_init (TdmField *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  /* Ctrl+Z belongs to the record; it takes back the text of a field first. */
  gtk_editable_set_enable_undo (GTK_EDITABLE (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tdm-field");
  g_signal_connect (self, "changed", G_CALLBACK (changed_cb), NULL);
  g_signal_connect (self, "activate", G_CALLBACK (activate_cb), NULL);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
tdm_field_new (TdmForm *form, TdmCell cell, int width_chars)
{
  TdmField *self = g_object_new (TDM_TYPE_FIELD, "width-chars", width_chars,
                                 "max-width-chars", width_chars, NULL);

  self->form = g_object_ref (form);
  self->cell = cell;
  return GTK_WIDGET (self);
}
