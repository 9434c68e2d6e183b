/* Names for screen readers. */
#pragma once

#include <gtk/gtk.h>

/* The accessible name of a widget; set it wherever a mnemonic or an icon would stand
 * in. */
void tdm_a11y_set_label (GtkWidget *widget, const char *label);
/* The same for a widget made of others (a drop-down, a menu button): also for the parts
 * of it that take the focus. */
void tdm_a11y_set_label_deep (GtkWidget *widget, const char *label);
/* Takes the parts that only scroll out of the way of the Tab key; their contents stay.
 */
void tdm_a11y_skip_scrolling (GtkWidget *widget);
/* The accessible description; NULL or "" takes it away. */
void tdm_a11y_set_description (GtkWidget *widget, const char *description);
/* Whether the value is wrong. */
void tdm_a11y_set_invalid (GtkWidget *widget, gboolean invalid);
