/* The labels right of the pane: each curve at its end, the typical patient, the target.
 * They move apart, and the least important are left out when there is no room for all.
 */
#include "plot/plot-private.h"

#include <math.h>

#include "plot/spread.h"

#define MAX_ENDS 16
/* Models that are named. */
#define MAX_MEMBERS 10
/* Room for the line from a curve's end to its label. */
#define LEADER 18

typedef struct
{
  const char *first;
  const char *second; /* or NULL */
  gboolean second_bold;
  TdmColor color;
  double wish;
  int dash; /* TdmDash, -1 = no leader */
  int rank; /* the highest is left out first */
  PangoLayout *layout;
} End;

typedef struct
{
  End ends[MAX_ENDS];
  guint n;
  gboolean short_form; /* second lines of curves left out */
} Ends;

static void
end_set_layout (TdmPlot *self, End *end, double width)
{
  g_autofree char *text = end->second != NULL
                              ? g_strdup_printf ("%s\n%s", end->first, end->second)
                              : g_strdup (end->first);
  end->layout = tdm_plot_text_new (self, TDM_TEXT_NORMAL, text);
  guint split = (guint)strlen (end->first);
  PangoAttribute *bold = pango_attr_weight_new (PANGO_WEIGHT_BOLD);
  bold->start_index = end->second_bold ? split : 0;
  bold->end_index = end->second_bold ? G_MAXUINT : split;
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  if (end->rank < 3 || end->second_bold)
    pango_attr_list_insert (attributes, bold);
  else
    pango_attribute_destroy (bold);
  pango_layout_set_attributes (end->layout, attributes);
  pango_layout_set_wrap (end->layout, PANGO_WRAP_WORD_CHAR);
  if (width > 0)
    pango_layout_set_width (end->layout, (int)(width * PANGO_SCALE));
}

/* A curve's value where it leaves the view; FALSE when it is not in view. */
static gboolean
end_value (TdmPlot *self, const TdmSceneCurve *curve, double *value)
{
  if (curve->time_h[0] >= self->to_h || curve->time_h[curve->n - 1] <= self->from_h)
    return FALSE;
  *value = tdm_scene_curve_at (curve, curve->value,
                               MIN (self->to_h, curve->time_h[curve->n - 1]));
  return TRUE;
}

static void
add_curve (TdmPlot *self, Ends *ends, const TdmSceneCurve *curve, guint regimen)
{
  double value;
  if (curve->label == NULL || !end_value (self, curve, &value))
    return;
  gboolean dashed = regimen == 0 && self->to_h > self->scene->now_h;
  ends->ends[ends->n++] = (End){
    .first = curve->label,
    .second = ends->short_form ? NULL : curve->sublabel,
    .color = tdm_plot_regimen_color (self, regimen),
    .wish = tdm_plot_y_of (self, value),
    .dash = dashed ? TDM_DASH_DASHED : TDM_DASH_SOLID,
    .rank = regimen == 0 ? 1 : 0,
  };
}

static void
add_typical (TdmPlot *self, Ends *ends)
{
  double value;
  const TdmSceneCurve *curve = self->scene->typical;
  if (curve == NULL || curve->label == NULL || !end_value (self, curve, &value))
    return;
  ends->ends[ends->n++] = (End){
    .first = curve->label,
    .color = self->palette->typical_text,
    .wish = tdm_plot_y_of (self, value),
    .dash = TDM_DASH_DOTTED,
    .rank = 4,
  };
}

static void
add_members (TdmPlot *self, Ends *ends)
{
  double value;
  for (guint i = 0; i < self->scene->members->len && i < MAX_MEMBERS; i++)
    {
      const TdmSceneCurve *curve = self->scene->members->pdata[i];
      if (curve->label != NULL && end_value (self, curve, &value))
        ends->ends[ends->n++] = (End){
          .first = curve->label,
          .color = self->palette->typical_text,
          .wish = tdm_plot_y_of (self, value),
          .dash = TDM_DASH_SOLID,
          .rank = 5 + (int)i,
        };
    }
}

static void
add_target (TdmPlot *self, Ends *ends)
{
  const TdmScene *scene = self->scene;
  if (scene->target_kind != TDM_SCENE_TARGET_LEVEL || scene->target_text == NULL)
    return;
  double low = MAX (scene->target_low, self->layout.low);
  double high = MIN (scene->target_high, self->layout.high);
  ends->ends[ends->n++] = (End){
    .first = scene->target_label != NULL ? scene->target_label : "target",
    .second = scene->target_text,
    .second_bold = TRUE,
    .color = self->palette->target_text,
    .wish = (tdm_plot_y_of (self, low) + tdm_plot_y_of (self, high)) / 2,
    .dash = -1,
    .rank = 3,
  };
}

