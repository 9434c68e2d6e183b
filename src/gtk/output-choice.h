/* Chooses what the plot shows where the model computes several things: a drug and its
 * effect, a parent and its metabolite. Not there where there is one. */
#pragma once

#include <gtk/gtk.h>

#include "app/session.h"

/* Floating. */
GtkWidget *tdm_output_choice_new (TdmSession *session);
