/* A model proves itself on this computer before it gives advice. */
#include "app/first-use.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/note.h"
#include "model/library.h"
#include "model/trust.h"
#include "num/linalg.h"
#include "record/case-file.h"

static TdmResult *
compute (TdmModel *model)
{
  static const char text[] =
      "{\"format\": \"titrate-case/1\", \"covariates\": [{\"name\": \"WT\", \"value\": "
      "17.3, \"unit\": \"kg\"}], \"doses\": [{\"time\": 0, \"amount\": 19, \"unit\": "
      "\"mg\", \"route\": \"iv\", \"duration\": 2}], \"levels\": [{\"time\": 4.1, "
      "\"value\": 0.83, \"unit\": \"mg/L\"}]}";
  g_autoptr (GError) error = NULL;
  const TdmResultOptions options = { .draws = 50 };
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  TdmResult *result = tdm_first_use_compute (record, model, &options, NULL, &error);
  g_assert_no_error (error);
  return result;
}

static gboolean
has_note (const TdmResult *result, const char *code)
{
  for (guint i = 0; i < result->notes->len; i++)
    if (strcmp (((const TdmNote *)result->notes->pdata[i])->code, code) == 0)
      return TRUE;
  return FALSE;
}

static void
test_passes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_library_load ("busulfan-paci-2012", &error);
  g_assert_no_error (error);
  g_assert_cmpint (tdm_trust_get_checks (model, NULL), ==, TDM_TRUST_UNCHECKED);
  g_autoptr (TdmResult) result = compute (model);
  g_assert_cmpint (tdm_trust_get_checks (model, NULL), ==, TDM_TRUST_PASSED);
  g_assert_false (has_note (result, "model-checks-failed"));
}

/* The same file with a clearance that its own checks contradict. */
static void
test_fails (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = tdm_library_dir ();
  g_autofree char *from = g_build_filename (dir, "busulfan-paci-2012.model", NULL);
  g_autofree char *tmp = g_dir_make_tmp ("titrate-XXXXXX", &error);
  g_autofree char *path = g_build_filename (tmp, "busulfan-own-2026.model", NULL);
  g_autofree char *drug = g_build_filename (dir, "busulfan.drug", NULL);
  g_autofree char *copy = g_build_filename (tmp, "busulfan.drug", NULL);
  g_autofree char *text = NULL, *drug_text = NULL;

  g_assert_true (g_file_get_contents (from, &text, NULL, NULL));
  g_assert_true (g_file_get_contents (drug, &drug_text, NULL, NULL));
  g_autoptr (GString) changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "CL = 2.18 ", "CL = 2.19 ", 1), ==, 1);
  g_string_replace (changed, "busulfan-paci-2012", "busulfan-own-2026", 0);
  g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
  g_assert_true (g_file_set_contents (copy, drug_text, -1, NULL));
  g_autoptr (TdmModel) model = tdm_library_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (TdmResult) result = compute (model);

  g_assert_cmpint (tdm_trust_get_checks (model, NULL), ==, TDM_TRUST_FAILED);
  g_assert_true (has_note (result, "model-checks-failed"));
  g_assert_true (has_note (result, "model-local"));
  g_assert_nonnull (result->proposals->withheld);
  g_assert_cmpstr (result->proposals->withheld->code, ==, "model-checks-failed");
  g_unlink (path);
  g_unlink (copy);
  g_rmdir (tmp);
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  g_test_init (&argc, &argv, NULL);
  tdm_trust_set_keep (FALSE);
  g_test_add_func ("/app/first-use/passes", test_passes);
  g_test_add_func ("/app/first-use/fails", test_fails);
  return g_test_run ();
}
