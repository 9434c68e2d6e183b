/* Drop-downs of long texts. */
#pragma once

#include <gtk/gtk.h>

/* Lets the button cut a long text short (the list shows all of it), so that no text
 * makes the page wider. */
void tdm_choice_make_narrow (GtkDropDown *drop_down);

/* Lets the list be narrowed by typing how a text begins; Enter takes the first one. */
void tdm_choice_make_searchable (GtkDropDown *drop_down, const char *name);

/* What the drop-down is called, for screen readers; its button says so too. */
void tdm_choice_set_name (GtkDropDown *drop_down, const char *name);
