/* The answer in words: what it says in each state and language, and what becomes of the
 * words of a user. */
#include "app/answer.h"

#include "builder-case.h"

static TdmResult *
result_of (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) whole = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autofree char *plain = tdm_case_file_to_text (whole->record);
  g_autoptr (GString) text = g_string_new (plain);
  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load ("vancomycin-goti-2018", &error);
  g_assert_no_error (error);
  TdmResult *result =
      tdm_result_compute (record, model, &builder_options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

/* The words hold all of `parts` in this order, one of the four lines each at least. */
static void
assert_says (const char *words, const char *const *parts)
{
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  const char *at = words;
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *found = strstr (at, parts[i]);
      if (found == NULL)
        g_error ("“%s” is not in: %s", parts[i], at);
      at = found + strlen (parts[i]);
    }
  g_assert_null (strstr (words, "%s"));
  g_assert_null (strstr (words, "(null)"));
}

static void
assert_both (const TdmResult *result, const TdmNextSample *sample,
             const char *const *english, const char *const *german)
{
  g_autofree char *en = tdm_answer_text (result, sample, TDM_LANGUAGE_ENGLISH);
  g_autofree char *de = tdm_answer_text (result, sample, TDM_LANGUAGE_GERMAN);
  assert_says (en, english);
  assert_says (de, german);
}

