/* Answers as text: tables with aligned columns, notes, JSON. */
#pragma once

#include "cli/cli.h"

/* A table. Widths are counted in characters as a terminal shows them, not in bytes. */
typedef struct _TdmCliTable TdmCliTable;

/* `columns`: one letter a column, "l" for text, "r" for numbers. */
TdmCliTable *tdm_cli_table_new (const char *columns) G_GNUC_WARN_UNUSED_RESULT;
void tdm_cli_table_free (TdmCliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmCliTable, tdm_cli_table_free)

/* The next cell, row by row: text (NULL = empty), a number with 4 significant digits
 * ("–" when it is not finite), a fraction as a whole percentage. */
void tdm_cli_table_add_text (TdmCliTable *self, const char *text);
void tdm_cli_table_add_number (TdmCliTable *self, double value);
void tdm_cli_table_add_percent (TdmCliTable *self, double fraction);

/* Several texts, up to NULL: the headings. */
void tdm_cli_table_add_row (TdmCliTable *self, ...) G_GNUC_NULL_TERMINATED;

/* Appends the table, each line after `indent` blanks and without blanks at its end. */
void tdm_cli_table_print (const TdmCliTable *self, guint indent, GString *out);

/* Appends the notes, one a line: "stop", "check" or "info", then the sentence. */
void tdm_cli_print_notes (const GPtrArray *notes, GString *out);

/* Appends `value` as JSON; takes the reference. */
struct json_t;
void tdm_cli_print_json (struct json_t *value, GString *out);
