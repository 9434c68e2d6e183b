/* What becomes entries of the case: sequences of doses, sessions of dialysis, and doses
 * of a repeated line that were missed. */
#include <locale.h>
#include <math.h>

#include "app/plan.h"
#include "form-fixture.h"

static const TdmDoseEntry *
dose_of (Fixture *f, guint i)
{
  return tdm_case_get_dose (record_of (f), i);
}

static void
assert_dose (Fixture *f, guint i, const char *time, double amount, double interval,
             guint count)
{
  const TdmDoseEntry *dose = dose_of (f, i);

  g_assert_cmpstr (dose->time.text, ==, time);
  g_assert_cmpfloat (dose->amount, ==, amount);
  g_assert_cmpfloat (dose->interval_h, ==, interval);
  g_assert_cmpuint (dose->count, ==, count);
  g_assert_cmpstr (dose->route, ==, "iv");
}

static void
type_sequence (Fixture *f, TdmSequenceKind kind, const char *amount,
               const char *interval, const char *days, const char *off,
               const char *count)
{
  const char *const texts[] = {
    "2026-03-24 20:00", amount, interval, days, off, count
  };

  tdm_form_choose (f->form, (TdmCell){ TDM_CELL_SEQUENCE_KIND, 0 },
                   tdm_sequence_kind_name (kind));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL)
      g_assert_true (enter (f, TDM_CELL_SEQUENCE_START + i, 0, texts[i]));
}

/* Two weeks across the change of the clocks: the ward's time stays. */
static void
test_weekly (Fixture *f, gconstpointer data)
{
  type_sequence (f, TDM_SEQUENCE_WEEKLY, "750", "24", "Tue Thu, sunday", NULL, "2");
  g_assert_false (tdm_form_has_drafts (f->form));
  g_assert_true (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 5);
  assert_dose (f, 2, "2026-03-24T20:00", 750, 168, 2);
  assert_dose (f, 3, "2026-03-26T20:00", 750, 168, 2);
  assert_dose (f, 4, "2026-03-29T20:00", 750, 168, 2);
  assert_text (f, TDM_CELL_SEQUENCE_AMOUNT, 0, "");
  tdm_form_undo (f->form);
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 2);
}

static void
test_on_off (Fixture *f, gconstpointer data)
{
  type_sequence (f, TDM_SEQUENCE_ON_OFF, "500", "12", "5", "2", "3");
  g_assert_true (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 5);
  assert_dose (f, 2, "2026-03-24T20:00", 500, 12, 10);
  assert_dose (f, 3, "2026-03-31T20:00", 500, 12, 10);
  assert_dose (f, 4, "2026-04-07T20:00", 500, 12, 10);
}

static void
test_taper (Fixture *f, gconstpointer data)
{
  type_sequence (f, TDM_SEQUENCE_TAPER, "1000, 750 500", "8", "3", NULL, NULL);
  g_assert_true (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 5);
  assert_dose (f, 2, "2026-03-24T20:00", 1000, 8, 9);
  assert_dose (f, 3, "2026-03-27T20:00", 750, 8, 9);
  assert_dose (f, 4, "2026-03-30T20:00", 500, 8, 9);
}

