#include "gtk/row-menu.h"

#include "gtk/a11y.h"
#include "gtk/missed-doses.h"

/* A repeated line of more doses than this is not made into rows. */
#define MOST_ROWS 60

struct _TdmRowMenu
{
  GtkWidget parent_instance;

  TdmForm *form;
  TdmSection section;
  guint row;
  GtkWidget *button;
};

G_DEFINE_FINAL_TYPE (TdmRowMenu, tdm_row_menu, GTK_TYPE_WIDGET)

typedef void (*Action) (TdmRowMenu *self, const TdmSheet *sheet, const char *detail);

static void
remove_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_remove_row (self->form, self->section, self->row);
}

static void
another_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_add_covariate (self->form, detail);
}

static void
steady_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  gboolean on = tdm_case_get_dose (sheet->record, self->row)->steady_state;

  tdm_form_take (self->form, tdm_sheet_set_steady_state (sheet, self->row, !on, NULL));
}

/* The flag to turn, as its number. */
static void
flag_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  TdmDoseFlag flag = (TdmDoseFlag)(detail[0] - '0');
  gboolean on = tdm_dose_has_flag (tdm_case_get_dose (sheet->record, self->row), flag);

  tdm_form_take (self->form,
                 tdm_sheet_set_dose_flag (sheet, self->row, flag, !on, NULL));
}

static void
salt_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_take (self->form, tdm_sheet_set_salt (sheet, self->row, detail, NULL));
}

static void
formulation_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_take (self->form,
                 tdm_sheet_set_formulation (sheet, self->row, detail, NULL));
}

static void
after_dose_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  gboolean on = tdm_case_get_level (sheet->record, self->row)->after_dose;

  tdm_form_take (self->form, tdm_sheet_set_after_dose (sheet, self->row, !on, NULL));
}

/* Shows the fields for it, or takes what they say away. */
static void
interval_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  const gboolean level = self->section == TDM_SECTION_LEVELS;

  if (level && tdm_case_get_level (sheet->record, self->row)->time_uncertain)
    tdm_form_take (self->form, tdm_sheet_set_time_known (sheet, self->row, NULL));
  else if (!level && tdm_case_get_dose (sheet->record, self->row)->end_uncertain)
    tdm_form_take (self->form, tdm_sheet_set_end (sheet, self->row, NULL, NULL, NULL));
  else
    tdm_form_ask_interval (self->form, self->section, self->row);
}

static void
split_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_take (self->form, tdm_sheet_split_doses (sheet, self->row, NULL));
}

static void
missed_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_missed_doses_show (self->form, self->row, GTK_WIDGET (self));
}

static void
route_action (TdmRowMenu *self, const TdmSheet *sheet, const char *detail)
{
  tdm_form_take (self->form, tdm_sheet_set_route (sheet, self->row, detail, NULL));
}

static void
item_cb (GtkButton *item, TdmRowMenu *self)
{
  g_autoptr (TdmRowMenu) alive = g_object_ref (self);
  g_autofree char *detail = g_strdup (g_object_get_data (G_OBJECT (item), "detail"));
  Action action = (Action)g_object_get_data (G_OBJECT (item), "action");
  TdmSheet sheet;

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  if (tdm_form_get_sheet (self->form, &sheet))
    action (self, &sheet, detail);
}

static void
add_item (TdmRowMenu *self, GtkWidget *box, const char *label, Action action,
          const char *detail)
{
  GtkWidget *item = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (item, "flat");
  gtk_widget_set_halign (gtk_button_get_child (GTK_BUTTON (item)), GTK_ALIGN_START);
  g_object_set_data (G_OBJECT (item), "action", (gpointer)action);
  g_object_set_data_full (G_OBJECT (item), "detail", g_strdup (detail), g_free);
  g_signal_connect (item, "clicked", G_CALLBACK (item_cb), self);
  gtk_box_append (GTK_BOX (box), item);
}

static void
add_flag (TdmRowMenu *self, GtkWidget *box, const TdmDoseEntry *dose, TdmDoseFlag flag,
          const char *label)
{
  const char detail[] = { (char)('0' + flag), '\0' };
  g_autofree char *off = g_strdup_printf ("Not: %s", label);

  add_item (self, box, tdm_dose_has_flag (dose, flag) ? off : label, flag_action,
            detail);
}

/* As the model counts, or one of the salts that the route takes. */
static void
add_salts (TdmRowMenu *self, GtkWidget *box, const TdmSheet *sheet,
           const TdmDoseEntry *dose)
{
  const TdmModelRoute *route =
      tdm_model_route_of (sheet->model, dose->route, dose->formulation);

  if (dose->salt != NULL)
    add_item (self, box, "Salt: none, as the model counts", salt_action, NULL);
  for (guint i = 0; route != NULL && i < tdm_model_get_n_salts (sheet->model); i++)
    {
      const TdmModelSalt *salt = tdm_model_get_salt (sheet->model, i);
      g_autofree char *label = g_strdup_printf ("Salt: %s", salt->title);
      if (tdm_salt_fits (salt, sheet->model, route)
          && g_strcmp0 (salt->name, dose->salt) != 0)
        add_item (self, box, label, salt_action, salt->name);
    }
}

