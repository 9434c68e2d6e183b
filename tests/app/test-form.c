/* The form: what is typed becomes the next case, an error or a question. */
#include <locale.h>

#include "form-fixture.h"

static void
test_texts (Fixture *f, gconstpointer data)
{
  assert_text (f, TDM_CELL_PATIENT_NAME, 0, "Builder Case");
  assert_text (f, TDM_CELL_COVARIATE_VALUE, 0, "71.3");
  assert_text (f, TDM_CELL_COVARIATE_TIME, 2, "2026-03-02 21:00");
  assert_text (f, TDM_CELL_DOSE_TIME, 1, "2026-03-01 20:00");
  assert_text (f, TDM_CELL_DOSE_AMOUNT, 0, "1500");
  assert_text (f, TDM_CELL_DOSE_COUNT, 1, "4");
  assert_text (f, TDM_CELL_LEVEL_VALUE, 2, "18.4");
  assert_text (f, TDM_CELL_LEVEL_VALUE, 3, "");
  assert_text (f, TDM_CELL_TARGET_LOW, 0, "400");
}

static void
test_edit (Fixture *f, gconstpointer data)
{
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, 0, "17,25"));
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->value, ==, 17.25);
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, 0, "<2"));
  g_assert_cmpint (tdm_case_get_level (record_of (f), 0)->censor, ==, TDM_CENSOR_BELOW);
  assert_text (f, TDM_CELL_LEVEL_VALUE, 0, "<2");
  g_assert_true (enter (f, TDM_CELL_LEVEL_TIME, 0, "19:10"));
  g_assert_cmpstr (tdm_case_get_level (record_of (f), 0)->time.text, ==,
                   "2026-03-02T19:10");
  tdm_form_undo (f->form);
  tdm_form_undo (f->form);
  tdm_form_undo (f->form);
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->value, ==, 16.7);
}

static void
test_error (Fixture *f, gconstpointer data)
{
  static const struct
  {
    TdmCellKind kind;
    const char *text;
  } rows[] = { { TDM_CELL_LEVEL_VALUE, "1,234.5" }, { TDM_CELL_LEVEL_VALUE, "-3" },
               { TDM_CELL_LEVEL_VALUE, "" },        { TDM_CELL_LEVEL_VALUE, "1e9" },
               { TDM_CELL_LEVEL_TIME, "8:61" },     { TDM_CELL_DOSE_COUNT, "2.5" },
               { TDM_CELL_DOSE_COUNT, "0" },        { TDM_CELL_DOSE_INTERVAL, "0" },
               { TDM_CELL_DOSE_AMOUNT, "0" },       { TDM_CELL_PATIENT_BIRTH, "1961" },
               { TDM_CELL_TARGET_LOW, "700" } };
  TdmCase *before = record_of (f);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmCell cell = { rows[i].kind, 0 };
      g_assert_false (tdm_form_enter (f->form, cell, rows[i].text));
      g_assert_true (tdm_form_has_error (f->form, cell));
      g_assert_cmpint (remark_kind (f, tdm_cell_section (cell.kind), 0), ==,
                       TDM_REMARK_ERROR);
      assert_text (f, rows[i].kind, 0, rows[i].text);
      g_assert_true (record_of (f) == before);
      tdm_form_revert (f->form, cell);
      g_assert_false (tdm_form_has_error (f->form, cell));
      g_assert_false (tdm_form_has_drafts (f->form));
    }
}

static void
test_blank_row (Fixture *f, gconstpointer data)
{
  /* Alone, neither half is a level; the case does not change and the answer waits. */
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 3, "2026-03-03 18:40"));
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 3);
  g_assert_true (tdm_form_has_drafts (f->form));
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, 3, "14.9"));
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 4);
  const TdmLevelEntry *level = tdm_case_get_level (record_of (f), 3);
  g_assert_cmpstr (level->unit, ==, "mg/L");
  g_assert_cmpfloat (level->value, ==, 14.9);
  g_assert_true (level->use);
  g_assert_false (tdm_form_has_drafts (f->form));

  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 2, "2026-03-03 20:00"));
  g_assert_false (enter (f, TDM_CELL_DOSE_INTERVAL, 2, "8"));
  g_assert_false (enter (f, TDM_CELL_DOSE_COUNT, 2, "3"));
  g_assert_true (enter (f, TDM_CELL_DOSE_AMOUNT, 2, "750"));
  const TdmDoseEntry *dose = tdm_case_get_dose (record_of (f), 2);
  g_assert_cmpfloat (dose->interval_h, ==, 8);
  g_assert_cmpuint (dose->count, ==, 3);
  g_assert_cmpfloat (dose->duration_h, ==, 1);
}

