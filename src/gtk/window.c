#include "gtk/window.h"

#include <string.h>

#include "app/form.h"
#include "gtk/a11y.h"
#include "gtk/answer-page.h"
#include "gtk/patients-pane.h"
#include "gtk/record-page.h"
#include "gtk/window-actions.h"

/* Pixels of the window when it opens for the first time, on a screen that has them. */
#define FIRST_WIDTH 1600
#define FIRST_HEIGHT 950

struct _TdmWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwFlap *flap;
  AdwWindowTitle *identity;
  GtkLabel *saved;
  GtkLabel *demo_tag;
  GtkScrolledWindow *columns; /* scrolls sideways when text is very large */
  GtkRevealer *record_revealer;
  TdmPatientsPane *patients;
  TdmRecordPage *record;
  TdmAnswerPage *answer;
  GtkWidget *patients_button, *new_button, *menu_button, *print_button;
  GtkWidget *undo_button, *redo_button;

  TdmSession *session;
  TdmForm *form;
  GSettings *settings;
  char *wanted; /* the case being loaded */
};

G_DEFINE_FINAL_TYPE (TdmWindow, tdm_window, ADW_TYPE_APPLICATION_WINDOW)

static void
append_part (GString *text, const char *part)
{
  if (part == NULL || part[0] == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

/* Who this is, on every picture of the window: name, birth date, identifier, sex. */
static void
show_identity (TdmWindow *self)
{
  TdmCase *record = tdm_session_get_record (self->session);
  TdmModel *model = tdm_session_get_model (self->session);
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) subtitle = g_string_new (NULL);

  if (record == NULL)
    {
      adw_window_title_set_title (self->identity, "Titrate");
      adw_window_title_set_subtitle (self->identity, "");
      gtk_window_set_title (GTK_WINDOW (self), "Titrate");
      return;
    }
  const TdmPatient *patient = tdm_case_get_patient (record);
  g_autofree char *birth =
      patient->birth != NULL ? g_strdup_printf ("born %s", patient->birth) : NULL;
  g_autofree char *age = tdm_sheet_age_words (record);
  append_part (title, patient->name != NULL && patient->name[0] != '\0'
                          ? patient->name
                          : "Unnamed patient");
  append_part (title, birth);
  append_part (title, patient->id);
  append_part (title, patient->sex == TDM_SEX_MALE     ? "male"
                      : patient->sex == TDM_SEX_FEMALE ? "female"
                                                       : NULL);
  append_part (subtitle, age);
  append_part (subtitle,
               model != NULL ? tdm_model_get_text (model)->title : "no model");
  adw_window_title_set_title (self->identity, title->str);
  adw_window_title_set_subtitle (self->identity, subtitle->str);
  append_part (title, "Titrate");
  gtk_window_set_title (GTK_WINDOW (self), title->str);
}

static void
enable (TdmWindow *self, const char *action, gboolean on)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, on);
}

static void
refresh_actions (TdmWindow *self)
{
  gboolean open = tdm_session_get_record (self->session) != NULL;
  gboolean current = tdm_session_is_current (self->session);

  /* What is out of date is never printed. */
  enable (self, "win.print", current);
  enable (self, "win.save-report", current);
  enable (self, "win.save-plot", current);
  enable (self, "win.copy-table", current);
  enable (self, "win.export", open);
  enable (self, "win.archive", open);
  enable (self, "win.add-dose", open);
  enable (self, "win.add-level", open);
  enable (self, "win.undo",
          open
              && (tdm_session_can_undo (self->session)
                  || tdm_form_has_drafts (self->form)));
  enable (self, "win.redo", open && tdm_session_can_redo (self->session));
}

static void
form_updated_cb (TdmWindow *self)
{
  show_identity (self);
  refresh_actions (self);
}

static void
saved_cb (TdmWindow *self)
{
  const char *message;
  TdmSaved saved = tdm_session_get_saved (self->session, &message);

  if (tdm_session_get_store (self->session) == NULL)
    {
      saved = TDM_SAVED_FAILED;
      message = "There is no database: what is entered is gone when the window closes. "
                "Export the case to keep it.";
    }
  gtk_label_set_text (self->saved, saved == TDM_SAVED_SAVING   ? "Saving …"
                                   : saved == TDM_SAVED_DONE   ? "Saved"
                                   : saved == TDM_SAVED_FAILED ? "Not saved"
                                                               : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->saved), message);
  if (saved == TDM_SAVED_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->saved), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->saved), "error");
}

