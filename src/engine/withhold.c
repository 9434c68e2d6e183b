/* When no regimen may be proposed, and why. */
#include "engine/withhold.h"

void
tdm_proposals_withhold (TdmProposals *self, const char *code, const char *text)
{
  g_autoptr (GPtrArray) one = tdm_notes_new ();
  tdm_notes_add (one, TDM_NOTE_REFUSE, code, NULL, "%s", text);
  self->withheld = g_ptr_array_steal_index (one, 0);
}

/* Whether the target looks at nothing that a regimen from `adjust_h` on could change.
 */
static gboolean
is_past (const TdmTarget *target, double adjust_h)
{
  double at_h = target->at.hours;
  if (target->metric == TDM_METRIC_AUC || target->has_span)
    return target->to.hours <= adjust_h;
  if (target->at_steady_state)
    return FALSE;
  if (target->metric == TDM_METRIC_TROUGH
      || target->metric == TDM_METRIC_CUMULATIVE_AUC)
    return at_h <= adjust_h;
  return at_h + 24 <= adjust_h;
}

gboolean
tdm_proposals_must_withhold (TdmProposals *self, const TdmFit *fit,
                             const GPtrArray *notes)
{
  const TdmNote *refusal = tdm_notes_refusal (notes);
  if (refusal)
    tdm_proposals_withhold (self, refusal->code, refusal->text);
  else if (!fit->converged)
    tdm_proposals_withhold (self, "not-converged",
                            "The estimate did not converge: no trustworthy fit.");
  else if (self->target.metric == TDM_METRIC_NONE)
    tdm_proposals_withhold (
        self, "no-target",
        "No target is given and the model states none; enter a target.");
  else if (is_past (&self->target, tdm_problem_get_adjust_h (fit->problem)))
    tdm_proposals_withhold (
        self, "target-in-the-past",
        "The target's time is before the regimen can change; enter a later one.");
  else if (tdm_model_get_n_dosings (tdm_problem_get_model (fit->problem)) == 0)
    tdm_proposals_withhold (self, "no-dosing",
                            "The model file does not say which doses can be given.");
  return self->withheld != NULL;
}
