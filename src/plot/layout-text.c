/* Texts along the axes and inside the panes. Each is placed only where no earlier one
 * lies; the order of the calls in layout.c is the order of importance. */
#include "plot/plot-private.h"

#include <math.h>

#include "base/number.h"

/* Places `text` centred on `x`, its top at `y`, kept inside [left, right]; NULL when
 * something is there already. */
static TdmPlacedText *
place_centred (TdmPlot *self, TdmTextKind kind, const char *string, TdmColor color,
               double x, double y)
{
  PangoLayout *layout = tdm_plot_text_new (self, kind, string);
  TdmPlotRect box = { .y = y };
  tdm_plot_text_size (layout, &box.width, &box.height);
  box.x = CLAMP (x - box.width / 2, 2, MAX (2, self->width - box.width - 2));
  double gap = 3 * tdm_plot_unit_px (self);
  TdmPlotRect wide = { box.x - gap, box.y, box.width + 2 * gap, box.height };
  if (!tdm_plot_text_is_free (self, &wide))
    {
      g_object_unref (layout);
      return NULL;
    }
  return tdm_plot_text_place (self, layout, color, box.x, box.y);
}

static double
axis_y (const TdmPlot *self)
{
  return self->layout.doses.y + self->layout.doses.height;
}

static double
second_row (TdmPlot *self)
{
  g_autoptr (PangoLayout) line = tdm_plot_text_new (self, TDM_TEXT_SMALL, "0");
  double width, height;
  tdm_plot_text_size (line, &width, &height);
  return axis_y (self) + 6 * tdm_plot_unit_px (self) + height
         + 2 * tdm_plot_unit_px (self);
}

/* Days under their midnights first, then that of the first tick if there is room. */
static void
place_days (TdmPlot *self)
{
  const GPtrArray *ticks = self->layout.time_ticks;
  double y = second_row (self);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < ticks->len; i++)
      {
        const TdmTick *tick = ticks->pdata[i];
        if (tick->day != NULL && tick->strong == (pass == 0))
          place_centred (self, TDM_TEXT_SMALL, tick->day, self->palette->quiet,
                         tdm_plot_x_of (self, tick->value), y);
      }
}

static void
place_times (TdmPlot *self)
{
  double y = axis_y (self) + 6 * tdm_plot_unit_px (self);
  for (guint i = 0; i < self->layout.time_ticks->len; i++)
    {
      const TdmTick *tick = self->layout.time_ticks->pdata[i];
      if (tick->label != NULL)
        place_centred (self, TDM_TEXT_SMALL, tick->label, self->palette->text,
                       tdm_plot_x_of (self, tick->value), y);
    }
}

static void
place_left (TdmPlot *self, const char *string, TdmColor color, double y)
{
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, string);
  pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  TdmPlotRect box;
  tdm_plot_text_size (layout, &box.width, &box.height);
  box.x = self->layout.pane.x - 8 * tdm_plot_unit_px (self) - box.width;
  box.y = y - box.height / 2;
  if (tdm_plot_text_is_free (self, &box))
    tdm_plot_text_place (self, layout, color, box.x, box.y);
  else
    g_object_unref (layout);
}

void
tdm_plot_place_axes (TdmPlot *self)
{
  const TdmPlotLayout *layout = &self->layout;
  for (guint i = 0; i < layout->value_ticks->len; i++)
    {
      const TdmTick *tick = layout->value_ticks->pdata[i];
      if (tick->label != NULL)
        place_left (self, tick->label, self->palette->text,
                    tdm_plot_y_of (self, tick->value));
    }
  g_autofree char *dose = g_strdup_printf (
      "dose\n%s", self->scene->dose_unit != NULL ? self->scene->dose_unit : "");
  place_left (self, g_strchomp (dose), self->palette->quiet,
              layout->doses.y + layout->doses.height / 2);
  place_times (self);
  place_days (self);
}

/* "given" and "predicted" on both sides of the now-line, its time in a chip at the
 * bottom. */
