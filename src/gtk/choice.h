/* Drop-downs of long texts. */
#pragma once

#include <gtk/gtk.h>

/* Lets the button cut a long text short (the list shows all of it), so that no text
 * makes the page wider. */
void tdm_choice_make_narrow (GtkDropDown *drop_down);
