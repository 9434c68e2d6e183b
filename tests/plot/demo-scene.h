/* Synthetic scenes for tests of the plot: one-compartment superposition with made-up
 * numbers, no patient. Each test program includes this once. */
#pragma once

#include <math.h>

#include "plot/scene.h"

#define DEMO_POINTS 1200
#define DEMO_FROM_H 0.0
#define DEMO_TO_H 96.0
#define DEMO_NOW_H 50.0
#define DEMO_TAU_H 12.0
#define DEMO_INFUSION_H 1.5

typedef struct
{
  double cl, v;
} DemoPatient;

static double
demo_one_dose (const DemoPatient *patient, double amount, double since)
{
  double k = patient->cl / patient->v;
  double rate = amount / DEMO_INFUSION_H;
  if (since <= 0)
    return 0;
  if (since <= DEMO_INFUSION_H)
    return rate / patient->cl * -expm1 (-k * since);
  return rate / patient->cl * -expm1 (-k * DEMO_INFUSION_H)
         * exp (-k * (since - DEMO_INFUSION_H));
}

/* Doses every 12 h from hour 2 on, `before` mg up to hour 50 and `after` mg from then.
 */
static double
demo_value (const DemoPatient *patient, double before, double after, double time)
{
  double sum = 0;
  for (double at = 2; at < DEMO_TO_H; at += DEMO_TAU_H)
    sum += demo_one_dose (patient, at < DEMO_NOW_H - 1 ? before : after, time - at);
  return sum;
}

static void
demo_curve (TdmSceneCurve *curve, double before, double after)
{
  static const double z[] = { -1.645, -0.674, 0.674, 1.645 };
  g_autofree double *band = g_new (double, 4 * curve->n);
  for (guint i = 0; i < curve->n; i++)
    for (guint k = 0; k < 4; k++)
      {
        const DemoPatient shifted = { 4.137 * exp (-0.17 * z[k]), 43.71 };
        band[k * curve->n + i] =
            demo_value (&shifted, before, after, curve->time_h[i]) * exp (0.07 * z[k]);
      }
  tdm_scene_curve_set_band_90 (curve, band, band + 3 * curve->n);
  tdm_scene_curve_set_band_50 (curve, band + curve->n, band + 2 * curve->n);
}

static guint
demo_grid (double from, double *times, double *values, const DemoPatient *patient,
           double before, double after)
{
  guint n = 0;
  for (guint i = 0; i < DEMO_POINTS; i++)
    {
      double time = DEMO_FROM_H + (DEMO_TO_H - DEMO_FROM_H) * i / (DEMO_POINTS - 1);
      if (time < from)
        continue;
      times[n] = time;
      values[n++] = demo_value (patient, before, after, time);
    }
  return n;
}

static void
demo_add_curves (TdmScene *scene, gboolean candidate)
{
  static const DemoPatient patient = { 4.137, 43.71 };
  static const DemoPatient average = { 3.05, 47.3 };
  g_autofree double *times = g_new (double, DEMO_POINTS);
  g_autofree double *values = g_new (double, DEMO_POINTS);
  guint n = demo_grid (DEMO_FROM_H, times, values, &patient, 1000, 1000);
  demo_curve (
      tdm_scene_add_curve (scene, "A  1000 mg q12h", "(current)", n, times, values),
      1000, 1000);
  if (candidate)
    {
      n = demo_grid (DEMO_NOW_H, times, values, &patient, 1000, 1250);
      demo_curve (
          tdm_scene_add_curve (scene, "B  1250 mg q12h", NULL, n, times, values), 1000,
          1250);
    }
  n = demo_grid (DEMO_FROM_H, times, values, &average, 1000, candidate ? 1250 : 1000);
  tdm_scene_set_typical (scene, "typical patient", n, times, values);
}

