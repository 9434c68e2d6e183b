#include "gtk/target-box.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/unit.h"
#include "gtk/a11y.h"
#include "gtk/choice.h"
#include "gtk/field.h"
#include "gtk/fold.h"

/* The metrics in their order, as targets that are not the model's. */
static const char *const others[] = {
  "Another: trough",           "Another: peak",
  "Another: average level",    "Another: AUC24",
  "Another: AUC of a time",    "Another: cumulative AUC",
  "Another: time above",       "Another: peak/MIC",
  "Another: AUC24/MIC",        "Another: time below",
  "Another: time until below",
};

struct _TdmTargetBox
{
  GtkWidget parent_instance;

  TdmForm *form;
  GtkWidget *box;
  GtkDropDown *choice;
  GtkGrid *grid, *rare; /* the latter folded */
  GtkWidget *more;
  GtkWidget *labels[TDM_CELL_N], *fields[TDM_CELL_N], *units[TDM_CELL_N];
  GtkWidget *remark;
  TdmModel *model; /* whose targets the drop-down lists */
  gboolean filled;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (TdmTargetBox, tdm_target_box, GTK_TYPE_WIDGET)

static guint
n_targets (const TdmModel *model)
{
  return model != NULL ? tdm_model_get_n_targets (model) : 0;
}

static void
choice_cb (TdmTargetBox *self)
{
  TdmSheet sheet;
  guint selected = gtk_drop_down_get_selected (self->choice);

  if (self->refreshing || selected == GTK_INVALID_LIST_POSITION
      || !tdm_form_get_sheet (self->form, &sheet))
    return;
  guint n = n_targets (sheet.model);
  if (selected < n)
    {
      tdm_form_choose_metric (self->form, TDM_METRIC_NONE);
      tdm_form_take (self->form, tdm_sheet_set_target (&sheet, selected, NULL));
    }
  else
    tdm_form_choose_metric (self->form,
                            (TdmMetricKind)(selected - n + TDM_METRIC_TROUGH));
}

static void
fill (TdmTargetBox *self, TdmModel *model)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < n_targets (model); i++)
    gtk_string_list_append (list, tdm_model_get_target (model, i)->title);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    gtk_string_list_append (list, others[i]);
  gtk_drop_down_set_model (self->choice, G_LIST_MODEL (list));
  self->model = model;
  self->filled = TRUE;
}

/* What holds while nothing is typed. */
static void
refresh_placeholders (TdmTargetBox *self, const TdmTarget *target, gboolean waits)
{
  const double limits[] = { target->low, target->high };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *text = isfinite (limits[i]) && !waits
                                  ? tdm_number_format (limits[i], 6)
                                  : g_strdup ("");
      gtk_entry_set_placeholder_text (
          GTK_ENTRY (self->fields[TDM_CELL_TARGET_LOW + (int)i]), text);
    }
}

static char *
unit_of (const TdmSheet *sheet, TdmMetricKind metric, gboolean waits, TdmCellKind kind)
{
  const char *unit = NULL;

  if (kind == TDM_CELL_TARGET_MIC
      && (waits || tdm_sheet_target (sheet)->mic_unit == NULL))
    unit = "mg/L";
  else if (kind == TDM_CELL_TARGET_FREE || kind == TDM_CELL_TARGET_MULTIPLE)
    unit = kind == TDM_CELL_TARGET_FREE ? "%" : "1";
  else if (!waits)
    unit = tdm_sheet_unit (sheet, (TdmCell){ kind, 0 });
  g_autofree char *own =
      unit != NULL
          ? g_strdup (unit)
          : tdm_sheet_metric_unit (
              sheet, kind == TDM_CELL_TARGET_THRESHOLD ? TDM_METRIC_TROUGH : metric);
  return tdm_unit_display (own);
}

static void
refresh_fields (TdmTargetBox *self, const TdmSheet *sheet, gboolean waits)
{
  TdmMetricKind metric = tdm_form_get_metric (self->form);
  TdmRemarkKind kind;
  g_autofree char *remark =
      tdm_form_get_remark (self->form, TDM_SECTION_TARGET, 0, &kind);

  for (TdmCellKind k = TDM_CELL_TARGET_LOW; k <= TDM_CELL_TARGET_ALARM_HIGH; k++)
    {
      gboolean takes = metric != TDM_METRIC_NONE && tdm_sheet_metric_takes (metric, k);
      gboolean counted = k == TDM_CELL_TARGET_HIGH || k >= TDM_CELL_TARGET_THRESHOLD;
      g_autofree char *unit =
          takes && counted ? unit_of (sheet, metric, waits, k) : g_strdup ("");
      tdm_field_refresh (TDM_FIELD (self->fields[k]), tdm_cell_title (k), remark);
      gtk_label_set_text (GTK_LABEL (self->units[k]), unit);
      gtk_widget_set_visible (self->fields[k], takes);
      gtk_widget_set_visible (self->labels[k], takes);
      gtk_widget_set_visible (self->units[k], takes && unit[0] != '\0');
    }
  gtk_label_set_text (
      GTK_LABEL (self->labels[TDM_CELL_TARGET_THRESHOLD]),
      metric == TDM_METRIC_TIME_BELOW || metric == TDM_METRIC_TIME_TO_BELOW ? "Below"
                                                                            : "Above");
  gtk_widget_set_visible (self->more, metric != TDM_METRIC_NONE);
  gtk_label_set_text (GTK_LABEL (self->remark), remark);
  gtk_widget_set_visible (self->remark, remark[0] != '\0');
  if (kind == TDM_REMARK_ERROR)
    gtk_widget_add_css_class (self->remark, "error");
  else
    gtk_widget_remove_css_class (self->remark, "error");
}

