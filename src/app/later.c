#include "app/later.h"

struct _TdmLater
{
  GObject parent_instance;

  TdmLaterCompute compute;
  GDestroyNotify output_free;
  gpointer output;
  GError *error;
  gboolean current;
  GCancellable *cancellable; /* of what is under way, or NULL */
};

G_DEFINE_FINAL_TYPE (TdmLater, tdm_later, G_TYPE_OBJECT)

static guint changed_signal;

/* What one computation needs. It does not hold who asked: that one may end meanwhile.
 */
typedef struct
{
  TdmLaterCompute compute;
  GDestroyNotify output_free;
  gpointer input;
  GDestroyNotify input_free;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->input_free != NULL)
    job->input_free (job->input);
  g_free (job);
}

static void
compute_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  gpointer output = job->compute (job->input, cancellable, &error);

  if (output != NULL)
    g_task_return_pointer (task, output, job->output_free);
  else
    g_task_return_error (task, error);
}

static void
forget_output (TdmLater *self)
{
  if (self->output != NULL)
    self->output_free (self->output);
  self->output = NULL;
  g_clear_error (&self->error);
}

/* A cancelled computation belongs to nobody any more: what it found is freed with the
 * task. */
static void
computed_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GWeakRef *asker = data;
  g_autoptr (TdmLater) self = g_weak_ref_get (asker);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (async));

  g_weak_ref_clear (asker);
  g_free (asker);
  if (self == NULL || cancellable != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  forget_output (self);
  self->output = g_task_propagate_pointer (G_TASK (async), &error);
  self->error = g_steal_pointer (&error);
  self->current = TRUE;
  g_signal_emit (self, changed_signal, 0);
}

static void
cancel (TdmLater *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

void
tdm_later_start (TdmLater *self, gpointer input, GDestroyNotify input_free)
{
  Job *job = g_new0 (Job, 1);
  GWeakRef *asker = g_new0 (GWeakRef, 1);

  cancel (self);
  self->current = FALSE;
  self->cancellable = g_cancellable_new ();
  *job = (Job){ self->compute, self->output_free, input, input_free };
  g_weak_ref_init (asker, self);
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, computed_cb, asker);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, compute_cb);
  g_signal_emit (self, changed_signal, 0);
}

void
tdm_later_expire (TdmLater *self)
{
  cancel (self);
  self->current = FALSE;
  g_signal_emit (self, changed_signal, 0);
}

void
tdm_later_forget (TdmLater *self)
{
  forget_output (self);
  tdm_later_expire (self);
}

gpointer
tdm_later_get_output (TdmLater *self)
{
  return self->output;
}

const GError *
tdm_later_get_error (TdmLater *self)
{
  return self->error;
}

gboolean
tdm_later_is_computing (TdmLater *self)
{
  return self->cancellable != NULL;
}

gboolean
tdm_later_is_current (TdmLater *self)
{
  return self->current;
}

static void
tdm_later_finalize (GObject *object)
{
  TdmLater *self = TDM_LATER (object);

  cancel (self);
  forget_output (self);
  G_OBJECT_CLASS (tdm_later_parent_class)->finalize (object);
}

static void
tdm_later_class_init (TdmLaterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tdm_later_finalize;
  changed_signal = g_signal_new ("changed", TDM_TYPE_LATER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tdm_later_init (TdmLater *self)
{
}

TdmLater *
tdm_later_new (TdmLaterCompute compute, GDestroyNotify output_free)
{
  TdmLater *self = g_object_new (TDM_TYPE_LATER, NULL);

  self->compute = compute;
  self->output_free = output_free;
  return self;
}
