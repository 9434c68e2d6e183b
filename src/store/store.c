/* The store: a queue of work and the one thread that owns the database. */
#include "store/store.h"

#include <stdlib.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "store/database.h"
#include "store/work.h"

struct _TdmStore
{
  gatomicrefcount ref_count;
  char *path; /* NULL in memory */
  GThread *thread;
  GAsyncQueue *jobs;
  TdmDatabase *database; /* used by the thread only */
};

/* One job. A plain call waits until it is done; an asynchronous one has a task. */
typedef struct
{
  TdmStoreWork work; /* NULL = the last job: end the thread */
  TdmStoreArgs args;
  GDestroyNotify free_answer;
  GTask *task;
  gpointer answer;
  GError *error;
  gboolean done;
} Job;

/* Guards `done` of every job that somebody waits for. */
static GMutex done_mutex;
static GCond done_cond;

static void
job_free (Job *job)
{
  g_free (job->args.id);
  g_free (job->args.field);
  g_free (job->args.text);
  g_free (job->args.path);
  g_clear_pointer (&job->args.record, tdm_case_unref);
  g_free (job->args.model_id);
  g_free (job->args.model_sha256);
  g_clear_pointer (&job->args.model_bytes, g_bytes_unref);
  g_free (job->args.input_hash);
  g_clear_object (&job->task);
  g_free (job);
}

static void
job_finish (Job *job)
{
  if (job->task == NULL)
    {
      g_mutex_lock (&done_mutex);
      job->done = TRUE;
      g_cond_broadcast (&done_cond);
      g_mutex_unlock (&done_mutex);
      return;
    }
  if (job->error != NULL)
    g_task_return_error (job->task, job->error);
  else
    g_task_return_pointer (job->task, job->answer, job->free_answer);
  job_free (job);
}

static void
job_wait (Job *job)
{
  g_mutex_lock (&done_mutex);
  while (!job->done)
    g_cond_wait (&done_cond, &done_mutex);
  g_mutex_unlock (&done_mutex);
}

/* The thread: opens the database, works, closes it. The first job only reports how the
 * opening went. */
static gpointer
run_thread (gpointer data)
{
  TdmStore *self = data;
  Job *job = g_async_queue_pop (self->jobs);
  self->database = tdm_database_open (self->path, NULL, &job->error);
  gboolean open = self->database != NULL;
  job_finish (job);
  while (open && (job = g_async_queue_pop (self->jobs))->work != NULL)
    {
      job->answer = job->work (tdm_database_get_connection (self->database), &job->args,
                               &job->error);
      tdm_database_tidy (self->database);
      job_finish (job);
    }
  if (open)
    {
      tdm_database_close (self->database);
      job_free (job);
    }
  return NULL;
}

static gpointer
call (TdmStore *self, Job *job, GError **error)
{
  g_async_queue_push (self->jobs, job);
  job_wait (job);
  gpointer answer = job->answer;
  if (job->error != NULL)
    g_propagate_error (error, job->error);
  job_free (job);
  return answer;
}

static void
call_async (TdmStore *self, Job *job, GAsyncReadyCallback callback, gpointer user_data)
{
  job->task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (job->task, job->work);
  g_async_queue_push (self->jobs, job);
}

/* The answer of the asynchronous call that did `work`. */
static gpointer
finish (GAsyncResult *result, TdmStoreWork work, GError **error)
{
  g_assert (g_task_get_source_tag (G_TASK (result)) == work);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static Job *
job_new (TdmStoreWork work, const char *id)
{
  Job *job = g_new0 (Job, 1);
  job->work = work;
  job->args.id = g_strdup (id);
  return job;
}

/* --- Opening and closing. */

static TdmStore *
open_store (char *path, GError **error)
{
  TdmStore *self = g_new0 (TdmStore, 1);
  g_autoptr (GError) failure = NULL;
  g_atomic_ref_count_init (&self->ref_count);
  self->path = path;
  self->jobs = g_async_queue_new ();
  self->thread = g_thread_new ("store", run_thread, self);
  call (self, job_new (NULL, NULL), &failure);
  if (failure == NULL)
    return self;
  g_propagate_error (error, g_steal_pointer (&failure));
  g_thread_join (self->thread);
  g_async_queue_unref (self->jobs);
  g_free (self->path);
  g_free (self);
  return NULL;
}

/* The user's own folder is made private even where it was there before. */
static char *
default_path (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "titrate", NULL);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_chmod (folder, 0700);
  return g_build_filename (folder, "titrate.db", NULL);
}

