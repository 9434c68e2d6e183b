#include "gtk/table-row.h"

#include <string.h>

#include "base/number.h"
#include "gtk/a11y.h"
#include "gtk/choice.h"
#include "gtk/row-menu.h"

/* Where a field stands in a section's line, and how wide it is. */
typedef struct
{
  TdmCellKind kind;
  int column, width_chars;
} Place;

static const Place covariate_places[] = { { TDM_CELL_COVARIATE_VALUE, 1, 6 },
                                          { TDM_CELL_COVARIATE_TIME, 3, 15 } };
static const Place dose_places[] = { { TDM_CELL_DOSE_TIME, 0, 15 },
                                     { TDM_CELL_DOSE_AMOUNT, 1, 5 },
                                     { TDM_CELL_DOSE_DURATION, 3, 3 },
                                     { TDM_CELL_DOSE_INTERVAL, 4, 3 },
                                     { TDM_CELL_DOSE_COUNT, 5, 3 } };
static const Place level_places[] = { { TDM_CELL_LEVEL_TIME, 1, 15 },
                                      { TDM_CELL_LEVEL_VALUE, 2, 6 },
                                      { TDM_CELL_LEVEL_WEIGHT, 5, 3 } };

static const Place dialysis_places[] = { { TDM_CELL_DIALYSIS_FROM, 0, 15 },
                                         { TDM_CELL_DIALYSIS_TO, 1, 15 },
                                         { TDM_CELL_DIALYSIS_CLEARANCE, 2, 5 } };

static const struct
{
  const Place *places;
  guint n;
  int unit_column, last_column;
  TdmCellKind unit_of;
  const char *row_name;
  const char *headings[7];
} layouts[] = {
  [TDM_SECTION_COVARIATES] = { covariate_places,
                               G_N_ELEMENTS (covariate_places),
                               2,
                               4,
                               TDM_CELL_COVARIATE_VALUE,
                               "",
                               { "", "Value", "Unit", "Valid from", NULL } },
  [TDM_SECTION_DOSES] = { dose_places,
                          G_N_ELEMENTS (dose_places),
                          2,
                          6,
                          TDM_CELL_DOSE_AMOUNT,
                          "Dose",
                          { "Given from", "Amount", "Unit", "Over h", "Every h",
                            "Doses", NULL } },
  [TDM_SECTION_LEVELS] = { level_places,
                           G_N_ELEMENTS (level_places),
                           3,
                           6,
                           TDM_CELL_LEVEL_VALUE,
                           "Level",
                           { "Use", "Time drawn", "Level", "Unit", "What", "Weight",
                             NULL } },
  [TDM_SECTION_DIALYSIS] = { dialysis_places,
                             G_N_ELEMENTS (dialysis_places),
                             3,
                             4,
                             TDM_CELL_DIALYSIS_CLEARANCE,
                             "Session",
                             { "Began", "Ended", "Clearance", "Unit", NULL } },
};

const char *const *
tdm_table_headings (TdmSection section)
{
  return layouts[section].headings;
}

gboolean
tdm_table_has_infusion (TdmForm *form)
{
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (form));
  guint n = model != NULL ? tdm_model_get_n_routes (model) : 0;

  for (guint i = 0; i < n; i++)
    if (tdm_model_get_route (model, i)->infusion)
      return TRUE;
  return model == NULL;
}

gboolean
tdm_table_has_outputs (TdmForm *form)
{
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (form));

  return model != NULL && tdm_model_get_n_outputs (model) > 1;
}

static const TdmCovariateRow *
covariate_of (TdmForm *form, TdmSection section, guint row)
{
  TdmSheet sheet;

  if (section != TDM_SECTION_COVARIATES || !tdm_form_get_sheet (form, &sheet)
      || row >= sheet.rows->len)
    return NULL;
  return g_ptr_array_index (sheet.rows, row);
}

char *
tdm_table_row_kind (TdmForm *form, TdmSection section, guint row)
{
  const TdmCovariateRow *covariate = covariate_of (form, section, row);
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (form));

  if (covariate == NULL
      && !(section == TDM_SECTION_LEVELS && tdm_table_has_outputs (form)))
    return g_strdup ("entry");
  if (covariate == NULL)
    return g_strconcat ("entry ", tdm_model_get_id (model), NULL);
  return g_strdup_printf ("%s %s", covariate->name,
                          model != NULL ? tdm_model_get_id (model) : "");
}

static void
use_cb (TdmTableRow *self)
{
  TdmSheet sheet;
  gboolean use = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->use));

  if (!self->refreshing && tdm_form_get_sheet (self->form, &sheet))
    tdm_form_take (self->form, tdm_sheet_set_use (&sheet, self->row, use, NULL));
}

