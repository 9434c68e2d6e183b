/* From a graph to a program: what the outputs do not need is dropped, what depends on
 * constants goes to the prologue, jets get places in the scratch that are used again.
 */
#pragma once

#include "lang/graph.h"
#include "lang/symbols.h"

/* `values`: for each symbol the number of its value, from tdm_compile(); `outputs`: the
 * numbers of `n` values. Yours. */
TdmProgram *tdm_schedule (const TdmGraph *graph, const TdmSymbols *symbols,
                          const guint *values, const guint *outputs,
                          guint n) G_GNUC_WARN_UNUSED_RESULT;
