/* Files of drugs: what models share, and every way to get it wrong. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "model/library.h"

typedef struct
{
  char *dir;
  char *model; /* path */
  char *drug;  /* path */
} Files;

static char *
bundled (const char *name)
{
  g_autofree char *library = tdm_library_dir ();
  return g_build_filename (library, name, NULL);
}

static void
copy (const char *name, const char *to)
{
  g_autofree char *from = bundled (name);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (from, &text, NULL, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Files *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("titrate-XXXXXX", &error);
  g_assert_no_error (error);
  self->model = g_build_filename (self->dir, "vancomycin-goti-2018.model", NULL);
  self->drug = g_build_filename (self->dir, "vancomycin.drug", NULL);
  copy ("vancomycin-goti-2018.model", self->model);
  copy ("vancomycin.drug", self->drug);
}

static void
tear_down (Files *self, gconstpointer unused)
{
  g_remove (self->model);
  g_remove (self->drug);
  g_assert_cmpint (g_rmdir (self->dir), ==, 0);
  g_free (self->dir);
  g_free (self->model);
  g_free (self->drug);
}

static void
exchange (const char *path, const char *from, const char *to)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_autoptr (GString) changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, from, to, 1), ==, 1);
  g_assert_true (g_file_set_contents (path, changed->str, -1, NULL));
}

static void
test_shared (Files *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_model_load (self->model, &error);
  g_assert_no_error (error);
  const TdmDrug *drug = tdm_model_get_drug (model);

  g_assert_cmpstr (drug->id, ==, "vancomycin");
  g_assert_cmpfloat (tdm_model_get_molar_mass (model), ==, 1449.3);
  g_assert_cmpuint (tdm_model_get_n_dosings (model), ==, 1);
  g_assert_cmpstr (tdm_model_get_dosing (model, 0)->name, ==, "adults");
  g_assert_cmpuint (tdm_model_get_n_targets (model), ==, 2);
  const TdmModelTarget *auc = tdm_model_get_target (model, 0);
  const TdmModelTarget *trough = tdm_model_get_target (model, 1);
  g_assert_cmpstr (auc->name, ==, "auc24");
  g_assert_cmpfloat (auc->alarm_high, ==, 600.0);
  g_assert_cmpfloat (auc->alarm_low, ==, -INFINITY);
  g_assert_cmpstr (trough->name, ==, "trough");
  g_assert_cmpfloat (trough->alarm_high, ==, INFINITY);
}

/* The file beside the model counts, before the bundled one; its hash tells. */
static void
test_beside (Files *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) before = tdm_model_load (self->model, &error);
  g_assert_no_error (error);
  exchange (self->drug, "high = 600", "high = 590");
  g_autoptr (TdmModel) after = tdm_model_load (self->model, &error);
  g_assert_no_error (error);

  g_assert_cmpfloat (tdm_model_get_target (after, 0)->target.high, ==, 590.0);
  g_assert_cmpstr (tdm_model_get_drug (before)->sha256, !=,
                   tdm_model_get_drug (after)->sha256);
  g_assert_cmpstr (tdm_model_get_sha256 (before), ==, tdm_model_get_sha256 (after));
  g_remove (self->drug);
  g_autoptr (TdmModel) alone = tdm_model_load (self->model, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tdm_model_get_drug (before)->sha256, ==,
                   tdm_model_get_drug (alone)->sha256);
}

/* What a model has of its own replaces what its drug has under the same name, and
 * without a list all of the drug's that it can use are there. */
static void
test_own (Files *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  exchange (self->model, "dosings = adults\ntargets = auc24, trough\n", "");
  exchange (self->model, "[check typical",
            "[target trough]\ntitle = Own\nmetric = trough\nlow = 11\nunit = mg/L\n"
            "source = A test\n\n[check typical");
  g_autoptr (TdmModel) model = tdm_model_load (self->model, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tdm_model_get_target (model, 0)->title, ==, "Own");
  g_assert_cmpfloat (tdm_model_get_target (model, 0)->target.low, ==, 11.0);
  for (guint i = 1; i < tdm_model_get_n_targets (model); i++)
    g_assert_cmpstr (tdm_model_get_target (model, i)->name, !=, "trough");
  g_assert_cmpuint (tdm_model_get_n_dosings (model), >, 3);
}

