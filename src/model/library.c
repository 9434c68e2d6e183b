#include "model/library.h"

#include <string.h>

#include "base/error.h"
#include "model/paths.h"
#include "model/trust.h"

/* TRUE when the running program lies in the folder it was built in. */
static gboolean
runs_from_build_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  gsize length = strlen (TDM_BUILD_DIR);

  return program != NULL && strncmp (program, TDM_BUILD_DIR, length) == 0
         && program[length] == G_DIR_SEPARATOR;
}

char *
tdm_library_dir (void)
{
  const char *override = g_getenv ("TITRATE_MODELS_DIR");

  if (override != NULL && override[0] != '\0')
    return g_strdup (override);
  return g_strdup (runs_from_build_dir () ? TDM_SOURCE_MODELS_DIR
                                          : TDM_INSTALLED_MODELS_DIR);
}

char *
tdm_library_local_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "titrate", "models", NULL);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of the model files, sorted; NULL with an error when the folder cannot be read.
 */
static GPtrArray *
list_files (const char *dir, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) handle = g_dir_open (dir, 0, &local);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (handle == NULL)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_SYSTEM,
                   "The folder of models cannot be read: %s", local->message);
      return NULL;
    }
  while ((name = g_dir_read_name (handle)) != NULL)
    if (name[0] != '.' && g_str_has_suffix (name, ".model"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_cb);
  return g_steal_pointer (&names);
}

/* Every second file, from the first or the second one: models load on two threads, as
 * they take most of the time until the window is there. */
typedef struct
{
  const char *dir;
  const GPtrArray *names;
  TdmModel **models; /* one a name, NULL where it failed */
  guint from;
  GError *error; /* of the first that failed */
} Share;

static gpointer
load_share (gpointer data)
{
  Share *self = data;

  for (guint i = self->from; i < self->names->len && self->error == NULL; i += 2)
    {
      g_autofree char *path =
          g_build_filename (self->dir, g_ptr_array_index (self->names, i), NULL);
      self->models[i] = tdm_model_load (path, &self->error);
    }
  return NULL;
}

static gboolean
load_bundled (GPtrArray *models, GError **error)
{
  g_autofree char *dir = tdm_library_dir ();
  g_autoptr (GPtrArray) names = list_files (dir, error);

  if (names == NULL)
    return FALSE;
  g_autofree TdmModel **loaded = g_new0 (TdmModel *, names->len + 1);
  Share shares[2] = { { dir, names, loaded, 0, NULL },
                      { dir, names, loaded, 1, NULL } };
  GThread *thread = g_thread_new ("models", load_share, &shares[0]);
  load_share (&shares[1]);
  g_thread_join (thread);
  for (guint i = 0; i < names->len; i++)
    if (loaded[i] != NULL)
      g_ptr_array_add (models, loaded[i]);
  GError *failed = shares[0].error != NULL ? shares[0].error : shares[1].error;
  if (shares[0].error != NULL && shares[1].error != NULL)
    g_error_free (shares[1].error);
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

/* A file of the user's folder must not pass for one that ships. */
static TdmModel *
load_local_file (const char *path, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *id = g_strndup (base, strlen (base) - strlen (".model"));

  if (!tdm_trust_is_bundled_id (id))
    return tdm_model_load (path, error);
  tdm_error_set_input (
      error, path, "a model of this id ships with the program; expected another id");
  return NULL;
}

/* Adds the user's models to `models` and what is wrong with files to `faults`; either
 * may be NULL. */
static void
load_local (GPtrArray *models, GPtrArray *faults)
{
  g_autofree char *dir = tdm_library_local_dir ();
  g_autoptr (GPtrArray) names = list_files (dir, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path =
          g_build_filename (dir, g_ptr_array_index (names, i), NULL);
      g_autoptr (GError) error = NULL;
      TdmModel *model = load_local_file (path, &error);
      if (model == NULL && faults != NULL)
        g_ptr_array_add (faults, g_strdup (error->message));
      else if (model != NULL && models != NULL)
        g_ptr_array_add (models, model);
      else
        g_clear_pointer (&model, tdm_model_unref);
    }
}

static int
compare_ids_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (tdm_model_get_id (*(TdmModel *const *)a),
                 tdm_model_get_id (*(TdmModel *const *)b));
}

GPtrArray *
tdm_library_load_all (GError **error)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);

  if (!load_bundled (models, error))
    return NULL;
  load_local (models, NULL);
  g_ptr_array_sort (models, compare_ids_cb);
  return g_steal_pointer (&models);
}

GPtrArray *
tdm_library_local_faults (void)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func (g_free);

  load_local (NULL, faults);
  return faults;
}

/* An id that no file has: says which there are of the same drug, else where to look. */
static TdmModel *
fail_unknown (const char *id, const char *dir, GError **error)
{
  g_autoptr (GPtrArray) names = list_files (dir, error);
  g_autoptr (GString) same = g_string_new (NULL);
  gsize drug = strcspn (id, "-") + 1;

  if (names == NULL)
    return NULL;
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      if (strncmp (name, id, drug) == 0)
        g_string_append_printf (same, "%s%.*s", same->len > 0 ? ", " : "",
                                (int)(strlen (name) - strlen (".model")), name);
    }
  if (same->len > 0)
    tdm_error_set_input (error, NULL, "no model is called “%s”; expected one of %s", id,
                         same->str);
  else
    tdm_error_set_input (
        error, NULL,
        "no model is called “%s”, nor is any of that drug among the %u "
        "that “titrate-cli models” lists",
        id, names->len);
  return NULL;
}

TdmModel *
tdm_library_load (const char *id_or_path, GError **error)
{
  if (strchr (id_or_path, G_DIR_SEPARATOR) != NULL
      || g_str_has_suffix (id_or_path, ".model"))
    return tdm_model_load (id_or_path, error);

  g_autofree char *dir = tdm_library_dir ();
  g_autofree char *base = g_strconcat (id_or_path, ".model", NULL);
  g_autofree char *path = g_build_filename (dir, base, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return tdm_model_load (path, error);
  g_autofree char *local_dir = tdm_library_local_dir ();
  g_autofree char *local = g_build_filename (local_dir, base, NULL);
  if (g_file_test (local, G_FILE_TEST_EXISTS))
    return load_local_file (local, error);
  return fail_unknown (id_or_path, dir, error);
}
