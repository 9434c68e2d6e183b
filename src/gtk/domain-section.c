#include "gtk/domain-section.h"

#include <math.h>

#include "base/number.h"
#include "base/unit.h"
#include "engine/domain.h"
#include "gtk/fold.h"
#include "gtk/text-table.h"

/* How many other models are listed with their reasons. */
#define MOST_OTHERS 4

static char *
value_text (double value, const char *unit)
{
  if (isnan (value))
    return g_strdup ("not known");
  g_autofree char *number = tdm_number_format (value, 3);
  g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");
  return g_strdup_printf ("%s %s", number, shown);
}

/* "17 to 101 (median 57) y", as far as it is known. */
static char *
range_text (const TdmModelRange *range, const char *unit)
{
  g_autofree char *low = value_text (range->low, NULL);
  g_autofree char *high = value_text (range->high, NULL);
  g_autofree char *median = value_text (range->median, unit);
  g_autofree char *shown = unit != NULL ? tdm_unit_display (unit) : g_strdup ("");
  g_autoptr (GString) text = g_string_new (NULL);

  g_strchomp (low);
  g_strchomp (high);
  if (!isnan (range->low) && !isnan (range->high))
    g_string_append_printf (text, "%s to %s %s", low, high, shown);
  else if (!isnan (range->low))
    g_string_append_printf (text, "from %s %s", low, shown);
  else if (!isnan (range->high))
    g_string_append_printf (text, "up to %s %s", high, shown);
  if (!isnan (range->median))
    g_string_append_printf (text, "%stypically %s", text->len > 0 ? ", " : "", median);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE)
                       : g_strdup ("not stated");
}

static const char *
verdict_text (TdmDomainVerdict verdict)
{
  static const char *const words[] = {
    [TDM_DOMAIN_INSIDE] = "within",
    [TDM_DOMAIN_OUTSIDE] = "outside: an extrapolation",
    [TDM_DOMAIN_UNKNOWN] = "not known",
  };
  return words[verdict];
}

static void
add_row (GPtrArray *table, char *title, char *value, char *range, const char *verdict)
{
  char **row = g_new0 (char *, 5);

  row[0] = title;
  row[1] = value;
  row[2] = range;
  row[3] = g_strdup (verdict);
  g_ptr_array_add (table, row);
}

static void
add_comparison (GtkBox *box, const TdmDomain *domain)
{
  g_autoptr (GPtrArray) table =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  add_row (table, g_strdup (""), g_strdup ("This patient"), g_strdup ("Its people"),
           "");
  for (guint i = 0; i < domain->lines->len; i++)
    {
      const TdmDomainLine *line = g_ptr_array_index (domain->lines, i);
      if (isnan (line->value) && isnan (line->range.low) && isnan (line->range.high))
        continue;
      add_row (table, g_strdup (line->title), value_text (line->value, line->unit),
               range_text (&line->range, line->unit), verdict_text (line->verdict));
    }
  tdm_box_add_heading (box, "This patient beside the people it was built from");
  gtk_box_append (box, tdm_text_table_new_words (table));
}

static void
add_use_button (GtkBox *box, const TdmModel *model)
{
  const TdmModelText *text = tdm_model_get_text (model);
  GtkWidget *button = gtk_button_new_with_label ("Use this model");
  g_autofree char *name = g_strdup_printf ("Use %s", text->title);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.use-model");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", text->id);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (box, button);
}

/* The sentences of one comparison in a paragraph. */
static void
add_reasons (GtkBox *box, const TdmDomain *domain)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (domain->obstacle != NULL)
    g_string_append_printf (text, "It cannot be used for this case: %s. ",
                            domain->obstacle);
  for (guint i = 0; i < domain->reasons->len; i++)
    g_string_append_printf (text, "%s ", (char *)domain->reasons->pdata[i]);
  tdm_box_add_paragraph (box, text->str);
}

static void
add_other (GtkBox *box, const TdmDomain *domain, const TdmModel *current)
{
  const TdmModelPeople *people = tdm_model_get_people (domain->model);
  g_autofree char *what = g_strdup_printf (
      "%s. %s.", tdm_model_get_text (domain->model)->title,
      people->setting != NULL ? people->setting : "Its people are not described");

  tdm_box_add_paragraph (box, what);
  add_reasons (box, domain);
  if (domain->obstacle == NULL && domain->model != current)
    add_use_button (box, domain->model);
}

static void
add_choice (GtkBox *box, const GPtrArray *ranked, const TdmModel *current)
{
  const TdmDomain *first = g_ptr_array_index (ranked, 0);

  if (ranked->len == 1)
    return;
  tdm_box_add_heading (box, first->model == current
                                ? "The people of this model are the nearest"
                                : "The people of another model are nearer");
  if (first->model != current)
    add_other (box, first, current);
  GtkBox *others = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  for (guint i = first->model == current ? 0 : 1, n = 0;
       i < ranked->len && n < MOST_OTHERS; i++)
    {
      const TdmDomain *domain = g_ptr_array_index (ranked, i);
      if (domain->model == current)
        continue;
      add_other (others, domain, current);
      n++;
    }
  gtk_box_append (box, tdm_fold_new ("Other models of this drug", GTK_WIDGET (others)));
}

void
tdm_domain_section_fill (GtkBox *box, TdmSession *session)
{
  TdmModel *model = tdm_session_get_model (session);
  TdmCase *record = tdm_session_get_record (session);

  tdm_box_clear (box);
  if (model == NULL || record == NULL)
    return;
  g_autoptr (TdmDomain) own = tdm_domain_new (record, model);
  g_autoptr (GPtrArray) ranked =
      tdm_domain_rank (record, tdm_session_get_models (session), model);
  add_comparison (box, own);
  add_choice (box, ranked, model);
}
