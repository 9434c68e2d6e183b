/* What `models show` says of doses, targets and the drug. */
#pragma once

#include <jansson.h>

#include "model/model.h"

/* Adds "dosings", "targets" and "drug_file" (null where the model stands alone). */
void tdm_cli_add_drug_json (const TdmModel *model, json_t *out);
/* The same as text for people. */
void tdm_cli_print_drug (const TdmModel *model, GString *out);