/* H1: creatinine in the other unit; H2: pounds; H5: grams. Asked, never changed. */
static void
test_questions (Fixture *f, gconstpointer data)
{
  static const struct
  {
    TdmCellKind kind;
    guint row;
    const char *text, *unit, *other;
  } rows[] = { { TDM_CELL_COVARIATE_VALUE, 1, "97", "mg/dL", "umol/L" },
               { TDM_CELL_COVARIATE_VALUE, 2, "1.4", "umol/L", "mg/dL" },
               { TDM_CELL_COVARIATE_VALUE, 0, "211", "kg", "lb" },
               { TDM_CELL_DOSE_AMOUNT, 0, "1.5", "mg", "g" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmCell cell = { rows[i].kind, rows[i].row };
      TdmSection section = tdm_cell_section (cell.kind);
      TdmCase *before = record_of (f);
      g_assert_false (tdm_form_enter (f->form, cell, rows[i].text));
      g_assert_true (record_of (f) == before);
      const TdmQuestion *question = tdm_form_get_question (f->form, section, cell.row);
      g_assert_nonnull (question);
      g_assert_cmpstr (question->suggested_unit, ==, rows[i].other);
      g_assert_cmpint (remark_kind (f, section, cell.row), ==, TDM_REMARK_QUESTION);

      tdm_form_answer (f->form, section, cell.row, i % 2 == 0);
      TdmSheet sheet;
      g_assert_true (tdm_form_get_sheet (f->form, &sheet));
      g_assert_cmpstr (tdm_sheet_unit (&sheet, cell), ==,
                       i % 2 == 0 ? rows[i].other : rows[i].unit);
      assert_text (f, cell.kind, cell.row, rows[i].text);
      g_assert_false (tdm_form_has_drafts (f->form));
    }
}

/* The usual range is said in the unit that stands at the number. */
static void
test_usual_ranges (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint row;
    const char *unit, *text, *range;
  } rows[] = {
    { 1, "mg/dL", "97",
      "97 mg/dL is unusual: a creatinine is between 0.23 and 17 mg/dL" },
    { 2, "umol/L", "1.4",
      "1.4 µmol/L is unusual: a creatinine is between 20 and 1500 µmol/L" },
    { 0, "kg", "211",
      "211 kg is unusual: a weight of an adult is between 35 and 200 kg" },
    { 0, "lb", "61.3",
      "61.3 lb is unusual: a weight of an adult is between 77 and 440 lb" },
    { 0, "g", "71.3",
      "71.3 g is unusual: a weight of an adult is between 35000 and 200000 g" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TdmCell cell = { TDM_CELL_COVARIATE_VALUE, rows[i].row };
      TdmSheet sheet;
      g_assert_true (tdm_form_get_sheet (f->form, &sheet));
      tdm_form_take (f->form,
                     tdm_sheet_set_unit (&sheet, cell, rows[i].unit, TRUE, NULL));
      g_assert_false (tdm_form_enter (f->form, cell, rows[i].text));
      const TdmQuestion *question =
          tdm_form_get_question (f->form, TDM_SECTION_COVARIATES, cell.row);
      g_assert_true (g_str_has_prefix (question->text, rows[i].range));
      tdm_form_revert (f->form, cell);
    }
}

/* H1: nearly every value typical in one unit is asked about in the other. */
static void
test_creatinine_slips (Fixture *f, gconstpointer data)
{
  guint asked = 0, n = 0;

  for (double umol = 45; umol <= 530; umol += 5, n++)
    {
      g_autofree char *text = g_strdup_printf ("%.0f", umol);
      asked += enter (f, TDM_CELL_COVARIATE_VALUE, 1, text) ? 0 : 1;
      tdm_form_revert (f->form, (TdmCell){ TDM_CELL_COVARIATE_VALUE, 1 });
    }
  for (double mg = 0.5; mg <= 6; mg += 0.1, n++)
    {
      g_autofree char *text = g_strdup_printf ("%.1f", mg);
      asked += enter (f, TDM_CELL_COVARIATE_VALUE, 2, text) ? 0 : 1;
      tdm_form_revert (f->form, (TdmCell){ TDM_CELL_COVARIATE_VALUE, 2 });
    }
  g_assert_cmpuint (asked, ==, n);
  g_assert_true (enter (f, TDM_CELL_COVARIATE_VALUE, 1, "0.93"));
  g_assert_true (enter (f, TDM_CELL_COVARIATE_VALUE, 2, "88"));
}

static void
test_units (Fixture *f, gconstpointer data)
{
  TdmCell cell = { TDM_CELL_COVARIATE_VALUE, 2 };
  TdmSheet sheet;

  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_unit (&sheet, cell, "mg/dL", TRUE, NULL));
  assert_text (f, cell.kind, cell.row, "1.436");
  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_unit (&sheet, cell, "umol/L", FALSE, NULL));
  assert_text (f, cell.kind, cell.row, "1.436");
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  guint n = tdm_form_get_n_rows (f->form, TDM_SECTION_COVARIATES);

  tdm_form_add_covariate (f->form, "WT");
  g_assert_cmpuint (tdm_form_get_n_rows (f->form, TDM_SECTION_COVARIATES), ==, n + 1);
  g_assert_true (tdm_form_is_blank_row (f->form, TDM_SECTION_COVARIATES, 1));
  g_assert_false (enter (f, TDM_CELL_COVARIATE_VALUE, 1, "72.4"));
  g_assert_true (enter (f, TDM_CELL_COVARIATE_TIME, 1, "2026-03-02 08:00"));
  g_assert_cmpuint (tdm_case_get_n_covariates (record_of (f)), ==, 5);
  tdm_form_remove_row (f->form, TDM_SECTION_LEVELS, 1);
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 2);
  assert_text (f, TDM_CELL_LEVEL_VALUE, 1, "18.4");
  /* A needed covariate that is taken away leaves its empty row. */
  g_assert_true (enter (f, TDM_CELL_COVARIATE_VALUE, 1, ""));
  g_assert_true (enter (f, TDM_CELL_COVARIATE_VALUE, 0, ""));
  g_assert_true (tdm_form_is_blank_row (f->form, TDM_SECTION_COVARIATES, 0));
}

