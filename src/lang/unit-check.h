/* Whether expressions make sense in their units. */
#pragma once

#include "lang/symbols.h"

/* Checks every assignment, in order; the symbols must compile. FALSE with a
 * TDM_ERROR_INPUT error "FILE:LINE:COLUMN: …". */
gboolean tdm_unit_check (const TdmSymbols *symbols, GError **error);
