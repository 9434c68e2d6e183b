/* titrate-cli compare: several models of a drug side by side, and what they say
 * together. */
#include "cli/cli.h"

#include "base/number.h"
#include "base/unit.h"
#include "cli/text.h"
#include "engine/average.h"
#include "engine/domain.h"
#include "engine/result-json.h"
#include "engine/words.h"
#include "model/library.h"

#include <math.h>

/* How many of the nearest models are compared when nobody says which. */
#define NEAREST 4

static json_t *
number_json (double value)
{
  return isfinite (value) ? tdm_json_real (value) : json_null ();
}

static json_t *
numbers_json (const double *values, guint n)
{
  json_t *list = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, number_json (values[i]));
  return list;
}

/* The regimen at the head of a result's ranking, or NULL. */
static const TdmRegimen *
leader (const TdmResult *result)
{
  return result && result->proposals->regimens->len > 0
             ? result->proposals->regimens->pdata[0]
             : NULL;
}

static json_t *
regimen_json (const TdmRegimen *regimen)
{
  if (!regimen)
    return json_null ();
  json_t *out =
      json_pack ("{s:f, s:s, s:s, s:f, s:f, s:b, s:f, s:{s:f, s:f, s:f}, s:f}",
                 "amount", tdm_salt_amount (regimen->salt, regimen->amount_mg), "unit",
                 tdm_salt_unit (regimen->salt), "route", regimen->route->name,
                 "interval", regimen->interval_h, "duration", regimen->duration_h,
                 "current", regimen->is_current, "target", regimen->metrics.target,
                 "probability", "below", regimen->p_below, "within", regimen->p_within,
                 "above", regimen->p_above, "score", regimen->score);
  tdm_json_add_course (out, regimen);
  return out;
}

static json_t *
member_json (const TdmMember *member)
{
  const TdmResult *result = member->result;
  json_t *eta = json_object ();
  for (guint i = 0; result && i < result->fit->n; i++)
    json_object_set_new (eta, tdm_problem_get_effect_name (result->fit->problem, i),
                         tdm_json_real (result->fit->eta[i]));
  return json_pack ("{s:s, s:s, s:o, s:o, s:s?, s:o, s:o, s:o}", "model",
                    tdm_model_get_id (member->model), "title", member->title, "weight",
                    number_json (member->weight), "criterion",
                    number_json (member->criterion), "obstacle", member->obstacle,
                    "objective", number_json (result ? result->fit->objective : NAN),
                    "eta", eta, "leading", regimen_json (leader (result)));
}

static json_t *
members_json (const GPtrArray *members)
{
  json_t *list = json_array ();
  for (guint i = 0; i < members->len; i++)
    json_array_append_new (list, member_json (members->pdata[i]));
  return list;
}

static json_t *
average_json (const TdmAverage *average)
{
  static const char *const names[TDM_BAND_N] = { "5", "25", "50", "75", "95" };
  json_t *regimens = json_array (), *bands = json_object ();
  for (guint i = 0; i < average->regimens->len; i++)
    {
      const TdmAverageRegimen *one = average->regimens->pdata[i];
      json_t *item = regimen_json (&one->regimen);
      json_object_set_new (
          item, "by_model",
          json_pack ("{s:o, s:o}", "target",
                     numbers_json (one->target, average->members->len), "within",
                     numbers_json (one->within, average->members->len)));
      json_array_append_new (regimens, item);
    }
  for (guint b = 0; b < TDM_BAND_N; b++)
    json_object_set_new (bands, names[b], numbers_json (average->band[b], average->n));
  return json_pack ("{s:o, s:s?, s:{s:s, s:o, s:o, s:o}}", "regimens", regimens,
                    "target_unit", average->target_unit, "curve", "unit", average->unit,
                    "time", numbers_json (average->time_h, average->n), "individual",
                    numbers_json (average->individual, average->n), "percentiles",
                    bands);
}

static void
print_members (const GPtrArray *members, gboolean weighted, GString *out)
{
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrl");
  tdm_cli_table_add_row (table, weighted ? "model" : "variant",
                         weighted ? "weight" : "", "within", "leading regimen", NULL);
  for (guint i = 0; i < members->len; i++)
    {
      const TdmMember *member = members->pdata[i];
      const TdmRegimen *lead = leader (member->result);
      g_autofree char *regimen = lead ? tdm_words_regimen (lead) : NULL;
      tdm_cli_table_add_text (table, weighted ? tdm_model_get_id (member->model)
                                              : member->title);
      if (weighted)
        tdm_cli_table_add_percent (table, member->weight);
      else
        tdm_cli_table_add_text (table, "");
      if (lead)
        tdm_cli_table_add_percent (table, lead->p_within);
      else
        tdm_cli_table_add_text (table, "");
      tdm_cli_table_add_text (table, member->obstacle ? member->obstacle
                                     : regimen        ? regimen
                                                      : "no regimen");
    }
  tdm_cli_table_print (table, 0, out);
}