/* A new case starts at the first date-time typed; what was before it has its own. */
static void
test_start (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCase) empty = tdm_case_new_empty ();
  g_autoptr (GError) error = NULL;

  tdm_session_open (f->session, "new", empty);
  TdmSheet sheet;
  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_model (&sheet, "vancomycin-goti-2018", NULL));
  g_assert_true (enter (f, TDM_CELL_PATIENT_BIRTH, 0, "1961-07-14"));
  g_assert_true (enter (f, TDM_CELL_COVARIATE_VALUE, 0, "71.3"));
  assert_text (f, TDM_CELL_COVARIATE_TIME, 0, "");
  g_assert_null (tdm_case_get_start (record_of (f)));

  /* Hours since a start that is not there are no time. */
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 0, "12.5"));
  g_assert_true (tdm_form_has_error (f->form, (TdmCell){ TDM_CELL_DOSE_TIME, 0 }));
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 0, "2026-03-02 08:10"));
  g_assert_false (tdm_form_has_error (f->form, (TdmCell){ TDM_CELL_DOSE_TIME, 0 }));
  g_assert_true (enter (f, TDM_CELL_DOSE_AMOUNT, 0, "1250"));
  g_assert_cmpstr (tdm_case_get_start_text (record_of (f)), ==, "2026-03-02T08:10");
  g_assert_cmpfloat (tdm_case_get_dose (record_of (f), 0)->time.hours, ==, 0);
  assert_text (f, TDM_CELL_COVARIATE_TIME, 0, "2026-03-02 08:10");

  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 1, "2026-03-01 20:40"));
  g_assert_true (enter (f, TDM_CELL_DOSE_AMOUNT, 1, "1500"));
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-02 07:55"));
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, 0, "11.3"));
  g_assert_cmpstr (tdm_case_get_start_text (record_of (f)), ==, "2026-03-02T08:10");
  g_assert_cmpfloat (tdm_case_get_dose (record_of (f), 1)->time.hours, ==, -11.5);

  g_autofree char *text = tdm_case_file_to_text (record_of (f));
  g_assert_nonnull (strstr (text, "\"time\": \"2026-03-01T20:40\""));
  g_assert_nonnull (strstr (text, "\"time\": \"2026-03-02T07:55\""));
  g_assert_null (strstr (text, ": -"));
  g_autoptr (TdmCase) again = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (again, record_of (f)));
  g_assert_cmpfloat (tdm_case_get_dose (again, 1)->time.hours, ==, -11.5);
}

