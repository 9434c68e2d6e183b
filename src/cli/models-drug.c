/* titrate-cli models show: what may be given, what to aim at, and what the drug's
 * models share. */
#include "cli/models-drug.h"

#include "cli/text.h"
#include "engine/result-json.h"

#include <math.h>

/* A limit that is not stated is null. */
static json_t *
limit_json (double value)
{
  return isfinite (value) ? tdm_json_real (value) : json_null ();
}

static json_t *
numbers_json (const double *values, guint n)
{
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, tdm_json_real (values[i]));
  return list;
}

static json_t *
dosing_json (const TdmModelDosing *d)
{
  return json_pack ("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s*}", "name",
                    d->name, "route", d->route->name, "unit", d->unit, "amounts_mg",
                    numbers_json (d->amounts_mg, d->n_amounts), "intervals_h",
                    numbers_json (d->intervals_h, d->n_intervals), "durations_h",
                    numbers_json (d->durations_h, d->n_durations), "max_rate_mg_h",
                    limit_json (d->max_rate_mg_h), "max_single_mg",
                    limit_json (d->max_single_mg), "max_daily_mg",
                    limit_json (d->max_daily_mg), "loading_mg_kg",
                    d->loading_high_mg_kg > 0
                        ? json_pack ("[o, o]", tdm_json_real (d->loading_low_mg_kg),
                                     tdm_json_real (d->loading_high_mg_kg))
                        : json_null (),
                    "source", d->source);
}

static json_t *
target_json (const TdmModelTarget *t)
{
  return json_pack ("{s:s, s:s*, s:s, s:o, s:o, s:o, s:o, s:s*, s:s*}", "name", t->name,
                    "title", t->title, "metric", tdm_metric_name (t->target.metric),
                    "low", limit_json (t->target.low), "high",
                    limit_json (t->target.high), "alarm_low", limit_json (t->alarm_low),
                    "alarm_high", limit_json (t->alarm_high), "unit", t->target.unit,
                    "source", t->source);
}

static json_t *
drug_json (const TdmDrug *drug)
{
  json_t *codes = json_array ();
  for (guint i = 0; i < drug->loinc->len; i++)
    {
      const TdmLoinc *loinc = g_ptr_array_index (drug->loinc, i);
      json_array_append_new (codes,
                             json_pack ("{s:s, s:s*, s:s, s:s*}", "code", loinc->code,
                                        "title", loinc->title, "quantity",
                                        tdm_loinc_quantity_name (loinc->quantity),
                                        "source", loinc->source));
    }
  return json_pack (
      "{s:s, s:s, s:s, s:s*, s:o, s:f, s:s*, s:o, s:s}", "id", drug->id, "version",
      drug->version, "name", drug->name, "sampling", drug->sampling, "molar_mass",
      drug->molar_mass > 0 ? tdm_json_real (drug->molar_mass) : json_null (),
      "above_penalty", drug->above_penalty, "source", drug->source, "loinc", codes,
      "sha256", drug->sha256);
}

void
tdm_cli_add_drug_json (const TdmModel *model, json_t *out)
{
  const TdmDrug *drug = tdm_model_get_drug (model);
  json_t *dosings = json_array (), *targets = json_array ();
  for (guint i = 0; i < tdm_model_get_n_dosings (model); i++)
    json_array_append_new (dosings, dosing_json (tdm_model_get_dosing (model, i)));
  for (guint i = 0; i < tdm_model_get_n_targets (model); i++)
    json_array_append_new (targets, target_json (tdm_model_get_target (model, i)));
  json_object_set_new (out, "dosings", dosings);
  json_object_set_new (out, "targets", targets);
  json_object_set_new (out, "drug_file", drug ? drug_json (drug) : json_null ());
}

/* "250, 500 … 3000": long lists are cut in the middle. */
static char *
list_text (const double *values, guint n, double factor)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      if (n > 12 && i == 4)
        {
          g_string_append (text, " …");
          i = n - 3;
        }
      g_string_append_printf (text, "%s%g", i > 0 ? ", " : "", values[i] * factor);
    }
  return g_string_free (text, FALSE);
}

static void
print_dosing (const TdmModelDosing *d, GString *out)
{
  g_autofree char *amounts = list_text (d->amounts_mg, d->n_amounts, 1);
  g_autofree char *intervals = list_text (d->intervals_h, d->n_intervals, 1);
  g_autofree char *durations = list_text (d->durations_h, d->n_durations, 1);
  g_string_append_printf (out, "  %s (%s): %s mg every %s h", d->name, d->route->title,
                          amounts, intervals);
  if (d->n_durations > 0)
    g_string_append_printf (out, " over %s h", durations);
  if (isfinite (d->max_rate_mg_h))
    g_string_append_printf (out, "; at most %g mg/h", d->max_rate_mg_h);
  if (isfinite (d->max_single_mg))
    g_string_append_printf (out, "; at most %g mg at once", d->max_single_mg);
  if (isfinite (d->max_daily_mg))
    g_string_append_printf (out, "; at most %g mg a day", d->max_daily_mg);
  if (d->loading_high_mg_kg > 0)
    g_string_append_printf (out, "; loading dose %g to %g mg/kg", d->loading_low_mg_kg,
                            d->loading_high_mg_kg);
  g_string_append_printf (out, ". %s\n", d->source);
}

static void
print_target (const TdmModelTarget *t, GString *out)
{
  g_string_append_printf (out, "  %s", t->title);
  if (isfinite (t->alarm_low))
    g_string_append_printf (out, "; alarm below %g %s", t->alarm_low, t->target.unit);
  if (isfinite (t->alarm_high))
    g_string_append_printf (out, "; alarm above %g %s", t->alarm_high, t->target.unit);
  g_string_append_printf (out, ". %s\n", t->source);
}

static void
print_drug (const TdmDrug *drug, GString *out)
{
  g_string_append_printf (out, "\nThe drug\n  %s, file %s.drug version %s, sha256 %s\n",
                          drug->name, drug->id, drug->version, drug->sha256);
  if (drug->molar_mass > 0)
    g_string_append_printf (out, "  Molar mass %g g/mol\n", drug->molar_mass);
  g_string_append_printf (out, "  Levels: %s\n  Source: %s\n", drug->sampling,
                          drug->source);
  for (guint i = 0; i < drug->loinc->len; i++)
    {
      const TdmLoinc *loinc = g_ptr_array_index (drug->loinc, i);
      g_string_append_printf (out, "  LOINC %s: %s (%s)\n", loinc->code, loinc->title,
                              loinc->source);
    }
  if (drug->loinc->len > 0)
    g_string_append_printf (out, "  %s\n", TDM_LOINC_NOTICE);
}

void
tdm_cli_print_drug (const TdmModel *model, GString *out)
{
  const TdmDrug *drug = tdm_model_get_drug (model);
  if (tdm_model_get_n_dosings (model) > 0)
    g_string_append (out, "\nWhat can be given\n");
  for (guint i = 0; i < tdm_model_get_n_dosings (model); i++)
    print_dosing (tdm_model_get_dosing (model, i), out);
  if (tdm_model_get_n_targets (model) > 0)
    g_string_append (out, "\nTargets\n");
  for (guint i = 0; i < tdm_model_get_n_targets (model); i++)
    print_target (tdm_model_get_target (model, i), out);
  if (drug)
    print_drug (drug, out);
}
