#include "gtk/drug-section.h"

#include "app/drug-text.h"
#include "base/number.h"
#include "gtk/text-table.h"

static void
add_table (GtkBox *box, GPtrArray *rows)
{
  gtk_box_append (box, tdm_text_table_new_words (rows));
  g_ptr_array_unref (rows);
}

static void
add_dosings (GtkBox *box, const TdmModel *model)
{
  tdm_box_add_heading (box, "What can be given");
  for (guint i = 0; i < tdm_model_get_n_dosings (model); i++)
    {
      add_table (box, tdm_drug_text_dosing (model, i));
      tdm_box_add_paragraph (box, tdm_model_get_dosing (model, i)->source);
    }
  if (tdm_model_get_n_dosings (model) == 0)
    tdm_box_add_paragraph (box, "Nothing is stated: no doses are proposed.");
  GPtrArray *forms = tdm_drug_text_forms (model);
  if (forms->len > 1)
    add_table (box, forms);
  else
    g_ptr_array_unref (forms);
}

static void
add_targets (GtkBox *box, const TdmModel *model)
{
  tdm_box_add_heading (box, "Targets");
  if (tdm_model_get_n_targets (model) > 0)
    add_table (box, tdm_drug_text_targets (model));
  else
    tdm_box_add_paragraph (box, "None is known: give one with the case.");
}

static void
add_drug (GtkBox *box, const TdmDrug *drug)
{
  g_autofree char *heading = g_strdup_printf ("%s as a drug", drug->name);
  g_autofree char *sampling = g_strdup_printf ("Levels: %s.", drug->sampling);
  g_autofree char *hash = g_strdup_printf ("File %s.drug, version %s, SHA-256 %s",
                                           drug->id, drug->version, drug->sha256);

  tdm_box_add_heading (box, heading);
  tdm_box_add_paragraph (box, sampling);
  if (drug->molar_mass > 0)
    {
      g_autofree char *number = tdm_number_format (drug->molar_mass, 6);
      g_autofree char *mass = g_strdup_printf ("Molar mass: %s g/mol.", number);
      tdm_box_add_paragraph (box, mass);
    }
  tdm_box_add_paragraph (box, drug->source);
  if (drug->loinc->len > 0)
    {
      add_table (box, tdm_drug_text_loinc (drug));
      tdm_box_add_paragraph (box, TDM_LOINC_NOTICE);
    }
  tdm_box_add_paragraph (box, hash);
}

void
tdm_drug_section_add (GtkBox *box, const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);

  add_dosings (box, model);
  add_targets (box, model);
  if (drug != NULL)
    add_drug (box, drug);
}