void
tdm_plot_place_now (TdmPlot *self)
{
  if (!tdm_plot_sees (self, self->scene->now_h))
    return;
  double unit = tdm_plot_unit_px (self);
  double x = tdm_plot_x_of (self, self->scene->now_h);
  const TdmPlotRect *pane = &self->layout.pane;
  for (int side = 0; side < 2; side++)
    {
      PangoLayout *layout =
          tdm_plot_text_new (self, TDM_TEXT_SMALL, side == 0 ? "given" : "predicted");
      double width, height;
      tdm_plot_text_size (layout, &width, &height);
      double left = side == 0 ? x - 6 * unit - width : x + 6 * unit;
      if (left < pane->x - 2 || left + width > self->width - 2)
        g_object_unref (layout);
      else
        tdm_plot_text_place (self, layout, self->palette->quiet, left,
                             self->layout.header_bottom - height - 2 * unit);
    }
  g_autofree char *time = NULL;
  if (self->scene->start != NULL)
    {
      g_autoptr (GDateTime) now = g_date_time_add (
          self->scene->start, (GTimeSpan)llround (self->scene->now_h * 3600e6));
      time = g_date_time_format (now, "%a %H:%M");
    }
  else
    time = tdm_plot_time_text (self, self->scene->now_h);
  g_autofree char *chip = g_strdup_printf ("now  %s", time);
  double reach = 8 * unit; /* of the chip's rounded ends */
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, chip);
  double width, height;
  tdm_plot_text_size (layout, &width, &height);
  double left = CLAMP (x - width / 2, reach, MAX (reach, self->width - width - reach));
  TdmPlacedText *text = tdm_plot_text_place (self, layout, self->palette->background,
                                             left, second_row (self));
  text->chip = TRUE;
}

/* Where the amount of dose `i` goes; FALSE when something is there. The width is
 * estimated from the digits, so that a crowded strip costs no text layout. */
static gboolean
amount_fits (TdmPlot *self, const TdmPlotRect *bar, const char *amount, double digit,
             double *last_right)
{
  double width = digit * (double)strlen (amount);
  double left = bar->x + bar->width / 2 - width / 2;
  if (left < *last_right + digit / 2)
    return FALSE;
  *last_right = left + width;
  return TRUE;
}

static void
place_amount (TdmPlot *self, const TdmSceneDose *dose, const char *amount)
{
  TdmPlotRect bar = tdm_plot_dose_bar (self, dose);
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, amount);
  TdmPlotRect box;
  tdm_plot_text_size (layout, &box.width, &box.height);
  double gap = 2 * tdm_plot_unit_px (self);
  /* The amount of a dose at the very start stands right of the axis. */
  box.x = bar.x + bar.width / 2 - box.width / 2;
  if (bar.x >= self->layout.doses.x - 1)
    box.x = MAX (box.x, self->layout.doses.x + gap);
  box.y = bar.y - box.height;
  TdmPlotRect wide = { box.x - gap, self->layout.doses.y, box.width + 2 * gap,
                       self->layout.doses.height };
  double left = self->layout.doses.x - 4;
  if (box.x < left || box.x + box.width > self->width
      || !tdm_plot_text_is_free (self, &wide))
    {
      g_object_unref (layout);
      return;
    }
  TdmColor color = dose->planned ? tdm_plot_regimen_color (self, dose->regimen)
                                 : self->palette->text;
  TdmPlacedText *text = tdm_plot_text_place (self, layout, color, box.x, box.y);
  text->halo = TRUE;
}

/* Amounts that differ from the one before come first; the others where room is left. */
void
tdm_plot_place_dose_amounts (TdmPlot *self)
{
  g_autoptr (PangoLayout) probe = tdm_plot_text_new (self, TDM_TEXT_SMALL, "0");
  double digit, height;
  tdm_plot_text_size (probe, &digit, &height);
  for (int pass = 0; pass < 2; pass++)
    {
      double previous = -1;
      double last_right = -INFINITY;
      for (guint i = 0; i < self->scene->doses->len; i++)
        {
          const TdmSceneDose *dose = self->scene->doses->pdata[i];
          gboolean changed = dose->amount != previous;
          previous = dose->amount;
          TdmPlotRect bar = tdm_plot_dose_bar (self, dose);
          if (changed != (pass == 0) || bar.x + bar.width < self->layout.doses.x
              || dose->time_h > self->to_h)
            continue;
          g_autofree char *amount = tdm_number_dose (dose->amount);
          if (amount_fits (self, &bar, amount, digit, &last_right))
            place_amount (self, dose, amount);
        }
    }
}

