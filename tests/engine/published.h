/* Third-party data and answers: in tests/data/validation, or beside the source tree in
 * ../shared/validation; tests that need them are skipped where they are not. */
#pragma once

#include "engine/problem.h"
#include "record/data-table.h"
#include "record/nonmem-data.h"

#include <math.h>
#include <string.h>

/* The path of an item's file, or with "" of its folder; yours, NULL when it is not
 * there. What may be copied stands in tests/data/validation; TITRATE_VALIDATION may
 * name the folder of the rest. */
static inline char *
published_path (const char *item, const char *file)
{
  const char *tests = g_getenv ("G_TEST_SRCDIR");
  const char *folder = g_getenv ("TITRATE_VALIDATION");
  g_autofree char *beside =
      g_build_filename (tests, "..", "..", "shared", "validation", NULL);
  g_autofree char *own =
      g_build_filename (tests, "data", "validation", item, file, NULL);
  g_autofree char *path = g_build_filename (folder ? folder : beside, item, file, NULL);
  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&own);
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

/* TRUE, and the test is skipped, when an item is not there. */
static inline gboolean
published_missing (const char *item)
{
  g_autofree char *path = published_path (item, "");
  if (path == NULL)
    g_test_skip ("../shared/validation is not beside the source tree");
  return path == NULL;
}

static inline TdmDataTable *
published_table (const char *item, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = published_path (item, file);
  g_autofree char *text = NULL;
  gsize length;
  g_assert_nonnull (path);
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  TdmDataTable *table = tdm_data_table_parse (text, length, file, &error);
  g_assert_no_error (error);
  return table;
}

/* A number of a table; NAN where it is missing. */
static inline double
published_number (const TdmDataTable *table, guint row, const char *column)
{
  int index = tdm_data_table_find_column (table, column);
  g_assert_cmpint (index, >=, 0);
  const char *text = tdm_data_table_get (table, row, (guint)index);
  return text ? g_ascii_strtod (text, NULL) : NAN;
}

/* Their columns SEX, whose coding differs, are called FEM. */
static inline TdmNonmemData *
published_data (const char *item, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = published_path (item, file);
  g_autofree char *text = NULL;
  g_assert_nonnull (path);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GString) renamed = g_string_new (text);
  g_string_replace (renamed, ",SEX,", ",FEM,", 1);
  TdmNonmemData *data =
      tdm_nonmem_data_parse (renamed->str, renamed->len, file, &error);
  g_assert_no_error (error);
  return data;
}

static inline TdmModel *
published_model (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmModel *model = tdm_model_parse (text, strlen (text), "model", &error);
  g_assert_no_error (error);
  return model;
}
