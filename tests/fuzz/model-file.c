/* Any bytes as a model file: an error that names the file and the place, or a model
 * that can be asked for everything and whose checks run or say why not. */
#include "fuzz.h"

#include "base/error.h"
#include "model/check.h"
#include "model/model.h"
#include "num/linalg.h"

#include <math.h>

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  tdm_num_init ();
  return 0;
}

/* Binds at the middle of each studied range and evaluates with derivatives. */
static void
bind_middle (TdmModel *model)
{
  g_autoptr (GError) error = NULL;
  guint n = tdm_model_get_n_covariates (model), m = tdm_model_get_n_effects (model);
  g_autofree double *given = g_new (double, n + 1);
  g_autofree double *eta = g_new0 (double, m + 1);
  for (guint i = 0; i < n; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      double middle = 0.5 * (c->studied_low + c->studied_high);
      given[i] = c->derived ? NAN : c->categories || !isfinite (middle) ? 0 : middle;
    }
  g_autoptr (TdmBinding) binding = tdm_model_bind (model, given, NULL, &error);
  if (!binding)
    {
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      return;
    }
  TdmJetSpace space = tdm_jet_space (m, 2);
  guint size = tdm_model_get_n_parameters (model) * space.size;
  g_autofree double *out = g_new (double, size + 1);
  if (tdm_binding_parameters (binding, &space, eta, NULL, out))
    for (guint i = 0; i < tdm_model_get_n_parameters (model); i++)
      g_assert_true (isfinite (out[i * space.size]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model =
      tdm_model_parse ((const char *)data, size, "fuzz.model", &error);
  if (!model)
    {
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_true (g_str_has_prefix (error->message, "fuzz.model:"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  bind_middle (model);
  g_autoptr (GPtrArray) lines = tdm_model_run_checks (model, &error);
  g_assert_true ((lines != NULL) == (error == NULL));
  for (guint i = 0; lines && i < lines->len; i++)
    {
      const TdmCheckLine *line = lines->pdata[i];
      g_assert_true (isfinite (line->expected) && isfinite (line->tolerance));
      g_assert_true (!line->passed || isfinite (line->got));
    }
  return 0;
}
