#include "gtk/unit-button.h"

#include <string.h>

#include "base/number.h"
#include "base/unit.h"
#include "gtk/a11y.h"

struct _TdmUnitButton
{
  GtkWidget parent_instance;

  TdmForm *form;
  TdmCell cell;
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (TdmUnitButton, tdm_unit_button, GTK_TYPE_WIDGET)

static void
choice_cb (GtkButton *button, TdmUnitButton *self)
{
  g_autofree char *unit = g_strdup (g_object_get_data (G_OBJECT (button), "unit"));
  gboolean convert = g_object_get_data (G_OBJECT (button), "convert") != NULL;
  g_autoptr (TdmUnitButton) alive = g_object_ref (self);

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  tdm_form_choose_unit (self->form, self->cell, unit, convert);
}

static void
add_choice (TdmUnitButton *self, GtkWidget *box, const char *label, const char *unit,
            gboolean convert)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_halign (gtk_button_get_child (GTK_BUTTON (button)), GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "unit", g_strdup (unit), g_free);
  if (convert)
    g_object_set_data (G_OBJECT (button), "convert", self);
  g_signal_connect (button, "clicked", G_CALLBACK (choice_cb), self);
  gtk_box_append (GTK_BOX (box), button);
}

static double
number_in_cell (TdmUnitButton *self)
{
  g_autofree char *text = tdm_form_get_text (self->form, self->cell);
  const char *digits = text + strspn (text, "<> ");
  double value;

  return tdm_number_parse_people (digits, &value, NULL) ? value : 0;
}

/* Two choices for each other unit, so that nothing happens silently; before there is a
 * number, one. */
static void
add_unit (TdmUnitButton *self, GtkWidget *box, const TdmSheet *sheet, const char *unit)
{
  g_autofree char *from = tdm_form_get_unit (self->form, self->cell);
  double value = number_in_cell (self), converted;
  g_autofree char *number = tdm_number_format (value, 6);
  g_autofree char *shown = tdm_unit_display (unit);
  g_autofree char *keep = g_strdup_printf ("It was measured as %s %s", number, shown);

  if (tdm_form_is_blank_row (self->form, tdm_cell_section (self->cell.kind),
                             self->cell.row))
    {
      add_choice (self, box, shown, unit, FALSE);
      return;
    }
  if (tdm_unit_convert (value, from, unit, tdm_sheet_molar_mass (sheet, self->cell),
                        &converted, NULL))
    {
      g_autofree char *other = tdm_number_format (converted, 4);
      g_autofree char *label = g_strdup_printf ("Convert to %s %s", other, shown);
      add_choice (self, box, label, unit, TRUE);
    }
  add_choice (self, box, keep, unit, FALSE);
}

static void
popup_cb (GtkMenuButton *button, gpointer data)
{
  TdmUnitButton *self = data;
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  TdmSheet sheet;

  if (tdm_form_get_sheet (self->form, &sheet))
    {
      g_autofree char *present = tdm_form_get_unit (self->form, self->cell);
      const char *like = tdm_sheet_model_unit (&sheet, self->cell);
      g_auto (GStrv) choices = tdm_sheet_unit_choices (
          like, present, tdm_sheet_molar_mass (&sheet, self->cell));
      for (guint i = 0; choices[i] != NULL; i++)
        if (g_strcmp0 (choices[i], present) != 0)
          add_unit (self, box, &sheet, choices[i]);
    }
  if (gtk_widget_get_first_child (box) == NULL)
    gtk_box_append (GTK_BOX (box), gtk_label_new ("There is no other unit."));
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  tdm_a11y_set_label (popover, "Other units");
  gtk_menu_button_set_popover (button, popover);
}

void
tdm_unit_button_refresh (TdmUnitButton *self, const char *name)
{
  g_autofree char *unit = tdm_form_get_unit (self->form, self->cell);
  g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");
  g_autofree char *label = g_strdup_printf ("Unit of %s: %s", name, shown);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), shown);
  gtk_widget_set_visible (GTK_WIDGET (self), shown[0] != '\0');
  tdm_a11y_set_label (gtk_widget_get_first_child (self->button), label);
}

void
tdm_unit_button_popup (TdmUnitButton *self)
{
  if (gtk_widget_get_sensitive (self->button))
    gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}

static void
tdm_unit_button_dispose (GObject *object)
{
  TdmUnitButton *self = TDM_UNIT_BUTTON (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_unit_button_parent_class)->dispose (object);
}

static void
tdm_unit_button_class_init (TdmUnitButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_unit_button_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
tdm_unit_button_init (TdmUnitButton *self)
{
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->button), popup_cb, self,
                                         NULL);
  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (self->button), FALSE);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "tdm-unit");
  /* Tab goes from value to value; a key in the field opens this. */
  gtk_widget_set_focusable (gtk_widget_get_first_child (self->button), FALSE);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
tdm_unit_button_new (TdmForm *form, TdmCell cell)
{
  TdmUnitButton *self = g_object_new (TDM_TYPE_UNIT_BUTTON, NULL);

  self->form = g_object_ref (form);
  self->cell = cell;
  return GTK_WIDGET (self);
}
