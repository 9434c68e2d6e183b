/* The folders of models: those that ship, and the user's own. */
#pragma once

#include "model/model.h"

/* The folder in use: $TITRATE_MODELS_DIR, else the source tree's when run from the
 * build folder, else the installed one. Yours. */
char *tdm_library_dir (void) G_GNUC_WARN_UNUSED_RESULT;

/* The folder of the user's own models: titrate/models in the user's data folder. It
 * need not exist. Yours. */
char *tdm_library_local_dir (void) G_GNUC_WARN_UNUSED_RESULT;

/* All models of both folders, sorted by id. A faulty file among the bundled ones is an
 * error; the user's own are left out then, see tdm_library_local_faults(). Elements are
 * TdmModel, freed with the array. */
GPtrArray *tdm_library_load_all (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Why files of the user's folder are left out: char*, "FILE:LINE:COLUMN: …" each, also
 * one whose id is taken by a bundled model. Yours. */
GPtrArray *tdm_library_local_faults (void) G_GNUC_WARN_UNUSED_RESULT;

/* The model with this id, or the file when `id_or_path` names one (contains '/' or ends
 * in
 * ".model"). The error lists what there is. Yours. */
TdmModel *tdm_library_load (const char *id_or_path,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