/* Links are followed first, so that lock and journal are beside the file itself. */
static char *
resolve_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  char *real = realpath (path, NULL);
  char *resolved =
      real != NULL ? g_strdup (real) : g_canonicalize_filename (path, NULL);
  free (real);
  return resolved;
}

TdmStore *
tdm_store_open (const char *path, GError **error)
{
  g_autofree char *given = path != NULL ? g_strdup (path) : default_path ();
  return open_store (resolve_path (given), error);
}

TdmStore *
tdm_store_open_throwaway (GError **error)
{
  return open_store (NULL, error);
}

TdmStore *
tdm_store_ref (TdmStore *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_store_unref (TdmStore *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_async_queue_push (self->jobs, job_new (NULL, NULL));
  g_thread_join (self->thread);
  g_async_queue_unref (self->jobs);
  g_free (self->path);
  g_free (self);
}

const char *
tdm_store_get_path (const TdmStore *self)
{
  return self->path;
}

char *
tdm_store_new_case_id (void)
{
  return g_uuid_string_random ();
}

/* --- Cases. */

static Job *
save_case_job (const char *case_id, TdmCase *record)
{
  Job *job = job_new (tdm_work_save_case, case_id);
  job->args.record = tdm_case_ref (record);
  return job;
}

guint
tdm_store_save_case (TdmStore *self, const char *case_id, TdmCase *record,
                     GError **error)
{
  return GPOINTER_TO_UINT (call (self, save_case_job (case_id, record), error));
}

void
tdm_store_save_case_async (TdmStore *self, const char *case_id, TdmCase *record,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, save_case_job (case_id, record), callback, user_data);
}

guint
tdm_store_save_case_finish (GAsyncResult *result, GError **error)
{
  return GPOINTER_TO_UINT (finish (result, tdm_work_save_case, error));
}

static Job *
load_case_job (const char *case_id, guint revision)
{
  Job *job = job_new (tdm_work_load_case, case_id);
  job->args.revision = revision;
  job->free_answer = (GDestroyNotify)tdm_case_unref;
  return job;
}

TdmCase *
tdm_store_load_case (TdmStore *self, const char *case_id, guint revision,
                     GError **error)
{
  return call (self, load_case_job (case_id, revision), error);
}

void
tdm_store_load_case_async (TdmStore *self, const char *case_id, guint revision,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, load_case_job (case_id, revision), callback, user_data);
}

TdmCase *
tdm_store_load_case_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_load_case, error);
}

/* --- The patient list. */

static Job *
list_job (const char *search, gboolean archived)
{
  Job *job = job_new (tdm_work_list, NULL);
  job->args.text = g_strdup (search);
  job->args.flag = archived;
  job->free_answer = (GDestroyNotify)g_ptr_array_unref;
  return job;
}

GPtrArray *
tdm_store_list (TdmStore *self, const char *search, gboolean archived, GError **error)
{
  return call (self, list_job (search, archived), error);
}

void
tdm_store_list_async (TdmStore *self, const char *search, gboolean archived,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, list_job (search, archived), callback, user_data);
}

GPtrArray *
tdm_store_list_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_list, error);
}

static Job *
set_archived_job (const char *patient_id, gboolean archived)
{
  Job *job = job_new (tdm_work_set_archived, patient_id);
  job->args.flag = archived != FALSE;
  return job;
}

gboolean
tdm_store_set_archived (TdmStore *self, const char *patient_id, gboolean archived,
                        GError **error)
{
  return call (self, set_archived_job (patient_id, archived), error) != NULL;
}

void
tdm_store_set_archived_async (TdmStore *self, const char *patient_id, gboolean archived,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, set_archived_job (patient_id, archived), callback, user_data);
}

gboolean
tdm_store_set_archived_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_set_archived, error) != NULL;
}

/* --- Drafts. */

static Job *
save_draft_job (const char *case_id, const char *field, const char *text)
{
  Job *job = job_new (tdm_work_save_draft, case_id);
  job->args.field = g_strdup (field);
  job->args.text = g_strdup (text);
  return job;
}

gboolean
tdm_store_save_draft (TdmStore *self, const char *case_id, const char *field,
                      const char *text, GError **error)
{
  return call (self, save_draft_job (case_id, field, text), error) != NULL;
}

