/* Bands against stored percentiles of 1,000 given subjects (tests/data/README.md). */
#include "engine/curve-private.h"
#include "reference.h"

#include "base/error.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

#define SUBJECTS 1000
#define POINTS 1681 /* 0, 0.1, … 168 h */

typedef struct
{
  double time_h;
  double percentile[TDM_BAND_N];
} Row;

static const Row rows[] = {

  { 0.5,
    { 7.62397893317, 10.7316967214, 13.5578000148, 17.0416645714, 22.9781462682 } },
  { 2, { 27.4333709616, 36.56933395, 45.077967194, 54.0875635822, 69.7388216709 } },
  { 3.7,
    { 20.3676814687, 25.4736086634, 30.0800150261, 34.7639252417, 42.8380656932 } },
  { 12, { 7.97293287411, 10.6393305658, 12.5740478613, 14.9684661042, 19.3668750143 } },
  { 13.5,
    { 27.3598098748, 35.1776238932, 41.6954718777, 49.2079530673, 62.2206212731 } },
  { 25, { 24.1728218099, 30.6729314362, 36.0960937911, 42.626013376, 53.9588339618 } },
  { 72.5, { 20.4365971363, 26.8436143406, 32.05570938, 37.7997347578, 48.4661136929 } },
  { 73, { 27.5320276995, 35.101492362, 41.5016952267, 49.0442134794, 62.3703693479 } },
  { 119.5,
    { 12.6985760021, 17.7820595054, 22.2550018776, 28.136098574, 37.6676261083 } },
  { 120,
    { 12.3441212745, 17.3974357805, 21.8234023364, 27.6374388312, 37.0673030631 } },
  { 156,
    { 12.3749849147, 17.6001420247, 22.1261847321, 27.9954799246, 38.2060289204 } },
  { 157.5,
    { 33.8538509219, 43.2507149111, 51.4391290841, 60.766183736, 77.5914407663 } },
  { 168,
    { 12.3785081259, 17.6150609391, 22.2133106502, 28.0442790619, 38.4030026636 } },
};
static const double mean_of_5_50_95[] = { 18.8588582206124, 29.356089848763823,
                                          44.96170308122874 };

/* The file's standard normals times the Cholesky factor of the prior. */
static double *
read_effects (const TdmProblem *problem)
{
  g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data",
                                            "reference", "D_z.csv", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  double *effects = g_new (double, SUBJECTS * 4);
  const char *p = strchr (text, '\n') + 1;
  for (int i = 0; i < SUBJECTS; i++)
    {
      double z[4];
      for (int k = 0; k < 4; k++)
        {
          char *end;
          z[k] = g_ascii_strtod (p, &end);
          p = end + 1;
        }
      tdm_lower_times (4, tdm_problem_get_omega_cholesky (problem), z, effects + 4 * i);
    }
  return effects;
}

/* Case A4's patient on the regimen of D1: 2000 mg over 2 h, then 1250 mg over 1.5 h
 * every 12 h. */
static TdmProblem *
d1_problem (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmDoseEntry dose = *tdm_case_get_dose (record, 1);
  dose.count = 13;
  tdm_case_edit_replace_dose (edit, 1, &dose);
  tdm_case_edit_remove_dose (edit, 2);
  g_autoptr (TdmCase) week = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  TdmProblem *problem = tdm_problem_new (week, model, &error);
  g_assert_no_error (error);
  return problem;
}

static void
test_percentiles (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = d1_problem ();
  g_autofree double *effects = read_effects (problem);
  g_autofree double *times = g_new (double, POINTS);
  double *bands[TDM_BAND_N];
  for (int i = 0; i < POINTS; i++)
    times[i] = i / 10.0;
  for (int b = 0; b < TDM_BAND_N; b++)
    bands[b] = g_new (double, POINTS);
  const TdmPlanSpec spec = { .until_h = INFINITY, .times_h = times, .n_times = POINTS };
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (problem, &spec, &error);
  g_assert_no_error (error);
  guint left_out = 1;
  const TdmBandSpec bands_spec = { .problem = problem,
                                   .plan = plan,
                                   .n_times = POINTS,
                                   .effects = effects,
                                   .draws = SUBJECTS,
                                   .bands = bands };
  g_assert_true (tdm_curve_bands (&bands_spec, &left_out, NULL, &error));
  g_assert_cmpuint (left_out, ==, 0);
  g_assert_no_error (error);
  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    for (int b = 0; b < TDM_BAND_N; b++)
      {
        double got = bands[b][(int)lround (rows[r].time_h * 10)];
        g_assert_cmpfloat_with_epsilon (got / rows[r].percentile[b], 1, 2e-11);
      }
  const int shown[] = { TDM_BAND_5, TDM_BAND_50, TDM_BAND_95 };
  for (int k = 0; k < 3; k++)
    {
      double mean = 0;
      for (int i = 0; i < POINTS; i++)
        mean += bands[shown[k]][i] / POINTS;
      g_assert_cmpfloat_with_epsilon (mean / mean_of_5_50_95[k], 1, 1e-12);
    }
  for (int b = 0; b < TDM_BAND_N; b++)
    g_free (bands[b]);
}

