/* The chance of being below, within and above the target: a bar of three parts with
 * their numbers beside it. Told apart by place, shade and number, not by colour alone.
 */
#pragma once

#include <gtk/gtk.h>

#define TDM_TYPE_CHANCE_BAR (tdm_chance_bar_get_type ())
G_DECLARE_FINAL_TYPE (TdmChanceBar, tdm_chance_bar, TDM, CHANCE_BAR, GtkWidget)

GtkWidget *tdm_chance_bar_new (double below, double within, double above);
