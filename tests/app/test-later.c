#include "app/later.h"

static int freed;

static void
output_free (gpointer data)
{
  g_atomic_int_inc (&freed);
  g_free (data);
}

/* Doubles a number; a negative one has no answer, and zero waits to be cancelled. */
static gpointer
compute (gpointer input, GCancellable *cancellable, GError **error)
{
  int number = *(int *)input;

  if (number < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%d is negative", number);
      return NULL;
    }
  while (number == 0 && !g_cancellable_is_cancelled (cancellable))
    g_usleep (500);
  int *out = g_new (int, 1);
  *out = 2 * number;
  return out;
}

static void
start (TdmLater *later, int number)
{
  int *input = g_new (int, 1);

  *input = number;
  tdm_later_start (later, input, g_free);
}

static void
wait (TdmLater *later)
{
  while (tdm_later_is_computing (later))
    g_main_context_iteration (NULL, TRUE);
}

static void
count_cb (int *count)
{
  (*count)++;
}

static void
test_finds (void)
{
  g_autoptr (TdmLater) later = tdm_later_new (compute, output_free);
  int changes = 0;
  g_signal_connect_swapped (later, "changed", G_CALLBACK (count_cb), &changes);
  g_assert_null (tdm_later_get_output (later));
  g_assert_false (tdm_later_is_current (later));
  start (later, 347);
  g_assert_true (tdm_later_is_computing (later));
  g_assert_null (tdm_later_get_output (later));
  wait (later);
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 694);
  g_assert_true (tdm_later_is_current (later));
  g_assert_null (tdm_later_get_error (later));
  g_assert_cmpint (changes, ==, 2);
}

/* What was found stays, as out of date, until the next is found. */
static void
test_latest_wins (void)
{
  g_autoptr (TdmLater) later = tdm_later_new (compute, output_free);
  start (later, 11);
  wait (later);
  start (later, 0);
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 22);
  g_assert_false (tdm_later_is_current (later));
  start (later, 13);
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 22);
  wait (later);
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 26);
  tdm_later_expire (later);
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 26);
  g_assert_false (tdm_later_is_current (later));
  tdm_later_forget (later);
  g_assert_null (tdm_later_get_output (later));
}

static void
test_error (void)
{
  g_autoptr (TdmLater) later = tdm_later_new (compute, output_free);
  start (later, 19);
  wait (later);
  start (later, -7);
  wait (later);
  g_assert_null (tdm_later_get_output (later));
  g_assert_error (tdm_later_get_error (later), G_IO_ERROR, G_IO_ERROR_FAILED);
  start (later, 23);
  wait (later);
  g_assert_null (tdm_later_get_error (later));
  g_assert_cmpint (*(int *)tdm_later_get_output (later), ==, 46);
}

/* Who asked may end before the answer; nothing is lost and nothing is called. */
static void
test_ends_early (void)
{
  TdmLater *later = tdm_later_new (compute, output_free);
  gpointer watched = later;
  g_object_add_weak_pointer (G_OBJECT (later), &watched);
  g_atomic_int_set (&freed, 0);
  start (later, 0);
  g_object_unref (later);
  g_assert_null (watched);
  while (g_atomic_int_get (&freed) == 0)
    g_main_context_iteration (NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/later/finds", test_finds);
  g_test_add_func ("/app/later/latest-wins", test_latest_wins);
  g_test_add_func ("/app/later/error", test_error);
  g_test_add_func ("/app/later/ends-early", test_ends_early);
  return g_test_run ();
}
