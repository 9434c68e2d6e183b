/* Which sections and keys a model file, or the file of a drug, may have, must have, and
 * may translate. */
#pragma once

#include "model/key-file.h"

typedef enum
{
  TDM_SCHEMA_MODEL,
  TDM_SCHEMA_DRUG, /* what the models of a drug share */
} TdmSchemaKind;

/* Checks the whole file: unknown sections and keys, missing ones, sections without the
 * name they need, translations of what is no text. FALSE with "FILE:LINE:COLUMN: …". */
gboolean tdm_schema_check (const TdmKeyFile *file, TdmSchemaKind kind, GError **error);