static void
assert_refused (const Files *self, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_model_load (self->model, &error);

  g_assert_null (model);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  if (strstr (error->message, message) == NULL)
    g_test_message ("“%s” should say “%s”", error->message, message);
  g_assert_nonnull (strstr (error->message, message));
}

typedef struct
{
  const char *name;
  gboolean in_drug;
  const char *from, *to, *message;
} Fault;

static const Fault faults[] = {
  { "no-such-file", FALSE, "drug_file = vancomycin", "drug_file = vancomycine",
    "vancomycin-goti-2018.model:20:13: drug_file: " },
  { "path", FALSE, "drug_file = vancomycin", "drug_file = ../vancomycin",
    "drug_file: expected the name of a drug such as “vancomycin”" },
  { "molar-mass-twice", FALSE, "drug_file =", "molar_mass = 1449.3 g/mol\ndrug_file =",
    "molar_mass: expected it in the file of the drug only" },
  { "unknown-dosing", FALSE, "dosings = adults", "dosings = grown-ups",
    "dosings: there is no “[dosing grown-ups]” here nor in the file of the drug" },
  { "not-listed", FALSE, "[check typical",
    "[target own]\ntitle = Own\nmetric = trough\nlow = 11\nunit = mg/L\n"
    "source = A test\n\n[check typical",
    "expected “own” among “targets”" },
  { "other-name", TRUE, "name = Vancomycin", "name = Teicoplanin",
    "drug: expected the name that the file of the drug gives" },
  { "other-id", TRUE, "id = vancomycin", "id = teicoplanin",
    "vancomycin.drug:5:6: id: expected the name of the file" },
  { "format", TRUE, "titrate-drug/1", "titrate-drug/2", "expected “titrate-drug/1”" },
  { "check-digit", TRUE, "[loinc 20578-1]", "[loinc 20578-2]",
    "expected a LOINC code with its check digit, not “20578-2”" },
  { "digits", TRUE, "[loinc 20578-1]", "[loinc 25078-1]", "not “25078-1”" },
  { "quantity", TRUE, "quantity = mass", "quantity = weight",
    "quantity: expected mass, molar or activity" },
  { "penalty", TRUE, "sampling =", "above_penalty = -1\nsampling =",
    "above_penalty: expected 0 or more" },
  { "alarm-within", TRUE, "alarm_high = 600", "alarm_high = 550",
    "alarm_high: expected at least the high end of the window" },
  { "alarm-low", TRUE, "alarm_high = 600", "alarm_low = 410",
    "alarm_low: expected at most the low end of the window" },
  { "unknown-section", TRUE, "[dosing adults]", "[covariate WT]",
    "unknown section “[covariate WT]”; expected one of drug, loinc, salt, dosing, "
    "target" },
  { "unknown-key", TRUE,
    "sampling =", "smpling =", "unknown key “smpling” in “[drug]”" },
};

static void
test_fault (Files *self, gconstpointer data)
{
  const Fault *fault = data;

  exchange (fault->in_drug ? self->drug : self->model, fault->from, fault->to);
  assert_refused (self, fault->message);
}

/* Every drug of the library has a file, and its models say so. */
static void
test_library (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);
  g_assert_no_error (error);

  for (guint i = 0; i < models->len; i++)
    {
      const TdmModel *model = g_ptr_array_index (models, i);
      const TdmDrug *drug = tdm_model_get_drug (model);
      g_assert_nonnull (drug);
      g_assert_true (g_str_has_prefix (tdm_model_get_id (model), drug->id));
      g_assert_cmpuint (tdm_model_get_n_dosings (model), >, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/model/drug/shared", Files, NULL, set_up, test_shared, tear_down);
  g_test_add ("/model/drug/beside", Files, NULL, set_up, test_beside, tear_down);
  g_test_add ("/model/drug/own", Files, NULL, set_up, test_own, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/model/drug/fault/", faults[i].name, NULL);
      g_test_add (path, Files, &faults[i], set_up, test_fault, tear_down);
    }
  g_test_add_func ("/model/drug/library", test_library);
  return g_test_run ();
}
