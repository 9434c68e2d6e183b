/* The parser: an expression's text turned into a tree. */
#pragma once

#include "lang/tree.h"

#define TDM_PARSER_MAX_NESTING 64u

/* Parses `text`, which stands at `place`, into a tree of at most `max_nodes` nodes.
 * Errors are TDM_ERROR_INPUT with the place in the text. Yours. */
TdmTree *tdm_parse (const char *text, const TdmPlace *place, guint max_nodes,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
