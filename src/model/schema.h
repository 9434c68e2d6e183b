/* Which sections and keys a model file may have, must have, and may translate. */
#pragma once

#include "model/key-file.h"

/* Checks the whole file: unknown sections and keys, missing ones, sections without the
 * name they need, translations of what is no text. FALSE with "FILE:LINE:COLUMN: …". */
gboolean tdm_schema_check (const TdmKeyFile *file, GError **error);
