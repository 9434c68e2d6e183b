/* The patient list: what its rows say, and when it reads the store. */
#include <math.h>

#include "app/patient-list.h"
#include "builder-case.h"

typedef struct
{
  TdmStore *store;
  GPtrArray *models;
  TdmSession *session;
  TdmPatientList *list;
  char *case_id;
} Fixture;

static TdmResult *
quick_compute (TdmCase *record, TdmModel *model, const TdmResultOptions *options,
               GCancellable *cancellable, GError **error)
{
  return tdm_result_compute (record, model, &builder_options, cancellable, error);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->store = tdm_store_open_throwaway (&error);
  g_assert_no_error (error);
  f->models = tdm_library_load_all (&error);
  g_assert_no_error (error);
  f->session = tdm_session_new (f->store, f->models);
  tdm_session_set_compute (f->session, quick_compute);
  f->list = tdm_patient_list_new (f->session);
  f->case_id = tdm_store_new_case_id ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->list);
  g_assert_finalize_object (f->session);
  g_ptr_array_unref (f->models);
  tdm_store_unref (f->store);
  g_free (f->case_id);
}

/* The only row, or NULL. Borrowed. */
static TdmPatientRow *
row_of (Fixture *f)
{
  g_autoptr (TdmPatientRow) row =
      g_list_model_get_item (tdm_patient_list_get_model (f->list), 0);

  return row;
}

static void
wait_for_state (Fixture *f, TdmRowState state)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  while (row_of (f) == NULL || tdm_patient_row_get_kind (row_of (f)) != state)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (500);
    }
}

static void
save (Fixture *f, TdmCase *record)
{
  g_autoptr (GError) error = NULL;
  guint revision = tdm_store_save_case (f->store, f->case_id, record, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (revision, ==, 1);
  tdm_patient_list_reload (f->list);
}

static TdmCase *
with_target (TdmCase *from, const TdmTarget *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (from);

  tdm_case_edit_set_target (edit, target);
  TdmCase *next = tdm_case_edit_finish (edit, &error);
  g_assert_no_error (error);
  return next;
}

static void
assert_row (Fixture *f, const char *state, const char *before, const char *after)
{
  const char *reason = tdm_patient_row_get_reason (row_of (f));

  g_assert_cmpstr (tdm_patient_row_get_state (row_of (f)), ==, state);
  if (!g_str_has_prefix (reason, before) || !g_str_has_suffix (reason, after))
    g_error ("expected “%s … %s”, not “%s”", before, after, reason);
}

/* A case that is opened is answered, and its row says where it stands; an edit is
 * judged anew. */
static void
test_states (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "40", "60", "mg.h/L");
  TdmTarget target = { .metric = TDM_METRIC_TROUGH,
                       .low = -INFINITY,
                       .high = 150,
                       .unit = (char *)"mg/L",
                       .at_steady_state = TRUE };

  save (f, result->record);
  wait_for_state (f, TDM_ROW_TO_DO);
  assert_row (f, "to do", "no answer yet, or no target", "");
  tdm_session_open (f->session, f->case_id, result->record);
  wait_for_state (f, TDM_ROW_HIGH);
  assert_row (f, "high", "AUC24 ", " mg·h/L, above 40–60");

  g_autoptr (TdmCase) trough = with_target (result->record, &target);
  tdm_session_commit (f->session, trough);
  wait_for_state (f, TDM_ROW_IN_RANGE);
  assert_row (f, "in range", "trough ", " mg/L, within at most 150");
  target.metric = TDM_METRIC_AUC24;
  target.low = 4.1e6;
  target.high = INFINITY;
  target.unit = (char *)"ug.h/L";
  g_autoptr (TdmCase) area = with_target (result->record, &target);
  tdm_session_commit (f->session, area);
  wait_for_state (f, TDM_ROW_LOW);
  assert_row (f, "low", "AUC24 ", " mg·h/L, below 4100");
}

static void
count_to_do_cb (GListModel *model, guint position, guint removed, guint added,
                guint *n_to_do)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (TdmPatientRow) row = g_list_model_get_item (model, i);
      *n_to_do += tdm_patient_row_get_kind (row) == TDM_ROW_TO_DO;
    }
}

/* Between an edit and its answer the row keeps what it said. */
static void
test_no_flash (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "40", "60", "mg.h/L");
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (result->record);
  TdmLevelEntry level = *tdm_case_get_level (result->record, 0);
  guint n_to_do = 0;

  save (f, result->record);
  tdm_session_open (f->session, f->case_id, result->record);
  wait_for_state (f, TDM_ROW_HIGH);
  g_signal_connect (tdm_patient_list_get_model (f->list), "items-changed",
                    G_CALLBACK (count_to_do_cb), &n_to_do);
  level.value = 17.9;
  tdm_case_edit_replace_level (edit, 0, &level);
  g_autoptr (TdmCase) next = tdm_case_edit_finish (edit, NULL);
  tdm_session_commit (f->session, next);
  while (row_of (f) == NULL || tdm_patient_row_get_entry (row_of (f))->revision < 2)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  g_assert_cmpint (tdm_patient_row_get_kind (row_of (f)), ==, TDM_ROW_HIGH);
  g_assert_cmpuint (n_to_do, ==, 0);
}

/* Opening a case again keeps no second copy of its result. */
static void
test_opened_again (Fixture *f, gconstpointer data)
{
  g_autoptr (TdmResult) result = builder_result ("auc24", "40", "60", "mg.h/L");
  guint n[2];

  save (f, result->record);
  for (guint i = 0; i < 2; i++)
    {
      tdm_session_open (f->session, f->case_id, result->record);
      gboolean kept = FALSE;
      gulong handler = g_signal_connect_swapped (f->session, "result-kept",
                                                 G_CALLBACK (g_atomic_int_inc), &kept);
      while (!kept)
        if (!g_main_context_iteration (NULL, FALSE))
          g_usleep (500);
      g_signal_handler_disconnect (f->session, handler);
      g_autoptr (GPtrArray) events = tdm_store_history (f->store, f->case_id, NULL);
      n[i] = events->len;
    }
  g_assert_cmpuint (n[0], ==, 2);
  g_assert_cmpuint (n[1], ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/app/patient-list/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("states", test_states);
  ADD ("no-flash", test_no_flash);
  ADD ("opened-again", test_opened_again);
  return g_test_run ();
}
