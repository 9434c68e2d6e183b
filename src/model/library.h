/* The folder of bundled models. */
#pragma once

#include "model/model.h"

/* The folder in use: $TITRATE_MODELS_DIR, else the source tree's when run from the
 * build folder, else the installed one. Yours. */
char *tdm_library_dir (void) G_GNUC_WARN_UNUSED_RESULT;

/* All models of the folder, sorted by id. A faulty file is an error. Elements are
 * TdmModel, freed with the array. */
GPtrArray *tdm_library_load_all (GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The model with this id, or the file when `id_or_path` names one (contains '/' or ends
 * in
 * ".model"). The error lists what there is. Yours. */
TdmModel *tdm_library_load (const char *id_or_path,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
