#include "app/first-use.h"

#include "engine/qualify.h"
#include "model/trust.h"

void
tdm_first_use_check (TdmModel *model)
{
  g_autoptr (GError) error = NULL;

  if (tdm_trust_get_checks (model, NULL) != TDM_TRUST_UNCHECKED)
    return;
  g_autoptr (GPtrArray) lines = tdm_qualify_model (model, &error);
  /* A check that cannot be computed proves nothing. */
  tdm_trust_set_checks (model, lines != NULL && tdm_qualify_count_failed (lines) == 0);
}

TdmResult *
tdm_first_use_compute (TdmCase *record, TdmModel *model,
                       const TdmResultOptions *options, GCancellable *cancellable,
                       GError **error)
{
  tdm_first_use_check (model);
  return tdm_result_compute (record, model, options, cancellable, error);
}
