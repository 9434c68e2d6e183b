/* Strict reading of JSON: one error, with its place. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A value and where it stands: "" for the whole file, else "doses[1]". Borrowed. */
typedef struct
{
  json_t *json;
  const char *path;
} TdmJsonNode;

/* Called for each item of a list, with the item's index. */
typedef gboolean (*TdmJsonItemFunc) (const TdmJsonNode *item, guint index,
                                     gpointer data, GError **error);

/* Parses an object of at most 64 levels; NULL with "line 3, column 7: …". What would
 * keep the parser long or deep is refused before it starts. Yours, for json_decref().
 */
json_t *tdm_json_load (const char *data, gsize length,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets "PATH.KEY: MESSAGE". Returns FALSE. */
gboolean tdm_json_fault (const TdmJsonNode *node, const char *key, GError **error,
                         const char *format, ...) G_GNUC_PRINTF (4, 5);

/* Whether `node` is an object with no other keys than `known` and all of `required`
 * (NULL-terminated both). */
gboolean tdm_json_check_keys (const TdmJsonNode *node, const char *const *known,
                              const char *const *required, GError **error);

gboolean tdm_json_has (const TdmJsonNode *node, const char *key);

/* Each leaves `out` as it is when the key is not there, and fails on another type. */
gboolean tdm_json_read_number (const TdmJsonNode *node, const char *key, double *out,
                               GError **error);
gboolean tdm_json_read_count (const TdmJsonNode *node, const char *key, guint *out,
                              GError **error);
gboolean tdm_json_read_bool (const TdmJsonNode *node, const char *key, gboolean *out,
                             GError **error);

/* Borrowed from the JSON. */
gboolean tdm_json_read_string (const TdmJsonNode *node, const char *key,
                               const char **out, GError **error);

/* A number or a string, whichever it is; the other stays as it was. */
gboolean tdm_json_read_number_or_string (const TdmJsonNode *node, const char *key,
                                         double *number, const char **string,
                                         GError **error);

/* Calls `func` for each item of the list at `key`, until it fails. */
gboolean tdm_json_read_list (const TdmJsonNode *node, const char *key,
                             TdmJsonItemFunc func, gpointer data, GError **error);