/* The choices of a covariate that is not a number: a dash for "not given" first. */
static char **
choices_of (const TdmModelCovariate *info, gboolean shown)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, shown ? "–" : "");
  if (tdm_covariate_is_switch (info))
    {
      g_strv_builder_add (builder, shown ? "No" : "0");
      g_strv_builder_add (builder, shown ? "Yes" : "1");
    }
  for (guint i = 0; info->categories != NULL && info->categories[i] != NULL; i++)
    g_strv_builder_add (builder, info->categories[i]);
  return g_strv_builder_end (builder);
}

static void
choice_cb (TdmTableRow *self)
{
  const TdmCovariateRow *covariate =
      covariate_of (self->form, self->section, self->row);
  TdmCell cell = { TDM_CELL_COVARIATE_VALUE, self->row };

  if (self->refreshing || covariate == NULL)
    return;
  g_auto (GStrv) values = choices_of (covariate->info, FALSE);
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->choice));
  if (selected < g_strv_length (values))
    tdm_form_enter (self->form, cell, values[selected]);
}

/* What a level is of, by its place among the model's outputs. */
static void
output_cb (TdmTableRow *self)
{
  TdmCell cell = { TDM_CELL_LEVEL_OUTPUT, self->row };
  TdmSheet sheet;
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->output));

  if (self->refreshing || !tdm_form_get_sheet (self->form, &sheet)
      || sheet.model == NULL || selected >= tdm_model_get_n_outputs (sheet.model))
    return;
  const char *name = tdm_model_get_output (sheet.model, selected)->name;
  if (tdm_form_is_blank_row (self->form, self->section, self->row))
    tdm_form_choose (self->form, cell, name);
  else
    tdm_form_take (self->form, tdm_sheet_set_output (&sheet, self->row, name, NULL));
}

static gboolean
needs_choice (const TdmCovariateRow *covariate)
{
  return covariate != NULL && covariate->info != NULL
         && (covariate->info->categories != NULL
             || tdm_covariate_is_switch (covariate->info));
}

/* Where a row begins in the grid: its fields, those of a time known as two, remark. */
static int
line_of (guint row)
{
  return (int)(3 * row + 1);
}

static void
attach (GtkGrid *grid, GtkWidget *widget, int column, guint row)
{
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_grid_attach (grid, widget, column, line_of (row), 1, 1);
}

static GtkWidget *
add_text (GtkWidget *box, const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static void
build_covariate (TdmTableRow *self, GtkGrid *grid, const TdmCovariateRow *covariate)
{
  self->title = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->echo = add_text (self->title, "", "caption");
  gtk_widget_add_css_class (self->echo, "dim-label");
  gtk_box_reorder_child_after (GTK_BOX (self->title), self->echo,
                               add_text (self->title, covariate->title, NULL));
  g_autofree char *tip =
      covariate->info != NULL
          ? g_strdup_printf ("%s; between entries %s", covariate->title,
                             tdm_sheet_carry_words (covariate->info->carry))
          : g_strdup (covariate->title);
  gtk_widget_set_tooltip_text (self->title, tip);
  attach (grid, self->title, 0, self->row);
  if (!needs_choice (covariate))
    return;
  g_auto (GStrv) shown = choices_of (covariate->info, TRUE);
  self->choice = gtk_drop_down_new_from_strings ((const char *const *)shown);
  gtk_widget_add_css_class (self->choice, "tdm-choice");
  tdm_choice_set_name (GTK_DROP_DOWN (self->choice), covariate->title);
  g_signal_connect_swapped (self->choice, "notify::selected", G_CALLBACK (choice_cb),
                            self);
  gtk_widget_set_valign (self->choice, GTK_ALIGN_CENTER);
  gtk_grid_attach (grid, self->choice, 1, line_of (self->row), 2, 1);
}

static void
build_use (TdmTableRow *self, GtkGrid *grid)
{
  self->use = gtk_check_button_new ();
  gtk_widget_set_tooltip_text (self->use, "Use this level for the fit");
  g_signal_connect_swapped (self->use, "toggled", G_CALLBACK (use_cb), self);
  attach (grid, self->use, 0, self->row);
}

static void
build_output (TdmTableRow *self, GtkGrid *grid)
{
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (self->form));
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; i < tdm_model_get_n_outputs (model); i++)
    {
      const TdmModelOutput *output = tdm_model_get_output (model, i);
      g_autofree char *text = g_strdup_printf ("%s · %s", output->name, output->title);
      gtk_string_list_append (list, text);
    }
  self->output = gtk_drop_down_new (G_LIST_MODEL (g_object_ref (list)), NULL);
  gtk_widget_add_css_class (self->output, "tdm-choice");
  tdm_choice_make_narrow (GTK_DROP_DOWN (self->output));
  g_signal_connect_swapped (self->output, "notify::selected", G_CALLBACK (output_cb),
                            self);
  attach (grid, self->output, 4, self->row);
}

