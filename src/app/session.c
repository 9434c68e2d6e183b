#include "app/session.h"

#include "app/result-store.h"
#include "base/error.h"
#include "record/case-file.h"

#define UNDO_DEPTH 500

/* A regimen that was chosen, to be found again among other proposals. */
typedef struct
{
  gboolean is_set;
  double amount_mg, interval_h, duration_h;
  double loading_mg, hold_h;
  guint n_steps;
  gboolean is_current;
} Choice;

struct _TdmSession
{
  GObject parent_instance;

  TdmStore *store;
  GPtrArray *models;
  TdmSessionCompute compute;
  TdmResultOptions options;

  char *case_id;
  TdmCase *record;
  TdmModel *model;
  GPtrArray *undo, *redo; /* of TdmCase */

  TdmSessionState answered; /* what the newest computation came to */
  gboolean pending;
  TdmResult *result;
  GError *error;
  Choice choice;
  guint64 generation;
  GCancellable *cancellable;

  TdmSaved saved;
  char *save_message;
  guint64 save_generation;
  guint revision;      /* of the record, once it is saved; 0 before */
  char *stored_result; /* input hash of the last result kept */
};

G_DEFINE_FINAL_TYPE (TdmSession, tdm_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_RECORD_CHANGED,
  SIGNAL_PUBLISHED,
  SIGNAL_SAVED_CHANGED,
  SIGNAL_RESULT_KEPT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Who asked for something that is answered later, and for which state of things. Nobody
 * at work holds the session: it ends with its owner's last reference, on the thread
 * that owns it, and what comes afterwards finds nobody. */
typedef struct
{
  GWeakRef session;
  guint64 generation;
} Asker;

static Asker *
asker_new (TdmSession *self, guint64 generation)
{
  Asker *asker = g_new0 (Asker, 1);

  g_weak_ref_init (&asker->session, self);
  asker->generation = generation;
  return asker;
}

/* The session, or NULL when it has ended; frees `asker`. */
static TdmSession *
asker_finish (Asker *asker, guint64 *generation)
{
  TdmSession *session = g_weak_ref_get (&asker->session);

  *generation = asker->generation;
  g_weak_ref_clear (&asker->session);
  g_free (asker);
  return session;
}

/* What one computation needs; its own references, read by the worker thread alone. */
typedef struct
{
  TdmCase *record;
  TdmModel *model;
  TdmResult *base; /* only another regimen is chosen; else NULL */
  TdmResultOptions options;
  Choice choice;
  TdmSessionCompute compute;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  tdm_case_unref (job->record);
  tdm_model_unref (job->model);
  g_clear_pointer (&job->base, tdm_result_unref);
  g_free (job);
}

static int
find_choice (const TdmResult *result, const Choice *choice)
{
  if (!choice->is_set || result->proposals == NULL)
    return -1;
  for (guint i = 0; i < result->proposals->regimens->len; i++)
    {
      const TdmRegimen *regimen = g_ptr_array_index (result->proposals->regimens, i);
      if (regimen->amount_mg == choice->amount_mg
          && regimen->interval_h == choice->interval_h
          && regimen->duration_h == choice->duration_h
          && regimen->loading_mg == choice->loading_mg
          && regimen->hold_h == choice->hold_h && regimen->n_steps == choice->n_steps
          && regimen->is_current == choice->is_current)
        return (int)i;
    }
  return -1;
}

static void
compute_thread_cb (GTask *task, gpointer source, gpointer data,
                   GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result = NULL;

  if (job->base != NULL)
    result = tdm_result_ref (job->base);
  else
    result = job->compute (job->record, job->model, &job->options, cancellable, &error);

  int index = result != NULL ? find_choice (result, &job->choice) : -1;
  if (result != NULL && index != result->chosen_index)
    {
      TdmResult *chosen =
          tdm_result_choose (result, index, &job->options, cancellable, &error);
      tdm_result_unref (result);
      result = chosen;
    }
  if (result == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&result),
                           (GDestroyNotify)tdm_result_unref);
}

static void
publish (TdmSession *self, TdmSessionState state, TdmResult *result, GError *error)
{
  self->answered = state;
  if (result != self->result)
    {
      g_clear_pointer (&self->result, tdm_result_unref);
      self->result = result;
    }
  g_clear_error (&self->error);
  self->error = error;
  g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0);
}

static void keep_result (TdmSession *self, const TdmResult *result);

static void saved_cb (GObject *source, GAsyncResult *async, gpointer data);

