/* How the patient compares with the people of the models, in a line. */
#pragma once

#include "engine/domain.h"

/* "Body weight outside the people of this model; nearer: Hughes 2024", from the models
 * of the drug ranked by tdm_domain_rank(); NULL when nothing is outside and no other
 * model's people are nearer. Yours. */
char *tdm_domain_text_line (const GPtrArray *ranked,
                            const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