static void
set_placeholder (GtkWidget *field, const Place *place)
{
  if (place->kind == TDM_CELL_LEVEL_WEIGHT)
    gtk_entry_set_placeholder_text (GTK_ENTRY (field), "1");
  else if (place->kind == TDM_CELL_DIALYSIS_TO)
    gtk_entry_set_placeholder_text (GTK_ENTRY (field), "Time, or “4 h”");
  else if (place->width_chars >= 10)
    gtk_entry_set_placeholder_text (GTK_ENTRY (field), "Date and time");
  if (place->kind == TDM_CELL_DOSE_DURATION)
    gtk_widget_set_tooltip_text (
        field,
        "Hours, or “90 min”, “to 10:30”, “between 10:30 and 11:00” where the end "
        "is not known, or a rate: “50 mg/h”");
  else if (place->kind == TDM_CELL_LEVEL_TIME)
    gtk_widget_set_tooltip_text (field,
                                 "Date and time, “8:00”, or two times where it is "
                                 "not known better: “8:00 to 9:30”");
  else if (place->kind == TDM_CELL_DIALYSIS_CLEARANCE)
    gtk_widget_set_tooltip_text (field, "What the dialysis clears of this drug, which "
                                        "adds to the patient's own clearance");
  else if (place->kind == TDM_CELL_LEVEL_VALUE)
    gtk_widget_set_tooltip_text (field, "Below or above a limit: “<2” or “>40”");
  else if (place->kind == TDM_CELL_LEVEL_WEIGHT)
    gtk_widget_set_tooltip_text (field, "How much it counts, from 0 to 1: old levels "
                                        "may count less");
}

static gboolean
key_cb (TdmTableRow *self, guint keyval, guint keycode, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (keyval == GDK_KEY_Down && modifiers == GDK_ALT_MASK && self->unit != NULL)
    tdm_unit_button_popup (TDM_UNIT_BUTTON (self->unit));
  else if (keyval == GDK_KEY_Menu
           || (keyval == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK))
    tdm_row_menu_popup (TDM_ROW_MENU (self->menu));
  else if (keyval == GDK_KEY_Delete && modifiers == GDK_CONTROL_MASK)
    tdm_form_remove_row (self->form, self->section, self->row);
  else
    return FALSE;
  return TRUE;
}

static void
build_fields (TdmTableRow *self, GtkGrid *grid)
{
  for (guint i = 0; i < layouts[self->section].n; i++)
    {
      const Place *place = &layouts[self->section].places[i];
      GtkEventController *key = gtk_event_controller_key_new ();
      if (self->choice != NULL && place->kind == TDM_CELL_COVARIATE_VALUE)
        continue;
      GtkWidget *field = tdm_field_new (self->form, (TdmCell){ place->kind, self->row },
                                        place->width_chars);
      if (place->width_chars < 10)
        gtk_entry_set_alignment (GTK_ENTRY (field), 1);
      set_placeholder (field, place);
      g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), self);
      gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
      gtk_widget_add_controller (field, key);
      attach (grid, field, place->column, self->row);
      self->fields[self->n_fields++] = field;
    }
}

static void
add_end (TdmTableRow *self, guint i, const char *words, TdmCellKind kind)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_widget_add_css_class (label, "caption");
  self->ends[i] = tdm_field_new (self->form, (TdmCell){ kind, self->row }, 15);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->ends[i]), "Date and time");
  gtk_box_append (GTK_BOX (self->interval), label);
  gtk_box_append (GTK_BOX (self->interval), self->ends[i]);
}

/* The fields of a time that is known as two. */
static void
build_interval (TdmTableRow *self, GtkGrid *grid)
{
  self->interval = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  if (self->section == TDM_SECTION_LEVELS)
    add_end (self, 0, "Drawn then or until", TDM_CELL_LEVEL_TIME_TO);
  else
    {
      add_end (self, 0, "Ended between", TDM_CELL_DOSE_END_FROM);
      add_end (self, 1, "and", TDM_CELL_DOSE_END_TO);
    }
  gtk_grid_attach (grid, self->interval, 0, line_of (self->row) + 1,
                   layouts[self->section].last_column + 1, 1);
}

