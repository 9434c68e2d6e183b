/* What the window's menu does with files, paper and settings. Each acts on the case
 * that is open; a refusal is told in a dialog. */
#pragma once

#include "gtk/plot-view.h"
#include "gtk/window.h"

void tdm_window_ask_import (TdmWindow *self);
void tdm_window_ask_export (TdmWindow *self);
void tdm_window_ask_save_plot (TdmWindow *self, TdmPlotView *view);
void tdm_window_ask_save_report (TdmWindow *self);
void tdm_window_print (TdmWindow *self);
void tdm_window_show_preferences (TdmWindow *self);
void tdm_window_show_about (TdmWindow *self);
