#include "gtk/drug-section.h"

#include <math.h>

#include "base/number.h"
#include "base/unit.h"
#include "gtk/text-table.h"

static GPtrArray *
new_table (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
}

static void
add_row (GPtrArray *table, char *a, char *b, char *c)
{
  char **row = g_new0 (char *, 4);
  row[0] = a;
  row[1] = b;
  row[2] = c;
  g_ptr_array_add (table, row);
}

/* "250, 500, 750 … 3000 mg": long lists are cut in the middle. */
static char *
list_text (const double *values, guint n, const char *unit)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (n > 9 && i == 3)
        {
          g_string_append (text, " …");
          i = n - 2;
        }
      g_autofree char *number = tdm_number_format (values[i], 4);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", number);
    }
  g_string_append_printf (text, " %s", unit);
  return g_string_free (text, FALSE);
}

static void
add_limit (GPtrArray *table, const char *title, double value, const char *unit)
{
  if (!isfinite (value))
    return;
  g_autofree char *number = tdm_number_format (value, 5);
  add_row (table, g_strdup (title), g_strdup_printf ("%s %s", number, unit), NULL);
}

static void
add_dosing (GtkBox *box, const TdmModelDosing *dosing)
{
  g_autoptr (GPtrArray) table = new_table ();

  add_row (table, g_strdup (dosing->name), g_strdup (dosing->route->title), NULL);
  add_row (table, g_strdup ("Amounts"),
           list_text (dosing->amounts_mg, dosing->n_amounts, "mg"), NULL);
  add_row (table, g_strdup ("Every"),
           list_text (dosing->intervals_h, dosing->n_intervals, "h"), NULL);
  if (dosing->n_durations > 0)
    add_row (table, g_strdup ("Infused over"),
             list_text (dosing->durations_h, dosing->n_durations, "h"), NULL);
  add_limit (table, "At most at once", dosing->max_single_mg, "mg");
  add_limit (table, "At most a day", dosing->max_daily_mg, "mg");
  add_limit (table, "Fastest rate", dosing->max_rate_mg_h, "mg/h");
  if (dosing->loading_high_mg_kg > 0)
    add_row (table, g_strdup ("Loading dose"),
             g_strdup_printf ("%g to %g mg/kg", dosing->loading_low_mg_kg,
                              dosing->loading_high_mg_kg),
             NULL);
  gtk_box_append (box, tdm_text_table_new_words (table));
  tdm_box_add_paragraph (box, dosing->source);
}

static char *
alarm_text (const TdmModelTarget *target)
{
  g_autofree char *unit = tdm_unit_display (target->target.unit);
  g_autoptr (GString) text = g_string_new (NULL);

  if (isfinite (target->alarm_low))
    {
      g_autofree char *low = tdm_number_format (target->alarm_low, 4);
      g_string_append_printf (text, "below %s %s", low, unit);
    }
  if (isfinite (target->alarm_high))
    {
      g_autofree char *high = tdm_number_format (target->alarm_high, 4);
      g_string_append_printf (text, "%sabove %s %s", text->len > 0 ? ", " : "", high,
                              unit);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_targets (GtkBox *box, const TdmModel *model)
{
  g_autoptr (GPtrArray) table = new_table ();

  add_row (table, g_strdup ("Target"), g_strdup ("Alarm"), g_strdup ("Source"));
  for (guint i = 0; i < tdm_model_get_n_targets (model); i++)
    {
      const TdmModelTarget *target = tdm_model_get_target (model, i);
      add_row (table, g_strdup (target->title), alarm_text (target),
               g_strdup (target->source));
    }
  tdm_box_add_heading (box, "Targets");
  if (tdm_model_get_n_targets (model) > 0)
    gtk_box_append (box, tdm_text_table_new_words (table));
  else
    tdm_box_add_paragraph (box, "None is known: give one with the case.");
}

static void
add_loinc (GtkBox *box, const TdmDrug *drug)
{
  g_autoptr (GPtrArray) table = new_table ();

  if (drug->loinc->len == 0)
    return;
  add_row (table, g_strdup ("LOINC"), g_strdup ("Level"), g_strdup ("Source"));
  for (guint i = 0; i < drug->loinc->len; i++)
    {
      const TdmLoinc *loinc = g_ptr_array_index (drug->loinc, i);
      add_row (table, g_strdup (loinc->code), g_strdup (loinc->title),
               g_strdup (loinc->source));
    }
  gtk_box_append (box, tdm_text_table_new_words (table));
  tdm_box_add_paragraph (box, TDM_LOINC_NOTICE);
}

static void
add_drug (GtkBox *box, const TdmDrug *drug)
{
  g_autofree char *sampling = g_strdup_printf ("Levels: %s.", drug->sampling);
  g_autofree char *hash = g_strdup_printf ("File %s.drug, version %s, SHA-256 %s",
                                           drug->id, drug->version, drug->sha256);

  tdm_box_add_heading (box, drug->name);
  tdm_box_add_paragraph (box, sampling);
  if (drug->molar_mass > 0)
    {
      g_autofree char *mass =
          g_strdup_printf ("Molar mass: %g g/mol.", drug->molar_mass);
      tdm_box_add_paragraph (box, mass);
    }
  tdm_box_add_paragraph (box, drug->source);
  add_loinc (box, drug);
  tdm_box_add_paragraph (box, hash);
}

void
tdm_drug_section_add (GtkBox *box, const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);

  tdm_box_add_heading (box, "What can be given");
  for (guint i = 0; i < tdm_model_get_n_dosings (model); i++)
    add_dosing (box, tdm_model_get_dosing (model, i));
  if (tdm_model_get_n_dosings (model) == 0)
    tdm_box_add_paragraph (box, "Nothing is stated: no doses are proposed.");
  add_targets (box, model);
  if (drug != NULL)
    add_drug (box, drug);
}
