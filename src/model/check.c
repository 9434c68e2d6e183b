#include "model/check.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "model/model-private.h"
#include "pk/plan.h"

/* One [check …] while it runs. */
typedef struct
{
  TdmModel *model;
  const TdmModelCheck *check;
  double *resolved;   /* covariates */
  double *parameters; /* plain */
  double *values;     /* two of each expectation: at from_h, at time_h; mg/L */
  double *areas;
  TdmPkSteadyState steady;
  GHashTable *eta; /* char* to double*; NULL = not estimated */
  double objective;
} Run;

static void
line_free (TdmCheckLine *self)
{
  g_free (self->name);
  g_free (self->quantity);
  g_free (self->unit);
  g_free (self->source);
  g_free (self);
}

static void
run_clear (Run *self)
{
  g_free (self->resolved);
  g_free (self->parameters);
  g_free (self->values);
  g_free (self->areas);
  g_clear_pointer (&self->eta, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gboolean
compute_parameters (Run *self, GError **error)
{
  const TdmJetSpace space = tdm_jet_space (0, 0);
  g_autofree double *eta = g_new0 (double, tdm_model_get_n_effects (self->model) + 1);
  g_autoptr (TdmBinding) binding =
      tdm_model_bind_subpopulation (self->model, self->check->covariates,
                                    self->check->subpopulation, self->resolved, error);

  if (binding == NULL)
    return FALSE;
  tdm_binding_parameters (binding, &space, eta, NULL, self->parameters);
  return TRUE;
}

static const TdmModelExpectation *
get_expected (const Run *self, guint i)
{
  return &g_array_index (self->check->expected, TdmModelExpectation, i);
}

/* Each expectation reads two times, whether it needs them or not. */
static gboolean
compute_history (Run *self, TdmPkWork *work, GError **error)
{
  const guint n = self->check->expected->len;
  const GArray *doses = self->check->doses;
  const TdmJetSpace space = tdm_jet_space (0, 0);
  const double always = -INFINITY;
  g_autofree double *times = g_new (double, 2 * n);
  g_autofree guint *outputs = g_new0 (guint, 2 * n);

  for (guint i = 0; i < n; i++)
    {
      const TdmModelExpectation *x = get_expected (self, i);
      times[2 * i] = x->from_h;
      times[2 * i + 1] = x->time_h;
      if (x->kind == TDM_CHECK_LEVEL)
        outputs[2 * i + 1] = x->index;
    }
  const TdmPkHistory history = { .doses = (const TdmPkDose *)(gpointer)doses->data,
                                 .n_doses = doses->len,
                                 .change_times_h = &always,
                                 .n_sets = 1,
                                 .times_h = times,
                                 .outputs = outputs,
                                 .n_times = 2 * n,
                                 .main_output = self->check->output };
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new_history (&self->model->structure, &history, error);
  return plan != NULL
         && tdm_pk_plan_predict (plan, work, &space, self->parameters, self->values,
                                 self->areas, error);
}

static gboolean
is_steady (TdmCheckKind kind)
{
  return kind == TDM_CHECK_TROUGH || kind == TDM_CHECK_PEAK || kind == TDM_CHECK_AVERAGE
         || kind == TDM_CHECK_AUC || kind == TDM_CHECK_AUC24;
}

/* Whether a number of the steady state is expected: doses that saturate elimination
 * have none. */
static gboolean
expects_steady (const Run *self)
{
  for (guint i = 0; i < self->check->expected->len; i++)
    if (is_steady (get_expected (self, i)->kind))
      return TRUE;
  return FALSE;
}

/* The steady state that the last dose line tends to. */
static gboolean
compute_steady (Run *self, TdmPkWork *work, GError **error)
{
  const GArray *doses = self->check->doses;
  const TdmPkDose *last = &g_array_index (doses, TdmPkDose, doses->len - 1);
  const double offset = 0.0;
  TdmPkStructure structure = self->model->structure;
  double trough;

  if (!(last->interval_h > 0.0))
    return TRUE;
  structure.main_output = self->check->output;
  return tdm_pk_steady_state (&structure, last, self->parameters, &offset, 1, &trough,
                              work, &self->steady, error);
}

static gboolean
compute (Run *self, GError **error)
{
  const guint n = self->check->expected->len;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();

  self->resolved = g_new0 (double, self->model->covariates->len + 1);
  self->parameters = g_new0 (double, self->model->parameters->len);
  self->values = g_new0 (double, 2 * n);
  self->areas = g_new0 (double, 2 * n);
  if (!compute_parameters (self, error))
    return FALSE;
  if (self->check->doses->len == 0)
    return TRUE;
  return compute_history (self, work, error)
         && (!expects_steady (self) || compute_steady (self, work, error));
}

static gboolean
estimate (Run *self, TdmCheckEstimate run, GError **error)
{
  const TdmModelCheck *check = self->check;
  const TdmCheckTask task = {
    .covariates = check->covariates,
    .doses = (const TdmPkDose *)(gpointer)check->doses->data,
    .routes = (const guint *)(gpointer)check->routes->data,
    .n_doses = check->doses->len,
    .observed = (const TdmCheckObserved *)(gpointer)check->observed->data,
    .n_observed = check->observed->len,
  };

  if (run == NULL || task.n_observed == 0)
    return TRUE;
  self->eta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return run (self->model, &task, self->eta, &self->objective, error);
}

static double
get_effect (const Run *self, const char *name)
{
  const double *value = g_hash_table_lookup (self->eta, name);
  return value != NULL ? *value : NAN;
}

static double
last_interval (const Run *self)
{
  const GArray *doses = self->check->doses;
  return g_array_index (doses, TdmPkDose, doses->len - 1).interval_h;
}

/* What the program makes of expectation `i`, in the unit of the answer. */
static double
get_result (const Run *self, guint i)
{
  const TdmModelExpectation *x = get_expected (self, i);
  const double scale =
      tdm_model_get_output (self->model, self->check->output)->per_mg_l;

  switch (x->kind)
    {
    case TDM_CHECK_COVARIATE:
      return self->resolved[x->index];
    case TDM_CHECK_PARAMETER:
      return self->parameters[x->index];
    case TDM_CHECK_LEVEL:
      return self->values[2 * i + 1] * scale;
    case TDM_CHECK_AREA:
      return (self->areas[2 * i + 1] - self->areas[2 * i]) * scale;
    case TDM_CHECK_TROUGH:
      return self->steady.trough * scale;
    case TDM_CHECK_PEAK:
      return self->steady.peak * scale;
    case TDM_CHECK_AVERAGE:
      return self->steady.auc / last_interval (self) * scale;
    case TDM_CHECK_AUC:
      return self->steady.auc * scale;
    case TDM_CHECK_AUC24:
      return self->steady.auc * 24.0 / last_interval (self) * scale;
    case TDM_CHECK_ETA:
      return get_effect (self, x->effect);
    case TDM_CHECK_OBJECTIVE:
      return self->objective;
    }
  g_assert_not_reached ();
}

static char *
dup_quantity (const Run *self, const TdmModelExpectation *x)
{
  g_autofree char *from = tdm_number_exact (x->from_h);
  g_autofree char *time = tdm_number_exact (x->time_h);

  switch (x->kind)
    {
    case TDM_CHECK_COVARIATE:
      return g_strdup (tdm_model_get_covariate (self->model, x->index)->name);
    case TDM_CHECK_PARAMETER:
      return g_strdup (tdm_model_get_parameter_name (self->model, x->index));
    case TDM_CHECK_LEVEL:
      return g_strdup_printf ("%s(%s h)",
                              tdm_model_get_output (self->model, x->index)->name, time);
    case TDM_CHECK_AREA:
      return g_strdup_printf ("AUC(%s–%s h)", from, time);
    case TDM_CHECK_TROUGH:
      return g_strdup ("trough");
    case TDM_CHECK_PEAK:
      return g_strdup ("peak");
    case TDM_CHECK_AVERAGE:
      return g_strdup ("average");
    case TDM_CHECK_AUC:
      return g_strdup ("AUC");
    case TDM_CHECK_AUC24:
      return g_strdup ("AUC24");
    case TDM_CHECK_ETA:
      return g_strconcat ("eta ", x->effect, NULL);
    case TDM_CHECK_OBJECTIVE:
      return g_strdup ("objective");
    }
  g_assert_not_reached ();
}

/* "mg.h/L" for "mg/L". */
static char *
dup_area_unit (const char *unit)
{
  const char *stroke = strchr (unit, '/');

  return stroke == NULL
             ? g_strconcat (unit, ".h", NULL)
             : g_strdup_printf ("%.*s.h%s", (int)(stroke - unit), unit, stroke);
}

static char *
dup_unit (const Run *self, const TdmModelExpectation *x)
{
  const char *unit = tdm_model_get_output (self->model, self->check->output)->unit;

  switch (x->kind)
    {
    case TDM_CHECK_COVARIATE:
      unit = tdm_model_get_covariate (self->model, x->index)->unit;
      break;
    case TDM_CHECK_PARAMETER:
      unit = tdm_model_get_parameter_unit (self->model, x->index);
      break;
    case TDM_CHECK_AREA:
    case TDM_CHECK_AUC:
    case TDM_CHECK_AUC24:
      return dup_area_unit (unit);
    case TDM_CHECK_ETA:
    case TDM_CHECK_OBJECTIVE:
      return NULL;
    default:
      break;
    }
  return g_strdup (unit);
}

static void
add_lines (const Run *self, GPtrArray *lines)
{
  for (guint i = 0; i < self->check->expected->len; i++)
    {
      const TdmModelExpectation *x = get_expected (self, i);
      if (x->kind >= TDM_CHECK_ETA && self->eta == NULL)
        continue;
      TdmCheckLine *line = g_new0 (TdmCheckLine, 1);
      line->name = g_strdup (self->check->name);
      line->quantity = dup_quantity (self, x);
      line->unit = dup_unit (self, x);
      line->expected = x->expected;
      line->got = get_result (self, i);
      line->tolerance = x->tolerance;
      line->passed =
          fabs (line->got - x->expected) <= x->tolerance * fabs (x->expected);
      line->source = g_strdup (self->check->source);
      g_ptr_array_add (lines, line);
    }
}

GPtrArray *
tdm_model_run_checks (TdmModel *self, GError **error)
{
  return tdm_model_run_checks_with (self, NULL, error);
}

GPtrArray *
tdm_model_run_checks_with (TdmModel *self, TdmCheckEstimate run_estimate,
                           GError **error)
{
  g_autoptr (GPtrArray) lines =
      g_ptr_array_new_with_free_func ((GDestroyNotify)line_free);

  for (guint i = 0; i < self->checks->len; i++)
    {
      g_auto (Run)
          run = { .model = self, .check = g_ptr_array_index (self->checks, i) };
      if (!compute (&run, error) || !estimate (&run, run_estimate, error))
        {
          g_prefix_error (error, "%s, check “%s”: ", self->text.id, run.check->name);
          return NULL;
        }
      add_lines (&run, lines);
    }
  return g_steal_pointer (&lines);
}
