/* Checks that what depends on a random effect has a derivative with respect to it. */
#pragma once

#include "lang/symbols.h"

/* FALSE with "FILE:LINE:COLUMN: …". Trees must be free of other errors. */
gboolean tdm_derivative_check (const TdmSymbols *symbols, GError **error);
