/* Colours of the plot for each style. Regimens keep their hue in all of them, and no
 * pair differs by red and green alone. */
#pragma once

#include <cairo.h>

#include "plot/plot.h"

typedef struct
{
  double red, green, blue;
} TdmColor;

#define TDM_PALETTE_REGIMENS 3

typedef struct
{
  TdmColor background, past, grid, axis, text, quiet;
  TdmColor regimen[TDM_PALETTE_REGIMENS]; /* A, B, C: lines, bars and labels */
  TdmColor typical, typical_text, target, target_text, level, warning, card, card_edge;
  double band90, band50, faint90; /* opacities; `faint90` where another regimen leads */
  double line;                    /* width of a regimen's line, px */
} TdmPalette;

const TdmPalette *tdm_palette_for (const TdmPlotStyle *style);

void tdm_color_set (cairo_t *cr, TdmColor color, double opacity);
