#include "app/scene-builder.h"

#include <math.h>

#include "base/clock.h"
#include "builder-case.h"

static TdmScene *
scene_of (TdmResult *result)
{
  return tdm_scene_builder_build (result, &builder_options);
}

static void
test_trough (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmScene) scene = scene_of (result);
  g_assert_cmpstr (scene->title, ==, "Vancomycin, mg/L");
  g_assert_cmpstr (scene->dose_unit, ==, "mg");
  g_assert_cmpint (scene->target_kind, ==, TDM_SCENE_TARGET_LEVEL);
  g_assert_cmpfloat_with_epsilon (scene->target_low, 15, 1e-12);
  g_assert_cmpstr (scene->target_text, ==, "15–20 mg/L");
  g_assert_cmpstr (scene->target_label, ==, "trough target");
  g_assert_cmpfloat (scene->now_h, ==, 47.3);
  g_assert_nonnull (strstr (scene->caption, "90 %"));
  g_assert_nonnull (strstr (scene->caption, "this patient"));
  g_assert_cmpuint (scene->areas->len, ==, 0);
  /* Crosses stand just before planned doses, after the first of the plan. */
  g_assert_cmpuint (scene->target_times->len, >, 0);
  const TdmSceneDose *last = scene->doses->pdata[scene->doses->len - 1];
  g_assert_true (last->planned);
  for (guint i = 0; i < scene->target_times->len; i++)
    g_assert_cmpfloat (g_array_index (scene->target_times, double, i), >, 60);
}

static void
test_curves (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmScene) scene = scene_of (result);
  const TdmSceneCurve *a = scene->curves->pdata[0];
  g_assert_cmpstr (a->label, ==, "A  1000 mg q12h");
  g_assert_cmpstr (a->sublabel, ==, "(current)");
  g_assert_cmpuint (a->n, ==, result->current->n);
  g_assert_nonnull (a->low90);
  g_assert_nonnull (result->chosen);
  g_assert_cmpuint (scene->curves->len, ==, 2);
  const TdmSceneCurve *b = scene->curves->pdata[1];
  const TdmRegimen *chosen = result->proposals->regimens->pdata[result->chosen_index];
  g_assert_true (g_str_has_prefix (b->label, "B  "));
  g_assert_cmpfloat (b->time_h[0], >=, chosen->first_dose_h - 1e-9);
  guint skip = result->chosen->n - b->n;
  for (guint i = 0; i < b->n; i += 7)
    {
      g_assert_cmpfloat (b->value[i], ==, result->chosen->individual[skip + i]);
      g_assert_cmpfloat (b->high90[i], ==,
                         result->chosen->individual_band[TDM_BAND_95][skip + i]);
    }
}

static void
test_doses (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmScene) scene = scene_of (result);
  static const double times[] = { 0, 12, 24, 36, 48 };
  const TdmRegimen *chosen = result->proposals->regimens->pdata[result->chosen_index];
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      const TdmSceneDose *dose = scene->doses->pdata[i];
      g_assert_cmpfloat (dose->time_h, ==, times[i]);
      g_assert_cmpfloat (dose->amount, ==, i == 0 ? 1500 : 1000);
      g_assert_cmpint (dose->planned, ==, times[i] > 47.3);
      g_assert_cmpuint (dose->regimen, ==, 0);
    }
  for (guint i = G_N_ELEMENTS (times); i < scene->doses->len; i++)
    {
      const TdmSceneDose *dose = scene->doses->pdata[i];
      double at =
          chosen->first_dose_h + (i - G_N_ELEMENTS (times)) * chosen->interval_h;
      g_assert_cmpfloat_with_epsilon (dose->time_h, at, 1e-9);
      g_assert_true (dose->planned);
      g_assert_cmpuint (dose->regimen, ==, 1);
    }
}

/* A pause, a loading dose with a length of its own and a later step are drawn as they
 * are given: the strip has the doses that the curve is of. */
