/* The plot: draws a scene on a Cairo context, for the window, files and tests alike,
 * and answers where things are. Holds the view (size, time range, scale, style), no
 * clock, no input. */
#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "plot/scene.h"

typedef struct
{
  gboolean dark;
  gboolean high_contrast;
  gboolean print;    /* black and white safe: dashes and labels tell curves apart */
  double text_scale; /* 1 = 100 %; kept within 0.5 .. 3 */
  const char *font;  /* family, static or interned; NULL = the sans-serif font */
} TdmPlotStyle;

typedef struct
{
  double x, y, width, height;
} TdmPlotRect;

typedef struct _TdmPlot TdmPlot;

TdmPlot *tdm_plot_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_plot_free (TdmPlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmPlot, tdm_plot_free)

void tdm_plot_set_scene (TdmPlot *self,
                         TdmScene *scene);    /* keeps the view if it still fits */
TdmScene *tdm_plot_get_scene (TdmPlot *self); /* borrowed, or NULL */
void tdm_plot_set_size (TdmPlot *self, double width, double height);
void tdm_plot_set_style (TdmPlot *self, const TdmPlotStyle *style);
void tdm_plot_set_log (TdmPlot *self, gboolean log_scale);
gboolean tdm_plot_get_log (TdmPlot *self);

/* The visible time range; clamped to the scene's extent, at least 10 minutes wide. */
void tdm_plot_set_range (TdmPlot *self, double from_h, double to_h);
void tdm_plot_get_range (TdmPlot *self, double *from_h, double *to_h);
void tdm_plot_fit (TdmPlot *self);                           /* all of it */
void tdm_plot_zoom (TdmPlot *self, double factor, double x); /* about pixel x */
void tdm_plot_pan (TdmPlot *self, double dx);                /* by pixels */

/* The concentration pane, in pixels. */
TdmPlotRect tdm_plot_get_pane (TdmPlot *self);
double tdm_plot_y_of (TdmPlot *self, double value); /* concentration */
/* Every text the plot places: its box and what it says (borrowed until the plot
 * changes). No two boxes overlap. */
guint tdm_plot_get_n_texts (TdmPlot *self);
const char *tdm_plot_get_text (TdmPlot *self, guint i, TdmPlotRect *box);

double tdm_plot_time_at (TdmPlot *self, double x); /* h */
double tdm_plot_x_of (TdmPlot *self, double time_h);
int tdm_plot_level_at (TdmPlot *self, double x,
                       double y); /* index of the level there, or -1 */

/* Draws everything but the readout. */
void tdm_plot_draw (TdmPlot *self, cairo_t *cr);
/* Draws the crosshair and its card (time, relation to the last dose, curves with 90 %)
 * at `time_h`, parked in the emptier upper corner. */
void tdm_plot_draw_readout (TdmPlot *self, cairo_t *cr, double time_h);
/* The same card as text, for screen readers and copying. Yours. */
char *tdm_plot_readout_text (TdmPlot *self, double time_h) G_GNUC_WARN_UNUSED_RESULT;
/* The card's box at `time_h`. */
TdmPlotRect tdm_plot_readout_box (TdmPlot *self, double time_h);
/* The plot as a table: elements are string arrays (char **), the first one the
 * headings; one row for each dose, level, mark and now, in order of time, with each
 * curve's value then. Yours. */
GPtrArray *tdm_plot_table (TdmPlot *self) G_GNUC_WARN_UNUSED_RESULT;
/* The same as text, cells separated by tabs, for copying. Yours. */
char *tdm_plot_table_text (TdmPlot *self) G_GNUC_WARN_UNUSED_RESULT;

/* Next (direction > 0) or previous time of interest (dose, end of infusion, level, now)
 * from `time_h`; `time_h` itself when there is none. */
double tdm_plot_next_event (TdmPlot *self, double time_h, int direction);

/* Writes the plot as it stands to FILE.svg, .png or .pdf (by suffix), atomically,
 * readable by its owner only; the same plot gives the same bytes. Another suffix is a
 * TDM_ERROR_USAGE, a path that cannot be written a TDM_ERROR_SYSTEM error. */
gboolean tdm_plot_save (TdmPlot *self, const char *path,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