void
tdm_window_toast (TdmWindow *self, const char *text)
{
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

AdwToast *
tdm_window_toast_until (TdmWindow *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_timeout (toast, 0);
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (toast));
  return toast;
}

void
tdm_window_tell (TdmWindow *self, const char *heading, const char *body)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", "Close");
  gtk_window_present (GTK_WINDOW (dialog));
}

void
tdm_window_finish_words (TdmWindow *self)
{
  tdm_answer_page_finish_words (self->answer);
}

const TdmComparison *
tdm_window_get_comparison (TdmWindow *self)
{
  return tdm_answer_page_get_comparison (self->answer);
}

/* What is being typed is entered, or kept as a draft, before another patient comes. */
static void
leave_fields (TdmWindow *self)
{
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TdmWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = tdm_store_load_case_finish (result, &error);
  g_autofree char *case_id = g_steal_pointer (&self->wanted);

  if (record == NULL)
    tdm_window_tell (self, "The case cannot be opened", error->message);
  else if (case_id != NULL)
    {
      tdm_window_finish_words (self);
      tdm_session_open (self->session, case_id, record);
    }
}

void
tdm_window_open_case (TdmWindow *self, const char *case_id)
{
  if (g_strcmp0 (tdm_session_get_case_id (self->session), case_id) == 0
      || self->wanted != NULL)
    return;
  leave_fields (self);
  self->wanted = g_strdup (case_id);
  tdm_store_load_case_async (tdm_session_get_store (self->session), case_id, 0,
                             loaded_cb, g_object_ref (self));
}

void
tdm_window_new_case (TdmWindow *self)
{
  g_autoptr (TdmCase) record = tdm_case_new_empty ();
  g_autofree char *case_id = tdm_store_new_case_id ();

  leave_fields (self);
  tdm_session_open (self->session, case_id, record);
  tdm_record_page_focus_section (self->record, TDM_SECTION_PATIENT);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TdmWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *case_id = tdm_store_import_finish (result, &error);

  if (case_id == NULL)
    {
      tdm_window_tell (self, "The file cannot be used", error->message);
      return;
    }
  tdm_patient_list_reload (tdm_patients_pane_get_list (self->patients));
  tdm_window_open_case (self, case_id);
}

void
tdm_window_import (TdmWindow *self, GFile *file)
{
  TdmStore *store = tdm_session_get_store (self->session);
  g_autofree char *path = g_file_get_path (file);

  if (path == NULL || store == NULL)
    tdm_window_tell (self, "The file cannot be used",
                     path == NULL ? "It is not on this computer."
                                  : "There is no database to keep it in.");
  else
    tdm_store_import_async (store, path, NULL, imported_cb, g_object_ref (self));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tdm_form_undo (TDM_WINDOW (widget)->form);
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tdm_form_redo (TDM_WINDOW (widget)->form);
}

static void
file_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);
  TdmPlotView *view = tdm_answer_page_get_plot_view (self->answer);

  if (strcmp (name, "win.import") == 0)
    tdm_window_ask_import (self);
  else if (strcmp (name, "win.export") == 0)
    tdm_window_ask_export (self);
  else if (strcmp (name, "win.print") == 0)
    tdm_window_print (self);
  else if (strcmp (name, "win.save-report") == 0)
    tdm_window_ask_save_report (self);
  else
    tdm_window_ask_save_plot (self, view);
}

static void
copy_table_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);
  TdmPlotView *view = tdm_answer_page_get_plot_view (self->answer);
  g_autofree char *text = tdm_plot_table_text (tdm_plot_view_get_plot (view));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  tdm_window_toast (self, "Copied as a table");
}

static void
copy_text_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *text = g_variant_get_string (parameter, NULL);
  g_autofree char *words = g_strdup_printf ("Copied: %s", text);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  tdm_window_toast (TDM_WINDOW (widget), words);
}

static void
dialog_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (strcmp (name, "win.about") == 0)
    tdm_window_show_about (TDM_WINDOW (widget));
  else
    tdm_window_show_preferences (TDM_WINDOW (widget));
}

static void
archived_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TdmWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!tdm_store_set_archived_finish (result, &error))
    {
      tdm_window_tell (self, "The patient was not archived", error->message);
      return;
    }
  tdm_patient_list_reload (tdm_patients_pane_get_list (self->patients));
}

