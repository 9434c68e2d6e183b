/* Notes on a history as a whole: old or changing creatinine, swapped levels. */
#include "engine/notes-history.h"

#include "given.h"
#include "num/linalg.h"

#define BODY                                                                           \
  "'patient': {'sex': 'female'}, 'doses': [{'time': 0, 'amount': 1250, 'unit': 'mg', " \
  "'duration': 1.5, 'interval': 12, 'count': 12}], "
#define PERSON                                                                      \
  "{'name': 'AGE', 'value': 61, 'unit': 'y'}, {'name': 'WT', 'value': 67, 'unit': " \
  "'kg'}"
#define LEVEL "'levels': [{'time': 119.5, 'value': 14.3, 'unit': 'mg/L'}]"

/* The notes of a vancomycin case with this creatinine; whether one has `code`. */
static gboolean
has_note (const char *creatinine, const char *levels, const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = bundled_model ("vancomycin-goti-2018");
  g_autofree char *body =
      g_strdup_printf (BODY "'covariates': [" PERSON ", %s], %s", creatinine, levels);
  g_autoptr (TdmProblem) problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  tdm_notes_on_renal_function (problem, notes);
  tdm_notes_on_swapped_levels (fit, NULL, notes);
  const TdmNote *note = find_note (notes, code);
  g_assert_true (!note || note->severity == TDM_NOTE_CAUTION);
  return note != NULL;
}

static void
test_old (void)
{
  static const char at[] =
      "{'name': 'SCR', 'time': %s, 'value': 1.07, 'unit': 'mg/dL'}";
  g_autofree char *old = g_strdup_printf (at, "47");
  g_autofree char *recent = g_strdup_printf (at, "48");
  g_autofree char *icu = g_strconcat (recent, ", {'name': 'ICU', 'value': 1}", NULL);
  g_assert_true (has_note (old, LEVEL, "covariate-old"));
  g_assert_false (has_note (recent, LEVEL, "covariate-old"));
  g_assert_true (has_note (icu, LEVEL, "covariate-old"));
  g_assert_false (has_note (old, "'levels': []", "covariate-old"));
}

static void
test_changing (void)
{
  static const char both[] =
      "{'name': 'SCR', 'time': %s, 'value': 1, 'unit': 'mg/dL'}, "
      "{'name': 'SCR', 'time': 100, 'value': %s, 'unit': 'umol/L'}";
  g_autofree char *rose = g_strdup_printf (both, "60", "116");
  g_autofree char *steady = g_strdup_printf (both, "60", "114");
  g_autofree char *fell = g_strdup_printf (both, "60", "61");
  g_autofree char *slowly = g_strdup_printf (both, "51", "150");
  g_assert_true (has_note (rose, LEVEL, "renal-function-changing"));
  g_assert_true (has_note (fell, LEVEL, "renal-function-changing"));
  g_assert_false (has_note (steady, LEVEL, "renal-function-changing"));
  g_assert_false (has_note (slowly, LEVEL, "renal-function-changing"));
}

static void
test_swapped (void)
{
  static const char scr[] = "{'name': 'SCR', 'time': 100, 'value': 1, 'unit': 'mg/dL'}";
  static const char three[] =
      "'levels': [{'time': 107.8, 'value': 12.9, 'unit': 'mg/L'}, "
      "{'time': 110.5, 'value': %s, 'unit': 'mg/L'}, "
      "{'time': 119.6, 'value': %s, 'unit': 'mg/L'}]";
  g_autofree char *right = g_strdup_printf (three, "41.7", "12.6");
  g_autofree char *wrong = g_strdup_printf (three, "12.6", "41.7");
  g_assert_false (has_note (scr, right, "levels-swapped"));
  g_assert_true (has_note (scr, wrong, "levels-swapped"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/notes-history/old", test_old);
  g_test_add_func ("/engine/notes-history/changing", test_changing);
  g_test_add_func ("/engine/notes-history/swapped", test_swapped);
  return g_test_run ();
}