static void
add_formulations (TdmRowMenu *self, GtkWidget *box, const TdmSheet *sheet,
                  const TdmDoseEntry *dose)
{
  g_auto (GStrv) list = tdm_model_dup_formulations (sheet->model);

  for (guint i = 0; list[i] != NULL; i++)
    {
      g_autofree char *label = g_strdup_printf ("Formulation: %s", list[i]);
      if (tdm_sheet_takes_formulation (sheet, list[i])
          && (dose->formulation == NULL
              || g_ascii_strcasecmp (list[i], dose->formulation) != 0))
        add_item (self, box, label, formulation_action, list[i]);
    }
  if (dose->formulation != NULL)
    add_item (self, box, "Formulation: not said", formulation_action, NULL);
}

static void
add_routes (TdmRowMenu *self, GtkWidget *box, const TdmSheet *sheet,
            const TdmDoseEntry *dose)
{
  guint n = tdm_model_get_n_routes (sheet->model);

  for (guint i = 0; n > 1 && i < n; i++)
    {
      const TdmModelRoute *route = tdm_model_get_route (sheet->model, i);
      g_autofree char *label = g_strdup_printf (
          "Route: %s", route->title != NULL ? route->title : route->name);
      if (g_strcmp0 (route->name, dose->route) != 0)
        add_item (self, box, label, route_action, route->name);
    }
}

/* The end of one infusion may be known as two times. */
static gboolean
takes_interval (const TdmSheet *sheet, const TdmDoseEntry *dose)
{
  const TdmModelRoute *route =
      sheet->model != NULL
          ? tdm_model_route_of (sheet->model, dose->route, dose->formulation)
          : NULL;

  return dose->end_uncertain
         || (dose->count <= 1 && !dose->steady_state && dose->amount > 0
             && (route == NULL || route->infusion));
}

static void
add_dose_items (TdmRowMenu *self, GtkWidget *box, const TdmSheet *sheet)
{
  const TdmDoseEntry *dose = tdm_case_get_dose (sheet->record, self->row);

  if (dose->interval_h > 0)
    add_item (self, box,
              dose->steady_state ? "Started at this time" : "Taken so for long before",
              steady_action, NULL);
  if (dose->steady_state)
    {
      add_flag (self, box, dose, TDM_DOSE_ADDED, "On top of what else was given");
      add_flag (self, box, dose, TDM_DOSE_STOPPED, "Stopped: no dose at this time");
    }
  if (dose->count > 1)
    {
      add_item (self, box, "Doses not given…", missed_action, NULL);
      if (dose->count <= MOST_ROWS)
        add_item (self, box, "A row for each dose", split_action, NULL);
    }
  if (takes_interval (sheet, dose))
    add_item (self, box,
              dose->end_uncertain ? "The end is known" : "Ended some time between…",
              interval_action, NULL);
  if (dose->duration_h > 0)
    add_flag (self, box, dose, TDM_DOSE_AT_RATE, "The rate is what was set");
  add_flag (self, box, dose, TDM_DOSE_RESET, "All given before is gone");
  if (sheet->model == NULL)
    return;
  add_routes (self, box, sheet, dose);
  add_formulations (self, box, sheet, dose);
  add_salts (self, box, sheet, dose);
}

static void
popup_cb (GtkMenuButton *button, gpointer data)
{
  TdmRowMenu *self = data;
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gboolean blank = tdm_form_is_blank_row (self->form, self->section, self->row);
  TdmSheet sheet;

  if (tdm_form_get_sheet (self->form, &sheet) && !blank)
    {
      if (self->section == TDM_SECTION_COVARIATES)
        {
          const TdmCovariateRow *row = g_ptr_array_index (sheet.rows, self->row);
          if (row->info != NULL)
            add_item (self, box, "Add a later value", another_action, row->name);
        }
      else if (self->section == TDM_SECTION_DOSES)
        add_dose_items (self, box, &sheet);
      else if (self->section == TDM_SECTION_LEVELS)
        {
          add_item (self, box,
                    tdm_case_get_level (sheet.record, self->row)->time_uncertain
                        ? "The time is known"
                        : "Drawn some time between…",
                    interval_action, NULL);
          add_item (self, box,
                    tdm_case_get_level (sheet.record, self->row)->after_dose
                        ? "Drawn before a dose of that time"
                        : "Drawn after the dose of that time",
                    after_dose_action, NULL);
        }
    }
  add_item (self, box, blank ? "Clear" : "Remove", remove_action, NULL);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  tdm_a11y_set_label (popover, "Row menu");
  gtk_menu_button_set_popover (button, popover);
}

void
tdm_row_menu_refresh (TdmRowMenu *self, const char *row_name)
{
  g_autofree char *label = g_strdup_printf ("Menu of %s", row_name);

  tdm_a11y_set_label (self->button, label);
}

void
tdm_row_menu_popup (TdmRowMenu *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->button));
}

static void
tdm_row_menu_dispose (GObject *object)
{
  TdmRowMenu *self = TDM_ROW_MENU (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_row_menu_parent_class)->dispose (object);
}

static void
tdm_row_menu_class_init (TdmRowMenuClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_row_menu_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
tdm_row_menu_init (TdmRowMenu *self)
{
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "view-more-symbolic");
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->button), popup_cb, self,
                                         NULL);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "tdm-row-menu");
  /* Tab goes from value to value; a key in the field opens this. */
  gtk_widget_set_focusable (gtk_widget_get_first_child (self->button), FALSE);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
tdm_row_menu_new (TdmForm *form, TdmSection section, guint row)
{
  TdmRowMenu *self = g_object_new (TDM_TYPE_ROW_MENU, NULL);

  self->form = g_object_ref (form);
  self->section = section;
  self->row = row;
  return GTK_WIDGET (self);
}