static void
test_course (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) first = builder_result ("auc24", "400", "600", "mg.h/L");
  int index = first->chosen_index;
  TdmRegimen *regimen = first->proposals->regimens->pdata[index];
  const double start = regimen->first_dose_h;
  regimen->amount_mg = 750;
  regimen->interval_h = 12;
  regimen->duration_h = 1;
  regimen->hold_h = 6;
  regimen->first_dose_h = start + 6;
  regimen->loading_mg = 1750;
  regimen->loading_duration_h = 2.5;
  regimen->n_steps = 1;
  regimen->steps[0] = (TdmRegimenStep){ start + 6 + 24, 500, 8, 1.5 };
  g_autoptr (TdmResult) result =
      tdm_result_choose (first, index, &builder_options, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TdmScene) scene = tdm_scene_builder_build (result, &builder_options);
  static const double wanted[][3] = { { 6, 1750, 2.5 },
                                      { 18, 750, 1 },
                                      { 30, 500, 1.5 },
                                      { 38, 500, 1.5 },
                                      { 46, 500, 1.5 } };
  guint n = 0;
  for (guint i = 0; i < scene->doses->len; i++)
    {
      const TdmSceneDose *dose = scene->doses->pdata[i];
      if (dose->regimen == 0)
        {
          g_assert_cmpfloat (dose->time_h, <, start - 1e-9);
          continue;
        }
      if (n < G_N_ELEMENTS (wanted))
        {
          g_assert_cmpfloat_with_epsilon (dose->time_h - start, wanted[n][0], 1e-9);
          g_assert_cmpfloat (dose->amount, ==, wanted[n][1]);
          g_assert_cmpfloat (dose->duration_h, ==, wanted[n][2]);
        }
      g_assert_true (dose->planned);
      n++;
    }
  g_assert_cmpuint (n, >, G_N_ELEMENTS (wanted));
  const TdmSceneCurve *chosen = scene->curves->pdata[scene->curves->len - 1];
  for (guint i = 0; i < scene->curves->len; i++)
    if (g_str_has_prefix (((TdmSceneCurve *)scene->curves->pdata[i])->label, "B "))
      chosen = scene->curves->pdata[i];
  g_assert_cmpstr (chosen->label, ==, "B  750 mg q12h");
  g_assert_cmpstr (chosen->sublabel, ==,
                   "(pause 6 h, first dose 1750 mg, then 500 mg)");
  g_assert_cmpfloat (chosen->time_h[0], >=, start - 1e-6);
}

static void
test_levels_and_marks (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmScene) scene = scene_of (result);
  g_assert_cmpuint (scene->levels->len, ==, 3);
  const TdmSceneLevel *used = scene->levels->pdata[0];
  const TdmSceneLevel *out = scene->levels->pdata[1];
  g_assert_cmpint (used->kind, ==, TDM_SCENE_LEVEL_USED);
  g_assert_cmpfloat (used->value, ==, 16.7);
  g_assert_cmpfloat (used->sd, >, 0);
  g_assert_null (used->reason);
  g_assert_true (
      g_str_has_prefix (used->tooltip, "observed 16.7, expected before fit "));
  g_assert_cmpint (out->kind, ==, TDM_SCENE_LEVEL_LEFT_OUT);
  g_assert_true (g_str_has_prefix (out->reason, "left out"));
  /* Creatinine changed, weight did not. */
  g_assert_cmpuint (scene->marks->len, ==, 2);
  const TdmSceneMark *mark = scene->marks->pdata[1];
  g_assert_cmpfloat (mark->time_h, ==, 37);
  g_assert_nonnull (strstr (mark->label, "127 µmol/L"));
}

/* Known as two times only: the end of an infusion, when a level was drawn. */
static void
test_uncertain_times (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (result->record);
  TdmDoseEntry dose = *tdm_case_get_dose (result->record, 0);
  TdmLevelEntry level = *tdm_case_get_level (result->record, 0);
  dose.end_uncertain = level.time_uncertain = TRUE;
  dose.end_from.hours = 1.7;
  dose.end_to.hours = 2.9;
  level.time_to.hours = 35.9;
  tdm_case_edit_replace_dose (edit, 0, &dose);
  tdm_case_edit_replace_level (edit, 0, &level);
  const TdmDialysisEntry session = { { 20.3, NULL }, 3.5, 97, (char *)"mL/min" };
  tdm_case_edit_insert_dialysis (edit, 0, &session);
  g_autoptr (TdmCase) record = tdm_case_edit_finish (edit, NULL);
  g_autoptr (TdmResult) other =
      tdm_result_compute (record, result->model, &builder_options, NULL, NULL);
  g_autoptr (TdmScene) scene = scene_of (other);
  const TdmSceneDose *first = scene->doses->pdata[0];
  const TdmSceneDose *second = scene->doses->pdata[1];
  const TdmSceneLevel *drawn = scene->levels->pdata[0];
  const TdmSceneMark *mark = scene->marks->pdata[scene->marks->len - 1];
  g_assert_cmpstr (mark->label, ==, "Dialysis, 3.5 h");
  g_assert_cmpfloat (mark->time_h, ==, 20.3);
  g_assert_cmpfloat (first->least_h, ==, 1.7);
  g_assert_cmpfloat (first->most_h, ==, 2.9);
  g_assert_cmpfloat (second->most_h, ==, 0);
  g_assert_cmpfloat (drawn->from_h, ==, 35.5);
  g_assert_cmpfloat (drawn->to_h, ==, 35.9);
  g_assert_cmpfloat_with_epsilon (drawn->time_h, 35.7, 1e-9);
}

