/* How a regimen begins: with a loading dose, or after a hold. */
#pragma once

#include "engine/target.h"

/* Loading doses of a regimen that can be given: of TdmRegimen, their notes empty, at
 * most `most`. Yours. */
GPtrArray *tdm_onset_loadings (const TdmProblem *problem, const TdmRegimen *regimen,
                               guint most) G_GNUC_WARN_UNUSED_RESULT;

/* The regimen begun later, at times of the ward before `until_h`; likewise. */
GPtrArray *tdm_onset_holds (const TdmProblem *problem, const TdmRegimen *regimen,
                            double until_h, guint most) G_GNUC_WARN_UNUSED_RESULT;
