#include "app/drug-text.h"

#include <math.h>
#include <string.h>

#include "app/fit-text.h"
#include "base/number.h"
#include "base/unit.h"

/* So many values in equal steps are said as one range. */
#define LEAST_RUN 4

static GPtrArray *
table_new (const char *a, const char *b, const char *c)
{
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  const char *cells[] = { a, b, c };

  tdm_fit_text_add_row (table, cells, c != NULL ? 3 : 2);
  return table;
}

static void
add_row (GPtrArray *table, const char *a, const char *b, const char *c)
{
  const char *cells[] = { a, b != NULL ? b : "", c };

  tdm_fit_text_add_row (table, cells, c != NULL ? 3 : 2);
}

static char *
quantity_text (double value, const char *unit)
{
  g_autofree char *number = tdm_number_format (value, 5);
  g_autofree char *shown = tdm_unit_display (unit);

  return g_strdup_printf ("%s %s", number, shown);
}

/* How many values from `values` on are the same distance apart. */
static guint
run_length (const double *values, guint n)
{
  guint length = 1;

  while (length < n
         && (length == 1
             || fabs ((values[length] - values[length - 1]) - (values[1] - values[0]))
                    < 1e-9 * values[length]))
    length++;
  return length;
}

char *
tdm_drug_text_steps (const double *values, guint n, const char *unit)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *shown = tdm_unit_display (unit);

  for (guint i = 0; i < n;)
    {
      const guint length = run_length (values + i, n - i);
      const gboolean run = length >= LEAST_RUN;
      g_autofree char *first = tdm_number_format (values[i], 5);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", first);
      if (run)
        {
          g_autofree char *last = tdm_number_format (values[i + length - 1], 5);
          g_autofree char *step = tdm_number_format (values[i + 1] - values[i], 5);
          g_string_append_printf (text, " to %s in steps of %s", last, step);
        }
      i += run ? length : 1;
    }
  g_string_append_printf (text, " %s", shown);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_limit (GPtrArray *table, const char *title, double value, const char *unit)
{
  if (!(value > 0) || !isfinite (value))
    return;
  g_autofree char *text = quantity_text (value, unit);
  add_row (table, title, text, NULL);
}

static void
add_loading (GPtrArray *table, const TdmModelDosing *dosing, const char *unit)
{
  if (!(dosing->loading_high_mg_kg > 0))
    return;
  g_autofree char *per_kg = g_strconcat (unit, "/kg", NULL);
  g_autofree char *low = tdm_number_format (dosing->loading_low_mg_kg, 4);
  g_autofree char *high = quantity_text (dosing->loading_high_mg_kg, per_kg);
  g_autofree char *text = dosing->loading_low_mg_kg < dosing->loading_high_mg_kg
                              ? g_strdup_printf ("%s to %s", low, high)
                              : g_strdup (high);
  add_row (table, "Loading dose", text, NULL);
  add_limit (table, "Loading dose at most", dosing->max_loading_mg, unit);
}

GPtrArray *
tdm_drug_text_dosing (const TdmModel *model, guint i)
{
  const TdmModelDosing *dosing = tdm_model_get_dosing (model, i);
  const char *unit = tdm_model_get_amount_unit (model);
  GPtrArray *table = table_new (dosing->name, dosing->route->title, NULL);
  g_autofree char *rate = g_strconcat (unit, "/h", NULL);
  g_autofree char *density = g_strconcat (unit, "/L", NULL);
  g_autofree char *amounts =
      tdm_drug_text_steps (dosing->amounts_mg, dosing->n_amounts, unit);
  g_autofree char *every =
      tdm_drug_text_steps (dosing->intervals_h, dosing->n_intervals, "h");
  g_autofree char *over =
      tdm_drug_text_steps (dosing->durations_h, dosing->n_durations, "h");

  add_row (table, "Amounts", amounts, NULL);
  add_row (table, "Every", every, NULL);
  if (dosing->n_durations > 0)
    add_row (table, "Infused over", over, NULL);
  add_limit (table, "At most at once", dosing->max_single_mg, unit);
  add_limit (table, "At most a day", dosing->max_daily_mg, unit);
  add_limit (table, "Infused at most at", dosing->max_rate_mg_h, rate);
  add_loading (table, dosing, unit);
  add_limit (table, "In a solution of at most", dosing->max_concentration_mg_l,
             density);
  add_limit (table, "In a volume of at most", dosing->max_volume_l, "L");
  return table;
}

static void
add_route (GPtrArray *table, const TdmModelRoute *route)
{
  const char *title = route->title != NULL ? route->title : route->name;
  g_autofree char *words =
      g_strdup_printf ("%s%s%s", route->infusion ? "may be infused" : "taken at once",
                       route->formulation != NULL ? ", " : "",
                       route->formulation != NULL ? route->formulation : "");

  add_row (table, "Route", title, words);
}

static void
add_salt (GPtrArray *table, const TdmModel *model, const TdmModelSalt *salt)
{
  g_autofree char *counts = quantity_text (salt->mg, tdm_model_get_amount_unit (model));
  g_autofree char *unit = tdm_unit_display (salt->unit);
  g_autofree char *words = g_strdup_printf ("1 %s counts as %s%s%s", unit, counts,
                                            salt->source != NULL ? ". " : "",
                                            salt->source != NULL ? salt->source : "");

  add_row (table, "Salt", salt->title, words);
}

GPtrArray *
tdm_drug_text_forms (const TdmModel *model)
{
  const guint n_routes = tdm_model_get_n_routes (model);
  GPtrArray *table = table_new ("", "What", "How it counts");
  g_auto (GStrv) formulations = tdm_model_dup_formulations (model);

  for (guint i = 0; n_routes > 1 && i < n_routes; i++)
    add_route (table, tdm_model_get_route (model, i));
  for (guint i = 0; formulations[i] != NULL; i++)
    add_row (table, "Formulation", formulations[i], "told apart by this model");
  for (guint i = 0; i < tdm_model_get_n_salts (model); i++)
    add_salt (table, model, tdm_model_get_salt (model, i));
  return table;
}

static char *
alarm_text (const TdmModelTarget *target)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (isfinite (target->alarm_low))
    {
      g_autofree char *low = quantity_text (target->alarm_low, target->target.unit);
      g_string_append_printf (text, "below %s", low);
    }
  if (isfinite (target->alarm_high))
    {
      g_autofree char *high = quantity_text (target->alarm_high, target->target.unit);
      g_string_append_printf (text, "%sabove %s", text->len > 0 ? ", " : "", high);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE)
                       : g_strdup ("none stated");
}

GPtrArray *
tdm_drug_text_targets (const TdmModel *model)
{
  GPtrArray *table = table_new ("Target", "Alarm", "Source");

  for (guint i = 0; i < tdm_model_get_n_targets (model); i++)
    {
      const TdmModelTarget *target = tdm_model_get_target (model, i);
      g_autofree char *alarm = alarm_text (target);
      add_row (table, target->title, alarm,
               target->source != NULL ? target->source : "");
    }
  return table;
}

GPtrArray *
tdm_drug_text_loinc (const TdmDrug *drug)
{
  GPtrArray *table = table_new ("LOINC", "Level", "Source");

  for (guint i = 0; i < drug->loinc->len; i++)
    {
      const TdmLoinc *loinc = g_ptr_array_index (drug->loinc, i);
      add_row (table, loinc->code, loinc->title,
               loinc->source != NULL ? loinc->source : "");
    }
  return table;
}