static void
test_auc (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmScene) scene = scene_of (result);
  g_assert_cmpint (scene->target_kind, ==, TDM_SCENE_TARGET_AREA);
  g_assert_cmpstr (scene->target_text, ==, "400–600 mg·h/L");
  g_assert_cmpstr (scene->area_title, ==, "AUC24, mg·h/L");
  g_assert_cmpuint (scene->areas->len, >=, 2);
  for (guint i = 0; i < scene->areas->len; i++)
    {
      const TdmSceneArea *area = scene->areas->pdata[i];
      g_assert_cmpfloat_with_epsilon (area->to_h - area->from_h, 24, 1e-9);
      g_assert_cmpfloat (area->value, >, 100);
      g_assert_cmpfloat (area->value, <, 3000);
    }
}

/* c = 31.7 exp(-0.137 t) and a rise of 0 to 31.7 in 1.5 h: both known exactly. */
static void
test_area (void)
{
  double times[40], values[40];
  times[0] = 0;
  values[0] = 0;
  for (guint i = 1; i < 40; i++)
    {
      times[i] = 1.5 + (i - 1) * 0.9;
      values[i] = 31.7 * exp (-0.137 * (times[i] - 1.5));
    }
  double exact = 31.7 * 1.5 / 2 + 31.7 / 0.137 * -expm1 (-0.137 * 18);
  g_assert_cmpfloat_with_epsilon (tdm_scene_builder_area (times, values, 40, 0, 19.5),
                                  exact, 1e-9 * exact);
  /* Cut between grid points: the cut itself is linear, so close but not exact. */
  double part = 31.7 / 0.137 * (exp (-0.137 * 2) - exp (-0.137 * 7.7));
  g_assert_cmpfloat_with_epsilon (tdm_scene_builder_area (times, values, 40, 3.5, 9.2),
                                  part, 2e-3 * part);
}

static double
now_at (TdmResult *result, const char *clock)
{
  g_autoptr (GError) error = NULL;
  GDateTime *start = tdm_case_get_start (result->record);
  g_autoptr (GDateTime) time =
      tdm_clock_parse (clock, g_date_time_get_timezone (start), &error);
  g_assert_no_error (error);
  g_autoptr (TdmScene) scene =
      tdm_scene_builder_build_at (result, &builder_options, time);
  return scene->now_h;
}

/* The clock counts while the case is of these days: doses go to hour 48. */
static void
test_now (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_assert_cmpfloat_with_epsilon (now_at (result, "2026-03-03T14:30"), 54.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (now_at (result, "2026-03-02T08:00"), 24, 1e-9);
  g_assert_cmpfloat (now_at (result, "2026-03-05T08:30"), ==, 47.3);
  g_assert_cmpfloat (now_at (result, "2026-02-28T08:00"), ==, 47.3);
}

static void
test_texts (void)
{
  g_autofree char *closed = tdm_scene_builder_window_text (15, 20.5, "mg/L");
  g_autofree char *above = tdm_scene_builder_window_text (8, INFINITY, "1");
  g_autofree char *below = tdm_scene_builder_window_text (-INFINITY, 1, "mg/L");
  g_autofree char *regimen = tdm_scene_builder_regimen_text (NULL, 1250, 12);
  g_autofree char *single = tdm_scene_builder_regimen_text (NULL, 62.5, 0);
  g_assert_cmpstr (closed, ==, "15–20.5 mg/L");
  g_assert_cmpstr (above, ==, "at least 8");
  g_assert_cmpstr (below, ==, "at most 1 mg/L");
  g_assert_cmpstr (regimen, ==, "1250 mg q12h");
  g_autofree char *weeks = tdm_scene_builder_regimen_text (NULL, 350, 1344);
  g_assert_cmpstr (weeks, ==, "350 mg q8wk");
  g_assert_cmpstr (single, ==, "62.5 mg");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/scene-builder/now", test_now);
  g_test_add_func ("/app/scene-builder/trough", test_trough);
  g_test_add_func ("/app/scene-builder/curves", test_curves);
  g_test_add_func ("/app/scene-builder/doses", test_doses);
  g_test_add_func ("/app/scene-builder/course", test_course);
  g_test_add_func ("/app/scene-builder/levels-and-marks", test_levels_and_marks);
  g_test_add_func ("/app/scene-builder/uncertain-times", test_uncertain_times);
  g_test_add_func ("/app/scene-builder/auc", test_auc);
  g_test_add_func ("/app/scene-builder/area", test_area);
  g_test_add_func ("/app/scene-builder/texts", test_texts);
  return g_test_run ();
}
