#include "gtk/plan-panel.h"

#include <string.h>

#include "app/plan.h"
#include "gtk/choice.h"
#include "gtk/field.h"
#include "gtk/fold.h"

struct _TdmPlanPanel
{
  GtkWidget parent_instance;

  TdmForm *form;
  GtkWidget *fold;
  GtkGrid *grid;
  GtkWidget *kind;
  GtkWidget *labels[TDM_CELL_N], *fields[TDM_CELL_N];
  GtkWidget *preview, *add;
  gboolean typed; /* something was there when last looked at */
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (TdmPlanPanel, tdm_plan_panel, GTK_TYPE_WIDGET)

static TdmSequenceKind
kind_of (TdmPlanPanel *self)
{
  g_autofree char *text =
      tdm_form_get_text (self->form, (TdmCell){ TDM_CELL_SEQUENCE_KIND, 0 });

  return tdm_sequence_kind_from_name (text);
}

static void
kind_cb (TdmPlanPanel *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->kind));

  if (!self->refreshing && selected < TDM_SEQUENCE_N)
    tdm_form_choose (self->form, (TdmCell){ TDM_CELL_SEQUENCE_KIND, 0 },
                     tdm_sequence_kind_name (selected));
}

static void
add_cb (TdmPlanPanel *self)
{
  if (tdm_form_add_plan (self->form, TDM_SECTION_SEQUENCE))
    tdm_fold_set_open (TDM_FOLD (self->fold), FALSE);
}

static const char *
title_of (TdmPlanPanel *self, TdmCellKind cell)
{
  return tdm_sequence_title (kind_of (self), cell);
}

/* TRUE when something is typed: the panel is open then. */
static gboolean
refresh_fields (TdmPlanPanel *self, const char *remark)
{
  gboolean typed = FALSE;

  for (TdmCellKind k = 0; k < TDM_CELL_N; k++)
    {
      if (self->fields[k] == NULL)
        continue;
      const char *title = title_of (self, k);
      gtk_widget_set_visible (self->fields[k], title != NULL);
      gtk_widget_set_visible (self->labels[k], title != NULL);
      if (title == NULL)
        continue;
      gtk_label_set_text (GTK_LABEL (self->labels[k]), title);
      tdm_field_refresh (TDM_FIELD (self->fields[k]), title, remark);
      typed |= gtk_entry_get_text_length (GTK_ENTRY (self->fields[k])) > 0;
    }
  return typed;
}

static void
refresh_words (TdmPlanPanel *self, TdmRemarkKind kind, const char *remark)
{
  gboolean wrong = kind == TDM_REMARK_ERROR;
  g_autofree char *preview = tdm_form_describe_plan (self->form, TDM_SECTION_SEQUENCE);

  gtk_label_set_text (GTK_LABEL (self->preview), wrong ? remark : preview);
  if (wrong)
    gtk_widget_add_css_class (self->preview, "error");
  else
    gtk_widget_remove_css_class (self->preview, "error");
}

static void
updated_cb (TdmPlanPanel *self)
{
  TdmRemarkKind kind;
  g_autofree char *remark =
      tdm_form_get_remark (self->form, TDM_SECTION_SEQUENCE, 0, &kind);

  self->refreshing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->kind), kind_of (self));
  gboolean typed = refresh_fields (self, remark);
  if (typed && !self->typed)
    tdm_fold_set_open (TDM_FOLD (self->fold), TRUE);
  self->typed = typed;
  refresh_words (self, kind, remark);
  self->refreshing = FALSE;
}

static void
add_kind (TdmPlanPanel *self)
{
  static const char *const kinds[] = { "Again and again", "Certain days of the week",
                                       "Days on, days off", "Tapering", NULL };
  GtkWidget *label = gtk_label_new ("Pattern");

  self->kind = gtk_drop_down_new_from_strings (kinds);
  gtk_widget_add_css_class (self->kind, "tdm-choice");
  tdm_choice_set_name (GTK_DROP_DOWN (self->kind), "Pattern of the sequence");
  g_signal_connect_swapped (self->kind, "notify::selected", G_CALLBACK (kind_cb), self);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_grid_attach (self->grid, label, 0, 0, 1, 1);
  gtk_grid_attach (self->grid, self->kind, 1, 0, 1, 1);
}

static void
add_fields (TdmPlanPanel *self)
{
  for (TdmCellKind k = 0; k < TDM_CELL_N; k++)
    {
      if (tdm_cell_section (k) != TDM_SECTION_SEQUENCE || k == TDM_CELL_SEQUENCE_KIND)
        continue;
      self->labels[k] = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (self->labels[k]), 0);
      gtk_widget_add_css_class (self->labels[k], "dim-label");
      self->fields[k] = tdm_field_new (self->form, (TdmCell){ k, 0 }, 15);
      if (k == TDM_CELL_SEQUENCE_START)
        gtk_entry_set_placeholder_text (GTK_ENTRY (self->fields[k]), "Date and time");
      gtk_grid_attach (self->grid, self->labels[k], 0, (int)k + 1, 1, 1);
      gtk_grid_attach (self->grid, self->fields[k], 1, (int)k + 1, 1, 1);
    }
}

static void
build (TdmPlanPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  add_kind (self);
  add_fields (self);
  self->preview = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->preview), 0);
  gtk_label_set_wrap (GTK_LABEL (self->preview), TRUE);
  gtk_widget_add_css_class (self->preview, "caption");
  self->add = gtk_button_new_with_label ("Add these doses");
  gtk_widget_set_halign (self->add, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->add, "tdm-answer");
  g_signal_connect_swapped (self->add, "clicked", G_CALLBACK (add_cb), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (box), self->preview);
  gtk_box_append (GTK_BOX (box), self->add);
  self->fold = tdm_fold_new ("Sequence of doses…", box);
  gtk_widget_set_parent (self->fold, GTK_WIDGET (self));
}

static void
tdm_plan_panel_dispose (GObject *object)
{
  TdmPlanPanel *self = TDM_PLAN_PANEL (object);

  if (self->form != NULL)
    g_signal_handlers_disconnect_by_data (self->form, self);
  for (guint k = 0; k < TDM_CELL_N; k++)
    if (self->fields[k] != NULL)
      tdm_field_retire (TDM_FIELD (self->fields[k]));
  memset (self->fields, 0, sizeof self->fields);
  g_clear_pointer (&self->fold, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_plan_panel_parent_class)->dispose (object);
}

static void
tdm_plan_panel_class_init (TdmPlanPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_plan_panel_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
tdm_plan_panel_init (TdmPlanPanel *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 8);
  gtk_grid_set_row_spacing (self->grid, 4);
}

GtkWidget *
tdm_plan_panel_new (TdmForm *form)
{
  TdmPlanPanel *self = g_object_new (TDM_TYPE_PLAN_PANEL, NULL);

  self->form = g_object_ref (form);
  build (self);
  g_signal_connect_swapped (form, "updated", G_CALLBACK (updated_cb), self);
  updated_cb (self);
  return GTK_WIDGET (self);
}
