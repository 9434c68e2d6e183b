#include "plot/scene.h"

#include <math.h>

static void
curve_free (gpointer data)
{
  TdmSceneCurve *self = data;
  g_free (self->label);
  g_free (self->sublabel);
  g_free (self->time_h);
  g_free (self->value);
  g_free (self->low90);
  g_free (self->low50);
  g_free (self->high50);
  g_free (self->high90);
  g_free (self);
}

static void
level_free (gpointer data)
{
  TdmSceneLevel *self = data;
  g_free (self->reason);
  g_free (self->tooltip);
  g_free (self);
}

static void
mark_free (gpointer data)
{
  TdmSceneMark *self = data;
  g_free (self->label);
  g_free (self);
}

TdmScene *
tdm_scene_new (void)
{
  TdmScene *self = g_new0 (TdmScene, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->curves = g_ptr_array_new_with_free_func (curve_free);
  self->members = g_ptr_array_new_with_free_func (curve_free);
  self->levels = g_ptr_array_new_with_free_func (level_free);
  self->doses = g_ptr_array_new_with_free_func (g_free);
  self->marks = g_ptr_array_new_with_free_func (mark_free);
  self->areas = g_ptr_array_new_with_free_func (g_free);
  self->target_times = g_array_new (FALSE, FALSE, sizeof (double));
  self->target_low = -INFINITY;
  self->target_high = INFINITY;
  return self;
}

TdmScene *
tdm_scene_ref (TdmScene *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
free_texts (TdmScene *self)
{
  g_free (self->title);
  g_free (self->unit);
  g_free (self->caption);
  g_free (self->summary);
  g_free (self->dose_unit);
  g_free (self->area_title);
  g_free (self->target_label);
  g_free (self->target_text);
}

void
tdm_scene_unref (TdmScene *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  free_texts (self);
  g_clear_pointer (&self->start, g_date_time_unref);
  g_clear_pointer (&self->typical, curve_free);
  g_ptr_array_unref (self->curves);
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->levels);
  g_ptr_array_unref (self->doses);
  g_ptr_array_unref (self->marks);
  g_ptr_array_unref (self->areas);
  g_array_unref (self->target_times);
  g_free (self);
}

static double *
copy (const double *values, guint n)
{
  return g_memdup2 (values, n * sizeof (double));
}

static TdmSceneCurve *
curve_new (const char *label, guint n, const double *time_h, const double *value)
{
  TdmSceneCurve *curve = g_new0 (TdmSceneCurve, 1);
  curve->label = g_strdup (label);
  curve->n = n;
  curve->time_h = copy (time_h, n);
  curve->value = copy (value, n);
  return curve;
}

TdmSceneCurve *
tdm_scene_add_curve (TdmScene *self, const char *label, const char *sublabel, guint n,
                     const double *time_h, const double *value)
{
  TdmSceneCurve *curve = curve_new (label, n, time_h, value);
  curve->sublabel = g_strdup (sublabel);
  g_ptr_array_add (self->curves, curve);
  return curve;
}

TdmSceneCurve *
tdm_scene_add_member (TdmScene *self, const char *label, guint n, const double *time_h,
                      const double *value)
{
  TdmSceneCurve *curve = curve_new (label, n, time_h, value);
  g_ptr_array_add (self->members, curve);
  return curve;
}

TdmSceneCurve *
tdm_scene_set_typical (TdmScene *self, const char *label, guint n, const double *time_h,
                       const double *value)
{
  g_clear_pointer (&self->typical, curve_free);
  self->typical = curve_new (label, n, time_h, value);
  return self->typical;
}

static void
replace (double **series, const double *values, guint n)
{
  g_free (*series);
  *series = copy (values, n);
}

void
tdm_scene_curve_set_band_90 (TdmSceneCurve *self, const double *low, const double *high)
{
  replace (&self->low90, low, self->n);
  replace (&self->high90, high, self->n);
}

void
tdm_scene_curve_set_band_50 (TdmSceneCurve *self, const double *low, const double *high)
{
  replace (&self->low50, low, self->n);
  replace (&self->high50, high, self->n);
}

void
tdm_scene_add_level (TdmScene *self, const TdmSceneLevel *level)
{
  TdmSceneLevel *own = g_memdup2 (level, sizeof *level);
  own->reason = g_strdup (level->reason);
  own->tooltip = g_strdup (level->tooltip);
  g_ptr_array_add (self->levels, own);
}

void
tdm_scene_add_dose (TdmScene *self, const TdmSceneDose *dose)
{
  g_ptr_array_add (self->doses, g_memdup2 (dose, sizeof *dose));
}

void
tdm_scene_add_mark (TdmScene *self, double time_h, const char *label)
{
  TdmSceneMark *mark = g_new0 (TdmSceneMark, 1);
  mark->time_h = time_h;
  mark->label = g_strdup (label);
  g_ptr_array_add (self->marks, mark);
}

void
tdm_scene_add_area (TdmScene *self, const TdmSceneArea *area)
{
  g_ptr_array_add (self->areas, g_memdup2 (area, sizeof *area));
}

void
tdm_scene_add_target_time (TdmScene *self, double time_h)
{
  g_array_append_val (self->target_times, time_h);
}

static void
check_series (const double *series, guint n)
{
  for (guint i = 0; series != NULL && i < n; i++)
    g_assert_true (isfinite (series[i]));
}

static void
check_pair (const double *low, const double *high, guint n)
{
  g_assert_true ((low == NULL) == (high == NULL));
  check_series (low, n);
  check_series (high, n);
  for (guint i = 0; low != NULL && i < n; i++)
    g_assert_true (low[i] <= high[i]);
}

static void
check_curve (const TdmSceneCurve *curve)
{
  g_assert_cmpuint (curve->n, >, 0);
  check_series (curve->time_h, curve->n);
  check_series (curve->value, curve->n);
  check_pair (curve->low90, curve->high90, curve->n);
  check_pair (curve->low50, curve->high50, curve->n);
  for (guint i = 1; i < curve->n; i++)
    g_assert_true (curve->time_h[i - 1] <= curve->time_h[i]);
}

static void
check_doses_and_levels (const TdmScene *self)
{
  for (guint i = 0; i < self->levels->len; i++)
    {
      const TdmSceneLevel *level = self->levels->pdata[i];
      g_assert_true (isfinite (level->time_h) && isfinite (level->value));
      g_assert_true (isfinite (level->sd) && level->sd >= 0);
    }
  for (guint i = 0; i < self->doses->len; i++)
    {
      const TdmSceneDose *dose = self->doses->pdata[i];
      g_assert_true (isfinite (dose->time_h) && isfinite (dose->amount));
      g_assert_true (isfinite (dose->duration_h) && dose->duration_h >= 0);
    }
}

static void
check_areas_and_times (const TdmScene *self)
{
  for (guint i = 0; i < self->areas->len; i++)
    {
      const TdmSceneArea *area = self->areas->pdata[i];
      g_assert_true (isfinite (area->from_h) && isfinite (area->to_h));
      g_assert_true (isfinite (area->value) && isfinite (area->low90)
                     && isfinite (area->high90));
    }
  for (guint i = 0; i < self->target_times->len; i++)
    g_assert_true (isfinite (g_array_index (self->target_times, double, i)));
  for (guint i = 0; i < self->marks->len; i++)
    g_assert_true (isfinite (((const TdmSceneMark *)self->marks->pdata[i])->time_h));
}

void
tdm_scene_check (const TdmScene *self)
{
  g_assert_true (isfinite (self->from_h) && isfinite (self->to_h));
  g_assert_true (self->from_h < self->to_h);
  g_assert_true (isfinite (self->now_h));
  g_assert_true (!isnan (self->target_low) && !isnan (self->target_high));
  for (guint i = 0; i < self->curves->len; i++)
    check_curve (self->curves->pdata[i]);
  for (guint i = 0; i < self->members->len; i++)
    check_curve (self->members->pdata[i]);
  if (self->typical != NULL)
    check_curve (self->typical);
  check_doses_and_levels (self);
  check_areas_and_times (self);
}

double
tdm_scene_curve_at (const TdmSceneCurve *self, const double *series, double time_h)
{
  guint low = 0;
  guint high = self->n - 1;
  if (time_h <= self->time_h[low])
    return series[low];
  if (time_h >= self->time_h[high])
    return series[high];
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;
      if (self->time_h[middle] <= time_h)
        low = middle;
      else
        high = middle;
    }
  double width = self->time_h[high] - self->time_h[low];
  double part = width > 0 ? (time_h - self->time_h[low]) / width : 0;
  return series[low] + part * (series[high] - series[low]);
}

gboolean
tdm_scene_curve_covers (const TdmSceneCurve *self, double time_h)
{
  return time_h >= self->time_h[0] && time_h <= self->time_h[self->n - 1];
}
