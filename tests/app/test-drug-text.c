/* A drug's page: everything that its file has, in the unit it is given in. */
#include <locale.h>
#include <string.h>

#include "app/drug-text.h"
#include "model/library.h"

static TdmModel *
load (const char *id)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_library_load (id, &error);

  g_assert_no_error (error);
  return model;
}

/* The second cell of the row that begins with `first`. */
static const char *
cell_of (const GPtrArray *table, const char *first)
{
  for (guint i = 0; i < table->len; i++)
    {
      char **row = g_ptr_array_index (table, i);
      if (g_str_equal (row[0], first))
        return row[1];
    }
  return NULL;
}

static void
test_steps (void)
{
  const double values[] = { 0.5, 2, 4, 6, 8, 10, 20, 30, 40, 50, 75 };
  const double few[] = { 6, 8, 12, 24 };
  g_autofree char *runs = tdm_drug_text_steps (values, G_N_ELEMENTS (values), "mg");
  g_autofree char *list = tdm_drug_text_steps (few, G_N_ELEMENTS (few), "h");

  g_assert_cmpstr (runs, ==,
                   "0.5, 2 to 10 in steps of 2, 20 to 50 in steps of 10, 75 mg");
  g_assert_cmpstr (list, ==, "6, 8, 12, 24 h");
}

static void
test_vancomycin (void)
{
  g_autoptr (TdmModel) model = load ("vancomycin-goti-2018");
  g_autoptr (GPtrArray) dosing = tdm_drug_text_dosing (model, 0);
  g_autoptr (GPtrArray) targets = tdm_drug_text_targets (model);
  g_autoptr (GPtrArray) loinc = tdm_drug_text_loinc (tdm_model_get_drug (model));

  g_assert_cmpstr (cell_of (dosing, "Amounts"), ==, "250 to 3000 in steps of 250 mg");
  g_assert_cmpstr (cell_of (dosing, "At most at once"), ==, "3000 mg");
  g_assert_cmpstr (cell_of (dosing, "At most a day"), ==, "4500 mg");
  g_assert_cmpstr (cell_of (dosing, "Infused at most at"), ==, "600 mg/h");
  g_assert_cmpstr (cell_of (dosing, "Loading dose"), ==, "20 to 35 mg/kg");
  g_assert_cmpstr (cell_of (dosing, "Loading dose at most"), ==, "3000 mg");
  g_assert_cmpstr (cell_of (targets, "AUC24 400–600 mg·h/L (MIC 1 mg/L)"), ==,
                   "above 600 mg·h/L");
  const char *const *first = g_ptr_array_index (targets, 1);
  g_assert_nonnull (strstr (first[2], "Rybak 2020"));
  g_assert_cmpuint (loinc->len, >, 1);
}

/* Units of activity are never called milligrams. */
static void
test_units (void)
{
  g_autoptr (TdmModel) model = load ("factor-viii-garmann-2017");
  g_autoptr (GPtrArray) dosing = tdm_drug_text_dosing (model, 0);

  for (guint i = 1; i < dosing->len; i++)
    {
      const char *const *row = g_ptr_array_index (dosing, i);
      g_assert_null (strstr (row[1], "mg"));
    }
  g_assert_nonnull (strstr (cell_of (dosing, "Amounts"), " units"));
}

static void
test_forms (void)
{
  g_autoptr (TdmModel) valproate = load ("valproate-williams-2012");
  g_autoptr (TdmModel) vancomycin = load ("vancomycin-goti-2018");
  g_autoptr (GPtrArray) many = tdm_drug_text_forms (valproate);
  g_autoptr (GPtrArray) one = tdm_drug_text_forms (vancomycin);

  g_assert_cmpuint (one->len, ==, 1);
  g_assert_nonnull (cell_of (many, "Route"));
  g_assert_nonnull (cell_of (many, "Formulation"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/drug-text/steps", test_steps);
  g_test_add_func ("/app/drug-text/vancomycin", test_vancomycin);
  g_test_add_func ("/app/drug-text/units", test_units);
  g_test_add_func ("/app/drug-text/forms", test_forms);
  return g_test_run ();
}