static void
updated_cb (TdmTargetBox *self)
{
  TdmSheet sheet;

  if (!tdm_form_get_sheet (self->form, &sheet))
    return;
  const TdmTarget *target = tdm_sheet_target (&sheet);
  TdmMetricKind metric = tdm_form_get_metric (self->form);
  gboolean waits = tdm_form_waits_for_target (self->form);

  self->refreshing = TRUE;
  if (!self->filled || self->model != sheet.model)
    fill (self, sheet.model);
  gtk_drop_down_set_selected (
      self->choice, waits ? n_targets (sheet.model) + metric - TDM_METRIC_TROUGH
                    : metric != TDM_METRIC_NONE ? tdm_sheet_find_target (&sheet)
                                                : GTK_INVALID_LIST_POSITION);
  refresh_placeholders (self, target, waits);
  refresh_fields (self, &sheet, waits);
  self->refreshing = FALSE;
}

static GtkWidget *
dim_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
add_field (TdmTargetBox *self, TdmCellKind kind, const char *label, int column, int row)
{
  GtkGrid *grid = kind >= TDM_CELL_TARGET_FREE ? self->rare : self->grid;
  gboolean number = kind <= TDM_CELL_TARGET_HIGH || kind >= TDM_CELL_TARGET_THRESHOLD;
  GtkWidget *field = tdm_field_new (self->form, (TdmCell){ kind, 0 }, number ? 6 : 15);

  self->labels[kind] = dim_label (label);
  self->fields[kind] = field;
  self->units[kind] = dim_label (NULL);
  gtk_widget_set_halign (field, GTK_ALIGN_START);
  if (number)
    gtk_entry_set_alignment (GTK_ENTRY (field), 1);
  else
    gtk_entry_set_placeholder_text (GTK_ENTRY (field), kind == TDM_CELL_TARGET_AT
                                                           ? "Steady state"
                                                           : "Date and time");
  gtk_grid_attach (grid, self->labels[kind], column, row, 1, 1);
  gtk_grid_attach (grid, field, column + 1, row, kind == TDM_CELL_TARGET_AT ? 4 : 1, 1);
  gtk_grid_attach (grid, self->units[kind], kind == TDM_CELL_TARGET_AT ? 5 : column + 2,
                   row, 1, 1);
}

static void
build (TdmTargetBox *self)
{
  add_field (self, TDM_CELL_TARGET_LOW, "From", 0, 0);
  add_field (self, TDM_CELL_TARGET_HIGH, "to", 3, 0);
  add_field (self, TDM_CELL_TARGET_THRESHOLD, "Above", 0, 1);
  add_field (self, TDM_CELL_TARGET_MULTIPLE, "or", 3, 1);
  add_field (self, TDM_CELL_TARGET_MIC, "MIC", 0, 2);
  add_field (self, TDM_CELL_TARGET_FROM, "Counted from", 0, 3);
  add_field (self, TDM_CELL_TARGET_TO, "to", 3, 3);
  add_field (self, TDM_CELL_TARGET_AT, "Holds at", 0, 4);
  add_field (self, TDM_CELL_TARGET_ALARM_LOW, "Alarm below", 0, 0);
  add_field (self, TDM_CELL_TARGET_ALARM_HIGH, "above", 3, 0);
  add_field (self, TDM_CELL_TARGET_FREE, "Of the free part", 0, 1);
  self->more = tdm_fold_new ("Alarm limits, free part", GTK_WIDGET (self->rare));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->choice));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (self->box), self->more);
  self->remark = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->remark), 0);
  gtk_label_set_wrap (GTK_LABEL (self->remark), TRUE);
  gtk_widget_add_css_class (self->remark, "caption");
  gtk_box_append (GTK_BOX (self->box), self->remark);
}

void
tdm_target_box_focus (TdmTargetBox *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->choice));
}

static void
tdm_target_box_dispose (GObject *object)
{
  TdmTargetBox *self = TDM_TARGET_BOX (object);

  if (self->form != NULL)
    g_signal_handlers_disconnect_by_data (self->form, self);
  for (guint k = 0; k < TDM_CELL_N; k++)
    if (self->fields[k] != NULL)
      tdm_field_retire (TDM_FIELD (self->fields[k]));
  memset (self->fields, 0, sizeof self->fields);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_target_box_parent_class)->dispose (object);
}

static void
tdm_target_box_class_init (TdmTargetBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_target_box_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static GtkGrid *
grid_new (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  return GTK_GRID (grid);
}

static void
tdm_target_box_init (TdmTargetBox *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->choice = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->choice), "tdm-choice");
  tdm_choice_make_narrow (self->choice);
  tdm_choice_set_name (self->choice, "Target");
  g_signal_connect_swapped (self->choice, "notify::selected", G_CALLBACK (choice_cb),
                            self);
  self->grid = grid_new ();
  self->rare = grid_new ();
}

GtkWidget *
tdm_target_box_new (TdmForm *form)
{
  TdmTargetBox *self = g_object_new (TDM_TYPE_TARGET_BOX, NULL);

  self->form = g_object_ref (form);
  build (self);
  g_signal_connect_swapped (form, "updated", G_CALLBACK (updated_cb), self);
  updated_cb (self);
  return GTK_WIDGET (self);
}
