/* Any bytes as a control stream: an error that names the file, or a model file that the
 * loader takes and whose checks pass. */
#include "fuzz.h"

#include "base/error.h"
#include "model/check.h"
#include "nonmem/import.h"
#include "num/linalg.h"

#include <string.h>

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tdm_num_init ();
  return 0;
}

static void
check_model (const TdmImport *import)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model =
      tdm_model_parse (import->text, strlen (import->text), "model", &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < lines->len; i++)
    g_assert_true (((const TdmCheckLine *)lines->pdata[i])->passed);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const TdmImportOptions options = { .id = "fuzz-test-2026" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmImport) import =
      tdm_import_nonmem ((const char *)data, size, "fuzz.ctl", &options, &error);
  if (import)
    {
      check_model (import);
      return 0;
    }
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_str_has_prefix (error->message, "fuzz.ctl:"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
