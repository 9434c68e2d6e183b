/* From trees to a graph: names are looked up, calls expanded, categories checked. */
#pragma once

#include "lang/graph.h"
#include "lang/symbols.h"

/* Adds every symbol to `graph`; `values` (one each) receives the numbers of their
 * values. Errors are TDM_ERROR_INPUT with the place in the text. */
gboolean tdm_compile (const TdmSymbols *symbols, TdmGraph *graph, guint *values,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
