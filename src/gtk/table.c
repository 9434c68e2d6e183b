#include "gtk/table.h"

#include <string.h>

#include "gtk/table-row.h"

struct _TdmTable
{
  GtkWidget parent_instance;

  TdmForm *form;
  TdmSection section;
  GtkWidget *grid;
  GtkWidget *hint;             /* in place of an empty table */
  GPtrArray *rows;             /* of TdmTableRow */
  GtkWidget *infusion_heading; /* doses; hidden for what is not infused */
  GtkWidget *output_heading;   /* levels; hidden where there is one output */
};

G_DEFINE_FINAL_TYPE (TdmTable, tdm_table, GTK_TYPE_WIDGET)

static void
field_entered_cb (TdmTable *self, TdmField *field)
{
  /* A row that was just completed: the next one can be typed at once. */
  if (tdm_field_get_cell (field).row + 2 == self->rows->len
      && self->section != TDM_SECTION_COVARIATES)
    tdm_table_focus_row (self, self->rows->len - 1);
}

typedef struct
{
  TdmTable *table;
  GtkWidget *field;
} Pasting;

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Pasting *pasting = data;
  g_autoptr (TdmTable) self = pasting->table;
  g_autoptr (GtkWidget) field = pasting->field;
  g_autofree char *text =
      gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr (GError) error = NULL;
  int position, end;

  if (text == NULL)
    return;
  g_strchomp (text);
  if (strpbrk (text, "\n\t") != NULL)
    {
      if (!tdm_form_paste_levels (self->form, text, &error))
        gtk_widget_activate_action (field, "win.tell", "s", error->message);
      return;
    }
  if (!gtk_editable_get_selection_bounds (GTK_EDITABLE (field), &position, &end))
    position = gtk_editable_get_position (GTK_EDITABLE (field));
  gtk_editable_delete_selection (GTK_EDITABLE (field));
  gtk_editable_insert_text (GTK_EDITABLE (field), text, -1, &position);
  gtk_editable_set_position (GTK_EDITABLE (field), position);
}

/* A pasted column becomes levels; a pasted word goes into the field. */
static void
paste_cb (GtkText *text, TdmTable *self)
{
  Pasting *pasting = g_new0 (Pasting, 1);
  GtkWidget *field = gtk_widget_get_ancestor (GTK_WIDGET (text), TDM_TYPE_FIELD);

  g_signal_stop_emission_by_name (text, "paste-clipboard");
  pasting->table = g_object_ref (self);
  pasting->field = g_object_ref (field);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (text)), NULL,
                                 pasted_cb, pasting);
}

static void
connect_row (TdmTable *self, TdmTableRow *row)
{
  for (guint i = 0; i < row->n_fields; i++)
    {
      g_signal_connect_swapped (row->fields[i], "entered",
                                G_CALLBACK (field_entered_cb), self);
      if (self->section == TDM_SECTION_LEVELS)
        g_signal_connect (gtk_editable_get_delegate (GTK_EDITABLE (row->fields[i])),
                          "paste-clipboard", G_CALLBACK (paste_cb), self);
    }
}

static guint
count_rows (TdmTable *self)
{
  guint n = tdm_form_get_n_rows (self->form, self->section);

  if (tdm_session_get_record (tdm_form_get_session (self->form)) == NULL)
    return 0;
  return self->section == TDM_SECTION_COVARIATES ? n : n + 1;
}

static gboolean
row_fits (TdmTable *self, guint i)
{
  TdmTableRow *row = g_ptr_array_index (self->rows, i);
  g_autofree char *kind = tdm_table_row_kind (self->form, self->section, i);

  return strcmp (row->kind, kind) == 0;
}

static gboolean
has_focus (TdmTable *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, self->grid);
}

static void
updated_cb (TdmTable *self)
{
  gboolean had_focus = has_focus (self);
  guint n = count_rows (self), keep = 0;

  while (keep < MIN (n, self->rows->len) && row_fits (self, keep))
    keep++;
  g_ptr_array_set_size (self->rows, (int)keep);
  while (self->rows->len < n)
    {
      TdmTableRow *row = tdm_table_row_new (self->form, self->section, self->rows->len,
                                            GTK_GRID (self->grid));
      g_ptr_array_add (self->rows, row);
      connect_row (self, row);
    }
  gtk_widget_set_visible (self->grid, n > 0);
  gtk_widget_set_visible (self->hint, n == 0);
  if (self->infusion_heading != NULL)
    gtk_widget_set_visible (self->infusion_heading,
                            tdm_table_has_infusion (self->form));
  if (self->output_heading != NULL)
    gtk_widget_set_visible (self->output_heading, tdm_table_has_outputs (self->form));
  for (guint i = 0; i < n; i++)
    tdm_table_row_refresh (g_ptr_array_index (self->rows, i));
  /* The row in focus may have gone with an undo: the cursor stays in the table. */
  if (had_focus && !has_focus (self) && n > 0)
    tdm_table_focus_row (self, n - 1);
}

void
tdm_table_focus_row (TdmTable *self, guint row)
{
  if (self->rows->len == 0)
    return;
  TdmTableRow *target = g_ptr_array_index (self->rows, MIN (row, self->rows->len - 1));
  if (target->n_fields > 0)
    gtk_widget_grab_focus (target->fields[0]);
  else if (target->choice != NULL)
    gtk_widget_grab_focus (target->choice);
}

static void
add_headings (TdmTable *self)
{
  const char *const *headings = tdm_table_headings (self->section);

  for (int i = 0; headings[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (headings[i]);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      if (self->section == TDM_SECTION_DOSES && i == 3)
        self->infusion_heading = label;
      if (self->section == TDM_SECTION_LEVELS && i == 4)
        self->output_heading = label;
      gtk_grid_attach (GTK_GRID (self->grid), label, i, 0, 1, 1);
    }
}

static void
tdm_table_dispose (GObject *object)
{
  TdmTable *self = TDM_TABLE (object);

  if (self->form != NULL)
    g_signal_handlers_disconnect_by_data (self->form, self);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_pointer (&self->hint, gtk_widget_unparent);
  g_clear_object (&self->form);
  G_OBJECT_CLASS (tdm_table_parent_class)->dispose (object);
}

static void
tdm_table_class_init (TdmTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
tdm_table_init (TdmTable *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_table_row_free);
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 4);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 2);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  self->hint = gtk_label_new ("The model says what it needs to know.");
  gtk_label_set_xalign (GTK_LABEL (self->hint), 0);
  gtk_widget_add_css_class (self->hint, "dim-label");
  gtk_widget_set_parent (self->hint, GTK_WIDGET (self));
}

GtkWidget *
tdm_table_new (TdmForm *form, TdmSection section)
{
  TdmTable *self = g_object_new (TDM_TYPE_TABLE, NULL);

  self->form = g_object_ref (form);
  self->section = section;
  add_headings (self);
  g_signal_connect_swapped (form, "updated", G_CALLBACK (updated_cb), self);
  updated_cb (self);
  return GTK_WIDGET (self);
}
