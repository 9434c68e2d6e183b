/* Pages of the report: identity above, the flow, the footer below. */
#include "plot/report.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "plot/paper.h"
#include "plot/plot.h"
#include "plot/report-private.h"

#define HEADER 46.0
#define FOOTER 34.0
/* The plot is drawn in its own pixels and scaled so that its small text is 7 points. */
#define PLOT_SCALE 0.64
/* The least height of the plot. */
#define LEAST_PLOT 165.0

static void
option_free (gpointer data)
{
  TdmReportOption *self = data;
  g_free (self->regimen);
  g_free (self->remark);
  g_free (self->trough);
  g_free (self->peak);
  g_free (self->auc24);
  g_free (self->daily);
  g_free (self->alarm);
  g_free (self);
}

static void
input_free (gpointer data)
{
  TdmReportInput *self = data;
  g_free (self->time);
  g_free (self->what);
  g_free (self->value);
  g_free (self->remark);
  g_free (self);
}

static void
section_free (gpointer data)
{
  TdmReportSection *self = data;
  g_free (self->heading);
  g_free (self->text);
  g_clear_pointer (&self->table, g_ptr_array_unref);
  g_free (self);
}

TdmReport *
tdm_report_new (void)
{
  TdmReport *self = g_new0 (TdmReport, 1);
  self->identity = g_ptr_array_new_with_free_func (g_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->options = g_ptr_array_new_with_free_func (option_free);
  self->sections = g_ptr_array_new_with_free_func (section_free);
  self->inputs = g_ptr_array_new_with_free_func (input_free);
  self->fit = g_ptr_array_new_with_free_func (g_free);
  self->model = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tdm_report_free (TdmReport *self)
{
  g_ptr_array_unref (self->identity);
  g_ptr_array_unref (self->warnings);
  g_ptr_array_unref (self->options);
  g_ptr_array_unref (self->sections);
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->fit);
  g_ptr_array_unref (self->model);
  g_clear_pointer (&self->scene, tdm_scene_unref);
  char *texts[] = { self->title,      self->patient_name, self->patient_id,
                    self->conclusion, self->unit,         self->area_unit,
                    self->footer,     self->options_note, self->calculated_by,
                    self->checked_by, self->intended_use, self->date,
                    self->edited,     self->unedited,     self->metric_title };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_free (self);
}

void
tdm_report_add_option (TdmReport *self, const TdmReportOption *option)
{
  TdmReportOption *own = g_memdup2 (option, sizeof *option);
  own->regimen = g_strdup (option->regimen);
  own->remark = g_strdup (option->remark);
  own->trough = g_strdup (option->trough);
  own->peak = g_strdup (option->peak);
  own->auc24 = g_strdup (option->auc24);
  own->daily = g_strdup (option->daily);
  own->alarm = g_strdup (option->alarm);
  g_ptr_array_add (self->options, own);
}

void
tdm_report_add_input (TdmReport *self, const TdmReportInput *input)
{
  TdmReportInput *own = g_memdup2 (input, sizeof *input);
  own->time = g_strdup (input->time);
  own->what = g_strdup (input->what);
  own->value = g_strdup (input->value);
  own->remark = g_strdup (input->remark);
  g_ptr_array_add (self->inputs, own);
}

void
tdm_report_add_section (TdmReport *self, const char *heading, const char *text,
                        GPtrArray *table)
{
  TdmReportSection *own = g_new0 (TdmReportSection, 1);
  own->heading = g_strdup (heading);
  own->text = g_strdup (text);
  own->table = table;
  g_ptr_array_add (self->sections, own);
}

/* Height of item `i` and of those that must follow it on the same page. */
static double
group_height (const GPtrArray *items, guint i)
{
  double height = 0;
  for (; i < items->len; i++)
    {
      const TdmReportItem *item = items->pdata[i];
      height += item->height;
      if (!item->keep)
        break;
    }
  return height;
}

/* When the text is just too long for one page, the plot gives way. */
static void
shrink_plot (const TdmReportFlow *flow, double room)
{
  TdmReportItem *plot = NULL;
  double total = 0;
  for (guint i = 0; i < flow->items->len; i++)
    {
      TdmReportItem *item = flow->items->pdata[i];
      total += item->height;
      plot = item->kind == TDM_REPORT_PLOT ? item : plot;
    }
  double excess = total - room + 0.5;
  if (plot != NULL && excess > 0 && plot->height - excess >= LEAST_PLOT)
    plot->height -= excess;
}

/* The first item of each page, and the number of items at the end. */
static GArray *
paginate (const TdmReportFlow *flow, double page_height)
{
  GArray *starts = g_array_new (FALSE, FALSE, sizeof (guint));
  double room = page_height - 2 * TDM_REPORT_MARGIN * 0.75 - HEADER - FOOTER;
  double used = room + 1;
  shrink_plot (flow, room);
  for (guint i = 0; i < flow->items->len; i++)
    {
      const TdmReportItem *item = flow->items->pdata[i];
      gboolean first_of_group =
          i == 0 || !((TdmReportItem *)flow->items->pdata[i - 1])->keep;
      double need =
          first_of_group ? MIN (group_height (flow->items, i), room) : item->height;
      if (used + need > room)
        {
          g_array_append_val (starts, i);
          used = 0;
        }
      used += item->height;
    }
  g_array_append_val (starts, flow->items->len);
  return starts;
}

static void
draw_text (TdmReportFlow *flow, cairo_t *cr, const char *text, double size,
           gboolean bold, const double *at)
{
  if (text == NULL)
    return;
  g_autoptr (PangoLayout) layout = tdm_report_text (flow, text, size, bold, at[2]);
  pango_layout_set_height (layout, at[3] > 0 ? (int)(at[3] * PANGO_SCALE) : -1);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  double x = at[0];
  if (x < 0)
    {
      PangoRectangle logical;
      pango_layout_get_extents (layout, NULL, &logical);
      x = TDM_REPORT_WIDTH - TDM_REPORT_MARGIN - logical.width / (double)PANGO_SCALE
          - logical.x / (double)PANGO_SCALE;
    }
  cairo_move_to (cr, x, at[1]);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_rule (cairo_t *cr, double y, double width)
{
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, TDM_REPORT_MARGIN, y);
  cairo_line_to (cr, TDM_REPORT_WIDTH - TDM_REPORT_MARGIN, y);
  cairo_stroke (cr);
}

/* Who: on every page. A name too long for its line ends in an ellipsis; the id does not
 * share that line. */
static void
draw_header (TdmReportFlow *flow, cairo_t *cr)
{
  const TdmReport *report = flow->report;
  double top = TDM_REPORT_MARGIN * 0.75;
  double left = TDM_REPORT_MARGIN;
  double inner = TDM_REPORT_WIDTH - 2 * left;
  g_autoptr (GString) who = g_string_new (NULL);
  if (report->patient_id != NULL)
    g_string_append_printf (who, "ID %s", report->patient_id);
  for (guint i = 0; i < report->identity->len; i++)
    g_string_append_printf (who, "%s%s", who->len > 0 ? "  ·  " : "",
                            (const char *)report->identity->pdata[i]);
  const char *name = report->patient_name != NULL ? report->patient_name : "(no name)";
  draw_text (flow, cr, name, 12, TRUE, (double[]){ left, top, inner * 0.6, 14 });
  draw_text (flow, cr, report->title, 10, FALSE,
             (double[]){ -1, top + 1.5, inner * 0.38, 12 });
  draw_text (flow, cr, who->str, 8.2, FALSE, (double[]){ left, top + 17, inner, 20 });
  draw_rule (cr, top + HEADER - 8, 1);
}

static void
draw_footer (TdmReportFlow *flow, cairo_t *cr, double height, const guint *page)
{
  const TdmReport *report = flow->report;
  double top = height - TDM_REPORT_MARGIN * 0.75 - FOOTER + 8;
  double left = TDM_REPORT_MARGIN;
  double inner = TDM_REPORT_WIDTH - 2 * left;
  draw_rule (cr, top - 3, 0.6);
  g_autofree char *number = g_strdup_printf ("page %u of %u", page[0] + 1, page[1]);
  g_autofree char *line = g_strdup_printf (
      "ID %s  ·  %s", report->patient_id != NULL ? report->patient_id : "–",
      report->footer != NULL ? report->footer : "");
  draw_text (flow, cr, report->intended_use, 6.8, FALSE,
             (double[]){ left, top, inner, 9 });
  draw_text (flow, cr, line, 6.8, FALSE, (double[]){ left, top + 11, inner * 0.86, 9 });
  draw_text (flow, cr, number, 6.8, TRUE, (double[]){ -1, top + 11, inner * 0.13, 9 });
}

static void
draw_plot (const TdmReportFlow *flow, cairo_t *cr, double y, double height)
{
  g_autoptr (TdmPlot) plot = tdm_plot_new ();
  const TdmPlotStyle style = { .print = TRUE, .text_scale = 1 };
  tdm_plot_set_style (plot, &style);
  tdm_plot_set_size (plot, (TDM_REPORT_WIDTH - 2 * TDM_REPORT_MARGIN) / PLOT_SCALE,
                     height / PLOT_SCALE);
  tdm_plot_set_scene (plot, flow->report->scene);
  cairo_save (cr);
  cairo_translate (cr, TDM_REPORT_MARGIN, y);
  cairo_scale (cr, PLOT_SCALE, PLOT_SCALE);
  tdm_plot_draw (plot, cr);
  cairo_restore (cr);
}

/* Below white, inside dark, above grey: told apart without colour, and in this order.
 */
static void
draw_bar (cairo_t *cr, const TdmReportOption *option, double x, double y)
{
  static const double grey[] = { 1, 0.25, 0.72 };
  const double parts[] = { option->below, option->within, option->above };
  double width = 40;
  double left = x;
  cairo_set_line_width (cr, 0.6);
  for (guint i = 0; i < 3; i++)
    {
      double part = width * CLAMP (parts[i], 0, 1);
      cairo_set_source_rgb (cr, grey[i], grey[i], grey[i]);
      cairo_rectangle (cr, left, y + 1.5, part, 6);
      cairo_fill (cr);
      left += part;
    }
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_rectangle (cr, x, y + 1.5, width, 6);
  cairo_stroke (cr);
}

static void
draw_signatures (TdmReportFlow *flow, cairo_t *cr, double y)
{
  const char *titles[] = { "Calculated by", "Checked by" };
  const char *names[] = { flow->report->calculated_by, flow->report->checked_by };
  for (guint i = 0; i < 2; i++)
    {
      double x = TDM_REPORT_MARGIN + 260 * i;
      draw_text (flow, cr, titles[i], 8.2, FALSE, (double[]){ x, y + 8, 70, 12 });
      if (names[i] != NULL)
        {
          draw_text (flow, cr, names[i], 8.2, TRUE,
                     (double[]){ x + 64, y + 8, 180, 12 });
          continue;
        }
      cairo_set_line_width (cr, 0.6);
      cairo_move_to (cr, x + 64, y + 18);
      cairo_line_to (cr, x + 240, y + 18);
      cairo_stroke (cr);
    }
}

static void
draw_line (cairo_t *cr, const TdmReportItem *item, double y)
{
  for (guint i = 0; i < item->cells->len; i++)
    {
      const TdmReportCell *cell = &g_array_index (item->cells, TdmReportCell, i);
      PangoLayoutLine *line = pango_layout_get_line_readonly (cell->layout, cell->line);
      PangoRectangle logical;
      pango_layout_line_get_extents (line, NULL, &logical);
      cairo_move_to (cr, TDM_REPORT_MARGIN + cell->x,
                     y - logical.y / (double)PANGO_SCALE);
      pango_cairo_show_layout_line (cr, line);
    }
  if (item->bar != NULL)
    draw_bar (cr, item->bar, TDM_REPORT_MARGIN + item->bar_x, y);
  if (item->rule)
    draw_rule (cr, y + item->height - 0.8, 0.3);
}

static void
draw_item (TdmReportFlow *flow, cairo_t *cr, const TdmReportItem *item, double y)
{
  cairo_set_source_rgb (cr, 0, 0, 0);
  if (item->kind == TDM_REPORT_LINE)
    draw_line (cr, item, y);
  else if (item->kind == TDM_REPORT_PLOT)
    draw_plot (flow, cr, y, item->height);
  else if (item->kind == TDM_REPORT_SIGNATURES)
    draw_signatures (flow, cr, y);
}

guint
tdm_report_n_pages (const TdmReport *self, double width, double height)
{
  g_return_val_if_fail (width > 0 && height > 0, 1);
  g_autoptr (TdmReportFlow) flow = tdm_report_flow_new (self);
  g_autoptr (GArray) starts = paginate (flow, height * TDM_REPORT_WIDTH / width);
  return starts->len - 1;
}

void
tdm_report_draw_page (const TdmReport *self, cairo_t *cr, double width, double height,
                      guint page)
{
  g_return_if_fail (width > 0 && height > 0);
  g_autoptr (TdmReportFlow) flow = tdm_report_flow_new (self);
  double scale = width / TDM_REPORT_WIDTH;
  g_autoptr (GArray) starts = paginate (flow, height / scale);
  g_return_if_fail (page + 1 < starts->len);
  cairo_save (cr);
  cairo_scale (cr, scale, scale);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, 0, 0, TDM_REPORT_WIDTH, height / scale);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  draw_header (flow, cr);
  draw_footer (flow, cr, height / scale, (guint[]){ page, starts->len - 1 });
  double y = TDM_REPORT_MARGIN * 0.75 + HEADER;
  for (guint i = g_array_index (starts, guint, page);
       i < g_array_index (starts, guint, page + 1); i++)
    {
      const TdmReportItem *item = flow->items->pdata[i];
      draw_item (flow, cr, item, y);
      y += item->height;
    }
  cairo_restore (cr);
}

static void
draw_cb (gpointer data, cairo_t *cr, guint page)
{
  tdm_report_draw_page (data, cr, TDM_REPORT_WIDTH, TDM_REPORT_HEIGHT, page);
}

/* A report is a PDF even when it has one page. */
gboolean
tdm_report_save (const TdmReport *self, const char *path, GError **error)
{
  const TdmPaper paper = {
    .width = TDM_REPORT_WIDTH,
    .height = TDM_REPORT_HEIGHT,
    .n_pages = tdm_report_n_pages (self, TDM_REPORT_WIDTH, TDM_REPORT_HEIGHT),
    .pdf_only = TRUE,
    .title = self->title,
    .date = self->date,
    .draw = draw_cb,
    .data = (gpointer)self,
  };
  return tdm_paper_write (&paper, path, error);
}
