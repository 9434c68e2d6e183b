#include "gtk/record-page.h"

#include <string.h>

#include "app/domain-text.h"
#include "gtk/a11y.h"
#include "gtk/choice.h"
#include "gtk/field.h"
#include "gtk/fold.h"
#include "gtk/options-box.h"
#include "gtk/plan-panel.h"
#include "gtk/table.h"
#include "gtk/target-box.h"
#include "model/trust.h"

/* What shows around the field in focus, in pixels. */
#define MARGIN_ABOVE 60
#define MARGIN_BELOW 90

struct _TdmRecordPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkScrolledWindow *scrolled;
  GtkWidget *content;
  GtkGrid *who;
  GtkLabel *age;
  GtkDropDown *sex;
  GtkDropDown *model;
  GtkLabel *model_about;
  GtkWidget *model_domain; /* leads to the page of the model */
  GtkLabel *model_domain_text;
  TdmCase *compared; /* that it is about */
  GtkBox *covariates_box, *doses_box, *levels_box;
  GtkBox *target_box;

  TdmForm *form;
  GtkWidget *fields[TDM_CELL_N]; /* those that stand alone */
  GtkWidget *tables[TDM_SECTION_N];
  GtkWidget *target;
  GtkWidget *dialysis; /* the fold around its table */
  char *shown_id;      /* of the case that is shown */
  guint n_sessions;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (TdmRecordPage, tdm_record_page, ADW_TYPE_BIN)

static void
sex_cb (TdmRecordPage *self)
{
  TdmSheet sheet;
  TdmSex sex = (TdmSex)gtk_drop_down_get_selected (self->sex);

  if (!self->refreshing && tdm_form_get_sheet (self->form, &sheet))
    tdm_form_take (self->form, tdm_sheet_set_sex (&sheet, sex, NULL));
}

static void
model_cb (TdmRecordPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->model);

  if (self->refreshing || selected == 0)
    return;
  GPtrArray *models = tdm_session_get_models (tdm_form_get_session (self->form));
  if (selected <= models->len)
    tdm_record_page_use_model (
        self, tdm_model_get_id (g_ptr_array_index (models, selected - 1)));
}

void
tdm_record_page_use_model (TdmRecordPage *self, const char *id)
{
  TdmSheet sheet;

  if (tdm_form_get_sheet (self->form, &sheet))
    tdm_form_take (self->form, tdm_sheet_set_model (&sheet, id, NULL));
}

static void
fill_models (TdmRecordPage *self)
{
  GPtrArray *models = tdm_session_get_models (tdm_form_get_session (self->form));
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  gtk_string_list_append (list, "Choose a drug and its model");
  for (guint i = 0; i < models->len; i++)
    {
      const TdmModel *model = g_ptr_array_index (models, i);
      const TdmOrigin origin = tdm_trust_origin (model);
      g_autofree char *title = g_strconcat (tdm_model_get_text (model)->title,
                                            origin == TDM_ORIGIN_BUNDLED ? ""
                                            : origin == TDM_ORIGIN_LOCAL ? " · your own"
                                                                         : " · altered",
                                            NULL);
      gtk_string_list_append (list, title);
    }
  gtk_drop_down_set_model (self->model, G_LIST_MODEL (list));
}

static void
refresh_model (TdmRecordPage *self, const TdmSheet *sheet)
{
  GPtrArray *models = tdm_session_get_models (tdm_form_get_session (self->form));
  guint selected = 0;

  for (guint i = 0; i < models->len; i++)
    if (g_ptr_array_index (models, i) == (gpointer)sheet->model)
      selected = i + 1;
  gtk_drop_down_set_selected (self->model, selected);
  gtk_label_set_text (
      self->model_about,
      sheet->model != NULL ? tdm_model_get_text (sheet->model)->population : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->model_about),
                               gtk_label_get_text (self->model_about));
  gtk_widget_set_visible (GTK_WIDGET (self->model_about), sheet->model != NULL);
}

