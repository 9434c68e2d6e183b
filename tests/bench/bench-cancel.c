/* How long an answer goes on after somebody has cancelled it: asked for anew, and
 * cancelled at every tenth of the time that it takes. */
#include "engine/result.h"
#include "model/library.h"
#include "num/linalg.h"
#include "record/case-file.h"

#define TENTHS 10
/* A long answer is asked for once at each tenth only. */
#define ROUNDS 3
#define LONG_US 1000000

typedef struct
{
  TdmCase *record;
  TdmModel *model;
  GCancellable *cancellable;
  gint64 wait_us; /* before the cancel; < 0 = none */
  gint64 cancelled_at;
} Ask;

static gpointer
cancel_thread (gpointer data)
{
  Ask *ask = data;
  g_usleep ((gulong)ask->wait_us);
  ask->cancelled_at = g_get_monotonic_time ();
  g_cancellable_cancel (ask->cancellable);
  return NULL;
}

/* Microseconds: of the whole answer, or from the cancel to its end. */
static gint64
run (Ask *ask)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const gint64 start = g_get_monotonic_time ();
  ask->cancellable = cancellable;
  GThread *thread =
      ask->wait_us < 0 ? NULL : g_thread_new ("cancel", cancel_thread, ask);
  g_autoptr (TdmResult) result =
      tdm_result_compute (ask->record, ask->model, NULL, cancellable, &error);
  const gint64 end = g_get_monotonic_time ();
  if (thread == NULL)
    return end - start;
  g_thread_join (thread);
  return result ? 0 : end - ask->cancelled_at;
}

static void
measure (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = tdm_case_file_read (path, &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load (tdm_case_get_model (record), &error);
  g_assert_no_error (error);
  Ask ask = { .record = record, .model = model, .wait_us = -1 };
  const gint64 whole = run (&ask);
  gint64 longest = 0;
  const guint rounds = whole < LONG_US ? ROUNDS : 1;
  for (guint round = 0; round < rounds; round++)
    for (guint tenth = 0; tenth < TENTHS; tenth++)
      {
        ask.wait_us = whole * tenth / TENTHS;
        longest = MAX (longest, run (&ask));
      }
  g_autofree char *name = g_path_get_basename (path);
  g_print ("%-40s %10.1f ms, stops within %6.1f ms\n", name, whole / 1e3,
           longest / 1e3);
}

int
main (int argc, char **argv)
{
  tdm_num_init ();
  for (int i = 1; i < argc; i++)
    measure (argv[i]);
  return 0;
}
