#include "gtk/options-box.h"

#include <string.h>

#include "gtk/choice.h"
#include "gtk/field.h"
#include "gtk/fold.h"

struct _TdmOptionsBox
{
  GtkWidget parent_instance;

  TdmForm *form;
  GtkWidget *fold;
  GtkGrid *grid;
  GtkWidget *fields[TDM_CELL_N];
  GtkWidget *future;
  GtkDropDown *posterior;
  GtkWidget *remark;
  char *case_id; /* of what is shown */
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (TdmOptionsBox, tdm_options_box, GTK_TYPE_WIDGET)

static void
future_cb (TdmOptionsBox *self)
{
  gboolean on = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->future));
  TdmSheet sheet;

  if (!self->refreshing && tdm_form_get_sheet (self->form, &sheet))
    tdm_form_take (self->form, tdm_sheet_set_future_occasions (&sheet, on, NULL));
}

static void
posterior_cb (TdmOptionsBox *self)
{
  TdmPosteriorMethod method =
      (TdmPosteriorMethod)gtk_drop_down_get_selected (self->posterior);
  TdmSheet sheet;

  if (!self->refreshing && tdm_form_get_sheet (self->form, &sheet))
    tdm_form_take (self->form, tdm_sheet_set_posterior (&sheet, method, NULL));
}

/* "Options", or what is not as usual: "Options · prior 0.4". */
static char *
summary (const TdmCase *record)
{
  const TdmCaseOptions *options = tdm_case_get_options (record);
  GString *text = g_string_new ("Options");

  for (TdmCellKind k = TDM_CELL_OPTION_INTERVALS; k <= TDM_CELL_OPTION_HALF_LIFE; k++)
    {
      static const char *const words[] = { "every",   "prior",
                                           "from",    "level",
                                           "within",  "doses",
                                           "times ±", "levels half after" };
      static const char *const units[] = { " h", "", "", "", " h", "", " min", " h" };
      g_autofree char *value = tdm_sheet_option_text (record, k);
      if (value[0] != '\0')
        g_string_append_printf (text, " · %s %s%s",
                                words[k - TDM_CELL_OPTION_INTERVALS], value,
                                units[k - TDM_CELL_OPTION_INTERVALS]);
    }
  if (options->posterior != TDM_POSTERIOR_AUTO)
    g_string_append_printf (text, " · %s",
                            tdm_posterior_method_name (options->posterior));
  if (options->future_occasions)
    g_string_append (text, " · occasions to come differ");
  return g_string_free (text, FALSE);
}

static void
refresh_future (TdmOptionsBox *self, const TdmSheet *sheet)
{
  gboolean known =
      sheet->model != NULL && tdm_model_get_n_occasion_effects (sheet->model) > 0;
  gboolean on = tdm_case_get_options (sheet->record)->future_occasions;

  gtk_widget_set_visible (self->future, known || on);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->future), on);
}

static void
refresh_remark (TdmOptionsBox *self, TdmRemarkKind kind, const char *remark)
{
  gtk_label_set_text (GTK_LABEL (self->remark), remark);
  gtk_widget_set_visible (self->remark, kind == TDM_REMARK_ERROR);
}

static void
updated_cb (TdmOptionsBox *self)
{
  const char *case_id = tdm_session_get_case_id (tdm_form_get_session (self->form));
  TdmRemarkKind kind;
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self->form, &sheet))
    return;
  g_autofree char *title = summary (sheet.record);
  g_autofree char *remark =
      tdm_form_get_remark (self->form, TDM_SECTION_OPTIONS, 0, &kind);
  self->refreshing = TRUE;
  tdm_fold_set_title (TDM_FOLD (self->fold), title);
  for (TdmCellKind k = TDM_CELL_OPTION_INTERVALS; k <= TDM_CELL_OPTION_HALF_LIFE; k++)
    tdm_field_refresh (TDM_FIELD (self->fields[k]), tdm_cell_title (k), remark);
  refresh_future (self, &sheet);
  gtk_drop_down_set_selected (self->posterior,
                              tdm_case_get_options (sheet.record)->posterior);
  refresh_remark (self, kind, remark);
  if (kind == TDM_REMARK_ERROR)
    tdm_fold_set_open (TDM_FOLD (self->fold), TRUE);
  else if (g_strcmp0 (case_id, self->case_id) != 0)
    tdm_fold_set_open (TDM_FOLD (self->fold), FALSE);
  g_free (self->case_id);
  self->case_id = g_strdup (case_id);
  self->refreshing = FALSE;
}

static void
add_field (TdmOptionsBox *self, TdmCellKind kind, int width, const char *placeholder)
{
  const int row = (int)(kind - TDM_CELL_OPTION_INTERVALS);
  GtkWidget *label = gtk_label_new (tdm_cell_title (kind));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  self->fields[kind] = tdm_field_new (self->form, (TdmCell){ kind, 0 }, width);
  gtk_widget_set_halign (self->fields[kind], GTK_ALIGN_START);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->fields[kind]), placeholder);
  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->grid, self->fields[kind], 1, row, 1, 1);
}