/* A case that counts in hours goes on doing so. */
static void
test_hours (Fixture *f, gconstpointer data)
{
  static const char json[] =
      "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-goti-2018\","
      " \"doses\": [{\"time\": 3.5, \"amount\": 1370, \"unit\": \"mg\","
      " \"route\": \"iv\", \"duration\": 2}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = tdm_case_file_parse (json, strlen (json), &error);

  g_assert_no_error (error);
  tdm_session_open (f->session, "hours", record);
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 0, "2026-03-02 08:10"));
  g_assert_true (tdm_form_has_error (f->form, (TdmCell){ TDM_CELL_LEVEL_TIME, 0 }));
  g_assert_false (enter (f, TDM_CELL_LEVEL_TIME, 0, "14.5"));
  g_assert_true (enter (f, TDM_CELL_LEVEL_VALUE, 0, "11.3"));
  g_assert_null (tdm_case_get_start (record_of (f)));
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 0)->time.hours, ==, 14.5);
}

/* Opens a case with a model and its second target chosen. */
static void
open_with_target (Fixture *f, TdmCase *record, const char *model)
{
  TdmSheet sheet;

  tdm_session_open (f->session, model, record);
  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_model (&sheet, model, NULL));
  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_target (&sheet, 1, NULL));
}

static void
assert_echo (Fixture *f, const char *expected)
{
  TdmRemarkKind kind;
  g_autofree char *text = tdm_form_get_remark (f->form, TDM_SECTION_TARGET, 0, &kind);

  g_assert_cmpint (kind, ==, TDM_REMARK_ECHO);
  g_assert_cmpstr (text, ==, expected);
}

/* A cumulative target chosen in the window ends four days after the first dose, whether
 * that is there already or comes later, and says so. */
static void
test_cumulative (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCase) given = tdm_case_ref (record_of (f));
  g_autoptr (TdmCase) empty = tdm_case_new_empty ();

  open_with_target (f, given, "busulfan-long-boyle-2015");
  const TdmTarget *target = tdm_case_get_target (record_of (f));
  g_assert_cmpint (target->metric, ==, TDM_METRIC_CUMULATIVE_AUC);
  g_assert_false (target->at_steady_state);
  g_assert_cmpstr (target->at.text, ==, "2026-03-05T08:00");
  g_assert_cmpfloat (target->low, ==, 78);
  assert_echo (f, "Counted up to 2026-03-05 08:00, 4 days from the first dose.");
  g_assert_true (enter (f, TDM_CELL_TARGET_LOW, 0, "80"));
  g_assert_cmpfloat (tdm_case_get_target (record_of (f))->at.hours, ==, 96);

  open_with_target (f, empty, "busulfan-long-boyle-2015");
  g_assert_true (tdm_case_get_target (record_of (f))->at_steady_state);
  assert_echo (f, "Counted to the end of 4 days from the first dose.");
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 0, "2026-03-02 08:10"));
  g_assert_true (enter (f, TDM_CELL_DOSE_AMOUNT, 0, "71"));
  target = tdm_case_get_target (record_of (f));
  g_assert_cmpstr (target->at.text, ==, "2026-03-06T08:10");
  g_assert_cmpfloat (target->at.hours, ==, 96);
}