void
tdm_store_save_draft_async (TdmStore *self, const char *case_id, const char *field,
                            const char *text, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  call_async (self, save_draft_job (case_id, field, text), callback, user_data);
}

gboolean
tdm_store_save_draft_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_save_draft, error) != NULL;
}

static Job *
load_drafts_job (const char *case_id)
{
  Job *job = job_new (tdm_work_load_drafts, case_id);
  job->free_answer = (GDestroyNotify)g_hash_table_unref;
  return job;
}

GHashTable *
tdm_store_load_drafts (TdmStore *self, const char *case_id, GError **error)
{
  return call (self, load_drafts_job (case_id), error);
}

void
tdm_store_load_drafts_async (TdmStore *self, const char *case_id,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, load_drafts_job (case_id), callback, user_data);
}

GHashTable *
tdm_store_load_drafts_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_load_drafts, error);
}

/* --- Results. */

static Job *
save_result_job (const TdmStoreResult *result)
{
  Job *job = job_new (tdm_work_save_result, result->case_id);
  job->args.revision = result->revision;
  job->args.model_id = g_strdup (result->model_id);
  job->args.model_sha256 = g_strdup (result->model_sha256);
  job->args.model_bytes = g_bytes_ref (result->model_bytes);
  job->args.input_hash = g_strdup (result->input_hash);
  job->args.text = g_strdup (result->json);
  return job;
}

gboolean
tdm_store_save_result (TdmStore *self, const TdmStoreResult *result, GError **error)
{
  return call (self, save_result_job (result), error) != NULL;
}

void
tdm_store_save_result_async (TdmStore *self, const TdmStoreResult *result,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, save_result_job (result), callback, user_data);
}

gboolean
tdm_store_save_result_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_save_result, error) != NULL;
}

char *
tdm_store_load_result (TdmStore *self, const char *case_id, guint revision,
                       GError **error)
{
  Job *job = job_new (tdm_work_load_result, case_id);
  job->args.revision = revision;
  return call (self, job, error);
}

GBytes *
tdm_store_load_model (TdmStore *self, const char *sha256, GError **error)
{
  Job *job = job_new (tdm_work_load_model, NULL);
  job->args.model_sha256 = g_strdup (sha256);
  return call (self, job, error);
}

/* --- History. */

static Job *
history_job (const char *subject)
{
  Job *job = job_new (tdm_work_history, subject);
  job->free_answer = (GDestroyNotify)g_ptr_array_unref;
  return job;
}

GPtrArray *
tdm_store_history (TdmStore *self, const char *subject, GError **error)
{
  return call (self, history_job (subject), error);
}

void
tdm_store_history_async (TdmStore *self, const char *subject,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, history_job (subject), callback, user_data);
}

GPtrArray *
tdm_store_history_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_history, error);
}

gboolean
tdm_store_verify (TdmStore *self, GError **error)
{
  return call (self, job_new (tdm_work_verify, NULL), error) != NULL;
}

void
tdm_store_verify_async (TdmStore *self, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  call_async (self, job_new (tdm_work_verify, NULL), callback, user_data);
}

gboolean
tdm_store_verify_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_verify, error) != NULL;
}

/* --- Files. */

static Job *
file_job (TdmStoreWork work, const char *case_id, const char *path)
{
  Job *job = job_new (work, case_id);
  job->args.path = g_strdup (path);
  if (work == tdm_work_import)
    job->free_answer = g_free;
  return job;
}

gboolean
tdm_store_export (TdmStore *self, const char *case_id, const char *path, GError **error)
{
  return call (self, file_job (tdm_work_export, case_id, path), error) != NULL;
}

void
tdm_store_export_async (TdmStore *self, const char *case_id, const char *path,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, file_job (tdm_work_export, case_id, path), callback, user_data);
}

gboolean
tdm_store_export_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_export, error) != NULL;
}

char *
tdm_store_import (TdmStore *self, const char *path, const char *into, GError **error)
{
  return call (self, file_job (tdm_work_import, into, path), error);
}

void
tdm_store_import_async (TdmStore *self, const char *path, const char *into,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  call_async (self, file_job (tdm_work_import, into, path), callback, user_data);
}

char *
tdm_store_import_finish (GAsyncResult *result, GError **error)
{
  return finish (result, tdm_work_import, error);
}
