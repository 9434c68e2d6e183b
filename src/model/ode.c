/* Differential equations written in the model file: compiled once, run on jets.
 *
 * They see parameters, states (mg), the time t (h) and the time tfd since the first
 * dose (h), not covariates: whatever varies between patients is a parameter, so that
 * the solver needs nothing but parameter sets. Initial states see parameters only.
 */
#include <math.h>
#include <string.h>

#include "base/unit.h"
#include "model/model-private.h"
#include "model/scan.h"

void
tdm_model_ode_rhs (gconstpointer data, const TdmJetSpace *space, const double *time,
                   const double *parameters, const double *states, double *derivatives,
                   double *scratch)
{
  const TdmModelOde *self = data;
  TdmProgramFrame frame = { .plain = self->rhs_plain,
                            .parameters = parameters,
                            .states = states,
                            .time = time,
                            .scratch = scratch };

  tdm_program_eval (self->rhs, space, &frame, derivatives);
}

void
tdm_model_ode_output (gconstpointer data, const TdmJetSpace *space, guint output,
                      const double *time, const double *parameters,
                      const double *states, double *value, double *scratch)
{
  const TdmModelOde *self = data;
  TdmProgramFrame frame = { .plain = g_ptr_array_index (self->plains, output),
                            .parameters = parameters,
                            .states = states,
                            .time = time,
                            .scratch = scratch };

  tdm_program_eval (g_ptr_array_index (self->outputs, output), space, &frame, value);
}

void
tdm_model_ode_initial (gconstpointer data, const TdmJetSpace *space,
                       const double *parameters, double *states, double *scratch)
{
  const TdmModelOde *self = data;
  TdmProgramFrame frame = { .plain = self->initial_plain,
                            .parameters = parameters,
                            .scratch = scratch };

  tdm_program_eval (self->initial, space, &frame, states);
}

gboolean
tdm_model_is_proportional (const TdmModel *self, guint output)
{
  const TdmModelOde *ode = &self->ode;
  if (self->structure.kind == TDM_PK_LINEAR)
    return TRUE;
  if (ode->initial != NULL)
    return FALSE;
  for (guint i = 0; i < ode->n_states; i++)
    if (!tdm_program_is_proportional (ode->rhs, i, TDM_VARIABLE_STATE))
      return FALSE;
  return tdm_program_is_proportional (g_ptr_array_index (ode->outputs, output), 0,
                                      TDM_VARIABLE_STATE);
}

void
tdm_model_ode_clear (TdmModelOde *self)
{
  g_clear_pointer (&self->initial, tdm_program_unref);
  g_clear_pointer (&self->initial_plain, g_free);
  g_clear_pointer (&self->rhs, tdm_program_unref);
  g_clear_pointer (&self->rhs_plain, g_free);
  g_clear_pointer (&self->outputs, g_ptr_array_unref);
  g_clear_pointer (&self->plains, g_ptr_array_unref);
}

