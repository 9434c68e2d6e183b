/* Errors and notes. */
#include "base/error.h"
#include "base/note.h"

#include <gio/gio.h>

static void
test_error_place (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (tdm_error_set_input (&error, "levels[1].unit", "%d is wrong", 17));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_cmpstr (error->message, ==, "levels[1].unit: 17 is wrong");
  g_assert_cmpint (tdm_error_exit_status (error), ==, 3);
  g_assert_false (tdm_error_set_input (NULL, "x", "y"));
}

static void
test_error_without_place (void)
{
  g_autoptr (GError) error = NULL;
  tdm_error_set_input (&error, NULL, "cut here: %.1s", "\xc2\xb5");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_prefix (error->message, "cut here: "));
}

static void
test_error_exit_status (void)
{
  static const int codes[] = { TDM_ERROR_NO_ANSWER, TDM_ERROR_USAGE, TDM_ERROR_INPUT,
                               TDM_ERROR_SYSTEM };
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (TDM_ERROR, codes[i], "x");
      g_assert_cmpint (tdm_error_exit_status (error), ==, (int)i + 1);
    }
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "x");
  g_assert_cmpint (tdm_error_exit_status (other), ==, 4);
}

static void
test_note_once (void)
{
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  tdm_notes_add (notes, TDM_NOTE_INFO, "a", NULL, "weight %d", 79);
  tdm_notes_add (notes, TDM_NOTE_INFO, "a", NULL, "weight %d", 79);
  g_assert_cmpuint (notes->len, ==, 1);
  tdm_notes_add (notes, TDM_NOTE_INFO, "a", NULL, "weight %d", 80);
  tdm_notes_add (notes, TDM_NOTE_INFO, "b", "covariates[0]", "weight %d", 79);
  g_assert_cmpuint (notes->len, ==, 3);
  const TdmNote *last = notes->pdata[2];
  g_assert_cmpstr (last->code, ==, "b");
  g_assert_cmpstr (last->text, ==, "weight 79");
  g_assert_cmpstr (last->place, ==, "covariates[0]");
}

static void
test_note_refusal (void)
{
  g_autoptr (GPtrArray) notes = tdm_notes_new (), more = tdm_notes_new ();
  tdm_notes_add (notes, TDM_NOTE_CAUTION, "c", NULL, "100%%");
  g_assert_null (tdm_notes_refusal (notes));
  tdm_notes_add (more, TDM_NOTE_REFUSE, "r", "doses[2]", "no");
  tdm_notes_add (more, TDM_NOTE_CAUTION, "c", NULL, "100%%");
  tdm_notes_extend (notes, more);
  g_assert_cmpuint (notes->len, ==, 2);
  g_assert_cmpstr (tdm_notes_refusal (notes)->place, ==, "doses[2]");
  g_assert_cmpstr (((TdmNote *)notes->pdata[0])->text, ==, "100%");
}

static void
test_note_names (void)
{
  g_assert_cmpstr (tdm_note_severity_name (TDM_NOTE_INFO), ==, "info");
  g_assert_cmpstr (tdm_note_severity_name (TDM_NOTE_CAUTION), ==, "caution");
  g_assert_cmpstr (tdm_note_severity_name (TDM_NOTE_REFUSE), ==, "refuse");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/place", test_error_place);
  g_test_add_func ("/base/error/without-place", test_error_without_place);
  g_test_add_func ("/base/error/exit-status", test_error_exit_status);
  g_test_add_func ("/base/note/once", test_note_once);
  g_test_add_func ("/base/note/refusal", test_note_refusal);
  g_test_add_func ("/base/note/names", test_note_names);
  return g_test_run ();
}
