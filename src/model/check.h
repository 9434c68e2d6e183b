/* Reference checks: the proof, inside each model file, that it computes what its author
 * says. */
#pragma once

#include "model/model.h"

typedef struct
{
  char *name;     /* of the [check …] section */
  char *quantity; /* "CL", "C(12 h)", "AUC24" */
  char *unit;
  double expected, got;
  double tolerance; /* relative, half a unit of the last printed digit at least */
  gboolean passed;
  char *source;
} TdmCheckLine;

/* Runs every check of the model; the lines in file order. Never NULL unless an error is
 * set (a check could not be computed at all). Free with g_ptr_array_unref(). */
GPtrArray *tdm_model_run_checks (TdmModel *self,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
