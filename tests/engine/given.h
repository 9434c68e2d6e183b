/* Cases and models written down in a test: JSON with single quotes for double ones,
 * model files as text, and the bundled models by name. */
#pragma once

#include "engine/problem.h"
#include "record/case-file.h"

#include <string.h>

/* All yours; a failure ends the test. */
static inline TdmCase *
given_case (const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  TdmCase *record = tdm_case_file_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  return record;
}

static inline TdmModel *
given_model (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_model_parse (text, strlen (text), "test.model", &error);
  g_assert_no_error (error);
  return model;
}

static inline TdmModel *
bundled_model (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (id, ".model", NULL);
  g_autofree char *path =
      g_build_filename (g_getenv ("TITRATE_MODELS_DIR"), file, NULL);
  TdmModel *model = tdm_model_load (path, &error);
  g_assert_no_error (error);
  return model;
}

/* "{'format': 'titrate-case/1', 'model': 'testamycin-test-2026', BODY}" under `model`.
 */
static inline TdmProblem *
given_problem (TdmModel *model, const char *body, GError **error)
{
  g_autofree char *json =
      g_strdup_printf ("{'format': 'titrate-case/1', 'model': '%s', %s}",
                       tdm_model_get_id (model), body);
  g_autoptr (TdmCase) record = given_case (json);
  return tdm_problem_new (record, model, error);
}

static inline const TdmNote *
find_note (const GPtrArray *notes, const char *code)
{
  for (guint i = 0; i < notes->len; i++)
    if (g_str_equal (((const TdmNote *)notes->pdata[i])->code, code))
      return notes->pdata[i];
  return NULL;
}

#define GIVEN_HEAD                                                 \
  "[model]\nformat = titrate-model/1\nid = testamycin-test-2026\n" \
  "version = 1\ndrug = Testamycin\ntitle = Test\n"                 \
  "reference = A test of this project\ndoi = 10.0000/reference\n"  \
  "status = A\nstatus_text = For tests\npopulation = None\n"       \
  "limits = For tests only\n"