static const TdmStoreEntry *
find_open_entry (TdmWindow *self)
{
  TdmPatientList *list = tdm_patients_pane_get_list (self->patients);
  GListModel *model = tdm_patient_list_get_model (list);
  const char *open = tdm_session_get_case_id (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (TdmPatientRow) row = g_list_model_get_item (model, i);
      const TdmStoreEntry *entry = tdm_patient_row_get_entry (row);
      if (g_strcmp0 (entry->case_id, open) == 0)
        return entry;
    }
  return NULL;
}

static void
archive_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);
  const TdmStoreEntry *entry = find_open_entry (self);
  TdmStore *store = tdm_session_get_store (self->session);

  if (entry == NULL || store == NULL)
    return;
  tdm_store_set_archived_async (store, entry->patient_id, !entry->archived, archived_cb,
                                g_object_ref (self));
  tdm_window_toast (self,
                    entry->archived ? "Patient brought back" : "Patient archived");
}

static void
show_archived_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmPatientList *list = tdm_patients_pane_get_list (TDM_WINDOW (widget)->patients);

  tdm_patient_list_set_archived (list, !tdm_patient_list_get_archived (list));
}

static void
use_model_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);

  tdm_record_page_use_model (self->record, g_variant_get_string (parameter, NULL));
}

static void
view_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);

  if (strcmp (name, "win.hide-record") == 0)
    gtk_revealer_set_reveal_child (
        self->record_revealer, !gtk_revealer_get_reveal_child (self->record_revealer));
  else if (strcmp (name, "win.toggle-patients") == 0)
    adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
  else
    {
      adw_flap_set_reveal_flap (self->flap, TRUE);
      tdm_patients_pane_focus_search (self->patients);
    }
}

static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tdm_answer_page_show (TDM_WINDOW (widget)->answer,
                        g_variant_get_string (parameter, NULL));
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmWindow *self = TDM_WINDOW (widget);

  gtk_revealer_set_reveal_child (self->record_revealer, TRUE);
  tdm_record_page_focus_section (self->record, strcmp (name, "win.add-dose") == 0
                                                   ? TDM_SECTION_DOSES
                                                   : TDM_SECTION_LEVELS);
}

static void
tell_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tdm_window_tell (TDM_WINDOW (widget), "Nothing was entered",
                   g_variant_get_string (parameter, NULL));
}

/* "levels[1].value" or "covariates: …" → the row on the record page. */
static void
jump_cb (TdmWindow *self, const char *place)
{
  static const struct
  {
    const char *prefix;
    TdmSection section;
  } sections[] = { { "patient", TDM_SECTION_PATIENT },
                   { "covariates", TDM_SECTION_COVARIATES },
                   { "doses", TDM_SECTION_DOSES },
                   { "levels", TDM_SECTION_LEVELS },
                   { "target", TDM_SECTION_TARGET } };
  const char *bracket = strchr (place, '[');
  guint index = bracket != NULL ? (guint)g_ascii_strtoull (bracket + 1, NULL, 10) : 0;

  gtk_revealer_set_reveal_child (self->record_revealer, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      if (!g_str_has_prefix (place, sections[i].prefix))
        continue;
      if (bracket == NULL)
        tdm_record_page_focus_section (self->record, sections[i].section);
      else
        tdm_record_page_focus_row (
            self->record, sections[i].section,
            tdm_form_find_row (self->form, sections[i].section, index));
    }
}

static void
chosen_cb (TdmWindow *self, const char *case_id)
{
  tdm_window_open_case (self, case_id);
}

void
tdm_window_set_demo (TdmWindow *self, gboolean demo)
{
  gtk_widget_set_visible (GTK_WIDGET (self->demo_tag), demo);
}

TdmSession *
tdm_window_get_session (TdmWindow *self)
{
  return self->session;
}

GSettings *
tdm_window_get_settings (TdmWindow *self)
{
  return self->settings;
}

static void
bands_cb (TdmWindow *self)
{
  tdm_session_set_residual_bands (
      self->session, g_settings_get_boolean (self->settings, "residual-bands"));
}

/* The size of the last time; at first most of the screen, but not all of a large one.
 */
static void
restore_size (TdmWindow *self)
{
  int width = g_settings_get_int (self->settings, "window-width");
  int height = g_settings_get_int (self->settings, "window-height");
  GListModel *monitors =
      gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self)));
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle screen = { 0, 0, 1366, 768 };

  if (monitor != NULL)
    gdk_monitor_get_geometry (monitor, &screen);
  if (width <= 0 || height <= 0)
    {
      width = MIN (screen.width, FIRST_WIDTH);
      height = MIN (screen.height, FIRST_HEIGHT);
    }
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
}

