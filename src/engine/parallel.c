/* A pool of threads takes the numbers of tasks from one counter. */
#include "engine/parallel.h"

#define MOST_THREADS 4u

typedef struct
{
  const TdmParallel *spec;
  gpointer data;
  guint n;
  gint next;
} Work;

static void
work_cb (gpointer ignored, gpointer data)
{
  Work *work = data;
  (void)ignored;
  gpointer workspace = work->spec->open ? work->spec->open (work->data) : NULL;
  for (;;)
    {
      gint task = g_atomic_int_add (&work->next, 1);
      if (task >= (gint)work->n)
        break;
      work->spec->run (work->data, workspace, (guint)task);
    }
  if (work->spec->close && workspace)
    work->spec->close (workspace);
}

void
tdm_parallel_run (const TdmParallel *self, guint n, gpointer data)
{
  Work work = { self, data, n, 0 };
  guint threads = MIN (MIN (MAX (g_get_num_processors (), 2), MOST_THREADS), n);
  GThreadPool *pool = NULL;
  if (threads > 1)
    pool = g_thread_pool_new (work_cb, &work, (gint)threads - 1, FALSE, NULL);
  for (guint i = 1; pool && i < threads; i++)
    g_thread_pool_push (pool, &work, NULL);
  work_cb (NULL, &work);
  if (pool)
    g_thread_pool_free (pool, FALSE, TRUE);
}
