/* A bioavailability or a lag that depends on the dose: an expression over parameters
 * and `dose`, the amount that is given (mg, or the unit of amounts of the drug).
 */
#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"

#define DOSE "dose"
#define STACK_DOUBLES 2048

struct _TdmModelOfDose
{
  TdmPkOfDose pk; /* its data is this */
  TdmProgram *program;
  double *plain;
};

static void
compute (gconstpointer data, const TdmJetSpace *space, double amount_mg,
         const double *parameters, double *value)
{
  const TdmModelOfDose *self = data;
  const gsize n = (gsize)space->size * (1 + tdm_program_get_n_scratch (self->program));
  double stack[STACK_DOUBLES];
  g_autofree double *heap = n > STACK_DOUBLES ? g_new (double, n) : NULL;
  double *dose = heap != NULL ? heap : stack;

  tdm_jet_set (space, dose, amount_mg);
  const TdmProgramFrame frame = { .plain = self->plain,
                                  .parameters = parameters,
                                  .states = dose,
                                  .scratch = dose + space->size };
  tdm_program_eval (self->program, space, &frame, value);
}

static void
set_units (const TdmModel *self, const char *name, const TdmKeyEntry *entry,
           const char *unit, TdmProgramBuilder *builder)
{
  const TdmUnitRule dose = { .name = DOSE, .unit = self->amount_unit };
  const TdmUnitRule result = { .name = name, .unit = unit, .what = entry->key };

  for (guint i = 0; i < self->parameters->len; i++)
    {
      TdmUnitRule rule = tdm_model_parameter_rule (self, i);
      tdm_program_builder_set_unit (builder, &rule);
    }
  tdm_program_builder_set_unit (builder, &dose);
  tdm_program_builder_set_unit (builder, &result);
}

static TdmProgram *
compile (const TdmModel *self, const TdmKeyFile *file, const TdmKeyEntry *entry,
         const char *unit, GError **error)
{
  static const char *const outputs[] = { "of_dose_", NULL };
  const TdmVariable dose = { TDM_VARIABLE_STATE, DOSE, NULL };
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();

  if (!tdm_load_add_parameter_variables (self, file, builder, error)
      || !tdm_program_builder_add_variable (builder, &dose, &entry->place, error)
      || !tdm_program_builder_add_assignment (builder, outputs[0], entry->value,
                                              &entry->place, error))
    return NULL;
  g_autoptr (TdmProgram) program = tdm_program_builder_finish (builder, outputs, error);
  if (program == NULL)
    return NULL;
  set_units (self, outputs[0], entry, unit, builder);
  return tdm_program_builder_check_units (builder, error) ? g_steal_pointer (&program)
                                                          : NULL;
}

TdmModelOfDose *
tdm_load_of_dose (const TdmModel *self, const TdmKeyFile *file,
                  const TdmKeyEntry *entry, const char *unit, GError **error)
{
  g_autoptr (TdmProgram) program = compile (self, file, entry, unit, error);

  if (program == NULL)
    return NULL;
  if (!tdm_program_depends (program, 0, DOSE))
    {
      tdm_scan_refuse (entry, error,
                       "expected the name of a parameter, or an expression that uses "
                       "“" DOSE "”");
      return NULL;
    }
  TdmModelOfDose *made = g_new0 (TdmModelOfDose, 1);
  made->pk = (TdmPkOfDose){ compute, made };
  made->program = g_steal_pointer (&program);
  made->plain = g_new0 (double, tdm_program_get_n_plain (made->program) + 1);
  tdm_program_bind (made->program, NULL, made->plain);
  return made;
}

const TdmPkOfDose *
tdm_model_of_dose_get (const TdmModelOfDose *self)
{
  return &self->pk;
}

void
tdm_model_of_dose_free (TdmModelOfDose *self)
{
  tdm_program_unref (self->program);
  g_free (self->plain);
  g_free (self);
}

/* One property of the doses of one route, tried for an amount. */
static gboolean
check_amount (const TdmPkOfDose *of_dose, const char *key, const double *parameters,
              double amount_mg, double *value)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);

  if (of_dose == NULL)
    return TRUE;
  of_dose->compute (of_dose->data, &plain, amount_mg, parameters, value);
  return isfinite (*value) && (strcmp (key, "lag") == 0 ? *value >= 0.0 : *value > 0.0);
}

gboolean
tdm_model_of_dose_is_sane (const TdmModel *self, const double *parameters,
                           TdmOfDoseFault *fault)
{
  for (guint d = 0; d < self->dosings->len; d++)
    {
      const TdmModelDosing *dosing = tdm_model_get_dosing (self, d);
      const TdmPkRoute *route = &dosing->route->route;
      const TdmPkOfDose *of_dose[] = { route->bioavailability_of_dose,
                                       route->lag_of_dose };
      const char *keys[] = { "bioavailability", "lag" };
      for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
        for (guint i = 0; of_dose[k] != NULL && i < dosing->n_amounts; i++)
          if (!check_amount (of_dose[k], keys[k], parameters, dosing->amounts_mg[i],
                             &fault->value))
            {
              fault->route = dosing->route->name;
              fault->key = keys[k];
              fault->amount_mg = dosing->amounts_mg[i];
              return FALSE;
            }
    }
  return TRUE;
}
