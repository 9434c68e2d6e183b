#include <math.h>

#include "base/error.h"
#include "model/model-private.h"

/* Parameters of one covariate set: the program's image, all but the jets done. */
struct _TdmBinding
{
  TdmModel *model;
  double *plain;
};

/* A binding that is made anew for each point, and all that it takes. */
struct _TdmProbe
{
  TdmBinding binding; /* borrows the model */
  double *image, *resolved, *eta, *values;
  gboolean *used; /* one a covariate: a parameter depends on it */
};

/* Enough for the effects and the scratch of every ordinary model on the stack. */
#define STACK_DOUBLES 4096

/* Doubles that hold the image of every formula. */
static guint
formula_image (const TdmModel *self)
{
  guint n = 1;
  for (guint i = 0; i < self->formulas->len; i++)
    {
      const TdmProgram *formula = g_ptr_array_index (self->formulas, i);
      n = MAX (n, formula != NULL ? tdm_program_get_n_plain (formula) : 0);
    }
  return n;
}

/* A derived covariate that is not given is computed; formulas only see what stands
 * above them. `image`: formula_image() doubles of scratch. */
static void
resolve (const TdmModel *self, const double *given, double *image, double *resolved)
{
  for (guint i = 0; i < self->covariates->len; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (self, i);
      const TdmProgram *formula = g_ptr_array_index (self->formulas, i);
      resolved[i] = given[i];
      if (!isnan (given[i]))
        continue;
      if (c->has_default)
        resolved[i] = c->default_value;
      if (formula == NULL)
        continue;
      tdm_program_bind (formula, resolved, image);
      resolved[i] = tdm_program_get_plain (formula, image, 0);
    }
}

/* "WT (Body weight, kg)". */
static void
append_name (GString *text, const TdmModelCovariate *c)
{
  g_string_append_printf (text, "%s%s (%s%s%s)", text->len > 0 ? " and " : "", c->name,
                          c->title, c->unit != NULL ? ", " : "",
                          c->unit != NULL ? c->unit : "");
}

/* Names what keeps covariate `i` from having a value: itself, or a formula's inputs, of
 * which those in `told` have been named already. */
static void
append_missing (const TdmModel *self, const double *resolved, guint i, gboolean *told,
                GString *text)
{
  const TdmModelCovariate *c = tdm_model_get_covariate (self, i);
  const TdmProgram *formula = g_ptr_array_index (self->formulas, i);
  g_autoptr (GString) names = g_string_new (NULL);
  guint inputs = 0, n = 0;

  for (guint j = 0; formula != NULL && j < i; j++)
    {
      const TdmModelCovariate *input = tdm_model_get_covariate (self, j);
      if (!isnan (resolved[j]) || !tdm_program_depends (formula, 0, input->name))
        continue;
      inputs++;
      if (!told[j])
        append_name (names, input);
      n += !told[j];
      told[j] = TRUE;
    }
  if (inputs > 0 && n == 0)
    return;
  g_string_append (text, text->len > 0 ? "; " : "");
  told[i] = TRUE;
  if (formula != NULL && inputs == 0)
    {
      g_string_append_printf (text, "%s cannot be computed from the values given",
                              c->name);
      return;
    }
  if (formula == NULL)
    append_name (names, c);
  g_string_append_printf (text, "%s %s missing", names->str, n > 1 ? "are" : "is");
  if (formula != NULL)
    g_string_append_printf (text,
                            "; %s (%s) is computed from %s, or may be given instead",
                            c->name, c->title, n > 1 ? "them" : "it");
}

/* Whether a parameter, or the chance of a subpopulation, depends on it. */
static gboolean
is_used (const TdmModel *self, const char *covariate)
{
  for (guint p = 0; p < self->parameters->len; p++)
    if (tdm_program_depends (self->program, p, covariate))
      return TRUE;
  return tdm_model_uses_for_subpopulations (self, covariate);
}

/* Whatever is used directly must have a value. */
static gboolean
check_complete (const TdmModel *self, const double *resolved, GError **error)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autofree gboolean *told = g_new0 (gboolean, self->covariates->len + 1);

  for (guint i = 0; i < self->covariates->len; i++)
    {
      const char *name = tdm_model_get_covariate (self, i)->name;
      if (!isfinite (resolved[i]) && is_used (self, name))
        append_missing (self, resolved, i, told, missing);
    }
  return missing->len == 0
         || tdm_error_set_input (error, "covariates", "%s", missing->str);
}

/* Lags and durations may be 0; numbers without a unit may be anything, except a
 * bioavailability. */
static gboolean
is_sane (const TdmModel *model, guint parameter, double value)
{
  const char *unit = tdm_model_get_parameter_unit (model, parameter);

  if (!isfinite (value))
    return FALSE;
  for (guint i = 0; i < model->routes->len; i++)
    {
      const TdmPkRoute *route = &tdm_model_get_route (model, i)->route;
      if (route->bioavailability == parameter)
        return value > 0.0;
      if (route->lag == parameter
          || (route->duration == parameter && !route->duration_is_rate))
        return value >= 0.0;
    }
  return unit == NULL || value > 0.0;
}

gboolean
tdm_binding_is_sane (const TdmBinding *self, guint *bad, double *bad_value)
{
  const TdmModel *model = self->model;
  const TdmJetSpace space = tdm_jet_space (0, 0);
  g_autofree double *eta = g_new0 (double, model->effects.names->len + 1);
  g_autofree double *values = g_new (double, model->parameters->len);

  tdm_binding_parameters (self, &space, eta, NULL, values);
  for (guint i = 0; i < model->parameters->len; i++)
    if (!is_sane (model, i, values[i]))
      {
        *bad = i;
        if (bad_value != NULL)
          *bad_value = values[i];
        return FALSE;
      }
  return TRUE;
}

