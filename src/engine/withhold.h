/* When no regimen may be proposed, and why. */
#pragma once

#include "engine/dose-search.h"

/* Sets `withheld`. */
void tdm_proposals_withhold (TdmProposals *self, const char *code, const char *text);

/* Why no advice may be given: sets `withheld`. FALSE when it may. */
gboolean tdm_proposals_must_withhold (TdmProposals *self, const TdmFit *fit,
                                      const GPtrArray *notes);
