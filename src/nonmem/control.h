/* A control stream read: its records, apart from what $PK, $DES and $ERROR say. */
#pragma once

#include <glib.h>

#include "nonmem/tokens.h"

/* $OMEGA or $SIGMA. */
typedef struct
{
  guint n;
  GArray *values; /* of TdmNmtranCovariance: the elements that are stated */
  GArray *base;   /* of guint: for each effect the first one of its SAME, from 0 */
} TdmNmtranMatrix;

typedef struct
{
  guint row, column; /* from 0, column <= row */
  double value;
} TdmNmtranCovariance;

/* Part of the text. */
typedef struct
{
  gsize begin, end;
} TdmNmtranRange;

/* What became of an item of $INPUT. */
typedef struct
{
  const char *name; /* the reserved one of two synonyms, else the first */
  gboolean dropped;
} TdmNmtranItem;

typedef struct
{
  char *name;
  gboolean no_dose;
} TdmNmtranCompartment;

typedef struct
{
  const char *file, *text; /* borrowed */
  gsize length;
  GPtrArray *notes; /* of TdmImportNote, borrowed */
  char *problem;    /* the text of $PROBLEM, or NULL */
  GArray *thetas;   /* of double */
  TdmNmtranMatrix omega, sigma;
  GHashTable *input;       /* upper-case name -> TdmNmtranItem; NULL = no $INPUT yet */
  GHashTable *numbers;     /* "THETA(CL)", "ETA(CL)" -> number, from $ABBR REPLACE */
  guint advan, trans;      /* 0 = not stated */
  GPtrArray *compartments; /* of $MODEL: TdmNmtranCompartment */
  guint default_dose, default_observed; /* from 1; 0 = not stated */
  TdmNmtranRange pk, des, error, mix;   /* begin = end = 0: not there */
} TdmControl;

/* Reads `text`, which must stay. FALSE with "FILE:LINE:COLUMN: …". */
gboolean tdm_control_read (TdmControl *self, const char *file, const char *text,
                           gsize length, GPtrArray *notes, GError **error);
void tdm_control_clear (TdmControl *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmControl, tdm_control_clear)

/* Sets an error at a byte of the text. Always FALSE. */
gboolean tdm_control_fail (const TdmControl *self, gsize offset, GError **error,
                           const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Adds a note about the line of a byte; offset G_MAXSIZE = about the whole. */
void tdm_control_note (const TdmControl *self, gsize offset, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The tokens of a part of the text, yours: g_array_unref(). NULL with an error. */
GArray *tdm_control_tokens (const TdmControl *self, TdmNmtranRange range,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reading tokens from left to right. Plain value; borrows the tokens. */
typedef struct
{
  const TdmControl *control;
  const GArray *tokens;
  guint at;
} TdmCursor;

const TdmNmtranToken *tdm_cursor_peek (const TdmCursor *self);
/* The next token, which the cursor steps over; it stays at the END. */
const TdmNmtranToken *tdm_cursor_next (TdmCursor *self);
/* Whether the next token is this sign or name; `take` steps over it if so. */
gboolean tdm_cursor_is (const TdmCursor *self, TdmNmtranKind kind, const char *text);
gboolean tdm_cursor_take (TdmCursor *self, TdmNmtranKind kind, const char *text);
gboolean tdm_cursor_at_end (const TdmCursor *self);
void tdm_cursor_skip_lines (TdmCursor *self);
/* An error that names the next token and what was expected. Always FALSE. */
gboolean tdm_cursor_fail (const TdmCursor *self, GError **error, const char *expected);

/* A whole number from 1 to `most` in brackets, as in BLOCK(2). */
gboolean tdm_cursor_count (TdmCursor *self, guint most, guint *out, GError **error);

/* $THETA; $OMEGA or $SIGMA: appended to what is there. */
gboolean tdm_matrix_read_thetas (TdmCursor *self, GArray *thetas, GError **error);
gboolean tdm_matrix_read (TdmCursor *self, TdmNmtranMatrix *matrix, GError **error);

/* The element (i, j) of a matrix, from 0; 0 where none is stated. */
double tdm_matrix_get (const TdmNmtranMatrix *self, guint i, guint j);
