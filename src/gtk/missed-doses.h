/* Which doses of a repeated line were not given. */
#pragma once

#include <gtk/gtk.h>

#include "app/form.h"

/* Lists the doses of line `dose` in a window over that of `near`; those that are not
 * ticked any more are taken out of the line. */
void tdm_missed_doses_show (TdmForm *form, guint dose, GtkWidget *near);
