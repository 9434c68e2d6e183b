/* The plot as a table, for those who read it by ear or paste it into a note. */
#include "plot/plot-private.h"

#include <math.h>

#include "base/number.h"

typedef struct
{
  double time_h;
  char *what;
} Event;

static void
event_clear (gpointer data)
{
  g_free (((Event *)data)->what);
}

static void
add_event (GArray *events, double time_h, char *what)
{
  Event event = { time_h, what };
  g_array_append_val (events, event);
}

static char *
dose_words (const TdmScene *scene, const TdmSceneDose *dose)
{
  g_autofree char *amount = tdm_number_dose (dose->amount);
  const char *unit = scene->dose_unit != NULL ? scene->dose_unit : "";
  const char *state = dose->missed ? "not given" : dose->planned ? "planned" : "given";
  if (dose->duration_h <= 0)
    return g_strdup_printf ("dose %s %s, %s", amount, unit, state);
  if (dose->most_h > dose->least_h)
    {
      g_autofree char *least = tdm_number_format (dose->least_h, 3);
      g_autofree char *most = tdm_number_format (dose->most_h, 3);
      return g_strdup_printf ("dose %s %s over %s to %s h, %s", amount, unit, least,
                              most, state);
    }
  g_autofree char *duration = tdm_number_format (dose->duration_h, 3);
  return g_strdup_printf ("dose %s %s over %s h, %s", amount, unit, duration, state);
}

static char *
level_words (const TdmScene *scene, const TdmSceneLevel *level)
{
  static const char *const kinds[] = { "", "", "below ", "above " };
  g_autofree char *value = tdm_number_format (level->value, 4);
  const char *unit = scene->unit != NULL ? scene->unit : "";
  if (level->kind == TDM_SCENE_LEVEL_LEFT_OUT)
    return g_strdup_printf ("level %s %s, %s", value, unit,
                            level->reason != NULL ? level->reason : "left out");
  const double off_h = 0.5 * (level->to_h - level->from_h);
  g_autofree char *off = tdm_number_format (off_h, 3);
  g_autofree char *unknown =
      off_h > 0 ? g_strdup_printf (", %s h sooner or later", off) : g_strdup ("");
  return g_strdup_printf ("level %s%s %s%s%s", kinds[level->kind], value, unit, unknown,
                          level->outlier ? ", far from the curve" : "");
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  double x = ((const Event *)a)->time_h;
  double y = ((const Event *)b)->time_h;
  return x < y ? -1 : x > y;
}

static GArray *
collect_events (const TdmScene *scene)
{
  GArray *events = g_array_new (FALSE, FALSE, sizeof (Event));
  g_array_set_clear_func (events, event_clear);
  for (guint i = 0; i < scene->levels->len; i++)
    {
      const TdmSceneLevel *level = scene->levels->pdata[i];
      add_event (events, level->time_h, level_words (scene, level));
    }
  for (guint i = 0; i < scene->doses->len; i++)
    {
      const TdmSceneDose *dose = scene->doses->pdata[i];
      add_event (events, dose->time_h, dose_words (scene, dose));
    }
  for (guint i = 0; i < scene->marks->len; i++)
    {
      const TdmSceneMark *mark = scene->marks->pdata[i];
      add_event (events, mark->time_h, g_strdup (mark->label));
    }
  add_event (events, scene->now_h, g_strdup ("now"));
  g_array_sort (events, compare_events);
  return events;
}

/* "12.2 (9.1–15.6)", or "–" where the curve does not reach. */
static char *
cell (const TdmSceneCurve *curve, double time_h)
{
  if (!tdm_scene_curve_covers (curve, time_h))
    return g_strdup ("–");
  g_autofree char *value =
      tdm_number_format (tdm_scene_curve_at (curve, curve->value, time_h), 3);
  if (curve->low90 == NULL)
    return g_steal_pointer (&value);
  g_autofree char *low =
      tdm_number_format (tdm_scene_curve_at (curve, curve->low90, time_h), 3);
  g_autofree char *high =
      tdm_number_format (tdm_scene_curve_at (curve, curve->high90, time_h), 3);
  return g_strdup_printf ("%s (%s–%s)", value, low, high);
}

static char **
headings (const TdmScene *scene)
{
  g_autoptr (GStrvBuilder) row = g_strv_builder_new ();
  const char *unit = scene->unit != NULL ? scene->unit : "";
  g_strv_builder_add_many (row, "Time", "Event", NULL);
  for (guint i = 0; i < scene->curves->len; i++)
    {
      const TdmSceneCurve *curve = scene->curves->pdata[i];
      g_autofree char *title =
          g_strdup_printf ("%s, %s%s", curve->label != NULL ? curve->label : "curve",
                           unit, curve->low90 != NULL ? " (90 %)" : "");
      g_strv_builder_add (row, title);
    }
  if (scene->typical != NULL)
    {
      g_autofree char *title = g_strdup_printf ("typical, %s", unit);
      g_strv_builder_add (row, title);
    }
  return g_strv_builder_end (row);
}

GPtrArray *
tdm_plot_table (TdmPlot *self)
{
  g_return_val_if_fail (self->scene != NULL, NULL);
  const TdmScene *scene = self->scene;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  g_ptr_array_add (rows, headings (scene));
  g_autoptr (GArray) events = collect_events (scene);
  for (guint i = 0; i < events->len; i++)
    {
      const Event *event = &g_array_index (events, Event, i);
      g_autoptr (GPtrArray) row = g_ptr_array_new ();
      g_ptr_array_add (row, tdm_plot_time_text (self, event->time_h));
      g_ptr_array_add (row, g_strdup (event->what != NULL ? event->what : ""));
      for (guint c = 0; c < scene->curves->len; c++)
        g_ptr_array_add (row, cell (scene->curves->pdata[c], event->time_h));
      if (scene->typical != NULL)
        g_ptr_array_add (row, cell (scene->typical, event->time_h));
      g_ptr_array_add (row, NULL);
      g_ptr_array_add (rows, g_ptr_array_steal (row, NULL));
    }
  return rows;
}

char *
tdm_plot_table_text (TdmPlot *self)
{
  g_autoptr (GPtrArray) rows = tdm_plot_table (self);
  GString *text = g_string_new (NULL);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      g_autofree char *line = g_strjoinv ("\t", rows->pdata[i]);
      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (text, FALSE);
}
