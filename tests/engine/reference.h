/* Loading the reference problems of tests/data. */
#pragma once

#include "engine/problem.h"
#include "record/case-file.h"

/* Both yours; a failure ends the test. */
static inline TdmModel *
reference_model (const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (id, ".model", NULL);
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "reference", file, NULL);
  TdmModel *model = tdm_model_load (path, &error);
  g_assert_no_error (error);
  return model;
}

static inline TdmCase *
reference_case (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "reference", file, NULL);
  TdmCase *record = tdm_case_file_read (path, &error);
  g_assert_no_error (error);
  return record;
}

static inline TdmProblem *
reference_problem (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = reference_case (file);
  g_autoptr (TdmModel) model = reference_model (tdm_case_get_model (record));
  TdmProblem *problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  return problem;
}
