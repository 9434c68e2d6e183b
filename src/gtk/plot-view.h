/* The plot in the window: draws a TdmPlot and drives it with mouse, touch and keys. */
#pragma once

#include <gtk/gtk.h>

#include "plot/plot.h"

#define TDM_TYPE_PLOT_VIEW (tdm_plot_view_get_type ())
G_DECLARE_FINAL_TYPE (TdmPlotView, tdm_plot_view, TDM, PLOT_VIEW, GtkWidget)

/* Signal "level-activated" (guint index): a level was clicked. */

/* NULL shows nothing. */
void tdm_plot_view_set_scene (TdmPlotView *self, TdmScene *scene);
TdmPlot *tdm_plot_view_get_plot (TdmPlotView *self);

/* Shows `hours` around the now-line; 0 = all. */
void tdm_plot_view_show_hours (TdmPlotView *self, double hours);
void tdm_plot_view_set_log (TdmPlotView *self, gboolean log_scale);