static void
demo_add_events (TdmScene *scene, gboolean candidate)
{
  for (double at = 2; at < DEMO_TO_H; at += DEMO_TAU_H)
    {
      gboolean planned = at > DEMO_NOW_H - 1;
      const TdmSceneDose dose = {
        at,      DEMO_INFUSION_H, planned && candidate ? 1250 : 1000,
        planned, FALSE,           planned && candidate ? 1 : 0
      };
      tdm_scene_add_dose (scene, &dose);
    }
  const TdmSceneLevel levels[] = {
    { 4.5, 21.4, 2.2, TDM_SCENE_LEVEL_USED, FALSE, NULL, "observed 21.4" },
    { 23.5, 12.2, 1.8, TDM_SCENE_LEVEL_USED, FALSE, NULL, "observed 12.2" },
    { 39.0, 40.5, 3.4, TDM_SCENE_LEVEL_LEFT_OUT, FALSE,
      "left out: drawn during infusion", "observed 40.5" },
    { 47.5, 11.4, 1.7, TDM_SCENE_LEVEL_USED, FALSE, NULL, "observed 11.4" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    tdm_scene_add_level (scene, &levels[i]);
  tdm_scene_add_mark (scene, 1.0, "creatinine 97 µmol/L");
  tdm_scene_add_mark (scene, 46.0, "creatinine 141 µmol/L");
}

static TdmScene *
demo_scene_base (gboolean candidate)
{
  TdmScene *scene = tdm_scene_new ();
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Zurich");
  scene->title = g_strdup ("Vancomycin, mg/L");
  scene->unit = g_strdup ("mg/L");
  scene->caption = g_strdup ("50 % and 90 % of likely curves for this patient");
  scene->dose_unit = g_strdup ("mg");
  scene->start = g_date_time_new (zone, 2026, 3, 1, 8, 0, 0);
  scene->now_h = DEMO_NOW_H;
  scene->from_h = DEMO_FROM_H;
  scene->to_h = DEMO_TO_H;
  demo_add_curves (scene, candidate);
  demo_add_events (scene, candidate);
  return scene;
}

/* A trough target, the current regimen and a candidate. */
static inline TdmScene *
demo_scene_trough (void)
{
  TdmScene *scene = demo_scene_base (TRUE);
  scene->target_kind = TDM_SCENE_TARGET_LEVEL;
  scene->target_low = 15;
  scene->target_high = 20;
  scene->target_label = g_strdup ("trough target");
  scene->target_text = g_strdup ("15–20 mg/L");
  for (double at = 62; at <= DEMO_TO_H; at += DEMO_TAU_H)
    tdm_scene_add_target_time (scene, at);
  return scene;
}

/* An AUC target with its bars. */
static inline TdmScene *
demo_scene_auc (void)
{
  static const double values[][2] = {
    { 341, 0 }, { 437, 0 }, { 474, 561 }, { 483, 604 }
  };
  TdmScene *scene = demo_scene_base (TRUE);
  scene->target_kind = TDM_SCENE_TARGET_AREA;
  scene->target_low = 400;
  scene->target_high = 600;
  scene->target_label = g_strdup ("AUC24 target");
  scene->target_text = g_strdup ("400–600 mg·h/L");
  scene->area_title = g_strdup ("AUC24, mg·h/L");
  for (guint day = 0; day < 4; day++)
    for (guint regimen = 0; regimen < 2; regimen++)
      {
        double value = values[day][regimen];
        const TdmSceneArea area = { day * 24.0,   day * 24.0 + 24, value,
                                    value * 0.81, value * 1.22,    regimen };
        if (value > 0)
          tdm_scene_add_area (scene, &area);
      }
  return scene;
}

/* No candidate, censored and outlying levels, extrapolated. */
static inline TdmScene *
demo_scene_marks (void)
{
  TdmScene *scene = demo_scene_base (FALSE);
  const TdmSceneLevel levels[] = {
    { 1.0, 2.5, 0, TDM_SCENE_LEVEL_BELOW, FALSE, NULL, "below 2.5" },
    { 16.5, 50.0, 0, TDM_SCENE_LEVEL_ABOVE, FALSE, NULL, "above 50" },
    { 30.0, 33.0, 2.9, TDM_SCENE_LEVEL_USED, TRUE, NULL, "observed 33" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    tdm_scene_add_level (scene, &levels[i]);
  ((TdmSceneDose *)scene->doses->pdata[2])->missed = TRUE;
  scene->extrapolated = TRUE;
  return scene;
}