static void
restore (TdmWindow *self)
{
  if (self->settings == NULL)
    return;
  restore_size (self);
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_settings_bind (self->settings, "show-patients", self->flap, "reveal-flap",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->settings, "changed::residual-bands",
                           G_CALLBACK (bands_cb), self, G_CONNECT_SWAPPED);
  bands_cb (self);
}

static gboolean
tdm_window_close_request (GtkWindow *window)
{
  TdmWindow *self = TDM_WINDOW (window);
  int width, height;

  leave_fields (self);
  gtk_window_get_default_size (window, &width, &height);
  if (self->settings != NULL)
    {
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
      g_settings_set_boolean (self->settings, "window-maximized",
                              gtk_window_is_maximized (window));
    }
  return GTK_WINDOW_CLASS (tdm_window_parent_class)->close_request (window);
}

static void
tdm_window_dispose (GObject *object)
{
  TdmWindow *self = TDM_WINDOW (object);

  g_clear_object (&self->form);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (tdm_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, identity);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, saved);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, demo_tag);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, columns);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, record_revealer);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, patients);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, record);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, answer);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, patients_button);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, new_button);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, print_button);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TdmWindow, redo_button);
  gtk_widget_class_bind_template_callback (widget_class, jump_cb);
}

static void
tdm_window_class_init (TdmWindowClass *klass)
{
  static const struct
  {
    const char *name, *parameter;
    GtkWidgetActionActivateFunc activate;
  } actions[] = { { "win.use-model", "s", use_model_action },
                  { "win.undo", NULL, undo_action },
                  { "win.redo", NULL, redo_action },
                  { "win.import", NULL, file_action },
                  { "win.export", NULL, file_action },
                  { "win.print", NULL, file_action },
                  { "win.save-report", NULL, file_action },
                  { "win.save-plot", NULL, file_action },
                  { "win.copy-table", NULL, copy_table_action },
                  { "win.copy-text", "s", copy_text_action },
                  { "win.about", NULL, dialog_action },
                  { "win.preferences", NULL, dialog_action },
                  { "win.archive", NULL, archive_action },
                  { "win.show-archived", NULL, show_archived_action },
                  { "win.hide-record", NULL, view_action },
                  { "win.toggle-patients", NULL, view_action },
                  { "win.search", NULL, view_action },
                  { "win.page", "s", page_action },
                  { "win.add-dose", NULL, add_action },
                  { "win.add-level", NULL, add_action },
                  { "win.tell", "s", tell_action } };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = tdm_window_close_request;
  g_type_ensure (TDM_TYPE_PATIENTS_PANE);
  g_type_ensure (TDM_TYPE_RECORD_PAGE);
  g_type_ensure (TDM_TYPE_ANSWER_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/titrate/Titrate/ui/window.ui");
  bind_children (widget_class);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i].name,
                                     actions[i].parameter, actions[i].activate);
}

static void
tdm_window_init (TdmWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tdm_a11y_skip_scrolling (GTK_WIDGET (self->columns));
  tdm_a11y_set_label (self->patients_button, "Show the patient list");
  tdm_a11y_set_label (self->new_button, "New patient");
  tdm_a11y_set_label (self->menu_button, "Main menu");
  tdm_a11y_set_label (self->print_button, "Print the report");
  tdm_a11y_set_label (self->undo_button, "Undo");
  tdm_a11y_set_label (self->redo_button, "Redo");
  g_signal_connect_swapped (self->patients, "chosen", G_CALLBACK (chosen_cb), self);
}

TdmWindow *
tdm_window_new (GtkApplication *application, TdmSession *session, GSettings *settings)
{
  TdmWindow *self = g_object_new (TDM_TYPE_WINDOW, "application", application, NULL);

  self->session = g_object_ref (session);
  self->form = tdm_form_new (session);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  tdm_patients_pane_set_session (self->patients, session);
  tdm_record_page_set_form (self->record, self->form);
  tdm_answer_page_set_session (self->answer, session);
  g_signal_connect_object (self->form, "updated", G_CALLBACK (form_updated_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "published", G_CALLBACK (refresh_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "saved-changed", G_CALLBACK (saved_cb), self,
                           G_CONNECT_SWAPPED);
  restore (self);
  saved_cb (self);
  form_updated_cb (self);
  return self;
}
