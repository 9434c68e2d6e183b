#include "app/compare.h"

#include <math.h>
#include <string.h>

#include "app/fit-text.h"
#include "app/proposal-row.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/words.h"

/* How many are compared when the case names one model only. */
#define NEAREST 4
/* Regimens listed. */
#define MOST_REGIMENS 8

void
tdm_compare_input_free (TdmCompareInput *self)
{
  tdm_case_unref (self->record);
  g_ptr_array_unref (self->models);
  g_free (self);
}

TdmComparison *
tdm_comparison_new (const TdmCompareInput *input, GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (TdmComparison) self = g_new0 (TdmComparison, 1);

  self->average = tdm_average_new (input->record, input->models, input->rule,
                                   &input->options, cancellable, error);
  if (self->average == NULL)
    return NULL;
  self->variants = tdm_variants_new (input->record, input->models->pdata[0],
                                     &input->options, cancellable, error);
  return self->variants != NULL ? g_steal_pointer (&self) : NULL;
}

void
tdm_comparison_free (TdmComparison *self)
{
  g_clear_pointer (&self->average, tdm_average_free);
  g_clear_pointer (&self->variants, g_ptr_array_unref);
  g_free (self);
}

static gboolean
names (const TdmCase *record, const TdmModel *model)
{
  const char *const *ids = tdm_case_get_models (record);

  return ids != NULL && g_strv_contains (ids, tdm_model_get_id (model));
}

static void
add_model (GPtrArray *models, TdmModel *model)
{
  g_ptr_array_add (models, tdm_model_ref (model));
}

GPtrArray *
tdm_compare_models (const TdmCase *record, const TdmModel *model,
                    const GPtrArray *ranked)
{
  const char *const *ids = tdm_case_get_models (record);
  const gboolean named = ids != NULL && ids[0] != NULL && ids[1] != NULL;
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);

  for (guint i = 0; i < ranked->len; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (domain->model == model)
        add_model (out, domain->model);
    }
  for (guint i = 0; i < ranked->len; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (domain->model != model
          && (named ? names (record, domain->model)
                    : domain->obstacle == NULL && out->len < NEAREST))
        add_model (out, domain->model);
    }
  return out;
}

TdmCase *
tdm_compare_choose (const TdmCase *record, const GPtrArray *models, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  g_autofree const char **ids = g_new0 (const char *, models->len + 1);

  for (guint i = 0; i < models->len; i++)
    ids[i] = tdm_model_get_id (models->pdata[i]);
  if (models->len == 1)
    tdm_case_edit_set_model (edit, ids[0]);
  else
    tdm_case_edit_set_models (edit, ids);
  return tdm_case_edit_finish (edit, error);
}

char *
tdm_compare_short_title (const TdmModel *model)
{
  const char *title = tdm_model_get_text (model)->title;
  const char *open = strrchr (title, '(');
  const char *close = open != NULL ? strchr (open, ')') : NULL;

  return close != NULL && close > open + 1
             ? g_strndup (open + 1, (gsize)(close - open - 1))
             : g_strdup (tdm_model_get_id (model));
}

static GPtrArray *
table_new (const char *const *headings, guint n)
{
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  tdm_fit_text_add_row (table, headings, n);
  return table;
}

static const TdmRegimen *
leader (const TdmMember *member)
{
  return member->result != NULL && member->result->proposals->regimens->len > 0
             ? member->result->proposals->regimens->pdata[0]
             : NULL;
}

static char *
chance_text (const TdmRegimen *regimen, double chance)
{
  return regimen != NULL ? tdm_percent_text (chance) : g_strdup ("");
}

static void
add_member (GPtrArray *table, const TdmMember *member, const char *first,
            const char *weight)
{
  const TdmRegimen *lead = leader (member);
  g_autofree char *regimen = member->obstacle != NULL
                                 ? g_strdup_printf ("not used: %s", member->obstacle)
                             : lead != NULL ? tdm_words_regimen (lead)
                                            : g_strdup ("no regimen");
  g_autofree char *below = chance_text (lead, lead != NULL ? lead->p_below : 0);
  g_autofree char *within = chance_text (lead, lead != NULL ? lead->p_within : 0);
  g_autofree char *above = chance_text (lead, lead != NULL ? lead->p_above : 0);
  const char *cells[] = { first, weight, below, within, above, regimen };

  tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
}

