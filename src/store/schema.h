/* The tables of the store and how an older file becomes a newer one. Private to the
 * store. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* "TDM1": tells our files from any other SQLite file. */
#define TDM_SCHEMA_APPLICATION_ID 0x54444D31

/* The steps of the schema, step i leading from version i to i + 1; NULL-terminated. */
const char *const *tdm_schema_steps (void);

/* The newest version this program knows. */
guint tdm_schema_version (void);

/* Brings `db` from its user_version to the last of `steps`, each step in a transaction
 * of its own that also counts the version up. A failing step leaves the version before
 * it. */
gboolean tdm_schema_migrate (sqlite3 *db, const char *const *steps, GError **error);

/* The schema as text, one object a line, sorted. NULL with an error. Yours. */
char *tdm_schema_describe (sqlite3 *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What tdm_schema_describe() says of a sound file of version `version`. Yours. */
char *tdm_schema_expected (guint version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* PRAGMA `name` (an integer one, constant text) of `db`. */
gboolean tdm_schema_pragma (sqlite3 *db, const char *name, gint64 *out, GError **error);
