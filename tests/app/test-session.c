/* The session: what is published, when, and what is saved. */
#include "app/session.h"
#include "builder-case.h"

typedef struct
{
  TdmStore *store;
  GPtrArray *models;
  TdmSession *session;
  TdmCase *record;
  guint published, records, saved;
} Fixture;

/* The computation waits until it is let go; then it counts. */
static GMutex gate;
static GCond gate_opened;
static gboolean gate_open = TRUE;
static gint computed, cancelled;

static void
set_gate (gboolean open)
{
  g_mutex_lock (&gate);
  gate_open = open;
  g_cond_broadcast (&gate_opened);
  g_mutex_unlock (&gate);
}

static TdmResult *
gated_compute (TdmCase *record, TdmModel *model, const TdmResultOptions *options,
               GCancellable *cancellable, GError **error)
{
  TdmResultOptions few = *options;

  g_mutex_lock (&gate);
  while (!gate_open)
    g_cond_wait (&gate_opened, &gate);
  g_mutex_unlock (&gate);
  few.draws = 40;
  if (g_cancellable_is_cancelled (cancellable))
    g_atomic_int_inc (&cancelled);
  g_atomic_int_inc (&computed);
  return tdm_result_compute (record, model, &few, cancellable, error);
}

static void
count_cb (guint *counter)
{
  (*counter)++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->store = tdm_store_open_throwaway (&error);
  g_assert_no_error (error);
  f->models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  g_autoptr (TdmResult) result = builder_result ("auc24", "400", "600", "mg.h/L");
  f->record = tdm_case_ref (result->record);
  f->session = tdm_session_new (f->store, f->models);
  tdm_session_set_compute (f->session, gated_compute);
  f->published = f->records = f->saved = 0;
  g_atomic_int_set (&computed, 0);
  g_atomic_int_set (&cancelled, 0);
  g_signal_connect_swapped (f->session, "published", G_CALLBACK (count_cb),
                            &f->published);
  g_signal_connect_swapped (f->session, "record-changed", G_CALLBACK (count_cb),
                            &f->records);
  g_signal_connect_swapped (f->session, "saved-changed", G_CALLBACK (count_cb),
                            &f->saved);
}

/* The last reference is ours, whatever is still at work. */
static void
end_session (Fixture *f)
{
  g_object_add_weak_pointer (G_OBJECT (f->session), (gpointer *)&f->session);
  g_object_unref (f->session);
  g_assert_null (f->session);
}

/* Waits until `n` computations passed the gate, and what is pending was done. */
static void
wait_for_computed (gint n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (g_atomic_int_get (&computed) < n || g_main_context_pending (NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->session != NULL)
    end_session (f);
  tdm_case_unref (f->record);
  g_ptr_array_unref (f->models);
  tdm_store_unref (f->store);
}

static void
wait_for (Fixture *f, TdmSessionState state)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (tdm_session_get_state (f->session) != state)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
wait_for_saved (Fixture *f)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (tdm_session_get_saved (f->session, NULL) != TDM_SAVED_DONE)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

/* The case with its first level changed. */
static TdmCase *
with_level (TdmCase *from, double value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (from);
  TdmLevelEntry level = *tdm_case_get_level (from, 0);

  level.value = value;
  tdm_case_edit_replace_level (edit, 0, &level);
  TdmCase *next = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return next;
}

static void
test_open (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (tdm_session_get_state (f->session), ==, TDM_SESSION_EMPTY);
  tdm_session_open (f->session, "case-a", f->record);
  g_assert_cmpint (tdm_session_get_state (f->session), ==, TDM_SESSION_COMPUTING);
  g_assert_null (tdm_session_get_result (f->session));
  wait_for (f, TDM_SESSION_READY);
  g_assert_true (tdm_session_get_result (f->session)->record == f->record);
  g_assert_true (tdm_session_is_current (f->session));
  /* Emptied, computing, ready: the result comes with its state, once. */
  g_assert_cmpuint (f->published, ==, 3);
  g_assert_cmpuint (f->records, ==, 1);
  g_assert_cmpint (tdm_session_get_saved (f->session, NULL), ==, TDM_SAVED_NOTHING);
}

static void
test_latest_wins (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCase) a = with_level (f->record, 21.3);
  g_autoptr (TdmCase) b = with_level (f->record, 9.71);

  tdm_session_open (f->session, "case-b", f->record);
  wait_for (f, TDM_SESSION_READY);
  TdmResult *old = tdm_session_get_result (f->session);
  set_gate (FALSE);
  tdm_session_commit (f->session, a);
  tdm_session_commit (f->session, b);
  /* The old answer stays, but is not current. */
  g_assert_true (tdm_session_get_result (f->session) == old);
  g_assert_false (tdm_session_is_current (f->session));
  guint before = f->published;
  set_gate (TRUE);
  wait_for (f, TDM_SESSION_READY);
  wait_for_computed (3);
  g_assert_true (tdm_session_get_result (f->session)->record == b);
  g_assert_cmpuint (f->published, ==, before + 1);
}