gboolean
tdm_load_add_parameter_variables (const TdmModel *self, const TdmKeyFile *file,
                                  TdmProgramBuilder *builder, GError **error)
{
  const TdmKeySection *parameters = tdm_key_file_find (file, "parameters", NULL);

  for (guint i = 0; i < self->parameters->len; i++)
    {
      TdmVariable v = { TDM_VARIABLE_PARAMETER, tdm_model_get_parameter_name (self, i),
                        NULL };
      if (!tdm_program_builder_add_variable (
              builder, &v, &tdm_key_section_find (parameters, v.name)->key_place,
              error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_variables (const TdmModel *self, const TdmKeyFile *file, TdmProgramBuilder *builder,
               GError **error)
{
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  const TdmVariable time = { TDM_VARIABLE_TIME, "t", NULL },
                    since = { TDM_VARIABLE_TIME, "tfd", NULL };

  if (!tdm_load_add_parameter_variables (self, file, builder, error))
    return FALSE;
  for (guint i = 0; i < ode->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (ode->entries, i);
      TdmVariable v = { TDM_VARIABLE_STATE, entry->key, NULL };
      if (!tdm_program_builder_add_variable (builder, &v, &entry->key_place, error))
        return FALSE;
    }
  return tdm_program_builder_add_variable (builder, &time, &ode->place, error)
         && tdm_program_builder_add_variable (builder, &since, &ode->place, error);
}

/* Adds `entry` under a name of ours, which is appended to `names`. */
static gboolean
add_named (TdmProgramBuilder *builder, const char *prefix, const char *name,
           const TdmKeyEntry *entry, GPtrArray *names, GError **error)
{
  char *full = g_strdup_printf ("%s_%s", prefix, name);

  g_ptr_array_add (names, full);
  return tdm_program_builder_add_assignment (builder, full, entry->value, &entry->place,
                                             error);
}

static gboolean
add_terms (const TdmKeyFile *file, TdmProgramBuilder *builder, GError **error)
{
  const TdmKeySection *terms = tdm_key_file_find (file, "ode_terms", NULL);

  for (guint i = 0; terms != NULL && i < terms->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (terms->entries, i);
      if (!tdm_program_builder_add_assignment (builder, entry->key, entry->value,
                                               &entry->place, error))
        return FALSE;
    }
  return TRUE;
}

static double *
bind_alone (const TdmProgram *program)
{
  double *plain = g_new0 (double, MAX (tdm_program_get_n_plain (program), 1));
  tdm_program_bind (program, NULL, plain);
  return plain;
}

static const char *
state_unit (const TdmModel *self, const TdmKeyFile *file, const char *state)
{
  const TdmKeyEntry *entry =
      tdm_key_section_find (tdm_key_file_find (file, "units", NULL), state);
  return entry != NULL ? entry->value : self->amount_unit;
}

static void
set_parameter_units (const TdmModel *self, TdmProgramBuilder *builder)
{
  for (guint i = 0; i < self->parameters->len; i++)
    {
      TdmUnitRule rule = tdm_model_parameter_rule (self, i);
      tdm_program_builder_set_unit (builder, &rule);
    }
}

static void
set_variable_units (const TdmModel *self, const TdmKeyFile *file,
                    TdmProgramBuilder *builder)
{
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  const TdmUnitRule time = { .name = "t", .unit = "h" },
                    since = { .name = "tfd", .unit = "h" };

  set_parameter_units (self, builder);
  for (guint i = 0; i < ode->entries->len; i++)
    {
      const char *state = ((TdmKeyEntry *)g_ptr_array_index (ode->entries, i))->key;
      TdmUnitRule rule = { .name = state, .unit = state_unit (self, file, state) };
      tdm_program_builder_set_unit (builder, &rule);
    }
  tdm_program_builder_set_unit (builder, &time);
  tdm_program_builder_set_unit (builder, &since);
}

/* `expected` of the assignment that add_named() called by prefix and name. */
static void
set_unit (TdmProgramBuilder *builder, const char *prefix, const char *name,
          const char *expected)
{
  g_autofree char *full = g_strdup_printf ("%s_%s", prefix, name);
  g_autofree char *what = g_strdup_printf ("the %s of %s", prefix, name);
  TdmUnitRule rule = { .name = full, .unit = expected, .what = what };

  tdm_program_builder_set_unit (builder, &rule);
}

/* What an output's expression computes in: mg/L, or for what is no concentration of the
 * drug, a unit of its own. Yours. */
static char *
expression_unit (const TdmModel *self, const TdmKeyFile *file,
                 const TdmModelOutput *output)
{
  const TdmKeyEntry *own = tdm_key_section_find (
      tdm_key_file_find (file, "output", output->name), "expression_unit");

  if (!output->effect)
    return tdm_load_amount_unit (self, "/L");
  return g_strdup (own != NULL ? own->value : output->unit);
}

/* Rates are per hour. */
static gboolean
check_units (const TdmModel *self, const TdmKeyFile *file, TdmProgramBuilder *builder,
             GError **error)
{
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);

  set_variable_units (self, file, builder);
  for (guint i = 0; i < ode->entries->len; i++)
    {
      const char *state = ((TdmKeyEntry *)g_ptr_array_index (ode->entries, i))->key;
      g_autofree char *unit = g_strconcat (state_unit (self, file, state), "/h", NULL);
      set_unit (builder, "rate", state, unit);
    }
  for (guint i = 0; i < self->outputs->len; i++)
    {
      const TdmModelOutput *o = tdm_model_get_output (self, i);
      g_autofree char *unit = expression_unit (self, file, o);
      set_unit (builder, "output", o->name, unit);
    }
  return tdm_program_builder_check_units (builder, error);
}

static gboolean
compile_rhs (TdmModel *self, const TdmKeySection *ode, TdmProgramBuilder *builder,
             GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < ode->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (ode->entries, i);
      if (!add_named (builder, "rate", entry->key, entry, names, error))
        return FALSE;
    }
  g_ptr_array_add (names, NULL);
  self->ode.rhs =
      tdm_program_builder_finish (builder, (const char *const *)names->pdata, error);
  if (self->ode.rhs == NULL)
    return FALSE;
  self->ode.rhs_plain = bind_alone (self->ode.rhs);
  return TRUE;
}

static gboolean
compile_output (TdmModel *self, const TdmKeySection *section,
                TdmProgramBuilder *builder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const TdmKeyEntry *entry = tdm_key_section_find (section, "expression");

  if (entry == NULL)
    return tdm_place_set_error (error, &section->place,
                                "expected the key “expression” in “[%s]”",
                                section->group);
  if (!add_named (builder, "output", section->name, entry, names, error))
    return FALSE;
  g_ptr_array_add (names, NULL);
  TdmProgram *program =
      tdm_program_builder_finish (builder, (const char *const *)names->pdata, error);
  if (program == NULL)
    return FALSE;
  g_ptr_array_add (self->ode.outputs, program);
  g_ptr_array_add (self->ode.plains, bind_alone (program));
  return TRUE;
}

/* An initial value of what is no state would silently be none. */
static gboolean
check_states (const TdmKeySection *initial, const TdmKeySection *ode, GError **error)
{
  for (guint i = 0; i < initial->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (initial->entries, i);
      if (tdm_key_section_find (ode, entry->key) == NULL)
        return tdm_place_set_error (error, &entry->key_place,
                                    "expected the name of a state of “[ode]”, not “%s”",
                                    entry->key);
    }
  return TRUE;
}

/* One output a state; states that are not named begin at 0. */
static gboolean
add_initial_states (const TdmKeySection *initial, const TdmKeySection *ode,
                    TdmProgramBuilder *builder, GPtrArray *names, GError **error)
{
  for (guint i = 0; i < ode->entries->len; i++)
    {
      const TdmKeyEntry *state = g_ptr_array_index (ode->entries, i);
      const TdmKeyEntry *entry = tdm_key_section_find (initial, state->key);
      const TdmKeyEntry none = { .value = (char *)"0", .place = state->place };
      if (!add_named (builder, "initial", state->key, entry != NULL ? entry : &none,
                      names, error))
        return FALSE;
    }
  g_ptr_array_add (names, NULL);
  return TRUE;
}

/* An initial value is in the unit of its state. */
static gboolean
check_initial_units (const TdmModel *self, const TdmKeyFile *file,
                     TdmProgramBuilder *builder, GError **error)
{
  const TdmKeySection *initial = tdm_key_file_find (file, "ode_initial", NULL);

  set_parameter_units (self, builder);
  for (guint i = 0; i < initial->entries->len; i++)
    {
      const char *state = ((TdmKeyEntry *)g_ptr_array_index (initial->entries, i))->key;
      set_unit (builder, "initial", state, state_unit (self, file, state));
    }
  return tdm_program_builder_check_units (builder, error);
}

static gboolean
compile_initial (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *initial = tdm_key_file_find (file, "ode_initial", NULL);
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (initial == NULL)
    return TRUE;
  if (!check_states (initial, ode, error)
      || !tdm_load_add_parameter_variables (self, file, builder, error)
      || !add_initial_states (initial, ode, builder, names, error))
    return FALSE;
  self->ode.initial =
      tdm_program_builder_finish (builder, (const char *const *)names->pdata, error);
  if (self->ode.initial == NULL || !check_initial_units (self, file, builder, error))
    return FALSE;
  self->ode.initial_plain = bind_alone (self->ode.initial);
  self->structure.initial = tdm_model_ode_initial;
  return TRUE;
}

/* Whether an output has a value in a body to which nothing was given: tried with
 * parameters that cancel nowhere. */
static void
find_baselines (TdmModel *self)
{
  const TdmPkStructure *structure = &self->structure;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const guint n_parameters = self->parameters->len;
  g_autofree double *parameters = g_new (double, n_parameters + 1);
  g_autofree double *states = g_new0 (double, structure->n_states);
  g_autofree double *scratch = g_new (double, structure->scratch_jets + 1);
  const double time[2] = { 0.0, 0.0 };

  for (guint i = 0; i < n_parameters; i++)
    parameters[i] = 0.5 + fmod (0.6180339887498949 * (i + 1), 1.0);
  if (structure->initial != NULL)
    structure->initial (structure->data, &plain, parameters, states, scratch);
  for (guint i = 0; i < self->outputs->len; i++)
    {
      TdmModelOutput *output = g_ptr_array_index (self->outputs, i);
      double value = 0.0;
      structure->output (structure->data, &plain, i, time, parameters, states, &value,
                         scratch);
      output->baseline = isfinite (value) && value != 0.0;
    }
}

static guint
max_scratch (const TdmModelOde *ode)
{
  guint n = tdm_program_get_n_scratch (ode->rhs);

  if (ode->initial != NULL)
    n = MAX (n, tdm_program_get_n_scratch (ode->initial));

  for (guint i = 0; i < ode->outputs->len; i++)
    n = MAX (n, tdm_program_get_n_scratch (g_ptr_array_index (ode->outputs, i)));
  return n;
}

/* Keys that only a linear structure has. */
static gboolean
refuse_linear_keys (const TdmKeySection *structure, GError **error)
{
  for (guint i = 0; i < structure->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (structure->entries, i);
      if (strcmp (entry->key, "kind") != 0)
        return tdm_place_set_error (error, &entry->key_place,
                                    "expected no key “%s” with “kind = ode”",
                                    entry->key);
    }
  return TRUE;
}

gboolean
tdm_load_ode (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  const TdmKeySection *structure = tdm_key_file_find (file, "structure", NULL);
  const TdmKeySection *ode = tdm_key_file_find (file, "ode", NULL);
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();

  if (ode == NULL || ode->entries->len == 0)
    return tdm_place_set_error (error, &structure->place,
                                "expected a section “[ode]” with “STATE = RATE” lines");
  if (!refuse_linear_keys (structure, error)
      || !add_variables (self, file, builder, error)
      || !add_terms (file, builder, error) || !compile_rhs (self, ode, builder, error)
      || !compile_initial (self, file, error))
    return FALSE;
  for (guint i = 0; i < self->outputs->len; i++)
    {
      const char *name = tdm_model_get_output (self, i)->name;
      if (!compile_output (self, tdm_key_file_find (file, "output", name), builder,
                           error))
        return FALSE;
    }
  if (!check_units (self, file, builder, error))
    return FALSE;
  self->structure.n_states = self->ode.n_states = ode->entries->len;
  self->structure.rhs = tdm_model_ode_rhs;
  self->structure.output = tdm_model_ode_output;
  self->structure.data = &self->ode;
  self->structure.scratch_jets = max_scratch (&self->ode);
  find_baselines (self);
  return TRUE;
}
