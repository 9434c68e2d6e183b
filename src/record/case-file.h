/* The case file, titrate-case/1: JSON, UTF-8, strict. */
#pragma once

#include "record/case.h"

/* At most this many bytes; nesting at most 64 deep. */
#define TDM_CASE_FILE_MAX_BYTES (16 * 1024 * 1024)

/* Parses `length` bytes. NULL with a TDM_ERROR_INPUT error whose message starts with
 * the place: "levels[1].unit: …" or, for faulty JSON, "line 3, column 7: …". Yours. */
TdmCase *tdm_case_file_parse (const char *data, gsize length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a file, "-" for standard input. A missing or unreadable file is an input error.
 * Yours. */
TdmCase *tdm_case_file_read (const char *path,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The case as the text of a case file; parsing it gives an equal case. Canonical: equal
 * cases give equal bytes. Yours. */
char *tdm_case_file_to_text (const TdmCase *self) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the text to `path` atomically (temporary file, fsync, rename). */
gboolean tdm_case_file_write (const TdmCase *self, const char *path,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
