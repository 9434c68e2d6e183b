#include "app/result-store.h"

#include "engine/result-json.h"

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!tdm_store_save_result_finish (result, &error))
    g_info ("The result was not kept: %s", error->message);
}

static char *
text_of (const TdmResult *result)
{
  json_t *all = json_object ();

  /* For the patient list, which does not read the rest. */
  json_object_set_new (all, "judgement", tdm_json_judgement (result));
  json_object_set_new (all, "fit", tdm_json_fit (result, FALSE));
  json_object_set_new (all, "proposals", tdm_json_proposals (result));
  char *text = tdm_json_text (all);
  json_decref (all);
  return text;
}

void
tdm_result_store_save (TdmStore *store, const char *case_id, guint revision,
                       const TdmResult *result)
{
  gsize length;
  const char *source = tdm_model_get_source (result->model, &length);
  g_autoptr (GBytes) bytes = g_bytes_new (source, length);
  g_autofree char *json = text_of (result);
  TdmStoreResult stored = { .case_id = case_id,
                            .revision = revision,
                            .model_id = tdm_model_get_id (result->model),
                            .model_sha256 = tdm_model_get_sha256 (result->model),
                            .model_bytes = bytes,
                            .input_hash = result->input_hash,
                            .json = json };

  tdm_store_save_result_async (store, &stored, saved_cb, NULL);
}
