/* Drop-downs of long texts. */
#pragma once

#include <gtk/gtk.h>

/* Lets the button cut a long text short (the list shows all of it), so that no text
 * makes the page wider. */
void tdm_choice_make_narrow (GtkDropDown *drop_down);

/* What the drop-down is called, for screen readers; its button says so too. */
void tdm_choice_set_name (GtkDropDown *drop_down, const char *name);
