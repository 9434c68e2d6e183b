/* How a regimen begins: with a loading dose. A steady state does not know of it, so
 * that the same metric of the beginning judges it. */
#pragma once

#include "engine/target.h"

/* The target's metric of the first day (of the first interval, where that is longer) of
 * a regimen, in `out`, whose unit is borrowed; FALSE where it has no such. */
gboolean tdm_onset_target (const TdmResolvedTarget *target, const TdmRegimen *regimen,
                           TdmResolvedTarget *out);

/* Loading doses of a regimen that can be given: of TdmRegimen, their notes empty, at
 * most `most`. Yours. */
GPtrArray *tdm_onset_loadings (const TdmProblem *problem, const TdmRegimen *regimen,
                               guint most) G_GNUC_WARN_UNUSED_RESULT;
