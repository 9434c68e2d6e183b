/* Labels that move apart. */
#pragma once

#include <glib.h>

/* Moves `n` labels along one axis so that none overlaps another and all lie in
 * [`top`, `bottom`], as little as possible (least squares). `centre`: wished centres
 * in, placed centres out; `height`: their heights, gaps included. Labels keep the order
 * of their wishes. FALSE, and nothing moved, when they do not fit. */
gboolean tdm_spread (double *centre, const double *height, guint n, double top,
                     double bottom);
