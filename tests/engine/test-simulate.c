/* Virtual patients: who is drawn, their effects, and what is measured in them. */
#include "engine/residual.h"
#include "engine/simulate.h"
#include "given.h"

#include "num/linalg.h"

#include <math.h>

static double
value_of (const TdmCase *record, const char *name)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (g_str_equal (tdm_case_get_covariate (record, i)->name, name))
      return tdm_case_get_covariate (record, i)->value;
  g_assert_not_reached ();
}

static TdmCase *
draw (const TdmPeople *people, guint64 number)
{
  g_autoptr (GError) error = NULL;
  TdmCase *record = tdm_people_draw (people, number, &error);
  g_assert_no_error (error);
  return record;
}

static void
test_repeatable (void)
{
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 611 };
  const TdmPeople others = { .model = model, .seed = 612 };
  g_autoptr (TdmCase) first = draw (&people, 17);
  g_autoptr (TdmCase) between = draw (&people, 18);
  g_autoptr (TdmCase) again = draw (&people, 17);
  g_autoptr (TdmCase) other = draw (&others, 17);
  g_assert_true (tdm_case_equal (first, again));
  g_assert_false (tdm_case_equal (first, between));
  g_assert_false (tdm_case_equal (first, other));
}

/* Around the medians of the paper (57 years, 79 kg), within the ranges, and both sexes.
 */
static void
test_people (void)
{
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 7 };
  const guint n = 500;
  guint older = 0, heavier = 0, women = 0;
  for (guint k = 0; k < n; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = draw (&people, k);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      g_assert_false (tdm_problem_is_extrapolated (problem));
      older += value_of (record, "AGE") > 57;
      heavier += value_of (record, "WT") > 79;
      women += tdm_case_get_patient (record)->sex == TDM_SEX_FEMALE;
    }
  g_assert_cmpfloat_with_epsilon (older / (double)n, 0.5, 0.1);
  g_assert_cmpfloat_with_epsilon (heavier / (double)n, 0.5, 0.1);
  g_assert_cmpfloat_with_epsilon (women / (double)n, 0.5, 0.1);
}

/* Older children are heavier. */
static void
test_children (void)
{
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-le-2014");
  const TdmPeople people = { .model = model, .seed = 29 };
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  const guint n = 200;
  for (guint k = 0; k < n; k++)
    {
      g_autoptr (TdmCase) record = draw (&people, k);
      const double x = log (value_of (record, "AGE")),
                   y = log (value_of (record, "WT"));
      sx += x / n, sy += y / n, sxx += x * x / n, syy += y * y / n, sxy += x * y / n;
    }
  const double r = (sxy - sx * sy) / sqrt ((sxx - sx * sx) * (syy - sy * sy));
  g_assert_cmpfloat (r, >, 0.75);
}

/* People suit all the models, and have what any of them asks for. */
static void
test_other_models (void)
{
  g_autoptr (TdmModel) truth = bundled_model ("tacrolimus-woillard-2011");
  g_autoptr (TdmModel) other = bundled_model ("tacrolimus-andrews-2019");
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_ptr_array_add (others, other);
  const TdmPeople people = { .model = truth, .others = others, .seed = 5 };
  for (guint k = 0; k < 50; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = draw (&people, k);
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, other, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (value_of (record, "ALB"), >=, 20);
    }
}

static TdmCase *
with_doses (TdmCase *person, const char *route, double amount)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (person);
  const TdmDoseEntry dose = { .amount = amount,
                              .unit = (char *)"mg",
                              .route = (char *)route,
                              .interval_h = 12,
                              .count = 9 };
  tdm_case_edit_insert_dose (edit, 0, &dose);
  TdmCase *out = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return out;
}

/* Effects have the prior's covariance: every element within 5 standard errors. */
static void
test_effects (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 3 };
  g_autoptr (TdmCase) record = tdm_people_typical (&people, &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  const guint n = tdm_problem_get_n_effects (problem), draws = 6000;
  const double *omega = tdm_problem_get_omega (problem);
  g_autofree double *sums = g_new0 (double, n + n * n);
  for (guint k = 0; k < draws; k++)
    {
      g_autofree double *row = tdm_simulate_effects (problem, 83, k);
      for (guint i = 0; i < n; i++)
        {
          sums[i] += row[i] / draws;
          for (guint j = 0; j < n; j++)
            sums[n + i * n + j] += row[i] * row[j] / draws;
        }
    }
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (fabs (sums[i]), <, 5 * sqrt (omega[i * n + i] / draws));
      for (guint j = 0; j < n; j++)
        {
          const double vi = omega[i * n + i], vj = omega[j * n + j];
          const double c = omega[i * n + j];
          g_assert_cmpfloat (fabs (sums[n + i * n + j] - c), <,
                             5 * sqrt ((vi * vj + c * c) / draws));
        }
    }
}

