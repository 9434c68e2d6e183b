/* The report's text as a flow of lines. Every paragraph and every row of a table is cut
 * into its lines, so that a page can break anywhere and nothing is ever lost. */
#include "plot/report-private.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define BODY 8.2
#define SMALL 7.4
#define HEADING 9.4
#define CONCLUSION 9.2
#define PLOT_HEIGHT 240.0
#define INNER (TDM_REPORT_WIDTH - 2 * TDM_REPORT_MARGIN)
#define MAX_COLUMNS 6
/* A table of up to so many rows is not broken over two pages. */
#define WHOLE_ROWS 14
/* Characters of "Proposed:", "Nächste Messung:". */
#define LONGEST_LEAD 24
/* Between the columns of a table, and the least that one gets of the others' room. */
#define GAP 8.0
#define LEAST_COLUMN 34.0

static void
cell_clear (gpointer data)
{
  g_object_unref (((TdmReportCell *)data)->layout);
}

static void
item_free (gpointer data)
{
  TdmReportItem *self = data;
  g_array_unref (self->cells);
  g_free (self);
}

PangoLayout *
tdm_report_text (TdmReportFlow *self, const char *text, double size, gboolean bold,
                 double width)
{
  PangoLayout *layout = pango_layout_new (self->pango);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  if (bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width > 0)
    pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  return layout;
}

static TdmReportItem *
add_item (TdmReportFlow *self, TdmReportItemKind kind, double height)
{
  TdmReportItem *item = g_new0 (TdmReportItem, 1);
  item->kind = kind;
  item->height = height;
  item->cells = g_array_new (FALSE, FALSE, sizeof (TdmReportCell));
  g_array_set_clear_func (item->cells, cell_clear);
  g_ptr_array_add (self->items, item);
  return item;
}

static void
add_space (TdmReportFlow *self, double height)
{
  add_item (self, TDM_REPORT_SPACE, height);
}

/* Adds line `line` of `layout` to `item` if it has that many. */
static void
add_cell (TdmReportItem *item, PangoLayout *layout, int line, double x)
{
  if (line >= pango_layout_get_line_count (layout))
    return;
  PangoRectangle logical;
  pango_layout_line_get_extents (pango_layout_get_line_readonly (layout, line), NULL,
                                 &logical);
  item->height = MAX (item->height, logical.height / (double)PANGO_SCALE);
  TdmReportCell cell = { g_object_ref (layout), line, x };
  g_array_append_val (item->cells, cell);
}

typedef struct
{
  guint n;
  double x[MAX_COLUMNS], width[MAX_COLUMNS];
  const char *text[MAX_COLUMNS];
  gboolean bold[MAX_COLUMNS];
  gboolean words; /* lines of the answer */
  double size;
} Row;

static void
add_attribute (PangoAttrList *list, PangoAttribute *attribute, guint from, guint to)
{
  attribute->start_index = from;
  attribute->end_index = to;
  pango_attr_list_insert (list, attribute);
}

