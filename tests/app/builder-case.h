/* A teaching case computed for the tests of the builders. */
#pragma once

#include <string.h>

#include "engine/result.h"
#include "model/library.h"
#include "record/case-file.h"

static const char builder_case_text[] =
    "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-goti-2018\","
    " \"start\": \"2026-03-01T08:00\","
    " \"patient\": {\"id\": \"TEACH-071\", \"name\": \"Builder Case\","
    "  \"sex\": \"female\", \"birth\": \"1961-07-14\"},"
    " \"covariates\": ["
    "  {\"name\": \"WT\", \"time\": 0, \"value\": 71.3, \"unit\": \"kg\"},"
    "  {\"name\": \"SCR\", \"time\": 0, \"value\": 1.13, \"unit\": \"mg/dL\"},"
    "  {\"name\": \"SCR\", \"time\": 37, \"value\": 127, \"unit\": \"umol/L\"},"
    "  {\"name\": \"DIAL\", \"time\": 0, \"value\": 0}],"
    " \"doses\": ["
    "  {\"time\": 0, \"amount\": 1500, \"unit\": \"mg\", \"route\": \"iv\","
    "   \"duration\": 2},"
    "  {\"time\": 12, \"amount\": 1000, \"unit\": \"mg\", \"route\": \"iv\","
    "   \"duration\": 1, \"interval\": 12, \"count\": 4}],"
    " \"levels\": ["
    "  {\"time\": 35.5, \"value\": 16.7, \"unit\": \"mg/L\"},"
    "  {\"time\": 36.5, \"value\": 44.1, \"unit\": \"mg/L\", \"use\": false},"
    "  {\"time\": 47.3, \"value\": 18.4, \"unit\": \"mg/L\"}],"
    " \"target\": {\"metric\": \"%s\", \"low\": %s, \"high\": %s,"
    "  \"unit\": \"%s\"}}";

static const TdmResultOptions builder_options = { .draws = 60, .seed = 11 };

static inline TdmResult *
builder_result (const char *metric, const char *low, const char *high, const char *unit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (builder_case_text);
  const char *const values[] = { metric, low, high, unit };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_string_replace (text, "%s", values[i], 1);
  g_autoptr (TdmCase) record = tdm_case_file_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load ("vancomycin-goti-2018", &error);
  g_assert_no_error (error);
  TdmResult *result =
      tdm_result_compute (record, model, &builder_options, NULL, &error);
  g_assert_no_error (error);
  return result;
}