/* Whether the patient is like the people of the model, once for each record. */
static void
refresh_domain (TdmRecordPage *self, const TdmSheet *sheet)
{
  GPtrArray *models = tdm_session_get_models (tdm_form_get_session (self->form));
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (self->form));

  if (self->compared == sheet->record)
    return;
  g_clear_pointer (&self->compared, tdm_case_unref);
  self->compared = tdm_case_ref ((TdmCase *)sheet->record);
  gtk_widget_set_visible (self->model_domain, FALSE);
  if (model == NULL)
    return;
  g_autoptr (GPtrArray) ranked = tdm_domain_rank (self->compared, models, model);
  g_autofree char *line = tdm_domain_text_line (ranked, model);
  if (line == NULL)
    return;
  gtk_label_set_text (self->model_domain_text, line);
  tdm_a11y_set_label (self->model_domain, line);
  gtk_widget_set_visible (self->model_domain, TRUE);
}

static void
refresh_fields (TdmRecordPage *self)
{
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    {
      TdmRemarkKind remark_kind;
      if (self->fields[kind] == NULL)
        continue;
      g_autofree char *remark =
          tdm_form_get_remark (self->form, tdm_cell_section (kind), 0, &remark_kind);
      tdm_field_refresh (TDM_FIELD (self->fields[kind]), tdm_cell_title (kind), remark);
    }
}

static void
refresh_age (TdmRecordPage *self)
{
  TdmRemarkKind kind;
  g_autofree char *text =
      tdm_form_get_remark (self->form, TDM_SECTION_PATIENT, 0, &kind);

  gtk_label_set_text (self->age, text);
  gtk_widget_set_visible (GTK_WIDGET (self->age), text[0] != '\0');
  if (kind == TDM_REMARK_ERROR)
    gtk_widget_add_css_class (GTK_WIDGET (self->age), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->age), "error");
}

/* "Sessions of dialysis", and how many; open where there are some. */
static void
refresh_dialysis (TdmRecordPage *self, const TdmSheet *sheet)
{
  const char *id = tdm_session_get_case_id (tdm_form_get_session (self->form));
  const guint n = tdm_case_get_n_dialyses (sheet->record);
  g_autofree char *title = n > 0 ? g_strdup_printf ("Sessions of dialysis · %u", n)
                                 : g_strdup ("Sessions of dialysis");

  tdm_fold_set_title (TDM_FOLD (self->dialysis), title);
  gtk_widget_set_visible (self->dialysis,
                          n > 0 || tdm_sheet_takes_dialysis (sheet->model));
  if (g_strcmp0 (id, self->shown_id) == 0 && n == self->n_sessions)
    return;
  if (g_strcmp0 (id, self->shown_id) != 0 || n > 0)
    tdm_fold_set_open (TDM_FOLD (self->dialysis), n > 0);
  self->n_sessions = n;
  g_free (self->shown_id);
  self->shown_id = g_strdup (id);
}

static void
updated_cb (TdmRecordPage *self)
{
  TdmSheet sheet;

  gboolean open = tdm_form_get_sheet (self->form, &sheet);
  gtk_stack_set_visible_child_name (self->stack, open ? "record" : "empty");
  if (!open)
    return;
  self->refreshing = TRUE;
  refresh_fields (self);
  refresh_age (self);
  gtk_drop_down_set_selected (self->sex, tdm_case_get_patient (sheet.record)->sex);
  refresh_model (self, &sheet);
  refresh_domain (self, &sheet);
  refresh_dialysis (self, &sheet);
  self->refreshing = FALSE;
}

static GtkWidget *
add_field (TdmRecordPage *self, TdmCellKind kind, int width_chars)
{
  GtkWidget *field = tdm_field_new (self->form, (TdmCell){ kind, 0 }, width_chars);

  self->fields[kind] = field;
  return field;
}

static void
add_who (TdmRecordPage *self)
{
  GtkWidget *name = add_field (self, TDM_CELL_PATIENT_NAME, 20);
  GtkWidget *birth = add_field (self, TDM_CELL_PATIENT_BIRTH, 11);

  gtk_widget_set_hexpand (name, TRUE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (birth), "YYYY-MM-DD");
  gtk_grid_attach (self->who, name, 1, 0, 3, 1);
  gtk_grid_attach (self->who, add_field (self, TDM_CELL_PATIENT_ID, 11), 1, 1, 1, 1);
  gtk_grid_attach (self->who, birth, 1, 2, 1, 1);
}

