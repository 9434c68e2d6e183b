/* Tokens of NM-TRAN: a record of a control stream cut into numbers, names and signs.
 * Case does not count, a comment ends with its line, & continues a line. */
#pragma once

#include <glib.h>

typedef enum
{
  TDM_NMTRAN_END, /* of the record */
  TDM_NMTRAN_LINE,
  TDM_NMTRAN_NUMBER,
  TDM_NMTRAN_NAME,     /* in capitals */
  TDM_NMTRAN_SIGN,     /* "+", "**", "==", ".AND." as "AND" … */
  TDM_NMTRAN_TEXT,     /* in quotes */
  TDM_NMTRAN_VERBATIM, /* a line of Fortran */
} TdmNmtranKind;

typedef struct
{
  TdmNmtranKind kind;
  gsize offset; /* byte of the whole text */
  double number;
  char text[33]; /* of a name or a sign; longer names are cut, which is an error */
} TdmNmtranToken;

/* Appends the tokens of text[begin .. end) and an END to `tokens` (of TdmNmtranToken).
 * FALSE where a character or a number is none of NM-TRAN's: `bad` receives where, and
 * `message` (static) what is wrong. */
gboolean tdm_nmtran_tokens (const char *text, gsize begin, gsize end, GArray *tokens,
                            gsize *bad, const char **message);
