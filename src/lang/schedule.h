/* From a graph to a program: what the outputs do not need is dropped, what depends on
 * constants goes to the prologue, jets get places in the scratch that are used again.
 */
#pragma once

#include "lang/graph.h"
#include "lang/symbols.h"

/* `outputs`: numbers of `n` values of the graph. The names of the variables are taken
 * from `symbols`. Yours. */
TdmProgram *tdm_schedule (const TdmGraph *graph, const TdmSymbols *symbols,
                          const guint *outputs, guint n) G_GNUC_WARN_UNUSED_RESULT;