static void
refresh_interval (TdmTableRow *self, const char *name, const char *remark)
{
  const gboolean shown = tdm_form_shows_interval (self->form, self->section, self->row);
  const gboolean appears = shown && !gtk_widget_get_visible (self->interval);

  for (guint i = 0; i < G_N_ELEMENTS (self->ends) && self->ends[i] != NULL; i++)
    {
      TdmCell cell = tdm_field_get_cell (TDM_FIELD (self->ends[i]));
      g_autofree char *label =
          g_strdup_printf ("%s, %s", name, tdm_cell_title (cell.kind));
      tdm_field_refresh (TDM_FIELD (self->ends[i]), label, remark);
    }
  gtk_widget_set_visible (self->interval, shown);
  if (appears && tdm_form_asks_interval (self->form, self->section, self->row))
    gtk_widget_grab_focus (self->ends[0]);
}

TdmTableRow *
tdm_table_row_new (TdmForm *form, TdmSection section, guint row, GtkGrid *grid)
{
  TdmTableRow *self = g_new0 (TdmTableRow, 1);
  const TdmCovariateRow *covariate = covariate_of (form, section, row);

  self->kind = tdm_table_row_kind (form, section, row);
  self->form = form;
  self->section = section;
  self->row = row;
  if (covariate != NULL)
    build_covariate (self, grid, covariate);
  if (section == TDM_SECTION_LEVELS)
    build_use (self, grid);
  if (section == TDM_SECTION_LEVELS && tdm_table_has_outputs (form))
    build_output (self, grid);
  build_fields (self, grid);
  if (section == TDM_SECTION_DOSES || section == TDM_SECTION_LEVELS)
    build_interval (self, grid);
  if (self->choice == NULL)
    {
      self->unit =
          tdm_unit_button_new (form, (TdmCell){ layouts[section].unit_of, row });
      attach (grid, self->unit, layouts[section].unit_column, row);
    }
  self->menu = tdm_row_menu_new (form, section, row);
  attach (grid, self->menu, layouts[section].last_column, row);
  self->remark = tdm_remark_new (form, section, row);
  gtk_grid_attach (grid, self->remark, 0, line_of (row) + 2,
                   layouts[section].last_column + 1, 1);
  return self;
}

static void
remove_widget (GtkWidget *widget)
{
  if (widget != NULL)
    gtk_grid_remove (GTK_GRID (gtk_widget_get_parent (widget)), widget);
}

void
tdm_table_row_free (TdmTableRow *self)
{
  GtkWidget *others[] = { self->title, self->use,    self->choice, self->unit,
                          self->menu,  self->remark, self->output, self->interval };

  self->refreshing = TRUE;
  for (guint i = 0; i < self->n_fields; i++)
    {
      tdm_field_retire (TDM_FIELD (self->fields[i]));
      remove_widget (self->fields[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->ends); i++)
    if (self->ends[i] != NULL)
      tdm_field_retire (TDM_FIELD (self->ends[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    remove_widget (others[i]);
  g_free (self->kind);
  g_free (self);
}

static char *
row_name (TdmTableRow *self)
{
  const TdmCovariateRow *covariate =
      covariate_of (self->form, self->section, self->row);

  if (covariate != NULL)
    return g_strdup (covariate->title);
  if (tdm_form_is_blank_row (self->form, self->section, self->row))
    return g_strdup_printf ("New %s", self->section == TDM_SECTION_DOSES ? "dose"
                                      : self->section == TDM_SECTION_LEVELS
                                          ? "level"
                                          : "session");
  return g_strdup_printf ("%s %u", layouts[self->section].row_name, self->row + 1);
}

/* Which choice a text is: its value, or the number of its category. */
static guint
find_choice (const TdmModelCovariate *info, const char *text)
{
  g_auto (GStrv) values = choices_of (info, FALSE);
  char *end;

  for (guint i = 0; values[i] != NULL; i++)
    if (g_ascii_strcasecmp (values[i], text) == 0)
      return i;
  guint64 index = g_ascii_strtoull (text, &end, 10);
  return *end == '\0' && index + 1 < g_strv_length (values) ? (guint)index + 1 : 0;
}

static void
refresh_choice (TdmTableRow *self)
{
  const TdmCovariateRow *covariate =
      covariate_of (self->form, self->section, self->row);
  TdmCell cell = { TDM_CELL_COVARIATE_VALUE, self->row };
  g_autofree char *text = tdm_form_get_text (self->form, cell);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choice),
                              find_choice (covariate->info, text));
}

static void
refresh_use (TdmTableRow *self, const char *name, gboolean blank)
{
  TdmSheet sheet;
  g_autofree char *label = g_strdup_printf ("%s, use for the fit", name);

  if (!tdm_form_get_sheet (self->form, &sheet))
    return;
  gtk_widget_set_sensitive (self->use, !blank);
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (self->use),
      blank || tdm_case_get_level (sheet.record, self->row)->use);
  tdm_a11y_set_label (self->use, label);
}

static void
refresh_output (TdmTableRow *self, const char *name)
{
  TdmCell cell = { TDM_CELL_LEVEL_OUTPUT, self->row };
  g_autofree char *text = tdm_form_get_text (self->form, cell);
  g_autofree char *label = g_strdup_printf ("%s, what", name);
  TdmModel *model = tdm_session_get_model (tdm_form_get_session (self->form));
  TdmSheet sheet;
  guint last = 0;

  /* A new level is of what the one before was of. */
  if (text[0] == '\0' && tdm_form_get_sheet (self->form, &sheet)
      && tdm_case_get_n_levels (sheet.record) > 0)
    {
      guint n = tdm_case_get_n_levels (sheet.record);
      g_free (text);
      text =
          g_strdup (tdm_case_get_level (sheet.record, MIN (self->row, n - 1))->output);
    }
  for (guint i = 0; i < tdm_model_get_n_outputs (model); i++)
    if (g_strcmp0 (tdm_model_get_output (model, i)->name, text) == 0)
      last = i;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->output), last);
  tdm_choice_set_name (GTK_DROP_DOWN (self->output), label);
}

