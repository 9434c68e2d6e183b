/* Small tables of text on the pages. */
#pragma once

#include <gtk/gtk.h>

/* A grid of labels: `rows` are NULL-terminated arrays of cells, the first one the
 * headings; the first column is left-aligned. Floating. */
GtkWidget *tdm_text_table_new (const GPtrArray *rows);
/* The same with cells of words, which wrap. Floating. */
GtkWidget *tdm_text_table_new_words (const GPtrArray *rows);

/* Empties a box and puts in: a heading, and paragraphs under it. */
void tdm_box_clear (GtkBox *box);
void tdm_box_add_heading (GtkBox *box, const char *text);
/* Nothing for NULL or "". */
void tdm_box_add_paragraph (GtkBox *box, const char *text);