static void
test_undo (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCase) a = with_level (f->record, 21.3);
  g_autoptr (TdmCase) b = with_level (a, 22.9);

  tdm_session_open (f->session, "case-c", f->record);
  g_assert_false (tdm_session_can_undo (f->session));
  tdm_session_commit (f->session, f->record);
  g_assert_false (tdm_session_can_undo (f->session));
  tdm_session_commit (f->session, a);
  tdm_session_commit (f->session, b);
  tdm_session_undo (f->session);
  g_assert_true (tdm_session_get_record (f->session) == a);
  tdm_session_undo (f->session);
  g_assert_true (tdm_session_get_record (f->session) == f->record);
  g_assert_false (tdm_session_can_undo (f->session));
  tdm_session_redo (f->session);
  g_assert_true (tdm_session_get_record (f->session) == a);
  tdm_session_commit (f->session, f->record);
  g_assert_false (tdm_session_can_redo (f->session));
  wait_for (f, TDM_SESSION_READY);
  wait_for_computed (7);
}

static void
test_stale (Fixture *f, gconstpointer data)
{
  tdm_session_open (f->session, "case-d", f->record);
  wait_for (f, TDM_SESSION_READY);
  guint before = f->published;
  tdm_session_set_pending (f->session, TRUE);
  g_assert_cmpint (tdm_session_get_state (f->session), ==, TDM_SESSION_STALE);
  g_assert_false (tdm_session_is_current (f->session));
  tdm_session_set_pending (f->session, TRUE);
  tdm_session_set_pending (f->session, FALSE);
  g_assert_cmpint (tdm_session_get_state (f->session), ==, TDM_SESSION_READY);
  g_assert_cmpuint (f->published, ==, before + 2);
}

static void
test_other_patient (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCase) other = with_level (f->record, 13.37);

  tdm_session_open (f->session, "case-e", f->record);
  wait_for (f, TDM_SESSION_READY);
  set_gate (FALSE);
  tdm_session_open (f->session, "case-f", other);
  /* Nothing of the first patient is left, not even dimmed. */
  g_assert_null (tdm_session_get_result (f->session));
  set_gate (TRUE);
  wait_for (f, TDM_SESSION_READY);
  g_assert_true (tdm_session_get_result (f->session)->record == other);
  tdm_session_close (f->session);
  g_assert_cmpint (tdm_session_get_state (f->session), ==, TDM_SESSION_EMPTY);
  g_assert_null (tdm_session_get_result (f->session));
}