static void
add_table (TdmRecordPage *self, TdmSection section, GtkBox *box)
{
  self->tables[section] = tdm_table_new (self->form, section);
  gtk_box_append (box, self->tables[section]);
}

static void
add_dialysis (TdmRecordPage *self)
{
  GtkWidget *table = tdm_table_new (self->form, TDM_SECTION_DIALYSIS);

  self->tables[TDM_SECTION_DIALYSIS] = table;
  self->dialysis = tdm_fold_new ("Sessions of dialysis", table);
  gtk_box_append (self->covariates_box, self->dialysis);
}

void
tdm_record_page_set_form (TdmRecordPage *self, TdmForm *form)
{
  self->form = g_object_ref (form);
  add_who (self);
  add_table (self, TDM_SECTION_COVARIATES, self->covariates_box);
  add_table (self, TDM_SECTION_DOSES, self->doses_box);
  add_table (self, TDM_SECTION_LEVELS, self->levels_box);
  gtk_box_append (self->doses_box, tdm_plan_panel_new (form));
  add_dialysis (self);
  self->target = tdm_target_box_new (form);
  gtk_box_append (self->target_box, self->target);
  gtk_box_append (self->target_box, tdm_options_box_new (form));
  self->refreshing = TRUE;
  fill_models (self);
  self->refreshing = FALSE;
  g_signal_connect_object (form, "updated", G_CALLBACK (updated_cb), self,
                           G_CONNECT_SWAPPED);
  updated_cb (self);
}

void
tdm_record_page_focus_row (TdmRecordPage *self, TdmSection section, guint row)
{
  if (self->tables[section] != NULL)
    tdm_table_focus_row (TDM_TABLE (self->tables[section]), row);
}

void
tdm_record_page_focus_section (TdmRecordPage *self, TdmSection section)
{
  if (section == TDM_SECTION_PATIENT)
    gtk_widget_grab_focus (self->fields[TDM_CELL_PATIENT_NAME]);
  else if (section == TDM_SECTION_TARGET)
    tdm_target_box_focus (TDM_TARGET_BOX (self->target));
  else
    tdm_record_page_focus_row (self, section,
                               section == TDM_SECTION_COVARIATES ? 0 : G_MAXUINT);
}

/* The field in focus shows with some lines around it: what is wrong is said below. */
static void
focus_cb (TdmRecordPage *self, GParamSpec *pspec, GtkWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (window);
  graphene_rect_t bounds;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, self->content)
      || !gtk_widget_compute_bounds (focus, self->content, &bounds))
    return;
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (self->scrolled),
                             bounds.origin.y - MARGIN_ABOVE,
                             bounds.origin.y + bounds.size.height + MARGIN_BELOW);
}

static void
tdm_record_page_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tdm_record_page_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::focus-widget",
                           G_CALLBACK (focus_cb), widget, G_CONNECT_SWAPPED);
}

static void
tdm_record_page_dispose (GObject *object)
{
  TdmRecordPage *self = TDM_RECORD_PAGE (object);

  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    if (self->fields[kind] != NULL)
      tdm_field_retire (TDM_FIELD (self->fields[kind]));
  memset (self->fields, 0, sizeof self->fields);
  g_clear_pointer (&self->compared, tdm_case_unref);
  g_clear_pointer (&self->shown_id, g_free);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_record_page_parent_class)->dispose (object);
}

static void
tdm_record_page_class_init (TdmRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_record_page_dispose;
  widget_class->root = tdm_record_page_root;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/titrate/Titrate/ui/record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, scrolled);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, content);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, who);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, age);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, sex);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, model);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, model_about);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, model_domain);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, model_domain_text);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, covariates_box);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, doses_box);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, levels_box);
  gtk_widget_class_bind_template_child (widget_class, TdmRecordPage, target_box);
  gtk_widget_class_bind_template_callback (widget_class, sex_cb);
  gtk_widget_class_bind_template_callback (widget_class, model_cb);
}

static void
tdm_record_page_init (TdmRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tdm_a11y_skip_scrolling (GTK_WIDGET (self));
  tdm_choice_make_narrow (self->model);
  tdm_choice_make_searchable (self->model, "Search models");
  tdm_choice_set_name (self->sex, "Sex");
  tdm_choice_set_name (self->model, "Drug and model");
}
