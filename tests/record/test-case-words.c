/* The words of a user in the case file. */
#include "record/case-file.h"

#include <string.h>

#define HEAD "{\"format\":\"titrate-case/1\","

static TdmCase *
parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmCase *self = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return self;
}

static void
assert_round_trip (const TdmCase *self)
{
  g_autofree char *text = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = parsed (text);
  g_assert_true (tdm_case_equal (self, again));
}

/* Words of several lines keep them; the rest of the case is the same without. */
static void
test_kept (void)
{
  g_autoptr (TdmCase) self = parsed (
      HEAD "\"words\":{\"text\":\"Hold it.\\nThen \\\"750\\\" mg – früh\","
           "\"instead_of\":\"Proposed: 1000 mg\",\"edited\":\"2026-03-03T10:47\"}}");
  g_autoptr (TdmCase) bare = parsed (HEAD "\"doses\":[]}");
  const TdmCaseWords *words = tdm_case_get_words (self);
  g_assert_cmpstr (words->text, ==, "Hold it.\nThen \"750\" mg – früh");
  g_assert_cmpstr (words->instead_of, ==, "Proposed: 1000 mg");
  g_assert_cmpstr (words->edited, ==, "2026-03-03T10:47");
  g_assert_null (tdm_case_get_words (bare)->text);
  g_assert_false (tdm_case_equal (self, bare));
  g_assert_true (tdm_case_equal_but_words (self, bare));
  g_autoptr (TdmCase) other = parsed (HEAD "\"model\":\"a\"}");
  g_assert_false (tdm_case_equal_but_words (self, other));
  assert_round_trip (self);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self);
  tdm_case_edit_set_words (edit, NULL);
  g_autoptr (TdmCase) without = tdm_case_edit_finish (edit, NULL);
  g_assert_true (tdm_case_equal (without, bare));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *words, *place, *message;
  } rows[] = {
    { "\"words\":{\"text\":\"a\",\"instead_of\":\"b\"}", "words", "edited" },
    { "\"words\":{\"text\":\" \\u0007\",\"instead_of\":\"b\","
      "\"edited\":\"2026-03-03T10:47\"}",
      "words.text: ", "control" },
    { "\"words\":{\"text\":\"a\",\"instead_of\":\"b\",\"edited\":\"now\"}",
      "words.edited: ", "YYYY" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strconcat (HEAD, rows[i].words, "}", NULL);
      g_assert_null (tdm_case_file_parse (text, strlen (text), &error));
      g_assert_true (g_str_has_prefix (error->message, rows[i].place));
      g_assert_nonnull (strstr (error->message, rows[i].message));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/case-words/kept", test_kept);
  g_test_add_func ("/record/case-words/refused", test_refused);
  return g_test_run ();
}