static void
test_saves (Fixture *f, gconstpointer data)
{
  g_autofree char *id = tdm_store_new_case_id ();
  g_autoptr (TdmCase) a = with_level (f->record, 21.3);
  g_autoptr (GError) error = NULL;

  tdm_session_open (f->session, id, f->record);
  tdm_session_commit (f->session, a);
  g_assert_cmpint (tdm_session_get_saved (f->session, NULL), ==, TDM_SAVED_SAVING);
  wait_for_saved (f);
  g_autoptr (TdmCase) stored = tdm_store_load_case (f->store, id, 0, &error);
  g_assert_no_error (error);
  g_autofree char *expected = tdm_case_file_to_text (a);
  g_autofree char *got = tdm_case_file_to_text (stored);
  g_assert_cmpstr (got, ==, expected);
  wait_for (f, TDM_SESSION_READY);

  /* The store works in order: what was asked of it is done when this answers. */
  g_autofree char *json = tdm_store_load_result (f->store, id, 1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (json, "titrate-fit/1"));
  wait_for_computed (2);
}

static void
test_fails (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (f->record);
  TdmCovariateEntry weight = *tdm_case_get_covariate (f->record, 0);

  weight.value = 7130;
  tdm_case_edit_replace_covariate (edit, 0, &weight);
  g_autoptr (TdmCase) wrong = tdm_case_edit_finish (edit, NULL);
  g_assert_nonnull (wrong);
  tdm_session_open (f->session, "case-g", f->record);
  wait_for (f, TDM_SESSION_READY);
  tdm_session_commit (f->session, wrong);
  wait_for (f, TDM_SESSION_FAILED);
  g_assert_null (tdm_session_get_result (f->session));
  g_assert_nonnull (tdm_session_get_error (f->session));
  tdm_session_undo (f->session);
  wait_for (f, TDM_SESSION_READY);
  g_assert_null (tdm_session_get_error (f->session));
}

static void
test_choice (Fixture *f, gconstpointer data)
{
  tdm_session_open (f->session, "case-h", f->record);
  wait_for (f, TDM_SESSION_READY);
  g_assert_cmpint (tdm_session_get_result (f->session)->chosen_index, ==, -1);
  tdm_session_choose (f->session, 1);
  wait_for (f, TDM_SESSION_READY);
  TdmResult *result = tdm_session_get_result (f->session);
  g_assert_cmpint (result->chosen_index, ==, 1);
  g_assert_nonnull (result->chosen);
  const TdmRegimen *regimen = g_ptr_array_index (result->proposals->regimens, 1);
  double amount = regimen->amount_mg, interval = regimen->interval_h;

  /* The same regimen stays chosen when the record changes under it. */
  g_autoptr (TdmCase) next = with_level (f->record, 16.9);
  tdm_session_commit (f->session, next);
  wait_for (f, TDM_SESSION_READY);
  result = tdm_session_get_result (f->session);
  g_assert_cmpint (result->chosen_index, >=, 0);
  regimen = g_ptr_array_index (result->proposals->regimens, result->chosen_index);
  g_assert_cmpfloat (regimen->amount_mg, ==, amount);
  g_assert_cmpfloat (regimen->interval_h, ==, interval);
  tdm_session_choose (f->session, -1);
  wait_for (f, TDM_SESSION_READY);
  g_assert_null (tdm_session_get_result (f->session)->chosen);
}

/* A session that ends at work: its computation is cancelled, its record saved, and
 * nobody is told of anything. */
