/* What may be trusted: models that shipped, models that were altered since, and the
 * user's own. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "model/library.h"
#include "model/trust.h"

static char *root; /* holds this run's data and settings */

static TdmModel *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_library_load (id, &error);
  g_assert_no_error (error);
  return model;
}

/* The bundled model `id` with one piece of its text exchanged. */
static char *
dup_changed (const char *id, const char *from, const char *to)
{
  g_autoptr (TdmModel) model = load (id);
  gsize length;
  g_autoptr (GString) text = g_string_new (tdm_model_get_source (model, &length));
  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static TdmModel *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_model_parse (text, strlen (text), "changed", &error);
  g_assert_no_error (error);
  return model;
}

static void
test_bundled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);

  g_assert_no_error (error);
  for (guint i = 0; i < models->len; i++)
    {
      if (tdm_trust_origin (models->pdata[i]) != TDM_ORIGIN_BUNDLED)
        g_test_message ("%s", tdm_model_get_id (models->pdata[i]));
      g_assert_cmpint (tdm_trust_origin (models->pdata[i]), ==, TDM_ORIGIN_BUNDLED);
    }
}

/* One letter of a comment is enough. */
static void
test_altered (void)
{
  g_autofree char *text =
      dup_changed ("busulfan-paci-2012", "\n[parameters]", "\n# x\n[parameters]");
  g_autoptr (TdmModel) model = parse (text);
  g_autofree char *before = tdm_trust_dup_accepted (model);
  g_autofree char *refused = tdm_trust_words (model);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tdm_trust_origin (model), ==, TDM_ORIGIN_ALTERED);
  g_assert_null (before);
  g_assert_nonnull (strstr (refused, "no advice until"));
  g_assert_true (tdm_trust_accept (model, &error));
  g_assert_no_error (error);
  g_autofree char *after = tdm_trust_dup_accepted (model);
  g_assert_nonnull (after);
  g_assert_cmpuint (strlen (after), ==, strlen ("2026-03-01"));
  g_autofree char *words = tdm_trust_words (model);
  g_assert_nonnull (strstr (words, after));
  /* Another change of the same file is another file. */
  g_autofree char *more =
      dup_changed ("busulfan-paci-2012", "\n[parameters]", "\n# y\n[parameters]");
  g_autoptr (TdmModel) other = parse (more);
  g_autofree char *none = tdm_trust_dup_accepted (other);
  g_assert_null (none);
  /* It is on disk, by its hash. */
  g_autofree char *path = g_build_filename (root, "config/titrate/models.ini", NULL);
  g_autofree char *kept = NULL;
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_nonnull (strstr (kept, tdm_model_get_sha256 (model)));
}

static void
test_checks (void)
{
  g_autoptr (TdmModel) model = load ("busulfan-paci-2012");
  g_autoptr (TdmModel) other = load ("vancomycin-goti-2018");
  g_autofree char *date = NULL;

  g_assert_cmpint (tdm_trust_get_checks (model, &date), ==, TDM_TRUST_UNCHECKED);
  g_assert_null (date);
  tdm_trust_set_checks (model, TRUE);
  tdm_trust_set_checks (other, FALSE);
  g_assert_cmpint (tdm_trust_get_checks (model, &date), ==, TDM_TRUST_PASSED);
  g_assert_cmpuint (strlen (date), ==, strlen ("2026-03-01"));
  g_assert_cmpint (tdm_trust_get_checks (other, NULL), ==, TDM_TRUST_FAILED);
}

static void
put_local (const char *id, const char *text)
{
  g_autofree char *dir = tdm_library_local_dir ();
  g_autofree char *base = g_strconcat (id, ".model", NULL);
  g_autofree char *path = g_build_filename (dir, base, NULL);
  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
lists (const GPtrArray *models, const char *id)
{
  for (guint i = 0; i < models->len; i++)
    if (strcmp (tdm_model_get_id (models->pdata[i]), id) == 0)
      return TRUE;
  return FALSE;
}

static void
test_local (void)
{
  g_autofree char *mine = dup_changed ("busulfan-paci-2012", "id = busulfan-paci-2012",
                                       "id = busulfan-me-2026");
  g_autofree char *posing =
      dup_changed ("busulfan-paci-2012", "CL = 2.18", "CL = 9.18");
  g_autofree char *bad =
      dup_changed ("busulfan-paci-2012", "CL = 2.18", "CL = WT + 2.18");
  g_autoptr (GError) error = NULL;

  put_local ("busulfan-me-2026", mine);
  put_local ("busulfan-paci-2012", posing);
  put_local ("busulfan-bad-2026", bad);
  g_autoptr (TdmModel) model = load ("busulfan-me-2026");
  g_assert_cmpint (tdm_trust_origin (model), ==, TDM_ORIGIN_LOCAL);
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  g_assert_true (lists (models, "busulfan-me-2026"));
  g_assert_false (lists (models, "busulfan-bad-2026"));
  /* What ships cannot be replaced from the user's folder. */
  g_autoptr (TdmModel) shipped = load ("busulfan-paci-2012");
  g_assert_cmpint (tdm_trust_origin (shipped), ==, TDM_ORIGIN_BUNDLED);
  g_autoptr (GPtrArray) faults = tdm_library_local_faults ();
  g_assert_cmpuint (faults->len, ==, 2);
  g_assert_nonnull (strstr (faults->pdata[0], "busulfan-bad-2026.model:"));
  g_assert_nonnull (
      strstr (faults->pdata[1], "ships with the program; expected another"));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

int
main (int argc, char **argv)
{
  root = g_dir_make_tmp ("titrate-XXXXXX", NULL);
  g_assert_nonnull (root);
  g_autofree char *data = g_build_filename (root, "data", NULL);
  g_autofree char *config = g_build_filename (root, "config", NULL);
  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/trust/bundled", test_bundled);
  g_test_add_func ("/model/trust/altered", test_altered);
  g_test_add_func ("/model/trust/checks", test_checks);
  g_test_add_func ("/model/trust/local", test_local);
  int status = g_test_run ();
  remove_tree (root);
  g_free (root);
  return status;
}