void
tdm_plot_place_marks (TdmPlot *self)
{
  double unit = tdm_plot_unit_px (self);
  for (guint i = 0; i < self->scene->marks->len; i++)
    {
      const TdmSceneMark *mark = self->scene->marks->pdata[i];
      if (!tdm_plot_sees (self, mark->time_h) || mark->label == NULL)
        continue;
      PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, mark->label);
      TdmPlotRect box = { tdm_plot_x_of (self, mark->time_h) + 8 * unit,
                          self->layout.marks.y + unit, 0, 0 };
      tdm_plot_text_size (layout, &box.width, &box.height);
      TdmPlotRect wide = { box.x - 14 * unit, box.y, box.width + 16 * unit,
                           box.height };
      double right = self->layout.pane.x + self->layout.pane.width;
      if (box.x + box.width > right + 10 * unit)
        wide.x = box.x = box.x - 16 * unit - box.width;
      if (box.x >= self->layout.pane.x - 2 && tdm_plot_text_is_free (self, &wide))
        tdm_plot_text_place (self, layout, self->palette->quiet, box.x, box.y)->halo =
            TRUE;
      else
        g_object_unref (layout);
    }
}

static void
place_area_target (TdmPlot *self)
{
  const TdmScene *scene = self->scene;
  double unit = tdm_plot_unit_px (self);
  if (scene->target_text == NULL)
    return;
  const char *label = scene->target_label != NULL ? scene->target_label : "target";
  g_autofree char *string = g_strdup_printf ("%s\n%s", label, scene->target_text);
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_NORMAL, string);
  double x = self->layout.areas.x + self->layout.areas.width + 18 * unit;
  pango_layout_set_width (layout,
                          (int)(MAX (self->width - x - 4 * unit, 20) * PANGO_SCALE));
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  bold->start_index = (guint)strlen (label);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, bold);
  pango_layout_set_attributes (layout, attributes);
  double width, height;
  tdm_plot_text_size (layout, &width, &height);
  double low = MAX (scene->target_low, 0);
  double high = MIN (scene->target_high, self->layout.area_high);
  double middle = (tdm_plot_area_y (self, low) + tdm_plot_area_y (self, high)) / 2;
  double top = self->layout.pane.y + self->layout.pane.height + 2 * unit;
  double y = MIN (middle - height / 2, self->height - height);
  tdm_plot_text_place (self, layout, self->palette->target_text, x, MAX (y, top));
}

static void
place_area_value (TdmPlot *self, const TdmSceneArea *area, gboolean paired)
{
  double from = tdm_plot_x_of (self, MAX (area->from_h, self->from_h));
  double to = tdm_plot_x_of (self, MIN (area->to_h, self->to_h));
  double middle = (from + to) / 2;
  if (paired)
    middle += (area->regimen == 0 ? -0.25 : 0.25) * (to - from);
  g_autofree char *value = tdm_number_format (area->value, 3);
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, value);
  TdmPlotRect box;
  tdm_plot_text_size (layout, &box.width, &box.height);
  box.x = middle + 4 * tdm_plot_unit_px (self);
  box.y = tdm_plot_area_y (self, area->value) - box.height;
  double part = paired ? 0.25 : 0.5;
  if (box.width + 6 > part * (to - from) || !tdm_plot_text_is_free (self, &box))
    {
      g_object_unref (layout);
      return;
    }
  TdmColor color = tdm_plot_regimen_color (self, area->regimen);
  tdm_plot_text_place (self, layout, color, box.x, box.y)->halo = TRUE;
}

