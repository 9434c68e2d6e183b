#include "engine/numerics.h"

/* Where covariates go on changing, also a linear structure's equations are solved. */
static gboolean
is_closed_form (const TdmModel *model, const TdmFit *fit)
{
  return tdm_model_get_structure (model)->kind == TDM_PK_LINEAR
         && (fit == NULL || fit->solver == TDM_ODE_AUTO);
}

static TdmPkAccuracy
accuracy_of (const TdmModel *model)
{
  const TdmPkAccuracy unchanged = { 0 };
  return tdm_pk_structure_accuracy (tdm_model_get_structure (model), &unchanged);
}

/* NULL when none was needed. */
static const char *
solver_name (const TdmFit *fit)
{
  static const char *const names[] = {
    [TDM_ODE_EXPLICIT] = "explicit Runge-Kutta",
    [TDM_ODE_IMPLICIT] = "implicit Runge-Kutta",
    [TDM_ODE_STIFF] = "CVODES",
  };
  return names[fit->solver];
}

json_t *
tdm_json_numerics (const TdmModel *model, const TdmFit *fit)
{
  if (is_closed_form (model, fit))
    return json_pack ("{s:s}", "method", "closed form");
  const TdmPkAccuracy accuracy = accuracy_of (model);
  json_t *out =
      json_pack ("{s:s, s:f, s:f, s:{s:f, s:f}}", "method", "ODE", "relative",
                 accuracy.relative, "absolute", accuracy.absolute, "draws", "relative",
                 TDM_DRAW_RELATIVE, "absolute", TDM_DRAW_ABSOLUTE);
  if (fit && solver_name (fit))
    json_object_set_new (out, "solver", json_string (solver_name (fit)));
  return out;
}

char *
tdm_numerics_sentence (const TdmFit *fit)
{
  const TdmModel *model = tdm_problem_get_model (fit->problem);
  if (is_closed_form (model, fit))
    return g_strdup ("Concentrations are computed in closed form.");
  const TdmPkAccuracy accuracy = accuracy_of (model);
  const char *solver = solver_name (fit);
  return g_strdup_printf (
      "Concentrations are computed from differential equations%s%s, "
      "each step to %g relative and %g mg.",
      solver ? " by " : "", solver ? solver : "", accuracy.relative, accuracy.absolute);
}