/* Advice with its proposal, its chances, a caution and a time to measure. */
static void
test_advice (void)
{
  static const char *const english[] = { "Found: Clearance is ",
                                         "AUC24 is ",
                                         "the target (400–600 mg·h/L).\nProposed: ",
                                         " mg every ",
                                         ", infused over ",
                                         "AUC24 is expected to be ",
                                         " mg·h/L (90 %: ",
                                         "Chance to be within the target ",
                                         "\nWatch: ",
                                         "Creatinine rose",
                                         "\nMeasure again: best on ",
                                         " Mar ",
                                         "narrows what is uncertain about AUC24",
                                         "Earlier if",
                                         NULL };
  static const char *const german[] = {
    "Befund: Die Clearance liegt ",
    "Unter der jetzigen Dosierung beträgt die AUC24 ",
    "dem Ziel (400–600 mg·h/L).\nVorschlag: ",
    " mg alle ",
    ", Infusion über ",
    "die AUC24 voraussichtlich ",
    " mg·h/L (90 %: ",
    " bis ",
    "Wahrscheinlichkeit im Ziel ",
    "\nZu beachten: ",
    "Das Kreatinin ändert sich",
    "\nNächste Messung: am besten ",
    " März, ",
    " Uhr; die Unsicherheit (AUC24)",
    "Früher bei",
    NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = result_of ("\"value\": 127", "\"value\": 157");
  g_autoptr (TdmNextSample) sample = tdm_next_sample_new (result, NULL, &error);
  g_assert_no_error (error);
  assert_both (result, sample, english, german);
  /* A level that tells next to nothing is not asked for. */
  static const char *const idle[] = {
    "\nMeasure again: when the regimen has settled; no "
    "earlier level would tell much more.",
    NULL
  };
  static const char *const still[] = {
    "\nNächste Messung: sobald sich die Dosierung "
    "eingestellt hat; ein früherer Spiegel sagt kaum "
    "mehr aus.",
    NULL
  };
  sample->times[sample->best].reduction = 0.05;
  assert_both (result, sample, idle, still);
}

/* The chosen regimen is the one proposed; the current one is kept. */
static void
test_choice (void)
{
  static const char *const english[] = { "Proposed: keep 1000 mg every 12 h", NULL };
  static const char *const german[] = { "Vorschlag: beibehalten, 1000 mg alle 12 h",
                                        NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) first = builder_result ("auc24", "400", "600", "mg.h/L");
  const GPtrArray *regimens = first->proposals->regimens;
  int current = -1;
  for (guint i = 0; i < regimens->len; i++)
    if (((const TdmRegimen *)regimens->pdata[i])->is_current)
      current = (int)i;
  g_assert_cmpint (current, >=, 0);
  g_autoptr (TdmResult) kept =
      tdm_result_choose (first, current, &builder_options, NULL, &error);
  g_assert_no_error (error);
  assert_both (kept, NULL, english, german);
}

/* A window that no regimen reaches: the nearest is named and said to be no more. */
static void
test_none_reaches (void)
{
  static const char *const english[] = {
    "Proposed: ", "No regimen that can be given reaches the target",
    "\nMeasure again: when the regimen has settled.", NULL
  };
  static const char *const german[] = {
    "Vorschlag: ", "Keine Dosierung, die gegeben werden kann, erreicht das Ziel",
    "\nNächste Messung: sobald sich die Dosierung eingestellt hat.", NULL
  };
  g_autoptr (TdmResult) result = builder_result ("auc24", "9000", "9100", "mg.h/L");
  g_assert_true (result->proposals->none_reaches);
  assert_both (result, NULL, english, german);
}

/* A level ten times what it can be: nothing is found, nothing is proposed, and both
 * languages give the reason. */
static void
test_withheld (void)
{
  static const char *const english[] = { "Found: Nothing that may be relied on",
                                         "\nProposed: no regimen. ",
                                         "\nWatch: ", "\nMeasure again: soon", NULL };
  static const char *const german[] = { "Befund: Nichts, worauf Verlass wäre",
                                        "\nVorschlag: keine Dosierung. ",
                                        " prüfen",
                                        "\nZu beachten: ",
                                        "\nNächste Messung: bald",
                                        NULL };
  g_autoptr (TdmResult) result = result_of ("\"value\": 18.4", "\"value\": 984");
  g_assert_nonnull (result->proposals->withheld);
  assert_both (result, NULL, english, german);
}

/* No level: what is typical. */
static void
test_a_priori (void)
{
  static const char *const english[] = { "Found: No level is used",
                                         "\nProposed: ", NULL };
  static const char *const german[] = { "Befund: Kein Spiegel wird verwendet",
                                        "\nVorschlag: ", NULL };
  g_autoptr (TdmResult) one =
      result_of ("\"value\": 18.4", "\"use\": false, \"value\": 18.4");
  g_autofree char *plain = tdm_case_file_to_text (one->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (one->record);
  tdm_case_edit_remove_level (edit, 0);
  g_autoptr (TdmCase) record = tdm_case_edit_finish (edit, NULL);
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, one->model, &builder_options, NULL, NULL);
  assert_both (result, NULL, english, german);
}

/* A fit that did not converge is not relied on; a loading dose, a hold and steps are
 * said with the regimen. The values are put into a copy of a result. */
static void
test_made_up_states (void)
{
  static const char *const english[] = { "every 12 h",
                                         ", after a loading dose of 1750 mg over 1.5 h",
                                         ", first dose after 18 h",
                                         ", 750 mg from 48 h later on.", NULL };
  static const char *const german[] = {
    "alle 12 h", ", nach einer Aufsättigungsdosis von 1750 mg, Infusion über 1.5 h",
    ", erste Gabe nach einer Pause von 18 h", ", 750 mg ab 48 h danach.", NULL
  };
  static const char *const nothing_english[] = { "Proposed: no further dose.", NULL };
  static const char *const nothing_german[] = { "Vorschlag: keine weitere Gabe.",
                                                NULL };
  static const char *const stopped_english[] = {
    "Found: Nothing that", "Proposed: no regimen. It did not work.", NULL
  };
  static const char *const stopped_german[] = {
    "Befund: Nichts", "Vorschlag: keine Dosierung. Die Anpassung an die Spiegel", NULL
  };
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  TdmRegimen *regimen =
      result->proposals->regimens->pdata[MAX (result->chosen_index, 0)];
  regimen->interval_h = 12;
  regimen->loading_mg = 1750;
  regimen->loading_duration_h = 1.5;
  regimen->hold_h = 18;
  regimen->n_steps = 1;
  regimen->steps[0] =
      (TdmRegimenStep){ regimen->first_dose_h + 48, 750, 12, regimen->duration_h };
  assert_both (result, NULL, english, german);
  regimen->amount_mg = 0;
  regimen->is_current = TRUE;
  assert_both (result, NULL, nothing_english, nothing_german);
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  tdm_notes_add (notes, TDM_NOTE_REFUSE, "not-converged", NULL, "It did not work.");
  result->proposals->withheld = g_ptr_array_steal_index (notes, 0);
  result->certificate->advice = TDM_ADVICE_WITHHELD;
  assert_both (result, NULL, stopped_english, stopped_german);
}

/* The first language of the user's list that there is; English for the rest. */
static void
test_language (void)
{
  static const struct
  {
    const char *list;
    TdmLanguage wanted;
  } lists[] = {
    { "de_CH.UTF-8", TDM_LANGUAGE_GERMAN }, { "fr:de", TDM_LANGUAGE_GERMAN },
    { "en:de", TDM_LANGUAGE_ENGLISH },      { "fr", TDM_LANGUAGE_ENGLISH },
    { "den", TDM_LANGUAGE_ENGLISH },        { "C", TDM_LANGUAGE_ENGLISH }
  };
  g_autofree char *before = g_strdup (g_getenv ("LANGUAGE"));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_setenv ("LANGUAGE", lists[i].list, TRUE);
      g_assert_cmpint (tdm_answer_text_language (), ==, lists[i].wanted);
    }
  if (before != NULL)
    g_setenv ("LANGUAGE", before, TRUE);
  else
    g_unsetenv ("LANGUAGE");
}

