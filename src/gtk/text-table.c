#include "gtk/text-table.h"

static GtkWidget *
cell_new (const char *text, gboolean heading, gboolean first)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), first ? 0 : 1);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_widget_add_css_class (label, heading ? "caption" : "numeric");
  if (heading)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

/* A cell of words: it wraps, where one of numbers keeps to its line. */
static GtkWidget *
words_new (const char *text, gboolean heading, gboolean first)
{
  GtkWidget *label = cell_new (text, heading, TRUE);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, !first);
  gtk_widget_remove_css_class (label, "numeric");
  return label;
}

static GtkWidget *
table_new (const GPtrArray *rows,
           GtkWidget *(*cell) (const char *text, gboolean heading, gboolean first))
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "card");
  gtk_widget_add_css_class (grid, "tdm-card");
  for (guint r = 0; r < rows->len; r++)
    {
      char **cells = g_ptr_array_index (rows, r);
      for (guint c = 0; cells[c] != NULL; c++)
        gtk_grid_attach (GTK_GRID (grid), cell (cells[c], r == 0, c == 0), (int)c,
                         (int)r, 1, 1);
    }
  return grid;
}

GtkWidget *
tdm_text_table_new (const GPtrArray *rows)
{
  return table_new (rows, cell_new);
}

GtkWidget *
tdm_text_table_new_words (const GPtrArray *rows)
{
  return table_new (rows, words_new);
}

void
tdm_box_clear (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

void
tdm_box_add_heading (GtkBox *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_set_margin_top (label, 8);
  gtk_box_append (box, label);
}

void
tdm_box_add_paragraph (GtkBox *box, const char *text)
{
  GtkWidget *label;

  if (text == NULL || text[0] == '\0')
    return;
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (box, label);
}
