/* Reading a value of a model file from left to right: numbers, words, units. */
#pragma once

#include <glib.h>

#include "model/key-file.h"

/* Plain value; borrows the entry. */
typedef struct
{
  const TdmKeyEntry *entry;
  const char *at;
} TdmScan;

TdmScan tdm_scan_new (const TdmKeyEntry *entry);

/* Sets an error at the next character: "FILE:LINE:COLUMN: KEY: MESSAGE". FALSE always.
 */
gboolean tdm_scan_set_error (const TdmScan *self, GError **error, const char *format,
                             ...) G_GNUC_PRINTF (3, 4);

/* A finite number. `half_digit` (or NULL) receives half a unit of its last printed
 * digit: 0.005 for "18.49". */
gboolean tdm_scan_number (TdmScan *self, double *out, double *half_digit,
                          GError **error);

/* Steps over `word` (letters) or one character, if it is next. */
gboolean tdm_scan_word (TdmScan *self, const char *word);
gboolean tdm_scan_char (TdmScan *self, char c);
/* Same, an error if it is not next. */
gboolean tdm_scan_expect_word (TdmScan *self, const char *word, GError **error);

/* The next word: all up to a blank, comma or the end. NULL with an error that says
 * `what` was expected when there is none. Yours. */
char *tdm_scan_dup_token (TdmScan *self, const char *what,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE at the end of the value; expect_end sets an error otherwise. */
gboolean tdm_scan_at_end (TdmScan *self);
gboolean tdm_scan_expect_end (TdmScan *self, GError **error);

/* The next word as a unit that converts to `unit` (molar mass in g/mol, 0 = unknown);
 * `factor` times a value in it is a value in `unit`. `text` (or NULL) receives the
 * word, yours. */
gboolean tdm_scan_unit (TdmScan *self, const char *unit, double molar_mass,
                        double *factor, char **text, GError **error);

/* Sets an error at the start of the entry's value. Always FALSE. */
gboolean tdm_scan_refuse (const TdmKeyEntry *entry, GError **error,
                          const char *message);