/* Once the record has its revision and its result, the two are kept together. A record
 * that was only opened is the newest revision as it is: saving it again tells which. */
static void
keep_result (TdmSession *self, const TdmResult *result)
{
  if (self->store == NULL || result == NULL || result->record != self->record
      || g_strcmp0 (self->stored_result, result->input_hash) == 0)
    return;
  if (self->revision == 0)
    {
      if (self->saved == TDM_SAVED_NOTHING)
        tdm_store_save_case_async (self->store, self->case_id, self->record, saved_cb,
                                   asker_new (self, self->save_generation));
      return;
    }
  g_free (self->stored_result);
  self->stored_result = g_strdup (result->input_hash);
  tdm_result_store_save (self->store, self->case_id, self->revision, result);
  g_signal_emit (self, signals[SIGNAL_RESULT_KEPT], 0);
}

static void
computed_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  guint64 generation;
  g_autoptr (TdmSession) self = asker_finish (data, &generation);
  g_autoptr (GError) error = NULL;
  TdmResult *result = g_task_propagate_pointer (G_TASK (async), &error);

  if (self == NULL || generation != self->generation)
    {
      g_clear_pointer (&result, tdm_result_unref);
      return;
    }
  g_clear_object (&self->cancellable);
  keep_result (self, result);
  if (result == NULL)
    publish (self, TDM_SESSION_FAILED, NULL, g_steal_pointer (&error));
  else
    publish (self,
             result->proposals != NULL && result->proposals->withheld != NULL
                 ? TDM_SESSION_WITHHELD
                 : TDM_SESSION_READY,
             result, NULL);
}

static void
cancel (TdmSession *self)
{
  self->generation++;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
start_job (TdmSession *self, TdmResult *base)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = NULL;

  cancel (self);
  self->cancellable = g_cancellable_new ();
  job->record = tdm_case_ref (self->record);
  job->model = tdm_model_ref (self->model);
  job->base = base != NULL ? tdm_result_ref (base) : NULL;
  job->options = self->options;
  job->choice = self->choice;
  job->compute = self->compute;
  task = g_task_new (NULL, self->cancellable, computed_cb,
                     asker_new (self, self->generation));
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, compute_thread_cb);
  publish (self, TDM_SESSION_COMPUTING, self->result, NULL);
}

/* Whether there is anything to compute; else publishes why not. */
static gboolean
check_computable (TdmSession *self)
{
  const char *sentence = NULL;

  if (self->model == NULL && tdm_case_get_model (self->record) != NULL)
    sentence = "The model of this case is not installed. Choose another one.";
  else if (self->model == NULL)
    sentence = "Choose a drug and its model.";
  else if (tdm_case_get_n_doses (self->record) == 0)
    sentence = "Enter the doses that were given.";
  if (sentence == NULL)
    return TRUE;
  cancel (self);
  publish (self, TDM_SESSION_FAILED, NULL,
           g_error_new_literal (TDM_ERROR, TDM_ERROR_INPUT, sentence));
  return FALSE;
}

static void
recompute (TdmSession *self)
{
  if (check_computable (self))
    start_job (self, NULL);
}

static TdmModel *
find_model (TdmSession *self, const char *id)
{
  for (guint i = 0; id != NULL && i < self->models->len; i++)
    if (g_str_equal (tdm_model_get_id (g_ptr_array_index (self->models, i)), id))
      return g_ptr_array_index (self->models, i);
  return NULL;
}

static void
set_record (TdmSession *self, TdmCase *record)
{
  TdmModel *model =
      record != NULL ? find_model (self, tdm_case_get_model (record)) : NULL;

  if (record != NULL)
    tdm_case_ref (record);
  g_clear_pointer (&self->record, tdm_case_unref);
  self->record = record;
  g_clear_pointer (&self->model, tdm_model_unref);
  self->model = model != NULL ? tdm_model_ref (model) : NULL;
  g_signal_emit (self, signals[SIGNAL_RECORD_CHANGED], 0);
}

static void
set_saved (TdmSession *self, TdmSaved saved, const char *message)
{
  self->saved = saved;
  g_free (self->save_message);
  self->save_message = g_strdup (message);
  g_signal_emit (self, signals[SIGNAL_SAVED_CHANGED], 0);
}

/* A record that was only opened is saved to learn its revision: nothing is said of
 * that.
 */