static void
test_repeat (Fixture *f, gconstpointer data)
{
  g_autofree char *missing = NULL;
  g_autofree char *ready = NULL;

  type_sequence (f, TDM_SEQUENCE_REPEAT, "625", "6", NULL, NULL, NULL);
  missing = tdm_form_describe_plan (f->form, TDM_SECTION_SEQUENCE);
  g_assert_cmpstr (missing, ==, "Still to type: Number of doses.");
  g_assert_false (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
  g_assert_false (enter (f, TDM_CELL_SEQUENCE_COUNT, 0, "2.5"));
  g_assert_cmpint (remark_kind (f, TDM_SECTION_SEQUENCE, 0), ==, TDM_REMARK_ERROR);
  g_assert_true (enter (f, TDM_CELL_SEQUENCE_COUNT, 0, "7"));
  ready = tdm_form_describe_plan (f->form, TDM_SECTION_SEQUENCE);
  g_assert_true (g_str_has_prefix (ready, "1 line, 7 doses in all, in mg, route iv"));
  g_assert_true (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
  assert_dose (f, 2, "2026-03-24T20:00", 625, 6, 7);
  g_assert_cmpfloat (dose_of (f, 2)->duration_h, ==, 1);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  static const struct
  {
    TdmSequenceKind kind;
    const char *amount, *days, *off, *count, *preview;
  } rows[] = {
    { TDM_SEQUENCE_WEEKLY, "500", "Mon Xyz", NULL, "2", "Type days of the week" },
    { TDM_SEQUENCE_ON_OFF, "500, 400", "5", "2", "2", "Several amounts" },
    { TDM_SEQUENCE_ON_OFF, "500", "1", "1", "500", "These are more than 400 lines" },
    { TDM_SEQUENCE_TAPER, "500 x", "1", NULL, NULL, "" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      type_sequence (f, rows[i].kind, rows[i].amount, "24", rows[i].days, rows[i].off,
                     rows[i].count);
      g_autofree char *preview = tdm_form_describe_plan (f->form, TDM_SECTION_SEQUENCE);
      g_assert_true (g_str_has_prefix (preview, rows[i].preview));
      g_assert_false (tdm_form_add_plan (f->form, TDM_SECTION_SEQUENCE));
    }
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 2);
}

static const TdmDialysisEntry *
session_of (Fixture *f, guint i)
{
  return tdm_case_get_dialysis (record_of (f), i);
}

/* One row, typed, changed, like the one before, removed as one. */
static void
test_dialysis (Fixture *f, gconstpointer data)
{
  TdmSheet sheet;
  TdmRemarkKind kind;

  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  g_assert_true (tdm_sheet_takes_dialysis (sheet.model));
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_FROM, 0, "2026-03-02 21:30"));
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_TO, 0, "1:30"));
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_CLEARANCE, 0, "-3"));
  g_assert_true (enter (f, TDM_CELL_DIALYSIS_CLEARANCE, 0, "125"));
  g_assert_cmpuint (tdm_case_get_n_dialyses (record_of (f)), ==, 1);
  g_assert_cmpfloat (session_of (f, 0)->time.hours, ==, 37.5);
  g_assert_cmpfloat (session_of (f, 0)->duration_h, ==, 4);
  g_assert_cmpstr (session_of (f, 0)->unit, ==, "mL/min");
  assert_text (f, TDM_CELL_DIALYSIS_TO, 0, "2026-03-03 01:30");
  g_autofree char *echo = tdm_form_get_remark (f->form, TDM_SECTION_DIALYSIS, 0, &kind);
  g_assert_cmpstr (echo, ==, "Mon 2 Mar · 4 h · clears 30 L on top of the body's own");
  g_assert_true (enter (f, TDM_CELL_DIALYSIS_FROM, 0, "2026-03-02 22:00"));
  g_assert_cmpfloat (session_of (f, 0)->duration_h, ==, 3.5);
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_TO, 0, "2026-03-02 20:00"));
  g_assert_true (enter (f, TDM_CELL_DIALYSIS_TO, 0, "210 min"));
  g_assert_false (tdm_form_has_drafts (f->form));
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_FROM, 1, "2026-03-02 23:00"));
  g_assert_false (enter (f, TDM_CELL_DIALYSIS_TO, 1, "3 h"));
  g_assert_cmpint (remark_kind (f, TDM_SECTION_DIALYSIS, 1), ==, TDM_REMARK_ERROR);
  g_assert_true (enter (f, TDM_CELL_DIALYSIS_FROM, 1, "2026-03-04 22:00"));
  g_assert_cmpfloat (session_of (f, 1)->clearance, ==, 125);
  tdm_form_remove_row (f->form, TDM_SECTION_DIALYSIS, 0);
  g_assert_cmpuint (tdm_case_get_n_dialyses (record_of (f)), ==, 1);
  g_assert_cmpfloat (session_of (f, 0)->time.hours, ==, 86);
  tdm_form_undo (f->form);
  g_assert_cmpuint (tdm_case_get_n_dialyses (record_of (f)), ==, 2);
}

static void
miss (Fixture *f, guint dose, const gboolean *missed)
{
  g_autoptr (GError) error = NULL;
  TdmSheet sheet;

  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  TdmCase *next = tdm_sheet_miss_doses (&sheet, dose, missed, &error);
  g_assert_no_error (error);
  tdm_form_take (f->form, next);
}

static void
test_missed (Fixture *f, gconstpointer data)
{
  const gboolean missed[] = { FALSE, TRUE, FALSE, FALSE };

  miss (f, 1, missed);
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 3);
  g_assert_cmpfloat (dose_of (f, 1)->time.hours, ==, 12);
  g_assert_cmpuint (dose_of (f, 1)->count, ==, 1);
  g_assert_cmpfloat (dose_of (f, 2)->time.hours, ==, 36);
  g_assert_cmpuint (dose_of (f, 2)->count, ==, 2);
  tdm_form_undo (f->form);
  g_assert_cmpuint (dose_of (f, 1)->count, ==, 4);
}

/* The first dose after a long time of doses: what was before stays. */
static void
test_missed_at_steady_state (Fixture *f, gconstpointer data)
{
  const gboolean missed[] = { TRUE, FALSE, FALSE, TRUE };
  TdmSheet sheet;

  g_assert_true (tdm_form_get_sheet (f->form, &sheet));
  tdm_form_take (f->form, tdm_sheet_set_steady_state (&sheet, 1, TRUE, NULL));
  miss (f, 1, missed);
  g_assert_cmpuint (tdm_case_get_n_doses (record_of (f)), ==, 3);
  g_assert_true (dose_of (f, 1)->steady_state);
  g_assert_true (dose_of (f, 1)->stopped);
  g_assert_cmpfloat (dose_of (f, 1)->time.hours, ==, 12);
  g_assert_false (dose_of (f, 2)->steady_state);
  g_assert_cmpfloat (dose_of (f, 2)->time.hours, ==, 24);
  g_assert_cmpuint (dose_of (f, 2)->count, ==, 2);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) \
  g_test_add ("/app/plan/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("weekly", test_weekly);
  ADD ("on-off", test_on_off);
  ADD ("taper", test_taper);
  ADD ("repeat", test_repeat);
  ADD ("refused", test_refused);
  ADD ("dialysis", test_dialysis);
  ADD ("missed", test_missed);
  ADD ("missed-at-steady-state", test_missed_at_steady_state);
  return g_test_run ();
}
