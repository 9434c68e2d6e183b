#include "engine/average-private.h"

#include "base/error.h"

#include <math.h>

TdmMember *
tdm_member_new (TdmModel *model, const char *title)
{
  TdmMember *self = g_new0 (TdmMember, 1);

  self->model = tdm_model_ref (model);
  self->title = g_strdup (title);
  self->criterion = NAN;
  return self;
}

void
tdm_member_free (TdmMember *self)
{
  tdm_model_unref (self->model);
  g_clear_pointer (&self->result, tdm_result_unref);
  g_free (self->title);
  g_free (self->obstacle);
  g_free (self);
}

static void
regimen_free (TdmAverageRegimen *self)
{
  g_free (self->target);
  g_free (self->within);
  g_free (self);
}

void
tdm_average_free (TdmAverage *self)
{
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->regimens);
  g_free (self->target_unit);
  g_free (self->unit);
  g_free (self->time_h);
  g_free (self->individual);
  for (guint b = 0; b < TDM_BAND_N; b++)
    g_free (self->band[b]);
  g_free (self);
}

/* Advice that is withheld because the fit is not trusted, not because there is nothing
 * to propose. */
static gboolean
is_distrusted (const TdmProposals *proposals)
{
  static const char *const harmless[] = { "no-target", "target-in-the-past",
                                          "no-dosing", "no-candidate", NULL };

  return proposals->withheld != NULL
         && !g_strv_contains (harmless, proposals->withheld->code);
}

gboolean
tdm_member_compute (TdmMember *self, TdmCase *record, const TdmResultOptions *options,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->result = tdm_result_compute (record, self->model, options, cancellable, &local);
  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (self->result == NULL)
    self->obstacle = g_strdup (local->message);
  else if (is_distrusted (self->result->proposals))
    self->obstacle = g_strdup (self->result->proposals->withheld->text);
  return TRUE;
}

/* All members aim at one target: the case's, else the first model's. */
static TdmCase *
with_target (TdmCase *record, const TdmModel *first, GError **error)
{
  if (tdm_case_get_target (record)->metric != TDM_METRIC_NONE
      || tdm_model_get_n_targets (first) == 0)
    return tdm_case_ref (record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  tdm_case_edit_set_target (edit, &tdm_model_get_target (first, 0)->target);
  return tdm_case_edit_finish (edit, error);
}

static gboolean
compute_members (TdmAverage *self, TdmCase *record, const GPtrArray *models,
                 const TdmResultOptions *options, GCancellable *cancellable,
                 GError **error)
{
  for (guint i = 0; i < models->len; i++)
    {
      TdmModel *model = models->pdata[i];
      TdmMember *member = tdm_member_new (model, tdm_model_get_text (model)->title);
      g_ptr_array_add (self->members, member);
      if (!tdm_member_compute (member, record, options, cancellable, error))
        return FALSE;
      if (member->obstacle != NULL)
        continue;
      member->criterion = tdm_average_criterion (member->result->fit, self->rule);
      if (!isfinite (member->criterion))
        member->obstacle = g_strdup ("how well it fits the levels cannot be computed");
      else
        self->n_used++;
    }
  return TRUE;
}

static void
fail_none (const TdmAverage *self, GError **error)
{
  const TdmMember *first = self->members->pdata[0];

  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "none of the %u models can be used for this case; the first because %s",
               self->members->len, first->obstacle);
}

TdmAverage *
tdm_average_new (TdmCase *record, const GPtrArray *models, TdmWeightRule rule,
                 const TdmResultOptions *options, GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (TdmAverage) self = g_new0 (TdmAverage, 1);

  self->rule = rule;
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_member_free);
  self->regimens = g_ptr_array_new_with_free_func ((GDestroyNotify)regimen_free);
  g_return_val_if_fail (models->len > 0, NULL);
  g_autoptr (TdmCase) aimed = with_target (record, models->pdata[0], error);
  if (aimed == NULL
      || !compute_members (self, aimed, models, options, cancellable, error))
    return NULL;
  if (!tdm_average_weigh (self->members))
    {
      fail_none (self, error);
      return NULL;
    }
  if (!tdm_average_fill_curve (self, cancellable, error)
      || !tdm_average_fill_regimens (self, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* The case with other options. */
static TdmCase *
with_options (TdmCase *record, double prior_share, gboolean future, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmCaseOptions options = *tdm_case_get_options (record);

  options.prior_weight *= prior_share;
  options.future_occasions = options.future_occasions || future;
  tdm_case_edit_set_options (edit, &options);
  return tdm_case_edit_finish (edit, error);
}

/* How much of the prior's strength the flattened variant keeps. */
#define FLAT_SHARE 0.25

GPtrArray *
tdm_variants_new (TdmCase *record, TdmModel *model, const TdmResultOptions *options,
                  GCancellable *cancellable, GError **error)
{
  static const struct
  {
    const char *title;
    double prior_share;
    gboolean future;
  } kinds[] = {
    { "as the case says", 1.0, FALSE },
    { "prior at a quarter of its strength", FLAT_SHARE, FALSE },
    { "with occasions to come", 1.0, TRUE },
  };
  g_autoptr (GPtrArray) out =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_member_free);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i].future && tdm_model_get_n_occasion_effects (model) == 0)
        continue;
      g_autoptr (TdmCase) variant =
          with_options (record, kinds[i].prior_share, kinds[i].future, error);
      TdmMember *member = tdm_member_new (model, kinds[i].title);
      g_ptr_array_add (out, member);
      if (variant == NULL
          || !tdm_member_compute (member, variant, options, cancellable, error))
        return NULL;
    }
  return g_steal_pointer (&out);
}
