/* The append-only history and its chain of hashes. Private to the store. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* What happened, and when (microseconds since 1970). All borrowed. `content` is a hash
 * of what was saved, "" where nothing was. */
typedef struct
{
  gint64 time;
  const char *action;
  const char *subject;
  gint64 revision;
  const char *content;
  const char *detail; /* "" where there is none */
} TdmHappening;

/* Appends a row, within the transaction of what it tells about. */
gboolean tdm_history_append (sqlite3 *db, const TdmHappening *what, GError **error);

/* The hash of `texts` (NULL-terminated; lengths are part of it). Yours. */
char *tdm_history_digest (const char *const *texts) G_GNUC_WARN_UNUSED_RESULT;

/* What a result row is summed up as. Yours. */
char *tdm_history_result_digest (const char *model_id, const char *model_sha256,
                                 const char *input_hash,
                                 const char *json) G_GNUC_WARN_UNUSED_RESULT;

/* Walks the chain: FALSE with an error naming the first row that is not what was
 * written. */
gboolean tdm_history_check_chain (sqlite3 *db, GError **error);

/* This program and its version, as rows carry it. */
#define TDM_STORE_PROGRAM "titrate " TDM_VERSION