static void
collect (TdmPlot *self, Ends *ends)
{
  ends->n = 0;
  for (guint i = 0; i < self->scene->curves->len && i < TDM_PALETTE_REGIMENS; i++)
    add_curve (self, ends, self->scene->curves->pdata[i], i);
  add_target (self, ends);
  add_typical (self, ends);
  add_members (self, ends);
}

static double
widest (TdmPlot *self, Ends *ends)
{
  double width = 0;
  for (guint i = 0; i < ends->n; i++)
    {
      double own, height;
      end_set_layout (self, &ends->ends[i], 0);
      tdm_plot_text_size (ends->ends[i].layout, &own, &height);
      g_clear_object (&ends->ends[i].layout);
      width = MAX (width, own);
    }
  return width;
}

/* Width of the margin: the widest label it may ever hold at this scene, so that it does
 * not change while the view moves. */
double
tdm_plot_ends_width (TdmPlot *self)
{
  const TdmScene *scene = self->scene;
  Ends ends = { 0 };
  for (guint i = 0; i < scene->curves->len && i < TDM_PALETTE_REGIMENS; i++)
    {
      const TdmSceneCurve *curve = scene->curves->pdata[i];
      if (curve->label != NULL)
        ends.ends[ends.n++] = (End){ .first = curve->label, .second = curve->sublabel };
    }
  for (guint i = 0; i < scene->members->len && i < MAX_MEMBERS; i++)
    {
      const TdmSceneCurve *curve = scene->members->pdata[i];
      if (curve->label != NULL)
        ends.ends[ends.n++] = (End){ .first = curve->label, .rank = 5 };
    }
  if (scene->typical != NULL && scene->typical->label != NULL)
    ends.ends[ends.n++] = (End){ .first = scene->typical->label, .rank = 4 };
  if (scene->target_kind != TDM_SCENE_TARGET_NONE && scene->target_text != NULL)
    ends.ends[ends.n++] = (End){
      .first = scene->target_label != NULL ? scene->target_label : "target",
      .second = scene->target_text,
      .second_bold = TRUE,
    };
  double unit = tdm_plot_unit_px (self);
  double room = (LEADER + 8) * unit;
  return CLAMP (widest (self, &ends) + room, 24 * unit,
                MAX (24 * unit, self->width * 0.26));
}

static void
drop_highest_rank (Ends *ends)
{
  guint worst = 0;
  for (guint i = 1; i < ends->n; i++)
    if (ends->ends[i].rank > ends->ends[worst].rank)
      worst = i;
  ends->ends[worst] = ends->ends[--ends->n];
}

/* Lays the labels out and moves them apart; FALSE when they do not fit. */
static gboolean
try_spread (TdmPlot *self, Ends *ends, double *centre)
{
  const TdmPlotLayout *layout = &self->layout;
  double unit = tdm_plot_unit_px (self);
  double x = layout->pane.x + layout->pane.width + LEADER * unit;
  double height[MAX_ENDS];
  double bottom = layout->areas.height > 0 ? layout->pane.y + layout->pane.height
                                           : layout->doses.y + layout->doses.height;
  for (guint i = 0; i < ends->n; i++)
    {
      double width;
      end_set_layout (self, &ends->ends[i], MAX (self->width - x - 4 * unit, 20));
      tdm_plot_text_size (ends->ends[i].layout, &width, &height[i]);
      height[i] += 4 * unit;
      centre[i] = CLAMP (ends->ends[i].wish, layout->pane.y,
                         layout->pane.y + layout->pane.height);
    }
  return tdm_spread (centre, height, ends->n, layout->pane.y, bottom);
}

static void
place (TdmPlot *self, End *end, double centre)
{
  double unit = tdm_plot_unit_px (self);
  double x = self->layout.pane.x + self->layout.pane.width;
  double width, height;
  tdm_plot_text_size (end->layout, &width, &height);
  tdm_plot_text_place (self, g_steal_pointer (&end->layout), end->color,
                       x + LEADER * unit, centre - height / 2);
  if (end->dash < 0)
    return;
  TdmLeader leader = {
    .from_y = CLAMP (end->wish, self->layout.pane.y,
                     self->layout.pane.y + self->layout.pane.height),
    .to_y = centre,
    .color = end->color,
    .dash = end->dash,
  };
  g_array_append_val (self->layout.leaders, leader);
}

void
tdm_plot_place_ends (TdmPlot *self)
{
  Ends ends = { 0 };
  double centre[MAX_ENDS];
  collect (self, &ends);
  while (ends.n > 0 && !try_spread (self, &ends, centre))
    {
      for (guint i = 0; i < ends.n; i++)
        g_clear_object (&ends.ends[i].layout);
      if (!ends.short_form)
        {
          ends.short_form = TRUE;
          collect (self, &ends);
        }
      else
        drop_highest_rank (&ends);
    }
  for (guint i = 0; i < ends.n; i++)
    place (self, &ends.ends[i], centre[i]);
}
