#include "app/patient-list.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/unit.h"
#include "engine/words.h"

struct _TdmPatientRow
{
  GObject parent_instance;

  TdmStoreEntry *entry;
  char *title;
  const char *drug; /* of the model, or the entry */
  char *level;
  char *reason;
};

G_DEFINE_FINAL_TYPE (TdmPatientRow, tdm_patient_row, G_TYPE_OBJECT)

static void
tdm_patient_row_finalize (GObject *object)
{
  TdmPatientRow *self = TDM_PATIENT_ROW (object);

  g_clear_pointer (&self->entry, tdm_store_entry_free);
  g_free (self->title);
  g_free (self->level);
  g_free (self->reason);
  G_OBJECT_CLASS (tdm_patient_row_parent_class)->finalize (object);
}

static void
tdm_patient_row_class_init (TdmPatientRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tdm_patient_row_finalize;
}

static void
tdm_patient_row_init (TdmPatientRow *self)
{
}

const TdmStoreEntry *
tdm_patient_row_get_entry (TdmPatientRow *self)
{
  return self->entry;
}

const char *
tdm_patient_row_get_drug (TdmPatientRow *self)
{
  return self->drug;
}

const char *
tdm_patient_row_get_level (TdmPatientRow *self)
{
  return self->level;
}

const char *
tdm_patient_row_get_title (TdmPatientRow *self)
{
  return self->title;
}

TdmRowState
tdm_patient_row_get_kind (TdmPatientRow *self)
{
  switch (self->entry->judgement.side)
    {
    case TDM_STORE_BELOW:
      return TDM_ROW_LOW;
    case TDM_STORE_WITHIN:
      return TDM_ROW_IN_RANGE;
    case TDM_STORE_ABOVE:
      return TDM_ROW_HIGH;
    case TDM_STORE_NOT_JUDGED:
    default:
      return TDM_ROW_TO_DO;
    }
}

const char *
tdm_patient_row_get_state (TdmPatientRow *self)
{
  static const char *const words[] = { [TDM_ROW_TO_DO] = "to do",
                                       [TDM_ROW_LOW] = "low",
                                       [TDM_ROW_IN_RANGE] = "in range",
                                       [TDM_ROW_HIGH] = "high" };

  return words[tdm_patient_row_get_kind (self)];
}

const char *
tdm_patient_row_get_reason (TdmPatientRow *self)
{
  return self->reason;
}

static const TdmModel *
find_model (TdmSession *session, const char *id)
{
  GPtrArray *models = tdm_session_get_models (session);

  for (guint i = 0; id != NULL && i < models->len; i++)
    if (strcmp (tdm_model_get_id (g_ptr_array_index (models, i)), id) == 0)
      return g_ptr_array_index (models, i);
  return NULL;
}

static char *
level_words (const TdmStoreEntry *entry)
{
  if (!entry->has_level)
    return g_strdup ("no level yet");
  g_autofree char *number = tdm_number_format (entry->level_value, 4);
  g_autofree char *display =
      entry->level_unit != NULL && strcmp (entry->level_unit, "1") != 0
          ? tdm_unit_display (entry->level_unit)
          : NULL;
  g_autofree char *unit = g_strconcat (display != NULL ? " " : "", display, NULL);
  g_autofree char *when = entry->level_time != NULL
                              ? g_date_time_format (entry->level_time, " · %-d %b")
                              : g_strdup ("");
  const char *sign = entry->level_censor == TDM_CENSOR_BELOW   ? "<"
                     : entry->level_censor == TDM_CENSOR_ABOVE ? ">"
                                                               : "";
  return g_strdup_printf ("%s%s%s%s", sign, number, unit, when);
}

/* "400–600", "at most 15", "at least 8"; a share of time in percent. */
static char *
window_words (const TdmStoreJudgement *judgement, double scale)
{
  g_autofree char *low =
      isfinite (judgement->low) ? tdm_number_format (scale * judgement->low, 4) : NULL;
  g_autofree char *high = isfinite (judgement->high)
                              ? tdm_number_format (scale * judgement->high, 4)
                              : NULL;

  if (low == NULL || high == NULL)
    return g_strdup (low != NULL ? low : high != NULL ? high : "");
  return g_strdup_printf ("%s–%s", low, high);
}

/* "AUC24 836 mg·h/L, above 400–600". */
static char *
reason_words (const TdmStoreJudgement *judgement)
{
  static const char *const sides[] = { "", "below", "within", "above" };

  if (judgement->side == TDM_STORE_NOT_JUDGED)
    return g_strdup ("no answer yet, or no target");
  gboolean share = tdm_metric_is_share (judgement->metric);
  double scale = share ? 100 : 1;
  const char *name = tdm_words_metric (judgement->metric);
  g_autofree char *number = tdm_number_format (scale * judgement->value, 3);
  g_autofree char *unit = share ? g_strdup ("%")
                          : strcmp (judgement->unit, "1") == 0
                              ? g_strdup ("")
                              : tdm_unit_display (judgement->unit);
  g_autofree char *window = window_words (judgement, scale);
  gboolean open = !isfinite (judgement->low) || !isfinite (judgement->high);
  const char *limit = !open || judgement->side != TDM_STORE_WITHIN ? ""
                      : isfinite (judgement->low)                  ? "at least "
                                                                   : "at most ";
  return g_strdup_printf (
      "%s %s%s%s, %s %s%s", g_str_has_prefix (name, "the ") ? name + 4 : name, number,
      unit[0] != '\0' ? " " : "", unit, sides[judgement->side], limit, window);
}