/* Words of a user are kept, whatever language the program speaks later; when the
 * numbers change they are stale until they are written anew, and blank ones are the
 * program's.
 */
static void
test_edited (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  g_autoptr (TdmAnswer) plain = tdm_answer_new (result, NULL, TDM_LANGUAGE_ENGLISH);
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 3, 11, 17, 0);
  g_autoptr (TdmCase) record = tdm_answer_set (
      result->record, "  Hold.\r\nAsk\tagain. \n", plain->program, now, &error);
  g_assert_no_error (error);
  g_assert_null (plain->edited);
  g_assert_null (tdm_answer_remark (plain));
  g_autoptr (TdmResult) same = tdm_result_with_words (result, record, &builder_options);
  g_autoptr (TdmAnswer) german = tdm_answer_new (same, NULL, TDM_LANGUAGE_GERMAN);
  g_autofree char *remark = tdm_answer_remark (german);
  g_assert_cmpstr (tdm_answer_get_text (german), ==, "Hold.\nAsk again.");
  g_assert_cmpstr (remark, ==,
                   "These words were edited by hand on Tue 3 Mar 2026 11:17.");
  g_assert_false (german->stale);
  g_autoptr (TdmResult) other =
      tdm_result_choose (same, 2, &builder_options, NULL, NULL);
  g_autoptr (TdmAnswer) stale = tdm_answer_new (other, NULL, TDM_LANGUAGE_ENGLISH);
  g_autofree char *warning = tdm_answer_remark (stale);
  g_assert_true (stale->stale);
  g_assert_cmpstr (tdm_answer_get_text (stale), ==, "Hold.\nAsk again.");
  g_assert_nonnull (strstr (warning, "The numbers have changed since"));
  g_autoptr (TdmCase) back = tdm_answer_set (record, " \n", plain->program, now, NULL);
  g_autoptr (TdmCase) equal =
      tdm_answer_set (record, plain->program, plain->program, now, NULL);
  g_assert_true (tdm_case_equal (back, result->record));
  g_assert_true (tdm_case_equal (equal, result->record));
}

/* More than a case can hold is refused, not cut. */
static void
test_too_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) empty = tdm_case_new_empty ();
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 3, 3, 11, 17, 0);
  g_autofree char *much = g_strnfill (8001, 'a');
  g_assert_null (tdm_answer_set (empty, much, "b", now, &error));
  g_assert_nonnull (strstr (error->message, "words.text: is longer than 8000"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/answer/advice", test_advice);
  g_test_add_func ("/app/answer/choice", test_choice);
  g_test_add_func ("/app/answer/none-reaches", test_none_reaches);
  g_test_add_func ("/app/answer/withheld", test_withheld);
  g_test_add_func ("/app/answer/a-priori", test_a_priori);
  g_test_add_func ("/app/answer/made-up-states", test_made_up_states);
  g_test_add_func ("/app/answer/language", test_language);
  g_test_add_func ("/app/answer/edited", test_edited);
  g_test_add_func ("/app/answer/too-long", test_too_long);
  return g_test_run ();
}