TdmProbe *
tdm_probe_new (TdmModel *model)
{
  const guint n = model->covariates->len;
  TdmProbe *self = g_new0 (TdmProbe, 1);

  self->binding.model = model;
  self->binding.plain = g_new (double, tdm_program_get_n_plain (model->program) + 1);
  self->image = g_new (double, formula_image (model));
  self->resolved = g_new (double, n + 1);
  self->used = g_new0 (gboolean, n + 1);
  for (guint i = 0; i < n; i++)
    self->used[i] = is_used (model, tdm_model_get_covariate (model, i)->name);
  self->eta = g_new0 (double, model->effects.names->len + 1);
  self->values = g_new (double, model->parameters->len + 1);
  return self;
}

void
tdm_probe_free (TdmProbe *self)
{
  g_free (self->binding.plain);
  g_free (self->image);
  g_free (self->resolved);
  g_free (self->used);
  g_free (self->eta);
  g_free (self->values);
  g_free (self);
}

gboolean
tdm_probe_is_sane (TdmProbe *self, const double *covariates, guint subpopulation)
{
  const TdmModel *model = self->binding.model;
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const guint n = model->covariates->len;

  resolve (model, covariates, self->image, self->resolved);
  for (guint i = 0; i < n; i++)
    if (self->used[i] && !isfinite (self->resolved[i]))
      return FALSE;
  self->resolved[n] = subpopulation + 1.0;
  tdm_program_bind (model->program, self->resolved, self->binding.plain);
  if (!tdm_binding_parameters (&self->binding, &space, self->eta, NULL, self->values))
    return FALSE;
  for (guint i = 0; i < model->parameters->len; i++)
    if (!is_sane (model, i, self->values[i]))
      return FALSE;
  return TRUE;
}

TdmBinding *
tdm_model_bind_unchecked (TdmModel *self, const double *covariates, guint subpopulation,
                          double *resolved, GError **error)
{
  /* The number of the subpopulation stands behind the covariates. */
  g_autofree double *all = g_new (double, self->covariates->len + 1);
  g_autofree double *image = g_new (double, formula_image (self));

  resolve (self, covariates, image, all);
  for (guint i = 0; resolved != NULL && i < self->covariates->len; i++)
    resolved[i] = all[i];
  if (!check_complete (self, all, error))
    return NULL;
  all[self->covariates->len] = subpopulation + 1.0;
  TdmBinding *binding = g_new0 (TdmBinding, 1);
  binding->model = tdm_model_ref (self);
  binding->plain = g_new (double, tdm_program_get_n_plain (self->program) + 1);
  tdm_program_bind (self->program, all, binding->plain);
  return binding;
}

TdmBinding *
tdm_model_bind (TdmModel *self, const double *covariates, double *resolved,
                GError **error)
{
  return tdm_model_bind_subpopulation (self, covariates, 0, resolved, error);
}

TdmBinding *
tdm_model_bind_subpopulation (TdmModel *self, const double *covariates,
                              guint subpopulation, double *resolved, GError **error)
{
  g_autoptr (TdmBinding) binding =
      tdm_model_bind_unchecked (self, covariates, subpopulation, resolved, error);
  guint bad;

  if (binding == NULL)
    return NULL;
  if (!tdm_binding_is_sane (binding, &bad, NULL))
    {
      tdm_error_set_input (error, "covariates",
                           "the model has no sensible value of %s with these values",
                           tdm_model_get_parameter_name (self, bad));
      return NULL;
    }
  return g_steal_pointer (&binding);
}

void
tdm_binding_free (TdmBinding *self)
{
  if (self == NULL)
    return;
  tdm_model_unref (self->model);
  g_free (self->plain);
  g_free (self);
}

static void
set_occasion_effect (const TdmJetSpace *space, double *effect,
                     const TdmOccasionEta *occasion, guint i)
{
  if (occasion == NULL || occasion->values == NULL)
    tdm_jet_set (space, effect, 0.0);
  else if (occasion->first == G_MAXUINT)
    tdm_jet_set (space, effect, occasion->values[i]);
  else
    tdm_jet_variable (space, effect, occasion->values[i], occasion->first + i);
}

gboolean
tdm_binding_parameters (const TdmBinding *self, const TdmJetSpace *space,
                        const double *eta, const TdmOccasionEta *occasion,
                        double *parameters)
{
  const TdmModel *model = self->model;
  const guint n_own = model->effects.names->len;
  const guint n_effects = n_own + model->occasion_effects.names->len;
  const guint n_parameters = model->parameters->len;
  const gsize n =
      (gsize)space->size * (n_effects + tdm_program_get_n_scratch (model->program));
  double stack[STACK_DOUBLES];
  g_autofree double *heap = n > STACK_DOUBLES ? g_new (double, n) : NULL;
  double *effects = heap != NULL ? heap : stack;

  for (guint i = 0; i < n_own; i++)
    tdm_jet_variable (space, effects + (gsize)i * space->size, eta[i], i);
  for (guint i = n_own; i < n_effects; i++)
    set_occasion_effect (space, effects + (gsize)i * space->size, occasion, i - n_own);
  TdmProgramFrame frame = { .plain = self->plain,
                            .effects = effects,
                            .scratch = effects + (gsize)n_effects * space->size };
  tdm_program_eval (model->program, space, &frame, parameters);
  for (guint i = 0; i < n_parameters; i++)
    if (!tdm_jet_is_finite (space, parameters + (gsize)i * space->size))
      return FALSE;
  return TRUE;
}
