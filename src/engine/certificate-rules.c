/* The rules: what of a fit is remarked on, and when no advice may rest on it.
 *
 * Withheld: no convergence; a level more than 5 residual standard deviations from the
 * curve fitted to it; an effect beyond 5 prior standard deviations; whatever else
 * refuses (the case, the model). With caution: everything milder that is remarked on
 * below, or by others as a caution. */
#include "engine/certificate-private.h"

#include "base/number.h"
#include "engine/map-private.h"
#include "num/normal.h"

#include <math.h>

/* An effect beyond the central 99 % of patients is untypical. */
#define UNTYPICAL_SD 2.5758293035489004
/* Beyond this many prior standard deviations, one patient in millions, the model or the
 * record is wrong rather than the patient rare: a level of ten times the true one can
 * be fitted, but no dose may rest on it. */
#define IMPLAUSIBLE_SD 5.0
/* A weighted residual beyond this is worth a second look, beyond the next no advice. */
#define SURPRISING_RESIDUAL 3.0
#define CONTRADICTING_RESIDUAL 5.0
/* Below this chance of the most probable subpopulation the others matter. */
#define SURE_SUBPOPULATION 0.9
/* A second optimum this close in the objective is nearly as likely (factor 10). */
#define RIVAL_OBJECTIVE 4.6

/* Patients this far from typical in all effects together: one in a thousand. */
#define UNTYPICAL_JOINT 0.999
/* Levels that fewer than one patient in two thousand would have, on either side. */
#define UNEXPECTED_TAIL 0.0005
/* An estimate that would move so far (posterior standard deviations) hangs on that one
 * level. */
#define DECISIVE_INFLUENCE 3.0

/* "“fast” 13 %, “slow” 87 %" */
static char *
list_subpopulations (const TdmFit *self)
{
  const TdmModel *model = tdm_problem_get_model (self->problem);
  GString *out = g_string_new (NULL);
  for (guint k = 0; k < self->n_subpopulations; k++)
    g_string_append_printf (out, "%s“%s” %.0f %%", k > 0 ? ", " : "",
                            tdm_model_get_subpopulation_name (model, k),
                            100 * self->subpopulations[k].posterior);
  return g_string_free (out, FALSE);
}

static void
note_subpopulations (TdmFit *self)
{
  if (self->n_subpopulations == 0)
    return;
  const TdmModel *model = tdm_problem_get_model (self->problem);
  const char *name = tdm_model_get_subpopulation_name (model, self->subpopulation);
  double sure = self->subpopulations[self->subpopulation].posterior;
  g_autofree char *all = list_subpopulations (self);
  if (sure >= SURE_SUBPOPULATION)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "subpopulation", NULL,
                   "The estimate is that of a patient of the subpopulation “%s” "
                   "(chances: %s).",
                   name, all);
  else
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "subpopulation-uncertain", NULL,
                   "It is not certain to which subpopulation this patient belongs "
                   "(chances: %s): the estimate is that of “%s”; bands and chances "
                   "count all of them.",
                   all, name);
}

static void
note_effects (TdmFit *self)
{
  const double *omega = tdm_problem_get_omega (self->problem);
  for (guint i = 0; i < self->n; i++)
    {
      double z = self->eta[i] / sqrt (omega[i * self->n + i]);
      if (fabs (z) <= UNTYPICAL_SD)
        continue;
      g_autofree char *percent = tdm_number_format (100 * tdm_normal_cdf (z), 3);
      gboolean implausible = fabs (z) > IMPLAUSIBLE_SD;
      tdm_notes_add (
          self->notes, implausible ? TDM_NOTE_REFUSE : TDM_NOTE_CAUTION,
          implausible ? "effect-implausible" : "effect-untypical", "levels",
          "%s of this patient is at percentile %s of patients like this one; "
          "check doses, times and levels before believing it.",
          tdm_problem_get_effect_name (self->problem, i), percent);
    }
}

static void
note_levels (TdmFit *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    {
      const TdmFitLevel *level = &self->levels[i];
      double r = fabs (level->weighted_residual);
      if (!level->used || level->censor != TDM_CENSOR_NONE || r <= SURPRISING_RESIDUAL)
        continue;
      g_autofree char *place = g_strdup_printf ("levels[%u].value", i);
      g_autofree char *observed = tdm_number_format (level->observed, 3);
      g_autofree char *expected = tdm_number_format (level->individual, 3);
      gboolean contradicts = r > CONTRADICTING_RESIDUAL;
      tdm_notes_add (
          self->notes, contradicts ? TDM_NOTE_REFUSE : TDM_NOTE_CAUTION,
          contradicts ? "level-contradicts-model" : "level-surprising", place,
          "Level %u (%s) does not fit this model even for an untypical "
          "patient (%s expected after the fit); check its time, its value and "
          "the doses before it.",
          i + 1, observed, expected);
    }
}

