/* The part of the model's page that compares the patient with the model's people, and
 * says whose people are nearest. */
#pragma once

#include <gtk/gtk.h>

#include "app/session.h"

/* Fills `box` anew for the case and the model that are open; empty without. Its buttons
 * ask for the action "win.use-model" with a model's id. */
void tdm_domain_section_fill (GtkBox *box, TdmSession *session);