static void
saved_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  guint64 generation;
  g_autoptr (TdmSession) self = asker_finish (data, &generation);
  g_autoptr (GError) error = NULL;
  guint revision = tdm_store_save_case_finish (async, &error);

  if (self == NULL || generation != self->save_generation)
    return;
  self->revision = revision;
  if (revision > 0)
    keep_result (self, self->result);
  if (self->saved != TDM_SAVED_NOTHING)
    set_saved (self, revision > 0 ? TDM_SAVED_DONE : TDM_SAVED_FAILED,
               error != NULL ? error->message : NULL);
}

static void
save (TdmSession *self)
{
  if (self->store == NULL || self->case_id == NULL)
    return;
  self->save_generation++;
  self->revision = 0;
  set_saved (self, TDM_SAVED_SAVING, NULL);
  tdm_store_save_case_async (self->store, self->case_id, self->record, saved_cb,
                             asker_new (self, self->save_generation));
}

void
tdm_session_open (TdmSession *self, const char *case_id, TdmCase *record)
{
  g_return_if_fail (TDM_IS_SESSION (self));

  cancel (self);
  g_ptr_array_set_size (self->undo, 0);
  g_ptr_array_set_size (self->redo, 0);
  g_free (self->case_id);
  self->case_id = g_strdup (case_id);
  self->choice.is_set = FALSE;
  self->options.output = NULL;
  self->pending = FALSE;
  self->save_generation++;
  self->revision = 0;
  g_clear_pointer (&self->stored_result, g_free);
  /* The answer of another patient must never stay on the screen. */
  publish (self, TDM_SESSION_EMPTY, NULL, NULL);
  set_saved (self, TDM_SAVED_NOTHING, NULL);
  set_record (self, record);
  if (record != NULL)
    recompute (self);
}

void
tdm_session_close (TdmSession *self)
{
  tdm_session_open (self, NULL, NULL);
}

static gboolean
is_equal (const TdmCase *a, const TdmCase *b)
{
  g_autofree char *first = tdm_case_file_to_text (a);
  g_autofree char *second = tdm_case_file_to_text (b);

  return g_str_equal (first, second);
}

static void
push (GPtrArray *stack, TdmCase *record)
{
  if (stack->len >= UNDO_DEPTH)
    g_ptr_array_remove_index (stack, 0);
  g_ptr_array_add (stack, tdm_case_ref (record));
}

/* The answer to the record before, where that differs from `record` in words only: no
 * number has changed. NULL = to be computed. Yours. */
static TdmResult *
reworded (const TdmSession *self, TdmCase *record)
{
  if (self->result == NULL || self->result->record != self->record
      || (self->answered != TDM_SESSION_READY && self->answered != TDM_SESSION_WITHHELD)
      || !tdm_case_equal_but_words (self->record, record))
    return NULL;
  return tdm_result_with_words (self->result, record, &self->options);
}

static void
advance (TdmSession *self, TdmCase *record)
{
  TdmResult *same = reworded (self, record);

  set_record (self, record);
  save (self);
  if (same == NULL)
    {
      recompute (self);
      return;
    }
  publish (self, self->answered, same, NULL);
  keep_result (self, same);
}

void
tdm_session_commit (TdmSession *self, TdmCase *record)
{
  g_return_if_fail (TDM_IS_SESSION (self) && self->record != NULL);

  if (is_equal (self->record, record))
    return;
  push (self->undo, self->record);
  g_ptr_array_set_size (self->redo, 0);
  advance (self, record);
}

static void
step (TdmSession *self, GPtrArray *from, GPtrArray *to)
{
  if (from->len == 0 || self->record == NULL)
    return;
  g_autoptr (TdmCase) record = tdm_case_ref (g_ptr_array_index (from, from->len - 1));
  g_ptr_array_set_size (from, (int)from->len - 1);
  push (to, self->record);
  advance (self, record);
}

gboolean
tdm_session_can_undo (TdmSession *self)
{
  return self->undo->len > 0;
}

gboolean
tdm_session_can_redo (TdmSession *self)
{
  return self->redo->len > 0;
}

void
tdm_session_undo (TdmSession *self)
{
  step (self, self->undo, self->redo);
}

void
tdm_session_redo (TdmSession *self)
{
  step (self, self->redo, self->undo);
}