GPtrArray *
tdm_compare_members (const TdmAverage *average)
{
  static const char *const headings[] = { "Model",  "Weight", "below",
                                          "within", "above",  "Its leading regimen" };
  GPtrArray *table = table_new (headings, G_N_ELEMENTS (headings));

  for (guint i = 0; i < average->members->len; i++)
    {
      const TdmMember *member = average->members->pdata[i];
      g_autofree char *name = tdm_compare_short_title (member->model);
      g_autofree char *weight =
          member->obstacle == NULL ? tdm_percent_text (member->weight) : g_strdup ("–");
      add_member (table, member, name, weight);
    }
  return table;
}

GPtrArray *
tdm_compare_variants (const GPtrArray *variants)
{
  static const char *const headings[] = { "Variant", "",      "below",
                                          "within",  "above", "Its leading regimen" };
  GPtrArray *table = table_new (headings, G_N_ELEMENTS (headings));

  for (guint i = 0; i < variants->len; i++)
    {
      const TdmMember *member = variants->pdata[i];
      add_member (table, member, member->title, "");
    }
  return table;
}

const char *
tdm_compare_rule_title (TdmWeightRule rule)
{
  static const char *const titles[] = {
    [TDM_WEIGHT_LIKELIHOOD] = "the probability of the levels under each model",
    [TDM_WEIGHT_AIC] = "AIC",
    [TDM_WEIGHT_PREDICTION] = ("how well each model predicted the later levels from "
                               "those before them"),
    [TDM_WEIGHT_EQUAL] = "all models count alike",
  };
  return titles[rule];
}

static char *
range_text (const TdmAverageRegimen *regimen)
{
  g_autofree char *low = tdm_number_format (regimen->lowest, 3);
  g_autofree char *high = tdm_number_format (regimen->highest, 3);

  return isfinite (regimen->lowest) ? g_strdup_printf ("%s to %s", low, high)
                                    : g_strdup ("");
}

/* "AUC24": what all of them aim at. */
static const char *
metric_title (const TdmAverage *average)
{
  for (guint i = 0; i < average->members->len; i++)
    {
      const TdmMember *member = average->members->pdata[i];
      if (member->obstacle != NULL)
        continue;
      const char *words = tdm_words_metric (member->result->proposals->target.metric);
      return g_str_has_prefix (words, "the ") ? words + strlen ("the ") : words;
    }
  return "target";
}

GPtrArray *
tdm_compare_regimens (const TdmAverage *average)
{
  g_autofree char *unit =
      average->target_unit != NULL ? tdm_unit_display (average->target_unit) : NULL;
  g_autofree char *target =
      g_strdup_printf ("%s by model%s%s", metric_title (average),
                       unit != NULL ? ", " : "", unit != NULL ? unit : "");
  const char *headings[] = { "Regimen", "below", "within", "above", target };
  GPtrArray *table = table_new (headings, G_N_ELEMENTS (headings));

  for (guint i = 0; i < average->regimens->len && i < MOST_REGIMENS; i++)
    {
      const TdmAverageRegimen *one = average->regimens->pdata[i];
      g_autofree char *words = tdm_words_regimen (&one->regimen);
      g_autofree char *name =
          g_strconcat (words, one->regimen.is_current ? " (current)" : NULL, NULL);
      g_autofree char *below = tdm_percent_text (one->regimen.p_below);
      g_autofree char *within = tdm_percent_text (one->regimen.p_within);
      g_autofree char *above = tdm_percent_text (one->regimen.p_above);
      g_autofree char *range = range_text (one);
      const char *cells[] = { name, below, within, above, range };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
  return table;
}

/* The least and the greatest chance that a member gives to a regimen. */
static void
find_spread (const TdmAverage *average, const TdmAverageRegimen *regimen, double *least,
             double *most)
{
  *least = INFINITY;
  *most = -INFINITY;
  for (guint i = 0; i < average->members->len; i++)
    if (!isnan (regimen->within[i]))
      {
        *least = MIN (*least, regimen->within[i]);
        *most = MAX (*most, regimen->within[i]);
      }
}

char *
tdm_compare_sentence (const TdmAverage *average)
{
  double least, most;

  if (average->regimens->len == 0)
    return g_strdup ("No regimen can be compared.");
  const TdmAverageRegimen *first = average->regimens->pdata[0];
  find_spread (average, first, &least, &most);
  g_autofree char *words = tdm_words_regimen (&first->regimen);
  g_autofree char *within = tdm_percent_text (first->regimen.p_within);
  g_autofree char *low = tdm_percent_text (least);
  g_autofree char *high = tdm_percent_text (most);
  if (average->n_used < 2)
    return g_strdup_printf ("Only one model can be used: %s is within the target with "
                            "a chance of %s.",
                            words, within);
  return g_strdup_printf ("%u models together: %s is within the target with a chance "
                          "of %s; single models say %s to %s.",
                          average->n_used, words, within, low, high);
}
