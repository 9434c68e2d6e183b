/* The lexer: an expression's text cut into tokens. */
#pragma once

#include <glib.h>

#include "lang/tree.h"

typedef enum
{
  TDM_TOKEN_END,
  TDM_TOKEN_NUMBER,
  TDM_TOKEN_NAME,
  TDM_TOKEN_TEXT,
  TDM_TOKEN_SIGN, /* operators, brackets, comma, the words and, or, not */
} TdmTokenKind;

typedef struct
{
  TdmTokenKind kind;
  gsize offset, length; /* bytes in the source, quotes included */
  double number;
} TdmToken;

/* The token that starts at or after byte `offset` of the tree's source. */
gboolean tdm_lexer_next (const TdmTree *tree, gsize offset, TdmToken *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE when the token is the sign spelled `spelling`. */
gboolean tdm_token_is (const TdmToken *self, const TdmTree *tree, const char *spelling);

/* The text of a token without quotes. Yours. */
char *tdm_token_dup_text (const TdmToken *self,
                          const TdmTree *tree) G_GNUC_WARN_UNUSED_RESULT;

/* How messages call the token: "'CL'", "the end", "'\\xff'". Yours. */
char *tdm_token_describe (const TdmToken *self,
                          const TdmTree *tree) G_GNUC_WARN_UNUSED_RESULT;