/* A time that a model names for its target counts from the first dose. */
static void
test_named_time (Fixture *f, gconstpointer data)
{
  g_assert_true (enter (f, TDM_CELL_DOSE_TIME, 0, "2026-03-01 11:30"));
  g_autoptr (TdmCase) given = tdm_case_ref (record_of (f));
  open_with_target (f, given, "busulfan-paci-2012");
  const TdmTarget *target = tdm_case_get_target (record_of (f));
  g_assert_cmpstr (target->at.text, ==, "2026-03-05T11:30");
  g_assert_cmpfloat (target->at.hours, ==, 99.5);

  /* So it does when only a limit of the model's first target is changed. */
  TdmSheet sheet;
  tdm_session_open (f->session, "limit", given);
  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  TdmCase *none = tdm_sheet_set_model (&sheet, "methotrexate-faltaos-2006", NULL);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (none);
  tdm_case_edit_set_target (
      edit, &(TdmTarget){ .metric = TDM_METRIC_NONE, .at_steady_state = TRUE });
  tdm_case_unref (none);
  tdm_form_take (f->form, tdm_case_edit_finish (edit, NULL));
  g_assert_true (enter (f, TDM_CELL_TARGET_HIGH, 0, "0.93"));
  target = tdm_case_get_target (record_of (f));
  g_assert_cmpfloat (target->high, ==, 0.93);
  g_assert_cmpstr (target->at.text, ==, "2026-03-03T11:30");

  g_autoptr (TdmCase) empty = tdm_case_new_empty ();
  open_with_target (f, empty, "busulfan-paci-2012");
  g_assert_false (enter (f, TDM_CELL_DOSE_TIME, 0, "2026-03-02 08:10"));
  g_assert_true (enter (f, TDM_CELL_DOSE_AMOUNT, 0, "71"));
  assert_echo (f, "Counted up to 2026-03-06 08:10, 4 days from the first dose.");
}

static void
test_paste (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tdm_form_paste_levels (
      f->form, "2026-03-03 18:40\t14.9\n\n2026-03-04 06:30\t12,6\tmg/L\r\n", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 5);
  g_assert_cmpfloat (tdm_case_get_level (record_of (f), 4)->value, ==, 12.6);
  tdm_form_undo (f->form);
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 3);

  /* All or none. */
  g_assert_false (tdm_form_paste_levels (
      f->form, "2026-03-03 18:40\t14.9\n2026-03-04 06:30\t1,234.5\n", &error));
  g_assert_true (g_str_has_prefix (error->message, "Line 2: "));
  g_assert_cmpuint (tdm_case_get_n_levels (record_of (f)), ==, 3);
}

static void
test_keys (void)
{
  for (guint kind = 0; kind < TDM_CELL_N; kind++)
    {
      TdmCell cell = { kind, 7 }, back;
      g_autofree char *key = tdm_cell_key (cell);
      g_assert_true (tdm_cell_from_key (key, &back));
      g_assert_cmpint (back.kind, ==, cell.kind);
      g_assert_cmpuint (back.row, ==, 7);
    }
  TdmCell cell;
  g_assert_false (tdm_cell_from_key ("levels[x].value", &cell));
  g_assert_false (tdm_cell_from_key ("levels[1]", &cell));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/app/form/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("texts", test_texts);
  ADD ("edit", test_edit);
  ADD ("error", test_error);
  ADD ("blank-row", test_blank_row);
  ADD ("questions", test_questions);
  ADD ("usual-ranges", test_usual_ranges);
  ADD ("creatinine-slips", test_creatinine_slips);
  ADD ("units", test_units);
  ADD ("rows", test_rows);
  ADD ("start", test_start);
  ADD ("hours", test_hours);
  ADD ("cumulative", test_cumulative);
  ADD ("named-time", test_named_time);
  ADD ("paste", test_paste);
  g_test_add_func ("/app/form/keys", test_keys);
  return g_test_run ();
}
