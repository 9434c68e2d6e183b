/* A table of comma-separated values, or with tabs or semicolons where the header has no
 * comma: a header line, then rows of fields, which may stand in double quotes. Lines
 * without text and those that begin with "#" are left out, and so are rows with a
 * letter in a column "C", the habit of NONMEM's users to strike out a line. */
#pragma once

#include <glib.h>

typedef struct _TdmDataTable TdmDataTable;

/* More bytes than this are refused. */
#define TDM_DATA_TABLE_MAX_BYTES (32 * 1024 * 1024)

/* `name` stands for the file in messages. NULL with a TDM_ERROR_INPUT error
 * "NAME:LINE: …". Yours. */
TdmDataTable *tdm_data_table_parse (const char *text, gsize length, const char *name,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_data_table_free (TdmDataTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDataTable, tdm_data_table_free)

guint tdm_data_table_get_n_rows (const TdmDataTable *self);
guint tdm_data_table_get_n_columns (const TdmDataTable *self);

/* A column's name in capitals. */
const char *tdm_data_table_get_column (const TdmDataTable *self, guint column);

/* -1 = none. */
int tdm_data_table_find_column (const TdmDataTable *self, const char *name);

/* The text of a field without the space around it; NULL where it is missing: empty or
 * ".". Borrowed. */
const char *tdm_data_table_get (const TdmDataTable *self, guint row, guint column);

/* Sets "NAME:LINE: COLUMN: MESSAGE" for a field. Returns FALSE. */
gboolean tdm_data_table_fault (const TdmDataTable *self, guint row, const char *column,
                               GError **error, const char *format, ...)
    G_GNUC_PRINTF (5, 6);
