#include "model/model-private.h"

#include <string.h>

static void
covariate_free (TdmModelCovariate *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->unit);
  g_strfreev (self->categories);
  g_free (self);
}

static void
parameter_free (TdmModelParameter *self)
{
  g_free (self->name);
  g_free (self->unit);
  g_free (self);
}

static void
output_free (TdmModelOutput *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->unit);
  g_free (self);
}

static void
route_free (TdmModelRoute *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->formulation);
  g_free (self);
}

static void
salt_free (gpointer data)
{
  TdmModelSalt *salt = data;

  g_free (salt->name);
  g_free (salt->title);
  g_free (salt->unit);
  g_free (salt->source);
  g_free (salt);
}

static void
dosing_free (TdmModelDosing *self)
{
  g_free (self->name);
  g_free (self->unit);
  g_free (self->amounts_mg);
  g_free (self->intervals_h);
  g_free (self->durations_h);
  g_free (self->source);
  g_free (self);
}

static void
target_free (TdmModelTarget *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->source);
  g_free (self->target.output);
  g_free (self->target.unit);
  g_free (self->target.threshold_unit);
  g_free (self->target.mic_unit);
  g_free (self);
}

static void
check_free (TdmModelCheck *self)
{
  g_free (self->name);
  g_free (self->source);
  g_free (self->covariates);
  g_array_unref (self->doses);
  g_array_unref (self->routes);
  g_array_unref (self->observed);
  g_array_unref (self->expected);
  g_free (self);
}

static void
text_clear (TdmModelText *self)
{
  g_free (self->id);
  g_free (self->drug);
  g_free (self->title);
  g_free (self->version);
  g_free (self->reference);
  g_free (self->doi);
  g_free (self->population);
  g_free (self->status);
  g_free (self->status_text);
  g_free (self->limits);
  g_free (self->equations);
}

/* Covariates that are not derived have no program. */
static void
program_free (gpointer program)
{
  if (program != NULL)
    tdm_program_unref (program);
}

static GPtrArray *
new_list (gpointer free_func)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)free_func);
}

static void
effects_init (TdmModelEffects *self)
{
  self->names = new_list (g_free);
  self->fixed = new_list (g_free);
}

static void
effects_clear (TdmModelEffects *self)
{
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->fixed);
  g_free (self->omega);
}

TdmModel *
tdm_model_new_empty (void)
{
  TdmModel *self = g_new0 (TdmModel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->amount_unit = "mg";
  self->covariates = new_list (covariate_free);
  self->formulas = new_list (program_free);
  self->subpopulations.names = new_list (g_free);
  self->subpopulations.priors = new_list (program_free);
  effects_init (&self->effects);
  effects_init (&self->occasion_effects);
  self->parameters = new_list (parameter_free);
  self->outputs = new_list (output_free);
  self->routes = new_list (route_free);
  self->of_doses = new_list (tdm_model_of_dose_free);
  self->salts = new_list (salt_free);
  self->dosings = new_list (dosing_free);
  self->conditions = new_list (program_free);
  self->targets = new_list (target_free);
  self->checks = new_list (check_free);
  self->ode.outputs = new_list (program_free);
  self->ode.plains = new_list (g_free);
  return self;
}

TdmModel *
tdm_model_ref (TdmModel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_model_unref (TdmModel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->targets);
  g_ptr_array_unref (self->conditions);
  g_ptr_array_unref (self->dosings);
  g_ptr_array_unref (self->salts);
  g_ptr_array_unref (self->routes);
  g_ptr_array_unref (self->of_doses);
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->parameters);
  effects_clear (&self->effects);
  effects_clear (&self->occasion_effects);
  g_ptr_array_unref (self->subpopulations.priors);
  g_ptr_array_unref (self->subpopulations.names);
  g_ptr_array_unref (self->formulas);
  g_ptr_array_unref (self->covariates);
  tdm_model_ode_clear (&self->ode);
  g_clear_pointer (&self->program, tdm_program_unref);
  text_clear (&self->text);
  g_free (self->people.setting);
  g_clear_pointer (&self->drug, tdm_drug_free);
  g_clear_pointer (&self->drug_file, tdm_key_file_free);
  g_free (self->folder);
  g_free (self->sha256);
  g_free (self->source);
  g_free (self);
}

const TdmModelText *
tdm_model_get_text (const TdmModel *self)
{
  return &self->text;
}

const char *
tdm_model_get_id (const TdmModel *self)
{
  return self->text.id;
}

const char *
tdm_model_get_sha256 (const TdmModel *self)
{
  return self->sha256;
}

const char *
tdm_model_get_source (const TdmModel *self, gsize *length)
{
  *length = self->length;
  return self->source;
}

double
tdm_model_get_molar_mass (const TdmModel *self)
{
  return self->molar_mass;
}

const TdmModelPeople *
tdm_model_get_people (const TdmModel *self)
{
  return &self->people;
}

const TdmDrug *
tdm_model_get_drug (const TdmModel *self)
{
  return self->drug;
}

const char *
tdm_model_get_amount_unit (const TdmModel *self)
{
  return self->amount_unit;
}

char *
tdm_load_amount_unit (const TdmModel *self, const char *suffix)
{
  return g_strconcat (self->amount_unit, suffix, NULL);
}

const TdmPkStructure *
tdm_model_get_structure (const TdmModel *self)
{
  return &self->structure;
}

guint
tdm_model_get_n_parameters (const TdmModel *self)
{
  return self->parameters->len;
}

static const TdmModelParameter *
get_parameter (const TdmModel *self, guint i)
{
  g_assert (i < self->parameters->len);
  return g_ptr_array_index (self->parameters, i);
}