void
tdm_plot_place_areas (TdmPlot *self)
{
  const TdmScene *scene = self->scene;
  if (self->layout.areas.height <= 0)
    return;
  for (guint i = 0; i < self->layout.area_ticks->len; i++)
    {
      const TdmTick *tick = self->layout.area_ticks->pdata[i];
      if (tick->value <= self->layout.area_high)
        place_left (self, tick->label, self->palette->text,
                    tdm_plot_area_y (self, tick->value));
    }
  PangoLayout *title = tdm_plot_text_new (
      self, TDM_TEXT_SMALL, scene->area_title != NULL ? scene->area_title : "AUC");
  double width, height;
  tdm_plot_text_size (title, &width, &height);
  tdm_plot_text_place (self, title, self->palette->quiet, self->layout.areas.x,
                       self->layout.areas.y - height);
  place_area_target (self);
  for (guint i = 0; i < scene->areas->len; i++)
    {
      const TdmSceneArea *area = scene->areas->pdata[i];
      if (area->to_h > self->from_h && area->from_h < self->to_h)
        place_area_value (self, area, tdm_plot_area_is_paired (self, area));
    }
}

static gboolean
crosses_now (TdmPlot *self, const TdmPlotRect *box)
{
  double now = tdm_plot_x_of (self, self->scene->now_h);
  return now > box->x - 2 && now < box->x + box->width + 2;
}

/* TRUE when `box` covers no level and lies inside the pane. */
static gboolean
clear_of_levels (TdmPlot *self, const TdmPlotRect *box)
{
  const TdmPlotRect *pane = &self->layout.pane;
  double radius = tdm_plot_level_radius (self) + 1;
  if (box->x < pane->x || box->x + box->width > pane->x + pane->width
      || box->y < pane->y || box->y + box->height > pane->y + pane->height)
    return FALSE;
  for (guint i = 0; i < self->scene->levels->len; i++)
    {
      const TdmSceneLevel *level = self->scene->levels->pdata[i];
      double x = tdm_plot_x_of (self, level->time_h);
      double y = tdm_plot_y_of (self, level->value);
      if (x > box->x - radius && x < box->x + box->width + radius && y > box->y - radius
          && y < box->y + box->height + radius)
        return FALSE;
    }
  return TRUE;
}

/* Right of the level, then left, then one and more lines above and below; across the
 * now-line only when nothing else is left. */
static void
place_reason (TdmPlot *self, const TdmSceneLevel *level)
{
  static const double rows[] = { 0, -1, 1, -2, 2, -3, 3 };
  double reach = tdm_plot_level_radius (self) + 5 * tdm_plot_unit_px (self);
  double x = tdm_plot_x_of (self, level->time_h);
  double y = tdm_plot_y_of (self, level->value);
  PangoLayout *layout = tdm_plot_text_new (self, TDM_TEXT_SMALL, level->reason);
  TdmPlotRect box;
  tdm_plot_text_size (layout, &box.width, &box.height);
  for (guint i = 0; i < 4 * G_N_ELEMENTS (rows); i++)
    {
      guint row = i / 2 % G_N_ELEMENTS (rows);
      box.x = i % 2 == 0 ? x + reach : x - reach - box.width;
      box.y = y - box.height / 2 + rows[row] * box.height;
      if (i < 2 * G_N_ELEMENTS (rows) && crosses_now (self, &box))
        continue;
      if (clear_of_levels (self, &box) && tdm_plot_text_is_free (self, &box))
        {
          tdm_plot_text_place (self, layout, self->palette->text, box.x, box.y)->halo =
              TRUE;
          return;
        }
    }
  g_object_unref (layout);
}

void
tdm_plot_place_reasons (TdmPlot *self)
{
  for (guint i = 0; i < self->scene->levels->len; i++)
    {
      const TdmSceneLevel *level = self->scene->levels->pdata[i];
      if (level->reason != NULL && tdm_plot_sees (self, level->time_h))
        place_reason (self, level);
    }
}
