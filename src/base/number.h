/* Numbers as text. The only parser and the only formatter of numbers. */
#pragma once

#include <glib.h>

/* For files: C locale, the whole string must be a finite number: no blanks, no comma,
 * no hexadecimals. */
gboolean tdm_number_parse_file (const char *text, double *out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For people: one decimal point or comma, at most 4 decimals, surrounding space
 * ignored. Refused with a sentence: thousands separators and what may be one ("1,234",
 * "1.234", "1.234,5"; but "0,125" is a fraction), inner spaces, signs, exponents, ".5",
 * anything else. Never a wrong value. */
gboolean tdm_number_parse_people (const char *text, double *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Shortest text that reads back to the same double (C locale, "%.17g" at most).
 * `value` must be finite. Yours. */
char *tdm_number_exact (double value) G_GNUC_WARN_UNUSED_RESULT;

/* For people: `digits` significant digits, never an exponent between 1e-4 and 1e7,
 * no trailing zeros after the decimal point, always a leading zero. `value` must be
 * finite. The decimal sign is "." always: units and numbers are never translated.
 * Yours. */
char *tdm_number_format (double value, int digits) G_GNUC_WARN_UNUSED_RESULT;

/* For people, doses: no trailing zeros, always a leading zero, at most 4 decimals.
 * Yours. */
char *tdm_number_dose (double value) G_GNUC_WARN_UNUSED_RESULT;