static TdmPatientRow *
patient_row_new (TdmStoreEntry *entry, const TdmModel *model)
{
  TdmPatientRow *self = g_object_new (TDM_TYPE_PATIENT_ROW, NULL);
  const TdmPatient *patient = &entry->patient;
  const char *name = patient->name != NULL && patient->name[0] != '\0' ? patient->name
                     : patient->id != NULL && patient->id[0] != '\0'   ? patient->id
                                                                       : "New patient";

  self->entry = entry;
  self->title = g_strdup (name);
  self->drug = model != NULL          ? tdm_model_get_text (model)->drug
               : entry->model != NULL ? entry->model
                                      : "no model";
  self->level = level_words (entry);
  self->reason = reason_words (&entry->judgement);
  return self;
}

struct _TdmPatientList
{
  GObject parent_instance;

  TdmSession *session;
  GListStore *rows;
  char *search;
  gboolean archived;
  gboolean due; /* something is new in the store */
  guint64 generation;
};

G_DEFINE_FINAL_TYPE (TdmPatientList, tdm_patient_list, G_TYPE_OBJECT)

/* Does not hold the list: what arrives after its end is dropped. */
typedef struct
{
  GWeakRef list;
  guint64 generation;
} Loading;

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Loading *loading = data;
  g_autoptr (TdmPatientList) self = g_weak_ref_get (&loading->list);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = tdm_store_list_finish (result, &error);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  g_weak_ref_clear (&loading->list);
  if (entries == NULL)
    g_info ("The patient list was not read: %s", error->message);
  if (entries == NULL || self == NULL || loading->generation != self->generation)
    return;
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      TdmStoreEntry *entry = g_ptr_array_index (entries, i);
      g_ptr_array_add (
          rows, patient_row_new (entry, find_model (self->session, entry->model)));
    }
  g_list_store_splice (self->rows, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                       rows->pdata, rows->len);
}

void
tdm_patient_list_reload (TdmPatientList *self)
{
  TdmStore *store = tdm_session_get_store (self->session);

  if (store == NULL)
    return;
  Loading *loading = g_new0 (Loading, 1);
  g_weak_ref_init (&loading->list, self);
  loading->generation = ++self->generation;
  tdm_store_list_async (store, self->search, self->archived, listed_cb, loading);
}

void
tdm_patient_list_set_search (TdmPatientList *self, const char *text)
{
  if (g_strcmp0 (self->search, text) == 0)
    return;
  g_free (self->search);
  self->search = g_strdup (text);
  tdm_patient_list_reload (self);
}

void
tdm_patient_list_set_archived (TdmPatientList *self, gboolean archived)
{
  self->archived = archived;
  tdm_patient_list_reload (self);
}

gboolean
tdm_patient_list_get_archived (TdmPatientList *self)
{
  return self->archived;
}

GListModel *
tdm_patient_list_get_model (TdmPatientList *self)
{
  return G_LIST_MODEL (self->rows);
}

/* Between an edit and its answer a row would say "to do" for a moment: it waits. */
static void
reload_when_due (TdmPatientList *self)
{
  if (!self->due || tdm_session_is_computing (self->session))
    return;
  self->due = FALSE;
  tdm_patient_list_reload (self);
}

static void
saved_changed_cb (TdmPatientList *self)
{
  self->due |= tdm_session_get_saved (self->session, NULL) == TDM_SAVED_DONE;
  reload_when_due (self);
}

static void
result_kept_cb (TdmPatientList *self)
{
  self->due = TRUE;
  reload_when_due (self);
}

static void
tdm_patient_list_finalize (GObject *object)
{
  TdmPatientList *self = TDM_PATIENT_LIST (object);

  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_unref (self->session);
  g_object_unref (self->rows);
  g_free (self->search);
  G_OBJECT_CLASS (tdm_patient_list_parent_class)->finalize (object);
}

static void
tdm_patient_list_class_init (TdmPatientListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tdm_patient_list_finalize;
}

static void
tdm_patient_list_init (TdmPatientList *self)
{
  self->rows = g_list_store_new (TDM_TYPE_PATIENT_ROW);
}

TdmPatientList *
tdm_patient_list_new (TdmSession *session)
{
  TdmPatientList *self = g_object_new (TDM_TYPE_PATIENT_LIST, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "saved-changed", G_CALLBACK (saved_changed_cb),
                            self);
  g_signal_connect_swapped (session, "result-kept", G_CALLBACK (result_kept_cb), self);
  g_signal_connect_swapped (session, "published", G_CALLBACK (reload_when_due), self);
  tdm_patient_list_reload (self);
  return self;
}
