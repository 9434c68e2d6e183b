/* Patients compared with the people of models, and the model that is suggested. */
#include <math.h>
#include <string.h>

#include "engine/domain.h"
#include "model/library.h"
#include "record/case-file.h"

static TdmCase *
read_case (const char *covariates, const char *birth)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *born =
      birth != NULL ? g_strdup_printf (", \"birth\": \"%s\"", birth) : g_strdup ("");
  g_autofree char *text = g_strdup_printf (
      "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-goti-2018\", "
      "\"start\": \"2026-03-01T08:00\", "
      "\"patient\": {\"id\": \"D\", \"sex\": \"female\"%s}, "
      "\"covariates\": [%s], \"doses\": [{\"time\": 0, \"amount\": 13, "
      "\"unit\": \"mg\", \"route\": \"iv\", \"duration\": 1}], \"levels\": []}",
      born, covariates);
  TdmCase *record = tdm_case_file_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return record;
}

static GPtrArray *
rank (TdmCase *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load ("vancomycin-goti-2018", &error);
  g_assert_no_error (error);

  return tdm_domain_rank (record, models, model);
}

static const char *
id_of (const GPtrArray *ranked, guint i)
{
  const TdmDomain *domain = g_ptr_array_index (ranked, i);
  return tdm_model_get_id (domain->model);
}

static const TdmDomain *
find (const GPtrArray *ranked, const char *id)
{
  for (guint i = 0; i < ranked->len; i++)
    if (strcmp (id_of (ranked, i), id) == 0)
      return g_ptr_array_index (ranked, i);
  g_assert_not_reached ();
}

static gboolean
says (const TdmDomain *domain, const char *text)
{
  for (guint i = 0; i < domain->reasons->len; i++)
    if (strstr (g_ptr_array_index (domain->reasons, i), text) != NULL)
      return TRUE;
  return FALSE;
}

/* All of the drug are there, no other; who cannot be used comes last and says why. */
static void
test_adult (void)
{
  g_autoptr (TdmCase) record =
      read_case ("{\"name\": \"WT\", \"value\": 71, \"unit\": \"kg\"}, "
                 "{\"name\": \"HT\", \"value\": 166, \"unit\": \"cm\"}, "
                 "{\"name\": \"SCR\", \"value\": 97, \"unit\": \"umol/L\"}",
                 "1961-04-09");
  g_autoptr (GPtrArray) ranked = rank (record);
  gboolean unusable = FALSE;

  g_assert_cmpstr (id_of (ranked, 0), ==, "vancomycin-goti-2018");
  for (guint i = 0; i < ranked->len; i++)
    {
      const TdmDomain *domain = g_ptr_array_index (ranked, i);
      g_assert_true (g_str_has_prefix (id_of (ranked, i), "vancomycin-"));
      g_assert_true (!unusable || domain->obstacle != NULL);
      unusable = domain->obstacle != NULL;
    }
  const TdmDomain *newborns = find (ranked, "vancomycin-dao-2019");
  g_assert_nonnull (newborns->obstacle);
  g_assert_true (says (
      newborns, "Body weight 71 kg is outside those of its people (0.4 to 8 kg)"));
  g_assert_true (
      says (find (ranked, "vancomycin-goti-2018"),
            "Body weight 71 kg is among those of its people (33 to 255 kg)"));
}

static void
test_obese (void)
{
  g_autoptr (TdmCase) record =
      read_case ("{\"name\": \"WT\", \"value\": 141, \"unit\": \"kg\"}, "
                 "{\"name\": \"HT\", \"value\": 163, \"unit\": \"cm\"}, "
                 "{\"name\": \"SCR\", \"value\": 0.93, \"unit\": \"mg/dL\"}",
                 "1971-04-09");
  g_autoptr (GPtrArray) ranked = rank (record);

  g_assert_cmpstr (id_of (ranked, 0), ==, "vancomycin-hughes-2024");
}

static void
test_newborn (void)
{
  g_autoptr (TdmCase) record =
      read_case ("{\"name\": \"WT\", \"value\": 1.37, \"unit\": \"kg\"}, "
                 "{\"name\": \"SCR\", \"value\": 0.6, \"unit\": \"mg/dL\"}, "
                 "{\"name\": \"GA\", \"value\": 31, \"unit\": \"wk\"}",
                 "2026-02-19");
  g_autoptr (GPtrArray) ranked = rank (record);

  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (
        tdm_model_get_people (find (ranked, id_of (ranked, i))->model)->groups
            & TDM_GROUP_NEWBORN,
        !=, 0);
  g_assert_nonnull (find (ranked, "vancomycin-goti-2018")->obstacle);
}

/* Groups move the order: in intensive care, and on a dialysis few models know of. */
static void
test_groups (void)
{
  const char *plain = "{\"name\": \"WT\", \"value\": 73, \"unit\": \"kg\"}, "
                      "{\"name\": \"SCR\", \"value\": 1.02, \"unit\": \"mg/dL\"}";
  g_autofree char *with_icu =
      g_strconcat (plain, ", {\"name\": \"ICU\", \"value\": 1}", NULL);
  g_autofree char *with_dialysis =
      g_strconcat (plain, ", {\"name\": \"DIAL\", \"value\": \"yes\"}", NULL);
  g_autoptr (TdmCase) one = read_case (plain, "1961-04-09");
  g_autoptr (TdmCase) icu = read_case (with_icu, "1961-04-09");
  g_autoptr (TdmCase) dialysis = read_case (with_dialysis, "1961-04-09");
  g_autoptr (GPtrArray) first = rank (one);
  g_autoptr (GPtrArray) second = rank (icu);
  g_autoptr (GPtrArray) third = rank (dialysis);
  const char *id = "vancomycin-llopis-salvia-2006";

  g_assert_cmpfloat (find (second, id)->distance, <, find (first, id)->distance);
  g_assert_true (
      says (find (second, id), "Its people include those in intensive care"));
  g_assert_true (says (find (first, id), "this patient is not known to be"));
  g_assert_cmpstr (id_of (third, 0), ==, "vancomycin-goti-2018");
  g_assert_true (says (find (third, id), "It knows nothing of people on dialysis"));
}

/* Without any value nothing is claimed. */
static void
test_unknown (void)
{
  g_autoptr (TdmCase) record = read_case ("", NULL);
  g_autoptr (GPtrArray) ranked = rank (record);
  const TdmDomain *domain = find (ranked, "vancomycin-goti-2018");

  g_assert_nonnull (domain->obstacle);
  for (guint i = 0; i < domain->lines->len; i++)
    {
      const TdmDomainLine *line = g_ptr_array_index (domain->lines, i);
      g_assert_cmpint (line->verdict, ==, TDM_DOMAIN_UNKNOWN);
      g_assert_true (isnan (line->value));
    }
}

/* Every bundled model says who its people were, and every part of it can be read. */
static void
test_stated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  guint with_n = 0;

  for (guint i = 0; i < models->len; i++)
    {
      const TdmModelPeople *people =
          tdm_model_get_people (g_ptr_array_index (models, i));
      g_assert_nonnull (people->setting);
      with_n += people->n > 0;
    }
  g_assert_cmpuint (with_n * 4, >, models->len * 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/domain/adult", test_adult);
  g_test_add_func ("/engine/domain/obese", test_obese);
  g_test_add_func ("/engine/domain/newborn", test_newborn);
  g_test_add_func ("/engine/domain/groups", test_groups);
  g_test_add_func ("/engine/domain/unknown", test_unknown);
  g_test_add_func ("/engine/domain/stated", test_stated);
  return g_test_run ();
}
