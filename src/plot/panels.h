/* A figure of shares: panels above each other that share a horizontal axis, in each the
 * same lines with bands. For what is counted of many patients. */
#pragma once

#include <glib.h>

#define TDM_PANELS_MAX_LINES 6

/* A line of `n` points of one panel; `low` and `high` make its band, or are NULL. All
 * borrowed while the figure is written. Values are shares, 0 .. 1. */
typedef struct
{
  const double *value, *low, *high;
} TdmPanelLine;

typedef struct
{
  const char *title;
  const TdmPanelLine *lines; /* one for each name */
} TdmPanel;

typedef struct
{
  const char *title, *caption; /* the caption is broken into lines */
  const char *x_title;
  const double *x; /* n, ascending */
  guint n;
  const char *const *names; /* of the lines */
  guint n_lines;            /* at most TDM_PANELS_MAX_LINES */
  const TdmPanel *panels;
  guint n_panels;
  const double *marks; /* verticals on the horizontal axis, or NULL */
  guint n_marks;
  const char *mark_label; /* what the first of them says */
} TdmPanels;

/* Writes FILE.svg, .png or .pdf as plot/paper.h says. */
gboolean tdm_panels_save (const TdmPanels *self, const char *path, GError **error);
