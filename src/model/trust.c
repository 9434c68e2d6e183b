#include "model/trust.h"

#include <string.h>

#include "base/error.h"
#include "model/bundled.h"

#define ACCEPTED "accepted"
#define CHECKED "checked"

static GMutex mutex;
static GKeyFile *kept; /* NULL = not read yet */
static gboolean keep = TRUE;
static gboolean accept_once;

static char *
file_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "titrate", "models.ini", NULL);
}

/* What is kept; the caller holds the mutex. A file that is not there, or is no key
 * file, says nothing. */
static GKeyFile *
get_kept (void)
{
  if (kept == NULL)
    {
      g_autofree char *path = file_path ();
      kept = g_key_file_new ();
      g_key_file_load_from_file (kept, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
    }
  return kept;
}

static gboolean
save (GError **error)
{
  g_autofree char *path = file_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) local = NULL;

  if (!keep)
    return TRUE;
  if (g_mkdir_with_parents (folder, 0700) == 0
      && g_key_file_save_to_file (get_kept (), path, &local))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM, "%s: %s", path,
               local != NULL ? local->message : "the folder cannot be made");
  return FALSE;
}

static char *
dup_today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  return g_date_time_format (now, "%Y-%m-%d");
}

/* The hash of the file ID + SUFFIX that ships; NULL when none does. */
static const char *
bundled_hash (const char *id, const char *suffix)
{
  g_autofree char *name = g_strconcat (id, suffix, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bundled); i++)
    if (strcmp (bundled[i].name, name) == 0)
      return bundled[i].sha256;
  return NULL;
}

gboolean
tdm_trust_is_bundled_id (const char *id)
{
  return bundled_hash (id, ".model") != NULL;
}

/* TRUE when the model draws on the file of a drug that ships, but differs. */
static gboolean
is_drug_altered (const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);
  const char *sha256 = drug != NULL ? bundled_hash (drug->id, ".drug") : NULL;

  return sha256 != NULL && strcmp (sha256, drug->sha256) != 0;
}

/* What an acceptance and the checks stand for: the model's file and its drug's. */
static char *
dup_key (const TdmModel *model)
{
  const TdmDrug *drug = tdm_model_get_drug (model);

  return drug == NULL
             ? g_strdup (tdm_model_get_sha256 (model))
             : g_strconcat (tdm_model_get_sha256 (model), "-", drug->sha256, NULL);
}

TdmOrigin
tdm_trust_origin (const TdmModel *model)
{
  const char *sha256 = bundled_hash (tdm_model_get_id (model), ".model");

  if (is_drug_altered (model))
    return TDM_ORIGIN_ALTERED;
  if (sha256 == NULL)
    return TDM_ORIGIN_LOCAL;
  return strcmp (sha256, tdm_model_get_sha256 (model)) == 0 ? TDM_ORIGIN_BUNDLED
                                                            : TDM_ORIGIN_ALTERED;
}

const char *
tdm_trust_origin_name (TdmOrigin origin)
{
  static const char *const names[] = { "bundled", "altered", "local" };
  return names[origin];
}

char *
tdm_trust_dup_accepted (const TdmModel *model)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *key = dup_key (model);
  char *date = g_key_file_get_string (get_kept (), ACCEPTED, key, NULL);

  return date == NULL && accept_once ? g_strdup ("this run") : date;
}

gboolean
tdm_trust_accept (const TdmModel *model, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *today = dup_today ();
  g_autofree char *key = dup_key (model);

  g_key_file_set_string (get_kept (), ACCEPTED, key, today);
  g_key_file_set_comment (get_kept (), ACCEPTED, key, tdm_model_get_id (model), NULL);
  return save (error);
}

void
tdm_trust_accept_once (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  accept_once = TRUE;
}

/* "0.1.0 2026-03-01 passed" */
TdmTrustChecks
tdm_trust_get_checks (const TdmModel *model, char **date)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *key = dup_key (model);
  g_autofree char *text = g_key_file_get_string (get_kept (), CHECKED, key, NULL);
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  if (date != NULL)
    *date = NULL;
  if (g_strv_length (words) != 3 || strcmp (words[0], TDM_VERSION) != 0)
    return TDM_TRUST_UNCHECKED;
  if (date != NULL)
    *date = g_strdup (words[1]);
  return strcmp (words[2], "passed") == 0 ? TDM_TRUST_PASSED : TDM_TRUST_FAILED;
}

void
tdm_trust_set_checks (const TdmModel *model, gboolean passed)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  g_autofree char *today = dup_today ();
  g_autofree char *text =
      g_strdup_printf ("%s %s %s", TDM_VERSION, today, passed ? "passed" : "failed");
  g_autoptr (GError) error = NULL;

  g_autofree char *key = dup_key (model);
  g_key_file_set_string (get_kept (), CHECKED, key, text);
  if (!save (&error))
    g_info ("checks of models are not kept: %s", error->message);
}

void
tdm_trust_set_keep (gboolean value)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  keep = value;
}

char *
tdm_trust_words (const TdmModel *model)
{
  g_autofree char *accepted = tdm_trust_dup_accepted (model);

  switch (tdm_trust_origin (model))
    {
    case TDM_ORIGIN_BUNDLED:
      return g_strdup ("This model ships with the program; its file is unaltered.");
    case TDM_ORIGIN_LOCAL:
      return g_strdup ("This is a local model: it does not ship with the program, and "
                       "whoever wrote it answers for it.");
    default:
      break;
    }
  if (accepted != NULL)
    return g_strdup_printf ("The file of this model (or of its drug) was altered after "
                            "it was shipped; it was accepted (%s).",
                            accepted);
  return g_strdup ("The file of this model (or of its drug) was altered after it was "
                   "shipped. It gives no advice until somebody accepts it.");
}
