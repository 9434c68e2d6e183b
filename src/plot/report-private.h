/* Inside of the report: its text flows as lines into pages. */
#pragma once

#include <pango/pango.h>

#include "plot/report.h"

/* The page the text is set for; other paper is scaled to this width. */
#define TDM_REPORT_WIDTH 595.28
#define TDM_REPORT_HEIGHT 841.89
#define TDM_REPORT_MARGIN 42.0

typedef struct
{
  PangoLayout *layout; /* owned */
  int line;
  double x;
} TdmReportCell;

typedef enum
{
  TDM_REPORT_LINE,
  TDM_REPORT_SPACE,
  TDM_REPORT_PLOT,
  TDM_REPORT_SIGNATURES,
} TdmReportItemKind;

/* One line of the flow (of a paragraph or of a row of a table), or something drawn. */
typedef struct
{
  TdmReportItemKind kind;
  double height;
  gboolean keep;              /* with the next item on the same page */
  gboolean rule;              /* a thin line below */
  GArray *cells;              /* TdmReportCell */
  const TdmReportOption *bar; /* whose probabilities are drawn in this line, or NULL */
  double bar_x;
} TdmReportItem;

typedef struct
{
  const TdmReport *report;
  PangoContext *pango;
  GPtrArray *items; /* TdmReportItem* */
} TdmReportFlow;

/* report-flow.c: the whole text as items. */
TdmReportFlow *tdm_report_flow_new (const TdmReport *report);
void tdm_report_flow_free (TdmReportFlow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmReportFlow, tdm_report_flow_free)

/* A text in the report's font; `width` > 0 wraps. Yours. */
PangoLayout *tdm_report_text (TdmReportFlow *self, const char *text, double size,
                              gboolean bold, double width);
