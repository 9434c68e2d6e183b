/* MAP against high-precision answers (tests/data/README.md says how they were made). */
#include "engine/map.h"
#include "reference.h"

#include "num/linalg.h"

#include <math.h>

#define MOST 4

typedef struct
{
  const char *file;
  guint n, n_levels;
  double eta[MOST], objective, objective_prior_mode;
  double covariance[MOST * MOST];
  double individual[MOST], population[MOST]; /* predictions at the levels */
} Answer;

static const Answer answers[] = {
  { "A4.json",
    4,
    2,
    { -0.2634503501780362, -0.024214620906274145, 0.1254100484962985,
      -0.0734300627340164 },
    8.133379960078901,
    17.763036450798296,
    { 0.014230113067837823, 0.0032060531187465937, 0.009571312810420117,
      -0.0172149449231661, 0.0032060531187465937, 0.07735651237151563,
      -0.026229009623525864, -0.021280615680472764, 0.009571312810420117,
      -0.026229009623525864, 0.18965601598274956, 0.013958893208909808,
      -0.0172149449231661, -0.021280615680472764, 0.013958893208909808,
      0.12725754677361592 },
    { 46.02319521766087, 26.49885478900366 },
    { 39.83497389053699, 19.428616660489006 } },
  { "B.json",
    2,
    3,
    { -0.09498208992143986, -0.3736382404093595 },
    -4.640518081006615,
    -2.8544706535830726,
    { 0.014287624942816384, 0.014652069317176919, 0.014652069317176919,
      0.08383267539474051 },
    { 1.434329098295917, 0.6011003145626607, 1.909970303820119 },
    { 1.2251359511817121, 0.6567241675016344, 1.60352810777268 } },
  { "C.json",
    3,
    3,
    { -0.2506160497017817, 0.39305140040680747, -0.023292183655188935 },
    6.855798322510323,
    239.27926203527755,
    { 0.0191233215321942, 0.05279645183820747, -0.0029453120865181232,
      0.05279645183820747, 0.19360393222270128, 0.015248887068661876,
      -0.0029453120865181232, 0.015248887068661876, 0.018853122219087217 },
    { 13.075175301719312, 16.72550986263099, 23.294449880047196 },
    { 7.4180288842085895, 7.940475449321771, 11.695076045916583 } },
};

static void
assert_relative (double got, double want, double tolerance, const char *what)
{
  if (!(fabs (got - want) <= tolerance * fabs (want)))
    g_error ("%s: got %.15g, want %.15g", what, got, want);
}

static void
check_answer (const Answer *a, const TdmFit *fit)
{
  g_assert_true (fit->converged);
  g_assert_cmpuint (fit->n, ==, a->n);
  g_assert_cmpuint (fit->optima, ==, 1);
  assert_relative (fit->objective, a->objective, 1e-9, "objective");
  assert_relative (fit->objective_prior_mode, a->objective_prior_mode, 1e-7,
                   "objective at the prior mode");
  for (guint i = 0; i < a->n; i++)
    assert_relative (fit->eta[i], a->eta[i], 1e-6, "eta");
  for (guint i = 0; i < a->n * a->n; i++)
    assert_relative (fit->covariance[i], a->covariance[i], 2e-6, "covariance");
  for (guint i = 0; i < a->n_levels; i++)
    {
      assert_relative (fit->levels[i].individual, a->individual[i], 1e-7, "individual");
      assert_relative (fit->levels[i].population, a->population[i], 1e-7, "population");
    }
}

static void
test_reference (gconstpointer data)
{
  const Answer *a = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem (a->file);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  check_answer (a, fit);
}

/* Any start leads to the same optimum, and says so. */
static void
test_many_starts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  const TdmMapOptions options = { .starts = 61 };
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fit->starts, ==, 61);
  check_answer (&answers[0], fit);
}

static void
test_iteration_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  const TdmMapOptions options = { .starts = 1, .max_iterations = 1 };
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (fit->converged);
  g_assert_cmpint (fit->stop, ==, TDM_STOP_ITERATIONS);
  g_assert_nonnull (tdm_notes_refusal (fit->notes));
}

