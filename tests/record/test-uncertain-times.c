/* Times that are known as an interval: read, written as they were read, and refused
 * where they make no sense. */
#include "record/case-file.h"

#include <string.h>

static TdmCase *
read_case (const char *body, GError **error)
{
  g_autofree char *json = g_strdup_printf ("{'format': 'titrate-case/1', 'start': "
                                           "'2026-03-01T08:00', %s}",
                                           body);
  g_strdelimit (json, "'", '"');
  return tdm_case_file_parse (json, strlen (json), error);
}

static void
test_read (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) self = read_case (
      "'doses': [{'time': 0, 'amount': 900, 'unit': 'mg', 'end_from': 1.5, 'end_to': "
      "'2026-03-01T10:15'}], 'levels': [{'time': 7.3, 'time_to': '2026-03-01T16:48', "
      "'value': 18.4, 'unit': 'mg/L'}], 'options': {'time_uncertainty': 22.5}",
      &error);
  g_assert_no_error (error);
  const TdmDoseEntry *dose = tdm_case_get_dose (self, 0);
  g_assert_true (dose->end_uncertain);
  g_assert_cmpfloat (dose->end_from.hours, ==, 1.5);
  g_assert_cmpfloat (dose->end_to.hours, ==, 2.25);
  g_assert_cmpfloat (dose->duration_h, ==, 1.875);
  const TdmLevelEntry *level = tdm_case_get_level (self, 0);
  g_assert_true (level->time_uncertain);
  g_assert_cmpfloat_with_epsilon (level->time_to.hours, 8.8, 1e-12);
  g_assert_cmpfloat (tdm_case_get_options (self)->time_uncertainty_min, ==, 22.5);

  g_autofree char *text = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (self, again));
  g_assert_nonnull (strstr (text, "\"end_to\": \"2026-03-01T10:15\""));
  g_assert_nonnull (strstr (text, "\"time_to\": \"2026-03-01T16:48\""));
  g_assert_null (strstr (text, "duration"));
}

/* Sessions of dialysis and the age of levels, written as they were read. */
static void
test_sessions (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) self = read_case (
      "'dialysis': [{'time': '2026-03-02T14:00', 'end': '2026-03-02T17:45', "
      "'clearance': 113, 'unit': 'mL/min'}, {'time': 33.75, 'duration': 2.5, "
      "'clearance': 7.1, 'unit': 'L/h'}], 'options': {'weight_half_life': 61.5, "
      "'ward_times': ['06:00', '18:30']}",
      &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_case_get_n_dialyses (self), ==, 2);
  g_assert_cmpfloat_with_epsilon (tdm_case_get_dialysis (self, 0)->duration_h, 3.75,
                                  1e-12);
  g_assert_cmpfloat (tdm_case_get_dialysis (self, 1)->clearance, ==, 7.1);
  g_assert_cmpfloat (tdm_case_get_options (self)->weight_half_life_h, ==, 61.5);
  g_autofree char *text = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (self, again));
  g_assert_nonnull (strstr (text, "\"time\": \"2026-03-02T14:00\""));
  g_assert_nonnull (strstr (text, "\"weight_half_life\": 61.5"));
}

/* An edit that drops the interval leaves a time like any other. */
static void
test_edit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) self = read_case (
      "'levels': [{'time': 7.3, 'time_to': 8.1, 'value': 18.4, 'unit': 'mg/L'}]",
      &error);
  g_assert_no_error (error);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self);
  TdmLevelEntry entry = *tdm_case_get_level (self, 0);
  entry.time_uncertain = FALSE;
  tdm_case_edit_replace_level (edit, 0, &entry);
  g_autoptr (TdmCase) known = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  g_autoptr (TdmCase) expected =
      read_case ("'levels': [{'time': 7.3, 'value': 18.4, 'unit': 'mg/L'}]", &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (known, expected));
  g_assert_false (tdm_case_equal (known, self));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *list, *keys, *message;
  } rows[] = {
    { "dose", "'end_from': 1", "doses[0].end_to: is missing" },
    { "dose", "'end_to': 1", "doses[0].end_from: is missing" },
    { "dose", "'end_from': 1, 'end_to': 2, 'duration': 1.5",
      "doses[0].end_from: give either" },
    { "dose", "'end_from': 1, 'end_to': 2, 'end': 1.5",
      "doses[0].end_from: give either" },
    { "dose", "'end_from': 0, 'end_to': 2",
      "doses[0].end_from: must be after the dose" },
    { "dose", "'end_from': 2, 'end_to': 2", "doses[0].end_to: must be after end_from" },
    { "dose", "'end_from': 2, 'end_to': 14.5", "doses[0].end_to: must be after" },
    { "dose", "'end_from': 1, 'end_to': 2, 'interval': 12, 'count': 3",
      "doses[0].end_from: is for one dose only" },
    { "dose", "'end_from': 1, 'end_to': 2, 'interval': 12, 'steady_state': true",
      "doses[0].end_from: is for one dose only" },
    { "level", "'time_to': -1", "levels[0].time_to: must be after time" },
    { "level", "'time_to': 0", "levels[0].time_to: must be after time" },
    { "level", "'time_to': 12.5", "levels[0].time_to: must be after time" },
    { "level", "'time_to': 'noon'", "levels[0].time_to: " },
    { "options", "0", "options.time_uncertainty: must be more than 0" },
    { "options", "-4", "options.time_uncertainty: must be more than 0" },
    { "options", "241", "options.time_uncertainty: must be more than 0, at most 240" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *body =
          g_str_equal (rows[i].list, "options")
              ? g_strdup_printf ("'options': {'time_uncertainty': %s}", rows[i].keys)
              : g_strdup_printf ("'%ss': [{'time': 0, %s, %s}]", rows[i].list,
                                 g_str_equal (rows[i].list, "dose")
                                     ? "'amount': 9, 'unit': 'mg'"
                                     : "'value': 9, 'unit': 'mg/L'",
                                 rows[i].keys);
      g_assert_null (read_case (body, &error));
      g_assert_true (g_str_has_prefix (error->message, rows[i].message));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/uncertain-times/read", test_read);
  g_test_add_func ("/record/uncertain-times/edit", test_edit);
  g_test_add_func ("/record/uncertain-times/sessions", test_sessions);
  g_test_add_func ("/record/uncertain-times/refused", test_refused);
  return g_test_run ();
}
