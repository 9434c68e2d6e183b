/* The part of the model's page that tells what can be given, what to aim at, and what
 * the models of the drug share. */
#pragma once

#include <gtk/gtk.h>

#include "model/model.h"

/* Adds it at the end of `box`. */
void tdm_drug_section_add (GtkBox *box, const TdmModel *model);
