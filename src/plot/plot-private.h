/* Inside of the plot: the view, and the layout computed from it. */
#pragma once

#include "plot/palette.h"
#include "plot/plot.h"
#include "plot/scale.h"

typedef enum
{
  TDM_TEXT_SMALL,
  TDM_TEXT_NORMAL,
  TDM_TEXT_BOLD,
  TDM_TEXT_TITLE,
} TdmTextKind;

/* A text in its place; owned by the layout. */
typedef struct
{
  PangoLayout *layout;
  TdmPlotRect box;
  TdmColor color;
  gboolean halo; /* stands over curves: outlined in the ground's colour */
  gboolean chip; /* light on a dark rounded box */
} TdmPlacedText;

/* The line from a curve's end at the right edge to its label. */
typedef struct
{
  double from_y, to_y;
  TdmColor color;
  int dash; /* TdmDash */
} TdmLeader;

typedef struct
{
  TdmPlotRect pane;  /* concentration */
  TdmPlotRect areas; /* AUC bars; height 0 = none */
  TdmPlotRect marks; /* covariate marks; height 0 = none */
  TdmPlotRect doses;
  double low, high;                                 /* of the concentration axis */
  double area_high;                                 /* of the AUC axis */
  double largest_dose;                              /* 0 = not known yet */
  double header_bottom;                             /* where "given | predicted" ends */
  GPtrArray *value_ticks, *area_ticks, *time_ticks; /* TdmTick* */
  GPtrArray *texts;                                 /* TdmPlacedText* */
  GArray *leaders;                                  /* TdmLeader */
  TdmPlotRect swatch; /* key of the bands beside the caption; width 0 = none */
} TdmPlotLayout;

struct _TdmPlot
{
  TdmScene *scene;
  TdmPlotStyle style;
  const TdmPalette *palette;
  double width, height;
  double from_h, to_h; /* in view */
  gboolean log_scale;
  PangoContext *pango;
  TdmPlotLayout layout;
  gboolean laid_out;
};

/* layout.c: brings the layout up to date; does nothing when it is. */
void tdm_plot_lay_out (TdmPlot *self);
void tdm_plot_layout_clear (TdmPlotLayout *layout);

/* layout-text.c: places the texts of a part of the plot; the panes are known. */
void tdm_plot_place_axes (TdmPlot *self);
void tdm_plot_place_now (TdmPlot *self);
void tdm_plot_place_dose_amounts (TdmPlot *self);
void tdm_plot_place_marks (TdmPlot *self);
void tdm_plot_place_areas (TdmPlot *self);
void tdm_plot_place_reasons (TdmPlot *self);

/* layout-ends.c: the labels right of the pane. */
double tdm_plot_ends_width (TdmPlot *self);
void tdm_plot_place_ends (TdmPlot *self);

/* text.c */
PangoLayout *tdm_plot_text_new (TdmPlot *self, TdmTextKind kind, const char *text);
void tdm_plot_text_size (PangoLayout *layout, double *width, double *height);
/* Places a text by its top left corner; takes `layout`. */
TdmPlacedText *tdm_plot_text_place (TdmPlot *self, PangoLayout *layout, TdmColor color,
                                    double x, double y);
/* TRUE when `box` overlaps no text placed so far. */
gboolean tdm_plot_text_is_free (TdmPlot *self, const TdmPlotRect *box);
void tdm_plot_text_draw (TdmPlot *self, cairo_t *cr, const TdmPlacedText *text);
double tdm_plot_unit_px (const TdmPlot *self); /* 1 px at 100 % text */

/* draw-curve.c */
typedef enum
{
  TDM_DASH_SOLID,
  TDM_DASH_DASHED,
  TDM_DASH_DOTTED,
} TdmDash;

void tdm_plot_set_dash (TdmPlot *self, cairo_t *cr, TdmDash dash);
void tdm_plot_draw_curves (TdmPlot *self, cairo_t *cr);

/* draw-marks.c: levels, doses, areas, target crosses */
void tdm_plot_draw_levels (TdmPlot *self, cairo_t *cr);
void tdm_plot_draw_doses (TdmPlot *self, cairo_t *cr);
void tdm_plot_draw_areas (TdmPlot *self, cairo_t *cr);
void tdm_plot_draw_mark_row (TdmPlot *self, cairo_t *cr);
void tdm_plot_draw_crosses (TdmPlot *self, cairo_t *cr);

/* plot.c: geometry shared by all parts */
gboolean tdm_plot_sees (const TdmPlot *self, double time_h);
TdmColor tdm_plot_regimen_color (const TdmPlot *self, guint regimen);
/* First time of curve B, INFINITY without one: from there on B leads. */
double tdm_plot_split_h (const TdmPlot *self);
double tdm_plot_level_radius (const TdmPlot *self);
double tdm_plot_area_y (const TdmPlot *self, double value);
/* TRUE when another regimen has an area over the same time: bars stand side by side. */
gboolean tdm_plot_area_is_paired (const TdmPlot *self, const TdmSceneArea *area);
/* A dose's bar in the strip, at its place in time (not clipped to the view). */
TdmPlotRect tdm_plot_dose_bar (TdmPlot *self, const TdmSceneDose *dose);
/* "Mon 2 Mar 10:00", or "26 h" without a start. Yours. */
char *tdm_plot_time_text (const TdmPlot *self, double time_h) G_GNUC_WARN_UNUSED_RESULT;