static void
print_average (const TdmAverage *average, GString *out)
{
  g_autofree char *unit =
      average->target_unit ? tdm_unit_display (average->target_unit) : g_strdup ("");
  g_string_append_printf (out, "\nTogether (weights by %s)\n",
                          tdm_weight_rule_name (average->rule));
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("lrrrl");
  tdm_cli_table_add_row (table, "regimen", "below", "within", "above",
                         "target, from lowest to highest model", NULL);
  for (guint i = 0; i < average->regimens->len && i < 12; i++)
    {
      const TdmAverageRegimen *one = average->regimens->pdata[i];
      g_autofree char *regimen = tdm_words_regimen (&one->regimen);
      g_autofree char *low = tdm_number_format (one->lowest, 3);
      g_autofree char *high = tdm_number_format (one->highest, 3);
      g_autofree char *range = g_strdup_printf ("%s to %s %s", low, high, unit);
      tdm_cli_table_add_text (table, regimen);
      tdm_cli_table_add_percent (table, one->regimen.p_below);
      tdm_cli_table_add_percent (table, one->regimen.p_within);
      tdm_cli_table_add_percent (table, one->regimen.p_above);
      tdm_cli_table_add_text (table, range);
    }
  tdm_cli_table_print (table, 0, out);
}

/* Those that --models or the case name, else those whose people are nearest. */
static GPtrArray *
choose_models (const TdmCliOptions *options, TdmCase *record, TdmModel *model,
               GError **error)
{
  g_autoptr (GPtrArray) out =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);
  g_auto (GStrv) named = options->models ? g_strsplit (options->models, ",", -1) : NULL;
  const char *const *ids =
      named ? (const char *const *)named : tdm_case_get_models (record);
  for (guint i = 0; ids && ids[i]; i++)
    {
      TdmModel *one = tdm_library_load (ids[i], error);
      if (!one)
        return NULL;
      g_ptr_array_add (out, one);
    }
  if (out->len > 1)
    return g_steal_pointer (&out);
  g_autoptr (GPtrArray) all = tdm_library_load_all (error);
  if (!all)
    return NULL;
  g_autoptr (GPtrArray) ranked = tdm_domain_rank (record, all, model);
  g_ptr_array_set_size (out, 0);
  g_ptr_array_add (out, tdm_model_ref (model));
  for (guint i = 0; i < ranked->len && out->len < NEAREST; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (!domain->obstacle
          && !g_str_equal (tdm_model_get_id (domain->model), tdm_model_get_id (model)))
        g_ptr_array_add (out, tdm_model_ref (domain->model));
    }
  return g_steal_pointer (&out);
}

gboolean
tdm_cli_compare (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  g_autoptr (TdmCase) record = NULL;
  g_autoptr (TdmModel) model = NULL;
  TdmResultOptions how = { 0 };
  TdmWeightRule rule = TDM_WEIGHT_LIKELIHOOD;
  if (options->weights && !tdm_weight_rule_from_name (options->weights, &rule))
    return tdm_cli_usage (error, "--weights is likelihood, aic, prediction or equal");
  if (!tdm_cli_draws (options, &how, error)
      || !tdm_cli_load (options, &record, &model, error))
    return FALSE;
  g_autoptr (GPtrArray) models = choose_models (options, record, model, error);
  if (!models)
    return FALSE;
  g_autoptr (TdmAverage) average =
      tdm_average_new (record, models, rule, &how, NULL, error);
  g_autoptr (GPtrArray) variants =
      average ? tdm_variants_new (record, model, &how, NULL, error) : NULL;
  if (!variants)
    return FALSE;
  if (options->json)
    {
      tdm_cli_print_json (
          json_pack ("{s:s, s:s, s:o, s:o, s:o}", "format", "titrate-comparison/1",
                     "weights", tdm_weight_rule_name (rule), "models",
                     members_json (average->members), "average", average_json (average),
                     "variants", members_json (variants)),
          answer->text);
      return TRUE;
    }
  print_members (average->members, TRUE, answer->text);
  print_average (average, answer->text);
  g_string_append (answer->text, "\nThe same model side by side\n");
  print_members (variants, FALSE, answer->text);
  return TRUE;
}
