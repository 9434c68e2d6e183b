/* The ways of dosing and sampling that a case file can state, there and back. */
#include "record/case-file.h"

#include <string.h>

#define HEAD "{\"format\":\"titrate-case/1\","
#define DOSE "\"time\":12,\"amount\":5,\"unit\":\"mg\""
#define LEVEL "\"time\":12,\"value\":5,\"unit\":\"mg/L\""

/* The case of `text`, which is the same when it is written and read again. Yours. */
static TdmCase *
parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmCase *self = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autofree char *written = tdm_case_file_to_text (self);
  g_autoptr (TdmCase) again = tdm_case_file_parse (written, strlen (written), &error);
  g_assert_no_error (error);
  g_assert_true (tdm_case_equal (self, again));
  return self;
}

static void
test_doses (void)
{
  static const char *const entries[] = {
    DOSE ",\"steady_state\":true,\"interval\":12,\"duration\":29.3",
    DOSE ",\"steady_state\":true,\"interval\":12,\"added\":true,\"count\":3",
    DOSE ",\"steady_state\":true,\"interval\":12,\"stopped\":true",
    DOSE ",\"duration\":2.5,\"at_rate\":true",
    DOSE ",\"reset\":true",
    "\"time\":9,\"amount\":0,\"unit\":\"mg\",\"reset\":true",
  };
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autofree char *text = g_strdup_printf (HEAD "\"doses\":[{%s}]}", entries[i]);
      g_autoptr (TdmCase) self = parsed (text);
      const TdmDoseEntry *dose = tdm_case_get_dose (self, 0);
      g_assert_cmpint (dose->added, ==, i == 1);
      g_assert_cmpint (dose->stopped, ==, i == 2);
      g_assert_cmpint (dose->at_rate, ==, i == 3);
      g_assert_cmpint (dose->reset, ==, i > 3);
    }
}

static void
test_levels (void)
{
  g_autoptr (TdmCase) self =
      parsed (HEAD "\"levels\":[{" LEVEL ",\"after_dose\":true},{" LEVEL "}]}");
  g_assert_true (tdm_case_get_level (self, 0)->after_dose);
  g_assert_false (tdm_case_get_level (self, 1)->after_dose);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/case-dosing/doses", test_doses);
  g_test_add_func ("/record/case-dosing/levels", test_levels);
  return g_test_run ();
}