static void
test_ends (Fixture *f, gconstpointer data)
{
  g_autofree char *id = tdm_store_new_case_id ();
  g_autoptr (TdmCase) a = with_level (f->record, 21.3);
  g_autoptr (GError) error = NULL;

  set_gate (FALSE);
  tdm_session_open (f->session, id, f->record);
  tdm_session_commit (f->session, a);
  guint published = f->published, saved = f->saved;
  end_session (f);
  set_gate (TRUE);
  wait_for_computed (2);
  g_assert_cmpint (g_atomic_int_get (&cancelled), ==, 2);
  g_autoptr (TdmCase) stored = tdm_store_load_case (f->store, id, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (tdm_case_get_level (stored, 0)->value, ==, 21.3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (f->published, ==, published);
  g_assert_cmpuint (f->saved, ==, saved);
}

static void
wait_for_answer (Fixture *f)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (tdm_session_is_computing (f->session))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

/* The plot's output can be chosen; another patient begins with the target's. */
static void
test_output (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *text =
      "{\"format\": \"titrate-case/1\", \"model\": \"warfarin-holford-1986\", "
      "\"covariates\": [{\"name\": \"WT\", \"value\": 71, \"unit\": \"kg\"}], "
      "\"doses\": [{\"time\": 0, \"amount\": 7, \"unit\": \"mg\", "
      "\"interval\": 24, \"count\": 5}], \"levels\": []}";
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  tdm_session_open (f->session, "first", record);
  wait_for_answer (f);
  TdmResult *result = tdm_session_get_result (f->session);
  guint before = result->current->output;
  const char *other = tdm_model_get_output (result->model, 1 - before)->name;
  tdm_session_set_output (f->session, other);
  wait_for_answer (f);
  g_assert_cmpuint (tdm_session_get_result (f->session)->current->output, ==,
                    1 - before);
  tdm_session_set_output (f->session, other);
  tdm_session_set_output (f->session, "nothing");
  wait_for_answer (f);
  g_assert_cmpuint (tdm_session_get_result (f->session)->current->output, ==, before);
  tdm_session_set_output (f->session, other);
  tdm_session_open (f->session, "second", record);
  g_assert_null (tdm_session_get_options (f->session)->output);
}

/* Words change no number: the answer stays, of the new record, without being computed;
 * what was edited is saved and can be taken back. */
static void
test_words (Fixture *f, gconstpointer data)
{
  const TdmCaseWords words = { (char *)"Hold it.", (char *)"Proposed: 500 mg",
                               (char *)"2026-03-03T11:20" };
  g_autoptr (GError) error = NULL;
  tdm_session_open (f->session, "words-case", f->record);
  wait_for (f, TDM_SESSION_READY);
  g_autoptr (TdmResult) before = tdm_result_ref (tdm_session_get_result (f->session));
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (f->record);
  tdm_case_edit_set_words (edit, &words);
  g_autoptr (TdmCase) worded = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  tdm_session_commit (f->session, worded);
  TdmResult *after = tdm_session_get_result (f->session);
  g_assert_true (tdm_session_is_current (f->session));
  g_assert_true (after->record == worded);
  g_assert_true (after->fit == before->fit && after->proposals == before->proposals);
  g_autofree char *hash = g_strdup (after->input_hash);
  g_assert_cmpstr (hash, !=, before->input_hash);
  wait_for_saved (f);
  tdm_session_undo (f->session);
  g_assert_null (tdm_case_get_words (tdm_session_get_record (f->session))->text);
  g_assert_true (tdm_session_is_current (f->session));
  g_assert_cmpstr (tdm_session_get_result (f->session)->input_hash, !=, hash);
  g_assert_cmpint (g_atomic_int_get (&computed), ==, 1);
  g_autoptr (TdmCase) changed = with_level (worded, 23.7);
  tdm_session_commit (f->session, changed);
  g_assert_true (tdm_session_is_computing (f->session));
  wait_for (f, TDM_SESSION_READY);
  g_assert_cmpint (g_atomic_int_get (&computed), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/app/session/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("open", test_open);
  ADD ("words", test_words);
  ADD ("latest-wins", test_latest_wins);
  ADD ("undo", test_undo);
  ADD ("stale", test_stale);
  ADD ("other-patient", test_other_patient);
  ADD ("saves", test_saves);
  ADD ("fails", test_fails);
  ADD ("choice", test_choice);
  ADD ("output", test_output);
  ADD ("ends", test_ends);
  return g_test_run ();
}