void
tdm_session_choose (TdmSession *self, int index)
{
  self->choice.is_set = FALSE;
  if (self->result == NULL || self->result->proposals == NULL)
    return;
  if (index >= 0 && (guint)index < self->result->proposals->regimens->len)
    {
      const TdmRegimen *regimen =
          g_ptr_array_index (self->result->proposals->regimens, index);
      self->choice = (Choice){ TRUE,
                               regimen->amount_mg,
                               regimen->interval_h,
                               regimen->duration_h,
                               regimen->loading_mg,
                               regimen->hold_h,
                               regimen->n_steps,
                               regimen->is_current };
    }
  if (self->answered == TDM_SESSION_COMPUTING)
    recompute (self);
  else if (self->result->chosen_index != index)
    start_job (self, self->result);
}

void
tdm_session_set_pending (TdmSession *self, gboolean pending)
{
  if (self->pending == pending)
    return;
  self->pending = pending;
  g_signal_emit (self, signals[SIGNAL_PUBLISHED], 0);
}

void
tdm_session_recompute (TdmSession *self)
{
  if (self->record != NULL)
    recompute (self);
}

void
tdm_session_set_residual_bands (TdmSession *self, gboolean residual)
{
  if (self->options.residual_bands == residual)
    return;
  self->options.residual_bands = residual;
  if (self->record != NULL)
    recompute (self);
}

void
tdm_session_set_output (TdmSession *self, const char *name)
{
  if (g_strcmp0 (self->options.output, name) == 0)
    return;
  /* Interned: jobs under way hold it too. */
  self->options.output = g_intern_string (name);
  if (self->record != NULL)
    recompute (self);
}

const TdmResultOptions *
tdm_session_get_options (TdmSession *self)
{
  return &self->options;
}

TdmSessionState
tdm_session_get_state (TdmSession *self)
{
  if (self->pending && self->result != NULL && self->answered != TDM_SESSION_FAILED)
    return TDM_SESSION_STALE;
  return self->answered;
}

gboolean
tdm_session_is_current (TdmSession *self)
{
  TdmSessionState state = tdm_session_get_state (self);

  return state == TDM_SESSION_READY || state == TDM_SESSION_WITHHELD;
}

gboolean
tdm_session_is_computing (TdmSession *self)
{
  return self->answered == TDM_SESSION_COMPUTING;
}

TdmCase *
tdm_session_get_record (TdmSession *self)
{
  return self->record;
}

const char *
tdm_session_get_case_id (TdmSession *self)
{
  return self->case_id;
}

TdmModel *
tdm_session_get_model (TdmSession *self)
{
  return self->model;
}

GPtrArray *
tdm_session_get_models (TdmSession *self)
{
  return self->models;
}

TdmStore *
tdm_session_get_store (TdmSession *self)
{
  return self->store;
}

TdmResult *
tdm_session_get_result (TdmSession *self)
{
  return self->result;
}

const GError *
tdm_session_get_error (TdmSession *self)
{
  return self->error;
}

TdmSaved
tdm_session_get_saved (TdmSession *self, const char **message)
{
  if (message != NULL)
    *message = self->save_message;
  return self->saved;
}

void
tdm_session_set_compute (TdmSession *self, TdmSessionCompute compute)
{
  self->compute = compute;
}

static void
tdm_session_dispose (GObject *object)
{
  TdmSession *self = TDM_SESSION (object);

  cancel (self);
  self->save_generation++;
  G_OBJECT_CLASS (tdm_session_parent_class)->dispose (object);
}

static void
tdm_session_finalize (GObject *object)
{
  TdmSession *self = TDM_SESSION (object);

  g_clear_pointer (&self->result, tdm_result_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->record, tdm_case_unref);
  g_clear_pointer (&self->model, tdm_model_unref);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_ptr_array_unref (self->models);
  g_clear_pointer (&self->store, tdm_store_unref);
  g_free (self->case_id);
  g_free (self->save_message);
  g_free (self->stored_result);
  G_OBJECT_CLASS (tdm_session_parent_class)->finalize (object);
}

static void
tdm_session_class_init (TdmSessionClass *klass)
{
  static const char *const names[N_SIGNALS] = { "record-changed", "published",
                                                "saved-changed", "result-kept" };

  G_OBJECT_CLASS (klass)->dispose = tdm_session_dispose;
  G_OBJECT_CLASS (klass)->finalize = tdm_session_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], TDM_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
}

static void
tdm_session_init (TdmSession *self)
{
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_case_unref);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_case_unref);
  self->compute = tdm_result_compute;
}

TdmSession *
tdm_session_new (TdmStore *store, GPtrArray *models)
{
  TdmSession *self = g_object_new (TDM_TYPE_SESSION, NULL);

  self->store = store != NULL ? tdm_store_ref (store) : NULL;
  self->models = g_ptr_array_ref (models);
  return self;
}