/* Without levels the answer is the prior. */
static void
test_no_levels (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  tdm_case_edit_remove_level (edit, 1);
  tdm_case_edit_remove_level (edit, 0);
  g_autoptr (TdmCase) bare = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  g_autoptr (TdmProblem) problem = tdm_problem_new (bare, model, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fit->converged);
  g_assert_cmpfloat_with_epsilon (fit->objective, 0, 1e-12);
  for (guint i = 0; i < fit->n; i++)
    {
      g_assert_cmpfloat_with_epsilon (fit->eta[i], 0, 1e-9);
      g_assert_cmpfloat_with_epsilon (fit->shrinkage[i], 0, 1e-9);
    }
}

/* The order of levels and doses is irrelevant. */
static void
test_order (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  tdm_case_edit_insert_level (edit, 0, tdm_case_get_level (record, 1));
  tdm_case_edit_remove_level (edit, 2);
  tdm_case_edit_insert_dose (edit, 0, tdm_case_get_dose (record, 2));
  tdm_case_edit_remove_dose (edit, 3);
  g_autoptr (TdmCase) turned = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (tdm_case_get_level (turned, 0)->time.hours, ==, 59.5);
  g_autoptr (TdmProblem) problem = tdm_problem_new (turned, model, &error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < fit->n; i++)
    assert_relative (fit->eta[i], answers[0].eta[i], 1e-8, "eta");
}

/* The same fit, the same bits. */
static void
test_repeatable (void)
{
  g_autoptr (TdmProblem) problem = reference_problem ("C.json");
  g_autoptr (TdmFit) one = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autoptr (TdmFit) other = tdm_map_fit (problem, NULL, NULL, NULL);
  g_assert_cmpmem (one->eta, one->n * sizeof (double), other->eta,
                   other->n * sizeof (double));
  g_assert_cmpmem (one->covariance, one->n * one->n * sizeof (double),
                   other->covariance, one->n * one->n * sizeof (double));
  g_autofree double *draws = tdm_fit_draw_individual (one, 50, 17);
  g_autofree double *again = tdm_fit_draw_individual (other, 50, 17);
  g_assert_cmpmem (draws, 150 * sizeof (double), again, 150 * sizeof (double));
}

/* Draws have the mean and the covariance of the posterior. */
static void
test_draws (void)
{
  g_autoptr (TdmProblem) problem = reference_problem ("A4.json");
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  const guint n = 40000;
  g_autofree double *draws = tdm_fit_draw_individual (fit, n, 5);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j <= i; j++)
      {
        double mean = 0, cross = 0;
        for (guint d = 0; d < n; d++)
          {
            mean += draws[d * 4 + i] / n;
            cross +=
                (draws[d * 4 + i] - fit->eta[i]) * (draws[d * 4 + j] - fit->eta[j]) / n;
          }
        double si = sqrt (fit->covariance[i * 5]), sj = sqrt (fit->covariance[j * 5]);
        g_assert_cmpfloat_with_epsilon (mean, fit->eta[i], 5 * si / sqrt (n));
        g_assert_cmpfloat_with_epsilon (cross, fit->covariance[i * 4 + j],
                                        7.5 * si * sj / sqrt (n));
      }
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = reference_problem ("C.json");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  g_assert_null (tdm_map_fit (problem, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A level a thousand times too high is no reason to advise. */
static void
test_contradicting_level (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case ("A4.json");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  TdmLevelEntry level = *tdm_case_get_level (record, 1);
  level.value *= 1000;
  tdm_case_edit_replace_level (edit, 1, &level);
  g_autoptr (TdmCase) wrong = tdm_case_edit_finish (edit, &error);
  g_autoptr (TdmProblem) problem = tdm_problem_new (wrong, model, &error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (tdm_notes_refusal (fit->notes));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/map/%s", answers[i].file);
      g_test_add_data_func (path, &answers[i], test_reference);
    }
  g_test_add_func ("/engine/map/many-starts", test_many_starts);
  g_test_add_func ("/engine/map/iteration-limit", test_iteration_limit);
  g_test_add_func ("/engine/map/no-levels", test_no_levels);
  g_test_add_func ("/engine/map/order", test_order);
  g_test_add_func ("/engine/map/repeatable", test_repeatable);
  g_test_add_func ("/engine/map/draws", test_draws);
  g_test_add_func ("/engine/map/cancelled", test_cancelled);
  g_test_add_func ("/engine/map/contradicting-level", test_contradicting_level);
  return g_test_run ();
}