/* In the order of TdmPosteriorMethod. */
static void
add_posterior (TdmOptionsBox *self, int row)
{
  static const char *const titles[] = { "Automatic", "Normal approximation (Laplace)",
                                        "Importance sampling", "Markov chains (HMC)",
                                        NULL };
  GtkWidget *label = gtk_label_new ("Bands and chances by");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  self->posterior = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (titles));
  gtk_widget_add_css_class (GTK_WIDGET (self->posterior), "tdm-choice");
  gtk_widget_set_halign (GTK_WIDGET (self->posterior), GTK_ALIGN_START);
  tdm_choice_set_name (self->posterior, "Bands and chances by");
  g_signal_connect_swapped (self->posterior, "notify::selected",
                            G_CALLBACK (posterior_cb), self);
  gtk_grid_attach (self->grid, label, 0, row, 1, 1);
  gtk_grid_attach (self->grid, GTK_WIDGET (self->posterior), 1, row, 1, 1);
}

static void
build (TdmOptionsBox *self)
{
  const int rows = TDM_CELL_OPTION_HALF_LIFE - TDM_CELL_OPTION_INTERVALS + 1;

  add_field (self, TDM_CELL_OPTION_INTERVALS, 15, "All that can be given");
  add_field (self, TDM_CELL_OPTION_PRIOR, 6, "1");
  gtk_widget_set_tooltip_text (self->fields[TDM_CELL_OPTION_PRIOR],
                               "Below 1 the levels count for more against what is "
                               "typical, above 1 for less");
  add_field (self, TDM_CELL_OPTION_ADJUST, 15, "When the next is due");
  add_field (self, TDM_CELL_OPTION_SAMPLE_HOURS, 15, "All day");
  gtk_widget_set_tooltip_text (self->fields[TDM_CELL_OPTION_SAMPLE_HOURS],
                               "The ward's hours for drawing levels, such as "
                               "06:00–22:00");
  add_field (self, TDM_CELL_OPTION_SAMPLE_WITHIN, 6, "24");
  add_field (self, TDM_CELL_OPTION_WARD, 15, "At any time");
  gtk_widget_set_tooltip_text (self->fields[TDM_CELL_OPTION_WARD],
                               "Times of the day at which the ward gives doses, such "
                               "as 06:00, 14:00, 22:00");
  add_field (self, TDM_CELL_OPTION_UNCERTAINTY, 6, "15");
  gtk_widget_set_tooltip_text (self->fields[TDM_CELL_OPTION_UNCERTAINTY],
                               "How far times that are written down may be off, for "
                               "asking whether the advice hangs on them");
  add_field (self, TDM_CELL_OPTION_HALF_LIFE, 6, "Never");
  gtk_widget_set_tooltip_text (self->fields[TDM_CELL_OPTION_HALF_LIFE],
                               "Old levels count less: half for each such time before "
                               "the last one. Hours, or days such as 3 d");
  add_posterior (self, rows);
  self->future = gtk_check_button_new_with_label ("Occasions to come may differ");
  gtk_widget_set_tooltip_text (self->future,
                               "Chances of proposals include how occasions "
                               "yet to come will differ");
  g_signal_connect_swapped (self->future, "toggled", G_CALLBACK (future_cb), self);
  gtk_grid_attach (self->grid, self->future, 0, rows + 1, 2, 1);
  self->remark = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->remark), 0);
  gtk_label_set_wrap (GTK_LABEL (self->remark), TRUE);
  gtk_widget_add_css_class (self->remark, "caption");
  gtk_widget_add_css_class (self->remark, "error");
  gtk_grid_attach (self->grid, self->remark, 0, rows + 2, 2, 1);
  self->fold = tdm_fold_new ("Options", GTK_WIDGET (self->grid));
  gtk_widget_set_parent (self->fold, GTK_WIDGET (self));
}

static void
tdm_options_box_dispose (GObject *object)
{
  TdmOptionsBox *self = TDM_OPTIONS_BOX (object);

  if (self->form != NULL)
    g_signal_handlers_disconnect_by_data (self->form, self);
  for (guint k = 0; k < TDM_CELL_N; k++)
    if (self->fields[k] != NULL)
      tdm_field_retire (TDM_FIELD (self->fields[k]));
  memset (self->fields, 0, sizeof self->fields);
  g_clear_pointer (&self->fold, gtk_widget_unparent);
  g_clear_pointer (&self->case_id, g_free);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_options_box_parent_class)->dispose (object);
}

static void
tdm_options_box_class_init (TdmOptionsBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_options_box_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
tdm_options_box_init (TdmOptionsBox *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 8);
  gtk_grid_set_row_spacing (self->grid, 4);
}

GtkWidget *
tdm_options_box_new (TdmForm *form)
{
  TdmOptionsBox *self = g_object_new (TDM_TYPE_OPTIONS_BOX, NULL);

  self->form = g_object_ref (form);
  build (self);
  g_signal_connect_swapped (form, "updated", G_CALLBACK (updated_cb), self);
  updated_cb (self);
  return GTK_WIDGET (self);
}
