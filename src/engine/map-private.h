/* Parts of a fit, for the files that make it. */
#pragma once

#include "engine/map.h"
#include "num/random.h"

/* A fit with room for everything, filled with zeros. Yours. */
TdmFit *tdm_fit_new (TdmProblem *problem,
                     guint subpopulation) G_GNUC_WARN_UNUSED_RESULT;

/* The fit of one subpopulation (0 where the model has none), without notes. Yours. */
TdmFit *tdm_map_fit_one (TdmProblem *problem, guint subpopulation,
                         const TdmMapOptions *options, GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Levels and parameters at eta = 0 and at the estimate. */
gboolean tdm_fit_fill_predictions (TdmFit *self, GCancellable *cancellable,
                                   GError **error);

/* Effects of occasions yet to come, of their prior, for each of `draws` rows. */
void tdm_fit_fill_future (const TdmFit *self, TdmRandom *random, guint draws,
                          double *rows);

/* What is odd about the fit: no convergence, untypical effects, surprising levels. */
void tdm_fit_fill_notes (TdmFit *self);