/* A number and its unit, "mg·h/L" and "12 %", are not broken over two lines. */
static void
keep_units (PangoAttrList *list, const char *text)
{
  g_autoptr (GRegex) units = g_regex_new ("[0-9] %|[^ ]+/[^ ]+", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  for (g_regex_match (units, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      int from, to;
      if (g_match_info_fetch_pos (match, 0, &from, &to))
        add_attribute (list, pango_attr_allow_breaks_new (FALSE), (guint)from,
                       (guint)to);
    }
}

/* A line of the answer: the word before its first colon, "Proposed:", is bold. */
static void
style_words (PangoLayout *layout)
{
  const char *text = pango_layout_get_text (layout);
  const char *colon = strchr (text, ':');
  PangoAttrList *list = pango_attr_list_new ();
  if (colon != NULL && g_utf8_strlen (text, colon - text) <= LONGEST_LEAD)
    add_attribute (list, pango_attr_weight_new (PANGO_WEIGHT_BOLD), 0,
                   (guint)(colon - text) + 1);
  keep_units (list, text);
  pango_layout_set_attributes (layout, list);
  pango_attr_list_unref (list);
}

/* Adds a row line by line; returns its first line. The lines of a row of up to three
 * stay together. */
static TdmReportItem *
add_row (TdmReportFlow *self, const Row *row)
{
  PangoLayout *layouts[MAX_COLUMNS];
  TdmReportItem *first = NULL;
  int lines = 1;
  for (guint i = 0; i < row->n; i++)
    {
      const char *text = row->text[i] != NULL ? row->text[i] : "";
      layouts[i] = tdm_report_text (self, text, row->size, row->bold[i], row->width[i]);
      if (row->words)
        style_words (layouts[i]);
      lines = MAX (lines, pango_layout_get_line_count (layouts[i]));
    }
  for (int line = 0; line < lines; line++)
    {
      TdmReportItem *item = add_item (self, TDM_REPORT_LINE, 0);
      for (guint i = 0; i < row->n; i++)
        add_cell (item, layouts[i], line, row->x[i]);
      item->keep = lines <= 3 && line < lines - 1;
      first = first != NULL ? first : item;
    }
  for (guint i = 0; i < row->n; i++)
    g_object_unref (layouts[i]);
  ((TdmReportItem *)self->items->pdata[self->items->len - 1])->height += 1.6;
  return first;
}

static void
add_paragraph (TdmReportFlow *self, const char *text, double size, gboolean bold)
{
  const Row row = {
    .n = 1, .width = { INNER }, .text = { text }, .bold = { bold }, .size = size
  };
  if (text != NULL && *text != '\0')
    add_row (self, &row);
}

static void
keep_last (TdmReportFlow *self)
{
  ((TdmReportItem *)self->items->pdata[self->items->len - 1])->keep = TRUE;
}

static void
add_heading (TdmReportFlow *self, const char *text)
{
  add_space (self, 5);
  keep_last (self);
  add_paragraph (self, text, HEADING, TRUE);
  keep_last (self);
}

static void
add_list (TdmReportFlow *self, const GPtrArray *lines, const char *heading, double size)
{
  if (lines->len == 0)
    return;
  add_heading (self, heading);
  for (guint i = 0; i < lines->len; i++)
    add_paragraph (self, lines->pdata[i], size, FALSE);
}

static const double option_x[] = { 0, 172, 246, 320, 398, 0 };
static const double option_width[] = { 166, 72, 72, 76, 0, 0 };

static void
set_option_columns (Row *row)
{
  row->n = 5;
  for (guint i = 0; i < row->n; i++)
    {
      row->x[i] = option_x[i];
      row->width[i] = option_width[i];
    }
  row->width[4] = INNER - row->x[4];
  row->size = SMALL;
}

static void
add_option (TdmReportFlow *self, const TdmReportOption *option)
{
  g_autofree char *chances = NULL;
  gboolean known = option->below + option->within + option->above > 0;
  if (known)
    chances = g_strdup_printf ("%.0f / %.0f / %.0f %%%s%s", option->below * 100,
                               option->within * 100, option->above * 100,
                               option->alarm != NULL ? "\n" : "",
                               option->alarm != NULL ? option->alarm : "");
  g_autofree char *name = g_strdup_printf (
      "%s%s%s%s%s", option->regimen != NULL ? option->regimen : "",
      option->daily != NULL ? "\n" : "", option->daily != NULL ? option->daily : "",
      option->remark != NULL ? (option->daily != NULL ? " · " : "\n") : "",
      option->remark != NULL ? option->remark : "");
  Row row = { .text = { name, option->trough, option->peak, option->auc24, chances } };
  set_option_columns (&row);
  row.x[4] += 46;
  row.width[4] -= 46;
  for (guint i = 0; i < row.n; i++)
    row.bold[i] = option->strong;
  TdmReportItem *first = add_row (self, &row);
  first->bar = known ? option : NULL;
  first->bar_x = option_x[4];
  ((TdmReportItem *)self->items->pdata[self->items->len - 1])->rule = TRUE;
}

static void
add_options (TdmReportFlow *self)
{
  const TdmReport *report = self->report;
  if (report->options->len == 0 && report->options_note == NULL)
    return;
  add_heading (self, "Options");
  if (report->options_note != NULL)
    add_paragraph (self, report->options_note, BODY, TRUE);
  if (report->options->len == 0)
    return;
  const char *unit = report->unit != NULL ? report->unit : "";
  const char *area = report->area_unit != NULL ? report->area_unit : "";
  g_autofree char *trough = g_strdup_printf ("Trough, %s\n(90 %%)", unit);
  g_autofree char *peak = g_strdup_printf ("Peak, %s\n(90 %%)", unit);
  g_autofree char *auc = g_strdup_printf (
      "%s%s%s\n(90 %%)", report->metric_title != NULL ? report->metric_title : "AUC24",
      *area != '\0' ? ", " : "", area);
  Row row = { .text = { "Regimen", trough, peak, auc,
                        "Chance below / inside /\nabove the target" } };
  set_option_columns (&row);
  add_row (self, &row);
  keep_last (self);
  ((TdmReportItem *)self->items->pdata[self->items->len - 1])->rule = TRUE;
  for (guint i = 0; i < report->options->len; i++)
    add_option (self, report->options->pdata[i]);
}

/* Each column as wide as its widest text, as long as there is room; what is missing is
 * taken from those that are wider than their share. */
static void
set_columns (TdmReportFlow *self, const GPtrArray *table, Row *row)
{
  double total = 0, wide = 0;
  row->n = MIN (g_strv_length (table->pdata[0]), MAX_COLUMNS);
  for (guint c = 0; c < row->n; c++)
    {
      row->width[c] = 0;
      for (guint i = 0; i < table->len; i++)
        {
          char **cells = table->pdata[i];
          g_autoptr (PangoLayout) layout =
              tdm_report_text (self, cells[c], row->size, i == 0, 0);
          PangoRectangle logical;
          pango_layout_get_extents (layout, NULL, &logical);
          row->width[c] =
              MAX (row->width[c], ceil (logical.width / (double)PANGO_SCALE) + 1);
        }
      total += row->width[c] + GAP;
    }
  const double fair = INNER / row->n;
  for (guint c = 0; c < row->n; c++)
    wide += MAX (row->width[c] - fair, 0);
  const double excess = MAX (total - GAP - INNER, 0);
  for (guint c = 0; c < row->n; c++)
    {
      if (row->width[c] > fair)
        row->width[c] =
            MAX (row->width[c] - excess * (row->width[c] - fair) / wide, LEAST_COLUMN);
      row->x[c] = c == 0 ? 0 : row->x[c - 1] + row->width[c - 1] + GAP;
    }
}

static void
add_section (TdmReportFlow *self, const TdmReportSection *section)
{
  add_heading (self, section->heading);
  add_paragraph (self, section->text, BODY, FALSE);
  if (section->table == NULL || section->table->len < 2)
    return;
  keep_last (self);
  Row row = { .size = SMALL };
  set_columns (self, section->table, &row);
  for (guint i = 0; i < section->table->len; i++)
    {
      char **cells = section->table->pdata[i];
      for (guint c = 0; c < row.n; c++)
        {
          row.text[c] = cells[c];
          row.bold[c] = i == 0;
        }
      add_row (self, &row);
      if (i == 0)
        {
          keep_last (self);
          ((TdmReportItem *)self->items->pdata[self->items->len - 1])->rule = TRUE;
        }
    }
}

/* The answer in words, line by line; and that it is not the program's. */
static void
add_words (TdmReportFlow *self, const char *words, double size)
{
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const Row row = {
        .n = 1, .width = { INNER }, .text = { lines[i] }, .words = TRUE, .size = size
      };
      if (lines[i][0] != '\0')
        add_row (self, &row);
      else
        add_space (self, size / 2);
    }
}

static void
add_conclusion (TdmReportFlow *self)
{
  const TdmReport *report = self->report;
  if (report->conclusion == NULL)
    return;
  add_words (self, report->conclusion, CONCLUSION);
  add_paragraph (self, report->edited, BODY, TRUE);
  if (report->unedited == NULL)
    return;
  keep_last (self);
  add_paragraph (self, "The program says now:", BODY, TRUE);
  keep_last (self);
  add_words (self, report->unedited, BODY);
}

static void
add_inputs (TdmReportFlow *self)
{
  static const double x[] = { 0, 88, 172, 352 };
  const GPtrArray *inputs = self->report->inputs;
  if (inputs->len == 0)
    return;
  add_heading (self, "What this rests on");
  for (guint i = 0; i < inputs->len; i++)
    {
      const TdmReportInput *input = inputs->pdata[i];
      Row row = { .n = 4,
                  .text = { input->time, input->what, input->value, input->remark },
                  .bold = { FALSE, FALSE, FALSE, input->strong },
                  .size = SMALL };
      for (guint c = 0; c < row.n; c++)
        {
          row.x[c] = x[c];
          row.width[c] = (c + 1 < row.n ? x[c + 1] : INNER) - x[c] - 6;
        }
      add_row (self, &row);
      if (inputs->len <= WHOLE_ROWS && i + 1 < inputs->len)
        keep_last (self);
    }
}

static void
add_end (TdmReportFlow *self)
{
  add_space (self, 8);
  keep_last (self);
  add_item (self, TDM_REPORT_SIGNATURES, 26);
}

static void
fill (TdmReportFlow *self)
{
  const TdmReport *report = self->report;
  add_conclusion (self);
  for (guint i = 0; i < report->warnings->len; i++)
    {
      g_autofree char *warning =
          g_strdup_printf ("! %s", (const char *)report->warnings->pdata[i]);
      add_paragraph (self, warning, BODY, TRUE);
    }
  if (report->scene != NULL)
    {
      add_space (self, 4);
      add_item (self, TDM_REPORT_PLOT, PLOT_HEIGHT);
    }
  add_options (self);
  for (guint i = 0; i < report->sections->len; i++)
    add_section (self, report->sections->pdata[i]);
  add_inputs (self);
  add_list (self, report->fit, "How well it fits", BODY);
  add_list (self, report->model, "Model", SMALL);
  add_end (self);
}

static PangoContext *
context_new (void)
{
  PangoContext *context =
      pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);
  return context;
}

TdmReportFlow *
tdm_report_flow_new (const TdmReport *report)
{
  TdmReportFlow *self = g_new0 (TdmReportFlow, 1);
  self->report = report;
  self->pango = context_new ();
  self->items = g_ptr_array_new_with_free_func (item_free);
  fill (self);
  return self;
}

void
tdm_report_flow_free (TdmReportFlow *self)
{
  g_ptr_array_unref (self->items);
  g_object_unref (self->pango);
  g_free (self);
}