void
tdm_fit_fill_notes (TdmFit *self)
{
  if (!self->converged)
    tdm_notes_add (self->notes, TDM_NOTE_REFUSE, "not-converged", NULL,
                   "The estimate did not converge (%s): no trustworthy fit.",
                   tdm_stop_name (self->stop));
  if (self->cut_short)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "search-cut-short", NULL,
                   "The model's equations take long to solve for this history: the "
                   "estimate was sought from %u starting points only.",
                   self->starts);
  if (self->stop == TDM_STOP_KINK)
    tdm_notes_add (
        self->notes, TDM_NOTE_CAUTION, "estimate-at-kink", NULL,
        "The estimate is where the model's prediction has a corner (a lag or "
        "an input that ends just as a level is drawn, or a limit in its "
        "equations): the uncertainty about it is an approximation.");
  if (self->second_best - self->objective < RIVAL_OBJECTIVE)
    {
      g_autofree char *above =
          tdm_number_format (self->second_best - self->objective, 2);
      tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "several-optima", NULL,
                     "Another set of parameters explains the levels nearly as well "
                     "(objective %s above the best); one more level would tell them "
                     "apart.",
                     above);
    }
  note_subpopulations (self);
  note_effects (self);
  note_levels (self);
}

/* As a whole, where no single effect says it. */
static void
note_patient (const TdmCertificate *self, GPtrArray *notes)
{
  if (self->n < 2 || !(self->joint_percentile > UNTYPICAL_JOINT))
    return;
  for (guint i = 0; i < notes->len; i++)
    if (g_str_has_prefix (((const TdmNote *)notes->pdata[i])->code, "effect-"))
      return;
  tdm_notes_add (
      notes, TDM_NOTE_CAUTION, "patient-untypical", "levels",
      "Taken together the parameters of this patient are further from "
      "typical than those of 99.9 %% of patients like this one; check doses, "
      "times and levels before believing it.");
}

static void
note_unexpected (const TdmCertificate *self, const TdmFit *fit, GPtrArray *notes)
{
  for (guint i = 0; i < self->n_levels; i++)
    {
      double p = self->levels[i].prior_percentile;
      if (!(p < UNEXPECTED_TAIL || p > 1 - UNEXPECTED_TAIL))
        continue;
      g_autofree char *place = g_strdup_printf ("levels[%u].value", i);
      g_autofree char *observed = tdm_number_format (fit->levels[i].observed, 3);
      tdm_notes_add (
          notes, TDM_NOTE_CAUTION, "level-unexpected", place,
          "Level %u (%s) is %s than nearly every patient like this one would "
          "have after these doses; check its time, its value and the doses "
          "before it.",
          i + 1, observed, p < 0.5 ? "lower" : "higher");
    }
}

static void
note_decisive (const TdmCertificate *self, GPtrArray *notes)
{
  guint used = 0;
  for (guint i = 0; i < self->n_levels; i++)
    used += !isnan (self->levels[i].influence);
  for (guint i = 0; used > 1 && i < self->n_levels; i++)
    {
      double influence = self->levels[i].influence;
      if (!(influence > DECISIVE_INFLUENCE))
        continue;
      g_autofree char *place = g_strdup_printf ("levels[%u].value", i);
      g_autofree char *moves = tdm_number_format (influence, 2);
      tdm_notes_add (notes, TDM_NOTE_CAUTION, "level-decides", place,
                     "The estimate hangs on level %u: without it, it would move by %s "
                     "standard deviations of what is now thought possible.",
                     i + 1, moves);
    }
}

static const TdmNote *
first_caution (const GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    if (((const TdmNote *)notes->pdata[i])->severity == TDM_NOTE_CAUTION)
      return notes->pdata[i];
  return NULL;
}

void
tdm_certificate_judge (TdmCertificate *self, const TdmFit *fit, GPtrArray *notes)
{
  if (fit->converged)
    {
      note_patient (self, notes);
      note_unexpected (self, fit, notes);
      note_decisive (self, notes);
    }
  const TdmNote *refusal = tdm_notes_refusal (notes), *caution = first_caution (notes);
  const TdmNote *decides = refusal ? refusal : caution;
  self->advice = refusal   ? TDM_ADVICE_WITHHELD
                 : caution ? TDM_ADVICE_CAUTION
                           : TDM_ADVICE_GIVEN;
  self->code = decides ? g_strdup (decides->code) : NULL;
  self->reason =
      g_strdup (decides ? decides->text
                : fit->n_levels == 0
                    ? "No level is known yet: this is what is expected of "
                      "patients like this one."
                    : "The estimate converged, the levels agree with it, and it is "
                      "typical of patients like this one.");
}
