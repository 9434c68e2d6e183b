#include "gtk/patients-pane.h"

#include <string.h>

#include "gtk/a11y.h"

struct _TdmPatientsPane
{
  AdwBin parent_instance;

  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListBox *list;
  GtkLabel *empty;

  TdmSession *session;
  TdmPatientList *patients;
};

G_DEFINE_FINAL_TYPE (TdmPatientsPane, tdm_patients_pane, ADW_TYPE_BIN)

static guint chosen_signal;

static GtkWidget *
label_new (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
dim_label_new (const char *text)
{
  GtkWidget *label = label_new (text, "caption");

  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

/* Word and shape: the pill has no colour of its own. */
static GtkWidget *
state_new (TdmPatientRow *patient)
{
  static const char *const shapes[] = { [TDM_ROW_TO_DO] = "○",
                                        [TDM_ROW_LOW] = "▼",
                                        [TDM_ROW_IN_RANGE] = "●",
                                        [TDM_ROW_HIGH] = "▲" };
  g_autofree char *text =
      g_strdup_printf ("%s %s", shapes[tdm_patient_row_get_kind (patient)],
                       tdm_patient_row_get_state (patient));
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "tdm-state");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  tdm_a11y_set_label (label, tdm_patient_row_get_state (patient));
  return label;
}

static GtkWidget *
row_new (gpointer item, gpointer data)
{
  TdmPatientRow *patient = item;
  const TdmStoreEntry *entry = tdm_patient_row_get_entry (patient);
  const char *title = tdm_patient_row_get_title (patient);
  const char *drug = tdm_patient_row_get_drug (patient);
  const char *level = tdm_patient_row_get_level (patient);
  const char *state = tdm_patient_row_get_state (patient);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *last = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *reason = tdm_patient_row_get_reason (patient);
  g_autofree char *label =
      g_strdup_printf ("%s, %s, %s, %s: %s", title, drug, level, state, reason);

  gtk_box_append (GTK_BOX (box), label_new (title, NULL));
  gtk_box_append (GTK_BOX (box), dim_label_new (drug));
  gtk_box_append (GTK_BOX (last), dim_label_new (level));
  gtk_box_append (GTK_BOX (last), state_new (patient));
  gtk_box_append (GTK_BOX (box), last);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, reason);
  tdm_a11y_set_label (row, label);
  g_object_set_data_full (G_OBJECT (row), "case", g_strdup (entry->case_id), g_free);
  return row;
}

/* The row of the open case stays selected whatever the list does. */
static void
select_open (TdmPatientsPane *self)
{
  const char *open = tdm_session_get_case_id (self->session);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "case"), open) == 0)
      {
        gtk_list_box_select_row (self->list, row);
        return;
      }
  gtk_list_box_unselect_all (self->list);
}

static void
items_changed_cb (TdmPatientsPane *self)
{
  GListModel *model = tdm_patient_list_get_model (self->patients);
  gboolean some = g_list_model_get_n_items (model) > 0;
  gboolean archived = tdm_patient_list_get_archived (self->patients);
  gboolean searching = gtk_editable_get_text (GTK_EDITABLE (self->search))[0] != '\0';

  gtk_stack_set_visible_child_name (self->stack, some ? "list" : "empty");
  /* Which of the two lists this is stands above it. */
  g_object_set (self->search, "placeholder-text",
                archived ? "Search archived" : "Search patients", NULL);
  gtk_label_set_text (self->empty, searching  ? "No patient found"
                                   : archived ? "No archived patients"
                                              : "No patients yet");
  select_open (self);
}

static void
activated_cb (TdmPatientsPane *self, GtkListBoxRow *row)
{
  g_autofree char *case_id = g_strdup (g_object_get_data (G_OBJECT (row), "case"));

  g_signal_emit (self, chosen_signal, 0, case_id);
}

static void
search_cb (TdmPatientsPane *self)
{
  tdm_patient_list_set_search (self->patients,
                               gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
stop_cb (TdmPatientsPane *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
}

void
tdm_patients_pane_set_session (TdmPatientsPane *self, TdmSession *session)
{
  self->session = g_object_ref (session);
  self->patients = tdm_patient_list_new (session);
  GListModel *model = tdm_patient_list_get_model (self->patients);
  gtk_list_box_bind_model (self->list, model, row_new, self, NULL);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (session, "record-changed", G_CALLBACK (select_open), self,
                           G_CONNECT_SWAPPED);
  /* The focus selects the rows it passes. */
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (select_open), self,
                           G_CONNECT_SWAPPED);
  items_changed_cb (self);
}

TdmPatientList *
tdm_patients_pane_get_list (TdmPatientsPane *self)
{
  return self->patients;
}

void
tdm_patients_pane_focus_search (TdmPatientsPane *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
tdm_patients_pane_dispose (GObject *object)
{
  TdmPatientsPane *self = TDM_PATIENTS_PANE (object);

  if (self->list != NULL && self->patients != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->patients);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tdm_patients_pane_parent_class)->dispose (object);
}

static void
tdm_patients_pane_class_init (TdmPatientsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_patients_pane_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/titrate/Titrate/ui/patients-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmPatientsPane, search);
  gtk_widget_class_bind_template_child (widget_class, TdmPatientsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, TdmPatientsPane, list);
  gtk_widget_class_bind_template_child (widget_class, TdmPatientsPane, empty);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  chosen_signal = g_signal_new ("chosen", TDM_TYPE_PATIENTS_PANE, G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tdm_patients_pane_init (TdmPatientsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tdm_a11y_skip_scrolling (GTK_WIDGET (self));
  tdm_a11y_set_label (GTK_WIDGET (self->search), "Search patients");
  tdm_a11y_set_label (GTK_WIDGET (self->list), "Patients");
}
