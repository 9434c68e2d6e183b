#include "app/compare.h"
#include "app/domain-text.h"
#include "app/scene-builder.h"

#include <math.h>

#include "builder-case.h"

static GPtrArray *
rank (TdmResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = tdm_library_load_all (&error);
  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (tdm_model_get_id (all->pdata[i]), "vancomycin-goti-2018"))
      return tdm_domain_rank (result->record, all, all->pdata[i]);
  g_assert_not_reached ();
}

static TdmModel *
model_of (const GPtrArray *ranked, const char *id)
{
  for (guint i = 0; i < ranked->len; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (g_str_equal (tdm_model_get_id (domain->model), id))
        return domain->model;
    }
  return NULL;
}

/* The case's own leads; the others are the nearest until the case names some. */
static void
test_models (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (GPtrArray) ranked = rank (result);
  TdmModel *own = model_of (ranked, "vancomycin-goti-2018");
  g_autoptr (GPtrArray) nearest = tdm_compare_models (result->record, own, ranked);
  g_assert_cmpuint (nearest->len, ==, 4);
  g_assert_true (nearest->pdata[0] == own);
  for (guint i = 1; i < nearest->len; i++)
    g_assert_true (nearest->pdata[i] != own);

  g_ptr_array_set_size (nearest, 2);
  g_autoptr (TdmCase) chosen = tdm_compare_choose (result->record, nearest, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tdm_case_get_model (chosen), ==, "vancomycin-goti-2018");
  g_autoptr (GPtrArray) again = tdm_compare_models (chosen, own, ranked);
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_true (again->pdata[1] == nearest->pdata[1]);

  g_ptr_array_set_size (nearest, 1);
  g_autoptr (TdmCase) alone = tdm_compare_choose (chosen, nearest, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (alone, result->record));
}

/* Said only when there is something to say, and of whom. */
static void
test_domain_line (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (GPtrArray) ranked = rank (result);
  TdmDomain *first = ranked->pdata[0], *last = ranked->pdata[ranked->len - 1];
  g_autofree char *near = tdm_compare_short_title (first->model);
  g_autofree char *line = tdm_domain_text_line (ranked, last->model);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_suffix (line, near)
                 || g_str_has_suffix (line, "are nearer"));
  for (guint i = 0; i < first->lines->len; i++)
    ((TdmDomainLine *)first->lines->pdata[i])->verdict = TDM_DOMAIN_INSIDE;
  g_assert_null (tdm_domain_text_line (ranked, first->model));
  ((TdmDomainLine *)first->lines->pdata[0])->verdict = TDM_DOMAIN_OUTSIDE;
  g_autofree char *outside = tdm_domain_text_line (ranked, first->model);
  g_assert_true (
      g_str_has_prefix (outside, ((TdmDomainLine *)first->lines->pdata[0])->title));
  g_assert_true (g_str_has_suffix (outside, "outside the people of this model"));
}

static TdmComparison *
compare (TdmResult *result, const GPtrArray *ranked)
{
  g_autoptr (GError) error = NULL;
  TdmModel *own = model_of (ranked, "vancomycin-goti-2018");
  g_autoptr (GPtrArray) models = tdm_compare_models (result->record, own, ranked);
  g_ptr_array_set_size (models, 3);
  const TdmCompareInput input = { result->record, models, TDM_WEIGHT_LIKELIHOOD,
                                  builder_options };
  TdmComparison *comparison = tdm_comparison_new (&input, NULL, &error);
  g_assert_no_error (error);
  return comparison;
}

static void
test_tables (void)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (GPtrArray) ranked = rank (result);
  g_autoptr (TdmComparison) comparison = compare (result, ranked);
  const TdmAverage *average = comparison->average;
  g_autoptr (GPtrArray) members = tdm_compare_members (average);
  g_autoptr (GPtrArray) regimens = tdm_compare_regimens (average);
  g_autoptr (GPtrArray) variants = tdm_compare_variants (comparison->variants);
  g_autofree char *sentence = tdm_compare_sentence (average);
  char *const *first = members->pdata[1], *const *best = regimens->pdata[1];
  g_assert_cmpuint (members->len, ==, 4);
  g_assert_cmpstr (first[0], ==, "Goti 2018");
  g_assert_true (g_str_has_suffix (first[1], " %"));
  g_assert_cmpuint (variants->len, >=, 3);
  g_assert_nonnull (strstr (((char **)regimens->pdata[0])[4], "mg·h/L"));
  g_assert_nonnull (strstr (best[4], " to "));
  g_assert_nonnull (strstr (sentence, best[0]));
  g_assert_nonnull (strstr (sentence, best[2]));
}

static void
test_scene (void)
{
  g_autoptr (TdmResult) result = builder_result ("trough", "15", "20", "mg/L");
  g_autoptr (GPtrArray) ranked = rank (result);
  g_autoptr (TdmComparison) comparison = compare (result, ranked);
  g_autoptr (TdmScene) scene = tdm_scene_builder_build_average (comparison->average);
  const TdmSceneCurve *average = scene->curves->pdata[0];
  double low = INFINITY, high = -INFINITY, at = 45.5;
  g_assert_cmpuint (scene->curves->len, ==, 1);
  g_assert_cmpuint (scene->members->len, ==, comparison->average->n_used);
  for (guint i = 0; i < scene->members->len; i++)
    {
      const TdmSceneCurve *one = scene->members->pdata[i];
      double value = tdm_scene_curve_at (one, one->value, at);
      low = MIN (low, value);
      high = MAX (high, value);
      g_assert_true (g_str_has_suffix (one->label, "\u00a0%"));
    }
  double mean = tdm_scene_curve_at (average, average->value, at);
  g_assert_cmpfloat (mean, >=, low * 0.999);
  g_assert_cmpfloat (mean, <=, high * 1.001);
  g_assert_nonnull (average->low90);
  g_assert_cmpuint (scene->levels->len, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/compare/models", test_models);
  g_test_add_func ("/app/compare/domain-line", test_domain_line);
  g_test_add_func ("/app/compare/tables", test_tables);
  g_test_add_func ("/app/compare/scene", test_scene);
  return g_test_run ();
}