static TdmCurve *
curve_of_a4 (guint draws, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  const TdmCurveOptions options = {
    .from_h = 0, .to_h = 120, .draws = draws, .seed = seed, .until_h = INFINITY
  };
  TdmCurve *curve = tdm_curve_new (fit, &options, NULL, &error);
  g_assert_no_error (error);
  return curve;
}

/* Bands are ordered, finite, never negative; the individual's are narrower than the
 * population's where the levels were taken. */
static void
test_bands (void)
{
  g_autoptr (TdmCurve) curve = curve_of_a4 (400, 3);
  g_assert_cmpuint (curve->n, >, 100);
  for (guint i = 0; i < curve->n; i++)
    {
      g_assert_true (i == 0 || curve->time_h[i] > curve->time_h[i - 1]);
      for (int b = 0; b < TDM_BAND_N; b++)
        {
          g_assert_true (isfinite (curve->individual_band[b][i]));
          g_assert_cmpfloat (curve->individual_band[b][i], >=, 0);
          g_assert_true (b == 0
                         || curve->individual_band[b][i]
                                >= curve->individual_band[b - 1][i]);
        }
      if (fabs (curve->time_h[i] - 59.5) < 1)
        g_assert_cmpfloat (curve->individual_band[TDM_BAND_95][i]
                               - curve->individual_band[TDM_BAND_5][i],
                           <,
                           0.6
                               * (curve->population_band[TDM_BAND_95][i]
                                  - curve->population_band[TDM_BAND_5][i]));
    }
}

/* Every corner of the curve is on the grid: starts and ends of infusions. */
static void
test_grid_has_corners (void)
{
  static const double corners[] = {
    0, 2, 12, 13.5, 24, 25.5, 36, 37.5, 48, 49, 60, 61
  };
  g_autoptr (TdmCurve) curve = curve_of_a4 (0, 0);
  g_assert_null (curve->individual_band[0]);
  for (guint k = 0; k < G_N_ELEMENTS (corners); k++)
    {
      gboolean found = FALSE;
      for (guint i = 0; i < curve->n; i++)
        found |= fabs (curve->time_h[i] - corners[k]) < 1e-9;
      g_assert_true (found);
    }
}

static void
test_repeatable (void)
{
  g_autoptr (TdmCurve) one = curve_of_a4 (100, 7), same = curve_of_a4 (100, 7),
                       other = curve_of_a4 (100, 8);
  gsize bytes = one->n * sizeof (double);
  g_assert_cmpmem (one->individual_band[1], bytes, same->individual_band[1], bytes);
  g_assert_cmpmem (one->population_band[3], bytes, same->population_band[3], bytes);
  g_assert_cmpint (memcmp (one->individual_band[1], other->individual_band[1], bytes),
                   !=, 0);
}

/* Draws without a finite curve are left out and counted; when most have none there is
 * no band. Here an effect of 800 makes a parameter infinite. */
static void
test_left_out (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  const double times[] = { 10, 20 };
  const TdmPlanSpec plan_spec = { .until_h = INFINITY, .times_h = times, .n_times = 2 };
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (problem, &plan_spec, &error);
  double effects[5 * 4] = { 0, 0, 0, 0, 800, 0, 0,    0, 0.3, 0,
                            0, 0, 0, 0, 0,   0, -0.3, 0, 0,   0 };
  double values[TDM_BAND_N][2], *bands[TDM_BAND_N];
  for (int b = 0; b < TDM_BAND_N; b++)
    bands[b] = values[b];
  const TdmBandSpec spec = { .problem = problem,
                             .plan = plan,
                             .n_times = 2,
                             .effects = effects,
                             .draws = 5,
                             .bands = bands };
  guint left_out = 0;
  g_assert_true (tdm_curve_bands (&spec, &left_out, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (left_out, ==, 1);
  g_assert_true (isfinite (values[TDM_BAND_95][1]));
  g_assert_cmpfloat (values[TDM_BAND_5][1], <, values[TDM_BAND_95][1]);
  effects[0] = effects[8] = 800;
  g_assert_false (tdm_curve_bands (&spec, &left_out, NULL, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/curve/percentiles", test_percentiles);
  g_test_add_func ("/engine/curve/bands", test_bands);
  g_test_add_func ("/engine/curve/grid-has-corners", test_grid_has_corners);
  g_test_add_func ("/engine/curve/left-out", test_left_out);
  g_test_add_func ("/engine/curve/repeatable", test_repeatable);
  return g_test_run ();
}