const char *
tdm_model_get_parameter_name (const TdmModel *self, guint i)
{
  return get_parameter (self, i)->name;
}

const char *
tdm_model_get_parameter_unit (const TdmModel *self, guint i)
{
  return get_parameter (self, i)->unit;
}

int
tdm_model_find_parameter (const TdmModel *self, const char *name)
{
  for (guint i = 0; i < self->parameters->len; i++)
    if (strcmp (get_parameter (self, i)->name, name) == 0)
      return i;
  return -1;
}

guint
tdm_model_get_n_effects (const TdmModel *self)
{
  return self->effects.names->len;
}

const char *
tdm_model_get_effect_name (const TdmModel *self, guint i)
{
  g_assert (i < self->effects.names->len);
  return g_ptr_array_index (self->effects.names, i);
}

const double *
tdm_model_get_omega (const TdmModel *self)
{
  return self->effects.omega;
}

TdmOccasionRule
tdm_model_get_occasion_rule (const TdmModel *self)
{
  return self->occasion_rule;
}

guint
tdm_model_get_n_occasion_effects (const TdmModel *self)
{
  return self->occasion_effects.names->len;
}

const char *
tdm_model_get_occasion_effect_name (const TdmModel *self, guint i)
{
  g_assert (i < self->occasion_effects.names->len);
  return g_ptr_array_index (self->occasion_effects.names, i);
}

const double *
tdm_model_get_occasion_omega (const TdmModel *self)
{
  return self->occasion_effects.omega;
}

guint
tdm_model_get_n_covariates (const TdmModel *self)
{
  return self->covariates->len;
}

const TdmModelCovariate *
tdm_model_get_covariate (const TdmModel *self, guint i)
{
  g_assert (i < self->covariates->len);
  return g_ptr_array_index (self->covariates, i);
}

int
tdm_model_find_covariate (const TdmModel *self, const char *name)
{
  for (guint i = 0; i < self->covariates->len; i++)
    if (strcmp (tdm_model_get_covariate (self, i)->name, name) == 0)
      return i;
  return -1;
}

int
tdm_model_find_category (const TdmModelCovariate *covariate, const char *text)
{
  for (guint i = 0; covariate->categories != NULL && covariate->categories[i]; i++)
    if (strcmp (covariate->categories[i], text) == 0)
      return i;
  return -1;
}

guint
tdm_model_get_n_outputs (const TdmModel *self)
{
  return self->outputs->len;
}

const TdmModelOutput *
tdm_model_get_output (const TdmModel *self, guint i)
{
  g_assert (i < self->outputs->len);
  return g_ptr_array_index (self->outputs, i);
}

int
tdm_model_find_output (const TdmModel *self, const char *name)
{
  for (guint i = 0; i < self->outputs->len; i++)
    if (strcmp (tdm_model_get_output (self, i)->name, name) == 0)
      return i;
  return -1;
}

guint
tdm_model_get_n_routes (const TdmModel *self)
{
  return self->routes->len;
}

const TdmModelRoute *
tdm_model_get_route (const TdmModel *self, guint i)
{
  g_assert (i < self->routes->len);
  return g_ptr_array_index (self->routes, i);
}

int
tdm_model_find_route (const TdmModel *self, const char *name)
{
  for (guint i = 0; i < self->routes->len; i++)
    if (strcmp (tdm_model_get_route (self, i)->name, name) == 0)
      return i;
  return -1;
}

guint
tdm_model_get_n_salts (const TdmModel *self)
{
  return self->salts->len;
}

const TdmModelSalt *
tdm_model_get_salt (const TdmModel *self, guint i)
{
  g_assert (i < self->salts->len);
  return g_ptr_array_index (self->salts, i);
}

guint
tdm_model_get_n_dosings (const TdmModel *self)
{
  return self->dosings->len;
}

const TdmModelDosing *
tdm_model_get_dosing (const TdmModel *self, guint i)
{
  g_assert (i < self->dosings->len);
  return g_ptr_array_index (self->dosings, i);
}

gboolean
tdm_model_dosing_applies (const TdmModel *self, guint i, const double *resolved)
{
  g_assert (i < self->conditions->len);
  const TdmProgram *condition = g_ptr_array_index (self->conditions, i);

  if (condition == NULL)
    return TRUE;
  g_autofree double *plain = g_new (double, tdm_program_get_n_plain (condition) + 1);
  tdm_program_bind (condition, resolved, plain);
  return tdm_program_get_plain (condition, plain, 0) != 0.0;
}

guint
tdm_model_get_n_targets (const TdmModel *self)
{
  return self->targets->len;
}

const TdmModelTarget *
tdm_model_get_target (const TdmModel *self, guint i)
{
  g_assert (i < self->targets->len);
  return g_ptr_array_index (self->targets, i);
}

TdmUnitRule
tdm_model_rule_of_covariate (const TdmModelCovariate *c)
{
  const char *unit = c->unit != NULL ? c->unit : "1";

  return (TdmUnitRule){ .name = c->name,
                        .unit = c->categories != NULL ? NULL : unit,
                        .of_body = TRUE,
                        .empirical = TRUE };
}

TdmUnitRule
tdm_model_covariate_rule (const TdmModel *self, guint i)
{
  return tdm_model_rule_of_covariate (tdm_model_get_covariate (self, i));
}

TdmUnitRule
tdm_model_parameter_rule (const TdmModel *self, guint i)
{
  const char *unit = tdm_model_get_parameter_unit (self, i);

  return (TdmUnitRule){ .name = tdm_model_get_parameter_name (self, i),
                        .unit = unit != NULL ? unit : "1",
                        .empirical = TRUE };
}
