#include "gtk/missed-doses.h"

#include <adwaita.h>

#include "app/moment-text.h"
#include "gtk/a11y.h"

/* Longer lines are cut into shorter ones first. */
#define MAX_DOSES 500

typedef struct
{
  TdmForm *form;
  TdmCase *record; /* what the list was made of */
  guint dose;
  GPtrArray *given; /* of GtkCheckButton */
  GtkWindow *window;
} Missed;

static void
missed_free (gpointer data)
{
  Missed *self = data;

  g_object_unref (self->form);
  tdm_case_unref (self->record);
  g_ptr_array_unref (self->given);
  g_free (self);
}

static void
apply_cb (Missed *self)
{
  g_autofree gboolean *missed = g_new0 (gboolean, self->given->len);
  gboolean any = FALSE;
  TdmSheet sheet;

  for (guint i = 0; i < self->given->len; i++)
    {
      missed[i] = !gtk_check_button_get_active (g_ptr_array_index (self->given, i));
      any |= missed[i];
    }
  if (any && tdm_form_get_sheet (self->form, &sheet) && sheet.record == self->record)
    tdm_form_take (self->form, tdm_sheet_miss_doses (&sheet, self->dose, missed, NULL));
  gtk_window_destroy (self->window);
}

static GtkWidget *
list_new (Missed *self)
{
  const TdmDoseEntry *line = tdm_case_get_dose (self->record, self->dose);
  GDateTime *start = tdm_case_get_start (self->record);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  for (guint i = 0; i < line->count; i++)
    {
      const TdmMoment time = { line->time.hours + i * line->interval_h, NULL };
      g_autofree char *day = tdm_moment_day_words (&time, start);
      g_autofree char *text = tdm_moment_format_people (&time, start);
      g_autofree char *label =
          g_strdup_printf ("%s%s%s", text, day[0] != '\0' ? " · " : "", day);
      GtkWidget *check = gtk_check_button_new_with_label (label);
      g_autofree char *name = g_strdup_printf ("Given at %s", text);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
      tdm_a11y_set_label (check, name);
      gtk_box_append (GTK_BOX (box), check);
      g_ptr_array_add (self->given, check);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

static GtkWidget *
content_new (Missed *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *hint = gtk_label_new ("Take the tick away where a dose was not given.");
  GtkWidget *apply = gtk_button_new_with_label ("Apply");

  gtk_label_set_xalign (GTK_LABEL (hint), 0);
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_box_append (GTK_BOX (box), hint);
  gtk_box_append (GTK_BOX (box), list_new (self));
  gtk_widget_add_css_class (box, "tdm-record");
  gtk_widget_add_css_class (apply, "suggested-action");
  g_signal_connect_swapped (apply, "clicked", G_CALLBACK (apply_cb), self);
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), apply);
  gtk_window_set_titlebar (self->window, header);
  gtk_window_set_default_widget (self->window, apply);
  return box;
}

static gboolean
close_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  gtk_window_destroy (GTK_WINDOW (widget));
  return TRUE;
}

static void
close_with_escape (GtkWidget *window)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (close_cb, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
}

/* Whose doses: the identity stands in the title of every window. */
static void
set_title (Missed *self, GtkWindow *parent)
{
  g_autofree char *title =
      g_strdup_printf ("Doses not given · %s", gtk_window_get_title (parent));

  gtk_window_set_title (self->window, title);
}

void
tdm_missed_doses_show (TdmForm *form, guint dose, GtkWidget *near)
{
  TdmSheet sheet;

  if (!tdm_form_get_sheet (form, &sheet)
      || tdm_case_get_dose (sheet.record, dose)->count > MAX_DOSES)
    return;
  Missed *self = g_new0 (Missed, 1);
  self->form = g_object_ref (form);
  self->record = tdm_case_ref (sheet.record);
  self->dose = dose;
  self->given = g_ptr_array_new ();
  self->window = GTK_WINDOW (gtk_window_new ());
  set_title (self, GTK_WINDOW (gtk_widget_get_root (near)));
  gtk_window_set_modal (self->window, TRUE);
  gtk_window_set_transient_for (self->window, GTK_WINDOW (gtk_widget_get_root (near)));
  gtk_window_set_default_size (self->window, 560, 420);
  g_object_set_data_full (G_OBJECT (self->window), "missed", self, missed_free);
  gtk_window_set_child (self->window, content_new (self));
  close_with_escape (GTK_WIDGET (self->window));
  gtk_window_present (self->window);
}
