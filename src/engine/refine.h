/* What is looked at once regimens are ranked: how the leading ones should begin,
 * whether they must change when the patient does, and what any amount could reach. */
#pragma once

#include "engine/score.h"

typedef struct
{
  const TdmFit *fit;
  const TdmResolvedTarget *target;
  const double *rows; /* draws x n_values */
  guint draws;
  GCancellable *cancellable;
} TdmRefine;

/* Adds rows to the ranked `regimens`: the leading ones with a loading dose or after a
 * hold. At a steady state they are chosen by their value, which the first days share,
 * and stand before their plain form where they gain enough, else behind; at a named
 * time the target itself judges. */
gboolean tdm_refine_onsets (const TdmRefine *self, TdmProposals *proposals,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds, behind the leading regimen, the same with other amounts from when entries of
 * covariates to come change what is needed; its chances are those of every period. */
gboolean tdm_refine_steps (const TdmRefine *self, TdmProposals *proposals,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The best amount, were there no steps between amounts, of the intervals that lead. */
gboolean tdm_refine_continuous (const TdmRefine *self, TdmProposals *proposals,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A regimen with no notes of its own yet. */
void tdm_regimen_free (TdmRegimen *self);