/* An occasion keeps its effects when later ones become known, and differs from them. */
static void
test_occasions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("tacrolimus-andrews-2019");
  const double visits[] = { 30.5, 61.7 }, looks[] = { 11.9, 35.2, 71.3 };
  const TdmPeople people = {
    .model = model, .seed = 3, .visits_h = visits, .n_visits = 2
  };
  g_autoptr (TdmCase) person = draw (&people, 4);
  g_autoptr (TdmCase) record = with_doses (person, "oral", 6.5);
  const TdmLook early = { looks, 2, 0 }, late = { looks, 3, 0 };
  g_autofree double *two = NULL, *three = NULL;
  g_autoptr (TdmProblem) a =
      tdm_simulate_truth (record, model, &early, 5, 11, &two, &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) b =
      tdm_simulate_truth (record, model, &late, 5, 11, &three, &error);
  g_assert_no_error (error);
  const guint n = tdm_problem_get_n_effects (a);
  g_assert_cmpuint (n, ==, 6); /* CL, V1, Q, V2, CL[1], CL[2] */
  g_assert_cmpuint (tdm_problem_get_n_effects (b), ==, 7);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (two[i], ==, three[i]);
  g_assert_true (two[4] != two[5] && three[5] != three[6]);
}

/* Measurements scatter around the truth as the model says: combined error. */
static void
test_measure (void)
{
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 1 };
  const double time_h = 36.4;
  const TdmLook look = { &time_h, 1, 0 };
  const guint n = 1500;
  double sum = 0, squares = 0;
  g_autoptr (TdmCase) person = draw (&people, 0);
  g_autoptr (TdmCase) record = with_doses (person, "iv", 3100);
  for (guint k = 0; k < n; k++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree double *effects = NULL;
      double f;
      g_autoptr (TdmProblem) truth =
          tdm_simulate_truth (record, model, &look, 19, k, &effects, &error);
      g_assert_no_error (error);
      const TdmPlanSpec spec = { .until_h = INFINITY,
                                 .times_h = &time_h,
                                 .n_times = 1 };
      g_assert_true (tdm_problem_predict (truth, effects, &spec, &f, &error));
      g_autoptr (TdmCase) measured =
          tdm_simulate_measure (record, model, &look, 19, k, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tdm_case_get_n_levels (measured), ==, 1);
      const double z = (tdm_case_get_level (measured, 0)->value - f)
                       / tdm_residual_sd (tdm_model_get_output (model, 0), f);
      sum += z / n;
      squares += z * z / n;
    }
  g_assert_cmpfloat_with_epsilon (sum, 0, 5 / sqrt (n));
  g_assert_cmpfloat_with_epsilon (squares, 1, 5 * sqrt (2.0 / n));
}

/* Long after the last dose most of what is measured is below the limit, as often as the
 * error says; nothing is left out. */
static void
test_below (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 1 };
  const double time_h = 4000, sd = tdm_residual_sd (tdm_model_get_output (model, 0), 0);
  const TdmLook look = { &time_h, 1, 0 };
  const guint n = 1500;
  guint below = 0;
  g_autoptr (TdmCase) person = draw (&people, 0);
  g_autoptr (TdmCase) record = with_doses (person, "iv", 10);
  for (guint k = 0; k < n; k++)
    {
      g_autoptr (TdmCase) measured =
          tdm_simulate_measure (record, model, &look, 19, k, &error);
      g_assert_no_error (error);
      const TdmLevelEntry *level = tdm_case_get_level (measured, 0);
      g_assert_cmpfloat (level->value, >=, 0.5 * sd);
      if (level->censor == TDM_CENSOR_NONE)
        continue;
      g_assert_cmpint (level->censor, ==, TDM_CENSOR_BELOW);
      g_assert_cmpfloat (level->value, ==, 0.5 * sd);
      below++;
    }
  /* The normal distribution at 0.5. */
  g_assert_cmpfloat_with_epsilon ((double)below / n, 0.691, 5 * sqrt (0.21 / n));
}

/* A later level has an error of its own, an earlier one stays as it was. */
static void
test_later_level (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  const TdmPeople people = { .model = model, .seed = 2 };
  const double both[] = { 35.1, 47.3 };
  const TdmLook one = { both, 1, 0 }, next = { both + 1, 1, 0 }, all = { both, 2, 0 };
  g_autoptr (TdmCase) person = draw (&people, 3);
  g_autoptr (TdmCase) record = with_doses (person, "iv", 1250);
  g_autoptr (TdmCase) first = tdm_simulate_measure (record, model, &one, 4, 3, &error);
  g_autoptr (TdmCase) second = tdm_simulate_measure (first, model, &next, 4, 3, &error);
  g_autoptr (TdmCase) together =
      tdm_simulate_measure (record, model, &all, 4, 3, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (second, together));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/simulate/repeatable", test_repeatable);
  g_test_add_func ("/engine/simulate/people", test_people);
  g_test_add_func ("/engine/simulate/children", test_children);
  g_test_add_func ("/engine/simulate/other-models", test_other_models);
  g_test_add_func ("/engine/simulate/effects", test_effects);
  g_test_add_func ("/engine/simulate/occasions", test_occasions);
  g_test_add_func ("/engine/simulate/measure", test_measure);
  g_test_add_func ("/engine/simulate/below", test_below);
  g_test_add_func ("/engine/simulate/later-level", test_later_level);
  return g_test_run ();
}
