/* Any bytes as a case file: an error that a person can read, or a case that is written
 * and read back as the same case. */
#include "fuzz.h"

#include "base/error.h"
#include "record/case-file.h"

#include <string.h>

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) one = tdm_case_file_parse ((const char *)data, size, &error);
  if (!one)
    {
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (strlen (error->message), <, 1000);
      return 0;
    }
  g_assert_no_error (error);
  g_autofree char *text = tdm_case_file_to_text (one);
  g_autoptr (TdmCase) two = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_autofree char *again = tdm_case_file_to_text (two);
  g_assert_cmpstr (again, ==, text);
  g_assert_true (tdm_case_equal (one, two));
  return 0;
}
