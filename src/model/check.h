/* Reference checks: the proof, inside each model file, that it computes what its author
 * says. */
#pragma once

#include "model/model.h"
#include "pk/event.h"

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

/* A level that a check has the random effects estimated from. */
typedef struct
{
  double value; /* in the output's unit */
  double time_h;
  guint output;
} TdmCheckObserved;

/* What is estimated from. Borrowed. */
typedef struct
{
  const double *covariates; /* one each, NAN = not given */
  const TdmPkDose *doses;
  const guint *routes; /* of the doses */
  guint n_doses;
  const TdmCheckObserved *observed;
  guint n_observed;
} TdmCheckTask;

/* Estimates: `eta` (char* to double*, both owned by it) receives the effects by name.
 */
typedef gboolean (*TdmCheckEstimate) (TdmModel *model, const TdmCheckTask *task,
                                      GHashTable *eta, double *objective,
                                      GError **error);

/* Runs every check of the model; those that need an estimate only when `estimate` is
 * there (engine/qualify.h has it). As tdm_model_run_checks(). */
GPtrArray *tdm_model_run_checks_with (TdmModel *self, TdmCheckEstimate estimate,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs every check of the model that needs no estimate; the lines in file order. Never
 * NULL unless an error is set (a check could not be computed at all). Free with
 * g_ptr_array_unref(). */
GPtrArray *tdm_model_run_checks (TdmModel *self,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
