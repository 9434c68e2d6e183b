/* titrate-cli with NONMEM-style data: many subjects, one model. */
#pragma once

#include "cli/cli.h"

/* Whether the argument names a table of data (*.csv) and not a case. */
gboolean tdm_cli_is_data (const TdmCliOptions *options);

/* `fit` and `predict` of each subject. */
gboolean tdm_cli_data_fit (const TdmCliOptions *options, gboolean expected_covariance,
                           TdmCliAnswer *answer, GError **error);
gboolean tdm_cli_data_predict (const TdmCliOptions *options, TdmCliAnswer *answer,
                               GError **error);