/* What an empty value counts as stands in its place, greyed. */
static void
refresh_default (TdmTableRow *self)
{
  const TdmCovariateRow *covariate =
      covariate_of (self->form, self->section, self->row);

  if (covariate == NULL || covariate->index >= 0 || covariate->info == NULL
      || !covariate->info->has_default || self->choice != NULL)
    return;
  g_autofree char *text = tdm_number_format (covariate->info->default_value, 4);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->fields[0]), text);
}

static gboolean
has_text (TdmTableRow *self)
{
  for (guint i = 0; i < self->n_fields; i++)
    if (gtk_entry_get_text_length (GTK_ENTRY (self->fields[i])) > 0)
      return TRUE;
  return FALSE;
}

/* Its place is kept, so that no field moves while a row is typed. */
static void
show_menu (TdmTableRow *self, gboolean shown)
{
  gtk_widget_set_sensitive (self->menu, shown);
  gtk_widget_set_opacity (self->menu, shown ? 1 : 0);
}

void
tdm_table_row_refresh (TdmTableRow *self)
{
  gboolean blank = tdm_form_is_blank_row (self->form, self->section, self->row);
  TdmRemarkKind kind;
  g_autofree char *name = row_name (self);
  g_autofree char *remark =
      tdm_form_get_remark (self->form, self->section, self->row, &kind);

  self->refreshing = TRUE;
  for (guint i = 0; i < self->n_fields; i++)
    {
      TdmCell cell = tdm_field_get_cell (TDM_FIELD (self->fields[i]));
      g_autofree char *label =
          g_strdup_printf ("%s, %s", name, tdm_cell_title (cell.kind));
      tdm_field_refresh (TDM_FIELD (self->fields[i]), label, remark);
    }
  if (self->section == TDM_SECTION_DOSES)
    gtk_widget_set_visible (self->fields[2], tdm_table_has_infusion (self->form));
  if (self->choice != NULL)
    refresh_choice (self);
  if (self->output != NULL)
    refresh_output (self, name);
  refresh_default (self);
  if (self->use != NULL)
    refresh_use (self, name, blank);
  if (self->unit != NULL)
    tdm_unit_button_refresh (TDM_UNIT_BUTTON (self->unit), name);
  if (self->interval != NULL)
    refresh_interval (self, name, remark);
  tdm_row_menu_refresh (TDM_ROW_MENU (self->menu), name);
  show_menu (self, !blank || has_text (self));
  tdm_remark_refresh (TDM_REMARK (self->remark));
  if (self->echo != NULL)
    {
      gboolean echoes = kind == TDM_REMARK_ECHO;
      gtk_label_set_text (GTK_LABEL (self->echo), echoes ? remark : "");
      gtk_widget_set_tooltip_text (self->echo, echoes ? remark : NULL);
      gtk_widget_set_visible (self->echo, echoes);
      gtk_widget_set_visible (self->remark, kind > TDM_REMARK_ECHO);
    }
  self->refreshing = FALSE;
}
