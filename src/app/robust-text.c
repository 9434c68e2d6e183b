#include "app/robust-text.h"

#include <math.h>
#include <string.h>

#include "app/fit-text.h"
#include "app/proposal-row.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/words.h"

char *
tdm_robust_text_about (const TdmRobustness *robustness)
{
  g_autofree char *within = tdm_percent_text (robustness->p_within);
  g_autofree char *minutes = tdm_number_format (robustness->uncertainty_min, 3);

  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "%s, within the target with a chance of %s, judged anew with each "
                   "doubt taken as true. Times are shifted by %s min.",
                   robustness->regimen, within, minutes);
  if (robustness->left_out > 0)
    g_string_append_printf (text, " %u earlier dose line%s not asked about.",
                            robustness->left_out,
                            robustness->left_out == 1 ? " was" : "s were");
  return g_string_free (text, FALSE);
}

/* What follows from a doubt, in a few words. */
static char *
outcome_text (const TdmDoubt *doubt)
{
  if (doubt->obstacle != NULL)
    return doubt->changed ? g_strdup_printf ("no advice: %s", doubt->obstacle)
                          : g_strdup (doubt->obstacle);
  if (doubt->other != NULL)
    return g_strdup_printf ("then rather %s", doubt->other);
  return g_strdup (doubt->moved ? "the chance moves" : "the same");
}

static void
add_doubt (GPtrArray *table, const TdmDoubt *doubt)
{
  const gboolean judged = doubt->obstacle == NULL;
  g_autofree char *metric = judged && isfinite (doubt->metric)
                                ? tdm_number_format (doubt->metric, 3)
                                : g_strdup ("");
  g_autofree char *within = judged ? tdm_percent_text (doubt->p_within) : g_strdup ("");
  g_autofree char *above = judged ? tdm_percent_text (doubt->p_above) : g_strdup ("");
  g_autofree char *outcome = outcome_text (doubt);
  const char *cells[] = { doubt->what, doubt->change, metric, within, above, outcome };

  tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
}

static const char *
metric_title (const TdmRobustness *robustness)
{
  const char *words = tdm_words_metric (robustness->metric_kind);

  return g_str_has_prefix (words, "the ") ? words + strlen ("the ") : words;
}

GPtrArray *
tdm_robust_text_table (const TdmRobustness *robustness)
{
  g_autofree char *unit = tdm_unit_display (robustness->unit);
  g_autofree char *metric =
      unit[0] == '\0' ? g_strdup (metric_title (robustness))
                      : g_strdup_printf ("%s, %s", metric_title (robustness), unit);
  const char *headings[] = { "Doubt", "Change", metric, "Within", "Above", "Advice" };
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint pass = 0; pass < 3; pass++)
    for (guint i = 0; i < robustness->doubts->len; i++)
      {
        const TdmDoubt *doubt = robustness->doubts->pdata[i];
        guint turn = doubt->changed ? 0 : doubt->moved ? 1 : 2;
        if (turn == pass)
          add_doubt (table, doubt);
      }
  return table;
}
